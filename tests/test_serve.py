"""The whole product as its users meet it: `feedsvc serve`, pages dropped into the inbox, feeds over HTTP."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import feedparser
import pytest

ROOT = Path(__file__).parents[1]
# Long enough for the slowest machine: only a test that fails waits so long.
PATIENCE_S = 30.0

LINES = (
    ("A lighthouse keeper retires after forty years", "12:06 08.02.2025"),
    ("The harbour bridge is painted green again", "15:26 04.02.2025"),
    ("School choir sings for the fishing fleet", "08:53 30.01.2025"),
)


def page(*lines: tuple[str, str]) -> str:
    return "News line\n\n" + "\n".join(f"{title}\n{moment}" for title, moment in lines) + "\nAll news\n"


def until(found: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        if found():
            # Every worker looks at the store ten times a second: by then they all have it.
            time.sleep(0.3)
            return
        time.sleep(0.05)
    pytest.fail(f"never saw {what}")


@dataclass
class House:
    folder: Path
    port: int
    process: subprocess.Popen[str]

    def get(self, path: str, **headers: str) -> tuple[int, http.client.HTTPMessage, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
            response = connection.getresponse()
            return response.status, response.headers, response.read()
        finally:
            connection.close()

    def save(self, text: str) -> None:
        unfinished = self.folder / "var" / "page.part"
        unfinished.write_text(text, encoding="utf-8")
        unfinished.replace(self.folder / "var" / "inbox" / "page.txt")

    def configure(self, *settings: str) -> None:
        text = (
            "[site]\ntitle = 'The Harbour Times'\n"
            f"base_url = 'http://127.0.0.1:{self.port}'\ntimezone = 'Asia/Baku'\n"
            + "\n".join(settings)
            + "\n[[sources]]\nname = 'front-page'\nkind = 'page-text'\npath = 'var/inbox/*.txt'\nevery = '1s'\n"
        )
        (self.folder / "config.toml").write_text(text, encoding="utf-8")

    def log(self) -> str:
        return (self.folder / "log.txt").read_text(encoding="utf-8")


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    (tmp_path / "var" / "inbox").mkdir(parents=True)
    house = House(tmp_path, port, process=None)  # type: ignore[arg-type] - started below, once it is configured
    house.configure()
    house.save(page(*LINES))
    with (tmp_path / "log.txt").open("w") as log:
        house.process = subprocess.Popen(
            [sys.executable, "-m", "feedsvc", "serve", "--port", str(port)],
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
    try:
        assert house.process.stdout is not None
        assert house.process.stdout.readline().startswith("feedsvc is serving"), house.log()
        until(lambda: LINES[0][0].encode() in house.get("/feed.xml")[2], "the page in the feed")
        yield house
    finally:
        if house.process.poll() is None:
            house.process.kill()
        house.process.wait(PATIENCE_S)
        house.process.stdout.close()


def test_a_reader_subscribes_and_its_second_poll_is_a_304(house: House) -> None:
    for path in ("/feed.xml", "/atom.xml", "/feed.json"):
        status, headers, _ = house.get(path, Accept_Encoding="gzip")
        assert status == 200
        status, again, body = house.get(path, Accept_Encoding="gzip", If_None_Match=headers["ETag"])
        assert (status, body, again["ETag"]) == (304, b"", headers["ETag"])
    parsed = feedparser.parse(house.get("/feed.xml")[2])
    assert not parsed.bozo
    assert [entry.title for entry in parsed.entries] == [title for title, _ in LINES]
    for entry in parsed.entries:
        status, _, body = house.get(entry.link.removeprefix(f"http://127.0.0.1:{house.port}"))
        assert status == 200
        assert entry.title.encode() in body


def test_an_edited_headline_is_served_soon_as_the_same_item_and_its_old_address_redirects(house: House) -> None:
    before = feedparser.parse(house.get("/feed.xml")[2]).entries[0]
    edited = "Lighthouse keeper retires after forty-one years"
    house.save(page((edited, LINES[0][1]), *LINES[1:]))

    until(lambda: edited.encode() in house.get("/feed.xml")[2], "the edited headline")

    after = feedparser.parse(house.get("/feed.xml")[2])
    assert [entry.title for entry in after.entries] == [edited, *(title for title, _ in LINES[1:])]
    assert (after.entries[0].id, after.entries[0].published) == (before.id, before.published)
    status, headers, _ = house.get(before.link.removeprefix(f"http://127.0.0.1:{house.port}"))
    assert status == 301
    assert after.entries[0].link.endswith(headers["Location"])


def test_the_configuration_is_reread_and_a_wrong_one_changes_nothing(house: House) -> None:
    house.configure("[[feeds]]\nname = 'sea'\ntitle = 'The sea'\nlimt = 3")
    until(lambda: "limt" in house.log(), "the problem in the log")
    assert "config.toml:" in house.log()
    assert house.get("/feeds/sea.xml")[0] == 404
    assert house.get("/feed.xml")[0] == 200

    house.configure("[[feeds]]\nname = 'sea'\ntitle = 'The sea'\nlimit = 2")
    until(lambda: house.get("/feeds/sea.xml")[0] == 200, "the new feed")
    assert len(feedparser.parse(house.get("/feeds/sea.xml")[2]).entries) == 2
    assert house.log().count("config_refused") == 1


def test_a_retracted_article_is_gone_from_feed_and_page(house: House) -> None:
    entry = feedparser.parse(house.get("/feed.xml")[2]).entries[0]
    path = entry.link.removeprefix(f"http://127.0.0.1:{house.port}")
    done = subprocess.run(
        [sys.executable, "-m", "feedsvc", "articles", "retract", path.split("/")[2]],
        cwd=house.folder,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    until(lambda: house.get(path)[0] == 410, "the permalink's 410")
    until(lambda: entry.title.encode() not in house.get("/feed.xml")[2], "the feed without it")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_everything_cleanly(house: House, number: signal.Signals) -> None:
    house.process.send_signal(number)
    assert house.process.wait(PATIENCE_S) == 0
    assert "Traceback" not in house.log()
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", house.port)) != 0
