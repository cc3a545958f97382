"""Which instants the statements of one list mean: an hour alone is of some day, and 11/12 of some order.

Knows day headers, hours that run back over midnight and in which order a list writes months and days; hides which
rule found a day.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from feedsvc.sources.html.stated import Clock, Stated
from feedsvc.timestamps import EARLIEST, Stamp, Unknown

_NIGHT = timedelta(hours=12)
# A day in a language or a calendar that is not known: beside it no hour is today's.
_UNREAD_DAY = re.compile(
    r"\b\d{1,2}\W{1,3}[^\W\d_]\w+\W{1,3}\d{4}\b|\b\d{1,4}([-/.])\d{1,2}\1\d{1,4}\b|^\W?\d\d-\d\d\|"
)
_DASHED = re.compile(r"[\[(]?(\d\d)-(\d\d)")

Dated = tuple[Stated | None, datetime | Unknown | None]


def dated(
    said: Sequence[Stated | None], places: Sequence[int], days: Sequence[tuple[int, date]], clock: Clock
) -> list[Dated]:
    """Return for each row of a list what it states, and the instant that means.

    ``places`` is where each row stands on the page, and ``days`` are the day headers above and among them with theirs.
    Hours alone belong to the day above them, or run back from the snapshot.
    """
    # One date over a list without times may be the day that the page was saved; several are its days.
    headed = len(set(days)) > 1 and not any(one is not None for one in said)
    found: list[Dated] = []
    last: datetime | None = None
    for one, start in zip(_with_dashed_days(_with_months_first(said, clock), clock), places, strict=True):
        day = next((day for place, day in reversed(days) if place <= start), None) if days else None
        stated = one if not headed or day is None else Stamp("day", date=(day.year, day.month, day.day))
        published = _instant(stated, day, last, clock)
        if isinstance(published, datetime):
            last = published
        found.append((stated, published))
    return found


def _instant(stated: Stated | None, day: date | None, last: datetime | None, clock: Clock) -> datetime | Unknown | None:
    if not isinstance(stated, Stamp):
        return stated
    if stated.has_day or not stated.has_hour or stated.fault is not None:
        return clock.instant(stated)
    if _UNREAD_DAY.search(f"{stated.before}|{stated.after}"):
        return Unknown(f"no day can be read in {f'{stated.before} … {stated.after}'.strip(' …')[:60]!r}")
    published = clock.instant(stated, day)
    return _run_back(published, last) if day is None and isinstance(published, datetime) else published


def _with_months_first(said: Sequence[Stated | None], clock: Clock) -> Sequence[Stated | None]:
    """Return what rows state, with months before days where only so all of a list's dates can be."""
    slashed = {place: one for place, one in enumerate(said) if isinstance(one, Stamp) and "/" in one.form}
    if not any(isinstance(clock.instant(one), Unknown) for one in slashed.values()):
        return said
    turned = {place: other for place, one in slashed.items() if (other := _month_first(one)) is not None}
    moments = [clock.instant(one) for one in turned.values()]
    known = [moment for moment in moments if isinstance(moment, datetime)]
    # Days that lie ahead may be those of events, which stand in another order.
    cannot = any(one.fault is not None for one in slashed.values())
    if len(known) < len(slashed) or not (cannot or sorted(known, reverse=True) == known):
        return said
    return [turned.get(place, one) for place, one in enumerate(said)]


def _with_dashed_days(said: Sequence[Stated | None], clock: Clock) -> Sequence[Stated | None]:
    """Return what rows state, with the day in "11-12 14:35": in the order by which the oldest of them is younger."""
    days = [(one, day) for one in said if isinstance(one, Stamp) and (day := _dashed(one)) is not None]
    if not days or len(days) < len(said):
        return said
    months_first = [replace(one, date=(None, first, second), before="") for one, (first, second) in days]
    days_first = [replace(one, date=(None, second, first), before="") for one, (first, second) in days]
    return max(months_first, days_first, key=lambda order: min(_moment(one, clock) for one in order))


def _dashed(stamp: Stamp) -> tuple[int, int] | None:
    found = _DASHED.fullmatch(stamp.before) if stamp.has_hour and not stamp.has_day else None
    return (int(found[1]), int(found[2])) if found is not None else None


def _moment(stamp: Stamp, clock: Clock) -> datetime:
    moment = clock.instant(stamp)
    return moment if isinstance(moment, datetime) else EARLIEST


def _month_first(stamp: Stamp) -> Stamp | None:
    turned = stamp.month_first
    # Its hour may have stood in an element of its own.
    return replace(turned, hour=turned.hour or stamp.hour) if turned is not None else None


def _run_back(moment: datetime, last: datetime | None) -> datetime:
    # 23:50 below 00:10 is of the day before; 12:06 below 08:00 follows a headline that was pinned to the top.
    if last is None:
        return moment
    while moment - last > timedelta(0) and moment - timedelta(days=1) > last - _NIGHT:
        moment -= timedelta(days=1)
    return moment
