"""Texts as HTML. Few hold a character that must be escaped, and markupsafe's own function finds that out in a tenth of the time
that others take; it is not public, so that where a version lacks it the public one does the work.
"""

from __future__ import annotations

import html
from collections.abc import Callable
from typing import Any

import markupsafe


def _slowly(text: str) -> str:
    return str(markupsafe.escape(text))


_escaped: Callable[[str], str] = getattr(markupsafe, "_escape_inner", _slowly)


def escape(text: str) -> str:
    """What `html.escape` gives."""
    return text if _escaped(text) == text else html.escape(text)


def shown(value: Any) -> str:
    """What `markupsafe.escape` gives, as plain text where no more is done with it than to put it into a page."""
    if type(value) is str:
        return _escaped(value)
    return value if type(value) is markupsafe.Markup else markupsafe.escape(value)
