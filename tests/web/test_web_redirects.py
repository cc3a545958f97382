"""Old addresses: those of ``[redirects]``, and the old permalinks of articles that moved in."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from webroom import BASE, CONFIG, NOON, Newsroom, Reader, article

from feedsvc import web
from feedsvc.config.redirects import problems
from feedsvc.model import MAIN_FEED
from feedsvc.web.pages import Pages

RULES = """
[redirects]
"/old/feed/" = "/feed.xml"
"/?feed=rss2" = "/feed.xml"
"/2019/05/story.html" = "https://stories.example.org/ş"
"/tag/*" = "/tags/*"
"/feeds/old.xml" = 410
"""


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Newsroom]:
    newsroom = Newsroom(tmp_path, CONFIG + RULES)
    newsroom.put(
        article(0, link=f"{BASE}/2019/05/first.html"),
        article(1, link="http://www.news.example.org/2019/05/caf%c3%a9/?utm_source=feed", source="gone-by-now"),
        article(2, link=f"{BASE}/?p=12"),
        article(3, link=f"{BASE}/2019/05/lie.html", retracted=NOON),
        article(4, link=f"{BASE}/2019/05/soon.html", embargo=NOON + timedelta(days=1)),
        article(5, link="https://old.example.org/story"),
        article(6, link=f"{BASE}/articles/summer-story"),
    )
    yield newsroom
    newsroom.close()


@pytest.fixture
def ask(room: Newsroom) -> Reader:
    return Reader(web.create(lambda: room.service))


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize(
    ("path", "query", "location"),
    [
        ("/old/feed/", "", "/feed.xml"),
        ("/old/feed", "x=y", "/feed.xml"),
        ("/", "feed=rss2", "/feed.xml"),
        ("/2019/05/story.html", "", "https://stories.example.org/%C5%9F"),
        ("/tag/boats", "", "/tags/boats"),
    ],
)
def test_a_moved_address_leads_to_the_new_one_for_good(
    ask: Reader, method: str, path: str, query: str, location: str
) -> None:
    reply = ask(path, method, query)
    assert (reply.status, reply.headers["location"]) == (301, location)
    assert reply.headers["cache-control"] == "public, max-age=3600"
    assert reply.headers["access-control-allow-origin"] == "*"
    assert bool(reply.body) is (method == "GET")


def test_a_feed_that_is_gone_says_so_to_people_and_programs(ask: Reader) -> None:
    reply = ask("/feeds/old.xml", accept="text/html")
    assert reply.status == 410
    assert "gone for good" in reply.page.text_content()
    told = ask("/feeds/old.xml", accept="application/problem+json")
    assert json.loads(told.body)["status"] == 410
    assert ask("/feeds/older.xml").status == 404


def test_what_is_sent_is_not_redirected(ask: Reader) -> None:
    assert ask("/old/feed/", "POST").status in (404, 405)


def test_the_front_page_stays_where_it_is(ask: Reader) -> None:
    assert ask("/").status == 200
    assert ask("/", query="feed=other").status == 200


@pytest.mark.parametrize(
    ("path", "query", "number"),
    [
        ("/2019/05/first.html", "", 0),
        ("/2019/05/first.html", "ref=home", 0),
        ("/2019/05/first.html/", "", 0),
        ("/2019/05/café/".encode().decode("latin-1"), "", 1),
        ("/2019/05/café".encode().decode("latin-1"), "utm_medium=x", 1),
        ("/articles/summer-story", "", 6),
    ],
)
def test_an_old_permalink_leads_to_the_new_one(ask: Reader, path: str, query: str, number: int) -> None:
    reply = ask(path, query=query)
    assert (reply.status, reply.headers["location"]) == (301, f"{BASE}/articles/id{number}/headline-{number}")
    assert ask(reply.headers["location"].removeprefix(BASE)).status == 200


def test_an_old_permalink_of_another_host_leads_on_where_that_host_is_asked(ask: Reader) -> None:
    assert ask("/story").status == 404
    assert ask("/story", host="old.example.org").headers["location"] == f"{BASE}/articles/id5/headline-5"


def test_old_permalinks_of_what_nobody_may_see_lead_nowhere(ask: Reader) -> None:
    assert ask("/2019/05/lie.html").status == 410
    assert ask("/2019/05/soon.html").status == 404
    assert ask("/2019/05/never.html").status == 404


def test_a_site_below_a_path_keeps_it(tmp_path: Path) -> None:
    room = Newsroom(tmp_path, (CONFIG + RULES).replace(f'"{BASE}"', f'"{BASE}/news"'))
    room.put(article(0, link=f"{BASE}/news/a.html"))
    ask = Reader(web.create(lambda: room.service))
    try:
        assert ask("/old/feed").headers["location"] == "/news/feed.xml"
        assert ask("/a.html").headers["location"] == f"{BASE}/news/articles/id0/headline-0"
    finally:
        room.close()


def test_rules_follow_the_configuration(room: Newsroom) -> None:
    """A configuration that is read again brings a new service."""
    services = [room.service]
    ask = Reader(web.create(lambda: services[-1]))
    assert ask("/new").status == 404
    changed = room.config.model_copy(update={"redirects": (("/new", "/feed.xml"),)})
    services.append(room.service.reconfigured(changed))
    assert ask("/new").status == 301
    assert ask("/old/feed").status == 404


def test_every_address_of_the_service_is_refused_as_an_old_one(room: Newsroom) -> None:
    """Whatever route is added, no rule may hide it."""
    pages = Pages(lambda: room.service)
    for rule in pages.url_map.iter_rules():
        path = re.sub(r"<[^>]*>", "2019", rule.rule.replace("<int(min=1, max=12):number>", "05"))
        if path != "/":
            told = [words for _, words in problems({path: "/"}, base_url=BASE, feeds=[MAIN_FEED], reserved=())]
            assert any("address of this service" in words for words in told), rule.rule
