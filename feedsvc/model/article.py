"""What the store keeps: articles, their revisions, the decisions about them, the last readings.

Knows what an article remembers of its sources; hides nothing.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from operator import attrgetter

from feedsvc.model.harvest import Complaint, Enclosure, Entry, Via
from feedsvc.model.names import ArticleId, SourceName, require_aware


@dataclass(frozen=True, slots=True)
class Article:
    """An entry that the store has accepted.

    ``id`` (in the permalink) and ``guid`` (in feeds: RSS guid, Atom id and JSON id alike) are minted once and never
    derived again. ``published`` never moves: the source's time, or ``first_seen`` when it had none. ``stated`` is the
    time that the source states now (None: it states none); it follows corrections, and matching compares it.
    ``updated`` is the instant of the last significant revision, unique to the microsecond within a harvest.
    ``changed`` is the store's change number at the last write. ``arrival`` counts articles in the order in which
    they became visible, from 1; it never moves while the article is visible, and is 0 under an embargo. ``aliases``
    are the headline keys it had before, by which it is still known; ``pinned`` the names of the fields set by hand,
    which no source changes any more. While ``embargo`` is set, nobody but the admin may see the article; it is
    lifted at that instant. ``followed`` is when its link was opened for the whole article, whatever came of it. A
    retracted article keeps its row: it is the tombstone.
    """

    id: ArticleId
    guid: str
    source: SourceName
    title: str
    slug: str
    published: datetime
    first_seen: datetime
    updated: datetime
    revision: int = 1
    section: str | None = None
    link: str | None = None
    source_guid: str | None = None
    stated: datetime | None = None
    authors: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    summary: str | None = None
    body: str | None = None
    image: str | None = None
    enclosures: tuple[Enclosure, ...] = ()
    via: Via | None = None
    language: str | None = None
    embargo: datetime | None = None
    followed: datetime | None = None
    aliases: tuple[str, ...] = ()
    pinned: tuple[str, ...] = ()
    retracted: datetime | None = None
    changed: int = 0
    arrival: int = 0

    def __post_init__(self) -> None:
        # Of every article that is read: a quarter of the time of naming them all.
        for moment in _moments(self):
            if moment is not None and moment.tzinfo is not UTC:
                require_aware(**dict(zip(_MOMENTS, _moments(self), strict=True)))
                return


_MOMENTS = ("published", "first_seen", "updated", "stated", "embargo", "followed", "retracted")
_moments = attrgetter(*_MOMENTS)


@dataclass(frozen=True, slots=True)
class Place:
    """Where an article stands, and when it last changed: what a list of all addresses says of it."""

    id: ArticleId
    slug: str
    updated: datetime

    def __post_init__(self) -> None:
        require_aware(updated=self.updated)


@dataclass(frozen=True, slots=True)
class Revision:
    """How an article read from ``recorded`` on; ``number`` counts from 1."""

    article: ArticleId
    number: int
    recorded: datetime
    title: str
    section: str | None
    summary: str | None
    body: str | None

    def __post_init__(self) -> None:
        require_aware(recorded=self.recorded)


class Verdict(StrEnum):
    """The decision about one entry."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Change:
    """The decision about one entry.

    ``article`` is the value to store (None when refused), ``before`` what the store holds now (None when new);
    ``reason`` says why, for people.
    """

    verdict: Verdict
    entry: Entry
    article: Article | None = None
    before: Article | None = None
    reason: str = ""

    @property
    def moves(self) -> bool:
        """Whether there is something to store and to tell."""
        return self.verdict in (Verdict.NEW, Verdict.CHANGED)


@dataclass(frozen=True, slots=True)
class Reading:
    """What the store remembers of the last reading of one origin of a source.

    ``digest`` covers the bytes and all settings that decide how they are read: an equal one means nothing to do.
    ``size`` and ``mtime_ns`` spare reading an untouched file, ``etag`` and ``last_modified`` (as the server sent them)
    an unchanged page. ``article`` is the one that the page is about, ``listed`` are those of its news line, in page
    order. ``code`` is the error code that stands against the page (None: it reads well).
    """

    source: SourceName
    origin: str
    digest: str
    size: int
    mtime_ns: int
    taken_at: datetime
    etag: str | None = None
    last_modified: str | None = None
    article: ArticleId | None = None
    listed: tuple[ArticleId, ...] = ()
    complaints: tuple[Complaint, ...] = ()
    code: str | None = None
