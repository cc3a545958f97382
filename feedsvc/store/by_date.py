"""Articles by when they were published: a stretch of time, and what is next to it.

Knows the order of a news line; hides the statements, each of which is a walk along one index that ends at its limit.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, select, tuple_

from feedsvc.model import Article
from feedsvc.store.article_rows import ROWS
from feedsvc.store.tables import article

_ORDER = (article.c.published, article.c.first_seen, article.c.id)
_VISIBLE = (article.c.embargo.is_(None), article.c.retracted.is_(None))
_PUBLISHED = select(article.c.published).where(*_VISIBLE).limit(1)


def page(start: datetime, end: datetime, *, limit: int, before: Article | None) -> Select[Any]:
    """Return the statement for :meth:`Articles.list_between`."""
    rows = ROWS.where(article.c.published >= start, *_VISIBLE)
    if before is None or before.published >= end:
        rows = rows.where(article.c.published < end)
    else:  # the one bound that begins the walk
        last = (before.published, before.first_seen, before.id)
        rows = rows.where(tuple_(*_ORDER) < tuple_(*last, types=[column.type for column in _ORDER]))
    return rows.order_by(*(column.desc() for column in _ORDER)).limit(limit)


def last(connection: Connection, before: datetime) -> datetime | None:
    earlier = _PUBLISHED.where(article.c.published < before)
    return connection.execute(earlier.order_by(article.c.published.desc())).scalar_one_or_none()


def first(connection: Connection, since: datetime) -> datetime | None:
    later = _PUBLISHED.where(article.c.published >= since)
    return connection.execute(later.order_by(article.c.published)).scalar_one_or_none()
