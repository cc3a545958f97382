"""One new article among 10,000 feeds touches those that select it: four feeds in three formats, twelve documents.

Knows how to see in the store what was touched: a document that is published is another one, and a feed that is worked
on in vain still has a Run. Feeds that are only looked at would show in the processor time. To publish 10,000 feeds for
the first time takes minutes, so only those that articles come for are published here.
"""

import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from statistics import median

from benchmarks.figures import Figure, Work, ratio, timed
from benchmarks.newsroom import ENTRIES, Newsroom, headline, paragraphs
from feedsvc import wiring
from feedsvc.model import Format, RunKind, Token
from feedsvc.service import Service
from feedsvc.store import Store

ROUNDS = 20
_FEW, _MANY = 300, 10_000
# Of three feeds one goes by section, one by tag, one by author. An article carries one name of each kind, and for each
# there is one feed; the main feed takes everything.
_CRITERIA = ("sections", "tags", "authors")
_SECTION, _TAG, _AUTHOR = "Topic 6", "Topic 7", "Topic 8"
_SELECTING = 4
_CONFIG = """
[site]
title = "The Northquay Times"
base_url = "https://news.example.org"
timezone = "Asia/Baku"

[[sources]]
name = "editors"
kind = "push"
"""


@dataclass(frozen=True, slots=True)
class _Editors:
    """They push articles into a store of their own."""

    service: Service
    store: Store
    token: Token

    def push(self, first: int, last: int) -> None:
        """Push articles of these numbers at once; returns when feeds are published."""
        items = [_item(number) for number in range(first, last + 1)]
        if len(self.service.push.receive(self.token, {"items": items})) != len(items):
            raise RuntimeError("not all articles were taken in")

    def published_by(self, number: int) -> tuple[int, int]:
        """Push one article; return how many documents are other ones since, and how many feeds were worked on."""
        with self.store.read() as tx:
            before, [latest] = tx.documents.tags(), tx.runs.list(1)
        self.push(number, number)
        with self.store.read() as tx:
            after, runs = tx.documents.tags(), takewhile(lambda run: run != latest, tx.runs.list(2 * _MANY))
        return len(after.items() - before.items()), sum(run.kind is RunKind.PUBLISH for run in runs)


def measure(folder: Path, *, rounds: int = ROUNDS) -> Iterator[Figure]:
    """Push one article after another to 300 feeds and to 10,000, in turns; then count what one more publishes."""
    with ExitStack() as ends:
        few, many = (ends.enter_context(_editors(folder / str(feeds), feeds)) for feeds in (_FEW, _MANY))
        of_few, of_many = timed(
            rounds,
            Work(lambda number: few.push(number, number)),
            Work(lambda number: many.push(number, number)),
            clock=time.process_time,
        )
        documents, feeds = many.published_by(rounds + 1)
    wanted = _SELECTING * len(Format)
    if documents < wanted:
        raise RuntimeError(f"of {wanted} documents that should have the article only {documents} are other ones")
    what = f"documents published for a new article, {_MANY:,} feeds, of which {_SELECTING} select it"
    yield Figure(what, documents, "", wanted)
    yield Figure("… feeds worked on for it", feeds, "", _SELECTING)
    yield Figure(
        "… processor time of all that", median(of_many) * 1000, "ms", None, ratio(of_many, of_few), f"{_FEW} feeds"
    )


@contextmanager
def _editors(folder: Path, feeds: int) -> Iterator[_Editors]:
    """Yield the editors of a site with so many feeds; those that take their articles are full."""
    room = Newsroom.found(folder)
    room.config_file.write_text("\n".join((_CONFIG, *map(_feed, range(feeds - 1)))), encoding="utf-8")
    with closing(wiring.service(room.config_file)) as service:
        service.migrate()
        token, _ = service.tokens.add_for_source("editors")
        with closing(Store.open(service.config.store.url)) as store:
            editors = _Editors(service, store, token)
            editors.push(-ENTRIES, -1)
            yield editors


def _feed(number: int) -> str:
    criterion = _CRITERIA[number % len(_CRITERIA)]
    return f'[[feeds]]\nname = "topic-{number}"\ntitle = "Topic {number}"\n{criterion} = ["Topic {number}"]\n'


def _item(number: int) -> dict[str, object]:
    return {
        "id": f"push-{number}",
        "title": headline(number),
        "content_text": "\n\n".join(paragraphs(number)),
        "tags": [_TAG],
        "authors": [{"name": _AUTHOR}],
        "_feedsvc": {"section": _SECTION},
    }
