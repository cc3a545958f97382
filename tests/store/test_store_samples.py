"""Of each source and code the page is kept with which the trouble began, until a month after it is over."""

import random
from dataclasses import replace
from datetime import timedelta

from store_samples import NOON, SOURCE

from feedsvc.model import Sample, SourceName
from feedsvc.store.samples import MOST_BYTES

LOST = Sample(SOURCE, "list_lost", "page.txt", "its news line is gone", NOON, "text/plain", 9)
DAY = timedelta(days=1)


def kept(store):
    with store.read() as tx:
        return {sample: tx.samples.body(sample.source, sample.code) for sample in tx.samples.list()}


def test_the_page_with_which_the_trouble_began_stays(store):
    with store.begin() as tx:
        tx.samples.keep(LOST, b"the first", NOON)
        tx.samples.keep(replace(LOST, taken_at=NOON + DAY), b"the second", NOON + DAY)

    assert kept(store) == {LOST: b"the first"}


def test_new_trouble_takes_the_place_of_trouble_that_was_over(store):
    again = replace(LOST, taken_at=NOON + DAY)
    with store.begin() as tx:
        tx.samples.keep(LOST, b"the first", NOON)
        tx.samples.note_well(SOURCE, "page.txt", NOON)
    assert kept(store) == {replace(LOST, well=NOON): b"the first"}

    with store.begin() as tx:
        tx.samples.keep(again, b"the second", NOON + DAY)
    assert kept(store) == {again: b"the second"}


def test_each_code_has_its_page_and_the_other_trouble_of_an_origin_is_over(store):
    shrank = replace(LOST, code="list_shrank", taken_at=NOON + DAY)
    with store.begin() as tx:
        tx.samples.keep(LOST, b"the first", NOON)
        tx.samples.keep(shrank, b"the second", NOON + DAY)

    assert kept(store) == {shrank: b"the second", replace(LOST, well=NOON + DAY): b"the first"}


def test_another_origin_reads_well_without_changing_anything(store):
    with store.begin() as tx:
        tx.samples.keep(LOST, b"the first", NOON)
        tx.samples.note_well(SOURCE, "other.txt", NOON)

    assert kept(store) == {LOST: b"the first"}


def test_a_page_is_forgotten_a_month_after_its_source_reads_well_again(store):
    with store.begin() as tx:
        tx.samples.keep(LOST, b"the first", NOON)
        tx.samples.prune(NOON + 365 * DAY)
        tx.samples.note_well(SOURCE, "page.txt", NOON)
        tx.samples.prune(NOON + 30 * DAY)
    assert kept(store) == {replace(LOST, well=NOON): b"the first"}

    with store.begin() as tx:
        tx.samples.prune(NOON + 31 * DAY)
    assert kept(store) == {}


def test_what_stays_too_large_when_compressed_is_not_kept(store):
    with store.begin() as tx:
        tx.samples.keep(LOST, random.Random(1).randbytes(MOST_BYTES), NOON)
        tx.samples.keep(replace(LOST, code="unreadable"), b"a" * 2 * MOST_BYTES, NOON)

    assert kept(store) == {replace(LOST, code="unreadable"): b"a" * 2 * MOST_BYTES}


def test_of_an_unknown_page_there_are_no_bytes(store):
    with store.read() as tx:
        assert tx.samples.body(SOURCE, "list_lost") is None


def test_the_pages_of_sources_that_are_gone_are_forgotten(store):
    other = replace(LOST, source=SourceName("blog"))
    with store.begin() as tx:
        tx.samples.keep(LOST, b"the first", NOON)
        tx.samples.keep(other, b"the other", NOON)
        tx.samples.forget_all_but([SOURCE])
    assert kept(store) == {LOST: b"the first"}

    with store.begin() as tx:
        tx.samples.forget_all_but([])
    assert kept(store) == {}
