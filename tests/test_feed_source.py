"""Feeds of others: the corpus of what is broken in them, the limits that hold for any document, documents at random."""

import json
import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedsvc import markup
from feedsvc.model import Entry, Harvest, Listing, Snapshot, to_json
from feedsvc.sources.feed import MAX_BYTES, read

CORPUS = Path(__file__).parent / "corpus" / "feed"
CASES = sorted(path.stem for path in CORPUS.glob("*.json"))
BAKU = ZoneInfo("Asia/Baku")
TAKEN = datetime(2025, 2, 9, 10, 0, tzinfo=BAKU)
ADDRESS = "https://town.example.org/rss/feed.xml"
# What a document may cost at most. Generous, since it is a limit against hours, and no measure.
MOST_S = 20.0


def feed(written: str | bytes, base: str = ADDRESS) -> Harvest:
    body = written.encode() if isinstance(written, str) else written
    return read(Snapshot("feed.xml", body, TAKEN), zone=BAKU, base=base)


def rss(items: str) -> str:
    return f'<rss version="2.0"><channel><title>t</title><link>https://town.example.org/</link>{items}</channel></rss>'


def titles(harvest: Harvest) -> list[str]:
    return [entry.title for entry in harvest.entries]


def messages(harvest: Harvest) -> str:
    return "\n".join(complaint.message for complaint in harvest.complaints)


# --- the corpus -------------------------------------------------------------------------------------------------------


def label(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((CORPUS / f"{name}.json").read_text("utf-8"))
    return loaded


def harvest(name: str) -> Harvest:
    said = label(name)
    [document] = [path for path in CORPUS.glob(f"{name}.*") if path.suffix != ".json"]
    taken_at = datetime.fromisoformat(said["saved_at"])
    snapshot = Snapshot(name, document.read_bytes(), taken_at, said.get("media_type", "application/xml"))
    return read(snapshot, zone=ZoneInfo(said["timezone"]), base=said["base"])


def as_labelled(entry: Entry, keys: dict[str, Any]) -> dict[str, Any]:
    everything = to_json(asdict(entry))
    return {key: everything[key] for key in keys}


@pytest.mark.parametrize("name", CASES)
def test_a_feed_is_read_as_its_label_says(name: str) -> None:
    want, got = label(name), harvest(name)
    assert got.listing.value == want["listing"]
    assert len(got.entries) == len(want["entries"]), titles(got)
    for entry, expected in zip(got.entries, want["entries"], strict=True):
        assert as_labelled(entry, expected) == expected
    assert len(got.complaints) == len(want["complaints"]), got.complaints
    for complaint, (place, part) in zip(got.complaints, want["complaints"], strict=True):
        assert complaint.where.startswith(name + place)
        assert part in complaint.message


def test_every_feed_has_its_label() -> None:
    assert sorted(path.stem for path in CORPUS.iterdir() if path.suffix != ".json") == CASES
    assert len(CASES) >= 40


@pytest.mark.parametrize("name", CASES)
def test_a_feed_read_again_says_the_same(name: str) -> None:
    assert harvest(name) == harvest(name)


# --- what is believed -------------------------------------------------------------------------------------------------


def test_a_feed_that_moved_keeps_the_ids_of_its_items() -> None:
    written = rss("<item><title>A</title><guid>12</guid></item><item><title>B</title><guid>/b</guid></item>")
    here, there = feed(written), feed(written, "https://elsewhere.example.org/x/feed")
    assert [entry.guid for entry in here.entries] == [entry.guid for entry in there.entries] == ["12", "/b"]


def test_two_stories_under_one_headline_at_two_times_stay_two() -> None:
    items = "".join(
        f"<item><title>Rates of the day</title><link>https://town.example.org/</link><guid>rates</guid>"
        f"<pubDate>{day:02} Feb 2025 09:00:00 GMT</pubDate></item>"
        for day in (7, 8)
    )
    assert [(e.title, e.guid, e.link) for e in feed(rss(items)).entries] == [("Rates of the day", None, None)] * 2


def test_an_item_without_a_time_has_none_and_nothing_is_said_of_it() -> None:
    [entry] = (read_once := feed(rss("<item><title>A</title></item>"))).entries
    assert (entry.published, read_once.complaints) == (None, ())


def test_the_e_mail_address_of_an_author_is_not_published() -> None:
    [entry] = feed(rss("<item><title>A</title><author>jo@town.example.org</author></item>")).entries
    assert entry.authors == ()


def test_without_an_address_only_absolute_links_are_kept() -> None:
    written = "<rss><channel><title>t</title><item><title>A</title><link>/a</link></item></channel></rss>"
    [entry] = feed(written, base="").entries
    assert (entry.link, entry.via and entry.via.link) == (None, None)


def test_nothing_that_could_run_enters_a_body() -> None:
    harm = (
        "<p onclick=x()>One</p><script>x()</script><iframe src=https://x.example.org></iframe><a href='javascript:x()'>"
        "two</a><p style='position:fixed'>three</p><img src='data:text/html,x'><svg><script>x()</script></svg>"
    )
    [entry] = feed(rss(f"<item><title>A</title><description><![CDATA[{harm}]]></description></item>")).entries
    assert entry.body == "<p>One</p><a>two</a><p>three</p>"


def test_a_complaint_names_the_line_of_the_document() -> None:
    document = "\n\n<?xml version='1.0'?>\n" + rss("\n\n<item>\n<title>A</title><pubDate>soon</pubDate></item>")
    assert [complaint.where for complaint in feed(document).complaints] == ["feed.xml:6"]


# --- what no document may do ------------------------------------------------------------------------------------------


def opened(depth: int, markup_: str) -> str:
    return rss(
        f"<item><title>A</title><description>{markup_ * depth}</description></item><item><title>B</title></item>"
    )


def many(piece: Callable[[int], str], count: int) -> str:
    return " ".join(piece(number) for number in range(count))


# Made when they are needed: together they are 50 MB.
HOSTILE: dict[str, Callable[[], str]] = {
    "elements 10,000 deep": lambda: opened(10_000, "<a>"),
    "HTML 100,000 deep": lambda: opened(100_000, "&lt;div&gt;"),
    "a text of 9 MB": lambda: opened(9_000_000, "x"),
    "ampersands": lambda: opened(2_000_000, "&"),
    "angle brackets": lambda: opened(1_000_000, "<1 "),
    "sections that never end": lambda: opened(500_000, "<![CDATA["),
    "ends of nothing": lambda: opened(1_000_000, "</x>"),
    "empty elements": lambda: opened(1_000_000, "<b/>"),
    "tags": lambda: rss(f"<item><title>A</title>{many('<category>{}</category>'.format, 20_000)}</item>"),
    "attributes": lambda: rss("<item " + many("a{}='x'".format, 100_000) + "><title>A</title></item>"),
    "namespaces": lambda: "<rss " + many("xmlns:a{0}='urn:{0}'".format, 20_000) + "><channel/></rss>",
    "prefixes": lambda: rss(many("<p{}:x/>".format, 10_000)),
    "titles that never end": lambda: rss("<title>" * 1_000_000),
    "titles that end now and then": lambda: rss(("<title>" * 20_000 + "</title>") * 50),
    "items": lambda: rss("<item><title>A</title></item>" * 50_000),
    "brackets in JSON": lambda: "[" * 1_000_000,
    "a number in JSON": lambda: '{"items": [{"id": ' + "9" * 1_000_000 + "}]}",
    "items in JSON": lambda: '{"items": [' + ",".join(['{"title": "A"}'] * 100_000) + "]}",
    "links of a page": lambda: "<html>" + "<link " * 1_000_000,
    "marks of a beginning": lambda: "<rss" * 2_000_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_document_ends_in_time_and_never_silently(name: str) -> None:
    started = time.monotonic()
    got = feed(HOSTILE[name]())
    assert time.monotonic() - started < MOST_S
    assert len(got.entries) <= 2000
    assert got.complaints or got.listing is Listing.PRESENT


def test_a_document_too_large_is_not_looked_at() -> None:
    got = feed(b"<" * 50_000_000)
    assert (got.listing, messages(got)) == (Listing.MISSING, "has 50.0 MB; feeds above 10 MB are not read")
    assert MAX_BYTES == 10_000_000


@pytest.mark.parametrize("body", [b"", b" \n", b"\x1f\x8b\x08\x00" + bytes(100), bytes(range(256)) * 10, b"hello"])
def test_what_is_no_feed_at_all_is_missing_with_one_complaint(body: bytes) -> None:
    got = feed(body)
    assert (got.entries, got.listing, len(got.complaints)) == ((), Listing.MISSING, 1)


def test_items_beyond_the_limit_are_left_out_from_the_end_and_it_is_said() -> None:
    got = feed(rss("".join(f"<item><title>Number {n}</title></item>" for n in range(2100))))
    assert titles(got)[-1] == "Number 1999"
    assert messages(got) == "has 2,100 items, and 2,000 of them are as much as is read"


def test_html_nested_too_deep_keeps_its_words() -> None:
    assert markup.body("<div>" * 300 + "words" + "</div>" * 300, None) == "<p>words</p>"
    assert markup.body("<div>" * 20 + "words" + "</div>" * 20, None) == "<div>" * 20 + "words" + "</div>" * 20
    assert not markup.is_too_deep("<p>one<br><li>two</div>" * 1000)
    assert markup.body("<\x00div>" * 100_000 + "words", None) == "<p>words</p>"


# --- documents at random ----------------------------------------------------------------------------------------------

WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=30)
PIECES = st.sampled_from(
    [
        *("<rss>", "<channel>", "<item>", "</item>", "<title>", "</title>", "<entry>", "<link>", "<link href='/x'/>"),
        *("<feed xmlns='http://www.w3.org/2005/Atom'>", "<a:b ", "<guid>1</guid>", "&amp;", "&", "<![CDATA[", "]]>"),
        *("<!--", "x='1'", ">", "<description>&lt;p&gt;x", "<source>", "</rss>", "<pubDate>2025-02-08</pubDate>"),
        *("<!DOCTYPE x [", "{", '"items": ['),
    ]
)


@settings(max_examples=150)
@given(st.lists(st.one_of(PIECES, WORDS), max_size=25).map("".join))
def test_any_text_at_all_gives_a_harvest(written: str) -> None:
    got = feed(written)
    assert got.entries or got.complaints or got.listing is Listing.EMPTY
    assert feed(written) == got


@settings(max_examples=100)
@given(st.lists(WORDS.filter(lambda word: word.strip() and word.isprintable()), min_size=1, max_size=5, unique=True))
def test_headlines_of_a_good_feed_come_through_whole(words: list[str]) -> None:
    items = [{"id": str(n), "title": f"Story {word.replace('<', '').replace('&', '')}"} for n, word in enumerate(words)]
    got = feed(json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "t", "items": items}))
    assert [entry.guid for entry in got.entries] == [item["id"] for item in items]
    assert all(title.startswith("Story") for title in titles(got))


@settings(max_examples=100)
@given(
    st.lists(
        st.one_of(WORDS, st.sampled_from(["<p>", "</p>", "<div>", "<a href=x>", "</a>", "<br>", "<b>", "<img src=y>"]))
    )
)
def test_a_body_is_its_own_body(pieces: list[str]) -> None:
    once = markup.body("".join(pieces), ADDRESS)
    if once is not None:
        twice = markup.body(once, ADDRESS)
        assert twice is not None
        assert markup.body(twice, ADDRESS) == twice
