"""One reading of a source: retrieve what changed, decide, store, follow, measure.

Knows the order of the steps; hides how unchanged pages are recognised. Every snapshot is its own transaction, so that
a page that fails costs nothing of the others.
"""

import secrets
import uuid
from base64 import b32encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from feedsvc import __version__, decide, sources
from feedsvc.config import Source
from feedsvc.errors import FetchError, RetrievalError
from feedsvc.model import (
    Article,
    ArticleId,
    Change,
    Complaint,
    Entry,
    Harvest,
    Listing,
    Outcome,
    Reading,
    Snapshot,
    Verdict,
)
from feedsvc.outbound import Outbound
from feedsvc.service import measuring, samples
from feedsvc.service.record import Ended
from feedsvc.sources.retrieval import UNFINISHED, Retrieved, fetch, retrieve
from feedsvc.store import Store
from feedsvc.text import digest

if TYPE_CHECKING:
    from feedsvc.service.deciding import Decider
    from feedsvc.service.reading import Reader

# A page full of unreadable times should not fill the record of a run: the first ones tell the admin enough.
_COMPLAINTS_KEPT = 50
# A host is asked once a second: so many pages a refresh, the rest at the next ones.
_FOLLOWED_AT_ONCE = 10
# A link that leads nowhere for the moment is opened again after 5, 20, 80 and 320 minutes, and then no more.
_FOLLOWING_TRIES = 5
_FOLLOWING_PAUSE = timedelta(minutes=5)
_REMOVED = "removed"
# The kinds whose pages show a news line.
_LISTING = ("page-text", "html")
# The kinds whose pictures and enclosures lie on other people's servers, which say how long they are.
_ELSEWHERE = ("html", "feed")

_Harvested = tuple[Harvest, tuple[Change, ...]]


@dataclass(frozen=True, slots=True)
class Refresher:
    """Reads one source into the store. ``folder`` is where its path starts from."""

    source: Source
    folder: Path
    store: Store
    outbound: Outbound
    reader: "Reader"
    decider: "Decider"
    now: datetime

    def refresh(self) -> tuple[Ended, tuple[Change, ...]]:
        """Read every snapshot that differs from what was read last, store what it says, follow new links.

        Returns how it went and the changes that feeds must hear of.

        Raises:
            StoreUnavailable: the store cannot be read or written; snapshots stored before that stay.
        """
        settings = self._settings()
        with self.store.read() as tx:
            readings = tx.readings.list(self.source.name)
        standing: dict[str, Reading] = {}
        harvests: list[_Harvested] = []
        refused: list[Complaint] = []
        decided = 0
        for retrieved in self._retrieved(readings, settings):
            if isinstance(retrieved, Complaint):
                refused.append(retrieved)
                continue
            if isinstance(retrieved, Reading):
                reading = retrieved
            else:
                previous = readings.get(retrieved.origin)
                seen = [*standing.values(), *readings.values()]
                reading, harvested = self._read(retrieved, previous, settings, seen, decided)
                harvests += harvested
                decided += sum(len(some) for _, some in harvested)
            standing[reading.origin] = reading
        changes = [change for _, some in harvests for change in some]
        # Links that wait are known by their lists: those that cannot be had for the moment leave them waiting.
        left = {origin for origin, reading in readings.items() if not reading.digest} if refused else set()
        if self.source.follow:
            followed, complaints = self._follow(standing.values(), readings, decided)
            changes += followed
            refused += complaints
        gone = readings.keys() - standing.keys() - {complaint.where for complaint in refused} - left
        changes += self._forget([readings[origin] for origin in gone])

        complaints = [*refused, *(complaint for reading in standing.values() for complaint in reading.complaints)]
        moves = tuple(change for change in changes if change.moves)
        if self.source.kind in _ELSEWHERE:
            moved = {change.article.id: change.article for change in moves if change.article}
            measuring.measure(moved.values(), self.store, self.outbound, robots=self.source.robots)
        code, message = _failure(refused, standing)
        outcome = Outcome.FAILED if code else Outcome.DONE if moves else Outcome.UNCHANGED
        kept = tuple(complaints[:_COMPLAINTS_KEPT])
        return Ended(outcome, decide.counts(harvests, complaints), code, message, kept), moves

    def _instant(self, decided: int, entries: int) -> datetime:
        """Return when the next entries are taken to have come: no two of a refresh share their instant of change.

        Those of one page count back from it, a microsecond each.
        """
        return self.now + timedelta(microseconds=decided + entries - 1 if decided else 0)

    def _settings(self) -> str:
        """Everything but the bytes that decides how a snapshot is read; a newer reader reads again."""
        source = self.source
        manner = (source.kind, source.timezone, source.section or "", source.language, repr(source.selectors))
        # The addresses of pictures start from a source's folder.
        folder = (source.path or "",) if source.kind == "folder" else ()
        return digest(__version__, *manner, *folder)

    def _retrieved(self, readings: Mapping[str, Reading], settings: str) -> Iterator[Retrieved | Reading | Complaint]:
        known = {
            origin: reading
            for origin, reading in readings.items()
            if reading.digest.startswith(settings) and reading.code != _REMOVED and not self._names_in_vain(reading)
        }
        if self.source.url:
            url = self.source.url
            yield fetch(url, known.get(url), self.outbound, robots=self.source.robots)
        elif self.source.path:
            yield from retrieve(self.source.path, known, folder=self.folder, files=sources.FILES.get(self.source.kind))

    def _read(
        self,
        retrieved: Retrieved,
        previous: Reading | None,
        settings: str,
        readings: Iterable[Reading],
        decided: int,
    ) -> tuple[Reading, tuple[_Harvested, ...]]:
        """Read one snapshot and store what it says; only its validators when its bytes are those of last time."""
        reading = Reading(
            source=self.source.name,
            origin=retrieved.origin,
            digest=f"{settings}.{digest(retrieved.snapshot.body)}",
            size=retrieved.size,
            mtime_ns=retrieved.mtime_ns,
            taken_at=retrieved.snapshot.taken_at,
            etag=retrieved.etag,
            last_modified=retrieved.last_modified,
        )
        known = previous is not None and previous.digest == reading.digest and previous.code != _REMOVED
        if previous is not None and known and not self._names_in_vain(previous):
            kept = replace(reading, article=previous.article, listed=previous.listed)
            kept = replace(kept, taken_at=previous.taken_at, complaints=previous.complaints, code=previous.code)
            if kept != previous:
                with self.store.begin() as tx:
                    tx.readings.put(kept)
            return kept, ()
        manner = sources.Manner(self.source.zone, self.source.selectors, sources.media_folder(self.source, self.folder))
        lists = self.source.kind in _LISTING
        read = self.reader.read(self.source, retrieved.snapshot, manner)
        harvest = read.harvest
        with self.store.begin() as tx:
            decision = self.decider.about(
                tx,
                harvest,
                source=self.source,
                origin=reading.origin,
                previous=previous or self._elsewhere(readings),
                lists=lists,
                now=self._instant(decided, len(harvest.entries) + (harvest.article is not None)),
                mint=mint,
            )
            changes = decision.changes
            moved = (change.article for change in changes if change.article and change.moves)
            tx.articles.put(moved, known=decision.known)
            standing = decide.standing_code(harvest, previous, changes, lists=lists)
            article, listed = decide.shown(harvest, changes)
            if previous and harvest.listing is not Listing.PRESENT and previous.listed:
                # A list that was lost stays known as it was: it is what the next one is compared with.
                article, listed = previous.article, previous.listed
            reading = replace(
                reading,
                article=article,
                listed=listed,
                complaints=_told(reading.origin, standing[1] if standing else None, harvest.complaints),
                code=standing[0] if standing else None,
            )
            if reading != previous:
                tx.readings.put(reading)
            samples.note(tx, reading, retrieved.snapshot, previous, self.now)
        decision.committed()
        read.committed()
        return reading, ((harvest, changes),)

    def _names_in_vain(self, reading: Reading) -> bool:
        """Whether a file of a folder may read otherwise though it has not changed: what it names may be there now."""
        return self.source.kind == "folder" and reading.article is not None and bool(reading.complaints)

    def _elsewhere(self, readings: Iterable[Reading]) -> Reading | None:
        """Return what the source showed last at another origin: admins save each page under a name of its own."""
        lists = [reading for reading in readings if reading.listed]
        latest = max(lists, key=lambda reading: reading.taken_at, default=None)
        return replace(latest, article=None) if latest else None

    def _forget(self, gone: Sequence[Reading]) -> list[Change]:
        """Forget the readings of what is gone. Articles stay, but those of a folder's files only for a while."""
        if not gone:
            return []
        changes = []
        with self.store.begin() as tx:
            for reading in gone:
                samples.forget(tx, reading, self.now)
                article = tx.articles.get(reading.article) if reading.article else None
                if self.source.kind != "folder" or article is None:
                    tx.readings.delete(self.source.name, [reading.origin])
                elif reading.code != _REMOVED:
                    tx.readings.put(replace(reading, code=_REMOVED, taken_at=self.now, complaints=()))
                elif self.now - reading.taken_at >= self.source.retract_after:
                    retracted = replace(article, retracted=self.now)
                    tx.articles.put([retracted])
                    tx.readings.delete(self.source.name, [reading.origin])
                    changes.append(
                        Change(Verdict.CHANGED, Entry(article.title), retracted, article, "its file was removed")
                    )
        return changes

    def _follow(
        self, standing: Iterable[Reading], readings: Mapping[str, Reading], decided: int
    ) -> tuple[list[Change], list[Complaint]]:
        """Open the links of articles that have no text yet, each once, and take the whole article from there.

        One that cannot be had for the moment waits for another try: as a reading of its link, without a digest and
        with a complaint for each try.
        """
        with self.store.read() as tx:
            unread = tx.articles.unread({article for reading in standing for article in reading.listed})
        changes: list[Change] = []
        complaints: list[Complaint] = []
        due: list[Article] = []
        for article in unread:
            waiting = readings.get(article.link or "")
            if waiting and self.now < waiting.taken_at + _FOLLOWING_PAUSE * 4 ** (len(waiting.complaints) - 1):
                complaints.append(waiting.complaints[-1])
            else:
                due.append(article)
        for article in due[:_FOLLOWED_AT_ONCE]:
            link = article.link or ""
            try:
                found, some = self._open(article)
            except FetchError as error:
                tried = (*(readings[link].complaints if link in readings else ()), Complaint(link, error.reason))
                complaints.append(tried[-1])
                if error.passing and len(tried) < _FOLLOWING_TRIES:
                    self._put_off(article, tried, error.code)
                    continue
                found = None
            else:
                complaints += some
            changes += self._whole(article, found, self._instant(decided + len(changes), 1))
        return changes, complaints

    def _put_off(self, article: Article, tried: tuple[Complaint, ...], code: str) -> None:
        waiting = Reading(
            source=self.source.name,
            origin=article.link or "",
            digest="",
            size=0,
            mtime_ns=0,
            taken_at=self.now,
            article=article.id,
            complaints=tried,
            code=code,
        )
        with self.store.begin() as tx:
            tx.readings.put(waiting)

    def _open(self, article: Article) -> tuple[Entry | None, tuple[Complaint, ...]]:
        link = article.link or ""
        fetched = self.outbound.fetch(link, robots=self.source.robots)
        media_type = f"{fetched.media_type}; charset={fetched.charset}" if fetched.charset else fetched.media_type
        snapshot = Snapshot(link, fetched.body, fetched.retrieved_at, media_type, fetched.url)
        return sources.read_article(snapshot, self.source.zone, self.source.article_selectors)

    def _whole(self, article: Article, found: Entry | None, now: datetime) -> tuple[Change, ...]:
        with self.store.begin() as tx:
            article = tx.articles.get(article.id) or article
            changes: tuple[Change, ...] = ()
            if found is not None:
                harvest = Harvest(article=replace(found, link=article.link, guid=None))
                changes = decide.decide(harvest, [article], source=self.source.name, previous=None, now=now, mint=mint)
                article = changes[0].article or article
            followed = replace(article, followed=self.now)
            tx.articles.put([followed])
        return tuple(replace(change, article=followed) for change in changes)


def mint() -> tuple[ArticleId, str]:
    """Return a new article id, short enough for an address, and the guid that feeds carry."""
    return ArticleId(b32encode(secrets.token_bytes(8)).decode().rstrip("=").lower()), f"urn:uuid:{uuid.uuid4()}"


def _told(origin: str, finding: str | None, complaints: tuple[Complaint, ...]) -> tuple[Complaint, ...]:
    """Return the complaints about a page, what stands against it first; where it is one of them, with its line."""
    if finding is None or (complaints and complaints[0].message == finding):
        return complaints
    return (Complaint(origin, finding), *complaints)


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
