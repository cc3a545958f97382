"""What every format of feed says of its items, as it stands there: nothing repaired yet, addresses absolute."""

from dataclasses import dataclass

from feedsvc.model import Enclosure, Via

# Feeds hold the latest news, mostly 10 to 100; the rest of an endless one would only cost time, at every reading.
MOST_ITEMS = 2000


class NoFeed(Exception):
    """Why a document is no feed that can be read, in words for an admin; it never leaves this package."""

    def __init__(self, reason: str, line: int | None = None) -> None:
        super().__init__(reason)
        self.line = line


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that could not be read; ``place`` is put behind the name of the document (``:LINE``)."""

    place: str
    message: str


@dataclass(frozen=True, slots=True)
class Words:
    """A text construct: HTML, or plain text. Addresses in it are relative to ``base``."""

    value: str
    is_html: bool
    base: str | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """One item as its feed states it; ``moments`` are its times as written, the best first."""

    place: str
    line: int | None = None
    guid: str | None = None
    link: str | None = None
    title: str = ""
    moments: tuple[str, ...] = ()
    updated: str = ""
    authors: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    summary: Words | None = None
    content: Words | None = None
    image: str | None = None
    enclosures: tuple[Enclosure, ...] = ()
    language: str | None = None
    via: Via | None = None


@dataclass(frozen=True, slots=True)
class Parsed:
    """A feed; ``via`` is what it says of itself, ``older`` the document that holds the news before its own."""

    via: Via
    items: tuple[Item, ...]
    troubles: tuple[Trouble, ...] = ()
    older: str | None = None
