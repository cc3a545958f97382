"""Web pages: finding the news line of one, and a refresh of 200 entries with one that is new.

The goals come from a tool that keeps no store (it turns a page of 37 kB and 200 entries into RSS in 11 ms): a refresh
with one new entry, stored and rendered in three formats, at most twice that, and one that changed nothing a third.
"""

import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from zoneinfo import ZoneInfo

from benchmarks.figures import Figure, Work, in_ms, ratio, timed, yardstick
from benchmarks.newsroom import headline, paragraphs
from benchmarks.rendering import bare_feedgen
from feedsvc import sources, wiring
from feedsvc.model import Outcome, Snapshot, SourceName
from feedsvc.service import Service

ROUNDS = 20
ENTRIES = 200
_SHOWN = 40
_DETECTION_GOAL_MS = 50
_NEW_GOAL_MS, _UNCHANGED_GOAL_MS = 22, 3.7
_SAVED = datetime(2025, 1, 1, tzinfo=UTC)
_LATEST = datetime(2024, 12, 31, 12, 6)  # noqa: DTZ001 - written on a page, which states no zone
_SOURCE = SourceName("latest")
_CONFIG = """
[site]
title = "The Northquay Times"
base_url = "https://news.example.org"
timezone = "Asia/Baku"

[[sources]]
name = "latest"
kind = "html"
path = "latest.html"
"""


def measure(folder: Path, *, rounds: int = ROUNDS) -> Iterator[Figure]:
    """Detect the news line of a page of 200 kB; refresh one of 37 kB with a new entry on top, and untouched."""
    manner = sources.Manner(ZoneInfo("Asia/Baku"))
    large = [_large(ENTRIES + number).encode() for number in range(rounds + 1)]
    if not 180_000 < len(large[0]) < 230_000:
        raise RuntimeError(f"the large page has {len(large[0])} bytes")

    def detect(number: int) -> None:
        harvest = sources.read("html", Snapshot("latest.html", large[number], _SAVED), manner)
        if sum(entry.published is not None for entry in harvest.entries) != ENTRIES:
            raise RuntimeError(f"{len(harvest.entries)} entries were found, or without their times")

    (folder / "config.toml").write_text(_CONFIG, encoding="utf-8")
    page = folder / "latest.html"
    _save(page, _small(ENTRIES))
    service = wiring.service(folder / "config.toml")
    service.prepare()
    service.refresh(_SOURCE)
    shown = service.lines.newest(limit=_SHOWN)
    try:
        yard, alone, detected, new, unchanged = timed(
            rounds,
            Work(yardstick),
            Work(lambda _: bare_feedgen(shown, service.config)),
            Work(detect),
            Work(
                lambda _: _refresh(service, Outcome.DONE, dated=ENTRIES),
                before=lambda number: _save(page, _small(ENTRIES + number + 1)),
            ),
            Work(lambda _: _refresh(service, Outcome.UNCHANGED)),
        )
    finally:
        service.close()
    size_kb = len(large[0]) / 1000
    yield in_ms(f"find {ENTRIES} entries on a web page of {size_kb:.0f} kB", detected, yard, _DETECTION_GOAL_MS)
    size_kb = len(_small(ENTRIES)) / 1000
    yield in_ms(f"refresh a web page of {size_kb:.0f} kB, one of 200 entries new", new, yard, _NEW_GOAL_MS)
    yield in_ms("refresh it untouched", unchanged, yard, _UNCHANGED_GOAL_MS)
    against = ratio(new, alone), "bare feedgen"
    yield Figure(
        f"… bare feedgen, RSS and Atom of {_SHOWN}; the refresh beside it", median(alone) * 1000, "ms", None, *against
    )


def _save(page: Path, text: str) -> None:
    page.write_text(text, encoding="utf-8")
    moment = time.time() - 60 + len(text) % 7
    os.utime(page, (moment, moment))


def _refresh(service: Service, outcome: Outcome, dated: int = 0) -> None:
    run, *_ = service.refresh(_SOURCE)
    if run.outcome is not outcome or run.counts["dated"] != dated:
        raise RuntimeError(f"the refresh was to end {outcome} with {dated} entries dated: {run}")


def _item(number: int, more: str = "") -> str:
    moment = _LATEST + timedelta(minutes=47) * (number - 2 * ENTRIES)
    link = f'<a href="/news/{number}.html">{headline(number)}</a>'
    return f'<li class="item"><span class="date">{moment:%d.%m.%Y %H:%M}</span> {link}{more}</li>'


def _small(newest: int) -> str:
    return _page("\n".join(_item(number) for number in range(newest, newest - ENTRIES, -1)))


def _large(newest: int) -> str:
    def more(number: int) -> str:
        teaser = (paragraphs(number)[3] + paragraphs(number)[4])[:640]
        image = f'<img class="thumb lazy" src="/blank.gif" data-src="/i/{number}.jpg" alt="" width="320" height="180">'
        return f'{image}<p class="teaser">{teaser} …</p><div class="meta"><span class="views">{number * 7}</span></div>'

    return _page("\n".join(_item(number, more(number)) for number in range(newest, newest - ENTRIES, -1)))


def _page(items: str) -> str:
    sections = ("Town", "Harbour", "Politics", "Sport", "Culture", "Weather", "Opinion", "Letters")
    menu = "".join(f'<li><a href="/{name.lower()}">{name}</a></li>' for name in sections)
    tags = "".join(f'<a class="tag" href="/tags/{number}">{name}</a> ' for number, name in enumerate(sections))
    read = "".join(f'<li><a href="/news/{number}.html">{headline(number)}</a></li>' for number in range(5))
    return f"""<!doctype html><html lang="en"><head><meta charset="utf-8"><title>The Northquay Times</title>
<base href="https://times.example.org/"></head>
<body><header><nav><ul class="menu">{menu}</ul></nav></header>
<main><h1>Latest news</h1><ul class="news-line">
{items}
</ul></main>
<aside><h3>Most read</h3><ul>{read}</ul><div class="cloud">{tags}</div></aside>
<footer><ul>{menu}</ul><p>© The Northquay Times</p></footer></body></html>
"""
