"""The interface in other languages: whole catalogues, words on pages, plural forms, figures and days."""

from __future__ import annotations

import importlib
import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest
from msgspec.structs import replace

from sitegen.memo import Memo
from sitegen.words import ENGLISH, LANGUAGES, direction, words_of
from tests.conftest import ROOT, run_build
from tests.sites import build_notes, default_settings

OTHERS = tuple(language for language in LANGUAGES if language != "en")
NOTES = {
    "talks/tides.md": "---\nyoutube: aaaaaaaaaaa\ndate: 2024-03-12\ntags: [sea]\n---\n"
    "# Tides\n\n> [!note]\n> Springs.\n\nThe moon pulls. [1:43]\n\n## Ebb\n\n- [ ] look\n- [x] see\n\n| a |\n|---|\n| b |\n\n[[moon]]\n",
    "talks/moon.md": "---\nyoutube: aaaaaaaaaaa\n---\n# Moon\n\nIt pulls at [[tides]]. [1:43]\n",
    "sea.md": "# Sea\n\n[[tides]] [[nowhere]]\n",
}
# Of each language what its pages must say, picked by hand: a note, a folder, the front page.
EXPECTED = {
    "de": ("Abschnitte", "Verlinkt von", "12. März 2024", "Notiz suchen", "Zum Inhalt springen", "Ordner"),
    "es": ("Secciones", "Enlazada desde", "12 de marzo de 2024", "Buscar una nota", "Saltar al contenido", "Carpetas"),
    "fr": ("Sections", "Notes qui mènent ici", "12 mars 2024", "Chercher une note", "Aller au contenu", "Dossiers"),
    "ja": ("セクション", "リンク元", "2024年3月12日", "ノートを探す", "本文へ移動", "フォルダー"),
    "zh": ("章节", "反向链接", "2024年3月12日", "查找笔记", "跳到正文", "文件夹"),
    "ar": ("الأقسام", "روابط واردة", "12 مارس 2024", "ابحث عن ملاحظة", "تخطَّ إلى المحتوى", "المجلدات"),
}
# What is seen of a control must be part of what it is called, for those who say its name aloud.
SEEN_IN_NAMES = {"In the graph": "Show {title} in the graph"}
ENGLISH_WORDS = (
    "Linked from", "Skip to content", "Find a note", "Folders", "Channels", "Most linked", "Dark theme", "Breadcrumb",
    "Footer", "All notes", "Built with", "Play from", "Updated", "To do", "moment", "cited", "linked by", "About this",
    "Other notes", "One link away", "Watch on", "Loads only", "Page not found", "Not written yet", "Filter these",
    "By title", "Introduction", "Garden<", "Recent changes", ">Graph", "Search<", "Related notes", "Mentioned in", "dated note",
    "Browse", "Orphans", "Wanted notes", "Show more", "Both link to", "Filters and", "Zoom in", "The search needs",
    "Home<", ">Note<", "March", "notes</", "Transcript", "Properties",
)  # fmt: skip


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    """scripts/words.py."""
    pytest.importorskip("babel")
    spec = importlib.util.spec_from_file_location("words_tool", ROOT / "scripts" / "words.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("language", OTHERS)
def test_what_is_seen_is_in_the_name(language: str) -> None:
    script = (ROOT / "static" / "words" / f"{language}.js").read_text("utf-8")
    for seen, name in SEEN_IN_NAMES.items():
        words = [re.search(f'"{re.escape(text)}": ?"([^"]*)"', script) for text in (seen, name)]
        shown, called = [found[1].casefold() for found in words if found]
        assert shown in called


def test_catalogues_are_whole_and_what_is_made_of_them_is_theirs(tool: ModuleType) -> None:
    files, wrong = tool.made()
    assert sorted(wrong) == list(LANGUAGES)
    assert {language: lines for language, lines in wrong.items() if lines} == {}, "make words"
    assert [name for name, text in files.items() if (ROOT / name).read_text("utf-8") != text] == [], "make words"


def test_a_translation_must_have_its_placeholders_and_all_plural_forms(tool: ModuleType) -> None:
    catalogue = tool.updated("de", tool.template())
    catalogue["In %(folder)s"].string = "In"
    catalogue["%(num)s note"].string = ("eine Notiz", "%(num) Notizen")
    catalogue["Tags"].string = ""
    catalogue["Notes"].flags.add("fuzzy")
    said = sorted(tool.problems(catalogue))
    assert [line.split(":")[0] for line in said] == ["fuzzy", "missing", *["other placeholders than '%(num)s notes' has"],
                                                     "other placeholders than 'In %(folder)s' has"]  # fmt: skip


def test_scripts_say_nothing_past_the_catalogue() -> None:
    """What a script shows is said by ``sitegen.say``: no text with a capital letter is put into the page as it stands."""
    shown = re.compile(r'(?:textContent|ariaLabel|title|label|placeholder)\s*[=:]\s*["`][A-Z]|aria-label",\s*["`][A-Z]')
    scripts = [
        path for path in (ROOT / "static").rglob("*.js") if not {"vendor", "words"} & set(path.relative_to(ROOT).parts)
    ]
    assert len(scripts) > 15
    assert [(p.name, m[0]) for p in scripts for m in shown.finditer(p.read_text("utf-8"))] == []


def _site(language: str, memo: Memo | None = None) -> dict[str, str]:
    plain = default_settings()
    settings = replace(
        plain,
        site=replace(plain.site, language=language),
        dialect=replace(plain.dialect, language=language),
        options=replace(plain.options, language=language),
    )
    site = build_notes(NOTES, settings=settings, memo=memo or Memo()).site
    found = {}
    for url, artifact in site.artifacts.items():
        if url.endswith(".html"):
            content = artifact.content
            found[url] = (content if isinstance(content, bytes) else content.read()).decode()  # type: ignore[union-attr]
    return found


@pytest.mark.parametrize("language", OTHERS)
def test_pages_speak_the_language_and_no_english(language: str) -> None:
    own = str(importlib.import_module(f"sitegen.words.{language}").MESSAGES.values())
    english = [word for word in ENGLISH_WORDS if word.strip("<>/") not in own]  # some are words of this language too
    assert len(english) > 24
    pages = _site(language)
    assert {"talks/tides.html", "talks/index.html", "index.html", "404.html"} <= pages.keys()
    together = "\n".join(pages.values())
    assert [word for word in EXPECTED[language] if word not in together] == []
    for url, page in pages.items():
        assert f'<html lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}">' in page
        seen = re.sub(r'\s(?:data-[\w-]+|class|href|id|src|aria-labelledby)="[^"]*"', "", page)
        assert [word for word in english if word in seen] == [], url
    note = pages["talks/tides.html"]
    assert f"static/words/{language}.js" in note
    assert note.index(f"static/words/{language}.js") < note.index("static/reader.js")


def test_an_english_page_asks_for_no_words() -> None:
    assert not any("static/words/" in page for page in _site("en").values())


@pytest.mark.parametrize(
    ("tag", "language"),
    [("de-AT", "de"), ("zh-Hans", "zh"), ("zh-TW", "zh"), ("pt", "en"), ("en-US", "en"), ("AR", "ar"), ("fr_CA", "fr")],
)
def test_a_tag_falls_back_to_its_language_or_english(tag: str, language: str) -> None:
    assert words_of(tag).language == language


# Forms by CLDR's rules, https://www.unicode.org/cldr/charts/latest/supplemental/language_plural_rules.html
@pytest.mark.parametrize(
    ("language", "forms"),
    [
        ("en", {0: "0 notes", 1: "1 note", 2: "2 notes", 5253: "5,253 notes"}),
        ("de", {0: "0 Notizen", 1: "1 Notiz", 2: "2 Notizen", 5253: "5.253 Notizen"}),
        ("es", {0: "0 notas", 1: "1 nota", 5253: "5253 notas", 21273: "21.273 notas"}),
        ("fr", {0: "0 note", 1: "1 note", 2: "2 notes", 5253: "5\u202f253 notes"}),
        ("ja", {0: "ノート 0 件", 1: "ノート 1 件", 5253: "ノート 5,253 件"}),
        ("zh", {1: "1 篇笔记", 5253: "5,253 篇笔记"}),
        (
            "ar",
            {
                0: "لا ملاحظات",
                1: "ملاحظة واحدة",
                2: "ملاحظتان",
                3: "3 ملاحظات",
                10: "10 ملاحظات",
                11: "11 ملاحظة",
                99: "99 ملاحظة",
                100: "100 ملاحظة",
                103: "103 ملاحظات",
                111: "111 ملاحظة",
            },
        ),
    ],
)
def test_plural_forms_and_figures(language: str, forms: dict[int, str]) -> None:
    words = words_of(language)
    assert {n: words.ngettext("%(num)s note", "%(num)s notes", n) for n in forms} == forms


def test_arabic_has_a_form_for_each_of_its_six_categories() -> None:
    link = {n: words_of("ar").ngettext("%(num)s link", "%(num)s links", n) for n in (0, 1, 2, 3, 11, 100)}
    assert list(link.values()) == ["لا روابط", "رابط واحد", "رابطان", "3 روابط", "11 رابطًا", "100 رابط"]


def test_days() -> None:
    assert ENGLISH.day("2024-03-02") == "2 March 2024"
    assert words_of("de").day("2024-03-02") == "2. März 2024"
    assert words_of("ja").day("2024-03-02") == "2024年3月2日"
    assert ENGLISH.day("spring") == "spring"


def test_months() -> None:
    said = {language: words_of(language).month("2024-03") for language in ("en", "es", "ar", "zh")}
    assert said == {"en": "March 2024", "es": "marzo de 2024", "ar": "مارس 2024", "zh": "2024年3月"}
    assert ENGLISH.month("2024-13") == "2024-13"


def test_what_is_unknown_stays_as_it_is_written() -> None:
    assert words_of("de").gettext("Harbour %(name)s", name="Cuxhaven") == "Harbour Cuxhaven"
    assert words_of("de").ngettext("%(num)s boat", "%(num)s boats", 1) == "1 boat"


def test_direction() -> None:
    assert [direction(tag) for tag in ("ar-EG", "he", "fa", "de", "zh")] == ["rtl", "rtl", "rtl", "ltr", "ltr"]


def test_another_language_makes_all_pages_again_as_a_clean_build_would() -> None:
    memo = Memo()
    english = _site("en", memo)
    german = _site("de", memo)
    assert german == _site("de")
    assert english == _site("en", memo)
    assert english.keys() == german.keys()


def test_a_sites_own_template_may_speak_too(tmp_path: Path) -> None:
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "a.md").write_text("# A\n\nText.\n", "utf-8")
    (tmp_path / "templates" / "partials").mkdir(parents=True)
    (tmp_path / "templates" / "partials" / "foot.html").write_text(
        '<footer>{{ _("All notes") }} {{ _("Ours & theirs") }} {{ _("In %(folder)s", folder="<b>") }} '
        '{{ ngettext("%(num)s note", "%(num)s notes", 5253) }}</footer>\n',
        "utf-8",
    )
    (tmp_path / "sitegen.toml").write_text('content = "notes"\nlanguage = "de-AT"\n', "utf-8")
    built = run_build(tmp_path, tmp_path / "out")
    assert built.exit_code == 0, built.output
    foot = "<footer>Alle Notizen Ours &amp; theirs In &lt;b&gt; 5.253 Notizen</footer>"
    assert foot in built.page("a.html")
    assert '<html lang="de-AT" dir="ltr">' in built.page("a.html")
    assert {url for url in built.files() if url.startswith("static/words/")} == {"static/words/de.js"}
