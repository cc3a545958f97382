"""Change to served bytes: at most 0.5 s, from a page renamed into the inbox to its news on HTTP."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.figures import Figure
from benchmarks.newsroom import ENTRIES, Newsroom, headline, page
from benchmarks.served import Server, served
from feedsvc.model import Outcome, RunKind
from feedsvc.store import Store

ROUNDS = 20
_GOAL_S = 0.5
_EVERY_S = 1.0  # the source's `every`, the shortest there is
_PATIENCE_S = 30
_ASKED_EVERY_S = 0.005
# Longer than a worker answers from memory without a look at the store.
_OLD_BYTES_S = 0.6


@dataclass(frozen=True, slots=True)
class _Change:
    """When the page was renamed, when its news was served first, and when bytes without it were served last."""

    renamed: float
    served: float
    last_old: float


def measure(folder: Path, *, rounds: int = ROUNDS) -> Iterator[Figure]:
    """Change the page at moments spread evenly over the schedule's second, a reader asking all the while."""
    room = Newsroom.found(folder / "latency")
    changes = []
    with served(room) as server:
        _change(room, server, ENTRIES + 1)  # the first one imports what renders
        for number in range(rounds):
            time.sleep(_EVERY_S * number / rounds)
            changes.append(_change(room, server, ENTRIES + 2 + number))
    refreshes = _refreshes(room)
    # What was under way when the page was renamed has no wait behind it.
    begun = [
        max(change.renamed, next(begin for begin, end in refreshes if end >= change.renamed)) for change in changes
    ]
    works = [change.served - begin for begin, change in zip(begun, changes, strict=True)]
    olds = [max(change.last_old, change.served) - begin for begin, change in zip(begun, changes, strict=True)]
    waits = [begin - change.renamed for begin, change in zip(begun, changes, strict=True)]
    wholes = [change.served - change.renamed for change in changes]
    yield Figure("change to served bytes, from the refresh's start", median(works), "s", _GOAL_S)
    yield Figure(f"… the slowest of {rounds}", max(works), "s", _GOAL_S)
    yield Figure("… until no worker serves the old bytes", median(olds), "s")
    yield Figure('the wait for the schedule before it, every = "1s"', median(waits), "s")
    yield Figure("change to served bytes, from the rename", median(wholes), "s")


def _change(room: Newsroom, server: Server, newest: int) -> _Change:
    """Put one more headline on the page, and ask until it is served and nothing else is any more."""
    news = headline(newest).encode()
    renamed = room.save(page(newest=newest))
    served_at, last_old = None, renamed
    while served_at is None or time.time() < served_at + _OLD_BYTES_S:
        status, body = server.get("/feed.xml")
        now = time.time()
        if status != 200 or now > renamed + _PATIENCE_S:
            raise RuntimeError(f"the news was not served: status {status}, {now - renamed:.1f} s after the change")
        if news not in body:
            last_old = now
        elif served_at is None:
            served_at = now
        time.sleep(_ASKED_EVERY_S)
    return _Change(renamed, served_at, last_old)


def _refreshes(room: Newsroom) -> list[tuple[float, float]]:
    """Return when each refresh that found news was started and ended, as its Run has it, in their order."""
    store = Store.open(room.config().store.url)
    try:
        with store.read() as tx:
            runs = tx.runs.list(limit=5000)
    finally:
        store.close()
    found = [run for run in runs if run.kind is RunKind.REFRESH and run.outcome is Outcome.DONE]
    return sorted((run.started.timestamp(), run.ended.timestamp()) for run in found)
