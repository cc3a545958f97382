"""The benchmarks run, and give figures; which ones is the machine's business and no test's.

Latency and memory start the whole service, which other tests do already, and take their time: they are left to
`make bench`.
"""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def benchmarks(*arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "benchmarks", *arguments]
    return subprocess.run(command, check=False, cwd=ROOT, capture_output=True, text=True)


@pytest.mark.parametrize("name", ["reading", "refreshing", "starting", "rendering"])
def test_a_benchmark_runs_and_prints_a_table_of_its_figures(name: str) -> None:
    done = benchmarks("--rounds", "1", name)

    assert (done.returncode, done.stderr) == (0, "")
    heading, *figures = done.stdout.splitlines()
    assert heading.split() == ["What", "Goal", "Figure", "Ratio", "Verdict"]
    assert figures


def test_a_name_that_is_no_benchmark_is_refused() -> None:
    done = benchmarks("writing")

    assert done.returncode == 2
    assert "'writing'" in done.stderr
