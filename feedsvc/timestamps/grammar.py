"""Where in a line a time stands, and what it states.

Knows in which orders and spellings dates, hours and zones follow one another; hides that a line is read as letters.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from functools import lru_cache, partial
from itertools import islice
from zoneinfo import ZoneInfo

from feedsvc.timestamps import spelling, words
from feedsvc.timestamps.stamp import Stamp

_LONGEST_WORDS = 30
_LONGEST = 160  # characters; nothing longer was ever a time with a section, only a sentence that names a date

# Letters take their marks along, which Hindi, Thai and decomposed Latin write behind them. In Chinese, Japanese and
# Korean no space parts what stands behind a number from the next word.
_MARKS = r"\u0300-\u036f\u064b-\u065f\u0900-\u0903\u093a-\u094f\u0e31\u0e34-\u0e3a\u0e47-\u0e4e"
_WORD = rf"[^\W\d_]+(?:[{_MARKS}]+[^\W\d_]*)*"
_TOKEN = re.compile(
    r"\d+|[年月日号時时點点分년월일시분](?<=\d.)(?![前间間钟鐘전간])"
    rf"|{_WORD}(?:['’‘ʼʻ`´]{_WORD})*|[^\s\w]|_"
)
_SIGNS = dict.fromkeys("‐‑‒–—―−", "-") | {"،": ","}
_ISO = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?(?:\.\d{1,6})?(?:Z|[+-]\d\d:?\d\d)?(?!\w)")

# Each token of a line becomes one letter, and these expressions read the letters: d and D a number of one and of two
# digits, y a year, n another number, m a month, w a weekday, r today or yesterday, u a unit, g "ago", G "ago" said
# first, j "just now", o "one", a am or pm, z a zone, c a filler, s an ordinal's suffix, T a word for "month" before its
# number, Y, M, B, H and N what stands behind the number of a year, month, day, hour and minute, p am or pm before the
# hour, U a unit that says "ago" itself, W any other word; punctuation is itself.
_YEAR = r"y(?:-?[sc]\.?)*"
_DATES = (
    r"(?P<ymd>y(?P<s1>[.\-/])[dD](?P=s1)[dD](?!:))"
    r"|(?P<dmy>[dD](?P<s2>[.\-/])[dD](?P=s2)[ynd]|[dD](?P<s3>[.\-/])[dD](?P=s3)D(?!:|\.D(?![.:dDny]))|[dD]T[dD],?c?y)"
    rf"|(?P<dm>[dD]\.?(?:-?s)?c?[.\-]?[mW](?:\.,?|,)?c?-?{_YEAR}|[dD]\.?(?:-?s)?c?[.\-]?m\.?)"
    r"|(?P<marked>yY[dD]M[dD]B?|(?<!Y)[dD]M[dD]B?)"
    rf"|(?P<ydm>{_YEAR}[,.]?[dD](?:-?s)?-?m|{_YEAR}[,.]?m[dD](?:-?s)?)"
    rf"|(?P<md>m\.?[dD](?:-?s)?,?{_YEAR}|m\.?[dD](?:-?s)?(?![:.]))"
    r"|(?P<short>[dD]\.[dD]\.(?=,?c?[dD](?::D|\.D(?![.:dDny])))|[dD][./]D(?!:|\.[dDn]|/[dDyn](?!:)))"
)
_PART = re.compile(
    r"(?=[dDnyompwzrbjquGp+])(?:"  # what a part begins with: in most headlines few letters
    r"(?P<ago>(?:[dDno]?u\.?[,c]?)+g|Gc?(?:[dDno]?u\.?[,c]?)+|[dDn](?:U|Ng))"
    rf"|{_DATES}"
    r"|(?P<hour>p?[dD]:D(?::D(?:\.n)?)?a?|[dD]a|p?[dD]H(?:[dD]N?)?)"
    r"|(?P<back>r|bu(?!g))"
    r"|(?P<now>j|qQ)"
    r"|(?P<zone>z(?:[+\-](?:[dD](?::D)?|n))?|\+D:D)"
    r"|(?P<weekday>w+c?))"
)
_SLOT = {
    "ymd": "date",
    "dmy": "date",
    "dm": "date",
    "ydm": "date",
    "md": "date",
    "marked": "date",
    "short": "date",
    "back": "date",
}
_BETWEEN = re.compile(r"(?:-s|[,|/\-()\[\]•·.;c]|oc)*(?:(?:u[:.]?|o)(?=[dD]:D))?")
_DOTTED_HOUR = re.compile(r"(?:[,|/\-()\[\]]|c\.?)*u?:?(?P<hour>[dD]\.D)(?![.dDny])")
_FULL_HOUR = re.compile(rf"[,|/\-()\[\]c]*(?P<hour>[dD]{spelling.OCLOCK})")
_DIGIT = re.compile(r"\d")
_SEPARATORS = " \t\u00a0,|/-–—•·:;"


@dataclass(frozen=True, slots=True)
class _Line:
    """A line as letters for the grammar, with each token's value.

    ``plain`` is the text with its times spelt in one way, character by character in the same places.
    """

    text: str
    plain: str
    letters: str
    values: list[int]

    def span(self, token: int) -> tuple[int, int]:
        """Return where a token begins and ends in the text."""
        return next(islice(_TOKEN.finditer(self.plain), token, None)).span()


@lru_cache(maxsize=4096)
def _token(token: str) -> tuple[str, int]:
    """Return the letter of the grammar that a token is, and its value."""
    kind = token[0]
    if kind.isdecimal():
        size = len(token)
        value = int(token) if size <= 4 else -1
        if size <= 2:
            return "dD"[size - 1], value
        return "y" if size == 4 and 1900 <= value <= 2199 else "n", value
    return words.kind_of(token) if kind.isalpha() else (_SIGNS.get(kind, kind), 0)


def _tokenise(text: str) -> _Line | None:
    """Return the line for the grammar, or None when no part of it can be a time's: most lines are headlines."""
    text, plain = spelling.unified(text)
    tokens = list(map(_token, _TOKEN.findall(plain)))
    letters = "".join([letter for letter, _ in tokens])
    if _PART.search(letters) is None:
        return None
    return _Line(text, plain, letters, [value for _, value in tokens])


@lru_cache(maxsize=2048)
def find(text: str) -> Stamp | None:
    """Return the first time that a line states, with the text before and after it, or None.

    A time is an unbroken run of a date, an hour, a weekday and a zone in any order, each at most once; a weekday, a
    zone or a day and month in digits alone are none.
    """
    # Only "yesterday" and the like are times without a digit, and they stand alone.
    if len(text) > _LONGEST or (len(text) > _LONGEST_WORDS and _DIGIT.search(text) is None):
        return None
    if "T" in text and (iso := _ISO.search(text)) is not None:
        return _iso_stamp(text, iso)
    line = _tokenise(text)
    start = 0
    while line is not None and (first := _PART.search(line.letters, start)) is not None:
        parts, end = _run(line, first)
        if (
            "hour" in parts
            or "ago" in parts
            or "now" in parts
            or ("date" in parts and parts["date"].lastgroup != "short")
        ):
            return _stamp(line, parts, first.start(), end)
        start = max(end, first.end())
    return None


def _run(line: _Line, first: re.Match[str]) -> tuple[dict[str, re.Match[str]], int]:
    """Return the parts of a time that follow one another unbroken, by slot, and where they end."""
    parts: dict[str, re.Match[str]] = {}
    part: re.Match[str] | None = first
    end = first.start()
    while part is not None:
        name = part.lastgroup or ""
        slot = _SLOT.get(name, name)
        if slot in parts or (name == "dm" and "W" in part.group() and not _is_foreign_month(line, part)):
            break
        parts[slot] = part
        end = part.end()
        gap = _BETWEEN.match(line.letters, end)
        part = _PART.match(line.letters, gap.end() if gap else end)
        if (
            (part is None or part.lastgroup == "short")
            and "hour" not in parts
            and _names_a_day(line.letters[first.start() : end], parts)
        ):
            part = None
            dotted = _DOTTED_HOUR.match(line.letters, end)
            if dotted is not None and "r" in line.letters[first.start() : end] and not _has_no_month(line, dotted):
                dotted = None
            dotted = dotted or _FULL_HOUR.match(line.letters, end)
            if dotted is not None:
                parts["hour"] = dotted
                end = dotted.end()
    return parts, end


def _names_a_day(letters: str, parts: dict[str, re.Match[str]]) -> bool:
    # "9.1. 22.58" ends in a dot as prices do not.
    return "y" in letters or "r" in letters or ("date" in parts and _is_numeric(parts["date"]))


def _is_numeric(day: re.Match[str]) -> bool:
    return day.lastgroup == "dmy" or (day.lastgroup == "short" and day.group().endswith("."))


def _has_no_month(line: _Line, dotted: re.Match[str]) -> bool:
    # "today 10.12" may be the tenth of December, "today at 10.12" is none
    return line.values[dotted.end() - 1] > 12 or "c" in dotted.group()


def _is_foreign_month(line: _Line, part: re.Match[str]) -> bool:
    # The tables of rare languages are asked only for a line that is a date and an hour and little else.
    if len(line.letters) > 12:
        return False
    place = part.start() + part.group().index("W")
    start, end = line.span(place)
    months = words.foreign_months(behind_a_dot=line.letters[place - 1] == ".")
    month = months.get(words.fold(line.text[start:end]))
    if month is None:
        return False
    line.values[place] = month
    return True


def _before(text: str) -> str:
    return text.strip(_SEPARATORS).rstrip("([" + _SEPARATORS)


def _after(text: str) -> str:
    return text.strip(_SEPARATORS).lstrip(")]" + _SEPARATORS)


def _stamp(line: _Line, parts: dict[str, re.Match[str]], start: int, end: int) -> Stamp:
    letters = line.letters
    form = letters[start:end].replace("D", "d")
    while start > 0 and letters[start - 1] == "c":
        start -= 1
    trailing = end
    while trailing < len(letters) and letters[trailing] in "c.)]":
        trailing += 1
    # "… of the year" belongs to the time, unless a headline begins with the word.
    if trailing == len(letters) or not letters[trailing].isalnum():
        end = trailing
    # Most stamps are all that their line says.
    before = _before(line.text[: line.span(start)[0]]) if start else ""
    after = _after(line.text[line.span(end - 1)[1] :]) if end < len(letters) else ""
    weekday = "weekday" in parts
    if "now" in parts:
        return Stamp(form, ago=timedelta(), before=before, after=after)
    if "ago" in parts:
        return Stamp(form, ago=_ago(line, parts["ago"]), before=before, after=after)
    stamp = partial(Stamp, form, weekday=weekday, before=before, after=after)
    read = _read(stamp, line, parts)
    if read is None:
        said = line.text[line.span(start)[0] : line.span(end - 1)[1]]
        lost = frozenset(name for name, slot in (("day", "date"), ("hour", "hour")) if slot in parts)
        read = stamp(fault=f"there is no {said}", lost=lost)
    return replace(read, month_first=_read(stamp, line, parts, month_first=True)) if _is_slashed(parts) else read


def _is_slashed(parts: dict[str, re.Match[str]]) -> bool:
    return "date" in parts and parts["date"].lastgroup == "dmy" and "/" in parts["date"].group()


def _read(
    stamp: Callable[..., Stamp], line: _Line, parts: dict[str, re.Match[str]], *, month_first: bool = False
) -> Stamp | None:
    """Return the stamp with what its parts state, None when there is no such day or hour."""
    try:
        on = _stated_date(line, parts["date"], month_first=month_first) if "date" in parts else None
        return stamp(
            date=on if isinstance(on, tuple) else None,
            days_back=on if isinstance(on, int) else None,
            hour=_stated_hour(line, parts["hour"]) if "hour" in parts else None,
            zone=_stated_zone(line, parts["zone"]) if "zone" in parts else None,
        )
    except ValueError:
        return None


def _numbers(line: _Line, part: re.Match[str], kinds: str) -> list[int]:
    start, end = part.span(part.lastgroup or 0)
    return [line.values[place] for place in range(start, end) if line.letters[place] in kinds]


def _stated_date(line: _Line, part: re.Match[str], *, month_first: bool = False) -> tuple[int | None, int, int] | int:
    name = part.lastgroup
    if name == "back":
        return _numbers(line, part, "r")[0] if "r" in part.group() else 0
    year: int | None = None
    if name in ("ymd", "dmy", "short"):
        numbers = _numbers(line, part, "dDyn")
        if name == "ymd":
            year, month, day = numbers
        elif name == "short":
            day, month = numbers
        else:
            day, month, year = numbers
            if month_first:
                day, month = month, day
            last = line.letters[part.end() - 1]
            if last == "D":
                year += 2000 if year < 70 else 1900
            elif last != "y":
                raise ValueError(year)
    elif name == "marked":
        *years, month, day = _numbers(line, part, "dDy")
        year = years[0] if years else None
    else:
        (day,) = _numbers(line, part, "dD")
        (month,) = _numbers(line, part, "mW")
        years = _numbers(line, part, "y")
        year = years[0] if years else None
    date(year or 2000, month, day)  # a leap year, so that 29 February stands
    return year, month, day


def _stated_hour(line: _Line, part: re.Match[str]) -> time:
    numbers = _numbers(line, part, "dD")
    hour, minute, second = (*numbers, 0, 0)[:3]
    if "a" in part.group():
        if not 1 <= hour <= 12:
            raise ValueError(hour)
        hour = hour % 12 + _numbers(line, part, "a")[0]
    elif "p" in part.group() and hour <= 12:
        hour = hour % 12 + _numbers(line, part, "p")[0]
    return time(hour, minute, second)


def _stated_zone(line: _Line, part: re.Match[str]) -> tzinfo:
    letters = part.group()
    named = _numbers(line, part, "z")
    zone = words.ZONES[named[0]] if named else UTC
    numbers = _numbers(line, part, "dDn")
    if not numbers:
        return ZoneInfo(zone) if isinstance(zone, str) else zone
    ahead = numbers[0] // 100 * 60 + numbers[0] % 100 if "n" in letters else numbers[0] * 60 + sum(numbers[1:])
    return timezone(timedelta(minutes=-ahead if "-" in letters else ahead))


def _ago(line: _Line, part: re.Match[str]) -> timedelta:
    seconds, amount = 0, 1
    for place in range(part.start(), part.end()):
        if line.letters[place] in "dDn":
            amount = line.values[place]
        elif line.letters[place] in "uUN":
            seconds += amount * line.values[place]
            amount = 1
    return timedelta(seconds=min(seconds, 10**10))


def _iso_stamp(text: str, match: re.Match[str]) -> Stamp:
    before, after = _before(text[: match.start()]), _after(text[match.end() :])
    try:
        moment = datetime.fromisoformat(match.group())
    except ValueError:
        lost = frozenset(("day", "hour"))
        return Stamp("iso", before=before, after=after, fault=f"there is no {match.group()}", lost=lost)
    day = (moment.year, moment.month, moment.day)
    return Stamp("iso", date=day, hour=moment.time(), zone=moment.tzinfo, before=before, after=after)
