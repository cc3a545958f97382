"""Feeds of others: RSS 0.9x, 1.0 and 2.0, Atom and JSON Feed, read into entries.

Knows which reader a document needs; hides how broken feeds are. Pure: the snapshot's own time is the only clock, and
nothing that a feed names is ever fetched.
"""

from zoneinfo import ZoneInfo

from feedsvc.model import Complaint, Harvest, Listing, Snapshot
from feedsvc.sources.feed import json_feed, xml_feed
from feedsvc.sources.feed.charset import decode
from feedsvc.sources.feed.items import NoFeed
from feedsvc.sources.feed.repair import entries

# Feeds are mostly under 1 MB. 9 MB of honest items cost 7 s and 130 MB, 9 MB of open paragraphs 9 s and 400 MB; nothing
# that could be made up cost more.
MAX_BYTES = 10_000_000

__all__ = ["MAX_BYTES", "read", "read_page"]


def read(snapshot: Snapshot, *, zone: ZoneInfo, base: str) -> Harvest:
    """Return what a feed says: entries in its order, times without a zone in ``zone``, addresses absolute.

    ``base`` is the absolute address of the feed: relative links start from it where the feed gives no other base, and
    are dropped where neither does (it is empty for a file). What cannot be read is a complaint; with the listing
    ``MISSING`` the document is no feed, or nothing of it can be read.
    """
    return read_page(snapshot, zone=zone, base=base)[0]


def read_page(snapshot: Snapshot, *, zone: ZoneInfo, base: str) -> tuple[Harvest, str | None]:
    """Return what a feed says, as :func:`read` does, and the address of the document with the news before it.

    Source: RFC 5005 (``prev-archive``, ``next``); JSON Feed 1.1, ``next_url``.
    """
    try:
        written = decode(_bounded(snapshot.body), snapshot.media_type)
        reader = json_feed if written.lstrip()[:1] in ("{", "[") else xml_feed
        parsed = reader.parse(written, base)
    except NoFeed as problem:
        where = f"{snapshot.origin}:{problem.line}" if problem.line else snapshot.origin
        return Harvest(complaints=(Complaint(where, str(problem)),)), None
    found, complaints = entries(parsed, taken_at=snapshot.taken_at, zone=zone)
    whole = not parsed.items and not parsed.troubles
    harvest = Harvest(
        entries=found,
        complaints=tuple(Complaint(snapshot.origin + trouble.place, trouble.message) for trouble in complaints),
        listing=Listing.PRESENT if found else Listing.EMPTY if whole else Listing.MISSING,
    )
    return harvest, parsed.older


def _bounded(body: bytes) -> bytes:
    if len(body) > MAX_BYTES:
        raise NoFeed(f"has {len(body) / 1e6:,.1f} MB; feeds above {MAX_BYTES / 1e6:,.0f} MB are not read")
    return body
