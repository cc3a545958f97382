"""A document changes when its bytes do, and comes packed in every coding that helps."""

import gzip
import re
from datetime import UTC, datetime, timedelta

import brotli
import pytest
import zstandard
from newsroom import EVENING, FEED, IDENTITY, SITE, article, publish

from feedsvc import feeds
from feedsvc.feeds import gate
from feedsvc.model import Format

WINDOW = [article(number) for number in range(5)]
NOW = EVENING + timedelta(minutes=1, microseconds=5)


def document(window=WINDOW, *, form=Format.RSS, previous=None, now=NOW, built_from=1, settings="s", ttl_s=300):
    made, left_out = feeds.document(
        FEED,
        form,
        window,
        SITE,
        IDENTITY,
        ttl_s=ttl_s,
        now=now,
        previous=previous,
        built_from=built_from,
        settings=settings,
    )
    assert left_out == ()
    return made


@pytest.mark.parametrize("form", Format)
def test_a_document_is_the_rendering_and_what_http_needs_to_know_of_it(form):
    made = document(form=form)
    assert (made.feed, made.format, made.body) == (FEED.name, form, publish(form, *WINDOW))
    assert (made.max_age_s, made.built_from, made.settings) == (300, 1, "s")
    assert made.last_modified == datetime(2025, 2, 8, 18, 7, tzinfo=UTC)
    assert re.fullmatch(r"[0-9a-f]{20}\.[0-9a-f]{6}\.0", made.etag)


def test_the_tag_names_the_state_of_the_feed_that_the_bytes_show():
    window = [article(0, changed=7), article(1, changed=300, retracted=NOW), article(2, changed=9)]
    tag = document(window, settings="a").etag
    assert tag.endswith(".12c")
    assert feeds.change_number(tag, "a") == feeds.change_number(f"{tag}-gzip", "a") == 300
    assert feeds.change_number(tag, "b") is None
    assert feeds.change_number(document([], settings="a").etag, "a") == 0


def test_what_is_beyond_the_limit_does_not_count_as_known():
    one = FEED.model_copy(update={"limit": 1})
    made, _ = feeds.document(
        one, Format.RSS, [article(0, changed=1), article(1, changed=2)], SITE, IDENTITY,
        ttl_s=60, now=NOW, previous=None, built_from=1, settings="a",
    )  # fmt: skip
    assert feeds.change_number(made.etag, "a") == 1


@pytest.mark.parametrize(
    "tag", ["", "*", "0" * 32, "0" * 20 + ".000000", f"{'0' * 20}.zzzzzz.1", f"{'0' * 20}.000000.1"]
)
def test_a_tag_of_somebody_else_says_nothing(tag):
    assert feeds.change_number(tag, "a") is None


def test_the_same_articles_under_other_settings_have_another_tag():
    assert document(settings="a").etag != document(settings="b").etag


def test_while_the_bytes_stay_only_what_they_were_built_from_moves():
    first = document()
    again = document(previous=first, now=NOW + timedelta(hours=1), built_from=2, settings="t")
    assert again.encodings is first.encodings
    assert (again.body, again.etag, again.last_modified) == (first.body, first.etag, first.last_modified)
    assert (again.built_from, again.settings) == (2, "t")


def test_bytes_that_passed_the_gate_under_these_settings_need_not_pass_it_again(monkeypatch):
    first, shorter = document(), publish(Format.RSS, *WINDOW[1:])
    judged = []
    monkeypatch.setattr(gate, "passes", lambda written, *_: judged.append(written.body) or True)
    document(previous=first, built_from=2)
    assert judged == []
    document(previous=first, settings="t")
    document(WINDOW[1:], previous=first)
    assert judged == [first.body, shorter]


def test_new_bytes_have_a_new_tag_and_time():
    first = document()
    second = document(WINDOW[1:], previous=first, now=NOW + timedelta(hours=1))
    assert second.etag != first.etag
    assert second.last_modified == first.last_modified + timedelta(hours=1)


@pytest.mark.parametrize("form", Format)
def test_each_coding_unpacks_to_the_document_and_is_smaller(form):
    made = document(form=form)
    unpack = {"gzip": gzip.decompress, "br": brotli.decompress, "zstd": zstandard.ZstdDecompressor().decompress}
    assert set(made.encodings) == set(unpack)
    for coding, packed in made.encodings.items():
        assert unpack[coding](packed) == made.body
        assert len(packed) < len(made.body)


def test_codings_do_not_depend_on_the_time_of_packing():
    assert document(now=NOW + timedelta(days=1)).encodings == document().encodings


def test_what_was_left_out_is_told_with_the_document():
    _, left_out = feeds.document(
        FEED, Format.JSON, [article(0), article(1, title="\x00")], SITE, IDENTITY,
        ttl_s=60, now=NOW, previous=None, built_from=1, settings="",
    )  # fmt: skip
    assert [complaint.where for complaint in left_out] == ["article 0000000001"]
