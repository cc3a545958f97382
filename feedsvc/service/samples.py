"""The pages that could not be read well: kept when trouble begins, shown to the admin, forgotten later.

Knows which readings are trouble; hides where the pages are kept.
"""

from collections.abc import Iterable
from datetime import datetime

from feedsvc.errors import NotFound
from feedsvc.model import Alert, Reading, Sample, Snapshot, SourceName
from feedsvc.store import Store, Transaction

# Parts of a page could not be read, while nothing stands against the page as a whole.
COMPLAINTS = "complaints"


class Samples:
    """The kept pages, for the admin."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def list(self) -> tuple[Sample, ...]:
        """Return what is kept, newest first."""
        with self._store.read() as tx:
            return tx.samples.list()

    def page(self, source: str, code: str | None = None) -> tuple[Sample, bytes]:
        """Return a page of a source as it was retrieved: the newest, or the one kept for a code.

        Raises:
            NotFound: none is kept.
        """
        with self._store.read() as tx:
            for sample in tx.samples.list():
                if sample.source == source and code in (None, sample.code):
                    return sample, tx.samples.body(source, sample.code) or b""
        raise NotFound("sample page of", f"{source} ({code})" if code else source)


def note(tx: Transaction, reading: Reading, snapshot: Snapshot, previous: Reading | None, now: datetime) -> None:
    """Keep the page if something stands against it; note it when something did and is over."""
    code = _trouble(reading)
    if code:
        said = reading.complaints[0].message
        size = len(snapshot.body)
        sample = Sample(reading.source, code, reading.origin, said, snapshot.taken_at, snapshot.media_type, size)
        tx.samples.keep(sample, snapshot.body, now)
    elif previous and _trouble(previous):
        tx.samples.note_well(reading.source, reading.origin, now)


def forget(tx: Transaction, gone: Reading, now: datetime) -> None:
    """Note that a page is not there any more, so nothing stands against it."""
    if _trouble(gone):
        tx.samples.note_well(gone.source, gone.origin, now)


def for_alert(samples: Iterable[Sample], alert: Alert) -> Sample | None:
    """Return the page that shows what an alert is about."""
    wanted = (alert.name, alert.code, None)
    return next((each for each in samples if (each.source, each.code, each.well) == wanted), None)


def command(source: SourceName, code: str) -> str:
    """Return the command that writes a kept page to a file."""
    return f"feedsvc samples {source} --code {code} --save {source}-{code}.sample"


def _trouble(reading: Reading) -> str | None:
    return reading.code or (COMPLAINTS if reading.complaints else None)
