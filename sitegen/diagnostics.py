"""What can be said about a vault's problems: one catalogue of codes, one type.

Codes are stable names that people put into sitegen.toml and search for; each has a default severity
and a sentence. How diagnostics are printed belongs to ``terminal``.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from sitegen.value import Value


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"
    INFO = "info"
    OFF = "off"


class Span(NamedTuple):
    """A place in a file: line and column count from 1, length in characters."""

    line: int
    column: int = 1
    length: int = 1


class Diagnostic(Value, frozen=True):
    """One problem: what (code, message), where (path, span), what to do (hint).

    Problems with the same code and ``subject`` are shown together with a count.
    """

    code: str
    path: str
    message: str
    span: Span | None = None
    hint: str = ""
    subject: str = ""


CATALOGUE: dict[str, tuple[Severity, str]] = {
    "ambiguous-link": (Severity.WARNING, "A link could mean several notes; the nearest was taken."),
    "ambiguous-timestamp": (Severity.WARNING, "Times that may be minutes and seconds were left as hours and minutes."),
    "bad-front-matter": (Severity.WARNING, "The block between the --- lines is not readable YAML."),
    "bad-math": (Severity.WARNING, "A formula is no TeX that can be drawn; its source is shown."),
    "bad-property": (Severity.WARNING, "A property has a value that cannot be used."),
    "bad-timestamp": (Severity.WARNING, "A time stamp holds no readable time."),
    "bad-transcript": (Severity.WARNING, "A transcript holds no times and words, or is not in the vault."),
    "duplicate-address": (Severity.WARNING, "Two files claim one address; the second got another one."),
    "embed-cycle": (Severity.WARNING, "A note embeds itself, directly or through others."),
    "embed-depth": (Severity.WARNING, "Embeds are nested too deeply or grow too large; the rest is a link."),
    "missing-anchor": (Severity.WARNING, "A link names a heading or block that its note does not have."),
    "missing-embed": (Severity.WARNING, "An embed names a file that the vault does not have."),
    "missing-note": (Severity.WARNING, "A link names a note that the vault does not have."),
    "note-too-large": (Severity.WARNING, "A note costs too much to parse; it is shown as plain text."),
    "quote-not-found": (Severity.WARNING, "A quotation is not in the video's transcript near its time stamp."),
    "unclosed-comment": (
        Severity.WARNING,
        "A comment begins with %% and does not end; the rest of the note is hidden.",
    ),
    "unreadable-file": (Severity.WARNING, "A file could not be read or is not UTF-8 text."),
    "unsafe-attachment": (
        Severity.WARNING,
        "An attachment may carry scripts or name private notes, and was not published.",
    ),
    "withheld-note": (Severity.WARNING, "Unreadable front matter speaks of drafts, so the note is not published."),
}
