"""The index of words of a large import, made apart from the store while its articles are written.

Knows that all of an index of FTS5 stands in rows of plain tables, which mean the same in another database; hides the
process that makes it.
"""

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import IO, Any, TypeAlias

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from feedsvc.errors import StoreUnavailable
from feedsvc.store import indexer, searching
from feedsvc.store.failures import shown

Words: TypeAlias = bytes
"""What :func:`searching.rows` returns of a batch of articles, as it goes from one process to the next."""

_PUT = "INSERT INTO {table} VALUES ({places})"


def packed(rows: list[tuple[int, str]]) -> Words:
    """Return the words of a batch."""
    return indexer.packed(rows)


@contextmanager
def index(connection: Connection) -> Iterator["Index"]:
    """Start a process that makes an index; it ends with the block."""
    # In a group of its own: what ends this process at the keyboard would have that one complain.
    with subprocess.Popen(  # noqa: S603 - ourselves
        [sys.executable, "-I", indexer.__file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, process_group=0
    ) as process:
        try:
            yield Index(connection, process)
        finally:
            process.kill()
            with suppress(BrokenPipeError):  # what was still to be sent
                _pipe(process.stdin).close()


class Index:
    """An index of words that another process makes."""

    def __init__(self, connection: Connection, process: "subprocess.Popen[bytes]") -> None:
        self._connection = connection
        self._process = process
        create, put, end = searching.ALONE
        self._send((create, put, end, searching.PARTS))

    def put(self, words: Words) -> None:
        """Put the words of articles there, whose arrival numbers go on where those of the last ended."""
        self._send(words)

    def end(self) -> None:
        """Let the process finish the index, while this one does something else."""
        self._send([])

    def take_in(self) -> None:
        """Write the index into the store, in the place of the one that is there."""
        for table in searching.PARTS:
            self._connection.exec_driver_sql(f"DELETE FROM {table}")  # noqa: S608 - a name of ours
        for table, rows in self._received():
            places = ", ".join("?" * len(rows[0]))
            self._connection.exec_driver_sql(_PUT.format(table=table, places=places), rows)

    def _received(self) -> Iterator[tuple[str, list[tuple[Any, ...]]]]:
        while True:
            match indexer.received(_pipe(self._process.stdout)):
                case (None, (code, text)):
                    cause = sqlite3.OperationalError(text)
                    cause.sqlite_errorcode = code
                    raise OperationalError("the index of words", None, cause)
                case ("", _):
                    return
                case (table, rows):
                    yield table, rows
                case _:
                    ended = f"the process that makes the index of words has ended (status {self._process.wait()})"
                    raise StoreUnavailable(shown(self._connection.engine.url), f"{ended}; is there memory left?")

    def _send(self, value: Any) -> None:
        try:
            indexer.send(_pipe(self._process.stdin), value)
        except BrokenPipeError:
            [*self._received()]  # has the reason
            raise


def _pipe(end: IO[bytes] | None) -> IO[bytes]:
    if end is None:
        raise RuntimeError("a process was started without its pipes")
    return end
