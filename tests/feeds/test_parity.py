"""The three formats say the same, whatever the articles contain."""

from datetime import timedelta

import feedparser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from newsroom import EVENING, FEED, IDENTITY, SITE, article, publish
from readers import ROWS, atom_rows, feedparser_titles, json_rows, rss_rows

from feedsvc import feeds
from feedsvc.feeds import wording
from feedsvc.model import Format

FRAGMENTS = st.sampled_from(
    [
        "&",
        "&amp;",
        "&lt;b&gt;",
        "<b>",
        "</b>",
        "</script>",
        "]]>",
        "<![CDATA[",
        "<!--",
        "&#1;",
        "&bogus;",
        "R&D",
        "<a@b.example>",
        "中文",
        "العربية",
        "é",
        "İ",
        "👨\u200d👩\u200d👧",
    ]
) | st.sampled_from("\x00\x85\x93\ufffd\ufffe\ud800\u202e\u0338\n")


def survives_feedparser(value: str) -> bool:
    """feedparser takes what could be UTF-8 read as Latin-1 (``Â¡``) for that, and mends it."""
    try:
        return wording.plain(value).encode("latin-1").decode("utf-8").isascii()
    except UnicodeError:
        return True


WILD = st.lists(FRAGMENTS | st.text(max_size=8), max_size=8).map("".join).filter(survives_feedparser)


@st.composite
def windows(draw: st.DrawFn) -> list:
    count = draw(st.integers(0, 4))
    return [
        article(
            number,
            title=draw(WILD) + "t",
            body=draw(st.none() | WILD),
            summary=draw(st.none() | WILD),
            section=draw(st.none() | WILD),
            tags=tuple(draw(st.lists(WILD, max_size=2))),
            authors=tuple(draw(st.lists(WILD, max_size=2))),
            link=draw(st.none() | WILD | st.just("https://source.example/a b?ü=[1]")),
        )
        for number in range(count)
    ]


@settings(max_examples=40)
@given(windows())
def test_any_article_is_the_same_in_all_formats(window):
    rss, atom, json = (publish(form, *window) for form in Format)
    assert rss_rows(rss) == atom_rows(atom) == json_rows(json)
    assert len(json_rows(json)) == len(window)


@settings(max_examples=40)
@given(WILD)
def test_any_title_reads_the_same_in_feedparser_whatever_the_format(title):
    window = [article(title=title + "t")]
    (rss,), (atom,) = (feedparser_titles(publish(form, *window)) for form in (Format.RSS, Format.ATOM))
    assert rss == atom == json_rows(publish(Format.JSON, *window))[0][1]


@pytest.mark.parametrize("title", ["AT&T <b>", "R&D &amp; co", "Use <b>bold</b> text", "a ]]> b", "x < y > z", "&lt;"])
def test_titles_are_text(title):
    window = [article(title=title)]
    rows = [rss_rows(publish(Format.RSS, *window)), atom_rows(publish(Format.ATOM, *window))]
    assert [row[1] for (row,) in rows] == [title, title]


def test_feedparser_reads_the_same_entries_from_rss_and_atom():
    window = [article(0), article(1, authors=()), article(2, link="https://source.example/2", language="az")]
    rss, atom = (feedparser.parse(publish(form, *window)) for form in (Format.RSS, Format.ATOM))
    assert (rss.version, atom.version, rss.bozo, atom.bozo) == ("rss20", "atom10", False, False)

    def seen(entry):
        via = [link.href for link in entry.links if link.rel == "via"]
        names = ("id", "title", "link", "published_parsed", "updated_parsed", "summary", "tags")
        return [entry[name] for name in names], entry.content[0].value, via

    assert [seen(entry) for entry in rss.entries] == [seen(entry) for entry in atom.entries]


def test_times_are_whole_seconds_when_published_and_exact_when_updated():
    odd = article(published=EVENING - timedelta(microseconds=1), updated=EVENING + timedelta(microseconds=7))
    for form, rows in ROWS.items():
        (row,) = rows(publish(form, odd))
        assert row[3:5] == (EVENING - timedelta(seconds=1), EVENING + timedelta(microseconds=7))


@pytest.mark.parametrize("form", Format)
def test_updated_is_never_before_published(form):
    early = article(published=EVENING, updated=EVENING - timedelta(hours=1))
    ((_, _, _, published, updated, *_),) = ROWS[form](publish(form, early))
    assert published == updated == EVENING


def test_a_summary_feed_has_no_bodies_and_the_same_entries():
    summaries = FEED.model_copy(update={"content": "summary"})
    window = [article(0), article(1, body=None)]
    for form, rows in ROWS.items():
        body = feeds.render(summaries, form, window, SITE, IDENTITY, ttl_s=60).body
        assert b"And the second" not in body
        assert b"The first paragraph of story 0." in body
        assert rows(body) == rows(publish(form, *window))
