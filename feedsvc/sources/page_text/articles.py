"""The article that a page is about: its headline, section, time, author and paragraphs.

Knows how an article stands among furniture; knows nothing of lists but the lines that they have taken.
"""

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from feedsvc.sources.page_text import words
from feedsvc.sources.page_text.blocks import Block
from feedsvc.sources.page_text.heads import (
    Listed,
    headline_of,
    is_aside,
    is_site_clock,
    is_update,
    own_time,
    section_of,
)
from feedsvc.sources.page_text.lines import Line
from feedsvc.sources.page_text.runs import Clock
from feedsvc.sources.page_text.words import Sign
from feedsvc.text import headline_key
from feedsvc.timestamps import Unknown

_HEAD = 16  # lines above the text among which its headline is looked for
_FAREWELL = 5  # lines below the text among which its time and author may stand
_BESIDE = 5  # lines above the headline among which its author may stand
_STARTS = 8  # lines of running text that are tried as an article's first
_LEAST_OPENING = 130  # characters of a first paragraph that does not end as one
_LEAST_TEXT = 100  # characters of an article without a time; less is a footer's sentence

_FINISHED = re.compile(r"[.!?։…:][\"'»”’)\]]*$")
_UNFINISHED_QUESTION = re.compile(r"[!?:][\"'»”’)\]]*$")


@dataclass(frozen=True, slots=True)
class Article:
    """What a page says about its own article."""

    line: Line
    title: str
    stamp: Line | None
    published: datetime | Unknown | None
    section: str | None
    author: str | None
    paragraphs: tuple[str, ...]


def find_article(lines: Sequence[Line], blocks: Sequence[Block], clock: Clock) -> Article | None:
    """Return the article of a page, None when it is a list only."""
    taken = frozenset[int]().union(*(block.lines for block in blocks))
    first_dated = min(
        (min(block.lines) for block in blocks if any(entry.stamp for entry in block.entries)), default=None
    )
    listed: dict[str, set[datetime]] = {}
    for entry in (entry for block in blocks for entry in block.entries):
        instants = listed.setdefault(headline_key(entry.title), set())
        if isinstance(entry.published, datetime):
            instants.add(entry.published)
    for stretch in _stretches(lines, taken):
        article = _article(stretch, clock, listed)
        if article is None:
            continue
        # Below a list, running text without a time of its own is the footer's.
        if (
            article.stamp is None
            and first_dated is not None
            and article.line.number > first_dated
            and len(article.paragraphs) < 2
        ):
            continue
        return article
    return None


def _stretches(lines: Sequence[Line], taken: frozenset[int]) -> list[list[Line]]:
    """Return the parts of the page that no list has taken and no label cuts."""
    stretches: list[list[Line]] = [[]]
    for line in lines:
        if line.number in taken or line.sign in (Sign.LABEL, Sign.END):
            stretches.append([])
        else:
            stretches[-1].append(line)
    return [stretch for stretch in stretches if any(line.is_sentence for line in stretch)]


def _article(stretch: list[Line], clock: Clock, listed: Listed) -> Article | None:
    starts = itertools.islice(_starts(stretch), _STARTS)
    return next(
        (article for start in starts if (article := _article_at(stretch, start, clock, listed)) is not None), None
    )


def _article_at(stretch: list[Line], start: int, clock: Clock, listed: Listed) -> Article | None:
    head = stretch[max(start - _HEAD, 0) : start]
    stamp = own_time(head)
    title = headline_of(head, stamp, clock, listed)
    if title is None:
        return None
    if stamp is not None and is_site_clock(stamp, title, head, clock):
        stamp = None
    body, rest = _body(_below(stretch, title, stamp), title)
    if not body or (stamp is None and sum(map(len, body)) < _LEAST_TEXT):
        return None
    if stamp is None:
        stamp = _dated_beside(stretch, title) or _time_below(rest)
    first = max(stretch.index(title) - _BESIDE, 0)
    author = (
        _author(stretch[first : start + 1])
        or _author(rest[: _FAREWELL + 3])
        or _name_alone(stretch, title, stamp, rest)
    )
    published = clock.instant(stamp.stamp) if stamp is not None and stamp.stamp is not None else None
    section = section_of(stretch[max(start - _HEAD, 0) : start], title, stamp) or _section_beside(rest, stamp)
    return Article(title, title.text, stamp, published, section, author, body)


def _below(stretch: Sequence[Line], title: Line, stamp: Line | None) -> list[Line]:
    """Return what stands below the headline and the time, and the lead between them if there is one."""
    under = stretch.index(title) + 1
    if stamp is None or stamp.number < title.number:
        return list(stretch[under:])
    place = stretch.index(stamp)
    lead = [line for line in stretch[under:place] if line.is_text and len(line.text.split()) > 5]
    return [*lead, *stretch[place + 1 :]]


def _starts(stretch: Sequence[Line]) -> Iterator[int]:
    """Yield where the running text may begin: a headline of two sentences right above a time is none of it."""
    for place, line in enumerate(stretch):
        # A short line of two sentences that ends in none of them is a headline.
        if not line.is_sentence or (not _is_finished(line) and len(line.text) < _LEAST_OPENING):
            continue
        below = [other for other in stretch[place + 1 : place + 4] if other.sign is None]
        if (
            not line.ends_sentence
            and len(line.text) < 160
            and below
            and (below[0].stamp is not None or _same(below[0], line))
        ):
            continue
        yield place


def _same(one: Line, other: Line) -> bool:
    return headline_key(one.text) == headline_key(other.text)


def _body(lines: Sequence[Line], title: Line) -> tuple[tuple[str, ...], list[Line]]:
    """Return the paragraphs, and the lines after them."""
    kept: list[Line] = []
    aside = False
    for line in lines:
        if kept and (line.sign is Sign.STOP or (line.stamp is not None and not is_update(line))):
            break
        if line.sign is Sign.OTHER:
            aside = True
        elif line.is_text:
            if aside and not (line.is_sentence and line.ends_sentence):
                continue
            aside = False
            if not _same(line, title) and (kept or not is_aside(line)):
                kept.append(line)
    last = max((place for place, line in enumerate(kept) if _is_finished(line)), default=-1)
    if last < 0:
        return (), list(lines)
    return tuple(line.text for line in kept[: last + 1]), list(lines[lines.index(kept[last]) + 1 :])


def _is_finished(line: Line) -> bool:
    """Tell whether a line ends as a paragraph does; a headline that stands below the last paragraph does not."""
    if line.ends_sentence:
        return True
    if _UNFINISHED_QUESTION.search(line.text):
        return len(line.text) > 120
    return len(line.text) > 200 or _FINISHED.search(line.text) is not None


def _dated_beside(stretch: Sequence[Line], title: Line) -> Line | None:
    """Return the line next to a headline that holds a whole date behind a few words, such as an editor's department."""
    place = list(stretch).index(title)
    for line in stretch[max(place - 2, 0) : place + 3]:
        said = line.inline
        if (
            said is not None
            and line is not title
            and said.date is not None
            and said.date[0]
            and len(said.before.split()) <= 3
        ):
            return replace(line, stamp=said) if not said.after else None
    return None


def _time_below(rest: Sequence[Line]) -> Line | None:
    for place, line in enumerate(rest[:_FAREWELL]):
        if line.stamp is not None:
            above = rest[place - 1] if place else None
            ours = above is None or not above.is_text or is_aside(above)
            return line if line.stamp.has_day and ours else None
    return None


def _section_beside(rest: Sequence[Line], stamp: Line | None) -> str | None:
    """Return the section that stands with a time below the text."""
    if stamp is None or stamp not in rest:
        return None
    place = list(rest).index(stamp)
    beside = rest[max(place - 1, 0) : place + 2]
    return next((section for line in beside if line.is_text and (section := words.section(line.text))), None)


def _name_alone(stretch: Sequence[Line], title: Line, stamp: Line | None, rest: Sequence[Line]) -> str | None:
    """Return the name that stands alone between a headline and its time, or right below the text."""
    ends = sorted((title.number, stamp.number)) if stamp is not None else [0, 0]
    between = [line for line in stretch if ends[0] < line.number < ends[1]]
    for line in (*between, *rest[:1]):
        if line.is_text and words.is_name(line.text) and words.section(line.text) is None:
            return line.text
    return None


def _author(lines: Sequence[Line]) -> str | None:
    for place, line in enumerate(lines):
        if line.author:
            return line.author
        if line.sign is Sign.AUTHOR and place + 1 < len(lines):
            name = lines[place + 1]
            if name.is_text and 1 < len(name.text.split()) <= 4 and name.text[0].isupper():
                return name.text
    return None
