"""JSON Feed 1.1 as a strict reader takes it.

Knows the rules of JSON Feed alone; hides its spelling.
"""

import json
import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from feedsvc.feeds.gate import rules
from feedsvc.feeds.gate.dates import rfc3339
from feedsvc.feeds.gate.rules import Finding
from feedsvc.feeds.gate.values import Attachment, Head, Item, Said

_PAGES = ("url", "external_url", "banner_image")
_LINKS = (*_PAGES, "image")
_ESCAPE = re.compile(rb"\\[ubf]")
_VERSION = "https://jsonfeed.org/version/1.1"


def parse(body: bytes) -> tuple[Any, list[Finding]]:
    """Return the value, None when there is none, and what is wrong with the JSON itself."""
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        return None, [rules.ENCODING.broken("feed", f"is not UTF-8: {error}")]
    try:
        return json.loads(text), []
    except (ValueError, RecursionError) as error:
        return None, [rules.WELL_FORMED.broken("feed", f"is not JSON: {error}")]


def read(feed: Any) -> tuple[Head | None, list[Finding]]:
    """Return what the document says, None when it is no JSON Feed 1.1, and what breaks the rules of it alone."""
    if not isinstance(feed, dict) or feed.get("version") != _VERSION:
        return None, [rules.DIALECT.broken("feed", "is not JSON Feed 1.1")]
    items = feed.get("items")
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        return None, [rules.FEED_REQUIRED.broken("feed", "does not have items that are objects")]
    found: list[Finding] = []
    if not isinstance(feed.get("title"), str) or not feed["title"].strip():
        found.append(rules.FEED_REQUIRED.broken("feed", "does not have one title"))
    if "next_url" in feed and feed["next_url"] == feed.get("feed_url"):
        found.append(rules.ARCHIVE.broken("feed", "is its own next page"))
    hubs = _objects(feed.get("hubs"))
    if any(not _text(hub.get("type")) for hub in hubs):
        found.append(rules.HUB_LINK.broken("feed", "has a hub without type"))
    head = Head(
        title=_text(feed.get("title")) or "",
        updated=None,
        selves=tuple(_text(feed[name]) for name in ("feed_url",) if name in feed),
        hubs=tuple(_text(hub.get("url")) for hub in hubs),
        links=_addresses(feed, "home_page_url", "next_url", "icon", "favicon"),
        language=_text(feed.get("language")),
        items=tuple(entry(number, item, found) for number, item in enumerate(items, start=1)),
    )
    return head, found


def entry(number: int, item: dict[str, Any], found: list[Finding]) -> Item:
    """Return what an entry says; note in ``found`` what breaks the rules of JSON Feed alone."""
    identity = _text(item.get("id"))
    where = identity if identity and identity.strip() else f"entry {number}"
    html, text = _text(item.get("content_html")), _text(item.get("content_text"))
    if not (html or text):
        found.append(rules.ENTRY_REQUIRED.broken(where, "has no content"))
    attachments = _objects(item.get("attachments"))
    return Item(
        where=where,
        id=identity,
        title=_text(item.get("title")) or "",
        link=_text(item.get("url")),
        published=_moment(where, item, "date_published", found),
        updated=_moment(where, item, "date_modified", found),
        authors=tuple(_text(author.get("name")) or "" for author in _objects(item.get("authors"))),
        tags=tuple(_text(tag) or "" for tag in _list(item.get("tags"))),
        links=_addresses(item, *_PAGES),
        media=(*_addresses(item, "image"), *(_text(one.get("url")) for one in attachments)),
        html=() if html is None else (html,),
        attachments=tuple(map(_attachment, attachments)),
        language=_text(item.get("language")),
    )


def said(items: Sequence[dict[str, Any]]) -> tuple[tuple[str, ...], Said] | None:
    """Return the ids of items and what they say together; None unless each surely keeps the rules of JSON Feed alone.

    It knows no more than the house writes: items with all that readers ask for.
    """
    ids = tuple([_text(item.get("id")) or "" for item in items])
    contents = [_text(item.get("content_html")) or _text(item.get("content_text")) for item in items]
    found: list[Finding] = []
    times = [(_moment("", item, "date_published", found), _moment("", item, "date_modified", found)) for item in items]
    if found or not all(contents) or not all(map(str.strip, ids)) or not all("url" in item for item in items):
        return None
    attachments = [one for item in items for one in _objects(item.get("attachments"))]
    names = [author.get("name") for item in items for author in _objects(item.get("authors"))]
    names += [tag for item in items for tag in _list(item.get("tags"))]
    return ids, Said(
        names=[_text(name) or "" for name in names],
        links=[
            *(_text(item[name]) for item in items for name in _LINKS if name in item),
            *(_text(one.get("url")) for one in attachments),
        ],
        times=times,
        html=[html for item in items if (html := _text(item.get("content_html"))) is not None],
        attachments=list(map(_attachment, attachments)),
        languages=[language for item in items if (language := _text(item.get("language"))) is not None],
    )


def is_escaped(body: bytes) -> bool:
    """Tell whether a document spells characters by their numbers, or names what XML forbids: backspace, form feed."""
    return _ESCAPE.search(body) is not None


def spelt(body: bytes) -> Iterator[str]:
    """Yield the texts of a document that spells characters otherwise: only so it can hold what XML forbids."""
    if not is_escaped(body):
        return
    try:
        waiting = [json.loads(body)]
    except (ValueError, RecursionError):
        return
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            waiting += [*value, *value.values()]
        elif isinstance(value, list):
            waiting += value


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _objects(value: Any) -> list[dict[str, Any]]:
    return [one for one in _list(value) if isinstance(one, dict)]


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _addresses(fields: dict[str, Any], *names: str) -> tuple[str | None, ...]:
    return tuple(_text(fields[name]) for name in names if name in fields)


def _moment(where: str, item: dict[str, Any], name: str, found: list[Finding]) -> datetime | None:
    if name not in item:
        return None
    moment = rfc3339(item[name]) if isinstance(item[name], str) else None
    if moment is None:
        found.append(rules.DATE_FORM.broken(where, f"has a {name} that is no time: {item[name]}"))
    return moment


def _attachment(one: dict[str, Any]) -> Attachment:
    return Attachment(_text(one.get("url")), _text(one.get("mime_type")), _length(one))


def _length(attachment: dict[str, Any]) -> str | None:
    return str(attachment["size_in_bytes"]) if "size_in_bytes" in attachment else None
