"""Many errands at once, but few to one host.

Knows when to ask for more errands and when to report those that are done; hides threads. What a slow host holds up is
its own errands: while it has enough of them waiting, those of others are asked for.
"""

import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Generic, Protocol, TypeVar

from feedsvc.outbound import Outbound, Send

TIMEOUT_S = 8.0

_LANES_MOST = 64
_LANES_A_HOST = 4
# After so long a lane is given up, so that slow hosts do not keep all of them from others.
_TURN_S = 2.0
# So many are claimed and reported at once; a host for which more are waiting gets none besides.
_AT_ONCE = 400
_WAITING_MOST = 10 * _AT_ONCE
_LOOK_S = 0.25
_REPORT_S = 0.1


class _Addressed(Protocol):
    @property
    def host(self) -> str: ...


Errand = TypeVar("Errand", bound=_Addressed)
Reply = TypeVar("Reply")


class Lanes(Generic[Errand, Reply]):
    """Does errands until there are none left; a lane is a thread with a line to one host.

    ``claim`` gives up to a number of new errands, of other hosts than those named; ``do`` does one, in a thread, and
    must not raise; ``report`` is told of those that are done, and of those that were claimed and not tried. An errand
    that is not begun within ``ttl_s`` seconds after it was claimed is not tried.
    """

    def __init__(
        self,
        outbound: Outbound,
        *,
        claim: Callable[[int, Collection[str]], Sequence[Errand]],
        do: Callable[[Errand, Send], Reply],
        report: Callable[[Sequence[tuple[Errand, Reply]], Sequence[Errand]], None],
        ttl_s: float,
    ) -> None:
        self._outbound = outbound
        self._claim = claim
        self._do = do
        self._report = report
        self._ttl_s = ttl_s
        self._waiting: dict[str, deque[tuple[float, Errand]]] = {}
        self._lanes: Counter[str] = Counter()
        self._stop = threading.Event()
        # What the lanes tell this thread: appended there, taken here.
        self._news = threading.Event()
        self._done: deque[tuple[Errand, Reply]] = deque()
        self._untried: deque[Errand] = deque()
        self._ended: deque[str] = deque()

    def run(self, stopping: Callable[[], bool]) -> None:
        """Work until nothing is left, or told to stop; what is under way is finished first."""
        next_look = next_report = 0.0
        dry = False
        with ThreadPoolExecutor(_LANES_MOST, "hub") as pool:
            try:
                while True:
                    now, waiting = time.monotonic(), self._count()
                    if self._is_over(stopping):
                        dry = True
                    elif waiting < _WAITING_MOST and (now >= next_look or (waiting < _AT_ONCE and not dry)):
                        dry = not self._take(now)
                        next_look = now + _LOOK_S
                    self._open(pool, stopping)
                    if self._lanes:
                        self._news.wait(_REPORT_S / 2)
                    self._news.clear()
                    self._count_ended()
                    idle = not self._lanes and not self._count()
                    if idle or len(self._done) >= _AT_ONCE or now >= next_report:
                        if self._tell():
                            dry = False  # what changed meanwhile is due again, now that the one before is reported
                        next_report = now + _REPORT_S
                    if idle and dry:
                        return
            finally:
                self._stop.set()

    def _count(self) -> int:
        return sum(map(len, self._waiting.values()))

    def _take(self, now: float) -> bool:
        full = [host for host, errands in self._waiting.items() if len(errands) >= _AT_ONCE]
        claimed = self._claim(_AT_ONCE, full)
        for errand in claimed:
            self._waiting.setdefault(errand.host, deque()).append((now + self._ttl_s, errand))
        return bool(claimed)

    def _is_over(self, stopping: Callable[[], bool]) -> bool:
        return self._stop.is_set() or stopping()

    def _open(self, pool: ThreadPoolExecutor, stopping: Callable[[], bool]) -> None:
        busy = self._lanes.copy()
        free = _LANES_MOST - busy.total()
        for number in range(_LANES_A_HOST):  # every host has its first lane before any has its second
            for host, errands in self._waiting.items():
                if free and self._lanes[host] == number < busy[host] + len(errands):
                    free -= 1
                    self._lanes[host] += 1
                    pool.submit(self._lane, host, errands, stopping)
        self._lanes = +self._lanes

    def _lane(self, host: str, errands: "deque[tuple[float, Errand]]", stopping: Callable[[], bool]) -> None:
        end = time.monotonic() + _TURN_S
        try:
            with self._outbound.line(timeout_s=TIMEOUT_S) as send:
                while errands and time.monotonic() < end:
                    try:
                        deadline, errand = errands.popleft()
                    except IndexError:  # another lane was faster
                        break
                    if self._is_over(stopping) or time.monotonic() > deadline:
                        self._untried.append(errand)
                    else:
                        self._done.append((errand, self._do(errand, send)))
                    if len(self._done) >= _AT_ONCE:
                        self._news.set()
        finally:
            self._ended.append(host)
            self._news.set()

    def _count_ended(self) -> None:
        while self._ended:
            host = self._ended.popleft()
            self._lanes[host] -= 1
            if not self._lanes[host]:
                del self._lanes[host]
                if not self._waiting[host]:
                    del self._waiting[host]

    def _tell(self) -> bool:
        done = [self._done.popleft() for _ in range(len(self._done))]
        untried = [self._untried.popleft() for _ in range(len(self._untried))]
        if done or untried:
            self._report(done, untried)
        return bool(done)
