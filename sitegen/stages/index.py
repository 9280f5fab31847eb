"""The index stage: the symbol table of the vault. Unpublished notes leave here, the one door.

Takes what every note says of itself (`Facts`) and settles what only the whole vault can: addresses, what each link
means, backlinks, folders, tags, videos.  Bodies are no business of this stage.

It is many small stages, each with no more inputs than it needs: one value a note, video or folder wherever there can be.
So that little is done again when little has changed (see `kept`); the order of the stages is all that this module knows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from sitegen.diagnostics import Diagnostic
from sitegen.kept import Kept
from sitegen.model import (
    Asset,
    Backlink,
    Cites,
    Counts,
    Facts,
    FolderRow,
    Found,
    LinkKind,
    NoteRef,
    Place,
    Related,
    Resolution,
    SharedMoment,
    Sibling,
    Status,
    TagRef,
    Vault,
    VideoInfo,
)  # fmt: skip
from sitegen.paths import case_key, folder, title_key
from sitegen.stages import backlinks, links, listing, mentions, related
from sitegen.stages.addresses import Addresses, Named, addresses, parents
from sitegen.stages.fill import MAX_DEPTH
from sitegen.stages.videos import About, Texts, Videos, about, find_videos, paged, videos_by_note
from sitegen.value import Value
from sitegen.video.moments import cited_seconds
from sitegen.video.reading import NoteReading


class Options(Value, frozen=True):
    """What of the configuration the index depends on."""

    title: str = ""
    vault_name: str = ""  # the vault folder's, whose note at the root is the home page too
    drafts: bool = False
    video_pages: str = "shared"  # or "all", "none"
    language: str = ""  # the site's
    attachments: str = ""  # Obsidian's folder for them, "./…" beside each note
    dates: Mapping[str, str] = {}  # of notes by path, for those that say none
    related: bool = True  # whether notes name those that are like them,
    mentions: bool = True  # and those that mention them


class _Linked(Struct, frozen=True, eq=False):
    """What the names of the vault's files settle: for each note its own and what its links lead to; and all addresses."""

    facts: dict[str, Facts]
    names: dict[str, Named]
    addresses: Addresses
    refs: dict[str, NoteRef]
    resolutions: dict[str, tuple[Resolution, ...]]
    tagged: dict[str, tuple[tuple[str, ...], tuple[str, ...]]]
    tags: dict[str, tuple[str, str, tuple[str, ...]]]
    abouts: dict[str, About]
    cited: dict[str, Cites]
    videos: dict[str, tuple[str, ...]]
    images: dict[str, str | None]  # address of the properties' image
    problems: tuple[Diagnostic, ...]  # of transcripts


def is_published(facts: Facts, drafts: bool) -> bool:
    """Whether a note may be seen; ``drafts`` lets drafts through, but nothing that is kept private otherwise."""
    return facts.properties.published and (drafts or not facts.properties.draft)


def index(
    all_facts: dict[str, Facts],
    assets: tuple[Asset, ...],
    readings: Mapping[str, NoteReading],
    options: Options,
    transcripts: tuple[str, ...] = (),
    silent: tuple[str, ...] = (),
    kept: Kept | None = None,
) -> Vault:
    """The vault's symbol table. ``readings`` holds, by path, what the stamps of each note with a video mean;
    ``transcripts`` are the attachments that say what is spoken in one, ``silent`` those of that kind that say nothing.
    ``kept`` is what was made before.
    """
    kept = kept or Kept()
    linked = _link(all_facts, assets, options, (transcripts, silent), readings, kept)
    places = _places(linked, readings, options.related, kept)
    named = kept.mapped("own names", _mentionable, linked.names) if options.mentions else {}
    return _vault(linked, places, kept.whole("names", mentions.unique_names, named), options.dates, kept)


def videos_of_notes(
    all_facts: dict[str, Facts], assets: tuple[Asset, ...], options: Options, kept: Kept
) -> dict[str, str | None]:
    """By path of a published note, the video that it is about: the notes of one are read together."""
    facts, hidden = _parted(all_facts, options.drafts, kept)
    linker = None
    if _name_media(facts, kept):  # only then have names a say
        linker = _linker(kept.mapped("named", _named, facts), hidden, assets, options, kept)
    return kept.whole("videos by note", videos_by_note, _said(facts, linker, kept))


def _linker(
    names: Mapping[str, Named], hidden: Mapping[str, Facts], assets: tuple[Asset, ...], options: Options, kept: Kept
) -> links.Linker:
    unseen = kept.mapped("unseen", _named, hidden)
    return kept.whole("linker", links.Linker, names, unseen, assets, options.attachments)


def _said(facts: Mapping[str, Facts], linker: links.Linker | None, kept: Kept) -> dict[str, About]:
    """What each note says of videos. Without a ``linker`` no note is about a file."""
    recordings = kept.mapped("recordings", lambda path, fact: _recording(path, fact, linker), facts, frame=(linker,))
    return kept.mapped("said of videos", about, facts, recordings)


def _link(
    all_facts: dict[str, Facts],
    assets: tuple[Asset, ...],
    options: Options,
    transcripts: tuple[tuple[str, ...], tuple[str, ...]],
    readings: Mapping[str, NoteReading],
    kept: Kept,
) -> _Linked:
    facts, hidden = _parted(all_facts, options.drafts, kept)
    names = kept.mapped("named", _named, facts)
    linker = _linker(names, hidden, assets, options, kept)
    aims = kept.mapped("aims", lambda path, f: tuple([linker.aim(k, path) for k in f.links]), facts, frame=(linker,))
    uses = kept.mapped("aimed_at", links.aimed_at, aims)
    images = kept.mapped("images", lambda path, f: _image(path, f, linker), facts, frame=(linker,))
    files = kept.mapped("files", _files, aims, images)
    used = kept.whole("used", lambda files: tuple(sorted({name for found in files.values() for name in found})), files)
    tagged = kept.mapped("tagged", lambda path, f: (f.properties.tags, f.tags), facts)
    tag_names = kept.whole("tag names", _tag_names, tagged)
    said = _said(facts, linker if _name_media(facts, kept) else None, kept)
    by_note = kept.whole("videos by note", videos_by_note, said)
    abouts = kept.mapped("about", lambda path, about, video: about._replace(video=video), said, by_note)
    cited = kept.mapped("cited", _cites, abouts, readings)
    named = kept.whole("named transcripts", _named_transcripts, hidden)
    find = kept.whole("videos", _find_videos, abouts, named, *transcripts, linker, options.language)
    videos = kept.whole("video notes", lambda found: found.notes, find)
    infos = kept.whole("videos without pages", lambda found: found.info, find)
    pages = paged(videos, options.video_pages)
    given = kept.whole("addresses", addresses, names, used, tag_names, infos, pages, options.title, options.vault_name)
    given = _settled(given, kept)
    refs = kept.whole("refs", lambda names, notes: {path: notes[path] for path in names}, names, given.notes)
    anchored = kept.mapped("anchored", links.anchored, facts)
    resolver = links.Resolver(refs, given.assets, anchored, cited)
    resolutions = kept.mapped(
        "resolutions",
        lambda path, aims: tuple([resolver.resolve(aim) for aim in aims]),
        aims,
        around=[(refs, uses), (given.assets, uses), (anchored, uses), (cited, uses)],
    )
    tags = kept.whole("tags", _tags, tagged, given.tags)
    urls = kept.mapped("image urls", lambda path, image: given.assets.get(image or ""), images, frame=(given.assets,))
    return _Linked(facts, names, given, refs, resolutions, tagged, tags, abouts, cited, videos, urls, find.problems)


def _places(linked: _Linked, readings: Mapping[str, NoteReading], with_related: bool, kept: Kept) -> dict[str, Place]:
    facts, refs, given, cited = linked.facts, linked.refs, linked.addresses, linked.cited
    outgoing = kept.mapped("outgoing", backlinks.outgoing, facts, linked.resolutions)
    incoming = kept.turned("incoming", outgoing)
    origins = kept.mapped("origins", backlinks.origin, facts, linked.resolutions)
    back: Mapping[str, tuple[Backlink, ...]] = kept.mapped(
        "backlinks",
        lambda path, links, first: backlinks.backlinks(links, {given.folder_notes.get(folder(path)), first}, refs),
        incoming,
        origins,
        frame=(given.folder_notes,),
        around=[(refs, incoming)],
    )
    crumbs = kept.mapped("breadcrumbs", lambda path, ref: _breadcrumbs(ref, given), refs, frame=(given.folders,))
    marks = kept.mapped("tag refs", lambda path, tags: _tag_refs(tags, given.tags), linked.tagged, frame=(given.tags,))
    shown = kept.mapped(
        "shown videos", lambda path, about: given.videos.get(about.video or ""), linked.abouts, frame=(given.videos,)
    )
    media = kept.mapped("media", _media, facts, linked.resolutions)
    cards = kept.mapped("cards", lambda path, ref, cites: Sibling(ref, cites.seconds), refs, cited)
    groups = kept.whole("groups", lambda videos: {v: n for v, n in videos.items() if len(n) > 1}, linked.videos)
    grouped = kept.mapped("grouped", lambda name, group: _siblings(group, cards), groups, around=[(cards, groups)])
    siblings = kept.whole(
        "siblings", lambda found: {p: s for group in found.values() for p, s in group.items()}, grouped
    )
    alike = _related(refs, outgoing, incoming, linked.videos, linked.abouts, kept) if with_related else {}
    images = linked.images
    return kept.mapped(
        "places", _place, refs, linked.resolutions, readings, back, crumbs, marks, shown, siblings, images, media, alike
    )


def _related(
    refs: dict[str, NoteRef],
    outgoing: Mapping[str, backlinks.Outgoing],
    incoming: Mapping[str, Mapping[str, object]],
    videos: Mapping[str, tuple[str, ...]],
    abouts: Mapping[str, About],
    kept: Kept,
) -> dict[str, tuple[Related, ...]]:
    linked = kept.mapped("links to", lambda path, targets: tuple(targets), outgoing)
    linkers = kept.mapped("linked by", lambda path, sources: tuple(sources), incoming)
    words = kept.mapped("title words", related.title_words, refs)
    holders = kept.turned("held by", words)
    near = (linkers, linked, holders)
    of = kept.mapped("video of", lambda path, about: (about.video,) if about.video else (), abouts)
    ties = kept.mapped(
        "ties",
        lambda path, out, words, into, about: related.ties(
            path, out, into or (), words, videos.get(about.video or "", ()), near
        ),
        linked,
        words,
        linkers,
        abouts,
        around=[(linkers, linked), (linked, linkers), (holders, words), (videos, of)],
    )
    shown = kept.mapped("shown with ties", related.used, ties)
    return kept.mapped("related", lambda path, ties: related.related(ties, refs), ties, around=[(refs, shown)])


def _vault(
    linked: _Linked,
    places: dict[str, Place],
    names: dict[str, tuple[str, ...]],
    dates: Mapping[str, str],
    kept: Kept,
) -> Vault:
    facts, given, cited = linked.facts, linked.addresses, linked.cited
    direct = kept.mapped("embeds", _embeds, facts, linked.resolutions)
    inside = kept.whole("inside", listing.inside, linked.names)
    moments: dict[str, tuple[SharedMoment, ...]] = kept.mapped(
        "moments",
        lambda video, paths: listing.shared_moments({path: cited[path] for path in paths}),
        linked.videos,
        around=[(cited, linked.videos)],
    )
    branches: dict[str, tuple[FolderRow, ...]] = kept.whole(
        "branches", listing.branches, inside, given.folder_notes, given.folders, linked.abouts
    )
    counts: dict[str, Counts] = kept.mapped("counts", listing.counts, places)
    rows = kept.mapped("rows", listing.note_row, facts, places, dates)
    return Vault(
        facts=facts,
        places=places,
        folders=given.folders,
        folder_notes=given.folder_notes,
        tags=linked.tags,
        videos=linked.videos,
        video_info=given.videos,
        assets=given.assets,
        redirects=given.redirects,
        refs=linked.refs,
        rows=rows,
        dated=kept.whole("dated", listing.dated, rows),
        linked=kept.mapped("linked", listing.linked, facts, places),
        embeds=kept.whole("embedded", lambda direct: links.embedded(direct, MAX_DEPTH), direct),
        wanted=kept.mapped("wanted", listing.wanted, facts, places),
        cited=cited,
        counts=counts,
        inside=inside,
        branches=branches,
        moments=moments,
        names=names,
        diagnostics=(*given.problems, *linked.problems),
    )


# ---- one value a note, or one of all notes ---------------------------------------------------------------


def _parted(all_facts: dict[str, Facts], drafts: bool, kept: Kept) -> tuple[dict[str, Facts], dict[str, Facts]]:
    """Notes that may be seen, and those that may not."""
    seen = kept.filtered("published", lambda path, facts: is_published(facts, drafts), all_facts, (drafts,))
    return seen, kept.filtered("hidden", lambda path, facts: not is_published(facts, drafts), all_facts, (drafts,))


def _name_media(facts: dict[str, Facts], kept: Kept) -> bool:
    """Whether any note names a file that it is about."""
    return bool(kept.filtered("about files", lambda path, facts: facts.media is not None, facts))


def _named(path: str, facts: Facts) -> Named:
    return Named(facts.title, facts.aliases, facts.properties.permalink)


def _mentionable(path: str, named: Named) -> tuple[str, ...]:
    return mentions.own_names(path, named.title, named.aliases)


def _named_transcripts(hidden: Mapping[str, Facts]) -> dict[str, str]:
    """The transcripts that unpublished notes name, which stay unpublished too."""
    return {path: text for path, facts in hidden.items() if (text := facts.properties.transcript)}


def _find_videos(
    abouts: Mapping[str, About],
    hidden: Mapping[str, str],
    said: Sequence[str],
    silent: Sequence[str],
    linker: links.Linker,
    language: str,
) -> Videos:
    return find_videos(abouts, hidden, Texts(said, silent, linker.attachment, language))


def _settled(given: Addresses, kept: Kept) -> Addresses:
    """The addresses with the mappings and values of the last time where nothing in them changed."""
    return Addresses(
        notes=kept.whole("notes", lambda given: given.notes, given),
        folders=kept.whole("folders", lambda given: given.folders, given),
        folder_notes=kept.whole("folder notes", lambda given: given.folder_notes, given),
        assets=kept.whole("assets", lambda given: given.assets, given),
        tags=kept.whole("tag addresses", lambda given: given.tags, given),
        videos=kept.whole("video info", lambda given: given.videos, given),
        redirects=kept.whole("redirects", lambda given: given.redirects, given),
        problems=given.problems,
    )


def _image(path: str, facts: Facts, linker: links.Linker) -> str | None:
    """The attachment that the properties name as the note's image."""
    images = facts.properties.images
    return linker.first_attachment(images, path) if images else None


def _recording(path: str, facts: Facts, linker: links.Linker | None) -> str | None:
    """The file of the vault that the note is about."""
    if facts.media is None or linker is None:
        return None
    aim = linker.aim(facts.links[facts.media], path)
    return aim.path if aim.found is Found.ASSET else None


def _files(path: str, aims: Iterable[links.Aim], image: str | None) -> tuple[str, ...]:
    """The attachments that a note uses."""
    found = [aim.path for aim in aims if aim.found is Found.ASSET]
    return tuple([*found, image] if image else found)


def _cites(path: str, about: About, reading: NoteReading | None) -> Cites:
    if reading is None:
        return Cites(about.video or "", (), ())
    sure = cited_seconds(r for r in reading.readings if r.status is not Status.AMBIGUOUS)
    return Cites(about.video or "", cited_seconds(reading.readings), sure)


def _breadcrumbs(ref: NoteRef, given: Addresses) -> tuple[NoteRef, ...]:
    above = [given.folders[name] for name in reversed(parents(ref.path))]
    return tuple([crumb for crumb in above if crumb.url != ref.url])


def _embeds(path: str, facts: Facts, resolutions: Sequence[Resolution]) -> tuple[str, ...]:
    """The notes that a note embeds itself."""
    return tuple(
        r.ref.path
        for link, r in zip(facts.links, resolutions, strict=True)
        if link.kind is LinkKind.EMBED and r.found in (Found.NOTE, Found.SELF) and r.ref
    )


def _media(path: str, facts: Facts, resolutions: Sequence[Resolution]) -> NoteRef | None:
    """The recording that the note's properties name, if it is a file of the vault."""
    found = resolutions[facts.media] if facts.media is not None else None
    return found.ref if found is not None and found.found is Found.ASSET else None


def _tag_names(tagged: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]) -> dict[str, str]:
    """Every tag and every tag above it by key, named as first written, in the order of their keys."""
    names: dict[str, str] = {}
    for properties, inline in tagged.values():
        for upper in (upper for name in (*properties, *inline) for upper in _upwards(name)):
            names.setdefault(case_key(upper), upper)
    return {key: names[key] for key in sorted(names)}


def _tags(
    tagged: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]], refs: Mapping[str, TagRef]
) -> dict[str, tuple[str, str, tuple[str, ...]]]:
    """Every tag by key, with its address and the notes at or below it."""
    notes: dict[str, dict[str, None]] = defaultdict(dict)
    for path, (properties, inline) in tagged.items():
        for upper in (upper for name in (*properties, *inline) for upper in _upwards(name)):
            notes[case_key(upper)][path] = None
    return {key: (ref.name, ref.url, tuple(notes[key])) for key, ref in refs.items()}


def _upwards(tag: str) -> list[str]:
    parts = tag.split("/")
    return ["/".join(parts[:depth]) for depth in range(1, len(parts) + 1)]


def _tag_refs(
    tags: tuple[tuple[str, ...], tuple[str, ...]], refs: Mapping[str, TagRef]
) -> tuple[tuple[TagRef, ...], tuple[TagRef, ...]]:
    """All tags of a note, each once, and those in its text."""
    properties, inline = tags
    found = dict.fromkeys(refs[case_key(tag)] for tag in (*properties, *inline))
    return tuple(found), tuple(refs[case_key(tag)] for tag in inline)


def _siblings(group: Sequence[str], cards: Mapping[str, Sibling]) -> dict[str, tuple[Sibling, ...]]:
    """By note of a group: the others."""
    ordered = sorted((cards[path] for path in group), key=lambda s: (title_key(s.ref.title), s.ref.path))
    return {path: tuple([card for card in ordered if card.ref.path != path]) for path in group}


def _place(
    path: str,
    ref: NoteRef,
    resolutions: tuple[Resolution, ...],
    reading: NoteReading | None,
    back: tuple[Backlink, ...] | None,
    crumbs: tuple[NoteRef, ...],
    tags: tuple[tuple[TagRef, ...], tuple[TagRef, ...]],
    video: VideoInfo | None,
    siblings: tuple[Sibling, ...] | None,
    image: str | None,
    media: NoteRef | None,
    alike: tuple[Related, ...] | None,
) -> Place:
    return Place(
        ref=ref,
        resolutions=resolutions,
        readings=reading.readings if reading else (),
        verdict=reading.verdict if reading else "literal",
        backlinks=back or (),
        breadcrumbs=crumbs,
        tags=tags[0],
        inline_tags=tags[1],
        video=video,
        siblings=siblings or (),
        image=image,
        media=media,
        related=alike or (),
    )
