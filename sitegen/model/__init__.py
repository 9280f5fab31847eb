"""The values that travel between stages: plain, frozen, comparable data.

Owns no behaviour beyond trivial properties and knows nothing of files, Markdown or templates.
Everything here may be compared with ``==`` to decide whether earlier work can be reused, so a
field that must not decide (a line number) is `apart`.

Words: a *note* is a source file, a *page* is what a URL shows, an *artifact* is a file written, a
*stamp* is a time as written, a *moment* is a time of a video.  Paths are POSIX paths relative to the
vault; URLs are relative to the site's root, without a leading slash (``folder/name.html``).
"""

from sitegen.diagnostics import Diagnostic, Span
from sitegen.model.note import (
    Asset,
    Block,
    Facts,
    Heading,
    Link,
    LinkKind,
    Note,
    Properties,
    Sentence,
    Source,
    Stamp,
    Unread,
)
from sitegen.model.page import (
    CitedMoment,
    FolderRow,
    GraphNode,
    LetterGroup,
    LocalGraph,
    Moment,
    Needs,
    NoteRow,
    Page,
    Pages,
    Player,
    PropertyRow,
    PropertyValue,
    Section,
    TagRow,
    VideoRow,
    WantedRow,
    clock,
)
from sitegen.model.site import Artifact, CopiedFile, Recipe, Rendered, Site, SiteInfo, Theme, View
from sitegen.model.vault import (
    Backlink,
    Found,
    NoteRef,
    Place,
    Reading,
    Resolution,
    Sibling,
    Status,
    TagRef,
    Vault,
    VideoInfo,
)
from sitegen.model.video import Line, Passage, Transcript

__all__ = [
    "Artifact",
    "Asset",
    "Backlink",
    "Block",
    "CitedMoment",
    "CopiedFile",
    "Diagnostic",
    "Facts",
    "FolderRow",
    "Found",
    "GraphNode",
    "Heading",
    "LetterGroup",
    "Line",
    "Link",
    "LinkKind",
    "LocalGraph",
    "Moment",
    "Needs",
    "Note",
    "NoteRef",
    "NoteRow",
    "Page",
    "Pages",
    "Passage",
    "Place",
    "Player",
    "Properties",
    "PropertyRow",
    "PropertyValue",
    "Reading",
    "Recipe",
    "Rendered",
    "Resolution",
    "Section",
    "Sentence",
    "Sibling",
    "Site",
    "SiteInfo",
    "Source",
    "Span",
    "Stamp",
    "Status",
    "TagRef",
    "TagRow",
    "Theme",
    "Transcript",
    "Unread",
    "Vault",
    "VideoInfo",
    "VideoRow",
    "View",
    "WantedRow",
    "clock",
]
