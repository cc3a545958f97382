"""What stands between the items of a list: day headers, and the times of items that do not hold their own.

Knows whether a time between two headlines belongs to the one above or below it, and which dates are headers; hides
the lines of a page.
"""

from bisect import bisect_left
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from feedsvc.sources import words
from feedsvc.sources.html.fields import SECTION_NAMES
from feedsvc.sources.html.layout import Piece, names, spaced
from feedsvc.sources.html.marks import Marks, is_update, is_update_key, stamp_of, whole_stamp
from feedsvc.sources.html.stated import Clock, Stated, programmed, section_beside
from feedsvc.timestamps import EARLIEST, Stamp

_LONGEST_DAY = 48  # characters of a day header: "News of Wednesday, 12 September 2025"
_MOST_WORDS = 3  # beside the day in one
_LONGEST_BESIDE = 40  # characters beside a time between items

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside an item that it does not hold."""

    stated: Stated | None = None
    section: str | None = None


class Between:
    """The stretches of a page around the items of one container."""

    def __init__(self, marks: Marks, clock: Clock) -> None:
        self.marks, self.layout, self.clock = marks, marks.layout, clock
        placed = (
            (self.layout.span(element)[0], stated)
            for element, stated in marks.machine.items()
            if not is_update(element)
        )
        self._machine = sorted(placed)

    def days(self, start: int, end: int) -> list[tuple[int, date]]:
        """Return the day headers of a stretch, each with where it ends."""
        return [(end, day) for line in self._lines(start, end) if (day := self._day(line)) is not None]

    def days_of_month(self, start: int, items: Sequence[Span]) -> list[Stamp]:
        """Return the day of each item where all begin with its number alone, under their month; else nothing."""
        month = next(filter(None, map(_month, reversed(self._lines(start, items[0][0])))), None)
        numbers = [text for first, _ in items if (text := self.marks.texts[first]).isdecimal() and len(text) < 3]
        if month is None or len(numbers) < len(items):
            return []
        days = [int(text) for text in numbers]
        # 1, 2, 3 are ranks.
        if min(days) < 1 or max(days) > monthrange(*month)[1] or days == list(range(1, len(days) + 1)):
            return []
        return [Stamp("day", date=(*month, day)) for day in days]

    def with_years(
        self, said: Sequence[Stated | None], places: Sequence[int], gaps: Sequence[Span]
    ) -> Sequence[Stated | None]:
        """Return what rows state, dates without a year in the one that heads them: "2024", "November 2024"."""
        if not any(isinstance(one, Stamp) and one.date is not None and one.date[0] is None for one in said):
            return said
        found = [(end, [year for line in self._lines(start, end) if (year := self._year(line))]) for start, end in gaps]
        # Several right above one another are a menu.
        years = [(end, there[0]) for end, there in found if len(there) == 1]
        return [_in_year(one, years, place) for one, place in zip(said, places, strict=True)]

    def _year(self, line: str) -> int | None:
        if line.isdecimal():
            return int(line) if len(line) < 5 and EARLIEST.year <= int(line) <= self.clock.taken_at.year else None
        month = _month(line)
        return month[0] if month is not None else None

    def own(self, container: Span, items: Sequence[Span]) -> list[Beside]:
        """Return what belongs to each item of those around it, where most have a time there; else nothing."""
        edges = [container[0], *(end for _, end in items)]
        starts = [*(start for start, _ in items), container[1]]
        gaps = list(zip(edges, starts, strict=True))
        stamps = [self._stamps(gap) for gap in gaps]
        inner = [stamp for found in stamps[1:-1] for stamp in found]
        having = sum(bool(found) for found in stamps[1:-1])
        timed = any(stamp.has_hour for stamp in inner) if inner else any(s.has_hour for found in stamps for s in found)
        # Dates over some of the items are headers of days.
        if having * 2 < len(items) - 1 or (not timed and having < len(items) - 1):
            return [Beside()] * len(items)
        usable = [[stamp for stamp in found if stamp.has_hour or not timed] for found in stamps]
        before = bool(usable[0]) or not usable[-1]
        chosen = gaps[:-1] if before else gaps[1:]
        near = usable[:-1] if before else usable[1:]
        return [self._beside(gap, found, before) for gap, found in zip(chosen, near, strict=True)]

    def _beside(self, gap: Span, found: list[Stamp], before: bool) -> Beside:
        stamp = (found[-1] if before else found[0]) if found else None
        low = bisect_left(self._machine, (gap[0], ""))
        high = bisect_left(self._machine, (gap[1], ""))
        told = self._machine[low:high]
        exact = programmed(told[-1 if before else 0][1], stamp, self.clock) if told else None
        return Beside(exact or stamp, self._section(gap) or (section_beside(stamp) if stamp is not None else None))

    def _section(self, gap: Span) -> str | None:
        for place in range(*gap):
            line = self.marks.texts[place].strip(" |/,[]()")
            if 0 < len(line) <= _LONGEST_BESIDE and self.marks.stamps[place] is None:
                named = not SECTION_NAMES.isdisjoint(names(self.layout.pieces[place].owner))
                if words.is_section(line) or (named and line[-1:].isalpha()):
                    return line
        return None

    def _stamps(self, gap: Span) -> list[Stamp]:
        found = (stamp_of(line) for line in self._lines(*gap))
        near = [stamp for stamp in found if stamp is not None and len(stamp.before + stamp.after) <= _LONGEST_BESIDE]
        return [stamp for stamp in near if not is_update_key(stamp.before)] or near

    def _lines(self, start: int, end: int) -> list[str]:
        """Return a stretch of the page as the lines that a reader sees."""
        parts: list[list[Piece]] = []
        for piece in self.layout.between(start, end):
            if piece.breaks or not parts:
                parts.append([])
            parts[-1].append(piece)
        return [spaced(part) for part in parts]

    def _day(self, line: str) -> date | None:
        stamp = stamp_of(line) if len(line) <= _LONGEST_DAY else None
        if stamp is None or stamp.has_hour or not stamp.has_day or len(stamp.before.split()) > _MOST_WORDS:
            return None
        if stamp.after:
            second = whole_stamp(stamp.after)  # "Today, 9 February"
            if second is None and not stamp.weekday and len(stamp.after.split()) >= _MOST_WORDS:
                return None
            stamp = second if second is not None and second.has_day else stamp
        return self.clock.day(stamp)


def _in_year(stated: Stated | None, years: Sequence[tuple[int, int]], place: int) -> Stated | None:
    year = next((year for end, year in reversed(years) if end <= place), None)
    if year is None or not isinstance(stated, Stamp) or stated.date is None or stated.date[0] is not None:
        return stated
    return replace(stated, date=(year, *stated.date[1:]))


def _month(line: str) -> tuple[int, int] | None:
    """Return the year and month that a line is: "November 2025"."""
    stamp = stamp_of(f"1 {line}") if len(line) <= _LONGEST_DAY else None
    if stamp is None or stamp.date is None or stamp.has_hour or stamp.before or stamp.after:
        return None
    year, month, day = stamp.date
    return (year, month) if year is not None and day == 1 else None
