"""The gate: every rule that readers rely on stops a document that breaks it."""

import pytest
from newsroom import article, publish

from feedsvc import feeds
from feedsvc.errors import FeedUnpublishable
from feedsvc.feeds import gate
from feedsvc.model import Format

GOOD = {form: publish(form, article(0, link="https://source.example/0"), article(1)) for form in Format}
FIRST, SECOND = article(0).guid.encode(), article(1).guid.encode()
HOME = b"https://news.example.org/"


@pytest.mark.parametrize("form", Format)
def test_a_good_document_passes(form):
    feeds.check(GOOD[form], form, "main")
    assert list(gate.problems(GOOD[form], form)) == []


BROKEN = [
    (Format.RSS, b"</rss>", b"", "not well-formed XML"),
    (Format.RSS, b"Headline 0", b"Headline &nbsp;", "not well-formed XML"),
    (Format.RSS, b'version="2.0"', b'version="0.91"', "not RSS 2.0"),
    (Format.RSS, b"<description>All the news of an example.</description>", b"", "does not have one description"),
    (Format.RSS, b"<title>Example News</title>", b"<title> </title>", "does not have one title"),
    (Format.RSS, b"<link>https://news.example.org/</link>", b"<link>/</link>", "not an absolute address: /"),
    (Format.RSS, b'rel="self"', b'rel="other"', "does not have one self link"),
    (Format.RSS, b'href="' + HOME + b'feed.xml"', b'href="/feed.xml"', "not an absolute address: /feed.xml"),
    (Format.RSS, b"<lastBuildDate>Sat, 08 Feb", b"<lastBuildDate>Sat, 38 Feb", "lastBuildDate that is not a date"),
    (Format.RSS, SECOND, FIRST, "two items have the id"),
    (Format.RSS, SECOND, b"", "item 2 has no id"),
    (Format.RSS, b"<pubDate>Sat, 08 Feb 2025 18:06:00 +0000", b"<pubDate>gestern", "pubDate that is not a date"),
    (Format.RSS, b"18:05:00 +0000</pubDate>", b"18:05:00 -0000</pubDate>", "pubDate without a zone"),
    (Format.RSS, b"000001+00:00</atom:updated>", b"000001</atom:updated>", "updated without a zone"),
    (Format.RSS, b"https://source.example/0", b"source.example/0", "not an absolute address"),
    (Format.RSS, b"https://source.example/0", b"http://[::1", "not an absolute address"),
    (Format.ATOM, b"</feed>", b"", "not well-formed XML"),
    (Format.ATOM, b"http://www.w3.org/2005/Atom", b"http://purl.org/atom/ns#", "not an Atom feed"),
    (Format.ATOM, SECOND, FIRST, "two items have the id"),
    (Format.ATOM, b"<title>Headline 0</title>", b"", "does not have one title"),
    (Format.ATOM, b'rel="self"', b'rel="other"', "does not have one self link"),
    (Format.ATOM, b'rel="alternate" type', b'rel="related" type', "has no alternate link"),
    (Format.ATOM, b'type="html"', b'type="CDATA"', "of type CDATA"),
    (Format.ATOM, b"<published>2025-02-08T", b"<published>2025-02-38T", "published that is not a date"),
    (Format.ATOM, b"000002+00:00</updated>\n    <author", b"000002</updated>\n    <author", "updated without a zone"),
    (Format.ATOM, b"https://source.example/0", b"/0", "not an absolute address: /0"),
    (Format.JSON, b"{", b"", "not JSON"),
    (Format.JSON, b"version/1.1", b"version/1", "not JSON Feed 1.1"),
    (Format.JSON, b'"items"', b'"entries"', "does not have a title and items"),
    (Format.JSON, SECOND, FIRST, "two items have the id"),
    (Format.JSON, b'"' + SECOND + b'"', b"7", "item 2 has no id"),
    (Format.JSON, b'"content_html"', b'"content"', "has no content"),
    (Format.JSON, b'"external_url": "https:', b'"external_url": "', "not an absolute address"),
    (
        Format.JSON,
        b'"date_published": "2025-02-08T18:06:00+00:00"',
        b'"date_published": "2025-02-08"',
        "without a zone",
    ),
    (Format.JSON, b'"date_modified": "2025-02-08T18:06:00.000001+00:00"', b'"date_modified": 7', "not a date: 7"),
]


@pytest.mark.parametrize(("form", "good", "bad", "problem"), BROKEN)
def test_a_broken_document_is_stopped_and_told_why(form, good, bad, problem):
    assert good in GOOD[form]
    with pytest.raises(FeedUnpublishable) as raised:
        feeds.check(GOOD[form].replace(good, bad), form, "main")
    assert problem in raised.value.reason
    assert (raised.value.feed, raised.value.format) == ("main", form.label)


def test_an_atom_feed_without_any_author_is_stopped():
    body = publish(Format.ATOM, article(authors=()))
    start, end = body.index(b"<author>"), body.index(b"</author>") + len(b"</author>")
    assert list(gate.problems(body[:start] + body[end:], Format.ATOM)) == [
        f"entry {article().guid} has no author, nor has the feed"
    ]


def test_entities_are_not_expanded():
    bomb = b'<!DOCTYPE rss [<!ENTITY a "x"><!ENTITY b "&a;&a;&a;">]>'
    body = GOOD[Format.RSS].replace(b"<rss", bomb + b"<rss", 1).replace(b"<title>Example News<", b"<title>&b;<", 1)
    assert "the channel does not have one title" in list(gate.problems(body, Format.RSS))


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b'"x"', b"\xff"])
@pytest.mark.parametrize("form", Format)
def test_anything_else_is_stopped(form, body):
    with pytest.raises(FeedUnpublishable):
        feeds.check(body, form, "main")
