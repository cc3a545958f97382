"""The places of a list: what its items have where.

Knows that the same place in each item plays the same role, and that a time may be spread over several texts; hides the
paths. A *place* is the path of tags and lasting classes from an item down to a text, and which one of several there it
is.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from lxml.html import HtmlElement

from feedsvc.sources.html.layout import joined, lasting, names, spaced, tag_of
from feedsvc.sources.html.marks import Marks, says_nothing, whole_stamp

HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))

Place = tuple[tuple[str, tuple[str, ...]], ...]

MOSTLY = 0.5  # of what stands at a place decides its role
_PARTS = 6  # texts in a time: "08", "February", "2025", "|", "12", ":06"
_LONGEST_PART = 20  # characters
_LONGEST_TIME = 60
_ENOUGH = 4  # tries that a time is spread over a place


@dataclass(slots=True)
class Text:
    """One text of an item, and the element that holds it."""

    item: int
    owner: HtmlElement
    text: str
    rank: int  # among the texts of its item


@dataclass(slots=True)
class Spot:
    """What the items have at one place."""

    place: Place
    texts: list[Text] = field(default_factory=list)

    def share(self, total: int) -> float:
        """Return which share of the items has something here."""
        return len({text.item for text in self.texts}) / total

    def mostly(self, true: int) -> bool:
        """Tell whether so many of the texts decide."""
        return true >= len(self.texts) * MOSTLY

    @property
    def hints(self) -> frozenset[str]:
        """The words in the names that the page gives this place."""
        element = self.texts[0].owner
        found = set(names(element))
        parent = element.getparent()
        # A place is named by its element or, where that is bare markup, by the one around it.
        if not found and len(self.place) > 2 and parent is not None:
            found |= set(names(parent))
        return frozenset(found)


def _place(item: HtmlElement, owner: HtmlElement) -> Place:
    path: list[tuple[str, tuple[str, ...]]] = []
    element: HtmlElement | None = owner
    while element is not None and element is not item:
        path.append((tag_of(element), lasting(element.get("class") or "")))
        element = element.getparent()
    return tuple(reversed(path))


def spots_of(elements: Sequence[HtmlElement], marks: Marks) -> list[Spot]:
    """Return the places of items, in the order in which they first occur."""
    spots: dict[Place, Spot] = {}
    layout = marks.layout
    vain: Counter[int] = Counter()
    known: dict[tuple[int, int, int, int], Spot] = {}  # by the signatures of item and owner: a path is long to compare
    for number, item in enumerate(elements):
        start, end = layout.span(item)
        kind = layout.signature[item]
        owners: dict[HtmlElement, list[int]] = {}
        for place in range(start, end):
            if not says_nothing(marks.texts[place]):
                owners.setdefault(layout.pieces[place].owner, []).append(place)
        whole = _composed(item, owners, marks, vain)
        cells = _cells(item)
        times: dict[tuple[int, int], int] = {}  # a place that an item has twice is two
        for rank, (owner, places) in enumerate(owners.items()):
            if owner in whole:
                continue
            text = marks.texts[places[0]] if len(places) == 1 else joined(layout.pieces[place] for place in places)
            signature = layout.signature[owner]
            cell = next((cells[one] for one in (owner, *owner.iterancestors()) if one in cells), 0) if cells else 0
            time = times[signature, cell] = times.get((signature, cell), -1) + 1
            spot = known.get((kind, signature, cell, time))
            if spot is None:
                there = (*_place(item, owner), (f"{cell}.{time}", ()))
                spot = known[kind, signature, cell, time] = _spot(spots, there)
            spot.texts.append(Text(number, owner, text, rank))
        for owner in dict.fromkeys(whole.values()):
            spot = _spot(spots, (*_place(item, owner), ("", ())))
            spot.texts.append(Text(number, owner, spaced(layout.pieces_of(owner)), 0))
    return list(spots.values())


def _cells(item: HtmlElement) -> dict[HtmlElement, int]:
    """Return which cell of a row each is, counted from its end: a day that spans rows stands in the first of them."""
    return {cell: place for place, cell in enumerate(reversed(item))} if item.tag == "tr" else {}


def _spot(spots: dict[Place, Spot], place: Place) -> Spot:
    return spots.get(place) or spots.setdefault(place, Spot(place))


def _composed(
    item: HtmlElement, owners: dict[HtmlElement, list[int]], marks: Marks, vain: Counter[int]
) -> dict[HtmlElement, HtmlElement]:
    """Return, for each text that is only a part of a time, the element that holds the whole time.

    ``vain`` counts the tries by signature: a place that was none in the first items is none in the others.
    """
    found: dict[HtmlElement, HtmlElement] = {}
    layout = marks.layout
    for owner, places in owners.items():
        shown = marks.texts[places[0]]
        # A part of a time has a digit, and is none by itself.
        if len(shown) > _LONGEST_PART or owner in found or owner is item:
            continue
        stamp = marks.stamps[places[0]]
        if (len(places) == 1 and stamp is not None and stamp.has_hour) or not any(map(str.isdigit, shown)):
            continue
        signature = layout.signature[owner]
        if vain[signature] >= _ENOUGH:
            continue
        whole = _whole_time(owner if len(places) > 1 else owner.getparent(), item, marks)
        if whole is None:
            vain[signature] += 1
            continue
        start, end = layout.span(whole)
        found.update((layout.pieces[place].owner, whole) for place in range(start, end))
        found[whole] = whole
    return found


def _whole_time(around: HtmlElement | None, item: HtmlElement, marks: Marks) -> HtmlElement | None:
    layout = marks.layout
    whole = None
    for _ in range(2):
        if around is None or around is item:
            break
        start, end = layout.span(around)
        text = spaced(layout.pieces[start:end]) if 1 < end - start <= _PARTS else ""
        if not text or len(text) > _LONGEST_TIME:
            break
        if whole_stamp(text) is not None:
            whole = around
        around = around.getparent()
    return whole
