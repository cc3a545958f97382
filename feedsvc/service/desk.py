"""The store by hand: add, edit and retract articles, and carry the whole store elsewhere.

Knows nothing of its own: articles are made, kept and carried elsewhere. Hides that a hand's edit follows the same rules
of identity as a source's.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from feedsvc import decide
from feedsvc.errors import NotFound
from feedsvc.model import (
    Article,
    ArticleId,
    Change,
    Entry,
    Harvest,
    Listing,
    Revision,
    Selection,
    SourceName,
    Verdict,
)
from feedsvc.service import exports, loading
from feedsvc.service.loading import Advance, Imported
from feedsvc.service.refresh import mint
from feedsvc.store import Store, Transaction

BY_HAND = SourceName("by-hand")


class Desk:
    """Articles by hand. ``changed`` is told of every change once it is stored, so that feeds follow at once."""

    def __init__(
        self, store: Store, clock: Callable[[], datetime], changed: Callable[[Iterable[Change]], object]
    ) -> None:
        self._store = store
        self._clock = clock
        self._changed = changed

    def get(self, article_id: ArticleId) -> tuple[Article, tuple[Revision, ...]]:
        """Return an article, retracted or not, with its revisions, oldest first.

        Raises:
            NotFound: no article has that id.
        """
        with self._store.read() as tx:
            return _get(tx, article_id), tx.articles.revisions(article_id)

    def list(self, selection: Selection, *, limit: int, retracted: bool = False) -> tuple[Article, ...]:
        """Return articles newest first, with the retracted ones if asked."""
        with self._store.read() as tx:
            return tx.articles.list(selection, limit=limit, retracted=retracted)

    def add(self, entry: Entry, *, language: str | None = None) -> Change:
        """Store an article of one's own; one that is there already is revised, as from any source."""
        harvest = Harvest(entries=(entry,), listing=Listing.PRESENT)
        wanted = decide.lookup(harvest)
        with self._store.begin() as tx:
            known = tx.articles.candidates(
                BY_HAND, guids=wanted.guids, links=wanted.links, keys=wanted.keys, stated=wanted.stated
            )
            [change] = decide.decide(
                harvest, known, source=BY_HAND, previous=None, now=self._clock(), mint=mint, language=language
            )
            if change.article and change.moves:
                tx.articles.put([change.article])
        self._changed([change])
        return change

    def edit(self, article_id: ArticleId, **fields: Any) -> Change:
        """Set fields of an article; no source changes them any more.

        Raises:
            NotFound: no article has that id.
        """
        with self._store.begin() as tx:
            before = _get(tx, article_id)
            pinned = tuple(sorted({*before.pinned, *fields}))
            after = replace(before, **fields, pinned=pinned)
            change = decide.revise(before, after, Entry(after.title), self._clock())
            if change.article and change.moves:
                tx.articles.put([change.article])
        self._changed([change])
        return change

    def retract(self, article_id: ArticleId) -> Change:
        """Take an article out of every feed for good; its address answers 410 from now on.

        Raises:
            NotFound: no article has that id.
        """
        with self._store.begin() as tx:
            before = _get(tx, article_id)
            if before.retracted is not None:
                return Change(Verdict.UNCHANGED, Entry(before.title), before, before, "retracted already")
            # Pinned like any field that a hand has set: a sender that could bring its own article back cannot this one.
            pinned = tuple(sorted({*before.pinned, "retracted"}))
            after = replace(before, retracted=self._clock(), pinned=pinned)
            tx.articles.put([after])
        change = Change(Verdict.CHANGED, Entry(after.title), after, before, "retracted")
        self._changed([change])
        return change

    def count(self) -> int:
        """Return how many articles there are, retracted ones too."""
        with self._store.read() as tx:
            return tx.articles.count()

    def export(self) -> Iterator[str]:
        """Yield the store as JSON Lines: a header, the identities of feeds, the articles.

        Former revisions and Runs are not in it.
        """
        yield exports.header()
        with self._store.read() as tx:
            yield from map(exports.line, tx.documents.identities())
            yield from map(exports.line, tx.articles.stream())

    def load(self, file: Iterable[str | bytes], *, name: str, advance: Advance = lambda _: None) -> Imported:
        """Take the lines of an export in; see :func:`loading.load`."""
        return loading.load(self._store, file, name=name, advance=advance)

    def load_file(self, file: Path, *, name: str, advance: Advance = lambda _: None) -> Imported:
        """Take an export in; see :func:`loading.load`."""
        return loading.load_file(self._store, file, name=name, advance=advance)


def _get(tx: Transaction, article_id: ArticleId) -> Article:
    article = tx.articles.get(article_id)
    if article is None:
        raise NotFound("article", article_id)
    return article
