"""JSON Feed 1.1, by hand.

Knows its fields; hides that an item is written once.
"""

import json
from collections.abc import Sequence
from typing import Any

from feedsvc.feeds.item import Channel, Item
from feedsvc.feeds.memory import Memory
from feedsvc.feeds.written import Written
from feedsvc.model import Enclosure

_known: Memory[Item, bytes] = Memory(4_000_000)
_json = json.JSONEncoder(ensure_ascii=False, check_circular=False).encode  # what is made here holds no circle


def write(channel: Channel, items: Sequence[Item]) -> Written:
    """Write the feed as JSON Feed 1.1 in UTF-8, items in their order. Source: https://www.jsonfeed.org/version/1.1/."""
    document: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": channel.title,
        "home_page_url": channel.home,
        "feed_url": channel.address,
        "description": channel.description,
        "language": channel.language,
        "authors": [{"name": channel.author}],
    }
    if channel.history and channel.history.previous:
        document["next_url"] = channel.history.previous
    if channel.hubs:
        document["hubs"] = [{"type": "WebSub", "url": hub} for hub in channel.hubs]
    # An item a line, for people: the encoder's own indent would cost ten times as much.
    lines = tuple(map(_line, items))
    return Written(f'{_json(document)[:-1]}, "items": [\n'.encode(), lines, b"\n]}\n", between=b",\n")


def _line(item: Item) -> bytes:
    if (line := _known.get(item)) is None:
        line = _json(_item(item)).encode()
        _known.keep(item, line, 1000 + len(line))
    return line


def _item(item: Item) -> dict[str, Any]:
    said: dict[str, Any] = {"id": item.guid, "url": item.link}
    if item.via:
        said["external_url"] = item.via
    said["title"] = item.title
    if item.summary:
        said["summary"] = item.summary
    if item.content:
        said["content_html"] = item.content
    else:  # one of the two contents must be there, and may not be empty; a headline alone is its own content
        said["content_text"] = item.summary or item.title
    if item.image:
        said["image"] = item.image
    said["date_published"] = item.published.isoformat()
    said["date_modified"] = item.updated.isoformat()
    if item.authors:
        said["authors"] = [{"name": name} for name in item.authors]
    if item.tags:
        said["tags"] = item.tags
    if item.language:
        said["language"] = item.language
    if item.enclosures:
        said["attachments"] = [_attachment(file) for file in item.enclosures]
    return said


def _attachment(file: Enclosure) -> dict[str, Any]:
    length = {"size_in_bytes": file.length} if file.length else {}
    return {"url": file.url, "mime_type": file.media_type, **length}
