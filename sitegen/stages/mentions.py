"""Where a note is named in the text of another that does not link to it.

A name is a note's title or one of its aliases. What may count as one, so that no page drowns in chance finds:

- it belongs to one published note alone, has a letter, and is no longer than `_LONGEST`;
- one of its words is neither common (`_COMMON`) nor shorter than three letters; a name of one word has at least four,
  or is written in capitals;
- capitals of up to five letters ("NATO", "US") count only as written so, all else in any case;
- it is found as whole words. Scripts without blanks between words are looked through for the characters instead.

Where one name holds another, the longer is what is meant. What stands in code, formulas or links is not looked at. A text is gone
through once, however many names there are: those with a word that the text has not got are never looked for.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from typing import NamedTuple

from sitegen.model import Backlink, Mentions, NoteRef, Prose, ProseSection, Sentence
from sitegen.paths import case_key, nfc
from sitegen.stages.sentences import Sentences

MOST = 12  # notes that are shown, of those that mention a note
_SENTENCES = 2  # of one note
_LONGEST, _SHOUTED = 100, 5
TARGETS = 60  # notes that one note may mention
_COMMON = frozenset(
    "about above after again against also among another archive back because been before being below between bibliography both but can"
    " category changelog chapter check common contact contents could daily date days default did does doing done down draft drafts during"
    " each else even every example examples few file files first for from further glossary had has have having here home how idea ideas"
    " inbox index info information into introduction its itself journal just know last later like link links list lists made make"
    " many may meeting might misc more most much must name new next none nor not note notes now off old once one only other our out"
    " over overview own page pages part parts people person place plan plans project projects question questions readme reading reference"
    " references same section see should side since some source sources start still such summary system tag tags template templates test"
    " text than that the their them then there these they thing things this those through time title today todo tomorrow too topic topics"
    " two under until untitled up use used using very was way week well were what when where which while who whom why will with"
    " without word words work world would year years yes yesterday yet you your"
    " aber als auch auf aus bei bis das dass dem den der des die dieser durch ein eine einer eines für gegen haben ihr ist kann man mehr"
    " mit nach nicht noch nur oder ohne sein seine sich sind über und unter vom von vor wenn werden wie wird zum zur notiz notizen"
    " ainsi avec aux cette dans des elle est être les leur mais nous par pas plus pour que qui sans ses son sont sur une vous"
    " como con del desde donde ella ellos entre era esta este esto hay las los más muy para pero por porque ser sin sobre son sus"
    " una uno".split()
)
_WORD = re.compile(r"\w+")
_BLANKED = "".join([chr(code) if chr(code).isalnum() or chr(code) == "_" else " " for code in range(128)])
# Scripts that put no blanks between words: Thai, Lao, Burmese, Khmer, Chinese and Japanese. (Korean has them, but joins particles.)
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
_SOLID = re.compile(f"[{_UNSPACED}]")
_PAIR = re.compile(f"(?=([{_UNSPACED}].))", re.DOTALL)

Found = dict[str, tuple[Sentence, ...]]  # path of a note that is mentioned -> where
Names = Mapping[str, tuple[str, ...]]  # path of a note -> its names


class Table(NamedTuple):
    """All names of a vault, ready to be looked for in one pass over the words of a text, however many there are."""

    single: dict[str, bool]  # names of one word
    starts: dict[str, dict[str, tuple[int, ...]]]  # by their first two words, how many words other names have
    names: dict[str, list[tuple[str, str]]]  # by all their words, names with their notes
    solid: dict[str, list[tuple[str, str]]]  # by its first two characters, a name that is looked for in solid text


# ---- names ------------------------------------------------------------------------------------------------


def own_names(path: str, title: str, aliases: Iterable[str]) -> tuple[str, ...]:
    """The names by which text may mention a note, as they are looked for: capitals that count stay, all else is small."""
    names = (_name(name) for name in (title, *aliases))
    return tuple(dict.fromkeys([name for name in names if name]))


def unique_names(names: Names) -> dict[str, tuple[str, ...]]:
    """The names that belong to one note alone, by note."""
    times = Counter(case_key(name) for own in names.values() for name in own)
    found = {path: tuple([name for name in own if times[case_key(name)] == 1]) for path, own in names.items()}
    return {path: own for path, own in found.items() if own}


def _name(written: str) -> str:
    name = " ".join(nfc(written).split())
    if not 2 <= len(name) <= _LONGEST or not any(map(str.isalpha, name)):
        return ""
    if _SOLID.search(name):
        return small(name)
    if len(name) <= _SHOUTED and name.isupper() and name.isascii():
        return name if sum(map(str.isalpha, name)) > 1 or not name.isalnum() else ""
    name = small(name)
    words = _WORD.findall(name)
    longest = 4 if len(words) == 1 else 3
    says = any(len(word) >= longest and word not in _COMMON and not word.isdigit() for word in words)
    return name if says or (len(words) == 1 and len(name) <= 3 and name[-1] in "+#") else ""


def small(text: str) -> str:
    """``text`` in small letters, as long as it was."""
    lower = text.lower()
    return lower if len(lower) == len(text) else "".join([c if len(c.lower()) != 1 else c.lower() for c in text])


def table_of(names: Names) -> Table:
    """What `mentions_in` looks for."""
    by_words: dict[str, list[tuple[str, str]]] = defaultdict(list)
    solid: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for path, own in names.items():
        for name in own:
            first = _SOLID.search(name)
            if first is None:
                by_words[" ".join(_WORD.findall(small(name)))].append((name, path))
            else:
                solid[name[first.start() : first.start() + 2]].append((name, path))
    single: dict[str, bool] = {}
    lengths: dict[str, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    for words in by_words:
        first_word, *rest = words.split(" ")
        if rest:
            lengths[first_word][rest[0]].add(1 + len(rest))
        else:
            single[words] = True
    starts = {first: {n: tuple(sorted(found)) for n, found in seconds.items()} for first, seconds in lengths.items()}
    return Table(single, starts, dict(by_words), dict(solid))


# ---- a text -------------------------------------------------------------------------------------------------


def mentions_in(path: str, prose: Prose, table: Table) -> Found:
    """The notes that the text of the note at ``path`` names, each with the first sentences that do."""
    found: dict[str, list[Sentence]] = {}
    for shown_text, written in map(_texts, prose.sections):
        text = small(written)
        names = _names(text, table)
        if not names:
            continue
        spans = _spans(text.replace("\n", " "), written.replace("\n", " "), names)
        cut = None
        reached = -1
        for start, end, target in sorted(spans, key=lambda span: (span[0], -span[1], span[2])):
            if end <= reached:
                continue  # within a longer name
            reached = end
            if target == path or (target not in found and len(found) >= TARGETS):
                continue
            sentences = found.setdefault(target, [])
            if len(sentences) < _SENTENCES:
                cut = cut or Sentences(shown_text)
                sentence = cut.at(start, end)
                if not any(_whole(sentence) == _whole(other) for other in sentences):
                    sentences.append(sentence)
    return {target: tuple(found[target]) for target in sorted(found)}


def _whole(sentence: Sentence) -> str:
    return "".join(sentence)


def _names(text: str, table: Table) -> list[tuple[str, str, bool]]:
    """The names whose words stand in a text, one after the other. Of each its note, and whether it has to stand apart."""
    starts, names = table.starts, table.names
    words = text.translate(_BLANKED).split() if text.isascii() else _WORD.findall(text)
    found = dict.fromkeys(sorted(table.single.keys() & words))
    pairs = enumerate(pairwise(words))
    for at in [at for at, (first, second) in pairs if first in starts and second in starts[first]]:
        for length in starts[words[at]][words[at + 1]]:
            several = " ".join(words[at : at + length])
            if several in names:
                found[several] = None
    known = [(name, target, True) for several in found for name, target in names[several]]
    if table.solid and not text.isascii():
        solid = set(_PAIR.findall(text)) & table.solid.keys()
        known += [(name, target, False) for pair in sorted(solid) for name, target in table.solid[pair]]
    return known


def _spans(text: str, written: str, names: list[tuple[str, str, bool]]) -> list[tuple[int, int, str]]:
    """Every place of these names with its note; ``written`` is the text with the capitals it has, which names of capitals need."""
    found: list[tuple[int, int, str]] = []
    for name, target, whole in names:
        within = written if whole and name.isupper() else text
        if name in within:
            found += _places(name, within, target, whole=whole)
    return found


def _texts(section: ProseSection) -> tuple[str, str]:
    """The text of a section, and the same with blanks in the place of code and of links."""
    text = section.text
    masked = text
    for start, end in section.apart:
        masked = masked[:start] + " " * (end - start) + masked[end:]
    if text.isascii():
        return text, masked
    text, masked = nfc(text), nfc(masked)
    return (text if len(text) == len(masked) else masked), masked


def _places(name: str, text: str, target: str, *, whole: bool) -> Iterator[tuple[int, int, str]]:
    start = text.find(name)
    while start >= 0:
        end = start + len(name)
        if not whole or (_is_apart(text, start - 1, start) and _is_apart(text, end - 1, end)):
            yield start, end, target
        start = text.find(name, start + 1)


def _is_apart(text: str, before: int, after: int) -> bool:
    """Whether a word ends between two places next to each other."""
    if before < 0 or after >= len(text):
        return True
    a, b = text[before], text[after]
    return not ((a.isalnum() or a == "_") and (b.isalnum() or b == "_" or bool(unicodedata.combining(b))))


# ---- who mentions a note ----------------------------------------------------------------------------------------


def unlinked(found: Found, linked: Iterable[str]) -> Found:
    """What of the mentions in a note names others than it links to."""
    known = set(linked)
    return {target: sentences for target, sentences in found.items() if target not in known}


def shown(sources: Mapping[str, tuple[Sentence, ...]], refs: Mapping[str, NoteRef]) -> Mentions:
    """The notes that mention a note as its page shows them."""
    ordered = sorted((refs[source] for source in sources), key=lambda ref: (case_key(ref.title), ref.path))
    return Mentions(len(ordered), tuple([Backlink(ref, sources[ref.path]) for ref in ordered[:MOST]]))
