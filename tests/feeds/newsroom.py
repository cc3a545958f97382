"""A small newsroom: the site, feeds and articles that these tests publish."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from feedsvc import feeds
from feedsvc.config import Feed, Site
from feedsvc.model import MAIN_FEED, Article, ArticleId, FeedIdentity, FeedName, Format, SourceName

SITE = Site(title="Example News", base_url="https://news.example.org", language="en", timezone="Asia/Baku")
FEED = Feed(name=MAIN_FEED, title="Example News", description="All the news of an example.")
IDENTITY = FeedIdentity(MAIN_FEED, "urn:uuid:6c1d0d0a-8ae2-4a3c-9d3e-1f6c1d0d0a8a", datetime(2024, 1, 1, tzinfo=UTC))
POLITICS = Feed(name=FeedName("politics"), title="Politics", sections=("Politics",))
EVENING = datetime(2025, 2, 8, 18, 6, tzinfo=UTC)


def article(number: int = 0, **changes: Any) -> Article:
    """An article; each number is another one, a minute older than the one before."""
    moment = EVENING - timedelta(minutes=number)
    plain = Article(
        id=ArticleId(f"{number:010}"),
        guid=f"urn:uuid:00000000-0000-4000-8000-{number:012}",
        source=SourceName("front-page"),
        title=f"Headline {number}",
        slug=f"headline-{number}",
        published=moment,
        first_seen=EVENING,
        updated=EVENING + timedelta(microseconds=number + 1),
        section="Politics",
        authors=("Ada Example",),
        tags=("parliament", "budget"),
        body=f"<p>The first paragraph of story {number}.</p><p>And the second.</p>",
    )
    return replace(plain, **changes)


def publish(wanted: Format, *articles: Article, feed: Feed = FEED, site: Site = SITE, ttl_s: int = 300) -> bytes:
    """The bytes of a feed of these articles, none left out."""
    rendering = feeds.render(feed, wanted, articles, site, IDENTITY, ttl_s=ttl_s)
    assert rendering.left_out == ()
    return rendering.body
