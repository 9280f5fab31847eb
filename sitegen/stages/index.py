"""The index stage: the symbol table of the vault. Unpublished notes leave here, the one door.

Takes what every note says of itself (`Facts`) and settles what only the whole vault can: addresses, what each link
means, backlinks, folders, tags, videos.  Bodies are no business of this stage.
"""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from msgspec.structs import replace

from sitegen.diagnostics import Diagnostic
from sitegen.model import (
    Asset,
    Backlink,
    Facts,
    Found,
    Link,
    LinkKind,
    NoteRef,
    Place,
    Resolution,
    Sentence,
    TagRef,
    Vault,
)  # fmt: skip
from sitegen.paths import Claims, asset_url, case_key, fold_key, folder, note_url, readable, slug, slug_path, stem
from sitegen.stages.names import Names
from sitegen.stages.videos import Recordings, Texts, find_siblings, find_videos, videos_by_note
from sitegen.value import Value
from sitegen.video.reading import NoteReading

RESERVED = (
    "index.html",
    "notes.html",
    "404.html",
    "tags/index.html",
    "graph.json",
    "feed.xml",
    "sitemap.xml",
    "videos.json",
    ".nojekyll",
    ".sitegen-manifest.json",
    "static",  # the theme's folder
)
_HOME_NAMES = ("index", "home", "readme")
MAX_SENTENCES = 3
_STAMP_ID = re.compile(r"t-(0|[1-9][0-9]{0,5})")
_LONGEST_REDIRECT = 500  # characters of an address


class Options(Value, frozen=True):
    """What of the configuration the index depends on."""

    title: str = ""
    vault_name: str = ""  # the vault folder's, whose note at the root is the home page too
    drafts: bool = False
    video_pages: str = "shared"  # or "all", "none"
    language: str = ""  # the site's
    attachments: str = ""  # Obsidian's folder for them, "./…" beside each note


def is_published(facts: Facts, drafts: bool) -> bool:
    """Whether a note may be seen; ``drafts`` lets drafts through, but nothing that is kept private otherwise."""
    return facts.properties.published and (drafts or not facts.properties.draft)


def index(
    all_facts: tuple[Facts, ...],
    assets: tuple[Asset, ...],
    readings: Mapping[str, NoteReading],
    options: Options,
    transcripts: tuple[str, ...] = (),
    silent: tuple[str, ...] = (),
) -> Vault:
    """The vault's symbol table. ``readings`` holds, by path, what the stamps of each note with a video mean;
    ``transcripts`` are the attachments that say what is spoken in one, ``silent`` those of that kind that say nothing.
    """
    facts = {fact.path: fact for fact in all_facts if is_published(fact, options.drafts)}
    hidden = [fact for fact in all_facts if fact.path not in facts]
    linker = _Linker(facts, hidden, assets, options.attachments)
    addresses = _Addresses(facts, options)
    recordings = linker.recordings()
    about = videos_by_note(facts, recordings)
    linker.cited = {path: readings[path] for path in about if path in readings}
    resolutions = {
        path: tuple(linker.resolve(link, path, addresses.refs) for link in fact.links) for path, fact in facts.items()
    }
    images = {path: linker.first_attachment(fact.properties.images, path) for path, fact in facts.items()}
    used = {r.ref.path for found in resolutions.values() for r in found if r.found is Found.ASSET and r.ref} | {
        i for i in images.values() if i
    }
    asset_urls = addresses.claim_assets(sorted(used))
    backlinks = _backlinks(facts, resolutions, addresses)
    tags, tag_refs = _tags(facts, addresses.claims)
    found = find_videos(
        facts,
        hidden,
        Recordings(recordings, {file: asset_urls[file] for file in recordings.values()}),
        Texts(transcripts, silent, linker.attachment, options.language),
        addresses.claims,
        options.video_pages,
    )
    videos, info = found.notes, found.info
    siblings = find_siblings(videos.values(), readings, addresses.refs)
    places: dict[str, Place] = {}
    for path, fact in facts.items():
        reading = readings.get(path)
        places[path] = Place(
            ref=addresses.refs[path],
            resolutions=tuple(_with_address(r, asset_urls) if r.found is Found.ASSET else r for r in resolutions[path]),
            readings=reading.readings if reading else (),
            verdict=reading.verdict if reading else "literal",
            backlinks=backlinks.get(path, ()),
            breadcrumbs=addresses.breadcrumbs(path),
            tags=tuple(dict.fromkeys(tag_refs[case_key(t)] for t in (*fact.properties.tags, *fact.tags))),
            inline_tags=tuple(tag_refs[case_key(t)] for t in fact.tags),
            video=info.get(about.get(path, "")),
            siblings=siblings.get(path, ()),
            image=asset_urls.get(images.get(path) or ""),
            media=_media(recordings.get(path), asset_urls),
        )
    wanted = tuple(
        (path, link.target)
        for path, found in resolutions.items()
        for link, r in zip(facts[path].links, found, strict=True)
        if r.found is Found.MISSING and link.kind is not LinkKind.EMBED
    )
    return Vault(
        facts,
        places,
        addresses.folders,
        addresses.folder_notes,
        tags,
        videos,
        info,
        asset_urls,
        _redirects(facts, addresses),
        wanted,
        (*addresses.problems, *found.problems),
    )


def recordings(all_facts: Iterable[Facts], assets: Sequence[Asset], options: Options) -> dict[str, str]:
    """By path of a published note that is about a file of the vault, the path of that file."""
    facts = {fact.path: fact for fact in all_facts if is_published(fact, options.drafts)}
    if all(fact.media is None for fact in facts.values()):
        return {}
    return _Linker(facts, (), assets, options.attachments).recordings()


def _redirects(facts: Mapping[str, Facts], addresses: _Addresses) -> dict[str, NoteRef]:
    """Where the other names of notes lead, at addresses that nothing else has; names of several notes lead nowhere.

    An alias with slashes is a path of the vault, as those are that Obsidian leaves when a note moves.
    """
    wanted: dict[str, dict[str, NoteRef]] = defaultdict(dict)
    for path, fact in facts.items():
        ref = addresses.refs[path]
        names = [alias if "/" in alias.strip("/") else f"{folder(path)}/{alias}" for alias in fact.aliases]
        if fact.properties.permalink is not None:
            is_folder = path in addresses.folder_notes.values()
            names.append(f"{folder(path)}/index" if is_folder else path.removesuffix(".md"))
        for name in names:
            if any(c.isalnum() for c in name.rpartition("/")[2]):
                wanted[slug_path(name.removesuffix(".md")) + ".html"][path] = ref
    found: dict[str, NoteRef] = {}
    for url, refs in sorted(wanted.items()):
        if len(refs) == 1 and len(url) <= _LONGEST_REDIRECT and addresses.claims.is_free(url):
            (path, ref), *_ = refs.items()
            found[addresses.claims.claim(url, path)[0]] = ref
    return found


def _with_address(resolution: Resolution, urls: Mapping[str, str]) -> Resolution:
    assert resolution.ref is not None
    return replace(resolution, ref=replace(resolution.ref, url=urls[resolution.ref.path]))


class _Addresses:
    """Who has which address: notes, folders, attachments."""

    def __init__(self, facts: Mapping[str, Facts], options: Options) -> None:
        self.claims = Claims(RESERVED)
        self.problems: list[Diagnostic] = []
        self.folders: dict[str, NoteRef] = {}
        self.folder_notes: dict[str, str] = {}
        self.refs: dict[str, NoteRef] = {}
        self._title = options.title
        self._home_names = (*_HOME_NAMES, fold_key(options.vault_name))
        folders = sorted({parent for path in facts for parent in _parents(path)} | {""})
        self._choose_folder_notes(facts, folders)
        for name in sorted(folders, key=lambda name: self._permalink(name, facts) is None):
            self._claim_folder(name, facts)
        for path, note in self.folder_notes.items():
            self.refs[note] = NoteRef(note, facts[note].title, self.folders[path].url)
        chosen = set(self.folder_notes.values())
        rest = [path for path in sorted(facts) if path not in chosen]
        for path in sorted(rest, key=lambda p: facts[p].properties.permalink is None):
            wanted = facts[path].properties.permalink or note_url(path)
            self.refs[path] = NoteRef(path, facts[path].title, self._claim(wanted, path))

    def _choose_folder_notes(self, facts: Mapping[str, Facts], folders: Sequence[str]) -> None:
        by_folder: dict[str, dict[str, str]] = defaultdict(dict)
        for path in sorted(facts, reverse=True):
            by_folder[folder(path)][fold_key(stem(path))] = path
        home = next((path for path in sorted(facts) if facts[path].properties.permalink == "index.html"), None)
        if home is not None:
            self.folder_notes[""] = home
        for name in folders:
            if name in self.folder_notes:
                continue
            here = by_folder.get(name, {})
            own = fold_key(name.rpartition("/")[2])
            for candidate in (own, "index") if name else self._home_names:
                if candidate and candidate in here:
                    self.folder_notes[name] = here[candidate]
                    break

    def _permalink(self, name: str, facts: Mapping[str, Facts]) -> str | None:
        note = self.folder_notes.get(name)
        return facts[note].properties.permalink if note else None

    def _claim_folder(self, name: str, facts: Mapping[str, Facts]) -> None:
        note = self.folder_notes.get(name)
        title = facts[note].title if note else readable(name.rpartition("/")[2]) if name else self._title
        if not name:
            self.folders[""] = NoteRef("", title, "index.html")
            return
        wanted = self._permalink(name, facts) or slug_path(name) + "/index.html"
        self.folders[name] = NoteRef(name, title, self._claim(wanted, note or name + "/"))

    def _claim(self, url: str, owner: str) -> str:
        got, first = self.claims.claim(url, owner)
        if first is not None:
            holder = first or "a page that sitegen makes"
            is_folder = owner.endswith("/")
            message = f"the address {url} is taken by {holder}; this {'folder' if is_folder else 'note'} is at {got}"
            self.problems.append(
                Diagnostic(
                    "duplicate-address",
                    owner.rstrip("/"),
                    message,
                    hint="rename the folder, or give it a folder note with a permalink"
                    if is_folder
                    else "rename one of them, or give it a permalink",
                    subject=url,
                )
            )
        return got

    def claim_assets(self, paths: Iterable[str]) -> dict[str, str]:
        return {path: self.claims.claim(asset_url(path), path)[0] for path in paths}

    def breadcrumbs(self, path: str) -> tuple[NoteRef, ...]:
        own = self.refs[path].url
        return tuple(self.folders[parent] for parent in reversed(_parents(path)) if self.folders[parent].url != own)


def _parents(path: str) -> list[str]:
    parents = []
    while path := folder(path):
        parents.append(path)
    return parents


class _Linker:
    """Resolves links against published notes, attachments and, to keep silent about them, unpublished notes."""

    def __init__(
        self, facts: Mapping[str, Facts], hidden: Sequence[Facts], assets: Sequence[Asset], attachments: str = ""
    ) -> None:
        self._attachments = attachments
        self._facts = facts
        self._assets = {asset.path for asset in assets if not asset.unsafe}
        self._unsafe = Names([asset.path for asset in assets if asset.unsafe], {})
        self._names = Names([*facts, *self._assets], {p: (f.title, *f.aliases) for p, f in facts.items()})
        self._hidden = (
            Names([f.path for f in hidden], {f.path: (f.title, *f.aliases) for f in hidden}) if hidden else None
        )
        self._anchors: dict[str, dict[str, str]] = {}
        self.cited: Mapping[str, NoteReading] = {}  # by path: what the stamps of notes with a video mean

    def resolve(self, link: Link, source: str, refs: Mapping[str, NoteRef]) -> Resolution:
        if not link.target:
            anchor = self._anchor(source, link.anchor)
            return Resolution(Found.NOTE, refs[source], anchor or "", anchor_missing=anchor is None)
        paths, anchor_text = self._lookup(link, source)
        if not paths:
            if self._hidden is not None and self._hidden.lookup(link.target, source):
                return Resolution(Found.HIDDEN)
            return Resolution(Found.UNSAFE if self._unsafe.lookup(link.target, source) else Found.MISSING)
        path, candidates = paths[0], paths if len(paths) > 1 else ()
        if path in self._assets:
            return Resolution(
                Found.ASSET, NoteRef(path, path.rpartition("/")[2], ""), anchor_text, candidates=candidates
            )
        anchor = self._anchor(path, anchor_text) if anchor_text else ""
        if path == source and not anchor_text:
            return Resolution(Found.SELF, refs[path], candidates=candidates)
        return Resolution(Found.NOTE, refs[path], anchor or "", anchor is None, candidates)

    def _lookup(self, link: Link, source: str) -> tuple[tuple[str, ...], str]:
        """All paths that a link could mean, the likeliest first, and the anchor that is looked for there."""
        paths, anchor = self._names.lookup(link.target, source), link.anchor
        if link.anchor and (whole := self._names.lookup(f"{link.target}#{link.anchor}", source)):
            paths, anchor = whole, ""  # [[C#]] and [[Note #3]] where there is such a note
        return self._from_attachments(paths, source) if len(paths) > 1 else paths, anchor

    def recordings(self) -> dict[str, str]:
        """By path of a note that is about a file of the vault, the path of that file."""
        found = {}
        for path, fact in self._facts.items():
            if fact.media is not None:
                paths, _ = self._lookup(fact.links[fact.media], path)
                if paths and paths[0] in self._assets:
                    found[path] = paths[0]
        return found

    def _from_attachments(self, paths: tuple[str, ...], source: str) -> tuple[str, ...]:
        """Of several files of one name the one in Obsidian's folder for attachments, unless one lies beside the note."""
        if not self._attachments or not self._assets.issuperset(paths) or folder(paths[0]) == folder(source):
            return paths
        beside = self._attachments.startswith("./")
        wanted = posixpath.join(folder(source), self._attachments[2:]) if beside else self._attachments.strip("/")
        there = [path for path in paths if folder(path) == wanted.rstrip("/")]
        return (there[0],) if there else paths

    def attachment(self, text: str, source: str) -> str | None:
        """The attachment that a property of a note means by a path, a name or a link."""
        name = text.strip().removeprefix("!").removeprefix("[[").removesuffix("]]").partition("|")[0]
        paths = self._names.lookup(name, source) if "://" not in name else ()
        return next((path for path in paths if path in self._assets), None)

    def first_attachment(self, texts: Iterable[str], source: str) -> str | None:
        """The first of these that is an attachment; None also where one of another site comes before it."""
        found = ((self.attachment(text, source), "://" in text) for text in texts)
        return next((path for path, elsewhere in found if path or elsewhere), None)

    def _anchor(self, path: str, anchor: str) -> str | None:
        """The HTML id that ``anchor`` names in a note, None if it names nothing."""
        if path not in self._anchors:
            table: dict[str, str] = {}
            trail: list[tuple[int, str]] = []
            for heading in self._facts[path].headings:
                key = _heading_key(heading.text)
                trail = [step for step in trail if step[0] < heading.level]
                for start in range(len(trail)):
                    table.setdefault("#".join([*(k for _, k in trail[start:]), key]), heading.id)
                    table.setdefault(f"{trail[start][1]}#{key}", heading.id)
                table.setdefault(key, heading.id)
                trail.append((heading.level, key))
            for block in self._facts[path].blocks:
                table.setdefault("^" + block.id, block.anchor)
            for name in self._facts[path].ids:
                table.setdefault("#" + case_key(name), name)
            self._anchors[path] = table
        parts = [part.strip() for part in anchor.split("#") if part.strip()]
        if not parts:
            return ""
        if parts[-1].startswith("^"):
            return self._anchors[path].get(parts[-1].lower())
        found = self._anchors[path].get("#".join(_heading_key(part) for part in parts))
        table = self._anchors[path]
        return (
            found or table.get(_heading_key(anchor)) or table.get("#" + case_key(anchor)) or self._stamp(path, anchor)
        )  # "Why C#"; an id of raw HTML

    def _stamp(self, path: str, anchor: str) -> str | None:
        """The id of the stamp that ``t-103`` names, if the note cites that second."""
        named, reading = _STAMP_ID.fullmatch(anchor), self.cited.get(path)
        if named is None or reading is None:
            return None
        return anchor if any(r.seconds == int(named[1]) for r in reading.readings) else None


def _heading_key(text: str) -> str:
    return fold_key(text) or text


def _backlinks(
    facts: Mapping[str, Facts], resolutions: Mapping[str, tuple[Resolution, ...]], addresses: _Addresses
) -> dict[str, tuple[Backlink, ...]]:
    """Who links to each note and in which sentences; a mere list entry counts, a note's own index page does not."""
    found: dict[str, dict[str, list[Sentence]]] = defaultdict(dict)
    for source, fact in facts.items():
        for number, (link, resolution) in enumerate(zip(fact.links, resolutions[source], strict=True)):
            if (
                resolution.found is not Found.NOTE
                or resolution.ref is None
                or resolution.ref.path == source
                or link.kind is LinkKind.DIAGRAM
                or number == fact.origin
            ):
                continue
            sentences = found[resolution.ref.path].setdefault(source, [])
            sentence = link.sentence
            if sentence and len(sentences) < MAX_SENTENCES and _says_something(sentence, sentences):
                sentences.append(sentence)
    result: dict[str, tuple[Backlink, ...]] = {}
    for target, sources in found.items():
        own = {addresses.folder_notes.get(folder(target)), _origin_path(facts[target], resolutions[target])}
        links = [
            Backlink(addresses.refs[s], tuple(sentences))
            for s, sentences in sources.items()
            if sentences or s not in own
        ]
        links.sort(key=lambda b: (not b.sentences, case_key(b.ref.title), b.ref.path))
        if links:
            result[target] = tuple(links)
    return result


def _says_something(sentence: Sentence, others: Sequence[Sentence]) -> bool:
    """Whether a sentence is more than its link, and not one that is quoted already for another link in it."""
    whole = sentence.before + sentence.link + sentence.after
    mere = len((sentence.before + sentence.after).split()) < 2
    return not mere and all(whole != other.before + other.link + other.after for other in others)


def _origin_path(fact: Facts, resolutions: tuple[Resolution, ...]) -> str | None:
    ref = resolutions[fact.origin].ref if fact.origin is not None else None
    return ref.path if ref else None


def _tags(
    facts: Mapping[str, Facts], claims: Claims
) -> tuple[dict[str, tuple[str, str, tuple[str, ...]]], dict[str, TagRef]]:
    """Every tag and every tag above it, with its address and the notes at or below it; named as first written."""
    names: dict[str, str] = {}
    notes: dict[str, dict[str, None]] = defaultdict(dict)
    for path, fact in facts.items():
        for name in (*fact.properties.tags, *fact.tags):
            parts = name.split("/")
            for depth in range(1, len(parts) + 1):
                upper = "/".join(parts[:depth])
                names.setdefault(case_key(upper), upper)
                notes[case_key(upper)][path] = None
    table: dict[str, tuple[str, str, tuple[str, ...]]] = {}
    refs: dict[str, TagRef] = {}
    for key in sorted(names):
        url, _ = claims.claim("tags/" + "/".join(slug(part) for part in names[key].split("/")) + ".html", "#" + key)
        table[key] = (names[key], url, tuple(notes[key]))
        refs[key] = TagRef(names[key], url)
    return table, refs


def _media(file: str | None, urls: Mapping[str, str]) -> NoteRef | None:
    """The recording at this path of the vault."""
    return None if file is None else NoteRef(file, file.rpartition("/")[2], urls[file])
