"""What the items of a list said when their page was read last: those that stand as they stood are not read again.

Knows how much of a list must be read all the same, so that detection judges the page as ever, and shows that it reads
it as it did; hides how an item is known again.
"""

from collections.abc import Collection, Container, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import blake2b
from itertools import pairwise
from zoneinfo import ZoneInfo

from lxml import etree
from lxml.html import HtmlElement

from feedsvc.model import Entry, Harvest
from feedsvc.sources.html.page import Opened
from feedsvc.sources.html.rows import Row
from feedsvc.sources.html.scoring import Line
from feedsvc.text import headline_key
from feedsvc.timestamps import Stamp, Unknown

_READ_AGAIN = 24  # of the items that stand as they stood: from all over the list, the first and the last among them
_FEWEST = 2 * _READ_AGAIN
_LONGEST = timedelta(days=1)  # until all of a page is read again

_Way = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Said:
    """What an item said, None for one that is no entry: an advertisement, a line between two.

    ``lasting`` tells that it means the same whenever it is read: it names its date, and not "yesterday".
    """

    entry: Entry | None
    lasting: bool


@dataclass(frozen=True, slots=True)
class Seen:
    """A page's list when it was read last.

    ``way`` leads to the element that holds its items and no other text. ``said`` has each by a digest of its markup;
    the entries have no lines, as what stands above them moves. ``since`` is the time of the page that was read whole.
    """

    base: str
    zone: ZoneInfo
    since: datetime
    way: _Way
    said: Mapping[bytes, Said]

    @property
    def size(self) -> int:
        """About how many bytes this takes."""
        return sum(1_500 + 4 * len(each.entry.summary or "") if each.entry else 150 for each in self.said.values())


def learnt(page: Opened, found: Line | None, harvest: Harvest) -> Seen | None:
    """Return what a page that was read whole says, None for one that is to be read whole the next time, too.

    Such are short lists, those of several parts, whose length decides which of them it has, those that structured data
    may complete, that have text between their items, and those with a complaint.
    """
    if found is None or not found.groups or page.told or harvest.complaints:
        return None
    rows = {row.element: row for row in found.rows}
    items = {item.element for group in found.groups for item in group.items}
    container, *others = dict.fromkeys(group.parent for group in found.groups)
    children = list(container)
    if others or not rows.keys() <= set(children) or any(_stands_between(child, items) for child in children):
        return None
    said = {_key(child): _said(rows.get(child)) for child in children}
    if sum(each.lasting for each in said.values()) < _FEWEST:
        return None
    return Seen(page.base, page.clock.zone, page.clock.taken_at, _way(container), said)


@dataclass(frozen=True)
class Rest:
    """What of a page is still to be read: all but ``left_out``; ``known`` is what its items said that are."""

    seen: Seen
    keys: Mapping[HtmlElement, bytes]
    known: Mapping[HtmlElement, Said]
    left_out: Collection[HtmlElement]

    def read(self, page: Opened) -> tuple[tuple[Entry, ...], Seen] | None:
        """Return all entries of the list, and what was seen of it now; the page loses what is left out.

        None where reading the whole page could yield anything else.
        """
        for child in self.left_out:
            if (parent := child.getparent()) is not None:
                parent.remove(child)
        found = page.line()
        rows = {row.element: row for row in found.rows} if found is not None else {}
        if not rows.keys() <= self.keys.keys() or any(isinstance(row.published, Unknown) for row in rows.values()):
            return None
        now = {child: self.known[child] if child in self.left_out else _said(rows.get(child)) for child in self.keys}
        if not _read_as_ever(self.known, now):
            return None
        said = {key: now[child] for child, key in self.keys.items()}
        entries = tuple(each.entry for each in said.values() if each.entry)
        # Of two entries with one address or headline, reading the whole page leaves out the second.
        if len({entry.link or headline_key(entry.title) for entry in entries}) < len(entries):
            return None
        return entries, replace(self.seen, said=said)


def rest_of(page: Opened, seen: Seen) -> Rest | None:
    """Return what of a page is still to be read, None where that is all of it."""
    alike = (page.base, page.clock.zone) == (seen.base, seen.zone) and not page.told and not page.notes
    if not alike or abs(page.clock.taken_at - seen.since) > _LONGEST:
        return None
    keys = {child: _key(child) for child in _at(page.tree.root, seen.way)}
    known = {child: seen.said[key] for child, key in keys.items() if key in seen.said}
    left_out = _left_out(known)
    return Rest(seen, keys, known, left_out) if left_out and len(known) * 2 >= len(seen.said) else None


def _left_out(known: Mapping[HtmlElement, Said]) -> set[HtmlElement]:
    """Return what is not read again: all that lasts but some from all over the list, its first and its last."""
    lasting = [child for child, said in known.items() if said.lasting]
    if len(lasting) < _FEWEST:
        return set()
    return {*lasting} - {*lasting[:: len(lasting) // _READ_AGAIN], lasting[-1]}


def _read_as_ever(known: Mapping[HtmlElement, Said], now: Mapping[HtmlElement, Said]) -> bool:
    """Tell whether what stands as it stood says what it said, and everything else is an entry as those are."""
    same = {child: said for child, said in known.items() if said.lasting or said.entry is None}
    dated = all(said.entry.published for said in same.values() if said.entry)
    others = [said.entry for child, said in now.items() if child not in same]
    return all(now[child] == said for child, said in same.items()) and all(
        entry is not None and (entry.published or not dated) for entry in others
    )


def _said(row: Row | None) -> Said:
    if row is None:  # the copy of an entry, which is one as soon as that goes
        return Said(None, lasting=False)
    stated = row.stated
    has_date = isinstance(stated, Stamp) and stated.date is not None and stated.date[0] is not None
    return Said(replace(row.entry(), line=None), stated is None or isinstance(stated, datetime) or has_date)


def _stands_between(child: HtmlElement, items: Container[HtmlElement]) -> bool:
    """Tell whether there is text beside an item that could be said of it: the header of a day, a time."""
    return bool((child.tail or "").strip()) or (child not in items and bool("".join(child.itertext()).strip()))


def _key(child: HtmlElement) -> bytes:
    return blake2b(etree.tostring(child, encoding="utf-8"), digest_size=16).digest()


def _way(element: HtmlElement) -> _Way:
    """Return which child of its parent each element is, from the root of a page down to one."""
    line = [element, *element.iterancestors()]
    return tuple(parent.index(child) for child, parent in reversed(list(pairwise(line))))


def _at(root: HtmlElement, way: _Way) -> Iterable[HtmlElement]:
    """Return the children of the element that a way leads to; none where it leads nowhere."""
    for place in way:
        if place >= len(root):
            return ()
        root = root[place]
    return root
