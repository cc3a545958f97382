"""The frozen values that flow from sources to documents.

Knows the words of docs/glossary.md as types and nothing of files, SQL, HTTP or XML. Every datetime is aware; one that
is not raises ``ValueError`` where it would enter a value.
"""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, NewType

SourceName = NewType("SourceName", str)
FeedName = NewType("FeedName", str)
ArticleId = NewType("ArticleId", str)
TokenId = NewType("TokenId", str)

MAIN_FEED = FeedName("main")


def _require_aware(**moments: datetime | None) -> None:
    for name, moment in moments.items():
        if moment is not None and moment.utcoffset() is None:
            raise ValueError(f"{name} is a naive datetime: {moment!r}")


# --- what sources say -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Bytes retrieved once.

    ``origin`` is the path or address they came from, as the admin would write it. ``taken_at`` is the snapshot's own
    time (a file's mtime): relative times on the page count from it. ``address`` is where a page was found in the end;
    its links are relative to it. ``media_type`` is as a server gave it, with its charset.
    """

    origin: str
    body: bytes
    taken_at: datetime
    media_type: str = ""
    address: str = ""

    def __post_init__(self) -> None:
        _require_aware(taken_at=self.taken_at)


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file that belongs to an entry; ``length`` in bytes, None when nobody knows it."""

    url: str
    media_type: str
    length: int | None = None


@dataclass(frozen=True, slots=True)
class Via:
    """The feed that an entry was taken from (``atom:source``, RFC 4287 §4.2.11)."""

    title: str
    link: str | None = None
    guid: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """What a source says now about one piece of news.

    ``published`` is None when the source does not say, or says it unreadably. ``body`` is HTML of block elements,
    sanitised; None when the source shows a headline only. ``image`` is the absolute address of the lead image.
    ``embargoed`` says that ``published`` is a promise: before that instant nobody may see the entry. ``line`` is where
    the headline stands (1-based), for people.
    """

    title: str
    published: datetime | None = None
    section: str | None = None
    link: str | None = None
    guid: str | None = None
    authors: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    summary: str | None = None
    body: str | None = None
    image: str | None = None
    enclosures: tuple[Enclosure, ...] = ()
    language: str | None = None
    via: Via | None = None
    embargoed: bool = False
    line: int | None = None

    def __post_init__(self) -> None:
        if not self.title.strip():
            raise ValueError("an entry has no title")
        _require_aware(published=self.published)


@dataclass(frozen=True, slots=True)
class Complaint:
    """Something that could not be read: ``where`` is a place an admin can go to (``FILE:LINE``)."""

    where: str
    message: str


class Listing(StrEnum):
    """What became of the news line on a page: a valid empty list and a missing one are different."""

    PRESENT = "present"
    EMPTY = "empty"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Harvest:
    """The result of reading one snapshot: ``entries`` in page order; ``article`` is what the page is about."""

    article: Entry | None = None
    entries: tuple[Entry, ...] = ()
    complaints: tuple[Complaint, ...] = ()
    listing: Listing = Listing.MISSING


@dataclass(frozen=True, slots=True)
class Selectors:
    """Where the news line stands on an HTML page, and what in it; None is left to detection.

    Each is a CSS selector, or XPath where it begins with ``/`` or ``xpath:``. ``list`` and ``item`` start from the
    page, the others from an item.
    """

    list: str | None = None
    item: str | None = None
    title: str | None = None
    link: str | None = None
    time: str | None = None
    section: str | None = None
    image: str | None = None
    author: str | None = None
    summary: str | None = None


@dataclass(frozen=True, slots=True)
class ArticleSelectors:
    """Where the parts of an article stand on its own page, written as :class:`Selectors` are; None is left to detection.

    All start from the page; the first thing that each finds counts, of ``body`` all. ``without`` names what does not
    belong to the body.
    """

    title: str | None = None
    section: str | None = None
    time: str | None = None
    author: str | None = None
    image: str | None = None
    body: str | None = None
    without: str | None = None


# --- what the store keeps ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Article:
    """An entry that the store has accepted.

    ``id`` (in the permalink) and ``guid`` (in feeds: RSS guid, Atom id and JSON id alike) are minted once and never
    derived again. ``published`` never moves: the source's time, or ``first_seen`` when it had none. ``stated`` is the
    time that the source states now (None: it states none); it follows corrections, and matching compares it.
    ``updated`` is the instant of the last significant revision, unique to the microsecond within a harvest.
    ``changed`` is the store's change number at the last write. ``aliases`` are the headline keys it had before, by
    which it is still known; ``pinned`` the names of the fields set by hand, which no source changes any more. While
    ``embargo`` is set, nobody but the admin may see the article; it is lifted at that instant. ``followed`` is when its
    link was opened for the whole article, whatever came of it. A retracted article keeps its row: it is the tombstone.
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

    def __post_init__(self) -> None:
        _require_aware(
            published=self.published,
            first_seen=self.first_seen,
            updated=self.updated,
            stated=self.stated,
            embargo=self.embargo,
            followed=self.followed,
            retracted=self.retracted,
        )


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
        _require_aware(recorded=self.recorded)


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


# --- what feeds are made of -------------------------------------------------------------------------------------------


def fold_name(name: str) -> str:
    """Return what two spellings of one section, tag or author share: case does not count.

    ``İ``, ``I``, ``ı`` and ``i`` are one: Azerbaijani ``SİYASƏT`` is ``Siyasət``, which Unicode's folding alone denies.
    """
    folded = unicodedata.normalize("NFC", name).casefold().replace("i\u0307", "i").replace("ı", "i")
    return unicodedata.normalize("NFC", folded)


@dataclass(frozen=True, slots=True)
class Selection:
    """Which articles a feed takes: an article must match every criterion that is not empty (names fold case)."""

    sources: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()

    def selects(self, article: Article) -> bool:
        """Tell whether the article belongs here, retracted or not."""

        def matches(wanted: tuple[str, ...], offered: tuple[str, ...]) -> bool:
            return not wanted or not {fold_name(w) for w in wanted}.isdisjoint(fold_name(o) for o in offered)

        return (
            (not self.sources or article.source in self.sources)
            and matches(self.sections, (article.section,) if article.section else ())
            and matches(self.tags, article.tags)
            and matches(self.authors, article.authors)
        )


class Format(StrEnum):
    """The formats a feed is rendered in; the value is the ending of its address under /feeds/."""

    RSS = "xml"
    ATOM = "atom"
    JSON = "json"

    @property
    def media_type(self) -> str:
        """The registered media type, without parameters."""
        return {"xml": "application/rss+xml", "atom": "application/atom+xml", "json": "application/feed+json"}[self]

    @property
    def label(self) -> str:
        """The name for people."""
        return {"xml": "RSS", "atom": "Atom", "json": "JSON Feed"}[self]


@dataclass(frozen=True, slots=True)
class FeedIdentity:
    """What makes a feed the same feed for ever: minted at its first publication, kept through every change of name."""

    feed: FeedName
    guid: str
    created: datetime

    def __post_init__(self) -> None:
        _require_aware(created=self.created)


@dataclass(frozen=True, slots=True)
class Document:
    """A feed rendered in one format.

    ``etag`` is the strong entity tag of the identity coding without quotes; each other coding appends ``-CODING``.
    ``encodings`` maps content codings (``gzip``, ``br``, ``zstd``) to their bytes; one that would not be smaller is
    absent. ``last_modified`` is when the bytes last changed, whole seconds UTC. ``built_from`` is the store's change
    number and ``settings`` the digest of the settings that the document was rendered from.
    """

    feed: FeedName
    format: Format
    body: bytes
    etag: str
    last_modified: datetime
    max_age_s: int
    encodings: Mapping[str, bytes] = field(default_factory=dict)
    built_from: int = 0
    settings: str = ""

    def __post_init__(self) -> None:
        _require_aware(last_modified=self.last_modified)


# --- what was done ----------------------------------------------------------------------------------------------------


class RunKind(StrEnum):
    """The kinds of work that leave a record."""

    REFRESH = "refresh"
    PUBLISH = "publish"


class Outcome(StrEnum):
    """How a run ended. ``UNCHANGED``: nothing to do. ``FAILED``: expected failure, has a code. ``CRASHED``: a bug."""

    DONE = "done"
    UNCHANGED = "unchanged"
    FAILED = "failed"
    CRASHED = "crashed"


@dataclass(frozen=True, slots=True)
class Run:
    """The record of one piece of work on one source or feed (``name``).

    ``counts`` holds whole numbers by name (a refresh: snapshots, entries, dated, new, changed, unchanged, refused,
    complaints). ``code`` is a stable error code, ``message`` the sentence for people. ``complaints`` are bounded.
    """

    kind: RunKind
    name: str
    started: datetime
    ended: datetime
    outcome: Outcome
    counts: Mapping[str, int] = field(default_factory=dict)
    code: str | None = None
    message: str | None = None
    complaints: tuple[Complaint, ...] = ()

    def __post_init__(self) -> None:
        _require_aware(started=self.started, ended=self.ended)


@dataclass(frozen=True, slots=True)
class Alert:
    """Something the admin should look at; it stands until the next run of ``name`` is well again."""

    code: str
    name: str
    since: datetime
    message: str


# --- who may push -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Token:
    """A sender's leave to push into one source.

    ``id`` names it among people; of what the sender shows only a digest is stored. ``used`` is the day (UTC) of the
    last use.
    """

    id: TokenId
    source: SourceName
    label: str
    created: datetime
    used: date | None = None
    revoked: datetime | None = None

    def __post_init__(self) -> None:
        _require_aware(created=self.created, revoked=self.revoked)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What came of a request that its sender gave a key, so that the same request again gets the same answer.

    ``digest`` covers the request. ``outcomes`` holds for each entry, in order: the sender's id, the decision, the
    article.
    """

    token: TokenId
    key: str
    digest: str
    given: datetime
    outcomes: tuple[tuple[str, Verdict, ArticleId], ...]

    def __post_init__(self) -> None:
        _require_aware(given=self.given)


def to_json(value: Any) -> Any:
    """Turn a value of this module into plain JSON data: datetimes as RFC 3339, tuples as lists, field names kept."""
    if isinstance(value, date):  # a datetime is one
        return value.isoformat()
    if isinstance(value, tuple | list):
        return [to_json(item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): to_json(item) for key, item in value.items()}
    if hasattr(value, "__dataclass_fields__"):
        return {name: to_json(getattr(value, name)) for name in value.__dataclass_fields__}
    return value
