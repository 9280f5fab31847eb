"""Keeps the words of the interface: finds the texts in the code, brings translations/*.po up to date, and makes of them what
a site is built with: sitegen/words/*.py for pages, static/words/*.js for scripts.

    make words                  find, update, make; says what is missing and fails if anything is
    scripts/words.py --check    change nothing, and fail if anything would change or is missing
    scripts/words.py --add pl   begin the catalogue of another language

Only this needs Babel. What is found where is in ARCHITECTURE.md, how to add a language in CONTRIBUTING.md.
"""

from __future__ import annotations

import ast
import json
import re
import sys
from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path
from typing import IO, Any

from babel import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from babel.plural import PluralRule, to_gettext
from jinja2.ext import babel_extract

ROOT = Path(__file__).resolve().parent.parent
CATALOGUES, PYTHON, SCRIPTS = "translations", "sitegen/words", "static/words"
READER = "static/reader.js"
KEYWORDS: Any = {
    "_": None,
    "gettext": None,
    "noted": None,
    "pgettext": ((1, "c"), 2),
    "noted_in": ((1, "c"), 2),
    "ngettext": (1, 2),
    "say": None,
    "say_plural": (1, 2),
}
# CLDR has a form for millions in these, which no interface of notes needs: gettext's catalogues have two forms.
_WITHOUT_MANY = ("es", "fr")
_FOUR_ALONE = ("es",)  # write 5253, and 12.345 (CLDR's minimumGroupingDigits)
# Which CLDR locale numbers and days are taken of. Of English the one whose days are read the same everywhere.
_LOCALES = {"en": "en_GB", "zh": "zh_Hans"}
# Arabic is written with the figures of the stamps, of the videos and of the notes themselves, not with two kinds on one page.
_FIGURES = {"ar": "ar-u-nu-latn"}
_PLACEHOLDER = re.compile(r"%\(\w+\)s|\{\w+\}")
_SAY = re.compile(r"(?<![\w.])(?:sitegen\.)?say\(\s*(?:(\"(?:[^\"\\\n]|\\.)*\")\s*[,)])?")
_LINE_COMMENT = re.compile(r"^\s*(?://|\*).*$", re.MULTILINE)
_BLOCK = re.compile(r"(// The singulars of English, by `make words`\.\n\s*const ENGLISH = ).*?(;\n)", re.DOTALL)


class Problem(Exception):
    """A text of the code that cannot be translated; says where."""


# ---- finding ----------------------------------------------------------------------------------------


def template() -> Catalog:
    """Every text of the code, with the files that it is in."""
    catalogue = Catalog(charset="utf-8", fuzzy=False)
    for path, method in _sources():
        name = path.relative_to(ROOT).as_posix()
        options = {"trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}
        with path.open("rb") as file:
            for _, text, comments, context in extract(method, file, KEYWORDS, ("L10n:",), options):
                notes = [note.removeprefix("L10n:").strip() for note in comments]
                catalogue.add(text, locations=[(name, 0)], auto_comments=notes, context=context)
    return catalogue


def _sources() -> Iterator[tuple[Path, Any]]:
    for path in sorted((ROOT / "templates").rglob("*.html")):
        yield path, babel_extract
    for path in sorted((ROOT / "sitegen").rglob("*.py")):
        if path.parent.name not in ("words", "preview", "terminal", "commands", "theme"):
            yield path, called
    for path in sorted((ROOT / "static").rglob("*.js")):
        if not {"vendor", "words"} & set(path.relative_to(ROOT).parts):
            yield path, said


def called(file: IO[bytes], keywords: Any, tags: Any, options: Any) -> Iterator[tuple[int, str, Any, list[str]]]:
    """An extractor for Babel: calls in Python, also those within f-strings, which Babel's own does not look into."""
    for node in ast.walk(ast.parse(file.read())):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            texts = tuple(
                arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)
            )
            if name in keywords and texts and len(texts) == (1 if KEYWORDS[name] is None else 2):
                yield node.lineno, name, texts if len(texts) > 1 else texts[0], []


def said(file: IO[bytes], keywords: Any, tags: Any, options: Any) -> Iterator[tuple[int, str, Any, list[str]]]:
    """An extractor for Babel: ``say("text", …)`` of `sitegen` in scripts. Where ``{n}`` stands in a text there are plural forms."""
    whole = file.read().decode()
    code = _LINE_COMMENT.sub(lambda match: " " * len(match[0]), whole)
    for match in _SAY.finditer(code):
        line = code.count("\n", 0, match.start()) + 1
        if match[1] is None:
            raise Problem(
                f"{getattr(file, 'name', 'a script')}:{line}: sitegen.say wants its text as one string in double quotes"
            )
        text = json.loads(match[1])
        yield (line, "say_plural", (text, text), []) if "{n}" in text else (line, "say", text, [])


# ---- catalogues -------------------------------------------------------------------------------------


def languages() -> list[str]:
    """The languages that have a catalogue."""
    return sorted(path.stem for path in (ROOT / CATALOGUES).glob("*.po"))


def updated(language: str, found: Catalog) -> Catalog:
    """The catalogue of a language with the texts that there are now; what is no longer said is dropped."""
    path = ROOT / CATALOGUES / f"{language}.po"
    known = Catalog(locale=language)
    if path.exists():
        with path.open("rb") as file:
            known = read_po(file, locale=language)
    rule = plural_rule(language)
    count, expression = re.fullmatch(r"nplurals=(\d+); plural=(.*?);?", to_gettext(rule)).groups()  # type: ignore[union-attr]
    catalogue = Catalog(locale=language, charset="utf-8", fuzzy=False)
    catalogue._num_plurals, catalogue._plural_expr = int(count), expression
    for message in found:
        if not message.id or (language == "en" and not _is_script_plural(message)):
            continue
        old = known.get(message.id if isinstance(message.id, str) else message.id[0], message.context)
        empty = ("",) * int(count) if message.pluralizable else ""
        same = old is not None and old.pluralizable == message.pluralizable and old.string
        catalogue.add(
            message.id,
            old.string if same and old else empty,
            locations=sorted(set(message.locations)),
            flags=[flag for flag in (old.flags if old else ()) if flag == "fuzzy"],
            auto_comments=list(dict.fromkeys(message.auto_comments)),
            user_comments=old.user_comments if old else (),
            context=message.context,
        )
    return catalogue


def plural_rule(language: str) -> PluralRule:
    """CLDR's rule of a language."""
    rule = Locale.parse(language).plural_form
    return PluralRule({k: v for k, v in rule.rules.items() if k != "many"}) if language in _WITHOUT_MANY else rule


def categories(language: str) -> list[str]:
    """CLDR's names of a language's plural forms, in the order of the catalogue."""
    tags = plural_rule(language).tags
    return [tag for tag in ("zero", "one", "two", "few", "many") if tag in tags] + ["other"]


def po(catalogue: Catalog) -> str:
    """A catalogue as text that says neither who nor when, so that the same catalogue is the same file."""
    out = BytesIO()
    write_po(out, catalogue, width=120, sort_output=True, ignore_obsolete=True, include_lineno=False, omit_header=True)
    head = (
        f"# {Locale.parse(str(catalogue.locale)).english_name} words of the interface. Texts that are new come here by"
        ' `make words`.\nmsgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n'
        f'"Language: {catalogue.locale}\\n"\n'
        f'"Plural-Forms: nplurals={catalogue.num_plurals}; plural={catalogue.plural_expr};\\n"\n\n'
    )
    return head + out.getvalue().decode()


def _is_script_plural(message: Message) -> bool:
    return message.pluralizable and message.id[0] == message.id[1] and "{n}" in message.id[0]


def problems(catalogue: Catalog) -> Iterator[str]:
    """What is wrong with a catalogue, one line each."""
    kinds = categories(str(catalogue.locale))
    for message in catalogue:
        if not message.id:
            continue
        name = message.id if isinstance(message.id, str) else message.id[-1]
        strings = message.string if isinstance(message.string, tuple) else (message.string,)
        if not all(strings):
            yield f"missing: {name!r}"
        elif message.fuzzy:
            yield f"fuzzy: {name!r}"
        elif message.pluralizable and len(strings) != len(kinds):
            yield f"{len(strings)} plural forms, not {len(kinds)}: {name!r}"
        else:
            for number, text in enumerate(strings):
                kind = kinds[number] if message.pluralizable else "other"
                if not _fits(text, name, kind):
                    yield f"other placeholders than {name!r} has: {text!r}"


def _fits(text: str, source: str, kind: str) -> bool:
    """Whether a translation has its source's placeholders; a form for a single number may leave the number out."""
    wanted, found = sorted(_PLACEHOLDER.findall(source)), sorted(_PLACEHOLDER.findall(text))
    alone = [part for part in wanted if part not in ("%(num)s", "{n}")]
    fits = found == wanted or (kind in ("zero", "one", "two") and found == alone)
    return fits and _PLACEHOLDER.sub("", text).count("%") == _PLACEHOLDER.sub("", source).count("%")


# ---- making -----------------------------------------------------------------------------------------


def module(catalogue: Catalog) -> str:
    """The module of a language's words on pages."""
    language = str(catalogue.locale)
    locale = Locale.parse(_LOCALES.get(language, language))
    group = locale.number_symbols["latn"]["group"]
    months = _months(locale)
    lines = [
        f'"""{Locale.parse(language).english_name} words, made of {CATALOGUES}/{language}.po by `make words`: edit that."""',
        "",
        f"LANGUAGE = {_text(language)}",
        f"PLURAL = {_text(catalogue.plural_expr)}",
        f"GROUP = ({_text(group)}, {6 if language in _FOUR_ALONE else 0})",
        f"DAY = {_text(_date(locale.date_formats['long'].pattern))}",
        f"MONTH = {_text(_date(locale.datetime_skeletons['yMMMM'].pattern))}",
        f"MONTHS = ({', '.join(map(_text, months))})",
        "MESSAGES: dict[str, str | tuple[str, ...]] = {",
    ]
    for message in _sorted(catalogue):
        if not _is_whole(message) or all(name.startswith("static/") for name, _ in message.locations):
            continue
        key = message.id if isinstance(message.id, str) else message.id[0]
        key = f"{message.context}\4{key}" if message.context else key
        strings = f"({', '.join(map(_text, message.string))},)" if message.pluralizable else _text(message.string)
        lines.append(f"    {_text(key)}: {strings},")
    return "\n".join([*lines, "}", ""])


def script(catalogue: Catalog) -> str:
    """The script of a language's words in scripts."""
    language = str(catalogue.locale)
    words = json.dumps(_said(catalogue), ensure_ascii=False, indent=1)
    return (
        f"// Made of {CATALOGUES}/{language}.po by `make words`: edit that.\n"
        f"globalThis.sitegen = {{ locale: {json.dumps(_FIGURES.get(language, language))}, words: {words} }};\n"
    )


def reader(catalogue: Catalog) -> str:
    """reader.js with the singulars of English in it: they cost less there than a script of their own."""
    text = (ROOT / READER).read_text("utf-8")
    words = json.dumps(_said(catalogue), ensure_ascii=False)
    made, times = _BLOCK.subn(lambda match: match[1] + words + match[2], text)
    if times != 1:
        raise Problem(f"{READER} has no place for the singulars of English")
    return made


def _said(catalogue: Catalog) -> dict[str, str | dict[str, str]]:
    found: dict[str, str | dict[str, str]] = {}
    kinds = categories(str(catalogue.locale))
    for message in _sorted(catalogue):
        if _is_whole(message) and any(name.startswith("static/") for name, _ in message.locations):
            if message.pluralizable:
                forms = dict(zip(kinds, message.string, strict=False))
                found[message.id[0]] = forms if len(set(forms.values())) > 1 else forms["other"]
            else:
                found[str(message.id)] = message.string
    return found


def _is_whole(message: Message) -> bool:
    """Whether a message is translated; what is not is shown in English."""
    return bool(message.id) and all(message.string if isinstance(message.string, tuple) else (message.string,))


def _sorted(catalogue: Catalog) -> Iterable[Message]:
    return sorted(catalogue, key=lambda m: (m.id if isinstance(m.id, str) else m.id[0], m.context or ""))


def _date(pattern: str) -> str:
    """A pattern of CLDR as `Words.day` and `Words.month` want it."""
    parts = {"d": "%(d)d", "y": "%(y)d", "M": "%(m)s"}
    pieces = []
    for fields, quoted, plain in re.findall(r"([dyM]+)|'([^']*)'|([^dyM'])", pattern):
        pieces.append(parts[fields[0]] if fields else quoted or plain)
    return "".join(pieces)


def _months(locale: Locale) -> list[str]:
    """The months as the locale writes them in a day: by name or as figures."""
    named = "MMM" in locale.date_formats["long"].pattern
    return [locale.months["format"]["wide"][number] if named else str(number) for number in range(1, 13)]


def _text(text: str) -> str:
    """A string as the formatter writes it."""
    shown = json.dumps(text, ensure_ascii=False)
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in shown)


def made() -> tuple[dict[str, str], dict[str, list[str]]]:
    """What every file that this keeps should hold, by its name; and by language what is wrong."""
    found = template()
    files: dict[str, str] = {}
    wrong: dict[str, list[str]] = {}
    for language in languages():
        catalogue = updated(language, found)
        files[f"{CATALOGUES}/{language}.po"] = po(catalogue)
        files[f"{PYTHON}/{language}.py"] = module(catalogue)
        if language == "en":
            files[READER] = reader(catalogue)
        else:
            files[f"{SCRIPTS}/{language}.js"] = script(catalogue)
        wrong[language] = list(problems(catalogue))
    return files, wrong


def main(arguments: list[str]) -> int:
    """Bring everything up to date, or with --check only say what is not."""
    if arguments[:1] == ["--add"]:
        (ROOT / CATALOGUES / f"{arguments[1]}.po").touch(exist_ok=False)
    try:
        files, wrong = made()
    except Problem as problem:
        print(problem)
        return 1
    stale = [name for name, text in files.items() if not _holds(ROOT / name, text)]
    for name in stale:
        print(f"{'out of date' if '--check' in arguments else 'made'}: {name}")
        if "--check" not in arguments:
            (ROOT / name).write_text(files[name], "utf-8")
    for language, lines in wrong.items():
        print(f"{language}: " + (f"{len(lines)} to mend in {CATALOGUES}/{language}.po" if lines else "complete"))
        for line in lines:
            print(f"    {line}")
    return 1 if any(wrong.values()) or ("--check" in arguments and stale) else 0


def _holds(path: Path, text: str) -> bool:
    return path.exists() and path.read_text("utf-8") == text


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
