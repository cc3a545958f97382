"""What RSS and Atom have in common as XML.

Knows how a strict reader parses them, and the elements that both borrow; hides lxml.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from functools import cache
from typing import Any

from feedsvc.feeds.gate import rules
from feedsvc.feeds.gate.rules import Finding
from feedsvc.feeds.gate.values import Moment

ATOM = "{http://www.w3.org/2005/Atom}"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
MEDIA = "{http://search.yahoo.com/mrss/}content"
_HISTORY = "{http://purl.org/syndication/history/1.0}"
_ARCHIVE_RELATIONS = ("current", "prev-archive", "next-archive")
_PAGE_RELATIONS = ("first", "last", "previous", "next", *_ARCHIVE_RELATIONS)

Parts = dict[str, list[Any]]


def parse(body: bytes) -> tuple[Any, list[Finding]]:
    """Return the root element, None when there is none, and what is wrong with the XML itself."""
    from lxml import etree  # noqa: PLC0415 - 15 ms that only rendering and validating need

    try:
        root = etree.fromstring(body, _parser())
    except etree.XMLSyntaxError as error:
        return None, [rules.WELL_FORMED.broken("feed", f"is not well-formed XML: {error}")]
    info = root.getroottree().docinfo
    found = []
    if info.internalDTD is not None:
        found.append(rules.WELL_FORMED.broken("feed", "has a DOCTYPE"))
    if (info.encoding or "UTF-8").upper() != "UTF-8":
        found.append(rules.ENCODING.broken("feed", f"is in {info.encoding}"))
    return root, found


@cache
def _parser() -> Any:
    from lxml import etree  # noqa: PLC0415 - see above

    # Text nodes over 10 MB and trees over 256 levels are errors: readers have the same limits.
    return etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)


def parts(element: Any) -> Parts:
    """Return the children by their tags, each list in the document's order."""
    found: Parts = {}
    for child in element.iterchildren("*"):
        tag = child.tag
        if tag in found:
            found[tag].append(child)
        else:
            found[tag] = [child]
    return found


def columns(elements: Iterable[Any]) -> tuple[Parts, set[str]]:
    """Return the children of many elements by their tags, and the tags of which one element has several."""
    found: Parts = defaultdict(list)
    several: set[str] = set()
    for element in elements:
        own = set()
        for child in element.iterchildren("*"):
            tag = child.tag
            if tag in own:
                several.add(tag)
            own.add(tag)
            found[tag].append(child)
    return found, several


def text(parts: Parts, name: str) -> str | None:
    """Return the text of the first child of that name, None when there is no such child."""
    return (parts[name][0].text or "") if name in parts else None


def texts(parts: Parts, name: str) -> tuple[str, ...]:
    """Return the text of every child of that name."""
    return tuple([element.text or "" for element in parts[name]]) if name in parts else ()


def source(element: Any) -> str:
    """Return an element as it is written: XHTML is read as HTML."""
    from lxml import etree  # noqa: PLC0415 - see above

    return "".join(etree.tostring(child, encoding="unicode", with_tail=False) for child in element.iterchildren("*"))


def attributes(parts: Parts, name: str, attribute: str) -> tuple[str | None, ...]:
    """Return an attribute of every child of that name."""
    return tuple([element.get(attribute) for element in parts[name]]) if name in parts else ()


def moment(parts: Parts, name: str, read: Callable[[str], Moment], where: str, found: list[Finding]) -> Moment:
    """Return the time in the child of that name; note in ``found`` when it cannot be read."""
    if name not in parts:
        return None
    written = parts[name][0].text or ""
    moment = read(written)
    if moment is None:
        found.append(rules.DATE_FORM.broken(where, f"has a {local(name)} that is no time: {written}"))
    return moment


def repeated(parts: Parts, once: Set[str]) -> list[str]:
    """Return those of the names that stand more than once."""
    return [local(name) for name, elements in parts.items() if len(elements) > 1 and name in once]


def lacking(parts: Parts, names: Sequence[str]) -> list[str]:
    """Return those of the names that do not stand once and filled."""
    return [
        local(name)
        for name in names
        if name not in parts or len(parts[name]) != 1 or not (parts[name][0].text or "").strip()
    ]


def local(name: str) -> str:
    """Return a tag without its namespace."""
    return name.rpartition("}")[2]


def history(parts: Parts) -> Iterator[Finding]:
    """Yield what is wrong with the feed's place among archives; its links are Atom's in both formats."""
    complete, archived = f"{_HISTORY}complete" in parts, f"{_HISTORY}archive" in parts
    links = [(link.get("rel", "alternate"), link.get("href")) for link in parts.get(f"{ATOM}link", ())]
    relations = [relation for relation, _ in links if relation in _PAGE_RELATIONS]
    itself = {address for relation, address in links if relation == "self"}
    if complete and archived:
        yield rules.ARCHIVE.broken("feed", "is complete and archived at once")
    if complete and any(relation != "current" for relation in relations):
        yield rules.ARCHIVE.broken("feed", "is complete and has further pages")
    if archived and "current" not in relations:
        yield rules.ARCHIVE.broken("feed", "is archived and does not name the current document")
    for relation in dict.fromkeys(relations):
        if (count := relations.count(relation)) > 1:
            yield rules.ARCHIVE.broken("feed", f"has {count} links {relation}")
    for relation, address in links:
        if relation in ("prev-archive", "next-archive", "next", "previous") and address in itself:
            yield rules.ARCHIVE.broken("feed", f"is its own {relation}")
