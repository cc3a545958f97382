"""The door of the store: opening, migrating, transactions."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from feedsvc.errors import StoreOutdated, StoreTooNew
from feedsvc.store import migrating
from feedsvc.store.alerts import Alerts
from feedsvc.store.articles import Articles
from feedsvc.store.backup import Backup
from feedsvc.store.documents import Documents
from feedsvc.store.engine import Database, parse
from feedsvc.store.failures import misses_schema, shown
from feedsvc.store.hub import Hub
from feedsvc.store.leases import Leases
from feedsvc.store.made import Loading
from feedsvc.store.readings import Readings
from feedsvc.store.runs import Runs
from feedsvc.store.samples import Samples
from feedsvc.store.tokens import Receipts, Tokens

# By whether it is SQLite.
_SIZE = {
    True: "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()",
    False: "SELECT pg_database_size(current_database())",
}


class Transaction:
    """What a transaction reads and writes, by subject. It is of use only inside its ``with`` block and its thread."""

    def __init__(self, connection: Connection) -> None:
        self.articles = Articles(connection)
        self.loading = Loading(connection)
        self.readings = Readings(connection)
        self.documents = Documents(connection)
        self.runs = Runs(connection)
        self.leases = Leases(connection)
        self.alerts = Alerts(connection)
        self.hub = Hub(connection)
        self.samples = Samples(connection)
        self.tokens = Tokens(connection)
        self.receipts = Receipts(connection)
        self.backup = Backup(connection)


class Store:
    """Articles, documents and the memory of work, in SQLite or PostgreSQL.

    Threads may share it; processes each open their own. What the database cannot do at the moment (full disk, lock,
    lost connection) is a ``StoreUnavailable`` from any method and any transaction, and a schema of another version a
    ``StoreOutdated`` or ``StoreTooNew``; every other error is a bug.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._still = threading.local()

    @classmethod
    def open(cls, url: str) -> "Store":
        """Connect to ``sqlite:///ABSOLUTE/PATH`` or ``postgresql://…``; a missing SQLite file and its folder are made.

        Raises:
            StoreUnavailable: the database cannot be had; the message says what to do and never shows a password.
        """
        database = Database(parse(url))
        try:
            database.probe()
        except BaseException:
            database.engine.dispose()
            raise
        return cls(database)

    @property
    def url(self) -> str:
        """The address for people, without password."""
        return shown(self._database.url)

    def migrate(self) -> tuple[str | None, str]:
        """Bring the schema to this version's revision; return the revisions before and after.

        Several processes may do so at once: one migrates, the others wait and find it done.

        Raises:
            StoreTooNew: the database was written by a newer feedsvc; nothing was changed.
        """
        with self._database.read() as connection:
            before = self._known(migrating.current(connection))
        if before == migrating.HEAD:
            return before, before
        with self._database.write() as connection:
            before = self._known(migrating.current(connection))
            if before != migrating.HEAD:
                migrating.upgrade(connection)
        return before, migrating.HEAD

    def check(self) -> None:
        """Make sure that the schema is the one this version writes.

        Raises:
            StoreTooNew: the database was written by a newer feedsvc.
            StoreOutdated: the database waits for :meth:`migrate`.
        """
        with self._database.read() as connection:
            revision = self._known(migrating.current(connection))
        if revision != migrating.HEAD:
            raise StoreOutdated(self.url, revision)

    def _known(self, revision: str | None) -> str | None:
        if revision is not None and revision not in migrating.REVISIONS:
            raise StoreTooNew(self.url, revision)
        return revision

    def size_bytes(self) -> int:
        """Return how much the database takes on disk: for PostgreSQL with all that others keep in it."""
        with self._database.read() as connection:
            return int(connection.scalar(text(_SIZE[self._database.sqlite])) or 0)

    @contextmanager
    def read(self) -> Iterator[Transaction]:
        """Read one consistent state: what others commit meanwhile is not seen. Writing here is refused."""
        held: Transaction | None = getattr(self._still, "held", None)
        if held is not None:
            yield held
            return
        with self._telling_outdated(), self._database.read() as connection:
            yield Transaction(connection)

    @contextmanager
    def still(self) -> Iterator[None]:
        """Let all reading of this thread within the block be of one state, in one transaction.

        What the thread writes there itself is not seen either, until the block has ended.
        """
        with self.read() as tx:
            before = getattr(self._still, "held", None)
            self._still.held = tx
            try:
                yield
            finally:
                self._still.held = before

    @contextmanager
    def begin(self) -> Iterator[Transaction]:
        """Write alone: other writers wait for the end of the block, readers do not.

        Commits at the end of the block, and rolls back on any exception.
        """
        with self._telling_outdated(), self._database.write() as connection:
            yield Transaction(connection)

    @contextmanager
    def fill(self) -> Iterator[Transaction]:
        """Write as :meth:`begin` does, into a store without articles.

        Who opens a SQLite file meanwhile waits for the end of the block.
        """
        with self._telling_outdated(), self._database.fill() as connection:
            yield Transaction(connection)

    @contextmanager
    def _telling_outdated(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as error:
            if misses_schema(error):
                self.check()
            raise

    def close(self) -> None:
        """Close all connections; the store can still be used and then opens new ones."""
        self._database.engine.dispose()
