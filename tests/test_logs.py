"""What commands that end by themselves say on standard error."""

import subprocess
import sys
from pathlib import Path

CONFIG = """
[site]
title = "Example News"
base_url = "https://news.example.org"

[[sources]]
name = "front-page"
kind = "page-text"
path = "inbox/*.txt"
"""

_WARNING = """
import logging
from feedsvc import logs
logs.set_up_briefly()
logging.getLogger("feedsvc.service.record").error("run_not_recorded", extra={"name_": "a", "reason": "disk full"})
logging.getLogger("feedsvc.service.record").error("run", extra={"name_": "a"})
"""


def _run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *arguments], cwd=folder, capture_output=True, text=True, check=False)


def test_a_run_that_failed_is_told_once(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(CONFIG, "utf-8")
    (tmp_path / "inbox").mkdir()
    (tmp_path / "inbox" / "page.txt").write_text("Nothing to see here", "utf-8")
    said = _run(tmp_path, "-m", "feedsvc", "refresh")
    assert said.returncode == 1
    assert said.stdout.startswith("refresh front-page: failed in ")
    assert "run" not in said.stderr.split()


def test_what_went_wrong_is_told_with_its_reason(tmp_path: Path) -> None:
    said = _run(tmp_path, "-c", _WARNING).stderr.splitlines()
    assert [line.partition(" ")[2] for line in said] == ["ERROR run_not_recorded name=a reason=disk full"]
