"""Articles: found by page, by id and by what an entry may be matched with; written with their revisions."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from operator import attrgetter
from typing import Any, TypeVar

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Row,
    Select,
    Table,
    bindparam,
    delete,
    func,
    insert,
    select,
    tuple_,
    update,
)

from feedsvc.model import Article, ArticleId, Enclosure, Revision, Selection, SourceName, Via, fold_name
from feedsvc.store import counters
from feedsvc.store.selecting import page
from feedsvc.store.tables import article, article_author, article_headline, article_tag, revision
from feedsvc.text import canonical_link, headline_key

_CHANGE = "change"
# Values in one IN list, and rows in one page of a stream: far below what either database takes in a statement (SQLite:
# 32,766), and little memory.
_CHUNK = 500

_READ_AS = ("title", "section", "summary", "body")

_Columns = dict[str, Any]
_T = TypeVar("_T")


class Articles:
    """The articles of all sources, retracted ones among them where a method says so."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    # --- finding ------------------------------------------------------------------------------------------------------

    def get(self, id: ArticleId) -> Article | None:  # noqa: A002 - the model's name for it
        """Return the article, retracted or not."""
        return self._first(article.c.id == id)

    def get_by_guid(self, guid: str) -> Article | None:
        """Return the article of this feed guid, retracted or not."""
        return self._first(article.c.guid == guid)

    def list(
        self, selection: Selection, *, limit: int, before: Article | None = None, retracted: bool = False
    ) -> tuple[Article, ...]:
        """Return the newest articles that the selection selects, newest first: by published, then first seen, then id.

        Those under an embargo are not among them.

        ``before`` is the last article of the page before this one. With ``retracted``, tombstones stand in their
        places, so that a window over both does not slide back when one is retracted.
        """
        statement = page(selection, limit=limit, before=before, retracted=retracted)
        return tuple(map(_article, self._connection.execute(statement)))

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
        own = select(article.c.id).where(article.c.source == source)
        known_as = select(article_headline.c.article)
        found: set[str] = set(ids)
        # One statement a criterion: each is a look-up in an index, where an OR of all, or a join, may become a scan.
        criteria: tuple[tuple[Select[Any], Column[Any], Collection[Any]], ...] = (
            (own, article.c.source_guid, guids),
            (own, article.c.link_key, links),
            (known_as, article_headline.c.key, keys),
            (own, article.c.stated, stated),
        )
        for matching, column, values in criteria:
            for some in _chunks({value for value in values if value}):
                found.update(self._connection.execute(matching.where(column.in_(some))).scalars())
        articles = (_article(row) for row in self._rows(found) if row.source == source)
        return tuple(sorted(articles, key=attrgetter("published", "first_seen", "id")))

    def revisions(self, id: ArticleId) -> tuple[Revision, ...]:  # noqa: A002 - the model's name for it
        """Return how the article has read, oldest first; the last is how it reads now. Empty for an unknown id."""
        current = self._connection.execute(select(article).where(article.c.id == id)).first()
        if current is None:
            return ()
        past = select(revision).where(revision.c.article == id).order_by(revision.c.number)
        rows = [*map(_as_dict, self._connection.execute(past)), _reading(_as_dict(current))]
        return tuple(Revision(**row) for row in rows)

    def stream(self) -> Iterator[Article]:
        """Yield all articles, retracted ones too, oldest first, a few hundred in memory at a time."""
        order = (article.c.published, article.c.first_seen, article.c.id)
        pages = select(article).order_by(*order).limit(_CHUNK)
        after: tuple[Any, ...] | None = None
        while True:
            beyond = () if after is None else (tuple_(*order) > tuple_(*after, types=[c.type for c in order]),)
            rows = self._connection.execute(pages.where(*beyond)).all()
            yield from map(_article, rows)
            if len(rows) < _CHUNK:
                return
            after = (rows[-1].published, rows[-1].first_seen, rows[-1].id)

    def embargoed(self, until: datetime | None = None) -> tuple[Article, ...]:
        """Return the articles under an embargo, the next to be lifted first; with ``until`` those due by then."""
        promised = select(article).where(article.c.embargo.is_not(None))
        if until is not None:
            promised = promised.where(article.c.embargo <= until)
        return tuple(map(_article, self._connection.execute(promised.order_by(article.c.embargo, article.c.id))))

    def count(self) -> int:
        """Return how many articles there are, retracted ones too."""
        return self._connection.execute(select(func.count()).select_from(article)).scalar_one()

    def change_number(self) -> int:
        """Return the number of the last write of articles; 0 before the first."""
        return counters.read(self._connection, _CHANGE)

    def _first(self, condition: ColumnElement[bool]) -> Article | None:
        row = self._connection.execute(select(article).where(condition)).first()
        return _article(row) if row else None

    # --- writing ------------------------------------------------------------------------------------------------------

    def put(self, articles: Iterable[Article]) -> int:
        """Insert or update by id those that differ from what is stored, and return the change number.

        All that are written get the next number in ``changed``, whatever they came with; when nothing differs, nothing
        is written and the number stays. Where title, section, summary or body differ, ``revision`` grows, by the caller
        or else here, and the reading before it stays among :meth:`revisions`. Of two articles with one id the last
        counts.
        """
        rows = {str(value.id): _row(value) for value in articles}
        stored = {row.id: _as_dict(row) for row in self._rows(rows)}
        for key, old in stored.items():
            least = old["revision"] + _differ(rows[key], old, _READ_AS)
            rows[key] |= {"revision": max(rows[key]["revision"], least), "changed": old["changed"]}
        writes = [row for key, row in rows.items() if row != stored.get(key)]
        if not writes:
            return self.change_number()

        number = counters.advance(self._connection, _CHANGE)
        for row in writes:
            row["changed"] = number
        new = [row for row in writes if row["id"] not in stored]
        edited = [row for row in writes if row["id"] in stored]
        self._insert(article, new)
        self._update(edited)
        self._insert(
            revision, [_reading(old) for row in edited if row["revision"] != (old := stored[row["id"]])["revision"]]
        )
        for table, derive, columns in _DERIVED:
            again = [row for row in edited if _differ(row, stored[row["id"]], columns)]
            for some in _chunks([row["id"] for row in again]):
                self._connection.execute(delete(table).where(table.c.article.in_(some)))
            self._insert(table, [line for row in (*new, *again) for line in derive(row)])
        return number

    def _rows(self, ids: Iterable[str]) -> Iterator[Row[Any]]:
        # By id alone: given the source as well, SQLite walks through all articles of the source.
        for some in _chunks(ids):
            yield from self._connection.execute(select(article).where(article.c.id.in_(some)))

    def _insert(self, table: Table, rows: Sequence[_Columns]) -> None:
        if rows:
            self._connection.execute(insert(table), rows)

    def _update(self, rows: Sequence[_Columns]) -> None:
        if rows:
            statement = update(article).where(article.c.id == bindparam("which"))
            self._connection.execute(statement, [{**row, "which": row["id"]} for row in rows])


def _chunks(values: Iterable[_T]) -> Iterator[list[_T]]:
    rest = iter(values)
    while chunk := list(islice(rest, _CHUNK)):
        yield chunk


def _differ(one: _Columns, other: _Columns, names: Iterable[str]) -> bool:
    return any(one[name] != other[name] for name in names)


def _row(value: Article) -> _Columns:
    """Return the columns in the very form in which the database gives them back, so that the two can be compared."""
    return {
        "id": value.id,
        "guid": value.guid,
        "source": value.source,
        "title": value.title,
        "slug": value.slug,
        # In UTC, for Python holds 02:30 of the night when clocks go back equal to no instant of another zone (PEP 495).
        "published": value.published.astimezone(UTC),
        "first_seen": value.first_seen.astimezone(UTC),
        "updated": value.updated.astimezone(UTC),
        "revision": value.revision,
        "section": value.section,
        "link": value.link,
        "source_guid": value.source_guid,
        "stated": value.stated and value.stated.astimezone(UTC),
        "authors": list(value.authors),
        "tags": list(value.tags),
        "summary": value.summary,
        "body": value.body,
        "image": value.image,
        "enclosures": [[e.url, e.media_type, e.length] for e in value.enclosures],
        "via": [value.via.title, value.via.link, value.via.guid] if value.via else None,
        "language": value.language,
        "embargo": value.embargo and value.embargo.astimezone(UTC),
        "followed": value.followed and value.followed.astimezone(UTC),
        "aliases": list(value.aliases),
        "pinned": list(value.pinned),
        "retracted": value.retracted and value.retracted.astimezone(UTC),
        "changed": value.changed,
        "section_key": fold_name(value.section) if value.section else None,
        "link_key": canonical_link(value.link) or None if value.link else None,
    }


def _as_dict(row: Row[Any]) -> _Columns:
    return dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's public name for it


def _article(row: Row[Any]) -> Article:
    return Article(
        id=ArticleId(row.id),
        guid=row.guid,
        source=SourceName(row.source),
        title=row.title,
        slug=row.slug,
        published=row.published,
        first_seen=row.first_seen,
        updated=row.updated,
        revision=row.revision,
        section=row.section,
        link=row.link,
        source_guid=row.source_guid,
        stated=row.stated,
        authors=tuple(row.authors),
        tags=tuple(row.tags),
        summary=row.summary,
        body=row.body,
        image=row.image,
        enclosures=tuple(Enclosure(*each) for each in row.enclosures),
        via=Via(*row.via) if row.via else None,
        language=row.language,
        embargo=row.embargo,
        followed=row.followed,
        aliases=tuple(row.aliases),
        pinned=tuple(row.pinned),
        retracted=row.retracted,
        changed=row.changed,
    )


def _reading(row: _Columns) -> _Columns:
    return {"article": row["id"], "number": row["revision"], "recorded": row["updated"]} | {
        name: row[name] for name in _READ_AS
    }


def _headlines(row: _Columns) -> Iterator[_Columns]:
    for key in dict.fromkeys((headline_key(row["title"]), *row["aliases"])):
        if key:
            yield {"article": row["id"], "key": key}


def _tags(row: _Columns) -> Iterator[_Columns]:
    return _labels(row, row["tags"])


def _authors(row: _Columns) -> Iterator[_Columns]:
    return _labels(row, row["authors"])


def _labels(row: _Columns, names: Iterable[str]) -> Iterator[_Columns]:
    for key in dict.fromkeys(map(fold_name, names)):
        yield {"article": row["id"], "key": key, "published": row["published"], "first_seen": row["first_seen"]}


# The tables beside the article: what their rows are derived from, and how.
_DERIVED: tuple[tuple[Table, Callable[[_Columns], Iterator[_Columns]], tuple[str, ...]], ...] = (
    (article_headline, _headlines, ("title", "aliases")),
    (article_tag, _tags, ("tags", "published", "first_seen")),
    (article_author, _authors, ("authors", "published", "first_seen")),
)
