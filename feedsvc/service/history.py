"""The whole history of a feed, in pages that never change once they are closed (RFC 5005 §4).

Knows where a page begins and which page comes before another; hides that nothing of this is stored. Articles are taken
in order of arrival, which only grows at its end. A page begins at every article whose id has a certain checksum, about
one in a hundred, whatever stands around it: so no edit, retraction or late arrival moves the bounds of other pages. The
feed's own document holds the newest articles by date; between it and the closed pages stand partial ones, addressed by
the last article of the window that they go on from, so that who walks back meets each article once.
"""

import zlib
from collections.abc import Iterator, Set
from dataclasses import dataclass
from datetime import datetime

from feedsvc.addresses import ArchivePage, address
from feedsvc.model import Article, ArticleId, FeedName, Format, History, Selection
from feedsvc.store import Transaction

_PAGE_LENGTH = 100
_STEP = 200


@dataclass(frozen=True, slots=True)
class Opened:
    """A page of history: its articles newest first with the retracted ones, and its neighbours.

    ``closed``: nothing will ever be added to it.
    """

    articles: tuple[Article, ...]
    previous: ArchivePage | None
    next: ArchivePage | None
    closed: bool


def newest_page(tx: Transaction, selection: Selection, window: tuple[Article, ...], limit: int) -> ArchivePage | None:
    """Return the page where whoever has read a feed's window goes on; None when the window holds everything."""
    if len(window) < limit:
        return None
    inside = {article.id for article in window}
    start = _start(tx, selection, below=None, but=inside)
    if start is None:
        return None
    return ArchivePage(start, below=window[-1].id, reach=min(article.arrival for article in window))


def open_page(tx: Transaction, selection: Selection, page: ArchivePage) -> Opened | None:
    """Return a page of history; None when no page begins there."""
    if page.start and not _begins_at(tx, page.start):
        return None
    last = tx.articles.get(page.below) if page.below else None
    if page.below and last is None:
        return None
    bound: int | None = None
    length = 1
    for arrival, article_id in _ascending(tx, selection, page.start):
        if begins_page(article_id):
            bound = arrival
            break
        length += 1
    articles = tx.articles.walk(selection, above=max(page.start - 1, 0), below=bound, limit=length)
    if last is not None:
        articles = tuple(article for article in articles if _order(article) < _order(last))
    return Opened(
        articles=tuple(sorted(articles, key=_order, reverse=True)),
        previous=_before(tx, selection, page),
        next=ArchivePage(bound) if bound is not None and last is None else None,
        closed=bound is not None,
    )


def walk_back(tx: Transaction, selection: Selection, newest: ArchivePage | None) -> Iterator[ArchivePage]:
    """Yield the pages of a history from its :func:`newest_page` to the first, one that holds nothing opened."""
    while newest is not None:
        yield newest
        newest = _before(tx, selection, newest)


def pages_of(tx: Transaction, selection: Selection, arrival: int) -> Iterator[tuple[ArchivePage, bool]]:
    """Yield the pages that an article of this arrival changes, each with whether it is closed; no partial ones.

    That is its own. Where a page begins with it, or began with it before an edit took it out of the selection, the
    pages around it are others too; those that name the very first page do when that comes or goes.
    """
    begins = _begins_at(tx, arrival)
    own = _before(tx, selection, ArchivePage(arrival + 1))
    later = next((n for n, article_id in _ascending(tx, selection, arrival) if begins_page(article_id)), None)
    if begins:
        yield ArchivePage(arrival), later is not None
    if own is not None:
        yield own, later is not None
    if begins and own is not None and (earlier := _before(tx, selection, own)) is not None:
        yield earlier, True
    if later is not None and (begins or own is None or own.start == 0):
        yield ArchivePage(later), is_closed(tx, selection, ArchivePage(later))


def is_closed(tx: Transaction, selection: Selection, page: ArchivePage) -> bool:
    """Tell whether nothing will ever be added to a page: another one begins after it."""
    return any(begins_page(article_id) for _, article_id in _ascending(tx, selection, page.start))


def begins_page(article_id: ArticleId) -> bool:
    """Tell whether a page of history begins with the article."""
    return zlib.crc32(article_id.encode()) % _PAGE_LENGTH == 0


def _start(
    tx: Transaction, selection: Selection, *, below: int | None, but: Set[ArticleId] = frozenset()
) -> int | None:
    """Return where the page begins that ends below an arrival, 0 where the line does; None when there is no page.

    The first articles are passed over as long as they are among ``but``.
    """
    start: int | None = None
    for arrival, article_id in _descending(tx, selection, below):
        if start is None and article_id in but:
            continue
        start = arrival
        if begins_page(article_id):
            return start
    return None if start is None else 0


def _before(tx: Transaction, selection: Selection, page: ArchivePage) -> ArchivePage | None:
    if page.start == 0:
        return None
    start = _start(tx, selection, below=page.start)
    if start is None:
        return None
    # Below the window's lowest arrival no page holds an article of the window: those pages are the same for everybody.
    partial = page.below is not None and page.start > page.reach
    return ArchivePage(start, page.below, page.reach) if partial else ArchivePage(start)


def _begins_at(tx: Transaction, arrival: int) -> bool:
    # Of all articles: one that an edit has taken out of the selection still holds the place where its page begins.
    found = tx.articles.arrivals(Selection(), above=arrival - 1, below=arrival + 1, limit=1)
    return any(begins_page(article_id) for _, article_id in found)


def _descending(tx: Transaction, selection: Selection, below: int | None) -> Iterator[tuple[int, ArticleId]]:
    while some := tx.articles.arrivals(selection, below=below, limit=_STEP):
        yield from some
        below = some[-1][0]


def _ascending(tx: Transaction, selection: Selection, above: int) -> Iterator[tuple[int, ArticleId]]:
    while some := tx.articles.arrivals(selection, above=above, limit=_STEP, newest_first=False):
        yield from some
        above = some[-1][0]


def _order(article: Article) -> tuple[datetime, datetime, ArticleId]:
    return article.published, article.first_seen, article.id


def of_document(feed: FeedName, format: Format, base_url: str, goes_on: ArchivePage | None) -> History:
    """Return where the feed's own document stands; ``goes_on`` is its :func:`newest_page`."""
    return History(
        current=address(base_url, feed, format),
        previous=address(base_url, feed, format, goes_on) if goes_on else None,
        complete=goes_on is None,
    )


def of_page(feed: FeedName, format: Format, base_url: str, page: ArchivePage, opened: Opened) -> History:
    """Return where a page of history stands."""
    return History(
        current=address(base_url, feed, format),
        address=address(base_url, feed, format, page),
        previous=address(base_url, feed, format, opened.previous) if opened.previous else None,
        next=address(base_url, feed, format, opened.next) if opened.next else None,
    )
