"""The pages of headlines beside the front page: sections, tags, authors, months, searches."""

import itertools
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from webroom import BASE, CONFIG, NOON, Clock, Newsroom, Reader, Reply, article

from feedsvc import web
from feedsvc.web.pages import Pages

MAIN = [f"{BASE}/feed.xml", f"{BASE}/atom.xml", f"{BASE}/feed.json"]


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Newsroom]:
    """For tests that only read."""
    room = Newsroom(tmp_path_factory.mktemp("shown"))
    room.put(
        article(0, section="Politics", tags=("Harbour", "C++"), authors=("Ada Example",), summary="The council met."),
        article(1, section="Şəhər & Sea", tags=("harbour",), authors=("Ada Example", "Ben Beispiel")),
        article(2, section="POLITICS", title="Ferry to the islands", slug="ferry", language="en-GB"),
        article(3, title="The ferry is late", slug="late", body="<p>Nobody knows why. Harbour café closed.</p>"),
        article(4, section="Promised", tags=("Promised",), embargo=NOON),
    )
    yield room
    room.close()


@pytest.fixture(scope="module")
def read(shown: Newsroom) -> Reader:
    return Reader(web.create(lambda: shown.service))


@pytest.fixture
def own_ask(own_newsroom: Newsroom) -> Reader:
    return Reader(web.create(lambda: own_newsroom.service))


def headlines(reply: Reply) -> list[str]:
    assert reply.status == 200
    return [str(title) for title in reply.page.xpath("//main//h3/a/text()")]


def alternates(reply: Reply) -> list[str]:
    return [str(address) for address in reply.page.xpath("//link[@rel='alternate']/@href")]


def walked(ask: Reader, path: str, query: str = "") -> list[list[str]]:
    """The headlines of each page, from the newest to the last."""
    pages = []
    while True:
        reply = ask(path, query=query)
        pages.append(headlines(reply))
        following = reply.page.xpath("//a[@rel='next']/@href")
        if not following:
            return pages
        query = urlsplit(following[0]).query


EVERY = [
    ("/sections/politics", ""),
    ("/tags/harbour", ""),
    ("/authors/ada-example", ""),
    ("/archive/", ""),
    ("/archive/2025/02", ""),
    ("/search", ""),
    ("/search", "q=ferry"),
    ("/search", "q=nothingofthesort"),
]


# --- sections, tags, authors ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "name", "titles"),
    [
        ("/sections/politics", "Politics", ["Headline 0", "Ferry to the islands"]),
        ("/sections/seher-sea", "Şəhər & Sea", ["Headline 1"]),
        ("/tags/harbour", "Harbour", ["Headline 0", "Headline 1"]),
        ("/tags/c", "C++", ["Headline 0"]),
        ("/authors/ada-example", "Ada Example", ["Headline 0", "Headline 1"]),
    ],
)
def test_a_name_has_a_page_of_its_articles_newest_first(read: Reader, path: str, name: str, titles: list[str]) -> None:
    reply = read(path)
    assert reply.page.xpath("string(//h1)") == name
    assert headlines(reply) == titles
    assert reply.page.xpath("//link[@rel='canonical']/@href") == [f"{BASE}{path}"]


def test_the_page_of_a_name_leads_to_its_feeds_visibly_and_for_programs(read: Reader) -> None:
    reply = read("/sections/politics")
    own = [f"/feeds/section-politics.{end}" for end in ("xml", "atom", "json")]
    assert alternates(reply) == [*(BASE + path for path in own), *MAIN]
    assert reply.page.xpath("//nav[@class='follow']//a/@href") == own
    assert [read(path).status for path in own] == [200, 200, 200]


@pytest.mark.parametrize(
    ("path", "canonical"),
    [
        ("/sections/Politics", "/sections/politics"),
        ("/sections/politics/", "/sections/politics"),
        ("/sections/Şəhər & Sea", "/sections/seher-sea"),
        ("/sections/ŞƏHƏR & SEA", "/sections/seher-sea"),
        ("/authors/Ada  Example", "/authors/ada-example"),
        ("/authors/ADA_EXAMPLE", "/authors/ada-example"),
        ("/tags/C++", "/tags/c"),
    ],
)
def test_every_other_spelling_of_a_name_leads_to_its_slug(read: Reader, path: str, canonical: str) -> None:
    reply = read(path.encode().decode("latin-1"))
    assert (reply.status, reply.headers["location"]) == (301, canonical)


def test_a_redirected_name_keeps_the_place_on_its_line(read: Reader) -> None:
    assert read("/sections/Politics", query="before=id0").headers["location"] == "/sections/politics?before=id0"


@pytest.mark.parametrize(
    "path",
    ["/sections/nosuch", "/tags/politics", "/sections/\0", "/tags/!", "/authors/" + "a" * 5000, "/sections/promised"],
)
def test_a_name_that_no_article_has_carried_is_404_in_words(read: Reader, path: str) -> None:
    reply = read(path)
    assert reply.status == 404
    assert "No article has ever carried this name" in reply.page.xpath("string(//main)")


def test_a_name_whose_articles_are_all_gone_says_so_and_is_for_no_index(
    own_newsroom: Newsroom, own_ask: Reader
) -> None:
    own_newsroom.put(article(0, section="Lies", retracted=NOON))
    reply = own_ask("/sections/lies")
    assert headlines(reply) == []
    assert "Nothing is here at the moment." in reply.page.xpath("string(//main)")
    assert reply.page.xpath("//meta[@name='robots']/@content") == ["noindex"]


def test_every_article_of_a_section_is_reached_by_paging_exactly_once(own_newsroom: Newsroom, own_ask: Reader) -> None:
    own_newsroom.put(*(article(number, section=("Sea", "Land")[number % 2]) for number in range(150)))
    pages = walked(own_ask, "/sections/sea")
    assert [len(page) for page in pages] == [60, 15]
    assert list(itertools.chain(*pages)) == [f"Headline {number}" for number in range(0, 150, 2)]


def test_names_on_articles_and_on_the_front_page_lead_to_their_pages(read: Reader) -> None:
    front = read("/").page.xpath("//p[@class='section']/a")
    assert [(a.text, a.get("href")) for a in front] == [
        ("Politics", "/sections/politics"),
        ("Şəhər & Sea", "/sections/seher-sea"),
        ("POLITICS", "/sections/politics"),
    ]
    story = read("/articles/id0/headline-0").page
    assert story.xpath("//article//p[@class='section']/a/@href") == ["/sections/politics"]
    assert story.xpath("//a[@rel='tag']/@href") == ["/tags/harbour", "/tags/c"]
    assert story.xpath("//a[@rel='author']/@href") == ["/authors/ada-example"]


# --- the archive ------------------------------------------------------------------------------------------------------


@pytest.fixture
def years(own_newsroom: Newsroom) -> Newsroom:
    instants = (
        datetime(2023, 12, 31, 19, 59, tzinfo=UTC),  # 23:59 in Baku
        datetime(2023, 12, 31, 20, 0, tzinfo=UTC),  # 00:00 on 1 January
        datetime(2024, 3, 1, 12, 0, tzinfo=UTC),
        datetime(2025, 2, 8, 12, 0, tzinfo=UTC),
    )
    own_newsroom.put(*(article(number, published=at) for number, at in enumerate(instants)))
    own_newsroom.put(article(8, published=datetime(2022, 5, 5, tzinfo=UTC), retracted=NOON))
    own_newsroom.put(article(9, published=datetime(2026, 5, 5, tzinfo=UTC), embargo=NOON))
    return own_newsroom


def test_the_overview_lists_the_months_that_have_articles_in_the_zone_of_the_site(
    years: Newsroom, own_ask: Reader
) -> None:
    page = own_ask("/archive/").page
    assert [(s.xpath("string(h2)"), s.xpath(".//a/@href")) for s in page.xpath("//main/section")] == [
        ("2025", ["/archive/2025/02"]),
        ("2024", ["/archive/2024/01", "/archive/2024/03"]),
        ("2023", ["/archive/2023/12"]),
    ]
    assert (own_ask("/archive").status, own_ask("/archive").headers["location"]) == (301, "/archive/")


@pytest.mark.parametrize(
    ("path", "titles", "neighbours"),
    [
        ("/archive/2023/12", ["Headline 0"], ["/archive/2024/01"]),
        ("/archive/2024/01", ["Headline 1"], ["/archive/2024/03", "/archive/2023/12"]),
        ("/archive/2025/02", ["Headline 3"], ["/archive/2024/03"]),
    ],
)
def test_a_month_shows_its_articles_and_leads_to_those_beside_it(
    years: Newsroom, own_ask: Reader, path: str, titles: list[str], neighbours: list[str]
) -> None:
    reply = own_ask(path)
    assert headlines(reply) == titles
    assert reply.page.xpath("//nav[@aria-label='Months']/a/@href") == neighbours
    assert reply.page.xpath("//link[@rel='canonical']/@href") == [f"{BASE}{path}"]


def test_every_article_of_a_month_is_reached_by_paging_exactly_once(own_newsroom: Newsroom, own_ask: Reader) -> None:
    own_newsroom.put(*(article(number, first_seen=NOON, published=NOON) for number in range(130)), article(300))
    pages = walked(own_ask, "/archive/2025/02")
    assert [len(page) for page in pages] == [60, 60, 10]
    assert sorted(itertools.chain(*pages)) == sorted(f"Headline {number}" for number in range(130))


@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("/archive/2024", "/archive/#y2024"),
        ("/archive/2024/", "/archive/#y2024"),
        ("/archive/2024/1", "/archive/2024/01"),
        ("/archive/2024/01/", "/archive/2024/01"),
    ],
)
def test_years_and_other_spellings_of_a_month_are_redirected(
    years: Newsroom, own_ask: Reader, path: str, location: str
) -> None:
    reply = own_ask(path)
    assert (reply.status, reply.headers["location"]) == (301, location)


@pytest.mark.parametrize(
    "path",
    [
        *("/archive/2022", "/archive/2022/05", "/archive/2026/05", "/archive/2024/00", "/archive/2024/13"),
        *("/archive/0000/01", "/archive/8999/12", "/archive/9999/12"),
        *("/archive/x", "/archive/2024/january", "/archive/2024/01/01"),
    ],
)
def test_a_time_without_articles_is_404(years: Newsroom, own_ask: Reader, path: str) -> None:
    assert own_ask(path).status == 404


def test_an_archive_without_articles_says_so(own_ask: Reader) -> None:
    assert "No news yet." in own_ask("/archive/").page.xpath("string(//main)")


# --- search -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("q=ferry", ["Ferry to the islands", "The ferry is late"]),
        ("q=FERRY!", ["Ferry to the islands", "The ferry is late"]),
        ("q=ferry+-late", ["Ferry to the islands"]),
        ("q=%22the+islands%22", ["Ferry to the islands"]),
        ("q=isl*", ["Ferry to the islands"]),
        ("q=cafe", ["The ferry is late"]),
        ("q=%C5%9F%C9%99h%C9%99r", ["Headline 1"]),
        ("q=promised", []),
        ("q=-ferry", []),
        ("q=%21%00", []),
    ],
)
def test_a_search_finds_words_in_all_that_is_visible(read: Reader, query: str, titles: list[str]) -> None:
    assert sorted(headlines(read("/search", query=query))) == sorted(titles)


def test_all_that_is_found_is_reached_by_paging_the_newest_arrival_first(
    own_newsroom: Newsroom, own_ask: Reader
) -> None:
    own_newsroom.put(*(article(number) for number in range(70)))
    pages = walked(own_ask, "/search", "q=headline")
    assert [len(page) for page in pages] == [30, 30, 10]
    assert list(itertools.chain(*pages)) == [f"Headline {number}" for number in range(70)]


def test_a_search_leads_to_the_feed_of_its_query_and_is_for_no_index(read: Reader) -> None:
    reply = read("/search", query="q=Ferry%21+-Caf%C3%A9")
    own = [f"/feeds/search.{end}?q=ferry%20-cafe" for end in ("xml", "atom", "json")]
    assert alternates(reply) == [*(BASE + path for path in own), *MAIN]
    assert reply.page.xpath("//nav[@class='follow']//a/@href") == own
    assert reply.page.xpath("//meta[@name='robots']/@content") == ["noindex"]
    assert reply.page.xpath("//link[@rel='canonical']/@href") == [f"{BASE}/search?q=ferry%20-cafe"]
    path, _, query = own[0].partition("?")
    assert read(path, query=query).status == 200


def test_the_search_form_works_without_script_and_keeps_what_was_written(read: Reader) -> None:
    written = 'Caf\u00e9 "<b>" & ferry'
    reply = read("/search", query="q=Caf%C3%A9+%22%3Cb%3E%22+%26+ferry")
    (form,) = reply.page.forms
    assert (form.method, form.action, form.fields["q"]) == ("GET", "/search", written)
    assert "form-action 'self'" in reply.headers["content-security-policy"]


@pytest.mark.parametrize("path", ["/", "/articles/id0/headline-0", "/sections/politics", "/nosuch"])
def test_every_page_can_be_searched_from(read: Reader, path: str) -> None:
    (form,) = read(path).page.forms
    assert (form.method, form.action, list(form.fields)) == ("GET", "/search", ["q"])
    assert form.get("role") == "search"


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("", "What can be written"),
        ("q=", "What can be written"),
        ("q=nothingofthesort", "Nothing found for nothingofthesort"),
        ("q=-ferry", "Say a word that is to be found."),
        ("q=ferry&before=id3", "Nothing earlier found for ferry"),
    ],
)
def test_a_search_that_finds_nothing_says_so(read: Reader, query: str, words: str) -> None:
    reply = read("/search", query=query)
    assert headlines(reply) == []
    assert words in " ".join(reply.page.xpath("string(//main)").split())
    assert reply.page.xpath("//details/@open") == [""]


def test_a_search_with_a_slash_is_redirected(read: Reader) -> None:
    assert read("/search/", query="q=caf%C3%A9").headers["location"] == "/search?q=caf%C3%A9"


# --- all of them ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("path", "query"), EVERY)
def test_each_page_is_confirmed_by_its_tag_and_may_be_kept_as_others_are(read: Reader, path: str, query: str) -> None:
    for coding in ("identity", "gzip", "br"):
        tag = read(path, query=query, accept_encoding=coding).headers["etag"]
        reply = read(path, query=query, accept_encoding=coding, if_none_match=tag)
        assert (reply.status, reply.body, reply.headers["etag"]) == (304, b"", tag)
    assert reply.headers["cache-control"] == read("/").headers["cache-control"]


@pytest.mark.parametrize(("path", "query"), EVERY)
def test_unknown_parameters_change_nothing(read: Reader, path: str, query: str) -> None:
    assert read(path, query=f"{query}&utm_source=x").body == read(path, query=query).body


@pytest.mark.parametrize(("path", "query"), EVERY)
def test_each_page_has_landmarks_headings_in_order_and_labels(read: Reader, path: str, query: str) -> None:
    page = read(path, query=query).page
    assert len(page.xpath("//main")) == len(page.xpath("//h1")) == len(page.xpath("//footer")) == 1
    assert len(page.xpath("//@id")) == len(set(page.xpath("//@id")))
    labels = page.xpath("//nav/@aria-label")
    assert len(labels) == len(set(labels)) == len(page.xpath("//nav"))
    assert page.xpath("//label/@for") == page.xpath("//input/@id")
    levels = [int(heading.tag[1]) for heading in page.xpath("//h1|//h2|//h3")]
    assert all(below - above <= 1 for above, below in itertools.pairwise(levels))


def test_titles_and_descriptions_differ_from_page_to_page(own_newsroom: Newsroom, own_ask: Reader) -> None:
    own_newsroom.put(*(article(number, section="Sea", tags=("Sea",), authors=("Sea",)) for number in range(130)))
    asked = [(path, query) for path in ("/", "/sections/sea", "/archive/2025/02") for query in ("", "before=id59")]
    asked += [("/tags/sea", ""), ("/authors/sea", ""), ("/archive/", ""), ("/search", ""), ("/search", "q=sea")]
    asked += [("/feeds/", ""), ("/sections/sea", "before=id119")]
    pages = [own_ask(path, query=query).page for path, query in asked]
    for found in ("//title/text()", "//meta[@name='description']/@content", "//link[@rel='canonical']/@href"):
        values = list(itertools.chain(*(page.xpath(found) for page in pages)))
        assert len(values) == len(set(values)), found


def test_structured_data_says_the_way_to_a_page(read: Reader) -> None:
    def way(path: str) -> list[tuple[str, str]]:
        data = json.loads(read(path).page.xpath("string(//script[@type='application/ld+json'])"))
        assert data["@type"] == "BreadcrumbList"
        return [(each["name"], each["item"].removeprefix(BASE)) for each in data["itemListElement"]]

    assert way("/sections/seher-sea") == [("Example News", "/"), ("Şəhər & Sea", "/sections/seher-sea")]
    month = [("Archive", "/archive/"), ("February 2025", "/archive/2025/02")]
    assert way("/archive/2025/02") == [("Example News", "/"), *month]


@pytest.mark.parametrize("path", ["/", "/sections/politics", "/archive/2025/02", "/search"])
@pytest.mark.parametrize("before", ["nosuch", "%00", "a/b", "a" * 65, "id4"])
def test_a_page_before_an_unknown_or_promised_article_is_404(read: Reader, path: str, before: str) -> None:
    assert read(path, query=f"q=ferry&before={before}").status == 404


@pytest.mark.parametrize("path", ["/sections/politics", "/archive/2025/02", "/archive/", "/search?q=headline"])
def test_each_page_follows_what_changes(own_newsroom: Newsroom, path: str) -> None:
    own_newsroom.put(article(0, section="Politics"))
    clock = Clock()
    ask = Reader(Pages(lambda: own_newsroom.service, clock=clock))
    where, _, query = path.partition("?")
    before = ask(where, query=query).body
    own_newsroom.put(article(0, section="Politics", retracted=NOON), article(1000, section="Politics"))
    assert ask(where, query=query).body == before
    clock.now += 1
    assert ask(where, query=query).body != before


def test_a_name_that_breaks_out_of_nothing(own_newsroom: Newsroom, own_ask: Reader) -> None:
    name = '</script><script>alert(1)</script> "AT&T" {{ 7 * 7 }}'
    own_newsroom.put(article(0, section=name, tags=(name,), authors=(name,)))
    label = own_newsroom.service.lines.labels_of([article(0, section=name)])
    ((_, section),) = [each for each in label.items() if each[0][0] == "section"]
    page = own_ask(f"/sections/{section.slug}").page
    assert page.xpath("string(//h1)") == name
    assert [each.get("type") for each in page.xpath("//script")] == ["application/ld+json"]


def test_behind_a_path_prefix_every_link_carries_it(tmp_path: Path) -> None:
    room = Newsroom(tmp_path, CONFIG.replace(BASE, f"{BASE}/news"))
    room.put(article(0, section="Politics", tags=("Sea",), authors=("Ada Example",)), article(800))
    ask = Reader(web.create(lambda: room.service))
    for path, query in (*EVERY[:1], *EVERY[3:], ("/articles/id0/headline-0", ""), ("/feeds/", "")):
        for link in ask(path, query=query).page.xpath("//@href|//@action"):
            assert link.startswith(("/news/", f"{BASE}/news/", "data:", "#")), link
    assert ask("/sections/Politics").headers["location"] == "/news/sections/politics"
    assert ask("/archive/2025").headers["location"] == "/news/archive/#y2025"
    room.close()


def test_the_list_of_feeds_names_sections_and_where_they_are_few_tags_and_authors(
    own_newsroom: Newsroom, own_ask: Reader
) -> None:
    many = tuple(f"tag {number:03}" for number in range(41))
    own_newsroom.put(article(0, section="Politics", tags=many, authors=("Ada Example",)))
    page = own_ask("/feeds/").page
    found = {s.xpath("string(h2)"): s.xpath(".//h3/a/@href") for s in page.xpath("//section[@class='named']")}
    assert found == {"Sections": ["/sections/politics"], "Authors": ["/authors/ada-example"]}
    address = page.xpath("//section[@class='named'][1]//ul[@class='formats']//a/@href")[0]
    assert own_ask(str(address)).status == 200
