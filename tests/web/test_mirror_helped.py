"""The mirror with processes that help: the folder is as one process writes it, whoever of them is killed."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from webroom import CONFIG, NOON, Newsroom, article

from feedsvc import wiring
from feedsvc.errors import MirrorError
from feedsvc.mirror import Mirror

ROOT = Path(__file__).parents[2]
PATIENCE_S = 60.0
FORMS = (".gz", ".br", ".zst")
ARTICLES = 80


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Newsroom]:
    """A newsroom whose articles are many enough for helpers, on a machine that has two cores."""
    monkeypatch.setattr("feedsvc.mirror.round._WORTH_HELP", ARTICLES)
    monkeypatch.setattr("feedsvc.mirror.mirror.cores", lambda: 2)
    made = Newsroom(tmp_path)
    stories = (article(n, section=("Politics", "Sport")[n % 2], tags=(f"tag {n % 5}",)) for n in range(ARTICLES))
    made.put(*stories, article(ARTICLES, retracted=NOON))
    yield made
    made.close()


@pytest.fixture
def helped(room: Newsroom, tmp_path: Path) -> Mirror:
    return wiring.mirror(room.service, tmp_path / "config.toml", tmp_path / "www")


def content(folder: Path) -> dict[str, bytes]:
    names = {file.relative_to(folder).as_posix(): file for file in folder.rglob("*") if file.is_file()}
    return {name: file.read_bytes() for name, file in names.items() if not name.startswith(".feedsvc")}


def alone(room: Newsroom, folder: Path) -> dict[str, bytes]:
    Mirror(lambda: room.service, folder).write()
    return content(folder)


def until(found: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not found():
        assert time.monotonic() < deadline, f"never saw {what}"
        time.sleep(0.02)


def children(pid: int) -> list[int]:
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()]


def test_helpers_write_what_one_process_writes(room: Newsroom, helped: Mirror, tmp_path: Path) -> None:
    asked: list[int] = []
    counts = helped.write(advance=asked.append)
    files = content(tmp_path / "www")
    assert files == alone(room, tmp_path / "alone")
    assert counts.refused == ()
    assert counts.written == len([name for name in files if not name.endswith(FORMS)])
    assert sum(asked) >= counts.written - 2  # the mark of the retracted one and 410.html were nobody's address


def test_a_change_after_it_is_written_without_help(room: Newsroom, helped: Mirror, tmp_path: Path) -> None:
    helped.write()
    room.put(article(1000, title="The newest of all", published=NOON + timedelta(hours=1)))
    command = (sys.executable, "-c", "import sys; sys.exit(3)")
    Mirror(lambda: room.service, tmp_path / "www", helper=command).write()
    assert b"The newest of all" in (tmp_path / "www" / "index.html").read_bytes()


def test_one_that_was_stopped_goes_on_where_it_was(room: Newsroom, helped: Mirror, tmp_path: Path) -> None:
    left = iter(range(ARTICLES + 20))
    assert helped.follow(lambda: next(left, None) is None) is None
    asked: list[int] = []
    helped.write(advance=asked.append)
    files = content(tmp_path / "www")
    assert files == alone(room, tmp_path / "alone")
    assert sum(asked) < len([name for name in files if not name.endswith(FORMS)]) - ARTICLES / 2


def test_a_helper_that_ends_is_told_of_and_the_next_round_goes_on(room: Newsroom, tmp_path: Path) -> None:
    command = (sys.executable, "-c", "import sys; sys.exit(3)")
    with pytest.raises(MirrorError, match=r"has ended \(status 3\)"):
        Mirror(lambda: room.service, tmp_path / "www", helper=command).write()
    Mirror(lambda: room.service, tmp_path / "www").write()
    assert content(tmp_path / "www") == alone(room, tmp_path / "alone")


def test_helpers_of_another_configuration_write_nothing(room: Newsroom, helped: Mirror, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(CONFIG.replace("Example News", "Other News"), "utf-8")
    with pytest.raises(MirrorError, match="the configuration has changed meanwhile"):
        helped.write()
    assert content(tmp_path / "www") == {}


@pytest.mark.skipif(sys.platform != "linux", reason="asks /proc who has started whom")
def test_when_the_first_process_is_killed_helpers_end_and_the_next_one_goes_on(room: Newsroom, tmp_path: Path) -> None:
    program = (
        "from feedsvc.mirror import mirror, round; round._WORTH_HELP = 0; mirror.cores = lambda: 2\n"
        "from feedsvc.cli import main; main()"
    )
    command = [sys.executable, "-c", program, "publish", "--to", "www"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(command, cwd=tmp_path, env=environment)
    try:
        until(lambda: any((tmp_path / "www" / "articles").glob("*.html")), "an article")
        helpers = children(process.pid)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait(PATIENCE_S)
    assert len(helpers) == 2
    until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in helpers), "the end of the helpers")
    subprocess.run(command, cwd=tmp_path, env=environment, check=True, timeout=10 * PATIENCE_S)
    assert content(tmp_path / "www") == alone(room, tmp_path / "alone")
