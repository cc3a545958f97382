"""Pushing to the real server, over a real connection."""

import contextlib
import http.client
import json
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pushroom import one

PATIENCE_S = 30.0


@dataclass
class Served:
    port: int
    secret: str

    def __call__(
        self, method: str, path: str, body: Any = None, *, chunked: bool = False
    ) -> tuple[int, http.client.HTTPMessage, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)
        headers = {"Authorization": f"Bearer {self.secret}", "Content-Type": "application/json"}
        sent = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        try:
            pieces = (sent[i : i + 1000] for i in range(0, len(sent), 1000)) if chunked and sent else sent
            connection.request(method, path, pieces, headers, encode_chunked=chunked)
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            connection.close()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("served")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    (folder / "config.toml").write_text(
        f"[site]\ntitle = 'News'\nbase_url = 'http://127.0.0.1:{port}'\n[[sources]]\nname = 'cms'\nkind = 'push'\n",
        "utf-8",
    )
    feedsvc = [sys.executable, "-m", "feedsvc"]
    given = subprocess.run([*feedsvc, "tokens", "add", "cms"], cwd=folder, capture_output=True, text=True, check=True)
    with (folder / "log.txt").open("w") as log:
        serving = [*feedsvc, "serve", "--port", str(port)]
        process = subprocess.Popen(serving, cwd=folder, stdout=subprocess.DEVNULL, stderr=log)
        served = Served(port, given.stdout.strip())
        try:
            until(lambda: answers(served), "the server")
            yield served
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(PATIENCE_S)
    logged = (folder / "log.txt").read_text("utf-8")
    assert served.secret not in logged
    assert "crashed" not in logged


def answers(served: Served) -> bool:
    try:
        return served("GET", "/readyz")[0] == 200
    except OSError:
        return False


def until(found: Callable[[], object], what: str) -> float:
    """Wait, and return how many seconds it took."""
    began = time.monotonic()
    while time.monotonic() < began + PATIENCE_S:
        if found():
            return time.monotonic() - began
        time.sleep(0.01)
    pytest.fail(f"never saw {what}")


def titles(served: Served) -> list[str]:
    return [item["title"] for item in json.loads(served("GET", "/feed.json")[2])["items"]]


@pytest.mark.parametrize("sender_id", ["https://site.example.org/?p=1&q=a#b", "a/b//c/", "/a", "ключ", "100%", "a%2Fb"])
def test_any_id_can_stand_in_an_address(served: Served, sender_id: str) -> None:
    status, headers, _ = served("PUT", one(sender_id), {"title": f"Story of {sender_id}"})
    assert (status, headers["Location"].startswith(f"http://127.0.0.1:{served.port}/articles/")) == (201, True)
    assert json.loads(served("GET", one(sender_id))[2])["id"] == sender_id
    assert served("DELETE", one(sender_id))[0] == 204


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_may_come_in_chunks_and_be_a_million_bytes(served: Served, chunked: bool) -> None:
    item = json.dumps({"id": f"large-{chunked}", "title": f"Large {chunked}"}).encode()
    assert served("POST", "/api/articles", item.rjust(1_000_000), chunked=chunked)[0] == 201


@pytest.mark.parametrize("size", [1_000_001, 6_000_000])
def test_a_body_that_is_too_large_is_refused_once_it_is_sent(served: Served, size: int) -> None:
    status, headers, body = served("POST", "/api/articles", b" " * size)
    assert (status, headers["Content-Type"]) == (413, "application/problem+json")
    assert json.loads(body)["status"] == 413


def test_what_is_pushed_is_in_every_workers_feed_at_once(served: Served) -> None:
    title = "A story that everybody waits for"
    assert served("POST", "/api/articles", {"id": "fresh", "title": title})[0] == 201
    until(lambda: all(title in titles(served) for _ in range(10)), "the article in the feed")
    assert served("DELETE", one("fresh"))[0] == 204
    until(lambda: all(title not in titles(served) for _ in range(10)), "the article leave the feed")


def test_what_is_kept_back_appears_by_itself_at_its_instant(served: Served) -> None:
    due = datetime.now(UTC) + timedelta(seconds=2)
    item = {"id": "later", "title": "A promise", "_feedsvc": {"publish_at": due.isoformat()}}
    assert served("POST", "/api/articles", item)[0] == 201
    until(lambda: "A promise" in titles(served) or datetime.now(UTC) > due, "its instant")
    assert datetime.now(UTC) > due, "it was out before its instant"
    until(lambda: "A promise" in titles(served), "the article in the feed")


def test_bodies_that_do_not_come_hold_up_no_reader(served: Served) -> None:
    promise = b"POST /hub HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n"
    with contextlib.ExitStack() as stack:
        senders = [stack.enter_context(socket.create_connection(("127.0.0.1", served.port), 20)) for _ in range(40)]
        for sender in senders:
            sender.sendall(promise)
        refused, _, _ = select.select(senders, [], [], PATIENCE_S)
        assert b" 503 " in refused[0].recv(20)
        for _ in range(20):
            assert served("GET", "/feed.xml")[0] == 200
