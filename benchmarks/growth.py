"""Flat growth: what each thing costs in a store of a thousand articles, of a hundred thousand, of a million.

Stores take minutes to fill, so they are kept in the system's folder for temporary files from one run to the next. The
million is measured where that store has been made once: ``python -m benchmarks.growth``.
"""

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from functools import partial
from http import HTTPStatus
from itertools import islice
from pathlib import Path
from statistics import median

from rich.console import Console
from werkzeug.test import Client

from benchmarks import chronicle, newsroom
from benchmarks.figures import Figure, Work, table, timed
from feedsvc import web, wiring
from feedsvc.model import MAIN_FEED, FeedName, Format, Outcome, Query, Selection, SourceName
from feedsvc.service import history
from feedsvc.store import Store
from feedsvc.text import digest

ROUNDS = 20
FEW, MANY, MOST = 1_000, 100_000, 1_000_000
_IMPORTED = 50_000
_IMPORT_GOAL_PER_S = 10_000
_GOAL = 1.5
_COMMON_GOAL_MS = 50
_FOUND = 20
_CONFIG = """
[site]
title = "The Northquay Times"
base_url = "https://news.example.org"
timezone = "Asia/Baku"

[[sources]]
name = "front-page"
kind = "page-text"
path = "page.txt"

[[feeds]]
name = "main"
title = "The Northquay Times"
limit = 30

[[feeds]]
name = "fifty"
title = "Two sections"
sections = ["Section 3", "Section 4"]
limit = 50
"""


def measure(folder: Path, *, rounds: int = ROUNDS) -> Iterator[Figure]:
    """Measure the import, then in all stores at once, by the processor's clock: nothing there waits for anybody."""
    yield from _import(folder)
    sizes = [size for size in (FEW, MANY, MOST) if size < MOST or _is_prepared(size)]
    with ExitStack() as ends:
        stores = [ends.enter_context(closing(_Archive.opened(size, rounds))) for size in sizes]
        works = [work for store in stores for work in store.works.values()]
        seconds = [median(taken) for taken in timed(rounds, *works, clock=time.process_time)]
    names = [*stores[0].works]
    costs = {size: seconds[at * len(names) : (at + 1) * len(names)] for at, size in enumerate(sizes)}
    for at, name in enumerate(names):
        for size in sizes[1:]:
            few, many = costs[FEW][at], costs[size][at]
            what = f"{name}: {few * 1000:.3g} ms of {FEW:,}, {many * 1000:.3g} ms of {size:,}"
            if name == _COMMON:
                yield Figure(what, many * 1000, "ms", _COMMON_GOAL_MS, many / few, f"of {FEW:,}")
            else:
                yield Figure(what, many / few, "×", _GOAL)


_COMMON = "a search for a common word"


@dataclass(frozen=True, slots=True)
class _Archive:
    """A prepared store, and what is done in it."""

    close: Callable[[], None]
    works: dict[str, Work]

    @classmethod
    def opened(cls, size: int, rounds: int) -> "_Archive":
        folder = _prepared(size)
        service = wiring.service(folder / "config.toml")
        service.prepare()
        store = Store.open(service.config.store.url)
        client = Client(web.create(lambda: service))
        known = service.desk.count() - size  # what earlier rounds have brought

        def save(number: int) -> None:
            file = folder / "page.txt"
            file.write_text(newsroom.page(newest=newsroom.ENTRIES + known + number), encoding="utf-8")
            moment = time.time() - 60  # one that is just being written would be waited for
            os.utime(file, (moment, moment))

        def refresh(_: int) -> None:
            run, *published = service.refresh(SourceName("front-page"))
            _require(run.outcome is Outcome.DONE and run.counts["new"] >= 1 and published, run)

        with store.read() as tx:
            fifty = tx.articles.list(service.config.feed("fifty").selection, limit=50)
            main = service.config.feed(MAIN_FEED)
            window = tx.articles.list(main.selection, limit=main.limit, retracted=True)
            newest = history.newest_page(tx, main.selection, window, main.limit)
            pages = [*islice(history.walk_back(tx, main.selection, newest), 1, 9)]
            lengths = [len(opened.articles) for page in pages if (opened := history.open_page(tx, Selection(), page))]

        def touch(number: int) -> None:
            edited = replace(fifty[number % len(fifty)], title=f"Edited {time.time_ns()}")
            with store.begin() as tx:
                tx.articles.put([edited])

        def publish(_: int) -> None:
            run = service.publish(FeedName("fifty"))
            _require(run.outcome is Outcome.DONE and run.counts["articles"] == len(fifty) == 50, run)

        def permalink(number: int) -> None:
            at = number * size // (rounds + 2) + size // (2 * rounds + 4)
            answer = client.get(f"/articles/{chronicle.article_id(at)}/story-{at}")
            _require(answer.status_code == HTTPStatus.OK, answer)

        def search(word: str, at_least: int, number: int) -> None:
            with store.read() as tx:
                found = tx.articles.search(Query.parse(f"{word} -x{number}"), Selection(), limit=_FOUND)
            _require(len(found) >= at_least, found)

        def archive(number: int) -> None:
            _require(service.public.document(MAIN_FEED, Format.ATOM, pages[number % len(pages)]))

        def section(number: int) -> None:
            _require(service.public.document(FeedName(f"section-section-{number % chronicle.SECTIONS}"), Format.RSS))

        def close() -> None:
            store.close()
            service.close()

        return cls(
            close,
            {
                "a refresh with one new entry": Work(refresh, before=save),
                "a regeneration of 50 entries": Work(publish, before=touch),
                "a permalink, first rendered": Work(permalink),
                "a search for a rare word": Work(partial(search, chronicle.RARE_WORD, 1)),
                _COMMON: Work(partial(search, chronicle.COMMON_WORD, _FOUND)),
                f"a page of history ({sum(lengths) // len(lengths)})": Work(archive),
                "a section's feed, first rendered": Work(section),
            },
        )


def largest() -> tuple[int, Path]:
    """Return how many articles the largest prepared store has, and its folder; without any, one is made."""
    size = MOST if _is_prepared(MOST) else MANY
    return size, _prepared(size)


def _require(right: object, what: object = None) -> None:
    if not right:
        raise RuntimeError(f"this was not to happen: {what!r}")


def _import(folder: Path) -> Iterator[Figure]:
    """Take in an export, as `feedsvc import` does."""
    _fill(folder, _IMPORTED)
    yield from _rates(folder, _IMPORTED)


def _rates(folder: Path, size: int) -> Iterator[Figure]:
    wall, writing, reading = (float(each) / size * 1e6 for each in (folder / _TOOK).read_text("ascii").split())
    yield Figure(f"import an article, one of {size:,}", wall, "µs", 1e6 / _IMPORT_GOAL_PER_S)
    yield Figure("… processor time of the process that writes", writing, "µs")
    yield Figure("… of those that read and index", reading, "µs")


_TOOK = "import-took"


def _place(size: int) -> Path:
    # Another chronicle is another store; a newer schema is migrated to.
    kind = digest(Path(chronicle.__file__).read_bytes(), _CONFIG)[:8]
    return Path(tempfile.gettempdir()) / "feedsvc-benchmarks" / f"{kind}-{size}"


def _is_prepared(size: int) -> bool:
    return (_place(size) / _TOOK).exists()


def _prepared(size: int) -> Path:
    folder = _place(size)
    if not _is_prepared(size):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        _fill(folder, size)
    return folder


def _fill(folder: Path, size: int) -> None:
    (folder / "config.toml").write_text(_CONFIG, encoding="utf-8")
    exported = folder / "export.jsonl"
    with exported.open("w", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in chronicle.export(size))
    with closing(wiring.service(folder / "config.toml")) as service:
        service.migrate()
        before = _clocks()
        _require(service.moving.take_in(exported.name, file=exported).new == size)
        took = [end - begin for begin, end in zip(before, _clocks(), strict=True)]
    exported.unlink()
    (folder / _TOOK).write_text(" ".join(map(str, took)), encoding="ascii")


def _clocks() -> tuple[float, float, float]:
    """Return the time on the wall, of this process, and of those that it started and that have ended."""
    of_all = os.times()
    return time.perf_counter(), time.process_time(), of_all.children_user + of_all.children_system


if __name__ == "__main__":
    _prepared(MOST)
    Console().print(table([*_rates(_place(MOST), MOST)]))
