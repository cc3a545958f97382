"""A newsroom of its own for each test: a folder with a configuration, an inbox and a real store."""

import os
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from feedsvc.config import load
from feedsvc.model import MAIN_FEED, Article, Format, Selection
from feedsvc.service import Service
from feedsvc.store import Store

CONFIG = """
[site]
title = "The Harbour Times"
base_url = "https://news.example.org"
language = "en"
timezone = "Asia/Baku"

[[sources]]
name = "front-page"
kind = "page-text"
path = "inbox/*.txt"

[[feeds]]
name = "politics"
title = "Politics"
sections = ["Politics"]
"""

LINES = (
    ("A lighthouse keeper retires after forty years", "12:06 08.02.2025"),
    ("The harbour bridge is painted green again", "15:26 04.02.2025"),
    ("School choir sings for the fishing fleet", "08:53 30.01.2025"),
    ("Council votes on the budget of the library", "19:47 28.01.2025"),
)


def page(lines: tuple[tuple[str, str], ...] = LINES) -> str:
    """Return a saved page in the plainest common form: article, label, titles and times, terminator."""
    article = (
        "Town hall opens its archive\n\nPolitics 23:49 19.01.2024\n\n"
        "The town hall has opened its archive to everyone who wants to read the minutes of two hundred years.\n\n"
        "Reading is free, and the archivist, who has waited long for this day, makes coffee for early visitors."
    )
    listing = "\n".join(f"{title}\n{time}" for title, time in lines)
    return f"{article}\n\nNews line\n\n{listing}\nAll news\n"


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

    @property
    def inbox(self) -> Path:
        return self.folder / "inbox"

    def configure(self, text: str = CONFIG) -> Path:
        file = self.folder / "config.toml"
        file.write_text(text, encoding="utf-8")
        return file

    def save(self, text: str | bytes, name: str = "page.txt") -> Path:
        """Save a page whose time is long past, so that no test waits for it to settle."""
        file = self.inbox / name
        file.write_bytes(text.encode() if isinstance(text, str) else text)
        self.clock.now += timedelta(minutes=5)
        stamp = self.clock.now.timestamp()
        os.utime(file, (stamp, stamp))
        return file

    def open(self) -> Service:
        file = self.folder / "config.toml"
        config = load(file if file.exists() else self.configure())
        service = Service(config, Store.open(config.store.url), clock=self.clock)
        service.prepare()
        return service


def articles(service: Service) -> tuple[Article, ...]:
    return service.desk.list(Selection(), limit=1000, retracted=True)


def documents(service: Service) -> dict[tuple[str, Format], bytes]:
    found = {
        (feed.name, format_): service.public.document(feed.name, format_)
        for feed in service.public.feeds()
        for format_ in Format
    }
    return {key: document.body for key, document in found.items() if document}


def main_feed(service: Service) -> str:
    document = service.public.document(MAIN_FEED, Format.RSS)
    assert document is not None
    return document.body.decode()
