"""Rendering a feed whole, three formats with their encodings, beside bare feedgen writing two of them."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

from feedgen.feed import FeedGenerator

from benchmarks.figures import Figure, Work, ratio, timed
from benchmarks.newsroom import ENTRIES, Newsroom, paragraphs
from feedsvc import feeds
from feedsvc.addresses import permalink
from feedsvc.config import Config
from feedsvc.model import MAIN_FEED, Article, ArticleId, Document, FeedIdentity, Format, SourceName
from feedsvc.text import paragraphs_html

ROUNDS = 20
_NOW = datetime(2025, 2, 9, 6, 0, tzinfo=UTC)
_IDENTITY = FeedIdentity(MAIN_FEED, "urn:uuid:6c1d0d0a-8ae2-4a3c-9d3e-1f6c1d0d0a8a", _NOW)


def measure(folder: Path, *, rounds: int = ROUNDS) -> Iterator[Figure]:
    """Render the forty articles of the page as the page has them, headlines, and all of them with full stories.

    Each is rendered for the first time, then with one new article on top, then again after a change elsewhere.
    """
    room = Newsroom.found(folder / "rendering")
    config = room.config()
    headlines = _articles(room)
    for what, editions in (
        # Other ones each time: what was rendered before is remembered.
        (f"{ENTRIES} headlines", [_with_titles(headlines, number) for number in range(rounds + 2)]),
        (f"{ENTRIES} full stories", [_with_bodies(headlines, number) for number in range(rounds + 2)]),
    ):
        bare, *ours = _compared(editions, config, rounds)
        cases = (
            f"render {what}: 3 formats, 4 encodings",
            "… with one new among them",
            "… again, when nothing in them changed",
        )
        for case, seconds in zip(cases, ours, strict=True):
            yield Figure(case, median(seconds) * 1000, "ms", None, ratio(seconds, bare), "bare feedgen")
        yield Figure("… bare feedgen, RSS and Atom", median(bare) * 1000, "ms")


def _compared(
    editions: Sequence[Sequence[Article]], config: Config, rounds: int
) -> tuple[tuple[float, ...], tuple[float, ...], tuple[float, ...], tuple[float, ...]]:
    published: dict[Format, Document] = {}
    later = [[_latest(editions[number + 1][0]), *editions[number][:-1]] for number in range(rounds + 1)]
    bare, first, one_new, unchanged = timed(
        rounds,
        Work(lambda number: bare_feedgen(editions[number], config)),
        Work(lambda number: _whole(editions[number], config, published)),
        Work(lambda number: _whole(later[number], config, published)),
        Work(lambda number: _whole(later[number], config, published)),
        clock=time.process_time,
    )
    return bare, first, one_new, unchanged


def _latest(article: Article) -> Article:
    return replace(article, id=ArticleId("latest"), guid="urn:uuid:6c1d0d0a-8ae2-4a3c-9d3e-1f6c1d0d0a8b")


def _with_titles(articles: Sequence[Article], edition: int) -> tuple[Article, ...]:
    return tuple(replace(article, title=f"{article.title} ({edition})") for article in articles)


def _articles(room: Newsroom) -> tuple[Article, ...]:
    service = room.service()
    try:
        service.refresh(SourceName("front-page"))
        return service.lines.newest(limit=ENTRIES)
    finally:
        service.close()


def _with_bodies(articles: Sequence[Article], edition: int) -> tuple[Article, ...]:
    return tuple(
        replace(article, body=paragraphs_html(paragraphs(edition * ENTRIES + number)))
        for number, article in enumerate(articles)
    )


def _whole(articles: Sequence[Article], config: Config, published: dict[Format, Document]) -> None:
    feed = config.feed(MAIN_FEED)
    for format_ in Format:
        published[format_], _ = feeds.document(
            feed,
            format_,
            articles,
            config.site,
            _IDENTITY,
            ttl_s=config.max_age_s(feed),
            now=_NOW,
            previous=published.get(format_),
            built_from=1,
            settings="",
        )


def bare_feedgen(articles: Sequence[Article], config: Config) -> None:
    """Do what feedgen's own introduction does, with all that we know of each article."""
    feed: Any = FeedGenerator()
    feed.id(_IDENTITY.guid)
    feed.title(config.site.title)
    feed.subtitle(config.site.title)
    feed.author({"name": config.site.title})
    feed.link(href=config.site.base_url, rel="alternate")
    feed.language(config.site.language)
    feed.updated(_NOW)
    for article in articles:
        entry = feed.add_entry(order="append")
        entry.id(article.guid)
        entry.title(article.title)
        entry.link(href=permalink(config.site.base_url, article))
        entry.published(article.published)
        entry.updated(article.updated)
        if article.body:
            entry.content(article.body, type="html")
    feed.rss_str(pretty=True)
    feed.atom_str(pretty=True)
