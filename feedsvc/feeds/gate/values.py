"""What a strict reader takes from a document, whatever its format.

Knows the parts that all formats share, so that one judge serves them all; hides how each spells them.
"""

from dataclasses import dataclass, field
from datetime import datetime

Moment = datetime | None


@dataclass(frozen=True, slots=True)
class Attachment:
    """Something to download; ``length`` as it is written."""

    address: str | None
    media_type: str | None
    length: str | None


@dataclass(frozen=True, slots=True)
class Item:
    """One entry; None where a part is absent.

    ``where`` names it. ``media`` are the addresses of its pictures, sound and film, ``links`` all others but those of
    ``attachments``, which are to be downloaded; ``html`` are its contents.
    """

    where: str
    id: str | None
    title: str
    link: str | None
    published: Moment
    updated: Moment
    authors: tuple[str, ...]
    tags: tuple[str, ...]
    links: tuple[str | None, ...]
    media: tuple[str | None, ...]
    html: tuple[str, ...]
    attachments: tuple[Attachment, ...]
    language: str | None


@dataclass(frozen=True, slots=True)
class Head:
    """The feed itself. ``selves`` are its links to itself, ``links`` all other addresses but those of hubs.

    ``deleted`` are the ids of its tombstones.
    """

    title: str
    updated: Moment
    selves: tuple[str | None, ...]
    hubs: tuple[str | None, ...]
    links: tuple[str | None, ...]
    language: str | None
    items: tuple[Item, ...] = field(default=())
    deleted: tuple[str, ...] = ()
