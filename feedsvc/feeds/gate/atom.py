"""Atom 1.0 as a strict reader takes it.

Knows the rules of Atom alone; hides its spelling.
"""

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from feedsvc.feeds.gate import rules, xml
from feedsvc.feeds.gate.dates import rfc3339
from feedsvc.feeds.gate.rules import Finding, Rule
from feedsvc.feeds.gate.values import Attachment, Head, Item, Said
from feedsvc.feeds.gate.xml import ATOM, LANG, Parts

ENTRY = f"{ATOM}entry"
_ID, _TITLE, _UPDATED, _PUBLISHED = (f"{ATOM}{name}" for name in ("id", "title", "updated", "published"))
_LINK, _AUTHOR, _NAME, _CATEGORY, _SOURCE, _CONTENT = (
    f"{ATOM}{name}" for name in ("link", "author", "name", "category", "source", "content")
)
_CONTENTS = (f"{ATOM}summary", _CONTENT)
_REQUIRED = (_ID, _TITLE, _UPDATED)
_FEED_ONCE = {f"{ATOM}{name}" for name in ("generator", "icon", "logo", "rights", "subtitle")}
_ENTRY_ONCE = {f"{ATOM}{name}" for name in ("published", "content", "rights", "source", "summary")}
_SURELY_ONCE = _ENTRY_ONCE.union(_REQUIRED)
_DELETED = "{http://purl.org/atompub/tombstones/1.0}deleted-entry"
_URI = re.compile(
    r"(?:urn:[a-z0-9][a-z0-9-]{0,30}[a-z0-9]:|(?!urn:)[a-z][a-z0-9+.-]*:)[^\s<>\"{}|\\^`]+", re.ASCII | re.IGNORECASE
)
_TEXTS = tuple(f"{ATOM}{name}" for name in ("title", "subtitle", "summary", "rights", "content"))
_TYPES = (None, "text", "html", "xhtml")
_HTML = ("html", "xhtml")


def read(root: Any) -> tuple[Head | None, list[Finding]]:
    """Return what the document says, None when it is no Atom, and what breaks the rules of Atom alone."""
    if feed(root) is None:
        return None, [rules.DIALECT.broken("feed", "is not an Atom feed")]
    found: list[Finding] = []
    parts = xml.parts(root)
    told = head(root, parts, found)
    signed = is_signed(parts)
    entries = enumerate(parts.get(ENTRY, ()), start=1)
    told = replace(told, items=tuple(entry(number, element, found, signed=signed) for number, element in entries))
    found += _instants(told)
    return told, found


def feed(root: Any) -> Any:
    """Return the element that entries stand in, None when it is no Atom."""
    return root if root.tag == f"{ATOM}feed" else None


def is_signed(parts: Parts) -> bool:
    """Tell whether entries need no author: the feed has one."""
    return any(name.strip() for name in _names(parts))


def head(root: Any, parts: Parts, found: list[Finding]) -> Head:
    """Return what the feed says of itself; note in ``found`` what breaks the rules of Atom alone."""
    found += [rules.FEED_REQUIRED.broken("feed", f"does not have one {name}") for name in xml.lacking(parts, _REQUIRED)]
    found += [rules.FEED_ONCE.broken("feed", f"has more than one {name}") for name in xml.repeated(parts, _FEED_ONCE)]
    found += [
        *_id("feed", xml.text(parts, _ID)),
        *_types("feed", parts),
        *_alternates("feed", _links(parts), rules.FEED_ONCE),
    ]
    found += xml.history(parts)
    found += _tombstones(parts)
    links = parts.get(_LINK, ())
    return Head(
        title=_plain(parts, _TITLE),
        updated=xml.moment(parts, _UPDATED, rfc3339, "feed", found),
        selves=tuple(link.get("href") for link in links if link.get("rel") == "self"),
        hubs=tuple(link.get("href") for link in links if link.get("rel") == "hub"),
        links=tuple(link.get("href") for link in links if link.get("rel") not in ("self", "hub")),
        language=root.get(LANG),
        deleted=tuple(deleted.get("ref") or "" for deleted in parts.get(_DELETED, ())),
    )


def entry(number: int, element: Any, found: list[Finding], *, signed: bool = True) -> Item:
    """Return what an entry says; note in ``found`` what breaks the rules of Atom alone.

    ``signed`` says that the feed has an author: its entries need none then.
    """
    parts = xml.parts(element)
    identity = xml.text(parts, _ID)
    where = identity if identity and identity.strip() else f"entry {number}"
    found += [
        (rules.ID_PRESENT if name == "id" else rules.ENTRY_REQUIRED).broken(where, f"does not have one {name}")
        for name in xml.lacking(parts, _REQUIRED)
    ]
    found += [rules.ENTRY_ONCE.broken(where, f"has more than one {name}") for name in xml.repeated(parts, _ENTRY_ONCE)]
    found += [*_id(where, identity), *_types(where, parts)]
    sources = [xml.parts(source) for source in parts.get(_SOURCE, ())]
    for source in sources:
        found += _id(where, xml.text(source, _ID))
    if not signed and not any(map(is_signed, (parts, *sources))):
        found.append(rules.ENTRY_REQUIRED.broken(where, "has no author, nor has the feed"))
    links = _links(parts)
    found += _alternates(where, links, rules.ENTRY_ONCE)
    return Item(
        where=where,
        id=identity,
        title=_plain(parts, _TITLE),
        link=next((link.get("href") for rel, link in links if rel == "alternate"), None),
        published=xml.moment(parts, _PUBLISHED, rfc3339, where, found),
        updated=xml.moment(parts, _UPDATED, rfc3339, where, found),
        authors=_names(parts),
        tags=tuple([category.get("term", "") for category in parts.get(_CATEGORY, ())]),
        links=tuple([link.get("href") for rel, link in links if rel != "enclosure"]),
        media=xml.attributes(parts, xml.MEDIA, "url"),
        html=tuple([_markup(text) for name in _CONTENTS for text in parts.get(name, ()) if text.get("type") in _HTML]),
        attachments=tuple(_attachments(links)),
        language=element.get(LANG),
    )


def said(entries: Sequence[Any]) -> tuple[tuple[str, ...], Said] | None:
    """Return the ids of entries and what they say together; None unless each surely keeps the rules of Atom alone.

    The feed has an author. It knows no more than the house writes: entries with all that readers ask for, each of it
    once, their own page among that.
    """
    columns, several = xml.columns(entries)
    if not several.isdisjoint(_SURELY_ONCE):
        return None
    ids, titles, updated, published = (xml.texts(columns, name) for name in (_ID, _TITLE, _UPDATED, _PUBLISHED))
    # One in each entry, since none stands twice in one.
    if any(len(texts) != len(entries) for texts in (ids, titles, updated, published)):
        return None
    links = _links(columns)
    if [link.getparent() for rel, link in links if rel == "alternate"] != entries:
        return None
    times = list(zip(map(rfc3339, published), map(rfc3339, updated), strict=True))
    texts = [text for name in _CONTENTS for text in columns.get(name, ())]
    if not all(map(str.strip, (*ids, *titles))) or any(None in pair for pair in times) or _types("", columns):
        return None
    return ids, Said(
        names=(*_names(columns), *(category.get("term", "") for category in columns.get(_CATEGORY, ()))),
        links=(
            *(link.get("href") for rel, link in links if rel != "enclosure"),
            *xml.attributes(columns, xml.MEDIA, "url"),
        ),
        times=times,
        html=[_markup(text) for text in texts if text.get("type") in _HTML],
        attachments=_attachments(links),
        languages=[language for entry in entries if (language := entry.get(LANG)) is not None],
    )


def _plain(parts: Parts, name: str) -> str:
    """Return a text construct as plain text (RFC 4287 §3.1)."""
    text = xml.text(parts, name) or ""
    return html.unescape(text) if name in parts and parts[name][0].get("type") == "html" else text


def _markup(text: Any) -> str:
    return xml.source(text) if text.get("type") == "xhtml" else text.text or ""


def _names(parts: Parts) -> tuple[str, ...]:
    """Return the name of each author, empty for one without."""
    return tuple([xml.text(xml.parts(author), _NAME) or "" for author in parts.get(_AUTHOR, ())])


def _id(where: str, identity: str | None) -> list[Finding]:
    """An id of the entry, or of the feed that it was taken from."""
    if identity and identity.strip() and not _URI.fullmatch(identity):
        return [rules.ID_ADDRESS.broken(where, f"has an id that is no address and no URN: {identity}")]
    return []


def _types(where: str, parts: Parts) -> list[Finding]:
    # Content, and it alone, may also be of a media type (RFC 4287 §4.1.3.1).
    return [
        rules.TEXT_TYPE.broken(where, f"has a {xml.local(name)} of type {kind}")
        for name in _TEXTS
        for text in parts.get(name, ())
        if (kind := text.get("type")) not in _TYPES and not (name == _CONTENT and "/" in kind)
    ]


def _alternates(where: str, links: Sequence[tuple[str, Any]], rule: Rule) -> list[Finding]:
    kinds = [(link.get("type"), link.get("hreflang")) for rel, link in links if rel == "alternate"]
    twice = len(set(kinds)) < len(kinds)
    return [rule.broken(where, "has two alternate links of one type and language")] if twice else []


def _attachments(links: Sequence[tuple[str, Any]]) -> list[Attachment]:
    return [
        Attachment(link.get("href"), link.get("type"), link.get("length")) for rel, link in links if rel == "enclosure"
    ]


def _links(parts: Parts) -> list[tuple[str, Any]]:
    return [(link.get("rel", "alternate"), link) for link in parts.get(_LINK, ())]


def _instants(head: Head) -> Iterator[Finding]:
    seen: dict[object, str] = {}
    for item in head.items:
        if item.updated is None:
            continue
        if item.updated in seen:
            yield rules.UPDATED_UNIQUE.broken(item.where, f"was updated at the instant of {seen[item.updated]}")
        seen[item.updated] = item.where


def _tombstones(parts: Parts) -> Iterator[Finding]:
    for deleted in parts.get(_DELETED, ()):
        ref = deleted.get("ref") or ""
        if not _URI.fullmatch(ref):
            yield rules.TOMBSTONE.broken(ref or "feed", "has a deleted entry without a ref that is an address or URN")
        if rfc3339(deleted.get("when") or "") is None:
            yield rules.TOMBSTONE.broken(ref or "feed", f"was deleted at what is no time: {deleted.get('when')}")
