"""`feedsvc tokens` gives out, lists and revokes, and shows a secret once."""

import hashlib
import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import date, timedelta

from pushroom import Newsroom, Sender

from feedsvc.model import SourceName


def feedsvc(room: Newsroom, *arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "feedsvc", "--config", str(room.file), *arguments]
    return subprocess.run(
        command, check=False, capture_output=True, text=True, timeout=60, env={**os.environ, "LANG": "C.UTF-8"}
    )


def test_a_token_is_shown_once_works_and_is_revoked(pressroom: Newsroom) -> None:
    added = feedsvc(pressroom, "tokens", "add", "cms", "--label", "the new  CMS")
    secret = added.stdout.strip()
    [token] = pressroom.service.tokens.list()
    assert (added.returncode, added.stderr) == (
        0,
        f"token {token.id} for cms; keep what follows, it is not shown again:\n",
    )
    assert (token.source, token.label, token.used, token.revoked) == ("cms", "the new CMS", None, None)

    sender = Sender(pressroom.client, secret, token.id)
    assert sender.list().status_code == 200

    listed = feedsvc(pressroom, "tokens", "list", "--json")
    [shown] = json.loads(listed.stdout)
    assert (shown["id"], shown["label"], shown["used"]) == (token.id, "the new CMS", "2025-02-09")
    assert secret not in listed.stdout
    assert secret not in feedsvc(pressroom, "tokens", "list").stdout

    revoked = feedsvc(pressroom, "tokens", "revoke", token.id)
    assert (revoked.returncode, revoked.stdout) == (0, f"revoked {token.id} for cms\n")
    assert sender.list().status_code == 401
    assert feedsvc(pressroom, "tokens", "list").stdout.split("\t")[0] == token.id


def test_only_sources_that_are_pushed_to_have_tokens(pressroom: Newsroom) -> None:
    unknown = feedsvc(pressroom, "tokens", "add", "cmss")
    assert (unknown.returncode, unknown.stderr) == (2, "there is no source 'cmss'; did you mean 'cms'?\n")
    other = feedsvc(pressroom, "tokens", "add", "front-page")
    assert (other.returncode, other.stderr) == (
        1,
        'source \'front-page\': it is of the kind "page-text", and only "push" is sent to\n',
    )
    assert feedsvc(pressroom, "tokens", "revoke", "unknown").returncode == 2
    assert pressroom.service.tokens.list() == ()


def test_the_database_knows_digests_only(pressroom: Newsroom, sender: Sender) -> None:
    sender.list()
    pressroom.store.close()
    kept = b"".join(file.read_bytes() for file in (pressroom.folder / "var").iterdir())
    assert sender.secret.encode() not in kept
    assert sender.secret.removeprefix("feedsvc_").encode() not in kept
    assert hashlib.sha256(sender.secret.encode()).hexdigest().encode() in kept


def test_the_day_of_the_last_use_is_written_once_a_day(pressroom: Newsroom, sender: Sender) -> None:
    # SQLite's data_version moves when another connection has committed a change.
    with closing(sqlite3.connect(pressroom.folder / "var" / "feedsvc.db")) as onlooker:

        def writes() -> int:
            [(version,)] = onlooker.execute("PRAGMA data_version")
            return int(version)

        before = writes()
        sender.list()
        assert writes() > before
        before = writes()
        sender.list()
        assert writes() == before
        pressroom.clock.now += timedelta(days=1)
        sender.list()
        assert writes() > before
    assert [token.used for token in pressroom.service.tokens.list()] == [date(2025, 2, 10)]


def test_a_source_that_is_pushed_to_is_never_looked_at(pressroom: Newsroom) -> None:
    from feedsvc.schedule import Schedule

    schedule = Schedule(lambda: pressroom.service, lambda: False)
    assert [job.split()[1] for job in schedule._jobs() if job.startswith("refresh ")] == ["front-page"]
    assert pressroom.service.refresh(SourceName("cms"))[0].outcome == "unchanged"
