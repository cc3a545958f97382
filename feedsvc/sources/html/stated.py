"""What an item states about its time: the texts and attributes of its elements put together to one statement.

Knows that a date and an hour may stand apart, that an attribute is more exact than the words beside it, and that some
call their local time UTC; hides the forms of attributes. The day of an hour alone is found by its list.
"""

import re
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from feedsvc.sources import dates, words
from feedsvc.sources.html.marks import epoch, is_date_key, is_update_key, sign, whole_stamp
from feedsvc.timestamps import Stamp, Unknown, day_of, find, resolve

Stated = datetime | Stamp | Unknown

_UTC = re.compile(r"(?:Z|[+-]00:?00)$", re.IGNORECASE)
# By themselves both may be other things: a length, a day and a month: what a list's other items show decides.
AGE = re.compile(r"\d{1,2}\s?[mhd]")
DOTTED_HOUR = re.compile(r"([01]\d|2[0-3])\.([0-5]\d)")
_DATE_ONLY = re.compile(r"^\d{4}-\d\d-\d\d$")
_BESIDE = re.compile(r"[|·•/]")
_MARKS = " |/,;:–—-•·[]()"
_LONGEST_SECTION = 40


@dataclass(frozen=True, slots=True)
class Clock:
    """What times are read against."""

    taken_at: datetime
    zone: ZoneInfo

    def instant(self, stamp: Stamp, day: date | None = None) -> datetime | Unknown:
        """Return the instant that a stamp means; ``day`` is that of an hour alone."""
        try:
            return resolve(stamp, taken_at=self.taken_at, zone=self.zone, day=day)
        except (OverflowError, ValueError):
            return Unknown("it lies outside the calendar")

    def day(self, stamp: Stamp) -> date | None:
        """Return the day that a stamp states, None when it states none."""
        return day_of(stamp, taken_at=self.taken_at, zone=self.zone)


@lru_cache(maxsize=4096)
def shown(lines: tuple[str, ...]) -> tuple[Stamp | None, str | None]:
    """Return the time that texts state together, and a section that stands on their line."""
    stamps = [stamp for line in lines if (stamp := _stamp(line)) is not None]
    # "Updated" counts only where nothing says when it was published.
    kept = [stamp for stamp in stamps if not is_update_key(stamp.before)] or stamps
    if not kept:
        return (find(" ".join(lines)) if len(lines) > 1 else None), None
    section = next(filter(None, map(section_beside, kept)), None)
    stamp = kept[0]
    if len(kept) > 2 or (len(kept) == 2 and not _complete_each_other(*kept)):
        whole = find(" ".join(lines))
        if whole is not None and whole.has_day and whole.has_hour and whole.fault is None:
            return whole, section
    for other in kept[1:]:
        if not stamp.has_hour and other.hour is not None:
            stamp = replace(stamp, hour=other.hour, zone=stamp.zone or other.zone)
        elif not stamp.has_day and other.has_day:
            stamp = replace(other, hour=stamp.hour or other.hour, zone=stamp.zone or other.zone)
    return stamp, section


def _stamp(line: str) -> Stamp | None:
    stamp = whole_stamp(line) or find(f"{line} ago" if AGE.fullmatch(line) else line)
    # "Today 10.12" is no tenth of December where each item says such a time.
    if stamp is None or (stamp.days_back is not None and not stamp.has_hour):
        dotted = DOTTED_HOUR.fullmatch(line if stamp is None else stamp.after)
        hour = find(f"{dotted[1]}:{dotted[2]}") if dotted is not None else None
        return replace(stamp, hour=hour.hour, after="") if stamp is not None and hour is not None else hour or stamp
    return stamp


def _complete_each_other(one: Stamp, other: Stamp) -> bool:
    return one.has_day != other.has_day and one.has_hour != other.has_hour


def section_beside(stamp: Stamp) -> str | None:
    """Return the section that stands on the line of a time."""
    for beside in (*_BESIDE.split(stamp.before), *_BESIDE.split(stamp.after)):
        name = beside.strip(_MARKS)
        if (
            0 < len(name) <= _LONGEST_SECTION
            and words.is_section(name)
            and not is_date_key(name)
            and sign(name) is None
        ):
            return name
    return None


def programmed(stated: str, beside: Stamp | None, clock: Clock) -> Stated | None:
    """Return what an attribute means; the text beside it fills in what it leaves out, and corrects a false UTC."""
    if (moment := epoch(stated, clock.taken_at)) is not None:
        return moment.astimezone(clock.zone)
    if _DATE_ONLY.match(stated):
        day = find(stated)
        return replace(day, hour=beside.hour) if day is not None and beside is not None and beside.hour else day
    read = dates.read(stated, taken_at=clock.taken_at, zone=clock.zone)
    if isinstance(read, Unknown):
        return None
    if _UTC.search(stated) and beside is not None and beside.hour is not None and beside.zone is None:
        # Many sites write their local time and call it UTC: the reader's clock shows the same hour then.
        wall = find(_UTC.sub("", stated))
        if wall is not None and wall.hour is not None and wall.hour.replace(second=0) == beside.hour.replace(second=0):
            local = clock.instant(wall)
            return local if isinstance(local, datetime) else read
    return read
