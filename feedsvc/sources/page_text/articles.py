"""The article that a page is about: its headline, section, time, author and paragraphs.

Knows how an article stands among furniture; knows nothing of lists but the lines that they have taken.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from feedsvc.sources.page_text import words
from feedsvc.sources.page_text.blocks import Block, Clock
from feedsvc.sources.page_text.lines import Line
from feedsvc.sources.page_text.words import Sign
from feedsvc.text import headline_key
from feedsvc.timestamps import Unknown

_HEAD = 14  # lines above the text among which its headline is looked for
_FAREWELL = 3  # lines below the text among which its time may stand


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
    keys = Counter(headline_key(line.text) for line in lines if line.is_text)
    for stretch in _stretches(lines, taken):
        article = _article(stretch, keys, clock)
        if article is not None:
            return article
    return None


def _stretches(lines: Sequence[Line], taken: frozenset[int]) -> list[list[Line]]:
    """Return the parts of the page that no list has taken and no heading cuts."""
    stretches: list[list[Line]] = [[]]
    for line in lines:
        if line.number in taken or line.sign in (Sign.LABEL, Sign.OTHER, Sign.END):
            stretches.append([])
        else:
            stretches[-1].append(line)
    return [stretch for stretch in stretches if any(line.is_sentence for line in stretch)]


def _article(stretch: list[Line], keys: Counter[str], clock: Clock) -> Article | None:
    start = next(place for place, line in enumerate(stretch) if line.is_sentence)
    head = stretch[max(start - _HEAD, 0) : start]
    stamp = _own_time(head, clock)
    title = _headline(head, stamp, keys)
    if title is None:
        return None
    begin = stretch.index(title) + 1
    if stamp is not None:
        begin = max(begin, stretch.index(stamp) + 1)
    body, rest = _body(stretch[begin:], title)
    if not body:
        return None
    if stamp is None:
        stamp = next((line for line in rest[:_FAREWELL] if line.stamp is not None), None)
    near = [line for line in head if abs(stretch.index(line) - stretch.index(title)) <= 5]
    author = _author(stretch[stretch.index(near[0]) : begin + 2] if near else [], rest)
    published = clock.instant(stamp.stamp) if stamp is not None and stamp.stamp is not None else None
    return Article(title, title.text, stamp, published, _section(head, title, stamp), author, body)


def _own_time(head: Sequence[Line], clock: Clock) -> Line | None:
    """Return the time nearest to the text that is not the site's clock."""
    stamps = [line for line in head if line.stamp is not None and (line.stamp.has_day or line.stamp.fault)]
    if not stamps:
        return None
    own = stamps[-1]
    # The first of several in a row: published, then updated.
    for line in reversed(stamps[:-1]):
        between = head[head.index(line) + 1 : head.index(own)]
        if any(other.is_text for other in between):
            break
        own = line
    return own


def _headline(head: Sequence[Line], stamp: Line | None, keys: Counter[str]) -> Line | None:
    texts = [line for line in head if line.is_text and not _is_aside(line)]
    if not texts:
        return None
    if stamp is not None:
        above = [line for line in texts if line.number < stamp.number]
        below = [line for line in texts if line.number > stamp.number]
        if above:
            return above[-1]
        return below[0]
    return texts[-1]


def _is_aside(line: Line) -> bool:
    return words.is_section(line.text) or len(line.text.split()) <= 1


def _section(head: Sequence[Line], title: Line, stamp: Line | None) -> str | None:
    if stamp is not None and stamp.section is not None:
        return stamp.section
    places = sorted(head, key=lambda line: abs(line.number - title.number))
    for line in places[:6]:
        if line.is_text and words.is_section(line.text):
            return line.text
    return None


def _body(lines: Sequence[Line], title: Line) -> tuple[tuple[str, ...], list[Line]]:
    """Return the paragraphs, and the lines after them."""
    kept: list[Line] = []
    end = len(lines)
    for place, line in enumerate(lines):
        if line.sign is Sign.STOP and kept:
            end = place
            break
        if line.stamp is not None and kept:
            end = place
            break
        if line.is_text:
            kept.append(line)
    last = max((place for place, line in enumerate(kept) if line.is_sentence), default=-1)
    return tuple(line.text for line in kept[: last + 1]), list(lines[end:])


def _author(head: Sequence[Line], rest: Sequence[Line]) -> str | None:
    for line in (*head, *rest[:6]):
        if line.author:
            return line.author
    return None
