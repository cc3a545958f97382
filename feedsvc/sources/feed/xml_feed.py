"""RSS and Atom: XML mended by lxml, then read by feedparser.

Knows what feedparser misreads and what costs it too much. Its own way with broken XML (a tokenizer of HTML whose time
is unbounded) is never taken: what it gets is well-formed, has no DTD and no entities, and is bounded in size, depth and
items.
"""

import html
import io
import re
from typing import TYPE_CHECKING, Any

from feedsvc.sources.feed import fields
from feedsvc.sources.feed.items import MOST_ITEMS, NoFeed, Parsed, Trouble
from feedsvc.sources.feed.mending import ILLEGAL, ROOT, items_of, remove, tree_of

if TYPE_CHECKING:
    from lxml.etree import _Element

_HTML = re.compile(r"<(?:!doctype\s+html|html|head|body)(?=[\s>])", re.IGNORECASE)
_ENTITY_DECLARED = re.compile(r"<!ENTITY\s")
_AUTODISCOVERY = re.compile(r"<link\b[^<>]{0,1000}>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""\b(type|href)\s*=\s*["']?([^"'\s<>]{1,500})""", re.IGNORECASE)
# feedparser needs up to 70 µs an element, and its time grows with the square of an item's tags and of an element's
# attributes: 30,000 of them cost 16 s. Feeds have up to 100 elements an item, 20 tags, 10 attributes.
_MOST_ELEMENTS = 100_000
_MOST_CHILDREN = 500
_MOST_ATTRIBUTES = 50

_MEDIA = ("http://search.yahoo.com/mrss/", "http://search.yahoo.com/mrss")
_ITUNES = "http://www.itunes.com/dtds/podcast-1.0.dtd"
# feedparser takes the caption of an item's picture for its title or its content.
_CAPTIONS = [f"{{{space}}}{name}" for space in _MEDIA for name in ("title", "description", "text", "credit")]


def parse(written: str, base: str) -> Parsed:
    """Return the items of a feed, and what was wrong with it beyond repair.

    Raises:
        NoFeed: this is no feed.
    """
    root_at = ROOT.search(written)
    page_at = _HTML.search(written)
    if root_at is None or (page_at is not None and page_at.start() < root_at.start()):
        raise NoFeed(_why(written, base, is_page=page_at is not None))
    head = written[: root_at.start()]
    # What stands before the feed is dropped: its DTD, and the blank lines, warnings and marks of broken programs.
    # Only its line ends stay, so that lines are those of the document.
    tree, troubles = tree_of("\n" * head.count("\n") + ILLEGAL.sub("", written[root_at.start() :]))
    if _ENTITY_DECLARED.search(head):
        troubles = [Trouble(_line(head.count("\n", 0, head.index("<!ENTITY")) + 1), _ENTITIES), *troubles]
    items = items_of(tree)
    kept = _bounded(tree, items)
    if len(items) > kept:
        troubles.append(Trouble("", f"has {len(items):,} items, and {kept:,} of them are as much as is read"))
    lines = [int(item.sourceline or 0) for item in items[:kept]]
    _simplify(tree)
    return fields.parsed(_feedparser(tree, base), lines, troubles, base)


_ENTITIES = "declares entities of its own, which are not read; text that uses them shows their names"


def _line(number: int) -> str:
    return f":{number}"


def _why(written: str, base: str, *, is_page: bool) -> str:
    if not is_page:
        return "is no feed: neither RSS, Atom nor JSON Feed"
    for link in _AUTODISCOVERY.findall(written[:200_000]):
        attributes = {name.lower(): value for name, value in _ATTRIBUTE.findall(link)}
        address = fields.absolute(html.unescape(attributes.get("href", "")), base)
        if re.search(r"rss|atom|feed\+json", attributes.get("type", "").lower()) and address:
            return f"is an HTML page, no feed; the page says that its feed is {address}"
    return 'is an HTML page, no feed; if it shows the news line, read it with kind = "html"'


# --- from the tree to feedparser --------------------------------------------------------------------------------------


def _bounded(tree: "_Element", items: "list[_Element]") -> int:
    """Leave in the tree what feedparser can read in seconds, the first items whole, and return how many those are."""
    kept = elements = 0
    for item in items:
        elements += sum(1 for _ in item.iter())
        if kept < MOST_ITEMS and elements <= _MOST_ELEMENTS:
            del item[_MOST_CHILDREN:]
            kept += 1
        else:
            elements = _MOST_ELEMENTS + 1  # never a later item in the place of one that was left out
            remove(item)
    for number, element in enumerate(tree.iter()):
        if number > 2 * _MOST_ELEMENTS:
            raise NoFeed("is no feed that can be read: it has too many elements", int(element.sourceline or 0))
        if len(element.attrib) > _MOST_ATTRIBUTES:
            element.attrib.clear()
    return kept


def _simplify(tree: "_Element") -> None:
    """Take out of the tree what feedparser misreads."""
    from lxml import etree  # noqa: PLC0415 - 15 ms that nobody needs who reads no feed

    etree.strip_elements(tree, etree.Entity, *_CAPTIONS, with_tail=False)
    for described in tree.findall(f".//{{*}}item/{{{_ITUNES}}}summary"):
        parent = described.getparent()
        if parent is not None and parent.find("{*}description") is not None:
            parent.remove(described)
    for identity in tree.iter("{*}guid", "{*}id"):
        # feedparser takes every id for a link unless told otherwise, and makes it absolute: the id would move with
        # the feed. Only the address of an item without a link is left to it.
        is_address = (identity.text or "").strip().lower().startswith(("http://", "https://"))
        is_rss = str(identity.tag).endswith("guid")
        if not is_rss or not is_address or identity.xpath("boolean(../*[local-name() = 'link']/text())"):
            identity.set("isPermaLink", "false")


def _feedparser(tree: "_Element", base: str) -> Any:
    import feedparser  # noqa: PLC0415 - 60 ms, and only feeds need it
    from lxml import etree  # noqa: PLC0415 - likewise

    # A stream, because feedparser opens a file or an address of the name that it is given as bytes or text.
    return feedparser.parse(
        io.BytesIO(etree.tostring(tree, encoding="utf-8")),
        response_headers={"content-type": "application/xml; charset=utf-8", "content-location": base},
        sanitize_html=False,
        resolve_relative_uris=False,
    )
