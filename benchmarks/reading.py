"""Reading the seed's page: at most 5 ms."""

import statistics
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from benchmarks.figures import Figure, Work, in_ms, timed, yardstick
from benchmarks.newsroom import ENTRIES, page
from feedsvc import sources
from feedsvc.model import Snapshot

ROUNDS = 60
_GOAL_MS = 5
_COLD_ROUNDS = 9
_ZONE = ZoneInfo("Asia/Baku")
_SAVED = datetime(2030, 1, 1, tzinfo=UTC)  # after the last headline of the last page
# The real page that ours is shaped after belongs to others and is not part of this repository.
_SEED = Path(__file__).parents[2] / "shared" / "seed" / "news-page.txt"

# What a process does that reads one page in its life: nothing has been compiled or remembered yet.
_COLD = """
import sys, time
from benchmarks.reading import read_file
begin = time.perf_counter()
read_file(sys.argv[1])
print(time.perf_counter() - begin)
"""


def measure(folder: Path, *, rounds: int = ROUNDS) -> Iterator[Figure]:
    """Read pages that were never seen before, one page again and again, and one in a process that has just started."""
    unseen = [
        _snapshot(page(newest=ENTRIES * (number + 2), edition=number + 1).encode()) for number in range(rounds + 1)
    ]
    known = _snapshot(page().encode())
    works = [Work(lambda number: _read(unseen[number])), Work(lambda _: _read(known))]
    file = folder / "page.txt"
    file.write_text(page(), encoding="utf-8")
    if _SEED.exists():
        seed = _snapshot(_SEED.read_bytes())
        works.append(Work(lambda _: _read(seed)))
    yard, *taken = timed(rounds, Work(yardstick), *works)
    yield in_ms("read a page never seen before", taken[0], yard, _GOAL_MS)
    yield in_ms("read a page whose lines are known", taken[1], yard, _GOAL_MS)
    yield from _cold("read the first page of a process", file, rounds, yard)
    if _SEED.exists():
        yield in_ms("read the seed, its lines known", taken[2], yard, _GOAL_MS)
        yield from _cold("read the seed as the first page of a process", _SEED, rounds, yard)


def read_file(name: str) -> None:
    """Read one file."""
    _read(_snapshot(Path(name).read_bytes()))


def _cold(what: str, file: Path, rounds: int, yard: tuple[float, ...]) -> Iterator[Figure]:
    taken = [
        float(subprocess.run([sys.executable, "-c", _COLD, file], check=True, stdout=subprocess.PIPE, text=True).stdout)
        for _ in range(min(rounds, _COLD_ROUNDS))
    ]
    typical = statistics.median(yard)
    yield in_ms(what, taken, [typical] * len(taken))


def _snapshot(body: bytes) -> Snapshot:
    return Snapshot("page.txt", body, _SAVED)


def _read(snapshot: Snapshot) -> None:
    harvest = sources.read("page-text", snapshot, sources.Manner(_ZONE))
    # A reader that misses what it should read is not fast but wrong.
    if len(harvest.entries) != ENTRIES or harvest.article is None or harvest.complaints:
        raise RuntimeError(f"the page was not read whole: {len(harvest.entries)} entries, {harvest.complaints}")
