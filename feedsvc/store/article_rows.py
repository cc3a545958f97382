"""How an article stands in its tables.

Knows which columns are derived, and from what; hides the rows from the repository, which deals in articles.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import fields, replace
from datetime import UTC, datetime
from operator import attrgetter
from typing import Any

from sqlalchemy import Row as Found
from sqlalchemy import Table, select

from feedsvc.model import Article, Enclosure, Via, fold_name
from feedsvc.store.tables import article, article_author, article_headline, article_tag
from feedsvc.text import canonical_link, headline_key

# Values in the order of a table's columns.
Row = tuple[Any, ...]

_NAMES = tuple(field.name for field in fields(Article))
_INSTANTS = ("published", "first_seen", "updated", "stated", "embargo", "followed", "retracted")
_instants = attrgetter(*_INSTANTS)
_fields = attrgetter(*_NAMES)
# The last fields: the numbers that the store gives.
_UNNUMBERED = attrgetter(*_NAMES[: _NAMES.index("changed")])
_LISTS = tuple(_NAMES.index(name) for name in ("authors", "tags", "enclosures", "aliases", "pinned"))
_ENCLOSURES = _NAMES.index("enclosures")
_VIA = _NAMES.index("via")
CHANGED, ARRIVAL = map(_NAMES.index, ("changed", "arrival"))
_SECTION, _LINK, _LANGUAGE = map(_NAMES.index, ("section", "link", "language"))

# What :func:`value` reads: the derived columns stay where they are.
COLUMNS = tuple(article.c[name] for name in _NAMES)
ROWS = select(*COLUMNS)

READ_AS = ("title", "section", "summary", "body")


def value(row: Found[Any] | Row) -> Article:
    """Return the article of a row of :data:`ROWS`."""
    values = [*row]
    for at in _LISTS:
        values[at] = tuple(values[at])
    values[ARRIVAL] = values[ARRIVAL] or 0
    if values[_ENCLOSURES]:
        values[_ENCLOSURES] = tuple(Enclosure(*each) for each in values[_ENCLOSURES])
    if values[_VIA]:
        values[_VIA] = Via(*values[_VIA])
    return Article(*values)


def in_utc(given: Article) -> Article:
    """Return the article with its instants as the store gives them back, so that the two can be compared.

    Python holds 02:30 of the night when clocks go back to equal no instant of another zone (PEP 495).
    """
    for at in _instants(given):
        if at is not None and at.tzinfo is not UTC and not _is_fixed(at):
            break
    else:
        return given
    times: dict[str, Any] = dict(zip(_INSTANTS, _instants(given), strict=True))
    return replace(given, **{name: at.astimezone(UTC) for name, at in times.items() if at})


def _is_fixed(at: datetime) -> bool:
    """Whether the zone has one offset at all times, as those of exports have."""
    return at.tzinfo is not None and at.tzinfo.utcoffset(None) is not None


def numbered(given: Article, *, changed: int, arrival: int) -> Article:
    """Return the article with other numbers of the store; a third of the time of ``replace``."""
    return Article(*(*_UNNUMBERED(given), changed, arrival))


def rows(given: Iterable[Article]) -> Iterable[Row]:
    """Return the articles' own rows."""
    return zip(*columns(given), strict=True)


def columns(given: Iterable[Article]) -> list[Sequence[Any]]:
    """Return the articles' own rows by columns, in the table's order: many at once take half the time so."""
    found = [*zip(*map(_fields, given), strict=True)]
    if not found:
        return [()] * len(article.columns)
    stand: list[Sequence[Any]] = [*found]
    stand[_ENCLOSURES] = [
        [(e.url, e.media_type, e.length) for e in each] if each else () for each in stand[_ENCLOSURES]
    ]
    stand[_VIA] = [(each.title, each.link, each.guid) if each else None for each in stand[_VIA]]
    stand[ARRIVAL] = [each or None for each in stand[ARRIVAL]]
    return [
        *stand,
        [fold_name(each) if each else None for each in stand[_SECTION]],
        [canonical_link(each) or None if each else None for each in stand[_LINK]],
        [fold_name(each) if each else None for each in stand[_LANGUAGE]],
    ]


def reading(given: Article) -> Row:
    """Return how the article reads, as a row of the table of revisions."""
    return given.id, given.revision, given.updated, given.title, given.section, given.summary, given.body


def lines(table: Table, keys: Callable[[Article], Iterable[str]], given: Iterable[Article]) -> Iterator[Row]:
    """Yield the rows of a table beside the articles', one for each key; they repeat some fields of the article."""
    names = [column.name for column in [*table.columns][2:]]
    for each in given:
        repeated = [getattr(each, name) or None for name in names]
        yield from ((each.id, key, *repeated) for key in keys(each))


def _headlines(given: Article) -> Iterable[str]:
    return filter(None, dict.fromkeys((headline_key(given.title), *given.aliases)))


def _tags(given: Article) -> Iterable[str]:
    return dict.fromkeys(map(fold_name, given.tags))


def _authors(given: Article) -> Iterable[str]:
    return dict.fromkeys(map(fold_name, given.authors))


# The tables beside the article: how the keys of their rows are derived, and of which fields the rows are made.
DERIVED: tuple[tuple[Table, Callable[[Article], Iterable[str]], tuple[str, ...]], ...] = (
    (article_headline, _headlines, ("title", "aliases")),
    (article_tag, _tags, ("tags", "published", "first_seen", "arrival")),
    (article_author, _authors, ("authors", "published", "first_seen", "arrival")),
)
