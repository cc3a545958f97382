"""The statements that walk along a selection, at the same cost in a store of any size.

Each name of one criterion is a walk along an index that ends at the limit; the walks are merged. Asked for ``section IN
(…)`` in one go, a database would rather sort all articles of those sections.

Names of other criteria are looked up on the way. Of those that hardly ever meet the whole of it would be passed: so
there is also what tells where a walk has passed enough, for whoever then looks in the index of words.

A statement takes longer to make than SQLite to walk along: it is made once for all selections of a form, and the names
themselves are its parameters.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache, partial
from typing import Any, TypeAlias

from sqlalchemy import (
    BindParameter,
    Column,
    ColumnElement,
    CompoundSelect,
    FromClause,
    Select,
    bindparam,
    exists,
    func,
    not_,
    or_,
    select,
    tuple_,
    union,
    union_all,
)

from feedsvc.model import Article, Selection, fold_name
from feedsvc.store.article_rows import COLUMNS, ROWS
from feedsvc.store.tables import article, article_author, article_tag

_BY_PUBLISHED = ("published", "first_seen", "id")
_BY_ARRIVAL = ("arrival",)  # no two have the same

# For each article wanted so many are passed when others are looked up on the way: 3 µs each.
_PASSED = 10

_WANTED, _EXCLUDED = "wanted", "excluded"
# How many names there are of each criterion, those that are excluded last.
_Form: TypeAlias = tuple[tuple[int, ...], tuple[int, ...]]
Asked: TypeAlias = tuple[Select[*tuple[Any, ...]], Mapping[str, Any]]
"""A statement and its parameters."""


@dataclass(frozen=True, slots=True)
class Span:
    """A part of the line of arrivals, both ends exclusive, and the end from which it is walked."""

    below: int | None = None
    above: int | None = None
    newest_first: bool = True


@dataclass(frozen=True, slots=True)
class _Criterion:
    """Names wanted in one column; that column and the columns of either order are an index of its table."""

    names: tuple[BindParameter[str], ...]
    key: Column[Any]
    id: Column[Any]

    @property
    def own(self) -> bool:
        """Whether the names stand with the article itself, not in a table beside it."""
        return self.key.table is article

    def order(self, by: Sequence[str]) -> list[Column[Any]]:
        return [self.id if name == "id" else self.key.table.c[name] for name in by]

    def met(self) -> ColumnElement[bool]:
        if self.own:
            return self.key.in_(self.names)
        beside = self.key.table.alias()  # the walk may be along the same table
        return exists().where(beside.c.article == article.c.id, beside.c.key.in_(self.names))

    def missed(self) -> ColumnElement[bool]:
        return or_(self.key.is_(None), self.key.not_in(self.names)) if self.own else not_(self.met())


_EVERY = _Criterion((), article.c.id, article.c.id)
_Found: TypeAlias = Select[*tuple[Any, ...]] | CompoundSelect[*tuple[Any, ...]]


def page(
    selection: Selection, *, limit: int, before: Article | None, retracted: bool, since: datetime | None = None
) -> Asked:
    """Return what to ask for :meth:`Articles.list`, of what was published ``since``."""
    bounds = {**_last(before), **({"since": since} if since else {})}
    statement = _page(_form(selection), limit=limit, bounds=tuple(bounds), retracted=retracted)
    return statement, {**_parameters(selection), **bounds}


def page_enough(selection: Selection, *, limit: int, before: Article | None) -> Asked | None:
    """Return what to ask for the time at which a page has passed enough; null: it never has.

    None when all that is passed is selected.
    """
    if not _passes_others(form := _form(selection)):
        return None
    last = _last(before)
    return _page_enough(form, limit=limit, bounds=tuple(last)), {**_parameters(selection), **last}


def walk(selection: Selection, span: Span, *, limit: int, retracted: bool) -> Asked:
    """Return what to ask for :meth:`Articles.walk`."""
    return _walk(_form(selection), _ends(span), limit=limit, retracted=retracted), _parameters(selection, span)


def arrivals(selection: Selection, span: Span, *, limit: int) -> Asked:
    """Return what to ask for :meth:`Articles.arrivals`."""
    return _numbers(_form(selection), _ends(span), limit=limit), _parameters(selection, span)


def walk_enough(selection: Selection, span: Span, *, limit: int) -> Asked | None:
    """Return what to ask for the arrival at which a walk has passed enough, as :func:`page_enough` does."""
    if not _passes_others(form := _form(selection)):
        return None
    return _walk_enough(form, _ends(span), limit=limit), _parameters(selection, span)


@lru_cache(maxsize=64)
def _page(form: _Form, *, limit: int, bounds: tuple[str, ...], retracted: bool) -> Select[*tuple[Any, ...]]:
    visible = [article.c.embargo.is_(None), *_standing(retracted=retracted)]
    found = _first(form, _BY_PUBLISHED, partial(_older, bounds), visible, descending=True, limit=limit)
    return _rows(found, _BY_PUBLISHED, descending=True, limit=limit)


@lru_cache(maxsize=64)
def _page_enough(form: _Form, *, limit: int, bounds: tuple[str, ...]) -> Select[Any]:
    return _enough(form, _BY_PUBLISHED, partial(_older, bounds), descending=True, limit=limit)


@lru_cache(maxsize=64)
def _walk_enough(form: _Form, ends: Span, *, limit: int) -> Select[Any]:
    return _enough(form, _BY_ARRIVAL, partial(_within, ends), descending=ends.newest_first, limit=limit)


@lru_cache(maxsize=64)
def _walk(form: _Form, ends: Span, *, limit: int, retracted: bool) -> Select[*tuple[Any, ...]]:
    found = _arrivals(form, ends, limit=limit, retracted=retracted)
    return _rows(found, _BY_ARRIVAL, descending=ends.newest_first, limit=limit)


@lru_cache(maxsize=64)
def _numbers(form: _Form, ends: Span, *, limit: int) -> Select[*tuple[Any, ...]]:
    found = _arrivals(form, ends, limit=limit, retracted=True)
    if isinstance(found, Select):
        return found  # one walk, and so in order
    picked = found.subquery("picked")
    return select(picked).order_by(*_sorted(picked, _BY_ARRIVAL, descending=ends.newest_first)).limit(limit)


def _rows(found: _Found, by: Sequence[str], *, descending: bool, limit: int) -> Select[*tuple[Any, ...]]:
    """Return the whole articles of which :func:`_first` found the first columns."""
    if isinstance(found, Select) and found.get_final_froms() == [article]:
        return found.with_only_columns(*COLUMNS)
    picked = found.subquery("picked")
    rows = ROWS.join(picked, picked.c.id == article.c.id)
    return rows.order_by(*_sorted(picked, by, descending=descending)).limit(limit)


def _arrivals(form: _Form, ends: Span, *, limit: int, retracted: bool) -> _Found:
    standing = _standing(retracted=retracted)
    return _first(form, _BY_ARRIVAL, partial(_within, ends), standing, descending=ends.newest_first, limit=limit)


def _older(bounds: tuple[str, ...], *order: Column[Any]) -> Iterator[ColumnElement[bool]]:
    names = [f"last_{name}" for name in _BY_PUBLISHED]
    if names[0] in bounds:
        last = (bindparam(name, type_=column.type) for name, column in zip(names, order, strict=True))
        yield tuple_(*order) < tuple_(*last)
    if "since" in bounds:
        yield order[0] >= bindparam("since", type_=order[0].type)


def _within(ends: Span, arrival: Column[int]) -> Iterator[ColumnElement[bool]]:
    # What is under an embargo has no number, hence lies within no bounds.
    if ends.above is None and ends.below is None:
        yield arrival.is_not(None)
    if ends.above is not None:
        yield arrival > bindparam("above", type_=arrival.type)
    if ends.below is not None:
        yield arrival < bindparam("below", type_=arrival.type)


def _standing(*, retracted: bool) -> list[ColumnElement[bool]]:
    return [] if retracted else [article.c.retracted.is_(None)]


def _first(
    form: _Form,
    by: Sequence[str],
    bounds: Callable[..., Iterator[ColumnElement[bool]]],
    conditions: Sequence[ColumnElement[bool]],
    *,
    descending: bool,
    limit: int,
) -> _Found:
    """Return the columns ``by``, and the id, of the first articles of a form: as many of each walk as may be wanted."""
    wanted, excluded = form
    narrowest, *others = _walked(wanted)
    looked_up = [criterion.met() for criterion in others]
    if excluded:
        looked_up += [criterion.missed() for criterion in _criteria(excluded, _EXCLUDED)]
    looked_up += conditions

    order = narrowest.order(by)
    named = {**dict(zip(by, order, strict=True)), "id": narrowest.id}
    walk = select(*(column.label(name) for name, column in named.items()))
    if looked_up and not narrowest.own:
        walk = walk.join(article, article.c.id == narrowest.id)
    walk = walk.where(*bounds(*order), *looked_up)
    walk = walk.order_by(*_along(order, descending=descending)).limit(limit)
    walks = [walk.where(narrowest.key == name) for name in narrowest.names] or [walk]
    if len(walks) == 1:
        return walks[0]
    # SQLite takes an ORDER BY with LIMIT in a part of a union only when wrapped.
    return union(*(select(walk.subquery()) for walk in walks))


def _enough(
    form: _Form,
    by: Sequence[str],
    bounds: Callable[..., Iterator[ColumnElement[bool]]],
    *,
    descending: bool,
    limit: int,
) -> Select[Any]:
    """Return where the first of the walks of :func:`_first` has passed enough: there all end, for they are merged."""
    narrowest = _walked(form[0])[0]
    order = narrowest.order(by)
    passed = select(order[0].label("at")).where(*bounds(*order))
    passed = passed.order_by(*_along(order, descending=descending)).offset(_PASSED * limit).limit(1)
    each = [passed.where(narrowest.key == name) for name in narrowest.names] or [passed]
    at = union_all(*(select(one.subquery()) for one in each)).subquery().c.at
    return select(func.max(at) if descending else func.min(at))


def _passes_others(form: _Form) -> bool:
    wanted, excluded = form
    return sum(map(bool, wanted)) > 1 or any(excluded)


def _walked(wanted: tuple[int, ...]) -> list[_Criterion]:
    """Return what is wanted, likely the narrowest first: its index is walked, the others are looked up on the way."""
    return [*_criteria(wanted, _WANTED)] or [_EVERY]


def _sorted(picked: FromClause, by: Sequence[str], *, descending: bool) -> list[ColumnElement[Any]]:
    return _along([picked.c[name] for name in by], descending=descending)


def _along(order: Sequence[ColumnElement[Any]], *, descending: bool) -> list[ColumnElement[Any]]:
    return [column.desc() if descending else column.asc() for column in order]


def _criteria(numbers: tuple[int, ...], prefix: str) -> Iterator[_Criterion]:
    columns = (
        (article_tag.c.key, article_tag.c.article),
        (article_author.c.key, article_author.c.article),
        (article.c.section_key, article.c.id),
        (article.c.source, article.c.id),
        (article.c.language_key, article.c.id),
    )
    for at, (number, (key, id_)) in enumerate(zip(numbers, columns, strict=True)):
        if number:
            names = (bindparam(f"{prefix}_{at}_{each}", type_=key.type) for each in range(number))
            yield _Criterion(tuple(names), key, id_)


def _form(selection: Selection) -> _Form:
    excluded = tuple(map(len, _names(selection.exclude))) if selection.exclude else ()
    return tuple(map(len, _names(selection))), excluded


def _ends(span: Span) -> Span:
    """Return a span that has the ends of this one, wherever they are."""
    below, above = (None if end is None else 0 for end in (span.below, span.above))
    return Span(below, above, span.newest_first)


def _last(before: Article | None) -> dict[str, Any]:
    return {f"last_{name}": getattr(before, name) for name in _BY_PUBLISHED} if before else {}


def _parameters(selection: Selection, span: Span | None = None) -> dict[str, Any]:
    parameters: dict[str, Any] = {"below": span.below, "above": span.above} if span else {}
    for prefix, part in ((_WANTED, selection), (_EXCLUDED, selection.exclude)):
        for at, names in enumerate(_names(part) if part else ()):
            parameters |= {f"{prefix}_{at}_{each}": name for each, name in enumerate(names)}
    return parameters


def _names(selection: Selection) -> tuple[tuple[str, ...], ...]:
    """Return the names of each criterion, in the order of :func:`_criteria`: the one likely to be narrowest first."""
    sources = tuple(dict.fromkeys(selection.sources))
    tags, authors, sections = map(_folded, (selection.tags, selection.authors, selection.sections))
    return tags, authors, sections, sources, _folded(selection.languages)


def _folded(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(map(fold_name, names)))
