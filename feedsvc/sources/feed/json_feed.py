"""JSON Feed 1.0 and 1.1, as its item objects state it.

Source: https://www.jsonfeed.org/version/1.1/
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

from feedsvc import text
from feedsvc.markup import absolute
from feedsvc.model import Enclosure, Via
from feedsvc.sources.feed.enclosures import enclosure, image_of
from feedsvc.sources.feed.items import MOST_ITEMS, Item, NoFeed, Parsed, Trouble, Words


def parse(written: str, base: str) -> Parsed:
    """Return the items of a feed.

    Raises:
        NoFeed: this is no JSON, or no JSON Feed.
    """
    try:
        feed = json.loads(written)
    except json.JSONDecodeError as error:
        raise NoFeed(f"is not JSON: {error.msg}", error.lineno) from error
    except (RecursionError, ValueError) as error:  # a number of thousands of digits is a ValueError
        raise NoFeed("is not JSON that can be read: it is nested too deeply, or a number is too long") from error
    if not isinstance(feed, dict) or not isinstance(feed.get("items"), list):
        raise NoFeed("is JSON, but no JSON Feed: it has no items")
    home = absolute(_text(feed, "home_page_url"), base) if _text(feed, "home_page_url") else None
    name = text.headline(_text(feed, "title")) or urlsplit(home or base).hostname or "a feed without a name"
    via = Via(name, home or base or None, absolute(_text(feed, "feed_url") or base, base))
    items, troubles = [], []
    for number, stated in enumerate(feed["items"][:MOST_ITEMS]):
        if isinstance(stated, dict):
            items.append(_item(f":items[{number}]", stated, feed, home or base))
        else:
            troubles.append(Trouble(f":items[{number}]", "the item is no object; it was left out"))
    if len(feed["items"]) > MOST_ITEMS:
        stated = f"{len(feed['items']):,}"
        troubles.append(Trouble("", f"has {stated} items, and {MOST_ITEMS:,} of them are as much as is read"))
    return Parsed(via, tuple(items), tuple(troubles), _address(feed, "next_url", base))


def _item(place: str, stated: Mapping[str, Any], feed: Mapping[str, Any], base: str) -> Item:
    guid = _text(stated, "id")
    link = _text(stated, "url") or (guid if guid.startswith(("https://", "http://")) else _text(stated, "external_url"))
    html, plain = _text(stated, "content_html"), _text(stated, "content_text")
    enclosures = tuple(_enclosures(stated, base))
    return Item(
        place=place,
        guid=guid or None,
        link=absolute(link, base) if link else None,
        title=text.headline(_text(stated, "title")),
        moments=tuple(filter(None, (_text(stated, "date_published"), _text(stated, "date_modified")))),
        updated=_text(stated, "date_modified"),
        authors=tuple(_authors(stated) or _authors(feed)),
        tags=tuple(filter(None, (text.headline(tag) for tag in _list(stated, "tags") if isinstance(tag, str)))),
        summary=Words(_text(stated, "summary"), is_html=False),
        content=Words(html, is_html=True, base=base) if html else Words(plain, is_html=False),
        image=_address(stated, "image", base) or _address(stated, "banner_image", base) or image_of(enclosures),
        enclosures=enclosures,
        language=_text(stated, "language") or _text(feed, "language") or None,
    )


def _authors(stated: Mapping[str, Any]) -> list[str]:
    """Return the names; ``author`` is version 1.0's word for one of them."""
    people = [*_list(stated, "authors"), stated.get("author")]
    names = (text.headline(_text(person, "name")) for person in people if isinstance(person, dict))
    return [name for name in names if name]


def _enclosures(stated: Mapping[str, Any], base: str) -> Iterable[Enclosure]:
    for attached in _list(stated, "attachments"):
        if isinstance(attached, dict):
            size = _text(attached, "size_in_bytes")
            found = enclosure(_text(attached, "url"), _text(attached, "mime_type"), size, base)
            if found:
                yield found


def _text(stated: Mapping[str, Any], name: str) -> str:
    """Return a member as text, numbers too: ids are to be taken so whatever they are (JSON Feed 1.1, "id")."""
    value = stated.get(name)
    if isinstance(value, bool):
        return ""
    return value.strip() if isinstance(value, str) else str(value) if isinstance(value, int | float) else ""


def _list(stated: Mapping[str, Any], name: str) -> list[Any]:
    value = stated.get(name)
    return value if isinstance(value, list) else []


def _address(stated: Mapping[str, Any], name: str, base: str) -> str | None:
    written = _text(stated, name)
    return absolute(written, base) if written else None
