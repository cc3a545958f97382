"""The news lines of a page: which lines make one, and what each entry says.

Knows the three ways a list is written (times on lines of their own, on the lines of their headlines, or none) and
where sections stand in it. Knows nothing of articles but their headlines and times.
"""

import itertools
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from feedsvc.sources import words
from feedsvc.sources.page_text.lines import Line
from feedsvc.sources.page_text.orders import (
    Neighbours,
    Reading,
    Side,
    best_reading,
    instants_beside,
    quality,
    title_of,
)
from feedsvc.sources.page_text.pages import Region, regions
from feedsvc.sources.page_text.runs import Clock, Day, Run, find_runs
from feedsvc.sources.words import Sign
from feedsvc.text import headline_key
from feedsvc.timestamps import Stamp, Unknown

FEWEST_UNLABELLED = 3  # pairs of headline and time that make a news line without a label
_LONGEST_HEAD = 4  # lines of an article's headline and captions
_TEASERS = 2  # lines of text below a headline that holds its time


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


def find_blocks(lines: Sequence[Line], clock: Clock) -> list[Block]:
    """Return the blocks of a page in its order."""
    neighbours = instants_beside(lines, clock)
    return [block for region in regions(lines) for block in _in_region(region, clock, neighbours, lines[-1])]


def _in_region(region: Region, clock: Clock, neighbours: Neighbours, last: Line) -> Iterator[Block]:
    heading = region.heading
    is_other = heading is not None and heading.sign is Sign.OTHER
    if not is_other and (inline := _inline(region, clock)) is not None:
        yield inline
        return
    dated = False
    for run in find_runs(region, clock, last):
        fewest = _fewest(run, region)
        if len(run.anchors) < fewest or run.is_an_articles:
            continue
        block = _dated(run, best_reading(run, clock, neighbours), clock)
        if len(block.entries) < fewest:
            continue
        if is_other and run.headed:
            yield Block((), block.lines, is_news=False)
        else:
            dated = True
            yield block
    if not dated and not is_other and heading is not None and (undated := _undated(region)) is not None:
        yield undated


def _fewest(run: Run, region: Region) -> int:
    """Return how many entries a run must have to be believed."""
    heading = region.heading
    # One or two dates without an hour are an article's or the site's, whatever stands above them.
    timed = all(anchor.stamp and (anchor.stamp.has_hour or anchor.stamp.fault) for anchor in run.anchors)
    if not run.headed or heading is None or heading.sign is Sign.OTHER or not timed:
        return FEWEST_UNLABELLED
    # Running text below makes a headline and its time an article's.
    below = (line for line in region.lines if line.number > run.anchors[-1].number)
    return 2 if any(line.is_sentence for line in below) else 1


# --- times on lines of their own --------------------------------------------------------------------------------------


def _dated(run: Run, reading: Reading, clock: Clock) -> Block:
    titles = [title_of(run, reading, place) for place in range(len(run.anchors))]
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
    # A teaser below the last headline belongs to the list, and not to the text after it.
    spare = max(run.usual - reading.step, 0)
    begin = 0 if reading.side is Side.BEFORE else reading.step
    teasers = run.texts[-1][begin : begin + spare] if titles[-1] is not None and len(run.anchors) > 1 else ()
    numbers = [line.number for line in (*run.anchors, *titles, *sections, *teasers) if line is not None]
    return Block(entries, frozenset(range(min(numbers), max(numbers) + 1)))


def _instants(run: Run, clock: Clock) -> list[datetime | Unknown]:
    stamps = [anchor.stamp for anchor in run.anchors if anchor.stamp is not None]
    instants = [
        clock.instant(stamp, run.days.get(anchor.number)) for anchor, stamp in zip(run.anchors, stamps, strict=True)
    ]
    forms = Counter(stamp.form for stamp in stamps)
    # A last line in a form of its own was cut: "25.10.20" would else be a day of 2020.
    if run.ends_page and len(forms) == 2 and forms[stamps[-1].form] == 1:
        instants[-1] = Unknown("the page ends in the middle of a time")
    return _descending(run, instants)


def _descending(run: Run, instants: list[datetime | Unknown]) -> list[datetime | Unknown]:
    """Return the instants with each hour alone no later a day than the entry above it: such lists run back in time."""
    moved: list[datetime | Unknown] = []
    last: date | None = None
    changes = 0
    for anchor, instant in zip(run.anchors, instants, strict=True):
        late = isinstance(instant, datetime) and last is not None and instant.date() > last
        kept = instant
        if isinstance(instant, datetime):
            if late and anchor.is_hour and anchor.number not in run.days:
                kept = instant - timedelta(days=1)
                changes += 1
            last = kept.date() if isinstance(kept, datetime) else last
        moved.append(kept)
    # Where it would move most entries it is the first one that stands out, not the rest.
    return moved if changes * 2 <= len(instants) else instants


def _sections(run: Run, reading: Reading, titles: Sequence[Line | None]) -> list[Line | None]:
    """Return the line beside each headline that names its section, where the block has a place for one."""
    above: list[Line | None] = []
    between: list[Line | None] = []
    below: list[Line | None] = []
    for place, title in enumerate(titles):
        upper, lower = run.texts[place], run.texts[place + 1]
        if reading.side is Side.BEFORE:
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


def _nearer_above(above: Sequence[Line | None], titles: Sequence[Line | None], run: Run, reading: Reading) -> bool:
    """Tell whether lines that could belong above a headline or below the one before stand nearer to the former."""
    first = titles[0] if reading.side is Side.BEFORE else run.anchors[0]
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


# --- times on the lines of their headlines, or none at all ------------------------------------------------------------


def _inline(region: Region, clock: Clock) -> Block | None:
    """Return the block of a region whose lines each hold a time and its headline."""
    pairs, teasers = _longest_inline(region)
    days = _day_headers(region, clock)
    titles = [stamp.before or stamp.after for _, stamp in pairs]
    labelled = region.heading is not None
    placed = all(stamp.has_hour and (stamp.has_day or line.number in days) for line, stamp in pairs)
    if len(pairs) < (2 if labelled else FEWEST_UNLABELLED) or not (labelled or placed) or not _are_headlines(titles):
        return None
    # Few words beside every time are a section's where as many lines of text stand between.
    texts = sum(1 for line in region.lines if line.is_text and line.inline is None)
    sectioned = all(line.loose for line, _ in pairs) and texts * 2 > len(pairs)
    if sectioned or len({bool(stamp.before) for _, stamp in pairs}) > 1:
        return None
    found = tuple(
        Found(line, title, line, clock.instant(stamp, days.get(line.number)))
        for (line, stamp), title in zip(pairs, titles, strict=True)
    )
    return Block(found, frozenset(range(pairs[0][0].number, pairs[-1][0].number + teasers + 1)))


def _longest_inline(region: Region) -> tuple[list[tuple[Line, Stamp]], int]:
    """Return the longest run of lines that hold a time and more, and how many teasers follow its last one."""
    best: list[tuple[Line, Stamp]] = []
    run: list[tuple[Line, Stamp]] = []
    teasers = bare = 0
    for line in region.lines:
        stamp = line.inline or (line.stamp if line.loose else None)
        if stamp is not None and not (stamp.before and stamp.after):
            run.append((line, stamp))
            best = max(best, run, key=len)
            teasers = 0
        elif line.stamp is not None:
            bare += line.stamp.has_hour
        elif line.is_text:
            teasers += 1
            if teasers > _TEASERS:
                run, teasers = [], 0
    return (best, teasers) if len(best) > bare else ([], 0)


def _are_headlines(titles: Sequence[str]) -> bool:
    """Tell whether two in three texts beside times are long enough for headlines, and as many differ."""
    long = sum(1 for title in titles if len(title.split()) > 2)
    return long * 3 >= len(titles) * 2 and len({headline_key(title) for title in titles}) * 3 >= len(titles) * 2


def _day_headers(region: Region, clock: Clock) -> dict[int, Day]:
    days: dict[int, Day] = {}
    day: Day | None = None
    for line in region.lines:
        stamp = line.stamp or line.inline
        if stamp is not None and stamp.has_day and not stamp.has_hour and len(stamp.before.split()) <= 3:
            day = clock.header(stamp) or day
        elif day is not None:
            days[line.number] = day
    return days


def _undated(region: Region) -> Block | None:
    """Return the headlines without times under a label, None when what stands there is no list of them."""
    if (teased := _teased(region)) is not None:
        return teased
    taken = _undated_lines(region)
    if not taken:
        return None
    headlines = [line for line in taken if not words.is_section(line.text)]
    good = [line for line in headlines if quality(line) > 0]
    paragraphs = sum(1 for line in taken if line.ends_sentence)
    fewest = 1 if region.closing is not None else 2
    if len(good) < fewest or len(good) * 2 <= len(headlines) or paragraphs * 4 > len(taken):
        return None
    dashed = _are_dashed(headlines)
    found = tuple(Found(line, undashed(line.text) if dashed else line.text, None, None) for line in headlines)
    return Block(found, frozenset(range(taken[0].number, taken[-1].number + 1)))


def _teased(region: Region) -> Block | None:
    """Return the block of a region in which a headline and a longer teaser take turns, without any time."""
    above_end = itertools.takewhile(lambda line: line.sign is not Sign.STOP, region.lines)
    lines = [line for line in above_end if line.sign is None]
    titles, teasers = lines[::2], lines[1::2]
    if (
        len(titles) < FEWEST_UNLABELLED
        or any(line.stamp is not None for line in lines)
        or not all(quality(title) > 0 and not title.is_sentence for title in titles)
        or not all(_is_teaser(*pair) for pair in zip(titles, teasers, strict=False))
        or sum(1 for teaser in teasers if teaser.is_sentence) * 2 < len(teasers)
    ):
        return None
    return Block(tuple(Found(line, line.text, None, None) for line in titles), _span(lines))


def _is_teaser(title: Line, teaser: Line) -> bool:
    return len(teaser.text) > len(title.text) and (teaser.is_sentence or len(teaser.text) > 1.5 * len(title.text))


def _span(lines: Sequence[Line]) -> frozenset[int]:
    return frozenset(range(lines[0].number, lines[-1].number + 1))


def _undated_lines(region: Region) -> list[Line]:
    """Return the texts under a label, as far as they go on in the way they begin."""
    closed = region.closing is not None
    repeated = Counter(words.fold(line.text) for line in region.lines if len(line.text) < words.LONGEST)
    taken: list[Line] = []
    usual: int | None = None
    for line in region.lines:
        if line.stamp is not None:
            # A headline right above a time is that of an article.
            return _undoubled(taken[:-1])
        furniture = line.sign is not None
        if furniture and (closed or not taken or line.sign is Sign.COUNT or repeated[words.fold(line.text)] > 1):
            if line.sign is Sign.STOP:
                break
            continue
        widens = usual is not None and line.gap > usual
        if not closed and line.is_sentence and not widens and line.ends_sentence:
            # A headline right above running text is that of an article, with what stands between them.
            return _undoubled(taken[:-1]) if len(taken) > _LONGEST_HEAD else []
        if furniture or (not closed and (widens or line.is_sentence)):
            break
        usual = line.gap if len(taken) == 1 else usual
        taken.append(line)
    return _undoubled(taken)


def _undoubled(lines: list[Line]) -> list[Line]:
    """Return the lines without the copies, where most stand twice in a row: a picture's headline and a link's."""
    copies = [
        below for above, below in itertools.pairwise(lines) if headline_key(above.text) == headline_key(below.text)
    ]
    return [line for line in lines if line not in copies] if len(copies) * 3 > len(lines) else lines
