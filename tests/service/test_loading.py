"""A large export, taken in by three processes."""

import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from press import Newsroom
from sqlalchemy import text

from feedsvc.errors import ImportInvalid, RetrievalError, StoreUnavailable
from feedsvc.model import Selection
from feedsvc.service import Service
from feedsvc.service.loading import Imported
from feedsvc.store import searching

ARTICLES = 2_300
LETTERS = "etaoinshrdlu əşğıİ—оеаинт 東京" + "\U0001f3d7"


@pytest.fixture(scope="module")
def lines() -> list[str]:
    dice = random.Random(1)
    words = ["".join(dice.choices(LETTERS, k=1 + dice.randrange(9))) for _ in range(500)]
    identity = {"type": "feed", "feed": "main", "guid": "urn:main", "created": "2025-02-08T12:00:00+04:00"}
    return [
        json.dumps({"type": "feedsvc", "format": 1, "version": "0.1.0"}) + "\n",
        json.dumps(identity) + "\n",
        *(json.dumps(_record(number, dice, words)) + "\n" for number in range(ARTICLES)),
    ]


def _record(number: int, dice: random.Random, words: list[str]) -> dict[str, Any]:
    day = f"2025-02-{1 + dice.randrange(28):02}T12:{number % 60:02}:00"
    return {
        "type": "article",
        "id": f"a{number:05}",
        "guid": f"urn:{number}",
        "source": f"desk-{number % 3}",
        "title": " ".join(dice.choices(words, k=6)),
        "slug": f"story-{number}",
        "published": day + ("Z" if number % 2 else "+04:00"),
        "first_seen": day + ".25+00:00",
        "updated": day + "+00:00",
        "stated": None if number % 7 else day + "-03:30",
        "section": ("Sport", "SPORT", None, "İdman")[number % 4],
        "link": f"https://www.example.org/{number}/?utm_source=x" if number % 2 else None,
        "tags": [f"Tag {dice.randrange(90)}", f"tag {dice.randrange(90)}"],
        "authors": [f"Author {dice.randrange(30)}"] if number % 3 else [],
        "body": f"<p>{' '.join(dice.choices(words, k=20))}</p>" + "<p onclick='x()'>&amp; one</p>" * (number % 5 == 0),
        "image": f"https://example.org/{'large/' * 300}{number}.jpg",
        "enclosures": [{"url": "https://example.org/a.mp3", "media_type": "audio/mpeg", "length": 3}]
        if number % 9 == 0
        else [],
        "via": {"title": "Elsewhere", "link": None, "guid": None} if number % 11 == 0 else None,
        "language": ("en", "AZ", None)[number % 3],
        "embargo": "2030-01-01T00:00:00+00:00" if number % 13 == 0 else None,
        "retracted": "2025-03-01T00:00:00+00:00" if number % 17 == 0 else None,
        "aliases": ["as before", 'in "quotes"', "\\ \x07\x7f\u2028"] if number % 19 == 0 else [],
    }


@pytest.fixture
def export(newsroom: Newsroom, lines: list[str]) -> Callable[..., Path]:
    """Writes an export with other lines after the last."""

    def write(*more: str) -> Path:
        file = newsroom.folder / "export.jsonl"
        file.write_text("".join((*lines, *more)), "utf-8")
        assert file.stat().st_size > 5_000_000
        return file

    return write


@pytest.fixture
def other(newsroom: Newsroom, service: Service) -> Iterator[Service]:
    """A second, empty store."""
    config = newsroom.folder / "config.toml"
    newsroom.configure(config.read_text("utf-8") + '\n[store]\nurl = "sqlite:///elsewhere.db"\n')
    other = newsroom.open()
    yield other
    other.close()


def test_what_three_processes_take_in_is_what_one_would_have(
    service: Service, other: Service, export: Callable[..., Path], lines: list[str]
) -> None:
    told: list[int] = []

    assert service.desk.load_file(export(), name="export", advance=told.append) == Imported(ARTICLES + 1, ARTICLES)
    assert other.desk.load(lines, name="export") == Imported(ARTICLES + 1, ARTICLES)

    assert sum(told) == ARTICLES + 1
    assert _content(service) == _content(other)
    assert "urn:main" in next(islice(service.desk.export(), 1, None))
    for query in ("tag*", '"tag 4*"', "one -author", "東京", "idm* author*", "e*"):
        selection = Selection(query=query)
        assert service.desk.list(selection, limit=50) == other.desk.list(selection, limit=50)


def test_what_was_indexed_by_another_process_is_edited_as_ever(service: Service, export: Callable[..., Path]) -> None:
    service.desk.load_file(export(), name="export")
    *_, last = service.desk.list(Selection(query="one -author"), limit=50)

    with service._store.begin() as tx:
        tx.articles.put([replace(last, title="Serendipity")])
        tx.articles._connection.execute(text("INSERT INTO article_words (article_words) VALUES ('integrity-check')"))

    assert [each.id for each in service.desk.list(Selection(query="serendipity"), limit=9)] == [last.id]
    words = last.title.split()
    assert last.id not in {each.id for each in service.desk.list(Selection(query=f'"{" ".join(words)}"'), limit=50)}


def test_an_article_that_comes_twice_is_one_and_the_last_counts(
    service: Service, other: Service, export: Callable[..., Path], lines: list[str]
) -> None:
    told: list[int] = []
    again = json.dumps(json.loads(lines[7]) | {"title": "Corrected"}) + "\n"

    assert service.desk.load_file(export(again), name="export", advance=told.append).new == ARTICLES
    other.desk.load([*lines, again], name="export")

    assert sum(told) == ARTICLES + 2
    assert service.desk.get(json.loads(again)["id"])[0].title == "Corrected"
    assert _content(service) == _content(other)


def test_into_a_store_with_articles_a_large_export_goes_too(service: Service, export: Callable[..., Path]) -> None:
    service.desk.load_file(export(), name="export")
    before = _content(service)

    assert service.desk.load_file(export(), name="export").new == 0
    assert _content(service) == before


def test_a_spoilt_line_far_down_is_named_and_nothing_stays(service: Service, export: Callable[..., Path]) -> None:
    before = _content(service)

    with pytest.raises(ImportInvalid) as caught:
        service.desk.load_file(export('{"type": "article", "id": "x"}\n'), name="export")

    assert (caught.value.file, caught.value.line) == ("export", ARTICLES + 3)
    assert caught.value.reason.startswith("guid: ")
    assert _content(service) == before


@pytest.mark.parametrize(
    ("which", "expected"), [("making", RetrievalError), ("indexer", StoreUnavailable), ("this", KeyboardInterrupt)]
)
def test_an_import_of_which_a_process_ends_before_its_time_leaves_nothing(
    service: Service, export: Callable[..., Path], which: str, expected: type[BaseException]
) -> None:
    before = _content(service)

    def stop(_: int) -> None:
        if which == "this":
            raise KeyboardInterrupt
        os.kill(_child(which), signal.SIGKILL)

    with pytest.raises(expected):
        service.desk.load_file(export(), name="export", advance=stop)

    assert _children() == {}
    assert _content(service) == before
    assert service.desk.load_file(export(), name="export").new == ARTICLES


def test_an_index_of_words_for_which_there_is_no_room_is_told_as_a_full_disk(
    service: Service, export: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = _content(service)
    create, put, end = searching.ALONE
    little = ("PRAGMA max_page_count = 20", *create)
    monkeypatch.setattr(searching, "ALONE", (little, put, end))

    with pytest.raises(StoreUnavailable, match="the disk is full"):
        service.desk.load_file(export(), name="export")

    assert _content(service) == before


_KILLED = """
import os, signal, sys
from feedsvc.model import Article
from feedsvc.service import exports
from feedsvc.store import Store
with Store.open(sys.argv[1]).fill() as tx, open(sys.argv[2], encoding="utf-8") as lines:
    tx.articles.put(each for each in exports.records(lines, "export") if isinstance(each, Article))
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_was_on_disk_when_the_process_that_wrote_it_was_killed_is_taken_back(
    newsroom: Newsroom, service: Service, export: Callable[..., Path]
) -> None:
    before = _content(service)
    url = service.config.store.url
    service.close()

    killed = subprocess.run([sys.executable, "-c", _KILLED, url, str(export())], check=False)

    [file] = newsroom.folder.rglob("feedsvc.db")
    assert (killed.returncode, file.stat().st_size > 2_000_000) == (-signal.SIGKILL, True)
    with closing(newsroom.open()) as again:
        assert _content(again) == before
        assert again.desk.load_file(export(), name="export").new == ARTICLES


_KILLED_BETWEEN = """
import os, signal, sys
from pathlib import Path
from feedsvc.service.loading import load_file
from feedsvc.store import Store
kill = lambda _: os.kill(os.getpid(), signal.SIGKILL)
load_file(Store.open(sys.argv[1]), Path(sys.argv[2]), name="export", advance=kill)
"""


def test_the_process_that_reads_ends_in_silence_when_the_one_that_writes_was_killed(
    service: Service, export: Callable[..., Path]
) -> None:
    url = service.config.store.url
    service.close()
    command = [sys.executable, "-c", _KILLED_BETWEEN, url, str(export())]

    # The other is waited for, too: it holds what it would complain to.
    killed = subprocess.run(command, check=False, capture_output=True, timeout=600)

    assert (killed.returncode, killed.stderr) == (-signal.SIGKILL, b"")


def test_who_has_the_store_open_reads_on(newsroom: Newsroom, service: Service, export: Callable[..., Path]) -> None:
    before = _content(service)
    with closing(newsroom.open()) as reader:
        assert _content(reader) == before

        service.desk.load_file(export(), name="export", advance=lambda _: _require(_content(reader) == before))

        assert _content(reader) == _content(service) != before


def _require(right: bool) -> None:
    assert right


def _child(which: str) -> int:
    [child] = [child for child, program in _children().items() if which in program]
    return child


def _children() -> dict[int, str]:
    """Return the processes that this one has started, and what they run."""
    tasks = Path("/proc/self/task").iterdir()
    found = [child for task in tasks for child in (task / "children").read_text().split()]
    return {int(child): Path(f"/proc/{child}/cmdline").read_text() for child in found}


def _content(service: Service) -> dict[str, list[str]]:
    """Return what SQLite has of articles: all rows, all words, and the schema with its indexes."""
    numbers = "SELECT * FROM counter WHERE name <> 'publication'"
    words = 'SELECT term, count(*), sum(doc * (1 + "offset")) FROM article_words_known GROUP BY term'
    schema = "SELECT name, sql FROM sqlite_master"
    tables = ("article", "article_headline", "article_tag", "article_author", "label", "revision")
    with service._store.read() as tx:
        connection = tx.articles._connection
        whole = ("PRAGMA integrity_check", "PRAGMA foreign_key_check", "PRAGMA journal_mode")
        statements = (numbers, words, schema, *whole, *(f"SELECT * FROM {table}" for table in tables))
        return {each: sorted(map(str, connection.execute(text(each)))) for each in statements}
