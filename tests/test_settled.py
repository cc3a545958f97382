"""What a list says again is settled: nothing comes of it that matching all of it would not have found."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from paper import NOW, Paper, at

from feedsvc.model import Entry, Verdict
from feedsvc.text import headline_key

# Few enough that entries are taken for one another all the time: reworded, moved, doubled, alike at one minute.
_TITLES = (
    "The harbour bridge is painted green",
    "The harbour bridge is painted green again",
    "Harbour bridge painted green",
    "Exchange rates of 8 February",
    "Exchange rates of 9 February",
    "A lighthouse keeper retires",
    "A lighthouse keeper retired",
    "???",
)
_LINKS = (
    None,
    None,
    "https://news.example.org/1",
    "https://www.news.example.org/1/",
    "https://news.example.org/2",
    "x:y",
)
_ENTRIES = st.builds(
    Entry,
    st.sampled_from(_TITLES),
    st.sampled_from([None, *(at(minutes) for minutes in (-60, -30, 0, 0, 1, 90, 1500))]),
    link=st.sampled_from(_LINKS),
    guid=st.sampled_from([None, None, None, "1", "2"]),
    body=st.sampled_from([None, None, "<p>Green</p>", "<p>Green it is.</p>"]),
    embargoed=st.sampled_from([False, False, True]),
    line=st.integers(1, 3),
)
_EDITS: st.SearchStrategy[dict[str, Any]] = st.sampled_from(
    [
        {"title": _TITLES[2], "pinned": ("title",)},
        {"retracted": NOW},
        {"aliases": (headline_key(_TITLES[5]),)},
        {"link": _LINKS[2]},
        {"source_guid": "2"},
        {"stated": at(1)},
        {"embargo": NOW + timedelta(days=1)},
        {"section": "Harbour"},
    ]
)


@st.composite
def _weeks(draw: st.DrawFn) -> list[tuple[Entry, ...] | tuple[int, dict[str, Any]] | None]:
    """Pages, each made of the one before; now and then an edit by hand, or None: the process begins anew."""
    page = draw(st.lists(_ENTRIES, max_size=5))
    week: list[tuple[Entry, ...] | tuple[int, dict[str, Any]] | None] = [tuple(page)]
    for _ in range(draw(st.integers(1, 7))):
        kind = draw(st.sampled_from(["again", "again", "new", "new", "gone", "moved", "said", "edit", "anew"]))
        where = draw(st.integers(0, max(len(page) - 1, 0)))
        if kind == "new":
            page.insert(draw(st.sampled_from([0, where])), draw(_ENTRIES))
        elif kind == "gone" and page:
            del page[where]
        elif kind == "moved" and page:
            page.insert(0, page.pop(where))
        elif kind == "said" and page:
            page[where] = replace(page[where], title=draw(st.sampled_from(_TITLES)))
        week.append(
            (draw(st.integers(0, 9)), draw(_EDITS)) if kind == "edit" else None if kind == "anew" else tuple(page)
        )
    return week


@settings(max_examples=400)
@given(_weeks())
def test_a_paper_that_remembers_reads_as_one_that_does_not(
    week: list[tuple[Entry, ...] | tuple[int, dict[str, Any]] | None],
) -> None:
    plain, remembering = Paper(), Paper(remembers=True)
    for day, step in enumerate(week):
        if step is None:
            remembering.settled = type(remembering.settled)()
        elif step and isinstance(step[0], int):
            for paper in (plain, remembering):
                paper.edit(step[0], **step[1])  # type: ignore[arg-type]
        else:
            now = NOW + timedelta(hours=day)
            expected = plain.read(*step, now=now)  # type: ignore[arg-type]
            assert remembering.read(*step, now=now) == expected  # type: ignore[arg-type]
        assert remembering.articles == plain.articles
        assert remembering.previous == plain.previous


@pytest.fixture
def paper() -> Paper:
    return Paper(remembers=True)


def _titles(paper: Paper) -> set[str]:
    return {entry.title for entry in paper.settled.known}


def test_what_is_left_as_it_was_is_settled_and_what_was_just_written_is_not(paper: Paper) -> None:
    old = Entry("A bridge is painted", at(0)), Entry("No time given")
    paper.read(*old)
    assert _titles(paper) == set()

    paper.read(Entry("The harbour opens", at(6)), *old)
    assert _titles(paper) == {"A bridge is painted", "No time given"}


def test_what_is_settled_needs_no_article_to_be_known(paper: Paper) -> None:
    lines = [Entry(f"Headline {number}", at(number), line=number) for number in range(20)]
    paper.read(*lines)
    paper.read(*lines)
    paper.articles.clear()

    moved_down = [replace(line, line=(line.line or 0) + 1) for line in lines]
    changes = paper.read(Entry("Something new", at(90), line=0), *moved_down)

    assert [change.verdict for change in changes] == [Verdict.NEW, *[Verdict.UNCHANGED] * 20]


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(Entry("Another story", at(9), link="https://news.example.org/1?utm_source=x"), id="the link"),
        pytest.param(Entry("Another story", at(9), guid="1"), id="the id"),
        pytest.param(Entry("A BRIDGE is painted", at(9)), id="the headline"),
    ],
)
def test_an_entry_with_a_name_of_one_that_was_settled_is_matched_against_it(paper: Paper, other: Entry) -> None:
    bridge = Entry("A bridge is painted", at(0), link="https://news.example.org/1", guid="1")
    paper.read(bridge)
    paper.read(bridge)
    assert _titles(paper) == {bridge.title}

    paper.read(other, bridge)
    assert _titles(paper) == set()


def test_the_hour_that_clocks_show_twice_is_never_settled(paper: Paper) -> None:
    first = datetime(2024, 10, 27, 2, 30, tzinfo=ZoneInfo("Europe/Berlin"))
    for _ in range(3):
        paper.read(Entry("The clocks go back", first))

    [change] = paper.read(Entry("The clocks go back", first.replace(fold=1)))
    assert change.entry.published == datetime(2024, 10, 27, 1, 30, tzinfo=UTC)
