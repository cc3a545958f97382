"""Where articles stand: what lists of all addresses are made from."""

from datetime import timedelta

import pytest
from store_samples import NOON, article, plan_of

from feedsvc.model import Place


def test_places_are_those_of_visible_articles_in_the_order_of_arrival(store):
    with store.begin() as tx:
        tx.articles.put([article(2, retracted=NOON), article(3, embargo=NOON + timedelta(days=1))])
        tx.articles.put([article(1, slug="one", updated=NOON)])
        tx.articles.put([article(0)])
    with store.read() as tx:
        found = tx.articles.places(above=0, upto=10)
        assert [place.id for place in found] == ["a0001", "a0000"]
        assert found[0] == Place(article(1).id, "one", NOON)


@pytest.mark.parametrize(("above", "upto", "ids"), [(0, 2, [0, 1]), (1, 3, [1, 2]), (3, 9, []), (-5, 1, [0])])
def test_a_part_begins_after_one_arrival_and_ends_with_another(store, above, upto, ids):
    for number in range(3):
        with store.begin() as tx:
            tx.articles.put([article(number)])
    with store.read() as tx:
        assert [place.id for place in tx.articles.places(above=above, upto=upto)] == [f"a{n:04}" for n in ids]


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_a_part_is_a_walk_along_an_index(store):
    plan = plan_of(store, lambda tx: tx.articles.places(above=10, upto=20))
    assert not any("SCAN" in step or "TEMP B-TREE" in step for step in plan)
    assert any("arrival" in step for step in plan)
