"""Text and HTML reach readers without anything that harms them or breaks a feed."""

import re
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsvc import markup
from feedsvc.feeds import wording

BASE = "https://source.example/2025/story"


def html(body, base=BASE):
    safe = wording.safe(body, base)
    return None if safe is None else safe.html


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("<p>plain</p>", "<p>plain</p>"),
        ("<p onclick='x()' style='top:0' class=c>a</p>", "<p>a</p>"),
        ("<script>x()</script><style>p{}</style><p>a</p>", "<p>a</p>"),
        ("<iframe src='https://e.example'></iframe><p>a</p>", "<p>a</p>"),
        ("<a href='javascript:x()'>a</a>", "<a>a</a>"),
        ("<a href='java\tscript:x()'>a</a>", "<a>a</a>"),
        ("<a href='/b?c=1&d=2#e'>a</a>", '<a href="https://source.example/b?c=1&amp;d=2#e">a</a>'),
        ("<a href='//cdn.example/x'>a</a>", '<a href="https://cdn.example/x">a</a>'),
        ("<a href='https://новости.example/ü |'>a</a>", '<a href="https://xn--b1amnebsh.example/%C3%BC%20%7C">a</a>'),
        ("<a href='mailto:desk@example.org'>a</a>", '<a href="mailto:desk@example.org">a</a>'),
        ("<a href='http://[::1'>a</a>", "<a>a</a>"),
        ("<img src='i.png' onerror=x() alt=i>", '<img src="https://source.example/2025/i.png" alt="i">'),
        ("<p>a]]>b</p>", "<p>a]]&gt;b</p>"),
        ("<p>\x00a&#1;b\ud800c\ufffe</p>", "<p>abc</p>"),
        ("<p>\x93a&#x94; \ufffd</p>", "<p>“a” ?</p>"),
        ("<p dir=rtl lang=ar>ا</p>", '<p dir="rtl" lang="ar">ا</p>'),
        ("<p>a<unknown>b</unknown></p>", "<p>ab</p>"),
    ],
)
def test_a_body_keeps_what_is_harmless(written, read):
    assert html(written) == read


def test_relative_addresses_are_gone_when_nobody_knows_what_they_are_relative_to():
    assert html("<p><a href='/b'>a</a><img src='i.png' alt='i'></p>", base=None) == '<p><a>a</a><img alt="i"></p>'


@pytest.mark.parametrize("body", ["", " ", "<p></p>", "<p>\u200b&nbsp;</p>", "<script>x()</script>"])
def test_a_body_in_which_nothing_can_be_seen_is_none(body):
    assert wording.safe(body, None) is None


@given(
    st.lists(
        st.sampled_from(
            [
                "<p>",
                "</p>",
                "</p><p>",
                "</p>\n<p>",
                "\n",
                "a",
                "Ünïcödé — “x”",
                "«",
                "\xa0",
                "\r",
                "\x00",
                "\ufffd",
                "<",
                ">",
                "&",
            ]
        )
        | st.text(max_size=3)
    ).map("".join),
    st.booleans(),
)
def test_what_is_told_to_be_plain_would_not_be_mended(body, enclosed):
    body = f"<p>{body}</p>" if enclosed else body
    if wording._is_plain(body):
        assert wording._mended(body, None) == body


@pytest.mark.parametrize("body", ["<p>a</p>", "<p></p><p>b</p>\n<p>—</p>\n"])
def test_paragraphs_are_told_to_be_plain(body):
    assert wording._is_plain(body)


@given(st.lists(st.sampled_from(["<p>", "</p>", "<table><td>", "<a href=x>", "<b>", "<li>", "<svg>", "<select>", "x"])))
def test_a_safe_body_reads_as_it_is_written(parts):
    once = html("".join(parts))
    assert once is None or html(once) == once


def test_a_body_of_elements_without_end_keeps_its_text_alone():
    assert html("<\x00div>" * 100_000 + "words") == "<p>words</p>"


def test_the_lead_is_the_first_paragraph_as_text():
    assert wording.safe("<h2></h2><p>One &amp; <b>two</b></p><p>Three</p>", None).lead == "One & two"


def test_a_long_lead_is_cut_at_a_word():
    lead = wording.safe(f"<p>{'word, ' * 100}</p>", None).lead
    assert len(lead) <= 300
    assert lead.endswith("word…")


def test_a_long_lead_without_spaces_is_cut_all_the_same():
    assert wording.safe(f"<p>{'字' * 1000}</p>", None).lead == "字" * 299 + "…"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("  Ada\n Example ", "Ada Example"),
        ("Ada <ada@example.org>", "Ada"),
        ("<b>R&D</b>", "R&D"),
        ("\x00", ""),
        ("R&amp;amp;D &amp;lt;b&gt;", "R&D"),
    ],
)
def test_labels_are_names_without_markup_or_addresses(written, read):
    assert wording.label(written) == read


@pytest.mark.parametrize(
    ("address", "base", "read"),
    [
        ("https://a.example/b c", None, "https://a.example/b%20c"),
        ("HTTP://a.example/%C3%BC?ü", None, "http://a.example/%C3%BC?%C3%BC"),
        ("/b", "https://a.example/c", "https://a.example/b"),
        ("/b", None, None),
        ("ftp://a.example/", None, None),
        ("https://", None, None),
        ("https://a b.example/", None, None),
        ("https://a<b>.example/", None, None),
        ("https://[::1]:8000/", None, "https://[::1]:8000/"),
        ("", None, None),
        ("https://" + "a" * 70 + "ü.example/", None, None),
    ],
)
def test_addresses_are_absolute_and_ascii_or_none(address, base, read):
    assert markup.absolute(address, base) == read


@given(st.text())
def test_plain_text_is_one_line_that_any_document_can_carry(value):
    line = wording.plain(value)
    assert wording.plain(line) == line
    assert line.encode().decode().splitlines() in ([line], [])


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("AT&T & Co, R&D", "AT&T & Co, R&D"),
        ("a &amp; b, &copy2025, &#65, &x;", "a &amp;amp; b, &amp;copy2025, &amp;#65, &amp;x;"),
        ("5 < 6, <b>", "5 &lt; 6, &lt;b&gt;"),
    ],
)
def test_plain_text_as_html_has_references_only_where_html_needs_them(written, read):
    assert wording.escaped(written) == read


@given(st.text(st.sampled_from("&;#<>amplt cxT0165é"), max_size=30))
def test_plain_text_as_html_reads_as_it_is_written(value):
    assert page_text(wording.escaped(value)) == value


def page_text(written):
    """What a browser makes of it."""
    return unescape(re.sub("[<>]", "!", written))


def test_no_character_that_a_feed_cannot_carry_is_left_in_any_text():
    unfit = [chr(code) for code in (*range(0x20), *range(0x7F, 0xA0), *range(0xD800, 0xE000), *range(0xFDD0, 0xFDF0))]
    unfit += [chr(plane + low) for plane in range(0, 0x110000, 0x10000) for low in (0xFFFE, 0xFFFF)]
    kept = [char for char in (*unfit, "\ufffd") if char in wording.plain(f"a{char}b")]
    assert kept == []
