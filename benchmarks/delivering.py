"""Deliveries to 10,000 subscriptions on loopback: how many a second, how soon, and none lost to a kill half-way."""

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.figures import Figure
from benchmarks.newsroom import ENTRIES, Newsroom, page
from benchmarks.served import served
from feedsvc.model import MAIN_FEED, Format, Intent, Mode, Outcome, RunKind
from feedsvc.service import utc_now
from feedsvc.store import Store

ROUNDS = 3
_SUBSCRIPTIONS = 10_000
_GOAL_S = 10.0  # ≥ 1,000 a second
_SOON_S = 1.0
_LEASE_S = 86_400
_CONFIG = '\n[hub]\nallow = ["loopback"]\n'
_AT_ONCE = 1_000
_PATIENCE_S = 180


def measure(folder: Path, *, rounds: int = ROUNDS) -> Iterator[Figure]:
    """Change the page, and see how its news comes to all subscribers; then kill the sender half-way, once."""
    room = Newsroom.found(folder / "delivering")
    room.config_file.write_text(room.config_file.read_text("utf-8") + _CONFIG, "utf-8")
    changes, bare = [], []
    with _receiver() as receiver:
        with served(room) as server:
            _subscribe(room, receiver)
            for number in range(rounds + 1):  # the first one imports what delivers
                changes.append(_change(room, receiver, ENTRIES + 1 + number))
                bare.append(_post_bare(receiver, server.get("/feed.xml")[1]))
        again = _kill_half_way(room, receiver, ENTRIES + 2 + rounds)
    took = median(whole for whole, _ in changes[1:])
    compared = median(whole / one for (whole, _), one in zip(changes[1:], bare[1:], strict=True))
    yield Figure(
        f"{_SUBSCRIPTIONS:,} deliveries, from the first to the last", took, "s", _GOAL_S, compared, "bare POSTs"
    )
    yield Figure("… in a second", _SUBSCRIPTIONS / took, "")
    yield Figure("change stored to the first delivery", max(soon for _, soon in changes[1:]), "s", _SOON_S)
    yield Figure("deliveries lost to a kill half-way", 0, "", 0)
    yield Figure("… made twice after it", again, "")


def _subscribe(room: Newsroom, receiver: int) -> None:
    store = Store.open(room.config().store.url)
    now = utc_now()
    later = now + timedelta(days=1)  # nobody is asked: they are confirmed here
    try:
        for start in range(0, _SUBSCRIPTIONS, _AT_ONCE):  # the service writes between
            with store.begin() as tx:
                for number in range(start, start + _AT_ONCE):
                    url = f"http://127.0.0.1:{receiver}/{number}"
                    tx.hub.ask(Intent(Mode.SUBSCRIBE, MAIN_FEED, Format.RSS, url, "127.0.0.1", _LEASE_S, url), later)
                for each in tx.hub.claim_intents(later, until=later, limit=_AT_ONCE):
                    tx.hub.confirm(each, now)
    finally:
        store.close()


def _change(room: Newsroom, receiver: int, newest: int) -> tuple[float, float]:
    """Return how long the deliveries of a change took, and how soon after the change the first one came."""
    _counted(receiver, "/afresh")
    room.save(page(newest=newest))
    counted = _await(receiver, _SUBSCRIPTIONS)
    return counted["last"] - counted["first"], counted["first"] - _changed(room)


def _changed(room: Newsroom) -> float:
    """Return when the last change was stored, as the Run that published it has it."""
    store = Store.open(room.config().store.url)
    try:
        with store.read() as tx:
            runs = tx.runs.list(limit=20)
    finally:
        store.close()
    return max(run.ended for run in runs if (run.kind, run.outcome) == (RunKind.PUBLISH, Outcome.DONE)).timestamp()


def _post_bare(receiver: int, body: bytes) -> float:
    """Return how long as many POSTs of the same bytes take that do nothing else, one after the other."""
    connection = http.client.HTTPConnection("127.0.0.1", receiver)
    begin = time.perf_counter()
    for number in range(_SUBSCRIPTIONS):
        connection.request("POST", f"/{number}", body, {"Content-Type": "application/rss+xml"})
        connection.getresponse().read()
    connection.close()
    return time.perf_counter() - begin


def _kill_half_way(room: Newsroom, receiver: int, newest: int) -> int:
    """Kill everything with SIGKILL in the middle, start it again, and return how many deliveries came twice."""
    _counted(receiver, "/afresh")
    with contextlib.suppress(ProcessLookupError), served(room) as server:
        room.save(page(newest=newest))
        _await(receiver, _SUBSCRIPTIONS // 2)
        for pid in server.pids():
            os.kill(pid, signal.SIGKILL)
    with served(room):
        _await(receiver, _SUBSCRIPTIONS)
    counted = _counted(receiver)
    return int(counted["deliveries"] - counted["callbacks"])


def _await(receiver: int, callbacks: int) -> dict[str, Any]:
    end = time.monotonic() + _PATIENCE_S
    while (counted := _counted(receiver))["callbacks"] < callbacks:
        if time.monotonic() > end:
            raise RuntimeError(f"of {callbacks:,} subscriptions only these were told: {counted}")
        time.sleep(0.1)
    return counted


def _counted(receiver: int, path: str = "/") -> dict[str, Any]:
    connection = http.client.HTTPConnection("127.0.0.1", receiver, timeout=10)
    try:
        connection.request("GET", path)
        counted: dict[str, Any] = json.loads(connection.getresponse().read())
        return counted
    finally:
        connection.close()


@contextlib.contextmanager
def _receiver() -> Iterator[int]:
    """Run a receiver; yields its port."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    process = subprocess.Popen([sys.executable, "-m", "benchmarks.receiving", str(port)])
    try:
        for _ in range(200):
            with contextlib.suppress(OSError):
                _counted(port)
                break
            time.sleep(0.05)
        yield port
    finally:
        process.terminate()
        process.wait()
