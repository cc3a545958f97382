"""Rows of new articles, made without a database at hand, and written as they are.

Knows what an article in an empty store is numbered and how SQLite takes its values; hides that another process may make
the rows of the next articles while this one writes those of the last.
"""

import gc
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, TypeAlias

from sqlalchemy import JSON, Connection, Table
from sqlalchemy.exc import IntegrityError

from feedsvc.model import Article, LabelKind
from feedsvc.store import apart, article_rows, article_writing, counters, labels, searching
from feedsvc.store.article_rows import DERIVED, Row
from feedsvc.store.batches import insert_ready
from feedsvc.store.tables import Instant, article

Made: TypeAlias = tuple[int, list[list[Row]], apart.Words, list[tuple[str, str, str]]]
"""How many articles arrive; their rows, then those of the tables beside them as places in the first and keys; words by
arrival; names with kind and key. Of plain values only."""

Numbers: TypeAlias = tuple[int, int]
"""The change number and the arrival number that were given last."""


class Maker:
    """Makes rows of articles, batch by batch, as :meth:`Articles.put` writes them in a store that has none of them."""

    def __init__(self, numbers: Numbers) -> None:
        self._change, self._arrival = numbers
        self._spelt = _spelt()
        self._names: set[tuple[LabelKind, str]] = set()

    def make(self, articles: Iterable[Article]) -> Made:
        given = {each.id: each for each in map(article_rows.in_utc, articles)}
        visible = [each for each in given.values() if not each.embargo]
        arrivals = article_writing.arrivals(visible, self._arrival)
        self._change += 1
        self._arrival += len(arrivals)
        columns = article_rows.columns(given.values())
        columns[article_rows.CHANGED] = [self._change] * len(given)
        columns[article_rows.ARRIVAL] = [*map(arrivals.get, given)]
        for at, spelt in self._spelt.items():
            columns[at] = [None if value is None else spelt(value) for value in columns[at]]
        rows: list[list[Row]] = [[*zip(*columns, strict=True)]]
        rows += ([(at, key) for at, each in enumerate(given.values()) for key in keys(each)] for _, keys, _ in DERIVED)
        names = labels.unknown(visible, self._names)
        return (
            len(arrivals),
            rows,
            apart.packed(searching.rows(((arrivals[each.id], each) for each in visible), "sqlite")),
            [(str(kind), key, name) for (kind, key), name in names.items()],
        )


def _spelt() -> dict[int, Callable[[Any], str]]:
    """Return how SQLite's driver is given values, by the place of a column: as :func:`ready` spells them, sooner."""
    from msgspec.json import Encoder  # noqa: PLC0415 - only a large import needs it

    encode = Encoder().encode

    def json(value: tuple[Any, ...]) -> str:
        return encode(value).decode() if value else "[]"

    def instant(at: datetime) -> str:
        # "2025-02-08T12:06:00Z", and with six digits more where there is a part of a second.
        text = encode(at if at.tzinfo is UTC else at.astimezone(UTC)).decode()
        return f"{text[1:11]} {text[12:20]}{text[20:-2] or '.000000'}"

    kinds = ((Instant, instant), (JSON, json))
    return {
        at: spelt for at, column in enumerate(article.columns) for kind, spelt in kinds if isinstance(column.type, kind)
    }


class Loading:
    """Writing what was made elsewhere."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._index: apart.Index | None = None
        self._batches = 0
        self._arrived = 0

    def numbers(self) -> Numbers | None:
        """Return what a :class:`Maker` elsewhere must know; None where articles are to be put in the ordinary way."""
        if self._connection.dialect.name != "sqlite" or article_writing.any_stored(self._connection):
            return None
        return counters.read(self._connection, counters.CHANGE), counters.read(self._connection, counters.ARRIVAL)

    @contextmanager
    def filling(self) -> Iterator[None]:
        """Make the indexes at the end of the block, as :meth:`Articles.loading` does, and note the numbers given.

        Another process makes that of words, while rows are written and the others are made.
        """
        with _uncollected(), apart.index(self._connection) as self._index:
            with article_writing.loading(self._connection, words=False):
                yield
                self._index.end()
            self._index.take_in()
        counters.advance(self._connection, counters.CHANGE, self._batches)
        counters.advance(self._connection, counters.ARRIVAL, self._arrived)

    def put(self, made: Made) -> bool:
        """Write the next rows that a maker has made; False when an article is there already: then nothing can go on."""
        arriving, rows, words, names = made
        if self._index is None:
            raise RuntimeError("rows are put where an index of words is being made")
        self._batches += 1
        self._arrived += arriving
        try:
            insert_ready(self._connection, article, rows[0])
            for (table, _, _), keys in zip(DERIVED, rows[1:], strict=True):
                insert_ready(self._connection, table, _lines(table, rows[0], keys))
        except IntegrityError:
            return False
        self._index.put(words)
        labels.add(self._connection, {(LabelKind(kind), key): name for kind, key, name in names})
        return True


@contextmanager
def _uncollected() -> Iterator[None]:
    """Keep Python from looking again and again for what holds itself, which no row does."""
    before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if before:
            gc.enable()


def _lines(table: Table, rows: list[Row], keys: list[Row]) -> list[Row]:
    """Return the rows of a table beside the article's, which repeat what stands in that beside their keys."""
    columns = article.columns.keys()
    places = [columns.index(column.name) for column in [*table.columns][2:]]
    repeated = [(row[0], [row[at] for at in places]) for row in rows]
    return [(repeated[at][0], key, *repeated[at][1]) for at, key in keys]
