"""The store as one file, for another day or another database.

Knows the form of the file: gzip of JSON Lines, of which the first says what it is and the last that it is whole. Hides
how a file comes to be there whole or not at all.
"""

import gzip
import hashlib
import json
import os
import tempfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import IO, Any

from feedsvc import __version__
from feedsvc.errors import BackupInvalid
from feedsvc.store import Store

_TYPE, _FORMAT = "feedsvc-backup", 1
# Level 6 makes files 15 % smaller, in more than twice the time.
_LEVEL = 3
_AT_ONCE = 100

Advance = Callable[[int], None]

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@dataclass(frozen=True, slots=True)
class Contents:
    """What a backup holds: the store as it was at one moment, in rows by table."""

    taken_at: datetime
    version: str
    revision: str
    rows: Mapping[str, int]

    @property
    def total(self) -> int:
        return sum(self.rows.values())


class Backups:
    """Writing backups, and putting them back."""

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock

    def contents(self) -> Contents:
        """Return what a backup taken now would hold."""
        with self._store.read() as tx:
            return Contents(self._clock(), __version__, tx.backup.revision(), tx.backup.counts())

    def write(self, file: Path, *, advance: Advance = lambda _: None) -> Contents:
        """Write the store as it stands at this moment to a file that only its owner can read; others may go on writing.

        The file takes the place of an older one once it is whole and on the disk. ``advance`` is told how many rows
        were just written.

        Raises:
            OSError: the file cannot be written; what was there stays.
        """
        with _whole_or_not_at_all(file) as raw, self._store.read() as tx:
            contents = Contents(self._clock(), __version__, tx.backup.revision(), tx.backup.counts())
            with gzip.GzipFile(filename="", mode="wb", fileobj=raw, compresslevel=_LEVEL, mtime=0) as out:
                digest = hashlib.sha256()

                def put(line: Any) -> None:
                    data = (_encode(line) + "\n").encode()
                    digest.update(data)
                    out.write(data)

                put(_header(contents))
                for table in contents.rows:
                    put({"table": table, "columns": tx.backup.columns(table)})
                    for number, row in enumerate(tx.backup.rows(table), 1):
                        put(row)
                        if number % _AT_ONCE == 0:
                            advance(_AT_ONCE)
                    advance(contents.rows[table] % _AT_ONCE)
                out.write((_encode({"sha256": digest.hexdigest()}) + "\n").encode())
        return contents

    def read(self, file: Path) -> Contents:
        """Return what a backup holds, once it has been read to its end and found whole.

        Raises:
            BackupInvalid: it is not whole, or none that this feedsvc can restore; the message says what to do.
        """
        lines = _lines(file)
        last = next(lines, b"")
        contents = _contents(file, last)
        with self._store.read() as tx:
            revision = tx.backup.revision()
        if contents.revision != revision:
            raise BackupInvalid(
                str(file),
                f"it was written by feedsvc {contents.version} (schema {contents.revision}, here {revision}); "
                + (
                    "restore it with that version into an empty store, then start this one, which brings it up to date"
                    if contents.revision < revision
                    else "restore it with that version or a newer one"
                ),
            )
        digest = hashlib.sha256()
        for line in lines:
            digest.update(last)
            last = line
        if last != (_encode({"sha256": digest.hexdigest()}) + "\n").encode():
            raise BackupInvalid(str(file), "it is cut short or damaged; take another copy of it")
        return contents

    def restore(self, file: Path, *, replace: bool = False, advance: Advance = lambda _: None) -> None:
        """Put a backup that :meth:`read` found good in place of all that is in the store: all of it or nothing.

        Others write afterwards, or give up after half a minute. Feeds are to be published then. ``advance`` is told how
        many rows were just written.

        Raises:
            StoreNotEmpty: there are articles or tokens, and ``replace`` does not say that they may go.
            BackupInvalid: the file cannot be read any more.
        """
        with self._store.begin() as tx:
            tx.backup.fill(_rows(file), replace=replace, now=self._clock(), advance=advance)


def _header(contents: Contents) -> dict[str, Any]:
    return {
        "type": _TYPE,
        "format": _FORMAT,
        "version": contents.version,
        "revision": contents.revision,
        "taken_at": contents.taken_at.isoformat(),
        "rows": contents.rows,
    }


def _contents(file: Path, line: bytes) -> Contents:
    try:
        header = json.loads(line)
        if (header["type"], header["format"]) == (_TYPE, _FORMAT):
            taken_at = datetime.fromisoformat(header["taken_at"])
            return Contents(taken_at, header["version"], header["revision"], header["rows"])
        if header["type"] == _TYPE:
            reason = f"it was written by feedsvc {header['version']} in another form; restore it with that version"
            raise BackupInvalid(str(file), reason)
    except (ValueError, KeyError, TypeError):
        pass
    raise BackupInvalid(str(file), "it is no backup of feedsvc (`feedsvc import` reads exports)")


def _lines(file: Path) -> Iterator[bytes]:
    try:
        with gzip.open(file) as stream:
            yield from stream
    except gzip.BadGzipFile:
        raise BackupInvalid(str(file), "it is no backup of feedsvc, or damaged") from None
    except (EOFError, zlib.error):
        raise BackupInvalid(str(file), "it is cut short or damaged; take another copy of it") from None
    except OSError as error:
        raise BackupInvalid(str(file), f"it cannot be read ({error.strerror})") from error


def _rows(file: Path) -> Iterator[tuple[tuple[str, tuple[str, ...]], list[Any]]]:
    """Yield every row with its table and columns."""
    place: tuple[str, tuple[str, ...]] = ("", ())
    for line in islice(_lines(file), 1, None):
        value = json.loads(line)
        if isinstance(value, list):
            yield place, value
        elif "table" in value:
            place = value["table"], tuple(value["columns"])


@contextmanager
def _whole_or_not_at_all(file: Path) -> Iterator[IO[bytes]]:
    """Yield a file for its owner alone that takes its place once the block has ended well and all is on the disk."""
    # mkstemp gives the mode 0600, which a backup needs: it holds secrets of subscribers.
    descriptor, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    unfinished = Path(name)
    try:
        with open(descriptor, "wb") as out:  # noqa: PTH123 - a descriptor has no path
            yield out
            out.flush()
            os.fsync(out.fileno())
        unfinished.replace(file)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
