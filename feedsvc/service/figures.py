"""Figures for those who watch the service over time.

Knows what is counted; hides the store. Private feeds are left out: whoever may read figures need not know of them.
"""

from dataclasses import dataclass
from datetime import datetime

from feedsvc.config import Config
from feedsvc.model import HubCounts, Run, RunKind
from feedsvc.store import Store


@dataclass(frozen=True, slots=True)
class Figures:
    """How many there are of what, at ``taken_at``; ``runs`` are the last ones of each source and public feed."""

    taken_at: datetime
    articles: int
    documents: int
    publication: int
    runs: tuple[Run, ...]
    hub: HubCounts


def take(config: Config, store: Store, now: datetime) -> Figures:
    """Return the figures of now.

    Raises:
        StoreError: the store cannot be read.
    """
    wanted = {
        *((RunKind.REFRESH, source.name) for source in config.sources),
        *((RunKind.PUBLISH, feed.name) for feed in config.feeds if feed.access == "public"),
    }
    with store.read() as tx:
        return Figures(
            taken_at=now,
            articles=tx.articles.count(),
            documents=len(tx.documents.all_keys()),
            publication=tx.documents.publication(),
            runs=tuple(run for run in tx.runs.latest() if (run.kind, run.name) in wanted),
            hub=tx.hub.counts(now),
        )
