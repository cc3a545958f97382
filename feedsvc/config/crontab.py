"""Crontab lines: five strict fields, and one meaning.

Knows what cron programs agree on and refuses the rest; hides that APScheduler counts weekdays from Monday.
"""

import re

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_LONGEST = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
# name, lowest, highest, names of the values from the lowest on
_FIELDS: tuple[tuple[str, int, int, tuple[str, ...]], ...] = (
    ("minute", 0, 59, ()),
    ("hour", 0, 23, ()),
    ("day of the month", 1, 31, ()),
    ("month", 1, 12, _MONTHS),
    ("day of the week", 0, 7, _WEEKDAYS),
)
# A step belongs to a range: of 5/10, cron programs make different things.
_ITEM = re.compile(r"(?:\*|(?P<first>\w+)(?:-(?P<last>\w+)|(?!/)))(?:/(?P<step>[0-9]{1,2}))?")


def normalized(line: str) -> str:
    """Return the line with weekdays as names (``sun,mon``) and months as numbers, which APScheduler reads as cron does.

    Raises:
        ValueError: it is not five good fields, can never come true, or restricts both kinds of day (of which cron
            programs say "or" and APScheduler says "and").
    """
    fields = line.split()
    if len(fields) != 5:
        raise ValueError(
            "a cron time has five fields: minute, hour, day of the month, month, day of the week; "
            'write it like "*/10 6-23 * * *"'
        )
    _, _, days, months, weekdays = (_values(field, *limits) for field, limits in zip(fields, _FIELDS, strict=True))
    week = sorted({day % 7 for day in weekdays})  # 7 is Sunday, as 0 is
    if len(days) < 31 and len(week) < 7:
        raise ValueError("a cron time restricts the day of the month or the day of the week, not both")
    if not any(min(days) <= _LONGEST[month - 1] for month in months):
        raise ValueError(f"no month that this cron time names has a day {min(days)}")
    if any(char.isalpha() for char in fields[3]):
        fields[3] = ",".join(map(str, sorted(months)))
    fields[4] = "*" if len(week) == 7 else ",".join(_WEEKDAYS[day] for day in week)
    return " ".join(fields)


def _values(field: str, name: str, lowest: int, highest: int, names: tuple[str, ...]) -> frozenset[int]:
    def number(written: str) -> int:
        if written.lower() in names:
            return lowest + names.index(written.lower())
        if not (written.isascii() and written.isdigit()) or not lowest <= int(written) <= highest:
            also = f" or {names[0]} to {names[-1]}" if names else ""
            raise ValueError(f'"{written}" is no {name} of a cron time; it goes from {lowest} to {highest}{also}')
        return int(written)

    found: set[int] = set()
    for item in field.split(","):
        match = _ITEM.fullmatch(item)
        if match is None:
            raise ValueError(f'"{item}" is no {name} of a cron time; write it like *, */5, 1, 1-5, 1-5/2 or 1,3,5')
        if match["first"]:
            first, last = number(match["first"]), number(match["last"] or match["first"])
        else:
            first, last = (
                lowest,
                min(highest, 6) if names is _WEEKDAYS else highest,
            )  # or */2 would end on a Sunday twice
        step = int(match["step"] or 1)
        if last < first or (match["step"] and not 1 <= step <= last - first):
            raise ValueError(f'"{item}" is no {name} of a cron time: the range runs backwards or the step leaves it')
        found.update(range(first, last + 1, step))
    return frozenset(found)
