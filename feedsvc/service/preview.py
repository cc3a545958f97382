"""What would be read from files and addresses, with nothing written.

Knows how a target on the command line becomes snapshots; hides nothing else.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from feedsvc import model, sources
from feedsvc.config import Config, notation
from feedsvc.config import Outbound as OutboundSettings
from feedsvc.errors import NotFound
from feedsvc.model import Complaint, Harvest, Selectors, Snapshot
from feedsvc.outbound import Outbound
from feedsvc.sources.retrieval import Retrieved, fetch, retrieve
from feedsvc.text import plain

_KIND_OF = {
    **dict.fromkeys((".html", ".htm"), "html"),
    **dict.fromkeys((".xml", ".rss", ".atom", ".json"), "feed"),
    ".md": "folder",
    ".txt": "page-text",
}


@dataclass(frozen=True, slots=True)
class Settings:
    """How to read: the kind of source (None: what the target looks like), the zone of times, and where things stand."""

    kind: str | None
    zone: ZoneInfo
    selectors: Selectors | None = None
    outbound: OutboundSettings = field(default_factory=OutboundSettings)


@dataclass(frozen=True, slots=True)
class Preview:
    """What one file or address would yield; ``harvest`` is None when it could not be had, and the complaints say why.

    ``selectors`` are those that detection chose on an HTML page, to be pinned in the configuration.
    """

    name: str
    harvest: Harvest | None
    complaints: tuple[Complaint, ...]
    selectors: Selectors | None = None


def settings(config: Config | None, *, source: str | None, kind: str | None, timezone: str | None) -> Settings:
    """Return how to read: as a source of the configuration, or as a kind, in a zone of its own if one is named.

    Raises:
        NotFound: there is no such source, kind or zone.
    """
    if kind is not None and kind not in sources.KINDS:
        raise NotFound("kind of source", kind, notation.nearest(kind, sources.KINDS))
    zone = config.site.zone if config else ZoneInfo("UTC")
    door = config.outbound if config else OutboundSettings()
    selectors = None
    if source is not None and config is not None:
        configured = config.source(source)
        kind, zone, selectors = configured.kind, configured.zone, configured.selectors
    if timezone is not None:
        try:
            zone = ZoneInfo(timezone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise NotFound("time zone", timezone) from None
    return Settings(kind, zone, selectors, door)


def preview(targets: Iterable[str], settings: Settings, *, taken_at: datetime | None = None) -> tuple[Preview, ...]:
    """Read files, the files in folders, and addresses, in the order given.

    ``taken_at`` stands in for the files' own times. A preview's name is the file's name; where two files of different
    folders share it, the path as given; and the address of a page that was fetched.
    """
    places = [place for target in targets for place in _places(target)]
    names = [place.name if isinstance(place, Path) else place for place in places]
    return tuple(
        replace(_preview(place, settings, taken_at), name=name if names.count(name) == 1 else str(place))
        for place, name in zip(places, names, strict=True)
    )


def to_json(harvest: Harvest | None) -> dict[str, Any]:
    """Return the promised object, less its complaints: the article with its paragraphs, the entries in page order."""
    if harvest is None:
        return {"article": None, "entries": []}
    article = None
    if harvest.article is not None:
        article = _entry(harvest.article)
        article["body"] = list(plain(harvest.article.body or ""))
    return {"article": article, "entries": [_entry(entry) for entry in harvest.entries]}


def _entry(entry: model.Entry) -> dict[str, Any]:
    return {
        "title": entry.title,
        "published": entry.published.isoformat() if entry.published else None,
        "link": entry.link,
        "section": entry.section,
        "author": ", ".join(entry.authors) or None,
        "summary": entry.summary,
        "line": entry.line,
    }


def _places(target: str) -> Iterator[Path | str]:
    if target.startswith(("http://", "https://")):
        yield target
        return
    path = Path(target)
    if path.is_dir():
        yield from sorted(child for child in path.iterdir() if child.suffix.lower() in _KIND_OF and child.is_file())
    else:
        yield path


def _preview(place: Path | str, settings: Settings, taken_at: datetime | None) -> Preview:
    name = str(place)
    if isinstance(place, Path):
        retrieved = next(retrieve(name, {}, folder=Path()))
    else:
        door = Outbound(contact=settings.outbound.contact, allow=settings.outbound.allow)
        retrieved = fetch(place, None, door)
        door.close()
    if not isinstance(retrieved, Retrieved):
        return Preview(name, None, (retrieved,) if isinstance(retrieved, Complaint) else ())
    snapshot = retrieved.snapshot if taken_at is None else replace(retrieved.snapshot, taken_at=taken_at)
    kind = settings.kind or _kind(place, snapshot)
    manner = sources.Manner(settings.zone, settings.selectors)
    harvest = sources.read(kind, snapshot, manner)
    selectors = sources.detect(snapshot, manner) if kind == "html" and settings.selectors is None else None
    return Preview(name, harvest, harvest.complaints, selectors)


def _kind(place: Path | str, snapshot: Snapshot) -> str:
    """Return the kind of source that a target looks like: by its ending, or by what a server calls it."""
    if isinstance(place, Path):
        return _KIND_OF.get(place.suffix.lower(), "page-text")
    media_type = snapshot.media_type.partition(";")[0]
    return "feed" if media_type.endswith(("xml", "json")) and "html" not in media_type else "html"
