"""Articles by when they were published, and labels by name: what pages of headlines are made of."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from store_samples import NOON, article, plan_of

from feedsvc.model import LabelKind, Month

MINUTE = timedelta(minutes=1)


def put(store, *articles):
    with store.begin() as tx:
        tx.articles.put(articles)


def ids(articles):
    return [each.id for each in articles]


def test_a_stretch_of_time_holds_its_start_and_not_its_end(store):
    put(store, *(article(number) for number in range(6)))
    with store.read() as tx:
        found = tx.articles.list_between(NOON + MINUTE, NOON + 4 * MINUTE, limit=9)
        assert ids(found) == ["a0003", "a0002", "a0001"]
        assert tx.articles.list_between(NOON, NOON, limit=9) == ()


def test_a_stretch_is_paged_without_loss_among_articles_of_one_instant(store):
    put(
        store,
        *(article(number, published=NOON) for number in range(7)),
        article(8),
        article(9, published=NOON - MINUTE),
    )
    found, before = [], None
    with store.read() as tx:
        while some := tx.articles.list_between(NOON, NOON + MINUTE, limit=3, before=before):
            found += ids(some)
            before = some[-1]
    assert found == [f"a000{number}" for number in range(6, -1, -1)]


def test_a_page_after_an_article_beyond_the_stretch_begins_at_its_end(store):
    put(store, *(article(number) for number in range(4)))
    with store.read() as tx:
        assert ids(tx.articles.list_between(NOON, NOON + 2 * MINUTE, limit=9, before=article(3))) == ["a0001", "a0000"]
        assert tx.articles.list_between(NOON + MINUTE, NOON + 9 * MINUTE, limit=9, before=article(0)) == ()


def test_the_nearest_in_time_are_found_and_nobody_learns_of_what_is_hidden(store):
    put(store, article(1, retracted=NOON), article(3), article(5), article(7, embargo=NOON))
    with store.read() as tx:
        assert tx.articles.last_published(NOON + 9 * MINUTE) == NOON + 5 * MINUTE
        assert tx.articles.last_published(NOON + 5 * MINUTE) == NOON + 3 * MINUTE
        assert tx.articles.last_published(NOON + 3 * MINUTE) is None
        assert tx.articles.first_published(NOON) == NOON + 3 * MINUTE
        assert tx.articles.first_published(NOON + 5 * MINUTE) == NOON + 5 * MINUTE
        assert tx.articles.first_published(NOON + 6 * MINUTE) is None
        assert ids(tx.articles.list_between(NOON, NOON + 9 * MINUTE, limit=9)) == ["a0005", "a0003"]


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "read",
    [
        lambda tx: tx.articles.list_between(NOON, NOON + MINUTE, limit=60),
        lambda tx: tx.articles.list_between(NOON, NOON + 9 * MINUTE, limit=60, before=article()),
        lambda tx: tx.articles.last_published(NOON),
        lambda tx: tx.articles.first_published(NOON),
    ],
)
def test_each_look_is_a_walk_along_the_index_of_times(store, read):
    plan = plan_of(store, read)

    (step,) = [step for step in plan if "ix_article_published" in step]
    assert step.startswith("SEARCH")
    assert not any("SCAN article" in step or "TEMP B-TREE" in step for step in plan)


def test_labels_are_found_by_name_in_any_spelling_and_of_every_kind(store):
    put(store, article(1, section="Siyasət", tags=("Harbour", "harbour", "Ferry"), authors=("Siyasət",)))
    with store.read() as tx:
        found = {(each.kind, each.slug) for each in tx.articles.labels_named(["SİYASƏT", "HARBOUR", "nobody"])}
        assert tx.articles.labels_named([]) == ()
    assert found == {(LabelKind.SECTION, "siyaset"), (LabelKind.AUTHOR, "siyaset"), (LabelKind.TAG, "harbour")}


# --- months -----------------------------------------------------------------------------------------------------------


@given(
    st.datetimes(datetime(1000, 1, 2), datetime(8999, 12, 31), timezones=st.just(UTC)),  # noqa: DTZ001 - they get one
    st.sampled_from(["UTC", "Asia/Baku", "America/New_York", "Pacific/Apia", "America/Asuncion", "Asia/Kathmandu"]),
)
def test_every_instant_lies_within_its_month_in_any_zone(instant, name):
    zone = ZoneInfo(name)
    month = Month.of(instant, zone)
    assert month.start(zone) <= instant < month.end(zone)


def test_months_follow_one_another():
    assert [str(month) for month in (Month(2024, 12), Month(2024, 12).following, Month(2025, 1).following)] == [
        "2024-12",
        "2025-01",
        "2025-02",
    ]
    assert Month(2024, 12).end(UTC) == Month(2025, 1).start(UTC)
