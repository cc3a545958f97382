"""Articles: found by page, by id and by what an entry may be matched with; written with their revisions."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from heapq import nlargest
from operator import attrgetter
from typing import Any

from sqlalchemy import (
    Connection,
    Select,
    bindparam,
    func,
    select,
    tuple_,
)

from feedsvc.model import Article, ArticleId, Label, LabelKind, Place, Query, Revision, Selection, SourceName
from feedsvc.store import article_rows, article_writing, by_date, counters, labels, matching, searching, selecting
from feedsvc.store.article_rows import ROWS
from feedsvc.store.batches import CHUNK, chunks
from feedsvc.store.selecting import Span
from feedsvc.store.tables import article, revision
from feedsvc.text import canonical_link

# The matches of a query that a page by age is made of: a database finds them in the order of arrival.
_WINDOW = 1_000
# So many that match names and do not lie near are put in order by age; of more, a walk meets some soon.
_FEW = 5_000

_BY_AGE = attrgetter("published", "first_seen", "id")
_AGES = select(article.c.published, article.c.first_seen, article.c.id).where(
    article.c.arrival.in_(bindparam("of", expanding=True))
)
_THOSE = ROWS.where(article.c.id.in_(bindparam("of", expanding=True)))
_ONE = ROWS.where(article.c.id == bindparam("of"))


class Articles:
    """The articles of all sources, retracted ones among them where a method says so."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._names: set[tuple[LabelKind, str]] = set()

    # --- finding ------------------------------------------------------------------------------------------------------

    def get(self, id: ArticleId) -> Article | None:
        """Return the article, retracted or not."""
        return next(self._values(_ONE, {"of": id}), None)

    def get_by_link(self, link: str) -> Article | None:
        """Return the article that was taken from this address, of whatever source, retracted or not."""
        # One look-up for each source, found by hopping from name to name: no index has the links of all.
        first = select(func.min(article.c.source).label("name")).cte("sources", recursive=True)
        following = select(func.min(article.c.source)).where(article.c.source > first.c.name).scalar_subquery()
        sources = first.union_all(select(following).where(first.c.name.is_not(None)))
        taken = (article.c.source.in_(select(sources.c.name)), article.c.link_key == canonical_link(link))
        return next(self._values(ROWS.where(*taken)), None)

    def known_guids(self, guids: Iterable[str]) -> set[str]:
        """Return those of the guids that articles have, of whatever source, retracted ones too."""
        known: set[str] = set()
        for some in chunks(guids):
            known.update(self._connection.execute(select(article.c.guid).where(article.c.guid.in_(some))).scalars())
        return known

    def list(
        self, selection: Selection, *, limit: int, before: Article | None = None, retracted: bool = False
    ) -> tuple[Article, ...]:
        """Return the newest articles that the selection selects, newest first: by published, then first seen, then id.

        Those under an embargo are not among them.

        ``before`` is the last article of the page before this one. With ``retracted``, tombstones stand in their
        places, so that a window over both does not slide back when one is retracted. With a query, the pages end with
        the last of the newest thousand arrivals: :meth:`walk` goes on from there.
        """

        def page(since: datetime | None = None) -> tuple[Article, ...]:
            asked = selecting.page(selection, limit=limit, before=before, retracted=retracted, since=since)
            return tuple(self._values(*asked))

        def matching(most: int) -> list[int]:
            return searching.arrivals(self._connection, selection, Span(), limit=most, retracted=retracted)

        if selection.asks_for_words:
            return self._newest(matching(_WINDOW), limit, before)
        since = self._enough(selecting.page_enough(selection, limit=limit, before=before))
        found = page(since)
        if since is None or len(found) == limit:
            return found
        few = matching(_FEW)
        return self._newest(few, limit, before) if len(few) < _FEW else page()

    def list_between(
        self, start: datetime, end: datetime, *, limit: int, before: Article | None = None
    ) -> tuple[Article, ...]:
        """Return the newest visible articles published from ``start`` on and before ``end``, newest first as above.

        ``before`` is the last article of the page before this one.
        """
        return tuple(self._values(by_date.page(start, end, limit=limit, before=before)))

    def last_published(self, before: datetime) -> datetime | None:
        """Return when the newest visible article of those published before an instant was."""
        return by_date.last(self._connection, before)

    def first_published(self, since: datetime) -> datetime | None:
        """Return when the oldest visible article of those published at an instant or later was."""
        return by_date.first(self._connection, since)

    def walk(
        self,
        selection: Selection,
        *,
        below: int | None = None,
        above: int | None = None,
        limit: int,
        retracted: bool = True,
        newest_first: bool = True,
    ) -> tuple[Article, ...]:
        """Return the first visible articles that the selection selects, in the order of arrival.

        ``below`` and ``above`` are arrival numbers, themselves left out. What has arrived stays in its place, so parts
        of the line that end before :meth:`greatest_arrival` gain nothing any more.
        """
        span = Span(below, above, newest_first)
        if not selection.asks_for_words:
            near = self._near(selection, span, limit)
            found = tuple(self._values(*selecting.walk(selection, near, limit=limit, retracted=retracted)))
            if near == span or len(found) == limit:
                return found
        return self._searched(selection, span, limit, retracted=retracted)

    def arrivals(
        self,
        selection: Selection,
        *,
        below: int | None = None,
        above: int | None = None,
        limit: int,
        newest_first: bool = True,
    ) -> tuple[tuple[int, ArticleId], ...]:
        """Return the arrival numbers and ids alone of what :meth:`walk` gives, tombstones among them."""
        span = Span(below, above, newest_first)
        if not selection.asks_for_words:
            near = self._near(selection, span, limit)
            rows = self._connection.execute(*selecting.arrivals(selection, near, limit=limit)).all()
            if near == span or len(rows) == limit:
                return tuple((number, ArticleId(id_)) for number, id_ in rows)
        return tuple((each.arrival, each.id) for each in self._searched(selection, span, limit, retracted=True))

    def search(
        self, query: Query, selection: Selection, *, below: int | None = None, limit: int
    ) -> tuple[Article, ...]:
        """Return what the query finds among the articles selected, the newest arrival first, none of them retracted.

        ``below`` is the arrival of the last article of the page before this one. A query without terms finds nothing.
        """
        if not query.terms:
            return ()
        both = Query((*Query.parse(selection.query).terms, *query.terms))
        return self.walk(replace(selection, query=str(both)), below=below, limit=limit, retracted=False)

    def places(self, *, above: int, upto: int) -> tuple[Place, ...]:
        """Return where the articles stand that arrived after ``above``, up to ``upto``; oldest arrival first.

        Those that are retracted are not among them.
        """
        columns = (article.c.id, article.c.slug, article.c.updated)
        arrived = (article.c.arrival > max(above, 0), article.c.arrival <= upto, article.c.retracted.is_(None))
        rows = self._connection.execute(select(*columns).where(*arrived).order_by(article.c.arrival))
        return tuple(Place(ArticleId(id_), slug, updated) for id_, slug, updated in rows)

    def newer(self, than: Article, *, limit: int) -> tuple[Article, ...]:
        """Return the visible articles that come next after one in the order of :meth:`list`, the oldest first."""
        order = (article.c.published, article.c.first_seen, article.c.id)
        beyond = tuple_(*order) > tuple_(*_BY_AGE(than), types=[column.type for column in order])
        visible = (article.c.embargo.is_(None), article.c.retracted.is_(None))
        return tuple(self._values(ROWS.where(beyond, *visible).order_by(*order).limit(limit)))

    def changed(self, *, since: int, after: ArticleId | None = None, limit: int = CHUNK) -> tuple[Article, ...]:
        """Return articles that were written after the change number ``since``, in the order of (changed, id).

        Retracted ones and those under an embargo are among them. With ``after`` those that follow this article among
        the ones written with the change number ``since`` come first.
        """
        order = (article.c.changed, article.c.id)
        last = (since, after) if after else (since + 1, "")
        beyond = tuple_(*order) > tuple_(*last, types=[column.type for column in order])
        return tuple(self._values(ROWS.where(beyond).order_by(*order).limit(limit)))

    def greatest_arrival(self) -> int:
        """Return the greatest arrival number given so far; 0 before the first."""
        return counters.read(self._connection, counters.ARRIVAL)

    def label(self, kind: LabelKind, slug: str) -> Label | None:
        """Return the label of this slug."""
        return labels.get(self._connection, kind, slug)

    def labels(self, kind: LabelKind, *, limit: int, after: str = "") -> tuple[Label, ...]:
        """Return labels in the order of their slugs; ``after`` is the last slug of the page before this one."""
        return labels.page(self._connection, kind, limit=limit, after=after)

    def labels_named(self, names: Collection[str]) -> tuple[Label, ...]:
        """Return the labels, of whatever kind, that have one of these names in whatever spelling."""
        return labels.named(self._connection, names)

    def labels_of(self, articles: Iterable[Article]) -> dict[ArticleId, tuple[Label, ...]]:
        """Return the labels that each of these articles carries."""
        return labels.of(self._connection, tuple(articles))

    def candidates(
        self,
        source: SourceName,
        *,
        guids: Collection[str] = (),
        links: Collection[str] = (),
        keys: Collection[str] = (),
        stated: Collection[datetime] = (),
        ids: Collection[ArticleId] = (),
    ) -> tuple[Article, ...]:
        """Return every article of the source that may be one of some entries, retracted ones too, oldest first.

        An article is here when at least one of these is its own: source guid, link (as ``text.canonical_link`` gives
        it), headline or former headline (as ``text.headline_key`` gives it), stated instant, or id. Empty texts match
        nothing.
        """
        criteria = {"guids": guids, "links": links, "keys": keys, "stated": stated, "ids": ids}
        found = {each.id: each for each in matching.candidates(self._connection, source, criteria)}
        return tuple(sorted(found.values(), key=_BY_AGE))

    def unread(self, ids: Collection[ArticleId]) -> tuple[Article, ...]:
        """Return those of some articles whose link may lead to a text that nobody has looked for, the last seen first.

        Retracted ones are not among them.
        """
        return tuple(sorted(matching.unread(self._connection, ids), key=attrgetter("first_seen", "id"), reverse=True))

    def written_since(self, number: int) -> Mapping[ArticleId, int] | None:
        """Return which articles were written after a change number, and theirs; None when they are many hundreds."""
        return matching.written_since(self._connection, number)

    def revisions(self, id: ArticleId) -> tuple[Revision, ...]:
        """Return how the article has read, oldest first; the last is how it reads now. Empty for an unknown id."""
        current = self.get(id)
        if current is None:
            return ()
        past = select(revision).where(revision.c.article == id).order_by(revision.c.number)
        before = (Revision(*each) for each in self._connection.execute(past))
        return (*before, Revision(*article_rows.reading(current)))

    def stream(self) -> Iterator[Article]:
        """Yield all articles, retracted ones too, oldest first, a few hundred in memory at a time."""
        order = (article.c.published, article.c.first_seen, article.c.id)
        pages = ROWS.order_by(*order).limit(CHUNK)
        after: tuple[Any, ...] | None = None
        while True:
            beyond = () if after is None else (tuple_(*order) > tuple_(*after, types=[c.type for c in order]),)
            some = [*self._values(pages.where(*beyond))]
            yield from some
            if len(some) < CHUNK:
                return
            after = _BY_AGE(some[-1])

    def embargoed(self, until: datetime | None = None) -> tuple[Article, ...]:
        """Return the articles under an embargo, the next to be lifted first; with ``until`` those due by then."""
        promised = ROWS.where(article.c.embargo.is_not(None))
        if until is not None:
            promised = promised.where(article.c.embargo <= until)
        return tuple(self._values(promised.order_by(article.c.embargo, article.c.id)))

    def count(self) -> int:
        """Return how many articles there are, retracted ones too."""
        return self._connection.execute(select(func.count()).select_from(article)).scalar_one()

    def change_number(self) -> int:
        """Return the number of the last write of articles; 0 before the first."""
        return counters.read(self._connection, counters.CHANGE)

    def _searched(self, selection: Selection, span: Span, limit: int, *, retracted: bool) -> tuple[Article, ...]:
        numbers = searching.arrivals(self._connection, selection, span, limit=limit, retracted=retracted)
        found = [each for some in chunks(numbers) for each in self._values(ROWS.where(article.c.arrival.in_(some)))]
        return tuple(sorted(found, key=attrgetter("arrival"), reverse=span.newest_first))

    def _near(self, selection: Selection, span: Span, limit: int) -> Span:
        """Return the beginning of a span in which articles are passed that are not selected, if it has so many."""
        enough = self._enough(selecting.walk_enough(selection, span, limit=limit))
        if enough is None:
            return span
        return replace(span, above=enough - 1) if span.newest_first else replace(span, below=enough + 1)

    def _enough(self, asked: selecting.Asked | None) -> Any:
        return None if asked is None else self._connection.execute(*asked).scalar_one()

    def _newest(self, arrivals: Iterable[int], limit: int, before: Article | None) -> tuple[Article, ...]:
        """Return the newest of the articles that have these numbers, as :meth:`list` does."""
        ages = (age for some in chunks(arrivals) for age in self._connection.execute(_AGES, {"of": some}))
        older = (tuple(age) for age in ages if before is None or tuple(age) < _BY_AGE(before))
        ids = [id_ for _, _, id_ in nlargest(limit, older)]
        return tuple(sorted(self._those(ids), key=_BY_AGE, reverse=True))

    def _those(self, ids: Iterable[str]) -> Iterator[Article]:
        # By id alone: given the source as well, SQLite walks through all articles of the source.
        for some in chunks(ids):
            yield from self._values(_THOSE, {"of": some})

    def _values(self, statement: Select[Any], parameters: Mapping[str, Any] | None = None) -> Iterator[Article]:
        return map(article_rows.value, self._connection.execute(statement, parameters).all())

    # --- writing ------------------------------------------------------------------------------------------------------

    def put(self, articles: Iterable[Article], known: Iterable[Article] | None = None) -> int:
        """Insert or update by id those that differ from what is stored, and return the change number.

        Those that become visible, new or their embargo lifted, get the next arrival numbers, the oldest the lowest;
        those under an embargo lose theirs. All that are written get the next number in ``changed``. Whatever numbers
        they came with count for nothing; when nothing differs, nothing is written and the change number stays. Where
        title, section, summary or body differ, ``revision`` grows, by the caller or else here, and the reading before
        it stays among :meth:`revisions`. Of two articles with one id the last counts.

        ``known`` are stored articles as this transaction has read them, all that are among those given; without it they
        are looked up.
        """
        given = {each.id: each for each in map(article_rows.in_utc, articles)}
        stored = {each.id: each for each in (self._those(given) if known is None else known)}
        return article_writing.put(self._connection, given.values(), stored, self._names)

    @contextmanager
    def loading(self) -> Iterator[None]:
        """Make putting a great many articles into an empty store faster: indexes are dropped, and built at the end.

        Within the block articles are only put: what finds them is slow. In a store with articles this does nothing. On
        PostgreSQL whoever reads articles waits for the end of the transaction.
        """
        with article_writing.loading(self._connection):
            yield
