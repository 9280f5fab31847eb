"""A site's own templates: what they change, what they may extend, and what is said where they are wrong."""

from __future__ import annotations

from tests.conftest import BuildSite

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
    assert "note.html" in built.output
    assert "'nobody' is undefined" in built.output


def test_a_sum_of_a_number_and_a_text_is_an_error_that_names_the_page(build_site: BuildSite) -> None:
    built = build_site({**NOTE, "templates/partials/foot.html": '{{ 1 + "x" }}'}, SETTINGS, exit_code=2)
    assert "note.html, for a.html" in built.output
