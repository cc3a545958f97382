"""The articles that some entries may be, and what has moved among them.

Knows that a look-up in an index for each criterion costs the same in a store of any size, where an OR of all, or a
join, may become a scan; hides the statements, which are made once.
"""

from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache
from itertools import zip_longest
from typing import Any

from sqlalchemy import Connection, Select, bindparam, func, select, union_all

from feedsvc.model import Article, ArticleId, SourceName
from feedsvc.store import article_rows
from feedsvc.store.article_rows import ROWS
from feedsvc.store.batches import CHUNK, chunks
from feedsvc.store.tables import article, article_headline

_OWN = select(article.c.id).where(article.c.source == bindparam("source"))

# By what an article may be found, and in which column.
_LOOK_UPS = {
    "guids": (_OWN, article.c.source_guid),
    "links": (_OWN, article.c.link_key),
    "keys": (select(article_headline.c.article), article_headline.c.key),
    "stated": (_OWN, article.c.stated),
    "ids": (select(article.c.id), article.c.id),
}
_UNREAD = ROWS.where(
    article.c.id.in_(bindparam("ids", expanding=True)),
    article.c.link != "",
    func.coalesce(article.c.body, "") == "",
    article.c.followed.is_(None),
    article.c.retracted.is_(None),
)
_WRITTEN_SINCE = select(article.c.id, article.c.changed).where(article.c.changed > bindparam("since")).limit(CHUNK)


def candidates(
    connection: Connection, source: SourceName, criteria: Mapping[str, Collection[Any]]
) -> Iterator[Article]:
    """Yield the articles of a source that meet one of the criteria, in no order, some of them twice."""
    parts = (chunks({value for value in values if value}) for values in criteria.values())
    for some in zip_longest(*parts):
        wanted = {name: values for name, values in zip(criteria, some, strict=True) if values}
        found = connection.execute(_meeting(tuple(wanted)), {"source": source, **wanted}).all()
        yield from (each for each in map(article_rows.value, found) if each.source == source)


def unread(connection: Connection, ids: Collection[ArticleId]) -> Iterator[Article]:
    """See :meth:`Articles.unread`."""
    for some in chunks(ids):
        yield from map(article_rows.value, connection.execute(_UNREAD, {"ids": some}).all())


def written_since(connection: Connection, number: int) -> Mapping[ArticleId, int] | None:
    """See :meth:`Articles.written_since`."""
    found = connection.execute(_WRITTEN_SINCE, {"since": number}).all()
    return {ArticleId(id_): changed for id_, changed in found} if len(found) < CHUNK else None


@lru_cache(maxsize=32)
def _meeting(criteria: tuple[str, ...]) -> Select[Any]:
    look_ups = (_LOOK_UPS[name] for name in criteria)
    matching = [
        look_up.where(column.in_(bindparam(name, expanding=True)))
        for name, (look_up, column) in zip(criteria, look_ups, strict=True)
    ]
    # Then by id alone: given the source as well, SQLite walks through all articles of the source.
    return ROWS.where(article.c.id.in_(union_all(*matching)))
