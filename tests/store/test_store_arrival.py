"""Arrival numbers, and walks along them."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from store_samples import NOON, article, clear, members, plan_of, selections

from feedsvc.model import Selection


def arrivals(store, *values):
    """Return the arrival numbers by id after these were put."""
    with store.begin() as tx:
        tx.articles.put(values)
        return {found.id: found.arrival for found in tx.articles.stream()}


def walked(store, selection=Selection(), **options):  # noqa: B008 - frozen
    with store.read() as tx:
        found = tx.articles.walk(selection, **{"limit": 99} | options)
        assert "retracted" in options or tx.articles.arrivals(selection, **{"limit": 99} | options) == tuple(
            (each.arrival, each.id) for each in found
        )
        return [each.id for each in found]


def test_of_articles_that_come_at_once_the_oldest_arrives_first(store):
    assert arrivals(store, article(3), article(1), article(2)) == {"a0001": 1, "a0002": 2, "a0003": 3}


def test_articles_that_come_later_arrive_later_however_old_they_are(store):
    arrivals(store, article(3))

    assert arrivals(store, article(1), article(5)) == {"a0001": 2, "a0003": 1, "a0005": 3}
    with store.read() as tx:
        assert tx.articles.greatest_arrival() == 3


def test_an_arrival_never_moves_by_edits_retractions_or_what_an_article_came_with(store):
    arrivals(store, article(1), article(2))

    assert arrivals(store, article(1, title="Edited"), article(2, retracted=NOON, arrival=7)) == {
        "a0001": 1,
        "a0002": 2,
    }
    assert arrivals(store, article(2)) == {"a0001": 1, "a0002": 2}


def test_an_arrival_alone_is_no_change(store):
    arrivals(store, article(1))

    arrivals(store, article(1, arrival=0), article(1, arrival=5))
    with store.read() as tx:
        assert tx.articles.change_number() == 1


def test_an_article_under_embargo_arrives_when_that_is_lifted(store):
    promised = article(1, embargo=NOON + timedelta(days=1), tags=("a",))

    assert arrivals(store, promised, article(2)) == {"a0001": 0, "a0002": 1}
    assert walked(store) == ["a0002"]
    assert arrivals(store, article(1, tags=("a",))) == {"a0001": 2, "a0002": 1}
    assert walked(store) == ["a0001", "a0002"]
    assert walked(store, Selection(tags=("a",))) == ["a0001"]


def test_an_article_that_is_promised_again_arrives_again(store):
    arrivals(store, article(1, tags=("a",)), article(2))

    assert arrivals(store, article(1, embargo=NOON, tags=("a",))) == {"a0001": 0, "a0002": 1 + 1}
    assert walked(store, Selection(tags=("a",))) == []
    assert arrivals(store, article(1, tags=("a",))) == {"a0001": 3, "a0002": 2}


def test_a_walk_goes_either_way_between_exclusive_bounds(store):
    arrivals(store, *(article(number, retracted=NOON if number == 4 else None) for number in range(1, 8)))

    assert walked(store, limit=3) == ["a0007", "a0006", "a0005"]
    assert walked(store, limit=3, newest_first=False) == ["a0001", "a0002", "a0003"]
    assert walked(store, below=6, above=2) == ["a0005", "a0004", "a0003"]
    assert walked(store, below=6, above=2, retracted=False) == ["a0005", "a0003"]
    assert walked(store, below=6, above=2, limit=2, newest_first=False) == ["a0003", "a0004"]
    assert walked(store, below=1) == []
    assert walked(store, above=7) == []


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    selection=selections, values=members, retracted=st.booleans(), newest_first=st.booleans(), limit=st.integers(1, 5)
)
def test_a_walk_selects_what_the_selection_selects(store, passing, selection, values, retracted, newest_first, limit):
    with store.begin() as tx:
        tx.articles.put(values)
        stored = sorted(tx.articles.stream(), key=lambda value: value.arrival, reverse=newest_first)
        selected = [v for v in stored if v.arrival and selection.selects(v) and (retracted or v.retracted is None)]
        found = tx.articles.walk(selection, limit=limit, retracted=retracted, newest_first=newest_first)
        assert list(found) == selected[:limit]
        if found:
            beyond = {"below" if newest_first else "above": found[-1].arrival}
            rest = tx.articles.walk(selection, **beyond, limit=99, retracted=retracted, newest_first=newest_first)
            assert list(rest) == selected[limit:]
        clear(tx)


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "selection",
    [
        Selection(),
        Selection(sources=("a", "b")),
        Selection(sections=("a", "b")),
        Selection(languages=("a", "b")),
        Selection(tags=("a", "b"), sections=("c",)),
        Selection(authors=("a",), exclude=Selection(tags=("b", "c"), languages=("d",))),
    ],
)
@pytest.mark.parametrize("read", ["walk", "arrivals"])
def test_a_walk_is_along_an_index_however_large_the_store(store, selection, read):
    plan = plan_of(store, lambda tx: getattr(tx.articles, read)(selection, limit=50, below=9, above=1))

    assert all(step.startswith("SEARCH") for step in plan if " article" in step)
    assert sum(step == "USE TEMP B-TREE FOR ORDER BY" for step in plan) <= 1


def test_words_are_collected_over_the_batches_of_an_import(store):
    with store.begin() as tx, tx.articles.loading():
        connection = tx.articles._connection
        sizes = []
        for number in range(1, 4):
            tx.articles.put([article(number)])
            if connection.dialect.name == "sqlite":
                sizes.append(connection.exec_driver_sql("SELECT count(*) FROM article_words_data").scalar())
    with store.read() as tx:
        found = [each.id for each in tx.articles.list(Selection(query="headline"), limit=9)]
    assert (found, len(set(sizes)) <= 1) == (["a0003", "a0002", "a0001"], True), sizes
