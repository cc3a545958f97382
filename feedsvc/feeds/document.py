"""A rendered feed packed as a Document.

Knows how documents are tagged and compressed; hides brotli, zlib-ng and zstandard.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING

from feedsvc.feeds.rendering import render
from feedsvc.model import Article, Complaint, Document, FeedIdentity, Format, History
from feedsvc.text import digest

if TYPE_CHECKING:
    from feedsvc.config import Feed, Site

_TAG = re.compile(r"[0-9a-f]{20}\.(?P<settings>[0-9a-f]{6})\.(?P<number>[0-9a-f]{1,16})(?:-[a-z]+)?")

_LARGE = 64_000  # from there on the weaker brotli is hardly larger
_GZIP = 31  # a window of 32 kB (15), with the header and trailer of gzip (16), which state no time


def document(
    feed: "Feed",
    format: Format,
    window: Sequence[Article],
    site: "Site",
    identity: FeedIdentity,
    *,
    ttl_s: int,
    now: datetime | None,
    previous: Document | None,
    built_from: int,
    settings: str,
    history: History | None = None,
    hubs: Sequence[str] = (),
    stylesheet: str | None = None,
    since: int | None = None,
) -> tuple[Document, tuple[Complaint, ...]]:
    """Return the feed's document in one format, ready to store, and a complaint for each article left out of it.

    ``previous`` is the document that this one replaces: while the bytes stay, so do its entity tag, encodings and
    ``last_modified``; else that is ``now``, or None. For the rest see :func:`~feedsvc.feeds.render`.

    Raises:
        FeedUnpublishable: see there; ``previous`` should stay served.
    """
    rendering = render(
        feed,
        format,
        window,
        site,
        identity,
        ttl_s=ttl_s,
        history=history,
        hubs=hubs,
        stylesheet=stylesheet,
        since=since,
        # Other settings may come from another feedsvc with another gate.
        judged=previous.body if previous and previous.settings == settings else None,
    )
    if previous is not None and previous.body == rendering.body:
        return replace(previous, max_age_s=ttl_s, built_from=built_from, settings=settings), rendering.left_out
    fresh = Document(
        feed=feed.name,
        format=format,
        body=rendering.body,
        etag=_entity_tag(rendering.body, settings, window[: feed.limit]),
        last_modified=now.astimezone(UTC).replace(microsecond=0) if now else None,
        max_age_s=ttl_s,
        encodings=_encodings(rendering.body),
        built_from=built_from,
        settings=settings,
    )
    return fresh, rendering.left_out


def change_number(etag: str, settings: str) -> int | None:
    """Return the change number up to which whoever holds this entity tag knows the feed.

    ``etag`` is a document's in any coding, without quotes. None: it was made by other settings, or is none of ours.
    """
    found = _TAG.fullmatch(etag)
    return int(found["number"], 16) if found and found["settings"] == _mark(settings) else None


def _entity_tag(body: bytes, settings: str, window: Sequence[Article]) -> str:
    """Name the bytes, and the state of the feed that they show, so that a delta can be told from it (RFC 3229)."""
    number = max((article.changed for article in window), default=0)
    # Processors know SHA-256 by themselves: it takes a quarter of the time of our other digests.
    return f"{sha256(body).hexdigest()[:20]}.{_mark(settings)}.{number:x}"


def _mark(settings: str) -> str:
    return digest(settings)[:6]


def _encodings(body: bytes) -> Mapping[str, bytes]:
    # What each level costs and saves is in docs/adr/0038-new-entries-within-their-feed.md. zstd gets the least time:
    # whoever takes it takes brotli too, and is sent that. A window of 256 kB holds nearly every feed.
    import brotli  # noqa: PLC0415 - they cost 20 ms, and only a changed document needs them
    import zstandard  # noqa: PLC0415
    from zlib_ng import zlib_ng  # noqa: PLC0415

    packed = {
        "br": brotli.compress(body, mode=brotli.MODE_TEXT, quality=3 if len(body) < _LARGE else 2, lgwin=18),
        # Copied, since what zstandard returns holds on to as much room as the body might have needed.
        "zstd": bytes(memoryview(zstandard.ZstdCompressor(level=3).compress(body))),
        "gzip": zlib_ng.compress(body, 3, _GZIP),
    }
    return {coding: data for coding, data in packed.items() if len(data) < len(body)}
