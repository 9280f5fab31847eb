"""From an address to an answer: pages with the preview's script in them, files with byte ranges, 304, 404.

What is asked for is looked up in the site's own table of artifacts; no address ever becomes a path of the disk.
"""

from __future__ import annotations

import html
import os
import stat
from functools import lru_cache
from mimetypes import MimeTypes
from pathlib import Path
from urllib.parse import unquote

from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response

from sitegen.codec import digest
from sitegen.disk.write import digest_of
from sitegen.model import Artifact, CopiedFile, Rendered
from sitegen.preview.guard import is_loopback
from sitegen.preview.snapshot import Snapshot

OWN = "/.sitegen/"  # where the preview's own files are; no slug begins with a dot
CLIENT = Path(__file__).resolve().parent / "client"
_TYPES = MimeTypes()  # with nothing of the system's, so that a file has the same type on any machine
for _type, _ending in (
    ("text/javascript", ".js"),
    ("text/javascript", ".mjs"),
    ("text/vtt", ".vtt"),
    ("application/x-subrip", ".srt"),
    ("font/woff2", ".woff2"),
    ("font/woff", ".woff"),
    ("image/avif", ".avif"),
    ("image/webp", ".webp"),
    ("audio/mp4", ".m4a"),
    ("audio/ogg", ".oga"),
    ("audio/ogg", ".ogg"),
    ("audio/ogg", ".opus"),
    ("audio/flac", ".flac"),
    ("audio/wav", ".wav"),
    ("video/ogg", ".ogv"),
    ("video/x-matroska", ".mkv"),
    ("application/manifest+json", ".webmanifest"),
    ("application/atom+xml", ".atom"),
):
    _TYPES.add_type(_type, _ending)
REMADE = "remade"  # in the place of the tag of a page that is being made anew
KEPT = "kept"  # in the place of the tag of a page that is shown although its note is withheld
_FRESH = {"Cache-Control": "no-cache"}  # a browser may keep it, and asks each time whether it still holds


def type_of(url: str) -> str:
    """The media type of what is at an address, with the encoding of a text."""
    kind = _TYPES.guess_type(url, strict=True)[0] or "application/octet-stream"
    is_text = kind.startswith("text/") or kind.endswith(("json", "xml"))
    return f"{kind}; charset=utf-8" if is_text and kind != "image/svg+xml" else kind


def artifact_url(snapshot: Snapshot, path: str) -> str | None:
    """The address of an artifact that a request's path, or a page's ``location.pathname``, asks for."""
    if not path.startswith(snapshot.base):
        return None
    url = path[len(snapshot.base) :]
    return url + "index.html" if not url or url.endswith("/") else url


def page_tag(snapshot: Snapshot, url: str | None) -> str | None:
    """The entity tag of a page; None if there is none."""
    content = snapshot.content(url) if url is not None else None
    return None if content is None or url is None else _tag(url, content)


def answer(snapshot: Snapshot, request: Request) -> Response:
    """The answer to a request for something of the site."""
    path = str(request.scope["path"])
    if path == "/" != snapshot.base:
        return RedirectResponse(snapshot.base, 302, _FRESH)
    url = artifact_url(snapshot, path)
    if url is None or (content := snapshot.content(url)) is None:
        near = request.client is not None and is_loopback(request.client.host)
        return _missing(snapshot, url, near=near)
    tag = _tag(url, content)
    if {tag, "*"} & {t.strip().removeprefix("W/") for t in request.headers.get("if-none-match", "").split(",")}:
        return Response(status_code=304, headers={"ETag": tag, **_FRESH})
    if isinstance(content, CopiedFile):
        return _file(snapshot, url, content, tag)
    data = content.read() if isinstance(content, Rendered) else content
    if url.endswith(".html"):
        data = with_script(data, tag)
    return Response(data, 200, {"ETag": tag, **_FRESH}, type_of(url))


def _tag(url: str, content: bytes | CopiedFile | Rendered) -> str:
    digest = digest_of(Artifact(url, content))
    name = content.digest if isinstance(content, CopiedFile) else digest.hex()
    return f'"{name[:32]}{"-" + client_version() if url.endswith(".html") else ""}"'


def _file(snapshot: Snapshot, url: str, content: CopiedFile, tag: str) -> Response:
    """A file of the vault or the theme; one that has just gone, or became a link, is none."""
    path = snapshot.vault / content.path
    try:
        status = os.lstat(path)
        # The theme's files have paths without links, so that one in it came later.
        of_theme, place = Path(content.path).is_absolute(), path.resolve()
        inside = place == path if of_theme else place.is_relative_to(snapshot.vault.resolve())
    except OSError:
        return _missing(snapshot, url)
    if not stat.S_ISREG(status.st_mode) or not inside:
        return _missing(snapshot, url)
    return FileResponse(path, 200, {"ETag": tag, **_FRESH}, type_of(url), stat_result=status)


def _missing(snapshot: Snapshot, url: str | None, *, near: bool = False) -> Response:
    """404, or the way to where it went."""
    if url is not None and f"{url}/index.html" in snapshot.artifacts:
        return RedirectResponse(snapshot.address(f"{url}/index.html"), 302, _FRESH)
    if url is not None and url in snapshot.moved:
        return RedirectResponse(snapshot.address(snapshot.moved[url]), 302, _FRESH)
    if url is not None and url in snapshot.gone and (page := snapshot.gone[url].page):
        return Response(with_script(page, KEPT), 200, _FRESH, type_of(url))
    if snapshot.number == 0:
        return Response(
            with_script(_broken(snapshot.error_told(near=near)), ""), 503, _FRESH, "text/html; charset=utf-8"
        )
    content = snapshot.content("404.html")
    data = content.read() if isinstance(content, Rendered) else content
    page = data if isinstance(data, bytes) else _PLAIN.encode()
    return Response(with_script(page, ""), 404, _FRESH, "text/html; charset=utf-8")


_PLAIN = (
    (
        '<!DOCTYPE html>\n<html lang="en">\n<head><meta charset="utf-8"><title>{title}</title></head>\n'
        "<body><main><h1>{title}</h1>{text}</main></body>\n</html>\n"
    )
    .replace("{title}", "Page not found")
    .replace("{text}", "")
)


def remaking() -> Response:
    """What is answered while a page is made anew; it becomes the page as soon as that is there."""
    page = with_script(_broken("It will be shown in a moment.", "This page is being made anew"), REMADE)
    return Response(page, 503, {"Retry-After": "1", **_FRESH}, "text/html; charset=utf-8")


def unmade(tag: str, error: str) -> Response:
    """What is answered for a page that its template cannot make. A page that is open stays what it was: it has this ``tag`` from
    now on. One that begins so becomes the page as soon as its tag is another."""
    page = with_script(_broken(error, "This page cannot be made"), tag, b" data-unmade")
    return Response(page, 500, {"ETag": tag, **_FRESH}, "text/html; charset=utf-8")


def _broken(error: str, title: str = "The site cannot be built yet") -> bytes:
    """What is shown while there is no page."""
    page = _PLAIN.replace("Page not found", title).replace("</h1>", f"</h1><pre>{html.escape(error)}</pre>")
    return page.encode("utf-8", "replace")


def with_script(page: bytes, tag: str, more: bytes = b"") -> bytes:
    """A page with the preview's script in it, before all others, so that it sees the page as it was sent. ``more`` are
    attributes of it."""
    script = b'<script src="%spreview.js?v=%s" type="module" data-tag="%s"%s></script>\n' % (
        OWN.encode(),
        client_version().encode(),
        html.escape(tag).encode(),
        more,
    )
    for mark in (b"<script", b"</head>", b"<body"):
        at = page.find(mark)
        if at >= 0:
            return page[:at] + script + page[at:]
    return page + script


# ---- the preview's own files ----------------------------------------------------------------------------


def client_answer(name: str) -> Response:
    """A script or sheet of the preview itself."""
    path = client_files().get(unquote(name))
    if path is None:
        return Response(status_code=404)
    return FileResponse(path, 200, _FRESH, type_of(name))


@lru_cache(maxsize=1)
def client_files() -> dict[str, Path]:
    """The preview's own files by name."""
    return {path.name: path for path in CLIENT.glob("*.*") if path.is_file()}


@lru_cache(maxsize=1)
def client_version() -> str:
    """Changes with the preview's own files."""
    return digest(b"".join(path.read_bytes() for _, path in sorted(client_files().items()))).hex()[:8]
