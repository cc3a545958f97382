"""The registry of source kinds: how the bytes of a snapshot become a harvest.

Knows each kind by its name; hides their rooms. A new kind is one file and one line here, and kinds do not know one
another.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from feedsvc.config import Source
from feedsvc.model import ArticleSelectors, Complaint, Entry, Harvest, Selectors, Snapshot
from feedsvc.sources.media import MediaFolder

if TYPE_CHECKING:
    from feedsvc.sources.html import Seen


@dataclass(frozen=True, slots=True)
class Manner:
    """What a source says of how it is to be read; ``media`` is the folder that a folder's articles lie in."""

    zone: ZoneInfo
    selectors: Selectors | None = None
    media: MediaFolder | None = None


Read = Callable[[Snapshot, Manner], Harvest]


# Each kind is imported when it is first needed: their libraries cost up to half a second.


def _page_text(snapshot: Snapshot, manner: Manner) -> Harvest:
    from feedsvc.sources.page_text import read  # noqa: PLC0415

    return read(snapshot, zone=manner.zone)


def _html(snapshot: Snapshot, manner: Manner) -> Harvest:
    from feedsvc.sources.html import read  # noqa: PLC0415

    return read(snapshot, zone=manner.zone, base=snapshot.address, selectors=manner.selectors)


def _feed(snapshot: Snapshot, manner: Manner) -> Harvest:
    from feedsvc.sources.feed import read  # noqa: PLC0415

    return read(snapshot, zone=manner.zone, base=snapshot.address)


def _folder(snapshot: Snapshot, manner: Manner) -> Harvest:
    from feedsvc.sources.folder import read  # noqa: PLC0415

    return read(snapshot, zone=manner.zone, media=manner.media)


# Kinds whose path is a folder: the endings of the files in it, and below it, that are read.
FILES: Mapping[str, frozenset[str]] = {"folder": frozenset({".md", ".markdown", ".html", ".htm"})}

KINDS: Mapping[str, Read] = {"page-text": _page_text, "html": _html, "feed": _feed, "folder": _folder}


def media_folder(source: Source, base: Path) -> MediaFolder | None:
    """Return the folder whose pictures, sound and films are handed out; None for a source that has none.

    ``base`` is the configuration's folder.
    """
    return MediaFolder(source.name, base, source.path) if source.kind == "folder" and source.path else None


def read(kind: str, snapshot: Snapshot, manner: Manner) -> Harvest:
    """Read a snapshot as the kind of source it came from.

    What cannot be read is a complaint in the harvest. Raises ``KeyError`` for a kind that is not in ``KINDS``.
    """
    return KINDS[kind](snapshot, manner)


def read_again(kind: str, snapshot: Snapshot, manner: Manner, seen: "Seen | None") -> tuple[Harvest, "Seen | None"]:
    """Return what :func:`read` returns, and what of a page is worth knowing when the same source is read again.

    ``seen`` is what was worth it the last time. It changes what reading costs and not what is read, but for the lines
    of entries, which are not known then.
    """
    if kind != "html" or manner.selectors is not None:
        return read(kind, snapshot, manner), None
    from feedsvc.sources.html import read_again as read_page_again  # noqa: PLC0415

    return read_page_again(snapshot, zone=manner.zone, base=snapshot.address, seen=seen)


def detect(snapshot: Snapshot, manner: Manner) -> Selectors | None:
    """Return where the news line of an HTML page stands, as detection finds it; None where it finds none."""
    from feedsvc.sources.html import detect as detect_on_page  # noqa: PLC0415

    return detect_on_page(snapshot, zone=manner.zone, base=snapshot.address)


def read_article(
    snapshot: Snapshot, zone: ZoneInfo, selectors: ArticleSelectors | None
) -> tuple[Entry | None, tuple[Complaint, ...]]:
    """Read the page of one article, whatever kind of source its link came from."""
    from feedsvc.sources.html import read_article as read_page  # noqa: PLC0415

    return read_page(snapshot, zone=zone, base=snapshot.address, selectors=selectors)
