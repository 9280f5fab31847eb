"""One build, and a memo that may be empty: the only place that knows the order of the stages.

`build` is a pure function of its sources; a `Memo` kept from an earlier build only makes it faster.  There is no
other path: building, checking and serving call this.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sitegen import __version__
from sitegen.diagnostics import Diagnostic
from sitegen.extensions import Check, Feature
from sitegen.model import (
    Artifact,
    Asset,
    CopiedFile,
    Facts,
    Found,
    LinkKind,
    Note,
    Page,
    Place,
    Recipe,
    Site,
    SiteInfo,
    Source,
    Theme,
    Transcript,
    Vault,
    View,
)  # fmt: skip
from sitegen.stages.index import Options, index, is_published
from sitegen.stages.needs import is_shipped
from sitegen.stages.parse import Dialect, parse
from sitegen.stages.quotes import unfound_quotes
from sitegen.stages.render import STATIC, render, render_view
from sitegen.stages.resolve import resolve
from sitegen.video.reading import NoteReading, NoteStamps, read_video
from sitegen.video.transcripts import read_transcript

Progress = Callable[[str, int, int], None]  # stage, done, of how many


@dataclass(frozen=True, slots=True)
class Settings:
    """What a build depends on besides notes, attachments and theme."""

    site: SiteInfo
    dialect: Dialect = Dialect()
    options: Options = Options()
    timestamp_format: str = "auto"
    timestamps: tuple[tuple[str, str], ...] = ()  # (folder, format), innermost folder decides
    features: tuple[Feature, ...] = ()
    checks: tuple[Check, ...] = ()


class Memo:
    """Remembers, per stage and key, the inputs last seen and what came of them."""

    def __init__(self) -> None:
        self._last: dict[tuple[str, str], tuple[tuple[Any, ...], Any]] = {}
        self._now: dict[tuple[str, str], tuple[tuple[Any, ...], Any]] = {}
        self.ran: list[tuple[str, str]] = []  # what was not remembered, for tests that ask which work was done

    def __call__(self, stage: Callable[..., Any], key: str, *inputs: Any) -> Any:
        slot = (stage.__name__, key)
        known = self._last.get(slot)
        if known is None or known[0] != inputs:
            known = (inputs, stage(*inputs))
            self.ran.append(slot)
        self._now[slot] = known
        return known[1]

    def sweep(self) -> None:
        """Forget what the build that just ended did not ask for."""
        self._last, self._now = self._now, {}


@dataclass(slots=True)
class Result:
    """What a build gives: the site, and the vault it was made from."""

    site: Site
    vault: Vault
    notes: Mapping[str, Note] = field(default_factory=dict)


def build(
    sources: Iterable[Source],
    assets: Iterable[Asset],
    theme: Theme,
    settings: Settings,
    memo: Memo,
    progress: Progress | None = None,
    *,
    transcripts: Iterable[Source] = (),
) -> Result:
    """Make the whole site from its sources. The same inputs give the same site, whatever ``memo`` remembers.

    ``transcripts`` are the texts of attachments that may be what is said in a video.
    """
    memo.ran.clear()
    tell = progress or (lambda stage, done, total: None)
    ordered = sorted(sources, key=lambda source: source.path)
    notes: dict[str, Note] = {}
    for done, source in enumerate(ordered):
        tell("reading", done, len(ordered))
        notes[source.path] = memo(parse, source.path, source, settings.dialect)
    all_facts = tuple(note.facts for note in notes.values())
    files = tuple(sorted(assets, key=lambda asset: asset.path))
    readings = _read_stamps(all_facts, settings, memo)
    spoken = _transcripts(transcripts, memo)
    vault: Vault = memo(index, "", all_facts, files, readings, settings.options, tuple(spoken))
    vault = replace(
        vault,
        facts={path: notes[path].facts for path in vault.facts},  # line numbers may have moved
        transcripts={video: spoken[info.transcript] for video, info in vault.video_info.items() if info.transcript},
    )
    pages = _pages(notes, vault, memo, tell)
    artifacts = _artifacts(vault, pages, files, theme, settings, memo, tell)
    diagnostics = [
        *_note_diagnostics(notes, settings),
        *vault.diagnostics,
        *(d for page in pages.values() for d in page.diagnostics),
        *_quotes(notes, vault, memo),
    ]
    for check in settings.checks:
        diagnostics += check(vault)
    memo.sweep()
    links = sum(r.found is Found.NOTE for place in vault.places.values() for r in place.resolutions)
    html = sum(url.endswith(".html") for url in artifacts) - len(vault.redirects)
    diagnostics.sort(
        key=lambda d: (d.path, d.span.line if d.span else 0, d.span.column if d.span else 0, d.code, d.message)
    )
    return Result(Site(artifacts, tuple(diagnostics), html, links), vault, notes)


def _transcripts(texts: Iterable[Source], memo: Memo) -> dict[str, Transcript]:
    """What the attachments that may be transcripts say, by path; one that says nothing is none."""
    found = ((text.path, memo(read_transcript, text.path, text)) for text in sorted(texts, key=lambda text: text.path))
    return {path: transcript for path, transcript in found if transcript.lines}


def _quotes(notes: Mapping[str, Note], vault: Vault, memo: Memo) -> Iterable[Diagnostic]:
    """Quotations that are not in the transcripts of their videos."""
    for video, transcript in vault.transcripts.items():
        for path in vault.videos[video]:
            yield from memo(unfound_quotes, path, notes[path], vault.places[path].readings, transcript)


def _note_diagnostics(notes: Mapping[str, Note], settings: Settings) -> Iterable[Diagnostic]:
    """Problems of single notes; of a note that is not published, only why it is withheld."""
    for note in notes.values():
        public = is_published(note.facts, settings.options.drafts)
        yield from (d for d in note.diagnostics if public or d.code in ("withheld-note", "unreadable-file"))


def _read_stamps(all_facts: tuple[Facts, ...], settings: Settings, memo: Memo) -> dict[str, NoteReading]:
    """What each note's stamps mean, by path; the published notes of one video are read together."""
    groups: dict[str, list[tuple[str, NoteStamps]]] = defaultdict(list)
    for facts in all_facts:
        # Notes on one file of the vault may name it in many ways; each is read alone.
        video = facts.properties.video_id or (facts.path if facts.media is not None else None)
        if video and is_published(facts, settings.options.drafts):
            groups[video].append((facts.path, note_stamps(facts, settings)))
    readings: dict[str, NoteReading] = {}
    for video, members in groups.items():
        found = memo(read_video, video, tuple(stamps for _, stamps in members))
        readings.update(zip((path for path, _ in members), found, strict=True))
    return readings


def note_stamps(facts: Facts, settings: Settings) -> NoteStamps:
    """The stamps of a note with all that it and the settings say of how to read them."""
    form = facts.properties.timestamp_format or _format_for(facts.path, settings)
    return NoteStamps(tuple(stamp.fields for stamp in facts.stamps), form, facts.properties.duration)


def _format_for(path: str, settings: Settings) -> str:
    best = max(
        (entry for entry in settings.timestamps if path.startswith(entry[0].rstrip("/") + "/")),
        key=lambda e: len(e[0]),
        default=None,
    )
    return best[1] if best else settings.timestamp_format


def _pages(notes: Mapping[str, Note], vault: Vault, memo: Memo, tell: Progress) -> dict[str, Page]:
    pages: dict[str, Page] = {}
    for done, (path, place) in enumerate(vault.places.items()):
        tell("linking", done, len(vault.places))
        pages[path] = memo(resolve, path, notes[path], place, _embedded(path, notes, vault))
    return pages


def _embedded(path: str, notes: Mapping[str, Note], vault: Vault) -> dict[str, tuple[Note, Place]]:
    """The notes that a note embeds, directly or through others."""
    found: dict[str, tuple[Note, Place]] = {}
    waiting = [path]
    while waiting:
        current = waiting.pop()
        for link, resolution in zip(notes[current].facts.links, vault.places[current].resolutions, strict=True):
            target = (
                resolution.ref.path
                if link.kind is LinkKind.EMBED and resolution.found in (Found.NOTE, Found.SELF) and resolution.ref
                else None
            )
            if target and target not in found:
                found[target] = (notes[target], vault.places[target])
                waiting.append(target)
    return found


def _artifacts(
    vault: Vault,
    pages: Mapping[str, Page],
    assets: tuple[Asset, ...],
    theme: Theme,
    settings: Settings,
    memo: Memo,
    tell: Progress,
) -> dict[str, Artifact]:
    dated = any(page.date or page.updated for page in pages.values())
    site = replace(settings.site, feed=bool(settings.site.base_url) and dated, tags=bool(vault.tags))
    listed = set(vault.folder_notes.values())  # their pages show a folder too
    artifacts: dict[str, Artifact] = {}

    def add(artifact: Artifact) -> None:
        if artifact.url in artifacts:
            raise AssertionError(f"two artifacts claim {artifact.url}")
        artifacts[artifact.url] = artifact

    for done, (path, page) in enumerate(pages.items()):
        tell("rendering", done, len(pages))
        if path not in listed:
            add(memo(render, path, page, theme, site))
    for feature in settings.features:
        for made in feature(vault, pages, site):
            for part in memo(made.make, made.key, *made.inputs) if isinstance(made, Recipe) else (made,):
                add(memo(render_view, part.url, part, theme, site) if isinstance(part, View) else part)
    by_path = {asset.path: asset for asset in assets}
    for path, url in vault.assets.items():
        asset = by_path[path]
        add(Artifact(url, CopiedFile(asset.name or path, asset.digest, asset.size)))
    asked = frozenset(name for page in pages.values() for name in (*page.sheets, *page.scripts))
    for name, file in theme.static.items():
        if is_shipped(name, asked):
            add(Artifact(STATIC + name, file))
    return artifacts


GENERATOR = f"sitegen {__version__}"
