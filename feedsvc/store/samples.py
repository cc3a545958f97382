"""The pages that could not be read well, kept for the admin to look at.

Bounded: one page for each source and code, compressed, forgotten a month after its source reads well again.
"""

import gzip
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import Connection, Row, delete, insert, select, update

from feedsvc.model import Sample, SourceName
from feedsvc.store.tables import sample

MOST_BYTES = 5_000_000  # compressed
_KEPT_WHEN_WELL = timedelta(days=30)

_TOLD = [column for column in sample.c if column is not sample.c.body]


class Samples:
    """One page for each source and code: the one with which the trouble that stands now began."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def list(self) -> tuple[Sample, ...]:
        """Return what is kept, newest first."""
        rows = self._connection.execute(select(*_TOLD).order_by(sample.c.taken_at.desc(), sample.c.source))
        return tuple(map(_sample, rows))

    def body(self, source: str, code: str) -> bytes | None:
        """Return the bytes of a page as they were retrieved; None when none is kept."""
        same = (sample.c.source == source) & (sample.c.code == code)
        packed = self._connection.execute(select(sample.c.body).where(same)).scalar()
        return None if packed is None else gzip.decompress(packed)

    def keep(self, value: Sample, body: bytes, now: datetime) -> None:
        """Keep a page, unless the one is kept with which this trouble began; other trouble of its origin is over."""
        same = (sample.c.source == value.source) & (sample.c.code == value.code)
        began = same & (sample.c.origin == value.origin) & sample.c.well.is_(None)
        if self._connection.execute(select(sample.c.code).where(began)).first():
            return
        self.note_well(value.source, value.origin, now)
        packed = gzip.compress(body, mtime=0)
        if len(packed) > MOST_BYTES:
            return
        self._connection.execute(delete(sample).where(same))
        row = {name: getattr(value, name) for name in value.__dataclass_fields__}
        self._connection.execute(insert(sample).values(**row, body=packed))

    def note_well(self, source: SourceName, origin: str, now: datetime) -> None:
        """Note that the trouble of an origin is over since ``now``; forget what is old."""
        ill = (sample.c.source == source) & (sample.c.origin == origin) & sample.c.well.is_(None)
        self._connection.execute(update(sample).where(ill).values(well=now))
        self.prune(now)

    def prune(self, now: datetime) -> None:
        """Forget the pages of sources that have read well for a month."""
        self._connection.execute(delete(sample).where(sample.c.well < now - _KEPT_WHEN_WELL))

    def forget_all_but(self, sources: Iterable[SourceName]) -> None:
        """Forget the pages of sources that are not there any more."""
        self._connection.execute(delete(sample).where(sample.c.source.not_in(list(sources))))


def _sample(row: Row[tuple[object, ...]]) -> Sample:
    return Sample(
        source=SourceName(row.source),
        code=row.code,
        origin=row.origin,
        message=row.message,
        taken_at=row.taken_at,
        media_type=row.media_type,
        size=row.size,
        well=row.well,
    )
