"""Every feed's history can be walked, deltas are told from states, and feeds come by themselves."""

import json
import random
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta

import feedparser
import pytest
from lxml import etree
from webroom import BASE, NOON, Clock, Newsroom, Reader, Reply, article

from feedsvc.model import FeedName, Format
from feedsvc.service import Service
from feedsvc.web.front import Front
from feedsvc.web.pages import Pages

ATOM = "{http://www.w3.org/2005/Atom}"
FH = "{http://purl.org/syndication/history/1.0}"
XML_FEEDS = ("/feed.xml", "/atom.xml", "/feeds/section-town.xml", "/feeds/search.atom?q=headline")


def links(body: bytes) -> dict[str, str]:
    """The feed's own links by relation."""
    root = etree.fromstring(body)
    feed = root if root.tag == f"{ATOM}feed" else root.find("channel")
    return {link.get("rel"): link.get("href").removeprefix(BASE) for link in feed.findall(f"{ATOM}link")}


def ids(body: bytes) -> list[str]:
    if body.startswith(b"{"):
        return [item["id"] for item in json.loads(body)["items"]]
    return [entry.id for entry in feedparser.parse(body).entries]


def walk(ask: "Visitor", path: str | None, between=lambda: None) -> tuple[Counter, dict[str, bytes]]:
    """Read a feed from its newest document to its oldest page: how often each id was met, and all bodies."""
    met: Counter = Counter()
    bodies: dict[str, bytes] = {}
    while path:
        reply = ask(path)
        assert reply.status == 200, path
        assert path not in bodies, "walking in circles"
        bodies[path] = reply.body
        met.update(ids(reply.body))
        if reply.body.startswith(b"{"):
            following = json.loads(reply.body).get("next_url")
            path = following.removeprefix(BASE) if following else None
        else:
            path = links(reply.body).get("prev-archive")
        between()
    return met, bodies


def town(number: int, **changes):
    return article(number, section="Town" if number % 2 else "Politics", **changes)


class Day:
    """The time of day, which stands still until told."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def day() -> Day:
    return Day()


@pytest.fixture
def newsroom(own_newsroom: Newsroom, day: Day) -> Newsroom:
    own_newsroom.service = Service(own_newsroom.config, own_newsroom.store, clock=day)
    return own_newsroom


class Visitor:
    """A reader who takes paths with queries, and takes his time: what has changed is seen."""

    def __init__(self, newsroom: Newsroom) -> None:
        self._clock = Clock()
        pages = Pages(lambda: newsroom.service, clock=self._clock)
        self._reader = Reader(Front(lambda: newsroom.service, pages, clock=self._clock))

    def waits(self, seconds: float) -> None:
        self._clock.now += seconds

    def __call__(self, path: str, **headers: str) -> Reply:
        self._clock.now += 1
        path, _, query = path.partition("?")
        return self._reader(path, query=query, **headers)


@pytest.fixture
def ask(newsroom: Newsroom) -> Visitor:
    return Visitor(newsroom)


@pytest.fixture
def many(newsroom: Newsroom) -> Newsroom:
    """A store of 1,000 articles that arrived in their order."""
    newsroom.put(*(town(number) for number in range(1000)))
    return newsroom


@pytest.mark.parametrize("path", [*XML_FEEDS, "/feed.json", "/feeds/politics.json"])
def test_a_walk_through_the_history_meets_each_article_once(many: Newsroom, ask: Visitor, path: str) -> None:
    met, bodies = walk(ask, path)
    half = "politics" in path or "town" in path
    assert set(met.values()) == {1}
    assert len(met) == (500 if half else 1000)
    assert len(bodies) > 3


@pytest.mark.parametrize("path", ["/feed.xml", "/feeds/section-town.atom"])
def test_a_walk_meets_each_once_while_articles_arrive_change_and_go(many: Newsroom, ask: Visitor, path: str) -> None:
    numbers = iter(range(2000, 3000))
    dice = random.Random(7)

    def meanwhile() -> None:
        # One that is older than all, one that is newer, one edited, one retracted: of those that were not there.
        fresh = town(next(numbers) * 2 + 1, published=NOON + timedelta(minutes=dice.randrange(-60_000, 600)))
        late = town(next(numbers) * 2 + 1)
        edited = replace(town(dice.randrange(1000)), title="Edited headline", revision=2)
        many.put(fresh, late, edited, replace(fresh, retracted=NOON))

    before = {town(number).guid for number in range(1000) if number % 2 or path == "/feed.xml"}
    met, _ = walk(ask, path, meanwhile)
    assert {guid: met[guid] for guid in before if met[guid] != 1} == {}
    assert max(met.values()) == 1


def test_pages_stay_byte_for_byte_whatever_arrives(many: Newsroom, ask: Visitor) -> None:
    _, before = walk(ask, "/feed.xml")
    many.put(*(town(3000 + n, published=NOON + timedelta(minutes=n)) for n in range(150)))
    many.put(*(town(5000 + n) for n in range(150)))  # older than all that there is
    pages = {path: ask(path).body for path in before if "/archive/" in path}
    assert [path for path, body in pages.items() if body != before[path]] == []
    assert len(pages) > 5


def test_a_late_import_is_met_once_though_it_is_older_than_the_window(many: Newsroom, ask: Visitor) -> None:
    many.put(*(town(5000 + n) for n in range(700)))
    met, _ = walk(ask, "/feed.xml")
    assert (len(met), set(met.values())) == (1700, {1})


def test_pages_say_where_they_stand(many: Newsroom, ask: Visitor) -> None:
    _, bodies = walk(ask, "/atom.xml")
    newest, _, *closed = bodies.values()
    assert "prev-archive" in links(newest)
    assert etree.fromstring(newest).find(f"{FH}archive") is None
    for path, body in list(bodies.items())[1:]:
        assert etree.fromstring(body).find(f"{FH}archive") is not None
        assert links(body)["current"] == "/atom.xml"
        assert links(body)["self"] == path
    for older, newer in zip(closed[1:], closed, strict=False):
        path = links(older)["next-archive"]
        assert ids(ask(path).body) == ids(newer)
    assert "prev-archive" not in links(closed[-1])


def test_a_feed_that_holds_everything_says_so(newsroom: Newsroom, ask: Visitor) -> None:
    newsroom.put(*(town(number) for number in range(50)))
    root = etree.fromstring(ask("/feed.xml").body).find("channel")
    assert root.find(f"{FH}complete") is not None
    assert "prev-archive" not in links(ask("/feed.xml").body)


@pytest.mark.parametrize("page", ["7", "1000000", "7~id3~2", "0~nobody~1", "-1", "01", "1~~1"])
def test_what_is_no_page_is_not_found(newsroom: Newsroom, ask: Visitor, page: str) -> None:
    newsroom.put(*(town(number) for number in range(5)))
    assert ask(f"/feeds/main/archive/{page}.xml").status == 404


def test_a_retracted_article_leaves_its_page_and_moves_no_other(many: Newsroom, ask: Visitor) -> None:
    met, before = walk(ask, "/feed.xml")
    many.put(replace(town(777), retracted=NOON))
    after, bodies = walk(ask, "/feed.xml")
    assert met - after == Counter({town(777).guid: 1})
    assert len([path for path in before if bodies[path] != before[path]]) == 1


# --- deltas -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/feed.xml", "/atom.xml", "/feed.json", "/feeds/section-town.xml"])
def test_a_reader_with_an_earlier_state_is_told_only_what_is_new(many: Newsroom, ask: Visitor, path: str) -> None:
    before = ask(path)
    many.put(town(2001, published=NOON + timedelta(hours=1)), replace(town(3), title="Edited", revision=2))
    delta = ask(path, A_IM="feed", If_None_Match=before.headers["etag"])
    assert (delta.status, delta.headers["im"]) == (226, "feed")
    assert ids(delta.body) == [town(2001).guid, town(3).guid]
    assert delta.headers["etag"] == ask(path).headers["etag"] != before.headers["etag"]
    assert delta.headers["cache-control"] == "no-store"
    assert {part.strip() for part in delta.headers["vary"].split(",")} == {"A-IM", "If-None-Match", "Accept-Encoding"}
    assert ask(path, A_IM="feed", If_None_Match=delta.headers["etag"]).status == 304
    ask.waits(-1)  # at the same moment as the last: the whole document is at hand
    assert ask(path, A_IM="feed", If_None_Match=before.headers["etag"]) == delta


@pytest.mark.parametrize(
    ("accepts", "tag"),
    [
        ("feed", '"unknown"'),
        ("feed", '"0123456789abcdef0123.abcdef.1"'),
        ("feed;q=0", None),
        ("vcdiff, gzip", None),
        ("", None),
    ],
)
def test_without_a_known_state_or_the_wish_for_less_all_is_told(
    many: Newsroom, ask: Visitor, accepts: str, tag: str | None
) -> None:
    before = ask("/feed.xml")
    many.put(town(2001, published=NOON + timedelta(hours=1)))
    reply = ask("/feed.xml", A_IM=accepts, If_None_Match=tag or before.headers["etag"])
    assert reply.status == 200
    assert len(ids(reply.body)) == 50


def test_a_delta_comes_in_the_coding_that_is_asked_for(many: Newsroom, ask: Visitor) -> None:
    before = ask("/feed.xml", Accept_Encoding="gzip")
    many.put(*(town(2001 + n, published=NOON + timedelta(hours=n)) for n in range(9)))
    delta = ask("/feed.xml", A_IM="feed", If_None_Match=before.headers["etag"], Accept_Encoding="gzip")
    assert (delta.status, delta.headers["content-encoding"]) == (226, "gzip")
    assert delta.headers["etag"] == ask("/feed.xml", Accept_Encoding="gzip").headers["etag"]


def test_a_reader_who_lacks_what_has_been_there_for_long_is_told_all(many: Newsroom, ask: Visitor, day: Day) -> None:
    """Some ask for deltas and then do not understand them: they must not be left without news for ever."""
    before = ask("/feed.xml").headers["etag"]
    many.put(town(2001, first_seen=NOON, published=NOON))

    def status_after(minutes: int) -> int:
        day.now = NOON + timedelta(minutes=minutes)
        ask.waits(minutes * 60)
        return ask("/feed.xml", A_IM="feed", If_None_Match=before).status

    assert [status_after(minutes) for minutes in (0, 60, 100)] == [226, 226, 200]


# --- feeds that come by themselves ------------------------------------------------------------------------------------


def test_feeds_come_by_themselves_for_whatever_the_store_holds(newsroom: Newsroom, ask: Visitor) -> None:
    newsroom.put(
        article(1, section="Şəhər", tags=("Quick news",), authors=("Ann Ö. Writer",), language="az"),
        article(2, section="Town", language="en"),
    )
    for name in ("section-seher", "tag-quick-news", "author-ann-o-writer", "language-az"):
        reply = ask(f"/feeds/{name}.atom")
        assert reply.status == 200, name
        assert ids(reply.body) == [article(1).guid]
        assert links(reply.body)["self"] == f"/feeds/{name}.atom"
    assert ids(ask("/feeds/source-front-page.json").body) == [article(1).guid, article(2).guid]
    assert (
        etree.fromstring(ask("/feeds/language-az.atom").body).get("{http://www.w3.org/XML/1998/namespace}lang") == "az"
    )


@pytest.mark.parametrize("name", ["section-nowhere", "tag-", "author-x", "colour-red", "section"])
def test_what_no_article_has_is_no_feed(newsroom: Newsroom, ask: Visitor, name: str) -> None:
    newsroom.put(article(1, section="Town"))
    assert ask(f"/feeds/{name}.xml").status == 404


def test_a_feed_that_comes_by_itself_keeps_its_identity_and_its_tag(newsroom: Newsroom, ask: Visitor) -> None:
    newsroom.put(article(1, section="Town"), article(2, section="Town"))
    one = ask("/feeds/section-town.atom")
    again = Newsroom(newsroom.config.folder)
    document = again.service.public.document(FeedName("section-town"), Format.ATOM)
    again.close()
    assert document is not None
    assert f'"{document.etag}"' == one.headers["etag"]
    newsroom.put(article(3, section="Other"))
    assert ask("/feeds/section-town.atom", If_None_Match=one.headers["etag"]).status == 304


def test_a_query_has_a_feed_of_its_own(newsroom: Newsroom, ask: Visitor) -> None:
    newsroom.put(article(1, title="Harbour bridge opens"), article(2, title="Harbour fair"), article(3, title="Snow"))
    reply = ask("/feeds/search.atom?q=HARBOUR++-fair&utm_source=x")
    assert ids(reply.body) == [article(1).guid]
    assert links(reply.body)["self"] == "/feeds/search.atom?q=harbour%20-fair"
    assert "hub" not in reply.headers["link"]
    same = ask("/feeds/search.atom?q=harbour%20-fair")
    assert (same.body, same.headers["etag"]) == (reply.body, reply.headers["etag"])


def test_a_query_may_come_as_people_type_it(newsroom: Newsroom, ask: Visitor) -> None:
    """Some readers percent-encode nothing in the addresses that they are given."""
    newsroom.put(article(1, title="Şəhər bu gün"), article(2))
    as_typed = ask("/feeds/search.atom?q=" + "Şəhər".encode().decode("latin-1"))
    assert ids(as_typed.body) == [article(1).guid]
    assert as_typed.body == ask("/feeds/search.atom?q=%C5%9E%C9%99h%C9%99r").body


@pytest.mark.parametrize("query", ["", "?q=", "?q=%21%21", "?q=-harbour", "?x=1", "?q=%ff"])
def test_a_query_that_asks_for_nothing_is_refused_in_words(newsroom: Newsroom, ask: Visitor, query: str) -> None:
    reply = ask(f"/feeds/search.xml{query}")
    assert reply.status == 400
    assert "Say what the feed is to find" in reply.body.decode()


def test_a_promised_article_is_in_no_feed_and_on_no_page(newsroom: Newsroom, ask: Visitor) -> None:
    newsroom.put(
        *(town(number) for number in range(120)), town(500, embargo=NOON + timedelta(days=9999), title="Secret")
    )
    for path in (*XML_FEEDS, "/feed.json"):
        met, _ = walk(ask, path)
        assert town(500).guid not in met
    assert ids(ask("/feeds/search.json?q=secret").body) == []


@pytest.mark.parametrize("path", ["/feed.xml", "/atom.xml", "/feeds/section-town.xml"])
def test_a_feed_names_a_style_sheet_that_is_there_and_kept_for_ever(
    newsroom: Newsroom, ask: Visitor, path: str
) -> None:
    newsroom.put(town(1))
    instruction = etree.fromstring(ask(path).body).getprevious()
    assert instruction.get("type") == "text/css"
    style = ask(instruction.get("href"))
    assert (style.status, style.headers["content-type"]) == (200, "text/css; charset=utf-8")
    assert "immutable" in style.headers["cache-control"]
    assert "immutable" not in ask("/static/feed.css?v=other").headers["cache-control"]


@pytest.mark.parametrize("path", ["/feed.xml", "/atom.xml"])
def test_a_browser_that_opens_a_feed_is_told_that_it_is_xml(newsroom: Newsroom, ask: Visitor, path: str) -> None:
    newsroom.put(town(1))
    for _ in range(2):  # loaded, then at hand
        looked_at, read = ask(path, Sec_Fetch_Dest="document"), ask(path, Sec_Fetch_Dest="empty")
        assert looked_at.headers["content-type"] == "application/xml; charset=utf-8"
        assert read.headers["content-type"] == ask(path).headers["content-type"] != "application/xml; charset=utf-8"
        assert looked_at.body == read.body
        assert "Sec-Fetch-Dest" in read.headers["vary"]
