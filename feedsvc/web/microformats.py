"""What a post of Micropub says, as an item of JSON Feed, and the other way round.

Knows the properties of h-entry that an article has a place for; the others are left, as Micropub asks (§3.3.5). Pure.
"""

import html
import re
import textwrap
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from feedsvc.errors import Flaw, PushInvalid
from feedsvc.text import one_line, paragraphs_html, plain

Properties = dict[str, list[Any]]
Item = dict[str, Any]

# The property that says what a field of an item says.
PROPERTIES: Mapping[str, str] = {
    "title": "name",
    "summary": "summary",
    "content_html": "content",
    "date_published": "published",
    "tags": "category",
    "authors": "author",
    "image": "photo",
    "id": "uid",
}
_HEADLINE_LENGTH = 100
# Photos stand at the end of the text, where every reader shows them, in the form in which sanitising leaves them.
_PHOTO = re.compile(r'<p><img src="([^"]*)" alt="([^"]*)"></p>')
_PHOTOS = re.compile(rf"(?:{_PHOTO.pattern})+$")


def item_of(properties: Properties, zone: ZoneInfo) -> Item:
    """Return the fields of an item that the properties say; times without an offset are in the zone.

    A post without a name (a note) has the beginning of its text as its headline.

    Raises:
        PushInvalid: there is nothing to make a headline of.
    """
    content = _content(properties)
    photos = _photos(properties)
    summary = next(iter(texts(properties, "summary")), "")
    title = next(iter(texts(properties, "name")), "") or _headline(content, summary, *(alt for _, alt in photos))
    if not title:
        raise PushInvalid((Flaw("/title", "is missing, and there is no text to take its place"),))
    shown = "".join(f'<p><img src="{html.escape(url)}" alt="{html.escape(alt)}"></p>' for url, alt in photos)
    published = next(iter(texts(properties, "published")), "")
    image = next(iter(texts(properties, "featured")), "") or next((url for url, _ in photos), "")
    item = {
        "title": title,
        "content_html": content + shown,
        "summary": summary,
        "date_published": _moment(published, zone),
        "tags": texts(properties, "category"),
        "authors": [{"name": name} for name in texts(properties, "author")],
        "image": image,
    }
    return {name: value for name, value in item.items() if value}


def properties_of(item: Item) -> Properties:
    """Return what an item says as properties, none of them empty.

    The content is text where it is nothing but paragraphs, else ``{"html": …}`` (§3.7.2).
    """
    body = item.get("content_html", "")
    shown = _PHOTOS.search(body)
    content = body[: shown.start()] if shown else body
    photos = [(html.unescape(url), html.unescape(alt)) for url, alt in _PHOTO.findall(shown[0])] if shown else []
    paragraphs = plain(content)
    written: Any = "\n\n".join(paragraphs) if paragraphs_html(paragraphs) == content else {"html": content}
    summary = item.get("summary", "")
    named = item["title"] != _headline(content, summary, *(alt for _, alt in photos))
    pictured = item.get("image") and item["image"] != next((url for url, _ in photos), None)
    extension = item["_feedsvc"]
    said: Properties = {
        "name": [item["title"]] if named else [],
        "content": [written] if content else [],
        "summary": [summary] if summary else [],
        "published": [extension.get("publish_at") or item.get("date_published") or extension["published"]],
        "category": list(item.get("tags", ())),
        "author": [author["name"] for author in item.get("authors", ())],
        "photo": [{"value": url, "alt": alt} if alt else url for url, alt in photos],
        "featured": [item["image"]] if pictured else [],
        "uid": [item["id"]],
    }
    return {name: values for name, values in said.items() if values}


def changed(before: Properties, changes: Mapping[str, Any]) -> Properties:
    """Return the properties after ``replace``, ``add`` and ``delete`` (§3.4), in this order.

    Raises:
        ValueError: the changes are not written as they must be; it says how.
    """
    asked = {name: changes[name] for name in ("replace", "add", "delete") if name in changes}
    if not asked:
        raise ValueError("replace, add or delete is missing")
    gone = asked.get("delete", {})
    if isinstance(gone, list):
        if not all(isinstance(name, str) for name in gone):
            raise ValueError("delete is a list of the names of properties, or an object of lists of values")
        asked["delete"] = {name: before.get(name, []) for name in gone}
    for name, values in asked.items():
        if not isinstance(values, dict) or not all(isinstance(each, list) for each in values.values()):
            raise ValueError(f"{name} is an object whose values are lists")
    after = before | asked.get("replace", {})
    for name, values in asked.get("add", {}).items():
        after[name] = [*after.get(name, ()), *(value for value in values if value not in after.get(name, ()))]
    for name, values in asked.get("delete", {}).items():
        after[name] = [value for value in after.get(name, ()) if value not in values]
    return {name: values for name, values in after.items() if values}


def texts(properties: Properties, name: str) -> list[str]:
    """Return the values of a property as lines of text, those of nested objects by their value or name."""
    found = (one_line(_text(value)) for value in properties.get(name, ()))
    return [line for line in found if line]


def _text(value: Any) -> str:
    if isinstance(value, dict):
        nested = value.get("properties")
        names = nested.get("name", [""]) if isinstance(nested, dict) else [value.get("value", "")]
        value = names[0] if isinstance(names, list) and names else ""
    return value if isinstance(value, str) else ""


def _content(properties: Properties) -> str:
    value: Any = next(iter(properties.get("content", ())), "")
    if isinstance(value, dict) and isinstance(value.get("html"), str):
        return str(value["html"])
    written = _text(value).replace("\r\n", "\n").strip()
    parts = re.split(r"\n[ \t]*\n\s*", written)
    return paragraphs_html(tuple(filter(None, map(one_line, parts if len(parts) > 1 else written.split("\n")))))


def _photos(properties: Properties) -> list[tuple[str, str]]:
    """Return the address of each photo, and its text for who cannot see it."""
    found = (
        (_text(value), one_line(str(value.get("alt", ""))) if isinstance(value, dict) else "")
        for value in properties.get("photo", ())
    )
    return [(url, alt) for url, alt in found if url]


def _headline(content: str, *others: str) -> str:
    beginnings = (*plain(content)[:1], *others)
    return textwrap.shorten(next(filter(None, beginnings), ""), _HEADLINE_LENGTH, placeholder=" …")


def _moment(written: str, zone: ZoneInfo) -> str:
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        return written  # whoever reads the item says what is wrong with it
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).isoformat()
