"""A store in miniature, for rules that are pure."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count

from feedsvc import decide
from feedsvc.model import Article, ArticleId, Change, Entry, Harvest, Listing, Reading, SourceName
from feedsvc.text import canonical_link, headline_key

NOON = datetime(2025, 2, 8, 12, 0, tzinfo=UTC)
NOW = NOON + timedelta(days=1)
FRONT = SourceName("front")


def at(minutes: int) -> datetime:
    return NOON + timedelta(minutes=minutes)


class Paper:
    """What a series of harvests leaves behind. One that ``remembers`` settles what its list says again."""

    def __init__(self, *, remembers: bool = False) -> None:
        self.articles: dict[ArticleId, Article] = {}
        self.previous: Reading | None = None
        self.settled = decide.Settled()
        self._remembers = remembers
        self._numbers = count(1)
        self._written: dict[ArticleId, int] = {}
        self._number = 0

    def read(self, *entries: Entry, article: Entry | None = None, now: datetime = NOW) -> list[Change]:
        harvest = Harvest(article=article, entries=entries, listing=Listing.PRESENT)
        again = decide.Again(harvest)
        if self._remembers and self.previous:
            moved = {id_ for id_, number in self._written.items() if number > self.settled.number}
            again = self.settled.again(harvest, self.previous, moved)
        if again.meets(self._known(again)):
            again = decide.Again(harvest)
        known, previous, settled = self._known(again), self.previous, again.changes
        changes = decide.decide(
            harvest, known, source=FRONT, previous=previous, now=now, mint=self._mint, settled=settled
        )
        self.settled = again.settled(changes, self._number)
        self.write(*(change.article for change in changes if change.article and change.moves))
        subject, listed = decide.shown(harvest, changes)
        self.previous = Reading(FRONT, "page.txt", "d", 1, 1, now, article=subject, listed=listed)
        return list(changes)

    def write(self, *articles: Article) -> None:
        self._number += 1
        for each in articles:
            self.articles[each.id] = each
            self._written[each.id] = self._number

    def edit(self, place: int, **said: object) -> None:
        """Edit one of the articles by hand, if there are any."""
        if self.articles:
            article = [*self.articles.values()][place % len(self.articles)]
            self.write(replace(article, **said))  # type: ignore[arg-type]

    def _known(self, again: decide.Again) -> list[Article]:
        """Return what a store is asked for: what stood there before, and what the lookup names beyond that."""
        stood_there = (self.previous.article, *self.previous.listed) if self.previous else ()
        unsettled = [article for article in self.articles.values() if article.id not in again.articles]
        at_hand = [article for article in unsettled if article.id in stood_there]
        wanted = decide.lookup(again.rest, at_hand)
        others = [
            article
            for article in unsettled
            if article.source_guid in wanted.guids
            or (article.link and canonical_link(article.link) in wanted.links)
            or not {headline_key(article.title), *article.aliases}.isdisjoint(wanted.keys)
            or article.stated in wanted.stated
        ]
        return [*at_hand, *others]

    def _mint(self) -> tuple[ArticleId, str]:
        number = next(self._numbers)
        return ArticleId(f"a{number}"), f"urn:example:{number}"

    @property
    def titles(self) -> list[str]:
        return [article.title for article in self.articles.values()]
