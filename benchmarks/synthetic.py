"""A made-up wiki of video notes of any size, the same on every machine: ``synthetic.py FOLDER NOTES``.

Its shape is that of a real one of 5,253 notes: 400 notes a channel with an index note each, four or five notes a video,
2 to 24 kB a note (median 7), some 9 links and 29 stamps in each, one link in twelve to a note that nobody wrote. The
text means nothing.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from random import Random

CHANNEL = 400  # notes
_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_NOUNS = (
    "harbour lantern tide compass ledger bridge orchard signal archive furnace canal meadow engine paper winter market "
    "thread garden mirror granary anchor beacon cellar delta ember ferry glacier hollow island junction kiln lagoon mill "
    "needle oven pier quarry reef shutter tower umbrella valley wharf yard zenith axle barrel causeway dune estuary"
).split()
_ADJECTIVES = (
    "early slow northern quiet common broken shared narrow patient hidden open late simple second distant steady small "
    "bright ordinary former careful public private heavy shallow deep useful modern ancient local"
).split()
_VERBS = (
    "carries changes follows measures keeps explains limits supports replaces shows repeats divides joins answers moves "
    "raises lowers guides settles records questions tests"
).split()
_FILLERS = "because although while after before unless since whenever where as".split()


def name_of(number: int) -> str:
    """The file name of a note, without ``.md``; no two are alike."""
    a, rest = number % len(_ADJECTIVES), number // len(_ADJECTIVES)
    noun, rest = rest % len(_NOUNS), rest // len(_NOUNS)
    return f"{_ADJECTIVES[a]}_{_NOUNS[noun]}_and_{_NOUNS[(noun + 7 * (rest + 1)) % len(_NOUNS)]}_{rest}"


def sentence(chance: Random, links: list[str], stamps: bool) -> str:
    """One sentence, with a link taken from ``links`` and a stamp now and then."""
    words = []
    for _ in range(chance.randint(1, 3)):
        words += ["the", chance.choice(_ADJECTIVES), chance.choice(_NOUNS), chance.choice(_VERBS), "the"]
        words += [chance.choice(_NOUNS), chance.choice(_FILLERS)]
    words[-1] = chance.choice(_NOUNS)
    text = " ".join(words)
    if links and chance.random() < 0.29:
        target = links.pop()
        text += f" of the [[{target} | {target.replace('_', ' ')}]]"
    if stamps and chance.random() < 0.5:
        minutes, seconds = divmod(chance.randint(5, 3400), 60)
        written = f"{minutes:02}:{seconds:02}:00"
        text += f' <a class="yt-timestamp" data-t="{written}">[{written}]</a>'
    return text[0].upper() + text[1:] + "."


def note(number: int, total: int) -> str:
    """The text of one note; it depends on nothing but its number and how many there are."""
    chance = Random(f"note {number} of {total}")
    channel, video = number // CHANNEL, Random(f"video {number // 4}")
    near = range(channel * CHANNEL, min((channel + 1) * CHANNEL, total))
    links = [
        name_of(chance.choice(near))
        if chance.random() < 0.92
        else f"unwritten_{chance.choice(_NOUNS)}_{chance.randint(1, 60)}"
        for _ in range(chance.randint(4, 16))
    ]
    size = min(max(int(chance.lognormvariate(8.8, 0.55)), 1_500), 40_000)
    identity = "".join(video.choice(_ALPHABET) for _ in range(11))
    title = name_of(number).replace("_", " ").capitalize()
    parts = [f"---\ntitle: {title}\nvideoId: {identity}\n---\n\nFrom: [[channel_{channel}]] <br/> \n"]
    length = len(parts[0])
    while length < size:
        if chance.random() < 0.3:
            part = f"\n## {chance.choice(_ADJECTIVES).capitalize()} {chance.choice(_NOUNS)}\n"
        elif chance.random() < 0.3:
            rows = [f"* **{chance.choice(_NOUNS).capitalize()}**: {sentence(chance, links, True)}" for _ in range(4)]
            part = "\n" + "\n".join(rows) + "\n"
        else:
            part = "\n" + " ".join(sentence(chance, links, True) for _ in range(chance.randint(2, 5))) + "\n"
        parts.append(part)
        length += len(part)
    return "".join(parts)


def make(folder: Path, notes: int) -> None:
    """Write a wiki of that many notes, its channels' index notes included, into a new folder."""
    for number in range(notes):
        channel = folder / f"channel_{number // CHANNEL}"
        if number % CHANNEL == 0:
            channel.mkdir(parents=True)
            listed = range(number + 1, min(number + CHANNEL, notes))
            text = "".join(f"* [[{name_of(other)}]]\n" for other in listed)
            (channel / f"{channel.name}.md").write_text(
                f"---\ntitle: Channel {number // CHANNEL}\n---\n\n{text}", "utf-8"
            )
        else:
            (channel / f"{name_of(number)}.md").write_text(note(number, notes), "utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("notes", type=int)
    options = parser.parse_args()
    make(options.folder, options.notes)


if __name__ == "__main__":
    main()
