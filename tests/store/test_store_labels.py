"""Labels: names under their slugs."""

from datetime import timedelta

import pytest
from store_samples import NOON, article

from feedsvc.model import Label, LabelKind, Selection, SourceName


def labels(store, kind, *values, **page):
    with store.begin() as tx:
        tx.articles.put(values)
    with store.read() as tx:
        return [(each.slug, each.name) for each in tx.articles.labels(kind, **{"limit": 9} | page)]


def test_every_kind_of_name_that_an_article_carries_is_a_label(store):
    value = article(section="World News", tags=("EU", "NATO"), authors=("M. Feld",), language="en-GB")

    assert labels(store, LabelKind.SECTION, value) == [("world-news", "World News")]
    assert labels(store, LabelKind.TAG) == [("eu", "EU"), ("nato", "NATO")]
    assert labels(store, LabelKind.AUTHOR) == [("m-feld", "M. Feld")]
    assert labels(store, LabelKind.SOURCE) == [("front-page", "front-page")]
    assert labels(store, LabelKind.LANGUAGE) == [("en-gb", "en-GB")]


def test_a_label_is_written_as_it_was_first_and_stays(store):
    assert labels(store, LabelKind.SECTION, article(1, section="Sport"), article(2, section="SPORT")) == [
        ("sport", "Sport")
    ]
    assert labels(store, LabelKind.SECTION, article(1, section="World"), article(2, section="sPort")) == [
        ("sport", "Sport"),
        ("world", "World"),
    ]


@pytest.mark.parametrize(
    ("names", "slugs"),
    [
        (("Политика", "Siyasət", "Ελλάδα"), {"politika", "siyaset", "ellada"}),
        (("C", "C++", "C#"), {"c", "c-2", "c-3"}),
        (("—", "!"), {"x", "x-2"}),
    ],
)
def test_slugs_are_ascii_and_unique(store, names, slugs):
    assert {slug for slug, _ in labels(store, LabelKind.TAG, article(tags=names))} == slugs


def test_one_slug_may_stand_for_a_label_of_each_kind(store):
    labels(store, LabelKind.TAG, article(tags=("Sport",), section="Sport", authors=("Sport",)))

    with store.read() as tx:
        assert tx.articles.label(LabelKind.TAG, "sport") == Label(LabelKind.TAG, "sport", "sport", "Sport")
        assert tx.articles.label(LabelKind.AUTHOR, "sport").selection == Selection(authors=("Sport",))
        assert tx.articles.label(LabelKind.SECTION, "nowhere") is None


def test_labels_are_told_page_by_page(store):
    tags = tuple(f"t{number}" for number in range(7))
    pages = [labels(store, LabelKind.TAG, article(tags=tags), limit=3)]
    while pages[-1]:
        pages.append(labels(store, LabelKind.TAG, limit=3, after=pages[-1][-1][0]))

    assert [[name for _, name in page] for page in pages] == [["t0", "t1", "t2"], ["t3", "t4", "t5"], ["t6"], []]


def test_a_name_under_embargo_is_no_label_before(store):
    assert labels(store, LabelKind.TAG, article(tags=("Merger",), embargo=NOON + timedelta(days=1))) == []
    assert labels(store, LabelKind.TAG, article(tags=("Merger",))) == [("merger", "Merger")]


@pytest.mark.parametrize("kind", LabelKind)
def test_a_label_selects_the_articles_that_carry_it(store, kind):
    carrying = article(1, section="A B", tags=("A B",), authors=("A B",), language="A B", source=SourceName("A B"))

    [(slug, _)] = [found for found in labels(store, kind, carrying, article(2)) if found[0] == "a-b"]
    with store.read() as tx:
        selection = tx.articles.label(kind, slug).selection
        assert [each.id for each in tx.articles.walk(selection, limit=9)] == ["a0001"]
