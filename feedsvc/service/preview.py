"""What would be read from files, with nothing written.

Knows how a target on the command line becomes snapshots; hides nothing else.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from feedsvc import model, sources
from feedsvc.config import Config
from feedsvc.errors import NotFound
from feedsvc.model import Complaint, Harvest
from feedsvc.sources.retrieval import Retrieved, retrieve
from feedsvc.text import plain


@dataclass(frozen=True, slots=True)
class Settings:
    """How to read: the kind of source, and the zone of times on the page."""

    kind: str
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class Preview:
    """What one file would yield; ``harvest`` is None when it could not be had at all, and the complaints say why."""

    name: str
    harvest: Harvest | None
    complaints: tuple[Complaint, ...]


def settings(config: Config | None, *, source: str | None, kind: str | None, timezone: str | None) -> Settings:
    """Return how to read: as a source of the configuration, or as a kind, in a zone of its own if one is named.

    Raises:
        NotFound: there is no such source, kind or zone.
    """
    if kind is not None and kind not in sources.KINDS:
        raise NotFound("kind of source", kind, next(iter(sources.KINDS)))
    zone = config.site.zone if config else ZoneInfo("UTC")
    if source is not None and config is not None:
        configured = config.source(source)
        kind, zone = configured.kind, configured.zone
    if timezone is not None:
        try:
            zone = ZoneInfo(timezone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise NotFound("time zone", timezone) from None
    return Settings(kind or next(iter(sources.KINDS)), zone)


def preview(targets: Iterable[str], settings: Settings, *, taken_at: datetime | None = None) -> tuple[Preview, ...]:
    """Read files, and the files in folders, in the order given; ``taken_at`` stands in for the files' own times.

    A preview's name is the file's name; where two files of different folders share it, the path as given.
    """
    files = [file for target in targets for file in _files(target)]
    names = [file.name for file in files]
    return tuple(
        replace(_preview(file, settings, taken_at), name=file.name if names.count(file.name) == 1 else str(file))
        for file in files
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


def _files(target: str) -> Iterator[Path]:
    path = Path(target)
    if path.is_dir():
        yield from sorted(child for child in path.iterdir() if child.suffix == ".txt" and child.is_file())
    else:
        yield path


def _preview(file: Path, settings: Settings, taken_at: datetime | None) -> Preview:
    retrieved = next(retrieve(str(file), {}, folder=Path()))
    if not isinstance(retrieved, Retrieved):
        return Preview(file.name, None, (retrieved,) if isinstance(retrieved, Complaint) else ())
    snapshot = retrieved.snapshot if taken_at is None else replace(retrieved.snapshot, taken_at=taken_at)
    harvest = sources.read(settings.kind, snapshot, settings.zone)
    return Preview(file.name, harvest, harvest.complaints)
