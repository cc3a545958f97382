"""Every piece of work under a lease, and its Run afterwards.

Knows what becomes of a failure: an expected one is a Run with a code, a bug a crashed Run with its traceback in the
log, and neither stops other work. Hides leases.
"""

import logging
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from feedsvc.errors import FeedsvcError, StoreError
from feedsvc.model import Complaint, Outcome, Run, RunKind
from feedsvc.store import Store, Transaction

log = logging.getLogger(__name__)

# Longer than nearly any piece of work takes; one that takes longer may be done twice, which harms nothing.
_LEASE_S = 30


@dataclass(frozen=True, slots=True)
class Ended:
    """What a piece of work came to: the part of a Run that the work itself knows."""

    outcome: Outcome
    counts: Mapping[str, int] = field(default_factory=dict)
    code: str | None = None
    message: str | None = None
    complaints: tuple[Complaint, ...] = ()


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
            return self._record(self._report(kind, name, started, self._ended(kind, name, work)))
        lease = f"{kind}:{name}"
        # Threads of one process exclude one another too.
        holder = f"{self._process}-{secrets.token_hex(4)}"
        try:
            with self._store.begin() as tx:
                claimed = tx.leases.claim(lease, holder, now=started, ttl_s=_LEASE_S)
        except StoreError as error:
            return self._report(kind, name, started, _failure(error))
        if not claimed:
            busy = f"another process is at it; if it died, it is free again after {_LEASE_S} s"
            return self._report(kind, name, started, Ended(Outcome.FAILED, code="busy", message=busy))
        run = self._report(kind, name, started, self._ended(kind, name, work))
        return self._record(run, lambda tx: tx.leases.release(lease, holder))

    def _ended(self, kind: RunKind, name: str, work: Callable[[], Ended]) -> Ended:
        try:
            return work()
        except FeedsvcError as error:
            return _failure(error)
        except Exception as error:
            log.exception("run_crashed", extra={"kind": str(kind), "name_": name})
            return Ended(Outcome.CRASHED, code="crashed", message=f"{type(error).__name__}: {error}")

    def _record(self, run: Run, then: Callable[[Transaction], None] = lambda _: None) -> Run:
        try:
            with self._store.begin() as tx:
                tx.runs.add(run)
                then(tx)
        except StoreError as error:
            log.error("run_not_recorded", extra={"kind": str(run.kind), "name_": run.name, "reason": str(error)})
        return run

    def _report(self, kind: RunKind, name: str, started: datetime, ended: Ended) -> Run:
        run = Run(
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
        level = logging.INFO if run.outcome in (Outcome.DONE, Outcome.UNCHANGED) else logging.ERROR
        log.log(
            level,
            "run",
            extra={
                "kind": str(kind),
                "name_": name,
                "outcome": str(run.outcome),
                "ms": round((run.ended - started).total_seconds() * 1000, 1),
                **({"code": run.code, "reason": run.message} if run.code else {}),
                **{key: value for key, value in run.counts.items() if value},
            },
        )
        return run


def _failure(error: FeedsvcError) -> Ended:
    return Ended(Outcome.FAILED, code=error.code, message=str(error))
