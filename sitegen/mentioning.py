"""Who mentions whom: looks through all texts for the names of notes, between index and pages. Part of `build`.

What a text names is known by the text and the names together. When few names are new or gone, only texts that may hold
one of them are looked through again. What comes out is turned round, less what is linked, and is an input of the pages
of the notes that are mentioned; so a word that changes no mention changes nothing here but one digest.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from operator import itemgetter
from typing import Any

from sitegen.codec import digest, encode, fingerprint, joined, printed
from sitegen.memo import NO_TABLE, Entry, Memo, Table
from sitegen.model import Mentions, Sentence, Vault
from sitegen.paths import nfc
from sitegen.pool import Workers
from sitegen.stages.mentions import TARGETS, Found, Names, shown, small, table_of, unlinked
from sitegen.work import find_mentions

_FOUND: Any = dict[str, tuple[Sentence, ...]]
_NAMES: Any = dict[str, tuple[str, ...]]
_FEW = 50  # names that are new or gone; of more, all texts are looked through
_WORD = re.compile(r"\w+")
_NO_NAMES = fingerprint({})
_NOTHING = bytes(len(_NO_NAMES))  # in the place of the digest of what a text names that names nothing


def names_print(vault: Vault, kept: Mapping[str, Entry], memo: Memo) -> bytes:
    """What tells the names of a vault from others; ``kept`` are its parts where an earlier process left them."""
    if "names" in kept:
        return kept["names"].fingerprint()
    return memo.kept.whole("print of names", fingerprint, vault.names)


def mentioned(
    prints: dict[str, bytes],
    prose: Mapping[str, Entry],
    vault: Vault,
    names: bytes,
    index: bytes,
    memo: Memo,
    workers: Workers,
) -> dict[str, Entry]:
    """By note, in which others it is mentioned, as encoded `Mentions`; only notes that are.

    ``prints`` are the fingerprints of all texts, which are the third outputs of ``prose``; ``names`` tells the vault's names from
    others, ``index`` all that it knows of links and titles.
    """
    if names == _NO_NAMES:
        return {}
    found = _found(prints, prose, vault, names, memo, workers)
    each = memo.kept.mapped("prints of mentions", lambda path, entry: _print(entry), found)
    what = memo.kept.whole("print of mentions", lambda each: digest(b"".join(each.values())), each)
    frame = joined(what, index)
    last = memo.tables.get("mentioned", NO_TABLE)
    lists = last.entries if last.frame == frame else mention_lists(found, vault, memo)
    memo.keep("mentioned", frame, lists)
    return lists


def mention_lists(found: Mapping[str, Entry], vault: Vault, memo: Memo) -> dict[str, Entry]:
    """What is ``found`` in all texts, turned round."""
    kept, last = memo.kept, memo.tables.get("mentioned", NO_TABLE).entries

    def entry(path: str, mentions: Mentions) -> Entry:
        print_, data = printed(mentions)
        before = last.get(path)
        same = before is not None and before.fingerprint() == print_
        return Entry.of(b"", (before.output() if before is not None and same else memo.put((print_, data)),))

    values = kept.mapped("found mentions", lambda path, entry: _value(path, entry, memo), found)
    free = kept.mapped("unlinked", lambda path, found, linked: unlinked(found, linked or ()), values, vault.linked)
    turned = kept.turned("mentioned", free)
    lists = kept.mapped(
        "mentions", lambda path, sources: shown(sources, vault.refs), turned, around=[(vault.refs, turned)]
    )
    return kept.mapped("mention lists", entry, lists)


def _found(
    prints: dict[str, bytes], prose: Mapping[str, Entry], vault: Vault, names: bytes, memo: Memo, workers: Workers
) -> dict[str, Entry]:
    """What each text names."""
    last = memo.tables.get("mentions", NO_TABLE)
    known = memo.last("mention names").get("")
    if known is None or known.inputs != names:
        if known is not None and last.entries:
            old = memo.get(known.output(), _NAMES, "names")
            memo.tables["mentions"] = Table(names, _untouched(last.entries, old, vault.names, prose, memo))
        table = encode(table_of(vault.names))
        known = Entry.of(names, (memo.put(printed(dict(vault.names))), memo.put((b"", table))))
    memo.keep("mention names", b"", {"": known})

    def make(paths: list[str]) -> Iterator[tuple[str, Entry]]:
        shared = memo.kept.whole("table of names", lambda known: memo.blob(known.output(1), "names"), known)
        jobs = ((path, memo.blob(prose[path].output(2), path)) for path in paths)
        done = workers.run(find_mentions, shared, jobs, len(paths), itemgetter(0))
        for path, found in zip(paths, done, strict=True):
            outputs = (memo.put((digest(found), found)),) if found else ()
            yield path, Entry.of(prints[path], outputs)

    return memo.update("mentions", names, prints, make)


def _untouched(
    entries: Mapping[str, Entry], old: Names, new: Names, prose: Mapping[str, Entry], memo: Memo
) -> dict[str, Entry]:
    """The ``entries`` of texts in which none of the names that differ can make a difference."""
    changed = {path for path in old.keys() | new.keys() if old.get(path) != new.get(path)}
    added = [name for path in changed for name in new.get(path, ()) if name not in old.get(path, ())]
    if len(changed) > _FEW:
        return {}
    words = [_WORD.findall(small(name)) for name in added]

    def is_untouched(path: str, entry: Entry) -> bool:
        if path in changed or path not in prose:  # a note's own names hide shorter ones in its text
            return False
        found = _value(path, entry, memo)
        if len(found) >= TARGETS or not changed.isdisjoint(found):
            return False
        if not words:
            return True
        text = small(nfc(memo.blob(prose[path].output(2), path).decode("utf-8", "ignore")))
        return not any(all(word in text for word in needed) for needed in words)

    return {path: entry for path, entry in entries.items() if is_untouched(path, entry)}


def _value(path: str, entry: Entry, memo: Memo) -> Found:
    found: Found = memo.get(entry.output(), _FOUND, path) if entry.refs else {}
    return found


def _print(found: Entry) -> bytes:
    return found.fingerprint() if found.refs else _NOTHING
