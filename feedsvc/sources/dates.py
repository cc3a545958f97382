"""The time in a field of its own, as feeds and front matter state it: an instant, or unknown.

Knows the forms that programs write (RFC 822, RFC 3339) and leaves what people write to :mod:`feedsvc.timestamps`;
hides which form it was. feedparser's own dates are not used: it takes times without a zone for UTC, ``MSK`` as well,
and reads ``2024/01/05`` as the first of November and ``1704448800`` as a day in 2017.
"""

import re
from datetime import date, datetime, time, timedelta
from email.utils import parsedate_tz
from zoneinfo import ZoneInfo

from feedsvc.timestamps import EARLIEST, Stamp, Unknown, find, resolve

_RFC822 = re.compile(r"(?:[^\W\d]{2,9}\.?,?\s*)?\d{1,2}[ -][A-Za-z]{3,9}\.?[ -]\d{2,4},?\s+\d{1,2}:\d\d.*", re.ASCII)
_ISO = re.compile(r"\d{4}-\d\d-\d\d(?:[Tt ]\d\d:?\d\d.*)?|\d{8}[Tt]\d{4}.*", re.ASCII)
_SPACED_OFFSET = re.compile(r"\s+(?=[+-]\d\d:?\d\d$|[Zz]$)")
_WEEKDAY = re.compile(r"^[^\W\d]{2,12}\.?,\s*(?=\d)")  # in any language; it says nothing that the date does not
_BARE_OFFSET = re.compile(r"(?<=\d)\s*([+-]\d\d)(\d\d)$")
_LEAP_SECOND = re.compile(r"(?<=:\d\d:)60")
_LONGEST = 100  # characters
_FARTHEST_ZONE_S = 15 * 3600  # from UTC; the farthest that ever was is 14 h


def read(written: str, *, taken_at: datetime, zone: ZoneInfo, ahead: timedelta = timedelta(0)) -> datetime | Unknown:
    """Return the instant that a field states, in ``zone``, which also holds where it names none.

    It may lie ``ahead`` of ``taken_at`` (and a day more) if it names its year; beyond that it is unknown, and so is
    what no form fits.
    """
    stated = " ".join(written[: _LONGEST + 1].split())
    if not stated or len(stated) > _LONGEST:
        return Unknown(f"no time can be read in {_shown(written)}")
    stated = _LEAP_SECOND.sub("59", stated)
    try:
        stamp = _rfc822(stated) or _iso(stated)
    except ValueError:
        return Unknown(f"there is no {_shown(written)}")
    if stamp is None:
        stamp = find(_BARE_OFFSET.sub(r" \1:\2", _WEEKDAY.sub("", stated)))
        if stamp is None or stamp.before or stamp.after:
            return Unknown(f"no time can be read in {_shown(written)}")
    return _resolved(stamp, written, taken_at=taken_at, zone=zone, ahead=ahead)


def of(stated: date, *, taken_at: datetime, zone: ZoneInfo, ahead: timedelta = timedelta(0)) -> datetime | Unknown:
    """Return the instant that a date, or a datetime with or without a zone, means: likewise."""
    return _resolved(_stamp(stated), str(stated), taken_at=taken_at, zone=zone, ahead=ahead)


def _resolved(
    stamp: Stamp, written: str, *, taken_at: datetime, zone: ZoneInfo, ahead: timedelta
) -> datetime | Unknown:
    # A year left out is the latest one not after the snapshot, so the horizon moves only for those that name theirs.
    horizon = taken_at + ahead if stamp.date is not None and stamp.date[0] is not None else taken_at
    try:
        moment = resolve(stamp, taken_at=horizon, zone=zone)
    except (OverflowError, ValueError):  # past the end of the calendar in one of the two zones
        return Unknown(f"there is no {_shown(written)}")
    if moment == EARLIEST:
        return Unknown(f"{_shown(written)} is what programs write that have no time")
    return moment


def _rfc822(stated: str) -> Stamp | None:
    if not _RFC822.fullmatch(stated):
        return None
    fields = parsedate_tz(stated)
    if fields is None or not _states_zone(stated, fields[9]):
        return None
    if abs(fields[9] or 0) > _FARTHEST_ZONE_S:
        raise ValueError(stated)
    year, month, day, hour, minute, second = fields[:6]
    moment = datetime(year, month, day, hour, minute, second)  # noqa: DTZ001 - its offset follows
    utc = moment - timedelta(seconds=fields[9] or 0)
    return _stamp(datetime.fromisoformat(utc.isoformat() + "+00:00"))


def _states_zone(stated: str, offset: int | None) -> bool:
    # The parser says 0 or None for zones that it does not know, and None for -0000, which is UTC (RFC 2822 §3.3).
    last = stated.rpartition(" ")[2].upper()
    return bool(offset) or last in ("GMT", "UT", "UTC", "Z", "+0000", "-0000")


def _iso(stated: str) -> Stamp | None:
    if not _ISO.fullmatch(stated):
        return None
    plain = _SPACED_OFFSET.sub("", stated).upper()
    try:
        return _stamp(datetime.fromisoformat(plain))
    except ValueError:
        date.fromisoformat(plain[:10])  # a day that is none is no other form either
        return None


def _stamp(moment: date) -> Stamp:
    if not isinstance(moment, datetime):
        return Stamp("field", date=(moment.year, moment.month, moment.day), hour=time())
    return Stamp("field", date=(moment.year, moment.month, moment.day), hour=moment.time(), zone=moment.tzinfo)


def _shown(written: str) -> str:
    line = " ".join(written[:200].split())
    return repr(f"{line[:57]}…" if len(line) > 60 else line)
