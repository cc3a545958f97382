"""Archives, deltas, tombstones, hubs and the stylesheet: what a document says of itself beside its articles."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from newsroom import EVENING, FEED, IDENTITY, SITE, article
from readers import NS, ROWS, xml

from feedsvc import feeds
from feedsvc.model import Format, History

WINDOW = [article(number, changed=10 - number) for number in range(4)]
CURRENT = "https://news.example.org/feed.xml"
ARCHIVE = "https://news.example.org/archives/2.xml"
OLDER = "https://news.example.org/archives/1.xml"
NEWER = "https://news.example.org/archives/3.xml"
XML = [Format.RSS, Format.ATOM]


def render(form, window=WINDOW, *, feed=FEED, site=SITE, **more):
    rendering = feeds.render(feed, form, window, site, IDENTITY, ttl_s=300, **more)
    assert rendering.left_out == ()
    return rendering.body


def head(form, body):
    root = xml(body)
    return root if form is Format.ATOM else root.find("channel")


def links(form, body):
    """The links of the feed as RFC 4287 writes them, less those to people's pages."""
    found = head(form, body).findall("atom:link", NS)
    return [(link.get("rel"), link.get("href")) for link in found if link.get("rel") != "alternate"]


def guids(form, body):
    return [row[0] for row in ROWS[form](body)]


def marks(form, body):
    return [mark for mark in ("archive", "complete") if head(form, body).find(f"fh:{mark}", NS) is not None]


@pytest.mark.parametrize("form", XML)
def test_the_subscription_document_leads_to_the_newest_archive(form):
    body = render(form, history=History(CURRENT, previous=OLDER))
    canonical = feeds.address(SITE.base_url, FEED.name, form)
    assert links(form, body) == [("self", canonical), ("prev-archive", OLDER)]
    assert marks(form, body) == []


@pytest.mark.parametrize("form", XML)
def test_an_archive_says_that_it_is_one_and_leads_to_its_neighbours_and_to_the_present(form):
    body = render(form, history=History(CURRENT, ARCHIVE, OLDER, NEWER))
    assert links(form, body) == [
        ("self", ARCHIVE),
        ("current", CURRENT),
        ("prev-archive", OLDER),
        ("next-archive", NEWER),
    ]
    assert marks(form, body) == ["archive"]


@pytest.mark.parametrize("form", XML)
def test_a_document_that_holds_everything_says_so(form):
    body = render(form, history=History(CURRENT, complete=True))
    assert marks(form, body) == ["complete"]
    assert [rel for rel, _ in links(form, body)] == ["self"]


def test_in_json_the_next_page_is_the_older_one():
    subscription = json.loads(render(Format.JSON, history=History(CURRENT, previous=OLDER)))
    assert (subscription["feed_url"], subscription["next_url"]) == ("https://news.example.org/feed.json", OLDER)
    archive = json.loads(render(Format.JSON, history=History(CURRENT, ARCHIVE, OLDER, NEWER)))
    assert (archive["feed_url"], archive["next_url"]) == (ARCHIVE, OLDER)
    assert "next_url" not in json.loads(render(Format.JSON, history=History(CURRENT, ARCHIVE)))


@pytest.mark.parametrize("form", Format)
def test_history_changes_no_entry(form):
    plain = render(form)
    assert ROWS[form](render(form, history=History(CURRENT, ARCHIVE, OLDER, NEWER))) == ROWS[form](plain)
    assert render(form) == plain


def test_every_format_names_the_same_hubs_and_rss_keeps_its_link():
    hubs = ["https://news.example.org/hub", "https://hub.example/?a=1&b=2"]
    rss, atom, feed = (render(form, hubs=hubs) for form in Format)
    for form, body in ((Format.RSS, rss), (Format.ATOM, atom)):
        assert [href for rel, href in links(form, body) if rel == "hub"] == hubs
    assert json.loads(feed)["hubs"] == [{"type": "WebSub", "url": hub} for hub in hubs]
    assert [link.text for link in xml(rss).findall("channel/link")] == ["https://news.example.org/"]


@pytest.mark.parametrize("form", Format)
def test_a_delta_has_only_what_changed_since_and_says_the_same_of_the_feed(form):
    window = [*WINDOW, article(4, changed=11, retracted=EVENING)]
    whole, delta, nothing = render(form, window), render(form, window, since=8), render(form, window, since=11)
    assert guids(form, delta) == [one.guid for one in window[:2]]
    assert guids(form, nothing) == []
    assert [row for row in ROWS[form](whole) if row[0] in guids(form, delta)] == ROWS[form](delta)
    if form is Format.JSON:
        assert {**json.loads(whole), "items": []} == {**json.loads(nothing), "items": []}
    else:
        unlike = {"item", "{http://www.w3.org/2005/Atom}entry"}
        said, again = ([(e.tag, e.text) for e in head(form, body) if e.tag not in unlike] for body in (whole, nothing))
        assert said == again


RETRACTED = [
    article(0, changed=4),
    article(1, retracted=EVENING.astimezone(SITE.zone), changed=5, guid="https://old.example/?a=1&b=\"2'"),
    article(2, retracted=EVENING + timedelta(hours=1), changed=9),
]


def test_atom_tells_what_was_retracted_when_the_feed_is_to():
    feed = FEED.model_copy(update={"tombstones": True})
    told = [replace(RETRACTED[1], guid="https://old.example/?a=1&b='2'"), *RETRACTED[::2]]
    root = xml(render(Format.ATOM, told, feed=feed))
    deleted = root.findall("at:deleted-entry", NS)
    assert [dict(each.attrib) for each in deleted] == [
        {"ref": "https://old.example/?a=1&b='2'", "when": "2025-02-08T18:06:00+00:00"},
        {"ref": RETRACTED[2].guid, "when": "2025-02-08T19:06:00+00:00"},
    ]
    assert list(root)[-2:] == deleted
    assert [e.text for e in root.findall("atom:entry/atom:id", NS)] == [RETRACTED[0].guid]


def test_a_delta_tells_only_of_new_retractions():
    feed = FEED.model_copy(update={"tombstones": True})
    body = render(Format.ATOM, RETRACTED, feed=feed, since=5)
    assert [each.get("ref") for each in xml(body).findall("at:deleted-entry", NS)] == [RETRACTED[2].guid]


@pytest.mark.parametrize("guid", ["", "no address", "urn:\x00", 'urn:"'])
def test_a_tombstone_that_could_not_be_written_is_left_out(guid):
    feed = FEED.model_copy(update={"tombstones": True})
    assert b"deleted-entry" not in render(Format.ATOM, [article(retracted=EVENING, guid=guid)], feed=feed)


@pytest.mark.parametrize("form", Format)
def test_nobody_is_told_of_retractions_unless_asked_nor_in_other_formats(form):
    assert b"deleted" not in render(form, RETRACTED)
    silent = FEED.model_copy(update={"tombstones": True})
    assert (b"deleted" in render(form, RETRACTED, feed=silent)) == (form is Format.ATOM)


@pytest.mark.parametrize(("base", "path"), [("https://n.example", ""), ("https://n.example/a&b/news", "/a&amp;b/news")])
@pytest.mark.parametrize("form", XML)
def test_a_browser_is_told_of_the_stylesheet_before_anything_else(form, base, path):
    site = SITE.model_copy(update={"base_url": base})
    lines = render(form, site=site, stylesheet="0a1b").splitlines()
    assert lines[0] == b"<?xml version='1.0' encoding='UTF-8'?>"
    assert lines[1].decode() == f'<?xml-stylesheet type="text/css" href="{path}/static/feed.css?v=0a1b"?>'
    assert lines[2].startswith((b"<rss", b"<feed"))
    assert b"xml-stylesheet" not in render(form, site=site)


def test_json_needs_no_stylesheet():
    assert render(Format.JSON, stylesheet="0a1b") == render(Format.JSON)


@pytest.mark.parametrize("form", Format)
@pytest.mark.parametrize("part", [{"history": History(CURRENT, ARCHIVE, OLDER)}, {"since": 1}], ids=["page", "delta"])
def test_a_part_of_a_feed_with_nothing_but_bad_articles_is_empty_and_keeps_the_way_on(form, part):
    good, bad = article(0, changed=1), article(1, changed=2, guid=" ")
    rendering = feeds.render(FEED, form, [bad] if "history" in part else [good, bad], SITE, IDENTITY, ttl_s=300, **part)
    assert guids(form, rendering.body) == []
    assert [complaint.where for complaint in rendering.left_out] == ["article 0000000001"]
