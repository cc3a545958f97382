"""Times as the standards write them.

Knows the two forms, RFC 822 and RFC 3339, to the letter; hides nothing.
"""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_RFC822 = re.compile(
    rf"(?:({'|'.join(_DAYS)}), +)?(\d{{1,2}}) ({'|'.join(_MONTHS)}) (\d{{4}}) "
    r"(\d\d):(\d\d)(?::(\d\d))? ([+-]\d{4}|UT|GMT|[ECMP][SD]T|Z)",
    re.ASCII,
)
_RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)", re.ASCII)


@lru_cache(maxsize=4096)  # the times of a window are read again with each document
def rfc822(written: str) -> datetime | None:
    """Read a time of RSS; None when it is none: two digits for the year, no known zone (``-0000``), another weekday."""
    match = _RFC822.fullmatch(written)
    if not match:
        return None
    weekday, day, month, year, hour, minute, second, zone = match.groups()
    try:
        if zone == "+0000" and year >= "1000":  # as nearly all are; the library takes ten times as long
            number = _MONTHS.index(month) + 1
            moment = datetime(int(year), number, int(day), int(hour), int(minute), int(second or 0), tzinfo=UTC)
        else:
            moment = parsedate_to_datetime(written)
    except ValueError:
        return None
    return moment if moment.tzinfo and weekday in (None, _DAYS[moment.weekday()]) else None


@lru_cache(maxsize=4096)
def rfc3339(written: str) -> datetime | None:
    """Read a time of Atom or JSON Feed; None when it is none."""
    if not _RFC3339.fullmatch(written):
        return None
    try:
        return datetime.fromisoformat(written)
    except ValueError:
        return None
