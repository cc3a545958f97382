"""A newsroom with a source that is pushed to, and a sender at its door."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

from werkzeug.test import Client, TestResponse

from feedsvc import web
from feedsvc.config import load
from feedsvc.model import Article, Format, Selection, SourceName
from feedsvc.service import Service
from feedsvc.store import Store

BASE = "https://news.example.org"
CONFIG = f"""
[site]
title = "Example News"
base_url = "{BASE}"
language = "en"
timezone = "Asia/Baku"

[[sources]]
name = "cms"
kind = "push"

[[sources]]
name = "blog"
kind = "push"
section = "Blog"

[[sources]]
name = "front-page"
kind = "page-text"
path = "inbox/*.txt"
"""
ITEM: Mapping[str, Any] = {
    "id": "cms-1",
    "title": "Harbour bridge painted green",
    "url": "https://site.example.org/bridge",
    "content_html": "<p>It was blue before.</p>",
    "summary": "Green at last.",
    "date_published": "2025-02-08T10:00:00+04:00",
    "authors": [{"name": "Ada Example"}],
    "tags": ["bridge", "paint"],
    "image": "https://site.example.org/bridge.jpg",
    "language": "az",
    "attachments": [{"url": "https://site.example.org/a.mp3", "mime_type": "audio/mpeg", "size_in_bytes": 5}],
    "_feedsvc": {"section": "Town"},
}


def an_item(number: int = 1, **changes: Any) -> dict[str, Any]:
    """Return a plain item; each number is another story."""
    return {"id": f"cms-{number}", "title": f"Story number {number} of the harbour", **changes}


@dataclass
class Clock:
    now: datetime = datetime(2025, 2, 9, 6, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(milliseconds=1)
        return self.now


@dataclass
class Newsroom:
    folder: Path
    clock: Clock = field(default_factory=Clock)

    def __post_init__(self) -> None:
        self.configure(CONFIG)
        self.store = Store.open(load(self.file).store.url)
        self.service = Service(load(self.file), self.store, clock=self.clock)
        self.service.prepare()
        self.restart_web()

    @property
    def file(self) -> Path:
        return self.folder / "config.toml"

    def configure(self, text: str) -> None:
        self.file.write_text(text, "utf-8")

    def reconfigure(self, text: str) -> None:
        self.configure(text)
        self.service = self.service.reconfigured(load(self.file))

    def restart_web(self) -> None:
        self.client = Client(web.create(lambda: self.service))

    def sender(self, source: str = "cms") -> "Sender":
        token, secret = self.service.tokens.add_for_source(source, f"of {source}")
        return Sender(self.client, secret, token.id)

    def articles(self) -> tuple[Article, ...]:
        return self.service.desk.list(Selection(), limit=1000, retracted=True)

    def article(self, sender_id: str = "cms-1", source: str = "cms") -> Article:
        with self.store.read() as tx:
            [found] = tx.articles.candidates(SourceName(source), guids=[sender_id])
        return found

    def feed(self) -> list[dict[str, Any]]:
        """The items of the main feed as it is published."""
        document = self.service.public.document(self.service.public.feeds()[0].name, Format.JSON)
        assert document is not None
        items: list[dict[str, Any]] = json.loads(document.body)["items"]
        return items


@dataclass
class Sender:
    """Sends with one token; answers come back as the server wrote them."""

    client: Client
    secret: str
    token: str

    def __call__(self, method: str, path: str, *, body: Any = None, **headers: str) -> TestResponse:
        data = body if body is None or isinstance(body, bytes | str) else json.dumps(body)
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        given = {"Authorization": f"Bearer {self.secret}", "Content-Type": "application/json", **given}
        return self.client.open(path, method=method, data=data, headers={k: v for k, v in given.items() if v})

    def post(self, item: Any, **headers: str) -> TestResponse:
        return self("POST", "/api/articles", body=item, **headers)

    def put(self, sender_id: str, item: Any) -> TestResponse:
        return self("PUT", one(sender_id), body=item)

    def delete(self, sender_id: str) -> TestResponse:
        return self("DELETE", one(sender_id))

    def get(self, sender_id: str) -> TestResponse:
        return self("GET", one(sender_id))

    def list(self, query: str = "") -> TestResponse:
        return self("GET", f"/api/articles{query}")


def one(sender_id: str) -> str:
    return f"/api/articles/{quote(sender_id, safe='')}"


def said(answer: TestResponse) -> Any:
    return json.loads(answer.get_data())


def pointers(answer: TestResponse) -> dict[str, str]:
    return {error["pointer"]: error["detail"] for error in said(answer)["errors"]}
