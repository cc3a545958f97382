"""The whole site as files: `feedsvc publish --to` into an empty folder, and again after one change.

Knows how many files and bytes there are. There are many labels beside few articles here, and each has its feeds and its
page: what counts is the time of one file. Done in a process of its own, since memory is measured too, and the one that
asks still holds what was measured before. ``python -m benchmarks.publishing 10000`` measures a longer chronicle, which
is written by a process for each core; each of these takes as much memory again.
"""

import os
import re
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from multiprocessing import get_context
from pathlib import Path
from statistics import median

from rich.console import Console

from benchmarks import chronicle
from benchmarks.figures import Figure, table, yardstick
from feedsvc import wiring
from feedsvc.model import ArticleId

ROUNDS = 5
_ARTICLES = 300
_GOAL_S = 1.0
_SOURCES = "".join(f'[[sources]]\nname = "desk-{number}"\nkind = "push"\n' for number in range(chronicle.SOURCES))
# Not the system's ru_maxrss: a process takes that over from the one that started it.
_PEAK = re.compile(r"^VmHWM:\s+(\d+) kB$", re.MULTILINE)
_CONFIG = f'[site]\ntitle = "The Northquay Times"\nbase_url = "https://news.example.org"\n{_SOURCES}'


def measure(folder: Path, *, rounds: int = ROUNDS, articles: int = _ARTICLES) -> Iterator[Figure]:
    """Write a chronicle anew, and after each of so many edits of its newest headline."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as own:
        yield from own.submit(_figures, folder, rounds, articles).result()


def _figures(folder: Path, rounds: int, articles: int) -> list[Figure]:
    (folder / "config.toml").write_text(_CONFIG, encoding="utf-8")
    exported = folder / "export.jsonl"
    exported.write_text("\n".join(chronicle.export(articles)), encoding="utf-8")
    www = folder / "www"
    with closing(wiring.service(folder / "config.toml")) as service:
        service.migrate()
        service.moving.take_in(exported.name, file=exported)
        service.prepare()
        mirror = wiring.mirror(service, folder / "config.toml", www)

        began, begin = time.perf_counter(), _processors()
        written = mirror.write().written
        took, waited = _processors() - begin, time.perf_counter() - began
        size = sum(file.stat().st_size for file in www.rglob("*") if file.is_file())
        begin = time.process_time()
        yardstick()
        loop = time.process_time() - begin
        figures = [
            Figure(f"publish {articles:,} articles: {written:,} files, compressed ones beside", took, "s"),
            Figure("… for each file", took / written * 1000, "ms", None, took / written / loop, "loop"),
            Figure("… on the wall", waited, "s"),
            Figure("… bytes on disk, compressed forms too", size / 1e6, "MB"),
            _peak(),
        ]

        changed = []
        newest = ArticleId(chronicle.article_id(articles - 1))
        for number in range(rounds):
            service.desk.edit(newest, title=f"Harbour board meets again, number {number}")
            begin = time.process_time()
            counts = mirror.write()
            changed.append(time.process_time() - begin)
    figures.append(Figure(f"… again after one change: {counts.written} files", median(changed), "s", _GOAL_S))
    return figures


def _processors() -> float:
    """Return the processor's time of this process, in seconds, and of those that it started and that have ended."""
    of_all = os.times()
    return time.process_time() + of_all.children_user + of_all.children_system


def _peak() -> Figure:
    status = Path("/proc/self/status")
    found = _PEAK.search(status.read_text("utf-8")) if status.exists() else None
    what = "… memory at most"
    return Figure(what, int(found[1]) / 1024, "MB") if found else Figure.skipped(what, "needs /proc")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        Console(width=120).print(table([*measure(Path(place), articles=int(sys.argv[1]))]))
