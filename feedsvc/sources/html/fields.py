"""Which part of an item is its headline, its time, its section: found by what the items of one list have in common.

Knows what tells a role: what stands at a place in most of the items, its names, its elements; hides the weighing.
"""

import re
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

from lxml.html import HtmlElement

from feedsvc.sources import words
from feedsvc.sources.html.bylines import is_author
from feedsvc.sources.html.layout import names, word_set
from feedsvc.sources.html.links import picture_source
from feedsvc.sources.html.marks import (
    Marks,
    headline_quality,
    is_count,
    is_hidden,
    leads_on,
    sign,
    stamp_of,
)
from feedsvc.sources.html.places import HEADINGS, MOSTLY, Spot, Text, spots_of
from feedsvc.sources.html.timed import time_spots, times_of
from feedsvc.sources.words import Sign
from feedsvc.text import one_line

Found = HtmlElement | str  # a selector may end in an attribute

_TITLES = word_set("title headline heading name ttl caption baslik başlık baslig zagolovok header subject")
_TEASERS = word_set(
    "desc description summary lead lid excerpt teaser anons announce intro text short preview spot ozet content"
)
SECTION_NAMES = word_set(
    "category cat categories cats section sections rubric rubrics rubrika rubrica bolme kateqoriya kategori kicker "
    "topic label tag tags theme genre overline"
)
_AUTHORS = word_set("author authors byline muellif müəllif yazar avtor writer")
_COUNTS = word_set("views view count counter comments comment hits reads likes eye num badge oxunub baxis")
_LONGEST_TIME = 60
_LONGEST_SMALL = 48  # characters of a section or an author
_LONGEST_COUNT = 12
_FEW = 0.3  # of the items: a part that so many have belongs to the list's form


@dataclass(slots=True)
class Parts:
    """One item of a list and the elements that say its fields."""

    element: HtmlElement
    title: Found | None = None
    link: Found | None = None
    times: tuple[Found, ...] = ()
    section: Found | None = None
    image: Found | None = None
    author: Found | None = None
    summary: Found | None = None


def induce(elements: Sequence[HtmlElement], marks: Marks) -> list[Parts]:
    """Return the items with the fields that their common form shows."""
    spots = spots_of(elements, marks)
    items = [Parts(element) for element in elements]
    total = len(items)
    times = time_spots(spots, marks)
    for item, found in zip(items, times_of(elements, times, marks), strict=True):
        item.times = found
    others = [spot for spot in spots if spot not in times]
    sections, authors, counts = _small_spots(others, elements)
    small = [*sections, *authors, *counts]
    texts = [spot for spot in others if spot not in small]
    title = _title_spot(texts, total)
    if title is None and sections:  # headlines of one or two words, all alike
        return items
    _set_titles(items, title, texts, counts, [spot for spot in spots if spot not in times], marks)
    _set_sections(items, sections)
    _set_authors(items, authors)
    _set_summaries(items, [spot for spot in texts if spot is not title], total)
    _set_links(items, marks)
    _set_images(items, marks)
    return items


# --- roles ------------------------------------------------------------------------------------------------------------


def _holds(outer: HtmlElement, inner: Iterable[HtmlElement]) -> bool:
    return any(ancestor is outer for one in inner for ancestor in one.iterancestors())


def _small_spots(spots: list[Spot], elements: Sequence[HtmlElement]) -> tuple[list[Spot], list[Spot], list[Spot]]:
    sections, authors, counts = [], [], []
    for spot in spots:
        texts = [text.text for text in spot.texts]
        longest = max(len(text) for text in texts)
        if longest > _LONGEST_SMALL:
            continue
        hints = spot.hints
        first = spot.texts[0]
        is_titled = bool(hints & _TITLES) or any(tag in HEADINGS for tag, _ in spot.place)
        # A columnist's box, called "author" as a whole, holds the headline too.
        if is_author(first.owner, first.owner.getparent() if is_titled else elements[first.item]):
            authors.append(spot)
        elif _is_furniture(spot, texts, hints):
            counts.append(spot)
        elif is_titled:
            continue
        elif hints & _AUTHORS or spot.mostly(sum(words.author(text) is not None for text in texts)):
            authors.append(spot)
        elif (
            hints & SECTION_NAMES
            or spot.mostly(sum(words.is_section(text) for text in texts))
            or _repeats(texts, len(elements))
        ):
            sections.append(spot)
    return sections, authors, counts


def _is_furniture(spot: Spot, texts: list[str], hints: frozenset[str]) -> bool:
    # A badge may hold a section as well.
    if hints & _COUNTS and max(map(len, texts)) <= _LONGEST_COUNT and spot.mostly(sum(map(_has_digit, texts))):
        return True
    # "Posted in" stands the same in every item; so does the section of a section's page.
    if len(texts) > 2 and len(set(texts)) == 1 and not words.is_section(texts[0]) and not hints & _AUTHORS:
        return True
    return spot.mostly(sum(is_count(text) or sign(text) in (Sign.MORE, Sign.END) for text in texts))


def _has_digit(text: str) -> bool:
    return any(map(str.isdigit, text))


def _repeats(texts: list[str], total: int) -> bool:
    """Tell whether a few short names without digits stand in most items."""
    if len(texts) < max(4, total * MOSTLY) or any(len(text) > 32 or len(text.split()) > 3 for text in texts):
        return False
    return 1 < len(set(texts)) <= len(texts) * 0.6 and not any(map(_has_digit, texts))


def _title_spot(spots: list[Spot], total: int) -> Spot | None:
    best, most = None, 0.0
    for spot in spots:
        value = _title_value(spot, total)
        if value > most:
            best, most = spot, value
    return best


def _title_value(spot: Spot, total: int) -> float:
    texts = spot.texts
    value = sum(headline_quality(_untimed(text.text)) for text in texts) / len(texts) * min(spot.share(total), 1.0)
    value *= len({text.text for text in texts}) / len(texts)
    hints = spot.hints
    tags = [tag for tag, _ in spot.place]
    if any(tag in HEADINGS for tag in tags):
        value *= 1.5
    if any(tag == "a" for tag in tags) or texts[0].owner.tag == "a":
        value *= 1.3
    if hints & _TITLES:
        value *= 1.4
    if hints & _TEASERS and not hints & _TITLES:
        value *= 0.5
    # A field's name may say how its label stands, too: "field--name-title field--label-hidden".
    if (hints & SECTION_NAMES and not hints & _TITLES) or hints & _AUTHORS:
        value *= 0.3
    if is_hidden(texts[0].owner):  # "Read more <span> about the new bridge</span>"
        value *= 0.3
    mean = sum(len(text.text) for text in texts) / len(texts)
    if mean > 160:
        value *= 0.5
    # Of two alike the first is the headline.
    return value * (1 - 0.03 * min(sum(text.rank for text in texts) / len(texts), 10))


def _untimed(text: str) -> str:
    stamp = stamp_of(text[:_LONGEST_TIME])
    if stamp is None:
        return text
    return stamp.after or stamp.before if not (stamp.before and stamp.after) else text


# --- elements ---------------------------------------------------------------------------------------------------------


def _set_titles(
    items: list[Parts],
    title: Spot | None,
    texts: list[Spot],
    furniture: list[Spot],
    others: list[Spot],
    marks: Marks,
) -> None:
    if title is None:
        return
    rivals = [*furniture, *(spot for spot in texts if spot is not title and spot.share(len(items)) >= _FEW)]
    rival_owners = {text.owner for spot in rivals for text in spot.texts}
    for text in title.texts:
        item = items[text.item]
        if item.title is None:
            item.title = _lifted(text.owner, item, rival_owners)
    for spot in (*texts, *others):
        for text in spot.texts:
            item = items[text.item]
            if item.title is None and headline_quality(text.text) >= 0.6:
                item.title = _lifted(text.owner, item, rival_owners)
    _split_times(items, marks)


def _lifted(owner: HtmlElement, item: Parts, rivals: set[HtmlElement]) -> HtmlElement:
    """Return the heading or link around a headline's text, where nothing else of the item's form stands in it."""
    best = owner
    element = owner
    while element is not item.element:
        if element.tag == "a" or element.tag in HEADINGS:
            if _holds_rival(element, owner, rivals):
                break
            best = element
        parent = element.getparent()
        if parent is None or (parent is item.element and parent.tag != "a"):
            break
        element = parent
    if element is item.element and element.tag == "a" and not _holds_rival(element, owner, rivals):
        best = element if best is owner and owner.tag not in HEADINGS else best
    return best


def _holds_rival(element: HtmlElement, owner: HtmlElement, rivals: set[HtmlElement]) -> bool:
    return len(element) > 0 and any(one is not owner and one in rivals for one in element.iter())


def _split_times(items: list[Parts], marks: Marks) -> None:
    """Take headlines' own texts as their times too, where one opens most of them: "12:06 Ferry resumes"."""
    untimed = [item for item in items if not item.times]
    timed = [item for item in untimed if isinstance(item.title, HtmlElement) and _opens_with_time(item.title, marks)]
    if len(timed) < len(untimed) * MOSTLY:
        return
    for item in timed:
        if isinstance(item.title, HtmlElement):
            item.times = (item.title,)


def _opens_with_time(title: HtmlElement, marks: Marks) -> bool:
    stamp = stamp_of(marks.layout.text(title)[:_LONGEST_TIME])
    if stamp is None or stamp.before:
        return False
    return stamp.has_hour or (stamp.date is not None and stamp.date[0] is not None)


def _set_sections(items: list[Parts], spots: list[Spot]) -> None:
    for spot in sorted(spots, key=lambda spot: -len(spot.texts)):
        for text in spot.texts:
            item = items[text.item]
            if item.section is None and text.owner is not item.element:
                item.section = text.owner


def _set_authors(items: list[Parts], spots: list[Spot]) -> None:
    """Set the author's own element; the byline around where there are several, or where none is marked."""
    bylines: dict[int, list[Text]] = defaultdict(list)
    for spot in sorted(spots, key=lambda spot: -len(spot.texts)):
        for text in spot.texts:
            if text.owner is not items[text.item].element:
                bylines[text.item].append(text)
    for number, texts in bylines.items():
        item = items[number]
        own = list({text.text: text.owner for text in texts if is_author(text.owner, item.element)}.values())
        item.author = next(iter(own), texts[0].owner)
        if len(own) > 1:
            item.author = next((one for one in _between(own[0], item.element) if _is_byline(one, own)), own[0])


def _between(inner: HtmlElement, outer: HtmlElement) -> Iterator[HtmlElement]:
    return takewhile(lambda one: one is not outer, inner.iterancestors())


def _is_byline(element: HtmlElement, authors: Sequence[HtmlElement]) -> bool:
    return not _AUTHORS.isdisjoint(names(element)) and all(_holds(element, [one]) for one in authors)


def _set_summaries(items: list[Parts], spots: list[Spot], total: int) -> None:
    for spot in sorted(spots, key=lambda spot: -len(spot.texts)):
        mean = sum(len(text.text) for text in spot.texts) / len(spot.texts)
        if spot.share(total) < MOSTLY or mean < 50 or len(spot.place) == 1:
            continue
        first = spot.texts[0]
        if any(
            is_hidden(one) or leads_on(one) for one in (first.owner, *_between(first.owner, items[first.item].element))
        ):
            continue
        for text in spot.texts:
            item = items[text.item]
            inside = isinstance(item.title, HtmlElement) and (
                item.title is text.owner or _holds(item.title, [text.owner])
            )
            if item.summary is None and not inside and len(text.text) >= 30:
                item.summary = text.owner
        return


def _set_links(items: list[Parts], marks: Marks) -> None:
    leads = marks.leads
    seen: dict[str, int] = defaultdict(int)
    for item in items:
        item.link = _nearest_link(item, leads)
        if item.link is None and isinstance(item.title, HtmlElement):
            for element in item.element.iter():
                if (raw := leads.get(element)) is not None:
                    seen[raw] += 1
    for item in items:
        if item.link is None and item.title is not None:
            # A section's link is shared by several items; the headline's is its own.
            own = (one for one in item.element.iter() if (raw := leads.get(one)) is not None and seen[raw] <= 2)
            item.link = next(own, None)


def _nearest_link(item: Parts, leads: Container[HtmlElement]) -> HtmlElement | None:
    title = item.title
    if not isinstance(title, HtmlElement):
        return None
    element: HtmlElement | None = title
    while element is not None:
        if element in leads:
            return element
        if element is item.element:
            break
        element = element.getparent()
    return next((one for one in title.iterdescendants() if one in leads), None)


def _set_images(items: list[Parts], marks: Marks) -> None:
    found: dict[int, tuple[HtmlElement, str]] = {}
    counts: dict[str, int] = defaultdict(int)
    layout = marks.layout
    dressed = (
        one
        for one in layout.having(("style", "data-bg"))
        if "background" in (one.get("style") or "") or one.get("data-bg")
    )
    places = layout.places({*layout.root.iter("img"), *dressed})
    for number, item in enumerate(items if places else ()):
        for element in layout.held(item.element, places):
            address = picture_source(element)
            if address is not None:
                found[number] = (element, address)
                counts[address] += 1
                break
    for number, (element, address) in found.items():
        # The photograph of an office may stand beside two of its stories; a GIF that does marks files, or what is new.
        if counts[address] == 1 or (counts[address] * 3 <= len(items) and not address.lower().endswith(".gif")):
            items[number].image = element


_CUT = re.compile(r"\s*(?:\.\.\.|…)$")


def full_title(shown: str, element: HtmlElement, link: Found | None) -> str:
    """Return a headline that was cut for the list ("… in the…") whole, where its link keeps it in ``title``."""
    if not shown.endswith(("...", "…")):
        return shown
    opening = _CUT.sub("", shown)
    beside = [link] if isinstance(link, HtmlElement) else []
    for one in (element, *element.iterancestors("a"), *element.iterdescendants("a"), *beside):
        whole = one_line(one.get("title") or "")
        if len(whole) > len(opening) and whole.startswith(opening):
            return whole
    return shown
