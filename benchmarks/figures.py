"""Figures: what was measured, against which goal, and as a ratio that another machine can be compared by.

Knows how to time works fairly on a noisy machine: in turns, round by round, beside a yardstick.
"""

import gc
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

from rich.table import Table

YARDSTICK = "loop"


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table. ``ratio`` compares with ``of``, measured in the same run; None: nothing to compare with.

    The goal is the most that the value may be, or that the ratio is at least ``least_ratio``. Figures without a goal
    are there to explain the others. ``left_out`` says why nothing was measured.
    """

    what: str
    value: float
    unit: str
    goal: float | None = None
    ratio: float | None = None
    of: str = ""
    least_ratio: float | None = None
    left_out: str = ""

    @classmethod
    def skipped(cls, what: str, why: str) -> "Figure":
        """Return the line of what cannot be measured here."""
        return cls(what, math.nan, "", left_out=why)

    @property
    def verdict(self) -> str:
        """Whether the goal is met, or why that is not known; empty without one."""
        if self.left_out:
            return f"skipped: {self.left_out}"
        if self.least_ratio is not None and self.ratio is not None:
            return "met" if self.ratio >= self.least_ratio else "MISSED"
        if self.goal is None:
            return ""
        return "met" if self.value <= self.goal else "MISSED"

    @property
    def wanted(self) -> str:
        """The goal in words; empty without one."""
        if self.least_ratio is not None:
            return f"≥ {self.least_ratio:g} ×"
        return "" if self.goal is None else f"≤ {self.goal:g} {self.unit}"


@dataclass(frozen=True, slots=True)
class Work:
    """Something to time: ``run`` is given the number of the round; ``before`` prepares it and is not timed."""

    run: Callable[[int], object]
    before: Callable[[int], object] = lambda _round: None


def yardstick(_round: int = 0) -> int:
    """Do a fixed amount of pure Python: what it takes tells how fast this machine is just now."""
    total = 0
    for number in range(100_000):
        total = (total * 31 + number) & 0xFFFF
    return total


def timed(rounds: int, *works: Work, clock: Callable[[], float] = time.perf_counter) -> tuple[tuple[float, ...], ...]:
    """Return the seconds of each work, round by round.

    The works take turns, so that a slow moment of the machine falls on all of them. A first round is not counted. What
    was there before is out of the garbage collector's reach, as in ``serve``. What only computes can be timed by
    ``time.process_time``: a busy machine interrupts a long work more often than a short one.
    """
    gc.collect()
    gc.freeze()
    seconds: list[list[float]] = [[] for _ in works]
    for number in range(rounds + 1):
        for work, taken in zip(works, seconds, strict=True):
            work.before(number)
            begin = clock()
            work.run(number)
            taken.append(clock() - begin)
    return tuple(tuple(taken[1:]) for taken in seconds)


def ratio(seconds: Sequence[float], of: Sequence[float]) -> float:
    """Return the median of the ratios of each round."""
    return median(one / other for one, other in zip(seconds, of, strict=True))


def in_ms(what: str, seconds: Sequence[float], yard: Sequence[float], goal_ms: float | None = None) -> Figure:
    """Return the median in milliseconds, and its ratio to the yardstick."""
    return Figure(what, median(seconds) * 1000, "ms", goal_ms, ratio(seconds, yard), YARDSTICK)


def table(figures: Sequence[Figure]) -> Table:
    """Return the figures as a table of goal, figure and verdict."""
    shown = Table(box=None, pad_edge=False)
    shown.add_column("What")
    for heading in ("Goal", "Figure", "Ratio"):
        shown.add_column(heading, justify="right", no_wrap=True)
    shown.add_column("Verdict", no_wrap=True)
    for figure in figures:
        shown.add_row(
            figure.what,
            figure.wanted,
            "" if figure.left_out else f"{_rounded(figure.value)} {figure.unit}",
            "" if figure.ratio is None else f"{_rounded(figure.ratio)} × {figure.of}",
            figure.verdict,
        )
    return shown


def _rounded(value: float) -> str:
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"
