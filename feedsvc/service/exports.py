"""An export: the store as JSON Lines, one record a line, see docs/export.md.

Knows the form of a line, and what is wrong with one; hides that any program may have written it.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from feedsvc import __version__, addresses, markup, text
from feedsvc.errors import ImportInvalid
from feedsvc.model import Article, FeedIdentity, to_json

_FORMAT = 1
_INSTANTS = ("created", "published", "first_seen", "updated", "stated", "embargo", "followed", "retracted")
# RSS knows nothing older. What is later is no news, and within hours of the year 9999 some zones have no time for it.
_EARLIEST, _LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


def header() -> str:
    """Return the first line."""
    return _line("feedsvc", {"format": _FORMAT, "version": __version__})


def line(record: Article | FeedIdentity) -> str:
    """Return the line of a record."""
    if isinstance(record, FeedIdentity):
        return _line("feed", to_json(record))
    fields = to_json(record)
    del fields["changed"], fields["arrival"]  # numbers of this store, without meaning elsewhere
    return _line("article", fields)


def _line(kind: str, record: Any) -> str:
    return json.dumps({"type": kind, **record}, ensure_ascii=False)


def records(file: Iterable[str], name: str) -> Iterator[Article | FeedIdentity]:
    """Yield the records of an export, with bodies that pages may show.

    Raises:
        ImportInvalid: a line cannot be read, or the export is of a newer format.
    """
    from pydantic import TypeAdapter, ValidationError  # noqa: PLC0415 - only an import needs it

    readers: dict[str, TypeAdapter[Any]] = {"article": TypeAdapter(Article), "feed": TypeAdapter(FeedIdentity)}
    number = 0
    for number, line in enumerate(_lines(file, name), 1):
        try:
            record = json.loads(line)
            kind = record.pop("type")
        except (ValueError, KeyError, AttributeError, TypeError):
            raise ImportInvalid(name, number, "this is no line of an export (a JSON object with a type)") from None
        if number == 1:
            if kind != "feedsvc":
                raise ImportInvalid(
                    name, number, "the first line of an export says which feedsvc wrote it; this one does not"
                )
            if record.get("format") != _FORMAT:
                raise ImportInvalid(name, number, f"the export is of format {record.get('format')}, not {_FORMAT}")
        elif kind in readers:
            try:
                yield _carried(_harmless(readers[kind].validate_python(record, strict=False)))
            except _Uncarried as error:
                raise ImportInvalid(name, number, str(error)) from None
            except ValidationError as error:
                first = error.errors(include_url=False, include_input=False)[0]
                where = ".".join(str(part) for part in first["loc"])
                raise ImportInvalid(name, number, f"{where}: {first['msg']}") from None
        else:
            raise ImportInvalid(name, number, f"no export has lines of type {kind!r}")
    if number == 0:
        raise ImportInvalid(name, 1, "the file is empty")


def _harmless(value: Article | FeedIdentity) -> Article | FeedIdentity:
    """Return an article with a body that pages may show: any program may have written the export. Ours are so."""
    if not isinstance(value, Article) or value.body is None:
        return value
    body = markup.harmless(text.legal(value.body), value.link, resolve=_address)
    return value if body == value.body else replace(value, body=body or None)


class _Uncarried(Exception):
    """A time that no feed can carry."""


def _carried(value: Article | FeedIdentity) -> Article | FeedIdentity:
    """Return the record with times that feeds and pages of every zone can carry, and not published after all else."""
    for name in _INSTANTS:
        instant: datetime | None = getattr(value, name, None)
        if instant is not None and not _EARLIEST <= instant < _LATEST:
            raise _Uncarried(f"{name}: {instant.isoformat()} is no time from 1970 to 2199")
    if not isinstance(value, Article) or value.published <= (latest := max(value.first_seen, value.updated)):
        return value
    return replace(value, published=latest)


def _address(written: str, base: str | None) -> str | None:
    return addresses.own_path(written) or markup.absolute(written, base)


def _lines(file: Iterable[str], name: str) -> Iterator[str]:
    number = 0
    try:
        for line in file:
            number += 1
            yield line
    except UnicodeDecodeError:
        raise ImportInvalid(name, number + 1, "this is no UTF-8 text") from None
