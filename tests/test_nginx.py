"""The configurations of nginx in docs/operations.md, each tried as it stands there with a real nginx."""

import gzip
import http.client
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest

sys.path.insert(0, str(Path(__file__).parent / "web"))

from webroom import NOON, Newsroom, article

from feedsvc import web
from feedsvc.mirror import Mirror

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
OPERATIONS = Path(__file__).parents[1] / "docs" / "operations.md"
PATIENCE_S = 30.0
BODY = "<p>" + "The harbour board publishes its report on the eastern breakwater. " * 40 + "</p>"

pytestmark = pytest.mark.skipif(NGINX is None, reason="nginx is not installed")


def documented(heading: str, number: int = 0) -> str:
    """A block of nginx configuration below a heading."""
    section = OPERATIONS.read_text("utf-8").split(f"\n## {heading}\n")[1].split("\n## ")[0]
    return re.findall(r"```nginx\n(.*?)```", section, re.DOTALL)[number]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


class Client:
    def __init__(self, port: int) -> None:
        self.port = port

    def __call__(self, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)
        try:
            connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
            response = connection.getresponse()
            return response.status, {name.lower(): value for name, value in response.getheaders()}, response.read()
        finally:
            connection.close()


@contextmanager
def nginx(folder: Path, configuration: str) -> Iterator[Client]:
    """nginx with a configuration from the documents, in one process that leaves nothing behind."""
    port = free_port()
    assert "listen 80;" in configuration
    configuration = configuration.replace("listen 80;", f"listen 127.0.0.1:{port};")
    folder.mkdir()
    temporary = "\n".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    file = folder / "nginx.conf"
    file.write_text(
        f"daemon off; master_process off; pid {folder}/pid; error_log {folder}/error.log;\n"
        f"events {{ }}\nhttp {{ access_log off; {temporary}\n{configuration}\n}}\n"
    )
    assert NGINX is not None
    process = subprocess.Popen([NGINX, "-p", str(folder), "-e", f"{folder}/start.log", "-c", str(file)])
    try:
        deadline = time.monotonic() + PATIENCE_S
        while True:
            assert process.poll() is None, (folder / "start.log").read_text()
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            assert time.monotonic() < deadline, "nginx does not answer"
            time.sleep(0.05)
        yield Client(port)
    finally:
        process.terminate()
        process.wait(PATIENCE_S)


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Newsroom]:
    made = Newsroom(tmp_path)
    made.put(*(article(number, section="Politics", body=BODY) for number in range(70)))
    yield made
    made.close()


@pytest.fixture
def ask(room: Newsroom, tmp_path: Path) -> Iterator[Client]:
    """nginx before a mirror, without feedsvc."""
    room.put(article(69, retracted=NOON))
    Mirror(lambda: room.service, tmp_path / "www").write()
    configuration = documented("nginx without feedsvc").replace("/srv/feedsvc/var/www", str(tmp_path / "www"))
    with nginx(tmp_path / "nginx", configuration) as client:
        yield client


def test_a_feed_is_served_compressed_and_confirmed_by_either_validator(ask: Client, tmp_path: Path) -> None:
    status, headers, body = ask("/feed.xml", Accept_Encoding="gzip")
    assert (status, headers["content-encoding"], headers["vary"]) == (200, "gzip", "Accept-Encoding")
    assert gzip.decompress(body) == (tmp_path / "www" / "feed.xml").read_bytes()
    assert headers["content-type"] == "application/rss+xml; charset=utf-8"
    assert headers["cache-control"].startswith("public, max-age=")
    assert headers["access-control-allow-origin"] == "*"
    for condition in ({"If_None_Match": headers["etag"]}, {"If_Modified_Since": headers["last-modified"]}):
        status, again, body = ask("/feed.xml", Accept_Encoding="gzip", **condition)
        assert (status, body, again["etag"]) == (304, b"", headers["etag"])
        assert "cache-control" in again


MEDIA_TYPES = {
    "/": "text/html; charset=utf-8",
    "/feeds/": "text/html; charset=utf-8",
    "/archive/": "text/html; charset=utf-8",
    "/archive/2025/02": "text/html; charset=utf-8",
    "/sections/politics": "text/html; charset=utf-8",
    "/articles/id3/headline-3": "text/html; charset=utf-8",
    "/articles/id3/an-old-headline": "text/html; charset=utf-8",
    "/articles/id3": "text/html; charset=utf-8",
    "/atom.xml": "application/atom+xml; charset=utf-8",
    "/feed.json": "application/feed+json; charset=utf-8",
    "/feeds/politics.xml": "application/rss+xml; charset=utf-8",
    "/feeds/section-politics.atom": "application/atom+xml; charset=utf-8",
    "/feeds.opml": "text/x-opml; charset=utf-8",
    "/sitemap.xml": "application/xml; charset=utf-8",
    "/news-sitemap.xml": "application/xml; charset=utf-8",
    "/robots.txt": "text/plain; charset=utf-8",
    "/.well-known/host-meta": "application/xrd+xml; charset=utf-8",
    "/.well-known/host-meta.json": "application/json",
    "/static/style.css": "text/css; charset=utf-8",
}


def test_every_kind_of_address_is_there_with_the_media_type_that_feedsvc_gives(ask: Client) -> None:
    for path, media_type in MEDIA_TYPES.items():
        status, headers, body = ask(path)
        assert (path, status, headers["content-type"]) == (path, 200, media_type)
        assert headers["x-content-type-options"] == "nosniff"
        assert body


def test_every_page_of_a_month_can_be_reached(ask: Client) -> None:
    """Where one page is too short, ?before= leads to the next; elsewhere it leads to the archive."""
    _, _, body = ask("/archive/2025/02")
    following = re.search(rb'<link rel="next" href="([^"]+)"', body)
    assert following is not None
    status, _, second = ask(following[1].decode())
    assert status == 200
    assert second != body
    for older in ("/?before=id59", "/sections/politics?before=id59"):
        status, headers, _ = ask(older)
        assert (status, headers["location"]) == (302, "/archive/")


def test_what_is_not_there_is_told_in_words(ask: Client) -> None:
    for path in ("/nowhere", "/articles/unknown/slug", "/feeds/nowhere.xml", "/.feedsvc/ledger.db"):
        status, headers, body = ask(path)
        assert (status, headers["content-type"]) == (404, "text/html; charset=utf-8")
        assert b"There is nothing at this address" in body
    status, _, body = ask("/articles/id69/headline-69")
    assert status == 410
    assert b"retracted" in body


def test_news_are_served_at_once_without_a_restart(ask: Client, room: Newsroom, tmp_path: Path) -> None:
    _, before, _ = ask("/feed.xml", Accept_Encoding="gzip")
    room.put(article(1000, title="The newest", published=NOON + timedelta(hours=1)))
    Mirror(lambda: room.service, tmp_path / "www").write()
    status, after, body = ask("/feed.xml", Accept_Encoding="gzip", If_None_Match=before["etag"])
    assert status == 200
    assert b"The newest" in gzip.decompress(body)
    assert after["last-modified"] != before["last-modified"]


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_: object) -> None: ...


def test_a_proxy_keeps_what_codings_and_windows_get_apart(room: Newsroom, tmp_path: Path) -> None:
    told = {"gzip, deflate, br": "br", "br;q=0, gzip;q=0.5": "gzip", "gzip;q=0": None, "gzip;q=0.0,br;q=0.1": "br"}
    server = make_server("127.0.0.1", 0, web.create(lambda: room.service), handler_class=_Quiet)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    configuration = documented("Behind a proxy").replace("127.0.0.1:8080", f"127.0.0.1:{server.server_port}")
    configuration = configuration.replace("/var/cache/nginx/feedsvc", str(tmp_path / "cache"))
    configuration = configuration.replace("proxy_cache_valid 200 1s", "proxy_cache_valid 200 1h")
    try:
        with nginx(tmp_path / "nginx", configuration) as ask:
            for asked, coding in told.items():
                assert (asked, ask("/feed.xml", Accept_Encoding=asked)[1].get("content-encoding")) == (asked, coding)
                shown = ask("/feed.xml", Accept_Encoding=asked, Sec_Fetch_Dest="document")[1]
                assert shown["content-type"] == "application/xml; charset=utf-8"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_proxy_hands_out_what_it_had_while_feedsvc_is_away(room: Newsroom, tmp_path: Path) -> None:
    server = make_server("127.0.0.1", 0, web.create(lambda: room.service), handler_class=_Quiet)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    configuration = documented("Behind a proxy").replace("127.0.0.1:8080", f"127.0.0.1:{server.server_port}")
    configuration = configuration.replace("/var/cache/nginx/feedsvc", str(tmp_path / "cache"))
    try:
        with nginx(tmp_path / "nginx", configuration) as ask:
            status, first, plain = ask("/feed.xml")
            assert (status, "content-encoding" in first) == (200, False)
            status, headers, body = ask("/feed.xml", Accept_Encoding="gzip, deflate, br")
            assert (status, headers["content-encoding"]) == (200, "br")
            status, headers, body = ask("/feed.xml", Accept_Encoding="gzip")
            assert gzip.decompress(body) == plain
            assert ask("/feed.xml", Accept_Encoding="gzip", If_None_Match=headers["etag"])[0] == 304
            assert ask("/articles/id3/headline-3")[0] == 200
            assert ask("/nowhere")[0] == 404
            assert ask("/healthz")[0] == 200

            server.shutdown()
            thread.join()
            server.server_close()
            time.sleep(1.1)  # what was kept for a second is old now
            status, _, body = ask("/feed.xml")
            assert (status, body) == (200, plain)
            assert ask("/feed.xml", Accept_Encoding="gzip", If_None_Match=headers["etag"])[0] == 304
            assert ask("/healthz")[0] == 502
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
