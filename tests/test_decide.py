"""Identity and matching: which article an entry is (standards.md, Identity)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from paper import FRONT, NOON, NOW, Paper, at

from feedsvc import decide
from feedsvc.model import (
    ArticleId,
    Change,
    Complaint,
    Entry,
    Harvest,
    Listing,
    Outcome,
    Reading,
    Run,
    RunKind,
    Verdict,
)
from feedsvc.text import canonical_link, headline_key


@pytest.fixture
def paper() -> Paper:
    return Paper()


def verdicts(changes: list[Change]) -> list[Verdict]:
    return [change.verdict for change in changes]


def test_the_same_line_read_again_is_one_article_and_changes_nothing(paper: Paper) -> None:
    lines = [Entry("The harbour opens", at(6)), Entry("A bridge is painted", at(3)), Entry("No time given")]
    paper.read(*lines)
    before = dict(paper.articles)

    for day in range(2, 5):
        assert set(verdicts(paper.read(*lines, now=NOW + timedelta(days=day)))) == {Verdict.UNCHANGED}

    assert paper.articles == before


def test_an_undated_entry_keeps_its_first_seen_time_for_ever(paper: Paper) -> None:
    paper.read(Entry("No time given"), now=NOW)
    paper.read(Entry("Something newer", at(0)), Entry("No time given"), now=NOW + timedelta(days=1))
    paper.read(Entry("No time given", at(9)), now=NOW + timedelta(days=2))

    [undated] = [article for article in paper.articles.values() if article.title == "No time given"]
    assert undated.published == NOW
    assert undated.stated == at(9)


def test_entries_of_one_harvest_never_share_their_instant_of_change_and_keep_page_order(paper: Paper) -> None:
    paper.read(Entry("First"), Entry("Second"), Entry("Third", at(0)), Entry("Fourth", at(0)))

    newest_first = sorted(paper.articles.values(), key=lambda a: a.first_seen, reverse=True)
    assert [article.title for article in newest_first] == ["First", "Second", "Third", "Fourth"]
    assert len({article.updated for article in newest_first}) == 4


def test_a_time_ahead_of_our_clock_is_held_back_to_now_and_stays_matched(paper: Paper) -> None:
    ahead = NOW + timedelta(minutes=5)
    [change] = paper.read(Entry("From a fast clock", ahead))

    assert change.article is not None
    assert change.article.published == NOW
    assert verdicts(paper.read(Entry("From a fast clock", ahead), now=NOW + timedelta(hours=1))) == [Verdict.UNCHANGED]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param("Council votes on the budget", "Council votes on the new budget", id="a word put in"),
        pytest.param('The mayor said "no" to the plan', "The mayor said no to the plan", id="quotes dropped"),
        pytest.param("12 boats leave the harbour", "14 boats leave the harbour", id="a figure corrected"),
        pytest.param("Harbour closed because of the storm", "Storm: the harbour is closed until Friday", id="reworded"),
    ],
)
def test_a_headline_edited_in_the_list_stays_one_article(paper: Paper, first: str, second: str) -> None:
    others = [Entry("Something before", at(9)), Entry("Something after", at(1))]
    paper.read(others[0], Entry(first, at(5)), others[1])
    [old] = [article for article in paper.articles.values() if article.title == first]

    changes = paper.read(others[0], Entry(second, at(5)), others[1], now=NOW + timedelta(hours=1))

    assert verdicts(changes) == [Verdict.UNCHANGED, Verdict.CHANGED, Verdict.UNCHANGED]
    new = paper.articles[old.id]
    assert (new.title, new.guid, new.published, new.revision) == (second, old.guid, old.published, 2)


def test_an_undated_headline_edited_between_its_neighbours_stays_one_article(paper: Paper) -> None:
    paper.read(Entry("Above all"), Entry("Council votes on the budget"), Entry("Below"))
    paper.read(Entry("Above all"), Entry("Council votes on the new budget"), Entry("Below"))

    assert sorted(paper.titles) == ["Above all", "Below", "Council votes on the new budget"]


def test_updated_moves_only_for_an_edit_that_a_reader_would_call_one(paper: Paper) -> None:
    paper.read(Entry("The mayor said no", at(5), section=None))
    later = NOW + timedelta(hours=1)

    [quotes] = paper.read(Entry("The mayor said “no”", at(5), section="Politics"), now=later)
    assert quotes.verdict is Verdict.CHANGED
    assert quotes.article is not None
    assert quotes.article.updated == NOW

    [word] = paper.read(Entry("The mayor said yes", at(5)), now=later)
    assert word.article is not None
    assert word.article.updated == later
    assert word.article.section == "Politics"


@pytest.mark.parametrize(
    ("one", "other"),
    [("Weather for 12 January", "Weather for 13 January"), ("The harbour opens", "A bridge is painted")],
)
def test_two_stories_of_one_minute_are_two(paper: Paper, one: str, other: str) -> None:
    paper.read(Entry(one, at(0)))
    changes = paper.read(Entry(other, at(0)), Entry(one, at(0)))
    assert verdicts(changes) == [Verdict.NEW, Verdict.UNCHANGED]

    both_at_once = Paper()
    both_at_once.read(Entry(one, at(0)), Entry(other, at(0)))
    assert len(both_at_once.articles) == 2


def test_a_new_story_in_the_minute_of_one_that_left_the_page_is_new(paper: Paper) -> None:
    paper.read(Entry("Astronauts have returned", at(0)), Entry("Below", at(-5)))
    paper.read(Entry("Why the price of bread rose", at(0)), Entry("Below", at(-5)))

    assert len(paper.articles) == 3


def test_the_same_headline_on_another_day_is_another_story(paper: Paper) -> None:
    paper.read(Entry("Exchange rates", at(0)), Entry("Old", at(-5)))
    paper.read(Entry("Exchange rates", at(1440)), Entry("Exchange rates", at(0)))
    assert paper.titles.count("Exchange rates") == 2

    paper.read(Entry("Exchange rates", at(2880)), Entry("Newer than both", at(2000)))
    assert paper.titles.count("Exchange rates") == 3


def test_a_corrected_time_keeps_the_article_and_its_published_time(paper: Paper) -> None:
    paper.read(Entry("The harbour opens", at(6)), Entry("Below", at(1)))
    [change, _] = paper.read(Entry("The harbour opens", at(16)), Entry("Below", at(1)))

    assert change.verdict is Verdict.CHANGED
    assert change.article is not None
    assert (change.article.published, change.article.stated) == (at(6), at(16))


def test_a_mended_time_zone_makes_no_old_news_new(paper: Paper) -> None:
    titles = ["Harbour", "Bridge", "Budget", "School", "Museum"]
    paper.read(*(Entry(title, at(-n)) for n, title in enumerate(titles)))
    hour = timedelta(hours=1)
    for _ in range(2):
        paper.read(Entry("Fresh", at(70)), *(Entry(title, at(-n) + hour) for n, title in enumerate(titles)))

    assert sorted(paper.titles) == sorted([*titles, "Fresh"])


def test_a_page_whose_own_time_was_corrected_is_about_the_same_article(paper: Paper) -> None:
    paper.read(article=Entry("The harbour opens", at(0), body="<p>Yes.</p>"))
    paper.read(article=Entry("The harbour opens", at(60), body="<p>Yes.</p>"))
    assert len(paper.articles) == 1

    paper.read(article=Entry("The harbour opens", at(60 + 1440), body="<p>Again.</p>"))
    assert len(paper.articles) == 2


@pytest.mark.parametrize("minute", [0, None])
def test_a_page_whose_own_headline_was_reworded_is_about_the_same_article(paper: Paper, minute: int | None) -> None:
    time = None if minute is None else at(minute)
    paper.read(article=Entry("Harbour closed because of the storm", time, body="<p>Yes.</p>"))
    [change] = paper.read(article=Entry("Storm: the harbour is closed until Friday", time, body="<p>Yes.</p>"))
    assert change.verdict is Verdict.CHANGED


def test_the_page_of_a_listed_headline_brings_its_body(paper: Paper) -> None:
    paper.read(Entry('The mayor said "no"', at(0)), Entry("Below", at(-9)))
    [page, *_] = paper.read(
        Entry("Below", at(-9)), article=Entry("The mayor said no", at(0), section="Town", body="<p>No.</p>")
    )

    assert page.verdict is Verdict.CHANGED
    assert page.article is not None
    assert (page.article.id, page.article.title, page.article.body) == ("a1", "The mayor said no", "<p>No.</p>")


def test_the_list_copy_of_the_pages_own_article_is_the_same_article_however_spelt(paper: Paper) -> None:
    page = Entry("“From Zero to Rise” – the meeting", at(0), body="<p>It was held.</p>")
    copy = Entry("From Zero to Rise: meeting", at(0))
    for _ in range(3):
        paper.read(Entry("Above", at(5)), copy, article=page)

    assert sorted(paper.titles) == ["Above", page.title]


def test_a_list_entry_never_takes_a_body_away(paper: Paper) -> None:
    page = Entry("The mayor said no", at(0), authors=("A. Writer",), body="<p>No.</p>")
    paper.read(article=page)
    changes = paper.read(Entry("The Mayor said ‘No’", at(0)))

    assert verdicts(changes) == [Verdict.UNCHANGED]


def test_links_match_whatever_their_scheme_tracking_and_fragment(paper: Paper) -> None:
    paper.read(Entry("Old headline", at(0), link="http://www.example.org/a/1/?utm_source=x#top"))
    [change] = paper.read(Entry("Quite another one", at(500), link="https://example.org/a/1"))
    assert change.verdict is Verdict.CHANGED

    paper.read(Entry("Quite another one", at(500), link="https://example.org/a/2"))
    assert len(paper.articles) == 2


def test_the_sources_own_id_beats_everything(paper: Paper) -> None:
    paper.read(Entry("One", at(0), guid="x", link="https://example.org/1"))
    [change] = paper.read(Entry("Two", at(9), guid="x", link="https://example.org/2"))
    assert change.verdict is Verdict.CHANGED
    [other] = paper.read(Entry("Two", at(9), guid="y"))
    assert other.verdict is Verdict.NEW


def test_a_retracted_article_is_not_read_back(paper: Paper) -> None:
    paper.read(Entry("Never happened", at(0)))
    [article] = paper.articles.values()
    paper.articles[article.id] = replace(article, retracted=NOW)

    assert verdicts(paper.read(Entry("Never happened", at(0)))) == [Verdict.UNCHANGED]
    assert verdicts(paper.read(Entry("Never really happened", at(0)))) == [Verdict.UNCHANGED]


def test_an_article_is_still_known_by_a_headline_it_had_before(paper: Paper) -> None:
    paper.read(Entry("Harbour closed because of the storm", at(5)), Entry("Below", at(1)))
    paper.read(Entry("Storm: the harbour is closed", at(5)), Entry("Below", at(1)))
    paper.previous = None
    paper.read(Entry("Harbour closed because of the storm", at(5)))

    assert len(paper.articles) == 2


def test_what_was_set_by_hand_no_source_changes(paper: Paper) -> None:
    paper.read(Entry("The mayor said no", at(5), section="Town"))
    [before] = paper.articles.values()
    edit = decide.revise(before, replace(before, title="What the mayor said", pinned=("title",)), Entry("x"), NOW)
    assert edit.article is not None
    paper.articles[before.id] = edit.article

    [change] = paper.read(Entry("The mayor said no", at(5), section="Politics"))

    assert change.article is not None
    assert (change.article.id, change.article.title, change.article.section) == (
        before.id,
        "What the mayor said",
        "Politics",
    )


def test_the_hour_that_the_clocks_repeat_is_matched_like_any_other(paper: Paper) -> None:
    line = Entry("Clocks went back", datetime(2024, 10, 27, 3, 30, tzinfo=ZoneInfo("Europe/Kyiv")))
    paper.read(line)
    assert verdicts(paper.read(line)) == [Verdict.UNCHANGED]


def test_a_headline_reworded_on_a_page_of_another_name_stays_one_article(paper: Paper) -> None:
    above, below = Entry("Above", at(9)), Entry("Below", at(1))
    paper.read(above, Entry("Institute holds side event at the summit", at(5)), below)
    paper.read(above, Entry("The institute held an event at the climate summit", at(5)), below)
    assert len(paper.articles) == 3


def test_a_headline_edited_together_with_its_time_stays_one_article(paper: Paper) -> None:
    paper.read(Entry("Nine countries to become partners in 2025", at(0)), Entry("Below", at(-9)))
    paper.read(Entry("Ten countries to become partners in 2025", at(6)), Entry("Below", at(-9)))
    assert len(paper.articles) == 2

    rates = Paper()
    rates.read(Entry("Exchange rates at 10 o'clock", at(0)), Entry("Below", at(-9)))
    rates.read(Entry("Exchange rates at 11 o'clock", at(60)), Entry("Below", at(-9)))
    assert len(rates.articles) == 3


def test_half_a_page_takes_nothing_from_a_known_text(paper: Paper) -> None:
    whole = Entry("The harbour opens", at(0), body="<p>It opened today.</p><p>Everyone came.</p>")
    paper.read(Entry("Below", at(-9)), article=whole)
    half = replace(whole, body="<p>It opened today.</p><p>Every</p>")

    def read(harvest: Harvest) -> Change:
        return decide.decide(
            harvest, paper.articles.values(), source=FRONT, previous=paper.previous, now=NOW, mint=paper._mint
        )[0]

    assert read(Harvest(article=half, listing=Listing.MISSING)).verdict is Verdict.UNCHANGED
    shortened = Harvest(article=half, entries=(Entry("Below", at(-9)),), listing=Listing.PRESENT)
    assert read(shortened).verdict is Verdict.CHANGED


@pytest.mark.parametrize(
    "published",
    [
        datetime(1900, 1, 1, tzinfo=UTC),
        datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=4))),
        datetime.max.replace(tzinfo=timezone(timedelta(hours=-12))),
    ],
)
def test_a_time_that_no_feed_can_carry_is_unknown(paper: Paper, published: datetime) -> None:
    [change] = paper.read(Entry("From another age", published))
    assert change.article is not None
    assert (change.article.stated, change.article.published) == (None, NOW)


@pytest.mark.parametrize("link", ["http://[::1", "javascript:alert(1)", "/relative", "//host/x", "not a url"])
def test_a_link_that_cannot_be_opened_is_none(paper: Paper, link: str) -> None:
    [change] = paper.read(Entry("Linked", at(0), link=link))
    assert change.article is not None
    assert change.article.link is None


def test_an_embargo_holds_until_its_instant_and_may_move(paper: Paper) -> None:
    promise = NOW + timedelta(hours=3)
    [change] = paper.read(Entry("Tomorrow's news", promise, embargoed=True, guid="x"))
    assert change.article is not None
    assert change.article.embargo == promise

    later = promise + timedelta(hours=1)
    [change] = paper.read(Entry("Tomorrow's news", later, embargoed=True, guid="x"), now=NOW + timedelta(minutes=1))
    assert change.article is not None
    assert change.article.embargo == later

    lifted = decide.lift(change.article, later + timedelta(milliseconds=200))
    assert (lifted.embargo, lifted.published) == (None, later)
    assert lifted.updated >= lifted.published


def test_a_headline_without_a_letter_is_refused(paper: Paper) -> None:
    [change] = paper.read(Entry("…", at(0)))
    assert (change.verdict, change.article) == (Verdict.REFUSED, None)


@given(
    st.lists(
        st.tuples(st.text("abc ", min_size=1, max_size=6).filter(str.strip), st.none() | st.integers(0, 3)),
        max_size=12,
    )
)
def test_any_list_read_twice_writes_nothing_the_second_time(lines: list[tuple[str, int | None]]) -> None:
    paper = Paper()
    entries = [Entry(title, None if minute is None else at(minute)) for title, minute in lines]
    paper.read(*entries)
    before = dict(paper.articles)

    paper.read(*entries, now=NOW + timedelta(hours=1))

    assert paper.articles == before


def entries(number: int) -> tuple[Entry, ...]:
    return tuple(Entry(f"Number {n}", at(-n)) for n in range(number))


def reading(listed: int) -> Reading:
    ids = tuple(ArticleId(f"a{n}") for n in range(listed))
    return Reading(FRONT, "page.txt", "d", 1, 1, NOW, listed=ids)


@pytest.mark.parametrize(
    ("harvest", "previous", "code"),
    [
        (Harvest(listing=Listing.PRESENT), None, None),
        (Harvest(listing=Listing.MISSING), None, "nothing_found"),
        (Harvest(listing=Listing.EMPTY), None, None),
        (Harvest(article=Entry("Alone"), listing=Listing.MISSING), None, None),
        (Harvest(article=Entry("Alone"), listing=Listing.MISSING), reading(3), "list_lost"),
        (Harvest(listing=Listing.EMPTY), reading(3), "list_lost"),
        (Harvest(listing=Listing.EMPTY), reading(0), None),
        (Harvest(entries=entries(1), listing=Listing.PRESENT), reading(20), "list_shrank"),
        (Harvest(entries=entries(5), listing=Listing.PRESENT), reading(20), None),
        (Harvest(entries=entries(1), listing=Listing.PRESENT), reading(7), None),
        (Harvest(complaints=(Complaint("page.txt", "is binary"),)), None, "unreadable"),
    ],
)
def test_a_lost_list_and_an_empty_one_are_told_apart(
    harvest: Harvest, previous: Reading | None, code: str | None
) -> None:
    standing = decide.standing_code(harvest, previous)
    assert (standing and standing[0]) == code


def test_times_that_can_no_longer_be_read_are_told(paper: Paper) -> None:
    titles = ["Harbour", "Bridge", "Budget", "School"]
    paper.read(*(Entry(title, at(-n)) for n, title in enumerate(titles)))
    undated = tuple(Entry(title) for title in titles)
    changes = paper.read(*undated)
    standing = decide.standing_code(Harvest(entries=undated, listing=Listing.PRESENT), paper.previous, changes)
    assert standing is not None
    assert standing[0] == "dates_lost"
    assert all(article.stated for article in paper.articles.values())


def test_an_alert_stands_since_the_first_failure_in_a_row_and_ends_with_a_good_run() -> None:
    def run(name: str, hour: int, outcome: Outcome) -> Run:
        started = NOON + timedelta(hours=hour)
        code = "list_lost" if outcome is Outcome.FAILED else None
        return Run(RunKind.REFRESH, name, started, started, outcome, code=code, message=code)

    runs = [
        run("a", 3, Outcome.FAILED),
        run("b", 3, Outcome.DONE),
        run("a", 2, Outcome.FAILED),
        run("b", 2, Outcome.FAILED),
        run("a", 1, Outcome.UNCHANGED),
        run("a", 0, Outcome.FAILED),
    ]
    [alert] = decide.alerts(runs)
    assert (alert.name, alert.code, alert.since) == ("a", "list_lost", NOON + timedelta(hours=2))


def test_counts_name_every_verdict() -> None:
    harvest = Harvest(entries=(Entry("One", at(0)), Entry("Two")), listing=Listing.PRESENT)
    changes = Paper().read(*harvest.entries)
    assert decide.counts([(harvest, changes)], [Complaint("page.txt:3", "unreadable")]) == {
        "snapshots": 1,
        "entries": 2,
        "dated": 1,
        "new": 2,
        "changed": 0,
        "unchanged": 0,
        "refused": 0,
        "complaints": 1,
    }


def test_only_what_the_articles_at_hand_are_not_is_looked_up(paper: Paper) -> None:
    """A page read before asks the store for what is new on it."""
    known = (
        Entry("By its id", at(1), guid="1", link="https://example.org/1"),
        Entry("By its link", at(2), link="https://example.org/2"),
        Entry("By its headline and time", at(3)),
    )
    paper.read(*known)
    at_hand = list(paper.articles.values())
    new = Entry("By its headline and time", at(4), guid="4", link="https://www.example.org/4/")

    wanted = decide.lookup(Harvest(entries=(*known, new)), at_hand)

    assert wanted == decide.Lookup(
        ("4",), (canonical_link("https://example.org/4"),), (headline_key(new.title),), (at(4),)
    )
