"""Web pages: the news line of an HTML page as entries, found without being told where, and the article of one.

Knows which parts make a harvest; hides how a list is told from a menu. Pure: the snapshot's own time is the only
clock, and no address is opened.
"""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from feedsvc.model import Complaint, Harvest, Listing, Selectors, Snapshot
from feedsvc.sources.html.article import read_article
from feedsvc.sources.html.page import Opened, Unreadable, opened
from feedsvc.sources.html.rows import Row
from feedsvc.sources.html.scoring import Line
from feedsvc.sources.html.seen import Seen, learnt, rest_of
from feedsvc.sources.html.selectors import InvalidSelector
from feedsvc.timestamps import Unknown

__all__ = ["Seen", "detect", "read", "read_again", "read_article"]


def read(snapshot: Snapshot, *, zone: ZoneInfo, base: str, selectors: Selectors | None = None) -> Harvest:
    """Return what a web page lists, in page order, times in ``zone``; a complaint for each time misread.

    ``base`` is the page's address ("" for a file without one: links that the page does not complete itself stay
    relative). Selectors that are None are left to detection; copies of an entry and advertisements are left out either
    way.
    """
    try:
        return _whole(opened(snapshot, zone=zone, base=base), snapshot.origin, selectors)[0]
    except (Unreadable, InvalidSelector) as problem:
        return Harvest(complaints=(Complaint(snapshot.origin, str(problem)),))


def read_again(snapshot: Snapshot, *, zone: ZoneInfo, base: str, seen: Seen | None) -> tuple[Harvest, Seen | None]:
    """Return what :func:`read` returns, and what is seen of the page, for its next reading.

    ``seen`` is that of the last reading. It spares reading what stands as it stood; entries have no lines then.
    """
    try:
        page = opened(snapshot, zone=zone, base=base)
        if seen is not None and (rest := rest_of(page, seen)) is not None:
            if (spared := rest.read(page)) is not None:
                return Harvest(entries=spared[0], listing=Listing.PRESENT), spared[1]
            page = opened(snapshot, zone=zone, base=base)
    except Unreadable as problem:
        return Harvest(complaints=(Complaint(snapshot.origin, str(problem)),)), None
    harvest, found = _whole(page, snapshot.origin, None)
    return harvest, learnt(page, found, harvest)


def _whole(page: Opened, origin: str, selectors: Selectors | None) -> tuple[Harvest, Line | None]:
    found = page.line(selectors)
    rows = found.rows if found is not None else ()
    notes = (Complaint(origin, note) for note in page.notes)
    listing = Listing.PRESENT if rows else page.listing(selectors)
    entries = tuple(row.entry() for row in rows)
    return Harvest(entries=entries, complaints=(*notes, *_complaints(origin, rows)), listing=listing), found


def detect(snapshot: Snapshot, *, zone: ZoneInfo, base: str) -> Selectors | None:
    """Return the selectors that read a page as detection does, None when none do: no news line, or none in its HTML."""
    try:
        page = opened(snapshot, zone=zone, base=base)
    except Unreadable:
        return None
    return page.detected()


def _complaints(origin: str, rows: Sequence[Row]) -> tuple[Complaint, ...]:
    return tuple(
        Complaint(f"{origin}:{row.line}" if row.line else origin, f"the time is unknown: {row.published.reason}")
        for row in rows
        if isinstance(row.published, Unknown)
    )
