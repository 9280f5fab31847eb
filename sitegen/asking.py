"""Asking features for the pages and files they make, as far as what they looked at has changed. Part of `build`.

What a feature can look at is the vault, the site, and pages; what it did look at is remembered (see `tracing`), and so is
what each of its recipes looked at. So a feature need not say what it depends on, and cannot say it wrongly.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import reduce
from itertools import accumulate, chain
from operator import or_
from typing import Any, NamedTuple, TypeVar

from msgspec import Raw

from sitegen.codec import decode, encode, fingerprint, foreigners, joined
from sitegen.edition import edition, settled
from sitegen.extensions import Feature
from sitegen.memo import NO_TABLE, Entry, Memo, Ref, known
from sitegen.model import Artifact, Needs, Page, Pages, Passage, Prose, Recipe, SearchFile, SiteInfo, Theme, Vault, View
from sitegen.press import Press
from sitegen.searching import Searched
from sitegen.stages.render import render_view
from sitegen.tracing import (
    MASK_BYTES,
    NEEDS,
    PAGES,
    PASSAGES,
    PROSE,
    SEARCH,
    Changes,
    Trace,
    Tracer,
    Watched,
    turn,
    watched,
)

Made = Artifact | View
V = TypeVar("V")


class Part(NamedTuple):
    """Something that a feature gave: its address or key, and whether it is a view, a file, a recipe or what a late one makes."""

    name: str
    kind: str


_Parts = tuple[tuple[Part, Ref], ...]


class _Together(NamedTuple):
    """What several recipes looked at, taken together; ``extras`` are all that is known of them, of each up to its one of ``ends``.
    ``found`` says which groups are named there, as far as somebody asked."""

    keys: tuple[str, ...]
    prints: frozenset[bytes]
    mask: int
    extras: bytes
    ends: tuple[int, ...]
    found: dict[str, bool]

    def names(self, group: str) -> bool:
        """Whether a group may be named; a key that is spelt like it does no harm."""
        if group not in self.found:
            self.found[group] = group.encode() in self.extras
        return self.found[group]

    def naming(self, needles: Iterable[bytes]) -> Iterator[str]:
        """The keys of those that may have looked at one of these."""
        for needle in needles:
            at = self.extras.find(needle)
            while at >= 0:
                number = bisect_right(self.ends, at)
                yield self.keys[number]
                at = self.extras.find(needle, self.ends[number])


class _Answer(NamedTuple):
    """What a feature gave: what is known of it, of its recipes by key, the parts that came of each, its views by address."""

    entry: Entry
    recipes: dict[str, Entry]
    parts: dict[str, _Parts]
    views: dict[str, Entry]


class _Given(NamedTuple):
    """The recipes that a feature gave when its entry was made."""

    entry: Entry
    recipes: dict[str, Recipe]


class Spot(NamedTuple):
    """A file before anybody wants it: the part of this number of what came of a recipe, or of the feature itself."""

    recipe: str | None
    number: int


class TracedPages(Pages):
    """The pages of a site, telling a tracer who looks at what."""

    def __init__(self, press: Press, found: Searched, tracer: Tracer) -> None:
        self._tracer = tracer
        self.searched: Watched[SearchFile] = Watched(found.files, SEARCH, tracer)
        self.turn(press, found)

    def turn(self, press: Press, found: Searched) -> None:
        """Let them be those of another build."""
        self._press = press
        self.searched.turn(found.files)
        self._loaded: dict[str, Page] = {}

    def __getitem__(self, path: str) -> Page:
        self._tracer.key(PAGES, path)
        if path not in self._press.made:
            raise KeyError(path)
        if path not in self._loaded:
            self._loaded[path] = self._press.page(path)
        return self._loaded[path]

    def __contains__(self, path: object) -> bool:
        if isinstance(path, str):
            self._tracer.key(PAGES, path)
        return path in self._press.made

    def __iter__(self) -> Iterator[str]:
        self._tracer.order(PAGES)
        return iter(self._press.made)

    def __len__(self) -> int:
        self._tracer.order(PAGES)
        return len(self._press.made)

    def needs(self, path: str) -> Needs:
        self._tracer.key(NEEDS, path)
        data = self._press.needs(path)
        return decode(data, Needs) if data else Needs()

    def passages(self, path: str) -> tuple[Passage, ...]:
        self._tracer.key(PASSAGES, path)
        return self._press.passages(path)

    def prose(self, path: str) -> Prose:
        self._tracer.key(PROSE, path)
        if path not in self._press.made:
            raise KeyError(path)
        return self._press.prose(path)


class Looking:
    """What features look at, and the recipes they gave. Builds of one process share it: so a recipe that was given once
    looks at what there is now."""

    def __init__(self, vault: Vault, press: Press, found: Searched) -> None:
        self.tracer = Tracer()
        self.vault, self.pages = watched(vault, self.tracer), TracedPages(press, found, self.tracer)
        self.given: dict[str, _Given] = {}

    def turn(self, vault: Vault, press: Press, found: Searched) -> None:
        """Let what is looked at be another build's."""
        turn(self.vault, vault)
        self.pages.turn(press, found)


class Asking:
    """Asks all features of one build; ``changes`` are those of what they can look at, since the last build."""

    def __init__(
        self,
        press: Press,
        found: Searched,
        vault: Vault,
        changes: Changes,
        theme: Theme,
        site: SiteInfo,
        memo: Memo,
    ) -> None:
        self._press, self._found, self._vault = press, found, vault
        self._changes, self._theme, self._site, self._memo = changes, theme, site, memo
        self._frame = joined(theme.digest, fingerprint(site))
        self._print = joined(fingerprint(site), encode(vault.diagnostics))  # of what everybody looks at
        self._looking = self._look()
        self._tracer = self._looking.tracer
        frame, self._known = memo.tables.get("feature", NO_TABLE)
        self._framed = frame == self._frame
        self._answer = _NO_ANSWER  # of the feature that is being asked, what the last build had of it
        self._doubtful: Collection[str] = ()  # its recipes that do not hold
        self._rendered: dict[str, Entry] = {}  # the views that were rendered in this build
        self._answers: list[_Answer] = []
        self._own_parts: dict[int, _Parts] = {}  # of features by number, as far as somebody asked
        self._features: Sequence[Feature] = ()
        self._items: dict[
            int, dict[tuple[bool, str], Made | Recipe]
        ] = {}  # of features that were asked for bytes again
        self._again: tuple[tuple[int, str], Sequence[Made]] = (-1, ""), ()  # what came last of a recipe of theirs

    def _look(self) -> Looking:
        if self._memo.looking is None or self._memo.looking[0] != self._print:
            fresh = Looking(self._vault, self._press, self._found)
            self._memo.looking = (self._print, fresh) if self._memo.kept.lasting else None
            return fresh
        looking: Looking = self._memo.looking[1]
        looking.turn(self._vault, self._press, self._found)
        return looking

    def ask(self, features: Sequence[Feature]) -> list[dict[str, Spot]]:
        """Where what each feature makes is, by address."""
        memo, self._features = self._memo, features
        entries: dict[str, Entry] = {}
        found = []
        for number, feature in enumerate(features):
            name = f"{number} {_name(feature)}"
            answer = self._answered(name, feature)
            self._answers.append(answer)
            entries[name] = answer.entry
            memo.keep(f"recipe {name}", b"", answer.recipes)
            memo.keep(f"render_view {name}", self._frame, answer.views)
            found.append(memo.kept.whole(f"spots of {name}", _spots, *self._names(name, answer)))
        memo.keep("feature", self._frame, entries)
        return found

    def refs(self, feature: int, spots: Mapping[str, Spot]) -> dict[str, Ref]:
        """What files are known by, by address, that `ask` gave of the feature with this number."""
        answer, found = self._answers[feature], dict[str, Ref]()
        for url, (recipe, number) in spots.items():
            part, ref = (self._own(feature) if recipe is None else answer.parts[recipe])[number]
            found[url] = answer.views[url].output() if part.kind == "view" else ref
        return found

    def _own(self, feature: int) -> _Parts:
        """What a feature gave itself."""
        if feature not in self._own_parts:
            self._own_parts[feature] = _parts(self._answers[feature].entry)
        return self._own_parts[feature]

    def read(self, feature: int, url: str, spot: Spot, ref: Ref) -> bytes:
        """The bytes of such a file; they are made again if nobody kept them."""
        data = self._memo.spool.get(ref)
        return self._made_again(url, feature, spot) if data is None else data

    # ---- what is known ---------------------------------------------------------------------------------

    def _answered(self, name: str, feature: Feature) -> _Answer:
        """What a feature gives: as before, if neither it nor any of its recipes would look at anything new."""
        entry, recipes = self._known.get(name), self._memo.last(f"recipe {name}")
        views = self._memo.last(f"render_view {name}", self._frame)
        self._answer = _Answer(entry or _NO_ANSWER.entry, recipes, self._parts(name, recipes), views)
        self._doubtful = self._in_doubt(name)
        if entry is None or not self._holds(entry):
            return self._asked(name, feature)
        if not self._doubtful:
            return self._answer
        given = self._looking.given.get(name)
        return self._followed(name, given.recipes) if given and given.entry is entry else self._asked(name, feature)

    def _followed(self, name: str, given: Mapping[str, Recipe]) -> _Answer:
        """What a feature gives that would give the same recipes, of which some look at something new."""
        fresh = {key: self._follow(given[key]) for key in sorted(self._doubtful)}
        return self._complete(name, self._answer.entry, edition(self._answer.recipes).edited(fresh))

    def _complete(self, name: str, entry: Entry, recipes: dict[str, Entry]) -> _Answer:
        """The answer with its views: those that were not rendered in this build are as they were."""
        answer = _Answer(entry, recipes, self._parts(name, recipes), self._answer.views)
        shown = self._memo.kept.whole(f"views of {name}", _shown, *self._names(name, answer))
        views = {url: self._rendered.get(url) or answer.views[url] for url in shown}
        return answer._replace(views=settled(views, answer.views))

    def _parts(self, name: str, recipes: dict[str, Entry]) -> dict[str, _Parts]:
        return self._memo.kept.mapped(f"parts of {name}", lambda key, entry: _parts(entry), recipes)

    def _names(self, name: str, answer: _Answer) -> tuple[list[Part], dict[str, list[Part]]]:
        """What parts there are, without what is in them: of the feature itself, and of each of its recipes."""
        inner = self._memo.kept.mapped(f"names of {name}", lambda key, parts: _names(parts), answer.parts)
        return self._memo.kept.whole(f"own names of {name}", lambda own: _names(_parts(own)), answer.entry), inner

    def _holds(self, entry: Entry) -> bool:
        """Whether a feature or a recipe, asked again, would look at the same and so give the same."""
        return (
            entry.inputs[:-MASK_BYTES] == self._print
            and not self._changes.touch(
                int.from_bytes(entry.inputs[-MASK_BYTES:], "little"), entry.extra, lambda: _trace(entry)
            )
            and (self._framed or all(part.kind not in ("view", "late") for part, _ in _parts(entry)))
        )

    def _in_doubt(self, name: str) -> Collection[str]:
        """Which of a feature's recipes do not hold."""
        recipes = self._answer.recipes
        looks = self._memo.kept.mapped(f"looks of {name}", lambda key, entry: (entry.inputs, entry.extra), recipes)
        together = self._memo.kept.whole(f"all looks of {name}", _together, looks)
        needles = self._changes.needles(together.mask, together.names)
        # one look at all of them is enough nearly always
        by_needle = needles is not None and together.prints <= {self._print} and self._framed
        asked = set(together.naming(needles or ())) if by_needle else recipes
        return {key for key in asked if not self._holds(recipes[key])}

    # ---- asking ----------------------------------------------------------------------------------------

    def _asked(self, name: str, feature: Feature) -> _Answer:
        """Run a feature, follow its recipes and render its views, as far as they are not what they were."""
        before, look = self._answer, self._looking
        items, trace = self._tracer.traced(lambda: self._printed(list(feature(look.vault, look.pages, self._site))))
        parts, refs, given = [], [], dict[str, Recipe]()
        for item, print_ in items:
            if isinstance(item, Recipe):
                given[item.key] = item
                part, ref = Part(item.key, "recipe"), known(b"")
            else:
                part, ref = self._made(item, print_)
            parts.append(part)
            refs.append(ref)
        recipes = settled({key: self._follow(recipe) for key, recipe in given.items()}, before.recipes)
        entry = self._entry(trace, refs, parts)
        if self._memo.kept.lasting:
            look.given[name] = _Given(entry, given)
        return self._complete(name, entry, recipes)

    def _with_print(self, value: V) -> tuple[V, bytes]:
        """A value and its fingerprint, for which all that is in it is looked at."""
        met = foreigners()
        print_ = fingerprint(value)
        if foreigners() > met:
            self._tracer.everything()  # who knows what it looks at, or when
        return value, print_

    def _printed(self, items: list[V]) -> list[tuple[V, bytes]]:
        """Of a feature's items, views with their fingerprints."""
        return [self._with_print(item) if isinstance(item, View) else (item, b"") for item in items]

    def _entry(self, trace: Trace, refs: Iterable[Ref], parts: Sequence[Part]) -> Entry:
        inputs = self._print + trace.mask.to_bytes(MASK_BYTES, "little")
        return Entry.of(inputs, refs, encode((trace, parts)))

    def _follow(self, recipe: Recipe) -> Entry:
        before = self._answer.recipes.get(recipe.key)
        if before is not None and recipe.key not in self._doubtful:
            return before
        (inputs, print_), trace = self._tracer.traced(lambda: self._with_print(recipe.inputs()))
        if before is None or before.fingerprint() != print_:
            self._memo.ran.append((recipe.make.__name__, recipe.key))
        elif self._framed:
            return self._entry(trace, before.outputs, [part for part, _ in _parts(before)])
        if recipe.late:
            # it may be a view, which is shown in the theme
            file = Part(recipe.key, "late"), Ref(print_, joined(print_, _name(recipe.make), self._frame), -1, 0)
            return self._entry(trace, (known(print_), file[1]), [file[0]])
        made = [self._made(item, print_) for item, print_ in self._printed(list(recipe.make(*inputs)))]
        return self._entry(trace, (known(print_), *(ref for _, ref in made)), [part for part, _ in made])

    def _made(self, item: Made, print_: bytes) -> tuple[Part, Ref]:
        if not isinstance(item, View):
            return Part(item.url, "file"), self._memo.put((b"", self._content(item)), spool=True)
        view = self._answer.views.get(item.url)
        if view is None or view.inputs != print_:
            self._memo.ran.append(("render_view", item.url))
            view = Entry.of(print_, (self._memo.put((b"", self._content(item)), spool=True),))
        self._rendered[item.url] = view
        return Part(item.url, "view"), known(print_)

    def _content(self, item: Made) -> bytes:
        content = render_view(item, self._theme, self._site).content if isinstance(item, View) else item.content
        if not isinstance(content, bytes):
            raise AssertionError(f"{item.url} is neither bytes nor a view")
        return content

    def _made_again(self, url: str, feature: int, spot: Spot) -> bytes:
        """The bytes of a file of an earlier build, which nobody kept."""
        if feature not in self._items:
            # its own: other builds may have turned the pages that are shared
            pages = TracedPages(self._press, self._found, Tracer())
            items = list(self._features[feature](self._vault, pages, self._site))
            by_name = {(isinstance(i, Recipe), i.key if isinstance(i, Recipe) else i.url): i for i in items}
            self._items[feature] = by_name
        item = self._items[feature][spot.recipe is not None, spot.recipe or url]
        if not isinstance(item, Recipe):
            return self._content(item)
        last, made = self._again  # a preview reads files in several threads
        if last != (feature, item.key):
            made = list(item.make(*item.inputs()))
            self._again = (feature, item.key), made
        return self._content(made[spot.number])


def _name(function: Callable[..., object]) -> str:
    return f"{function.__module__}:{function.__qualname__}"


def _names(parts: _Parts) -> list[Part]:
    return [part for part, _ in parts]


def _shown(own: list[Part], inner: Mapping[str, list[Part]]) -> list[str]:
    """The addresses of a feature's views."""
    return [part.name for part in chain(own, *inner.values()) if part.kind == "view"]


def _spots(own: list[Part], inner: Mapping[str, list[Part]]) -> dict[str, Spot]:
    """Where the files of a feature are, those of its recipes included, in their order."""
    spots: list[tuple[str, Spot]] = []
    for number, part in enumerate(own):
        if part.kind == "recipe":
            spots += [(name, Spot(part.name, at)) for at, (name, _) in enumerate(inner[part.name])]
        else:
            spots.append((part.name, Spot(None, number)))
    found = dict(spots)
    if len(found) < len(spots):
        raise AssertionError(f"two artifacts claim {Counter(url for url, _ in spots).most_common(1)[0][0]}")
    return found


def _together(looks: Mapping[str, tuple[bytes, bytes]]) -> _Together:
    inputs, extras = [inputs for inputs, _ in looks.values()], [extra for _, extra in looks.values()]
    mask = reduce(or_, (int.from_bytes(mask, "little") for mask in {inputs[-MASK_BYTES:] for inputs in inputs}), 0)
    prints = frozenset(inputs[:-MASK_BYTES] for inputs in inputs)
    return _Together(tuple(looks), prints, mask, b"".join(extras), tuple(accumulate(map(len, extras))), {})


def _trace(entry: Entry) -> Trace:
    return decode(entry.extra, _EXTRA)[0]  # type: ignore[no-any-return]


def _parts(entry: Entry) -> _Parts:
    """What came of a feature or a recipe; before a recipe's parts stands the fingerprint of its inputs."""
    parts: list[Part] = decode(entry.extra, _PARTS)[1]
    return tuple(zip(parts, entry.last(len(parts)), strict=True))


_EXTRA: Any = tuple[Trace, list[Part]]
_PARTS: Any = tuple[Raw, list[Part]]  # a trace may name thousands of notes
_NO_ANSWER = _Answer(Entry(b"", b"", b""), {}, {}, {})
