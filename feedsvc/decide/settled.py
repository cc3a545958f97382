"""What a list says again just as it said it: settled, without being matched once more.

Knows when an entry may keep its article unasked, because matching could only find the same again; hides the names by
which entries and articles could be taken for one another.
"""

from collections import Counter
from collections.abc import Collection, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import zip_longest

from feedsvc.decide.identity import shown, web_link
from feedsvc.model import Article, ArticleId, Change, Entry, Harvest, Listing, Reading, Verdict
from feedsvc.text import canonical_link, headline_key

# A source's own id, a link, or the key of a headline; with a letter in front that says which.
_Names = frozenset[str]


@dataclass(frozen=True, slots=True)
class _Known:
    article: ArticleId
    change: Change
    names: _Names


@dataclass(frozen=True, slots=True)
class Settled:
    """The entries of a list that were left as they were, when no article's change number was above ``number``.

    ``listed`` are the articles of the whole list, as its :class:`Reading` has them.
    """

    number: int = 0
    listed: tuple[ArticleId, ...] = ()
    known: Mapping[Entry, _Known] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """About how many bytes this takes."""
        return sum(2_000 + 4 * len(each.change.entry.body or "") for each in self.known.values())

    def again(self, harvest: Harvest, previous: Reading, moved: Container[ArticleId]) -> "Again":
        """Return what of a harvest stays as it was; ``moved`` are the articles that were written after ``number``."""
        if previous.listed != self.listed or not _is_list(harvest):
            return Again(harvest)
        found = map(self.known.get, harvest.entries)
        stands = tuple(each if each and each.article not in moved else None for each in found)
        again = Again(harvest, stands, self)
        stands_twice = len(again.articles) < sum(each is not None for each in stands)
        return Again(harvest) if stands_twice else again


@dataclass(frozen=True)
class Again:
    """A harvest, and of each entry of its list what is known of it if it stays as it was."""

    harvest: Harvest
    known: tuple[_Known | None, ...] = ()
    before: Settled = field(default_factory=Settled)

    @cached_property
    def articles(self) -> frozenset[ArticleId]:
        """The articles that entries have which stay as they were."""
        return frozenset(each.article for each in self.known if each)

    @property
    def changes(self) -> tuple[Change | None, ...]:
        """For each entry of the list the change that it came to before; none where anything is to be decided."""
        return tuple(each.change if each else None for each in self.known)

    @cached_property
    def rest(self) -> Harvest:
        """The harvest without what stays as it was."""
        if not self.known:
            return self.harvest
        entries = (entry for entry, each in zip(self.harvest.entries, self.known, strict=True) if each is None)
        return replace(self.harvest, entries=tuple(entries))

    def meets(self, articles: Iterable[Article]) -> bool:
        """Whether the rest, or one of the articles that it could be, has a name in common with what stays as it was.

        Then matching all of it could find something else.
        """
        settled: _Names = frozenset().union(*(each.names for each in self.known if each))
        others = (*map(_names_of_entry, self.rest.entries), *map(_names_of_article, articles))
        return not all(map(settled.isdisjoint, others))

    def settled(self, changes: Sequence[Change], number: int) -> Settled:
        """Return what is settled from now on, given the decisions about the harvest, before which ``number`` stood.

        Of an article that was left as it was, the value is one that the store had committed. That of one just written
        may yet be rolled back, and its number be given to another.
        """
        if not _is_list(self.harvest):
            return Settled()
        known = dict(self.before.known)
        for gone in [entry for entry, each in known.items() if each.article not in self.articles]:
            del known[gone]
        decided = [change for change, each in zip_longest(changes, self.known) if each is None]
        named = [(change, _names(change)) for change in decided]
        often = Counter(name for _, names in named for name in names)
        for entry, (change, names) in zip(self.rest.entries, named, strict=True):
            article = _beyond_doubt(entry, change)
            if article and all(often[name] == 1 for name in names):
                known[entry] = _Known(article, change, names)
        return Settled(number, shown(self.harvest, changes)[1], known)


def _is_list(harvest: Harvest) -> bool:
    """Whether a page is a list alone: an article of its own may be taken for any that the list names."""
    return harvest.article is None and harvest.listing is Listing.PRESENT


def _beyond_doubt(entry: Entry, change: Change) -> ArticleId | None:
    """Return the article if it is the entry's by the first of its names, reads as that says, and waits for no time."""
    said, article = change.entry, change.before
    if change.verdict is not Verdict.UNCHANGED or article is None or article.embargo is not None:
        return None
    if said.published != article.stated or headline_key(said.title) != headline_key(article.title):
        return None
    if entry.published and entry.published.replace(fold=0).utcoffset() != entry.published.replace(fold=1).utcoffset():
        return None  # the hour that clocks show twice: Python holds the two to be equal (PEP 495)
    if said.guid:
        is_its_own = said.guid == article.source_guid
    elif said.link:
        is_its_own = article.link is not None and canonical_link(said.link) == canonical_link(article.link)
    else:
        is_its_own = True
    return article.id if is_its_own else None


def _names(change: Change) -> _Names:
    articles = (article for article in (change.before, change.article) if article)
    return _names_of_entry(change.entry).union(*map(_names_of_article, articles))


def _names_of_entry(entry: Entry) -> _Names:
    return _named(entry.guid, web_link(entry), [headline_key(entry.title)])


def _names_of_article(article: Article) -> _Names:
    return _named(article.source_guid, article.link, [headline_key(article.title), *article.aliases])


def _named(guid: str | None, link: str | None, keys: Collection[str]) -> _Names:
    own = [f"g{guid}"] if guid else []
    at = [f"l{canonical_link(link)}"] if link else []
    return frozenset([*own, *at, *(f"h{key}" for key in keys)])
