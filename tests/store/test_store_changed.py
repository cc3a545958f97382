"""What has changed since, what comes next after an article, and which labels articles carry."""

from contextlib import closing
from datetime import timedelta

import pytest
from store_samples import NOON, article, plan_of

from feedsvc.store import Store


def changed(store, **options):
    with store.read() as tx:
        return [(each.id, each.changed) for each in tx.articles.changed(**options)]


def test_what_was_written_since_a_change_comes_in_the_order_of_changes_with_tombstones_and_promises(store):
    with store.begin() as tx:
        first = tx.articles.put([article(2), article(1)])
    with store.begin() as tx:
        second = tx.articles.put([article(3, embargo=NOON + timedelta(days=1)), article(1, retracted=NOON)])

    assert changed(store, since=0) == [("a0002", first), ("a0001", second), ("a0003", second)]
    assert changed(store, since=first) == [("a0001", second), ("a0003", second)]
    assert changed(store, since=second) == []


def test_pages_of_changes_go_on_within_one_write(store):
    with store.begin() as tx:
        number = tx.articles.put([article(each) for each in range(1, 6)])

    page = changed(store, since=0, limit=2)
    assert page == [("a0001", number), ("a0002", number)]
    rest = changed(store, since=number, after="a0002")
    assert rest == [("a0003", number), ("a0004", number), ("a0005", number)]


def test_the_next_newer_articles_are_visible_ones_the_oldest_first(store):
    with store.begin() as tx:
        tx.articles.put([article(1), article(2), article(3, retracted=NOON), article(4), article(5)])
        tx.articles.put([article(6, embargo=NOON + timedelta(days=1))])
        line = tx.articles.stream()
        by_age = [each.id for each in line if each.retracted is None and each.embargo is None]

    with store.read() as tx:
        newer = tx.articles.newer(tx.articles.get(by_age[0]), limit=2)
        assert [each.id for each in newer] == by_age[1:3]
        assert tx.articles.newer(tx.articles.get(by_age[-1]), limit=2) == ()


def test_the_labels_of_articles_are_those_that_they_carry_in_whatever_spelling(store):
    with store.begin() as tx:
        tx.articles.put([article(1, section="Politics", tags=("Harbour", "Sea"), authors=("Ada",), language="en")])
        tx.articles.put([article(2, section="POLITICS", tags=("sea",), authors=(), language=None)])

    with store.read() as tx:
        one, two = tx.articles.get("a0001"), tx.articles.get("a0002")
        found = tx.articles.labels_of([one, two])
    assert {f"{label.kind}-{label.slug}" for label in found["a0001"]} == {
        f"source-{one.source}", "section-politics", "language-en", "tag-harbour", "tag-sea", "author-ada",
    }  # fmt: skip
    assert {f"{label.kind}-{label.slug}" for label in found["a0002"]} == {
        f"source-{two.source}", "section-politics", "tag-sea",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("read", "index"),
    [
        (lambda tx: tx.articles.changed(since=0), "ix_article_changed"),
        (lambda tx: tx.articles.newer(article(), limit=6), "ix_article_published"),
    ],
)
def test_both_are_walks_along_an_index(tmp_path, read, index):
    with closing(Store.open(f"sqlite:///{tmp_path / 'news.db'}")) as store:
        store.migrate()
        plan = plan_of(store, read)
    assert any(index in step for step in plan)
    assert not [step for step in plan if "TEMP B-TREE" in step]
