"""Memory of all processes, with two web workers: at most 300 MB, also with many articles, and flat.

Measured as PSS, in which a page of memory that several processes share is counted once in all. Linux only.
``python -m benchmarks.memory FOLDER TIMES`` refreshes a newsroom so often and tells how much its process takes.
"""

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks import chronicle, growth
from benchmarks.figures import Figure
from benchmarks.newsroom import ENTRIES, Newsroom, headline, page
from benchmarks.served import Server, served
from feedsvc import addresses
from feedsvc.model import MAIN_FEED, FeedName, Format, Selection, SourceName

ROUNDS = 8
_GOAL_MB = 300
_PATIENCE_S = 30
_SETTLED_S, _SETTLED_BY = 1.0, 0.01
# So often each address is asked for that each of two workers is all but sure to have answered for most of them.
_TIMES = 3
_WALKED = 150
_FLOOD_S = 5
_REFRESHES = 2_000
_FLAT_MB = 5
_EARLIER = re.compile(r'rel="prev-archive"[^>]*href="([^"]+)"|href="([^"]+)" rel="prev-archive"')
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
    size, folder_of_many = growth.largest()
    with served(Newsroom(folder_of_many)) as server:
        _walk(server, size)
        walked = _idle_mb(server)
        yield Figure(f"memory with {size:,} articles, after a walk through them", walked, "MB", _GOAL_MB)
        yield from _flooded(server)
    refreshed = Newsroom.found(folder / "refreshed")
    command = [sys.executable, "-m", "benchmarks.memory", str(refreshed.folder), str(_REFRESHES)]
    first, last = map(float, subprocess.run(command, check=True, capture_output=True, text=True).stdout.split())
    yield Figure(
        f"{_REFRESHES:,} refreshes, an eighth of them with news: growth in the last half", last - first, "MB", _FLAT_MB
    )


def _walk(server: Server, size: int) -> None:
    """Ask for permalinks, feeds of sections, and the newest pages of history: what each worker has to make itself."""
    for at in range(0, size, size // _WALKED):
        server.get(f"/articles/{chronicle.article_id(at)}/story-{at}", Accept_Encoding="gzip")
    for section in range(chronicle.SECTIONS):
        for format_ in Format:
            server.get(f"/feeds/section-section-{section}.{format_.value}", Accept_Encoding="gzip")
    path = "/feed.xml"
    for _ in range(_WALKED):
        found = _EARLIER.search(server.get(path)[1].decode())
        if found is None:
            break
        path = urlsplit(found[1] or found[2]).path


def _flooded(server: Server) -> Iterator[Figure]:
    """Ask for one document as fast as it goes, and see how memory grows once that is nothing new."""
    what = "a flood of requests: growth in the last two thirds"
    if (wrk := shutil.which("wrk")) is None:
        yield Figure.skipped(what, "needs wrk")
        return
    asked, held = 0, []
    for seconds in (_FLOOD_S, 2 * _FLOOD_S):
        command = [wrk, "-t1", "-c32", f"-d{seconds}s", f"http://127.0.0.1:{server.port}/feed.xml"]
        said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        asked += int(said.partition(" requests in")[0].split()[-1])
        held.append(_idle_mb(server))
    yield Figure(what.replace("a flood of", f"{asked:,}"), held[1] - held[0], "MB", _FLAT_MB)


def _refresh(room: Newsroom, times: int) -> None:
    """Refresh, every eighth time with news, and print the process's memory at the half and at the end."""
    service = room.service()
    source = SourceName("front-page")
    for number in range(times):
        if number % 8 == 0:
            room.save(page(newest=ENTRIES + 1 + number // 8), age_s=60 - number / times)
        service.refresh(source)
        if number + 1 in (times // 2, times):
            print(_held_mb(os.getpid()))
    service.close()


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
    return sum(_held_mb(pid) for pid in server.pids())


def _held_mb(pid: int) -> float:
    found = _PSS.search(Path(f"/proc/{pid}/smaps_rollup").read_text("utf-8"))
    return int(found[1]) / 1024 if found else 0


if __name__ == "__main__":
    _refresh(Newsroom(Path(sys.argv[1])), int(sys.argv[2]))
