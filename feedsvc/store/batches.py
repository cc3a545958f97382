"""Many values and rows at once.

Knows how much goes into one statement, and how values are made ready for a database; hides that SQLAlchemy would look
at every parameter of every row anew, which takes longer than SQLite needs to write them.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Connection, Dialect, Table, insert

# Values in one IN list, and rows in one page of a stream: far below what either database takes in a statement (SQLite:
# 32,766), and little memory.
CHUNK = 500

_T = TypeVar("_T")
_Processor = Callable[[Any], Any]


def chunks(values: Iterable[_T], size: int = CHUNK) -> Iterator[list[_T]]:
    """Yield the values in lists of at most ``size``."""
    rest = iter(values)
    while chunk := list(islice(rest, size)):
        yield chunk


def insert_all(connection: Connection, table: Table, rows: Iterable[dict[str, Any]]) -> None:
    """Insert rows that all have the same columns."""
    given = list(rows)
    if given:
        names = tuple(column.name for column in table.columns if column.name in given[0])
        insert_rows(connection, table, ([row[name] for name in names] for row in given), names)


def insert_rows(
    connection: Connection, table: Table, rows: Iterable[Iterable[Any]], names: tuple[str, ...] = ()
) -> None:
    """Insert rows with values for all columns of the table, or those of ``names``, in the table's order."""
    insert_ready(connection, table, ready(table, zip(*rows, strict=True), connection.dialect, names), names)


def ready(
    table: Table, columns: Iterable[Sequence[Any]], dialect: Dialect, names: tuple[str, ...] = ()
) -> list[tuple[Any, ...]]:
    """Return the rows of these columns, if any, with their values as the driver of a database takes them."""
    _, makers = _prepared(table, names, dialect)
    made = [*columns]
    for at, make in makers if made else ():
        made[at] = [None if value is None else make(value) for value in made[at]]
    return [*zip(*made, strict=True)]


def insert_ready(
    connection: Connection, table: Table, rows: Sequence[tuple[Any, ...]], names: tuple[str, ...] = ()
) -> None:
    """Insert rows that :func:`ready` gave."""
    sql, _ = _prepared(table, names, connection.dialect)
    if rows and connection.dialect.positional:
        connection.exec_driver_sql(sql, rows)
    elif rows:
        names = names or tuple(table.columns.keys())
        connection.exec_driver_sql(sql, [dict(zip(names, row, strict=True)) for row in rows])


@lru_cache(maxsize=64)
def _prepared(table: Table, names: tuple[str, ...], dialect: Dialect) -> tuple[str, tuple[tuple[int, _Processor], ...]]:
    """Return the statement, and by the place of a column what makes its values ready, where they are not."""
    names = names or tuple(table.columns.keys())
    compiled = insert(table).compile(dialect=dialect, column_keys=list(names))
    makers = (table.c[name].type.dialect_impl(dialect).bind_processor(dialect) for name in names)
    return str(compiled), tuple((at, make) for at, make in enumerate(makers) if make)
