"""Each trap of feedgen is cured, and would be noticed if a newer feedgen moved what the cure holds on to."""

import email.utils
import locale
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import feedgen.feed
import pytest
from newsroom import EVENING, FEED, IDENTITY, SITE, article, publish
from readers import NS, atom_rows, rss_rows, xml

from feedsvc import feeds
from feedsvc.feeds import rss_atom
from feedsvc.model import Format


def test_links_of_atom_entries_keep_their_attributes():
    body = publish(Format.ATOM, article(link="https://source.example/1"))
    links = [dict(link.attrib) for link in xml(body).findall("atom:entry/atom:link", NS)]
    assert links == [
        {"href": "https://news.example.org/articles/0000000000/headline-0", "rel": "alternate", "type": "text/html"},
        {"href": "https://source.example/1", "rel": "via"},
    ]


@pytest.mark.parametrize("form", Format)
def test_two_builds_at_two_times_are_equal(form):
    first = publish(form, article(0), article(1))
    time.sleep(0.002)
    assert publish(form, article(0), article(1)) == first
    assert str(datetime.now(UTC).year).encode() not in first


def test_bodies_are_html_in_atom_and_escaped_once():
    body = publish(Format.ATOM, article(body="<p>1 &lt; 2 ]]&gt; &amp;amp;</p>"))
    content = xml(body).find("atom:entry/atom:content", NS)
    assert (content.get("type"), content.text) == ("html", "<p>1 &lt; 2 ]]&gt; &amp;amp;</p>")


@pytest.mark.parametrize("form", [Format.RSS, Format.ATOM])
def test_there_is_one_self_link_and_it_does_not_become_the_link_of_the_channel(form):
    root = xml(publish(form))
    selves = [link.get("href") for link in root.iter("{http://www.w3.org/2005/Atom}link") if link.get("rel") == "self"]
    assert selves == ["https://news.example.org" + feeds.path(FEED.name, form)]
    if form is Format.RSS:
        assert [link.text for link in root.findall("channel/link")] == ["https://news.example.org/"]


@pytest.mark.parametrize(
    ("ttl_s", "minutes", "period", "frequency"),
    [
        (60, "1", "hourly", "60"),
        (90, "2", "hourly", "40"),
        (300, "5", "hourly", "12"),
        (3600, "60", "hourly", "1"),
        (7200, "120", "daily", "12"),
        (200_000, "3334", "daily", "1"),
    ],
)
def test_the_rhythm_is_spelt_right_and_agrees_with_ttl(ttl_s, minutes, period, frequency):
    channel = xml(publish(Format.RSS, ttl_s=ttl_s)).find("channel")
    named = ("ttl", "sy:updatePeriod", "sy:updateFrequency")
    assert [channel.findtext(name, namespaces=NS) for name in named] == [minutes, period, frequency]


@pytest.mark.parametrize("form", Format)
def test_control_characters_cost_no_article(form):
    body = publish(form, article(title="A\x00B\x1b", body="<p>\x07c&#1;d</p>", tags=("\x0be",), authors=("F\x08",)))
    assert not set(body) & (set(range(0x20)) - {0x0A})
    assert b"AB" in body
    assert b"cd" in body


def test_entries_keep_the_order_of_the_window():
    window = [article(number) for number in (3, 1, 2)]
    for form, rows in ((Format.RSS, rss_rows), (Format.ATOM, atom_rows)):
        assert [row[0] for row in rows(publish(form, *window))] == [one.guid for one in window]


def test_dates_never_touch_the_locale_of_the_process(monkeypatch):
    def refuse(*_arguments: object) -> None:
        raise AssertionError("the locale of the process was touched")

    monkeypatch.setattr(locale, "setlocale", refuse)
    body = publish(Format.RSS, article())
    assert xml(body).findtext("channel/item/pubDate") == "Sat, 08 Feb 2025 18:06:00 +0000"
    assert xml(body).findtext("channel/lastBuildDate") == "Sat, 08 Feb 2025 18:06:00 +0000"


def test_feedgen_still_calls_its_date_formatter_by_the_name_that_is_rebound():
    assert feedgen.feed.formatRFC2822 is email.utils.format_datetime
    assert "formatRFC2822" in feedgen.feed.FeedGenerator._create_rss.__code__.co_names


def test_threads_render_the_same_bytes_at_once():
    window = [article(number) for number in range(20)]
    alone = publish(Format.RSS, *window)
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(lambda _: publish(Format.RSS, *window), range(32))) == {alone}


def test_the_generator_is_ours_by_name_and_version():
    assert b"python-feedgen" not in publish(Format.RSS) + publish(Format.ATOM)
    assert xml(publish(Format.RSS)).findtext("channel/generator") == f"feedsvc {rss_atom.feedsvc.__version__}"


def test_the_feed_changed_when_the_newest_of_its_articles_did():
    late = EVENING.replace(hour=20)
    for window in ([article(updated=late)], [article(), article(1, retracted=late)]):
        rendering = feeds.render(FEED, Format.ATOM, window, SITE, IDENTITY, ttl_s=60)
        assert xml(rendering.body).findtext("atom:updated", namespaces=NS) == "2025-02-08T20:06:00+00:00"
    assert xml(publish(Format.ATOM)).findtext("atom:updated", namespaces=NS) == "2024-01-01T00:00:00+00:00"
