"""What a note's front matter means: known keys as typed `Properties`, links in any value, and whether it is private.

Any sign that a note is private wins over any sign that it is not, in every spelling a person would use.
Source: the Obsidian help page "Properties"; the rules for privacy are ours.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from typing import Any

from msgspec import Struct, field

from sitegen.config import FORMATS, LANGUAGE_TAG
from sitegen.diagnostics import Diagnostic, Span
from sitegen.model import Link, LinkKind, Properties
from sitegen.paths import slug_path
from sitegen.stages.frontmatter import MAX_BYTES, PropertiesError, Quoted, Value, load, split
from sitegen.syntax.tag import tag_name
from sitegen.syntax.wikilink import shown, split_target
from sitegen.video.files import media_kind
from sitegen.video.youtube import video_id

_TRUE = frozenset({"true", "yes", "on", "1", "y", "t", "x"})
_FALSE = frozenset({"false", "no", "off", "0", "n", "f", "never"})
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
# In a block that cannot be read, any of these words where a key may stand counts.
_SPEAKS_OF_PRIVACY = re.compile(
    r"(?<![\w-])(?:draft|publish|published|private)(?:[\"']?\s*[:=]|[\"']?\s*\n\s*:)", re.IGNORECASE
)
# A block that was meant to be front matter: behind blanks, invisible signs or an HTML comment, indented, with other fences.
_LATE_BLOCK = re.compile(
    r"(?:[\s\u200b-\u200f\u2060\ufeff]|<!--[^>]*-->)*(?:-{3,}|\+{3}|;{3})[^\S\n]*(?:json|yaml|toml)?[^\S\n]*\n(.*?)"
    r"^[^\S\n]*(?:-{3,}|\+{3}|;{3}|\.\.\.)[^\S\n]*$",
    re.MULTILINE | re.DOTALL,
)
# Front matter as other generators read it: an object at the very start of the file.
_JSON_START = re.compile(r"[\s\u200b-\u200f\u2060\ufeff]*\{[\s]*\"")
_DATE = re.compile(r"(\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01]))(?:[T ].*)?")
_LINK = re.compile(r"\[\[([^\[\]\n]+)\]\]")
_CLOCK = re.compile(r"(?:(\d{1,2}):)?(\d{1,3}):(\d{2})")
_ISO_DURATION = re.compile(r"PT(?:(\d{1,2})H)?(?:(\d{1,3})M)?(?:(\d{1,5})S)?", re.IGNORECASE)
_LONGEST_ADDRESS = 500  # characters; file systems allow paths of a few thousand bytes, the output's own included


class Reading(Struct):
    """What was found at the top of one file. ``withheld``: unreadable, and it speaks of privacy."""

    properties: Properties
    body: str
    body_line: int
    links: list[Link] = field(default_factory=list)
    problems: list[Diagnostic] = field(default_factory=list)
    withheld: bool = False
    media: int | None = None  # which of the links names the note's recording
    shown: list[tuple[str, tuple[str | int, ...]]] = field(default_factory=list)  # values: text, or a number in `links`


def read_properties(path: str, text: str, *, keep: bool = False) -> Reading:
    """Split ``text`` and read its properties; problems become diagnostics, never exceptions. ``keep``: to show them."""
    block, body, body_line = split(text)
    if not block and body is text:
        return _without_block(path, text)
    reading = Reading(Properties(), body, body_line)
    try:
        items = load(block)
    except PropertiesError as problem:
        reading.withheld = _speaks_of_privacy(block)
        reading.problems.append(_unreadable(path, str(problem), problem.line, reading.withheld))
        return reading
    _interpret(path, items, reading, keep=keep)
    return reading


def _without_block(path: str, text: str) -> Reading:
    """A file without a block at its start may still hold one that was meant to be: then it is not published unread."""
    reading = Reading(Properties(), text, 0)
    if _JSON_START.match(text) is not None:
        reading.withheld = _is_private_object(text)
        if reading.withheld:
            reading.problems.append(_unreadable(path, "it is a JSON object and no block of properties", 1, True))
        return reading
    unclosed = re.match(r"---[^\S\n]*\n", text)
    meant = (
        text[: _unclosed_length(text)]
        if unclosed
        else (match[1] if (match := _LATE_BLOCK.match(text, 0, MAX_BYTES)) else "")
    )
    if meant and (unclosed or _speaks_of_privacy(meant)):
        reading.withheld = _speaks_of_privacy(meant)
        reason = "the closing --- is missing" if unclosed else "it does not begin on the first line"
        if reading.withheld or re.match(r"---[^\S\n]*\n[\w -]+:", text):
            reading.problems.append(_unreadable(path, reason, 1, reading.withheld))
    return reading


def _is_private_object(text: str) -> bool:
    """Whether the JSON object that a file opens with says that the note is private; one that cannot be read, if it may."""
    start = text.index("{")
    try:
        data, _ = json.JSONDecoder().raw_decode(text[start : start + MAX_BYTES])
    except (ValueError, RecursionError):
        blank = text.find("\n\n", start, MAX_BYTES)
        return _speaks_of_privacy(text[start : blank if blank >= 0 else MAX_BYTES])
    for name, value in data.items() if isinstance(data, dict) else ():
        key = _INVISIBLE.sub("", name).lower().strip()
        word = value if isinstance(value, str) else None if value is None else json.dumps(value)
        if key in ("draft", "private", "publish", "published") and _privacy(key, word):
            return True
    return False


def _unclosed_length(text: str) -> int:
    """How much of a text may have been meant as its front matter: up to a blank line, and its beginning in any case."""
    blank = text.find("\n\n", 0, MAX_BYTES)
    return max(4096, blank if blank >= 0 else MAX_BYTES)


def _speaks_of_privacy(block: str) -> bool:
    return _SPEAKS_OF_PRIVACY.search(unicodedata.normalize("NFKC", _INVISIBLE.sub("", block))) is not None


def _unreadable(path: str, reason: str, line: int, withheld: bool) -> Diagnostic:
    if withheld:
        message = f"front matter cannot be read ({reason}) and speaks of drafts or publishing; the note is withheld"
        return Diagnostic("withheld-note", path, message, Span(line), "mend the block between the --- lines")
    return Diagnostic(
        "bad-front-matter",
        path,
        f"front matter cannot be read: {reason}",
        Span(line),
        "mend the block between the --- lines",
    )


def _interpret(path: str, items: tuple[tuple[str, Value, int], ...], reading: Reading, *, keep: bool) -> None:
    known: dict[str, Any] = {}
    private, draft = False, False
    for name, value, line in items:
        key = _INVISIBLE.sub("", name).lower().strip()
        if key in ("video", "audio"):
            try:
                _media(key, value, line, known, reading)
            except ValueError as problem:
                reading.problems.append(Diagnostic("bad-property", path, f"{name}: {problem}", Span(line)))
            continue
        first = len(reading.links)
        _collect_links(value, line, reading.links)
        if (
            keep
            and key not in _SHOWN_ELSEWHERE
            and (parts := tuple(_parts(value, iter(range(first, len(reading.links))))))
        ):
            reading.shown.append((" ".join(name.split()), parts))
        if key in ("draft", "private", "publish", "published"):
            verdict = _privacy(key, value)
            private |= verdict and key != "draft"
            draft |= verdict and key == "draft"
        elif key in _READERS:
            field_name, reader = _READERS[key]
            try:
                meant = reader(value)
            except ValueError as problem:
                reading.problems.append(Diagnostic("bad-property", path, f"{name}: {problem}", Span(line)))
            else:
                if isinstance(meant, tuple):  # `alias` and `aliases`, `image` and `cover` add up
                    known[field_name] = tuple(dict.fromkeys((*known.get(field_name, ()), *meant)))
                elif meant is not None:
                    known[field_name] = meant
    reading.properties = Properties(**known, published=not private, draft=draft)


def _media(key: str, value: Value, line: int, known: dict[str, Any], reading: Reading) -> None:
    """`video` and `audio` name a recording in the vault by path, name or link; the link embeds it, so it is published
    and missed as an embedded file is. `video` may say an address of YouTube as well. Of several, the first counts.
    """
    if isinstance(value, list) and len(value) == 1 and isinstance(value[0], list) and len(value[0]) == 1:
        value = value[0][0]  # `video: [[talk.mp4]]` without quotes
    text = _text(value)
    if not text:
        return
    if "youtu" in text and (found := video_id(text)) is not None:
        known.setdefault("video_id", found)
        return
    target, anchor, _ = split_target(text.removeprefix("!").removeprefix("[[").removesuffix("]]"))
    kind = media_kind(target)
    if kind is not None:
        anchor = ""
    elif anchor:
        kind = media_kind(anchor)  # `Talk #1.mp4`
    if kind is None or "://" in target:
        raise ValueError(f"{text!r} is no video or audio file of the vault")
    if reading.media is None:
        known["media"] = "audio" if key == "audio" else kind
        reading.media = len(reading.links)
        reading.links.append(Link(target, anchor, "", LinkKind.EMBED, None, Span(line)))


def _privacy(key: str, value: Value) -> bool:
    """Whether this value keeps the note private. What cannot be understood is taken as private."""
    if value is None or value == "":
        return False
    word = value.strip().lower() if isinstance(value, str) else "?"
    if key in ("draft", "private"):
        return word not in _FALSE
    return not (word in _TRUE or _DATE.fullmatch(word))


def _collect_links(value: Value, line: int, links: list[Link]) -> None:
    for text in _strings(value):
        for match in _LINK.finditer(text):
            target, anchor, label = split_target(match[1])
            if target:
                links.append(
                    Link(
                        target,
                        anchor,
                        label or shown(target, anchor),
                        LinkKind.PROPERTY,
                        None,
                        Span(line, 1, len(match[0])),
                    )
                )


def _parts(value: Value, numbers: Iterator[int]) -> Iterator[str | int]:
    """The values of a property as they are shown; a value that is one link is the number of that link."""
    if isinstance(value, str):
        links = [match for match in _LINK.finditer(value) if split_target(match[1])[0]]
        if len(links) == 1 and links[0][0] == value.strip():
            yield next(numbers)
        elif text := " ".join(_LINK.sub(lambda m: shown_link(m[1]), value).split()):
            for _ in links:
                next(numbers)
            yield text
    elif isinstance(value, list):
        for item in value:
            if isinstance(item, list) and len(item) == 1 and isinstance(item[0], str):
                item = f"[[{item[0]}]]"
            yield from _parts(item, numbers)
    elif isinstance(value, dict):
        for name, item in value.items():
            inner = list(_parts(item, numbers))
            texts = [part for part in inner if isinstance(part, str)]
            if texts:
                yield f"{name}: {', '.join(texts)}"
            yield from (part for part in inner if isinstance(part, int))


def shown_link(inside: str) -> str:
    target, anchor, label = split_target(inside)
    return label or shown(target, anchor)


def _strings(value: Value) -> Iterator[str]:
    if isinstance(value, str):
        if "[[" in value:
            yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _strings(item)
    elif isinstance(value, list):
        for item in value:  # `related: [[Note]]` without quotes is a list in a list
            if isinstance(item, list) and len(item) == 1 and isinstance(item[0], str):
                yield f"[[{item[0]}]]"
            else:
                yield from _strings(item)


# ---- one reader a kind of value; ValueError says what is wrong --------------------------------------


def _text(value: Value) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str):
        raise ValueError("it must be text")
    return " ".join(value.split()) or None


def _list(value: Value) -> tuple[str, ...]:
    items = (
        value
        if isinstance(value, list)
        else []
        if value is None
        else str(value).split(",")
        if isinstance(value, str)
        else None
    )
    if items is None:
        raise ValueError("it must be a list or text")
    return tuple(dict.fromkeys(" ".join(item.split()) for item in items if isinstance(item, str) and item.strip()))


def _aliases(value: Value) -> tuple[str, ...]:
    """Other names. A text in quotes is one, whatever commas it holds: "Smith, John"."""
    return _list([value] if isinstance(value, Quoted) else value)


def _tags(value: Value) -> tuple[str, ...]:
    words = [
        word for item in _list(value) for word in (item.split() if isinstance(value, str) else [item.replace(" ", "-")])
    ]
    names = {word: tag_name(word) for word in words}
    bad = [word for word, name in names.items() if not name]
    if bad and not any(names.values()):
        raise ValueError(f"{bad[0]!r} cannot be a tag")
    return tuple(dict.fromkeys(name for name in names.values() if name))


def _classes(value: Value) -> tuple[str, ...]:
    return tuple(word for item in _list(value) for word in item.split() if re.fullmatch(r"[\w-]+", word))


def _permalink(value: Value) -> str | None:
    text = _text(value)
    if not text:
        return None
    if text == "/":
        return "index.html"
    path = slug_path(text.removesuffix("/").removesuffix(".html"))
    if not path or ".." in text.split("/") or ":" in text or len(path) > _LONGEST_ADDRESS:
        raise ValueError(f"{text!r} is no address within the site")
    return path + (".html" if not text.endswith("/") else "/index.html")


def _date(value: Value) -> str | None:
    text = _text(value)
    if not text:
        return None
    match = _DATE.fullmatch(text)
    try:
        return date.fromisoformat(match[1] if match else "").isoformat()
    except ValueError:
        raise ValueError(f"{text!r} is no date; write it as 2026-01-31") from None


def _language(value: Value) -> str | None:
    text = _text(value)
    if text and not LANGUAGE_TAG.fullmatch(text):
        raise ValueError(f"{text!r} is no language tag such as en or pt-BR")
    return text


def _images(value: Value) -> tuple[str, ...]:
    """Pictures in the order in which they are written: text, a link without quotes (a list in a list), or a list of these."""
    items = value if isinstance(value, list) else [value]
    found = [_text(f"[[{item[0]}]]" if isinstance(item, list) and len(item) == 1 else item) for item in items]
    return tuple(dict.fromkeys(text for text in found if text))


def _video(value: Value) -> str | None:
    text = _text(value)
    found = video_id(text) if text else None
    if text and found is None:
        raise ValueError(f"{text!r} is no YouTube id or address")
    return found


def _duration(value: Value) -> int | None:
    text = _text(value)
    if not text:
        return None
    if match := _CLOCK.fullmatch(text):
        return int(match[1] or 0) * 3600 + int(match[2]) * 60 + int(match[3])
    if text.isascii() and text.isdigit() and len(text) < 7:
        return int(text)
    if (match := _ISO_DURATION.fullmatch(text)) and any(match.groups()):
        return int(match[1] or 0) * 3600 + int(match[2] or 0) * 60 + int(match[3] or 0)
    raise ValueError(f"{text!r} is no duration; write seconds, 8:56 or PT8M56S")


def _format(value: Value) -> str | None:
    text = _text(value)
    if text and text.lower() not in FORMATS:
        raise ValueError(f"{text!r} must be hms, ms or auto")
    return text.lower() if text else None


# What a page says anyway, and what is not for readers.
_SHOWN_ELSEWHERE = frozenset(
    "title tags tag description date created updated modified lang cssclasses cssclass permalink publish published draft "
    "private image cover videoid timestampformat".split()
)
_READERS = {
    "title": ("title", _text),
    "aliases": ("aliases", _aliases),
    "alias": ("aliases", _aliases),
    "tags": ("tags", _tags),
    "tag": ("tags", _tags),
    "cssclasses": ("css_classes", _classes),
    "cssclass": ("css_classes", _classes),
    "permalink": ("permalink", _permalink),
    "description": ("description", _text),
    "image": ("images", _images),
    "cover": ("images", _images),
    "date": ("date", _date),
    "created": ("date", _date),
    "updated": ("updated", _date),
    "modified": ("updated", _date),
    "lang": ("language", _language),
    "videoid": ("video_id", _video),
    "duration": ("duration", _duration),
    "timestampformat": ("timestamp_format", _format),
    "transcript": ("transcript", _text),
}
