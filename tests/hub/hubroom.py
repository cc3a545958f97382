"""A newsroom with a hub, and real programs on loopback that subscribe to it."""

import hashlib
import hmac
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from feedsvc.config import load
from feedsvc.model import Article, ArticleId, Document, FeedName, Format, SourceName
from feedsvc.service import Service
from feedsvc.store import Store

BASE = "https://news.example.org"
TOPIC = f"{BASE}/feed.xml"
NOON = datetime(2025, 2, 8, 12, 0, tzinfo=UTC)

CONFIG = f"""
[site]
title = "Example News"
base_url = "{BASE}"

[hub]
allow = ["127.0.0.1"]

[[feeds]]
name = "politics"
title = "Politics"
sections = ["Politics"]

[[feeds]]
name = "secret"
title = "For some"
access = "token"
"""


@dataclass
class Clock:
    """A clock that moves when told."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> None:
        self.now += timedelta(**by)


@dataclass
class Newsroom:
    """A store with a hub; each number is another article."""

    folder: Path
    config_text: str = CONFIG
    clock: Clock = field(default_factory=Clock)

    def __post_init__(self) -> None:
        self.file = self.folder / "config.toml"
        self.file.write_text(self.config_text, "utf-8")
        self.service = self.open()
        self.service.prepare()

    def open(self) -> Service:
        """Another process with the same configuration and store."""
        config = load(self.file)
        return Service(config, Store.open(config.store.url), clock=self.clock)

    def put(self, number: int, **changes: Any) -> None:
        """Store an article, and publish the feeds that take it."""
        moment = NOON + timedelta(seconds=number)
        article = Article(
            id=ArticleId(f"id{number}"),
            guid=f"urn:example:{number}",
            source=SourceName("front-page"),
            title=f"Headline {number}",
            slug=f"headline-{number}",
            published=moment,
            stated=moment,
            first_seen=NOON,
            updated=moment,
        )
        with self.service._store.begin() as tx:
            tx.articles.put([replace(article, **changes)])
        for feed in self.service.config.feeds:
            assert self.service.publish(feed.name).code is None

    def document(self, format_: Format = Format.RSS, feed: str = "main") -> Document:
        with self.service._store.read() as tx:
            found = tx.documents.get(FeedName(feed), format_)
        assert found is not None
        return found

    def ask(self, callback: str, topic: str = TOPIC, mode: str = "subscribe", **more: str) -> None:
        """What ``POST /hub`` does, and the background after it."""
        form = {"hub.mode": mode, "hub.callback": callback, "hub.topic": topic}
        form |= {f"hub.{name}": value for name, value in more.items()}
        self.service.hub.ask({name: [value] for name, value in form.items()})
        self.service.hub.work()

    def close(self) -> None:
        self.service.close()


@dataclass(frozen=True)
class Asked:
    """A request that a subscriber got."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    def is_signed_with(self, secret: str) -> bool:
        expected = hmac.new(secret.encode(), self.body, hashlib.sha256).hexdigest()
        return hmac.compare_digest(self.headers["x-hub-signature"], f"sha256={expected}")


def agree(asked: Asked) -> tuple[int, bytes]:
    """The answer of a well-meaning subscriber."""
    return (200, asked.query["hub.challenge"].encode()) if asked.method == "GET" else (204, b"")


@dataclass
class Subscriber:
    """A real server on loopback; ``answer`` decides what it says to each request."""

    answer: Callable[[Asked], tuple[int, bytes] | tuple[int, bytes, dict[str, str]]] = agree
    asked: list[Asked] = field(default_factory=list)
    port: int = 0

    def url(self, path: str = "/callback") -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    @property
    def verifications(self) -> list[Asked]:
        return [each for each in self.asked if each.method == "GET"]

    @property
    def deliveries(self) -> list[Asked]:
        return [each for each in self.asked if each.method == "POST"]

    def forget(self) -> None:
        self.asked.clear()


@contextmanager
def subscriber(answer: Callable[[Asked], Any] = agree) -> Iterator[Subscriber]:
    """Run a subscriber."""
    one = Subscriber(answer)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_any(self) -> None:
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            query = dict(parse_qsl(parts.query, keep_blank_values=True))
            asked = Asked(self.command, parts.path, query, headers, body)
            one.asked.append(asked)
            status, said, *more = one.answer(asked)
            self.send_response(status)
            for name, value in (more[0] if more else {}).items():
                self.send_header(name, value)
            if status != 204:
                self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        do_GET = do_POST = handle_any  # noqa: N815 - the library's names

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    one.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield one
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def until(true: Callable[[], bool], seconds: float = 20.0) -> None:
    """Wait for something that another thread or process brings about."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.01)
