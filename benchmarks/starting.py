"""``feedsvc --help``: at most 0.3 s; from the command to the first answers of ``feedsvc serve``: at most 1.5 s."""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from benchmarks.figures import Figure, Work, ratio, timed
from benchmarks.newsroom import Newsroom
from benchmarks.served import served

ROUNDS = 15
_GOAL_S, _COLD_GOAL_S = 0.3, 1.5
_FEEDSVC = Path(sys.executable).with_name("feedsvc")


def measure(folder: Path, *, rounds: int = ROUNDS) -> Iterator[Figure]:
    """Start the installed command, beside a Python that does nothing."""

    def run(*command: str | Path) -> None:
        subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)

    bare, asked = timed(
        rounds,
        Work(lambda _: run(sys.executable, "-c", "pass")),
        Work(lambda _: run(_FEEDSVC, "--help")),
    )
    yield Figure("feedsvc --help", median(asked), "s", _GOAL_S, ratio(asked, bare), "bare Python")
    room = Newsroom.found(folder / "starting")
    first, *again = [_started_s(room) for _ in range(max(rounds // 3, 1) + 1)]
    yield Figure("feedsvc serve to ready, its store published before", median(again), "s", _COLD_GOAL_S)
    yield Figure("… on an empty store, the page read and published", first, "s")


def _started_s(room: Newsroom) -> float:
    begin = time.perf_counter()
    with served(room):
        return time.perf_counter() - begin
