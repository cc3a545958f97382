"""The gate: a document that breaks a rule readers rely on never replaces the last good one.

Knows those rules for each format and judges bytes as a strict reader would; hides nothing of how they were written.
"""

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from feedsvc.errors import FeedUnpublishable
from feedsvc.model import Format

_ATOM = "{http://www.w3.org/2005/Atom}"


def check(body: bytes, format: Format, feed: str) -> None:  # noqa: A002 - the glossary's word
    """Let a document pass if it can be published; ``feed`` names it in the error.

    Raises:
        FeedUnpublishable: with the first rule that is broken.
    """
    for problem in problems(body, format):
        raise FeedUnpublishable(feed, format.label, problem)


def problems(body: bytes, format: Format) -> Iterator[str]:  # noqa: A002 - the glossary's word
    """Yield every broken rule, in the order of the document."""
    if format is Format.JSON:
        yield from _json_problems(body)
        return
    from lxml import etree  # noqa: PLC0415 - 15 ms that only rendering and validating need

    try:
        # Text nodes over 10 MB and trees over 256 levels are errors: readers have the same limits.
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError as error:
        yield f"it is not well-formed XML: {error}"
        return
    yield from _rss_problems(root) if format is Format.RSS else _atom_problems(root)


def _rss_problems(root: Any) -> Iterator[str]:
    channels = root.findall("channel")
    if root.tag != "rss" or root.get("version") != "2.0" or len(channels) != 1:
        yield "it is not RSS 2.0 with one channel"
        return
    channel = channels[0]
    for name in ("title", "link", "description", "lastBuildDate"):
        if len(channel.findall(name)) != 1 or not channel.findtext(name).strip():
            yield f"the channel does not have one {name}"
    yield from _link_problems("the channel", [channel.findtext("link")])
    yield from _self_problems(channel)
    yield from _date_problems("the channel", channel, parsedate_to_datetime, "lastBuildDate")
    items = channel.findall("item")
    yield from _id_problems([item.findtext("guid") for item in items])
    for item in items:
        where = f"item {item.findtext('guid')}"
        if not (item.findtext("title") or item.findtext("description") or "").strip():
            yield f"{where} has neither title nor description"
        links = [item.findtext("link"), *(link.get("href") for link in item.findall(f"{_ATOM}link"))]
        yield from _link_problems(where, links)
        yield from _date_problems(where, item, parsedate_to_datetime, "pubDate")
        yield from _date_problems(where, item, datetime.fromisoformat, f"{_ATOM}updated")


def _atom_problems(root: Any) -> Iterator[str]:
    if root.tag != f"{_ATOM}feed":
        yield "it is not an Atom feed"
        return
    yield from _required_problems("the feed", root)
    yield from _self_problems(root)
    entries = root.findall(f"{_ATOM}entry")
    yield from _id_problems([entry.findtext(f"{_ATOM}id") for entry in entries])
    for entry in entries:
        where = f"entry {entry.findtext(f'{_ATOM}id')}"
        yield from _required_problems(where, entry)
        yield from _date_problems(where, entry, datetime.fromisoformat, f"{_ATOM}published")
        if root.find(f"{_ATOM}author/{_ATOM}name") is None and entry.find(f"{_ATOM}author/{_ATOM}name") is None:
            yield f"{where} has no author, nor has the feed"
        if not any(link.get("rel", "alternate") == "alternate" for link in entry.findall(f"{_ATOM}link")):
            yield f"{where} has no alternate link"


def _required_problems(where: str, element: Any) -> Iterator[str]:
    """RFC 4287 §4.1.1 and §4.1.2: what feed and entry share."""
    for name in ("id", "title", "updated"):
        if len(element.findall(_ATOM + name)) != 1 or not element.findtext(_ATOM + name).strip():
            yield f"{where} does not have one {name}"
    yield from _date_problems(where, element, datetime.fromisoformat, f"{_ATOM}updated")
    yield from _link_problems(where, [link.get("href") for link in element.findall(f"{_ATOM}link")])
    for name in ("title", "subtitle", "summary", "content"):
        for text in element.findall(_ATOM + name):
            if text.get("type", "text") not in ("text", "html", "xhtml"):
                yield f"{where} has a {name} of type {text.get('type')}"


def _json_problems(body: bytes) -> Iterator[str]:
    try:
        feed = json.loads(body.decode())
    except ValueError as error:
        yield f"it is not JSON in UTF-8: {error}"
        return
    if not isinstance(feed, dict) or feed.get("version") != "https://jsonfeed.org/version/1.1":
        yield "it is not JSON Feed 1.1"
        return
    items = feed.get("items")
    if not isinstance(feed.get("title"), str) or not isinstance(items, list):
        yield "the feed does not have a title and items"
        return
    yield from _link_problems("the feed", [feed.get("home_page_url"), feed.get("feed_url")])
    yield from _id_problems([item.get("id") for item in items])
    for item in items:
        where = f"item {item.get('id')}"
        yield from _link_problems(where, [item.get("url"), *([item["external_url"]] if "external_url" in item else [])])
        if not (item.get("content_html") or item.get("content_text")):
            yield f"{where} has no content"
        for name in ("date_published", "date_modified"):
            if name in item:
                yield from _moment_problems(where, name, item[name], datetime.fromisoformat)


def _id_problems(ids: list[Any]) -> Iterator[str]:
    seen = set()
    for number, identity in enumerate(ids, start=1):
        if not isinstance(identity, str) or not identity.strip():
            yield f"item {number} has no id"
        elif identity in seen:
            yield f"two items have the id {identity}"
        seen.add(identity)


def _self_problems(element: Any) -> Iterator[str]:
    selves = [link.get("href") for link in element.findall(f"{_ATOM}link") if link.get("rel") == "self"]
    if len(selves) != 1:
        yield "it does not have one self link"
    yield from _link_problems("the feed", selves)


def _link_problems(where: str, links: list[Any]) -> Iterator[str]:
    for link in links:
        try:
            parts = urlsplit(link if isinstance(link, str) else "")
        except ValueError:
            parts = urlsplit("")
        if parts.scheme not in ("http", "https") or not parts.netloc:
            yield f"{where} has a link that is not an absolute address: {link}"


def _date_problems(where: str, element: Any, parse: Callable[[str], datetime], name: str) -> Iterator[str]:
    for moment in element.findall(name):
        yield from _moment_problems(where, name.removeprefix(_ATOM), moment.text, parse)


def _moment_problems(where: str, name: str, written: Any, parse: Callable[[str], datetime]) -> Iterator[str]:
    try:
        naive = parse(written).utcoffset() is None
    except (TypeError, ValueError):
        yield f"{where} has a {name} that is not a date: {written}"
        return
    if naive:
        yield f"{where} has a {name} without a zone: {written}"
