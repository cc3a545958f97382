"""The runs of a page: times that follow one another in a rhythm, with the texts around them.

Knows where a rhythm begins and breaks, and which dates are the days of the hours below them; knows nothing of which
text is a headline.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum, auto
from zoneinfo import ZoneInfo

from feedsvc.sources.page_text.lines import Line
from feedsvc.sources.page_text.pages import Region
from feedsvc.sources.words import Sign
from feedsvc.text import headline_key
from feedsvc.timestamps import Stamp, Unknown, day_of, resolve

Day = date | Unknown
FARTHEST = 4  # lines of text between two times of one run
_MOST_PARAGRAPHS = 5  # of each article in a list of whole ones
_FEWEST_FULL = 3  # full times beside which a lone date is none of the list's


@dataclass(frozen=True, slots=True)
class Clock:
    """What times are read against."""

    taken_at: datetime
    zone: ZoneInfo
    # Each time is asked for by every order that is tried.
    known: dict[tuple[Stamp, Day | None], datetime | Unknown] = field(default_factory=dict, compare=False, repr=False)

    def instant(self, stamp: Stamp, day: Day | None = None) -> datetime | Unknown:
        """Return what a time means; an hour below a day that cannot be is as unknown as the day."""
        if isinstance(day, Unknown):
            if not stamp.has_day:
                return day
            day = None
        found = self.known.get((stamp, day))
        if found is None:
            found = self.known[stamp, day] = resolve(stamp, taken_at=self.taken_at, zone=self.zone, day=day)
        return found

    def day(self, stamp: Stamp) -> date | None:
        return day_of(stamp, taken_at=self.taken_at, zone=self.zone)

    def header(self, stamp: Stamp) -> Day | None:
        """Return the day that a header gives the hours below it."""
        return Unknown(stamp.fault) if stamp.fault is not None else self.day(stamp)


@dataclass(frozen=True, slots=True)
class Run:
    """Times that follow one another in a rhythm, with the texts before, between and after them.

    ``texts`` is one longer than ``anchors``: ``texts[i]`` stands above ``anchors[i]``. ``headed`` tells whether the
    run stands right under its region's heading, ``closed`` whether a terminator ends it. ``days`` are the day headers
    by the number of the anchor below, ``doubled`` the texts that stand twice in a row, as a picture's and a link's.
    """

    anchors: tuple[Line, ...]
    texts: tuple[tuple[Line, ...], ...]
    headed: bool
    closed: bool
    ends_page: bool
    days: dict[int, Day]
    doubled: frozenset[int]

    @property
    def is_an_articles(self) -> bool:
        """Tell whether these are two times of one article: one instant, with the headline below each."""
        stated = [(anchor.stamp.date, anchor.stamp.hour) for anchor in self.anchors if anchor.stamp is not None]
        if len(stated) != 2 or stated[0] != stated[1]:
            return False
        first, second = ({headline_key(line.text) for line in texts} for texts in self.texts[1:])
        return not first.isdisjoint(second)

    @property
    def usual(self) -> int:
        """How many texts stand between two times, mostly."""
        between = Counter(len(texts) for texts in self.texts[1:-1]).most_common(1)
        return between[0][0] if between else 1


def find_runs(region: Region, clock: Clock, last: Line) -> Iterator[Run]:
    """Yield the runs of a region in its order; ``last`` is the last line of the page."""
    marks = _Marks(region, clock)
    anchors, texts = marks.anchors, marks.texts
    start = 0
    breaks = {*_breaks(texts, region.heading is not None), *_before_own_times(anchors)}
    for end in [*sorted(breaks), len(anchors)]:
        if end == start:
            continue
        lead, tail = texts[start], texts[end]
        headed = start == 0 and region.heading is not None and _leads_on(lead)
        yield Run(
            anchors=tuple(anchors[start:end]),
            texts=(tuple(lead[-FARTHEST:]), *map(tuple, texts[start + 1 : end]), tuple(tail[:FARTHEST])),
            headed=headed,
            closed=end == len(anchors) and (region.closing is not None or not tail),
            ends_page=anchors[end - 1] is last,
            days=marks.days,
            doubled=frozenset(marks.doubled),
        )
        start = end


class _Marks:
    """The times of a region that are entries' own, and the texts between them."""

    def __init__(self, region: Region, clock: Clock) -> None:
        self.anchors: list[Line] = []
        self.texts: list[list[Line]] = [[]]
        self.days: dict[int, Day] = {}
        self.doubled: set[int] = set()
        roles = _date_roles(region)
        day: Day | None = None
        for line in region.lines:
            role = roles.get(line.number)
            if role is _DateRole.HEADER and line.stamp is not None:
                day = clock.header(line.stamp) or day
            elif line.stamp is not None and role is not _DateRole.CLOCK:
                self.anchors.append(line)
                self.texts.append([])
                if day is not None:
                    self.days[line.number] = day
            elif line.is_text:
                self._add_text(line)

    def _add_text(self, line: Line) -> None:
        texts = self.texts[-1]
        if texts and headline_key(texts[-1].text) == headline_key(line.text):
            self.doubled.add(texts[-1].number)
        else:
            texts.append(line)


def _leads_on(lead: Sequence[Line]) -> bool:
    """Tell whether what stands between a heading and the first time lets the heading speak for the run."""
    return len(lead) <= FARTHEST and not any(text.is_sentence for text in lead[:-1])


class _DateRole(Enum):
    HEADER = auto()  # the day of the hours below it
    CLOCK = auto()  # a date that stands alone above full times


def _date_roles(region: Region) -> dict[int, _DateRole]:
    """Return what each date without an hour is, where it is no entry's own."""
    marks = [line for line in region.lines if line.stamp is not None or line.is_text]
    dates = sum(1 for line in marks if line.is_date)
    full = sum(1 for line in marks if line.stamp is not None and line.stamp.has_hour)
    first = next((line for line in marks if line.stamp is not None), None)
    listed = region.heading is not None and region.heading.sign is not Sign.OTHER
    roles = {}
    for place, line in enumerate(marks):
        if not line.is_date:
            continue
        below = next((other for other in marks[place + 1 : place + 3] if other.stamp is not None), None)
        if below is not None and below.is_hour:
            roles[line.number] = _DateRole.HEADER
        elif dates == 1 and full >= _FEWEST_FULL and line is first and not listed:
            roles[line.number] = _DateRole.CLOCK
    return roles


def _before_own_times(anchors: Sequence[Line]) -> list[int]:
    """Return the places where an article's time begins, written otherwise than the list's: it stands there twice."""
    forms = [anchor.stamp.form for anchor in anchors if anchor.stamp is not None]
    usual = Counter(forms).most_common(1)[0][0] if forms else ""
    return [
        place
        for place in range(1, len(anchors) - 1)
        if anchors[place].stamp == anchors[place + 1].stamp and forms[place] != usual == forms[place - 1]
    ]


def _are_whole_articles(between: Sequence[Sequence[Line]]) -> bool:
    """Tell whether paragraphs stand under each time, a few under any, and a headline above or below them."""
    if len(between) < 2 or not all(1 < len(texts) <= _MOST_PARAGRAPHS + 1 for texts in between):
        return False
    headed = any(all(not texts[end].ends_paragraph for texts in between) for end in (0, -1))
    return headed and all(any(text.is_sentence for text in texts) for texts in between)


def _breaks(texts: Sequence[Sequence[Line]], labelled: bool) -> list[int]:
    """Return the places between anchors where the rhythm breaks."""
    between = [len(texts[place]) for place in range(1, len(texts) - 1)]
    if not between:
        return []
    if _are_whole_articles(texts[1:-1]):
        # Their paragraphs vary in number: what recurs is the headline.
        return []
    counts = Counter(between)
    usual = {count for count, times in counts.items() if times >= max(2, len(between) * 0.2)}
    mode = min(counts, key=lambda count: (-counts[count], count))
    most = max(usual | {mode} if len(between) > 2 or labelled else {mode})
    breaks = []
    for place, count in enumerate(between, start=1):
        paragraphs = sum(1 for text in texts[place] if text.is_sentence)
        limit = max(most, 3) if labelled and paragraphs <= 1 else most
        if count > min(limit, FARTHEST):
            breaks.append(place)
    return breaks
