"""A window of articles becomes a feed: what is shown, what is left out, and what never changes."""

import hashlib
import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from newsroom import EVENING, FEED, IDENTITY, POLITICS, SITE, article, publish
from readers import NS, ROWS, xml

from feedsvc import feeds
from feedsvc.errors import FeedUnpublishable
from feedsvc.model import Complaint, Format


def render(form, window, feed=FEED, site=SITE):
    return feeds.render(feed, form, window, site, IDENTITY, ttl_s=300)


def guids(form, body):
    return [row[0] for row in ROWS[form](body)]


@pytest.mark.parametrize("form", Format)
def test_an_empty_feed_is_a_feed(form):
    assert guids(form, publish(form)) == []


@pytest.mark.parametrize("form", Format)
def test_retracted_articles_are_not_shown_and_let_no_older_one_slide_in(form):
    window = [article(0), article(1, retracted=EVENING), article(2), article(3)]
    three = FEED.model_copy(update={"limit": 3})
    assert guids(form, render(form, window, feed=three).body) == [window[0].guid, window[2].guid]


@pytest.mark.parametrize("form", Format)
@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ({"title": "\x00\u200b"}, "its title has no character that a feed can carry"),
        ({"published": datetime.min.replace(tzinfo=SITE.zone)}, "date value out of range"),
    ],
    ids=["title", "time"],
)
def test_a_bad_article_is_left_out_and_the_others_go_on(form, bad, reason):
    window = [article(0), article(1, **bad), article(2)]
    rendering = render(form, window)
    assert guids(form, rendering.body) == [window[0].guid, window[2].guid]
    assert rendering.left_out == (Complaint("article 0000000001", f"left out of the feed: {reason}"),)
    assert rendering.body == publish(form, window[0], window[2])


@pytest.mark.parametrize("form", Format)
@pytest.mark.parametrize("guid", ["", "  "])
def test_an_article_that_breaks_the_gate_is_found_and_left_out(form, guid):
    window = [article(0), article(1, guid=guid), article(2)]
    rendering = render(form, window)
    assert guids(form, rendering.body) == [window[0].guid, window[2].guid]
    assert [complaint.where for complaint in rendering.left_out] == ["article 0000000001"]


@pytest.mark.parametrize("form", [Format.RSS, Format.ATOM])
@pytest.mark.parametrize("char", "\x00\x1f\ufffe\ud800")
def test_an_article_with_an_id_that_xml_cannot_spell_is_found_and_left_out(form, char):
    rendering = render(form, [article(0), article(1, guid=f"urn:x:{char}")])
    assert guids(form, rendering.body) == [article(0).guid]
    assert [complaint.where for complaint in rendering.left_out] == ["article 0000000001"]


@pytest.mark.parametrize("form", Format)
def test_of_two_articles_with_one_guid_the_first_is_shown(form):
    window = [article(0), article(1, guid=article(0).guid)]
    rendering = render(form, window)
    assert [row[1] for row in ROWS[form](rendering.body)] == ["Headline 0"]
    assert [complaint.where for complaint in rendering.left_out] == ["article 0000000001"]


@pytest.mark.parametrize("form", Format)
def test_a_feed_is_never_emptied_because_every_article_is_bad(form):
    with pytest.raises(FeedUnpublishable) as raised:
        render(form, [article(0, guid=" ")])
    assert " id" in raised.value.reason


@pytest.mark.parametrize("form", Format)
def test_what_is_wrong_with_the_feed_itself_is_blamed_on_no_article(form):
    homeless = SITE.model_copy(update={"base_url": "//news.example.org"})
    with pytest.raises(FeedUnpublishable, match="not an absolute address"):
        render(form, [article()], site=homeless)


def test_the_description_falls_back_to_the_site_and_then_to_the_title():
    def described(feed, site):
        rss, atom = (xml(render(form, [], feed=feed, site=site).body) for form in (Format.RSS, Format.ATOM))
        return rss.findtext("channel/description"), atom.findtext("atom:subtitle", namespaces=NS)

    site = SITE.model_copy(update={"description": "A site."})
    assert described(FEED, site) == ("All the news of an example.",) * 2
    assert described(POLITICS, site) == ("A site.",) * 2
    assert described(POLITICS, SITE) == ("Politics",) * 2


def test_a_feed_speaks_for_the_site_unless_it_names_an_author():
    by_desk = SITE.model_copy(update={"author": "The Desk"})
    for site, author in ((SITE, "Example News"), (by_desk, "The Desk")):
        rss, atom, feed = (render(form, [article()], site=site).body for form in Format)
        assert xml(rss).findtext("channel/dc:creator", namespaces=NS) == author
        assert xml(atom).findtext("atom:author/atom:name", namespaces=NS) == author
        assert json.loads(feed)["authors"] == [{"name": author}]


def test_each_format_names_the_language_of_the_feed_and_of_an_article_in_another():
    window = [article(0, language="en"), article(1, language="az")]
    rss, atom, feed = (publish(form, *window) for form in Format)
    lang = "{http://www.w3.org/XML/1998/namespace}lang"
    assert xml(rss).findtext("channel/language") == xml(atom).get(lang) == json.loads(feed)["language"] == "en"
    assert [item.findtext("dc:language", namespaces=NS) for item in xml(rss).iter("item")] == [None, "az"]
    assert [entry.get(lang) for entry in xml(atom).findall("atom:entry", NS)] == [None, "az"]
    assert [item.get("language") for item in json.loads(feed)["items"]] == [None, "az"]


def test_the_id_of_a_feed_is_its_identity_whatever_its_address():
    for feed in (FEED, POLITICS):
        assert xml(render(Format.ATOM, [], feed=feed).body).findtext("atom:id", namespaces=NS) == IDENTITY.guid


def test_a_guid_in_rss_is_no_permalink():
    guid = xml(publish(Format.RSS, article())).find("channel/item/guid")
    assert (guid.text, guid.get("isPermaLink")) == (article().guid, "false")


def test_the_section_comes_first_among_the_tags_and_each_tag_once():
    one = article(section="Politics", tags=("budget", "politics", "Budget", " "))
    for form in Format:
        assert ROWS[form](publish(form, one))[0][6] == ("Politics", "budget")


def test_a_headline_alone_needs_no_body_and_is_its_own_text_where_one_is_required():
    alone = article(body=None)
    rss, atom, feed = (publish(form, alone) for form in Format)
    item = xml(rss).find("channel/item")
    assert (item.find("description"), item.find("content:encoded", NS)) == (None, None)
    said = xml(atom).find("atom:entry/atom:summary", NS)
    assert (said.text, said.get("type")) == ("Headline 0", None)  # a stated summary is HTML
    assert json.loads(feed)["items"][0]["content_text"] == "Headline 0"


def test_in_rss_the_description_stands_before_the_content():
    item = xml(publish(Format.RSS, article())).find("channel/item")
    tags = [element.tag for element in item]
    assert tags.index("description") < tags.index("{http://purl.org/rss/1.0/modules/content/}encoded")


def test_documents_are_utf_8_without_a_byte_order_mark():
    for form in Format:
        body = publish(form, article(title="Növbəti 😀 新闻"))
        assert "Növbəti 😀 新闻".encode() in body
        assert body[:1] in (b"<", b"{")


def test_the_same_bytes_come_from_every_process():
    program = (
        "import hashlib; from newsroom import article, publish; from feedsvc.model import Format\n"
        "window = [article(n, tags=('b', 'a', 'ü'), body='<p title=x lang=az dir=ltr>y</p>') for n in range(5)]\n"
        "print([hashlib.sha256(publish(form, *window)).hexdigest() for form in Format])"
    )
    here = Path(__file__).parent
    digests = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={
                **os.environ,
                "PYTHONHASHSEED": seed,
                "PYTHONPATH": f"{here}{os.pathsep}{here.parents[1]}",
                "TZ": zone,
            },
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for seed, zone in (("1", "UTC"), ("2", "Asia/Baku"))
    }
    window = [article(n, tags=("b", "a", "ü"), body="<p title=x lang=az dir=ltr>y</p>") for n in range(5)]
    mine = [hashlib.sha256(publish(form, *window)).hexdigest() for form in Format]
    assert digests == {f"{mine}\n"}


def test_importing_feeds_does_not_import_feedgen_or_lxml():
    program = "import sys, feedsvc.feeds; print({'feedgen', 'lxml', 'brotli', 'zstandard'} & set(sys.modules))"
    root = Path(__file__).parents[2]
    shown = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, check=True, text=True).stdout
    assert shown == "set()\n"


def test_times_are_utc_whatever_the_zone_of_the_article():
    baku = EVENING.astimezone(SITE.zone)
    for form in Format:
        assert publish(form, article(published=baku)) == publish(form, article(published=EVENING))
    assert (
        publish(Format.JSON, article(published=datetime(2024, 1, 1, tzinfo=UTC))).count(b"2024-01-01T00:00:00+00:00")
        == 1
    )
