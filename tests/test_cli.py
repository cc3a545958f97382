"""The commands as a person types them: words, exit codes, files."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from feedsvc.cli import output

SEED = Path(__file__).parents[2] / "shared" / "seed" / "news-page.txt"
PAGE = """News line

The harbour opens
12:06 08.02.2025
A bridge is painted
11:00 08.02.2025
Bells ring
10:00 08.02.2025
All news
"""


def feedsvc(*arguments: str | Path, folder: Path, stdin: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "feedsvc", *map(str, arguments)],
        cwd=folder,
        input=stdin,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
    )


def test_a_bar_says_what_goes_on_when_all_its_steps_are_done(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = os.openpty()
    with io.FileIO(ours) as screen, os.fdopen(theirs, "w") as terminal:
        monkeypatch.setattr(sys, "stderr", terminal)
        monkeypatch.setenv("TERM", "xterm")

        with output.progress("importing", 4, then="making the indexes") as advance:
            advance(4)
            advance(-4)  # begun anew
            advance(3)
        early = _shown(screen)
        with output.progress("importing", 4, then="making the indexes") as advance:
            advance(3)
            advance(1)
        late = _shown(screen)

    assert ("3/4" in early, "making the indexes" in early) == (True, False)
    assert "making the indexes" in late


def _shown(screen: io.FileIO) -> str:
    """Return all that was written on a terminal since the last look."""
    os.set_blocking(screen.fileno(), False)
    return b"".join(iter(lambda: screen.read(4096), None)).decode()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Where a newcomer stands after `feedsvc init`."""
    done = feedsvc("init", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    return tmp_path


def test_a_newcomers_first_commands(home: Path) -> None:
    assert feedsvc("check", folder=home).returncode == 0
    refreshed = feedsvc("refresh", folder=home)
    assert refreshed.returncode == 0, refreshed.stderr
    assert "refresh front-page: done" in refreshed.stdout
    assert "publish main: done" in refreshed.stdout
    again = feedsvc("refresh", folder=home)
    assert again.returncode == 0
    assert "unchanged" in again.stdout
    assert "publish" not in again.stdout
    status = json.loads(feedsvc("status", "--json", folder=home).stdout)
    assert status["alerts"] == []
    assert status["articles"] > 10


def test_init_overwrites_nothing(home: Path) -> None:
    (home / "config.toml").write_text("# mine\n")
    done = feedsvc("init", folder=home)
    assert done.returncode == 2
    assert "config.toml" in done.stderr
    assert (home / "config.toml").read_text() == "# mine\n"
    assert feedsvc("init", "--missing", folder=home).returncode == 0
    assert (home / "config.toml").read_text() == "# mine\n"


@pytest.mark.parametrize("place", ["before", "after"])
def test_config_may_stand_before_or_after_the_command(home: Path, place: str) -> None:
    (home / "config.toml").rename(home / "other.toml")
    words = ["--config", "other.toml", "check"] if place == "before" else ["check", "--config", "other.toml"]
    done = feedsvc(*words, folder=home)
    assert (done.returncode, done.stdout[:10]) == (0, "other.toml")


def test_a_broken_configuration_is_exit_code_2_with_every_problem(home: Path) -> None:
    text = (home / "config.toml").read_text()
    (home / "config.toml").write_text(text.replace('title = "Lindenbrook News"', 'titel = "Lindenbrook News"', 1))
    for command in ("check", "refresh", "serve", "status"):
        done = feedsvc(command, folder=home)
        assert done.returncode == 2
        assert "config.toml:" in done.stderr
        assert "titel" in done.stderr
        assert "Traceback" not in done.stderr


def test_no_configuration_at_all_says_what_to_do(tmp_path: Path) -> None:
    done = feedsvc("serve", folder=tmp_path)
    assert done.returncode == 2
    assert "feedsvc init" in done.stderr


def test_preview_needs_no_configuration_and_prints_one_object(tmp_path: Path) -> None:
    (tmp_path / "page.txt").write_text(PAGE)
    done = feedsvc("preview", "page.txt", "--timezone", "Asia/Baku", "--json", folder=tmp_path)
    assert done.returncode == 0
    shown = json.loads(done.stdout)
    assert list(shown) == ["article", "entries", "complaints"]
    assert [(entry["title"], entry["published"]) for entry in shown["entries"]] == [
        ("The harbour opens", "2025-02-08T12:06:00+04:00"),
        ("A bridge is painted", "2025-02-08T11:00:00+04:00"),
        ("Bells ring", "2025-02-08T10:00:00+04:00"),
    ]
    assert list(tmp_path.iterdir()) == [tmp_path / "page.txt"]


def test_preview_with_a_zone_of_its_own_needs_no_good_configuration(tmp_path: Path) -> None:
    (tmp_path / "page.txt").write_text(PAGE)
    (tmp_path / "config.toml").write_text("[site")
    assert feedsvc("preview", "page.txt", folder=tmp_path).returncode == 2
    assert feedsvc("preview", "page.txt", "--timezone", "Asia/Baku", folder=tmp_path).returncode == 0


def test_preview_of_several_files_is_keyed_by_file_name_and_a_bad_one_keeps_none_from_being_read(
    tmp_path: Path,
) -> None:
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "one.txt").write_text(PAGE)
    (tmp_path / "pages" / "two.txt").write_text("")
    done = feedsvc("preview", "pages/one.txt", "pages/two.txt", "pages/three.txt", "--json", folder=tmp_path)
    assert done.returncode == 1
    shown = json.loads(done.stdout)
    assert list(shown) == ["one.txt", "two.txt", "three.txt"]
    assert len(shown["one.txt"]["entries"]) == 3
    assert shown["two.txt"]["complaints"]
    assert shown["three.txt"]["complaints"]
    assert json.loads(feedsvc("preview", "pages", "--json", folder=tmp_path).stdout).keys() == {"one.txt", "two.txt"}


@pytest.mark.skipif(not SEED.exists(), reason="the real page is not part of the project")
def test_preview_of_the_real_page() -> None:
    done = feedsvc("preview", SEED, "--timezone", "Asia/Baku", "--json", folder=SEED.parent)
    shown = json.loads(done.stdout)
    article, entries = shown["article"], shown["entries"]
    assert article["title"].startswith("Azerbaijani MFA issued a statement")
    assert (article["section"], article["published"]) == ("Politics", "2024-01-19T23:49:00+04:00")
    assert len(article["body"]) == 10
    assert [len(entries), entries[0]["published"], entries[-1]["published"]] == [
        40,
        "2025-02-08T12:06:00+04:00",
        "2024-10-25T15:17:00+04:00",
    ]
    assert shown["complaints"] == []


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("preview", "page.txt", "--kind", "page-txt"), "page-text"),
        (("preview", "page.txt", "--kind", "htm"), "html"),
        (("preview", "page.txt", "--timezone", "Asia/Bacu"), "Asia/Bacu"),
        (("refresh", "front-pag"), "front-page"),
        (("publish", "toun"), "town"),
        (("articles", "show", "nowhere"), "nowhere"),
        (("articles", "add", "--title", "T", "--link", "http://[::1"), "is not a web address"),
        (("articles", "add", "--title", "T", "--published", "0001-01-01T00:00:00+04:00"), "1971"),
        (("articles", "edit", "nowhere"), "nothing to change"),
    ],
)
def test_a_wrong_name_is_exit_code_2_and_names_the_nearest(home: Path, words: tuple[str, ...], says: str) -> None:
    (home / "page.txt").write_text(PAGE)
    done = feedsvc(*words, folder=home)
    assert done.returncode == 2
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_articles_by_hand(home: Path) -> None:
    added = feedsvc(
        "articles", "add", "--title", "By hand", "--section", "Town", "--body", "-", folder=home, stdin="One.\n\nTwo.\n"
    )
    assert added.returncode == 0, added.stderr
    article_id = added.stdout.split()[1]
    assert feedsvc("articles", "edit", article_id, "--title", "By a steady hand", folder=home).returncode == 0
    shown = json.loads(feedsvc("articles", "show", article_id, "--json", folder=home).stdout)
    assert shown["article"]["title"] == "By a steady hand"
    assert shown["article"]["body"] == "<p>One.</p><p>Two.</p>"
    assert [revision["title"] for revision in shown["revisions"]] == ["By hand", "By a steady hand"]
    assert "By a steady hand" in feedsvc("articles", "list", folder=home).stdout
    assert feedsvc("articles", "retract", article_id, folder=home).returncode == 0
    assert feedsvc("articles", "list", folder=home).stdout == ""
    assert "(retracted)" in feedsvc("articles", "list", "--retracted", folder=home).stdout


def test_export_and_import(home: Path, tmp_path: Path) -> None:
    feedsvc("refresh", folder=home)
    assert feedsvc("export", "all.jsonl", folder=home).returncode == 0
    printed = feedsvc("export", folder=home).stdout
    assert printed == (home / "all.jsonl").read_text()
    config = home / "config.toml"
    config.write_text(config.read_text().replace("[store]", '[store]\nurl = "sqlite:///other.db"'))
    from_pipe = feedsvc("import", "-", folder=home, stdin=printed)
    assert from_pipe.returncode == 0, from_pipe.stderr
    assert feedsvc("export", folder=home).stdout == printed
    wrong = feedsvc("import", "-", folder=home, stdin="hello\n")
    assert wrong.returncode == 1
    assert "standard input:1" in wrong.stderr or "<stdin>:1" in wrong.stderr
    (home / "binary").write_bytes(bytes(range(128, 256)))
    binary = feedsvc("import", "binary", folder=home)
    assert binary.returncode == 1
    assert "binary:1: this is no UTF-8 text" in binary.stderr


OLD_FEED = """<rss version="2.0"><channel><title>Old</title><link>https://old.example.org/</link>
<item><title>A story</title><guid>a</guid><pubDate>Wed, 01 May 2019 12:00:00 +0000</pubDate></item>
<item><title>?!</title><guid>b</guid></item></channel></rss>"""


def test_an_old_feed_moves_in_and_its_counts_are_told(home: Path) -> None:
    (home / "old.xml").write_text(OLD_FEED)
    done = feedsvc("import", "old.xml", folder=home)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "imported 2 records: 1 new articles",
        "left out: 1 without a headline",
    ]
    assert "1 known already" in feedsvc("import", "-", folder=home, stdin=OLD_FEED).stdout
    (home / "cut.xml").write_text(OLD_FEED.replace("<rss", '<rss xmlns:wp="http://wordpress.org/export/1.2/"')[:200])
    cut = feedsvc("import", "cut.xml", folder=home)
    assert cut.returncode == 1
    assert "not all was read: cut.xml:" in cut.stderr
    assert feedsvc("import", "nowhere.xml", folder=home).returncode == 2
    unknown = feedsvc("import", "old.xml", "--source", "nobody", folder=home)
    assert (unknown.returncode, "there is no source 'nobody'" in unknown.stderr) == (2, True)


def test_a_store_that_cannot_be_opened_says_so(home: Path) -> None:
    (home / "var").mkdir(exist_ok=True)
    (home / "var" / "feedsvc.db").write_bytes(b"this is no database" * 100)
    done = feedsvc("refresh", folder=home)
    assert done.returncode == 1
    assert "feedsvc.db" in done.stderr
    assert "Traceback" not in done.stderr


def test_migrate_twice_does_no_harm(home: Path) -> None:
    assert "now at revision" in feedsvc("migrate", folder=home).stdout
    assert "already" in feedsvc("migrate", folder=home).stdout
