"""A refresh that changes nothing: at most 10 ms, with a real store on disk."""

import shutil
from collections.abc import Iterator
from pathlib import Path

from benchmarks.figures import Figure, Work, in_ms, timed, yardstick
from benchmarks.newsroom import Newsroom, page
from feedsvc.model import Outcome, SourceName
from feedsvc.service import Service

ROUNDS = 60
_GOAL_MS = 10
_PAGES = 100
_SOURCE = SourceName("front-page")


def measure(folder: Path, *, rounds: int = ROUNDS) -> Iterator[Figure]:
    """Refresh a page that is untouched, saved again as it was, and saved with other bytes that say the same."""
    room = Newsroom.found(folder / "one")
    full = Newsroom.found(folder / "many")
    for number in range(1, _PAGES):
        shutil.copy2(full.page_file, full.page_file.with_name(f"page-{number:03}.txt"))
    service, busy = room.service(), full.service()
    try:
        service.refresh(_SOURCE)
        busy.refresh(_SOURCE)

        def saved_again(_round: int) -> None:
            room.save(room.page_file.read_text("utf-8"), age_s=60)

        def saved_otherwise(number: int) -> None:
            room.save(page() + "\n" * (number + 1), age_s=60)

        yard, untouched, again, otherwise, many = timed(
            rounds,
            Work(yardstick),
            Work(lambda _: _refresh(service)),
            Work(lambda _: _refresh(service), before=saved_again),
            Work(lambda _: _refresh(service), before=saved_otherwise),
            Work(lambda _: _refresh(busy)),
        )
    finally:
        service.close()
        busy.close()
    yield in_ms("refresh, the page untouched", untouched, yard, _GOAL_MS)
    yield in_ms("refresh, the page saved again as it was", again, yard, _GOAL_MS)
    yield in_ms("refresh, the page saved with other bytes, the same news", otherwise, yard, _GOAL_MS)
    yield in_ms(f"refresh, {_PAGES} pages in the inbox, all untouched", many, yard)


def _refresh(service: Service) -> None:
    runs = service.refresh(_SOURCE)
    if [run.outcome for run in runs] != [Outcome.UNCHANGED]:
        raise RuntimeError(f"the refresh was to change nothing: {runs}")
