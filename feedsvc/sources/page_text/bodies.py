"""The text of an article: where running text begins, and which of the lines below it are paragraphs.

Knows what stands among paragraphs without being one: captions, bylines, headings, notes beside the time, other lists.
Knows nothing of headlines but that none is a paragraph.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise, takewhile

from feedsvc.sources import words
from feedsvc.sources.page_text.heads import is_aside, is_update
from feedsvc.sources.page_text.lines import Line
from feedsvc.sources.words import Sign
from feedsvc.text import headline_key

_LEAST_OPENING = 130  # characters of a first paragraph that does not end as one
_LONGEST_HEADING = 80  # characters of a heading between paragraphs
_LEAST_ABOVE = 100  # characters of text above the first heading; with less it is a lead
_LONGEST_NOTE = 40  # characters of a note on the line below the time

_FINISHED = re.compile(r"[.!?։…:][\"'»”’)\]]*$")
_UNFINISHED_QUESTION = re.compile(r"[!?:][\"'»”’)\]]*$")
_ITEM = re.compile(r"^(?:[-–—]|\d{1,2}[.)]\s|\d{4}\b)")


def starts(lines: Sequence[Line]) -> Iterator[int]:
    """Yield where running text may begin: a headline of two sentences right above a time is none of it."""
    near = 0
    for place, line in enumerate(lines):
        if (line.stamp is not None and line.stamp.has_day and line.stamp.has_hour) or line.inline is not None:
            near = 2
            continue
        if not line.is_text:
            continue
        # Right below the article's time, or the headline there, a short sentence is text as well.
        short = near > 0 and line.ends_sentence and " " in line.text
        near -= 1
        if not short and (not line.is_sentence or (not is_finished(line) and len(line.text) < _LEAST_OPENING)):
            continue
        below = [other for other in lines[place + 1 : place + 4] if other.sign is None]
        # A short line of two sentences that ends in none of them is a headline.
        if (
            not line.ends_sentence
            and len(line.text) < 160
            and below
            and (below[0].stamp is not None or same(below[0], line))
        ):
            continue
        yield place


def same(one: Line, other: Line) -> bool:
    return headline_key(one.text) == headline_key(other.text)


def read_body(lines: Sequence[Line], title: Line, author: str | None) -> tuple[list[Line], list[Line]]:
    """Return the paragraphs among the lines below a headline, and the lines after the last of them."""
    kept: list[Line] = []
    aside = begun = False
    for line in lines:
        if kept and (line.sign is Sign.STOP or (line.stamp is not None and not is_update(line))):
            break
        if begun and words.section(line.text) is not None:
            break  # the name of a section below the text heads another part of the page
        if line.sign is Sign.OTHER:
            aside = True
        elif line.is_text and not line.cut:
            if aside and not (line.is_sentence and line.ends_sentence):
                continue
            aside = False
            if not same(line, title) and (kept or not is_aside(line)) and line.text != author:
                kept.append(line)
                begun = begun or is_finished(line)
    last = max((place for place, line in enumerate(kept) if is_finished(line)), default=-1)
    if last < 0:
        return [], list(lines)
    return list(_paragraphs(kept[: last + 1])), list(lines[lines.index(kept[last]) + 1 :])


def _paragraphs(kept: Sequence[Line]) -> Iterator[Line]:
    """Yield the lines that are paragraphs, and neither captions, which stand there twice, nor headings."""
    captions = {line.number for pair in pairwise(kept) if same(*pair) for line in pair}
    copies = Counter(line.text for line in kept if is_heading(line))
    captions |= {line.number for line in kept if copies[line.text] > 1}
    rest = [line for line in kept if line.number not in captions]
    opening = list(takewhile(is_heading, rest))
    if len(opening) > 1 and all(not line.gap for line in opening[1:]):
        rest = rest[len(opening) :]  # a caption, its source, a name
    so_far = 0
    for place, line in enumerate(rest):
        if (
            so_far > _LEAST_ABOVE
            and is_heading(line)
            and not any(map(is_heading, (rest[place - 1], *rest[place + 1 : place + 2])))
        ):
            continue
        if place == 0 and _is_note(line, rest[1:2]):
            continue
        so_far += len(line.text)
        yield line


def is_heading(line: Line) -> bool:
    """Tell whether a line could be a heading between paragraphs: short, of several words, and no end of a sentence."""
    return (
        not line.bulleted
        and len(line.text) <= _LONGEST_HEADING
        and not is_finished(line)
        and line.text[-1] not in ",;:?!"
        and _ITEM.match(line.text) is None
    )


def _is_note(line: Line, below: Sequence[Line]) -> bool:
    """Tell whether a first line belongs to the time right above it, which the text is set apart from."""
    return (
        not line.gap
        and len(line.text) <= _LONGEST_NOTE
        and _FINISHED.search(line.text) is None
        and any(other.gap for other in below)
    )


def is_finished(line: Line) -> bool:
    """Tell whether a line ends as a paragraph does; a headline that stands below the last paragraph does not."""
    if line.ends_paragraph:
        return True
    if _UNFINISHED_QUESTION.search(line.text):
        return len(line.text) > 120
    return len(line.text) > 200 or _FINISHED.search(line.text) is not None
