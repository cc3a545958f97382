"""The records of work."""

from zlib import crc32

from sqlalchemy import Connection, Row, bindparam, delete, func, insert, select

from feedsvc.model import Complaint, Outcome, Run, RunKind
from feedsvc.store.tables import run

_KEPT_PER_NAME = 200
_PRUNED_EVERY = 25

# Made once, as every piece of work asks for the last one and adds its own.
_ADD = insert(run)
_LAST = (
    select(run)
    .where(run.c.kind == bindparam("of"), run.c.name == bindparam("named"))
    .order_by(run.c.id.desc())
    .limit(1)
)


class Runs:
    """Runs in the order in which they were recorded; newest means recorded last."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, value: Run) -> None:
        """Record a run; one in 25 forgets what has piled up of its kind and name, so that nobody has to think of it."""
        row = {
            "kind": value.kind.value,
            "name": value.name,
            "started": value.started,
            "ended": value.ended,
            "outcome": value.outcome.value,
            "counts": dict(value.counts),
            "code": value.code,
            "message": value.message,
            "complaints": [[complaint.where, complaint.message] for complaint in value.complaints],
        }
        number = self._connection.execute(_ADD, row).inserted_primary_key
        # Not every 25th: where 100 feeds are published in turns, that would be the same four for ever.
        if number is not None and crc32(str(number.id).encode()) % _PRUNED_EVERY == 0:
            self._forget_all_but_newest(value.kind, value.name)

    def latest(self) -> tuple[Run, ...]:
        """Return the newest run of each kind and name, ordered by them."""
        newest = select(func.max(run.c.id)).group_by(run.c.kind, run.c.name)
        rows = self._connection.execute(select(run).where(run.c.id.in_(newest)).order_by(run.c.kind, run.c.name))
        return tuple(_run(row) for row in rows)

    def last(self, kind: RunKind, name: str) -> Run | None:
        """Return the newest run of this kind and name."""
        row = self._connection.execute(_LAST, {"of": kind.value, "named": name}).first()
        return _run(row) if row else None

    def list(self, limit: int) -> tuple[Run, ...]:
        """Return the newest runs of all, newest first."""
        return tuple(_run(row) for row in self._connection.execute(select(run).order_by(run.c.id.desc()).limit(limit)))

    def _forget_all_but_newest(self, kind: RunKind, name: str) -> None:
        own = (run.c.kind == kind.value, run.c.name == name)
        too_old = select(run.c.id).where(*own).order_by(run.c.id.desc()).offset(_KEPT_PER_NAME).limit(1)
        self._connection.execute(delete(run).where(*own, run.c.id <= too_old.scalar_subquery()))


def _run(row: Row[tuple[object, ...]]) -> Run:
    return Run(
        kind=RunKind(row.kind),
        name=row.name,
        started=row.started,
        ended=row.ended,
        outcome=Outcome(row.outcome),
        counts=row.counts,
        code=row.code,
        message=row.message,
        complaints=tuple(Complaint(where, message) for where, message in row.complaints),
    )
