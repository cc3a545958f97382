"""The items of a list as entries: their headlines, addresses and instants.

Knows how a time is put together from an attribute, spans, a day header and the hours above it; hides what was dropped
and why. The same whether the items were found or named by selectors.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from lxml.html import HtmlElement

from feedsvc import text as texts
from feedsvc.sources import dates
from feedsvc.sources.html.fields import Found, Item, full_title
from feedsvc.sources.html.layout import Piece, names, spaced, word_set
from feedsvc.sources.html.links import address, picture, raw_address
from feedsvc.sources.html.marks import (
    Marks,
    epoch,
    headline_quality,
    is_date_key,
    is_update_key,
    machine_time,
    sign,
    stamp_of,
    whole_stamp,
)
from feedsvc.sources.page_text import words
from feedsvc.timestamps import Stamp, Unknown, day_of, find, resolve

_ADS = word_set("ad ads adv advert advertisement banner reklam reklama promo sponsored partner adsbygoogle")
_UTC = re.compile(r"(?:Z|[+-]00:?00)$", re.IGNORECASE)
_DATE_ONLY = re.compile(r"^\d{4}-\d\d-\d\d$")
_NIGHT = timedelta(hours=12)
_LONGEST_DAY = 48
_LONGEST_SECTION = 40
_LONGEST_SUMMARY = 500


@dataclass(frozen=True, slots=True)
class Clock:
    """What times are read against."""

    taken_at: datetime
    zone: ZoneInfo

    def instant(self, stamp: Stamp, day: date | None = None) -> datetime | Unknown:
        try:
            return resolve(stamp, taken_at=self.taken_at, zone=self.zone, day=day)
        except (OverflowError, ValueError):
            return Unknown("it lies outside the calendar")

    def day(self, stamp: Stamp) -> date | None:
        return day_of(stamp, taken_at=self.taken_at, zone=self.zone)


@dataclass(slots=True)
class Row:
    """One entry before it is one; ``stated`` is what the page says of its time, ``published`` what that means."""

    element: HtmlElement
    title: str
    link: str | None
    stated: datetime | Stamp | Unknown | None
    section: str | None
    image: str | None
    author: str | None
    summary: str | None
    line: int | None
    published: datetime | Unknown | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """The items that stand in one container, in page order; ``section`` is the one that its heading names."""

    parent: HtmlElement
    items: tuple[Item, ...]
    section: str | None = None


def rows(groups: Sequence[Group], marks: Marks, clock: Clock, base: str) -> list[Row]:
    """Return the entries of a list in page order, each once."""
    reader = _Reader(marks, clock, base)
    found: list[Row] = []
    days: list[tuple[int, date]] = []
    at = _before_list(groups, marks)
    for group in groups:
        start, end = marks.layout.span(group.parent)
        days += reader.days(at, start)
        found += reader.group(group, days)
        at = end
    reader.date(found, days)
    return _kept(found, base)


class _Reader:
    def __init__(self, marks: Marks, clock: Clock, base: str) -> None:
        self.marks, self.layout, self.clock, self.base = marks, marks.layout, clock, base

    # --- the items of one container -----------------------------------------------------------------------------------

    def group(self, group: Group, days: list[tuple[int, date]]) -> list[Row]:
        found: list[Row] = []
        for item in group.items:
            row = self.row(item)
            if row is not None:
                row.section = row.section or group.section
                found.append(row)
        self._gaps(group, found, days)
        return found

    def row(self, item: Item) -> Row | None:
        title = self._title(item)
        if not title or not any(char.isalnum() for char in title):
            return None
        stated, section = self._stated(item)
        return Row(
            element=item.element,
            title=title,
            link=self._link(item),
            stated=stated,
            section=self._words(item.section) or section,
            image=self._image(item.image),
            author=self._author(item.author),
            summary=self._summary(item),
            line=_line(item),
        )

    def _title(self, item: Item) -> str:
        title = item.title
        if title is None:
            return ""
        if isinstance(title, str):
            return texts.headline(title)
        inside = [
            one
            for one in (*item.times, item.section, item.author, item.summary)
            if isinstance(one, HtmlElement) and one is not title and self.layout.covers(title, one)
        ]
        counts = [one for one in title.iterdescendants() if self._is_count(one)] if len(title) else []
        line = texts.headline(self.layout.text(title, [*inside, *counts]))
        if title in item.times:
            line = _without_time(line)
        return full_title(line.strip(" |·•"), title)

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
        line = self._words(found)
        return (words.author(line) or line) if line else None

    def _summary(self, item: Item) -> str | None:
        found = item.summary
        if found is None:
            return None
        if isinstance(found, str):
            return texts.one_line(found)[:_LONGEST_SUMMARY] or None
        more = [one for one in found.iterdescendants("a") if sign(self.layout.text(one)[:80]) is not None]
        return self.layout.text(found, more)[:_LONGEST_SUMMARY] or None

    def _link(self, item: Item) -> str | None:
        found = item.link
        raw = found if isinstance(found, str) or found is None else raw_address(found)
        if raw is None and isinstance(found, HtmlElement):
            raw = next(filter(None, map(raw_address, found.iterdescendants())), None)
        if raw is None:
            raw = raw_address(item.element)
        return address(raw, self.base) if raw is not None else None

    def _image(self, found: Found | None) -> str | None:
        if found is None:
            return None
        if isinstance(found, str):
            return address(found, self.base)
        inside = found if found.tag == "img" else next(found.iter("img"), found)
        return picture(inside, self.base)

    # --- what an item states about time -------------------------------------------------------------------------------

    def _stated(self, item: Item) -> tuple[datetime | Stamp | Unknown | None, str | None]:
        shown = [self._shown_time(one, item) for one in item.times]
        stamp, section = _shown_stamp([line for line in shown if line])
        for one in item.times:
            stated = machine_time(one) if isinstance(one, HtmlElement) else None
            if stated is not None and (moment := self._programmed(stated, stamp)) is not None:
                return moment, section
        if stamp is None and any(any(char.isdigit() for char in line) for line in shown):
            return Unknown(f"no time can be read in {' '.join(shown)[:60]!r}"), section
        return stamp, section

    def _shown_time(self, found: Found, item: Item) -> str:
        if isinstance(found, str):
            return texts.one_line(found)
        title = item.title
        if isinstance(title, HtmlElement) and title is not found and self.layout.covers(found, title):
            return spaced(self.layout.pieces_of(found, [title]))
        if title is found:
            return self.layout.text(found)[:80]
        return spaced(self.layout.pieces_of(found))

    def _programmed(self, stated: str, shown: Stamp | None) -> datetime | Stamp | None:
        """Return what an attribute means; the text beside it fills in what it leaves out, and corrects a false UTC."""
        if (moment := epoch(stated, self.clock.taken_at)) is not None:
            return moment.astimezone(self.clock.zone)
        if _DATE_ONLY.match(stated):
            day = find(stated)
            if day is None or shown is None or shown.hour is None:
                return day
            return replace(day, hour=shown.hour)
        read = dates.read(stated, taken_at=self.clock.taken_at, zone=self.clock.zone)
        if isinstance(read, Unknown):
            return None
        if _UTC.search(stated) and shown is not None and shown.hour is not None and shown.zone is None:
            # Many sites write their local time and call it UTC: the reader's clock shows the same hour then.
            wall = find(_UTC.sub("", stated))
            if (
                wall is not None
                and wall.hour is not None
                and wall.hour.replace(second=0) == shown.hour.replace(second=0)
            ):
                local = self.clock.instant(wall)
                return local if isinstance(local, datetime) else read
        return read

    # --- what stands between the items --------------------------------------------------------------------------------

    def _gaps(self, group: Group, found: list[Row], days: list[tuple[int, date]]) -> None:
        """Read the day headers between the items, and their times where they do not hold them themselves."""
        if not found:
            return
        first, last = self.layout.span(group.parent)
        spans = [self.layout.span(row.element) for row in found]
        edges = [first, *(end for _, end in spans)]
        starts = [*(start for start, _ in spans), last]
        gaps = [self.lines(start, end) for start, end in zip(edges, starts, strict=True)]
        if sum(row.stated is not None for row in found) * 2 < len(found):
            self._gap_times(found, gaps)
        for number, gap in enumerate(gaps[:-1]):
            for line in gap:
                day = self.day_in(line)
                if day is not None:
                    days.append((starts[number], day))

    def _gap_times(self, found: list[Row], gaps: list[list[str]]) -> None:
        stamps = [[stamp for line in gap if (stamp := _line_stamp(line)) is not None] for gap in gaps]
        inner = [stamp for gap in stamps[1:-1] for stamp in gap]
        if len(found) > 1 and sum(bool(gap) for gap in stamps[1:-1]) * 2 < len(found) - 1:
            return
        timed = sum(stamp.has_hour for stamp in inner) * 2 >= len(inner) if inner else True
        usable = [[stamp for stamp in gap if stamp.has_hour == timed or stamp.has_hour] for gap in stamps]
        before = bool(usable[0]) or not usable[-1]
        for number, row in enumerate(found):
            near = usable[number] if before else usable[number + 1]
            if near and row.stated is None:
                row.stated = near[-1] if before else near[0]

    def lines(self, start: int, end: int) -> list[str]:
        """Return a stretch of the page as the lines that a reader sees."""
        parts: list[list[Piece]] = []
        for piece in self.layout.between(start, end):
            if piece.breaks or not parts:
                parts.append([])
            parts[-1].append(piece)
        return [spaced(part) for part in parts]

    def days(self, start: int, end: int) -> list[tuple[int, date]]:
        """Return the day headers of a stretch, with where it ends."""
        return [(end, day) for line in self.lines(start, end) if (day := self.day_in(line)) is not None]

    def day_in(self, line: str) -> date | None:
        if len(line) > _LONGEST_DAY:
            return None
        stamp = stamp_of(line)
        if stamp is None or stamp.has_hour or not stamp.has_day or len(stamp.before.split()) > 3:
            return None
        if stamp.after:
            second = whole_stamp(stamp.after)  # "Today, 9 February"
            if second is None and not stamp.weekday and len(stamp.after.split()) > 2:
                return None
            stamp = second if second is not None and second.has_day else stamp
        return self.clock.day(stamp)

    # --- instants -----------------------------------------------------------------------------------------------------

    def date(self, found: list[Row], days: list[tuple[int, date]]) -> None:
        """Set the instant of each row: hours alone belong to the day above them, or run back from the snapshot."""
        last: datetime | None = None
        for row in found:
            stated = row.stated
            if not isinstance(stated, Stamp):
                row.published = stated
            elif stated.has_day or not stated.has_hour or stated.fault is not None:
                row.published = self.clock.instant(stated)
            else:
                start = self.layout.span(row.element)[0]
                day = next((day for place, day in reversed(days) if place <= start), None)
                row.published = self.clock.instant(stated, day)
                if day is None and isinstance(row.published, datetime):
                    row.published = self._run_back(row.published, last)
            if isinstance(row.published, datetime):
                last = row.published

    def _run_back(self, moment: datetime, last: datetime | None) -> datetime:
        # 23:50 below 00:10 is of the day before; 12:06 below 08:00 follows a headline that was pinned to the top.
        if last is None:
            return moment
        while moment - last > timedelta(0) and moment - timedelta(days=1) > last - _NIGHT:
            moment -= timedelta(days=1)
        return moment


def _line(item: Item) -> int | None:
    element = item.title if isinstance(item.title, HtmlElement) else item.element
    line = element.sourceline
    return int(line) if line else None


def _without_time(line: str) -> str:
    stamp = find(line[:80])
    if stamp is None or (stamp.before and stamp.after and len(line) <= 80):
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


def _shown_stamp(lines: list[str]) -> tuple[Stamp | None, str | None]:
    """Return the time that the texts of an item state together, and a section that stands on their line."""
    if not lines:
        return None, None
    stamps = [(line, stamp) for line in lines if (stamp := find(line)) is not None]
    kept = [(line, stamp) for line, stamp in stamps if not is_update_key(stamp.before)] or stamps
    if not kept:
        return find(" ".join(lines)), None
    section = next(filter(None, (_section_beside(stamp) for _, stamp in kept)), None)
    first = kept[0][1]
    if len(kept) == 2 and first.has_day != kept[1][1].has_day and first.has_hour != kept[1][1].has_hour:
        whole = None  # a date and an hour
    else:
        whole = find(" ".join(line for line, _ in kept)) if len(kept) > 1 else first
    if whole is not None and whole.has_day and whole.has_hour and whole.fault is None:
        return whole, section
    stamp = first
    for _, other in kept[1:]:
        if not stamp.has_hour and other.hour is not None:
            stamp = replace(stamp, hour=other.hour, zone=stamp.zone or other.zone)
        elif not stamp.has_day and other.has_day:
            stamp = replace(other, hour=stamp.hour, zone=stamp.zone or other.zone)
    return stamp, section


def _section_beside(stamp: Stamp) -> str | None:
    for beside in (stamp.before, stamp.after):
        name = beside.strip(" |/,;:–—-•·[]()")
        if (
            name
            and len(name) <= _LONGEST_SECTION
            and not any(char.isdigit() for char in name)
            and not is_date_key(name)
            and sign(name) is None
            and len(name.split()) <= 3
            and words.is_section(name)
        ):
            return name
    return None


def _line_stamp(line: str) -> Stamp | None:
    stamp = stamp_of(line)
    if stamp is None or len(stamp.before + stamp.after) > _LONGEST_SECTION:
        return None
    return stamp


def _before_list(groups: Sequence[Group], marks: Marks) -> int:
    """Return where the two lines right above a list begin: its label, and perhaps its first day."""
    if not groups:
        return 0
    start = marks.layout.span(groups[0].parent)[0]
    lines = 0
    while start > 0 and lines < 2:
        start -= 1
        lines += marks.layout.pieces[start].breaks
    return start


# --- which rows are entries -------------------------------------------------------------------------------------------


def _kept(found: list[Row], base: str) -> list[Row]:
    dated = sum(row.stated is not None for row in found)
    mostly_dated = dated * 5 >= len(found) * 4
    host = Counter(urlsplit(row.link).hostname for row in found if row.link).most_common(1)
    home = host[0][0] if host else urlsplit(base).hostname
    kept: list[Row] = []
    seen: set[tuple[object, ...]] = set()
    for row in found:
        if row.stated is None and _is_foreign(row, home, mostly_dated):
            continue
        key: tuple[object, ...] = (row.link,) if row.link else (texts.headline_key(row.title), str(row.published))
        if key in seen:
            continue
        seen.add(key)
        kept.append(row)
    return kept


def _is_foreign(row: Row, home: str | None, mostly_dated: bool) -> bool:
    if len(row.title) <= words.LONGEST and sign(row.title) is not None:
        return True
    if headline_quality(row.title) < 0.3 and mostly_dated:
        return True
    advertised = any(not _ADS.isdisjoint(names(one)) for one in (row.element, *row.element.iterdescendants()))
    elsewhere = row.link is not None and home is not None and urlsplit(row.link).hostname not in (home, None)
    sponsored = any("sponsored" in (one.get("rel") or "") for one in row.element.iter("a"))
    return advertised or sponsored or (elsewhere and mostly_dated)


def descending(found: Sequence[Row]) -> float:
    """Return which share of neighbouring entries stand newest first; 1 for fewer than two dated ones."""
    moments = [row.published for row in found if isinstance(row.published, datetime)]
    pairs = list(pairwise(moments))
    return sum(later <= earlier for earlier, later in pairs) / len(pairs) if pairs else 1.0
