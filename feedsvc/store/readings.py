"""What each origin of a source looked like when it was last read."""

from collections.abc import Iterable

from sqlalchemy import Connection, Row, delete, insert, select, update

from feedsvc.model import ArticleId, Complaint, Reading, SourceName
from feedsvc.store.tables import reading


class Readings:
    """One reading for each origin of a source: the last."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def list(self, source: SourceName) -> dict[str, Reading]:
        """Return the readings of a source by origin."""
        rows = self._connection.execute(select(reading).where(reading.c.source == source))
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
        same = (reading.c.source == value.source) & (reading.c.origin == value.origin)
        if self._connection.execute(update(reading).where(same), row).rowcount == 0:
            self._connection.execute(insert(reading), {"source": value.source, "origin": value.origin, **row})

    def delete(self, source: SourceName, origins: Iterable[str]) -> None:
        """Forget these origins, so that they are read afresh should they come back."""
        for origin in origins:
            self._connection.execute(delete(reading).where(reading.c.source == source, reading.c.origin == origin))


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
