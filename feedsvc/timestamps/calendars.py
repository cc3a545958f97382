"""Days of the Thai and the Persian calendar, each written in its place as the day that it is in ours.

Knows the months of both and how their years are counted; hides them from the grammar. A day is only taken for one of
these calendars where the name of its month is Thai or Persian.
"""

import re
from datetime import date

_OURS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_THAI = (
    "ม.ค. มกราคม", "ก.พ. กุมภาพันธ์", "มี.ค. มีนาคม", "เม.ย. เมษายน", "พ.ค. พฤษภาคม", "มิ.ย. มิถุนายน",
    "ก.ค. กรกฎาคม", "ส.ค. สิงหาคม", "ก.ย. กันยายน", "ต.ค. ตุลาคม", "พ.ย. พฤศจิกายน", "ธ.ค. ธันวาคม",
)  # fmt: skip
_PERSIAN = (
    "فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور", "مهر", "آبان", "آذر", "دی", "بهمن", "اسفند",
)  # fmt: skip
_MONTHS = {
    name: (is_thai, number)
    for is_thai, months in ((True, _THAI), (False, _PERSIAN))
    for number, names in enumerate(months, start=1)
    for name in names.split()
}
_PERHAPS = re.compile(r"\d\s[\u0600-\u06ff\u0e00-\u0e7f]")  # most lines are in other scripts
# With the name of the weekday before it: "วันอังคารที่ 18 พ.ย. 2568", "سه‌شنبه ۲۷ آبان ۱۴۰۴".
_DAY = re.compile(
    r"(?:วัน[\u0e00-\u0e7f]+\s|(?:(?:یک|دو|سه|چهار|پنج)[\u200c\s]?)?شنبه[،,]?\s|جمعه[،,]?\s)?"
    rf"(?<!\d)(\d\d?)\s({'|'.join(map(re.escape, _MONTHS))})(?:[\s\u200c]ماه)?"
    r"\s(?:พ\.ศ\.\s?)?(\d\d(?:\d\d)?)(?!\d|[:.]\d)"
)

_NEVER = "31feb", "2000"
_YEARS = range(1900, 2200)  # what the grammar takes for one

_BUDDHIST_ERA = 543  # years before ours; since 1941 they begin in January
_EARLIEST_SHORT = 44  # "68" is 2568, but "25" may be 2025

# Leap years by their place among 33, which holds from 1244 to 1472, and a new year to count from.
_LEAP = (1, 5, 9, 13, 17, 22, 26, 30)
_NEW_YEAR, _NEW_YEARS_DAY = 1404, date(2025, 3, 21)


def as_ours(text: str) -> str:
    """Return the text with each day of another calendar as one of ours ("18nov  2025"), as long as it was.

    What cannot be, or may be one of two days, becomes a day that there is not: the time beside it is none of another.
    """
    return text if _PERHAPS.search(text) is None else _DAY.sub(_as_ours, text)


def _as_ours(found: re.Match[str]) -> str:
    is_thai, month = _MONTHS[found[2]]
    day, year = int(found[1]), int(found[3])
    if not is_thai and year < 100:
        return found[0]  # "18 تیر 78" is what a day is remembered by
    try:
        on: date | None = _thai(year, month, day) if is_thai else _persian(year, month, day)
    except ValueError:
        on = None
    ours = (f"{on.day}{_OURS[on.month - 1]}", str(on.year)) if on is not None and on.year in _YEARS else _NEVER
    # It begins and ends where the other did.
    return ours[0] + ours[1].rjust(len(found[0]) - len(ours[0]))


def _thai(year: int, month: int, day: int) -> date:
    if _EARLIEST_SHORT <= year < 100:
        year += 2500
    return date(year - _BUDDHIST_ERA if year >= 2400 else year, month, day)


def _persian(year: int, month: int, day: int) -> date:
    longest = 31 if month <= 6 else 30 if month < 12 or year % 33 in _LEAP else 29
    if not (1244 <= year <= 1472 and 1 <= day <= longest):
        raise ValueError(year)
    months = (month - 1) * 30 + min(month - 1, 6)
    days = 365 * (year - _NEW_YEAR) + _leap_years_before(year) - _leap_years_before(_NEW_YEAR)
    return date.fromordinal(_NEW_YEARS_DAY.toordinal() + days + months + day - 1)


def _leap_years_before(year: int) -> int:
    cycles, place = divmod(year, 33)
    return cycles * len(_LEAP) + sum(1 for leap in _LEAP if leap < place)
