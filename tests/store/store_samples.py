"""Values to store, each with only what a test cares about spelt out."""

from datetime import UTC, datetime, timedelta
from typing import Any

from feedsvc.model import Article, ArticleId, Document, FeedName, Format, SourceName

NOON = datetime(2025, 2, 8, 12, 0, tzinfo=UTC)
SOURCE = SourceName("front-page")


def article(number: int = 1, **fields: Any) -> Article:
    """Return the article of this number; a higher one is newer by a minute."""
    at = NOON + timedelta(minutes=number)
    given: dict[str, Any] = {
        "id": ArticleId(f"a{number:04}"),
        "guid": f"urn:example:{number}",
        "source": SOURCE,
        "title": f"Headline {number}",
        "slug": f"headline-{number}",
        "published": at,
        "stated": at,
        "first_seen": NOON,
        "updated": at,
    }
    return Article(**given | fields)


def document(form: Format = Format.RSS, **fields: Any) -> Document:
    given: dict[str, Any] = {
        "feed": FeedName("main"),
        "format": form,
        "body": b"<rss/>",
        "etag": "abc",
        "last_modified": NOON,
        "max_age_s": 300,
        "encodings": {"gzip": b"\x1f\x8b", "br": b"\x0b"},
        "built_from": 7,
        "settings": "s1",
    }
    return Document(**given | fields)
