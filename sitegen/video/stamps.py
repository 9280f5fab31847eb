"""The written forms of a stamp: finds where one ends and which numbers it holds.

Owns every form in which notes cite a time, the broken ones too, and settles what a stamp says when its
text and its ``data-t`` differ. It must not know what the numbers mean (``reading`` decides between hours
and minutes), nor Markdown: a syntax rule calls it at a ``<`` or ``[`` outside code.

Two promises: a match never reaches beyond the stamp's own markup, so broken markup never swallows text;
and each call looks at a bounded stretch of text, save for lists, whose length is the list's own, so all
calls over a text together take linear time whatever it holds.

The forms were surveyed in 5,253 real notes; tests/video/test_stamps.py has an example of each.
"""

from __future__ import annotations

import re
from functools import lru_cache

from sitegen.model import Stamp
from sitegen.value import Value

Parts = tuple[Stamp | str, ...]

LONGEST_HOURS = 12
"""No video is longer; a first field above it is not hours (YouTube's own limit for a video)."""


class Match(Value, frozen=True):
    """A stamp markup that ends before ``end``.

    ``parts`` are shown in its place: stamps, and plain text (not HTML) between or instead of them.
    ``problem`` says in one phrase why a stamp could not be read; None if all is well.
    """

    end: int
    parts: Parts
    problem: str | None = None


# ---- what numbers can mean --------------------------------------------------------------------------


def candidates(fields: tuple[int, ...]) -> tuple[tuple[str, int], ...]:
    """The possible readings of a stamp as (``"hms"`` or ``"ms"``, seconds); none if there is no way to read it.

    One field is seconds. Two are minutes and seconds. Three are hours, minutes and seconds, or minutes, seconds
    and something without meaning. Of four or more the first three count, as the rest are frames or fractions.
    """
    count = len(fields)
    if count == 1:
        return (("hms", fields[0]),) if fields[0] < (LONGEST_HOURS + 1) * 3600 else ()
    if count == 0 or fields[1] > 59 or fields[0] > LONGEST_HOURS * 60:
        return ()
    short = ("ms", fields[0] * 60 + fields[1])
    if count == 2:
        return (short,)
    hours, minutes, seconds = fields[:3]
    if hours > LONGEST_HOURS or seconds > 59:
        return (short,)
    full = ("hms", hours * 3600 + minutes * 60 + seconds)
    # A fourth field shows that the author knew of hours, minutes and seconds.
    return (full, short) if count == 3 else (full,)


def _literal(fields: tuple[int, ...]) -> int | None:
    """The seconds that the numbers say at face value, None if they say none."""
    possible = candidates(fields)
    return possible[0][1] if possible else None


def _is_shifted_form(fields: tuple[int, ...], seconds: int) -> bool:
    """Whether ``fields`` are ``seconds`` written as minutes and seconds, then a third field."""
    return len(fields) == 3 and any(reading == ("ms", seconds) for reading in candidates(fields))


# ---- times in a text --------------------------------------------------------------------------------

_TIME = re.compile(r"([0-9]{1,4}(?::[0-9]{1,3}){1,5})(?:\.[0-9]{0,3})?(?![0-9:])")
_UNITS = re.compile(r"(?:([0-9]{1,2})h)?\s?(?:([0-9]{1,3})m)?\s?(?:([0-9]{1,5})(?:\.[0-9]{1,3})?s?)?", re.I)
_RANGE_SIGN = re.compile(r"[-–—~]|\bto\b")

# The longest stretch of time between the two ends of a range written as four fields, in seconds: 49:04:52:34, and 05:38:05:46,
# whose first field may be hours. The second is shorter, as 01:02:03:04 rather is a time with its frames.
_LONGEST_RANGE = 300
_LONGEST_WITH_HOURS = 60


def _times(text: str, *, plain: bool) -> Parts:
    """The stamps in ``text`` with what stands between them: "–" in a range, " " in a list.

    ``plain`` tells text in brackets from an attribute or the text of an anchor. Times without any reading are kept:
    the caller looks at ``_readable``.
    """
    parts: list[Stamp | str] = []
    end = 0
    for found in _TIME.finditer(text):
        if parts:
            parts.append("–" if _RANGE_SIGN.search(text, end, found.start()) else " ")
        parts.extend(_expand(found[1], plain=plain))
        end = found.end()
    return tuple(parts)


def _expand(written: str, *, plain: bool) -> Parts:
    """One time, or the range that four, five or six fields are: ``01:06:26:06:35`` leaves the second hour out."""
    texts = written.split(":")
    fields = tuple(map(int, texts))
    if len(fields) == 5:
        return (
            Stamp(":".join(texts[:3]), fields[:3]),
            "–",
            Stamp(":".join(texts[3:]), (fields[0], *fields[3:])),
        )
    if len(fields) == 6 or (len(fields) == 4 and _is_range(fields, plain=plain)):
        half = len(fields) // 2
        return Stamp(":".join(texts[:half]), fields[:half]), "–", Stamp(":".join(texts[half:]), fields[half:])
    return (Stamp(written, fields),)


def _is_range(fields: tuple[int, ...], *, plain: bool) -> bool:
    """Whether four fields are MM:SS:MM:SS; otherwise the last one is a fraction.

    In anchors all real ones are fractions, unless their first field cannot be hours.
    """
    first, last = _literal(fields[:2]), _literal(fields[2:])
    if first is None or last is None or last <= first:
        return False
    if fields[0] > LONGEST_HOURS:
        return last - first <= _LONGEST_RANGE
    return plain and fields[3] > 0 and last - first <= _LONGEST_WITH_HOURS  # :00 is a fraction


def _seconds_with_units(text: str) -> Parts:
    """``90``, ``90s``, ``1h2m3s``: forms of a ``data-t`` alone, as in text they are numbers like any other."""
    text = text.strip()
    found = _UNITS.fullmatch(text) if len(text) <= 16 else None
    if found is None or not any(found.groups()):
        return ()
    hours, minutes, seconds = (int(group or 0) for group in found.groups())
    return (Stamp(text, (hours * 3600 + minutes * 60 + seconds,)),)


def _stamps(parts: Parts) -> list[Stamp]:
    return [part for part in parts if isinstance(part, Stamp)]


def _readable(parts: Parts) -> bool:
    stamps = _stamps(parts)
    return bool(stamps) and all(candidates(stamp.fields) for stamp in stamps)


# ---- text against data-t ----------------------------------------------------------------------------


def _settle(data: Parts, shown: Parts) -> Parts:
    """What counts of an anchor's ``data-t`` and its text, either of which may have no readable time."""
    if not _readable(data):
        return shown if _readable(shown) else ()
    if not _readable(shown):
        return data
    here, there = _stamps(data), _stamps(shown)
    if len(here) > 1 and len(here) != len(there):
        return shown if len(there) > len(here) else data
    # One data-t for a list in the text is the first of the list.
    settled = iter([_settle_one(*pair) for pair in zip(here, there, strict=False)] + there[len(here) :])
    return tuple(next(settled) if isinstance(part, Stamp) else part for part in shown)


def _settle_one(data: Stamp, shown: Stamp) -> Stamp:
    """``data-t`` counts, unless it is the shifted form of the text: ``11:16:00`` and ``[0:11:16]``.

    Where they differ by less than a minute the text often names the end of the passage; a larger difference
    without this sign shows only that one is wrong, and scripts have always followed ``data-t``.
    """
    if data.fields == shown.fields:
        return data
    literal_data, literal_shown = _literal(data.fields), _literal(shown.fields)
    if literal_data is None or literal_shown is None or literal_data == literal_shown:
        return data
    if _is_shifted_form(data.fields, literal_shown) and not _is_shifted_form(shown.fields, literal_data):
        return shown
    return data


# ---- anchors ----------------------------------------------------------------------------------------

# The two simplest forms as parts of larger expressions, each with one group: the time as written, for `simple_stamp`.
SIMPLE_ANCHOR = r'<a class="yt-timestamp" data-t="(?P<anchor>[0-9:]{3,12})">(?:\[(?P=anchor)\]|(?P=anchor))?</a>'
SIMPLE_BRACKETS = r"\[([0-9]{1,4}:[0-9]{2}(?::[0-9]{1,3})?)\](?!\()"
# Nearly all anchors: this form alone is matched by one expression and looked up in a cache.
_COMMON = re.compile(SIMPLE_ANCHOR)

_ATTRIBUTE = r"""\s{1,9}(?:class\s?=\s?(?:"[^"<\[\n]{0,80}"|'[^'<\[\n]{0,80}')|[a-z_][\w:.-]{0,40}""" + (
    r"""(?:\s?=\s?(?:"[^"<>\n]{0,200}"|'[^'<>\n]{0,200}'|[^\s"'<>=`]{1,200}))?)"""
)
_TAG = re.compile(rf"<a(?:{_ATTRIBUTE}){{1,9}}\s{{0,9}}>", re.I | re.A)

# A tag whose quotes do not pair. It ends at a quote and ">", at a ">" before a time or the end tag, or without any ">"
# right before the end tag. Its two words at most keep it from taking prose for attributes.
_BROKEN_START = r"""<a\s{1,9}class\s?=\s?["']?yt[^\s<]{0,40}?"""
_BROKEN_TAG = re.compile(
    _BROKEN_START
    + r"""(?:\s{1,3}(?:data|yt)[^\s<]{0,40}?)?"""
    + r"""(?:["']>|>(?=\s?[\[(]{0,3}[0-9]{1,4}:[0-9]|\s?</a)|(?<=[0-9\]])(?=</a))""",
    re.I,
)
# A tag that just stops after its time.
_CUT_TAG = re.compile(_BROKEN_START + r"""\s{1,3}data-?t?\s?=\s?["']?[0-9]{1,4}(?::[0-9]{1,3}){1,5}["'\]]{0,2}""", re.I)

_CLASS = re.compile(r"""class\s?=\s?["']?\s?yt""", re.I)
_SURE_CLASS = re.compile(r"\byt.{0,3}timestamp\b", re.I)
_DATA_T = re.compile(r"""\sdata-t\s?=\s?(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.I)
_HREF = re.compile(r"\shref\s?=", re.I)

_SEPARATOR = r"(?:[ \t]{1,2}|[ \t]{0,2}(?:[,;/&~–—-]|\\?\||to|and)[ \t]{0,2})"
_LOOSE_TIME = r"[0-9]{1,4}(?::[0-9]{1,3}){1,5}(?:\.[0-9]{0,3})?(?![0-9:])"
_INNER = re.compile(
    rf"[ \t]{{0,2}}([\[(]{{0,3}})({_LOOSE_TIME}(?:{_SEPARATOR}{_LOOSE_TIME})*)([)\]]{{0,4}})[ \t]{{0,2}}(</[aA]\s?>)?"
)
# Text of an anchor that is no time but plain enough to be shown as it is, without Markdown: "[HH:MM:SS]", "N/A".
_WORDS = re.compile(r"\s?(\[?[^<>\n\[\]*_`$=~!\\&#^|{}]{0,200}\]?)</[aA]\s?>")


def match_anchor(text: str, pos: int) -> Match | None:
    """The stamp anchor that begins at ``text[pos] == "<"``, however broken; None if it is anything else."""
    common = _COMMON.match(text, pos)
    if common is not None:
        parts = _common_parts(common[1])
        if parts:
            return Match(common.end(), parts)
    if text[pos + 1 : pos + 2] not in ("a", "A"):
        return None
    tag = _TAG.match(text, pos) or _BROKEN_TAG.match(text, pos) or _CUT_TAG.match(text, pos)
    if tag is None:
        return None
    inner = _INNER.match(text, tag.end())
    if not _is_stamp(tag[0], has_time=inner is not None):
        return None
    return _read_anchor(text, tag, inner)


@lru_cache(maxsize=1 << 14)
def simple_stamp(written: str) -> Stamp | None:
    """The one stamp that a time in one of the simplest forms is; None if it is none, or more than one."""
    parts = _common_parts(written)
    return parts[0] if len(parts) == 1 and isinstance(parts[0], Stamp) else None


@lru_cache(maxsize=8192)
def _common_parts(written: str) -> Parts:
    parts = _times(written, plain=False)
    return parts if _readable(parts) else ()


def _is_stamp(tag: str, *, has_time: bool) -> bool:
    """Whether an opening tag is a stamp's: by its class, else by a time where no other link has one."""
    if _SURE_CLASS.search(tag):
        return True
    if _HREF.search(tag):
        return False
    return bool(_DATA_T.search(tag)) or bool(_CLASS.search(tag) and (has_time or _TIME.search(tag)))


def _read_anchor(text: str, tag: re.Match[str], inner: re.Match[str] | None) -> Match:
    """The anchor whose opening tag is ``tag``; ``inner`` is the time that follows it, if one does."""
    data = _data_times(tag[0])
    if inner is not None:
        end = _end_of_inner(text, inner)
        if end is not None:
            shown = _times(inner[2], plain=False)
            return _anchor(end, _settle(data, shown), inner[0].removesuffix(inner[4] or "").strip())
    words = _WORDS.match(text, tag.end())
    if words is None:
        # What follows is for Markdown to read: only the tag is the stamp.
        return _anchor(tag.end(), data if _readable(data) else (), "", tag[0])
    label = words[1].strip()
    if label and _readable(data) and not _says(label, data):
        return Match(words.end(), (f"{label} ", *data))
    return _anchor(words.end(), data if _readable(data) else (), label, tag[0])


def _says(label: str, data: Parts) -> bool:
    """Whether an anchor's text is its one time again, as seconds or with units: ``90``, ``1h2m3s``."""
    said = _stamps(_seconds_with_units(label.strip("[]()")))
    return bool(said) and [_literal(stamp.fields) for stamp in said] == [_literal(s.fields) for s in _stamps(data)]


def _data_times(tag: str) -> Parts:
    """The times in an opening tag: in its ``data-t``, else wherever a broken tag has them."""
    value = _DATA_T.search(tag)
    if value is not None:
        data = next(group for group in value.groups() if group is not None)
        times = _times(data, plain=False) or _seconds_with_units(data)
        if times:
            return times
    return _times(tag, plain=False)[:1]


def _end_of_inner(text: str, inner: re.Match[str]) -> int | None:
    """Where the anchor ends whose text begins with the time ``inner``; None if the time is not all of a bracket.

    Without ``</a>`` only the brackets that the time itself opened are closed, and a lone ">" that is what
    remains of the end tag is left out.
    """
    opened, closed = len(inner[1]), len(inner[3])
    if inner[4]:
        return inner.end()
    end = inner.end(3)
    if opened > closed and text[end : end + 1] not in ("", "\n", "<"):
        return None
    end -= max(0, closed - opened)
    return end + 1 if text.startswith(">", end) else end


def _anchor(end: int, parts: Parts, label: str, written: str = "") -> Match:
    if parts:
        return Match(end, parts)
    return Match(end, (label,) if label else (), f"no readable time in {(label or written)[:60]!r}")


# ---- brackets ---------------------------------------------------------------------------------------

_STRICT_TIME = r"[0-9]{1,4}:[0-9]{2}(?::[0-9]{1,3}){0,4}(?:\.[0-9]{0,3})?"
_LIST = rf"[ \t]{{0,2}}\(?{_STRICT_TIME}(?:{_SEPARATOR}{_STRICT_TIME})*\)?[ \t]{{0,2}}"
_BRACKETS = re.compile(rf"\[\[({_LIST})\]\]|\[({_LIST})\]")

# What makes of "[…]" a Markdown link: an address in parentheses, perhaps with a title.
_LINK_TAIL = re.compile(
    r"""\([ \t]{0,2}(?:<[^<>\n]{1,500}>|(?:[^\s()<]|\([^\s()]{0,500}\)){0,2000})"""
    r"""(?:[ \t]{1,2}["'][^"'\n]{0,500}["'])?[ \t]{0,2}\)"""
)


def match_brackets(text: str, pos: int) -> Match | None:
    """The times in brackets that begin at ``text[pos] == "["``; None if the brackets hold anything else.

    Two fields need two digits of seconds, so ``[2:3]`` and ``[16:9]`` are text, and so is ``[1:75]``. A Markdown link
    is no stamp even if its label is a time.
    """
    found = _BRACKETS.match(text, pos)
    if found is None:
        return None
    parts, problem = _bracket_parts(found[1] or found[2])
    if parts is None:
        return None
    end = found.end()
    if text.startswith("(", end):
        if _LINK_TAIL.match(text, end):
            return None
        end = _end_of_repeated(text, end, parts)
    if problem is not None:
        return Match(end, (found[0],), problem)
    return Match(end, parts)


# Two fields that are no time, and a name before them that makes of it a verse: Psalm [78:72], 1 Kings [8:66].
_NO_TIME = re.compile(r"\[([0-9]{1,2}:[6-9][0-9])\](?![(\[:])")
_BOOK = re.compile(r"\b[A-Z]\w*\.?[ \u00a0]$")
_BOOK_REACH = 24


def match_no_time(text: str, pos: int) -> tuple[str, bool] | None:
    """The brackets at ``text[pos] == "["`` if they hold minutes and seconds that no clock shows, such as ``[99:99]``.

    With them comes whether they look like a verse of a book. They are text in any case: whether the author meant a time shows only in the
    rest of the note.
    """
    found = _NO_TIME.match(text, pos)
    if found is None:
        return None
    return found[0], _BOOK.search(text[max(0, pos - _BOOK_REACH) : pos]) is not None


@lru_cache(maxsize=8192)
def _bracket_parts(inner: str) -> tuple[Parts | None, str | None]:
    """The stamps of a bracket's text and a problem; no stamps at all (None) where it is hardly meant as a time."""
    parts = _times(inner, plain=True)
    if _readable(parts):
        return parts, None
    if any(len(stamp.fields) < 3 for stamp in _stamps(parts)):
        return None, None
    return parts, f"no readable time in {inner[:60]!r}"


def _end_of_repeated(text: str, end: int, parts: Parts) -> int:
    """The end of ``[1:02](<a …>[1:02]</a>)``, where an author said one stamp twice; ``end`` if it is not this."""
    if not text.startswith("(<", end):
        return end
    again = match_anchor(text, end + 1)
    if again is None or [s.fields for s in _stamps(again.parts)] != [s.fields for s in _stamps(parts)]:
        return end
    return again.end + 1 if text.startswith(")", again.end) else again.end
