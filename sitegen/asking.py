"""Asking features for the pages and files they make, as far as what they looked at has changed. Part of `build`.

What a feature can look at is the vault, the site, and pages; what it did look at is remembered (see `tracing`), and so is
what each of its recipes looked at. So a feature need not say what it depends on, and cannot say it wrongly.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial, reduce
from itertools import accumulate
from operator import or_
from typing import Any, NamedTuple, TypeVar, get_type_hints

from sitegen.codec import decode, encode, fingerprint, foreigners, joined
from sitegen.edition import settled
from sitegen.extensions import Feature
from sitegen.memo import NO_TABLE, Entry, Memo, Ref
from sitegen.model import Artifact, Needs, Page, Pages, Passage, Prose, Recipe, SiteInfo, Theme, Vault, View
from sitegen.press import File, Press, known, rendered
from sitegen.searching import Searched
from sitegen.stages.render import render_view
from sitegen.tracing import MASK_BYTES, NEEDS, PAGES, PASSAGES, PROSE, SEARCH, Changes, Trace, Tracer, Watched, watched

Made = Artifact | View
V = TypeVar("V")
_PASSAGES: Any = get_type_hints(Page)["passages"]


class Part(NamedTuple):
    """Something that a feature gave: its address or key, and whether it is a view, a file, a recipe or what a late one makes."""

    name: str
    kind: str


class _Together(NamedTuple):
    """What several recipes looked at, taken together; ``extras`` are all that is known of them, of each up to its one of ``ends``."""

    keys: tuple[str, ...]
    prints: frozenset[bytes]
    mask: int
    extras: bytes
    ends: tuple[int, ...]

    def naming(self, needles: Iterable[bytes]) -> Iterator[str]:
        """The keys of those that may have looked at one of these."""
        for needle in needles:
            at = self.extras.find(needle)
            while at >= 0:
                number = bisect_right(self.ends, at)
                yield self.keys[number]
                at = self.extras.find(needle, self.ends[number])


class _Answer(NamedTuple):
    """What a feature gave: what is known of it, of its recipes by key, and of its views by address."""

    entry: Entry
    recipes: dict[str, Entry]
    views: dict[str, Entry]


class TracedPages(Pages):
    """The pages of a site, telling a tracer who looks at what."""

    def __init__(self, press: Press, found: Searched, memo: Memo, tracer: Tracer) -> None:
        self._press, self._memo, self._tracer = press, memo, tracer
        self.searched = Watched(found.files, SEARCH, tracer)
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
        return self._memo.get(self._press.made[path].outputs[1], _PASSAGES, path)

    def prose(self, path: str) -> Prose:
        self._tracer.key(PROSE, path)
        if path not in self._press.made:
            raise KeyError(path)
        return self._press.prose(path)


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
        self._press, self._changes, self._theme, self._site, self._memo = press, changes, theme, site, memo
        self._tracer = Tracer()
        self._vault, self._pages = watched(vault, self._tracer), TracedPages(press, found, memo, self._tracer)
        self._frame = joined(theme.digest, fingerprint(site))
        self._print = joined(fingerprint(site), encode(vault.diagnostics))  # of what everybody looks at
        frame, self._known = memo.tables.get("feature", NO_TABLE)
        self._framed = frame == self._frame
        self._answer = _NO_ANSWER  # of the feature that is being asked, what the last build had of it
        self._doubtful: Collection[str] = ()  # its recipes that do not hold
        self._rendered: dict[str, Entry] = {}  # the views that were rendered in this build
        self._shown: list[dict[str, Entry]] = []  # all views, feature by feature
        self._features: Sequence[Feature] = ()
        self._again: dict[str, Made] = {}

    def ask(self, features: Sequence[Feature]) -> list[dict[str, File]]:
        """What each feature makes, by address."""
        memo, self._features = self._memo, features
        entries: dict[str, Entry] = {}
        files = []
        for number, feature in enumerate(features):
            name = f"{number} {_name(feature)}"
            entries[name], recipes, views = self._answered(name, feature)
            memo.keep(f"recipe {name}", b"", recipes)
            memo.keep(f"render_view {name}", self._frame, views)
            self._shown.append(views)
            files.append(memo.kept.whole(f"files of {name}", _files, entries[name], self._inner(name, recipes), number))
        memo.keep("feature", self._frame, entries)
        return files

    def artifact(self, url: str, file: File) -> Artifact:
        """A file that `ask` gave; its bytes are made again if nobody kept them."""
        ref = file.ref or self._shown[file.feature][url].outputs[0]
        return rendered(url, ref, partial(self._read, url, file, ref))

    def _read(self, url: str, file: File, ref: Ref) -> bytes:
        data = self._memo.spool.get(ref)
        return self._made_again(url, file) if data is None else data

    # ---- what is known ---------------------------------------------------------------------------------

    def _answered(self, name: str, feature: Feature) -> _Answer:
        """What a feature gives: as before, if neither it nor any of its recipes would look at anything new."""
        last, entry = self._memo.last, self._known.get(name)
        self._answer = _Answer(
            entry or _NO_ANSWER.entry, last(f"recipe {name}"), last(f"render_view {name}", self._frame)
        )
        self._doubtful = self._in_doubt(name)
        if entry is not None and not self._doubtful and self._holds(entry):
            return self._answer
        return self._asked(name, feature)

    def _inner(self, name: str, recipes: dict[str, Entry]) -> dict[str, tuple[tuple[Part, Ref], ...]]:
        """What came of each of a feature's recipes."""
        return self._memo.kept.mapped(f"parts of {name}", lambda key, entry: tuple(_parts(entry)), recipes)

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
        together = self._memo.kept.whole(f"looks of {name}", _together, recipes)
        needles = self._changes.needles(together.mask)
        # one look at all of them is enough nearly always
        by_needle = needles is not None and together.prints <= {self._print} and self._framed
        asked = set(together.naming(needles or ())) if by_needle else recipes
        return {key for key in asked if not self._holds(recipes[key])}

    # ---- asking ----------------------------------------------------------------------------------------

    def _run(self, feature: Feature) -> list[Made | Recipe]:
        return list(feature(self._vault, self._pages, self._site))

    def _asked(self, name: str, feature: Feature) -> _Answer:
        """Run a feature, follow its recipes and render its views, as far as they are not what they were."""
        before = self._answer
        items, trace = self._tracer.traced(lambda: self._printed(self._run(feature)))
        parts, refs, recipes = [], [], dict[str, Entry]()
        for item, print_ in items:
            if isinstance(item, Recipe):
                recipes[item.key] = self._follow(item)
                part, ref = Part(item.key, "recipe"), known(b"")
            else:
                part, ref = self._made(item, print_)
            parts.append(part)
            refs.append(ref)
        recipes = settled(recipes, before.recipes)
        inner = self._inner(name, recipes).values()
        shown = [part.name for part in (*parts, *(part for found in inner for part, _ in found)) if part.kind == "view"]
        views = {url: self._rendered.get(url) or before.views[url] for url in shown}
        return _Answer(self._entry(trace, refs, parts), recipes, settled(views, before.views))

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
        return Entry(inputs, tuple(refs), encode((trace, parts)))

    def _follow(self, recipe: Recipe) -> Entry:
        before = self._answer.recipes.get(recipe.key)
        if before is not None and recipe.key not in self._doubtful:
            return before
        (inputs, print_), trace = self._tracer.traced(lambda: self._with_print(recipe.inputs()))
        if before is None or before.outputs[0].fingerprint != print_:
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
            view = Entry(print_, (self._memo.put((b"", self._content(item)), spool=True),), b"")
        self._rendered[item.url] = view
        return Part(item.url, "view"), known(print_)

    def _content(self, item: Made) -> bytes:
        content = render_view(item, self._theme, self._site).content if isinstance(item, View) else item.content
        if not isinstance(content, bytes):
            raise AssertionError(f"{item.url} is neither bytes nor a view")
        return content

    def _made_again(self, url: str, file: File) -> bytes:
        """The bytes of a file of an earlier build, which nobody kept."""
        if url not in self._again:
            for item in self._run(self._features[file.feature]):
                if not isinstance(item, Recipe):
                    self._again[item.url] = item
                elif item.key == file.recipe:
                    self._again |= {made.url: made for made in item.make(*item.inputs())}
        return self._content(self._again[url])


def _name(function: Callable[..., object]) -> str:
    return f"{function.__module__}:{function.__qualname__}"


def _files(entry: Entry, inner: Mapping[str, Iterable[tuple[Part, Ref]]], feature: int) -> dict[str, File]:
    """The files of a feature, those of its recipes included, in their order; of a view nothing but its address is known."""
    files: dict[str, File] = {}

    def add(part: Part, ref: Ref, recipe: str | None) -> None:
        if part.name in files:
            raise AssertionError(f"two artifacts claim {part.name}")
        files[part.name] = File(None if part.kind == "view" else ref, feature, recipe)

    for part, ref in _parts(entry):
        if part.kind == "recipe":
            for inner_part, inner_ref in inner[part.name]:
                add(inner_part, inner_ref, part.name)
        else:
            add(part, ref, None)
    return files


def _together(recipes: dict[str, Entry]) -> _Together:
    entries = recipes.values()
    masks = {entry.inputs[-MASK_BYTES:] for entry in entries}
    mask = reduce(or_, (int.from_bytes(mask, "little") for mask in masks), 0)
    prints = frozenset(entry.inputs[:-MASK_BYTES] for entry in entries)
    extras = [entry.extra for entry in entries]
    return _Together(tuple(recipes), prints, mask, b"".join(extras), tuple(accumulate(map(len, extras))))


def _trace(entry: Entry) -> Trace:
    return decode(entry.extra, _EXTRA)[0]  # type: ignore[no-any-return]


def _parts(entry: Entry) -> Iterator[tuple[Part, Ref]]:
    """What came of a feature or a recipe; before a recipe's parts stands the fingerprint of its inputs."""
    parts: list[Part] = decode(entry.extra, _EXTRA)[1]
    return zip(parts, entry.outputs[len(entry.outputs) - len(parts) :], strict=True)


_EXTRA: Any = tuple[Trace, list[Part]]
_NO_ANSWER = _Answer(Entry(b"", (), b""), {}, {})
