"""One reading of a source: retrieve what changed, decide, store.

Knows the order of the steps; hides how unchanged pages are recognised. Every snapshot is its own transaction, so that
a page that fails costs nothing of the others.
"""

import secrets
import uuid
from base64 import b32encode
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from feedsvc import __version__, decide, sources
from feedsvc.config import Source
from feedsvc.errors import RetrievalError
from feedsvc.model import ArticleId, Change, Complaint, Harvest, Outcome, Reading
from feedsvc.service.record import Ended
from feedsvc.sources.retrieval import UNFINISHED, Retrieved, retrieve
from feedsvc.store import Store
from feedsvc.text import digest

# A page full of unreadable times should not fill the record of a run: the first ones tell the admin enough.
_COMPLAINTS_KEPT = 50


def refresh(source: Source, folder: Path, store: Store, now: datetime) -> tuple[Ended, tuple[Change, ...]]:
    """Read every snapshot of the source that differs from what was read last, and store what it says.

    Returns how it went and the changes that feeds must hear of. ``folder`` is where the source's path starts from.

    Raises:
        StoreUnavailable: the store cannot be read or written; snapshots stored before that stay.
    """
    settings = _settings(source)
    with store.read() as tx:
        readings = tx.readings.list(source.name)
    known = {origin: reading for origin, reading in readings.items() if reading.digest.startswith(settings)}

    standing: dict[str, Reading] = {}
    harvests: list[tuple[Harvest, tuple[Change, ...]]] = []
    refused: list[Complaint] = []
    for retrieved in retrieve(source.path, known, folder=folder):
        if isinstance(retrieved, Complaint):
            refused.append(retrieved)
            continue
        if isinstance(retrieved, Retrieved):
            previous = readings.get(retrieved.origin)
            reading = _reading(source, settings, retrieved)
            if previous is not None and previous.digest == reading.digest:
                reading = _touched(previous, reading, store)
            else:
                reading, harvest, changes = _harvest(source, retrieved, reading, previous, store, now)
                harvests.append((harvest, changes))
        else:
            reading = retrieved
        standing[reading.origin] = reading
    _forget(source, readings.keys() - standing.keys() - {complaint.where for complaint in refused}, store)

    complaints = [*refused, *(complaint for reading in standing.values() for complaint in reading.complaints)]
    heard = tuple(change for _, changes in harvests for change in changes if change.moves)
    code, message = _failure(refused, standing)
    outcome = Outcome.FAILED if code else Outcome.DONE if heard else Outcome.UNCHANGED
    kept = tuple(complaints[:_COMPLAINTS_KEPT])
    return Ended(outcome, decide.counts(harvests, complaints), code, message, kept), heard


def mint() -> tuple[ArticleId, str]:
    """Return a new article id, short enough for an address, and the guid that feeds carry."""
    return ArticleId(b32encode(secrets.token_bytes(8)).decode().rstrip("=").lower()), f"urn:uuid:{uuid.uuid4()}"


def _settings(source: Source) -> str:
    """Everything but the bytes that decides how a snapshot is read; a newer reader reads again."""
    return digest(__version__, source.kind, source.timezone, source.section or "", source.language)


def _reading(source: Source, settings: str, retrieved: Retrieved) -> Reading:
    return Reading(
        source=source.name,
        origin=retrieved.origin,
        digest=f"{settings}.{digest(retrieved.snapshot.body)}",
        size=retrieved.size,
        mtime_ns=retrieved.mtime_ns,
        taken_at=retrieved.snapshot.taken_at,
    )


def _touched(previous: Reading, reading: Reading, store: Store) -> Reading:
    """Keep the new time of a file that was saved again with the same bytes, so that it is not opened next time."""
    touched = replace(previous, size=reading.size, mtime_ns=reading.mtime_ns)
    with store.begin() as tx:
        tx.readings.put(touched)
    return touched


def _harvest(
    source: Source, retrieved: Retrieved, reading: Reading, previous: Reading | None, store: Store, now: datetime
) -> tuple[Reading, Harvest, tuple[Change, ...]]:
    """Read one snapshot, decide about its entries and store them with the reading, in one transaction."""
    harvest = sources.read(source.kind, retrieved.snapshot, source.zone)
    wanted = decide.lookup(harvest, previous)
    with store.begin() as tx:
        known = tx.articles.candidates(
            source.name,
            guids=wanted.guids,
            links=wanted.links,
            keys=wanted.keys,
            stated=wanted.stated,
            ids=wanted.ids,
        )
        changes = decide.decide(
            harvest,
            known,
            source=source.name,
            previous=previous,
            now=now,
            mint=mint,
            section=source.section,
            language=source.language,
        )
        tx.articles.put(change.article for change in changes if change.article and change.moves)
        standing = decide.standing_code(harvest, previous)
        article, listed = decide.shown(harvest, changes)
        if standing and previous:
            # A list that was lost stays known as it was: it is what the next one is compared with.
            article, listed = previous.article, previous.listed
        reading = replace(
            reading,
            article=article,
            listed=listed,
            complaints=((Complaint(reading.origin, standing[1]),) if standing else ()) + harvest.complaints,
            code=standing[0] if standing else None,
        )
        tx.readings.put(reading)
    return reading, harvest, changes


def _forget(source: Source, origins: Collection[str], store: Store) -> None:
    """Forget the readings of files that are gone; their articles stay."""
    if origins:
        with store.begin() as tx:
            tx.readings.delete(source.name, origins)


def _failure(refused: Sequence[Complaint], standing: Mapping[str, Reading]) -> tuple[str | None, str | None]:
    """Return the code and message of the first page that does not read well; none if all do."""
    for reading in standing.values():
        if reading.code:
            complaint = reading.complaints[0]
            return reading.code, f"{complaint.where}: {complaint.message}"
    for complaint in refused:
        if complaint.message != UNFINISHED:
            return RetrievalError.code, f"{complaint.where}: {complaint.message}"
    return None, None
