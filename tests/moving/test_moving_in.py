"""Moving in: ids, times and order stay; a second import changes nothing; what is broken costs only itself."""

import json
import os
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from movingroom import BASE, CONFIG, LINE, NOON, Newsroom, ids, item, post, rss, stamp, wxr

from feedsvc.errors import ImportInvalid, NotFound, RetrievalError, SourceNeeded
from feedsvc.model import Format, SourceName

sys.path.insert(0, str(Path(__file__).parents[1] / "outbound"))
from site_under_test import Site, answer


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as running:
        running.pages["/robots.txt"] = answer(status=404)
        yield running


# --- subscribers ------------------------------------------------------------------------------------------------------

OLD_RSS = rss(
    [
        item(0, guid="urn:story:0"),
        item(1, guid=f"{BASE}/?p=1&x=ü"),
        item(2, guid="tag:old.example.org,2019:2"),
        item(3).replace("<link>", f"<guid isPermaLink='true'>{BASE}/2019/05/story-3.html</guid><link>"),
        item(4),
        item(5, guid="12345"),
        item(6).replace("<link>", f"<guid>{BASE}/a/../b?#</guid><link>"),
    ]
)
OLD_ATOM = f"""<?xml version="1.0"?>
<feed xmlns="http://www.w3.org/2005/Atom"><id>urn:old</id><title>Old Times</title>
<updated>2019-05-01T12:00:00Z</updated>
<author><name>Ada Example</name></author>
<entry><id>tag:old.example.org,2019:a</id><title>A</title><link href="{BASE}/a"/>
<published>2019-05-01T12:00:33Z</published>
<updated>2019-05-02T12:00:00Z</updated><content type="html">&lt;p&gt;Words.&lt;/p&gt;</content></entry>
<entry><id>{BASE}/b</id><title>B</title><link href="{BASE}/b"/><updated>2019-04-01T12:00:00Z</updated></entry></feed>"""
OLD_JSON = json.dumps(
    {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Old Times",
        "items": [
            {"id": "7", "url": f"{BASE}/7", "title": "Seven", "content_text": "x", "date_published": "2019-05-01"},
            {"id": 8, "url": f"{BASE}/8", "title": "Eight", "content_text": "y", "date_published": "2019-04-01"},
        ],
    }
)  # fmt: skip


@pytest.mark.parametrize(("name", "old"), [("old.xml", OLD_RSS), ("old.atom", OLD_ATOM)])
def test_a_subscribers_reader_finds_the_same_ids_in_the_new_feed(newsroom: Newsroom, name: str, old: str) -> None:
    moved = newsroom.take_in(newsroom.write(name, old))
    assert (moved.read, moved.new, moved.known) == (len(ids(old)), len(ids(old)), 0)
    assert ids(newsroom.document(Format.RSS)) == ids(newsroom.document(Format.ATOM)) == ids(old)
    assert [each["id"] for each in json.loads(newsroom.document(Format.JSON))["items"]] == ids(old)


def test_the_ids_of_a_json_feed_stay_too(newsroom: Newsroom) -> None:
    assert newsroom.take_in(newsroom.write("feed.json", OLD_JSON)).new == 2
    assert [each["id"] for each in json.loads(newsroom.document(Format.JSON))["items"]] == ["7", "8"]


def test_an_address_that_is_an_id_stays_letter_by_letter(newsroom: Newsroom) -> None:
    newsroom.take_in(newsroom.write("old.xml", OLD_RSS))
    assert f"{BASE}/a/../b?#" in {article.guid for article in newsroom.articles}
    assert f">{BASE}/a/../b?#</guid>".encode() in newsroom.document(Format.RSS)


def test_times_are_those_of_the_old_feed_so_that_nothing_is_news(newsroom: Newsroom) -> None:
    newsroom.take_in(newsroom.write("old.xml", rss(item(number, guid=f"g{number}") for number in range(3))))
    articles = newsroom.articles
    assert [article.published for article in articles] == [NOON - timedelta(days=number) for number in range(3)]
    assert all(timedelta(0) <= each.updated - each.published < timedelta(seconds=1) for each in articles)
    assert len({each.updated for each in articles}) == 3
    assert articles[0].first_seen > articles[1].first_seen > articles[2].first_seen > datetime(2025, 1, 1, tzinfo=UTC)


def test_a_second_import_changes_not_one_byte(newsroom: Newsroom) -> None:
    file = newsroom.write("old.xml", OLD_RSS)
    newsroom.take_in(file)
    before = (newsroom.articles, newsroom.document())
    again = newsroom.take_in(file)
    assert (again.read, again.new, again.known, again.renamed) == (7, 0, 7, 0)
    assert (newsroom.articles, newsroom.document()) == before


def test_one_id_is_one_article_in_whatever_source_it_stands(newsroom: Newsroom) -> None:
    newsroom.take_in(newsroom.write("old.xml", rss([item(0, guid="same")])))
    other = newsroom.take_in(newsroom.write("other.xml", rss([item(1, guid="same")])))
    assert (other.new, other.known) == (0, 1)


def test_an_item_without_a_time_is_kept_and_comes_in_the_order_of_the_feed(newsroom: Newsroom) -> None:
    undated = [item(n, guid=f"g{n}").replace(f"<pubDate>{stamp(n)}</pubDate>", "") for n in range(3)]
    assert newsroom.take_in(newsroom.write("old.xml", rss(undated))).new == 3
    assert ids(newsroom.document()) == ["g0", "g1", "g2"]


# --- the source that brings the same articles again -------------------------------------------------------------------

PAGE = """News line

Story 0 of the harbour
16:00 01.05.2019
Story 1 of the harbour
16:00 30.04.2019
Something new at last
17:00 01.05.2019
All news
"""


def test_a_news_line_finds_what_moved_in_by_headline_and_minute(tmp_path: Path) -> None:
    room = Newsroom(tmp_path, CONFIG + LINE)
    try:
        moved = room.take_in(room.write("old.xml", rss([item(0, guid="g0"), item(1, guid="g1")])))
        assert moved.new == 2
        (tmp_path / "inbox").mkdir()
        page = room.write("inbox/page.txt", PAGE)
        os.utime(page, (room.now.timestamp(), room.now.timestamp()))
        run, *_ = room.service.refresh(SourceName("front-page"))
        assert (run.counts["new"], run.counts["unchanged"]) == (1, 2), run
        assert ids(room.document())[1:] == ["g0", "g1"]
    finally:
        room.close()


def test_what_was_published_here_before_keeps_its_id_and_is_counted(tmp_path: Path) -> None:
    room = Newsroom(tmp_path, CONFIG + LINE)
    try:
        (tmp_path / "inbox").mkdir()
        page = room.write("inbox/page.txt", PAGE)
        os.utime(page, (room.now.timestamp(), room.now.timestamp()))
        room.service.refresh(SourceName("front-page"))
        before = room.articles
        moved = room.take_in(room.write("old.xml", rss(item(number, guid=f"g{number}") for number in range(4))))
        assert (moved.new, moved.known, moved.renamed) == (2, 2, 2)
        assert [article for article in room.articles if article in before] == list(before)
    finally:
        room.close()


def test_a_feed_source_reads_what_moved_in_without_a_change(tmp_path: Path, site: Site) -> None:
    source = f'\n[[sources]]\nname = "old"\nkind = "feed"\nurl = "{site.url("/feed")}"\n'
    site.pages["/feed"] = answer(OLD_RSS.encode(), Content_Type="application/rss+xml")
    room = Newsroom(tmp_path, CONFIG + source)
    try:
        room.take_in(site.url("/feed"))
        before = room.articles
        run, *_ = room.service.refresh(SourceName("old"))
        assert run.counts["unchanged"] == 7, run
        assert room.articles == before
    finally:
        room.close()


def test_with_several_sources_one_must_be_named_and_known(tmp_path: Path) -> None:
    room = Newsroom(tmp_path, CONFIG + LINE + LINE.replace("front-page", "other"))
    try:
        file = room.write("old.xml", rss([item(0)]))
        with pytest.raises(SourceNeeded, match="front-page, other"):
            room.take_in(file)
        with pytest.raises(NotFound, match="did you mean 'front-page'"):
            room.take_in(file, source="frontpage")
        assert room.take_in(file, source="import").new == 1
        [only] = room.articles
        assert only.source == "import"
    finally:
        room.close()


# --- history ----------------------------------------------------------------------------------------------------------


def link(relation: str, address: str) -> str:
    return f'<atom:link rel="{relation}" href="{address}"/>'


def chain(site: Site, relation: str = "prev-archive") -> None:
    """Three documents, the newest at /feed, of two items each."""
    pages = {"/feed": ("/2", (0, 1)), "/2": ("/1", (2, 3)), "/1": ("", (4, 5))}
    for path, (older, numbers) in pages.items():
        links = link(relation, site.url(older)) if older else ""
        links += link("next-archive", site.url("/feed")) if path != "/feed" else ""
        body = rss((item(number, guid=f"g{number}") for number in numbers), links)
        site.pages[path] = answer(body.encode(), Content_Type="application/rss+xml")


@pytest.mark.parametrize("relation", ["prev-archive", "next"])
def test_a_history_is_walked_to_its_end_and_stored_in_order_of_age(
    newsroom: Newsroom, site: Site, relation: str
) -> None:
    chain(site, relation)
    newsroom.service._outbound.delay_s = 0.01
    moved = newsroom.take_in(site.url("/feed"))
    assert (moved.new, moved.stopped) == (6, None)
    assert ids(newsroom.document()) == [f"g{number}" for number in range(6)]
    seen = [article.first_seen for article in newsroom.articles]
    assert seen == sorted(seen, reverse=True)
    assert [target for target in site.targets if target != "/robots.txt"] == ["/feed", "/2", "/1"]


def test_a_json_feed_is_followed_by_next_url(newsroom: Newsroom, site: Site) -> None:
    first = json.loads(OLD_JSON) | {"next_url": "/older.json"}
    older = json.loads(OLD_JSON)
    older["items"] = [older["items"][0] | {"id": "6", "url": f"{BASE}/6", "title": "Six"}]
    site.pages["/feed.json"] = answer(json.dumps(first).encode(), Content_Type="application/feed+json")
    site.pages["/older.json"] = answer(json.dumps(older).encode(), Content_Type="application/feed+json")
    newsroom.service._outbound.delay_s = 0.01
    assert newsroom.take_in(site.url("/feed.json")).new == 3


def test_a_history_that_leads_in_a_circle_ends(newsroom: Newsroom, site: Site) -> None:
    chain(site)
    body = rss([item(4, guid="g4")], link("prev-archive", site.url("/2")))
    site.pages["/1"] = answer(body.encode(), Content_Type="application/rss+xml")
    newsroom.service._outbound.delay_s = 0.01
    moved = newsroom.take_in(site.url("/feed"))
    assert moved.new == 5
    assert "in a circle" in moved.stopped


def test_a_history_that_breaks_keeps_what_was_read_and_the_next_import_goes_on(newsroom: Newsroom, site: Site) -> None:
    chain(site)
    whole = site.pages.pop("/1")
    newsroom.service._outbound.delay_s = 0.01
    moved = newsroom.take_in(site.url("/feed"))
    assert (moved.new, moved.stopped) == (4, f"{site.url('/1')}: answers 404 Not Found")
    site.pages["/1"] = whole
    again = newsroom.take_in(site.url("/feed"))
    assert (again.new, again.known, again.stopped) == (2, 4, None)
    assert ids(newsroom.document()) == [f"g{number}" for number in range(6)]


def test_a_history_is_read_no_further_than_asked(newsroom: Newsroom, site: Site) -> None:
    chain(site)
    newsroom.service._outbound.delay_s = 0.01
    moved = newsroom.take_in(site.url("/feed"), pages=2)
    assert moved.new == 4
    assert "--pages" in moved.stopped
    assert "/1" not in site.targets


# --- WordPress --------------------------------------------------------------------------------------------------------


def test_published_posts_move_in_and_nothing_else(newsroom: Newsroom) -> None:
    picture = "<wp:postmeta><wp:meta_key>_thumbnail_id</wp:meta_key><wp:meta_value>90</wp:meta_value></wp:postmeta>"
    labels = (
        '<category domain="category" nicename="uncategorized">Uncategorized</category>'
        '<category domain="category" nicename="port">Port &amp; town</category>'
        '<category domain="category" nicename="fish"><![CDATA[Fish]]></category>'
        '<category domain="post_tag" nicename="boats">Boats</category>'
    )
    content = (
        "First line\nsecond line\n\n[caption id='x']<img src='/a.jpg'>[/caption]\n\n"
        "<blockquote>Said.</blockquote><script>x()</script>"
    )
    file = newsroom.write(
        "export.xml",
        wxr(
            [
                post(1, content, labels + picture),
                post(2, "<!-- wp:paragraph --><p>Blocks.</p><!-- /wp:paragraph -->"),
                post(3, status="draft"),
                post(4, status="private"),
                post(5, status="future"),
                post(6, status="trash"),
                post(7, post_type="page"),
                post(8, post_type="nav_menu_item"),
                post(9, post_password="secret"),
                post(90, post_type="attachment", status="inherit", attachment_url=f"{BASE}/harbour.jpg"),
            ]
        ),
    )
    moved = newsroom.take_in(file)
    assert (moved.read, moved.new) == (2, 2)
    assert moved.left_out == {
        "drafts": 1,
        "private": 1,
        "scheduled": 1,
        "in the trash": 1,
        "pages": 1,
        "of another kind than posts": 1,
        "behind a password": 1,
        "pictures and other files": 1,
    }
    newest, older = newsroom.articles
    assert newest.title == "Story 1 of the harbour"
    assert newest.guid == newest.source_guid == f"{BASE}/?p=1"
    assert newest.link == f"{BASE}/2019/05/story-1/"
    assert newest.published == NOON - timedelta(days=1)
    assert (newest.section, newest.tags, newest.authors) == ("Port & town", ("Fish", "Boats"), ("Ada Example",))
    assert (newest.language, newest.image) == ("en-GB", f"{BASE}/harbour.jpg")
    assert newest.body == (
        f'<p>First line<br>\nsecond line</p>\n<p><img src="{BASE}/a.jpg"></p>\n<blockquote>Said.</blockquote>'
    )
    assert older.body == "<p>Blocks.</p>"


def test_a_post_without_utc_time_is_in_the_zone_of_the_site(newsroom: Newsroom) -> None:
    newsroom.take_in(newsroom.write("e.xml", wxr([post(1, post_date_gmt="0000-00-00 00:00:00")])))
    assert newsroom.articles[0].published == datetime(2019, 5, 1, 10, 0, 33, tzinfo=UTC)


def test_a_cut_export_gives_what_is_whole_and_names_the_line(newsroom: Newsroom) -> None:
    whole = wxr(post(number) for number in range(1, 6))
    file = newsroom.write("export.xml", whole[: whole.index("Story 5")])
    moved = newsroom.take_in(file)
    assert moved.new == 4
    assert moved.left_out == {"unreadable": 1}
    assert [each.where for each in moved.complaints] == ["export.xml:9"]
    assert moved.stopped.startswith("export.xml:9: the export is broken here")


def test_entities_of_an_export_are_never_read(newsroom: Newsroom, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret")
    head = (
        f'<!DOCTYPE rss [<!ENTITY x SYSTEM "{secret.as_uri()}"><!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>\n'
    )
    export = wxr([post(1).replace("<![CDATA[Story 1 of the harbour]]>", "Story &x; &b; told")], head)
    newsroom.take_in(newsroom.write("export.xml", export))
    assert b"secret" not in newsroom.document()
    assert b"aaaaa" not in newsroom.document()


def test_control_characters_cost_nothing_but_themselves(newsroom: Newsroom) -> None:
    moved = newsroom.take_in(newsroom.write("e.xml", wxr([post(1, "Old \x0b words.\x00"), post(2)])))
    assert (moved.new, moved.complaints) == (2, [])
    assert newsroom.articles[0].body == "<p>Old  words.</p>"


# --- what it is not ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("<html><body>404</body></html>", "is an HTML page, no feed"),
        ("<svg/>", "is no feed"),
        ('{"items": 3}', "no JSON Feed"),
    ],
)
def test_a_document_that_is_none_of_all_that_is_refused_with_its_name(newsroom: Newsroom, text: str, says: str) -> None:
    with pytest.raises(RetrievalError, match=says) as refused:
        newsroom.take_in(newsroom.write("what.txt", text))
    assert "what.txt" in str(refused.value)
    assert newsroom.articles == ()


def test_a_feed_that_speaks_of_wordpress_is_a_feed(newsroom: Newsroom) -> None:
    about = "<category>https://wordpress.org/export/1.2/</category>"
    assert newsroom.take_in(newsroom.write("old.xml", rss([item(0, guid="g", extra=about)]))).new == 1


def test_plain_text_is_no_export(newsroom: Newsroom) -> None:
    with pytest.raises(ImportInvalid, match=r"what\.txt:1: "):
        newsroom.take_in(newsroom.write("what.txt", "hello\n"))


def test_only_of_an_export_of_our_own_is_known_beforehand_how_long_it_is(newsroom: Newsroom) -> None:
    newsroom.take_in(newsroom.write("old.xml", OLD_RSS))
    export = newsroom.write("all.jsonl", "\n".join(newsroom.service.desk.export()) + "\n")

    assert newsroom.service.moving.length(export) == newsroom.take_in(export).read
    assert newsroom.service.moving.length(newsroom.folder / "old.xml") is None


def test_an_export_of_our_own_moves_in_as_ever(newsroom: Newsroom, tmp_path: Path) -> None:
    newsroom.take_in(newsroom.write("old.xml", OLD_RSS))
    export = newsroom.write("all.jsonl", "\n".join(newsroom.service.desk.export()) + "\n")
    (tmp_path / "new").mkdir()
    other = Newsroom(tmp_path / "new", CONFIG + LINE + LINE.replace("front-page", "other"))
    try:
        assert other.take_in(export).new == 7
        assert ids(other.document()) == ids(OLD_RSS)
    finally:
        other.close()
