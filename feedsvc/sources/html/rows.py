"""The items of a list as entries: their headlines, addresses and instants.

Knows which element says what, which hours belong to which day, and what is no entry; hides what was dropped and why.
The same whether the items were found or named by selectors.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from lxml.html import HtmlElement

from feedsvc import text as texts
from feedsvc.model import Entry
from feedsvc.sources import words
from feedsvc.sources.html.between import Between
from feedsvc.sources.html.bylines import own_authors, person
from feedsvc.sources.html.days import dated
from feedsvc.sources.html.fields import Found, Parts, full_title
from feedsvc.sources.html.layout import names, spaced, word_set
from feedsvc.sources.html.links import address, host_and_path, picture
from feedsvc.sources.html.marks import (
    Marks,
    headline_quality,
    is_hidden,
    is_update,
    is_update_key,
    leads_on,
    sign,
)
from feedsvc.sources.html.stated import Clock, Stated, programmed, shown
from feedsvc.timestamps import Stamp, Unknown, find

_ADS = word_set("ad ads adv advert advertisement banner reklam reklama promo sponsored partner adsbygoogle")
_LONGEST_SECTION = 40
_LONGEST_SUMMARY = 500
_BESIDE = re.compile(r"[|·•/]")
_LONGEST_MORE = 40  # characters of "Continue reading" in any language
_CLONES = word_set("cloned clone duplicate")  # what carousels call their copies
_FEWEST = 2  # rows of a list
_OPENING = 80  # characters of a headline among which its time stands


@dataclass(slots=True)
class Row:
    """One entry before it is one; ``stated`` is what the page says of its time, ``published`` what that means."""

    element: HtmlElement
    title: str
    link: str | None
    stated: Stated | None
    section: str | None
    image: str | None
    author: str | None
    summary: str | None
    line: int | None
    published: datetime | Unknown | None = None

    def entry(self) -> Entry:
        """Return the entry that this is; a time that could not be read is none."""
        return Entry(
            title=self.title,
            published=self.published if isinstance(self.published, datetime) else None,
            section=self.section,
            link=self.link,
            authors=(self.author,) if self.author else (),
            summary=self.summary,
            image=self.image,
            line=self.line,
        )


@dataclass(frozen=True, slots=True)
class Group:
    """The items that stand in one container, in page order; ``section`` is the one that its heading names."""

    parent: HtmlElement
    items: tuple[Parts, ...]
    section: str | None = None


def rows(groups: Sequence[Group], marks: Marks, clock: Clock, base: str) -> list[Row]:
    """Return the entries of a list in page order, each once."""
    reader = _Reader(marks, clock, base)
    between = Between(marks, clock)
    by_group: list[list[Row]] = []
    gaps: list[tuple[int, int]] = []
    at = _above(groups, marks)
    for group in groups:
        start, end = marks.layout.span(group.parent)
        read = reader.group(group)
        spans = [marks.layout.span(row.element) for row in read]
        if spans and all(row.stated is None for row in read):
            for row, day in zip(read, between.days_of_month(at, spans), strict=False):
                row.stated = day
        if read and sum(row.stated is not None for row in read) * 2 < len(read):
            for row, beside in zip(read, between.own((start, end), spans), strict=True):
                row.stated = row.stated or beside.stated
                row.section = row.section or beside.section
        for first, last in spans:
            if at < first:
                gaps.append((at, first))
            at = last
        by_group.append(read)
    found = [row for read in by_group for row in read]
    places = [marks.layout.span(row.element)[0] for row in found]
    days = [day for gap in gaps for day in between.days(*gap)]
    moments = dated(between.with_years([row.stated for row in found], places, gaps), places, days, clock)
    for row, (stated, published) in zip(found, moments, strict=True):
        row.stated, row.published = stated, published
    return _kept(_of_the_line(groups, by_group), base)


def _of_the_line(groups: Sequence[Group], read: Sequence[list[Row]]) -> list[Row]:
    """Return all rows but those of lists in the same form that are none of the news line.

    Such are a menu, where no row states a time and each one of another list does; what is still to come; and a copy in
    another language, which the page hides and which has the same times.
    """
    timed = any(len(rows) > 1 and all(row.stated is not None for row in rows) for rows in read)
    moments = [{row.published for row in rows if isinstance(row.published, datetime)} for rows in read]
    kept = [
        place
        for place, rows in enumerate(read)
        if len(rows) < _FEWEST
        or not (
            (timed and all(row.stated is None for row in rows))
            or (any(moments) and all(isinstance(row.published, Unknown) for row in rows))
        )
    ]
    hidden = {place for place in kept if len(kept) > 1 and _is_undisplayed(groups[place].parent)}
    shown = {moment for place in kept if place not in hidden for moment in moments[place]}
    copies = {place for place in hidden if len(moments[place]) >= _FEWEST and moments[place] <= shown}
    return [row for place in kept if place not in copies for row in read[place]]


def _is_undisplayed(element: HtmlElement) -> bool:
    return any(map(is_hidden, (element, *element.iterancestors())))


class _Reader:
    def __init__(self, marks: Marks, clock: Clock, base: str) -> None:
        self.marks, self.layout, self.clock, self.base = marks, marks.layout, clock, base

    # --- the items of one container -----------------------------------------------------------------------------------

    def group(self, group: Group) -> list[Row]:
        found: list[Row] = []
        for item in group.items:
            row = self.row(item)
            if row is not None:
                row.section = row.section or group.section
                found.append(row)
        return found

    def row(self, item: Parts) -> Row | None:
        title = self._title(item)
        if not any(map(str.isalnum, title)):
            return None
        stated, section = self._stated(item)
        link = self._link(item)
        return Row(
            element=item.element,
            title=title,
            link=link,
            stated=stated,
            section=self._words(item.section) or section,
            image=self._image(item.image),
            author=self._author(item.author),
            summary=self._summary(item.summary, title, link),
            line=_line(item),
        )

    def _title(self, item: Parts) -> str:
        title = item.title
        if title is None:
            return ""
        if isinstance(title, str):
            return texts.headline(title)
        line = texts.headline(self.layout.text(title, self._beside_title(title, item) if len(title) else ()))
        if title in item.times:
            line = _without_time(line)
        return full_title(line.strip(" |·•"), title, item.link)

    def _beside_title(self, title: HtmlElement, item: Parts) -> list[HtmlElement]:
        """Return what stands inside of a headline's element and is no part of it."""
        inside = [
            one
            for one in (*item.times, item.section, item.author, item.summary)
            if isinstance(one, HtmlElement) and one is not title and self.layout.covers(title, one)
        ]
        return [*inside, *(one for one in title.iterdescendants() if self._is_count(one))]

    def _is_count(self, element: HtmlElement) -> bool:
        start, end = self.layout.span(element)
        if end - start != 1 or not names(element):
            return False
        shown = self.marks.texts[start]
        return len(shown) <= 20 and sign(shown) is words.Sign.COUNT

    def _words(self, found: Found | None) -> str | None:
        if found is None:
            return None
        line = texts.one_line(found) if isinstance(found, str) else self.layout.text(found)
        line = _without_key(line.strip(" |/,;:–—-•·[]()#«»"), words.SECTION_KEYS)
        return line if line and len(line) <= _LONGEST_SECTION * 2 and any(map(str.isalnum, line)) else None

    def _author(self, found: Found | None) -> str | None:
        if isinstance(found, HtmlElement) and len(own := own_authors(found, self.layout)) == 1:
            found = own[0]
        line = self._words(found)
        return person(line) if line else None

    def _summary(self, found: Found | None, title: str, link: str | None) -> str | None:
        if found is None:
            return None
        if isinstance(found, str):
            return texts.one_line(found)[:_LONGEST_SUMMARY] or None
        left_out = [one for one in found.iterdescendants() if is_hidden(one) or self._leads_on(one, found, title, link)]
        return self.layout.text(found, left_out)[:_LONGEST_SUMMARY] or None

    def _leads_on(self, one: HtmlElement, summary: HtmlElement, title: str, link: str | None) -> bool:
        """Tell whether a link in a summary says nothing but where the rest is."""
        if one.tag not in ("a", "button"):
            return False
        line = self.layout.text(one)
        if leads_on(one) or sign(line[:80]) is not None:
            return True
        (start, end), (first, last) = self.layout.span(one), self.layout.span(summary)
        if start == first:  # the summary, or how it begins
            return False
        if texts.headline_key(title) in texts.headline_key(line):
            return True
        raw = self.marks.leads.get(one)
        own = raw is not None and link is not None and address(raw, self.base) == link
        return own and end == last and len(line) <= _LONGEST_MORE

    def _link(self, item: Parts) -> str | None:
        found, leads = item.link, self.marks.leads
        raw = found if isinstance(found, str) or found is None else leads.get(found)
        if raw is None and isinstance(found, HtmlElement):
            raw = next(filter(None, map(leads.get, found.iterdescendants())), None)
        if raw is None:
            raw = leads.get(item.element)
        return address(raw, self.base) if raw is not None else None

    def _image(self, found: Found | None) -> str | None:
        if found is None:
            return None
        if isinstance(found, str):
            return address(found, self.base)
        inside = found if found.tag == "img" else next(found.iter("img"), found)
        return picture(inside, self.base)

    # --- what an item states about time -------------------------------------------------------------------------------

    def _stated(self, item: Parts) -> tuple[Stated | None, str | None]:
        own = [one for one in item.times if not self._is_update(one, item)] if len(item.times) > 1 else []
        if 0 < len(own) < len(item.times):
            stated, section = self._told(own, item)
            if isinstance(stated, datetime) or (isinstance(stated, Stamp) and stated.has_day):
                return stated, section
            # hAtom calls the only date of an item "updated"; beside it stands the hour.
            late, _ = self._told([one for one in item.times if one not in own], item)
            if isinstance(stated, Stamp) and (
                isinstance(late, datetime) or (isinstance(late, Stamp) and late.has_hour)
            ):
                return stated, section
        return self._told(item.times, item)

    def _is_update(self, found: Found, item: Parts) -> bool:
        if isinstance(found, str):
            return False
        if is_update(found, item.element):
            return True
        start, end = self.layout.span(found)
        if start == self.layout.span(item.element)[0] or start == end:
            return False
        return is_update_key(_BESIDE.split(self.marks.texts[start - 1])[-1])

    def _told(self, times: Sequence[Found], item: Parts) -> tuple[Stated | None, str | None]:
        lines = tuple(line for one in times if (line := self._shown_time(one, item)))
        stamp, section = shown(lines)
        for one in times:
            told = self.marks.machine.get(one) if isinstance(one, HtmlElement) else None
            if told is not None and (exact := programmed(told, stamp, self.clock)) is not None:
                return exact, section
        if stamp is None and any(char.isdigit() for line in lines for char in line):
            return Unknown(f"no time can be read in {' '.join(lines)[:60]!r}"), section
        return stamp, section

    def _shown_time(self, found: Found, item: Parts) -> str:
        if isinstance(found, str):
            return texts.one_line(found)
        title = item.title
        if title is found:
            return self.layout.text(found)[:_OPENING]
        if isinstance(title, HtmlElement) and self.layout.covers(found, title):
            return spaced(self.layout.pieces_of(found, [title]))
        start, end = self.layout.span(found)
        return self.layout.lines[start] if end - start == 1 else spaced(self.layout.pieces[start:end])


# --- instants ---------------------------------------------------------------------------------------------------------


def _above(groups: Sequence[Group], marks: Marks) -> int:
    """Return where the two lines right above a list begin: its label, and perhaps its first day."""
    start = marks.layout.span(groups[0].parent)[0] if groups else 0
    lines = 0
    while start > 0 and lines < 2:
        start -= 1
        lines += marks.layout.pieces[start].breaks
    return start


# --- parts ------------------------------------------------------------------------------------------------------------


def _line(item: Parts) -> int | None:
    element = item.title if isinstance(item.title, HtmlElement) else item.element
    line = element.sourceline
    return int(line) if line else None


def _without_time(line: str) -> str:
    stamp = find(line[:_OPENING])
    if stamp is None or (stamp.before and stamp.after and len(line) <= _OPENING):
        return line
    if not stamp.before:
        opening = stamp.after.split(" ", 1)[0]
        return (
            line[line.index(opening, line.index(stamp.after[:10]) if stamp.after[:10] in line else 0) :]
            if opening
            else line
        )
    return stamp.before if not stamp.after else line


def _without_key(line: str, keys: frozenset[str]) -> str:
    key, colon, rest = line.partition(":")
    return rest.strip() if colon and rest.strip() and words.fold(key) in keys else line


# --- which rows are entries -------------------------------------------------------------------------------------------


def _kept(found: list[Row], base: str) -> list[Row]:
    dated = sum(row.stated is not None for row in found)
    mostly_dated = dated * 5 >= len(found) * 4
    home = _home(found, base) if dated < len(found) else None
    kept: list[Row] = []
    seen: set[tuple[object, ...]] = set()
    for row in _originals(found):
        if row.stated is None and _is_foreign(row, home, mostly_dated):
            continue
        key: tuple[object, ...] = (row.link,) if row.link else (texts.headline_key(row.title), str(row.published))
        if key in seen:
            continue
        seen.add(key)
        kept.append(row)
    return kept


def _home(found: Sequence[Row], base: str) -> str | None:
    """Return the host to which most rows lead."""
    hosts = Counter(host_and_path(row.link)[0] for row in found if row.link).most_common(1)
    return hosts[0][0] if hosts else host_and_path(base)[0]


def _originals(found: list[Row]) -> list[Row]:
    """Return the rows that are no copy of another for a carousel to turn round with."""
    cloned = [bool(row.element.get("class")) and not _CLONES.isdisjoint(names(row.element)) for row in found]
    if not any(cloned):
        return found
    originals = {row.link for row, is_copy in zip(found, cloned, strict=True) if not is_copy}
    return [row for row, is_copy in zip(found, cloned, strict=True) if not is_copy or row.link not in originals]


def _is_foreign(row: Row, home: str | None, mostly_dated: bool) -> bool:
    if len(row.title) <= words.LONGEST and sign(row.title) is not None:
        return True
    if headline_quality(row.title) < 0.3 and mostly_dated:
        return True
    advertised = any(not _ADS.isdisjoint(names(one)) for one in (row.element, *row.element.iterdescendants()))
    elsewhere = row.link is not None and home is not None and host_and_path(row.link)[0] not in (home, None)
    sponsored = any("sponsored" in (one.get("rel") or "") for one in row.element.iter("a"))
    return advertised or sponsored or (elsewhere and mostly_dated)


def descending(found: Sequence[Row]) -> float:
    """Return which share of neighbouring entries stand newest first; 1 for fewer than two dated ones."""
    moments = [row.published for row in found if isinstance(row.published, datetime)]
    pairs = list(pairwise(moments))
    return sum(later <= earlier for earlier, later in pairs) / len(pairs) if pairs else 1.0
