"""Texts are escaped by a quicker function than those it stands for: it must give what they give."""

from __future__ import annotations

import html

import markupsafe
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sitegen.stages import escaping

texts = st.text() | st.text(alphabet="&<>\"'a é\u2028😀")


@given(texts)
@example("a & b")
def test_texts_are_escaped_as_ever(text: str) -> None:
    assert escaping.escape(text) == html.escape(text)
    assert str(escaping.shown(text)) == str(markupsafe.escape(text))


@pytest.mark.parametrize("value", [5, None, markupsafe.Markup("<b>"), 1.5])
def test_values_are_shown_as_ever(value: object) -> None:
    assert str(escaping.shown(value)) == str(markupsafe.escape(value))


def test_a_version_without_the_quick_function_gives_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(escaping, "_escaped", escaping._slowly)
    assert escaping.escape("a & 'b'") == html.escape("a & 'b'")
    assert escaping.shown("a & 'b'") == str(markupsafe.escape("a & 'b'"))
