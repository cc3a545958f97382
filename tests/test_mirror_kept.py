"""The mirror as admins meet it: `feedsvc publish --to`, and `feedsvc work` that keeps a folder up to date."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PATIENCE_S = 60.0
CONFIG = """
[site]
title = "The Harbour Times"
base_url = "https://news.example.org"

[server]
mirror = "www"

[[sources]]
name = "front-page"
kind = "page-text"
path = "inbox/*.txt"
every = "1s"
"""


def save(folder: Path, *headlines: str) -> None:
    lines = "\n".join(f"{headline}\n12:0{number} 08.02.2025" for number, headline in enumerate(headlines))
    unfinished = folder / "page.part"
    unfinished.write_text(f"News line\n\n{lines}\nAll news\n", encoding="utf-8")
    unfinished.replace(folder / "inbox" / "page.txt")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "config.toml").write_text(CONFIG, encoding="utf-8")
    (tmp_path / "inbox").mkdir()
    save(tmp_path, "A lighthouse keeper retires after forty years")
    return tmp_path


def feedsvc(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "feedsvc", *arguments]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, env=environment, check=False)


def until(found: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not found():
        assert time.monotonic() < deadline, f"never saw {what}"
        time.sleep(0.05)


@pytest.fixture
def work(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with (folder / "log.txt").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "feedsvc", "work"], cwd=folder, stderr=log, stdout=log, env=environment
        )
    yield process
    if process.poll() is None:
        process.kill()
    process.wait(PATIENCE_S)


def test_work_keeps_the_folder_up_to_date_until_it_is_told_to_end(folder: Path, work: subprocess.Popen[bytes]) -> None:
    def says(name: str, headline: str) -> bool:
        file = folder / "www" / name
        return file.is_file() and headline.encode() in file.read_bytes()

    until(lambda: says("feed.xml", "A lighthouse keeper"), "the first headline")
    save(folder, "A lighthouse keeper retires after forty years", "School choir sings for the fishing fleet")
    for name in ("feed.xml", "atom.xml", "feed.json", "index.html"):
        until(lambda name=name: says(name, "School choir"), f"the new headline in {name}")  # type: ignore[misc]
    work.send_signal(signal.SIGTERM)
    assert work.wait(PATIENCE_S) == 0
    log = (folder / "log.txt").read_text("utf-8")
    assert '"event": "mirror"' in log
    assert "Traceback" not in log


def test_publish_to_a_folder_writes_it_once_and_then_what_has_changed(folder: Path) -> None:
    feedsvc(folder, "refresh")
    first = feedsvc(folder, "publish", "--to", "out")
    assert first.returncode == 0
    assert "files written, 0 unchanged" in first.stderr
    assert b"A lighthouse keeper" in (folder / "out" / "feed.xml").read_bytes()
    again = feedsvc(folder, "publish", "--to", "out")
    assert again.returncode == 0
    assert "out: 0 files written" in again.stderr


def test_publish_to_a_folder_with_other_files_is_refused(folder: Path) -> None:
    feedsvc(folder, "refresh")
    refused = feedsvc(folder, "publish", "--to", ".")
    assert refused.returncode == 1
    assert "name an empty folder" in refused.stderr
    assert not (folder / "feed.xml").exists()
