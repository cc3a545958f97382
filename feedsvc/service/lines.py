"""News lines for people: of all, of a section, tag or author, of a month, of a search.

Knows which articles stand on each, and under which addresses; hides the store. Every look is bounded, however many
articles there are.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from feedsvc.config import Config
from feedsvc.model import Article, Label, LabelKind, Month, Query, Selection
from feedsvc.store import Store
from feedsvc.text import one_line, slug

# A hundred years: whoever has news of more, or dates of nonsense, finds the rest by paging.
_MOST_MONTHS = 1_200
_AFTER_ALL = Month(9999, 1)
_LONGEST_NAME = 200

Labels: TypeAlias = Mapping[tuple[LabelKind, str], Label]
"""Labels by kind and folded name."""


@dataclass(frozen=True, slots=True)
class Around:
    """The months with articles before and after one; None where there is none."""

    earlier: Month | None
    later: Month | None


class Lines:
    """The news lines over one configuration and one store. One object serves many threads.

    In each ``before`` is the last article of the page before, and articles come newest first.
    """

    def __init__(self, config: Config, store: Store) -> None:
        self._zone = config.site.zone
        self._store = store

    def newest(self, *, limit: int, before: Article | None = None) -> tuple[Article, ...]:
        """Return all articles."""
        return self._listed(Selection(), limit, before)

    def of_label(self, label: Label, *, limit: int, before: Article | None = None) -> tuple[Article, ...]:
        """Return those that carry a label."""
        return self._listed(label.selection, limit, before)

    def of_month(self, month: Month, *, limit: int, before: Article | None = None) -> tuple[Article, ...]:
        """Return those of a month in the site's zone."""
        with self._store.read() as tx:
            return tx.articles.list_between(month.start(self._zone), month.end(self._zone), limit=limit, before=before)

    def found(self, query: Query, *, limit: int, before: Article | None = None) -> tuple[Article, ...]:
        """Return those that a query finds, in the order of arrival; none if it asks for nothing."""
        below = before.arrival if before else None
        if below == 0 or not query.asks:
            return ()
        with self._store.read() as tx:
            return tx.articles.search(query, Selection(), below=below, limit=limit)

    # --- labels ---

    def label(self, kind: LabelKind, written: str) -> Label | None:
        """Return the label that somebody means by its slug, or by its name in whatever spelling."""
        written = one_line(written[:_LONGEST_NAME])
        if not written:
            return None
        with self._store.read() as tx:
            if exact := tx.articles.label(kind, written):
                return exact
            named = (label for label in tx.articles.labels_named([written]) if label.kind is kind)
            return next(named, None) or tx.articles.label(kind, slug(written, otherwise=""))

    def labels(self, kind: LabelKind, *, limit: int) -> tuple[Label, ...]:
        """Return labels in the order of their slugs."""
        with self._store.read() as tx:
            return tx.articles.labels(kind, limit=limit)

    def labels_of(self, articles: Iterable[Article]) -> Labels:
        """Return the labels that these articles carry."""
        names = {name for each in articles for name in (each.section or "", *each.tags, *each.authors) if name}
        if not names:
            return {}
        with self._store.read() as tx:
            return {(label.kind, label.key): label for label in tx.articles.labels_named(names)}

    # --- months ---

    def months(self) -> tuple[Month, ...]:
        """Return the months that have articles, the newest first: a look-up for each of them."""
        found: list[Month] = []
        with self._store.read() as tx:
            newest = tx.articles.last_published(_AFTER_ALL.start(self._zone))
            while newest and len(found) < _MOST_MONTHS:
                found.append(Month.of(newest, self._zone))
                newest = tx.articles.last_published(found[-1].start(self._zone))
        return tuple(found)

    def around(self, month: Month) -> Around:
        """Return the months with articles that are nearest to one."""
        with self._store.read() as tx:
            last = tx.articles.last_published(month.start(self._zone))
            first = tx.articles.first_published(month.end(self._zone))
        earlier, later = (Month.of(each, self._zone) if each else None for each in (last, first))
        return Around(earlier, later)

    def _listed(self, selection: Selection, limit: int, before: Article | None) -> tuple[Article, ...]:
        with self._store.read() as tx:
            return tx.articles.list(selection, limit=limit, before=before)
