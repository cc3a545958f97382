"""``feedsvc --help``: at most 0.3 s."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from benchmarks.figures import Figure, Work, ratio, timed

ROUNDS = 15
_GOAL_S = 0.3
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
