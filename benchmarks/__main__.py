"""Run the benchmarks and print their figures as a table of goal, figure and verdict.

A missed goal is no failure of the run: machines differ, and figures are for people to judge.
"""

import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Protocol

import click
from rich.console import Console

from benchmarks import (
    clients,
    delivering,
    freshness,
    growth,
    latency,
    memory,
    publishing,
    reading,
    refreshing,
    rendering,
    serving,
    starting,
    touching,
    webpages,
)
from benchmarks.figures import Figure, table


class _Benchmark(Protocol):
    ROUNDS: int

    def measure(self, folder: Path, *, rounds: int = ...) -> Iterator[Figure]: ...


_BENCHMARKS: Mapping[str, _Benchmark] = {
    "reading": reading,
    "refreshing": refreshing,
    "latency": latency,
    "serving": serving,
    "clients": clients,
    "memory": memory,
    "starting": starting,
    "rendering": rendering,
    "webpages": webpages,
    "delivering": delivering,
    "freshness": freshness,
    "touching": touching,
    "growth": growth,
    "publishing": publishing,
}
# On the disk that a store would be on, which the system's folder for temporary files is not everywhere.
_VAR = Path(__file__).parents[1] / "var"
_WIDTH = 120


@click.command()
@click.argument("names", metavar="[NAME]...", nargs=-1, type=click.Choice(list(_BENCHMARKS)))
@click.option("--rounds", type=click.IntRange(1), help="How often each thing is measured.  [default: each its own]")
def main(names: tuple[str, ...], rounds: int | None) -> None:
    """Measure feedsvc on this machine: everything, or the benchmarks named."""
    console = Console()
    if not console.is_terminal:
        console = Console(width=_WIDTH)
    _VAR.mkdir(exist_ok=True)
    figures: list[Figure] = []
    for name in names or _BENCHMARKS:
        benchmark = _BENCHMARKS[name]
        with (
            console.status(f"{name} …"),
            tempfile.TemporaryDirectory(prefix="bench-", dir=_VAR) as folder,
        ):
            figures += benchmark.measure(Path(folder), rounds=rounds or benchmark.ROUNDS)
    console.print(table(figures))


main(prog_name="python -m benchmarks")
