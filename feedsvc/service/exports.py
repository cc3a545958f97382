"""An export: the store as JSON Lines, one record a line, see docs/export.md.

Knows the form of a line, and what is wrong with one; hides that any program may have written it.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from itertools import islice
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from feedsvc import __version__, addresses, markup
from feedsvc.errors import ImportInvalid
from feedsvc.model import Article, FeedIdentity, to_json

if TYPE_CHECKING:
    from pydantic import TypeAdapter

_FORMAT = 1
# Records taken at once: names that many of them carry are looked up once.
_BATCH = 2_000
_KINDS = {"article": Article, "feed": FeedIdentity}
_INSTANTS = ("published", "first_seen", "updated", "stated", "embargo", "followed", "retracted")
_instants = attrgetter(*_INSTANTS)
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


def batches(file: Iterable[str | bytes], name: str) -> Iterator[list[Article | FeedIdentity]]:
    """Yield what :func:`records` does, many at a time."""
    rest = records(file, name)
    while batch := list(islice(rest, _BATCH)):
        yield batch


def records(file: Iterable[str | bytes], name: str) -> Iterator[Article | FeedIdentity]:
    """Yield the records of an export, with bodies that pages may show. Its lines are text, or text in UTF-8.

    Raises:
        ImportInvalid: a line cannot be read, or the export is of a newer format.
    """
    read = _reader()
    number = 0
    for number, line in enumerate(file, 1):
        try:
            if number == 1:
                _require_header(*_parsed(line))
            else:
                yield _carried(_harmless(read(line)))
        except _Refused as error:
            raise ImportInvalid(name, number, str(error)) from None
    if number == 0:
        raise ImportInvalid(name, 1, "the file is empty")


class _Refused(Exception):
    """Why a line cannot be read."""


def _reader() -> Callable[[str | bytes], Article | FeedIdentity]:
    """Return what reads a line: that of an article as we write it in a third of the time that any other takes."""
    from msgspec import MsgspecError, Struct  # noqa: PLC0415 - only an import needs it
    from msgspec.json import Decoder  # noqa: PLC0415

    class Line(Struct):
        type: str

    kind_of, article_of = Decoder(Line).decode, Decoder(Article).decode

    def read(line: str | bytes) -> Article | FeedIdentity:
        try:
            if kind_of(line).type == "article":
                return article_of(line)
        except (MsgspecError, UnicodeError, RecursionError):
            pass  # no article of ours, which is not to say that it cannot be read
        return _judged(*_parsed(line))

    return read


def _parsed(line: str | bytes) -> tuple[Any, dict[str, Any]]:
    """Return of what type a line is, and the rest of it."""
    try:
        record = json.loads(line if isinstance(line, str) else line.decode())
        return record.pop("type"), record
    except UnicodeDecodeError:
        raise _Refused("this is no UTF-8 text") from None
    except (ValueError, KeyError, AttributeError, TypeError, RecursionError):
        raise _Refused("this is no line of an export (a JSON object with a type)") from None


def _require_header(kind: Any, record: dict[str, Any]) -> None:
    if kind != "feedsvc":
        raise _Refused("the first line of an export says which feedsvc wrote it; this one does not")
    if record.get("format") != _FORMAT:
        raise _Refused(f"the export is of format {record.get('format')}, not {_FORMAT}")


def _judged(kind: Any, record: dict[str, Any]) -> Article | FeedIdentity:
    """Return the record of a line, or say what is wrong with it."""
    from pydantic import ValidationError  # noqa: PLC0415 - few lines need it

    if not isinstance(kind, str) or kind not in _KINDS:
        raise _Refused(f"no export has lines of type {kind!r}")
    try:
        value: Article | FeedIdentity = _adapter(kind).validate_python(record, strict=False)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise _Refused(f"{where}: {first['msg']}") from None
    _require_characters(value)
    return value


@cache
def _adapter(kind: str) -> "TypeAdapter[Any]":
    from pydantic import TypeAdapter  # noqa: PLC0415 - few lines need it

    return TypeAdapter(_KINDS[kind])


def _require_characters(value: Article | FeedIdentity) -> None:
    """Refuse half of a character, which JSON can escape and no database takes; bodies are freed of it."""
    for field, stands in to_json(value).items():
        try:
            json.dumps(None if field == "body" else stands, ensure_ascii=False).encode()
        except UnicodeEncodeError:
            raise _Refused(f"{field}: half of a character (a surrogate without its other half)") from None


def _harmless(value: Article | FeedIdentity) -> Article | FeedIdentity:
    """Return an article with a body that pages may show: any program may have written the export. Ours are so."""
    if not isinstance(value, Article) or value.body is None:
        return value
    body = markup.harmless(value.body, value.link, resolve=_address)
    return value if body == value.body else replace(value, body=body or None)


def _carried(value: Article | FeedIdentity) -> Article | FeedIdentity:
    """Return the record with times that feeds and pages of every zone can carry, and not published after all else."""
    instants = (value.created,) if isinstance(value, FeedIdentity) else _instants(value)
    for instant in instants:
        if instant is not None and not _EARLIEST <= instant < _LATEST:
            name = next(name for name in ("created", *_INSTANTS) if getattr(value, name, None) is instant)
            raise _Refused(f"{name}: {instant.isoformat()} is no time from 1970 to 2199")
    if isinstance(value, FeedIdentity) or value.published <= value.first_seen or value.published <= value.updated:
        return value
    return replace(value, published=max(value.first_seen, value.updated))


def _address(written: str, base: str | None) -> str | None:
    return addresses.own_path(written) or markup.absolute(written, base)
