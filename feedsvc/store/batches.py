"""Many values and rows at once.

Knows how much goes into one statement, and how values are made ready for a database; hides that SQLAlchemy would look
at every parameter of every row anew, which takes longer than SQLite needs to write them.
"""

from collections.abc import Callable, Iterable, Iterator
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
    if not given:
        return
    sql, columns = _prepared(table, tuple(given[0]), connection.dialect)
    ready = ({name: make(row[name]) if make else row[name] for name, make in columns} for row in given)
    values: list[Any] = [tuple(row.values()) for row in ready] if connection.dialect.positional else [*ready]
    connection.exec_driver_sql(sql, values)


@lru_cache(maxsize=64)
def _prepared(
    table: Table, names: tuple[str, ...], dialect: Dialect
) -> tuple[str, tuple[tuple[str, _Processor | None], ...]]:
    """Return the statement, and its columns in order with what makes a value ready for each."""
    compiled = insert(table).compile(dialect=dialect, column_keys=list(names))
    order = [name for name in compiled.params if name in names]
    return str(compiled), tuple(
        (name, table.c[name].type.dialect_impl(dialect).bind_processor(dialect)) for name in order
    )
