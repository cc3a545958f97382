"""How an article stands in its tables.

Knows which columns are derived, and from what; hides the rows from the repository, which deals in articles.
"""

from collections.abc import Callable, Iterable, Iterator
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
_ARRIVAL = _NAMES.index("arrival")

# What :func:`value` reads: the derived columns stay where they are.
COLUMNS = tuple(article.c[name] for name in _NAMES)
ROWS = select(*COLUMNS)

READ_AS = ("title", "section", "summary", "body")


def value(row: Found[Any] | Row) -> Article:
    """Return the article of a row of :data:`ROWS`."""
    values = [*row]
    for at in _LISTS:
        values[at] = tuple(values[at])
    values[_ARRIVAL] = values[_ARRIVAL] or 0
    if values[_ENCLOSURES]:
        values[_ENCLOSURES] = tuple(Enclosure(*each) for each in values[_ENCLOSURES])
    if values[_VIA]:
        values[_VIA] = Via(*values[_VIA])
    return Article(*values)


def in_utc(given: Article) -> Article:
    """Return the article with its instants as the store gives them back, so that the two can be compared.

    Python holds 02:30 of the night when clocks go back to equal no instant of another zone (PEP 495).
    """
    if all(at is None or at.tzinfo is UTC or _is_fixed(at) for at in _instants(given)):
        return given
    times: dict[str, Any] = dict(zip(_INSTANTS, _instants(given), strict=True))
    return replace(given, **{name: at.astimezone(UTC) for name, at in times.items() if at})


def _is_fixed(at: datetime) -> bool:
    """Whether the zone has one offset at all times, as those of exports have."""
    return at.tzinfo is not None and at.tzinfo.utcoffset(None) is not None


def numbered(given: Article, *, changed: int, arrival: int) -> Article:
    """Return the article with other numbers of the store; a third of the time of ``replace``."""
    return Article(*(*_UNNUMBERED(given), changed, arrival))


def row(given: Article) -> Row:
    """Return the article's own row."""
    values = [*_fields(given)]
    if given.enclosures:
        values[_ENCLOSURES] = [(e.url, e.media_type, e.length) for e in given.enclosures]
    if given.via:
        values[_VIA] = (given.via.title, given.via.link, given.via.guid)
    values[_ARRIVAL] = given.arrival or None
    return (
        *values,
        fold_name(given.section) if given.section else None,
        canonical_link(given.link) or None if given.link else None,
        fold_name(given.language) if given.language else None,
    )


def reading(given: Article) -> Row:
    """Return how the article reads, as a row of the table of revisions."""
    return given.id, given.revision, given.updated, given.title, given.section, given.summary, given.body


def _headlines(given: Article) -> Iterator[Row]:
    for key in dict.fromkeys((headline_key(given.title), *given.aliases)):
        if key:
            yield given.id, key


def _tags(given: Article) -> Iterator[Row]:
    return _labels(given, given.tags)


def _authors(given: Article) -> Iterator[Row]:
    return _labels(given, given.authors)


def _labels(given: Article, names: Iterable[str]) -> Iterator[Row]:
    for key in dict.fromkeys(map(fold_name, names)):
        yield given.id, key, given.published, given.first_seen, given.arrival or None


# The tables beside the article: how their rows are derived, and from which fields.
DERIVED: tuple[tuple[Table, Callable[[Article], Iterator[Row]], tuple[str, ...]], ...] = (
    (article_headline, _headlines, ("title", "aliases")),
    (article_tag, _tags, ("tags", "published", "first_seen", "arrival")),
    (article_author, _authors, ("authors", "published", "first_seen", "arrival")),
)
