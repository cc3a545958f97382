"""Who wrote a piece of news: the element that a page calls its author, and the name in a byline.

Knows that "by" and "written by" stand around the author's own element; hides the ways in which pages mark it.
"""

import re
from collections.abc import Callable
from typing import Final

from lxml.html import HtmlElement

from feedsvc.sources import words
from feedsvc.sources.html.layout import Layout

# hCard's names (fn, vcard), and those that are made of "author" alone; "author-avatar" is no author.
_CLASS = re.compile(r"(?:^|\s)(?:fn|vcard|(?:\w+[-_]+)*author(?:[-_]+(?:name|link))?)(?=\s|$)", re.ASCII)
_BY = re.compile(r"^(?:(?:posted|published|written)\s+)?by(?:\s+|$)", re.IGNORECASE)


def _is_related(element: HtmlElement) -> bool:
    return "author" in (element.get("rel") or "").split()


def _is_property(element: HtmlElement) -> bool:
    said = element.get("itemprop")
    return said == "author" or (
        said == "name" and any(one.get("itemprop") == "author" for one in element.iterancestors())
    )


def _is_formatted(element: HtmlElement) -> bool:
    return "fn" in (element.get("class") or "").split()


def _is_called(element: HtmlElement) -> bool:
    return _CLASS.search(element.get("class") or "") is not None


# The most exact first.
_MARKED: Final[tuple[Callable[[HtmlElement], bool], ...]] = (_is_related, _is_property, _is_formatted, _is_called)


def is_author(element: HtmlElement, within: HtmlElement | None = None) -> bool:
    """Tell whether a page marks an element as an author, or that right around it in an item."""
    around = element.getparent()
    if element is within:
        return False
    marked = (element,) if around is None or around is within else (element, around)
    return any(marks(one) for one in marked for marks in _MARKED)


def own_authors(element: HtmlElement, layout: Layout) -> list[HtmlElement]:
    """Return the elements that are authors and nothing else, in page order: an element itself, or what it holds."""
    known = [one for one in element.iter() if one in layout.signature and layout.text(one)]
    for marks in _MARKED:
        found = [one for one in known if marks(one)]
        if found:
            return [one for one in found if not any(other is not one and layout.covers(one, other) for other in found)]
    return []


def person(line: str) -> str | None:
    """Return the name in a byline, None when it has none."""
    return words.author(line) or _BY.sub("", line, count=1) or None
