"""The records of work."""

from sqlalchemy import Connection, Row, delete, func, insert, select

from feedsvc.model import Complaint, Outcome, Run, RunKind
from feedsvc.store.tables import run

_KEPT_PER_NAME = 200
_PRUNED_EVERY = 100


class Runs:
    """Runs in the order in which they were recorded; newest means recorded last."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, value: Run) -> None:
        """Record a run; every hundredth prunes what has piled up, so that nobody else has to think of it."""
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
        number = self._connection.execute(insert(run).values(row)).inserted_primary_key
        if number is not None and number.id % _PRUNED_EVERY == 0:
            self.prune(_KEPT_PER_NAME)

    def latest(self) -> tuple[Run, ...]:
        """Return the newest run of each kind and name, ordered by them."""
        newest = select(func.max(run.c.id)).group_by(run.c.kind, run.c.name)
        rows = self._connection.execute(select(run).where(run.c.id.in_(newest)).order_by(run.c.kind, run.c.name))
        return tuple(_run(row) for row in rows)

    def last(self, kind: RunKind, name: str) -> Run | None:
        """Return the newest run of this kind and name."""
        runs = select(run).where(run.c.kind == kind.value, run.c.name == name).order_by(run.c.id.desc()).limit(1)
        row = self._connection.execute(runs).first()
        return _run(row) if row else None

    def list(self, limit: int) -> tuple[Run, ...]:
        """Return the newest runs of all, newest first."""
        return tuple(_run(row) for row in self._connection.execute(select(run).order_by(run.c.id.desc()).limit(limit)))

    def prune(self, keep_per_name: int) -> None:
        """Forget all but the newest runs of each kind and name."""
        age = func.row_number().over(partition_by=(run.c.kind, run.c.name), order_by=run.c.id.desc())
        ranked = select(run.c.id, age.label("age")).subquery()
        self._connection.execute(
            delete(run).where(run.c.id.in_(select(ranked.c.id).where(ranked.c.age > keep_per_name)))
        )


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
