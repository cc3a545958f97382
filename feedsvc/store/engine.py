"""Connections to the database, alike on SQLite and PostgreSQL.

Knows how each of the two is opened, kept and made to have one writer at a time; hides it from the repositories, which
are written once for both.
"""

import json
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, func, make_url, select
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError, SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry

from feedsvc.errors import StoreUnavailable
from feedsvc.store.failures import expected, refuses_writing, shown

# How long a writer waits for the one before it. An import of 100,000 articles is the longest that we know of.
LOCK_TIMEOUT_S = 30.0
_CONNECT_TIMEOUT_S = 5
# Any constant will do; the other half of the lock is the schema, so that two stores in one database do not meet.
_WRITER_LOCK = 0x66656564

# How a transaction of SQLite begins.
_READING = "BEGIN"
_WRITING = "BEGIN IMMEDIATE"

# For a connection that fills an empty store: its rows refer to one another by their making, and what it takes out are
# parts of indexes that it has put together, no secrets.
_FILLING = ("PRAGMA foreign_keys = OFF", "PRAGMA secure_delete = OFF")


def parse(url: str) -> URL:
    """Return the address of a store.

    Raises:
        StoreUnavailable: it names neither a SQLite file nor a PostgreSQL database.
    """
    if url.startswith("sqlite:"):
        # By hand: SQLAlchemy would take a ? in the path for a query, and since 2.1 a % for an escape.
        path = url.removeprefix("sqlite:///")
        if path in {"", ":memory:", url}:
            raise StoreUnavailable(url, f"a store needs a file that several processes can share; {_FORMS}")
        return URL.create("sqlite+pysqlite", database=path)
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        # The text may hold a password in a place where nobody expects it.
        raise StoreUnavailable(url.partition(":")[0] + ":…", f"this is no address of a database; {_FORMS}") from None
    if parsed.drivername not in _POSTGRESQL:
        raise StoreUnavailable(shown(parsed), f"{parsed.drivername} is not supported; {_FORMS}")
    return parsed.set(drivername="postgresql+psycopg")


_POSTGRESQL = {"postgresql", "postgres", "postgresql+psycopg"}
_FORMS = "write sqlite:///PATH or postgresql://USER:PASSWORD@HOST/DATABASE"


class Database:
    """A pool of connections with two ways to use one: reading a snapshot, and writing alone.

    Web workers and the schedule have a few threads each and hold a connection for milliseconds, so two stay open and
    more come and go with the load: a PostgreSQL server has 100 by default for all processes of all machines, and each
    idle SQLite connection costs up to 2 MB of cached pages. The one used last is used first, so the rest stays cold.
    """

    def __init__(self, url: URL) -> None:
        self.url = url
        self.sqlite = url.get_backend_name() == "sqlite"
        if self.sqlite:
            _make_ready(url)
        elif "connect_timeout" not in url.query:
            url = url.update_query_dict({"connect_timeout": str(_CONNECT_TIMEOUT_S)})
        self.engine = create_engine(
            url,
            pool_size=2,
            max_overflow=14,
            pool_use_lifo=True,
            # A server that was restarted must not cost the first reader an error.
            pool_pre_ping=not self.sqlite,
            # Transactions of SQLite begin where _begin says, not where the sqlite3 module guesses.
            connect_args={"isolation_level": None} if self.sqlite else {},
            json_serializer=to_json,
            json_deserializer=_from_json,
        )
        self._reader: Engine = self.engine
        if self.sqlite:
            event.listen(self.engine, "connect", _set_up_sqlite)
        else:
            event.listen(self.engine, "connect", _set_up_postgresql)
            self._reader = self.engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)

    def probe(self) -> None:
        """Connect once, so that what is wrong is said at the start.

        Raises:
            StoreUnavailable: with the reason and what to do.
        """
        try:
            with self.engine.connect() as connection:
                if self.sqlite:
                    _write_ahead(connection)
        except SQLAlchemyError as error:
            reason = str(error.orig).strip() if isinstance(error, DBAPIError) else str(error)
            raise expected(error, self.url) or StoreUnavailable(shown(self.url), reason) from error

    @contextmanager
    def read(self) -> Iterator[Connection]:
        with self._translated(reading=True), self._reader.begin() as connection:
            if self.sqlite:
                _begin(connection, _READING)
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        with self._translated(reading=False), self.engine.begin() as connection:
            if self.sqlite:
                _begin(connection, _WRITING)
            else:
                # What SQLite always does: one writer at a time, so what a transaction has read and decided upon cannot
                # change before it commits, and numbers drawn in it grow in the order of commits.
                schema = func.hashtext(func.current_schema())
                connection.execute(select(func.pg_advisory_xact_lock(_WRITER_LOCK, schema)))
            yield connection

    @contextmanager
    def fill(self) -> Iterator[Connection]:
        """Write as :meth:`write` does, into tables that are empty.

        A file of SQLite that nobody else has open logs nothing meanwhile: what was not there needs no copy to be taken
        back. Others who open it then wait for the end.
        """
        if not self.sqlite:
            with self.write() as connection:
                yield connection
            return
        self.engine.dispose()
        try:
            with self._translated(reading=False), self.engine.begin() as connection:
                connection.detach()  # nobody else gets a connection that was set up so
                for pragma in _FILLING:
                    connection.exec_driver_sql(pragma)
                _write_directly(connection)
                _begin(connection, _WRITING)
                yield connection
        finally:
            self.probe()

    @contextmanager
    def _translated(self, *, reading: bool) -> Iterator[None]:
        try:
            yield
        except SQLAlchemyError as error:
            # Writing in a transaction that reads is a mistake of ours, whatever the database calls it.
            unavailable = None if reading and refuses_writing(error) else expected(error, self.url)
            if unavailable is None:
                raise
            raise unavailable from error


_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


# Most lists of an article are empty, and a page of articles has hundreds of them.
def to_json(value: object) -> str:
    """Return how a value stands in a column of JSON."""
    return "[]" if value in ((), []) else _encode(value)


def _from_json(text: str) -> Any:
    return [] if text == "[]" else json.loads(text)


def _make_ready(url: URL) -> None:
    """Make the folder of a SQLite file, and find out what SQLite would only say at the first write."""
    path = Path(str(url.database))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        what = f"its folder {path.parent} cannot be made ({error.strerror}); make it or correct [store] url"
        raise StoreUnavailable(shown(url), what) from error
    if path.is_dir():
        raise StoreUnavailable(shown(url), "this is a folder; name a file in it")
    for place in (path, path.parent):
        if place.exists() and not os.access(place, os.W_OK, effective_ids=os.access in os.supports_effective_ids):
            raise StoreUnavailable(
                shown(url), f"{place} is read-only; give the user that runs feedsvc the right to write there"
            )


def _set_up_sqlite(connection: sqlite3.Connection, _: ConnectionPoolEntry) -> None:
    connection.execute(f"PRAGMA busy_timeout = {LOCK_TIMEOUT_S * 1000:.0f}")
    connection.execute("PRAGMA foreign_keys = ON")
    # In WAL mode a power cut may lose the last transactions, never the database: they are read again from the source.
    connection.execute("PRAGMA synchronous = NORMAL")


def _begin(connection: Connection, how: str) -> None:
    # Not by an event of the engine: one listener makes SQLAlchemy look for listeners at every statement. The pragma
    # cannot fail, so the driver is asked.
    connection.connection.cursor().execute(f"PRAGMA query_only = {'ON' if how == _READING else 'OFF'}")
    connection.exec_driver_sql(how)


def _write_ahead(connection: Connection) -> None:
    """Switch the file to write-ahead logging, which it keeps: readers and the writer do not wait for each other."""
    deadline = time.monotonic() + LOCK_TIMEOUT_S
    while True:
        try:
            connection.exec_driver_sql("PRAGMA journal_mode = WAL")
        except OperationalError as error:
            # SQLite does not wait by itself here when several processes open a new file at once.
            if not _is_busy(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.02)
        else:
            return


def _write_directly(connection: Connection) -> None:
    """Switch to a journal of what is overwritten, unless somebody else has the file open."""
    try:
        connection.exec_driver_sql("PRAGMA journal_mode = TRUNCATE")
    except OperationalError as error:
        if not _is_busy(error):
            raise


def _is_busy(error: OperationalError) -> bool:
    return isinstance(error.orig, sqlite3.Error) and error.orig.sqlite_errorcode == sqlite3.SQLITE_BUSY


def _set_up_postgresql(connection: Any, _: ConnectionPoolEntry) -> None:
    # psycopg's connection, which is not imported where SQLite is used: it costs 12 MB.
    connection.execute(f"SET lock_timeout = {LOCK_TIMEOUT_S * 1000:.0f}")
    connection.commit()
