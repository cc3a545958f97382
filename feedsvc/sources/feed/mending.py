"""XML of feeds made well-formed: what can be mended is, and of the rest only what is certain is kept.

Knows how XML breaks in the programs that write feeds; hides lxml's way of going on after an error.
"""

import html
import re
from itertools import islice
from typing import TYPE_CHECKING

from feedsvc.sources.feed.items import NoFeed, Trouble

if TYPE_CHECKING:
    from lxml.etree import _Element

ROOT = re.compile(r"<(?:[\w.-]{1,40}:)?(rss|feed|RDF|channel)(?=[\s>/])", re.IGNORECASE)

# Characters that XML forbids, and references to them.
ILLEGAL = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]"
    "|&#(?:0{0,5}(?:[0-8]|1[124-9]|2[0-9]|3[01])|[xX]0{0,5}(?:[0-8bBcCeEfF]|1[0-9a-fA-F]));"
)
# Character data that is marked as such stays as it is, and unclosed it ends with the document.
_AMPERSAND = re.compile(
    r"<!\[CDATA\[(?:.*?\]\]>|.*)|&(?!(?:lt|gt|amp|quot|apos|#\d{1,7}|#[xX][0-9a-fA-F]{1,6});)(?:([A-Za-z]\w{1,31});)?",
    re.DOTALL,
)
_OPEN_TEXT = re.compile(r"<(title|description|content:encoded)>")
_LONGEST_OPEN_TEXT = 200_000  # characters
# Inside of these nothing is HTML, or the end that was found is another's.
_STRUCTURE = re.compile(r"<!\[CDATA\[|</?(?:item|channel|title|link|guid|pubDate|description)[\s>]")
_PREFIX = re.compile(r"<([A-Za-z_][\w.-]{0,40}):[A-Za-z_]|\s([A-Za-z_][\w.-]{0,40}):[\w.-]{1,40}\s*=\s*[\"']")
_DECLARED_PREFIX = re.compile(r"\sxmlns:([\w.-]{1,40})\s*=")
_MOST_AMPERSANDS = 100_000  # that stand for themselves; each costs 10 µs
_MOST_PREFIXES = 100  # each is compared with each; feeds have up to 15

_PREFIXES = {
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "feedburner": "http://rssnamespace.org/feedburner/ext/1.0",
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "media": "http://search.yahoo.com/mrss/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "slash": "http://purl.org/rss/1.0/modules/slash/",
    "sy": "http://purl.org/rss/1.0/modules/syndication/",
    "wfw": "http://wellformedweb.org/CommentAPI/",
    "xhtml": "http://www.w3.org/1999/xhtml",
}


def tree_of(written: str) -> "tuple[_Element, list[Trouble]]":
    """Return the document as a tree, mended as far as it goes, with a trouble when something is lost."""
    if len(set(_DECLARED_PREFIX.findall(written))) > _MOST_PREFIXES:
        raise NoFeed(f"is no feed that can be read: it has more than {_MOST_PREFIXES} namespaces")
    bare = (found for found in _AMPERSAND.finditer(written) if written[found.start()] == "&")
    if sum(1 for _ in islice(bare, _MOST_AMPERSANDS + 1)) > _MOST_AMPERSANDS:
        raise NoFeed("is no feed that can be read: most of it is ampersands")
    written = _AMPERSAND.sub(_reference, written)
    tree, error = _parsed(written)
    if error is not None:
        written = _with_prefixes(_with_markup_escaped(written))
        tree, error = _parsed(written)
    if tree is None:
        raise NoFeed("is no feed that can be read: it is not XML", error[0] if error else None)
    if error is None:
        return tree, []
    line, message, stopped = error
    if stopped or _is_cut(written):
        items = items_of(tree)
        closed = max(
            written.rfind("</item"), written.rfind("</entry"), written.rfind(":item>"), written.rfind(":entry>")
        )
        if items and (stopped or max(written.rfind("<item"), written.rfind("<entry")) > closed):
            remove(items[-1])  # half an item is another item
        reason = "is read no further than here" if stopped else "ends in the middle"
        return tree, [Trouble(f":{line}", f"the feed {reason}, and only whole items are taken: {message}")]
    _take_apart(tree)
    for item in items_of(tree):
        if _is_blurred(item):
            remove(item)
    return tree, [Trouble(f":{line}", f"the feed is not well-formed XML, and what is broken is left out: {message}")]


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
    return ROOT.sub(lambda found: found.group() + "".join(names), written, count=1)


def _with_markup_escaped(written: str) -> str:
    """Return the document with the HTML escaped that stands open in titles and texts of RSS: ``<title>a <b>b</title>``.

    XML that is mended otherwise would take what follows into the title.
    """
    root = ROOT.search(written)
    if root is not None and root[1].lower() == "feed":
        return written  # Atom says what is HTML and what is text
    parts, done, ends = [], 0, dict[str, int]()
    for opening in _OPEN_TEXT.finditer(written):
        name, start = opening[1], opening.end()
        if start < done:
            continue
        if ends.get(name, 0) < start:
            found = written.find(f"</{name}>", start)
            ends[name] = found if found >= 0 else len(written)
        end = ends[name]
        # Looked at where it stands: a copy for each beginning would cost the square of their number.
        if (
            end < start + _LONGEST_OPEN_TEXT
            and written.find("<", start, end) >= 0
            and not _STRUCTURE.search(written, start, end)
        ):
            parts += [written[done:start], written[start:end].replace("<", "&lt;")]
            done = end
    return "".join([*parts, written[done:]])


def _reference(found: re.Match[str]) -> str:
    """Return what ``&`` and ``&nbsp;`` are in XML."""
    name = found[1]
    if found.group().startswith("<"):
        return found.group()
    meant = html.unescape(f"&{name};") if name else ""
    return meant if len(meant) in (1, 2) and "&" not in meant else f"&amp;{found.group()[1:]}"


def _is_cut(written: str) -> bool:
    return re.search(r"</(?:[\w.-]{1,40}:)?(?:rss|feed|RDF|channel)\s*>", written[-2000:], re.IGNORECASE) is None


def items_of(tree: "_Element") -> "list[_Element]":
    """Return the items where feeds have them: content that shows feeds has items of its own, but deeper."""
    return [element for element in tree.iter("{*}item", "{*}entry") if len(list(element.iterancestors())) <= 2]


def _take_apart(tree: "_Element") -> None:
    """Put items that an unclosed element drew into one another behind one another."""
    for inner in reversed(list(tree.iter("{*}item", "{*}entry"))):
        outer = list(inner.iterancestors(str(inner.tag)))
        if outer:
            outer[-1].addnext(inner)


def _is_blurred(item: "_Element") -> bool:
    """Tell whether a title, link, id or time of an item holds elements: where it ended is lost, and what it said."""
    told = item.iter("{*}title", "{*}link", "{*}guid", "{*}id", "{*}pubDate", "{*}published", "{*}updated")
    return any(len(element) and element.get("type") != "xhtml" for element in told)


def remove(element: "_Element") -> None:
    """Take an element and what it holds out of its tree."""
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)
