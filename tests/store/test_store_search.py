"""Searching: the databases find what the pure rule of words finds."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from store_samples import NOON, article, clear, members, selections

from feedsvc.model import Query, Selection

EVERY = Selection()


def put(store, *values):
    with store.begin() as tx:
        tx.articles.put(values)


def found(store, query, selection=EVERY, **options):
    with store.read() as tx:
        return [each.id for each in tx.articles.search(Query.parse(query), selection, **{"limit": 9} | options)]


@pytest.mark.parametrize(
    "fields",
    [
        {"title": "The bridge"},
        {"summary": "A bridge."},
        {"body": "<p>one</p><p>A <b>bri</b>dge &amp; more</p>"},
        {"section": "Bridge"},
        {"tags": ("steel", "bridge")},
        {"authors": ("J. Bridge",)},
    ],
)
def test_an_article_is_found_by_the_words_of_all_its_texts(store, fields):
    put(store, article(1, **fields), article(2, title="Bridges", link="https://example.org/bridge"))

    assert found(store, "bridge") == ["a0001"]


def test_the_newest_arrival_comes_first_and_pages_follow_one_another(store):
    put(store, *(article(number, title="News") for number in range(1, 6)))

    assert found(store, "news", limit=2) == ["a0005", "a0004"]
    assert found(store, "news", limit=2, below=4) == ["a0003", "a0002"]
    assert found(store, "news", limit=2, below=2) == ["a0001"]


def test_retracted_and_promised_articles_are_not_found(store):
    put(store, article(1, retracted=NOON), article(2, embargo=NOON + timedelta(days=1)), article(3))
    assert found(store, "headline") == ["a0003"]

    put(store, article(1), article(2), article(3, retracted=NOON))
    assert found(store, "headline") == ["a0002", "a0001"]
    put(store, article(2, embargo=NOON))
    assert found(store, "headline") == ["a0001"]


def test_an_edited_article_is_found_by_its_new_words_only(store):
    put(store, article(title="Before", tags=("old",)))
    put(store, article(title="After", tags=("new",)))

    assert [found(store, word) for word in ("before", "old", "after", "new")] == [[], [], ["a0001"], ["a0001"]]
    assert found(store, "after", Selection(tags=("old",))) == []


def test_a_query_without_words_finds_nothing(store):
    put(store, article())

    assert found(store, "") == found(store, " — ") == []
    assert found(store, "-other") == ["a0001"]


def test_no_word_of_a_query_has_a_meaning_to_the_database(store):
    put(store, article(1, title="near AND or NOT column:value {x} ^y 'z'"))

    for query in ("AND", "or", "NOT", "column:value", "{x}", "^y", "'z'", "near(x", ":*", "a & !b", "(", "\ue000"):
        assert found(store, query) in (["a0001"], [])
    assert found(store, "not or and near") == ["a0001"]


def test_a_query_narrows_what_a_feed_selects(store):
    put(store, article(1, title="Bridge opens", section="City"), article(2, title="Bridge", section="World"))
    put(store, article(3, title="Bridge closed", section="City"))
    city = Selection(sections=("city",), query="bridge", exclude=Selection(query="closed"))

    assert found(store, "opens", city) == found(store, "bridge", city) == ["a0001"]
    assert found(store, "closed", city) == []
    with store.read() as tx:
        assert [each.id for each in tx.articles.list(city, limit=9)] == ["a0001"]
        assert tx.articles.arrivals(city, limit=9) == ((1, "a0001"),)


def test_a_text_of_any_length_is_stored_and_found_by_its_beginning(store):
    words = " ".join(chr(0x10380 + number % 29) * (1 + number % 60) + chr(0x10400 + number) for number in range(40))
    put(store, article(1, title="Long", body=f"<p>first {words * 400} last</p>", tags=("a",)))
    put(store, article(1, title="Long", body="short"))

    assert (found(store, "first"), found(store, "short")) == ([], ["a0001"])


def test_the_beginning_of_very_many_words_finds_what_that_of_few_finds(store):
    many = " ".join(f"number{at} and" for at in range(600))
    put(store, article(1, body=many), article(2, body="number7 or nothing"), article(3, body="numb"))

    for query in ("number*", "number7*", "numbe* nothing -number8*", '"number7 or noth"*'):
        assert "a0002" in found(store, query)
    assert found(store, "number*") == found(store, "num* -numb") == ["a0002", "a0001"]
    assert found(store, '"and number"*') == found(store, '"and number59"*') == ["a0001"]
    assert found(store, "headline -number*") == ["a0003"]
    assert found(store, "number999*") == found(store, "headline number6000*") == []
    put(store, article(2, body="word"))
    assert found(store, "number7*") == ["a0001"]


_WORDS = st.sampled_from(["bridge", "Brücke", "BRIDGES", "мост", "İdman", "idman", "東京", "a-b", "a", "b", "हिन्दी"])
_TEXTS = st.lists(_WORDS, max_size=5).map(" ".join)
_TERMS = st.builds(
    lambda words, form: form.format(words),
    _WORDS | st.tuples(_WORDS, _WORDS).map(" ".join),
    st.sampled_from(["{}", '"{}"', '-"{}"', "-{}", "{}*", '"{}"*']),
)
_QUERIES = st.lists(_TERMS, max_size=3).map(" ".join)


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    selection=selections,
    query=_QUERIES,
    unwanted=_QUERIES,
    values=members,
    texts=st.lists(st.tuples(_TEXTS, _TEXTS), min_size=12, max_size=12),
    retracted=st.booleans(),
)
def test_the_database_finds_what_the_selection_selects(store, selection, query, unwanted, values, texts, retracted):
    exclude = replace(selection.exclude or Selection(), query=unwanted)
    asked = replace(selection, query=query, exclude=exclude)
    values = [
        replace(value, title=title, body=body or None) for value, (title, body) in zip(values, texts, strict=False)
    ]
    standing = [value for value in values if not value.embargo and (retracted or value.retracted is None)]
    selected = [value.id for value in reversed(standing) if asked.selects(value)]

    with store.begin() as tx:
        tx.articles.put(values)
        assert [each.id for each in tx.articles.walk(asked, limit=99, retracted=retracted)] == selected
        first = tx.articles.list(asked, limit=2, retracted=retracted)
        rest = tx.articles.list(asked, limit=99, before=first[-1], retracted=retracted) if first else ()
        assert [each.id for each in (*first, *rest)] == selected
        clear(tx)
