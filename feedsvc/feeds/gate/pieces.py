"""A document judged by its parts: an entry that has passed once passes in every document that it stands in.

Knows why that is the judgement of the whole, and hides the memory of entries. An entry is parsed by itself, within
elements that declare what its feed declares: as these are closed but once, at the end, it is one whole element. The
feed is parsed with an empty element in place of its entries. To put whole elements there leaves it well-formed. What
the rules ask of an entry they ask of nothing around it, but for the few that compare it with others; those ask its id.
"""

from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import quoteattr

from feedsvc.feeds.gate import atom, characters, json_feed, judge, rss, xml
from feedsvc.feeds.gate.rules import Finding
from feedsvc.feeds.gate.values import Head
from feedsvc.feeds.memory import Memory
from feedsvc.feeds.written import Written
from feedsvc.model import Format

# By format and frame, that an entry of these bytes passes, and its id.
_known: Memory[tuple[Format, "_Frame", bytes], str] = Memory(4_000_000)
_PLACE = '<place xmlns=""/>'
_PLACES = {Format.RSS: "channel/place", Format.ATOM: "place"}


@dataclass(frozen=True, slots=True)
class _Frame:
    """What an entry is parsed in."""

    begin: bytes = b""
    end: bytes = b""


def passes(written: Written, format: Format) -> bool:
    """Tell whether a document surely breaks no rule that blocks; if not, only the whole can tell which one."""
    shell = _json_shell(written) if format is Format.JSON else _xml_shell(written, format)
    if shell is None:
        return False
    head, frame = shell
    ids = []
    for entry in written.entries:
        identity = _known.get((format, frame, entry)) or _judged(entry, format, frame)
        if identity is None:
            return False
        ids.append(identity)
    return not _blocked([*judge.feed(head), *judge.together(head, ids)])


def _judged(entry: bytes, format: Format, frame: _Frame) -> str | None:
    """Return the id of an entry that passes."""
    value, found = json_feed.parse(entry) if format is Format.JSON else _element(entry, format, frame)
    if value is None or (format is Format.JSON and not isinstance(value, dict)):
        return None
    read = {Format.RSS: rss.entry, Format.ATOM: atom.entry, Format.JSON: json_feed.entry}[format]
    item = read(1, value, found)
    if item.id is None or _blocked([*characters.judge(entry, format), *found, *judge.entry(item)]):
        return None
    _known.keep((format, frame, entry), item.id, 300)  # the bytes are kept by who wrote them
    return item.id


def _element(entry: bytes, format: Format, frame: _Frame) -> tuple[Any, list[Finding]]:
    root, found = xml.parse(frame.begin + entry + frame.end)
    tag = rss.ENTRY if format is Format.RSS else atom.ENTRY
    alone = root is not None and len(root) == 1 and len(root[0]) == 1
    return (root[0][0] if alone and root[0][0].tag == tag else None), found


def _xml_shell(written: Written, format: Format) -> tuple[Head, _Frame] | None:
    body = b"".join((written.head, _PLACE.encode(), written.tail))
    root, found = xml.parse(body)
    place = root.find(_PLACES[format]) if root is not None and not written.between else None
    if place is None:
        return None
    parent = place.getparent()
    parent.remove(place)
    head, more = rss.read(root) if format is Format.RSS else atom.read(root)
    if head is None or head.items or _blocked([*characters.judge(body, format), *found, *more]):
        return None
    if format is Format.ATOM and not atom.is_signed(root):
        return None
    names = "".join(
        f" xmlns{':' if prefix else ''}{prefix or ''}={quoteattr(uri)}" for prefix, uri in parent.nsmap.items()
    )
    # As deep as the feed: parsers stop at some depth.
    return head, _Frame(f"<feed{names}><entries>".encode(), b"</entries></feed>")


def _json_shell(written: Written) -> tuple[Head, _Frame] | None:
    body = b"".join((written.head, b"{}", written.tail))
    value, found = json_feed.parse(body)
    if not isinstance(value, dict) or value.get("items") != [{}] or written.between.strip() != b",":
        return None
    head, more = json_feed.read(value | {"items": []})
    if head is None or _blocked([*characters.judge(body, Format.JSON), *found, *more]):
        return None
    return head, _Frame()


def _blocked(found: list[Finding]) -> bool:
    return any(finding.blocks for finding in found)
