"""The preview's server: who may ask, what they get, and what happens when it cannot do what it was asked to (THREATS.md F)."""

from __future__ import annotations

import contextlib
import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from sitegen.memo import Lost
from sitegen.model import Artifact, Rendered
from sitegen.preview.guard import Guard
from sitegen.preview.server import Server, listen
from sitegen.preview.snapshot import Gone, Snapshot
from tests.conftest import write
from tests.preview import ROOT, Preview, serve

VIDEO = bytes(range(256)) * 40


@pytest.fixture(scope="module")
def preview(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Preview]:
    vault = tmp_path_factory.mktemp("served") / "vault"
    write(
        vault,
        {
            "index.md": "# Home\n\n[[A note]] ![[film.mp4]] ![[drawn.svg]] ![[Geräte/Blick.png]]\n",
            "A note.md": "# A note\n\nIts words.\n",
            "Deep/Deeper/Note.md": "Down here.\n",
            "film.mp4": VIDEO,
            "drawn.svg": "<svg xmlns='http://www.w3.org/2000/svg' width='1' height='1'/>",
            "Geräte/Blick.png": b"\x89PNG\r\n\x1a\n",
            "secret.txt": "nobody refers to this",
        },
    )
    (vault.parent / "outside.txt").write_text("outside")
    with serve(vault) as running:
        yield running


# ---- F1: where it listens ------------------------------------------------------------------------------


def _listening(port: int) -> set[str]:
    """The local addresses, as /proc spells them, at which something listens at a port."""
    found = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        for line in Path(table).read_text().splitlines()[1:]:
            fields = line.split()
            address, _, number = fields[1].rpartition(":")
            if int(number, 16) == port and fields[3] == "0A":
                found.add(address)
    return found


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="this system does not say who listens")
def test_nobody_but_this_machine_can_ask(preview: Preview) -> None:
    assert _listening(preview.port) == {"0100007F"}  # 127.0.0.1
    assert not preview.said("warning: everybody")


def test_listening_elsewhere_is_warned_of_and_names_stay_few(tmp_path: Path) -> None:
    write(tmp_path / "vault", {"a.md": "A"})
    with serve(tmp_path / "vault", "--host", "0.0.0.0") as running:
        running.until(lambda: running.said("warning: everybody who can reach this machine"))
        assert running.get("/a.html").status == 200
        assert running.get("/a.html", Host="192.168.7.9:8000").status == 200  # a number, which leads to one place only
        assert running.get("/a.html", Host=socket.gethostname()).status == 200
        assert running.get("/a.html", Host="wiki.example.org").status == 403


# ---- F2: DNS rebinding ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "LOCALHOST:99", "notes.localhost:8000", "[::1]:80", "127.0.0.9"]
)
def test_names_of_this_machine_are_answered(preview: Preview, host: str) -> None:
    assert preview.get("/a-note.html", Host=host).status == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "127.0.0.1.evil.example",
        "localhost.evil.example:8000",
        "evil.example@127.0.0.1",
        "127.0.0.1@evil.example",
        "127.0.0.1/evil",
        "127.0.0.1:port",
        "192.168.7.9",
        "[::1",
        "[fe80::1%25lo]",
        "0x7f000001",
        "",
        " ",
        "-",
        "a" * 5000,
    ],
)
def test_other_names_learn_nothing(preview: Preview, host: str) -> None:
    for path in ("/", "/a-note.html", "/.sitegen/events?page=/", "/.sitegen/preview.js"):
        answer = preview.get(path, Host=host)
        assert answer.status in (400, 403)
        assert b"words" not in answer.body and b"Home" not in answer.body
    assert preview.get("/").status == 200


def test_a_request_with_two_hosts_or_none_is_refused(preview: Preview) -> None:
    for lines in ("Host: 127.0.0.1\r\nHost: evil.example\r\n", ""):
        with socket.create_connection(("127.0.0.1", preview.port), timeout=5) as line:
            line.sendall(f"GET /a-note.html HTTP/1.1\r\n{lines}Connection: close\r\n\r\n".encode())
            assert re.match(rb"HTTP/1.1 40[03] ", line.recv(1000))
    assert preview.get("/").status == 200


# ---- F3: pages of other sites ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "origin",
    ["http://evil.example", "null", "http://127.0.0.1:1", "https://127.0.0.1", "http://localhost", "garbage", ""],
)
def test_pages_from_elsewhere_can_neither_read_nor_listen(preview: Preview, origin: str) -> None:
    for path in ("/a-note.html", "/film.mp4", "/.sitegen/events?page=/a-note.html"):
        answer = preview.get(path, Origin=origin)
        assert answer.status == 403
        assert b"words" not in answer.body


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_pages_from_elsewhere_cannot_embed_what_is_served(preview: Preview, site: str) -> None:
    assert preview.get("/film.mp4", Sec_Fetch_Site=site, Sec_Fetch_Mode="no-cors").status == 403
    assert preview.get("/.sitegen/events?page=/", Sec_Fetch_Site=site, Sec_Fetch_Mode="cors").status == 403
    # A link from there may be followed.
    assert preview.get("/a-note.html", Sec_Fetch_Site=site, Sec_Fetch_Mode="navigate").status == 200


def test_no_answer_lets_other_sites_in(preview: Preview) -> None:
    own = {"Origin": f"http://127.0.0.1:{preview.port}", "Host": f"127.0.0.1:{preview.port}"}
    for path in ("/", "/a-note.html", "/film.mp4", "/missing", "/.sitegen/preview.js"):
        headers = preview.get(path, **own).headers
        assert "access-control-allow-origin" not in headers
        assert headers["cross-origin-resource-policy"] == "same-origin"
        assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH"])
def test_there_is_nothing_to_change(preview: Preview, method: str) -> None:
    assert preview.get("/a-note.html", method=method).status == 405


# ---- F4: addresses ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        "/../outside.txt",
        "/%2e%2e/outside.txt",
        "/..%2foutside.txt",
        "/..%5coutside.txt",
        "/static/../../outside.txt",
        "/static/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
        "//etc/passwd",
        "/%2fetc%2fpasswd",
        "/etc/passwd",
        "/A%20note.md",
        "/secret.txt",
        "/.obsidian/app.json",
        "/.sitegen/../A note.md".replace(" ", "%20"),
        "/.sitegen/..%2f..%2fserver.py",
        "/.sitegen/vendor/idiomorph.js",
        "/.sitegen/",
        "/%00",
        "/a-note.html%00",
        "/%ff%fe",
        "/%",
        "/a-note.html/",
        "/C:%5cWindows%5cwin.ini",
        "http://evil.example/a",
        "*",
    ],
)
def test_only_what_the_site_has_is_found(preview: Preview, path: str) -> None:
    answer = preview.get(path)
    assert answer.status in (400, 403, 404)
    assert b"outside" not in answer.body and b"root:" not in answer.body and b"nobody refers" not in answer.body


@pytest.mark.parametrize(
    "path", ["//evil.example/..", "//evil.example", "/\\evil.example", "//deep", "//evil.example/deep"]
)
def test_no_redirect_leads_away(preview: Preview, path: str) -> None:
    answer = preview.get(path)
    assert answer.status == 404
    assert "location" not in answer.headers


def test_a_folder_without_its_slash_leads_to_its_page(preview: Preview) -> None:
    answer = preview.get("/deep/deeper")
    assert (answer.status, answer.headers["location"]) == (302, "/deep/deeper/")
    assert preview.get("/deep/deeper/").status == 200


def test_a_file_that_became_a_link_is_not_followed(tmp_path: Path) -> None:
    write(tmp_path / "vault", {"a.md": "![[p.png]] ![[in/q.png]]", "p.png": b"one", "in/q.png": b"two"})
    write(tmp_path, {"outside/q.png": b"private"})
    with serve(tmp_path / "vault") as running:
        assert running.get("/p.png").body == b"one"
        (running.vault / "p.png").unlink()
        (running.vault / "p.png").symlink_to(tmp_path / "outside" / "q.png")
        (running.vault / "in").rename(tmp_path / "elsewhere")
        (running.vault / "in").symlink_to(tmp_path / "outside")
        for path in ("/p.png", "/in/q.png"):
            assert running.get(path).status == 404


def test_malformed_requests_do_not_end_it(preview: Preview) -> None:
    for sent in (
        b"GET\r\n\r\n",
        b"\x16\x03\x01\x02\x00",
        b"GET / HTTP/1.1\r\nHost: \xff\r\n\r\n",
        b"GET /\xff HTTP/1.1\r\nHost: localhost\r\n\r\n",
    ):
        with socket.create_connection(("127.0.0.1", preview.port), timeout=5) as line:
            line.sendall(sent)
            line.settimeout(0.5)
            with contextlib.suppress(TimeoutError):
                line.recv(1000)
    assert preview.get("/").status == 200
    assert not preview.said("Traceback")


# ---- what is sent --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/", "text/html; charset=utf-8"),
        ("/a-note.html", "text/html; charset=utf-8"),
        ("/static/site.css", "text/css; charset=utf-8"),
        ("/static/theme.js", "text/javascript; charset=utf-8"),
        ("/static/icon.svg", "image/svg+xml"),
        ("/film.mp4", "video/mp4"),
        ("/drawn.svg", "image/svg+xml"),
        ("/ger%C3%A4te/blick.png", "image/png"),
        ("/.sitegen/preview.js", "text/javascript; charset=utf-8"),
    ],
)
def test_types(preview: Preview, path: str, kind: str) -> None:
    answer = preview.get(path)
    assert (answer.status, answer.headers["content-type"]) == (200, kind)
    assert answer.headers["cache-control"] == "no-cache"
    head = preview.get(path, method="HEAD")
    assert (head.status, head.body, head.headers["content-length"]) == (200, b"", answer.headers["content-length"])


def test_parts_of_a_film(preview: Preview) -> None:
    whole = preview.get("/film.mp4")
    assert whole.body == VIDEO
    assert whole.headers["accept-ranges"] == "bytes"
    part = preview.get("/film.mp4", Range="bytes=100-199")
    assert (part.status, part.body) == (206, VIDEO[100:200])
    assert part.headers["content-range"] == f"bytes 100-199/{len(VIDEO)}"
    assert preview.get("/film.mp4", Range="bytes=-10").body == VIDEO[-10:]
    assert preview.get("/film.mp4", Range=f"bytes={len(VIDEO)}-").status == 416
    assert preview.get("/film.mp4", Range="bytes=0-9", If_Range='"of something else"').status == 200
    assert preview.get("/film.mp4", Range="bytes=0-9", If_Range=whole.headers["etag"]).status == 206


def test_what_a_browser_has_is_not_sent_again(preview: Preview) -> None:
    for path in ("/a-note.html", "/film.mp4", "/static/site.css"):
        tag = preview.get(path).headers["etag"]
        again = preview.get(path, If_None_Match=f'"x", W/{tag}')
        assert (again.status, again.body, again.headers["etag"]) == (304, b"", tag)
        assert preview.get(path, If_None_Match="*").status == 304


def test_a_stream_that_nobody_reads_ends_at_once(preview: Preview) -> None:
    with socket.create_connection(("127.0.0.1", preview.port), timeout=5) as connection:
        host = f"Host: 127.0.0.1:{preview.port}\r\nConnection: close\r\n"
        connection.sendall(f"HEAD /.sitegen/events?page=/ HTTP/1.1\r\n{host}\r\n".encode())
        answer = b"".join(iter(lambda: connection.recv(4096), b""))
    assert b"200 OK" in answer
    assert b"text/event-stream" in answer


def test_what_is_missing_gets_the_sites_own_page(preview: Preview) -> None:
    answer = preview.get("/no-such-page.html")
    assert answer.status == 404
    assert "Page not found" in answer.text
    assert "/.sitegen/preview.js" in answer.text  # it waits for the page to come


def test_the_path_of_the_sites_address_is_kept(tmp_path: Path) -> None:
    write(
        tmp_path,
        {"sitegen.toml": 'base_url = "https://example.org/wiki/"\ncontent = "notes"\n', "notes/A.md": "Words."},
    )
    with serve(tmp_path / "notes") as running:
        assert running.url.endswith("/wiki/")
        assert running.get("/wiki/a.html").status == 200
        assert running.get("/a.html").status == 404
        assert running.get("/").headers["location"] == "/wiki/"
        assert running.state("/wiki/a.html")["note"] == "A.md"


def test_letters_of_the_sites_address_may_be_encoded(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "sitegen.toml": 'base_url = "https://example.org/my%20wiki/%C3%A9/"\ncontent = "notes"\n',
            "notes/A.md": "Words.",
        },
    )
    with serve(tmp_path / "notes", "--follow") as running:
        assert running.url.endswith("/my%20wiki/%C3%A9/")
        assert running.get("/my%20wiki/%C3%A9/a.html").status == 200
        assert running.get("/").headers["location"] == "/my%20wiki/%C3%A9/"
        running.write("A.md", "More words.")
        running.until(lambda: running.state("/my wiki/é/a.html")["follow"] == "/my%20wiki/%C3%A9/a.html")


# ---- F6: what fails ---------------------------------------------------------------------------------------------


def _command(vault: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "sitegen", "serve", str(vault), *options],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_port_in_use_is_said_and_another_one_is_taken_on_request(preview: Preview) -> None:
    done = _command(preview.vault, "--port", str(preview.port))
    assert done.returncode == 2
    assert f"port {preview.port}" in done.stderr and "in use" in done.stderr and "--port auto" in done.stderr
    assert "Traceback" not in done.stderr
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            taken.bind(("127.0.0.1", 8000))
            taken.listen()
        except OSError:
            pass  # somebody else has it: just as good
        with serve(preview.vault, port="auto") as other:
            assert 8000 < other.port < 8020


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--port", "70000"), "65535"),
        (("--port", "http"), "65535"),
        (("--editor", "javascript:alert({path})"), "the editor"),
        (("--host", "nowhere.invalid"), "cannot listen at nowhere.invalid"),
    ],
)
def test_wrong_options_are_explained(tmp_path: Path, options: tuple[str, ...], said: str) -> None:
    write(tmp_path / "vault", {"a.md": "A"})
    done = _command(tmp_path / "vault", "--port", "0", *options)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_control_c_ends_it_at_once_though_somebody_listens(tmp_path: Path) -> None:
    write(tmp_path / "vault", {"a.md": "A"})
    with serve(tmp_path / "vault") as running:
        connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=5)
        connection.request("GET", "/.sitegen/events?page=/a.html")
        connection.getresponse().readline()
        assert running.stop() < 1
        assert running.process.returncode == 0
        assert not running.said("Traceback")
        connection.close()


def test_a_theme_error_is_told_and_what_was_there_stays(tmp_path: Path) -> None:
    write(tmp_path, {"sitegen.toml": 'content = "notes"\n', "notes/a.md": "First words."})
    with serve(tmp_path / "notes") as running:
        write(
            tmp_path, {"templates/note.html": "{% extends 'builtin/note.html' %}\n{% block content %}{{ nonsense. }}"}
        )
        running.until(lambda: running.state("/a.html")["error"])
        assert "templates/note.html:2" in running.state("/a.html")["error"]
        assert running.shows("/a.html", "First words")
        write(
            tmp_path,
            {"templates/note.html": "{% extends 'builtin/note.html' %}{% block skip %}<p>Mended</p>{% endblock %}"},
        )
        running.until(lambda: running.shows("/a.html", "Mended"))
        assert running.state("/a.html")["error"] == ""


@pytest.mark.parametrize("wrong", ["{% wrong %}", "{{ nothing.at.all }}"])
def test_a_theme_error_of_a_page_that_is_made_when_asked_for_is_told(tmp_path: Path, wrong: str) -> None:
    write(tmp_path, {"sitegen.toml": 'content = "notes"\n', "notes/a.md": "Words."})
    with serve(tmp_path / "notes") as running:
        before = running.state("/graph.html")["tag"]
        write(tmp_path, {"templates/graph.html": wrong})
        running.until(lambda: running.state("/graph.html")["tag"] != before)
        answer = running.get("/graph.html")
        assert (answer.status, "templates/graph.html:1" in answer.text) == (500, True)
        assert "templates/graph.html:1" in running.state("/graph.html")["error"]
        assert running.state("/a.html")["error"] == ""
        (tmp_path / "templates" / "graph.html").unlink()
        running.until(lambda: running.get("/graph.html").status == 200)
        assert running.state("/graph.html")["error"] == ""
        assert not running.said("Traceback")


def test_a_theme_that_is_broken_from_the_start_is_waited_for(tmp_path: Path) -> None:
    write(
        tmp_path, {"sitegen.toml": 'content = "notes"\n', "notes/a.md": "Words.", "templates/note.html": "{% wrong %}"}
    )
    with serve(tmp_path / "notes") as running:
        answer = running.get("/a.html")
        assert (answer.status, "templates/note.html:1" in answer.text) == (503, True)
        (tmp_path / "templates" / "note.html").unlink()
        running.until(lambda: running.shows("/a.html", "Words."))


def test_wrong_settings_are_told_and_what_was_there_stays(tmp_path: Path) -> None:
    write(tmp_path, {"sitegen.toml": 'content = "notes"\ntitle = "One"\n', "notes/a.md": "First words."})
    with serve(tmp_path / "notes") as running:
        write(tmp_path, {"sitegen.toml": 'content = "notes"\ntitel = "Two"\n'})
        running.until(lambda: "did you mean 'title'" in running.state("/a.html")["error"])
        running.write("a.md", "Other words.")  # writing goes on
        running.until(lambda: running.shows("/a.html", "Other words"))
        write(tmp_path, {"sitegen.toml": 'content = "notes"\ntitle = "Two"\n'})
        running.until(lambda: running.shows("/a.html", "<title>A") and running.shows("/", "Two"))
        assert running.state("/a.html")["error"] == ""


def test_nothing_is_written_to_public_or_the_vault(tmp_path: Path) -> None:
    write(tmp_path, {"sitegen.toml": 'content = "notes"\n', "notes/a.md": "Words.", "public/mine.txt": "mine"})
    with serve(tmp_path / "notes") as running:
        running.write("a.md", "Other words.")
        running.until(lambda: running.shows("/a.html", "Other words"))
    assert [p.name for p in (tmp_path / "public").iterdir()] == ["mine.txt"]
    assert sorted(p.name for p in tmp_path.iterdir()) == [".sitegen", "notes", "public", "sitegen.toml"]
    assert [p.name for p in (tmp_path / "notes").iterdir()] == ["a.md"]


def test_a_build_goes_on_beside_it(tmp_path: Path) -> None:
    write(tmp_path, {"sitegen.toml": 'content = "notes"\n', "notes/a.md": "Words."})
    with serve(tmp_path / "notes") as running:
        build = [sys.executable, "-m", "sitegen", "build", str(tmp_path / "notes"), "--strict"]
        done = subprocess.run(
            build, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, timeout=30, check=False
        )
        assert done.returncode == 0
        assert b"Words." in (tmp_path / "public" / "a.html").read_bytes()
        assert b".sitegen" not in (tmp_path / "public" / "a.html").read_bytes()
        running.write("a.md", "Other words.")
        running.until(lambda: running.shows("/a.html", "Other words"))


def test_sigterm_ends_it(tmp_path: Path) -> None:
    write(tmp_path / "vault", {"a.md": "A"})
    with serve(tmp_path / "vault") as running:
        running.process.send_signal(signal.SIGTERM)
        began = time.monotonic()
        running.process.wait(5)
        assert time.monotonic() - began < 1


def test_numbers_that_are_addresses_are_told_from_names() -> None:
    at_home, in_public = Guard(None, "127.0.0.1"), Guard(None, "192.168.7.9")  # type: ignore[arg-type]
    assert at_home.is_own("[::1]:8000") and not at_home.is_own("[2001:db8::1]")
    assert (
        in_public.is_own("192.168.7.9:8000") and in_public.is_own("[2001:db8::1]") and not in_public.is_own("a.example")
    )


def test_a_phone_may_ask_by_the_name_that_this_machine_has_in_its_network() -> None:
    name = socket.gethostname().removesuffix(".local")  # which multicast DNS ends in .local. Source: RFC 6762, 3
    for host in ("0.0.0.0", "::", "192.168.7.9"):
        guard = Guard(None, host)  # type: ignore[arg-type]
        assert guard.is_own(f"{name}:8000") and guard.is_own(f"{name}.local:8000")
        assert not guard.is_own(f"{name}.example:8000") and not guard.is_own("other.local:8000")
    assert not Guard(None, "127.0.0.1").is_own(f"{name}.local:8000")  # type: ignore[arg-type]


def test_a_page_that_is_being_made_anew_is_waited_for() -> None:
    """What the last snapshot stood on may be given away before the next one is there."""

    def lost() -> bytes:
        raise Lost("given away")

    page = b"<!DOCTYPE html><html><head></head><body>Words.</body></html>"
    old = Snapshot(1, Path("/vault"), artifacts={"a.html": Artifact("a.html", Rendered(b"00", 5, lost), "A.md")})
    new = Snapshot(2, Path("/vault"), artifacts={"a.html": Artifact("a.html", page, "A.md")})
    bound = listen("127.0.0.1", 0, any_free=False)
    server = Server(bound, "127.0.0.1", old)
    server.start()
    try:
        connection = http.client.HTTPConnection("127.0.0.1", bound.getsockname()[1], timeout=10)
        connection.request("GET", "/a.html")
        answer = connection.getresponse()
        assert (answer.status, answer.getheader("Retry-After")) == (503, "1")
        assert b"/.sitegen/preview.js" in answer.read()  # so that the tab in which it is shown becomes the page
        server.show(new)
        connection.request("GET", "/a.html")
        assert b"Words." in connection.getresponse().read()
        connection.close()
    finally:
        server.stop()


def test_another_machine_is_not_told_that_there_is_a_draft() -> None:
    snapshot = Snapshot(1, Path("/vault"), gone={"c.html": Gone("c.md", "draft"), "d.html": Gone("d.md", "deleted")})
    assert snapshot.state("c.html", None, near=True)["gone"] == {"note": "c.md", "reason": "draft"}
    far = snapshot.state("c.html", None, near=False)
    assert (far["gone"], far["note"], far["open"], far["problems"]) == (None, None, "", [])
    assert snapshot.state("d.html", None, near=False)["gone"] == {"note": "d.md", "reason": "deleted"}


def test_another_machine_is_not_told_where_the_notes_lie() -> None:
    snapshot = Snapshot(1, Path("/home/me/site/notes"), error="/home/me/site/notes cannot be read any more")
    assert snapshot.state("a.html", None, near=True)["error"] == "/home/me/site/notes cannot be read any more"
    assert snapshot.state("a.html", None, near=False)["error"] == "notes cannot be read any more"
