"""Who links to each note and in which sentences. A part of index."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sitegen.model import Backlink, Facts, Found, LinkKind, NoteRef, Resolution, Sentence
from sitegen.paths import title_key

MAX_SENTENCES = 3

Outgoing = dict[str, tuple[Sentence, ...]]


def outgoing(path: str, facts: Facts, resolutions: Sequence[Resolution]) -> Outgoing:
    """The notes that a note links to, each with the sentences that do; its "From:" line is no link."""
    found: dict[str, list[Sentence]] = {}
    for number, (link, resolution) in enumerate(zip(facts.links, resolutions, strict=True)):
        if (
            resolution.found is not Found.NOTE
            or resolution.ref is None
            or resolution.ref.path == path
            or link.kind is LinkKind.DIAGRAM
            or number == facts.origin
        ):
            continue
        sentences = found.setdefault(resolution.ref.path, [])
        sentence = link.sentence
        if sentence and len(sentences) < MAX_SENTENCES and _says_something(sentence, sentences):
            sentences.append(sentence)
    return {target: tuple(sentences) for target, sentences in found.items()}


def origin(path: str, facts: Facts, resolutions: Sequence[Resolution]) -> str | None:
    """The note that a note's "From:" line names."""
    ref = resolutions[facts.origin].ref if facts.origin is not None else None
    return ref.path if ref else None


def backlinks(
    sources: Mapping[str, tuple[Sentence, ...]], own: set[str | None], refs: Mapping[str, NoteRef]
) -> tuple[Backlink, ...]:
    """The links to a note, of ``sources`` with their sentences; a mere list entry counts, but not in the notes that are
    its ``own``: its folder's page, and the one it is from."""
    links = [Backlink(refs[s], sentences) for s, sentences in sources.items() if sentences or s not in own]
    return tuple(sorted(links, key=lambda b: (not b.sentences, title_key(b.ref.title), b.ref.path)))


def _says_something(sentence: Sentence, others: Sequence[Sentence]) -> bool:
    """Whether a sentence is more than its link, and not one that is quoted already for another link in it."""
    whole = sentence.before + sentence.link + sentence.after
    mere = len((sentence.before + sentence.after).split()) < 2
    return not mere and all(whole != other.before + other.link + other.after for other in others)
