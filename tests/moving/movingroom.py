"""An old site that moves in: its feeds, its archives, its WordPress export; and a newsroom that takes them."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import feedparser

from feedsvc.config import load
from feedsvc.model import Article, Format, Selection
from feedsvc.service import Service
from feedsvc.store import Store

BASE = "https://news.example.org"
CONFIG = f"""
[site]
title = "The Harbour Times"
base_url = "{BASE}"
timezone = "Asia/Baku"

[outbound]
allow = ["loopback"]

[[feeds]]
name = "main"
limit = 1000
"""
LINE = """
[[sources]]
name = "front-page"
kind = "page-text"
path = "inbox/*.txt"
"""
NOON = datetime(2019, 5, 1, 12, 0, 33, tzinfo=UTC)


class Newsroom:
    """A store, its feeds, and a clock that moves."""

    def __init__(self, folder: Path, config: str = CONFIG) -> None:
        self.folder = folder
        file = folder / "config.toml"
        file.write_text(config, "utf-8")
        self.now = datetime(2025, 2, 9, 6, 0, tzinfo=UTC)
        loaded = load(file)
        self.service = Service(loaded, Store.open(loaded.store.url), clock=self._clock)
        self.service.prepare()

    def _clock(self) -> datetime:
        self.now += timedelta(milliseconds=1)
        return self.now

    def take_in(self, target: str | Path, **settings: Any) -> Any:
        """Import a file or an address and publish."""
        file = target if isinstance(target, Path) else None
        moved = self.service.moving.take_in(target.name if file else str(target), file=file, **settings)
        for feed in self.service.config.feeds:
            self.service.publish(feed.name)
        return moved

    def write(self, name: str, text: str) -> Path:
        file = self.folder / name
        file.write_text(text, "utf-8")
        return file

    @property
    def articles(self) -> tuple[Article, ...]:
        """All of them, newest first."""
        return self.service.desk.list(Selection(), limit=1000, retracted=True)

    def document(self, format_: Format = Format.RSS) -> bytes:
        [main, *_] = self.service.public.feeds()
        found = self.service.public.document(main.name, format_)
        assert found is not None
        return found.body

    def close(self) -> None:
        self.service.close()


def ids(document: bytes | str) -> list[str]:
    """What a subscriber's reader knows the items by."""
    parsed = feedparser.parse(document)
    assert not parsed.bozo, parsed.get("bozo_exception")
    return [entry.get("id") or entry.link for entry in parsed.entries]


def stamp(number: int) -> str:
    return (NOON - timedelta(days=number)).strftime("%a, %d %b %Y %H:%M:%S +0000")


def item(number: int, guid: str | None = None, link: str | None = None, extra: str = "") -> str:
    """An item of RSS, a day older than the one of the number before."""
    link = link or f"{BASE}/2019/05/story-{number}.html"
    said = "" if guid is None else f"<guid isPermaLink='false'>{escape(guid)}</guid>"
    return (
        f"<item><title>Story {number} of the harbour</title><link>{escape(link)}</link>{said}"
        f"<pubDate>{stamp(number)}</pubDate><description>What happened on day {number}.</description>{extra}</item>\n"
    )


def rss(items: Iterable[str], links: str = "") -> str:
    return (
        '<?xml version="1.0"?>\n<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel>'
        f"<title>Old Times</title><link>{BASE}/</link><description>d</description>{links}\n{''.join(items)}"
        "</channel></rss>\n"
    )


def post(number: int, content: str = "", extra: str = "", **fields: str) -> str:
    """A post of WordPress."""
    said = {
        "post_id": str(number),
        "post_date": "2019-05-01 14:00:33",
        "post_date_gmt": (NOON - timedelta(days=number)).strftime("%Y-%m-%d %H:%M:%S"),
        "status": "publish",
        "post_type": "post",
        "post_password": "",
    } | fields
    wp = "".join(f"<wp:{name}><![CDATA[{value}]]></wp:{name}>" for name, value in said.items())
    return (
        f"<item><title><![CDATA[Story {number} of the harbour]]></title><link>{BASE}/2019/05/story-{number}/</link>"
        f"<pubDate>{stamp(number)}</pubDate><dc:creator><![CDATA[ada]]></dc:creator>"
        f'<guid isPermaLink="false">{BASE}/?p={number}</guid><description></description>'
        f"<content:encoded><![CDATA[{content or f'What happened on day {number}.'}]]></content:encoded>"
        f"<excerpt:encoded><![CDATA[]]></excerpt:encoded>{wp}{extra}</item>\n"
    )


def wxr(items: Iterable[str], head: str = "") -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<!-- generator="WordPress/6.5" -->\n'
        f'{head}<rss version="2.0" xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/" '
        'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:wp="http://wordpress.org/export/1.2/">\n<channel><title>Old Times</title>'
        f"<link>{BASE}</link><language>en-GB</language><wp:wxr_version>1.2</wp:wxr_version>"
        "<wp:author><wp:author_id>1</wp:author_id><wp:author_login><![CDATA[ada]]></wp:author_login>"
        "<wp:author_display_name><![CDATA[Ada Example]]></wp:author_display_name></wp:author>\n"
        f"{''.join(items)}</channel></rss>\n"
    )
