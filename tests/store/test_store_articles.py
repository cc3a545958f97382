import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select
from sqlalchemy.exc import StatementError
from store_samples import NOON, SOURCE, article, clear, members, plan_of, selections

from feedsvc.model import Article, ArticleId, Revision, Selection, SourceName
from feedsvc.store import tables
from feedsvc.text import canonical_link, headline_key

_TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"))
_ZONES = st.sampled_from([UTC, timezone(timedelta(hours=4)), ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Baku")])
_INSTANTS = st.datetimes(datetime(1, 1, 3), datetime(9999, 12, 29), timezones=_ZONES)  # noqa: DTZ001 - given a zone here
_ARTICLES = st.builds(
    Article,
    id=_TEXTS.map(ArticleId),
    guid=_TEXTS,
    source=_TEXTS.map(SourceName),
    title=_TEXTS,
    slug=_TEXTS,
    published=_INSTANTS,
    first_seen=_INSTANTS,
    updated=_INSTANTS,
    revision=st.integers(1, 2**31 - 1),
    section=st.none() | _TEXTS,
    link=st.none() | _TEXTS.map(lambda path: f"https://example.org/{path}"),
    source_guid=st.none() | _TEXTS,
    stated=st.none() | _INSTANTS,
    authors=st.lists(_TEXTS).map(tuple),
    tags=st.lists(_TEXTS).map(tuple),
    summary=st.none() | _TEXTS,
    body=st.none() | _TEXTS,
    language=st.none() | _TEXTS,
    aliases=st.lists(_TEXTS).map(tuple),
    pinned=st.lists(_TEXTS).map(tuple),
    retracted=st.none() | _INSTANTS,
)


def in_utc(value):
    """Two instants of different zones are only comparable where no clock is set back: compare them in one zone."""
    times = ("published", "first_seen", "updated", "stated", "retracted")
    return replace(value, **{name: at.astimezone(UTC) for name in times if (at := getattr(value, name))})


def stored(store, *values):
    with store.begin() as tx:
        return tx.articles.put(values)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=_ARTICLES)
def test_an_article_comes_back_as_it_was_put(store, value):
    with store.begin() as tx:
        number = tx.articles.put([value])
        found = tx.articles.get(value.id)
        assert found == replace(in_utc(value), changed=number, arrival=tx.articles.greatest_arrival())
        assert tx.articles.put([value]) == number
        clear(tx)


def test_an_article_is_found_by_its_id(store):
    stored(store, article(1), article(2))

    with store.read() as tx:
        assert tx.articles.get(ArticleId("a0002")) == article(2, changed=1, arrival=2)
        assert tx.articles.get(ArticleId("a0003")) is None


def test_instants_keep_their_microseconds_and_are_told_in_utc(store):
    at = datetime(2025, 2, 8, 16, 6, 0, 123457, tzinfo=ZoneInfo("Asia/Baku"))
    stored(store, article(published=at))

    with store.read() as tx:
        published = tx.articles.get(ArticleId("a0001")).published
    assert published.isoformat() == "2025-02-08T12:06:00.123457+00:00"


def test_a_naive_instant_never_reaches_the_database(store):
    naive = {"name": "work", "holder": "me", "expires": datetime(2025, 2, 8)}  # noqa: DTZ001 - the point of it

    with pytest.raises(StatementError, match="a naive datetime cannot be stored"), store._database.write() as tx:
        tx.execute(insert(tables.lease), naive)
    with pytest.raises(StatementError, match="a naive datetime cannot be stored"), store._database.read() as tx:
        tx.execute(select(tables.lease).where(tables.lease.c.expires < naive["expires"]))


# --- change numbers and revisions -------------------------------------------------------------------------------------


def test_everything_written_at_once_gets_the_next_number_of_the_store(store):
    assert stored(store, article(1), article(2, changed=99)) == 1
    assert stored(store, article(2, title="Edited"), article(3)) == 2

    with store.read() as tx:
        assert [found.changed for found in tx.articles.stream()] == [1, 2, 2]
        assert tx.articles.change_number() == 2


def test_what_is_stored_already_is_not_written_again(store):
    stored(store, article(1), article(2))

    assert stored(store, article(1), article(2, title="Edited")) == 2
    assert stored(store, article(1), article(2, title="Edited", revision=2)) == 2
    assert stored(store) == 2
    with store.read() as tx:
        assert [found.changed for found in tx.articles.stream()] == [1, 2]


def test_an_instant_of_the_repeated_hour_is_no_change(store):
    """Python holds 02:30 of the night when clocks go back to equal no instant of another zone (PEP 495)."""
    twice = article(published=datetime(2024, 10, 27, 2, 30, tzinfo=ZoneInfo("Europe/Berlin")))

    assert [stored(store, twice), stored(store, twice)] == [1, 1]


def test_of_two_values_of_one_article_the_last_counts(store):
    stored(store, article(title="First"), article(title="Second"))

    with store.read() as tx:
        assert [found.title for found in tx.articles.stream()] == ["Second"]


def test_an_edit_is_a_revision_and_the_last_revision_is_how_it_reads_now(store):
    first = article(body="<p>1</p>")
    second = replace(first, title="Edited", updated=NOON + timedelta(hours=1), revision=2)
    third = replace(second, body="<p>2</p>", updated=NOON + timedelta(hours=2), revision=3)
    for value in (first, second, third):
        stored(store, value)

    with store.read() as tx:
        assert tx.articles.revisions(first.id) == tuple(
            Revision(value.id, value.revision, value.updated, value.title, value.section, value.summary, value.body)
            for value in (first, second, third)
        )
        assert tx.articles.revisions(ArticleId("unknown")) == ()


def test_an_edit_that_nobody_numbered_is_numbered_here(store):
    for value in (article(), article(section="Politics"), article(section="Politics", tags=("x",))):
        stored(store, value)

    with store.read() as tx:
        assert [(past.number, past.section) for past in tx.articles.revisions(article().id)] == [
            (1, None),
            (2, "Politics"),
        ]
        assert tx.articles.get(article().id).revision == 2


def test_the_stream_is_oldest_first_and_complete_beyond_its_pages(store):
    values = [article(number, retracted=NOON if number == 7 else None) for number in range(1203)]
    stored(store, *reversed(values))

    with store.read() as tx:
        assert [found.id for found in tx.articles.stream()] == [value.id for value in values]
        assert tx.articles.count() == 1203


# --- candidates -------------------------------------------------------------------------------------------------------


def test_candidates_are_all_that_share_one_property_with_an_entry(store):
    link = "https://www.example.org/news/5/?utm_source=x#top"
    values = {
        "guid": article(1, source_guid="g-1"),
        "link": article(2, link=link),
        "headline": article(3, title="«Сегодня» — день"),
        "alias": article(4, aliases=("former headline",)),
        "stated": article(5, published=NOON, stated=NOON + timedelta(days=1)),
        "id": article(6),
        "retracted": article(7, retracted=NOON, source_guid="g-7"),
        "none of these": article(8, title="Other", link="https://example.org/other", source_guid="g-8"),
        "another source": article(9, source=SourceName("other"), source_guid="g-1", link=link, title="сегодня день"),
    }
    stored(store, *values.values())
    expected = [value for name, value in values.items() if name not in {"none of these", "another source"}]

    with store.read() as tx:
        found = tx.articles.candidates(
            SOURCE,
            guids=["g-1", "g-7", "unknown"],
            links=[canonical_link("http://example.org/news/5")],
            keys=[headline_key("СЕГОДНЯ день"), "former headline"],
            stated=[NOON + timedelta(days=1)],
            ids=[article(6).id, article(9).id],
        )
        assert [each.id for each in found] == [
            value.id for value in sorted(expected, key=lambda value: value.published)
        ]
        assert tx.articles.candidates(SOURCE) == ()


def test_an_edited_headline_is_a_candidate_by_the_new_one_and_by_its_aliases_only(store):
    stored(store, article(title="Before"))
    stored(store, article(title="After", aliases=("earlier",)))

    with store.read() as tx:
        known = [bool(tx.articles.candidates(SOURCE, keys=[key])) for key in ("before", "after", "earlier", "")]
    assert known == [False, True, True, False]


def test_empty_texts_make_no_candidates(store):
    stored(store, article(1, title="—", link="", source_guid=""))

    with store.read() as tx:
        assert tx.articles.candidates(SOURCE, guids=[""], links=[""], keys=[""]) == ()


def test_a_link_that_is_no_address_is_compared_as_it_stands(store):
    link = "http://example.org:port/[news"
    stored(store, article(link=link))

    with store.read() as tx:
        assert [found.id for found in tx.articles.candidates(SOURCE, links=[canonical_link(link)])] == ["a0001"]


def test_more_properties_than_a_statement_takes_are_asked_for_in_parts(store):
    stored(store, *(article(number) for number in range(600)))

    with store.read() as tx:
        assert len(tx.articles.candidates(SOURCE, ids=[ArticleId(f"a{number:04}") for number in range(40_000)])) == 600
        assert len(tx.articles.candidates(SOURCE, keys=[f"headline {number}" for number in range(1_200)])) == 600


# --- pages ------------------------------------------------------------------------------------------------------------


def pages(store, selection, limit, **options):
    with store.read() as tx:
        last = None
        while page := tx.articles.list(selection, limit=limit, before=last, **options):
            yield [found.id for found in page]
            last = page[-1]


def test_pages_follow_one_another_without_gap_or_double(store):
    """Eleven articles of three minutes, four of the first instant seen, two of those by id alone in order."""
    values = [
        article(
            number, published=NOON + timedelta(minutes=number // 4), first_seen=NOON + timedelta(seconds=number // 2)
        )
        for number in range(11)
    ]
    stored(store, *values)

    assert [*pages(store, Selection(), 3)] == [
        ["a0010", "a0009", "a0008"],
        ["a0007", "a0006", "a0005"],
        ["a0004", "a0003", "a0002"],
        ["a0001", "a0000"],
    ]


def test_a_page_stays_in_place_when_newer_articles_arrive(store):
    stored(store, *(article(number) for number in range(4)))
    with store.read() as tx:
        last = tx.articles.list(Selection(), limit=2)[-1]
    stored(store, article(4), article(5))

    with store.read() as tx:
        assert [found.id for found in tx.articles.list(Selection(), limit=9, before=last)] == ["a0001", "a0000"]


def test_retracted_articles_are_left_out_unless_asked_for(store):
    stored(store, article(1), article(2, retracted=NOON), article(3))

    assert [*pages(store, Selection(), 2)] == [["a0003", "a0001"]]
    assert [*pages(store, Selection(), 2, retracted=True)] == [["a0003", "a0002"], ["a0001"]]


@pytest.mark.parametrize(
    ("kept", "asked"),
    [
        ("Siyasət", "SİYASƏT"),
        ("İdman", "idman"),
        ("Isparta", "ısparta"),
        ("Политика", "ПОЛИТИКА"),
        ("Straße", "STRASSE"),
        ("Ἀθῆναι", "ἈΘΗ͂ΝΑΙ"),
        ("Zürich", "Zu\u0308RICH"),
    ],
)
def test_names_are_selected_whatever_their_case(store, kept, asked):
    stored(store, article(1, section=kept), article(2, tags=("other", kept)), article(3, authors=(kept,)))

    for number, selection in enumerate(
        (Selection(sections=(asked,)), Selection(tags=(asked,)), Selection(authors=(asked,)))
    ):
        assert [*pages(store, selection, 9)] == [[f"a000{number + 1}"]]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(selection=selections, values=members, retracted=st.booleans())
def test_the_database_selects_what_the_selection_selects(store, passing, selection, values, retracted):
    standing = [value for value in values if not value.embargo and (retracted or value.retracted is None)]
    selected = [value.id for value in reversed(standing) if selection.selects(value)]

    with store.begin() as tx:
        tx.articles.put(values)
        first = tx.articles.list(selection, limit=2, retracted=retracted)
        rest = tx.articles.list(selection, limit=99, before=first[-1], retracted=retracted) if first else ()
        assert [found.id for found in (*first, *rest)] == selected
        clear(tx)


def test_relabelled_articles_are_found_by_their_new_names_only(store):
    stored(store, article(section="Sport", tags=("a", "A", "b"), authors=("X",)))
    stored(store, article(section="Politics", tags=("b", "c"), authors=()))

    wanted = {"sections": ("sport", "politics"), "tags": ("a", "b", "c"), "authors": ("x",)}
    found = {name: [*pages(store, Selection(**{kind: (name,)}), 9)] for kind, names in wanted.items() for name in names}
    assert found == {"sport": [], "politics": [["a0001"]], "a": [], "b": [["a0001"]], "c": [["a0001"]], "x": []}


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "selection",
    [
        Selection(),
        Selection(sources=("a", "b")),
        Selection(sections=("a", "b")),
        Selection(languages=("a", "b")),
        Selection(tags=("a", "b"), sections=("c",)),
        Selection(sections=("a",), exclude=Selection(tags=("b", "c"), sources=("d",))),
        Selection(authors=("a",), sources=("b", "c")),
    ],
)
def test_a_page_is_a_walk_along_an_index_however_large_the_store(store, selection):
    plan = plan_of(store, lambda tx: tx.articles.list(selection, limit=50, before=article()))

    assert all(step.startswith("SEARCH") for step in plan if " article" in step)
    # Only what was picked is sorted, never what is selected: each walk comes in order by itself.
    assert sum(step == "USE TEMP B-TREE FOR ORDER BY" for step in plan) <= 1


def test_what_hardly_ever_meets_comes_in_pages_newest_first_whenever_it_arrived(store, passing):
    for number in reversed(range(12)):
        stored(store, article(number, section="Sport" if number < 9 else "Politics", language="en"))
    stored(store, *(article(number, section="Sport") for number in range(20, 40)))
    seldom = Selection(sections=("Sport", "Politics"), languages=("en",))
    found = [id for page in pages(store, seldom, 2) for id in page]
    assert found == [f"a{number:04}" for number in reversed(range(12))]


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "selection",
    [
        Selection(sections=("Sport", "Politics"), languages=("de",)),
        Selection(languages=("en",), exclude=Selection(sources=(SOURCE,))),
        Selection(exclude=Selection(sections=("World",), sources=(SOURCE,))),
    ],
)
@pytest.mark.parametrize("read", ["list", "walk", "arrivals"])
def test_what_hardly_ever_meets_is_found_in_as_many_steps_in_a_store_of_any_size(store, selection, read):
    """Neither all German articles nor the whole section are passed to find that one is both."""
    sport = [article(number, section="Sport", source="other") for number in range(2, 30)]
    stored(store, article(1, section="Sport", source="other", language="de"), *sport)
    steps = []
    for number in (80, 800):
        politics = [article(at, section="Politics", language="en") for at in range(30, number, 2)]
        world = [article(at, section="World", language="de") for at in range(31, number, 2)]
        stored(store, *politics, *world, article(0, section="Other", language="en", source="other"))
        with store.read() as tx:
            driver = tx.articles._connection.connection.driver_connection
            getattr(tx.articles, read)(selection, limit=2)  # makes the statements
            counted = itertools.count()
            driver.set_progress_handler(lambda counted=counted: next(counted) and 0, 1)
            found = getattr(tx.articles, read)(selection, limit=2)
            driver.set_progress_handler(None, 1)
        assert found
        assert all((each[1] if read == "arrivals" else each.id) < "a0030" for each in found)
        steps.append(next(counted))
    assert steps[1] < 1.5 * steps[0]


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_candidates_are_looked_up_by_the_property_asked_for_however_large_the_store(store):
    """Asked for a page of entries at once: SQLite plans otherwise for one."""
    texts = [f"{number}" for number in range(40)]
    for asked in (
        {"guids": texts},
        {"links": texts},
        {"keys": texts},
        {"stated": [NOON + timedelta(minutes=number) for number in range(40)]},
        {"ids": texts},
    ):
        plan = plan_of(store, lambda tx, asked=asked: tx.articles.candidates(SOURCE, **asked))

        assert all(step.startswith("SEARCH") for step in plan if " article" in step)
        assert not any("(source=?)" in step for step in plan)
