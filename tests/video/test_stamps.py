"""Every written form of a stamp. Most texts are taken from real notes, shortened."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sitegen.model import Stamp
from sitegen.stages.parse import Dialect, parse
from sitegen.video.stamps import Match, candidates, match_anchor, match_brackets
from tests.sites import source


def match(text: str) -> Match | None:
    return (match_anchor if text.startswith("<") else match_brackets)(text, 0)


def shown(text: str) -> tuple[list[tuple[int, ...] | str], str]:
    """What a text that begins with a stamp becomes: fields and plain text, and what is left of the text."""
    found = match(text)
    assert found is not None and found.problem is None
    return [part.fields if isinstance(part, Stamp) else part for part in found.parts], text[found.end :]


# ---- anchors ----------------------------------------------------------------------------------------

GOOD = '<a class="yt-timestamp" data-t="00:29:52">[00:29:52]</a>'


@pytest.mark.parametrize(
    "text",
    [
        GOOD,
        '<a class="yt-timestamp" data-t="00:29:52">00:29:52</a>',
        '<a class="yt-timestamp" data-t="00:29:52"></a>',
        '<a class="yt-timestamp" data-t="00:29:52">[[00:29:52]]</a>',
        '<a class="yt-timestamp" data-t="00:29:52"> [00:29:52]</a>',
        '<a class="yt-timestamp" data-t="00:29:52">[00:29:52]]</a>',
        '<a class="yt-timestamp" data-t="00:29:52]">[00:29:52]</a>',
        '<a class="yt-timestamp" data-t="00:29:52">[(00:29:52)]</a>',
        '<a class="yt-timestamp">[00:29:52]</a>',
        "<a class='yt-timestamp' data-t='00:29:52'>[00:29:52]</a>",
        '<a data-t="00:29:52" class="yt-timestamp">[00:29:52]</a>',
        '<a data-t="00:29:52">[00:29:52]</a>',
        '<A CLASS="yt-timestamp" DATA-T="00:29:52">[00:29:52]</A >',
        '<a href="#" class="yt-timestamp" data-t="00:29:52">[00:29:52]</a>',
        '<a class="yt="yt-timestamp" data-t="00:29:52">[00:29:52]</a>',
        '<a class="yt_timestamp" data-t="00:29:52">[00:29:52]</a>',
        '<a class="yt:timestamp" data-t="00:29:52">[00:29:52]</a>',
        '<a class="yt=timestamp" data-t="00:29:52">[00:29:52]</a>',
        '<a class="yt=" data-t="00:29:52">[00:29:52]</a>',
        '<a class="yt=" yt-timestamp data-t="00:29:52">[00:29:52]</a>',
        '<a class="yt>timestamp" data-t="00:29:52">[00:29:52]</a>',
        '<a class="yt->timestamp" data-t="00:29:52">[00:29:52]</a>',
        '<a class="yt>00:29:52">[00:29:52]</a>',
        '<a class="yt="00:29:52">[00:29:52]</a>',
        '<a class="yt-00:29:52">[00:29:52]</a>',
        '<a class="yt-9-29-52">[00:29:52]</a>',
        '<a class="yt-timestamp" data="00:29:52">[00:29:52]</a>',
        '<a class="yt-timestamp" data=t="00:29:52">[00:29:52]</a>',
        '<a class="yt-timestamp" data-00:29:52>[00:29:52]</a>',
        '<a class="yt-timestamp" data-00:29:52">[00:29:52]</a>',
        '<a class="yt-timestamp" data-t="00:29:52>[00:29:52]</a>',
        '<a class="yt-timestamp" data-t="00:29:52]</a>',
    ],
)
@pytest.mark.parametrize("rest", ["", ", and", "\nnext", GOOD, "</a>"])
def test_an_anchor_however_broken_is_its_stamp_and_nothing_more(text: str, rest: str) -> None:
    parts, left = shown(text + rest)
    assert [part for part in parts if part != (0, 29, 52)] == []
    assert left == rest


@pytest.mark.parametrize(
    "text, left",
    [
        ('<a class="yt-timestamp" data-t="00:03:30">[00:03:30]>, <a class="x">', ', <a class="x">'),
        ('<a class="yt-timestamp" data-t="00:03:30">[00:03:30]>. An engine', ". An engine"),
        ('<a class="yt-timestamp" data-t="00:03:30">00:03:30>. An engine', ". An engine"),
        ('<a class="yt-timestamp" data-t="00:03:30">[00:03:30]</sup>, x', "</sup>, x"),
        ('<a class="yt-timestamp" data-t="00:03:30">[00:03:30]炖. The', "炖. The"),
        ('<a class="yt-timestamp" data-t="00:03:30">[00:03:30]].', "]."),
        ('<a class="yt-timestamp" data-t="00:03:30">[00:03:30] and text</a>', " and text</a>"),
        ('<a class="yt-timestamp" data-t="00:03:30">[00:0\nfoo', "\nfoo"),
        (
            '<a class="yt-timestamp" data-t="00:03:30">[[gifted_children | How]] **x**',
            "[[gifted_children | How]] **x**",
        ),
        ('<a class="yt-timestamp" data-t="00:03:30">*so*</a>', "*so*</a>"),
        ('<a class="yt-timestamp" data-t="00:03:30', ""),
        ('<a class="yt-timestamp" data-t="00:03:30 he said "so" > x', ' he said "so" > x'),
        ('<a class="yt-timestamp" data-t="00:03:30">said <b>x</b>', "said <b>x</b>"),
    ],
)
def test_a_broken_tag_swallows_nothing(text: str, left: str) -> None:
    assert shown(text) == ([(0, 3, 30)], left)


def test_the_words_of_an_anchor_stay() -> None:
    text = '<a class="yt-timestamp" data-t="00:29:52">last to take hand off 1 million keeps it</a>.'
    assert shown(text) == (["last to take hand off 1 million keeps it ", (0, 29, 52)], ".")


@pytest.mark.parametrize(
    "text, parts, left",
    [
        ('<a class="yt-timestamp" data-t="HH:MM:SS">[HH:MM:SS]</a>!', ("[HH:MM:SS]",), "!"),
        ('<a class="yt-timestamp" data-t="N/A">N/A</a>!', ("N/A",), "!"),
        ('<a class="yt-timestamp" data-t="N/A"></a>!', (), "!"),
        ('<a class="yt-timestamp" data-t="04:72:00">[04:72:00]</a>!', ("[04:72:00]",), "!"),
        ('<a class="yt-timestamp" data-t="">[[a|b]]</a>', (), "[[a|b]]</a>"),
    ],
)
def test_no_readable_time_is_reported_and_its_text_stays(text: str, parts: tuple[str, ...], left: str) -> None:
    found = match_anchor(text, 0)
    assert found is not None
    assert found.parts == parts
    assert text[found.end :] == left
    assert found.problem is not None and found.problem.startswith("no readable time in ")


@pytest.mark.parametrize(
    "text",
    [
        "<a",
        "<b>",
        "< a",
        "<abbr>1:02</abbr>",
        '<a href="x">1:02</a>',
        '<a class="yt-video" href="x">1:02</a>',
        '<a class="yt-video">words</a>',
        '<a class="button">[00:01:02]</a>',
        '<a class="yt-timestamp"',
        '<a id="x">[1:02]</a>',
    ],
)
def test_other_tags_are_no_stamps(text: str) -> None:
    assert match_anchor(text, 0) is None


@pytest.mark.parametrize(
    "data, text, fields, written",
    [
        # The shifted form gives way to the other side, whichever it is.
        ("11:16:00", "0:11:16", (0, 11, 16), "0:11:16"),
        ("0:11:16", "11:16:00", (0, 11, 16), "0:11:16"),
        ("01:43:00", "01:43", (1, 43), "01:43"),
        # Up to a minute apart: the text names the end of the passage.
        ("00:02:38", "00:03:00", (0, 2, 38), "00:02:38"),
        ("03:49", "00:04:19", (3, 49), "03:49"),
        ("07:22:00", "07:22:25", (7, 22, 0), "07:22:00"),
        # One side only is readable.
        ("N/A", "1:02", (1, 2), "1:02"),
        ("00:29:52", "99:99:99", (0, 29, 52), "00:29:52"),
        # The same second in two forms.
        ("90s", "1:30", (90,), "90s"),
        ("90", "1:30", (90,), "90"),
        ("1h2m3s", "1:02:03", (3723,), "1h2m3s"),
        ("2m", "2:00", (120,), "2m"),
        # Fractions count for nothing.
        ("00:01:02.500", "00:01:02", (0, 1, 2), "00:01:02"),
        ("01:01:02:80", "01:01:02:80", (1, 1, 2, 80), "01:01:02:80"),
    ],
)
def test_text_against_data_t(data: str, text: str, fields: tuple[int, ...], written: str) -> None:
    found = match_anchor(f'<a class="yt-timestamp" data-t="{data}">[{text}]</a>', 0)
    assert found is not None and found.parts == (Stamp(written, fields),)


def test_a_list_or_range_in_an_anchor() -> None:
    assert shown('<a class="yt-timestamp" data-t="1:02">[1:02 - 1:15]</a>') == ([(1, 2), "–", (1, 15)], "")
    assert shown('<a class="yt-timestamp" data-t="1:02, 1:15"></a>') == ([(1, 2), " ", (1, 15)], "")


# ---- brackets ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text, parts",
    [
        ("[12:34]", [(12, 34)]),
        ("[0:38]", [(0, 38)]),
        ("[75:30]", [(75, 30)]),
        ("[00:05:51]", [(0, 5, 51)]),
        ("[02:04:0]", [(2, 4, 0)]),
        ("[0003:45]", [(3, 45)]),
        ("[000:14:56]", [(0, 14, 56)]),
        ("[[00:05:51]]", [(0, 5, 51)]),
        ("[(00:05:51)]", [(0, 5, 51)]),
        ("[0:41:30 | 0:42:26]", [(0, 41, 30), " ", (0, 42, 26)]),
        ("[0:41:30 \\| 0:42:26]", [(0, 41, 30), " ", (0, 42, 26)]),
        ("[1:02, 1:15]", [(1, 2), " ", (1, 15)]),
        ("[1:02,1:15; 1:20]", [(1, 2), " ", (1, 15), " ", (1, 20)]),
        ("[1:02 and 1:15]", [(1, 2), " ", (1, 15)]),
        ("[1:02 - 1:15]", [(1, 2), "–", (1, 15)]),
        ("[1:02–1:15]", [(1, 2), "–", (1, 15)]),
        ("[1:02 to 1:15]", [(1, 2), "–", (1, 15)]),
        ("[14:17 - 14:32, 14:54 - 14:57]", [(14, 17), "–", (14, 32), " ", (14, 54), "–", (14, 57)]),
        ("[00:00:00. - 00:00:52]", [(0, 0, 0), "–", (0, 0, 52)]),
        # Ranges run together: MM:SS:MM:SS, H:MM:SS and the end without its hour, H:MM:SS twice.
        ("[05:38:05:46]", [(5, 38), "–", (5, 46)]),
        ("[01:06:02:06]", [(1, 6), "–", (2, 6)]),
        ("[01:06:26:06:35]", [(1, 6, 26), "–", (1, 6, 35)]),
        ("[00:53:54:00:54:01]", [(0, 53, 54), "–", (0, 54, 1)]),
        ("[49:04:52:34]", [(49, 4), "–", (52, 34)]),
        # A time with its frames, as no clock's hands part so far: 1:02 to 3:04.
        ("[01:02:03:04]", [(1, 2, 3, 4)]),
        ("[00:01:02:03]", [(0, 1, 2, 3)]),
        # H:MM:SS:00, as 01:03 to 47:00 is no range that anybody cites.
        ("[01:03:47:00]", [(1, 3, 47, 0)]),
        ("[01:12:08:00]", [(1, 12, 8, 0)]),
        ("[01:10:02:00]", [(1, 10, 2, 0)]),
    ],
)
@pytest.mark.parametrize("rest", ["", ".", "[00:00:08]", " (see", "(see there)", ": x", "]"])
def test_times_in_brackets(text: str, parts: list[object], rest: str) -> None:
    assert shown(text + rest) == (parts, rest)


@pytest.mark.parametrize(
    "text",
    [
        "[1:02](url)",
        "[1:02]()",
        "[1:02](<a b> 'title')",
        "[(00:00:16)](./transcript#t=00:00:16)",
        "[1:02](https://en.wikipedia.org/wiki/A_(b))",
        "[2:3]",
        "[16:9]",
        "[1]",
        "[1:75]",
        "[1:02",
        "[[1:02]",
        "[[1:02|then]]",
        "[[1:02#x]]",
        "[at 1:02]",
        "[12:30 PM]",
        "[1:02]:30"[:4],
        "[x]",
        "[]",
        "[ ]",
        "[^1]",
        "[٣:٣٣]",
    ],
)
def test_other_brackets_are_no_stamps(text: str) -> None:
    assert match_brackets(text, 0) is None


def test_an_impossible_time_in_brackets_is_reported() -> None:
    assert match_brackets("[04:72:00].", 0) == Match(10, ("[04:72:00]",), "no readable time in '04:72:00'")


def reported(text: str) -> list[str]:
    """What is said of the stamps of a note with a video."""
    found = parse(source("n.md", f"---\nvideoId: T0uYxK66VLU\n---\n\n{text}\n"), Dialect()).diagnostics
    return [f"{d.span.line}:{d.span.column} {d.message}" for d in found if d.code == "bad-timestamp" and d.span]


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("He says so [99:99].", ["5:12 no readable time in '[99:99]'"]),
        ("At [1:02] and [2:75].", ["5:15 no readable time in '[2:75]'"]),
        ("- **When?** [12:60]", ["5:13 no readable time in '[12:60]'"]),
        # What is no time, and not meant as one
        ("See Psalm [78:72] and 1 Kings [8:66].", []),
        ("See [119:105], a verse.", []),
        ("A chance of [10:90](odds.md) is [16:9] or [2:1].", []),
        ("In code: `[99:99]`.", []),
        ("John [3:16] is a stamp, as far as anybody can tell.", []),
    ],
)
def test_brackets_with_an_impossible_time_stay_text_and_are_reported(text: str, problems: list[str]) -> None:
    assert reported(text) == problems


def read(text: str) -> tuple[str, list[str]]:
    """The HTML of a note with a video, and its stamps as written."""
    note = parse(source("n.md", f"---\nvideoId: T0uYxK66VLU\n---\n\n{text}\n"), Dialect())
    return "".join(note.body[::2]), [stamp.written for stamp in note.facts.stamps]


@pytest.mark.parametrize("link", ["[5:00][r]", "[5:00][ R ]", "[5:00][]", "[5:00]", "**So** [5:00][r]"])
def test_a_link_whose_address_stands_elsewhere_stays_one(link: str) -> None:
    html, stamps = read(f"So {link} it is, [6:00] too.\n\n[r]: https://e.org/x\n[5:00]: https://e.org/x")
    assert '<a class="external" href="https://e.org/x">5:00</a>' in html and stamps == ["6:00"]


@pytest.mark.parametrize("text", ["So [5:00][q].", "So [5:00][6:00]."])
def test_brackets_that_name_no_reference_are_stamps(text: str) -> None:
    html, stamps = read(f"{text}\n\n[r]: https://e.org/x")
    assert stamps[0] == "5:00" and "<a" not in html


def test_a_time_before_a_colon_and_one_word_is_no_address() -> None:
    """Markdown would read it as the address of a reference, and show nothing at all."""
    html, stamps = read("[0:30]: Introduction\n[01:30:00]: End.")
    assert "Introduction" in html and "End." in html and stamps == ["0:30", "01:30:00"]
    assert read("[0:30]: talk.md\n\nAt [0:30].")[1] == []


def test_without_a_video_no_brackets_are_times() -> None:
    assert parse(source("n.md", "He says so [99:99].\n"), Dialect()).diagnostics == ()


def test_an_impossible_time_is_shown_as_it_is_written() -> None:
    note = parse(source("n.md", "---\nvideoId: T0uYxK66VLU\n---\n\nSo [99:99] it is.\n"), Dialect())
    assert note.body == ("<p>So [99:99] it is.</p>\n",)


def test_the_stamps_of_a_list_stand_where_it_does() -> None:
    note = parse(source("n.md", "---\nvideoId: T0uYxK66VLU\n---\n\nSo [1:02, 1:15] and [1:02, 1:15].\n"), Dialect())
    assert [(s.span.line, s.span.column) for s in note.facts.stamps if s.span] == [(5, 4), (5, 4), (5, 21), (5, 21)]


@pytest.mark.parametrize("close, rest", [(")", ". x"), ("", ", [00:12:10]")])
def test_a_stamp_said_twice_is_one(close: str, rest: str) -> None:
    text = f'[00:12:09](<a class="yt-timestamp" data-t="00:12:09">[00:12:09]</a>{close}{rest}'
    assert shown(text) == ([(0, 12, 9)], rest)


def test_two_different_stamps_stay_two() -> None:
    text = '[00:12:08](<a class="yt-timestamp" data-t="00:12:09">[00:12:09]</a>)'
    assert shown(text) == ([(0, 12, 8)], text[10:])


# ---- what numbers can mean --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fields, readings",
    [
        ((90,), (("hms", 90),)),
        ((1, 43), (("ms", 103),)),
        ((75, 30), (("ms", 4530),)),
        ((1, 43, 0), (("hms", 6180), ("ms", 103))),
        ((0, 12, 34), (("hms", 754), ("ms", 12))),
        ((12, 59, 59), (("hms", 46799), ("ms", 779))),
        ((13, 0, 0), (("ms", 780),)),
        ((45, 12, 0), (("ms", 2712),)),
        ((5, 11, 93), (("ms", 311),)),
        ((1, 1, 2, 80), (("hms", 3662),)),
        ((45, 1, 2, 80), (("ms", 2701),)),
        ((4, 72, 0), ()),
        ((1, 75), ()),
        ((9999, 1), ()),
        ((99999,), ()),
        ((), ()),
    ],
)
def test_candidates(fields: tuple[int, ...], readings: tuple[tuple[str, int], ...]) -> None:
    assert candidates(fields) == readings


# ---- any text ---------------------------------------------------------------------------------------

PIECES = st.sampled_from(
    [
        *('<a class="yt-timestamp" data-t="', "<a class=", "<a ", 'yt"', "yt", 'data-t="', "data", "=", '"', "'", ">"),
        *("</a>", "[", "]", "(", ")", "00:01:02", "1:02", "01:43:00", "99:99", ":", "|", ", ", " - ", "–", " ", "\n"),
        *("x", "HH:MM:SS", "<", "href=", "\\", "é", "9", ".", "5s", "to"),
    ]
)
TEXTS = st.lists(PIECES, max_size=25).map("".join)


@given(TEXTS)
def test_any_text_is_matched_forward_or_not_at_all(text: str) -> None:
    for pos, character in enumerate(text):
        if character not in "<[":
            continue
        found = (match_anchor if character == "<" else match_brackets)(text, pos)
        if found is None:
            continue
        assert pos < found.end <= len(text)
        assert all(candidates(part.fields) for part in found.parts if isinstance(part, Stamp))
        assert (found.problem is None) == any(isinstance(part, Stamp) for part in found.parts)
        _assert_nothing_is_lost(text[pos : found.end], found)


def _assert_nothing_is_lost(markup: str, found: Match) -> None:
    """Words outside the tags of a markup are shown."""
    outside = markup[markup.rfind('">') + 2 :] if '">' in markup else ""
    plain = "".join(part if isinstance(part, str) else part.written for part in found.parts)
    if "HH" in outside.removesuffix("</a>"):
        assert "HH" in plain or "HH" in markup[: markup.rfind('">')]


@given(TEXTS, TEXTS)
def test_what_follows_a_line_does_not_matter(text: str, after: str) -> None:
    alone, followed = match("[" + text), match("[" + text + "\n" + after)
    if alone is not None and "\n" not in text and not text.endswith("("):
        assert followed == alone


HOSTILE = [
    "<a",
    "<a ",
    '<a class="yt',
    '<a class="yt-timestamp" data-t="',
    '<a class="yt-timestamp" data-t="00:01:02">',
    '<a class="yt-timestamp" data-t="00:01:02">[',
    "<a x=",
    "<a" + " x" * 9,
    "[",
    "[1:02",
    "[1:02, ",
    "[1:02](",
    "[1:02](<",
    "[1:02](<a ",
    "[[",
    "1:02, ",
    " ",
    "0",
    "[0",
    '[00:01:02](<a class="yt-timestamp" data-t="00:01:02">',
]


@pytest.mark.parametrize("unit", HOSTILE)
@pytest.mark.parametrize("start", ["", "[1:02, ", '<a class="yt-timestamp" data-t="'])
def test_time_is_linear_in_the_text(unit: str, start: str) -> None:
    # A quadratic matcher takes minutes for this text, a linear one a fraction of a second.
    text = start + unit * (120_000 // len(unit))
    began = time.process_time()
    pos = 0
    while pos < len(text):
        found = None
        if text[pos] in "<[":
            found = (match_anchor if text[pos] == "<" else match_brackets)(text, pos)
        pos = found.end if found is not None else pos + 1
    assert time.process_time() - began < 5
