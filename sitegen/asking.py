"""Asking features for the pages and files they make, as far as what they looked at has changed. Part of `build`.

What a feature can look at is the vault, the site, and pages; which pages it did look at is remembered, and so is what
each of its recipes looked at. So a feature need not say what it depends on, and cannot say it wrongly.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any, NamedTuple, TypeVar, get_type_hints

from sitegen.codec import decode, encode, fingerprint, joined
from sitegen.extensions import Feature
from sitegen.memo import Entry, Memo, Ref
from sitegen.model import Artifact, Needs, Page, Pages, Passage, Recipe, SiteInfo, Theme, Vault, View
from sitegen.press import Press, known
from sitegen.stages.render import render_view

Made = Artifact | View
V = TypeVar("V")
_PASSAGES: Any = get_type_hints(Page)["passages"]


class Trace(NamedTuple):
    """The notes of which somebody looked at the page, at its needs, at its passages; ``None`` are all of them."""

    pages: tuple[str, ...] | None
    needs: tuple[str, ...] | None
    passages: tuple[str, ...] | None


class Part(NamedTuple):
    """Something that a feature gave: its address or key, and whether it is a view, a file or a recipe."""

    name: str
    kind: str


class TracedPages(Pages):
    """The pages of a site, remembering who looked at what."""

    def __init__(self, press: Press, memo: Memo) -> None:
        self._press, self._memo = press, memo
        self._loaded: dict[str, Page] = {}
        self._seen: tuple[dict[str, None], ...] = ({}, {}, {})

    def traced(self, work: Callable[[], V]) -> tuple[V, Trace]:
        """What ``work`` gives, and what it looked at."""
        outer, self._seen = self._seen, ({}, {}, {})
        try:
            value = work()
            return value, Trace(*(None if 1 < len(self) == len(seen) else tuple(seen) for seen in self._seen))
        finally:
            self._seen = outer

    def __getitem__(self, path: str) -> Page:
        if path not in self._press.made:
            raise KeyError(path)
        self._seen[0][path] = None
        if path not in self._loaded:
            self._loaded[path] = self._press.page(path)
        return self._loaded[path]

    def __contains__(self, path: object) -> bool:
        return path in self._press.made

    def __iter__(self) -> Iterator[str]:
        return iter(self._press.made)

    def __len__(self) -> int:
        return len(self._press.made)

    def needs(self, path: str) -> Needs:
        self._seen[1][path] = None
        data = self._press.needs(path)
        return decode(data, Needs) if data else Needs()

    def passages(self, path: str) -> tuple[Passage, ...]:
        self._seen[2][path] = None
        return self._memo.get(self._press.made[path].outputs[1], _PASSAGES, path)


class Asking:
    """Asks all features of one build; ``vault`` is the fingerprint of the vault that they are shown."""

    def __init__(self, press: Press, vault: Vault, print_: bytes, theme: Theme, site: SiteInfo, memo: Memo) -> None:
        self._press, self._vault, self._theme, self._site, self._memo = press, vault, theme, site, memo
        self._frame = joined(theme.digest, fingerprint(site))
        self._print = joined(print_, fingerprint(site))
        self._pages = TracedPages(press, memo)
        self._shown, self._recipes = memo.last("render_view", self._frame), memo.last("recipe")
        self._views: dict[str, Entry] = {}
        self._kept: dict[str, Entry] = {}  # recipes
        self._again: dict[str, Made] = {}

    def ask(self, features: Iterable[Feature]) -> None:
        """Add what all features make to the site's files."""
        last, entries = self._memo.last("feature"), dict[str, Entry]()
        for number, feature in enumerate(features):
            name = f"{number} {feature.__module__}:{feature.__qualname__}"
            entry = last.get(name)
            if entry is None or not self._holds(entry):
                entry = self._asked(feature)
            entries[name] = entry
            for part, ref in _parts(entry):
                if part.kind == "recipe":
                    recipe = self._kept[part.name] = self._kept.get(part.name) or self._recipes[part.name]
                    for inner, inner_ref in _parts(recipe):
                        self._add(inner, inner_ref, feature, part.name)
                else:
                    self._add(part, ref, feature, None)
        self._memo.keep("feature", b"", entries)
        self._memo.keep("recipe", b"", self._kept)
        self._memo.keep("render_view", self._frame, self._views)

    def _add(self, part: Part, ref: Ref, feature: Feature, recipe: str | None) -> None:
        if part.kind == "view":
            view = self._views[part.name] = self._views.get(part.name) or self._shown[part.name]
            ref = view.outputs[0]
        self._press.add(self._press.rendered(part.name, ref, partial(self._made_again, part.name, feature, recipe)))

    # ---- what is known ---------------------------------------------------------------------------------

    def _holds(self, entry: Entry) -> bool:
        """Whether a feature would give what it gave, its recipes included."""
        if not self._is_known(entry):
            return False
        recipes = [self._recipes.get(part.name) for part, _ in _parts(entry) if part.kind == "recipe"]
        return all(recipe is not None and self._is_known(recipe) for recipe in recipes)

    def _is_known(self, entry: Entry) -> bool:
        return entry.inputs == self._looked_at(_trace(entry)) and self._has_views(entry)

    def _has_views(self, entry: Entry) -> bool:
        views = ((self._shown.get(part.name), ref) for part, ref in _parts(entry) if part.kind == "view")
        return all(view is not None and view.inputs == ref.fingerprint for view, ref in views)

    def _looked_at(self, trace: Trace) -> bytes:
        """A digest of all that somebody with this trace knew."""
        made = self._press.made
        pages, needs, passages = ([p for p in (made if t is None else t) if p in made] for t in trace)
        return joined(
            self._print,
            b"".join([made[path].outputs[0].fingerprint for path in pages]),
            *([self._press.needs(path) for path in needs]),
            b"".join([made[path].outputs[1].fingerprint for path in passages]),
        )

    # ---- asking ----------------------------------------------------------------------------------------

    def _run(self, feature: Feature) -> list[Made | Recipe]:
        return list(feature(self._vault, self._pages, self._site))

    def _asked(self, feature: Feature) -> Entry:
        """Run a feature, follow its recipes and render its views, as far as they are not what they were."""
        items, trace = self._pages.traced(lambda: self._run(feature))
        parts, refs = [], []
        for item in items:
            if isinstance(item, Recipe):
                self._kept[item.key] = self._followed(item)
                parts.append(Part(item.key, "recipe"))
                refs.append(known(b""))
            else:
                part, ref = self._rendered(item)
                parts.append(part)
                refs.append(ref)
        return Entry(self._looked_at(trace), tuple(refs), encode((trace, parts)))

    def _followed(self, recipe: Recipe) -> Entry:
        before = self._recipes.get(recipe.key)
        if before is not None and self._is_known(before):
            return before
        inputs, trace = self._pages.traced(recipe.inputs)
        print_ = fingerprint(inputs)
        if before is None or before.outputs[0].fingerprint != print_:
            self._memo.ran.append((recipe.make.__name__, recipe.key))
        elif self._has_views(before):
            parts = [part for part, _ in _parts(before)]
            return Entry(self._looked_at(trace), before.outputs, encode((trace, parts)))
        made = [self._rendered(item) for item in recipe.make(*inputs)]
        refs = (known(print_), *(ref for _, ref in made))
        return Entry(self._looked_at(trace), refs, encode((trace, [part for part, _ in made])))

    def _rendered(self, item: Made) -> tuple[Part, Ref]:
        if not isinstance(item, View):
            return Part(item.url, "file"), self._memo.put((b"", self._content(item)), spool=True)
        print_ = fingerprint(item)
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

    def _made_again(self, url: str, feature: Feature, recipe: str | None) -> bytes:
        """The bytes of a file of an earlier build, which nobody kept."""
        if url not in self._again:
            for item in self._run(feature):
                if not isinstance(item, Recipe):
                    self._again[item.url] = item
                elif item.key == recipe:
                    self._again |= {made.url: made for made in item.make(*item.inputs())}
        return self._content(self._again[url])


def _trace(entry: Entry) -> Trace:
    return decode(entry.extra, _EXTRA)[0]  # type: ignore[no-any-return]


def _parts(entry: Entry) -> Iterator[tuple[Part, Ref]]:
    """What came of a feature or a recipe; before a recipe's parts stands the fingerprint of its inputs."""
    parts: list[Part] = decode(entry.extra, _EXTRA)[1]
    return zip(parts, entry.outputs[len(entry.outputs) - len(parts) :], strict=True)


_EXTRA: Any = tuple[Trace, list[Part]]
