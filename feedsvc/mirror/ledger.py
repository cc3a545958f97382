"""What was written into a mirror, and from what: a small database hidden in its folder.

Knows which files are ours and where each article stood when they were written; hides SQLite, which also sees to it that
only one process writes at a time. The articles' own store is another one, and may be far away.
"""

import contextlib
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path

from feedsvc.errors import MirrorError
from feedsvc.model import ArticleId, FeedName

_HIDDEN = ".feedsvc"
_NEVER = 2**62
_SCHEMA = """
CREATE TABLE IF NOT EXISTS file (name TEXT PRIMARY KEY, round INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS article (id TEXT PRIMARY KEY, feeds TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS document (path TEXT PRIMARY KEY, etag TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS note (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""


class Ledger:
    """The notes of one mirror; made by :func:`opened`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def keep(self) -> None:
        """Let what was noted so far count, whatever becomes of the rest of the block."""
        self._connection.execute("COMMIT")
        self._connection.execute("BEGIN IMMEDIATE")

    def note(self, name: str) -> str:
        """Return what was noted under a name; empty when nothing was."""
        row = self._connection.execute("SELECT value FROM note WHERE name = ?", (name,)).fetchone()
        return row[0] if row else ""

    def put_note(self, name: str, value: object) -> None:
        self._connection.execute("INSERT OR REPLACE INTO note VALUES (?, ?)", (name, str(value)))

    def put_file(self, name: str, round_: int) -> None:
        """Note that a file was there in a round of writing."""
        self._connection.execute("INSERT OR REPLACE INTO file VALUES (?, ?)", (name, round_))

    def forget_file(self, name: str) -> None:
        self._connection.execute("DELETE FROM file WHERE name = ?", (name,))

    def has_file(self, name: str) -> bool:
        return self._connection.execute("SELECT 1 FROM file WHERE name = ?", (name,)).fetchone() is not None

    def files(self, *, below: str = "", before: int | None = None) -> list[str]:
        """Return the files whose names begin with ``below``, in order; with ``before`` those not seen since a round."""
        rows = self._connection.execute(
            "SELECT name FROM file WHERE name > ? AND name < ? AND round < ? ORDER BY name",
            (below, below + "\U0010ffff", _NEVER if before is None else before),
        )
        return [name for (name,) in rows]

    def news(self, documents: Mapping[str, str]) -> list[str]:
        """Note the entity tags of documents, by path; return the paths of those that had others."""
        known = dict(self._connection.execute("SELECT path, etag FROM document"))
        news = [path for path, etag in documents.items() if known.get(path) != etag]
        self._connection.executemany("INSERT OR REPLACE INTO document VALUES (?, ?)", [(p, documents[p]) for p in news])
        return news

    def stood(self, article: ArticleId) -> tuple[FeedName, ...] | None:
        """Return in which feeds an article stood when it was last written; None when it never was."""
        row = self._connection.execute("SELECT feeds FROM article WHERE id = ?", (article,)).fetchone()
        return None if row is None else tuple(map(FeedName, row[0].split()))

    def put_stood(self, article: ArticleId, feeds: Collection[FeedName]) -> None:
        self._connection.execute("INSERT OR REPLACE INTO article VALUES (?, ?)", (article, " ".join(feeds)))


@contextlib.contextmanager
def opened(folder: Path) -> Iterator[Ledger]:
    """Open the ledger of a folder, which is made if need be; what is noted counts once the block has ended well.

    Until then nobody else can open it.

    Raises:
        MirrorError: the folder holds files that are not ours, or another process is writing, or the disk says no.
    """
    file = folder / _HIDDEN / "ledger.db"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not file.exists() and _names(folder.iterdir()):
            raise MirrorError(str(folder), "there are files that feedsvc has not written; name an empty folder")
        file.parent.mkdir(exist_ok=True)
        with contextlib.closing(sqlite3.connect(file, timeout=0, isolation_level=None)) as connection:
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")  # between two transactions, too
            connection.execute("BEGIN IMMEDIATE")
            for statement in _SCHEMA.split(";"):
                connection.execute(statement)
            yield Ledger(connection)
            connection.execute("COMMIT")
    except sqlite3.OperationalError as error:
        locked = "another process is writing it" if "locked" in str(error) else str(error)
        raise MirrorError(str(folder), locked) from error
    except (OSError, sqlite3.DatabaseError) as error:
        raise MirrorError(str(folder), getattr(error, "strerror", None) or str(error)) from error


def _names(entries: Iterable[Path]) -> list[str]:
    return [entry.name for entry in entries if entry.name not in (_HIDDEN, "lost+found")]
