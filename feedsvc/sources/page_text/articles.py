"""The article that a page is about: its headline, section, time, author and paragraphs.

Knows how an article stands among furniture; knows nothing of lists but the lines that they have taken.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from feedsvc.sources import words
from feedsvc.sources.page_text.blocks import Block
from feedsvc.sources.page_text.bodies import read_body, same, starts
from feedsvc.sources.page_text.heads import Listed, headed, is_aside, section_of
from feedsvc.sources.page_text.lines import Line
from feedsvc.sources.page_text.runs import Clock
from feedsvc.sources.words import Sign
from feedsvc.text import headline_key
from feedsvc.timestamps import Unknown

_HEAD = 16  # lines above the text among which its headline is looked for
_FAREWELL = 5  # lines below the text among which its time and author may stand
_BESIDE = 5  # lines above the headline among which its author may stand
_STARTS = 8  # lines of running text that are tried as an article's first
_LEAD = 2  # lines of a lead above the article's time
_LEAST_TEXT = 100  # characters of an article without a time; less is a footer's sentence


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
    first: int  # the number of the first paragraph's line


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
    for line, below in itertools.zip_longest(lines, lines[1:]):
        if line.number not in taken and line.sign not in (Sign.LABEL, Sign.END):
            stretches[-1].append(line)
            continue
        # "News" heads lists and opens menus, and alone above a headline it is the section.
        alone = line.sign is Sign.LABEL and below is not None and below.sign is None
        stretches.append([line] if alone and words.section(line.text) is not None else [])
    return [stretch for stretch in stretches if stretch]


def _article(stretch: list[Line], clock: Clock, listed: Listed) -> Article | None:
    tried = itertools.islice(starts(stretch), _STARTS)
    best: Article | None = None
    for start in tried:
        article = _article_at(stretch, start, clock, listed)
        if article is None or (best is not None and not _outdoes(article, best)):
            continue
        best = article
        if article.stamp is not None and article.stamp.number < article.first:
            break  # nothing outdoes a text below its own time
    return best


def _outdoes(later: Article, earlier: Article) -> bool:
    """Tell whether a text with a time above it is the article, and an earlier one without is what stands before it."""
    if later.stamp is None or not earlier.line.number < later.line.number or later.stamp.number > later.first:
        return False
    if earlier.stamp is None:
        return len(later.paragraphs) >= len(earlier.paragraphs)
    return earlier.stamp.number == later.stamp.number > earlier.first


def _article_at(stretch: list[Line], start: int, clock: Clock, listed: Listed) -> Article | None:
    head = stretch[max(start - _HEAD, 0) : start]
    title, stamp = headed(head, clock, listed)
    if title is None:
        return None
    if stamp is None:
        stamp = _time_under_lead(stretch, start) or _dated_beside(stretch, title)
    below = _below(stretch, title, stamp)
    first = max(stretch.index(title) - _BESIDE, 0)
    opening = _opening(below)
    author = _author([*stretch[first:start], *opening]) or _named_twice(opening)
    body, rest = read_body(below, title, author)
    if not body or (stamp is None and sum(len(line.text) for line in body) < _LEAST_TEXT):
        return None
    if stamp is None:
        stamp = _time_below(rest)
    author = author or _author(rest[: _FAREWELL + 3]) or _name_alone(stretch, title, stamp, rest)
    published = clock.instant(stamp.stamp) if stamp is not None and stamp.stamp is not None else None
    section = section_of(head, title, stamp) or _section_beside(rest, stamp)
    paragraphs = tuple(line.bulleted or line.text for line in body)
    return Article(title, title.text, stamp, published, section, author, paragraphs, body[0].number)


def _named_twice(lines: Sequence[Line]) -> str | None:
    """Return the name that stands twice in a row, as a portrait's and a link's."""
    names = [other.text for one, other in itertools.pairwise(lines) if one.is_text and same(one, other)]
    return next((name for name in names if words.is_name(name)), None)


def _opening(below: Sequence[Line]) -> list[Line]:
    """Return the lines down to the first two paragraphs, among which an author may stand."""
    ends = [place for place, line in enumerate(below) if line.is_sentence and line.ends_sentence]
    return list(below[: ends[1] if len(ends) > 1 else len(below)])


def _below(stretch: Sequence[Line], title: Line, stamp: Line | None) -> list[Line]:
    """Return what stands below the headline and the time, and the lead between them if there is one."""
    under = stretch.index(title) + 1
    place = _place(stretch, stamp)
    if place is None or place < under:
        return list(stretch[under:])
    lead = [line for line in stretch[under:place] if line.is_text and len(line.text.split()) > 5]
    # "Published" and "updated" stand in a row.
    rest = itertools.dropwhile(lambda line: line.stamp is not None, stretch[place + 1 :])
    return [*lead, *rest]


def _place(stretch: Sequence[Line], stamp: Line | None) -> int | None:
    number = stamp.number if stamp is not None else 0
    return next((place for place, line in enumerate(stretch) if line.number == number), None)


def _time_under_lead(stretch: Sequence[Line], start: int) -> Line | None:
    """Return the time between a lead, which may be a sentence or two, and the text that goes on below it."""
    lead = next((place for place in range(start, len(stretch)) if not stretch[place].is_text), len(stretch))
    if lead - start > _LEAD or lead == len(stretch):
        return None
    stamps = list(itertools.takewhile(lambda line: line.stamp is not None, stretch[lead:]))
    text = next((line for line in stretch[lead + len(stamps) :] if line.is_text), None)
    if text is None or not (text.is_sentence and text.ends_sentence):
        return None
    return next((line for line in stamps if line.stamp is not None and line.stamp.has_day), None)


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
            and (len(said.before.split()) <= 3 or (said.has_hour and line.number > title.number))
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


def _could_be_author(line: Line) -> bool:
    size = len(line.text.split())
    # A site signs with its address.
    return (line.is_text and 1 < size <= 4 and line.text[0].isupper()) or (
        line.sign is Sign.MORE and size == 1 and "." in line.text
    )


def _author(lines: Sequence[Line]) -> str | None:
    for place, line in enumerate(lines):
        if line.author:
            return line.author
        if line.sign is Sign.AUTHOR and place + 1 < len(lines):
            name = lines[place + 1]
            if _could_be_author(name):
                return name.text
    return None
