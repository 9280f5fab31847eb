"""From the vault to the files of its site: notes' pages, features' pages and files, copies. Part of `build`.

A file is known by the fingerprint of what it shows; it is made only if that is new, and made again only if somebody
asks for bytes that nobody kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from sitegen.codec import decode, encode, fingerprint, joined
from sitegen.extensions import Check, Feature
from sitegen.memo import Entry, Memo, Ref, Shelf
from sitegen.model import Artifact, Asset, CopiedFile, Facts, Note, Page, Rendered, SiteInfo, Theme, Vault, View
from sitegen.pool import Workers
from sitegen.stages.render import STATIC, render_view
from sitegen.work import Frame, MadePage, PageJob, PlacedNote, joined_note, make_pages, packed, page_of

V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Notes:
    """The notes of a vault as entries of the memo, and as values for whoever needs one."""

    entries: dict[str, Entry]
    memo: Memo

    def facts(self, path: str) -> Facts:
        """What others may need of a note, without line numbers: an edit that moves lines changes nothing for them."""

        def load() -> Facts:
            facts = self.memo.get(self.entries[path].outputs[0], Facts, path)
            return replace(facts, stamps=self.memo.alike(facts.stamps))

        return self.memo.live("facts", path, self.entries[path].outputs[0], load)

    def value(self, stage: str, path: str, ref: Ref, kind: type[V]) -> V:
        """What ``ref`` leads to, kept for as long as this process remembers."""
        return self.memo.live(stage, path, ref, lambda: self.memo.get(ref, kind, path))

    def note(self, path: str) -> Note:
        entry = self.entries[path]
        return joined_note(*self.parts(path), entry.inputs.decode(), entry.extra)

    def parts(self, path: str) -> tuple[bytes, bytes]:
        """The facts and the rest of a note as bytes."""
        facts, rest = self.entries[path].outputs
        return self.memo.blob(facts, path), self.memo.blob(rest, path)


class Press:
    """Makes a site's files; ``artifacts`` are those so far, by address."""

    def __init__(
        self,
        notes: Notes,
        places: Mapping[str, Entry],
        vault: Vault,
        theme: Theme,
        site: SiteInfo,
        checks: tuple[Check, ...],
        memo: Memo,
    ) -> None:
        self.artifacts: dict[str, Artifact] = {}
        self._notes, self._places, self._vault = notes, places, vault
        self._theme, self._site, self._checks, self._memo = theme, site, checks, memo
        self._frame = joined(theme.digest, fingerprint(site))  # what all files have in common
        self._packed: bytes | None = None
        self._pages: dict[str, Entry] = {}
        self._views: dict[str, View | Artifact] = {}
        self._made_by: dict[str, Feature] = {}

    def _add(self, artifact: Artifact) -> None:
        if artifact.url in self.artifacts:
            raise AssertionError(f"two artifacts claim {artifact.url}")
        self.artifacts[artifact.url] = artifact

    # ---- notes' pages --------------------------------------------------------------------------------

    def pages(self, tell: Any, workers: Workers) -> dict[str, Entry]:
        """Make the page of every note; the entries hold, by path, each page's fingerprint and its diagnostics."""
        memo, listed = self._memo, set(self._vault.folder_notes.values())  # whose pages show a folder too
        shown = joined(*(f"{check.__module__}:{check.__qualname__}" for check in self._checks))
        resolved, rendered = memo.last("resolve", shown), memo.last("render", self._frame)
        pages, files = dict[str, Entry](), dict[str, Entry]()
        inputs = {path: self._inputs(path, place) for path, place in self._places.items()}
        todo: list[tuple[str, bytes]] = []
        for path, wanted in inputs.items():
            page, file = resolved.get(path), rendered.get(path)
            if page is not None and page.inputs == wanted:
                pages[path] = page
                if path in listed or (file is not None and file.inputs == page.outputs[0].fingerprint):
                    if file is not None and path not in listed:
                        files[path] = file
                    continue
            todo.append((path, file.inputs if file is not None else b""))
        jobs = (self._job(path, known, path not in listed) for path, known in todo)
        done = workers.run(make_pages, self._shared(), jobs, len(todo), lambda job: job.note.path)
        for number, ((path, _), made) in enumerate(zip(todo, done, strict=True)):
            tell("rendering", number, len(todo))
            if path not in pages:
                memo.ran.append(("resolve", path))
                pages[path] = Entry(inputs[path], (_known(made.page_print),), made.problems)
            if made.html is not None:
                memo.ran.append(("render", path))
                files[path] = self._file(path, made)
            elif path not in listed:
                files[path] = rendered[path]
        self._pages = {path: pages[path] for path in self._places}
        ordered = {path: files[path] for path in self._places if path in files}
        memo.keep("resolve", shown, self._pages)
        memo.keep("render", self._frame, ordered)
        for path, file in ordered.items():
            self._add(self._rendered(file.extra.decode(), file.outputs[0], path))
        return self._pages

    def _inputs(self, path: str, place: Entry) -> bytes:
        """All that a page is made of: its note and place, and those of the notes it embeds."""
        notes = self._notes.entries
        facts, rest = notes[path].outputs
        own = facts.check + rest.check + place.outputs[0].check
        for other in decode(place.extra, tuple[str, ...]) if place.extra else ():
            facts, rest = notes[other].outputs
            own += facts.check + rest.check + self._places[other].outputs[0].check
        return own

    def _job(self, path: str, known: bytes, shown: bool) -> PageJob:
        extra = self._places[path].extra
        embedded = tuple(self._placed(other) for other in decode(extra, tuple[str, ...])) if extra else ()
        return PageJob(self._placed(path), embedded, known, shown)

    def _placed(self, path: str) -> PlacedNote:
        return PlacedNote(path, *self._notes.parts(path), self._memo.blob(self._places[path].outputs[0], path))

    def _shared(self) -> bytes:
        if self._packed is None:
            self._packed = packed(Frame(self._theme, self._site, self._checks))
        return self._packed

    def _file(self, path: str, made: MadePage) -> Entry:
        assert made.html is not None
        url = self._vault.places[path].ref.url
        return Entry(made.page_print, (self._memo.put((b"", made.html), spool=True),), url.encode())

    def _rendered(self, url: str, ref: Ref, note: str | None = None) -> Artifact:
        return Artifact(url, Rendered(ref.check.hex(), ref.size, lambda: self._bytes(url, ref, note)), note)

    def _bytes(self, url: str, ref: Ref, note: str | None) -> bytes:
        """The bytes of a file; those of an earlier build, which nobody kept, are made again."""
        data = self._memo.spool.get(ref)
        if data is not None:
            return data
        if note is not None:
            html = make_pages(self._shared(), [self._job(note, b"", True)])[0].html
            assert html is not None
            return html
        if url not in self._views:
            for made in self._run(self._made_by[url])[0]:
                self._views[made.url] = made
        return self._content(self._views[url])

    # ---- features ------------------------------------------------------------------------------------

    def features(self, features: Iterable[Feature], vault: bytes) -> None:
        """Ask the features for their pages and files, as far as the vault or a page that they looked at has changed."""
        memo, entries, views = self._memo, dict[str, Entry](), dict[str, Entry]()
        last, shown = memo.last("feature"), memo.last("render_view", self._frame)
        for number, feature in enumerate(features):
            name = f"{number} {feature.__module__}:{feature.__qualname__}"
            entry = last.get(name)
            if entry is None or entry.inputs != self._seen(vault, _trace(entry)):
                entry = None
            for url, what, is_view in _urls(entry) if entry is not None else ():
                if is_view and ((view := shown.get(url)) is None or view.inputs != what.fingerprint):
                    entry = None
            if entry is None:
                entry = self._ask(name, feature, vault, views, shown)
            for url, what, is_view in _urls(entry):
                if is_view and url not in views:
                    views[url] = shown[url]
                self._made_by[url] = feature
                self._add(self._rendered(url, views[url].outputs[0] if is_view else what))
            entries[name] = entry
        memo.keep("feature", b"", entries)
        memo.keep("render_view", self._frame, views)

    def _ask(
        self, name: str, feature: Feature, vault: bytes, views: dict[str, Entry], shown: Mapping[str, Entry]
    ) -> Entry:
        """Run a feature and render those of its views that are not what they were."""
        memo = self._memo
        made, trace = self._run(feature)
        outputs, urls = [], []
        for item in made:
            urls.append((item.url, isinstance(item, View)))
            if isinstance(item, View):
                print_ = fingerprint(item)
                outputs.append(_known(print_))
                view = shown.get(item.url)
                if view is None or view.inputs != print_:
                    memo.ran.append(("render_view", item.url))
                    view = Entry(print_, (memo.put((b"", self._content(item)), spool=True),), b"")
                views[item.url] = view
            elif isinstance(item.content, bytes):
                outputs.append(memo.put((b"", item.content), spool=True))
            else:
                raise AssertionError(f"{name} gives {item.url} neither as bytes nor as a view")
        return Entry(self._seen(vault, trace), tuple(outputs), encode((trace, urls)))

    def _run(self, feature: Feature) -> tuple[list[Artifact | View], tuple[str, ...]]:
        """What a feature makes, and the notes whose pages it looked at."""
        pages = Shelf[Page](self._pages, lambda path: page_of(self._job(path, b"", True)))
        made = list(feature(self._vault, pages, self._site))
        return made, tuple(pages.seen)

    def _seen(self, vault: bytes, trace: Iterable[str]) -> bytes:
        """All that a feature knows: the vault, the site, and the pages it looked at."""
        pages = [self._pages[path].outputs[0].fingerprint if path in self._pages else b"" for path in trace]
        return joined(vault, fingerprint(self._site), *pages)

    def _content(self, made: View | Artifact) -> bytes:
        content = render_view(made, self._theme, self._site).content if isinstance(made, View) else made.content
        assert isinstance(content, bytes)
        return content

    # ---- copies --------------------------------------------------------------------------------------

    def copies(self, assets: Iterable[Asset]) -> None:
        """The attachments in use and the theme's files."""
        by_path = {asset.path: asset for asset in assets}
        for path, url in self._vault.assets.items():
            asset = by_path[path]
            self._add(Artifact(url, CopiedFile(asset.name or path, asset.digest, asset.size)))
        for name, file in self._theme.static.items():
            self._add(Artifact(STATIC + name, file))


def _known(print_: bytes) -> Ref:
    """A value that is compared and not kept."""
    return Ref(print_, b"", -1, 0)


def _trace(entry: Entry) -> tuple[str, ...]:
    return decode(  # type: ignore[no-any-return]
        entry.extra, tuple[tuple[str, ...], tuple[tuple[str, bool], ...]]
    )[0]


def _urls(entry: Entry) -> Iterator[tuple[str, Ref, bool]]:
    urls = decode(entry.extra, tuple[tuple[str, ...], tuple[tuple[str, bool], ...]])[1]
    for (url, is_view), ref in zip(urls, entry.outputs, strict=True):
        yield url, ref, is_view
