"""What readers and the admin see of a backup that is put back."""

import os
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from press import LINES, Clock, Newsroom, articles, documents, page

from feedsvc import feeds
from feedsvc.model import MAIN_FEED, Format
from feedsvc.service import Service


@pytest.fixture
def elsewhere(newsroom, tmp_path):
    """A newsroom on another machine, a day later, with the same configuration and no pages."""
    folder = tmp_path / "elsewhere"
    (folder / "inbox").mkdir(parents=True)
    service = Newsroom(folder, Clock(newsroom.clock.now + timedelta(days=1))).open()
    yield service
    service.close()


def carry(service: Service, elsewhere: Service, file: Path) -> None:
    service.backups.write(file)
    elsewhere.backups.read(file)
    elsewhere.backups.restore(file, replace=True)
    elsewhere.prepare()


def tags(service: Service) -> dict[Format, str]:
    found = {form: service.public.document(MAIN_FEED, form) for form in Format}
    return {form: document.etag for form, document in found.items() if document}


def test_readers_find_the_same_feeds_as_before(newsroom, service, refresh, elsewhere, tmp_path):
    newsroom.save(page())
    refresh()
    before = documents(service), tags(service)
    carry(service, elsewhere, tmp_path / "backup")

    assert len(before[0]) == 6
    assert (documents(elsewhere), tags(elsewhere)) == before
    assert [replace(each, changed=0) for each in articles(elsewhere)] == [
        replace(each, changed=0) for each in articles(service)
    ]
    assert elsewhere.prepare() == ()


def test_nobody_is_given_a_delta_that_passes_over_what_was_lost(newsroom, service, refresh, elsewhere, tmp_path):
    newsroom.save(page())
    refresh()
    service.backups.write(tmp_path / "backup")
    [edited, *_] = articles(service)
    service.desk.edit(edited.id, title="This headline will be lost")
    lost = tags(service)[Format.RSS]
    elsewhere.backups.restore(tmp_path / "backup", replace=True)
    elsewhere.prepare()

    assert elsewhere.public.delta(MAIN_FEED, Format.RSS, lost) is None  # so the whole document is sent
    lost_number = feeds.change_number(lost, _settings(elsewhere))
    elsewhere.desk.edit(articles(elsewhere)[1].id, title="Another headline is corrected")
    assert all(each.changed > lost_number for each in articles(elsewhere))
    assert elsewhere.public.delta(MAIN_FEED, Format.RSS, lost) is None  # all is new to them, and much of it old
    known = feeds.change_number(tags(elsewhere)[Format.RSS], _settings(elsewhere))
    assert known > lost_number


def _settings(service: Service) -> str:
    document = service.public.document(MAIN_FEED, Format.RSS)
    assert document is not None
    return document.settings


def test_whoever_looks_at_the_publication_number_sees_another_one(newsroom, service, refresh, elsewhere, tmp_path):
    """As web workers do that stay while a backup is put back."""
    newsroom.save(page())
    refresh()
    file = tmp_path / "backup"
    service.backups.write(file)
    seen = {service.public.publication()}
    for _ in range(3):
        service.backups.restore(file, replace=True)
        seen.add(service.public.publication())
        service.prepare()
        seen.add(service.public.publication())
        newsroom.clock.now += timedelta(hours=1)

    assert len(seen) >= 4


def test_a_page_that_was_read_before_brings_nothing_new_after(newsroom, service, refresh, tmp_path):
    newsroom.save(page())
    refresh()
    count = len(articles(service))
    file = tmp_path / "backup"
    service.backups.write(file)
    newsroom.save(page((("A headline that comes after the backup", "13:00 08.02.2025"), *LINES)))
    refresh()
    service.backups.restore(file, replace=True)
    assert len(articles(service)) == count

    assert refresh().counts["new"] == 1
    assert len(articles(service)) == count + 1


def feedsvc(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "feedsvc", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )


def test_the_commands_tell_what_they_do_and_harm_nothing_unasked(tmp_path):
    feedsvc("init", folder=tmp_path)
    feedsvc("refresh", folder=tmp_path)
    done = feedsvc("backup", "all.backup", folder=tmp_path)
    assert (done.returncode, done.stdout[:35]) == (0, "wrote all.backup: 20 articles, 0 to"), done.stderr
    again = feedsvc("backup", "all.backup", folder=tmp_path)
    assert again.returncode == 2
    assert "all.backup is there already; --force replaces it" in again.stderr
    assert feedsvc("backup", "all.backup", "--force", folder=tmp_path).returncode == 0
    nowhere = feedsvc("backup", "nowhere/all.backup", folder=tmp_path)
    assert (nowhere.returncode, nowhere.stderr) == (1, "nowhere/all.backup: No such file or directory\n")

    full = feedsvc("restore", "all.backup", folder=tmp_path)
    assert full.returncode == 1
    assert "the store has 20 articles and 0 tokens already" in full.stderr
    forced = feedsvc("restore", "all.backup", "--force", folder=tmp_path)
    assert forced.returncode == 0, forced.stderr
    assert forced.stdout.startswith("restored the backup of ")
    assert "publish main: unchanged" in forced.stdout
    wrong = feedsvc("restore", "config.toml", "--force", folder=tmp_path)
    assert (wrong.returncode, wrong.stderr) == (
        1,
        "config.toml: it is no backup of feedsvc, or damaged. Nothing was restored.\n",
    )
    assert feedsvc("restore", "missing", folder=tmp_path).returncode == 2
