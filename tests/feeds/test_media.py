"""Pictures, sound and film stand in every format, and are the same in each."""

import json

import feedparser
import pytest
from newsroom import FEED, IDENTITY, SITE, article, publish
from readers import NS, xml

from feedsvc import feeds
from feedsvc.feeds import media
from feedsvc.model import Enclosure, Format, Via

PICTURE = "https://cdn.example/2025/harbour.jpg"
PHOTO = Enclosure(PICTURE, "image/jpeg", 51_000)
SOUND = Enclosure("https://cdn.example/talk.mp3", "audio/mpeg", 4_200_000)
FILM = Enclosure("https://cdn.example/film", "video/mp4")
PAPER = Enclosure("report.PDF", "", 900)
RICH = article(image=PICTURE, enclosures=(PHOTO, SOUND, FILM, PAPER), link="https://source.example/1")


def attributes(elements):
    return [dict(element.attrib) for element in elements]


def rss_item(one):
    return xml(publish(Format.RSS, one)).find("channel/item")


def atom_entry(one):
    return xml(publish(Format.ATOM, one)).find("atom:entry", NS)


def json_item(one):
    return json.loads(publish(Format.JSON, one))["items"][0]


def test_rss_has_every_file_as_media_and_one_as_its_enclosure():
    item = rss_item(RICH)
    assert attributes(item.findall("media:content", NS)) == [
        {"url": PICTURE, "type": "image/jpeg", "fileSize": "51000", "medium": "image"},
        {"url": SOUND.url, "type": "audio/mpeg", "fileSize": "4200000", "medium": "audio"},
        {"url": FILM.url, "type": "video/mp4", "medium": "video"},
        {"url": "https://source.example/report.PDF", "type": "application/pdf", "fileSize": "900"},
    ]
    assert attributes(item.findall("enclosure")) == [{"url": SOUND.url, "length": "4200000", "type": "audio/mpeg"}]


@pytest.mark.parametrize(
    ("files", "chosen"),
    [
        ((), []),
        ((FILM,), []),
        ((Enclosure(SOUND.url, "audio/mpeg", 0),), []),
        ((PAPER, PHOTO), [PICTURE]),
        ((PAPER, FILM), ["https://source.example/report.PDF"]),
        ((PHOTO, SOUND), [SOUND.url]),
    ],
)
def test_the_enclosure_of_rss_has_a_true_length_and_is_heard_before_it_is_seen(files, chosen):
    item = rss_item(article(image=PICTURE, enclosures=files, link="https://source.example/1"))
    assert [element.get("url") for element in item.findall("enclosure")] == chosen


def test_atom_has_every_file_as_a_link_with_type_and_length():
    links = attributes(atom_entry(RICH).findall("atom:link[@rel='enclosure']", NS))
    assert links == [
        {"href": PICTURE, "rel": "enclosure", "type": "image/jpeg", "length": "51000"},
        {"href": SOUND.url, "rel": "enclosure", "type": "audio/mpeg", "length": "4200000"},
        {"href": FILM.url, "rel": "enclosure", "type": "video/mp4"},
        {
            "href": "https://source.example/report.PDF",
            "rel": "enclosure",
            "type": "application/pdf",
            "length": "900",
        },
    ]


def test_json_has_the_picture_and_the_attachments():
    item = json_item(RICH)
    assert item["image"] == PICTURE
    assert item["attachments"] == [
        {"url": PICTURE, "mime_type": "image/jpeg", "size_in_bytes": 51_000},
        {"url": SOUND.url, "mime_type": "audio/mpeg", "size_in_bytes": 4_200_000},
        {"url": FILM.url, "mime_type": "video/mp4"},
        {"url": "https://source.example/report.PDF", "mime_type": "application/pdf", "size_in_bytes": 900},
    ]


@pytest.mark.parametrize("image", [PICTURE, "https://cdn.example/picture?id=1&w=2", "/a b.webp"])
def test_the_lead_image_is_the_same_in_all_formats_and_in_the_content(image):
    one = article(image=image, link="https://source.example/1")
    item, entry, fields = rss_item(one), atom_entry(one), json_item(one)
    (in_rss,), (in_atom,) = (each.findall("media:content", NS) for each in (item, entry))
    linked = [link.get("href") for link in entry.findall("atom:link[@rel='enclosure']", NS)]
    assert linked == ([] if "?" in image else [fields["image"]])  # whoever loads it must know its type
    assert fields["image"] == in_rss.get("url") == in_atom.get("url")
    assert in_rss.get("medium") == in_atom.get("medium") == "image"
    shown = f'<p><img src="{fields["image"].replace("&", "&amp;")}" alt=""></p><p>The first paragraph'
    for content in (
        item.findtext("content:encoded", namespaces=NS),
        entry.findtext("atom:content", namespaces=NS),
        fields["content_html"],
    ):
        assert content.startswith(shown)


def test_feedparser_reads_the_same_files_from_rss_and_atom():
    rss, atom = (feedparser.parse(publish(form, RICH)).entries[0] for form in (Format.RSS, Format.ATOM))
    assert rss.media_content == atom.media_content
    assert len(rss.media_content) == 4


@pytest.mark.parametrize(
    "body",
    [
        f'<p>a</p><img src="{PICTURE}">',
        '<p><img alt="x" src="http://cdn.example/2025/harbour.jpg?w=300"></p>',
        '<p><img src="https://CDN.example/2025/harbour-1024x768.jpg" width="4"></p>',
        '<img src="//cdn.example/2025/harbour.jpg#top">',
    ],
)
def test_a_picture_that_the_body_shows_is_not_shown_twice(body):
    one = article(image=PICTURE, body=body, link="https://source.example/1")
    assert json_item(one)["content_html"].count("<img") == 1


def test_another_picture_in_the_body_does_not_stand_for_the_lead_image():
    one = article(image=PICTURE, body='<img src="https://cdn.example/2025/other.jpg">')
    assert json_item(one)["content_html"].count("<img") == 2


def test_a_headline_with_a_picture_shows_both_the_summary_and_the_picture():
    one = article(image=PICTURE, body=None, summary="R&D <b>")
    shown = f'<p><img src="{PICTURE}" alt=""></p><p>R&amp;D &lt;b&gt;</p>'
    item, entry, fields = rss_item(one), atom_entry(one), json_item(one)
    assert item.findtext("description") == entry.findtext("atom:summary", namespaces=NS) == "R&D &lt;b&gt;"
    assert item.findtext("content:encoded", namespaces=NS) == shown
    assert entry.findtext("atom:content", namespaces=NS) == fields["content_html"] == shown


def test_the_description_of_a_picture_alone_is_the_headline():
    item = rss_item(article(image=PICTURE, body=None))
    assert item.findtext("description") == "Headline 0"
    assert item.findtext("content:encoded", namespaces=NS) == f'<p><img src="{PICTURE}" alt=""></p>'


def test_a_headline_in_the_place_of_a_description_is_escaped_as_html():
    item = rss_item(article(image=PICTURE, body=None, title="How <img src=/a.png> works"))
    assert item.findtext("description") == "How &lt;img src=/a.png&gt; works"


def test_a_summary_feed_has_the_picture_beside_the_text_and_no_content():
    summaries = FEED.model_copy(update={"content": "summary"})
    body = feeds.render(summaries, Format.RSS, [RICH], SITE, IDENTITY, ttl_s=60).body
    assert b"<img" not in body
    assert b"x3C;img" not in body
    assert len(xml(body).findall("channel/item/media:content", NS)) == 4


@pytest.mark.parametrize("image", ["", "cid:1", "data:image/png;base64,AA", "http://[::1", "harbour.jpg"])
def test_a_picture_without_an_address_is_none(image):
    fields = json_item(article(image=image, link=None))
    assert "image" not in fields
    assert "<img" not in fields["content_html"]


@pytest.mark.parametrize(
    ("stated", "address", "told"),
    [
        ("Audio/MPEG ", "https://a.example/x", "audio/mpeg"),
        ("audio", "https://a.example/x.MP3?y=1", "audio/mpeg"),
        ("", "https://a.example/x.jpeg", "image/jpeg"),
        ('a"/b', "https://a.example/x.unknown", "application/octet-stream"),
        ("text/html; charset=utf-8", "https://a.example/", "application/octet-stream"),
    ],
)
def test_a_file_always_has_a_media_type(stated, address, told):
    assert media.files([Enclosure(address, stated)], None) == (Enclosure(address, told),)


def test_a_file_is_named_once_and_one_without_address_not_at_all():
    assert media.files([PHOTO, Enclosure(PICTURE, "x/y"), Enclosure("mailto:a@b.example", "x/y")], None) == (PHOTO,)


PLANET = Via("The R&D &amp; Port", "https://port.example/", "https://port.example/feed.xml")


def test_an_article_from_a_feed_says_which():
    one = article(via=PLANET)
    source = rss_item(one).find("source")
    assert (source.get("url"), source.text) == ("https://port.example/feed.xml", "The R&D & Port")
    in_atom = atom_entry(one).find("atom:source", NS)
    assert [in_atom.findtext(f"atom:{name}", namespaces=NS) for name in ("id", "title", "updated")] == [
        "https://port.example/feed.xml",
        "The R&D & Port",
        "2025-02-08T18:06:00+00:00",
    ]
    assert attributes(in_atom.findall("atom:link", NS)) == [
        {"href": "https://port.example/", "rel": "alternate"},
        {"href": "https://port.example/feed.xml", "rel": "self"},
    ]


@pytest.mark.parametrize(
    ("via", "in_rss", "in_atom"),
    [
        (Via("Port", "https://port.example/", "tag:port.example,2025:1"), False, True),
        (Via("Port", "https://port.example/", "not an id"), False, True),
        (Via("Port", "https://port.example/rss"), True, True),
        (Via("Port", None, "1"), False, False),
        (Via("Port", None, "urn:port"), False, False),  # a URN names its namespace and what it is there
        (Via("\x00", "https://port.example/rss"), False, False),
    ],
)
def test_a_feed_without_address_or_id_is_not_named_where_one_is_asked_for(via, in_rss, in_atom):
    one = article(via=via)
    assert (rss_item(one).find("source") is not None, atom_entry(one).find("atom:source", NS) is not None) == (
        in_rss,
        in_atom,
    )
