"""RSS 2.0 as a strict reader takes it.

Knows the rules of RSS alone; hides its spelling.
"""

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from feedsvc.feeds.gate import rules, xml
from feedsvc.feeds.gate.dates import rfc822, rfc3339
from feedsvc.feeds.gate.rules import Finding
from feedsvc.feeds.gate.values import Attachment, Head, Item, Said
from feedsvc.feeds.gate.xml import ATOM, Parts
from feedsvc.feeds.wording import markup_like

ENTRY = "item"
_CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
_DC = "{http://purl.org/dc/elements/1.1/}"
_CREATOR, _LANGUAGE = f"{_DC}creator", f"{_DC}language"
_UPDATED, _LINK = f"{ATOM}updated", f"{ATOM}link"
_SY = "{http://purl.org/rss/1.0/modules/syndication/}"
_REQUIRED = ("title", "link", "description", "lastBuildDate")
_FEED_ONCE = {
    *("language", "copyright", "managingEditor", "webMaster", "pubDate", "generator", "docs", "cloud", "ttl", "image"),
    *("rating", "textInput", "skipHours", "skipDays"),
}
_ITEM_ONCE = {"title", "link", "description", "author", "comments", "guid", "pubDate", "source", _CONTENT}
_SURELY_ONCE = _ITEM_ONCE | {_UPDATED, "enclosure"}
_PERIODS = ("hourly", "daily", "weekly", "monthly", "yearly")
_MAIL = re.compile(r"\S+@\S+\.\S+( \(.*\))?")


def read(root: Any) -> tuple[Head | None, list[Finding]]:
    """Return what the document says, None when it is no RSS 2.0, and what breaks the rules of RSS alone."""
    channel = feed(root)
    if channel is None:
        return None, [rules.DIALECT.broken("feed", "is not RSS 2.0 with one channel")]
    found: list[Finding] = []
    parts = xml.parts(channel)
    told = head(root, parts, found)
    items = tuple(entry(number, item, found) for number, item in enumerate(parts.get(ENTRY, ()), start=1))
    return replace(told, items=items), found


def feed(root: Any) -> Any:
    """Return the element that entries stand in, None when it is no RSS 2.0."""
    channels = list(root.iterchildren("channel"))
    return channels[0] if root.tag == "rss" and root.get("version") == "2.0" and len(channels) == 1 else None


def is_signed(_parts: Parts) -> bool:
    """Tell whether entries need no author: those of RSS never do."""
    return True


def head(_root: Any, parts: Parts, found: list[Finding]) -> Head:
    """Return what the feed says of itself; note in ``found`` what breaks the rules of RSS alone."""
    found += [rules.FEED_REQUIRED.broken("feed", f"does not have one {name}") for name in xml.lacking(parts, _REQUIRED)]
    found += [rules.FEED_ONCE.broken("feed", f"has more than one {name}") for name in xml.repeated(parts, _FEED_ONCE)]
    found += [*_rhythm(parts), *_image(parts), *_editors("feed", parts, "managingEditor", "webMaster")]
    found += xml.history(parts)
    links = parts.get(_LINK, ())
    xml.moment(parts, "pubDate", rfc822, "feed", found)
    return Head(
        title=_plain(xml.text(parts, "title")),
        updated=xml.moment(parts, "lastBuildDate", rfc822, "feed", found),
        selves=tuple(link.get("href") for link in links if link.get("rel") == "self"),
        hubs=tuple(link.get("href") for link in links if link.get("rel") == "hub"),
        links=(
            xml.text(parts, "link"),
            *(link.get("href") for link in links if link.get("rel") not in ("self", "hub")),
        ),
        language=xml.text(parts, "language") or xml.text(parts, _LANGUAGE),
    )


def entry(number: int, element: Any, found: list[Finding]) -> Item:
    """Return what an entry says; note in ``found`` what breaks the rules of RSS alone."""
    parts = xml.parts(element)
    guid = xml.text(parts, "guid")
    where = guid if guid and guid.strip() else f"entry {number}"
    found += [rules.ENTRY_ONCE.broken(where, f"has more than one {name}") for name in xml.repeated(parts, _ITEM_ONCE)]
    title, description = xml.text(parts, "title"), xml.text(parts, "description")
    if not (title or description or "").strip():
        found.append(rules.ENTRY_REQUIRED.broken(where, "has neither title nor description"))
    if _CONTENT in parts and "description" in parts:
        tags = list(parts)  # in the order of their first elements
        if tags.index(_CONTENT) < tags.index("description"):
            found.append(rules.RSS_SUMMARY_FIRST.broken(where, "has its content before its description"))
    found += _permalink(where, parts)
    found += _editors(where, parts, "author")
    enclosures = parts.get("enclosure", ())
    if len(enclosures) > 1:
        found.append(rules.ENCLOSURE_ONE.broken(where, f"has {len(enclosures)} enclosures"))
    for enclosure in enclosures:
        if enclosure.get("length") is None:
            found.append(rules.ENCLOSURE.broken(where, "has an enclosure without length"))
    link = xml.text(parts, "link") or (guid if parts.get("guid") and _is_permalink(parts["guid"][0]) else None)
    return Item(
        where=where,
        id=guid,
        title=_plain(title),
        link=link,
        published=xml.moment(parts, "pubDate", rfc822, where, found),
        updated=xml.moment(parts, _UPDATED, rfc3339, where, found),
        authors=xml.texts(parts, _CREATOR),
        tags=xml.texts(parts, "category"),
        links=(
            *(() if link is None else (link,)),
            *xml.attributes(parts, _LINK, "href"),
            *xml.attributes(parts, "source", "url"),
        ),
        media=xml.attributes(parts, xml.MEDIA, "url"),
        html=tuple([parts[name][0].text for name in ("description", _CONTENT) if xml.text(parts, name)]),
        attachments=tuple([Attachment(one.get("url"), one.get("type"), one.get("length")) for one in enclosures]),
        language=xml.text(parts, _LANGUAGE),
    )


def said(items: Sequence[Any]) -> tuple[tuple[str, ...], Said] | None:
    """Return the ids of items and what they say together; None unless each surely keeps the rules of RSS alone.

    It knows no more than the house writes: items with all that readers ask for, each of it once.
    """
    columns, several = xml.columns(items)
    if "author" in columns or not several.isdisjoint(_SURELY_ONCE):
        return None
    ids, titles, links, published, updated = (
        xml.texts(columns, name) for name in ("guid", "title", "link", "pubDate", _UPDATED)
    )
    # One in each item, since none stands twice in one.
    if any(len(texts) != len(items) for texts in (ids, titles, links, published, updated)):
        return None
    if not all(map(str.strip, (*ids, *titles))):
        return None
    if any(guid.get("isPermaLink") != "false" for guid in columns.get("guid", ())):
        return None
    times = list(zip(map(rfc822, published), map(rfc3339, updated), strict=True))
    enclosures = columns.get("enclosure", ())
    if any(None in pair for pair in times) or any(one.get("length") is None for one in enclosures):
        return None
    return ids, Said(
        names=xml.texts(columns, _CREATOR) + xml.texts(columns, "category"),
        links=(
            *links,
            *xml.attributes(columns, _LINK, "href"),
            *xml.attributes(columns, "source", "url"),
            *xml.attributes(columns, xml.MEDIA, "url"),
        ),
        times=times,
        html=xml.texts(columns, "description") + xml.texts(columns, _CONTENT),
        attachments=[Attachment(one.get("url"), one.get("type"), one.get("length")) for one in enclosures],
        languages=xml.texts(columns, _LANGUAGE),
    )


def _plain(title: str | None) -> str:
    """Return a title as text: RSS leaves open whether it is HTML, and readers take it for that if it looks so."""
    return html.unescape(title) if title and markup_like(title) else title or ""


def _is_permalink(guid: Any) -> bool:
    return bool(guid.get("isPermaLink", "true") == "true")


def _permalink(where: str, parts: Parts) -> Iterator[Finding]:
    for guid in parts.get("guid", ()):
        said = guid.get("isPermaLink", "true")
        if said not in ("true", "false"):
            yield rules.RSS_PERMALINK.broken(where, f"has the isPermaLink {said}")
        elif said == "true" and not re.match("https?://", guid.text or ""):
            yield rules.RSS_PERMALINK.broken(where, "has a guid that is called a permalink and is no address")


def _editors(where: str, parts: Parts, *names: str) -> Iterator[Finding]:
    for name in names:
        if name in parts and not _MAIL.fullmatch(xml.text(parts, name) or ""):
            yield rules.RSS_AUTHOR.broken(where, f"has a {name} that is no e-mail address")


def _rhythm(parts: Parts) -> Iterator[Finding]:
    ttl = xml.text(parts, "ttl")
    if ttl is not None and not _is_count(ttl):
        yield rules.RSS_TTL.broken("feed", f"has the ttl {ttl}")
    period, frequency = (xml.text(parts, f"{_SY}{name}") for name in ("updatePeriod", "updateFrequency"))
    if period is not None and period.strip() not in _PERIODS:
        yield rules.RSS_SYNDICATION.broken("feed", f"has the updatePeriod {period}")
    if frequency is not None and not _is_count(frequency):
        yield rules.RSS_SYNDICATION.broken("feed", f"has the updateFrequency {frequency}")
    for tag in parts:
        if tag.startswith(_SY) and xml.local(tag) not in ("updatePeriod", "updateFrequency", "updateBase"):
            yield rules.RSS_SYNDICATION.broken("feed", f"has an element sy:{xml.local(tag)}")


def _image(parts: Parts) -> Iterator[Finding]:
    for image in parts.get("image", ()):
        inner = xml.parts(image)
        if not re.match("https?://", xml.text(inner, "url") or ""):
            yield rules.RSS_IMAGE.broken("feed", "has an image without absolute address")
        for name in ("title", "link"):
            if xml.text(inner, name) != xml.text(parts, name):
                yield rules.RSS_IMAGE.broken("feed", f"has an image whose {name} is not the channel's")
        for name, most in (("width", 144), ("height", 400)):
            size = xml.text(inner, name)
            if size is not None and not (_is_count(size) and int(size) <= most):
                yield rules.RSS_IMAGE.broken("feed", f"has an image of the {name} {size}")


def _is_count(written: str) -> bool:
    digits = written.strip()
    return digits.isascii() and digits.isdigit() and int(digits) > 0
