"""The benchmarks run, and give figures; which ones is the machine's business and no test's.

Latency and memory start the whole service, which other tests do already, and take their time: they are left to
`make bench`.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
# nginx is found outside the PATH too, so leaving it out takes a program.
WITHOUT_NGINX = """
import sys
from pathlib import Path

from rich.console import Console

from benchmarks import serving
from benchmarks.figures import table

Console(width=120).print(table([*serving.asked(Path(sys.argv[1]), sys.argv[2], None, rounds=1)]))
"""
# Not everywhere is there a wrk, and that one asks for a second each time. This one asks once.
WRK = """
import http.client
import sys
from urllib.parse import urlsplit

address = urlsplit(sys.argv[-1])
headers = dict(sys.argv[at + 1].split(": ", 1) for at, given in enumerate(sys.argv) if given == "-H")
connection = http.client.HTTPConnection(address.hostname, address.port, timeout=10)
connection.request("GET", address.path, headers=headers)
expected = 304 if "If-None-Match" in headers else 200
if connection.getresponse().status != expected:
    print("  Non-2xx or 3xx responses: 1")
print("     99%    2.30ms")
print("  1000 requests in 1.00s, 1.00MB read")
print("Requests/sec:   1000.00")
"""


def benchmarks(*arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    return python("-m", "benchmarks", *arguments, **environment)


def python(*arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, *arguments]
    return subprocess.run(command, check=False, cwd=ROOT, env=os.environ | environment, capture_output=True, text=True)


def columns(done: "subprocess.CompletedProcess[str]") -> list[list[str]]:
    assert (done.returncode, done.stderr) == (0, "")
    return [re.split(r"\s{2,}", line.strip()) for line in done.stdout.splitlines()[1:]]


@pytest.mark.parametrize("name", ["reading", "refreshing", "starting", "rendering"])
def test_a_benchmark_runs_and_prints_a_table_of_its_figures(name: str) -> None:
    done = benchmarks("--rounds", "1", name)

    assert (done.returncode, done.stderr) == (0, "")
    heading, *figures = done.stdout.splitlines()
    assert heading.split() == ["What", "Goal", "Figure", "Ratio", "Verdict"]
    assert figures


def test_of_many_feeds_one_article_publishes_those_that_select_it() -> None:
    documents, feeds, _ = columns(benchmarks("--rounds", "1", "touching"))

    assert documents[1:] == ["≤ 12", "12.0", "met"]
    assert feeds[1:] == ["≤ 4", "4.00", "met"]


def test_without_wrk_nothing_is_asked_and_that_is_told(tmp_path: Path) -> None:
    [told] = columns(benchmarks("serving", PATH=str(tmp_path)))

    assert told == ["documents and permalinks a second", "skipped: needs wrk"]


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="/proc tells the processor time of a server")
def test_without_nginx_only_what_is_beside_it_is_left_out(tmp_path: Path) -> None:
    wrk = tmp_path / "wrk"
    wrk.write_text(f"#!{sys.executable}\n{WRK}", encoding="utf-8")
    wrk.chmod(0o755)

    told, *figures = columns(python("-c", WITHOUT_NGINX, str(tmp_path), str(wrk)))

    assert told == ["documents a second beside nginx", "skipped: needs nginx"]
    of_documents = ["… processor time of each", "… a bare answer on Granian", "… processor time of each"]
    *rates, permalinks, slowest = figures
    assert [name for name, _ in rates] == [
        "documents a second, 200 with gzip",
        *of_documents,
        "documents a second, 304 with gzip",
        *of_documents,
    ]
    assert permalinks == ["permalinks a second, 200 with gzip", "≥ 0.5 ×", "1000 /s", "1.00 × documents", "met"]
    assert slowest == ["the slowest 1 % of them at 100% of that rate", "≤ 5 ms", "2.30 ms", "met"]


def test_a_name_that_is_no_benchmark_is_refused() -> None:
    done = benchmarks("writing")

    assert done.returncode == 2
    assert "'writing'" in done.stderr
