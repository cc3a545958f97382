"""What a Run tells of and the Run itself: both are in the store, or neither."""

import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable

import pytest
from sqlalchemy import event
from store_samples import NOON, document

from feedsvc.errors import StoreUnavailable
from feedsvc.model import Complaint, Document, Outcome, RunKind
from feedsvc.service.record import Ended, Recorder
from feedsvc.store import Store, Transaction

_KILLED = """
import os, signal, sys
from datetime import UTC, datetime
from feedsvc.model import Document, FeedName, Format, Outcome, RunKind
from feedsvc.service.record import Ended, Recorder
from feedsvc.store import Store

def put(tx):
    now = datetime(2025, 2, 8, tzinfo=UTC)
    tx.documents.put([Document(FeedName("main"), Format.RSS, b"<rss/>", "abc", now, 300)])
    os.kill(os.getpid(), signal.SIGKILL)

recorder = Recorder(Store.open(sys.argv[1]), lambda: datetime.now(UTC))
recorder.run(RunKind.PUBLISH, "main", lambda: Ended(Outcome.DONE, store=put), alone=False)
"""


@pytest.fixture
def recorder(store: Store) -> Recorder:
    return Recorder(store, lambda: NOON)


def _stored(store: Store) -> tuple[list[tuple[Outcome, str | None]], list[Document]]:
    with store.read() as tx:
        return [(run.outcome, run.code) for run in tx.runs.list(10)], [*tx.documents.of(document().feed).values()]


def _putting(error: Exception | None = None) -> Callable[[], Ended]:
    def put(tx: Transaction) -> None:
        tx.documents.put([document()])
        if error:
            raise error

    return lambda: Ended(Outcome.DONE, store=put)


def test_what_a_run_tells_of_is_stored_with_it(store: Store, recorder: Recorder) -> None:
    run = recorder.run(RunKind.PUBLISH, "main", _putting(), alone=False)

    assert run.outcome is Outcome.DONE
    assert _stored(store) == ([(Outcome.DONE, None)], [document()])


@pytest.mark.parametrize("alone", [True, False])
@pytest.mark.parametrize(
    ("error", "told"),
    [
        (StoreUnavailable("sqlite:///…", "the disk is full"), (Outcome.FAILED, "store_unavailable")),
        (ZeroDivisionError("a bug"), (Outcome.CRASHED, "crashed")),
    ],
    ids=["unavailable", "bug"],
)
def test_what_cannot_be_stored_is_told_by_a_run_without_it(
    store: Store, recorder: Recorder, error: Exception, told: tuple[Outcome, str], alone: bool
) -> None:
    run = recorder.run(RunKind.PUBLISH, "main", _putting(error), alone=alone)

    assert (run.outcome, run.code) == told
    assert _stored(store) == ([told], [])
    again = recorder.run(RunKind.PUBLISH, "main", _putting(), alone=alone)  # nobody else is taken to be at it
    assert again.outcome is Outcome.DONE


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_work_whose_run_the_disk_has_no_room_for_is_not_taken_to_go_on(store: Store, recorder: Recorder) -> None:
    engine = store._database.engine

    def fill_the_disk(connection: sqlite3.Connection, _: object) -> None:
        connection.execute("PRAGMA max_page_count = 1")  # as many as there are

    def work() -> Ended:
        event.listen(engine, "connect", fill_the_disk)
        engine.dispose()
        return Ended(Outcome.DONE, complaints=(Complaint("page.txt", "x" * 100_000),))

    recorder.run(RunKind.REFRESH, "front-page", work)
    event.remove(engine, "connect", fill_the_disk)
    engine.dispose()

    assert _stored(store) == ([], [])
    assert recorder.run(RunKind.REFRESH, "front-page", lambda: Ended(Outcome.DONE)).outcome is Outcome.DONE


def test_a_process_that_is_killed_there_leaves_neither_and_keeps_nobody_waiting(
    store: Store, recorder: Recorder, url: str
) -> None:
    killed = subprocess.run([sys.executable, "-c", _KILLED, url], check=False)

    assert killed.returncode == -signal.SIGKILL
    assert _stored(store) == ([], [])
    assert recorder.run(RunKind.PUBLISH, "main", _putting(), alone=False).outcome is Outcome.DONE
    assert _stored(store) == ([(Outcome.DONE, None)], [document()])
