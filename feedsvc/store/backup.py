"""The whole store as rows of JSON values, alike from SQLite and PostgreSQL, and back.

Knows which tables a backup holds, how values are spelt, and how far the numbers that only grow must leap when an
earlier state comes back; hides that what can be derived is derived again.
"""

from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import Column, Connection, Date, LargeBinary, Table, delete, func, select, text

from feedsvc.errors import StoreNotEmpty
from feedsvc.store import article_rows, article_writing, counters, migrating, searching
from feedsvc.store.batches import chunks, insert_all, insert_rows
from feedsvc.store.tables import Instant, article, counter, lease, metadata, token

# What no backup holds, and why. A test holds the two lists together against the tables.
LEFT_OUT: dict[Table, str] = {lease: "claims of running processes, void within a minute"} | {
    table: "derived from the articles" for table, _, _ in article_rows.DERIVED
}
# The numbers first: what follows is numbered by them.
TABLES: tuple[Table, ...] = (
    counter,
    *(table for table in metadata.sorted_tables if table not in LEFT_OUT and table is not counter),
)

Row = Sequence[Any]

# Documents are among the rows, and pages of 5 MB.
_AT_ONCE = 100
# Each arrival number is a place in the sitemap, so they leap no further than a few weeks of news.
_ARRIVALS_LEAPT = 10_000
_LEAPT = 1_000_000

_Coding = tuple[Callable[[Any], Any], Callable[[Any], Any]]
_CODINGS: dict[type[Any], _Coding] = {
    Instant: (datetime.isoformat, datetime.fromisoformat),
    Date: (date.isoformat, date.fromisoformat),
    LargeBinary: (lambda body: b64encode(body).decode("ascii"), b64decode),
}


class Backup:
    """Everything in the store. Rows are lists of JSON values, in the order of their table's columns."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def revision(self) -> str:
        """Return the revision of the schema."""
        return migrating.current(self._connection) or ""

    def counts(self) -> dict[str, int]:
        """Return how many rows each table of a backup has, in an order in which they can be written."""
        counting = {table.name: select(func.count()).select_from(table) for table in TABLES}
        return {name: self._connection.execute(each).scalar_one() for name, each in counting.items()}

    @staticmethod
    def columns(table: str) -> tuple[str, ...]:
        return tuple(column.name for column in metadata.tables[table].columns)

    def rows(self, table: str) -> Iterator[Row]:
        """Yield the rows of a table, a hundred in memory at a time; articles in the order of arrival."""
        of = metadata.tables[table]
        # FTS5 is filled many times faster in the order of its numbers.
        first = [article.c.arrival] if of is article else []
        statement = select(of).order_by(*first, *of.primary_key.columns).execution_options(yield_per=_AT_ONCE)
        coded = [(at, coding[0]) for at, column in enumerate(of.columns) if (coding := _coding(column))]
        for row in self._connection.execute(statement):
            values = [*row]
            for at, write in coded:
                if values[at] is not None:
                    values[at] = write(values[at])
            yield values

    def fill(
        self,
        rows: Iterable[tuple[tuple[str, tuple[str, ...]], Row]],
        *,
        replace: bool,
        now: datetime,
        advance: Callable[[int], None],
    ) -> None:
        """Put rows in place of all that is in the store; each comes with its table and columns, tables one by one.

        Numbers that only grow go on beyond all that either state, or a later one that was lost, can have given: the
        articles count as changed now, so no entity tag and no delta takes what was lost for known. ``advance`` is told
        how many rows were just written.

        Raises:
            StoreNotEmpty: there are articles or tokens, and ``replace`` does not say that they may go.
        """
        articles, tokens = (self._connection.scalar(select(func.count()).select_from(t)) or 0 for t in (article, token))
        if (articles or tokens) and not replace:
            raise StoreNotEmpty(articles, tokens)
        numbers = {row.name: row.value for row in self._connection.execute(select(counter))}
        self._clear()
        with article_writing.loading(self._connection):
            for (name, columns), group in groupby(rows, key=itemgetter(0)):
                table = metadata.tables[name]
                read = [(column, coding[1]) for column in columns if (coding := _coding(table.c[column]))]
                for some in chunks((row for _, row in group), _AT_ONCE):
                    records = [_record(columns, row, read) for row in some]
                    if table is counter:
                        numbers |= {each["name"]: max(each["value"], numbers.get(each["name"], 0)) for each in records}
                    elif table is article:
                        self._put_articles(records, _beyond(counters.CHANGE, numbers.get(counters.CHANGE, 0), now))
                    else:
                        insert_all(self._connection, table, records)
                    advance(len(records))
        insert_all(
            self._connection,
            counter,
            ({"name": name, "value": _beyond(name, number, now)} for name, number in numbers.items()),
        )
        if self._connection.dialect.name == "postgresql":
            self._number_on()

    def _clear(self) -> None:
        searching.clear(self._connection)
        for table in reversed(metadata.sorted_tables):
            if table is not lease:
                self._connection.execute(delete(table))

    def _put_articles(self, records: Sequence[dict[str, Any]], changed: int) -> None:
        insert_all(self._connection, article, ({**record, "changed": changed} for record in records))
        values = [article_rows.value(tuple(record[c.name] for c in article_rows.COLUMNS)) for record in records]
        for table, keys, _ in article_rows.DERIVED:
            insert_rows(self._connection, table, article_rows.lines(table, keys, values))
        searching.put(self._connection, values)

    def _number_on(self) -> None:
        """Have PostgreSQL number new rows after those that came with their numbers; SQLite does so by itself."""
        for table in TABLES:
            if (column := table.autoincrement_column) is not None:
                greatest = f"SELECT coalesce(max({column.name}), 0) + 1 FROM {table.name}"  # noqa: S608 - names of ours
                sequence = f"pg_get_serial_sequence('{table.name}', '{column.name}')"
                following = f"SELECT setval({sequence}, greatest(nextval({sequence}), ({greatest})), false)"
                self._connection.execute(text(following))


def _coding(column: Column[Any]) -> _Coding | None:
    """Return how a value is spelt in JSON, and read; None where JSON has a spelling of its own."""
    return next((coding for kind, coding in _CODINGS.items() if isinstance(column.type, kind)), None)


def _record(columns: Sequence[str], row: Row, read: Iterable[tuple[str, Callable[[Any], Any]]]) -> dict[str, Any]:
    record = dict(zip(columns, row, strict=True))
    for column, from_json in read:
        if record[column] is not None:
            record[column] = from_json(record[column])
    return record


def _beyond(name: str, number: int, now: datetime) -> int:
    """Return a number that no state after this one has given.

    Writes come less often than once a second, so the seconds since 1970 are ahead of every count of them, and of those
    that began at an earlier restoring.
    """
    if name == counters.ARRIVAL:
        return number + _ARRIVALS_LEAPT
    if name not in (counters.CHANGE, counters.PUBLICATION):
        return number
    seconds = int(now.timestamp())
    return seconds if seconds > number else number + _LEAPT
