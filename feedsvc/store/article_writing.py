"""Writing articles, with everything that follows from them.

Knows what numbers the store gives and in what order tables are written; hides that an edit writes again only what was
derived from the fields that it touched.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from operator import attrgetter

from sqlalchemy import Connection, bindparam, delete, select, text, update

from feedsvc.model import Article, ArticleId, LabelKind
from feedsvc.store import article_rows, counters, labels, searching
from feedsvc.store.article_rows import DERIVED, READ_AS
from feedsvc.store.batches import chunks, insert_rows
from feedsvc.store.tables import article, revision

_Edit = tuple[Article, Article]

# Memory (KiB) for the pages that rows go to in no order.
_ROOM: dict[str, tuple[str, ...]] = {"sqlite": ("PRAGMA cache_size = -200000",), "postgresql": ()}
# SQLite sorts as much at once as that memory holds: with less, another thread sorts one part while the next is read.
_SORTING: dict[str, tuple[str, ...]] = {
    "sqlite": ("PRAGMA cache_size = -4000", "PRAGMA threads = 1"),
    "postgresql": (),
}
# SQLite's defaults.
_USUAL: dict[str, tuple[str, ...]] = {"sqlite": ("PRAGMA cache_size = -2000", "PRAGMA threads = 0"), "postgresql": ()}


def put(
    connection: Connection,
    given: Iterable[Article],
    stored: dict[ArticleId, Article],
    known: set[tuple[LabelKind, str]],
) -> int:
    """Write what differs from what is stored; see :meth:`Articles.put`, and :func:`labels.write` for ``known``."""
    succeeding = (_succeeding(value, stored.get(value.id)) for value in given)
    writes = [value for value in succeeding if value != stored.get(value.id)]
    if not writes:
        return counters.read(connection, counters.CHANGE)
    visible = [value for value in writes if not value.arrival and not value.embargo]
    number, last = counters.advance_articles(connection, len(visible))
    arriving = arrivals(visible, last - len(visible))
    writes = [
        article_rows.numbered(value, changed=number, arrival=arriving.get(value.id, value.arrival)) for value in writes
    ]
    new = [value for value in writes if value.id not in stored]
    edited = [(value, stored[value.id]) for value in writes if value.id in stored]
    _write_rows(connection, new, edited)
    _write_derived(connection, new, edited)
    labels.write(connection, (value for value in writes if value.arrival), known)
    return number


@contextmanager
def loading(connection: Connection, *, words: bool = True) -> Iterator[None]:
    """See :meth:`Articles.loading`; the index of words may be left as it is."""
    if any_stored(connection):
        yield
        return
    dialect = connection.dialect.name
    tables = (article, *(table for table, _, _ in DERIVED))
    indexes = sorted((index for table in tables for index in table.indexes), key=lambda index: str(index.name))
    for index in indexes:
        index.drop(connection)
    for statement in (*_ROOM[dialect], *(searching.FILL[dialect] if words else ())):
        connection.execute(text(statement))
    yield
    for statement in _SORTING[dialect]:
        connection.execute(text(statement))
    for index in indexes:
        index.create(connection)
    for statement in (*(searching.FILLED[dialect] if words else ()), *_USUAL[dialect]):
        connection.execute(text(statement))
    if dialect == "postgresql":
        # Its planner goes by what it knows of a table, and would learn of all these rows only in a minute.
        for table in (*(table.name for table in tables), "article_words", "label"):
            connection.execute(text(f"ANALYZE {table}"))


def _succeeding(value: Article, old: Article | None) -> Article:
    """Return the article with the numbers that the store gives, as those of ``old`` go on."""
    if old is None:
        return replace(value, changed=0, arrival=0) if value.changed or value.arrival else value
    number = max(value.revision, old.revision + _differ(value, old, READ_AS))
    return replace(value, revision=number, changed=old.changed, arrival=0 if value.embargo else old.arrival)


def arrivals(visible: Iterable[Article], last: int) -> dict[ArticleId, int]:
    """Return the numbers of articles that become visible: from the one after ``last`` on, the oldest first."""
    arriving = sorted(visible, key=attrgetter("published", "first_seen", "id"))
    return {value.id: number for number, value in enumerate(arriving, last + 1)}


def any_stored(connection: Connection) -> bool:
    """Tell whether there is an article."""
    return connection.execute(select(article.c.id).limit(1)).first() is not None


def _write_rows(connection: Connection, new: Sequence[Article], edited: Sequence[_Edit]) -> None:
    insert_rows(connection, article, article_rows.rows(new))
    if edited:
        names = article.columns.keys()
        statement = update(article).where(article.c.id == bindparam("which"))
        rows = (dict(zip(names, row, strict=True)) for row in article_rows.rows(value for value, _ in edited))
        connection.execute(statement, [{**row, "which": row["id"]} for row in rows])
    superseded = (old for value, old in edited if value.revision != old.revision)
    insert_rows(connection, revision, map(article_rows.reading, superseded))


def _write_derived(connection: Connection, new: Sequence[Article], edited: Sequence[_Edit]) -> None:
    for table, keys, names in DERIVED:
        moved = [value for value, old in edited if _differ(value, old, names)]
        for some in chunks([value.id for value in moved]):
            connection.execute(delete(table).where(table.c.article.in_(some)))
        insert_rows(connection, table, article_rows.lines(table, keys, (*new, *moved)))
    reworded = [(value, old) for value, old in edited if _differ(value, old, searching.FIELDS)]
    searching.drop(connection, (old for _, old in reworded))
    searching.put(connection, (*new, *(value for value, _ in reworded)))


def _differ(one: Article, other: Article, names: Iterable[str]) -> bool:
    return any(getattr(one, name) != getattr(other, name) for name in names)
