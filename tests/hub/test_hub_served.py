"""The hub of the real server, from a subscriber's request to what it is told of an article that is pushed."""

import http.client
import json
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from hubroom import Subscriber, until

PATIENCE_S = 30.0


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[int, str]]:
    """The port of a server, and a token."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    (tmp_path / "config.toml").write_text(
        f"[site]\ntitle = 'News'\nbase_url = 'http://127.0.0.1:{port}'\n"
        "[hub]\nallow = ['127.0.0.1']\n"
        "[[sources]]\nname = 'cms'\nkind = 'push'\n",
        "utf-8",
    )
    feedsvc = [sys.executable, "-m", "feedsvc"]
    given = subprocess.run([*feedsvc, "tokens", "add", "cms"], cwd=tmp_path, capture_output=True, text=True, check=True)
    with (tmp_path / "log.txt").open("w") as log:
        serving = [*feedsvc, "serve", "--port", str(port)]
        process = subprocess.Popen(serving, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=log)
        try:
            until(lambda: answers(port), PATIENCE_S)
            yield port, given.stdout.strip()
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(PATIENCE_S)
    logged = (tmp_path / "log.txt").read_text("utf-8")
    assert "crashed" not in logged
    assert "maximum number" not in logged


def answers(port: int) -> bool:
    try:
        return ask(port, "GET", "/readyz")[0] == 200
    except OSError:
        return False


def ask(port: int, method: str, path: str, body: str = "", **headers: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)
    try:
        connection.request(method, path, body or None, headers)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def test_a_subscriber_is_told_of_an_article_that_is_pushed(served: tuple[int, str], reader: Subscriber) -> None:
    """How soon is measured in the benchmarks: no test is timed."""
    port, token = served
    topics = [f"http://127.0.0.1:{port}{path}" for path in ("/feed.xml", "/feed.json")]
    for topic in topics:
        form = {
            "hub.mode": "subscribe",
            "hub.topic": topic,
            "hub.callback": reader.url(f"/{topic[-3:]}"),
            "hub.secret": "s",
        }
        sort = {"Content-Type": "application/x-www-form-urlencoded"}
        assert ask(port, "POST", "/hub", urlencode(form), **sort)[0] == 202
    until(lambda: b"feedsvc_hub_subscriptions 2\n" in ask(port, "GET", "/metrics")[1], PATIENCE_S)

    sent = json.dumps({"id": "1", "title": "The lighthouse is lit again", "content_text": "It is."})
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    assert ask(port, "POST", "/api/articles", sent, **headers)[0] == 201
    until(lambda: len(reader.deliveries) == 2, PATIENCE_S)
    for told in reader.deliveries:
        assert b"The lighthouse is lit again" in told.body
        assert told.is_signed_with("s")
