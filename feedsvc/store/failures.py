"""Which database errors are expected, and what an admin can do about each.

Knows the codes of SQLite and PostgreSQL; an error that it does not know is a bug and travels up as it is.
"""

import re
import sqlite3

from sqlalchemy import URL
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from feedsvc.errors import StoreUnavailable

_SQLITE: dict[int, str] = {
    sqlite3.SQLITE_PERM: "permission denied; give the user that runs feedsvc the right to write there",
    sqlite3.SQLITE_BUSY: "another program keeps it locked; end that program or try again later",
    sqlite3.SQLITE_READONLY: "it is read-only; give the user that runs feedsvc the right to write it and its folder",
    sqlite3.SQLITE_IOERR: "the disk cannot be read or written; check it and its free space",
    sqlite3.SQLITE_CORRUPT: "the file is damaged; restore it from a backup",
    sqlite3.SQLITE_FULL: "the disk is full; free some space, nothing of this change was written",
    sqlite3.SQLITE_CANTOPEN: "the file cannot be opened; check that its folder exists and may be written",
    sqlite3.SQLITE_PROTOCOL: "another program keeps it locked; end that program or try again later",
    sqlite3.SQLITE_NOTADB: "the file is not a SQLite database; move it away or correct [store] url",
}

_READ_ONLY = "25006"

# SQLSTATE, or its class (the first two characters).
_POSTGRESQL: dict[str, str] = {
    _READ_ONLY: "the server is read-only (a standby?); point [store] url at the primary",
    "28": "the server refuses the user; correct user name and password in [store] url",
    "3D": "there is no database of that name; create it or correct [store] url",
    "3F": "the schema named in search_path is not there; create it or correct [store] url",
    "42501": "the user may not do that; grant it the rights on the database and its schema",
    "53100": "the server's disk is full; free some space, nothing of this change was written",
    "53300": "the server takes no more connections; raise max_connections or run fewer workers",
    "55P03": "another process keeps it locked; end that process or try again later",
    "57P": "the server is shutting down or starting; try again later",
}

# libpq gives no SQLSTATE for a connection that never came about, only the server's sentence.
_REFUSALS: tuple[tuple[str, str], ...] = (
    (r"password authentication failed|no password supplied|no pg_hba.conf entry|role \".*\"", _POSTGRESQL["28"]),
    (r"database \".*\" does not exist", _POSTGRESQL["3D"]),
    ("too many clients", _POSTGRESQL["53300"]),
    ("starting up|shutting down", _POSTGRESQL["57P"]),
    ("resolve host", "the server's name is not known; correct the host in [store] url"),
    ("refused", "no server answers there; start PostgreSQL or correct host and port in [store] url"),
    ("timeout", "the server does not answer; check the network, or correct host and port in [store] url"),
)


def shown(url: URL) -> str:
    """Return the address for people: without password and without the query, where a password can stand as well."""
    if url.drivername.startswith("sqlite+"):
        return f"sqlite:///{url.database}"
    return url.set(drivername=url.get_backend_name(), query={}).render_as_string(hide_password=True)


def expected(error: SQLAlchemyError, url: URL) -> StoreUnavailable | None:
    """Return what to raise instead of an operational failure, or None when the error is a bug of ours."""
    if isinstance(error, PoolTimeout):
        return StoreUnavailable(shown(url), "all connections are busy; run fewer threads or find what holds them")
    if not isinstance(error, DBAPIError) or error.orig is None:
        return None
    reason = _sqlite(error.orig) if isinstance(error.orig, sqlite3.Error) else _postgresql(error)
    return StoreUnavailable(shown(url), reason) if reason else None


def refuses_writing(error: SQLAlchemyError) -> bool:
    """Tell whether the database refused to write because the transaction was begun for reading."""
    cause = getattr(error, "orig", None)
    code = getattr(cause, "sqlite_errorcode", None)
    return code == sqlite3.SQLITE_READONLY or getattr(cause, "sqlstate", None) == _READ_ONLY


def misses_schema(error: SQLAlchemyError) -> bool:
    """Tell whether a table or column is not there: the store was never migrated, or is older or newer than we are."""
    cause = getattr(error, "orig", None)
    if isinstance(cause, sqlite3.Error):
        return str(cause).startswith("no such ") or " has no column named " in str(cause)
    return getattr(cause, "sqlstate", None) in {"42P01", "42703"}


def _sqlite(cause: sqlite3.Error) -> str | None:
    if str(cause).startswith("no such module"):
        module = str(cause).rpartition(" ")[2].upper()
        return f"this Python's SQLite is built without {module}, which searching needs; use another, or PostgreSQL"
    # Extended codes carry the primary one in the low byte; errors of the Python module itself have none.
    return _SQLITE.get(getattr(cause, "sqlite_errorcode", 0) & 0xFF)


def _postgresql(error: DBAPIError) -> str | None:
    cause = error.orig
    state: str | None = getattr(cause, "sqlstate", None)
    if state:
        known = _POSTGRESQL.get(state) or _POSTGRESQL.get(state[:3]) or _POSTGRESQL.get(state[:2])
        # 53: out of resources, 57: operator intervention, 58: system error, 08: connection.
        return known or (_first_line(cause) if state[:2] in {"53", "57", "58", "08"} else None)
    if type(cause).__name__ not in {"OperationalError", "ConnectionTimeout"}:
        return "the connection was lost; try again" if error.connection_invalidated else None
    text = str(cause)
    if error.connection_invalidated:
        return "the connection was lost; check that the server runs and try again"
    return next((reason for sign, reason in _REFUSALS if re.search(sign, text)), _first_line(cause))


def _first_line(cause: BaseException | None) -> str:
    return (str(cause).splitlines() or ["the database failed"])[0]
