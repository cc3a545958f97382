"""The statements that walk along a selection, at the same cost in a store of any size.

Each name of one criterion is a walk along an index that ends at the limit; the walks are merged. Asked for ``section IN
(…)`` in one go, a database would rather sort all articles of those sections.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Column, ColumnElement, FromClause, Select, bindparam, exists, not_, or_, select, tuple_, union

from feedsvc.model import Article, Selection, fold_name
from feedsvc.store.article_rows import ROWS
from feedsvc.store.tables import article, article_author, article_tag

_BY_PUBLISHED = ("published", "first_seen", "id")
_BY_ARRIVAL = ("arrival", "id")


@dataclass(frozen=True, slots=True)
class Span:
    """A part of the line of arrivals, both ends exclusive, and the end from which it is walked."""

    below: int | None = None
    above: int | None = None
    newest_first: bool = True

    def holds(self, arrival: ColumnElement[int]) -> Iterator[ColumnElement[bool]]:
        # What is under an embargo has no number, hence lies within no bounds.
        if self.above is None and self.below is None:
            yield arrival.is_not(None)
        if self.above is not None:
            yield arrival > self.above
        if self.below is not None:
            yield arrival < self.below


@dataclass(frozen=True, slots=True)
class _Criterion:
    """Names wanted in one column; that column and the columns of either order are an index of its table."""

    names: tuple[str, ...]
    key: Column[Any]
    id: Column[Any]

    @property
    def own(self) -> bool:
        """Whether the names stand with the article itself, not in a table beside it."""
        return self.key.table is article

    def met(self) -> ColumnElement[bool]:
        if self.own:
            return self.key.in_(self.names)
        beside = self.key.table.alias()  # the walk may be along the same table
        return exists().where(beside.c.article == article.c.id, beside.c.key.in_(self.names))

    def missed(self) -> ColumnElement[bool]:
        return or_(self.key.is_(None), self.key.not_in(self.names)) if self.own else not_(self.met())


_EVERY = _Criterion((), article.c.id, article.c.id)


# A statement is a pure value, and takes longer to make than SQLite to walk along: most are asked for again and again.
@lru_cache(maxsize=64)
def page(selection: Selection, *, limit: int, goes_on: bool, retracted: bool) -> Select[Any]:
    """Return the statement for :meth:`Articles.list`; where it goes on, with :func:`place` as its parameters."""

    def older(*order: Column[Any]) -> Iterator[ColumnElement[bool]]:
        if goes_on:
            names = zip(_BY_PUBLISHED, order, strict=True)
            yield tuple_(*order) < tuple_(*(bindparam(f"last_{name}", type_=column.type) for name, column in names))

    visible = [article.c.embargo.is_(None), *_standing(retracted=retracted)]
    picked = _first(selection, _BY_PUBLISHED, older, visible, descending=True, limit=limit)
    rows = ROWS.join(picked, picked.c.id == article.c.id)
    return rows.order_by(*_sorted(picked, _BY_PUBLISHED, descending=True)).limit(limit)


def place(before: Article | None) -> dict[str, Any]:
    """Return the parameters that say after which article a page begins."""
    return {f"last_{name}": getattr(before, name) for name in _BY_PUBLISHED} if before else {}


def walk(selection: Selection, span: Span, *, limit: int, retracted: bool) -> Select[Any]:
    """Return the statement for :meth:`Articles.walk`."""
    picked = _arrivals(selection, span, limit=limit, retracted=retracted)
    rows = ROWS.join(picked, picked.c.id == article.c.id)
    return rows.order_by(*_sorted(picked, _BY_ARRIVAL, descending=span.newest_first)).limit(limit)


@lru_cache(maxsize=64)
def arrivals(selection: Selection, span: Span, *, limit: int) -> Select[Any]:
    """Return the statement for :meth:`Articles.arrivals`."""
    picked = _arrivals(selection, span, limit=limit, retracted=True)
    return select(picked).order_by(*_sorted(picked, _BY_ARRIVAL, descending=span.newest_first)).limit(limit)


def _arrivals(selection: Selection, span: Span, *, limit: int, retracted: bool) -> FromClause:
    def within(arrival: Column[int], _id: Column[str]) -> Iterator[ColumnElement[bool]]:
        return span.holds(arrival)

    standing = _standing(retracted=retracted)
    return _first(selection, _BY_ARRIVAL, within, standing, descending=span.newest_first, limit=limit)


def _standing(*, retracted: bool) -> list[ColumnElement[bool]]:
    return [] if retracted else [article.c.retracted.is_(None)]


def _first(
    selection: Selection,
    by: Sequence[str],
    bounds: Callable[..., Iterator[ColumnElement[bool]]],
    conditions: Sequence[ColumnElement[bool]],
    *,
    descending: bool,
    limit: int,
) -> FromClause:
    """Return the columns ``by`` of the first articles of a selection: as many of each walk as may be wanted of all."""
    # The one that is likely to be the narrowest comes first: its index is walked, the others are looked up on the way.
    narrowest, *others = [*_criteria(selection)] or [_EVERY]
    looked_up = [criterion.met() for criterion in others]
    if selection.exclude:
        looked_up += [criterion.missed() for criterion in _criteria(selection.exclude)]
    looked_up += conditions

    table = narrowest.key.table
    order = [narrowest.id if name == "id" else table.c[name] for name in by]
    walk = select(*(column.label(name) for column, name in zip(order, by, strict=True)))
    if looked_up and not narrowest.own:
        walk = walk.join(article, article.c.id == narrowest.id)
    walk = walk.where(*bounds(*order), *looked_up)
    walk = walk.order_by(*(column.desc() if descending else column.asc() for column in order)).limit(limit)
    walks = [walk.where(narrowest.key == name) for name in narrowest.names] or [walk]
    if len(walks) == 1:
        return walks[0].subquery("picked")
    # SQLite takes an ORDER BY with LIMIT in a part of a union only when wrapped.
    return union(*(select(walk.subquery()) for walk in walks)).subquery("picked")


def _sorted(picked: FromClause, by: Sequence[str], *, descending: bool) -> list[ColumnElement[Any]]:
    return [picked.c[name].desc() if descending else picked.c[name].asc() for name in by]


def _criteria(selection: Selection) -> Iterator[_Criterion]:
    wanted = (
        (_folded(selection.tags), article_tag.c.key, article_tag.c.article),
        (_folded(selection.authors), article_author.c.key, article_author.c.article),
        (_folded(selection.sections), article.c.section_key, article.c.id),
        (tuple(dict.fromkeys(selection.sources)), article.c.source, article.c.id),
        (_folded(selection.languages), article.c.language_key, article.c.id),
    )
    return (_Criterion(*each) for each in wanted if each[0])


def _folded(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(map(fold_name, names)))
