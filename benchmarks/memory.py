"""Idle memory of all processes, with two web workers: at most 300 MB.

Measured as PSS, in which a page of memory that several processes share is counted once in all. Linux only.
"""

import re
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.figures import Figure
from benchmarks.newsroom import ENTRIES, Newsroom, headline, page
from benchmarks.served import Server, served
from feedsvc import addresses
from feedsvc.model import MAIN_FEED, FeedName, Format, Selection

ROUNDS = 8
_GOAL_MB = 300
_PATIENCE_S = 30
_SETTLED_S, _SETTLED_BY = 1.0, 0.01
# So often each address is asked for that each of two workers is all but sure to have answered for most of them.
_TIMES = 3
_POLITICS = FeedName("politics")
_PSS = re.compile(r"^Pss:\s+(\d+) kB$", re.MULTILINE)


def measure(folder: Path, *, rounds: int = ROUNDS) -> Iterator[Figure]:
    """Measure just after the start, and when pages have changed and readers have asked for everything there is."""
    if not Path("/proc/self/smaps_rollup").exists():
        return
    room = Newsroom.found(folder / "memory")
    with served(room) as server:
        processes = f"all {len(server.pids())} processes"
        yield Figure(f"idle memory of {processes}, just started", _idle_mb(server), "MB", _GOAL_MB)
        for number in range(rounds):
            room.save(page(newest=ENTRIES + 1 + number))
            _await(server, headline(ENTRIES + 1 + number).encode())
            _ask_for_everything(server, _permalinks(room))
        yield Figure(f"idle memory of {processes}, after work", _idle_mb(server), "MB", _GOAL_MB)


def _await(server: Server, news: bytes) -> None:
    deadline = time.monotonic() + _PATIENCE_S
    while news not in server.get("/feed.xml")[1]:
        if time.monotonic() > deadline:
            raise RuntimeError(f"the news was not served within {_PATIENCE_S} s of the change")
        time.sleep(0.05)


def _permalinks(room: Newsroom) -> list[str]:
    service = room.service()
    try:
        return [f"/articles/{one.id}/{one.slug}" for one in service.desk.list(Selection(), limit=1000)]
    finally:
        service.close()


def _ask_for_everything(server: Server, permalinks: list[str]) -> None:
    paths = ["/", "/feeds/", *(addresses.path(feed, each) for feed in (MAIN_FEED, _POLITICS) for each in Format)]
    for path in (paths + permalinks) * _TIMES:
        status, _ = server.get(path, Accept_Encoding="gzip")
        if status != 200:
            raise RuntimeError(f"{path} was answered {status}")


def _idle_mb(server: Server) -> float:
    """Wait until the memory has stopped moving, though not for ever, and return how much it is."""
    now, deadline = pss_mb(server), time.monotonic() + _PATIENCE_S
    while time.monotonic() < deadline:
        before = now
        time.sleep(_SETTLED_S)
        now = pss_mb(server)
        if abs(now - before) <= _SETTLED_BY * before:
            break
    return now


def pss_mb(server: Server) -> float:
    """Return the memory of all processes; what they share is counted once."""
    total_kb = 0
    for pid in server.pids():
        found = _PSS.search(Path(f"/proc/{pid}/smaps_rollup").read_text("utf-8"))
        total_kb += int(found[1]) if found else 0
    return total_kb / 1024
