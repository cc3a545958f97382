"""Which instant a stamp means, seen from the page that it stands on.

Knows zones, and what is meant where a day, a year or an hour is left out; hides clocks that change.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from feedsvc.timestamps.stamp import Stamp

# A site's clock may run ahead of ours, and a page may be dated for the morning; further ahead is a misreading.
MOST_AHEAD = timedelta(days=1)
EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Unknown:
    """A time that was stated and cannot be read, and why."""

    reason: str


def resolve(stamp: Stamp, *, taken_at: datetime, zone: ZoneInfo, day: date | None = None) -> datetime | Unknown:
    """Return the instant that a stamp means, in ``zone`` with the offset that the zone's rules give it then.

    ``day`` is the day that an hour alone belongs to; without it, the hour is the latest one not after ``taken_at``. A
    date without an hour is its midnight; one without a year is the latest one not after ``taken_at``. An hour that the
    clocks skipped counts from before the change, and one that they showed twice is the first.
    """
    if stamp.fault is not None:
        return Unknown(stamp.fault)
    now = _local(taken_at, zone)
    if stamp.ago is not None:
        moment = (taken_at - stamp.ago).astimezone(zone).replace(second=0, microsecond=0)
    else:
        local_zone = stamp.zone or zone
        now_there = now if stamp.zone is None else _local(taken_at, local_zone)
        on = _day(stamp, now_there.date()) if stamp.has_day else day
        if isinstance(on, Unknown):
            return on
        clock = stamp.hour or time()
        if on is None:
            moment = _instant(now_there.date(), clock, local_zone)
            if moment > taken_at:
                moment = _instant(now_there.date() - timedelta(days=1), clock, local_zone)
        else:
            moment = _instant(on, clock, local_zone)
        moment = moment.astimezone(zone)
    if moment - now > MOST_AHEAD:
        return Unknown(f"{moment.isoformat()} lies ahead of the page itself, saved at {now.isoformat()}")
    if moment.year <= EARLIEST.year and moment < EARLIEST:
        return Unknown(f"{moment.isoformat()} lies before 1970")
    return moment


def day_of(stamp: Stamp, *, taken_at: datetime, zone: ZoneInfo) -> date | None:
    """Return the day that a stamp states for the hours below it, or None when it states none that can be true."""
    if stamp.fault is not None or not stamp.has_day or stamp.ago is not None:
        return None
    on = _day(stamp, taken_at.astimezone(zone).date())
    return None if isinstance(on, Unknown) else on


# A page has one moment and hundreds of times, and most of those that stand on it today stand on it tomorrow.


@lru_cache(maxsize=16)
def _local(moment: datetime, zone: tzinfo) -> datetime:
    return moment.astimezone(zone)


@lru_cache(maxsize=4096)
def _instant(day: date, clock: time, zone: tzinfo) -> datetime:
    # By way of UTC: an hour that the clocks skipped comes back as the one that they showed instead.
    return datetime.combine(day, clock, zone).astimezone(UTC).astimezone(zone)


def _day(stamp: Stamp, today: date) -> date | Unknown:
    if stamp.date is None:
        return today - timedelta(days=stamp.days_back or 0)
    year, month, day = stamp.date
    if year is not None:
        return date(year, month, day)
    for candidate in range(today.year, today.year - 9, -1):  # 29 February may lie eight years back (1896, 1904)
        try:
            on = date(candidate, month, day)
        except ValueError:
            continue
        if on <= today:
            return on
    return Unknown(f"there is no day {day} in month {month}")
