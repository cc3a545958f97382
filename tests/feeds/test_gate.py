"""The gate: every rule that readers rely on stops a document that breaks it, or tells of it."""

import json
import re
from dataclasses import replace
from datetime import timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from newsroom import EVENING, article, publish

from feedsvc import feeds
from feedsvc.errors import FeedUnpublishable
from feedsvc.feeds import gate
from feedsvc.feeds.gate import dates, markup
from feedsvc.model import Format

# One document a format with everything that the gate has a rule for.
GOOD = {
    Format.RSS: """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:dc="http://purl.org/dc/elements/1.1/"
  xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:fh="http://purl.org/syndication/history/1.0"
  xmlns:sy="http://purl.org/rss/1.0/modules/syndication/" xmlns:media="http://search.yahoo.com/mrss/">
<channel>
  <title>News</title>
  <link>https://news.example.org/</link>
  <description>All of it.</description>
  <language>en</language>
  <lastBuildDate>Sat, 08 Feb 2025 18:06:00 +0000</lastBuildDate>
  <ttl>5</ttl>
  <image><url>https://news.example.org/l.png</url><title>News</title><link>https://news.example.org/</link>
    <width>144</width><height>144</height></image>
  <atom:link href="https://news.example.org/feed.xml" rel="self" type="application/rss+xml"/>
  <atom:link href="https://news.example.org/hub" rel="hub"/>
  <atom:link href="https://news.example.org/archive/1.xml" rel="prev-archive"/>
  <sy:updatePeriod>hourly</sy:updatePeriod>
  <sy:updateFrequency>12</sy:updateFrequency>
  <item>
    <title>Headline 0</title>
    <link>https://news.example.org/articles/0/headline</link>
    <description>Words</description>
    <content:encoded>&lt;p&gt;Words &lt;a href="https://source.example/0"&gt;there&lt;/a&gt;&lt;/p&gt;</content:encoded>
    <guid isPermaLink="false">urn:x-news:0</guid>
    <pubDate>Sat, 08 Feb 2025 18:06:00 +0000</pubDate>
    <dc:creator>Ada Example</dc:creator>
    <category>Politics</category>
    <enclosure url="https://news.example.org/0.mp3" length="7" type="audio/mpeg"/>
    <media:content url="https://news.example.org/0.mp3" medium="audio"/>
    <atom:updated>2025-02-08T18:06:00.000002+00:00</atom:updated>
    <atom:link href="https://source.example/0" rel="via"/>
  </item>
  <item>
    <title>Headline 1</title>
    <link>https://news.example.org/articles/1/headline</link>
    <guid isPermaLink="false">urn:x-news:1</guid>
    <pubDate>Sat, 08 Feb 2025 18:05:00 +0000</pubDate>
    <dc:language>az</dc:language>
    <atom:updated>2025-02-08T18:06:00.000001+00:00</atom:updated>
  </item>
</channel>
</rss>
""",
    Format.ATOM: """<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xmlns:fh="http://purl.org/syndication/history/1.0"
  xmlns:at="http://purl.org/atompub/tombstones/1.0" xmlns:media="http://search.yahoo.com/mrss/" xml:lang="en">
  <id>urn:x-news:feed</id>
  <title>News</title>
  <updated>2025-02-08T18:06:00.000002+00:00</updated>
  <author><name>The Desk</name></author>
  <link href="https://news.example.org/atom.xml" rel="self" type="application/atom+xml"/>
  <link href="https://news.example.org/" rel="alternate" type="text/html"/>
  <link href="https://news.example.org/hub" rel="hub"/>
  <link href="https://news.example.org/archive/1.atom" rel="prev-archive"/>
  <entry>
    <id>urn:x-news:0</id>
    <title>Headline 0</title>
    <updated>2025-02-08T18:06:00.000002+00:00</updated>
    <published>2025-02-08T18:06:00+00:00</published>
    <author><name>Ada Example</name></author>
    <category term="Politics"/>
    <link href="https://news.example.org/articles/0/headline" rel="alternate" type="text/html"/>
    <link href="https://news.example.org/0.mp3" rel="enclosure" length="7" type="audio/mpeg"/>
    <media:content url="https://news.example.org/0.mp3" medium="audio"/>
    <summary type="html">Words</summary>
    <content type="html">&lt;p&gt;Words&lt;/p&gt;</content>
  </entry>
  <entry xml:lang="az">
    <id>urn:x-news:1</id>
    <title>Headline 1</title>
    <updated>2025-02-08T18:06:00.000001+00:00</updated>
    <published>2025-02-08T18:05:00+00:00</published>
    <link href="https://news.example.org/articles/1/headline" rel="alternate" type="text/html"/>
    <summary>Headline 1</summary>
  </entry>
  <at:deleted-entry ref="urn:x-news:2" when="2025-02-08T18:00:00+00:00"/>
</feed>
""",
    Format.JSON: """{"version": "https://jsonfeed.org/version/1.1", "title": "News", "language": "en",
"home_page_url": "https://news.example.org/", "feed_url": "https://news.example.org/feed.json",
"next_url": "https://news.example.org/archive/1.json",
"hubs": [{"type": "WebSub", "url": "https://news.example.org/hub"}], "items": [
{"id": "urn:x-news:0", "url": "https://news.example.org/articles/0/headline", "title": "Headline 0",
 "content_html": "<p>Words</p>", "date_published": "2025-02-08T18:06:00+00:00",
 "date_modified": "2025-02-08T18:06:00.000002+00:00", "authors": [{"name": "Ada Example"}], "tags": ["Politics"],
 "attachments": [{"url": "https://news.example.org/0.mp3", "mime_type": "audio/mpeg", "size_in_bytes": 7}]},
{"id": "urn:x-news:1", "url": "https://news.example.org/articles/1/headline", "title": "Headline 1",
 "content_text": "Headline 1", "date_published": "2025-02-08T18:05:00+00:00", "language": "az",
 "date_modified": "2025-02-08T18:06:00.000001+00:00"}
]}
""",
}

XHTML = '<div xmlns="http://www.w3.org/1999/xhtml"><p>a</p><script>b</script></div>'
# The format, what stands in the good document, what in the bad one, the rule that this breaks.
BROKEN = [
    (Format.RSS, "</rss>", "", "well-formed"),
    (Format.RSS, "Headline 0", "Headline &nbsp;", "well-formed"),
    (Format.RSS, "Headline 0", "Headline \x01", "well-formed"),
    (Format.RSS, "<rss ", '<!DOCTYPE rss [<!ENTITY a "x">]><rss ', "well-formed"),
    (Format.RSS, 'encoding="UTF-8"', 'encoding="ISO-8859-1"', "encoding"),
    (Format.RSS, "Headline 0", "Headline \x85", "characters"),
    (Format.RSS, "Headline 0", "Headline \ufffd", "characters"),
    (Format.RSS, 'version="2.0"', 'version="0.91"', "dialect"),
    (Format.RSS, "<description>All of it.</description>", "", "feed-required"),
    (Format.RSS, "<title>News</title>\n", "<title> </title>\n", "feed-required"),
    (Format.RSS, "<ttl>5</ttl>", "<ttl>5</ttl><ttl>5</ttl>", "feed-once"),
    (Format.RSS, "<link>https://news.example.org/</link>\n  <desc", "<link>/</link>\n  <desc", "link-absolute"),
    (Format.RSS, 'rel="self"', 'rel="other"', "self-link"),
    (Format.RSS, 'rel="hub"', 'rel="self"', "self-link"),
    (Format.RSS, "https://news.example.org/feed.xml", "/feed.xml", "link-absolute"),
    (Format.RSS, "https://news.example.org/hub", "/hub", "hub-link"),
    (Format.RSS, 'rel="prev-archive"', 'rel="self"', "self-link"),
    (Format.RSS, "<language>en</language>", "", "language"),
    (Format.RSS, "<dc:language>az<", "<dc:language>Azeri (Latin)<", "language"),
    (Format.RSS, "<width>144<", "<width>145<", "rss-image"),
    (Format.RSS, "<title>News</title><link>", "<title>Logo</title><link>", "rss-image"),
    (Format.RSS, "https://news.example.org/l.png", "l.png", "rss-image"),
    (Format.RSS, "<ttl>5", "<ttl>five minutes", "rss-ttl"),
    (Format.RSS, "sy:updateFrequency>", "sy:updateFreqency>", "rss-syndication"),
    (Format.RSS, ">hourly<", ">often<", "rss-syndication"),
    (Format.RSS, ">12<", ">0<", "rss-syndication"),
    (Format.RSS, "<ttl>", "<fh:complete/><ttl>", "archive"),
    (Format.RSS, "<ttl>", "<fh:archive/><ttl>", "archive"),
    (Format.RSS, "archive/1.xml", "feed.xml", "archive"),
    (Format.RSS, "Sat, 08 Feb 2025 18:06:00 +0000</last", "Sat, 38 Feb 2025 18:06:00 +0000</last", "date-form"),
    (Format.RSS, "Sat, 08 Feb 2025 18:06:00 +0000</pub", "gestern</pub", "date-form"),
    (Format.RSS, "Feb 2025 18:06:00 +0000</pub", "Feb 25 18:06:00 +0000</pub", "date-form"),
    (Format.RSS, "18:05:00 +0000</pub", "18:05:00 -0000</pub", "date-form"),
    (Format.RSS, "000001+00:00</atom", "000001</atom", "date-form"),
    (Format.RSS, "Sat, 08 Feb 2025 18:05:00 +0000", "Wed, 31 Dec 1969 23:59:59 +0000", "date-early"),
    (Format.RSS, "Sat, 08 Feb 2025 18:06:00 +0000</pub", "Sun, 09 Feb 2025 18:06:00 +0000</pub", "date-order"),
    (Format.RSS, "Sat, 08 Feb 2025 18:06:00 +0000</pub", "Sun, 09 Feb 2025 18:06:00 +0000</pub", "date-future"),
    (Format.RSS, "urn:x-news:1", "urn:x-news:0", "id-unique"),
    (Format.RSS, "urn:x-news:1", " ", "id-present"),
    (Format.RSS, 'isPermaLink="false"', "", "rss-permalink"),
    (Format.RSS, 'isPermaLink="false"', 'isPermaLink="no"', "rss-permalink"),
    (Format.RSS, "<title>Headline 1</title>", "", "entry-required"),
    (Format.RSS, "<title>Headline 0</title>", "<title>Headline 0</title><title>0</title>", "entry-once"),
    (Format.RSS, "<link>https://news.example.org/articles/1/headline</link>", "", "entry-link"),
    (Format.RSS, "articles/0/headline", "articles/0/head line", "link-absolute"),
    (Format.RSS, 'href="https://source.example/0" rel', 'href="source.example/0" rel', "link-absolute"),
    (Format.RSS, 'href="https://source.example/0" rel', 'href="http://[::1" rel', "link-absolute"),
    (Format.RSS, "Headline 0", "Headline &#x26;lt;b&#x26;gt;0&#x26;lt;/b&#x26;gt;", "title-markup"),
    (Format.RSS, "<category>", "<author>Ada Example</author><category>", "rss-author"),
    (Format.RSS, "href=\"https://source.example/0\"&gt;", "href=\"/0\"&gt;", "html-absolute"),
    (Format.RSS, "&lt;p&gt;Words", "&lt;script&gt;", "html-safe"),
    (Format.RSS, "<media", '<enclosure url="https://a.example/1" length="1" type="a/b"/><media', "enclosure-one"),
    (Format.RSS, 'length="7"', "", "enclosure"),
    (Format.RSS, 'length="7"', 'length="7 kB"', "enclosure"),
    (Format.RSS, 'type="audio/mpeg"', 'type="audio"', "enclosure"),
    (Format.RSS, '"https://news.example.org/0.mp3" length', '"0.mp3" length', "link-absolute"),
    (Format.RSS, '"https://news.example.org/0.mp3" medium', '"0.mp3" medium', "link-absolute"),
    (Format.ATOM, "</feed>", "", "well-formed"),
    (Format.ATOM, "http://www.w3.org/2005/Atom", "http://purl.org/atom/ns#", "dialect"),
    (Format.ATOM, "<id>urn:x-news:feed</id>", "", "feed-required"),
    (Format.ATOM, "<author><name>The", "<rights>a</rights><rights>b</rights><author><name>The", "feed-once"),
    (Format.ATOM, 'rel="hub"', 'rel="alternate" type="text/html"', "feed-once"),
    (Format.ATOM, 'rel="self"', 'rel="other"', "self-link"),
    (Format.ATOM, "https://news.example.org/hub", "hub", "hub-link"),
    (Format.ATOM, ' xml:lang="en"', "", "language"),
    (Format.ATOM, "<author><name>The", '<fh:complete/><author><name>The', "archive"),
    (Format.ATOM, 'rel="hub"', 'rel="prev-archive"', "archive"),
    (Format.ATOM, "urn:x-news:1", "urn:x-news:0", "id-unique"),
    (Format.ATOM, "<id>urn:x-news:1</id>", "", "id-present"),
    (Format.ATOM, "urn:x-news:1", "urn x-news:1", "id-address"),
    (Format.ATOM, "urn:x-news:1", "urn:news-1", "id-address"),
    (Format.ATOM, "<category", "<source><id>other</id></source><category", "id-address"),
    (Format.ATOM, "<title>Headline 0</title>", "", "entry-required"),
    (Format.ATOM, "<author><name>The Desk</name></author>", "", "entry-required"),
    (Format.ATOM, '<summary type="html">', "<summary/><summary>", "entry-once"),
    (Format.ATOM, 'rel="enclosure" length="7" type="audio/mpeg"', 'rel="alternate" type="text/html"', "entry-once"),
    (Format.ATOM, 'headline" rel="alternate"', 'headline" rel="related"', "entry-link"),
    (Format.ATOM, 'type="html"', 'type="CDATA"', "text-type"),
    (Format.ATOM, "<published>2025-02-08T", "<published>2025-02-38T", "date-form"),
    (Format.ATOM, "<published>2025-02-08T18:05:00+00:00", "<published>2025-02-08", "date-form"),
    (Format.ATOM, "<published>2025-02-08T18:05", "<published>1969-02-08T18:05", "date-early"),
    (Format.ATOM, "<published>2025-02-08T18:05", "<published>2025-02-08T18:07", "date-order"),
    (Format.ATOM, "<published>2025-02-08T18:05", "<published>2025-02-08T18:07", "date-future"),
    (Format.ATOM, "000001+00:00", "000002+00:00", "updated-unique"),
    (Format.ATOM, '<summary>Headline 1', f'<summary type="xhtml">{XHTML}', "html-safe"),
    (Format.ATOM, 'term="Politics"', "", "name-filled"),
    (Format.ATOM, "Ada Example", "", "name-filled"),
    (Format.JSON, "Ada Example", "", "name-filled"),
    (Format.RSS, ">Politics<", "><", "name-filled"),
    (Format.RSS, "<ttl>", "<pubDate>now</pubDate><ttl>", "date-form"),
    (Format.RSS, "Sat, 08 Feb 2025 18:05", "Fri, 08 Feb 2025 18:05", "date-form"),
    (Format.ATOM, "&lt;p&gt;Words", "&lt;p onclick=alert()&gt;Words", "html-safe"),
    (Format.ATOM, '"https://news.example.org/0.mp3" medium', '"0.mp3" medium', "link-absolute"),
    (Format.ATOM, 'length="7"', 'length="-7"', "enclosure"),
    (Format.ATOM, 'ref="urn:x-news:2"', "", "tombstone"),
    (Format.ATOM, 'ref="urn:x-news:2"', 'ref="urn:x-news:1"', "tombstone"),
    (Format.ATOM, 'when="2025-02-08T18:00:00+00:00"', 'when="now"', "tombstone"),
    (Format.JSON, "{", "", "well-formed"),
    (Format.JSON, "version/1.1", "version/1", "dialect"),
    (Format.JSON, '"items"', '"entries"', "feed-required"),
    (Format.JSON, '"title": "News"', '"title": 7', "feed-required"),
    (Format.JSON, "Headline 0", "Headline \\u0001", "characters"),
    (Format.JSON, "Headline 0", "Headline \\ud800", "characters"),
    (Format.JSON, "Headline 0", "Headline \\b", "characters"),
    (Format.JSON, "Headline 0", "Headline \\f", "characters"),
    (Format.JSON, '"feed_url"', '"feed"', "self-link"),
    (Format.JSON, "archive/1.json", "feed.json", "archive"),
    (Format.JSON, '"type": "WebSub", ', "", "hub-link"),
    (Format.JSON, "https://news.example.org/hub", "hub", "hub-link"),
    (Format.JSON, '"language": "en",', "", "language"),
    (Format.JSON, "urn:x-news:1", "urn:x-news:0", "id-unique"),
    (Format.JSON, '"urn:x-news:1"', "7", "id-present"),
    (Format.JSON, '"content_text"', '"content"', "entry-required"),
    (Format.JSON, '"url": "https://news.example.org/articles/1/headline", ', "", "entry-link"),
    (Format.JSON, "https://news.example.org/articles/1", "articles/1", "link-absolute"),
    (Format.JSON, '"date_published": "2025-02-08T18:06:00+00:00"', '"date_published": "2025-02-08"', "date-form"),
    (Format.JSON, '"date_modified": "2025-02-08T18:06:00.000001+00:00"', '"date_modified": 7', "date-form"),
    (Format.JSON, "2025-02-08T18:06:00.000001", "2025-02-08T18:04:00", "date-order"),
    (Format.JSON, "<p>Words", "<p><iframe>", "html-safe"),
    (Format.JSON, '"mime_type": "audio/mpeg", ', "", "enclosure"),
    (Format.JSON, '"size_in_bytes": 7', '"size_in_bytes": "much"', "enclosure"),
]  # fmt: skip


def names(findings):
    return {finding.rule.name for finding in findings}


@pytest.mark.parametrize("form", Format)
def test_a_good_document_passes(form):
    assert gate.findings(GOOD[form].encode(), form) == ()
    feeds.check(GOOD[form].encode(), form, "main")


@pytest.mark.parametrize("form", Format)
def test_what_feedsvc_writes_breaks_no_rule(form):
    for window in ((), (article(0, link="https://source.example/0"), article(1, body=None), article(2, language="az"))):
        assert gate.findings(publish(form, *window), form) == ()


@pytest.mark.parametrize(("form", "good", "bad", "rule"), BROKEN)
def test_each_rule_is_broken_by_a_document_that_breaks_it(form, good, bad, rule):
    assert good in GOOD[form]
    body = GOOD[form].replace(good, bad).encode()
    findings = gate.findings(body, form)
    assert rule in names(findings)
    if any(finding.blocks for finding in findings):
        with pytest.raises(FeedUnpublishable) as raised:
            feeds.check(body, form, "main")
        assert raised.value.reason in map(str, findings)
        assert (raised.value.feed, raised.value.format) == ("main", form.label)
    else:
        feeds.check(body, form, "main")


def test_every_rule_has_a_name_of_its_own_and_a_document_that_breaks_it():
    known = [rule.name for rule in gate.RULES]
    assert len(known) == len(set(known))
    # These have tests of their own below.
    apart = {"document-size", "entry-size", "media-type", "self-elsewhere", "parity", "published", "rss-summary-first"}
    assert set(known) == {rule for *_, rule in BROKEN} | apart


def test_a_content_before_its_description_is_told():
    body = GOOD[Format.RSS].replace("<description>Words</description>", "").replace("<guid", "<description/><guid", 1)
    assert names(gate.findings(body.encode(), Format.RSS)) == {"rss-summary-first"}


def test_very_large_entries_and_documents_are_told():
    for size, expected in ((1_000_001, {"entry-size"}), (5_000_000, {"entry-size", "document-size"})):
        body = GOOD[Format.JSON].replace("<p>Words", "<p>" + "x" * size).encode()
        assert names(gate.findings(body, Format.JSON)) == expected


@pytest.mark.parametrize("form", Format)
def test_where_a_document_is_served_is_judged_when_it_is_known(form):
    body = GOOD[form].encode()
    own = {Format.RSS: "feed.xml", Format.ATOM: "atom.xml", Format.JSON: "feed.json"}[form]
    well = {"address": f"https://news.example.org/{own}", "media_type": form.media_type}
    assert gate.findings(body, form, **well) == ()
    assert names(gate.findings(body, form, **{**well, "address": "https://mirror.example/"})) == {"self-elsewhere"}
    assert names(gate.findings(body, form, **{**well, "media_type": "text/xml"})) == {"media-type"}


def test_a_byte_order_mark_is_stopped():
    for form in Format:
        assert "encoding" in names(gate.findings(b"\xef\xbb\xbf" + GOOD[form].encode(), form))


def test_entities_are_not_expanded():
    bomb = '<!DOCTYPE rss [<!ENTITY a "x"><!ENTITY b "&a;&a;&a;">]>'
    body = GOOD[Format.RSS].replace("<rss", bomb + "<rss", 1).replace("<title>News<", "<title>&b;<", 1)
    assert {"well-formed", "feed-required"} <= names(gate.findings(body.encode(), Format.RSS))


@pytest.mark.parametrize("junk", [None, 7, True, "x", [], [7], {}, {"x": [None]}], ids=repr)
def test_any_value_of_json_may_be_anything(junk):
    whole = json.loads(GOOD[Format.JSON])
    for name in whole:
        gate.findings(json.dumps(whole | {name: junk}).encode(), Format.JSON)
    item = whole["items"][0]
    for name in item:
        body = json.dumps(whole | {"items": [item | {name: junk}, junk]}).encode()
        assert gate.findings(body, Format.JSON)


@settings(max_examples=150)
@given(st.sampled_from(list(Format)), st.data())
def test_a_mangled_document_is_judged_and_never_fails(form, data):
    body = GOOD[form].encode()
    start = data.draw(st.integers(0, len(body)))
    end = data.draw(st.integers(start, min(start + 80, len(body))))
    patch = data.draw(
        st.sampled_from([b"", b"<", b'"', b"&#0;", b"\xff", b"<item/>", b"<entry/>", b"<!--", b"xml:lang"])
    )
    gate.findings(body[:start] + patch + body[end:], form)


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b'"x"', b"\xff", b"[" * 100_000])
@pytest.mark.parametrize("form", Format)
def test_anything_else_is_stopped(form, body):
    with pytest.raises(FeedUnpublishable):
        feeds.check(body, form, "main")


@pytest.mark.parametrize(
    ("html", "rule"),
    [
        ('<p>Text with <b>all</b> <a href="https://a.example/?a=1&amp;b" title="a > b">sorts</a> of it<br></p>', None),
        ('<p>javascript: onclick=x href="/x" <!-- <script> --></p>', None),
        ('<a href="mailto:desk@news.example">Write</a> <img src=https://a.example/b.png alt>', None),
        ("<ScRiPt>alert()</ScRiPt>", "html-safe"),
        ("<p><svg/onload=alert()>", "html-safe"),
        ('<img src="https://a.example/" onerror="alert()">', "html-safe"),
        ('<img alt="x"onerror=alert() src="https://a.example/">', "html-safe"),
        ('<p style="position: fixed">x</p>', "html-safe"),
        ('<a href=" java\nscript:alert()">x</a>', "html-safe"),
        ('<a href="&#106;avascript:alert()">x</a>', "html-safe"),
        ('<a href="data:text/html,x">x</a>', "html-safe"),
        ("<form action=https://a.example/><input></form>", "html-safe"),
        ('<a href="/x">x</a>', "html-absolute"),
        ('<a href="//a.example/x">x</a>', "html-absolute"),
        ('<a href="#note">x</a>', "html-absolute"),
        ('<img src="a.png">', "html-absolute"),
        ('<img src="https://a.example/" srcset="https://a.example/2 2x, b.png 3x">', "html-absolute"),
    ],
)  # fmt: skip
def test_harm_in_content_is_found(html, rule):
    assert names(markup.judge("0", html)) == ({rule} if rule else set())


def test_the_glance_and_the_parser_agree_on_every_body_that_feedsvc_cleans():
    from feedsvc.feeds import wording

    wild = '<p onclick=x>a<script>b</script><a href="/c" style=d>e</a><iframe src=f></iframe><svg><a xlink:href=g>h</a>'
    cleaned = wording.safe(wild, "https://source.example/")
    assert cleaned is not None
    assert list(markup.judge("0", cleaned.html)) == []


def test_formats_that_say_the_same_are_in_parity_and_others_are_told():
    window = [article(0), article(1, body=None), article(2, title="AT&T <b>x</b> &amp;")]
    bodies = {form: publish(form, *window) for form in Format}
    assert gate.parity(bodies) == ()
    assert gate.parity({form: body.encode() for form, body in GOOD.items()}) == ()

    def told(*other):
        return [str(one) for one in gate.parity({**bodies, Format.JSON: publish(Format.JSON, *other)})]

    guid = window[1].guid
    assert told(*window[:1], *window[2:]) == [f"{guid} is in RSS and not in JSON Feed [parity]"]
    assert [one.rule.name for one in gate.parity({**bodies, Format.ATOM: GOOD[Format.ATOM].encode()})][:1] == ["parity"]
    assert told(*reversed(window)) == ["feed has another order in JSON Feed than in RSS [parity]"]
    later = replace(window[1], title="Other", published=EVENING - timedelta(hours=1), tags=())
    whats = sorted(re.findall(r"has other ([\w ]+) in JSON Feed", " ".join(told(window[0], later, window[2]))))
    assert whats == ["tags", "time of publication", "title"]


@settings(max_examples=500)
@given(
    st.sampled_from(["", "Sat, ", "Mon, "]), st.integers(0, 32), st.sampled_from(dates._MONTHS),
    st.sampled_from(["0000", "0025", "0999", "1000", "1969", "2024", "2025", "9999"]), st.integers(0, 24),
    st.integers(0, 60), st.sampled_from([":00", ":59", ":60", ""]),
    st.sampled_from(["+0000", "-0000", "+0530", "-0800", "GMT", "UT", "Z", "EST", "PDT"]),
)  # fmt: skip
def test_a_time_of_rss_is_what_the_standard_library_takes_it_for(weekday, day, month, year, hour, minute, second, zone):
    written = f"{weekday}{day} {month} {year} {hour:02}:{minute:02}{second} {zone}"
    try:
        expected = parsedate_to_datetime(written)
    except ValueError:
        expected = None
    if expected and (not expected.tzinfo or (weekday and expected.strftime("%a, ") != weekday)):
        expected = None
    assert dates.rfc822(written) == expected


@pytest.mark.parametrize("form", Format)
def test_the_format_of_an_unknown_document_is_recognised(form):
    assert gate.format_of(GOOD[form].encode()) is form


def test_the_page_on_rules_is_the_rules():
    page = (Path(__file__).parents[2] / "docs" / "validate.md").read_text("utf-8")
    rows = re.findall(r"^\| `([a-z-]+)` \| (error|warning) \| (.+?) \| (.+?) \|$", page, re.MULTILINE)
    assert rows == [(rule.name, rule.weight, rule.says, rule.source) for rule in gate.RULES]
