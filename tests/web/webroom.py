"""A small newsroom behind the web, and a reader that asks it over WSGI as PEP 3333 has it."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from wsgiref.types import WSGIApplication
from wsgiref.validate import validator

from lxml import html

from feedsvc.config import load
from feedsvc.errors import StoreUnavailable
from feedsvc.model import Article, ArticleId, Document, FeedName, Format, SourceName
from feedsvc.service import Service
from feedsvc.store import Store

BASE = "https://news.example.org"
NOON = datetime(2025, 2, 8, 8, 6, tzinfo=UTC)  # 12:06 in Baku

CONFIG = f"""
[site]
title = "Example News"
base_url = "{BASE}"
language = "en"
timezone = "Asia/Baku"
description = "What happens, as it happens."

[[feeds]]
name = "politics"
title = "Politics"
sections = ["Politics"]
"""


def article(number: int = 0, **changes: Any) -> Article:
    """An article; each number is another one, an hour older than the one before."""
    moment = NOON - timedelta(hours=number)
    plain = Article(
        id=ArticleId(f"id{number}"),
        guid=f"urn:uuid:00000000-0000-4000-8000-{number:012}",
        source=SourceName("front-page"),
        title=f"Headline {number}",
        slug=f"headline-{number}",
        published=moment,
        stated=moment,
        first_seen=NOON,
        updated=NOON + timedelta(microseconds=number + 1),
    )
    return replace(plain, **changes)


@dataclass(frozen=True)
class Reply:
    """What came back; ``headers`` by lower-case name, and none came twice."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def page(self) -> Any:
        """The body as a parsed page."""
        return html.document_fromstring(self.body.decode())


class Newsroom:
    """A store with articles and published feeds."""

    def __init__(self, folder: Path, config: str = CONFIG) -> None:
        file = folder / "config.toml"
        file.write_text(config, "utf-8")
        self.config = load(file)
        self.store = Store.open(self.config.store.url)
        self.service = Service(self.config, self.store)
        self.service.prepare()

    def put(self, *articles: Article) -> None:
        """Store the articles as they are and publish every feed."""
        with self.store.begin() as tx:
            tx.articles.put(articles)
        for feed in self.config.feeds:
            self.service.publish(feed.name)

    def close(self) -> None:
        self.service.close()


@dataclass
class Breakable:
    """A service whose database can be taken away and given back."""

    inner: Service
    gone: bool = False
    asked: list[str] = field(default_factory=list)

    @property
    def config(self) -> Any:
        return self.inner.config

    def __getattr__(self, name: str) -> Any:
        self.asked.append(name)
        if self.gone:
            raise StoreUnavailable("postgresql://db.example.org/news", "the connection was lost")
        return getattr(self.inner, name)


@dataclass
class Clock:
    """A clock that moves when told."""

    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


class Reader:
    """Asks a WSGI callable; every answer is held to PEP 3333."""

    def __init__(self, app: WSGIApplication) -> None:
        self._app = validator(app)

    def __call__(self, path: str, method: str = "GET", query: str = "", **headers: str) -> Reply:
        environ: dict[str, Any] = {
            "REQUEST_METHOD": method,
            "SCRIPT_NAME": "",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "8080",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_HOST": "127.0.0.1:8080",
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": _Empty(),
            "wsgi.errors": _Sink(),
            "wsgi.multithread": True,
            "wsgi.multiprocess": True,
            "wsgi.run_once": False,
            **{f"HTTP_{name.upper()}": value for name, value in headers.items()},
        }
        heard: list[tuple[str, list[tuple[str, str]]]] = []

        def start_response(status: str, pairs: list[tuple[str, str]], error: Any = None) -> Any:
            heard.append((status, pairs))

        answered: Any = self._app(environ, start_response)
        try:
            body = b"".join(answered)
        finally:
            answered.close()
        (status, pairs), *_ = heard
        named = {name.lower(): value for name, value in pairs}
        assert len(named) == len(pairs), f"a header came twice: {pairs}"
        return Reply(int(status[:3]), named, body)


class _Empty:
    def read(self, size: int = 0) -> bytes:
        return b""

    def readline(self, size: int = 0) -> bytes:
        return b""

    def readlines(self, hint: int = 0) -> list[bytes]:
        return []

    def __iter__(self) -> Any:
        return iter(())


class _Sink:
    def write(self, text: str) -> None: ...
    def writelines(self, lines: list[str]) -> None: ...
    def flush(self) -> None: ...


def document(newsroom: Newsroom, format_: Format = Format.RSS, feed: str = "main") -> Document:
    """The stored document."""
    found = newsroom.service.public.document(FeedName(feed), format_)
    assert found is not None
    return found
