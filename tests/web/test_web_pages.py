"""The pages: what people, search engines and feed readers find on them."""

import itertools
import json
import re
from pathlib import Path

import pytest
from webroom import BASE, CONFIG, NOON, Newsroom, Reader, article

from feedsvc import web
from feedsvc.web.parts import direction


@pytest.fixture
def own_ask(own_newsroom: Newsroom) -> Reader:
    return Reader(web.create(lambda: own_newsroom.service))


def _structured(reply: object) -> dict[str, object]:
    (block,) = reply.page.xpath("//script")  # type: ignore[attr-defined]
    assert block.get("type") == "application/ld+json"
    found: dict[str, object] = json.loads(block.text)
    return found


# --- the news line ----------------------------------------------------------------------------------------------------


def test_the_news_line_shows_headlines_newest_first_with_their_zoned_times(ask: Reader) -> None:
    page = ask("/").page
    assert [(a.text, a.get("href")) for a in page.xpath("//h3/a")] == [
        (f"Headline {number}", f"/articles/id{number}/headline-{number}") for number in range(5)
    ]
    times = page.xpath("//li/time/@datetime")
    assert times[:2] == ["2025-02-08T12:06:00+04:00", "2025-02-08T11:06:00+04:00"]
    assert page.xpath("//h2/time/@datetime") == ["2025-02-08"]


def test_headlines_stand_under_their_own_day_in_the_zone_of_the_site(own_newsroom: Newsroom, own_ask: Reader) -> None:
    late = NOON.replace(day=7, hour=21)  # 01:00 on the 8th in Baku
    own_newsroom.put(article(0), article(1, published=late), article(2, published=late.replace(hour=19)))
    days = own_ask("/").page.xpath("//section[@class='day']")
    assert [(d.xpath("string(h2)"), len(d.xpath(".//h3"))) for d in days] == [
        ("Saturday 8 February 2025", 2),
        ("Friday 7 February 2025", 1),
    ]


def test_every_headline_is_reached_by_paging_exactly_once(own_newsroom: Newsroom, own_ask: Reader) -> None:
    own_newsroom.put(*(article(number) for number in range(150)))
    found, query = [], ""
    while True:
        page = own_ask("/", query=query).page
        found += page.xpath("//h3/a/text()")
        links = page.xpath("//a[@rel='next']/@href")
        if not links:
            break
        query = links[0].partition("?")[2]
    assert found == [f"Headline {number}" for number in range(150)]


@pytest.mark.parametrize("query", ["before=nosuch", "before=", "before=%00", "before=a/b", "before=" + "a" * 65])
def test_a_page_before_an_unknown_article_is_404_unless_nothing_is_asked(ask: Reader, query: str) -> None:
    assert ask("/", query=query).status == (200 if query == "before=" else 404)


@pytest.mark.parametrize("path", ["/", "/articles/id0/headline-0", "/feeds/"])
def test_every_page_leads_to_the_feed_in_each_format(ask: Reader, path: str) -> None:
    links = ask(path).page.xpath("//link[@rel='alternate']")
    assert [(link.get("type"), link.get("href")) for link in links] == [
        ("application/rss+xml", f"{BASE}/feed.xml"),
        ("application/atom+xml", f"{BASE}/atom.xml"),
        ("application/feed+json", f"{BASE}/feed.json"),
    ]


def test_a_newsroom_without_news_says_so(own_ask: Reader) -> None:
    reply = own_ask("/")
    assert reply.status == 200
    assert "No news yet" in reply.body.decode()


def test_the_list_of_feeds_names_each_address(ask: Reader) -> None:
    page = ask("/feeds/").page
    assert page.xpath("//ul[@class='cards']//h2/text()") == ["Example News", "Politics"]
    assert page.xpath("//main//dd/a/text()")[3:] == [f"{BASE}/feeds/politics.{end}" for end in ("xml", "atom", "json")]
    assert (ask("/feeds").status, ask("/feeds").headers["location"]) == (301, "/feeds/")


def test_a_long_list_of_feeds_is_cut_into_pages_that_name_each_of_them_once(tmp_path: Path) -> None:
    feeds = "".join(f'[[feeds]]\nname = "n-{number}"\ntitle = "Feed {number}"\n' for number in range(250))
    newsroom = Newsroom(tmp_path, CONFIG + feeds)
    ask = Reader(web.create(lambda: newsroom.service))
    titles: list[str] = []
    path: str | None = "/feeds/"
    sizes: list[int] = []
    while path:
        reply = ask("/feeds/", query=path.partition("?")[2])
        assert reply.page.xpath("//link[@rel='canonical']/@href") == [f"{BASE}{path}"]
        shown = reply.page.xpath("//ul[@class='cards']//h2/text()")
        titles += shown
        sizes.append(len(shown))
        path = next(iter(reply.page.xpath("//nav[@class='paging']/a[@rel='next']/@href")), None)
    newsroom.close()
    assert sizes == [100, 100, 52]
    assert titles == [feed.title for feed in newsroom.config.feeds]


def test_a_page_after_a_feed_that_is_not_there_is_404(ask: Reader) -> None:
    assert ask("/feeds/", query="after=nosuch").status == 404
    assert ask("/feeds/", query="after=politics").status == 200
    assert ask("/feeds/", query="other=politics").body == ask("/feeds/").body


# --- articles ---------------------------------------------------------------------------------------------------------


def test_an_article_says_everything_that_is_known_of_it(ask: Reader) -> None:
    page = ask("/articles/id0/headline-0").page
    assert page.xpath("string(//h1)") == "Headline 0"
    assert page.xpath("//title/text()") == ["Headline 0 – Example News"]
    assert page.xpath("//link[@rel='canonical']/@href") == [f"{BASE}/articles/id0/headline-0"]
    assert page.xpath("//article//time/@datetime") == ["2025-02-08T12:06:00+04:00"]
    assert page.xpath("string(//*[@class='authors'])") == "Ada Example, Ben Beispiel"
    assert page.xpath("//div[@class='body']/p[1]/text()") == ["The council met on Saturday."]
    meta = {tag.get("property") or tag.get("name"): tag.get("content") for tag in page.xpath("//meta[@content]")}
    assert meta["og:type"] == "article"
    assert meta["og:url"] == f"{BASE}/articles/id0/headline-0"
    assert meta["og:description"] == meta["description"] == "The council met on Saturday."
    assert meta["article:published_time"] == "2025-02-08T12:06:00+04:00"
    assert meta["twitter:card"] == "summary"
    assert page.xpath("//section[@class='earlier']//a/text()") == [f"Headline {number}" for number in range(1, 5)]


def test_structured_data_is_a_news_article_with_zoned_dates(ask: Reader) -> None:
    organization = {"@type": "Organization", "name": "Example News", "url": f"{BASE}/"}
    assert _structured(ask("/articles/id0/headline-0")) == {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": "Headline 0",
        "url": f"{BASE}/articles/id0/headline-0",
        "mainEntityOfPage": f"{BASE}/articles/id0/headline-0",
        "datePublished": "2025-02-08T12:06:00+04:00",
        "dateModified": "2025-02-08T12:06:00+04:00",
        "inLanguage": "en",
        "articleSection": "Politics",
        "description": "The council met on Saturday.",
        "author": [{"@type": "Person", "name": "Ada Example"}, {"@type": "Person", "name": "Ben Beispiel"}],
        "publisher": organization,
    }


@pytest.mark.parametrize(
    "title",
    [
        "</script><script>alert(1)</script>",
        "<!--<script>",
        "AT&T <b>bold</b> \"quoted\" 'single'",
        "{{ 7 * 7 }}",
        "\u2028",
    ],
)
def test_no_headline_breaks_out_of_its_page(own_newsroom: Newsroom, own_ask: Reader, title: str) -> None:
    own_newsroom.put(article(0, title=title, slug="slug", section=title, summary=title, authors=(title,)))
    reply = own_ask("/articles/id0/slug")
    assert _structured(reply)["headline"] == title
    assert reply.page.xpath("string(//h1)") == title
    assert own_ask("/").page.xpath("//h3/a")[0].text == title
    assert own_ask("/").page.xpath("//script") == []


@pytest.mark.parametrize(
    ("link", "shown"),
    [
        ("https://www.example.org/story", "The whole story is at example.org."),
        ("javascript:alert(1)", "Only the headline of this story is known here."),
        (None, "Only the headline of this story is known here."),
    ],
)
def test_an_article_of_a_headline_only_says_where_the_rest_is(
    own_newsroom: Newsroom, own_ask: Reader, link: str | None, shown: str
) -> None:
    own_newsroom.put(article(0, link=link))
    reply = own_ask("/articles/id0/headline-0")
    (source,) = reply.page.xpath("//p[@class='source']")
    assert re.sub(r"\s+", " ", source.text_content()).strip().startswith(shown)
    assert b"javascript:" not in reply.body


def test_an_article_without_a_time_of_its_own_says_when_it_was_first_seen(
    own_newsroom: Newsroom, own_ask: Reader
) -> None:
    own_newsroom.put(article(0, stated=None))
    byline = own_ask("/articles/id0/headline-0").page.xpath("string(//p[@class='byline'])")
    assert byline.split() == ["First", "seen", "8", "February", "2025,", "12:06"]


@pytest.mark.parametrize(
    "path", ["/articles/id0", "/articles/id0/", "/articles/id0/old-slug", "/articles/id0/headline-0/"]
)
def test_every_other_spelling_of_a_permalink_leads_to_it(ask: Reader, path: str) -> None:
    reply = ask(path)
    assert (reply.status, reply.headers["location"]) == (301, "/articles/id0/headline-0")
    # A headline that is edited and edited back must not lead browsers in circles.
    assert reply.headers["cache-control"] == "public, max-age=300"


@pytest.mark.parametrize(
    "path", ["/articles/", "/articles/nosuch", "/articles/nosuch/slug", "/articles/%00", "/articles/a b"]
)
def test_an_unknown_article_is_404(ask: Reader, path: str) -> None:
    assert ask(path).status == 404


@pytest.mark.parametrize("path", ["/articles/id0", "/articles/id0/headline-0", "/articles/id0/other"])
def test_a_retracted_article_is_gone_and_says_nothing_of_it(own_newsroom: Newsroom, own_ask: Reader, path: str) -> None:
    own_newsroom.put(article(0, title="A mistake", slug="headline-0", retracted=NOON))
    reply = own_ask(path)
    assert reply.status == 410
    assert b"mistake" not in reply.body


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", "ltr"),
        ("ar", "rtl"),
        ("he-IL", "rtl"),
        ("az-Arab", "rtl"),
        ("ar-Latn", "ltr"),
        ("fa-AF", "rtl"),
        (None, "auto"),
    ],
)
def test_direction_follows_the_script_then_the_language(language: str | None, expected: str) -> None:
    assert direction(language) == expected


def test_language_and_direction_are_the_articles_own(own_newsroom: Newsroom, own_ask: Reader) -> None:
    own_newsroom.put(article(0, title="ليلة هادئة", slug="quiet", language="ar", body="<p>نص</p>"))
    for path in ("/", "/articles/id0/quiet"):
        page = own_ask(path).page
        assert (page.get("lang"), page.get("dir")) == ("en", "ltr")
        (headline,) = page.xpath("//h3/a" if path == "/" else "//h1")
        assert (headline.get("lang"), headline.get("dir")) == ("ar", "rtl")


def test_wording_of_ours_is_marked_english_on_a_site_in_another_language(tmp_path: Path) -> None:
    room = Newsroom(tmp_path, CONFIG.replace('language = "en"', 'language = "az"'))
    page = Reader(web.create(lambda: room.service))("/").page
    assert page.get("lang") == "az"
    assert page.xpath("//footer/@lang") == ["en"]
    room.close()


def test_behind_a_path_prefix_every_link_carries_it(tmp_path: Path) -> None:
    room = Newsroom(tmp_path, CONFIG.replace(BASE, f"{BASE}/news"))
    room.put(article(0))
    ask = Reader(web.create(lambda: room.service))
    for path in ("/", "/articles/id0/headline-0", "/feeds/", "/nosuch"):
        for link in ask(path).page.xpath("//@href"):
            assert link.startswith(("/news/", f"{BASE}/news/", "data:", "#")), link
    assert ask("/articles/id0").headers["location"] == "/news/articles/id0/headline-0"
    room.close()


# --- every page -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/", "/articles/id0/headline-0", "/feeds/", "/nosuch"])
def test_every_page_has_its_landmarks_and_a_way_past_the_masthead(ask: Reader, path: str) -> None:
    page = ask(path).page
    assert page.get("lang") == "en"
    assert len(page.xpath("//main")) == len(page.xpath("//h1")) == len(page.xpath("//footer")) == 1
    assert len(page.xpath("//header[not(ancestor::article)]")) == 1
    skip = page.xpath("//body/*[1]")[0]
    assert (skip.tag, page.get_element_by_id(skip.get("href")[1:]).tag) == ("a", "main")
    assert len(page.xpath("//@id")) == len(set(page.xpath("//@id")))
    assert all(nav.get("aria-label") for nav in page.xpath("//nav"))
    levels = [int(heading.tag[1]) for heading in page.xpath("//h1|//h2|//h3")]
    assert all(below - above <= 1 for above, below in itertools.pairwise(levels))


@pytest.mark.parametrize("path", ["/", "/articles/id0/headline-0", "/feeds/", "/nosuch", "/feeds/nosuch.xml"])
def test_every_page_forbids_scripts_and_frames(ask: Reader, path: str) -> None:
    reply = ask(path)
    policy = dict(part.strip().partition(" ")[::2] for part in reply.headers["content-security-policy"].split(";"))
    assert policy["default-src"] == policy["frame-ancestors"] == "'none'"
    assert "script-src" not in policy
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert reply.page.xpath("//script[not(@type='application/ld+json')]|//@style|//@onclick|//style") == []


@pytest.mark.parametrize("path", ["/", "/articles/id0/headline-0", "/feeds/"])
def test_a_page_is_confirmed_by_its_tag_in_every_coding(ask: Reader, path: str) -> None:
    for coding in ("identity", "gzip", "br"):
        tag = ask(path, accept_encoding=coding).headers["etag"]
        reply = ask(path, accept_encoding=coding, if_none_match=tag)
        assert (reply.status, reply.body, reply.headers["etag"]) == (304, b"", tag)


def test_the_style_is_kept_for_ever_under_its_own_digest(ask: Reader) -> None:
    (address,) = ask("/").page.xpath("//link[@rel='stylesheet']/@href")
    path, _, query = address.partition("?")
    reply = ask(path, query=query)
    assert (reply.status, reply.headers["content-type"]) == (200, "text/css; charset=utf-8")
    assert reply.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert ask(path, query="v=older").headers["cache-control"] == "public, max-age=60"


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("", "text/html; charset=utf-8"),
        ("*/*", "text/html; charset=utf-8"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", "text/html; charset=utf-8"),
        ("application/rss+xml, */*", "text/html; charset=utf-8"),
        ("application/problem+json", "application/problem+json"),
        ("application/json", "application/problem+json"),
        ("application/json, text/html;q=0.5", "application/problem+json"),
        ("application/feed+json, */*;q=0.1", "application/problem+json"),
    ],
)
@pytest.mark.parametrize("path", ["/nosuch", "/feeds/nosuch.json", "/articles/nosuch"])
def test_an_error_is_worded_as_asked(ask: Reader, path: str, accept: str, media_type: str) -> None:
    reply = ask(path, accept=accept)
    assert (reply.status, reply.headers["content-type"]) == (404, media_type)
    assert reply.headers["vary"] == "Accept"
    if media_type == "application/problem+json":
        assert json.loads(reply.body).items() >= {"type": "about:blank", "title": "Not Found", "status": 404}.items()
    else:
        assert reply.page.xpath("string(//h1)") == "Not Found"


@pytest.mark.parametrize(("path", "allowed"), [("/", "GET, HEAD, OPTIONS"), ("/healthz", "GET, HEAD, OPTIONS")])
def test_pages_only_take_reading_methods(ask: Reader, path: str, allowed: str) -> None:
    assert (ask(path, "POST").status, ask(path, "POST").headers["allow"]) == (405, allowed)
    assert ask(path, "OPTIONS").status in (200, 204)
