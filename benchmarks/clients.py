"""Slow and many clients: how long others wait while they are there, and how much memory that takes."""

import http.client
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import quantiles

from benchmarks.figures import Figure
from benchmarks.memory import pss_mb
from benchmarks.newsroom import Newsroom
from benchmarks.served import Server, served

ROUNDS = 3
_IDLE, _SLOW, _BURST = 2_000, 200, 10_000
_GOAL_MS, _GOAL_MB = 50.0, 300.0
_SETTLED_S, _WATCHED_S = 2.0, 8.0
_ASKED_EVERY_S = 0.005
_FILES = _BURST + 1_000


def measure(folder: Path, *, rounds: int = ROUNDS) -> Iterator[Figure]:
    """Ask every 5 ms, on a connection that is kept and on a new one in turns, while the crowd does what it does."""
    crowd = f"{_IDLE:,} idle and {_SLOW} slow clients"
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    if hard != resource.RLIM_INFINITY and hard < _FILES:
        yield Figure.skipped(f"waiting beside {crowd}", f"needs ulimit -n {_FILES}, not {hard}")
        return
    room = Newsroom.found(folder / "clients")
    with served(room) as server:
        with _asking(server) as alone:
            time.sleep(_WATCHED_S)
        with _standing("idle", server, _IDLE), _standing("slow", server, _SLOW):
            time.sleep(_SETTLED_S)
            with _asking(server) as beside:
                time.sleep(_WATCHED_S)
            held = pss_mb(server)
            answered, during = [], []
            for _ in range(rounds):
                with _asking(server) as waits:
                    answered.append(int(_crowd("burst", server, _BURST).communicate()[0]))
                during += waits
                time.sleep(_SETTLED_S)
        after = pss_mb(server)
    yield Figure("the slowest 1 % of answers, nobody else there", _p99_ms(alone), "ms")
    yield Figure(f"… beside {crowd}", _p99_ms(beside), "ms", _GOAL_MS)
    yield Figure(f"… and a burst of {_BURST:,} connections", _p99_ms(during), "ms", _GOAL_MS)
    yield Figure("connections of the burst that got no answer", _BURST - min(answered), "", 0)
    yield Figure(f"memory of all processes beside {crowd}", held, "MB", _GOAL_MB)
    yield Figure(f"… after {rounds} bursts", after, "MB", _GOAL_MB)


@contextmanager
def _asking(server: Server) -> Iterator[list[float]]:
    """Ask for as long as the block runs; the seconds of each answer come into the list."""
    waits: list[float] = []
    done = threading.Event()

    def ask() -> None:
        kept = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        while not done.wait(_ASKED_EVERY_S):
            begin = time.perf_counter()
            kept.request("GET", "/feed.xml", headers={"Accept-Encoding": "gzip"})
            kept.getresponse().read()
            middle = time.perf_counter()
            server.get("/feed.xml", Accept_Encoding="gzip")
            waits.extend((middle - begin, time.perf_counter() - middle))
        kept.close()

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        yield waits
    finally:
        done.set()
        thread.join()


def _crowd(kind: str, server: Server, number: int) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "benchmarks.crowd", kind, str(server.port), str(number)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


@contextmanager
def _standing(kind: str, server: Server, number: int) -> Iterator[None]:
    crowd = _crowd(kind, server, number)
    assert crowd.stdout is not None
    try:
        if crowd.stdout.readline() != "standing\n":
            raise RuntimeError(f"the {kind} clients could not be connected")
        yield
    finally:
        crowd.kill()
        crowd.communicate()


def _p99_ms(waits: list[float]) -> float:
    return quantiles(waits, n=100)[-1] * 1000
