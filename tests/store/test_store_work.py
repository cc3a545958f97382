import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from store_samples import NOON, SOURCE

from feedsvc.model import ArticleId, Complaint, Outcome, Reading, Run, RunKind, SourceName

READING = Reading(
    source=SOURCE,
    origin="var/inbox/page.txt",
    digest="d1",
    size=12_884_901_888,
    mtime_ns=1_739_016_360_123_456_789,
    taken_at=NOON,
    article=ArticleId("a3"),
    listed=(ArticleId("a2"), ArticleId("a1")),
    complaints=(Complaint("page.txt:3", "no time"),),
    code="list_lost",
)
RUN = Run(RunKind.REFRESH, "front-page", NOON, NOON + timedelta(seconds=1), Outcome.DONE)


# --- readings ---------------------------------------------------------------------------------------------------------


def test_a_reading_takes_the_place_of_the_one_before(store):
    second = replace(READING, digest="d2", listed=(), complaints=(), code=None)
    other = replace(READING, origin="var/inbox/other.txt")
    with store.begin() as tx:
        for reading in (READING, other, second, replace(READING, source=SourceName("elsewhere"))):
            tx.readings.put(reading)

    with store.read() as tx:
        assert tx.readings.list(SOURCE) == {second.origin: second, other.origin: other}
        assert tx.readings.list(SourceName("unknown")) == {}


def test_a_forgotten_origin_has_no_reading(store):
    with store.begin() as tx:
        tx.readings.put(READING)
        tx.readings.delete(SourceName("elsewhere"), [READING.origin])
        assert tx.readings.list(SOURCE) == {READING.origin: READING}
        tx.readings.delete(SOURCE, [READING.origin, "never there"])
        assert tx.readings.list(SOURCE) == {}


# --- runs -------------------------------------------------------------------------------------------------------------


def record(store, *runs):
    with store.begin() as tx:
        for run in runs:
            tx.runs.add(run)


def test_a_run_comes_back_as_it_was_recorded(store):
    run = replace(
        RUN,
        outcome=Outcome.FAILED,
        counts={"entries": 40, "new": 0},
        code="retrieval_failed",
        message="var/inbox: Şəkil yoxdur",
        complaints=(Complaint("a:1", "x"), Complaint("b:2", "y")),
    )
    record(store, run)

    with store.read() as tx:
        assert tx.runs.list(limit=1) == (run,)


def test_the_latest_runs_are_one_of_each_kind_and_name(store):
    again = replace(RUN, outcome=Outcome.UNCHANGED)
    publish = replace(RUN, kind=RunKind.PUBLISH)
    other = replace(RUN, name="a-source")
    record(store, RUN, publish, other, again)

    with store.read() as tx:
        assert tx.runs.latest() == (publish, other, again)
        assert tx.runs.list(limit=3) == (again, other, publish)


def test_runs_do_not_pile_up_and_the_newest_of_each_kind_and_name_stay(store):
    rare = replace(RUN, name="rare")
    record(store, rare, *(replace(RUN, counts={"n": number}) for number in range(700)))

    with store.read() as tx:
        *frequent, last = tx.runs.list(limit=999)
    assert last == rare
    assert 200 <= len(frequent) < 300
    assert [run.counts["n"] for run in frequent] == [*range(699, 699 - len(frequent), -1)]


# --- leases -----------------------------------------------------------------------------------------------------------


def test_of_many_who_claim_at_once_one_gets_it(store):
    claimed = []
    start = threading.Barrier(6)

    def claim(holder):
        start.wait()
        with store.begin() as tx:
            claimed.append(tx.leases.claim("refresh:front-page", holder, NOON, 60))

    threads = [threading.Thread(target=claim, args=(f"holder-{number}",)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(claimed) == [False] * 5 + [True]


@pytest.mark.parametrize(
    ("name", "holder", "after_s", "granted"),
    [
        ("work", "other", 59.999, False),
        ("work", "other", 60, True),
        ("work", "me", 1, True),
        ("other work", "other", 1, True),
    ],
)
def test_a_claim_keeps_others_out_until_it_expires(store, name, holder, after_s, granted):
    with store.begin() as tx:
        assert tx.leases.claim("work", "me", NOON, 60)
    with store.begin() as tx:
        assert tx.leases.claim(name, holder, NOON + timedelta(seconds=after_s), 60) is granted


def test_a_renewed_claim_counts_from_its_renewal(store):
    with store.begin() as tx:
        tx.leases.claim("work", "me", NOON, 60)
        tx.leases.claim("work", "me", NOON + timedelta(seconds=50), 60)
        assert not tx.leases.claim("work", "other", NOON + timedelta(seconds=100), 60)


def test_only_its_holder_releases_a_claim(store):
    with store.begin() as tx:
        tx.leases.claim("work", "me", NOON, 60)
        tx.leases.release("work", "other")
        assert not tx.leases.claim("work", "other", NOON, 60)
        tx.leases.release("work", "me")
        assert tx.leases.claim("work", "other", NOON, 60)
