"""An index made by a process of its own, in a database of its own that is gone with it: this file, run as a program.

Knows how the two processes speak with each other; hides no more than that, and needs nothing but SQLite, so that it is
there at once. What it is told to do comes first, then rows, an empty list of them at the end; it answers with the rows
of the tables that it was asked for.
"""

import marshal
import signal
import sqlite3
import sys
from typing import IO, Any

_LENGTH_BYTES = 8
# Rows that are sent at once.
_SOME = 500

# The file has no name and nobody else reads it, so there is nothing to take back; memory (KiB) for its pages.
_ALONE = ("PRAGMA journal_mode = OFF", "PRAGMA secure_delete = OFF", "PRAGMA cache_size = -8000")


def send(stream: IO[bytes], value: Any) -> None:
    """Write a value of plain ones, or one that :func:`packed` gave."""
    data = value if isinstance(value, bytes) else packed(value)
    stream.write(len(data).to_bytes(_LENGTH_BYTES))
    stream.write(data)
    stream.flush()


def packed(value: Any) -> bytes:
    """Return a value as :func:`send` writes it."""
    return marshal.dumps(value)


def received(stream: IO[bytes]) -> Any:
    """Read the next value; None when there is none, for who was to send it is gone."""
    length = int.from_bytes(stream.read(_LENGTH_BYTES))
    data = stream.read(length)
    return marshal.loads(data) if length and len(data) == length else None  # noqa: S302 - written above, by us


def main() -> None:
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # whose reader is gone ends, and has nobody to tell
    given, out = sys.stdin.buffer, sys.stdout.buffer
    begin, insert, end, tables = received(given)
    try:
        connection = sqlite3.connect("", isolation_level=None)
        for statement in (*_ALONE, *begin, "BEGIN"):
            connection.execute(statement)
        while rows := received(given):
            connection.executemany(insert, rows)
        if rows is None:
            return
        for statement in (*end, "COMMIT"):
            connection.execute(statement)
        for table in tables:
            found = connection.execute(f"SELECT * FROM {table}")  # noqa: S608 - a name of ours
            while some := found.fetchmany(_SOME):
                send(out, (table, some))
        send(out, ("", []))
    except sqlite3.Error as error:
        send(out, (None, (error.sqlite_errorcode, str(error))))


if __name__ == "__main__":
    main()
