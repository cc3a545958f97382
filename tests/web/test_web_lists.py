"""Lists for machines: OPML, sitemaps, robots.txt, host-meta; what is in them, and what never is."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.robotparser import RobotFileParser

import pytest
from lxml import etree
from webroom import BASE, CONFIG, Newsroom, Reader, Reply, article

from feedsvc import web
from feedsvc.service import Service
from feedsvc.service import lists as lists_of_service

NOW = datetime(2025, 2, 8, 9, 30, tzinfo=UTC)
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
NEWS = "{http://www.google.com/schemas/sitemap-news/0.9}"
XRD = "{http://docs.oasis-open.org/ns/xri/xrd-1.0}"
NASTY = 'AT&T <b>"says"</b> it\'s ]]> \x0b\ufffe done 🚢'

# The rules of sitemap.xsd and siteindex.xsd (sitemaps.org, 0.9), as far as they concern what is written here.
INSTANT = (
    '<xs:simpleType name="instant"><xs:union><xs:simpleType><xs:restriction base="xs:date"/></xs:simpleType>'
    '<xs:simpleType><xs:restriction base="xs:dateTime"/></xs:simpleType></xs:union></xs:simpleType>'
)
LOC = (
    '<xs:element name="loc"><xs:simpleType><xs:restriction base="xs:anyURI"><xs:minLength value="12"/>'
    '<xs:maxLength value="2048"/></xs:restriction></xs:simpleType></xs:element>'
)


def schema(root: str, child: str) -> etree.XMLSchema:
    space = SITEMAP.strip("{}")
    return etree.XMLSchema(
        etree.fromstring(
            f"""<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="{space}" targetNamespace="{space}"
            elementFormDefault="qualified">{INSTANT}
            <xs:element name="{root}"><xs:complexType><xs:sequence>
            <xs:element name="{child}" maxOccurs="50000"><xs:complexType><xs:sequence>
            {LOC}<xs:element name="lastmod" type="instant" minOccurs="0"/>
            <xs:any namespace="##other" minOccurs="0" maxOccurs="unbounded" processContents="lax"/>
            </xs:sequence></xs:complexType></xs:element></xs:sequence></xs:complexType></xs:element></xs:schema>"""
        )
    )


SITEMAP_RULES = schema("urlset", "url")
INDEX_RULES = schema("sitemapindex", "sitemap")


@dataclass
class Clock:
    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now


class Room(Newsroom):
    """A newsroom whose clock stands still."""

    def __init__(self, folder: Path, config: str = CONFIG) -> None:
        super().__init__(folder, config)
        self.clock = Clock()
        self.service = Service(self.config, self.store, clock=self.clock)


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    made = Room(tmp_path)
    yield made
    made.close()


@pytest.fixture
def ask(room: Room) -> Reader:
    return Reader(web.create(lambda: room.service))


def xml(reply: Reply) -> Any:
    assert reply.status == 200
    return etree.fromstring(reply.body, etree.XMLParser(resolve_entities=False))


def locs(reply: Reply) -> list[str]:
    return [str(loc.text) for loc in xml(reply).iter(f"{SITEMAP}loc")]


# --- OPML -------------------------------------------------------------------------------------------------------------


def test_opml_lists_every_configured_feed_and_those_of_the_sections(room: Room, ask: Reader) -> None:
    room.put(article(0, section="Politics"), article(1, section="Şəhər & Sea"), article(2))
    reply = ask("/feeds.opml")
    root = xml(reply)
    assert (root.tag, root.get("version"), root.findtext("head/title")) == ("opml", "2.0", "Example News")
    outlines = root.findall("body/outline")
    assert [(o.get("text"), o.get("xmlUrl")) for o in outlines] == [
        ("Example News", f"{BASE}/feed.xml"),
        ("Politics", f"{BASE}/feeds/politics.xml"),
        ("Example News: Politics", f"{BASE}/feeds/section-politics.xml"),
        ("Example News: Şəhər & Sea", f"{BASE}/feeds/section-seher-sea.xml"),
    ]
    for outline in outlines:
        assert (outline.get("type"), outline.get("htmlUrl")) == ("rss", f"{BASE}/")
    assert reply.headers["content-type"] == "text/x-opml; charset=utf-8"
    assert reply.headers["access-control-allow-origin"] == "*"


def test_every_address_in_opml_answers(room: Room, ask: Reader) -> None:
    room.put(article(0, section="Politics"), article(1, section="Şəhər & Sea"))
    addresses = [outline.get("xmlUrl") for outline in xml(ask("/feeds.opml")).iter("outline")]
    assert [ask(address.removeprefix(BASE)).status for address in addresses] == [200] * 4


def test_private_feeds_are_in_no_list(tmp_path: Path) -> None:
    room = Room(tmp_path, CONFIG + '\n[[feeds]]\nname = "inner"\ntitle = "Inner"\naccess = "token"\n')
    ask = Reader(web.create(lambda: room.service))
    for path in ("/feeds.opml", "/.well-known/host-meta", "/.well-known/host-meta.json", "/sitemap.xml"):
        assert b"nner" not in ask(path).body
    room.close()


def test_the_list_of_feeds_for_people_leads_to_the_one_for_programs(ask: Reader) -> None:
    page = ask("/feeds/").page
    assert page.xpath("//a[@type='text/x-opml']/@href") == ["/feeds.opml"]
    assert page.xpath("//link[@type='text/x-opml']/@href") == [f"{BASE}/feeds.opml"]


# --- the sitemap ------------------------------------------------------------------------------------------------------


def test_the_sitemap_has_the_front_page_and_every_permalink_with_its_last_change(room: Room, ask: Reader) -> None:
    room.put(*(article(number) for number in range(3)))
    reply = ask("/sitemap.xml")
    root = xml(reply)
    SITEMAP_RULES.assertValid(root)
    assert sorted(locs(reply)) == [f"{BASE}/"] + [f"{BASE}/articles/id{n}/headline-{n}" for n in range(3)]
    assert {url.findtext(f"{SITEMAP}lastmod") for url in list(root)[1:]} == {"2025-02-08T08:06:00+00:00"}
    assert reply.headers["content-type"] == "application/xml; charset=utf-8"


def test_retracted_articles_and_those_under_embargo_are_in_no_sitemap(room: Room, ask: Reader) -> None:
    room.put(article(0), article(1, retracted=NOW), article(2, embargo=NOW + timedelta(hours=1)))
    for path in ("/sitemap.xml", "/news-sitemap.xml"):
        assert [loc for loc in locs(ask(path)) if "/articles/" in loc] == [f"{BASE}/articles/id0/headline-0"]


def test_an_address_is_escaped_as_addresses_and_xml_want(room: Room, ask: Reader) -> None:
    room.put(article(0, slug="a&b<c> ü"))
    reply = ask("/sitemap.xml")
    assert f"{BASE}/articles/id0/a%26b%3Cc%3E%20%C3%BC" in locs(reply)
    SITEMAP_RULES.assertValid(xml(reply))


def test_an_empty_store_has_a_sitemap_of_the_front_page(ask: Reader) -> None:
    reply = ask("/sitemap.xml")
    assert locs(reply) == [f"{BASE}/"]
    SITEMAP_RULES.assertValid(xml(reply))


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """The limits scaled down, so that the rules of dividing show with a few articles."""
    monkeypatch.setattr(lists_of_service, "_WHOLE", 9)
    monkeypatch.setattr(lists_of_service, "_PART", 4)


def test_the_limits_are_those_of_the_protocol() -> None:
    assert lists_of_service._WHOLE + 1 == 50_000
    assert lists_of_service._PART + 1 <= 50_000


@pytest.mark.usefixtures("small")
def test_a_store_that_outgrows_one_file_has_an_index_whose_parts_hold_each_address_once(room: Room) -> None:
    ask = Reader(web.create(lambda: room.service))
    room.put(*(article(number) for number in range(9)))
    assert xml(ask("/sitemap.xml")).tag == f"{SITEMAP}urlset"
    assert ask("/sitemap-1.xml").status == 404

    room.put(article(9))
    ask = Reader(web.create(lambda: room.service))
    index = ask("/sitemap.xml")
    INDEX_RULES.assertValid(xml(index))
    assert locs(index) == [f"{BASE}/sitemap-{n}.xml" for n in (1, 2, 3)]
    parts = [ask(f"/sitemap-{n}.xml") for n in (1, 2, 3)]
    for part in parts:
        SITEMAP_RULES.assertValid(xml(part))
    found = [loc for part in parts for loc in locs(part)]
    assert sorted(found) == sorted([f"{BASE}/", *(f"{BASE}/articles/id{n}/headline-{n}" for n in range(10))])


@pytest.mark.usefixtures("small")
def test_a_full_part_never_changes_when_articles_arrive(room: Room) -> None:
    room.put(*(article(number) for number in range(10)))
    before = [Reader(web.create(lambda: room.service))(f"/sitemap-{n}.xml") for n in (1, 2)]
    room.put(*(article(number) for number in range(10, 25)))
    ask = Reader(web.create(lambda: room.service))
    after = [ask(f"/sitemap-{n}.xml") for n in (1, 2)]
    assert [(r.body, r.headers["etag"]) for r in before] == [(r.body, r.headers["etag"]) for r in after]
    assert len(locs(ask("/sitemap.xml"))) == 7


@pytest.mark.parametrize("part", ["0", "2", "01", "-1", "x", "9" * 30, ""])
def test_a_part_that_is_not_there_is_404(ask: Reader, part: str) -> None:
    assert ask(f"/sitemap-{part}.xml").status == 404


# --- the news sitemap -------------------------------------------------------------------------------------------------


def test_the_news_sitemap_names_title_publication_language_and_date(room: Room, ask: Reader) -> None:
    room.put(article(0, title=NASTY), article(1, language="az-Latn"), article(2, language="zh-Hant"))
    root = xml(ask("/news-sitemap.xml"))
    SITEMAP_RULES.assertValid(root)
    told = [
        (
            url.findtext(f"{NEWS}news/{NEWS}title"),
            url.findtext(f"{NEWS}news/{NEWS}publication/{NEWS}name"),
            url.findtext(f"{NEWS}news/{NEWS}publication/{NEWS}language"),
            url.findtext(f"{NEWS}news/{NEWS}publication_date"),
        )
        for url in root
    ]
    assert told == [
        ('AT&T <b>"says"</b> it\'s ]]> done 🚢', "Example News", "en", "2025-02-08T08:06:00+00:00"),
        ("Headline 1", "Example News", "az", "2025-02-08T07:06:00+00:00"),
        ("Headline 2", "Example News", "zh-tw", "2025-02-08T06:06:00+00:00"),
    ]


def test_news_is_of_the_last_two_days_and_grows_old_without_a_change(room: Room) -> None:
    room.put(*(article(number) for number in range(0, 96, 12)))
    seconds = [0.0]
    from feedsvc.web.pages import Pages

    pages = Pages(lambda: room.service, clock=lambda: seconds[0])
    ask = Reader(pages)
    assert len(locs(ask("/news-sitemap.xml"))) == 4
    room.clock.now += timedelta(days=1)
    seconds[0] += 86400
    assert len(locs(ask("/news-sitemap.xml"))) == 2
    room.clock.now += timedelta(days=2)
    seconds[0] += 2 * 86400
    assert locs(ask("/news-sitemap.xml")) == []


def test_the_news_sitemap_has_a_thousand_addresses_at_most(room: Room, ask: Reader) -> None:
    moment = NOW - timedelta(hours=1)
    room.put(*(article(n, published=moment - timedelta(seconds=n), stated=moment) for n in range(1005)))
    found = locs(ask("/news-sitemap.xml"))
    assert len(found) == 1000
    assert found[0] == f"{BASE}/articles/id0/headline-0"


# --- robots.txt and host-meta -----------------------------------------------------------------------------------------


def test_robots_txt_names_the_sitemaps_and_closes_what_is_for_nobody(ask: Reader) -> None:
    reply = ask("/robots.txt")
    rules = RobotFileParser()
    rules.parse(reply.body.decode().splitlines())
    assert rules.site_maps() == [f"{BASE}/sitemap.xml", f"{BASE}/news-sitemap.xml"]
    open_ = ("/", "/feed.xml", "/feeds/", "/feeds/politics.xml", "/articles/id0/headline-0", "/media/desk/a.jpg")
    assert [path for path in open_ if not rules.can_fetch("Anybot", path)] == []
    closed = ("/admin/", "/admin/x", "/search?q=a", "/api/articles", "/feeds/search.xml?q=a")
    assert [path for path in closed if rules.can_fetch("Anybot", path)] == []
    assert reply.headers["content-type"] == "text/plain; charset=utf-8"


def test_a_site_below_a_path_closes_what_is_below_it(tmp_path: Path) -> None:
    room = Room(tmp_path, CONFIG.replace(BASE, f"{BASE}/news"))
    lines = Reader(web.create(lambda: room.service))("/robots.txt").body.decode().splitlines()
    assert "Disallow: /news/admin/" in lines
    assert f"Sitemap: {BASE}/news/sitemap.xml" in lines
    room.close()


def test_host_meta_leads_to_every_feed_in_xml_and_json_alike(ask: Reader) -> None:
    reply, json_reply = ask("/.well-known/host-meta"), ask("/.well-known/host-meta.json")
    assert reply.headers["content-type"] == "application/xrd+xml; charset=utf-8"
    assert json_reply.headers["content-type"] == "application/json"
    links = [
        (link.get("rel"), link.get("type"), link.get("href"), link.findtext(f"{XRD}Title"))
        for link in xml(reply).findall(f"{XRD}Link")
    ]
    assert ("alternate", "application/atom+xml", f"{BASE}/atom.xml", "Example News") in links
    assert ("alternate", "application/feed+json", f"{BASE}/feeds/politics.json", "Politics") in links
    assert ("hub", None, f"{BASE}/hub", None) in links
    in_json = [
        (link["rel"], link.get("type"), link["href"], link.get("titles", {}).get("default"))
        for link in json.loads(json_reply.body)["links"]
    ]
    assert in_json == links


# --- over HTTP --------------------------------------------------------------------------------------------------------

PATHS = (
    "/feeds.opml",
    "/sitemap.xml",
    "/news-sitemap.xml",
    "/robots.txt",
    "/.well-known/host-meta",
    "/.well-known/host-meta.json",
)


@pytest.mark.parametrize("path", PATHS)
def test_a_list_is_the_same_twice_and_confirmed_without_a_body(ask: Reader, path: str) -> None:
    first, second = ask(path), ask(path)
    assert (first.status, first.body, first.headers) == (200, second.body, second.headers)
    known = ask(path, if_none_match=first.headers["etag"])
    assert (known.status, known.body) == (304, b"")
    assert first.headers["x-content-type-options"] == "nosniff"
    assert first.headers["cache-control"].startswith("public, max-age=300")
    head = ask(path, "HEAD")
    assert (head.status, head.body, head.headers["etag"]) == (200, b"", first.headers["etag"])
    assert ask(path, "POST").status == 405


@pytest.mark.parametrize("path", PATHS[:2])
def test_a_list_comes_compressed_to_who_can_read_it(room: Room, ask: Reader, path: str) -> None:
    room.put(*(article(number, section=f"Section {number}") for number in range(20)))
    assert ask(path, accept_encoding="gzip").headers["content-encoding"] == "gzip"
    assert ask(path, accept_encoding="br").headers["content-encoding"] == "br"


def test_a_nasty_title_spoils_no_list(tmp_path: Path) -> None:
    room = Room(tmp_path, CONFIG.replace('"Politics"\nsections', '"<&> \\"x\\" ]]>"\nsections'))
    room.put(article(0, title=NASTY, section=NASTY))
    ask = Reader(web.create(lambda: room.service))
    for path in (*PATHS[:3], PATHS[4]):
        xml(ask(path))
    room.close()
