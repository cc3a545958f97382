"""What a strict reader takes from a document, whatever its format.

Knows the parts that all formats share, so that one judge serves them all; hides how each spells them.
"""

from collections.abc import Sequence
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

    @property
    def said(self) -> "Said":
        """What it says as many entries could say it together."""
        return Said(
            names=(*self.authors, *self.tags),
            links=(*self.links, *self.media),
            times=((self.published, self.updated),),
            html=self.html,
            attachments=self.attachments,
            languages=() if self.language is None else (self.language,),
        )


@dataclass(frozen=True, slots=True)
class Said:
    """What one entry says, or many together, each kind of value by itself: rules that ask no more are asked once.

    ``names`` are authors and tags, ``links`` all addresses but those of ``attachments``, ``times`` when an entry was
    published and updated.
    """

    names: Sequence[str]
    links: Sequence[str | None]
    times: Sequence[tuple[Moment, Moment]]
    html: Sequence[str]
    attachments: Sequence[Attachment]
    languages: Sequence[str]


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
