"""A rendered feed packed as a Document.

Knows how documents are tagged and compressed; hides brotli and zstandard.
"""

import gzip
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from feedsvc.feeds.rendering import render
from feedsvc.model import Article, Complaint, Document, FeedIdentity, Format
from feedsvc.text import digest

if TYPE_CHECKING:
    from feedsvc.config import Feed, Site


def document(
    feed: "Feed",
    format: Format,  # noqa: A002 - the glossary's word
    window: Sequence[Article],
    site: "Site",
    identity: FeedIdentity,
    *,
    ttl_s: int,
    now: datetime,
    previous: Document | None,
    built_from: int,
    settings: str,
) -> tuple[Document, tuple[Complaint, ...]]:
    """Return the feed's document in one format, ready to store, and a complaint for each article left out of it.

    ``previous`` is the document that this one replaces: while the bytes stay, so do its entity tag, encodings and
    ``last_modified``; else that is ``now``. For the rest see :func:`~feedsvc.feeds.render`.

    Raises:
        FeedUnpublishable: see there; ``previous`` should stay served.
    """
    rendering = render(feed, format, window, site, identity, ttl_s=ttl_s)
    if previous is not None and previous.body == rendering.body:
        return replace(previous, max_age_s=ttl_s, built_from=built_from, settings=settings), rendering.left_out
    fresh = Document(
        feed=feed.name,
        format=format,
        body=rendering.body,
        etag=digest(rendering.body),
        last_modified=now.astimezone(UTC).replace(microsecond=0),
        max_age_s=ttl_s,
        encodings=_encodings(rendering.body),
        built_from=built_from,
        settings=settings,
    )
    return fresh, rendering.left_out


def _encodings(body: bytes) -> Mapping[str, bytes]:
    # Levels measured on 40 entries, two cores: 27 kB of headlines take 1.7 ms in all, 158 kB of full stories 15 ms. The
    # highest levels make brotli's a tenth to a fifth smaller for 50 to 300 ms; brotli 9 takes 12 ms for any document.
    import brotli  # noqa: PLC0415 - both cost 20 ms, and only a changed document needs them
    import zstandard  # noqa: PLC0415

    packed = {
        "br": brotli.compress(body, mode=brotli.MODE_TEXT, quality=5),
        "zstd": zstandard.ZstdCompressor(level=9).compress(body),
        "gzip": gzip.compress(body, compresslevel=6, mtime=0),
    }
    return {coding: data for coding, data in packed.items() if len(data) < len(body)}
