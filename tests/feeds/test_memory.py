"""What was rendered before is not rendered again, gives the same bytes, and takes no more room than it may."""

from dataclasses import replace

import pytest
from newsroom import EVENING, FEED, IDENTITY, SITE, article, publish

from feedsvc import feeds
from feedsvc.feeds import entries, json_feed, rss_atom
from feedsvc.feeds.memory import Memory
from feedsvc.model import Format

WINDOW = [article(number, image="https://cdn.example/a.jpg", language="az") for number in range(6)]


@pytest.fixture
def forgetful(monkeypatch):
    def forget():
        for memories in ("_known", "_heads"):
            monkeypatch.setattr(rss_atom, memories, {form: Memory(10_000_000) for form in (Format.RSS, Format.ATOM)})
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


@pytest.mark.parametrize(
    ("form", "module", "writer"),
    [(Format.RSS, entries, "rss"), (Format.ATOM, entries, "atom"), (Format.JSON, json_feed, "_item")],
)
def test_only_what_is_new_is_written(form, module, writer, forgetful, monkeypatch):
    publish(form, *WINDOW[1:])
    written = []
    write = getattr(module, writer)
    monkeypatch.setattr(module, writer, lambda item: (written.append(item.guid), write(item))[1])
    publish(form, *WINDOW)
    assert written == [WINDOW[0].guid]


@pytest.mark.parametrize("form", [Format.RSS, Format.ATOM])
def test_feedgen_writes_a_feed_once_for_all_times_at_which_it_changed(form, forgetful, monkeypatch):
    later = [replace(WINDOW[0], updated=EVENING.replace(hour=20)), *WINDOW[1:]]
    fresh = publish(form, *later)
    forgetful()
    written = []
    write = rss_atom._feed
    monkeypatch.setattr(rss_atom, "_feed", lambda form, channel: (written.append(channel), write(form, channel))[1])
    before = publish(form, *WINDOW)
    assert publish(form, *later) == fresh
    assert fresh != before
    assert len(written) == 1
    renamed = publish(form, *WINDOW, feed=FEED.model_copy(update={"title": "Another"}))
    assert b"<title>Another</title>" in renamed
    assert len(written) == 2


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
