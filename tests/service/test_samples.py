"""The page that broke is kept for the admin, and every alert says how to get it."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from press import LINES, Newsroom, page

from feedsvc.errors import NotFound
from feedsvc.model import Run
from feedsvc.service import Service

BROKEN = "Under construction\n\nPlease come back tomorrow, when everything will be better than it was.\n"


def feedsvc(newsroom: Newsroom, *arguments: str) -> "subprocess.CompletedProcess[bytes]":
    command = [sys.executable, "-m", "feedsvc", "--config", str(newsroom.folder / "config.toml"), *arguments]
    return subprocess.run(command, check=False, capture_output=True, timeout=60)


@pytest.fixture
def broken(newsroom: Newsroom, service: Service, refresh: Callable[[], Run]) -> Service:
    """A source that read well, and then lost its list twice."""
    newsroom.save(page())
    assert refresh().code is None
    assert service.samples.list() == ()
    newsroom.save(BROKEN)
    assert refresh().code == "list_lost"
    newsroom.save(BROKEN + "\nStill.\n")
    assert refresh().code == "list_lost"
    return service


def test_the_page_with_which_trouble_began_is_kept_byte_by_byte(broken: Service) -> None:
    sample, body = broken.samples.page("front-page")
    assert (sample.code, sample.origin, body.decode()) == ("list_lost", "inbox/page.txt", BROKEN)
    assert (sample.size, sample.well) == (len(BROKEN), None)
    assert broken.samples.page("front-page", "list_lost") == (sample, body)
    for unknown in (("front-page", "dates_lost"), ("nosuch", None)):
        with pytest.raises(NotFound, match="no sample page"):
            broken.samples.page(*unknown)


def test_it_is_noted_when_the_page_reads_well_again(
    newsroom: Newsroom, broken: Service, refresh: Callable[[], Run]
) -> None:
    newsroom.save(page())
    assert refresh().code is None
    assert broken.samples.page("front-page")[0].well is not None


def test_a_page_that_is_taken_away_stands_against_nothing(
    newsroom: Newsroom, broken: Service, refresh: Callable[[], Run]
) -> None:
    newsroom.save(page(), "other.txt")
    (newsroom.inbox / "page.txt").unlink()
    refresh()
    assert broken.samples.page("front-page")[0].well is not None


def test_a_page_of_which_parts_cannot_be_read_is_kept_too(
    newsroom: Newsroom, service: Service, refresh: Callable[[], Run]
) -> None:
    text = page((*LINES, ("The ferry sails on Sundays too", "25:61 31.02.2025")))
    newsroom.save(text)
    run = refresh()
    assert run.code is None
    assert run.complaints
    sample, body = service.samples.page("front-page")
    assert (sample.code, body.decode()) == ("complaints", text)


def test_status_says_how_to_get_the_page_and_the_page_can_be_previewed(newsroom: Newsroom, broken: Service) -> None:
    told = feedsvc(newsroom, "status").stderr.decode()
    assert (
        "  the page is kept: feedsvc samples front-page --code list_lost --save front-page-list_lost.sample\n" in told
    )
    assert json.loads(feedsvc(newsroom, "status", "--json").stdout)["samples"][0]["code"] == "list_lost"

    file = newsroom.folder / "kept.sample"
    saved = feedsvc(newsroom, "samples", "front-page", "--code", "list_lost", "--save", str(file))
    assert (saved.returncode, file.read_text()) == (0, BROKEN)
    hint = saved.stdout.decode().partition("feedsvc ")[2].split()
    previewed = feedsvc(newsroom, *hint)
    assert previewed.returncode == 0
    assert b"News line: missing" in previewed.stdout
    assert feedsvc(newsroom, "samples", "front-page", "--save", "-").stdout.decode() == BROKEN


def test_samples_are_listed(newsroom: Newsroom, broken: Service, tmp_path: Path) -> None:
    [line] = feedsvc(newsroom, "samples").stdout.decode().splitlines()
    assert line.split("\t")[:2] == ["front-page", "list_lost"]
    [listed] = json.loads(feedsvc(newsroom, "samples", "front-page", "--json").stdout)
    assert (listed["origin"], listed["size"]) == ("inbox/page.txt", len(BROKEN))
    assert feedsvc(newsroom, "samples", "other").stdout == b""
    assert feedsvc(newsroom, "samples", "--save", "x").returncode == 2
    assert feedsvc(newsroom, "samples", "other", "--save", "x").returncode == 2
    unwritable = feedsvc(newsroom, "samples", "front-page", "--save", str(tmp_path / "nosuch" / "x"))
    assert unwritable.returncode == 2
    assert b"cannot be written" in unwritable.stderr
