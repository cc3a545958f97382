"""Deciding about a harvest with the store at hand.

Knows what must be known of the store before; hides what need not be asked, because it was settled the last time.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from feedsvc import decide
from feedsvc.config import Source
from feedsvc.feeds.memory import Memory
from feedsvc.model import Article, Change, Harvest, Reading
from feedsvc.store import Transaction

# Four thousand headlines, and as many again while there is room.
_REMEMBERED = 16_000_000


@dataclass(frozen=True, slots=True)
class Decided:
    """The decisions about a harvest, and the stored articles that they are about, but those that stay as they were.

    ``committed`` is to be called once the decisions are in the store.
    """

    changes: tuple[Change, ...]
    known: tuple[Article, ...]
    committed: Callable[[], None]


class Decider:
    """Decides for all sources of one process, and remembers what their lists say. Threads may share it."""

    def __init__(self) -> None:
        self._memory: Memory[tuple[str, str], decide.Settled] = Memory(_REMEMBERED)

    def about(
        self,
        tx: Transaction,
        harvest: Harvest,
        *,
        source: Source,
        origin: str,
        previous: Reading | None,
        lists: bool,
        now: datetime,
        mint: decide.Mint,
    ) -> Decided:
        """Decide about what was read at an origin; ``previous`` is what it showed last, or the source at another one;
        ``lists`` says whether the source's pages show a news line.

        ``tx`` is a transaction that writes, and nothing was written in it before.
        """
        again, number = self._again(tx, harvest, source, previous)
        known = _known(tx, again, source, previous)
        if again.meets(known):
            again = decide.Again(harvest)
            known = _known(tx, again, source, previous)
        changes = decide.decide(
            harvest,
            known,
            source=source.name,
            previous=previous,
            now=now,
            mint=mint,
            section=source.section,
            language=source.language,
            lists=lists,
            settled=again.changes,
        )
        settled = again.settled(changes, number)
        return Decided(changes, known, lambda: self._memory.keep((source.name, origin), settled, settled.size))

    def _again(
        self, tx: Transaction, harvest: Harvest, source: Source, previous: Reading | None
    ) -> tuple[decide.Again, int]:
        """Return also a change number that all articles were written with or before."""
        settled = previous and self._memory.get((source.name, previous.origin))
        moved = tx.articles.written_since(settled.number) if settled and settled.known else None
        if not previous or not settled or moved is None:
            return decide.Again(harvest), tx.articles.change_number()
        return settled.again(harvest, previous, moved), max(moved.values(), default=settled.number)


def _known(tx: Transaction, again: decide.Again, source: Source, previous: Reading | None) -> tuple[Article, ...]:
    """Return every article that an entry may be which is not settled."""
    stood_there = (previous.article, *previous.listed) if previous else ()
    asked = [article for article in stood_there if article and article not in again.articles]
    at_hand = tx.articles.candidates(source.name, ids=asked)
    wanted = decide.lookup(again.rest, at_hand)
    others = tx.articles.candidates(
        source.name, guids=wanted.guids, links=wanted.links, keys=wanted.keys, stated=wanted.stated
    )
    return (*at_hand, *(article for article in others if article.id not in again.articles))
