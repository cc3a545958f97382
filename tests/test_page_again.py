"""Web pages read again: what is known of the last reading spares work, and changes nothing of what is read."""

import json
import random
import re
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from lxml import etree
from lxml.html import HtmlElement
from test_corpus_html import CASES, case, snapshot

from feedsvc.model import Harvest, Listing, Snapshot
from feedsvc.sources.html import Seen, read, read_again
from feedsvc.sources.html.fields import Parts
from feedsvc.sources.html.page import opened

_LONG = 75  # items; of much shorter lists nothing is known
_READINGS = 4
_SLOT = re.compile(r'<hr slot="(\d+)">')
_MARK = "Qzq"
_SUFFIX = re.compile(r"(?=\.(?:jpe?g|png|webp)\b)")
_BAKU = ZoneInfo("Asia/Baku")


# --- the corpus, as it goes on ----------------------------------------------------------------------------------------


class Paper:
    """A page of the corpus whose list goes on being written: made long, with other headlines and addresses each time.

    Times are those of the items that the page has, so that they stay in order.
    """

    def __init__(self, name: str, seed: int) -> None:
        self.said, self.taken = case(name), snapshot(name)
        self.rng = random.Random(f"{name} {seed}")
        self.written = 0
        page = opened(self.taken, zone=self.zone, base=self.said["base"])
        found = page.line()
        items = [item for group in found.groups for item in group.items] if found is not None else []
        self.forms = [_form(item, page.marks.leads) for item in items]
        for number, item in enumerate(items):
            item.element.addnext(etree.Element("hr", slot=str(number)))
            item.element.drop_tree()
        self.frame = "" if not items else etree.tostring(page.tree.root, encoding="unicode", method="html")
        each = range(1 + _LONG // max(len(items), 1))
        self.lists = [[self._item(number) for _ in each] for number in range(len(items))]

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.said["timezone"])

    def _item(self, form: int) -> str:
        self.written += 1
        word = "".join(chr(ord("a") + int(digit)) for digit in f"{self.written:05}")
        return self.forms[form].replace(_MARK, word)

    def go_on(self) -> None:
        """Write some news on top, and let what is old go; now and then mend, move or drop a piece."""
        full = [number for number, pieces in enumerate(self.lists) if pieces]
        for _ in range(self.rng.choice((1, 1, 2, 5))):
            self.lists[full[0]].insert(0, self._item(self.rng.choice((full[0], self.rng.choice(full)))))
            next(pieces for pieces in reversed(self.lists) if pieces).pop()
        some = self.lists[self.rng.choice(full)]
        place = self.rng.randrange(len(some) + 1)
        match self.rng.randrange(8):
            case 0 if place < len(some):
                some[place] = self._item(self.rng.choice(full))
            case 1 if place < len(some):
                some[place] = re.sub(r":\d\d\b", ":17", some[place])
            case 2 if place < len(some):
                del some[place]
            case 3 if place < len(some):
                some.insert(0, some.pop(place))
            case 4:
                some.insert(place, self.rng.choice(self.lists[full[0]]))
            case 5:
                self.frame = self.frame.replace("</body>", "<p>A storm is near</p></body>")
            case 6:
                self.frame = re.sub(r"<body[^>]*>", r"\g<0><div><p>A storm is near</p></div>", self.frame)

    def saved(self, reading: int) -> Snapshot:
        markup = _SLOT.sub(lambda slot: "".join(self.lists[int(slot[1])]), self.frame)
        taken_at = datetime.fromisoformat(self.said["saved_at"]) + timedelta(minutes=7 * reading)
        return replace(self.taken, body=markup.encode(), taken_at=taken_at, media_type="text/html; charset=utf-8")

    def read(self, taken: Snapshot) -> Harvest:
        return read(taken, zone=self.zone, base=self.said["base"])

    def read_again(self, taken: Snapshot, known: Seen | None) -> tuple[Harvest, Seen | None]:
        return read_again(taken, zone=self.zone, base=self.said["base"], seen=known)


def _form(item: Parts, leads: dict[HtmlElement, str]) -> str:
    """Return the markup of an item, with a mark in its headline, its addresses and those of its pictures."""
    copy = deepcopy(item.element)
    copy.tail = None
    for old, new in zip(item.element.iter(), copy.iter(), strict=True):
        raw = leads.get(old)
        for name, value in new.items():
            marked = value.replace(raw, f"{raw}-{_MARK}") if raw is not None else value
            new.set(name, _SUFFIX.sub(f"-{_MARK}", marked))
        if old is item.title:
            worded = max(new.iter(), key=lambda one: len(one.text or ""))
            worded.text = f"{(worded.text or '').rstrip()} {_MARK}"
    return etree.tostring(copy, encoding="unicode", method="html")


@pytest.mark.parametrize("name", CASES)
def test_a_page_that_goes_on_is_read_again_as_it_is_read_whole(name: str) -> None:
    paper = Paper(name, 0)
    known: Seen | None = None
    for reading in range(_READINGS if paper.forms else 0):
        taken = paper.saved(reading)
        harvest, known = paper.read_again(taken, known)
        assert harvest == paper.read(taken)
        paper.go_on()


# --- one list ---------------------------------------------------------------------------------------------------------


def listed(*numbers: int, time: str = "<i>{day}.02.2025 12:{minute:02}</i>", label: str = "Latest news") -> str:
    """Return a page that lists some pieces of news, the greatest number first."""

    def item(number: int) -> str:
        said = time.format(day=1 + number // 60, minute=number % 60)
        return f'<li>{said} <a href="/news/{number}">Ferry number {number} resumes its service</a></li>'

    return f"<body><h3>{label}</h3><ul>{''.join(map(item, sorted(numbers, reverse=True)))}</ul><p>Imprint</p></body>"


def taken(markup: str, hours: float = 0) -> Snapshot:
    at = datetime(2025, 2, 8, 13, 0, tzinfo=_BAKU) + timedelta(hours=hours)
    return Snapshot("page.html", markup.encode(), at, "text/html; charset=utf-8")


def again(snapshot: Snapshot, seen: Seen | None, **other: Any) -> tuple[Harvest, Seen | None]:
    """Read a page again; what comes of it is what comes of reading it whole."""
    how = {"zone": _BAKU, "base": "https://www.example.org/", **other}
    harvest, known = read_again(snapshot, seen=seen, **how)
    assert harvest == read(snapshot, **how)
    return harvest, known


def spared(harvest: Harvest, seen: Seen | None) -> int:
    """Return how many entries were not read: they are those that were known."""
    known = {id(said.entry) for said in seen.said.values()} if seen is not None else set()
    return sum(id(entry) in known for entry in harvest.entries)


def told(markup: str, *numbers: int) -> str:
    """Return a page that tells programs the section of some pieces of its news."""
    news = [
        {"@type": "NewsArticle", "headline": f"Ferry number {number} resumes its service", "articleSection": "Harbour"}
        for number in numbers
    ]
    return markup.replace("<h3>", f'<script type="application/ld+json">{json.dumps(news)}</script><h3>', 1)


_SECOND = re.sub("<p>.*", "", listed(*range(300, 305)).removeprefix("<body>"))


@pytest.fixture
def seen() -> Seen | None:
    return again(taken(listed(*range(100))), None)[1]


def test_of_what_stands_as_it_stood_some_is_read_again(seen: Seen | None) -> None:
    harvest, known = again(taken(listed(*range(2, 103))), seen)
    later, _ = again(taken(listed(*range(4, 105))), known)
    assert harvest.listing is Listing.PRESENT
    assert [entry.link for entry in harvest.entries[:2]] == [f"https://www.example.org/news/{n}" for n in (102, 101)]
    assert 60 < spared(harvest, seen) < 80
    assert 60 < spared(later, known) < 80


@pytest.mark.parametrize(
    ("markup", "hours"),
    [
        pytest.param(listed(*range(103), label="Most read"), 0, id="the heading gives it away"),
        pytest.param(listed(*range(103)).replace("<ul>", "<ul><li>Advertisement</li>"), 0, id="a new item is none"),
        pytest.param(listed(*range(103)).replace("<i>2.02.2025 12:42</i>", ""), 0, id="a new item has no time"),
        pytest.param(listed(*range(103)).replace("12:42", "12:67"), 0, id="a new time is none"),
        pytest.param(listed(*range(103)).replace("/news/102", "/news/50"), 0, id="a new item leads where another does"),
        pytest.param(listed(*range(103)).replace("</ul>", f"</ul>{_SECOND}"), 0, id="a second list"),
        pytest.param(told(listed(*range(103)), 97, 98), 0, id="structured data comes"),
        pytest.param(listed(*range(103)) + "<div>" * 300, 0, id="what is nested too deep"),
        pytest.param(
            listed(*range(103)).replace("<h3>", "<base href='https://example.net/'><h3>"), 0, id="links moved"
        ),
        pytest.param(listed(*range(103)).replace("<h3>", "<p>A storm is near</p><h3>"), 0, id="the list moved"),
        pytest.param("", 0, id="nothing"),
        pytest.param(listed(*range(103)), 25, id="a day later"),
    ],
)
def test_a_page_that_could_be_read_otherwise_is_read_whole(seen: Seen | None, markup: str, hours: float) -> None:
    assert spared(again(taken(markup, hours), seen)[0], seen) == 0


def test_another_zone_reads_the_page_whole(seen: Seen | None) -> None:
    harvest, _ = again(taken(listed(*range(103))), seen, zone=ZoneInfo("Europe/Athens"))
    assert spared(harvest, seen) == 0


@pytest.mark.parametrize(
    "written",
    [
        pytest.param(lambda: listed(*range(40)), id="a short list"),
        pytest.param(lambda: listed(*range(100), time="<i>12:{minute:02}</i>"), id="hours alone"),
        pytest.param(lambda: listed(*range(100), time="<i>{minute} minutes ago</i>"), id="times that run on"),
        pytest.param(lambda: listed(*range(100), time="<i>Yesterday 12:{minute:02}</i>"), id="days that run on"),
        pytest.param(lambda: listed(*range(100), time="<i>{day}.02.2025 25:{minute}</i>"), id="times misread"),
        pytest.param(lambda: listed(*range(100)).replace("</li><li>", "</li>Sport<li>"), id="text between the items"),
        pytest.param(lambda: listed(*range(100)).replace("</ul>", "<li>Imprint</ul>"), id="an item that is none"),
        pytest.param(lambda: told(listed(*range(100)), 97, 98), id="structured data"),
        pytest.param(lambda: listed(*range(100), time="<i>{day} February 12:{minute:02}</i>"), id="days of no year"),
    ],
)
def test_such_a_page_is_read_whole_each_time(written: Callable[[], str]) -> None:
    _, known = again(taken(written()), None)
    assert spared(again(taken(written(), 0.1), known)[0], known) == 0


def test_a_page_of_which_most_is_new_is_read_whole() -> None:
    _, known = again(taken(listed(*range(150))), None)
    assert spared(again(taken(listed(*range(90, 200))), known)[0], known) == 0


def test_what_structured_data_said_goes_with_it() -> None:
    _, known = again(taken(told(listed(*range(100)), 97, 98)), None)
    again(taken(listed(*range(100))), known)


def test_a_time_that_is_misread_is_told_in_a_list_where_not_all_have_one() -> None:
    one_without = listed(*range(103)).replace("<i>1.02.2025 12:50</i>", "")
    _, known = again(taken(one_without.replace("<i>2.02.2025 12:42</i>", "<i>2.02.2025 12:43</i>")), None)
    harvest, _ = again(taken(one_without.replace("2.02.2025 12:42", "2.02.2025 12:67")), known)
    assert len(harvest.complaints) == 1


def test_a_copy_is_an_entry_once_the_first_is_gone() -> None:
    copy = '<li class="copy"><i>1.02.2025 12:00</i> <a href="/news/99">Ferry number 99 resumes its service</a></li>'
    last = "<li><i>1.02.2025 12:00</i>"
    _, known = again(taken(listed(*range(100)).replace(last, copy + last)), None)
    harvest, _ = again(taken(listed(*range(99)).replace(last, copy + last)), known)
    assert harvest.entries[-2].link == "https://www.example.org/news/99"
