"""The news lines of a page: which lines make one, and which headline each time belongs to.

Knows that the order of headline and time is a property of the block: each order is tried on the whole of it, and the
one that leaves least unexplained is taken. Knows nothing of articles but their headlines and times.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import Enum, auto
from functools import lru_cache
from zoneinfo import ZoneInfo

from feedsvc.sources.page_text import words
from feedsvc.sources.page_text.lines import Line, Region, ends_in_full_stop, is_running, regions
from feedsvc.sources.page_text.words import Sign
from feedsvc.text import headline_key
from feedsvc.timestamps import Stamp, Unknown, day_of, resolve

FEWEST_UNLABELLED = 3  # pairs of headline and time that make a news line without a label
_TEASERS = 2  # lines of text below a headline that holds its time
_FARTHEST = 4  # lines of text between two times of one block


@dataclass(frozen=True, slots=True)
class Found:
    """One entry of a news line: its headline's line, its time, and the section shown with it."""

    line: Line
    title: str
    stamp: Line | None
    published: datetime | Unknown | None
    section: str | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """A part of the page that is a list: its entries, and the numbers of all lines that it accounts for."""

    entries: tuple[Found, ...]
    lines: frozenset[int]
    is_news: bool = True


@dataclass(frozen=True, slots=True)
class Clock:
    """What times are read against."""

    taken_at: datetime
    zone: ZoneInfo

    def instant(self, stamp: Stamp, day: date | None = None) -> datetime | Unknown:
        return resolve(stamp, taken_at=self.taken_at, zone=self.zone, day=day)

    def day(self, stamp: Stamp) -> date | None:
        return day_of(stamp, taken_at=self.taken_at, zone=self.zone)


class _Side(Enum):
    BEFORE = auto()  # the headline stands before its time
    AFTER = auto()


@dataclass(frozen=True, slots=True)
class _Reading:
    """One way to read a run: the headline is the ``step``-th text before or after each time."""

    side: _Side
    step: int


@dataclass(slots=True)
class _Run:
    """Times that follow one another in a rhythm, with the texts before, between and after them."""

    anchors: list[Line]
    texts: list[list[Line]]  # one more than anchors: texts[i] stands above anchors[i]
    labelled: bool
    closed: bool  # a terminator stands below
    ends_page: bool
    days: dict[int, date] = field(default_factory=dict)  # the day header that each anchor stands under
    doubled: set[int] = field(default_factory=set)  # the texts that stand twice in a row, as a picture's and a link's


def find_blocks(lines: Sequence[Line], clock: Clock) -> list[Block]:
    """Return the blocks of a page in its order."""
    neighbours = _headlines_by_instant(lines, clock)
    found: list[Block] = []
    for region in regions(lines):
        found.extend(_in_region(region, clock, neighbours, lines[-1]))
    return found


def _in_region(region: Region, clock: Clock, neighbours: dict[datetime, set[str]], last: Line) -> Iterator[Block]:
    heading = region.heading
    inline = _inline(region, clock)
    if inline is not None:
        yield inline
        return
    runs = list(_runs(region, clock, last))
    dated = False
    for run, near in runs:
        labelled = near and heading is not None and heading.sign is not Sign.OTHER
        fewest = FEWEST_UNLABELLED if not labelled else 1 if _stands_alone(run, region) else 2
        if len(run.anchors) < FEWEST_UNLABELLED and not all(
            anchor.stamp and (anchor.stamp.has_hour or anchor.stamp.fault) for anchor in run.anchors
        ):
            continue
        if len(run.anchors) < fewest:
            continue
        reading = _best(run, clock, neighbours)
        block = _entries(run, reading, clock)
        if len(block.entries) < fewest:
            continue
        if near and heading is not None and heading.sign is Sign.OTHER:
            yield Block((), block.lines | {heading.number}, is_news=False)
            continue
        dated = True
        yield block
    if not dated and heading is not None and heading.sign is not Sign.OTHER:
        undated = _undated(region)
        if undated is not None:
            yield undated


# --- runs -------------------------------------------------------------------------------------------------------------


def _runs(region: Region, clock: Clock, last: Line) -> Iterator[tuple[_Run, bool]]:
    """Yield the runs of a region, each with whether it stands right under the region's heading."""
    lines = region.lines
    roles = _date_roles(region)
    anchors: list[Line] = []
    texts: list[list[Line]] = [[]]
    days: dict[int, date] = {}
    doubled: set[int] = set()
    day: date | None = None
    for line in lines:
        role = roles.get(line.number)
        if role is _DateRole.HEADER and line.stamp is not None:
            day = clock.day(line.stamp) or day
        elif line.stamp is not None and role is not _DateRole.NONE:
            anchors.append(line)
            texts.append([])
            if day is not None:
                days[line.number] = day
        elif line.is_text and texts[-1] and headline_key(texts[-1][-1].text) == headline_key(line.text):
            doubled.add(texts[-1][-1].number)
        elif line.is_text:
            texts[-1].append(line)
    labelled = region.heading is not None
    start = 0
    for end in [*_breaks(texts, labelled), len(anchors)]:
        if end > start:
            first = start == 0
            run = _Run(
                anchors[start:end],
                [_lead(texts[start], first and labelled), *texts[start + 1 : end], _tail(texts[end])],
                labelled and first,
                end == len(anchors) and (region.closing is not None or not texts[end]),
                anchors[end - 1] is last,
                days,
                doubled,
            )
            near = (
                first
                and labelled
                and len(texts[0]) <= _FARTHEST
                and not any(text.is_sentence for text in texts[0][:-2])
            )
            run.labelled = near
            yield run, near
        start = end


class _DateRole(Enum):
    HEADER = auto()  # the day of the hours below it
    NONE = auto()  # a date that stands alone among full times: the site's clock


def _date_roles(region: Region) -> dict[int, _DateRole]:
    """Return what each date without an hour is, where it is no entry's own."""
    marks = [line for line in region.lines if line.stamp is not None or line.is_text]
    dates = [line for line in marks if line.stamp is not None and line.stamp.has_day and not line.stamp.has_hour]
    full = sum(1 for line in marks if line.stamp is not None and line.stamp.has_hour)
    first = next((line for line in marks if line.stamp is not None), None)
    listed = region.heading is not None and region.heading.sign is not Sign.OTHER
    roles = {}
    for line in dates:
        place = marks.index(line)
        below = next((other.stamp for other in marks[place + 1 : place + 3] if other.stamp is not None), None)
        if below is not None and below.has_hour and not below.has_day:
            roles[line.number] = _DateRole.HEADER
        elif len(dates) == 1 and full >= FEWEST_UNLABELLED and line is first and not listed:
            roles[line.number] = _DateRole.NONE
    return roles


def _lead(texts: list[Line], labelled: bool) -> list[Line]:
    return texts if labelled and len(texts) <= _FARTHEST else texts[-_FARTHEST:]


def _tail(texts: list[Line]) -> list[Line]:
    return texts[:_FARTHEST]


def _breaks(texts: list[list[Line]], labelled: bool) -> list[int]:
    """Return the places between anchors where the rhythm breaks."""
    between = [len(texts[place]) for place in range(1, len(texts) - 1)]
    if not between:
        return []
    counts = Counter(between)
    usual = {count for count, times in counts.items() if times >= max(2, len(between) * 0.2)}
    mode = min(counts, key=lambda count: (-counts[count], count))
    most = max(usual | {mode} if len(between) > 2 or labelled else {mode})
    breaks = []
    for place, count in enumerate(between, start=1):
        paragraphs = sum(1 for text in texts[place] if text.is_sentence)
        limit = max(most, 3) if labelled and paragraphs <= 1 else most
        if count > min(limit, _FARTHEST):
            breaks.append(place)
    return breaks


def _stands_alone(run: _Run, region: Region) -> bool:
    """Tell whether a run under a label is followed by no running text, which would make it an article's head."""
    last = run.anchors[-1].number
    return not any(line.is_sentence for line in region.lines if line.number > last)


# --- the order of headline and time -----------------------------------------------------------------------------------


def _best(run: _Run, clock: Clock, neighbours: dict[datetime, set[str]]) -> _Reading:
    widest = max((len(texts) for texts in run.texts[1:-1]), default=1)
    readings = [_Reading(side, step) for side in _Side for step in range(1, min(max(widest, 1), 3) + 1)]
    return max(readings, key=lambda reading: _score(run, reading, clock, neighbours))


def _score(run: _Run, reading: _Reading, clock: Clock, neighbours: dict[datetime, set[str]]) -> float:
    """Return how well a reading explains a run: headlines that look like ones, blank lines between groups, no rest."""
    size = len(run.anchors)
    quality = inside = outside = 0.0
    missing = joints = matched = 0
    for place, anchor in enumerate(run.anchors):
        title = _title(run, reading, place)
        if title is None:
            missing += 1
            continue
        quality += _quality(title) + (3 if title.number in run.doubled else 0)
        inside += title.blanks != anchor.blanks
        far = place - 1 if reading.side is _Side.BEFORE else place + 1
        if 0 <= far < size:
            joints += 1
            outside += title.blanks != run.anchors[far].blanks
        if neighbours and anchor.stamp is not None and not matched:
            instant = clock.instant(anchor.stamp, run.days.get(anchor.number))
            matched = isinstance(instant, datetime) and headline_key(title.text) in neighbours.get(instant, ())
    score = 3 * quality / size - 1.5 * missing + 3 * matched - 0.3 * (reading.step - 1)
    if size > missing:
        score += 4 * ((outside / joints if joints else 0) - inside / (size - missing))
    return score - _leftovers(run, reading) + _at_edges(run, reading) + _habit(run, reading)


def _title(run: _Run, reading: _Reading, place: int) -> Line | None:
    before = reading.side is _Side.BEFORE
    texts = run.texts[place if before else place + 1]
    # Inside the block a group may lack its section or teaser; at its edge a missing line means another order.
    edge = place == (0 if before else len(run.anchors) - 1)
    if len(texts) < (reading.step if edge else 1):
        return None
    step = min(reading.step, len(texts))
    return texts[-step] if before else texts[step - 1]


def _quality(line: Line) -> float:
    return _headline_quality(line.text)


@lru_cache(maxsize=2048)
def _headline_quality(text: str) -> float:
    """Return how much a line looks like a headline: 1 at best, below 0 when it looks like something else."""
    if words.is_section(text):
        return -1
    quality = 1.0
    if len(text.split()) <= 2:
        quality -= 1
    if is_running(text):
        quality -= 1.6 if ends_in_full_stop(text) else 0.5
    if len(text) > 180:
        quality -= 0.6
    if words.is_cut(text):
        quality -= 1.6
    elif text.endswith((":", "...", "…")):
        quality -= 0.5
    return quality


def _leftovers(run: _Run, reading: _Reading) -> float:
    """Return how much text a reading leaves unexplained right under the label and right above the end."""
    usual = Counter(len(texts) for texts in run.texts[1:-1]).most_common(1)
    spare = max(usual[0][0] - reading.step, 0) if usual else 0
    rest = 0.0
    if reading.side is _Side.AFTER:
        over = run.texts[0][: len(run.texts[0]) - spare] if spare else run.texts[0]
        if run.labelled and any(_quality(text) > 0 for text in over):
            rest += 1.5
    over = run.texts[-1][spare:] if reading.side is _Side.BEFORE else run.texts[-1][reading.step + spare :]
    if any(_quality(text) > 0 for text in over):
        rest += 1.5 if run.closed else 0.5
    return rest


def _at_edges(run: _Run, reading: _Reading) -> float:
    """Return what stands right under the label and right above the end, which a list begins and ends with."""
    before = reading.side is _Side.BEFORE
    score = 0.0
    if run.labelled:
        score += (1 if before else 0) if run.texts[0] else (0 if before else 3)
    if run.closed:
        score += (0 if before else 1) if run.texts[-1] else (3 if before else 0)
    if run.labelled and before and run.texts[0] and len(run.anchors) > 2:
        # The first line under a label is a headline, unless it names a section.
        first = 0 if _quality(run.texts[0][0]) > 0 else 1
        score += 1.5 if reading.step == len(run.texts[0]) - first else 0
    if run.labelled and run.closed and len(run.anchors) > 2:
        usual = Counter(len(texts) for texts in run.texts[1:-1]).most_common(1)[0][0]
        sides = (len(run.texts[0]), len(run.texts[-1]))
        score += 4 if sides == ((usual, 0) if before else (0, usual)) else 0
    return score


def _habit(run: _Run, reading: _Reading) -> float:
    # What sites mostly do, for pages that give no other sign: an hour alone stands first, a full time last.
    bare = sum(1 for anchor in run.anchors if anchor.stamp is not None and not anchor.stamp.has_day)
    first = bare * 2 > len(run.anchors)
    return 0.2 if first == (reading.side is _Side.AFTER) else 0.0


# --- entries ----------------------------------------------------------------------------------------------------------


def _entries(run: _Run, reading: _Reading, clock: Clock) -> Block:
    titles = [_title(run, reading, place) for place in range(len(run.anchors))]
    sections = _sections(run, reading, titles)
    instants = _instants(run, clock)
    dashed = _are_dashed([title for title in titles if title is not None])
    entries = tuple(
        Found(
            title,
            undashed(title.text) if dashed else title.text,
            anchor,
            instant,
            anchor.section or title.section or (section.text if section is not None else None),
        )
        for anchor, title, section, instant in zip(run.anchors, titles, sections, instants, strict=True)
        if title is not None
    )
    numbers = [line.number for line in (*run.anchors, *titles, *sections) if line is not None]
    if reading.side is _Side.BEFORE:
        usual = Counter(len(texts) for texts in run.texts[1:-1]).most_common(1)
        spare = max(usual[0][0] - reading.step, 0) if usual else 0
        numbers.extend(text.number for text in run.texts[-1][:spare])
    elif len(run.anchors) > 1 and titles[-1] is not None:
        spare = max(len(run.texts[-2]) - reading.step, 0)
        numbers.extend(text.number for text in run.texts[-1][reading.step : reading.step + spare])
    return Block(entries, frozenset(range(min(numbers), max(numbers) + 1)))


def _instants(run: _Run, clock: Clock) -> list[datetime | Unknown]:
    forms = Counter(anchor.stamp.form for anchor in run.anchors if anchor.stamp is not None)
    instants: list[datetime | Unknown] = []
    for anchor in run.anchors:
        assert anchor.stamp is not None  # noqa: S101 - that is what makes an anchor
        if (
            run.ends_page
            and anchor is run.anchors[-1]
            and forms[anchor.stamp.form] == 1
            and len(run.anchors) > 2
            and len(forms) == 2
        ):
            instants.append(Unknown("the page ends in the middle of a time"))
        else:
            instants.append(clock.instant(anchor.stamp, run.days.get(anchor.number)))
    return _descending(run, instants)


def _descending(run: _Run, instants: list[datetime | Unknown]) -> list[datetime | Unknown]:
    """Return the instants with each hour alone no later a day than the entry above it: such lists run back in time."""
    moved: list[datetime | Unknown] = []
    last: date | None = None
    changes = 0
    for anchor, instant in zip(run.anchors, instants, strict=True):
        if isinstance(instant, datetime):
            bare = anchor.stamp is not None and not anchor.stamp.has_day and anchor.number not in run.days
            if bare and last is not None and instant.date() > last:
                instant -= timedelta(days=1)
                changes += 1
            last = instant.date()
        moved.append(instant)
    # Where it would move most entries it is the first one that stands out, not the rest.
    return moved if changes * 2 <= len(instants) else instants


def _sections(run: _Run, reading: _Reading, titles: Sequence[Line | None]) -> list[Line | None]:
    """Return the line beside each headline that names its section, where the block has a place for one."""
    above: list[Line | None] = []
    between: list[Line | None] = []
    below: list[Line | None] = []
    for place, title in enumerate(titles):
        upper, lower = run.texts[place], run.texts[place + 1]
        if reading.side is _Side.BEFORE:
            index = upper.index(title) if title in upper else len(upper)
            above.append(upper[index - 1] if index > 0 else None)
            between.append(upper[index + 1] if index + 1 < len(upper) else None)
            ours = lower if place + 1 == len(titles) else lower[: -reading.step]
            below.append(ours[0] if ours else None)
        else:
            index = lower.index(title) if title in lower else len(lower)
            ours = upper if place == 0 else upper[reading.step :]
            above.append(ours[-1] if ours else None)
            between.append(lower[index - 1] if 0 < index < len(lower) else None)
            below.append(lower[index + 1] if index + 1 < len(lower) else None)
    slots = [slot for slot in (between, above, below) if _names_sections(slot)]
    if not slots:
        return [None] * len(titles)
    if len(slots) > 1 and slots[0] is above and not _nearer_above(above, titles, run, reading):
        slots.reverse()
    return [line if line is not None and line.is_short else None for line in slots[0]]


def _names_sections(slot: Sequence[Line | None]) -> bool:
    lines = [line for line in slot if line is not None]
    if len(lines) < max(2, 0.7 * len(slot)) or not all(line.is_short for line in lines):
        return False
    names = {words.fold(line.text) for line in lines}
    return len(names) < len(lines) or all(words.is_section(line.text) or line.text.isupper() for line in lines)


def _nearer_above(above: Sequence[Line | None], titles: Sequence[Line | None], run: _Run, reading: _Reading) -> bool:
    """Tell whether lines that could belong above a headline or below the one before stand nearer to the former."""
    first = titles[0] if reading.side is _Side.BEFORE else run.anchors[0]
    inner = [(line, title) for line, title in zip(above, titles, strict=True) if line and title][1:]
    blank_after = sum(1 for line, title in inner if line.blanks != title.blanks)
    blank_before = sum(1 for line, _ in inner if line.gap > 0)
    if blank_after != blank_before:
        return blank_before > blank_after
    return above[0] is not None and first is not None


def _are_dashed(titles: Sequence[Line]) -> bool:
    return sum(1 for title in titles if undashed(title.text) != title.text) * 2 > len(titles)


def undashed(text: str) -> str:
    """Return a headline without the dash that marks it as an item of a list."""
    return text[1:].lstrip() if text[:1] in "-–—" and text[1:2].isspace() else text


# --- headlines on the line of their time, or without any --------------------------------------------------------------


def _inline(region: Region, clock: Clock) -> Block | None:
    """Return the block of a region whose lines each hold a time and its headline."""
    if region.heading is not None and region.heading.sign is Sign.OTHER:
        return None
    days = _day_headers(region, clock)
    best: list[tuple[Line, Stamp]] = []
    run: list[tuple[Line, Stamp]] = []
    teasers = timed = 0
    for line in region.lines:
        stamp = line.inline or (line.stamp if line.loose else None)
        if stamp is not None and not (stamp.before and stamp.after):
            run.append((line, stamp))
            best = max(best, run, key=len)
            teasers = 0
        elif line.stamp is not None:
            timed += line.stamp.has_hour
        elif line.is_text:
            teasers += 1
            if teasers > _TEASERS:
                run, teasers = [], 0
    placed = all(stamp.has_hour and (stamp.has_day or line.number in days) for line, stamp in best)
    if len(best) < (2 if region.heading is not None else FEWEST_UNLABELLED) or len(best) <= timed:
        return None
    titles = [stamp.before or stamp.after for _, stamp in best]
    if (region.heading is None and not placed) or sum(1 for title in titles if len(title.split()) > 2) * 3 < len(
        titles
    ) * 2:
        return None
    if len({headline_key(title) for title in titles}) * 3 < len(titles) * 2:
        return None
    # In a rhythm of its own, a time beside few words is a section's, and the headline stands on the next line.
    if all(line.loose for line, _ in best) or len({bool(stamp.before) for _, stamp in best}) > 1:
        return None
    found = tuple(
        Found(line, title, line, clock.instant(stamp, days.get(line.number)))
        for (line, stamp), title in zip(best, titles, strict=True)
    )
    return Block(found, frozenset(range(best[0][0].number, best[-1][0].number + teasers + 1)))


def _day_headers(region: Region, clock: Clock) -> dict[int, date]:
    days: dict[int, date] = {}
    day: date | None = None
    for line in region.lines:
        stamp = line.stamp or line.inline
        if stamp is not None and stamp.has_day and not stamp.has_hour and len(stamp.before.split()) <= 3:
            day = clock.day(stamp) or day
        elif day is not None:
            days[line.number] = day
    return days


def _undated(region: Region) -> Block | None:
    """Return the headlines without times under a label, None when what stands there is no list of them."""
    taken: list[Line] = []
    closed = region.closing is not None
    usual: int | None = None
    repeated = Counter(words.fold(line.text) for line in region.lines)
    for place, line in enumerate(region.lines):
        if line.stamp is not None or line.sign is Sign.STOP:
            # A headline right above a time is that of an article.
            if taken and line.stamp is not None:
                taken.pop()
            break
        if line.sign is not None:
            if closed or repeated[words.fold(line.text)] > 1 or line.sign is Sign.COUNT or not taken:
                continue
            break
        if usual is not None and line.gap > usual and not closed:
            break
        if line.is_sentence and not closed:
            break
        if len(taken) == 1:
            usual = line.gap
        taken.append(line)
        del place
    headlines = [line for line in taken if not words.is_section(line.text)]
    good = [line for line in headlines if _quality(line) > 0]
    fewest = 1 if closed else 2
    if len(good) < fewest or len(good) * 2 <= len(headlines):
        return None
    dashed = _are_dashed(headlines)
    found = tuple(Found(line, undashed(line.text) if dashed else line.text, None, None) for line in headlines)
    return Block(found, frozenset(range(taken[0].number, taken[-1].number + 1)))


def _headlines_by_instant(lines: Sequence[Line], clock: Clock) -> dict[datetime, set[str]]:
    """Return, for each instant on the page, the keys of the texts next to it: an article's own time tells its list's order."""
    keys: dict[datetime, set[str]] = {}
    texts = [line for line in lines if line.is_text or line.stamp is not None]
    for place, line in enumerate(texts):
        if line.stamp is None or not line.stamp.has_day:
            continue
        around = [other for other in texts[max(place - 2, 0) : place + 3] if other.is_text]
        # Inside a block every headline has a time on both sides, which says nothing.
        if sum(1 for other in texts[max(place - 4, 0) : place + 5] if other.stamp is not None) > 1:
            continue
        instant = clock.instant(line.stamp)
        if isinstance(instant, datetime):
            keys.setdefault(instant, set()).update(headline_key(other.text) for other in around)
    return keys
