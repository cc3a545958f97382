"""Deliveries: what becomes of those that fail, that are overtaken, that somebody else is at, that a kill interrupts."""

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hubroom import CONFIG, Asked, Newsroom, Subscriber, agree, subscriber, until

from feedsvc.model import MAIN_FEED, Format, Intent, Mode


def test_a_delivery_that_fails_is_tried_again_later_and_counted(newsroom: Newsroom) -> None:
    statuses = [204, 302, 500]

    def answer(asked: Asked) -> tuple[int, bytes]:
        return agree(asked) if asked.method == "GET" else (statuses.pop(), b"no")

    with subscriber(answer) as reader:
        newsroom.ask(reader.url())
        newsroom.put(2)
        newsroom.service.hub.work()
        newsroom.service.hub.work()
        assert len(reader.deliveries) == 1  # not at once
        newsroom.clock.forward(seconds=13)
        newsroom.service.hub.work()
        assert len(reader.deliveries) == 2
        newsroom.clock.forward(seconds=40)
        newsroom.service.hub.work()
        assert {told.body for told in reader.deliveries} == {newsroom.document().body}
    counts = newsroom.service.hub.counts()
    assert (counts.delivered, counts.failed, counts.owed, counts.subscriptions) == (1, 2, 0, 1)


def test_a_callback_that_never_answers_well_is_given_up_until_the_next_change(newsroom: Newsroom) -> None:
    with subscriber(lambda asked: agree(asked) if asked.method == "GET" else (500, b"")) as reader:
        newsroom.ask(reader.url())
        newsroom.put(2)
        for _ in range(20):
            newsroom.service.hub.work()
            newsroom.clock.forward(hours=8)
        tried = len(reader.deliveries)
        assert tried == 8
        counts = newsroom.service.hub.counts()
        assert (counts.given_up, counts.owed, counts.subscriptions) == (1, 0, 1)
        newsroom.put(3)
        newsroom.service.hub.work()
        assert len(reader.deliveries) == tried + 1


def test_retry_after_is_obeyed(newsroom: Newsroom) -> None:
    def answer(asked: Asked) -> object:
        return agree(asked) if asked.method == "GET" else (429, b"", {"Retry-After": "3600"})

    with subscriber(answer) as reader:
        newsroom.clock.now = datetime.now(UTC)
        newsroom.ask(reader.url())
        newsroom.put(2)
        newsroom.service.hub.work()
        newsroom.clock.forward(minutes=50)
        newsroom.service.hub.work()
        assert len(reader.deliveries) == 1
        newsroom.clock.forward(minutes=11)
        newsroom.service.hub.work()
        assert len(reader.deliveries) == 2


def test_410_ends_the_subscription(newsroom: Newsroom) -> None:
    with subscriber(lambda asked: agree(asked) if asked.method == "GET" else (410, b"")) as reader:
        newsroom.ask(reader.url())
        newsroom.put(2)
        newsroom.service.hub.work()
        newsroom.put(3)
        newsroom.service.hub.work()
        assert len(reader.deliveries) == 1
    counts = newsroom.service.hub.counts()
    assert (counts.ended, counts.subscriptions, counts.owed) == (1, 0, 0)


def test_a_redirect_is_not_followed(newsroom: Newsroom, reader: Subscriber) -> None:
    """WebSub §7: subscribers must not use redirects."""
    moved = {"Location": reader.url("/there")}
    with subscriber(lambda asked: agree(asked) if asked.method == "GET" else (308, b"", moved)) as old:
        newsroom.ask(old.url())
        newsroom.put(2)
        newsroom.service.hub.work()
    assert reader.asked == []
    assert newsroom.service.hub.counts().owed == 1


def test_a_newer_document_takes_the_place_of_one_that_is_still_owed(newsroom: Newsroom, reader: Subscriber) -> None:
    newsroom.ask(reader.url())
    newsroom.put(2)
    newsroom.put(3)
    newsroom.service.hub.work()
    assert [told.body for told in reader.deliveries] == [newsroom.document().body]


def test_what_changes_while_it_is_being_delivered_is_delivered_after_it(newsroom: Newsroom) -> None:
    """In order, and never two at a time to one callback."""
    under_way: list[int] = []
    most: list[int] = []

    def answer(asked: Asked) -> tuple[int, bytes]:
        if asked.method == "POST" and not most:
            newsroom.put(3)
        under_way.append(1)
        most.append(len(under_way))
        time.sleep(0.1)
        under_way.pop()
        return agree(asked)

    with subscriber(answer) as reader:
        newsroom.ask(reader.url())
        most.clear()
        newsroom.put(2)
        newsroom.service.hub.work()
        first, second = reader.deliveries
    assert b"Headline 3" not in first.body
    assert second.body == newsroom.document().body
    assert max(most) == 1


def test_a_slow_host_does_not_hold_up_the_others(newsroom: Newsroom, reader: Subscriber) -> None:
    """One that takes its time has four deliveries under way at most, and others are told meanwhile."""
    release, at_once, most = threading.Event(), [0], [0]
    lock = threading.Lock()

    def slow(asked: Asked) -> tuple[int, bytes]:
        if asked.method == "POST":
            with lock:
                at_once[0] += 1
                most[0] = max(most[0], at_once[0])
            release.wait(10)
            with lock:
                at_once[0] -= 1
        return agree(asked)

    with subscriber(slow) as heavy:
        for number in range(12):
            newsroom.ask(heavy.url(f"/{number}").replace("127.0.0.1", "localhost"))
        newsroom.ask(reader.url())
        newsroom.put(2)
        thread = threading.Thread(target=newsroom.service.hub.work)
        thread.start()
        try:
            until(lambda: len(reader.deliveries) == 1)
            until(lambda: at_once[0] == 4)
        finally:
            release.set()
            thread.join()
        assert len(heavy.deliveries) == 12
    assert most[0] == 4


def test_two_processes_tell_each_subscriber_once(newsroom: Newsroom, reader: Subscriber) -> None:
    for number in range(30):
        subscribe(newsroom, reader.url(f"/{number}"))
    newsroom.put(2)
    other = newsroom.open()
    threads = [threading.Thread(target=service.hub.work) for service in (newsroom.service, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    other.close()
    assert sorted(told.path for told in reader.deliveries) == sorted(f"/{number}" for number in range(30))


def test_what_is_not_begun_when_it_is_to_stop_is_given_back(newsroom: Newsroom) -> None:
    stop = threading.Event()

    def answer(asked: Asked) -> tuple[int, bytes]:
        if asked.method == "POST":
            stop.set()
        return agree(asked)

    with subscriber(answer) as reader:
        for number in range(30):
            subscribe(newsroom, reader.url(f"/{number}"))
        newsroom.put(2)
        newsroom.service.hub.work(stop.is_set)
        begun = len(reader.deliveries)
        assert 0 < begun < 30
        assert newsroom.service.hub.counts().owed == 30 - begun
        newsroom.service.hub.work()
        assert len({told.path for told in reader.deliveries}) == len(reader.deliveries) == 30


def subscribe(newsroom: Newsroom, callback: str, host: str = "127.0.0.1") -> None:
    """Subscribe without asking the callback."""
    with newsroom.service._store.begin() as tx:
        now = newsroom.clock()
        tx.hub.ask(Intent(Mode.SUBSCRIBE, MAIN_FEED, Format.RSS, callback, host, 864_000), now)
        for intent in tx.hub.claim_intents(now, until=now, limit=1):
            tx.hub.confirm(intent, now)


PROGRAM = """
import sys
from datetime import datetime
from pathlib import Path
from feedsvc.config import load
from feedsvc.service import Service
from feedsvc.store import Store

config = load(Path(sys.argv[1]))
moment = datetime.fromisoformat(sys.argv[2])
Service(config, Store.open(config.store.url), clock=lambda: moment).hub.work()
"""


@pytest.fixture
def either(tmp_path: Path, empty_url: str) -> Iterator[Newsroom]:
    """A newsroom on each of the two databases."""
    room = Newsroom(tmp_path, f'{CONFIG}\n[store]\nurl = "{empty_url}"\n')
    yield room
    room.close()


def test_a_process_that_is_killed_half_way_loses_no_delivery(either: Newsroom) -> None:
    """What it held is due again a minute later; what it had reported is not told twice."""
    clock = either.clock
    gate = threading.Semaphore(60)

    def answer(asked: Asked) -> tuple[int, bytes]:
        gate.acquire(timeout=30)
        return agree(asked)

    with subscriber(answer) as reader:
        for number in range(120):
            subscribe(either, reader.url(f"/{number}"))
        either.put(2)
        process = subprocess.Popen([sys.executable, "-c", PROGRAM, str(either.file), clock().isoformat()])
        until(lambda: len(reader.deliveries) >= 60 and either.service.hub.counts().delivered >= 40)
        process.send_signal(signal.SIGKILL)
        process.wait()
        for _ in range(200):
            gate.release()
        reported = either.service.hub.counts().delivered
        held = len(reader.deliveries) - reported
        either.service.hub.work()
        clock.forward(seconds=61)
        either.service.hub.work()
        told = [each.path for each in reader.deliveries]
        assert set(told) == {f"/{number}" for number in range(120)}
        assert len(told) <= 120 + held
        assert either.service.hub.counts().delivered == 120


def test_slow_hosts_do_not_keep_all_lanes(
    newsroom: Newsroom, reader: Subscriber, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A lane is given up after its turn, and whoever has none comes first."""
    monkeypatch.setattr("feedsvc.hub.lanes._LANES_MOST", 2)
    monkeypatch.setattr("feedsvc.hub.lanes._TURN_S", 0.05)
    before: list[int] = []

    def slow(asked: Asked) -> tuple[int, bytes]:
        time.sleep(0.1)
        before.append(len(reader.deliveries))
        return agree(asked)

    with subscriber(slow) as heavy:
        for number in range(12):
            subscribe(newsroom, heavy.url(f"/{number}").replace("127.0.0.1", "localhost"), "localhost")
        subscribe(newsroom, reader.url())
        newsroom.put(2)
        newsroom.service.hub.work()
        assert len(heavy.deliveries) == 12
    assert before[-1] == 1
    assert before.index(1) <= 5
