"""RSS and Atom: XML mended by lxml, then read by feedparser.

Knows how XML of feeds breaks. feedparser's own way with broken XML (a tokenizer of HTML whose time is unbounded) is
never taken: what it gets is well-formed, has no DTD and no entities, and is bounded in size, depth and items.
"""

import html
import io
import re
from itertools import islice
from typing import TYPE_CHECKING, Any

from feedsvc.sources.feed import fields
from feedsvc.sources.feed.items import MOST_ITEMS, NoFeed, Parsed, Trouble

if TYPE_CHECKING:
    from lxml.etree import _Element

_ROOT = re.compile(r"<(?:[\w.-]{1,40}:)?(?:rss|feed|RDF|channel)(?=[\s>/])", re.IGNORECASE)
_HTML = re.compile(r"<(?:!doctype\s+html|html|head|body)(?=[\s>])", re.IGNORECASE)
_ENTITY_DECLARED = re.compile(r"<!ENTITY\s")
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# Character data that is marked as such stays as it is, and unclosed it ends with the document.
_AMPERSAND = re.compile(
    r"<!\[CDATA\[(?:.*?\]\]>|.*)|&(?!(?:lt|gt|amp|quot|apos|#\d{1,7}|#[xX][0-9a-fA-F]{1,6});)(?:([A-Za-z]\w{1,31});)?",
    re.DOTALL,
)
_PREFIX = re.compile(r"<([A-Za-z_][\w.-]{0,40}):[A-Za-z_]|\s([A-Za-z_][\w.-]{0,40}):[\w.-]{1,40}\s*=\s*[\"']")
_DECLARED_PREFIX = re.compile(r"\sxmlns:([\w.-]{1,40})\s*=")
_AUTODISCOVERY = re.compile(r"<link\b[^<>]{0,1000}>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""\b(type|href)\s*=\s*["']?([^"'\s<>]{1,500})""", re.IGNORECASE)
# feedparser needs up to 70 µs an element, and its time grows with the square of an item's tags and of an element's
# attributes: 30,000 of them cost 16 s. Feeds have up to 100 elements an item, 20 tags, 10 attributes.
_MOST_ELEMENTS = 100_000
_MOST_CHILDREN = 500
_MOST_ATTRIBUTES = 50
_MOST_AMPERSANDS = 100_000  # that stand for themselves; each costs 10 µs
_MOST_PREFIXES = 100  # each is compared with each; feeds have up to 15

_MEDIA = ("http://search.yahoo.com/mrss/", "http://search.yahoo.com/mrss")
_ITUNES = "http://www.itunes.com/dtds/podcast-1.0.dtd"
_PREFIXES = {
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "feedburner": "http://rssnamespace.org/feedburner/ext/1.0",
    "itunes": _ITUNES,
    "media": _MEDIA[0],
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "slash": "http://purl.org/rss/1.0/modules/slash/",
    "sy": "http://purl.org/rss/1.0/modules/syndication/",
    "wfw": "http://wellformedweb.org/CommentAPI/",
    "xhtml": "http://www.w3.org/1999/xhtml",
}
# feedparser takes the caption of an item's picture for its title or its content.
_CAPTIONS = [f"{{{space}}}{name}" for space in _MEDIA for name in ("title", "description", "text", "credit")]


def parse(written: str, base: str) -> Parsed:
    """Return the items of a feed, and what was wrong with it beyond repair.

    Raises:
        NoFeed: this is no feed.
    """
    root_at = _ROOT.search(written)
    page_at = _HTML.search(written)
    if root_at is None or (page_at is not None and page_at.start() < root_at.start()):
        raise NoFeed(_why(written, base, is_page=page_at is not None))
    head = written[: root_at.start()]
    # What stands before the feed is dropped: its DTD, and the blank lines, warnings and marks of broken programs.
    # Only its line ends stay, so that lines are those of the document.
    tree, troubles = _tree("\n" * head.count("\n") + _ILLEGAL.sub("", written[root_at.start() :]))
    if _ENTITY_DECLARED.search(head):
        troubles = [Trouble(_line(head.count("\n", 0, head.index("<!ENTITY")) + 1), _ENTITIES), *troubles]
    items = _items(tree)
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


# --- from text to a tree ----------------------------------------------------------------------------------------------


def _tree(written: str) -> "tuple[_Element, list[Trouble]]":
    """Return the document as a tree, mended as far as it goes, with a trouble when something is lost."""
    if len(set(_DECLARED_PREFIX.findall(written))) > _MOST_PREFIXES:
        raise NoFeed(f"is no feed that can be read: it has more than {_MOST_PREFIXES} namespaces")
    if sum(1 for _ in islice(_AMPERSAND.finditer(written), _MOST_AMPERSANDS + 1)) > _MOST_AMPERSANDS:
        raise NoFeed("is no feed that can be read: most of it is ampersands")
    written = _AMPERSAND.sub(_reference, written)
    tree, error = _parsed(written)
    if error is not None:
        written = _with_prefixes(written)
        tree, error = _parsed(written)
    if tree is None:
        raise NoFeed("is no feed that can be read: it is not XML", error[0] if error else None)
    if error is None:
        return tree, []
    line, message, stopped = error
    if stopped or _is_cut(written):
        items = _items(tree)
        closed = max(
            written.rfind("</item"), written.rfind("</entry"), written.rfind(":item>"), written.rfind(":entry>")
        )
        if items and (stopped or max(written.rfind("<item"), written.rfind("<entry")) > closed):
            _remove(items[-1])  # half an item is another item
        reason = "is read no further than here" if stopped else "ends in the middle"
        return tree, [Trouble(_line(line), f"the feed {reason}, and only whole items are taken: {message}")]
    return tree, [Trouble(_line(line), f"the feed is not well-formed XML, and what is broken is left out: {message}")]


def _parsed(written: str) -> "tuple[_Element | None, tuple[int, str, bool] | None]":
    """Return the tree that can be made of a document and its first error, if any: line, message, whether it is a limit.

    A limit ends the reading, so it is told before others.
    """
    from lxml import etree  # noqa: PLC0415 - 15 ms that nobody needs who reads no feed

    # No entity, DTD or network; text over 10 MB and trees over 256 levels are errors (huge_tree).
    parser = etree.XMLParser(
        recover=True,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
        encoding="utf-8",
    )
    try:
        tree = etree.fromstring(written.encode(), parser)
    except etree.XMLSyntaxError:
        tree = None
    errors = [
        (
            error.line,
            error.message.splitlines()[0].partition(", ")[0],
            error.type == etree.ErrorTypes.ERR_RESOURCE_LIMIT,
        )
        for error in parser.error_log
        if error.level >= etree.ErrorLevels.ERROR
    ]
    return tree, next((error for error in errors if error[2]), errors[0]) if errors else None


def _with_prefixes(written: str) -> str:
    """Return the document with the namespaces declared that its author forgot."""
    declared = {"xml", "xmlns", *_DECLARED_PREFIX.findall(written)}
    used = {first or second for first, second in _PREFIX.findall(written)}
    lost = sorted(used - declared, key=lambda name: (name not in _PREFIXES, name))[:_MOST_PREFIXES]
    names = (f' xmlns:{name}="{_PREFIXES.get(name, f"urn:undeclared:{name}")}"' for name in lost)
    return _ROOT.sub(lambda found: found.group() + "".join(names), written, count=1)


def _reference(found: re.Match[str]) -> str:
    """Return what ``&`` and ``&nbsp;`` are in XML."""
    name = found[1]
    if found.group().startswith("<"):
        return found.group()
    meant = html.unescape(f"&{name};") if name else ""
    return meant if len(meant) in (1, 2) and "&" not in meant else f"&amp;{found.group()[1:]}"


def _is_cut(written: str) -> bool:
    return re.search(r"</(?:[\w.-]{1,40}:)?(?:rss|feed|RDF|channel)\s*>", written[-2000:], re.IGNORECASE) is None


# --- from the tree to feedparser --------------------------------------------------------------------------------------


def _items(tree: "_Element") -> "list[_Element]":
    """Return the items where feeds have them: content that shows feeds has items of its own, but deeper."""
    return [element for element in tree.iter("{*}item", "{*}entry") if len(list(element.iterancestors())) <= 2]


def _remove(element: "_Element") -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


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
            _remove(item)
    for number, element in enumerate(tree.iter()):
        if number > 2 * _MOST_ELEMENTS:
            raise NoFeed("is no feed that can be read: it has too many elements", int(element.sourceline or 0))
        if len(element.attrib) > _MOST_ATTRIBUTES:
            element.attrib.clear()
    return kept


def _simplify(tree: "_Element") -> None:
    """Take out of the tree what feedparser misreads."""
    from lxml import etree  # noqa: PLC0415 - likewise

    etree.strip_elements(tree, etree.Entity, *_CAPTIONS, with_tail=False)
    for described in tree.findall(f".//{{*}}item/{{{_ITUNES}}}summary"):
        parent = described.getparent()
        if parent is not None and parent.find("{*}description") is not None:
            parent.remove(described)
    for identity in tree.iter("{*}guid", "{*}id"):
        # feedparser takes every id for a link unless told otherwise, and makes it absolute: the id would move with
        # the feed.
        is_rss = str(identity.tag).endswith("guid")
        if not is_rss or not (identity.text or "").strip().lower().startswith(("http://", "https://")):
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
