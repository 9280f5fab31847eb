"""A site's own templates: what they change, what they may extend, and what is said where they are wrong."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from sitegen.stages.ids import RESERVED_IDS
from tests.conftest import BuildSite, Built, tree, write

NOTE = {"a.md": "# One\n\nText.\n"}
SETTINGS = 'title = "Site"\n'


def test_a_partial_replaces_the_themes_on_every_page(build_site: BuildSite) -> None:
    built = build_site(
        {**NOTE, "templates/partials/foot.html": "<footer>{{ site.title }}, {{ url }}</footer>\n"}, SETTINGS
    )
    assert "<footer>Site, a.html</footer>" in built.page("a.html")
    assert "<footer>Site, notes.html</footer>" in built.page("notes.html")


def test_what_a_partial_sets_stays_in_it(build_site: BuildSite) -> None:
    bar = '{% set title = "Mine" %}{% set page = none %}<p class="own">{{ title }}</p>\n'
    built = build_site({**NOTE, "templates/partials/bar.html": bar}, SETTINGS)
    assert '<p class="own">Mine</p>' in built.page("a.html")
    assert "<h1>One</h1>" in built.page("a.html")


def test_a_partial_may_be_put_around_the_themes(build_site: BuildSite) -> None:
    foot = '<div class="around">\n{% include "builtin/partials/foot.html" %}\n</div>\n'
    built = build_site({**NOTE, "templates/partials/foot.html": foot}, SETTINGS)
    page = built.page("a.html")
    assert page.count('<footer class="foot">') == 1
    assert page.index('<div class="around">') < page.index('<footer class="foot">') < page.index("</footer>")


def test_a_page_may_extend_the_themes(build_site: BuildSite) -> None:
    note = '{% extends "builtin/note.html" %}\n{% block skip %}<p>Skipped.</p>{% endblock %}\n'
    built = build_site({**NOTE, "templates/note.html": note}, SETTINGS)
    assert "<p>Skipped.</p>" in built.page("a.html")
    assert "<h1>One</h1>" in built.page("a.html")


def test_a_template_that_includes_itself_is_an_error_that_names_it(build_site: BuildSite) -> None:
    built = build_site(
        {**NOTE, "templates/partials/foot.html": '{% include "partials/foot.html" %}'}, SETTINGS, exit_code=2
    )
    assert "a template includes itself" in built.output


def test_a_mistake_in_a_partial_is_named_with_its_line(build_site: BuildSite) -> None:
    built = build_site(
        {**NOTE, "templates/partials/foot.html": "<footer>\n\n{% if %}\n</footer>\n"}, SETTINGS, exit_code=2
    )
    assert "templates/partials/foot.html:3: " in built.output


def test_an_unknown_name_is_an_error_that_names_page_and_template(build_site: BuildSite) -> None:
    built = build_site({**NOTE, "templates/partials/foot.html": "{{ nobody }}"}, SETTINGS, exit_code=2)
    assert "templates/partials/foot.html:1, for a.html: 'nobody' is undefined" in built.output


def test_a_sum_of_a_number_and_a_text_is_an_error_that_names_the_page(build_site: BuildSite) -> None:
    built = build_site({**NOTE, "templates/partials/foot.html": '{{ 1 + "x" }}'}, SETTINGS, exit_code=2)
    assert "templates/partials/foot.html:1, for a.html: unsupported operand" in built.output


def test_a_mistake_that_shows_when_a_page_is_made_is_named_with_its_line(build_site: BuildSite) -> None:
    foot = "templates/partials/foot.html"
    built = build_site({**NOTE, foot: "<footer>\n\n{{ 1 / 0 }}\n</footer>\n"}, SETTINGS, exit_code=2)
    assert f"{foot}:3, for a.html: division by zero" in built.output
    built = build_site({**NOTE, foot: '<footer>\n{{ asset("own.css") }}\n</footer>\n'}, exit_code=2)
    assert f"{foot}:2, for a.html: the theme has no file static/own.css" in built.output
    built = build_site({**NOTE, foot: '<footer>\n{{ icon("nothing") }}\n</footer>\n'}, exit_code=2)
    assert f"{foot}:2, for a.html: there is no 'nothing'" in built.output
    built = build_site({**NOTE, foot: '<footer>\n{% include "partials/nothing.html" %}\n</footer>\n'}, exit_code=2)
    assert f"{foot}:2, for a.html: there is no template partials/nothing.html" in built.output


# ---- versions ---------------------------------------------------------------------------------------

SCRIPTS = {
    **NOTE,
    "static/begin.js": 'import("./parts/one.js");\n',
    "static/parts/one.js": 'import { two } from "./two.js";\nimport "../sort.js";\nconst text = "./two.js";\n',
    "static/parts/two.js": 'export { two } from "./missing.js";\n',
    "templates/partials/foot.html": '<script src="{{ asset("begin.js") }}"></script>\n',
}


def scripts(built: Built) -> dict[str, str]:
    return {name: built.page(f"static/{name}") for name in ("begin.js", "parts/one.js", "parts/two.js")}


def test_scripts_import_versions_that_change_with_what_is_imported(build_site: BuildSite) -> None:
    built = build_site(SCRIPTS, SETTINGS)
    first, page = scripts(built), built.page("a.html")
    assert re.search(
        r'from "\./two\.js\?v=\w{8}";\nimport "\.\./sort\.js\?v=\w{8}";\nconst text = "\./two\.js";',
        first["parts/one.js"],
    )
    assert first["parts/two.js"] == SCRIPTS["static/parts/two.js"]  # what is not there has no version
    built = build_site({"static/parts/two.js": "export const two = 2;\n"})
    second = scripts(built)
    assert second["parts/one.js"] != first["parts/one.js"]
    assert second["begin.js"] != first["begin.js"]
    old, new = (re.search(r"begin\.js\?v=(\w{8})", text) for text in (page, built.page("a.html")))
    assert old and new and old[1] != new[1]


def test_scripts_that_import_each_other_are_left_as_they_are(build_site: BuildSite) -> None:
    pair = {"static/a.js": 'import "./b.js";\n', "static/b.js": 'import "./a.js";\n'}
    built = build_site({**NOTE, **pair}, SETTINGS)
    assert 'import "./a.js";' in built.page("static/b.js")


def test_no_heading_can_take_an_id_that_a_template_has(root: Path) -> None:
    written = {
        name
        for template in (root / "templates").rglob("*.html")
        for name in re.findall(r'\sid="([^"{}]+)"', template.read_text("utf-8"))
    }
    assert "linked" in written
    assert written <= RESERVED_IDS


# ---- templates' code ----------------------------------------------------------------------------------


def _with_bytecode(tmp_path: Path, out: str, **environment: str) -> dict[str, bytes]:
    """The site built by a Python that keeps its bytecode below ``tmp_path``/code, as far as it may."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    command = [sys.executable, "-m", "sitegen", "build", tmp_path / "vault", "-o", tmp_path / out, "--no-cache"]
    environment = {**kept, "PYTHONPYCACHEPREFIX": str(tmp_path / "code"), **environment}
    subprocess.run(command, env=environment, check=True, capture_output=True)
    return tree(tmp_path / out)


def test_templates_code_is_kept_beside_the_programs_and_changes_nothing(tmp_path: Path) -> None:
    write(tmp_path / "vault", NOTE)
    first = _with_bytecode(tmp_path, "first")
    (code,) = (tmp_path / "code").rglob("*.jinja")
    written = code.stat().st_mtime_ns
    assert _with_bytecode(tmp_path, "second") == first
    assert code.stat().st_mtime_ns == written
    code.write_bytes(code.read_bytes()[:1000])  # as a full disk would leave it
    assert _with_bytecode(tmp_path, "third") == first
    assert code.stat().st_size > 1000
    (tmp_path / "other").mkdir()
    none = _with_bytecode(tmp_path, "fourth", PYTHONPYCACHEPREFIX=str(tmp_path / "other"), PYTHONDONTWRITEBYTECODE="1")
    assert none == first
    assert tree(tmp_path / "other") == {}


def test_kept_code_is_not_used_for_a_sites_own_template(tmp_path: Path) -> None:
    write(tmp_path / "vault", {**NOTE, "sitegen.toml": SETTINGS})
    _with_bytecode(tmp_path, "first")
    write(tmp_path / "vault", {"templates/partials/foot.html": "<footer>Mine</footer>\n"})
    assert b"<footer>Mine</footer>" in _with_bytecode(tmp_path, "second")["a.html"]
    write(tmp_path / "vault", {"templates/partials/foot.html": None})
    assert b"<footer>Mine</footer>" not in _with_bytecode(tmp_path, "third")["a.html"]
