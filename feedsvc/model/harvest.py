"""What sources say: snapshots, entries, complaints, and where on a page they stand.

Knows what is read and from where; knows nothing of what becomes of it.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from feedsvc.model.names import require_aware


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
        require_aware(taken_at=self.taken_at)


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
    sanitised; None when the source shows a headline only. ``image`` is the address of the lead image. Addresses are
    absolute, or paths under that of the site (``/media/…``). ``slug`` is the words that its permalink is to have.
    ``embargoed`` says that ``published`` is a promise: before that instant nobody may see the entry. ``line`` is where
    the headline stands (1-based), for people; two entries that differ in it alone are equal.
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
    slug: str | None = None
    embargoed: bool = False
    line: int | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        if not self.title.strip():
            raise ValueError("an entry has no title")
        require_aware(published=self.published)


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
    """Where the parts of an article stand on its own page, written as :class:`Selectors` are; None: to be detected.

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
