"""A document judged by its parts: an entry that has passed once passes in every document that it stands in.

Knows why that is the judgement of the whole, and hides the memory of entries. The feed is parsed with its new entries
alone, and a cut before and after each of them: something that no part of the document can write. Where all cuts are
found beside one another where entries belong, and one entry between any two, each entry is one whole entry. To put
other whole entries there, and to take the cuts away, leaves it well-formed. What the rules ask of an entry they ask of
nothing around it but the meaning of prefixes; those few that compare it with others ask its id.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from feedsvc.feeds.gate import atom, characters, json_feed, judge, rss, xml
from feedsvc.feeds.gate.rules import Finding
from feedsvc.feeds.gate.values import Head, Said
from feedsvc.feeds.memory import Memory
from feedsvc.feeds.written import Written
from feedsvc.model import Format

# Of a plane of Unicode in which nothing is. Whoever does not write its first byte does not write a cut; JSON could
# spell it otherwise.
_NAME = "\U000a0000"
_BYTE = _NAME.encode()[:1]
_XML_CUT, _JSON_CUT = f'<{_NAME} xmlns=""/>'.encode(), f',"{_NAME}",'.encode()


@dataclass(frozen=True, slots=True)
class _Feed:
    """What a feed says, the ids of those of its entries that were judged with it, its format and prefixes."""

    head: Head
    ids: Sequence[str]
    names: str


# An entry that passed, its id, and in which formats and with which meanings of prefixes it did. It is looked up by its
# length and how it begins, its id or its address among that: to hash all of it would take longer than to compare it.
_known: Memory[tuple[int, bytes], tuple[bytes, str, frozenset[str]]] = Memory(12_000_000)
_BEGINNING = 300


def passes(written: Written, format: Format) -> bool:
    """Tell whether a document surely breaks no rule that blocks; if not, only the whole can tell which one."""
    known = [_known.get(_key(entry)) for entry in written.entries]
    known = [one if one and one[0] == entry else None for one, entry in zip(known, written.entries, strict=True)]
    fresh = [entry for entry, one in zip(written.entries, known, strict=True) if one is None]
    feed = _judged(written, fresh, format)
    names = [frozenset[str]()] * len(fresh)
    if feed and any(one and feed.names not in one[2] for one in known):
        fresh, names, known = list(written.entries), [one[2] if one else frozenset() for one in known], []
        feed = _judged(written, fresh, format)
    if feed is None:
        return False
    for entry, identity, others in zip(fresh, feed.ids, names, strict=True):
        _known.keep(_key(entry), (entry, identity, others | {feed.names}), 500 + len(entry))
    ids = [*(one[1] for one in known if one), *feed.ids]
    return not _blocked(judge.together(feed.head, ids))


def _key(entry: bytes) -> tuple[int, bytes]:
    return len(entry), entry[:_BEGINNING]


def _judged(written: Written, entries: Sequence[bytes], format: Format) -> _Feed | None:
    """Return the feed with these of its entries, None when it or one of them may not pass."""
    if _BYTE in b"".join((written.head, *entries, written.tail)):
        return None
    feed = _json(written, entries) if format is Format.JSON else _xml(written, entries, format)
    if feed is None:
        return None
    head, said, names, found = feed
    if said is None or _blocked([*found, *judge.feed(head), *judge.said("", said[1])]):
        return None
    return _Feed(head, said[0], names)


_Read = tuple[Head, tuple[Sequence[str], Said] | None, str, list[Finding]]


def _xml(written: Written, entries: Sequence[bytes], format: Format) -> _Read | None:
    body = b"".join((written.head, _XML_CUT.join((b"", *entries, b"")), written.tail))
    root, found = xml.parse(body)
    kind = rss if format is Format.RSS else atom
    feed = None if root is None or written.between else kind.feed(root)
    if feed is None:
        return None
    parts = xml.parts(feed)
    cuts, elements = parts.pop(_NAME, []), parts.pop(kind.ENTRY, [])
    if not len(cuts) - 1 == len(elements) == len(entries) or not kind.is_signed(parts):
        return None
    row = [one for pair in zip(cuts, elements, strict=False) for one in pair] + cuts[-1:]
    if [one.getnext() for one in row[:-1]] != row[1:]:
        return None
    found += characters.judge(body, format)
    return kind.head(root, parts, found), kind.said(elements), f"{format} {feed.nsmap}", found


def _json(written: Written, entries: Sequence[bytes]) -> _Read | None:
    body = b"".join((written.head, _JSON_CUT.join((b"", *entries, b""))[1:-1], written.tail))
    value, found = json_feed.parse(body)
    if not isinstance(value, dict) or written.between.strip() != b"," or json_feed.is_escaped(body):
        return None
    items = value.get("items")
    cuts = [_NAME] * (len(entries) + 1)
    if not isinstance(items, list) or items[::2] != cuts or not all(isinstance(item, dict) for item in items[1::2]):
        return None
    head, more = json_feed.read(value | {"items": []})
    found += [*characters.judge(body, Format.JSON), *more]
    return None if head is None else (head, json_feed.said(items[1::2]), Format.JSON, found)


def _blocked(found: Iterable[Finding]) -> bool:
    return any(finding.blocks for finding in found)
