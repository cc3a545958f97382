"""Every piece of work under a lease, and its Run afterwards.

Knows what becomes of a failure: an expected one is a Run with a code, a bug a crashed Run with its traceback in the
log, and neither stops other work. Hides leases.
"""

import logging
import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from feedsvc.errors import FeedsvcError, StoreError
from feedsvc.model import Complaint, Outcome, Run, RunKind
from feedsvc.store import Store, Transaction

log = logging.getLogger(__name__)

# Longer than nearly any piece of work takes; one that takes longer may be done twice, which harms nothing.
_LEASE_S = 30
_BUSY = (
    "another process is at it, or was and could not say that it has ended (killed, the disk full?): "
    f"then it is free again after {_LEASE_S} s"
)


@dataclass(frozen=True, slots=True)
class Ended:
    """What a piece of work came to: the part of a Run that the work itself knows.

    ``store`` writes what the Run tells of, in the transaction that records it.
    """

    outcome: Outcome
    counts: Mapping[str, int] = field(default_factory=dict)
    code: str | None = None
    message: str | None = None
    complaints: tuple[Complaint, ...] = ()
    store: Callable[[Transaction], object] | None = None


class Recorder:
    """Does work for one process; safe to call from many threads."""

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock
        self._process = secrets.token_hex(8)

    def run(self, kind: RunKind, name: str, work: Callable[[], Ended], *, alone: bool = True) -> Run:
        """Do the work and record it; the Run says how it ended, whatever happened.

        Work that is done ``alone`` is left to whoever is at it already: then nothing is done and nothing recorded, and
        the Run returned says so. Where the store is out of reach the Run is returned unrecorded.
        """
        started = self._clock()
        if not alone:
            return self._record(kind, name, started, _ended(kind, name, work))
        lease = f"{kind}:{name}"
        # Threads of one process exclude one another too.
        holder = f"{self._process}-{secrets.token_hex(4)}"
        try:
            with self._store.begin() as tx:
                claimed = tx.leases.claim(lease, holder, now=started, ttl_s=_LEASE_S)
        except StoreError as error:
            return _tell(self._run(kind, name, started, _failure(kind, name, error)))
        if not claimed:
            return _tell(self._run(kind, name, started, Ended(Outcome.FAILED, code="busy", message=_BUSY)))
        ended = _ended(kind, name, work)
        return self._record(kind, name, started, ended, lambda tx: tx.leases.release(lease, holder))

    def _record(
        self,
        kind: RunKind,
        name: str,
        started: datetime,
        ended: Ended,
        release: Callable[[Transaction], None] = lambda _: None,
    ) -> Run:
        run = self._run(kind, name, started, ended)
        try:
            with self._store.begin() as tx:
                if ended.store:
                    ended.store(tx)
                tx.runs.add(run)
                release(tx)
        except Exception as error:
            if ended.store:
                return self._record(kind, name, started, _failure(kind, name, error), release)
            if not isinstance(error, StoreError):
                raise
            log.error("run_not_recorded", extra={"kind": str(kind), "name_": name, "reason": str(error)})
            with suppress(StoreError), self._store.begin() as tx:  # less to write: a full disk may still take it
                release(tx)
        return _tell(run)

    def _run(self, kind: RunKind, name: str, started: datetime, ended: Ended) -> Run:
        return Run(
            kind=kind,
            name=name,
            started=started,
            ended=max(self._clock(), started),
            outcome=ended.outcome,
            counts=ended.counts,
            code=ended.code,
            message=ended.message,
            complaints=ended.complaints,
        )


def _tell(run: Run) -> Run:
    level = logging.INFO if run.outcome in (Outcome.DONE, Outcome.UNCHANGED) else logging.ERROR
    log.log(
        level,
        "run",
        extra={
            "kind": str(run.kind),
            "name_": run.name,
            "outcome": str(run.outcome),
            "ms": round((run.ended - run.started).total_seconds() * 1000, 1),
            **({"code": run.code, "reason": run.message} if run.code else {}),
            **{key: value for key, value in run.counts.items() if value},
        },
    )
    return run


def _ended(kind: RunKind, name: str, work: Callable[[], Ended]) -> Ended:
    try:
        return work()
    except Exception as error:
        return _failure(kind, name, error)


def _failure(kind: RunKind, name: str, error: Exception) -> Ended:
    if isinstance(error, FeedsvcError):
        return Ended(Outcome.FAILED, code=error.code, message=str(error))
    log.error("run_crashed", exc_info=error, extra={"kind": str(kind), "name_": name})
    return Ended(Outcome.CRASHED, code="crashed", message=f"{type(error).__name__}: {error}")
