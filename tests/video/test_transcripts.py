"""Transcripts: both formats as they are met, their pages, and quotations that are held against them."""

from __future__ import annotations

import time
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sitegen.build import Result, build
from sitegen.model import Asset, Line
from sitegen.video.quotes import find, is_said, spoken, words
from sitegen.video.transcripts import read_transcript
from tests.conftest import BuildSite
from tests.sites import Memo, default_settings, default_theme, site_files, source

ID = "T0uYxK66VLU"


def lines(text: str) -> list[tuple[float, str]]:
    return [(line.start, line.text) for line in read_transcript(source("x.vtt", text)).lines]


# ---- formats ----------------------------------------------------------------------------------------


def test_webvtt() -> None:
    text = """\ufeffWEBVTT - A talk

STYLE
::cue { color: lime }

NOTE
00:00 --> is an arrow in a note

REGION
id:fred

intro
00:01.000 --> 00:04.000 align:start position:0%
<v.loud Ann Lee>Tides come &amp; go.</v>

01:00:05.500 --> 01:00:08.000
<c.yellow>So do</c> <i>we</i>, 1 &lt; 2.
Two lines.
"""
    assert read_transcript(source("x.vtt", text)).lines == (
        Line(1.0, 4.0, "Tides come & go.", "Ann Lee"),
        Line(3605.5, 3608.0, "So do we, 1 < 2. Two lines.", ""),
    )


def test_subrip_with_commas_and_without_blank_lines() -> None:
    text = (
        "1\r\n00:00:01,000 --> 00:00:02,500\r\n<font color='red'>First</font> {\\an8}one.\r\n"
        "2\r\n00:01:02,5 --> 00:01:04,000 X1:40 X2:600\r\nSecond one.\r\n\r\n3\r\n00:02:00,000 --> 00:02:01,000\r\n2\r\n"
    )
    assert lines(text) == [(1.0, "First one."), (62.5, "Second one."), (120.0, "2")]


def test_rolling_captions_are_said_once() -> None:
    """As YouTube's automatic captions come: each cue shows the line before it again, and a moment of stillness between."""
    text = """WEBVTT
Kind: captions
Language: en

00:00:00.080 --> 00:00:02.149 align:start position:0%

hey<00:00:00.320><c> everybody</c><00:00:00.640><c> Peter</c>

00:00:02.149 --> 00:00:02.159 align:start position:0%
hey everybody Peter


00:00:02.159 --> 00:00:04.389 align:start position:0%
hey everybody Peter
zeihan<00:00:02.480><c> here</c>

00:00:04.389 --> 00:00:04.399 align:start position:0%
zeihan here


00:00:04.399 --> 00:00:06.000 align:start position:0%
zeihan here
coming to you
"""
    assert " ".join(text for _, text in lines(text)) == "hey everybody Peter zeihan here coming to you"


def test_captions_that_grow_are_said_once() -> None:
    text = "00:01.000 --> 00:02.000\nhow\n\n00:02.000 --> 00:03.000\nhow are\n\n00:03.000 --> 00:04.000\nhow are you\n"
    assert lines(text) == [(1.0, "how are you")]


def test_what_is_said_twice_stands_twice() -> None:
    text = "00:01.000 --> 00:02.000\nNo.\n\n00:05.000 --> 00:06.000\nNo.\n"
    assert lines(text) == [(1.0, "No."), (5.0, "No.")]


def test_short_cues_are_put_together_up_to_a_pause() -> None:
    text = "00:01.000 --> 00:02.000\nOne and\n\n00:02.500 --> 00:03.000\ntwo.\n\n00:09.000 --> 00:10.000\nThree.\n"
    assert lines(text) == [(1.0, "One and two."), (9.0, "Three.")]


def test_cues_out_of_order_are_put_in_order() -> None:
    assert [start for start, _ in lines("00:09.000 --> 00:10.000\nb\n\n00:01.000 --> 00:02.000\na\n")] == [1.0, 9.0]


@pytest.mark.parametrize("text", ["", "WEBVTT\n", "Just words.\n", "00:xx --> 00:01\nhi\n", "a --> b\n"])
def test_a_file_without_cues_has_no_lines(text: str) -> None:
    assert lines(text) == []


@given(st.text(alphabet="01:.,->< \n\tav&;{}\\", max_size=300))
def test_reading_never_fails(text: str) -> None:
    read = read_transcript(source("x.vtt", text)).lines
    assert [line.start for line in read] == sorted(line.start for line in read)
    assert all(line.text and "\n" not in line.text for line in read)


@pytest.mark.parametrize(
    "unit", ["00:01.000 --> 00:02.000\nhi\n\n", "<v ", "{\\", "1\n", "00:", "-->\n", "&amp;", "a\n"]
)
def test_time_is_linear_in_the_file(unit: str) -> None:
    def cost(count: int) -> float:
        text = source("x.vtt", unit * count)
        start = time.process_time()
        read_transcript(text)
        return time.process_time() - start

    cost(1000)
    assert cost(40_000) < 10 * cost(10_000) + 0.1


# ---- quotations -------------------------------------------------------------------------------------

TALK = """WEBVTT

00:10.000 --> 00:20.000
Good morning everybody and thank you for coming out on such a wet day.

01:40.000 --> 01:50.000
The North Koreans are sending troops to Russia and that's a really big deal for everyone.

08:00.000 --> 08:10.000
This has to be one of the dumbest things that the Russians could do, in the long run.

09:00.000 --> 09:20.000
Nous sommes très heureux de vous voir ici ce soir, mes amis.
"""


def check(text: str, transcript: str = TALK, **settings: object) -> list[tuple[str, str]]:
    """The messages and hints about quotations of a note on the talk."""
    result = spoken_site({"n.md": f"---\nvideoId: {ID}\n---\n\n{text}\n"}, {f"{ID}.vtt": transcript})
    return [(d.message, d.hint) for d in result.site.diagnostics if d.code == "quote-not-found"]


def spoken_site(notes: dict[str, str], transcripts: dict[str, str], memo: Memo | None = None) -> Result:
    sources = [source(*item) for item in notes.items()]
    texts = [source(*item) for item in transcripts.items()]
    files = [Asset(path, text, len(text)) for path, text in transcripts.items()]
    return build(sources, files, default_theme(), default_settings(), memo or Memo(), transcripts=texts)


@pytest.mark.parametrize(
    "text",
    [
        'He calls it "one of the dumbest things that the Russians could do" [8:02].',
        "He calls it “One of the *dumbest* things, that [the] Russians could do!” [7:30].",
        'He says: "one of the dumb things that Russians could do in the long run" [8:40].',
        '[8:00] "This has to be one of the dumbest things … in the long run."',
        "> This has to be one of the dumbest things that the Russians could do. [8:00]",
        "«nous sommes tres heureux de vous voir ici ce soir» [9:00]",
        "He calls it ‘one of the dumbest things that the Russians could do’ [8:02].",
        "He’s sure that it’s bad, that they’ll lose and that nobody’s to blame [1:00], isn’t he?",
        "> Thank you for coming out on such a wet day.\n> — Peter Zeihan, at the yearly conference in Berlin [0:12]",
        "> Thank you for coming out on such a wet day.\n>\n> — Peter Zeihan, at the yearly conference in Berlin [0:12]",
        "> Thank you for coming out on such a wet day. — Peter Zeihan [0:12]",
        "> — Peter Zeihan, at the yearly conference in Berlin, Germany [0:12]",
        'Only "the dumbest things" are short [1:00].',
        "Not a quotation at all, whatever its length may be in the end [1:00].",
        'A 6" pipe and a 12" pipe are no quotation of anything that long [1:00].',
        '"Nobody can tell what this is about without a stamp that stands near it."',
    ],
)
def test_what_is_said_near_its_stamp_is_right(text: str) -> None:
    assert check(text) == []


def test_what_is_said_elsewhere_is_reported_with_its_place() -> None:
    [(message, hint)] = check('He calls it "one of the dumbest things that the Russians could do" [1:43].')
    assert message == '"one of the dumbest things that the Russians could do" is not said near 1:43, but at 8:02'
    assert hint == "cite 8:02 if that is what is meant"


def test_what_is_said_nowhere_is_reported() -> None:
    [(message, hint)] = check("> The Americans will leave the continent for good next year. [1:43]")
    assert message.endswith("is not said near 1:43, nor anywhere in the transcript")
    assert hint == "check the wording, or say it without quotation marks"


@pytest.mark.parametrize(
    "text",
    [
        "He calls it ‘one of the dumbest things that the Russians could do’ [1:43].",
        "‘That’s one of the dumbest things that the Russians’ army could do’, he says [1:43].",
        "> One of the dumbest things that the Russians could do.\n> — Peter Zeihan [1:43]",
        "> One of the dumbest things that the Russians could do.\n>\n> — Peter Zeihan, [1:43]",
        "‚one of the dumbest things that the Russians could do‘ [1:43]",
    ],
)
def test_however_it_is_set_off_a_quotation_is_looked_at(text: str) -> None:
    [(message, _)] = check(text)
    assert "is not said near 1:43, but at 8:0" in message and "Zeihan" not in message


WHO = [
    "— Peter Zeihan",
    "– Peter Zeihan",
    "- Peter Zeihan",
    "-- Peter Zeihan",
    "--- Dr. Peter van der Zeihan, Jr.",
    "– Peter O’Zeihan-Smith the Younger of Colorado",
    "— Élodie Zeihan (2024)",
    "- Zeihan, who writes about geopolitics",
    "— Zeihan:",
]


@pytest.mark.parametrize("who", [*WHO, "—Peter Zeihan", "- the strategist and author Peter Zeihan", "— 彼得·Zeihan"])
def test_who_said_it_is_no_part_of_what_is_said(who: str) -> None:
    [(message, _)] = check(f"> Dumbest things that the Russians could do. {who} [1:43]")
    assert message.startswith('"Dumbest things that the Russians could do." is not said')


@pytest.mark.parametrize("who", WHO)
def test_who_said_it_needs_no_full_stop_before_it(who: str) -> None:
    [(message, _)] = check(f"> Dumbest things that the Russians could do {who} [1:43]")
    assert message.startswith('"Dumbest things that the Russians could do" is not said')


@pytest.mark.parametrize(
    "rest", ["- and it goes on", "– a really big deal", "— not even Zeihan knew", "-1 of them", "U.S.-China"]
)
def test_a_dash_within_what_is_said_ends_nothing(rest: str) -> None:
    [(message, _)] = check(f"> Dumbest things the Russians could do {rest} [1:43]")
    assert message.startswith(f'"Dumbest things the Russians could do {rest}" is not said')


def test_each_quotation_has_its_own_stamp() -> None:
    text = (
        '"the North Koreans are sending troops to Russia" [1:43] and '
        '"one of the dumbest things that the Russians could do" [8:02], '
        'but "thank you for coming out on such a wet day" [5:00].'
    )
    [(message, _)] = check(text)
    assert message.startswith('"thank you for coming out') and message.endswith("but at 0:12")


def test_the_words_of_scripts_without_blanks_are_their_signs() -> None:
    talk = "00:10.000 --> 00:20.000\n今日はとても良い天気ですね皆さん\n\n09:00.000 --> 09:10.000\n終わり\n"
    assert check("「とても良い天気ですね」[0:12]", talk) == []
    assert len(check("「とても良い天気ですね」[9:00]", talk)) == 1


def test_a_quotation_in_a_long_talk_is_found_fast() -> None:
    random = Random(1)
    vocabulary = [f"w{number}" for number in range(3000)] + ["the", "of", "and"] * 400
    said = [random.choice(vocabulary) for _ in range(60_000)]
    cues = [
        f"{n // 3600:02}:{n // 60 % 60:02}:{n % 60:02}.000 --> {n // 3600:02}:{n // 60 % 60:02}:{n % 60:02}.900\n"
        + " ".join(said[n * 5 : n * 5 + 5])
        for n in range(12_000)
    ]
    transcript = spoken(read_transcript(source("x.vtt", "\n\n".join(cues))))
    start = time.process_time()
    for first in range(0, 59_000, 500):
        quote = said[first : first + 12]
        assert is_said(quote, transcript, first / 5 - 30, first / 5 + 30)
        assert abs((find(quote, transcript) or 0) - first / 5) < 20
    assert time.process_time() - start < 2
    assert find([random.choice(vocabulary) for _ in range(12)], transcript) is None


def test_words_are_compared_by_their_letters() -> None:
    assert words("It’s “Très” GOOD—isn't it?") == ["its", "tres", "good", "isnt", "it"]


# ---- pages ------------------------------------------------------------------------------------------

NOTE = f"---\nvideoId: {ID}\n---\n\nSomething is said [1:43].\n"


def test_a_transcript_beside_its_note_is_a_page() -> None:
    result = spoken_site({"a/n.md": NOTE}, {f"a/{ID}.en.vtt": TALK})
    files = site_files(result)
    page = files[f"videos/{ID}-transcript.html"].decode()
    stamp = f'<a class="stamp" href="https://www.youtube.com/watch?v={ID}&amp;t=100s" data-seconds="100"'
    assert stamp in page and "<span>The North Koreans are sending troops" in page
    assert f'data-source="../videos/{ID}-transcript.html"' in files["a/n.html"].decode()
    assert f"a/{ID}.en.vtt" not in result.vault.assets  # the file itself is not published


@pytest.mark.parametrize("name", [f"{ID}.vtt", f"{ID}.srt", f"{ID}.de.srt", f"A talk [{ID}].en-US.vtt"])
def test_names_of_a_transcript_beside_its_note(name: str) -> None:
    assert spoken_site({"n.md": NOTE}, {name: TALK}).vault.video_info[ID].transcript == name


@pytest.mark.parametrize("name", [f"other/{ID}.vtt", "T0uYxK66VLUx.vtt", "talk.vtt", f"x{ID}.vtt"])
def test_other_files_are_no_transcript_of_the_video(name: str) -> None:
    assert spoken_site({"n.md": NOTE}, {name: TALK}).vault.video_info[ID].transcript == ""


def test_a_property_names_any_transcript() -> None:
    note = NOTE.replace("---\n\n", 'transcript: "[[talk.srt]]"\n---\n\n')
    result = spoken_site({"n.md": note}, {"files/talk.srt": TALK, f"{ID}.vtt": TALK})
    assert result.vault.video_info[ID].transcript == "files/talk.srt"
    assert not [d for d in result.site.diagnostics if d.code == "bad-transcript"]


def test_a_transcript_that_cannot_be_used_is_reported() -> None:
    note = NOTE.replace("---\n\n", "transcript: talk.vtt\n---\n\n")
    result = spoken_site({"n.md": note}, {"talk.vtt": "Nothing here.\n"})
    [problem] = [d for d in result.site.diagnostics if d.code == "bad-transcript"]
    assert "talk.vtt" in problem.message and f"videos/{ID}-transcript.html" not in result.site.artifacts


SAID = "WEBVTT\n\n00:10.000 --> 00:20.000\nNous sommes très heureux de vous voir ici, mes amis.\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
def test_an_encoding_that_tells_itself_is_read(build_site: BuildSite, encoding: str) -> None:
    built = build_site({"n.md": NOTE, f"{ID}.vtt": SAID.encode(encoding)})
    assert "Nous sommes très heureux" in built.page(f"videos/{ID}-transcript.html")
    assert "unreadable" not in built.output and "UTF" not in built.output


def test_western_text_of_windows_is_read_and_reported(build_site: BuildSite) -> None:
    built = build_site({"n.md": NOTE, f"{ID}.srt": SAID.encode("windows-1252")})
    assert "Nous sommes très heureux" in built.page(f"videos/{ID}-transcript.html")
    assert f"{ID}.srt" in built.output and "is not UTF-8; it was read as Windows-1252" in built.output
    assert "is not UTF-8" in build_site({"n.md": NOTE + "\nMore.\n"}).output  # although it is not read again


def test_what_cannot_be_read_is_reported(build_site: BuildSite) -> None:
    said = "00:10.000 --> 00:20.000\nМы очень рады видеть вас здесь, друзья мои.\n"
    files: dict[str, str | bytes] = {"n.md": NOTE, f"{ID}.srt": said.encode("windows-1251")}
    assert "is not UTF-8; it was read as well as possible" in build_site(files).output
    private = NOTE.replace("---\n\n", "draft: true\n---\n\n")
    assert f"{ID}.srt" not in build_site({"n.md": private}).output


@pytest.mark.parametrize("text", ["WEBVTT\n", "", "Words without any times.\n"])
def test_a_file_beside_a_note_that_says_nothing_is_reported(text: str) -> None:
    result = spoken_site({"a/n.md": NOTE}, {f"a/{ID}.en.vtt": text, "a/other.vtt": text, f"{ID}.vtt": text})
    assert [(d.code, d.path) for d in result.site.diagnostics] == [("bad-transcript", f"a/{ID}.en.vtt")]
    private = NOTE.replace("---\n\n", "draft: true\n---\n\n")
    assert not [*spoken_site({"a/n.md": private}, {f"a/{ID}.vtt": text}).site.diagnostics]


def test_a_private_notes_transcript_stays_private() -> None:
    private = "---\nvideoId: abcdefghijk\npublish: false\ntranscript: secret.vtt\n---\n\nSecret [1:43].\n"
    shared = f"---\nvideoId: {ID}\ndraft: true\ntranscript: {ID}.vtt\n---\n\nDraft [1:43].\n"
    result = spoken_site(
        {"n.md": NOTE, "p.md": private, "d.md": shared},
        {"secret.vtt": TALK, "abcdefghijk.vtt": TALK, f"{ID}.vtt": TALK},
    )
    assert not any(b"North Koreans" in data for data in site_files(result).values())
    assert result.vault.transcripts == {}


def test_a_named_transcript_is_published_although_a_private_note_names_it_too() -> None:
    public = NOTE.replace("---\n\n", f"transcript: {ID}.vtt\n---\n\n")
    private = public.replace("---\n\n", "draft: true\n---\n\n")
    result = spoken_site({"n.md": public, "p.md": private}, {f"{ID}.vtt": TALK})
    assert result.vault.video_info[ID].transcript == f"{ID}.vtt"


def test_an_edit_of_a_transcript_is_its_page_alone() -> None:
    memo = Memo()
    spoken_site({"n.md": NOTE}, {f"{ID}.vtt": TALK}, memo)
    spoken_site({"n.md": NOTE}, {f"{ID}.vtt": TALK.replace("wet", "dry")}, memo)
    made = {key for stage, key in memo.ran if stage in ("render", "render_view")}
    assert made == {f"videos/{ID}-transcript.html"}


def test_no_word_of_a_transcript_becomes_markup() -> None:
    talk = "00:01.000 --> 00:02.000\n<v <b>>x &lt;script&gt;alert(1)&lt;/script&gt; <img src=x onerror=y>\n"
    page = site_files(spoken_site({"n.md": NOTE}, {f"{ID}.vtt": talk}))[f"videos/{ID}-transcript.html"].decode()
    assert "&lt;script&gt;alert(1)" in page and "<script>alert" not in page and "<img" not in page
