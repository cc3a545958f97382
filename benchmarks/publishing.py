"""The whole site as files: `feedsvc publish --to` into an empty folder, and again after one change.

Knows how many files and bytes there are. There are many labels beside few articles here, and each has its feeds and its
page: what counts is the time of one file. ``python -m benchmarks.publishing 10000`` measures a longer chronicle, which
takes a quarter of an hour.
"""

import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from statistics import median

from rich.console import Console

from benchmarks import chronicle
from benchmarks.figures import Figure, table, yardstick
from feedsvc import wiring
from feedsvc.mirror import Mirror
from feedsvc.model import ArticleId

ROUNDS = 5
_ARTICLES = 300
_GOAL_S = 1.0
_SOURCES = "".join(f'[[sources]]\nname = "desk-{number}"\nkind = "push"\n' for number in range(chronicle.SOURCES))
_CONFIG = f'[site]\ntitle = "The Northquay Times"\nbase_url = "https://news.example.org"\n{_SOURCES}'


def measure(folder: Path, *, rounds: int = ROUNDS, articles: int = _ARTICLES) -> Iterator[Figure]:
    """Write a chronicle anew, and after each of so many edits of its newest headline."""
    (folder / "config.toml").write_text(_CONFIG, encoding="utf-8")
    exported = folder / "export.jsonl"
    exported.write_text("\n".join(chronicle.export(articles)), encoding="utf-8")
    www = folder / "www"
    with closing(wiring.service(folder / "config.toml")) as service:
        service.migrate()
        service.moving.take_in(exported.name, file=exported)
        service.prepare()
        mirror = Mirror(lambda: service, www)

        begin = time.process_time()
        written = mirror.write().written
        took = time.process_time() - begin
        size = sum(file.stat().st_size for file in www.rglob("*") if file.is_file())
        begin = time.process_time()
        yardstick()
        loop = time.process_time() - begin
        yield Figure(f"publish {articles:,} articles: {written:,} files, compressed ones beside", took, "s")
        yield Figure("… for each file", took / written * 1000, "ms", None, took / written / loop, "loop")
        yield Figure("… bytes on disk, compressed forms too", size / 1e6, "MB")
        yield Figure("… memory at most", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, "MB")

        changed = []
        newest = ArticleId(chronicle.article_id(articles - 1))
        for number in range(rounds):
            service.desk.edit(newest, title=f"Harbour board meets again, number {number}")
            begin = time.process_time()
            counts = mirror.write()
            changed.append(time.process_time() - begin)
        yield Figure(f"… again after one change: {counts.written} files", median(changed), "s", _GOAL_S)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        Console(width=120).print(table([*measure(Path(place), articles=int(sys.argv[1]))]))
