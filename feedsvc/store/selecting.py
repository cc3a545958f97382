"""The statement that finds a page of a selection, newest first, at the same cost in a store of any size.

Each name of one criterion is a walk along an index that ends at the limit; the walks are merged. Asked for ``section IN
(…)`` in one go, a database would rather sort all articles of those sections.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, ColumnElement, FromClause, Select, Table, exists, select, tuple_, union

from feedsvc.model import Article, Selection, fold_name
from feedsvc.store.tables import article, article_author, article_tag


@dataclass(frozen=True, slots=True)
class _Criterion:
    """Names wanted in one column; that column, published, first_seen and ``id`` are an index of its table."""

    names: tuple[str, ...]
    key: Column[Any]
    id: Column[Any]

    @property
    def table(self) -> Any:
        return self.key.table

    def met(self) -> ColumnElement[bool]:
        if self.table is article:
            return self.key.in_(self.names)
        return exists().where(self.id == article.c.id, self.key.in_(self.names))


def page(selection: Selection, *, limit: int, before: Article | None, retracted: bool) -> Select[Any]:
    """Return the statement for :meth:`Articles.list`."""
    # The one that is likely to be the narrowest comes first: its index is walked, the others are looked up on the way.
    criteria = [criterion for criterion in _criteria(selection) if criterion.names]
    others = [criterion.met() for criterion in criteria[1:]] + [article.c.embargo.is_(None)]
    if not retracted:
        others.append(article.c.retracted.is_(None))
    if criteria:
        walks = [
            _walk(criteria[0].table, criteria[0].id, before).where(criteria[0].key == name, *others).limit(limit)
            for name in criteria[0].names
        ]
    else:
        walks = [_walk(article, article.c.id, before).where(*others).limit(limit)]
    # SQLite takes an ORDER BY with LIMIT in a part of a union only when wrapped.
    picked: FromClause = (
        walks[0].subquery("picked")
        if len(walks) == 1
        else union(*(select(walk.subquery()) for walk in walks)).subquery("picked")
    )
    newest = (picked.c.published.desc(), picked.c.first_seen.desc(), picked.c.id.desc())
    return select(article).join(picked, picked.c.id == article.c.id).order_by(*newest).limit(limit)


def _criteria(selection: Selection) -> tuple[_Criterion, ...]:
    return (
        _Criterion(_folded(selection.tags), article_tag.c.key, article_tag.c.article),
        _Criterion(_folded(selection.authors), article_author.c.key, article_author.c.article),
        _Criterion(_folded(selection.sections), article.c.section_key, article.c.id),
        _Criterion(tuple(dict.fromkeys(selection.sources)), article.c.source, article.c.id),
    )


def _folded(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(map(fold_name, names)))


def _walk(table: Table, id_column: Column[Any], before: Article | None) -> Select[Any]:
    order = (table.c.published, table.c.first_seen, id_column)
    walk = select(table.c.published, table.c.first_seen, id_column.label("id"))
    if table is not article:
        walk = walk.join(article, article.c.id == id_column)
    if before is not None:
        last = (before.published, before.first_seen, before.id)
        walk = walk.where(tuple_(*order) < tuple_(*last, types=[column.type for column in order]))
    return walk.order_by(*(column.desc() for column in order))
