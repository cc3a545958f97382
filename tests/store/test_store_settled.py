"""What a list says again is settled, with the store at hand: writes of others are seen, and what was not committed."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import count
from pathlib import Path
from random import Random

import pytest
from store_samples import NOON, article

from feedsvc import decide
from feedsvc.config import Source
from feedsvc.model import Article, ArticleId, Change, Entry, Harvest, Listing, Reading, SourceName, Verdict
from feedsvc.service.backup import Backups
from feedsvc.service.deciding import Decider
from feedsvc.store import Store
from feedsvc.text import headline_key

KEPT, FRESH = SourceName("kept"), SourceName("fresh")
LINES = tuple(Entry(f"Headline {number}", NOON + timedelta(minutes=number)) for number in range(8))
CHANGED = (Verdict.NEW, Verdict.CHANGED)


class RolledBack(Exception):
    pass


class Desk:
    """Reads pages into a store as a source, with a decider that lives as long as it may."""

    def __init__(self, store: Store, name: SourceName = KEPT) -> None:
        self.store = store
        self.name = name
        self.decider = Decider()
        self._numbers = count(1)

    def read(self, *entries: Entry, fails: bool = False) -> list[Change]:
        number = next(self._numbers)
        with self.store.begin() as tx:
            previous = tx.readings.list(self.name).get("page.html")
            decided = self.decider.about(
                tx,
                Harvest(entries=entries, listing=Listing.PRESENT),
                source=Source(name=self.name, kind="html", path="page.html"),
                origin="page.html",
                previous=previous,
                lists=True,
                now=NOON + timedelta(days=1, minutes=number),
                mint=lambda: self._mint(number),
            )
            moved = (change.article for change in decided.changes if change.article and change.moves)
            tx.articles.put(moved, known=decided.known)
            _, listed = decide.shown(Harvest(entries=entries), decided.changes)
            tx.readings.put(Reading(self.name, "page.html", "d", 1, 1, NOON, listed=listed))
            if fails:
                raise RolledBack
        decided.committed()
        return list(decided.changes)

    def _mint(self, number: int) -> tuple[ArticleId, str]:
        name = f"{self.name}-{number}-{next(self._numbers)}"
        return ArticleId(name), f"urn:{name}"

    def articles(self) -> list[Article]:
        with self.store.read() as tx:
            own = [article for article in tx.articles.stream() if article.source == self.name]
        return sorted(own, key=lambda article: (article.title, article.stated or NOON, article.first_seen))

    def contents(self) -> list[Article]:
        """Return the articles without what two sources cannot have in common."""
        alike = {"id": ArticleId("a"), "guid": "a", "source": KEPT, "changed": 0, "arrival": 0}
        return [replace(article, **alike) for article in self.articles()]  # type: ignore[arg-type]

    def write(self, place: int, **said: object) -> None:
        with self.store.begin() as tx:
            tx.articles.put([replace(self.articles()[place], **said)])  # type: ignore[arg-type]


@pytest.fixture
def desk(store: Store) -> Desk:
    desk = Desk(store)
    for _ in range(2):
        desk.read(*LINES)
    return desk


def _verdicts(changes: list[Change]) -> list[Verdict]:
    return [change.verdict for change in changes]


def test_which_articles_were_written_since(store: Store, desk: Desk) -> None:
    with store.read() as tx:
        number = tx.articles.change_number()
        assert tx.articles.written_since(number) == {}
        assert tx.articles.written_since(0) == {article.id: article.changed for article in desk.articles()}

    desk.write(3, section="Harbour")
    with store.read() as tx:
        assert tx.articles.written_since(number) == {desk.articles()[3].id: number + 1}

    Desk(store, FRESH).read(*(Entry(f"Headline {number}", NOON) for number in range(600)))
    with store.read() as tx:
        assert tx.articles.written_since(number) is None


def test_an_article_that_another_process_wrote_is_decided_about_again(desk: Desk) -> None:
    desk.write(3, retracted=NOON)
    desk.write(4, title="By another hand", aliases=(headline_key("Headline 4"),))

    changes = desk.read(*LINES)

    assert _verdicts(changes) == [*[Verdict.UNCHANGED] * 4, Verdict.CHANGED, *[Verdict.UNCHANGED] * 3]
    assert changes[3].reason == "retracted: it stays so"
    assert changes[4].article is not None
    assert changes[4].article.title == "Headline 4"


def test_what_was_rolled_back_is_not_remembered(desk: Desk) -> None:
    new = Entry("Something new", NOON + timedelta(minutes=90))
    for _ in range(2):
        with pytest.raises(RolledBack):
            desk.read(new, *LINES, fails=True)

    assert _verdicts(desk.read(new, *LINES)) == [Verdict.NEW, *[Verdict.UNCHANGED] * 8]
    assert len(desk.articles()) == 9


def test_a_number_that_was_rolled_back_and_given_again_misleads_nobody(desk: Desk) -> None:
    edited = replace(LINES[0], body="<p>Never committed.</p>")
    with pytest.raises(RolledBack):
        desk.read(edited, *LINES[1:], fails=True)
    desk.write(0, body="<p>By another hand.</p>")  # with the number of what was rolled back

    [first, *_] = desk.read(*LINES)
    assert first.article is not None
    assert first.article.body == "<p>By another hand.</p>"


def test_a_store_that_was_restored_is_read_as_it_is_now(desk: Desk, tmp_path: Path) -> None:
    backups = Backups(desk.store, lambda: NOON)
    backups.write(tmp_path / "store.backup")
    desk.write(0, retracted=NOON)
    for _ in range(2):
        desk.read(*LINES[1:], Entry("Lost again", NOON))

    backups.restore(tmp_path / "store.backup", replace=True)

    assert set(_verdicts(desk.read(*LINES))) == {Verdict.UNCHANGED}
    assert _verdicts(desk.read(*LINES, Entry("Lost again", NOON)))[-1] is Verdict.NEW
    assert not any(article.retracted for article in desk.articles())


@pytest.mark.parametrize("seed", range(6))
def test_a_decider_that_remembers_decides_as_new_ones_do(store: Store, seed: int) -> None:
    """Two sources of one store are given the same pages and the same edits; one of them begins anew each time."""
    kept, fresh = Desk(store), Desk(store, FRESH)
    for page, edit in _weeks(Random(seed)):
        fresh.decider = Decider()
        expected = [(change.verdict, change.entry, change.reason) for change in fresh.read(*page)]
        assert [(change.verdict, change.entry, change.reason) for change in kept.read(*page)] == expected
        assert kept.contents() == fresh.contents()
        for desk in (kept, fresh):
            desk.write(edit % len(desk.articles()), **_EDITS[edit % len(_EDITS)])


_EDITS: tuple[dict[str, object], ...] = (
    {"section": "Harbour"},
    {"retracted": NOON},
    {"title": "By another hand", "pinned": ("title",)},
    {"link": "https://news.example.org/1"},
    {"aliases": (headline_key("Headline 3"),)},
)


def _weeks(random: Random) -> Iterator[tuple[tuple[Entry, ...], int]]:
    page = list(LINES)
    for _ in range(12):
        for _ in range(random.randint(0, 2)):
            at, number = random.randrange(len(page)), random.randrange(12)
            entry = Entry(f"Headline {number}", NOON + timedelta(minutes=random.choice([number, number + 1, 90])))
            kind = random.choice(["new", "new", "gone", "moved", "said", "linked"])
            if kind == "new":
                page.insert(0, entry)
            elif kind == "gone" and len(page) > 3:
                del page[at]
            elif kind == "moved":
                page.insert(0, page.pop(at))
            elif kind == "said":
                page[at] = replace(page[at], title=f"{page[at].title} and more")
            elif kind == "linked":
                page[at] = replace(page[at], link=f"https://news.example.org/{random.randrange(3)}")
        yield tuple(page), random.randrange(100)


def test_articles_whose_text_nobody_has_looked_for(store: Store) -> None:
    here = {"link": "https://news.example.org/1"}
    with store.begin() as tx:
        tx.articles.put(
            [
                article(1, **here),
                article(2, **here, first_seen=NOON + timedelta(minutes=1)),
                article(3),
                article(4, **here, body="<p>Here it is.</p>"),
                article(5, **here, followed=NOON),
                article(6, **here, retracted=NOON),
            ]
        )
    with store.read() as tx:
        found = tx.articles.unread([article(number).id for number in (1, 2, 3, 4, 5, 6)])
        assert [each.id for each in found] == [article(2).id, article(1).id]
        assert tx.articles.unread([]) == ()
