"""What a page tells search engines about its news: JSON-LD.

Knows the shapes that sites write schema.org in; hides the nesting. A page that has none, or spoils it, says nothing.
"""

import html
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from feedsvc.text import one_line

_NEWS = ("Article", "BlogPosting", "LiveBlogPosting", "Posting", "Report")
_LISTS = frozenset(("ItemList", "CollectionPage", "DataFeed"))
_DEEPEST = 8
_MOST = 500
_WRAPPING = re.compile(r"^\s*(?:<!--|//<!\[CDATA\[|<!\[CDATA\[)|(?:-->|//\]\]>|\]\]>)\s*;?\s*$")
# Children that are about something else: the page's site, the article's publisher.
_ASIDE = frozenset(("publisher", "author", "breadcrumb", "isPartOf", "about", "mentions", "comment", "review"))


@dataclass(frozen=True, slots=True)
class Told:
    """One piece of news as JSON-LD has it, each field as written."""

    title: str | None
    link: str | None
    published: str | None
    section: str | None = None
    image: str | None = None
    author: str | None = None
    summary: str | None = None
    listed: bool = False


def told(scripts: Iterable[str]) -> list[Told]:
    """Return the news of a page's JSON-LD in its order; ``listed`` for those of an ItemList or a collection."""
    found: list[Told] = []
    for script in scripts:
        for value in _loaded(script):
            found.extend(_news(value, False, 0))
            if len(found) >= _MOST:
                return found[:_MOST]
    return found


def _loaded(script: str) -> Iterator[Any]:
    plain = _WRAPPING.sub("", script).strip().rstrip(";")
    try:
        yield json.loads(plain, strict=False)
    except (ValueError, RecursionError):
        return


def _news(value: Any, listed: bool, depth: int) -> Iterator[Told]:
    if depth > _DEEPEST:
        return
    if isinstance(value, list):
        for one in value[:_MOST]:
            yield from _news(one, listed, depth + 1)
    elif isinstance(value, dict):
        kinds = {str(kind) for kind in _listed(value.get("@type"))}
        if any(kind.endswith(_NEWS) for kind in kinds):
            yield _told(value, listed)
        elif "ListItem" in kinds:
            yield from _list_item(value)
        elif "BreadcrumbList" not in kinds:
            inside = listed or not kinds.isdisjoint(_LISTS)
            for key, child in value.items():
                if key not in _ASIDE and isinstance(child, dict | list):
                    yield from _news(child, inside, depth + 1)


def _list_item(value: dict[str, Any]) -> Iterator[Told]:
    item = value.get("item")
    own = item if isinstance(item, dict) else {"url": item} if isinstance(item, str) else {}
    told = _told({"url": value.get("url"), "name": value.get("name"), **own}, True)
    if told.title and told.link:
        yield told


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value] if value is not None else []


def _told(value: dict[str, Any], listed: bool) -> Told:
    return Told(
        title=_text(value.get("headline")) or _text(value.get("name")),
        link=_address(value.get("url")) or _address(value.get("mainEntityOfPage")) or _address(value.get("@id")),
        published=_text(value.get("datePublished")) or _text(value.get("dateCreated")),
        section=_text(value.get("articleSection")),
        image=_address(value.get("image")) or _address(value.get("thumbnailUrl")),
        author=_text(value.get("author")),
        summary=_text(value.get("description")),
        listed=listed,
    )


def _text(value: Any) -> str | None:
    if isinstance(value, list):
        return next(filter(None, map(_text, value[:10])), None)
    if isinstance(value, dict):
        return _text(value.get("name"))
    return one_line(html.unescape(value)) or None if isinstance(value, str) else None


def _address(value: Any) -> str | None:
    if isinstance(value, list):
        return next(filter(None, map(_address, value[:10])), None)
    if isinstance(value, dict):
        return _address(value.get("url")) or _address(value.get("@id")) or _address(value.get("contentUrl"))
    return value.strip() or None if isinstance(value, str) else None
