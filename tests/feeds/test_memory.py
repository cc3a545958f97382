"""What was rendered before is not rendered again, gives the same bytes, and takes no more room than it may."""

import pytest
from newsroom import FEED, IDENTITY, SITE, article, publish

from feedsvc import feeds
from feedsvc.feeds import json_feed, rss_atom
from feedsvc.feeds.memory import Memory
from feedsvc.model import Format

WINDOW = [article(number, image="https://cdn.example/a.jpg", language="az") for number in range(6)]


@pytest.fixture
def forgetful(monkeypatch):
    def forget():
        monkeypatch.setattr(rss_atom, "_known", {form: Memory(10_000_000) for form in (Format.RSS, Format.ATOM)})
        monkeypatch.setattr(rss_atom, "_entries", Memory(10_000_000))
        monkeypatch.setattr(json_feed, "_known", Memory(10_000_000))

    forget()
    return forget


@pytest.mark.parametrize("form", Format)
def test_a_document_is_the_same_whether_its_entries_are_remembered_or_not(form, forgetful):
    fresh = publish(form, *WINDOW)
    assert publish(form, *WINDOW) == fresh
    forgetful()
    for some in (WINDOW[3:4], WINDOW[::2], WINDOW[::-1]):
        publish(form, *some)
    assert publish(form, *WINDOW) == fresh


@pytest.mark.parametrize("form", [Format.RSS, Format.ATOM])
def test_only_what_is_new_is_written_by_feedgen(form, forgetful, monkeypatch):
    publish(form, *WINDOW[1:])
    written = []
    made = rss_atom._made
    monkeypatch.setattr(rss_atom, "_made", lambda item: (written.append(item.guid), made(item))[1])
    publish(form, *WINDOW)
    assert written == [WINDOW[0].guid]


@pytest.mark.parametrize("form", Format)
def test_the_same_article_reads_otherwise_in_another_feed(form, forgetful):
    azerbaijani = FEED.model_copy(update={"language": "az", "content": "summary"})
    before = publish(form, *WINDOW)
    other = feeds.render(azerbaijani, form, WINDOW, SITE, IDENTITY, ttl_s=300).body
    forgetful()
    assert feeds.render(azerbaijani, form, WINDOW, SITE, IDENTITY, ttl_s=300).body == other
    assert publish(form, *WINDOW) == before


def test_no_namespace_is_declared_twice(forgetful):
    for form in (Format.RSS, Format.ATOM):
        publish(form, *WINDOW[:3])
        root, _, rest = publish(form, *WINDOW).partition(b">\n  <")
        assert b"xmlns" not in rest
        assert b"xmlns:media" in root


def test_what_was_not_asked_for_lately_is_forgotten_first():
    memory = Memory(100)
    for number in range(40):
        memory.keep(number, str(number), 10)
        assert memory.get(0) == "0"
    kept = [number for number in range(40) if memory.get(number) is not None]
    assert 5 <= len(kept) <= 10
    assert {0, 39} <= set(kept)


def test_what_is_too_heavy_is_not_kept_and_displaces_nothing():
    memory = Memory(100)
    memory.keep("light", 1, 10)
    memory.keep("heavy", 2, 51)
    assert (memory.get("light"), memory.get("heavy")) == (1, None)


def test_what_is_kept_again_weighs_once():
    memory = Memory(100)
    memory.keep("first", 1, 10)
    for number in range(20):
        memory.keep("again", number, 10)
    assert (memory.get("first"), memory.get("again")) == (1, 19)


@pytest.mark.parametrize("form", Format)
def test_an_article_that_was_edited_is_written_anew(form, forgetful):
    before = publish(form, *WINDOW)
    edited = article(3, title="Corrected", image="https://cdn.example/a.jpg", language="az")
    assert b"Corrected" in publish(form, *WINDOW[:3], edited, *WINDOW[4:])
    assert publish(form, *WINDOW) == before
