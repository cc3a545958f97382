"""Moving in: an old site's feed, its history or its WordPress export becomes articles that keep their ids.

Knows what makes an old article stay the same one for its subscribers: the feed's id, its time, its order. Hides which
kind of document it was given. Nothing that is in the store already is changed, so that doing it again does no harm.
"""

import io
import pickle
import re
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from itertools import islice
from pathlib import Path
from typing import IO
from zoneinfo import ZoneInfo

from feedsvc import decide
from feedsvc.config import Config
from feedsvc.errors import FetchError, RetrievalError, SourceNeeded
from feedsvc.model import Article, Complaint, Entry, Harvest, Listing, Snapshot, SourceName, Verdict
from feedsvc.outbound import Outbound
from feedsvc.service.desk import Desk
from feedsvc.service.refresh import mint
from feedsvc.store import Store, Transaction

MOVED_IN = SourceName("import")
"""The source of articles that belong to no configured one."""

MOST_PAGES = 10_000

_BATCH = 200
_MOST_BYTES = 20_000_000  # of a feed; its reader refuses less, and says so
_WORDPRESS = re.compile(rb"""xmlns:[\w.-]+\s*=\s*["']https?://wordpress\.org/export/""")
_HEAD = 64 * 1024
_PART = 1024 * 1024
_COMPLAINTS_KEPT = 50
_EXPORT = re.compile(rb'(?:\xef\xbb\xbf)?\s*\{\s*"type"')
_JSON_FEED = re.compile(rb'(?:\xef\xbb\xbf)?\s*\{.*?"(?:items|https?:\\?/\\?/jsonfeed\.org)', re.DOTALL)
_MARKUP = re.compile(rb"\s*<|.{0,1000}<(?:rss|feed|rdf:RDF)[\s>]", re.DOTALL)
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")

Advance = Callable[[int], None]


@dataclass(slots=True)
class Moved:
    """What came of an import, counted.

    ``known`` were in the store already and stay as they are; ``renamed`` of them under another id than the old feed's,
    which they keep. ``left_out`` counts by reason. ``stopped`` says why not all was read.
    """

    read: int = 0
    new: int = 0
    known: int = 0
    renamed: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    complaints: list[Complaint] = field(default_factory=list)
    stopped: str | None = None

    def complain(self, complaints: Iterable[Complaint]) -> None:
        """Keep the first complaints: a broken file has one for each line."""
        self.complaints += islice(complaints, _COMPLAINTS_KEPT - len(self.complaints))


@dataclass(frozen=True, slots=True)
class _Place:
    """Where articles go, and how what is silent about zone, section or language is read."""

    source: SourceName
    kind: str
    zone: ZoneInfo
    section: str | None
    language: str
    robots: bool

    def read_as(self, entry: Entry) -> Entry:
        """Return the entry as the source will tell of it later, so that the two are one article.

        News lines tell minutes. Only a source that quotes feeds says which feed it has an entry from.
        """
        if self.kind == "feed":
            return entry
        published = entry.published and entry.published.replace(second=0, microsecond=0)
        return replace(entry, published=published, via=None)


class Moving:
    """Imports. ``desk`` takes what an export of our own holds."""

    def __init__(
        self, config: Config, store: Store, desk: Desk, outbound: Outbound, clock: Callable[[], datetime]
    ) -> None:
        self._config = config
        self._store = store
        self._desk = desk
        self._outbound = outbound
        self._clock = clock

    def take_in(
        self,
        target: str,
        *,
        file: Path | None = None,
        source: str | None = None,
        pages: int = MOST_PAGES,
        advance: Advance = lambda _: None,
    ) -> Moved:
        """Take in an export of our own (all of it or nothing), a WordPress export, or a feed with all its history.

        ``target`` is an address, or the name by which people know ``file``. The articles go to ``source``: the only
        one that is configured when None, or ``import`` where there is none. Of a feed's history at most ``pages``
        documents are fetched. ``advance`` is told how many records or articles were just taken in.

        Raises:
            NotFound: there is no such source.
            SourceNeeded: there are several, and none was named.
            RetrievalError: nothing can be had there, or it is none of all that.
            ImportInvalid: a line of an export cannot be read.
        """
        place = self._place(source)
        if file is None:
            snapshot = self._fetched(target, place)
            stream: IO[bytes] = io.BytesIO(snapshot.body)
        else:
            snapshot = Snapshot(target, b"", self._clock())
            stream = _opened(file, target)
        with stream:
            head = stream.read(_HEAD)
            stream.seek(0)
            if _EXPORT.match(head) or not (_MARKUP.match(head) or _JSON_FEED.match(head) or head[:2] in _UTF_16):
                if file is not None:
                    done = self._desk.load_file(file, name=target, advance=advance)
                else:
                    done = self._desk.load(stream, name=target, advance=advance)
                return Moved(read=done.records, new=done.new)
            if place is None:
                raise SourceNeeded(tuple(source.name for source in self._config.sources))
            if _WORDPRESS.search(head):
                return self._wordpress(stream, target, place, advance)
            return self._feed(replace(snapshot, body=stream.read(_MOST_BYTES)), place, pages, advance)

    @staticmethod
    def length(file: Path) -> int | None:
        """Return how many records an export of our own holds; of anything else that is known only in the end."""
        with file.open("rb") as stream:
            if not _EXPORT.match(stream.read(_HEAD)):
                return None
            stream.seek(0)
            lines = sum(part.count(b"\n") for part in iter(partial(stream.read, _PART), b""))
        return lines - 1  # the header

    def _place(self, name: str | None) -> _Place | None:
        """Return the place of that name; without a name the only one there can be, None if there are several."""
        configured = [source.name for source in self._config.sources]
        if name is None and len(configured) > 1:
            return None
        name = name or (configured[0] if configured else MOVED_IN)
        if name == MOVED_IN and name not in configured:
            return _Place(MOVED_IN, "", self._config.site.zone, None, self._config.site.language, robots=True)
        source = self._config.source(name)
        return _Place(source.name, source.kind, source.zone, source.section, source.language, robots=source.robots)

    def _fetched(self, url: str, place: _Place | None) -> Snapshot:
        fetched = self._outbound.fetch(url, robots=place.robots if place else True)
        media_type = f"{fetched.media_type}; charset={fetched.charset}" if fetched.charset else fetched.media_type
        return Snapshot(url, fetched.body, fetched.retrieved_at, media_type, fetched.url)

    # --- feeds and their history --------------------------------------------------------------------------------------

    def _feed(self, first: Snapshot, place: _Place, pages: int, advance: Advance) -> Moved:
        """Walk from the newest document to the oldest, then take them in from the oldest on: in order of age."""
        moved = Moved()
        with tempfile.TemporaryFile() as kept:
            starts = []
            for entries in self._walk(first, place, pages, moved):
                starts.append(kept.tell())
                pickle.dump(entries, kept)
            for start in reversed(starts):
                kept.seek(start)
                self._store_batch(pickle.load(kept), place, moved, advance)  # noqa: S301 - written above, by us
        return moved

    def _walk(self, first: Snapshot, place: _Place, pages: int, moved: Moved) -> Iterator[tuple[Entry, ...]]:
        from feedsvc.sources.feed import read_page  # noqa: PLC0415 - feedparser costs 60 ms

        snapshot, seen = first, set[str]()
        for number in range(1, pages + 1):
            seen |= {snapshot.origin, snapshot.address}
            harvest, older = read_page(snapshot, zone=place.zone, base=snapshot.address)
            if harvest.listing is Listing.MISSING:
                [why, *_] = harvest.complaints
                if number == 1:
                    raise RetrievalError(why.where, why.message)
                moved.stopped = f"{why.where}: {why.message}"
                return
            moved.complain(harvest.complaints)
            yield harvest.entries
            if older is None:
                return
            if older in seen:
                moved.stopped = f"{snapshot.origin}: leads in a circle, back to {older}"
                return
            if number == pages:
                moved.stopped = f"{older}: {pages:,} documents of the history were read; --pages lets it be more"
                return
            try:
                snapshot = self._fetched(older, place)
            except FetchError as error:
                moved.stopped = str(error)
                return

    # --- WordPress ----------------------------------------------------------------------------------------------------

    def _wordpress(self, stream: IO[bytes], name: str, place: _Place, advance: Advance) -> Moved:
        from feedsvc.sources import wxr  # noqa: PLC0415 - only an import needs lxml and nh3

        survey = wxr.survey(stream, name)
        moved = Moved(stopped=f"{survey.broken.where}: {survey.broken.message}" if survey.broken else None)
        batch: list[Entry] = []
        for item in wxr.read(stream, name, survey, taken_at=self._clock(), zone=place.zone):
            match item:
                case Entry():
                    batch.append(item)
                case Complaint():
                    moved.left_out["unreadable"] += 1
                    moved.complain([item])
                case wxr.LeftOut(reason):
                    moved.left_out[reason] += 1
            if len(batch) == _BATCH:
                self._store_batch(batch, place, moved, advance)
                batch = []
        self._store_batch(batch, place, moved, advance)
        return moved

    # --- into the store -----------------------------------------------------------------------------------------------

    def _store_batch(self, entries: Sequence[Entry], place: _Place, moved: Moved, advance: Advance) -> None:
        """Store the entries that are new, all in one transaction, the oldest first."""
        entries = sorted(entries, key=_age, reverse=True) if all(e.published for e in entries) else entries
        for number in range(0, len(entries), _BATCH)[::-1]:
            some = entries[number : number + _BATCH]
            with self._store.begin() as tx:
                self._decide(tx, some, place, moved)
            advance(len(some))

    def _decide(self, tx: Transaction, entries: Sequence[Entry], place: _Place, moved: Moved) -> None:
        harvest = Harvest(entries=tuple(map(place.read_as, entries)), listing=Listing.PRESENT)
        wanted = decide.lookup(harvest)
        known = tx.articles.candidates(
            place.source, guids=wanted.guids, links=wanted.links, keys=wanted.keys, stated=wanted.stated
        )
        changes = decide.decide(
            harvest,
            known,
            source=place.source,
            previous=None,
            now=self._clock(),
            mint=mint,
            section=place.section,
            language=place.language,
        )
        # Readers take the link of an item without an id for its id.
        ids = [entry.guid or entry.link for entry in entries]
        taken = tx.articles.known_guids(id_ for id_ in ids if id_)
        stored = {article.id: article.guid for article in known}
        new: list[Article] = []
        for entry, id_, change in zip(entries, ids, changes, strict=True):
            moved.read += 1
            if change.article is None:
                moved.left_out["without a headline"] += 1
            elif change.verdict is not Verdict.NEW or id_ in taken:
                moved.known += 1
                moved.renamed += id_ is not None and stored.get(change.article.id, id_) != id_
            else:
                moved.new += 1
                new.append(_as_it_was(change.article, entry, id_, moved.new))
                taken |= {id_} if id_ else set()
        tx.articles.put(reversed(new))


def _opened(file: Path, name: str) -> IO[bytes]:
    try:
        return file.open("rb")
    except OSError as error:
        raise RetrievalError(name, f"cannot be read: {error.strerror}") from error


def _age(entry: Entry) -> float:
    return entry.published.timestamp() if entry.published else 0.0


def _as_it_was(article: Article, entry: Entry, id_: str | None, number: int) -> Article:
    """Return a new article with the id and the times that subscribers know.

    Its last change is its publication, so that no reader takes it for news; no two articles of a second share it.
    """
    published = min(entry.published, article.first_seen) if article.stated and entry.published else article.published
    changed = published.replace(microsecond=0) + timedelta(microseconds=number % 1_000_000)
    return replace(article, guid=id_ or article.guid, published=published, updated=max(published, changed))
