"""From an accepted push to its news from every worker: at most 100 ms mostly, 500 ms at worst, with 100 feeds."""

import http.client
import json
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from statistics import median, quantiles

from benchmarks.figures import Figure
from benchmarks.newsroom import Newsroom, headline, paragraphs
from benchmarks.served import Server, served
from feedsvc import wiring

ROUNDS = 40
_FEEDS = 100
_P50_GOAL_MS, _P99_GOAL_MS = 100, 500
# The feeds that take what is pushed, one in each format.
_PATHS = ("/feed.xml", "/feeds/topic-7.atom", "/feeds/topic-8.json")
# Each answer comes over a connection of its own, so for half of them from the other worker: the last old answer is the
# last worker's, when so many new ones follow it.
_IN_A_ROW = 40
_PATIENCE_S = 30
_WARM_S = 0.2
_CONFIG = """
[site]
title = "The Northquay Times"
base_url = "https://news.example.org"
timezone = "Asia/Baku"

[[sources]]
name = "editors"
kind = "push"
"""


@dataclass(frozen=True, slots=True)
class _Pushed:
    """How long a push took to be accepted, and how long after that an old answer was still given; in seconds."""

    answered: float
    stale: float


def measure(folder: Path, *, rounds: int = ROUNDS) -> Iterator[Figure]:
    """Push one article after another, readers asking all the while; three of the feeds select each."""
    room = Newsroom.found(folder / "freshness")
    topics = (f'[[feeds]]\nname = "topic-{n}"\ntitle = "Topic {n}"\ntags = ["Topic {n}"]\n' for n in range(_FEEDS - 1))
    room.config_file.write_text("\n".join((_CONFIG, *topics)), encoding="utf-8")
    with closing(wiring.service(room.config_file)) as service:
        service.prepare()
        _, secret = service.tokens.add_for_source("editors")
    with served(room) as server:
        for number in range(10):  # what renders is imported by both workers
            _push(server, secret, -1 - number)
        pushes = []
        for number in range(rounds):
            time.sleep(0.05 + number % 7 * 0.015)  # at any moment between two looks of a worker
            pushes.append(_push(server, secret, number))
    stale = [push.stale for push in pushes]
    what = f"accepted push to new bytes from every worker, {_FEEDS} feeds"
    yield Figure(what, median(stale) * 1000, "ms", _P50_GOAL_MS)
    yield Figure(f"… 99 of 100 of {rounds}", quantiles(stale, n=100)[-1] * 1000, "ms", _P99_GOAL_MS)
    yield Figure("… the push itself, three feeds published", median(push.answered for push in pushes) * 1000, "ms")


def _push(server: Server, secret: str, number: int) -> _Pushed:
    """Push an article while readers ask, so that every worker has just looked at the store when it comes."""
    reader = _Reader(server, number)
    with reader:
        time.sleep(_WARM_S)
        item = {
            "id": f"push-{number}",
            "title": headline(number),
            "content_text": "\n\n".join(paragraphs(number)),
            "tags": ["Topic 7", "Topic 8"],
        }
        begin = time.perf_counter()
        with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)) as connection:
            headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}
            connection.request("POST", "/api/articles", json.dumps(item), headers)
            status = connection.getresponse().status
        if status not in (http.client.OK, http.client.CREATED):
            raise RuntimeError(f"the push was answered {status}")
        accepted = time.perf_counter()
        while reader.new_in_a_row < _IN_A_ROW:
            if time.perf_counter() > accepted + _PATIENCE_S:
                raise RuntimeError("a worker still serves what was before the push")
            time.sleep(0.002)
    return _Pushed(accepted - begin, max(reader.last_old - accepted, 0.0))


class _Reader(threading.Thread):
    """Asks for the feeds all the time, and knows when it was given an old one last."""

    def __init__(self, server: Server, number: int) -> None:
        super().__init__()
        self._server = server
        self._news = f"day {number}<".encode(), f'day {number}"'.encode()
        self._done = threading.Event()
        self.last_old = 0.0
        self.new_in_a_row = 0

    def __enter__(self) -> None:
        self.start()

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self.join()

    def run(self) -> None:
        for path in cycle(_PATHS):
            if self._done.is_set():
                return
            _, body = self._server.get(path)
            if any(news in body for news in self._news):
                self.new_in_a_row += 1
            else:
                self.new_in_a_row, self.last_old = 0, time.perf_counter()
