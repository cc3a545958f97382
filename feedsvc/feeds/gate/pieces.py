"""A document judged by its parts: an entry that has passed once passes in every document that it stands in.

Knows why that is the judgement of the whole, and hides the memory of entries. Entries are parsed within elements that
declare what their feed declares, with an empty element between any two of them that none of them can write: where all
of those are found beside one another, and one element between them, each entry is one whole element. The feed is parsed
with an empty element in place of its entries. To put whole elements there leaves it well-formed. What the rules ask of
an entry they ask of nothing around it, but for the few that compare it with others; those ask its id.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import quoteattr

from feedsvc.feeds.gate import atom, characters, json_feed, judge, rss, xml
from feedsvc.feeds.gate.rules import Finding
from feedsvc.feeds.gate.values import Head
from feedsvc.feeds.memory import Memory
from feedsvc.feeds.written import Written
from feedsvc.model import Format

# By the beginning of its frame, that an entry of these bytes passes, and its id.
_known: Memory[tuple[bytes, bytes], str] = Memory(4_000_000)
_PLACE = '<place xmlns=""/>'
_CUT, _CUT_BEGINS = b'<cut xmlns=""/>', b"<cut"
_PLACES = {Format.RSS: "channel/place", Format.ATOM: "place"}


@dataclass(frozen=True, slots=True)
class _Frame:
    """What an entry is parsed in. None begins as that of another format."""

    begin: bytes = b""
    end: bytes = b""


def passes(written: Written, format: Format) -> bool:
    """Tell whether a document surely breaks no rule that blocks; if not, only the whole can tell which one."""
    shell = _json_shell(written) if format is Format.JSON else _xml_shell(written, format)
    if shell is None:
        return False
    head, frame = shell
    ids = {entry: _known.get((frame.begin, entry)) for entry in written.entries}
    fresh = [entry for entry, identity in ids.items() if identity is None]
    judged = _judged(fresh, format, frame) if fresh else []
    if judged is None:
        return False
    ids.update(zip(fresh, judged, strict=True))
    return not _blocked([*judge.feed(head), *judge.together(head, [ids[entry] or "" for entry in written.entries])])


def _judged(entries: Sequence[bytes], format: Format, frame: _Frame) -> Sequence[str] | None:
    """Return the ids of entries that surely pass, None when one of them may not."""
    values = _objects(entries) if format is Format.JSON else _elements(entries, format, frame)
    if values is None:
        return None
    said = {Format.RSS: rss.said, Format.ATOM: atom.said, Format.JSON: json_feed.said}[format](values)
    if said is None or _blocked(judge.said("", said[1])):
        return None
    ids, _ = said
    for entry, identity in zip(entries, ids, strict=True):
        _known.keep((frame.begin, entry), identity, 300)  # the bytes are kept by who wrote them
    return ids


def _elements(entries: Sequence[bytes], format: Format, frame: _Frame) -> list[Any] | None:
    """Return the entries parsed at once, None when one of them is anything but one whole element."""
    body = b"".join((frame.begin, _CUT.join(entries), frame.end))
    if body.count(_CUT_BEGINS) != len(entries) - 1:  # an entry has one of its own
        return None
    root, found = xml.parse(body)
    if root is None or len(root) != 1 or _blocked([*found, *characters.judge(body, format)]):
        return None
    elements = list(root[0])
    tags = [rss.ENTRY if format is Format.RSS else atom.ENTRY, "cut"] * len(entries)
    return elements[::2] if [element.tag for element in elements] == tags[:-1] else None


def _objects(entries: Sequence[bytes]) -> list[Any] | None:
    """Return the entries parsed one by one, None when one of them is anything but an object."""
    parsed = [json_feed.parse(entry) for entry in entries]
    if any(found or not isinstance(value, dict) for value, found in parsed):
        return None
    if _blocked(characters.judge(b"".join((b"[", b",".join(entries), b"]")), Format.JSON)):
        return None
    return [value for value, _ in parsed]


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
    return head, _Frame(f"<{format.name}{names}><entries>".encode(), f"</entries></{format.name}>".encode())


def _json_shell(written: Written) -> tuple[Head, _Frame] | None:
    body = b"".join((written.head, b"{}", written.tail))
    value, found = json_feed.parse(body)
    if not isinstance(value, dict) or value.get("items") != [{}] or written.between.strip() != b",":
        return None
    head, more = json_feed.read(value | {"items": []})
    if head is None or _blocked([*characters.judge(body, Format.JSON), *found, *more]):
        return None
    return head, _Frame()


def _blocked(found: Iterable[Finding]) -> bool:
    return any(finding.blocks for finding in found)
