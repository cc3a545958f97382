"""Web pages: the news line of an HTML page as entries, found without being told where, and the article of one.

Knows which parts make a harvest; hides how a list is told from a menu. Pure: the snapshot's own time is the only
clock, and no address is opened.
"""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from feedsvc.model import Complaint, Entry, Harvest, Listing, Selectors, Snapshot
from feedsvc.sources.html.article import read_article
from feedsvc.sources.html.page import Unreadable, opened
from feedsvc.sources.html.rows import Row
from feedsvc.sources.html.selectors import InvalidSelector
from feedsvc.timestamps import Unknown

__all__ = ["detect", "read", "read_article"]


def read(snapshot: Snapshot, *, zone: ZoneInfo, base: str, selectors: Selectors | None = None) -> Harvest:
    """Return what a web page lists, in page order, times in ``zone``; a complaint for each time misread.

    ``base`` is the page's address ("" for a file without one: links that the page does not complete itself stay
    relative). Selectors that are None are left to detection; copies of an entry and advertisements are left out either
    way.
    """
    try:
        page = opened(snapshot, zone=zone, base=base)
        found = page.line(selectors)
    except (Unreadable, InvalidSelector) as problem:
        return Harvest(complaints=(Complaint(snapshot.origin, str(problem)),))
    rows = found.rows if found is not None else ()
    return Harvest(
        entries=tuple(map(_entry, rows)),
        complaints=(*(Complaint(snapshot.origin, note) for note in page.notes), *_complaints(snapshot.origin, rows)),
        listing=Listing.PRESENT if rows else page.listing(selectors),
    )


def detect(snapshot: Snapshot, *, zone: ZoneInfo, base: str) -> Selectors | None:
    """Return the selectors that read a page as detection does, None when none do: no news line, or none in its HTML."""
    try:
        page = opened(snapshot, zone=zone, base=base)
    except Unreadable:
        return None
    return page.detected()


def _entry(row: Row) -> Entry:
    return Entry(
        title=row.title,
        published=row.published if isinstance(row.published, datetime) else None,
        section=row.section,
        link=row.link,
        authors=(row.author,) if row.author else (),
        summary=row.summary,
        image=row.image,
        line=row.line,
    )


def _complaints(origin: str, rows: Sequence[Row]) -> tuple[Complaint, ...]:
    return tuple(
        Complaint(f"{origin}:{row.line}" if row.line else origin, f"the time is unknown: {row.published.reason}")
        for row in rows
        if isinstance(row.published, Unknown)
    )
