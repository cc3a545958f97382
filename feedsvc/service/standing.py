"""How sources and feeds stand, and how often each source brings news.

Knows what an admin is told of them and when a source is silent; hides the store.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from feedsvc import decide
from feedsvc.config import AUTO_LEAST, AUTO_MOST, Config, Feed, Source
from feedsvc.model import Alert, Leave, Run, RunKind, Sample, Selection, SourceName
from feedsvc.store import Store, Transaction

_REMEMBERED = 60


@dataclass(frozen=True, slots=True)
class Status:
    """How things stand: for each source and each feed its last Run (None: not yet), what stands against them.

    ``samples`` are the pages that are kept, newest first; ``store_bytes`` is what the whole database takes on disk.
    """

    sources: tuple[tuple[Source, Run | None], ...]
    feeds: tuple[tuple[Feed, Run | None], ...]
    alerts: tuple[Alert, ...]
    articles: int
    samples: tuple[Sample, ...]
    store_bytes: int


def status(config: Config, store: Store, now: datetime) -> Status:
    """Return how sources and feeds stand.

    Raises:
        StoreError: the store cannot be read.
    """
    with store.read() as tx:
        runs = tx.runs.list(limit=5000)
        last = {(run.kind, run.name): run for run in tx.runs.latest()}
        articles = tx.articles.count()
        samples = tx.samples.list()
        # Of one that has never been heard here, all that is there was imported: that tells nothing of its silence.
        pushed = {token.name for token in tx.tokens.list() if token.leave is Leave.PUSH and token.used}
        heard = {*pushed, *(name for kind, name in last if kind is RunKind.REFRESH)}
        silent = [source for source in config.sources if source.name in heard and _is_silent(tx, source.name, now)]
    names = {*(source.name for source in config.sources), *(feed.name for feed in config.feeds)}
    return Status(
        sources=tuple((source, last.get((RunKind.REFRESH, source.name))) for source in config.sources),
        feeds=tuple((feed, last.get((RunKind.PUBLISH, feed.name))) for feed in config.feeds),
        alerts=(
            *decide.alerts(run for run in runs if run.name in names),
            *(_silence(source, last.get((RunKind.REFRESH, source.name)), now) for source in silent),
        ),
        articles=articles,
        samples=samples,
        store_bytes=store.size_bytes(),
    )


def rhythm(tx: Transaction, name: SourceName, now: datetime) -> timedelta:
    """Return how long to wait between two readings of a source that is looked at in its own rhythm."""
    seen = _arrivals(tx, name)
    since_last = now - max(seen, default=now)
    return decide.interval(decide.usual_gap(seen), since_last, least=AUTO_LEAST, most=AUTO_MOST)


def _is_silent(tx: Transaction, name: SourceName, now: datetime) -> bool:
    seen = _arrivals(tx, name)
    return bool(seen) and decide.is_stalled(decide.usual_gap(seen), now - max(seen))


def _silence(source: Source, last: Run | None, now: datetime) -> Alert:
    words = "it has brought nothing new for much longer than usual; does the site still update this page?"
    return Alert(code="stalled", name=source.name, since=last.started if last else now, message=words)


def _arrivals(tx: Transaction, name: SourceName) -> list[datetime]:
    newest = tx.articles.list(Selection(sources=(name,)), limit=_REMEMBERED)
    return [article.first_seen for article in newest]
