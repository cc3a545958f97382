"""What a program sends: articles as items of JSON Feed 1.1 become entries, or every reason why not.

Knows the fields of an item and what each may hold; hides pydantic's words and sanitising. Source: JSON Feed 1.1,
§Items; the object ``_feedsvc`` is our extension.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from feedsvc import markup, text
from feedsvc.config import notation
from feedsvc.errors import Flaw, PushInvalid
from feedsvc.model import Enclosure, Entry

ITEMS_MOST = 100
# What an index of either database takes with room to spare: PostgreSQL refuses rows of 2,704 bytes and more.
_KEY_BYTES = 2000
_UNFIT_FOR_AN_ID = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# RFC 3339 §5.6; Python reads more (week dates, no seconds), which senders should not come to rely on.
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)")
# Of JSON Feed, but with no place in an article; read and left.
_LEFT = frozenset({"external_url", "banner_image", "date_modified"})


def read_items(sent: object) -> tuple[Entry, ...]:
    """Return the entries of one item, or of ``{"items": [...]}`` with at most ``ITEMS_MOST``, in order.

    Every entry has a guid, the sender's id, and no two the same. A time that it gives is a promise: see ``embargoed``.

    Raises:
        PushInvalid: it names every bad field of every item.
    """
    if not (isinstance(sent, dict) and "items" in sent):
        return (_entry(sent),)
    items = sent["items"]
    if not isinstance(items, list) or not items:
        raise PushInvalid((Flaw("/items", "must be a list of items, with one at least"),))
    if len(items) > ITEMS_MOST:
        raise PushInvalid((Flaw("/items", f"has {len(items)} items; send at most {ITEMS_MOST} at once"),))
    entries: dict[str, int] = {}
    read: list[Entry] = []
    flaws: list[Flaw] = []
    for place, item in enumerate(items):
        try:
            entry = _entry(item)
        except PushInvalid as invalid:
            flaws += (Flaw(f"/items/{place}{flaw.pointer}", flaw.message) for flaw in invalid.flaws)
            continue
        first = entries.setdefault(entry.guid or "", place)
        if first != place:
            flaws.append(Flaw(f"/items/{place}/id", f"is the id of /items/{first} already; give each item its own"))
        read.append(entry)
    if flaws:
        raise PushInvalid(tuple(flaws))
    return tuple(read)


def read_item(sent: object, sender_id: str) -> Entry:
    """Return the entry of one item whose id is known from elsewhere; the item may leave it out.

    Raises:
        PushInvalid: it names every bad field.
    """
    if isinstance(sent, dict):
        sent = {"id": sender_id, **sent}
    entry = _entry(sent)
    if entry.guid != sender_id:
        raise PushInvalid((Flaw("/id", "is not the id in the address; leave it out or make them the same"),))
    return entry


# --- how values are written -------------------------------------------------------------------------------------------


def _filled(written: str) -> str:
    if not (line := text.one_line(written)):
        raise ValueError("must not be empty")
    return line


def _id(written: Any) -> Any:
    if isinstance(written, int) and not isinstance(written, bool):
        return str(written)  # as JSON Feed asks of readers
    if isinstance(written, str):
        if not written.strip():
            raise ValueError("must not be empty")
        if _UNFIT_FOR_AN_ID.search(written):
            raise ValueError("must not hold control characters")
    return written


def _headline(written: str) -> str:
    line = _filled(written)
    key = text.headline_key(line)
    if not key:
        raise ValueError("must have a letter or a digit")
    if len(key.encode()) > _KEY_BYTES:
        raise ValueError("is too long for a headline")
    return line


def _moment(written: object) -> datetime:
    if not isinstance(written, str):
        raise ValueError("must be a time in quotes, like 2025-02-09T10:00:00+04:00")  # noqa: TRY004 - pydantic's way
    if not _MOMENT.fullmatch(written):
        raise ValueError("must be a time with its offset, like 2025-02-09T10:00:00+04:00 (RFC 3339)")
    try:
        moment = datetime.fromisoformat(written.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError("is no time that exists") from None
    if moment < _EPOCH:
        raise ValueError("lies before 1970, which no feed can carry")
    return moment


def _address(written: str) -> str:
    if not text.is_web_address(written) or (address := markup.absolute(written)) is None:
        raise ValueError("must be a whole web address, like https://news.example.org/story")
    if len(address) > _KEY_BYTES:
        raise ValueError("is too long for an address")
    return address


def _media_type(written: str) -> str:
    if not re.fullmatch(r"[\w.+-]+/[\w.+-]+", written, re.ASCII):
        raise ValueError("must be a media type, like audio/mpeg")
    return written.lower()


_Line = Annotated[str, AfterValidator(text.one_line)]
_Name = Annotated[str, Field(max_length=200), AfterValidator(_filled)]
_Address = Annotated[str, AfterValidator(_address)]
_Moment = Annotated[datetime, BeforeValidator(_moment)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, hide_input_in_errors=True)


class _Author(_Part):
    name: _Line = ""
    url: str | None = None
    avatar: str | None = None


class _Attachment(_Part):
    url: _Address
    mime_type: Annotated[str, AfterValidator(_media_type)]
    title: str | None = None
    size_in_bytes: Annotated[int, Field(ge=0, lt=2**53)] | None = None
    duration_in_seconds: float | None = None


class _Extension(_Part):
    section: _Name | None = None
    publish_at: _Moment | None = None
    # What we answer with; an item that was read here may be sent back as it is.
    article_id: Any = None
    guid: Any = None
    permalink: Any = None
    published: Any = None
    updated: Any = None
    revision: Any = None


class _Item(_Part):
    id: Annotated[str, Field(max_length=500), BeforeValidator(_id)]
    title: Annotated[str, Field(max_length=500), AfterValidator(_headline)]
    url: _Address | None = None
    content_html: str | None = None
    content_text: str | None = None
    summary: _Line | None = None
    date_published: _Moment | None = None
    authors: Annotated[list[_Author], Field(max_length=100)] = []
    author: _Author | None = None  # of JSON Feed 1.0
    tags: Annotated[list[_Name], Field(max_length=100)] = []
    image: _Address | None = None
    language: Annotated[str, AfterValidator(notation.language)] | None = None
    attachments: Annotated[list[_Attachment], Field(max_length=100)] = []
    feedsvc: Annotated[_Extension, Field(alias="_feedsvc")] = _Extension()

    def entry(self) -> Entry:
        written = self.authors or ([self.author] if self.author else [])
        published = self.feedsvc.publish_at or self.date_published
        return Entry(
            title=self.title,
            published=published,
            # A time to come is taken at its word: the other mistake, news that is out too early, cannot be mended.
            embargoed=published is not None,
            section=self.feedsvc.section,
            link=self.url,
            guid=self.id,
            authors=tuple(dict.fromkeys(author.name for author in written if author.name)),
            tags=tuple(dict.fromkeys(self.tags)),
            summary=self.summary or None,
            body=self._body(),
            image=self.image,
            enclosures=tuple(Enclosure(a.url, a.mime_type, a.size_in_bytes) for a in self.attachments),
            language=self.language,
        )

    def _body(self) -> str | None:
        if self.content_html is not None:
            return markup.body(self.content_html, self.url)
        return markup.text_body(self.content_text) if self.content_text is not None else None


# --- the words --------------------------------------------------------------------------------------------------------


def _entry(sent: object) -> Entry:
    if not isinstance(sent, dict):
        raise PushInvalid((Flaw("", "must be an item of JSON Feed: an object"),))
    # Extensions of others begin with an underscore (JSON Feed 1.1, §Extensions).
    known = {k: v for k, v in sent.items() if k not in _LEFT and (not k.startswith("_") or k == "_feedsvc")}
    try:
        return _Item.model_validate({name: value for name, value in known.items() if value is not None}).entry()
    except ValidationError as invalid:
        raise PushInvalid(tuple(_flaws(invalid.errors(include_url=False)))) from None


def _flaws(errors: Sequence[ErrorDetails]) -> Iterator[Flaw]:
    for error in errors:
        path = error["loc"]
        yield Flaw("".join(f"/{_escaped(step)}" for step in path), _words(error))


def _escaped(step: str | int) -> str:
    return str(step).replace("~", "~0").replace("/", "~1")


_WRONG: Mapping[str, str] = {
    "missing": "is missing",
    "string_type": "must be text in quotes",
    "int_type": "must be a whole number without quotes",
    "float_type": "must be a number without quotes",
    "list_type": "must be a list in brackets",
    "model_type": "must be an object in braces",
    "string_unicode": "must be text that Unicode knows",
    "greater_than_equal": "must not be negative",
    "less_than": "is too large",
}


def _words(error: ErrorDetails) -> str:
    context = error.get("ctx", {})
    match error["type"]:
        case "extra_forbidden":
            words = _unknown(error["loc"])
        case "value_error":
            words = str(context["error"])
        case "string_too_long":
            words = f"must be at most {context['max_length']} characters long"
        case "too_long":
            words = f"must have at most {context['max_length']} elements"
        case wrong:
            words = _WRONG.get(wrong, error["msg"])
    return words


_PLACES: Mapping[str, type[_Part]] = {"authors": _Author, "author": _Author, "attachments": _Attachment}


def _unknown(path: tuple[str | int, ...]) -> str:
    part = _Extension if path[0] == "_feedsvc" and len(path) > 1 else _PLACES.get(str(path[0]), _Item)
    known = [field.alias or name for name, field in part.model_fields.items()]
    own = "; fields of your own begin with an underscore" if part is _Item else ""
    where = "_feedsvc" if part is _Extension else "JSON Feed"
    return f"is no field of {where}{notation.hint(str(path[-1]), known) or own}"
