"""Asking features for the pages and files they make, as far as what they looked at has changed. Part of `build`.

What a feature can look at is the vault, the site, and pages; what it did look at is remembered (see `tracing`), and so is
what each of its recipes looked at. So a feature need not say what it depends on, and cannot say it wrongly.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial, reduce
from itertools import accumulate
from operator import or_
from typing import Any, NamedTuple, TypeVar, get_type_hints

from sitegen.codec import decode, encode, fingerprint, foreigners, joined
from sitegen.extensions import Feature
from sitegen.memo import NO_TABLE, Entry, Memo, Ref
from sitegen.model import Artifact, Needs, Page, Pages, Passage, Prose, Recipe, SiteInfo, Theme, Vault, View
from sitegen.press import File, Press, known, refuse_shared, rendered
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
    """What several recipes looked at, taken together; ``extras`` are all their keys, those of each up to its one of ``ends``."""

    recipes: tuple[Entry, ...]
    prints: frozenset[bytes]
    mask: int
    extras: bytes
    ends: tuple[int, ...]

    def naming(self, keys: Iterable[bytes]) -> list[Entry]:
        """Those that may have looked at one of these keys."""
        found = set[int]()
        for key in keys:
            at = self.extras.find(key)
            while at >= 0:
                number = bisect_right(self.ends, at)
                found.add(number)
                at = self.extras.find(key, self.ends[number])
        return [self.recipes[number] for number in sorted(found)]


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
        self._shown = memo.last("render_view", self._frame)
        self._framed = memo.tables.get("render_view", NO_TABLE).frame == self._frame
        self._recipes = memo.last("recipe")
        self._views: dict[str, Entry] = {}  # those made in this build, and all of them in the end
        self._followed: dict[str, Entry] = {}  # recipes that were looked at
        self._features: Sequence[Feature] = ()
        self._again: dict[str, Made] = {}

    def ask(self, features: Sequence[Feature]) -> dict[str, File]:
        """What all features make, by address."""
        last, self._features = self._memo.last("feature"), features
        entries, asked = dict[str, Entry](), False
        for feature in features:
            name = f"{len(entries)} {_name(feature)}"
            entry = last.get(name)
            if entry is None or not self._holds(entry) or not self._recipes_hold(name, entry):
                entry, asked = self._asked(feature), True
            entries[name] = entry
        files: dict[str, File] = {}
        for number, (name, entry) in enumerate(entries.items()):
            recipes = tuple([self._recipe(key) for key in self._recipe_keys(name, entry)])
            found = self._memo.kept.whole(f"files {name}", _files, entry, recipes, number)
            refuse_shared(files, found)
            files |= found
        self._remember(entries, files, asked or entries.keys() != last.keys())
        return files

    def _remember(self, entries: dict[str, Entry], files: dict[str, File], asked: bool) -> None:
        if asked or not self._framed:
            urls = [url for url, file in files.items() if file.ref is None]
            self._views = {url: self._views.get(url) or self._shown[url] for url in urls}
            keys = [key for name, entry in entries.items() for key in self._recipe_keys(name, entry)]
            self._recipes = {key: self._recipe(key) for key in keys}
        else:
            self._views = self._shown
        self._memo.keep("feature", b"", entries)
        self._memo.keep("recipe", b"", self._recipes)
        self._memo.keep("render_view", self._frame, self._views)

    def artifact(self, url: str, file: File) -> Artifact:
        """A file that `ask` gave; its bytes are made again if nobody kept them."""
        ref = file.ref or self._views[url].outputs[0]
        return rendered(url, ref, partial(self._read, url, file, ref))

    def _read(self, url: str, file: File, ref: Ref) -> bytes:
        data = self._memo.spool.get(ref)
        return self._made_again(url, file) if data is None else data

    # ---- what is known ---------------------------------------------------------------------------------

    def _holds(self, entry: Entry) -> bool:
        """Whether a feature or a recipe, asked again, would look at the same and so give the same."""
        return (
            entry.inputs[:-MASK_BYTES] == self._print
            and not self._changes.touch(
                int.from_bytes(entry.inputs[-MASK_BYTES:], "little"), entry.extra, lambda: _trace(entry)
            )
            and (self._framed or all(part.kind not in ("view", "late") for part, _ in _parts(entry)))
        )

    def _recipes_hold(self, name: str, entry: Entry) -> bool:
        keys = self._recipe_keys(name, entry)
        recipes: Sequence[Entry] = tuple([recipe for key in keys if (recipe := self._recipes.get(key)) is not None])
        if len(recipes) < len(keys):
            return False
        # one look at all of them is enough nearly always
        together = self._memo.kept.whole(f"recipes of {name}", _together, recipes)
        needles = self._changes.needles(together.mask)
        if needles is not None and together.prints <= {self._print} and self._framed:
            recipes = together.naming(needles)
        return all(map(self._holds, recipes))

    def _recipe_keys(self, name: str, entry: Entry) -> list[str]:
        return self._memo.kept.whole(f"recipes {name}", _recipe_keys, entry)

    def _recipe(self, key: str) -> Entry:
        return self._followed.get(key) or self._recipes[key]

    # ---- asking ----------------------------------------------------------------------------------------

    def _run(self, feature: Feature) -> list[Made | Recipe]:
        return list(feature(self._vault, self._pages, self._site))

    def _asked(self, feature: Feature) -> Entry:
        """Run a feature, follow its recipes and render its views, as far as they are not what they were."""
        items, trace = self._tracer.traced(lambda: self._printed(self._run(feature)))
        parts, refs = [], []
        for item, print_ in items:
            if isinstance(item, Recipe):
                self._followed[item.key] = self._follow(item)
                part, ref = Part(item.key, "recipe"), known(b"")
            else:
                part, ref = self._rendered(item, print_)
            parts.append(part)
            refs.append(ref)
        return self._entry(trace, refs, parts)

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
        before = self._recipes.get(recipe.key)
        if before is not None and self._holds(before):
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
        made = [self._rendered(item, print_) for item, print_ in self._printed(list(recipe.make(*inputs)))]
        return self._entry(trace, (known(print_), *(ref for _, ref in made)), [part for part, _ in made])

    def _rendered(self, item: Made, print_: bytes) -> tuple[Part, Ref]:
        if not isinstance(item, View):
            return Part(item.url, "file"), self._memo.put((b"", self._content(item)), spool=True)
        view = self._shown.get(item.url)
        if view is None or view.inputs != print_:
            self._memo.ran.append(("render_view", item.url))
            view = Entry(print_, (self._memo.put((b"", self._content(item)), spool=True),), b"")
        self._views[item.url] = view
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


def _files(entry: Entry, recipes: Sequence[Entry], feature: int) -> dict[str, File]:
    """The files of a feature, those of ``recipes`` included, in their order; of a view nothing but its address is known."""
    files: dict[str, File] = {}
    following = iter(recipes)

    def add(part: Part, ref: Ref, recipe: str | None) -> None:
        if part.name in files:
            raise AssertionError(f"two artifacts claim {part.name}")
        files[part.name] = File(None if part.kind == "view" else ref, feature=feature, recipe=recipe)

    for part, ref in _parts(entry):
        if part.kind == "recipe":
            for inner, inner_ref in _parts(next(following)):
                add(inner, inner_ref, part.name)
        else:
            add(part, ref, None)
    return files


def _together(recipes: Sequence[Entry]) -> _Together:
    masks = {recipe.inputs[-MASK_BYTES:] for recipe in recipes}
    mask = reduce(or_, (int.from_bytes(mask, "little") for mask in masks), 0)
    prints = frozenset(recipe.inputs[:-MASK_BYTES] for recipe in recipes)
    extras = [recipe.extra for recipe in recipes]
    return _Together(tuple(recipes), prints, mask, b"".join(extras), tuple(accumulate(map(len, extras))))


def _recipe_keys(entry: Entry) -> list[str]:
    return [part.name for part, _ in _parts(entry) if part.kind == "recipe"]


def _trace(entry: Entry) -> Trace:
    return decode(entry.extra, _EXTRA)[0]  # type: ignore[no-any-return]


def _parts(entry: Entry) -> Iterator[tuple[Part, Ref]]:
    """What came of a feature or a recipe; before a recipe's parts stands the fingerprint of its inputs."""
    parts: list[Part] = decode(entry.extra, _EXTRA)[1]
    return zip(parts, entry.outputs[len(entry.outputs) - len(parts) :], strict=True)


_EXTRA: Any = tuple[Trace, list[Part]]
