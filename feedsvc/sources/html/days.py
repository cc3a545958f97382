"""Which instants the statements of one list mean: an hour alone is of some day, and 11/12 of some order.

Knows day headers, hours that run back over midnight and lists that write months first; hides which rule found a day.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from feedsvc.sources.html.stated import Clock, Stated
from feedsvc.timestamps import Stamp, Unknown

_NIGHT = timedelta(hours=12)
# A day in a language or a calendar that is not known: beside it no hour is today's.
_UNREAD_DAY = re.compile(r"\b\d{1,2}\W{1,3}[^\W\d_]\w+\W{1,3}\d{4}\b")

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
    for one, start in zip(_with_months_first(said, clock), places, strict=True):
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


def _with_months_first(said: Sequence[Stated | None], clock: Clock) -> Iterable[Stated | None]:
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
