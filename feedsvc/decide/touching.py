"""Which of many feeds an article belongs to, without asking each.

Knows that a selection with names takes no article without one of them; hides the table of names.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Generic, TypeVar

from feedsvc.model import Article, Selection, fold_name

_T = TypeVar("_T")
_Name = tuple[str, str]


class Touching(Generic[_T]):
    """Whatever has a selection, found by the articles that it selects. Threads may share it."""

    def __init__(self, selections: Iterable[tuple[_T, Selection]]) -> None:
        self._all = tuple(selections)
        self._named: defaultdict[_Name | None, list[int]] = defaultdict(list)
        for place, (_, selection) in enumerate(self._all):
            for name in _wanted(selection):
                self._named[name].append(place)

    def by(self, articles: Iterable[Article]) -> tuple[_T, ...]:
        """Return what selects at least one of the articles, in the order given at first."""
        found = {
            place
            for article in articles
            for name in (None, *_carried(article))
            for place in self._named.get(name, ())
            if self._all[place][1].selects(article)
        }
        return tuple(self._all[place][0] for place in sorted(found))


def _wanted(selection: Selection) -> Iterable[_Name | None]:
    """Return names of which whatever is selected carries one: those of one criterion. None stands for everything."""
    criteria = (
        ("tag", map(fold_name, selection.tags)),
        ("author", map(fold_name, selection.authors)),
        ("section", map(fold_name, selection.sections)),
        ("source", selection.sources),
        ("language", map(fold_name, selection.languages)),
    )
    found = ({(kind, name) for name in names} for kind, names in criteria)
    return next((names for names in found if names), {None})


def _carried(article: Article) -> Iterator[_Name]:
    yield "source", article.source
    if article.section:
        yield "section", fold_name(article.section)
    if article.language:
        yield "language", fold_name(article.language)
    yield from (("tag", fold_name(name)) for name in article.tags)
    yield from (("author", fold_name(name)) for name in article.authors)
