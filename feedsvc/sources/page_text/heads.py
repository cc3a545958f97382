"""The head of an article: which line above the text is its headline, which its time, which its section.

Knows tickers, site clocks, trails, bylines and leads, which all stand where headlines do; knows nothing of the text.
"""

import re
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from feedsvc.sources import words
from feedsvc.sources.page_text.lines import Line
from feedsvc.sources.page_text.runs import Clock
from feedsvc.sources.words import Sign, fold
from feedsvc.text import headline_key

_LONGEST_SHORT = 40  # characters of a headline that may end with a full stop
_SITE = re.compile(r"\s*[-–—|·»]\s*\S+(?:\s\S+){0,3}$")
Listed = dict[str, set[datetime]]  # the keys of the headlines in lists, each with its instants

_NEAR = 5  # lines between a time and its headline
_LONGEST_HEADLINE = 220  # characters
_TOP = 6  # lines at the top of a page, where sites show their clock
_CLOCK_RUNS = timedelta(hours=1)  # a time at the top of a page, this close to its saving, is the site's clock


def headed(head: Sequence[Line], clock: Clock, listed: Listed) -> tuple[Line | None, Line | None]:
    """Return the headline of a head and its time; a time that proves to be the site's clock is looked past."""
    usable = list(head)
    while True:
        stamp = _own_time(usable, clock)
        title = _headline_of(usable, stamp, clock, listed)
        if stamp is None or title is None or not _is_site_clock(stamp, title, usable, clock):
            return title, stamp
        usable = usable[: usable.index(stamp)] + usable[usable.index(stamp) + 1 :]


def _own_time(head: Sequence[Line], clock: Clock) -> Line | None:
    """Return the time nearest to the text; of several in a row ("published, updated") the first."""
    stamps = [line for line in head if line.stamp is not None and (line.stamp.has_day or line.stamp.fault)]
    published = [line for line in stamps if not is_update(line)] or stamps
    row: list[Line] = []
    for line in reversed(head):
        if line in published:
            row.insert(0, line)
        elif row and (line.is_text or line.sign is Sign.OTHER):
            break
    # Beside a whole time the day of saving is the site's.
    whole = [line for line in row if not (line.is_date and _is_today(line, clock))]
    return next(iter(whole or row), None)


def _is_today(line: Line, clock: Clock) -> bool:
    return line.stamp is not None and clock.day(line.stamp) == clock.taken_at.astimezone(clock.zone).date()


def is_update(line: Line) -> bool:
    return line.stamp is not None and fold(line.stamp.before) in words.UPDATE_KEYS


def _headline_of(head: Sequence[Line], stamp: Line | None, clock: Clock, listed: Listed) -> Line | None:
    """Return the headline in a head: what stands there twice, or ends the trail, or stands next to the time."""
    texts = _candidates(head)
    if not texts:
        return None
    proven = _doubled(texts, head, stamp) or _trailed(texts, head)
    if proven is not None:
        return proven
    if stamp is None:
        nearest = next((line for line in reversed(texts) if not _is_doubtful(line)), texts[-1])
        return _above_section(_above_quote(nearest, texts), texts, head, listed)
    above = [line for line in _near(texts, head, stamp) if line.number < stamp.number]
    below = [line for line in texts if line.number > stamp.number]
    upper = next((line for line in reversed(above) if not _is_doubtful(line)), None)
    lower = next((line for line in below if not _is_doubtful(line)), None)
    if upper is not None and (lower is None or not _is_cut_off(upper, lower, stamp, head)):
        return _above_lead(upper, head, stamp, clock, listed)
    return lower or next(iter([*above[::-1], *below]), None)


def _candidates(head: Sequence[Line]) -> list[Line]:
    heading = max((place for place, line in enumerate(head) if line.sign is Sign.OTHER), default=-1)
    # What stands above the trail to the article is a ticker.
    trail = max((place for place, line in enumerate(head) if words.is_trail(line.text)), default=-1)
    texts = [line for place, line in enumerate(head) if place > trail and may_be_headline(line)]
    # A list of something else may end right above the headline, but its heading never stands below it.
    return [line for line in texts if head.index(line) > heading] or texts


def _near(texts: Sequence[Line], head: Sequence[Line], stamp: Line) -> list[Line]:
    place = head.index(stamp)
    return [line for line in texts if abs(head.index(line) - place) <= _NEAR]


def _doubled(texts: Sequence[Line], head: Sequence[Line], stamp: Line | None) -> Line | None:
    """Return the first text that stands in the head more than once."""
    copies = Counter(headline_key(line.text) for line in texts if not _is_doubtful(line))
    near = {headline_key(line.text) for line in (texts if stamp is None else _near(texts, head, stamp))}
    times, key = max(((copies[key], key) for key in near), default=(0, ""))
    if times < 2:
        return None
    twice = next(line for line in texts if headline_key(line.text) == key)
    return _above_caption(twice, texts, head) if stamp is None and times == 2 else twice


def _above_caption(twice: Line, texts: Sequence[Line], head: Sequence[Line]) -> Line:
    """Return the headline above a picture's caption, which stands twice in a row right below it."""
    place = head.index(twice)
    upper = head[place - 1] if place else None
    below = head[place + 1] if place + 1 < len(head) else None
    if (
        upper not in texts
        or upper is None
        or _is_doubtful(upper)
        or below is None
        or below.gap
        or below.text != twice.text
    ):
        return twice
    return upper if twice.gap and len(upper.text) > len(twice.text) else twice


def _trailed(texts: Sequence[Line], head: Sequence[Line]) -> Line | None:
    """Return the text that the trail to the article ends with, or that the page's title begins with."""
    trails = tuple(headline_key(line.text) for line in head if words.is_trail(line.text))
    return next(
        (
            line
            for line in texts
            if not _is_doubtful(line)
            and (any(trail.endswith(headline_key(line.text)) for trail in trails) or _opens_page_title(line, head))
        ),
        None,
    )


def _opens_page_title(line: Line, head: Sequence[Line]) -> bool:
    """Tell whether another line is this one and the site's name behind a dash or a bar."""
    size = len(line.text)
    return any(
        len(other.text) > size and other.text.startswith(line.text) and _SITE.match(other.text, size) for other in head
    )


def _is_cut_off(upper: Line, lower: Line, stamp: Line, head: Sequence[Line]) -> bool:
    """Tell whether a text belongs to what stands above a time: a menu lies between them, or it is another list's."""
    place = head.index(upper)
    between = head[place + 1 : head.index(stamp)]
    if any(other.sign in (Sign.MORE, Sign.OTHER) for other in between):
        return True
    if lower.ends_sentence or not any(other.is_sentence and other.ends_sentence for other in between):
        return False
    # A headline with a teaser, and others like it above: somebody's columns, say.
    above = head[place - 1] if place else None
    return any(other.sign is Sign.OTHER for other in head[:place]) or (above is not None and above.is_sentence)


def _above_quote(line: Line, texts: Sequence[Line]) -> Line:
    """Return the headline above a lead that is somebody's words and nothing else."""
    place = texts.index(line)
    upper = texts[place - 1] if place else None
    if upper is None or _is_doubtful(upper) or _is_quote(upper) or not _is_quote(line):
        return line
    return upper


def _is_quote(line: Line) -> bool:
    return line.text[0] in '"“«„' and line.text[-1] in '"”»“' and not any(quote in line.text[1:-1] for quote in '"“«„')


def _above_section(line: Line, texts: Sequence[Line], head: Sequence[Line], listed: Listed) -> Line:
    """Return the headline above a section's name where a few words below it, such as a paper's name, are none."""
    place = head.index(line)
    above = [other for other in head[max(place - 2, 0) : place] if other.sign is None]
    if len(above) < 2 or words.section(above[-1].text) is None or above[0] not in texts or _is_doubtful(above[0]):
        return line
    known = not listed.keys().isdisjoint({headline_key(line.text), headline_key(above[0].text)})
    return line if known or len(line.text) * 2 > len(above[0].text) else above[0]


def _above_lead(line: Line, head: Sequence[Line], stamp: Line, clock: Clock, listed: Listed) -> Line:
    """Return the headline above a line that proves to be its lead: two texts alone above a time, the lower longer."""
    place = head.index(line)
    upper = head[place - 1] if place else None
    if upper is None or not may_be_headline(upper) or _is_doubtful(upper) or headline_key(line.text) in listed:
        return line
    if place > 1 and (head[place - 2].is_text or (head[place - 2].stamp is not None and not upper.gap)):
        return line
    elsewhere = listed.get(headline_key(upper.text))
    if elsewhere and stamp.stamp is not None:
        # A ticker shows a headline of the list, and the list says when that one appeared.
        return upper if clock.instant(stamp.stamp) in elsewhere else line
    return upper if len(line.text) > len(upper.text) else line


def may_be_headline(line: Line) -> bool:
    """Tell whether a line in a head could be its headline by its own looks."""
    paragraph = line.ends_paragraph and len(line.text) > _LONGEST_SHORT
    fits = line.is_text and not paragraph and len(line.text) <= _LONGEST_HEADLINE
    return fits and not is_aside(line) and not _is_date_line(line)


def _is_date_line(line: Line) -> bool:
    """Tell whether a line is a day and a place or so, as sites show today's."""
    said = line.inline
    return said is not None and said.has_day and len(said.before.split()) + len(said.after.split()) <= 1


def is_aside(line: Line) -> bool:
    """Tell whether a line is a section, a trail or a word beside a time."""
    return (
        words.section(line.text) is not None
        or words.is_trail(line.text)
        or len(line.text) < 5
        or words.is_dated_word(line.text)
    )


def _is_doubtful(line: Line) -> bool:
    parts = line.text.split()
    is_name = len(parts) <= 3 and all(part[0].isupper() for part in parts)
    is_timed = line.inline is not None and line.inline.has_day and line.inline.has_hour
    return len(parts) <= 2 or is_name or is_timed or line.text.endswith((":", ",")) or line.ends_sentence


def _is_site_clock(stamp: Line, title: Line, head: Sequence[Line], clock: Clock) -> bool:
    """Tell whether a time above a headline is when the page was saved, not when the article appeared."""
    said = stamp.stamp
    if said is None or said.date is None or said.before or stamp.number > title.number or stamp.section is not None:
        return False
    between = head[head.index(stamp) + 1 : head.index(title)]
    instant = clock.instant(said)
    recent = said.has_hour and isinstance(instant, datetime) and abs(clock.taken_at - instant) < _CLOCK_RUNS
    if said.weekday and (recent or stamp.number <= _TOP):
        return True
    if not said.has_hour:
        today = _is_today(stamp, clock)
        adjacent = all(line.sign is Sign.COUNT for line in between)
        return said.weekday or (today and not adjacent) or any(line.sign is not Sign.COUNT for line in between)
    return (recent and stamp.number <= _TOP) or len([line for line in between if line.sign is not Sign.COUNT]) > 2


def section_of(head: Sequence[Line], title: Line, stamp: Line | None) -> str | None:
    """Return the section that a head shows: beside the time, below the headline, or right above it."""
    if stamp is not None and stamp.section is not None:
        return stamp.section
    place = head.index(title)
    for line in head[place + 1 :]:
        if line.is_text and (section := words.section(line.text)):
            return section
        if line.is_text and line.is_short and line.text.isupper() and len(line.text) > 3 and line.gap:
            return line.text
    return _section_above(head[:place])


def _section_above(upper: Sequence[Line]) -> str | None:
    above = [
        line
        for line in upper
        if line.sign is not Sign.COUNT
        and line.stamp is None
        and (words.section(line.text) or not words.is_name(line.text))
    ]
    while above and above[-1].sign is Sign.MORE and not words.is_home(above[-1].text):
        above.pop()
    if not above:
        return None
    last, before = above[-1], above[-2] if len(above) > 1 else None
    if before is None or (last.gap and last.gap != before.gap):
        return words.section(last.text)
    if words.is_home(before.text) and last.is_short and last.is_text:
        return last.text
    # Several in a column are a menu, unless the last stands there for the second time.
    column = [fold(line.text) for line in above[:-1] if words.section(line.text) is not None]
    in_menu = words.section(before.text) is not None and fold(last.text) not in column
    return None if in_menu else words.section(last.text)
