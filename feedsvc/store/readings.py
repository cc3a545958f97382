"""What each origin of a source looked like when it was last read."""

from collections.abc import Iterable

from sqlalchemy import Connection, Row, bindparam, delete, insert, select, update

from feedsvc.model import ArticleId, Complaint, Reading, SourceName
from feedsvc.store.tables import reading

# Made once: every refresh asks, and most write.
_ALL = select(reading).where(reading.c.source == bindparam("of"))
_SAME = (reading.c.source == bindparam("of"), reading.c.origin == bindparam("at"))
_UPDATE = update(reading).where(*_SAME)
_INSERT = insert(reading)
_DELETE = delete(reading).where(*_SAME)


class Readings:
    """One reading for each origin of a source: the last."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def list(self, source: SourceName) -> dict[str, Reading]:
        """Return the readings of a source by origin."""
        rows = self._connection.execute(_ALL, {"of": source})
        return {row.origin: _reading(row) for row in rows}

    def put(self, value: Reading) -> None:
        """Keep the reading in place of the one before it."""
        row = {
            "digest": value.digest,
            "size": value.size,
            "mtime_ns": value.mtime_ns,
            "taken_at": value.taken_at,
            "etag": value.etag,
            "last_modified": value.last_modified,
            "article": value.article,
            "listed": value.listed,
            "complaints": [[complaint.where, complaint.message] for complaint in value.complaints],
            "code": value.code,
        }
        if self._connection.execute(_UPDATE, {"of": value.source, "at": value.origin, **row}).rowcount == 0:
            self._connection.execute(_INSERT, {"source": value.source, "origin": value.origin, **row})

    def delete(self, source: SourceName, origins: Iterable[str]) -> None:
        """Forget these origins, so that they are read afresh should they come back."""
        for origin in origins:
            self._connection.execute(_DELETE, {"of": source, "at": origin})


def _reading(row: Row[tuple[object, ...]]) -> Reading:
    return Reading(
        source=SourceName(row.source),
        origin=row.origin,
        digest=row.digest,
        size=row.size,
        mtime_ns=row.mtime_ns,
        taken_at=row.taken_at,
        etag=row.etag,
        last_modified=row.last_modified,
        article=ArticleId(row.article) if row.article else None,
        listed=tuple(map(ArticleId, row.listed)),
        complaints=tuple(Complaint(where, message) for where, message in row.complaints),
        code=row.code,
    )
