"""How an article stands in its tables.

Knows which columns are derived, and from what; hides the rows from the repository, which deals in articles.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields, replace
from datetime import UTC, datetime
from operator import attrgetter
from typing import Any

from sqlalchemy import Row, Table, select

from feedsvc.model import Article, Enclosure, Via, fold_name
from feedsvc.store.tables import article, article_author, article_headline, article_tag
from feedsvc.text import canonical_link, headline_key

Columns = dict[str, Any]

_NAMES = tuple(field.name for field in fields(Article))
_INSTANTS = ("published", "first_seen", "updated", "stated", "embargo", "followed", "retracted")
_instants = attrgetter(*_INSTANTS)
_LISTS = tuple(_NAMES.index(name) for name in ("authors", "tags", "enclosures", "aliases", "pinned"))
_ENCLOSURES = _NAMES.index("enclosures")
_VIA = _NAMES.index("via")
_ARRIVAL = _NAMES.index("arrival")

# What :func:`value` reads: the derived columns stay where they are.
COLUMNS = tuple(article.c[name] for name in _NAMES)
ROWS = select(*COLUMNS)

READ_AS = ("title", "section", "summary", "body")


def value(row: Row[Any] | tuple[Any, ...]) -> Article:
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


def row(given: Article) -> Columns:
    """Return the article's own row."""
    return {name: getattr(given, name) for name in _NAMES} | {
        "enclosures": [(e.url, e.media_type, e.length) for e in given.enclosures],
        "via": (given.via.title, given.via.link, given.via.guid) if given.via else None,
        "arrival": given.arrival or None,
        "section_key": fold_name(given.section) if given.section else None,
        "link_key": canonical_link(given.link) or None if given.link else None,
        "language_key": fold_name(given.language) if given.language else None,
    }


def reading(given: Article) -> Columns:
    """Return how the article reads, as a row of the table of revisions."""
    return {"article": given.id, "number": given.revision, "recorded": given.updated} | {
        name: getattr(given, name) for name in READ_AS
    }


def _headlines(given: Article) -> Iterator[Columns]:
    for key in dict.fromkeys((headline_key(given.title), *given.aliases)):
        if key:
            yield {"article": given.id, "key": key}


def _tags(given: Article) -> Iterator[Columns]:
    return _labels(given, given.tags)


def _authors(given: Article) -> Iterator[Columns]:
    return _labels(given, given.authors)


def _labels(given: Article, names: Iterable[str]) -> Iterator[Columns]:
    for key in dict.fromkeys(map(fold_name, names)):
        yield {
            "article": given.id,
            "key": key,
            "published": given.published,
            "first_seen": given.first_seen,
            "arrival": given.arrival or None,
        }


# The tables beside the article: how their rows are derived, and from which fields.
DERIVED: tuple[tuple[Table, Callable[[Article], Iterator[Columns]], tuple[str, ...]], ...] = (
    (article_headline, _headlines, ("title", "aliases")),
    (article_tag, _tags, ("tags", "published", "first_seen", "arrival")),
    (article_author, _authors, ("authors", "published", "first_seen", "arrival")),
)
