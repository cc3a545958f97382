"""A page as lines and regions: what a line is for beside its neighbours.

Knows times spread over several lines, columns of menus, lines cut in the middle, and where labels part a page; knows
nothing of lists.
"""

import itertools
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from feedsvc.sources import words
from feedsvc.sources.page_text.lines import GLUE, Line, judged
from feedsvc.sources.words import Sign
from feedsvc.timestamps import Stamp

_LEAST_KNOWN = 3  # entries of a menu that are known by their words
_END = re.compile(r"(?<!\s)[.!?…։\"'»”’)\]]$")
_FRAGMENT = re.compile(r"^\d{1,2}[:./-][\d:./ -]*$")


def split(page: str) -> list[Line]:
    """Return the lines of a page that are not blank, each with what it is."""
    lines: list[Line] = []
    gap = blanks = 0
    for number, raw in enumerate(page.splitlines(), start=1):
        line = judged(raw) if raw and not raw.isspace() else None
        if line is None:
            gap += 1
            continue
        blanks += gap
        lines.append(line.placed(number, gap, blanks))
        gap = 0
    if lines:
        lines[-1] = _perhaps_cut(lines, is_whole=page.endswith(("\n", "\r")))
    return _without_common_furniture(_merged(_supported(_without_columns(_without_menus(lines)))))


def _perhaps_cut(lines: Sequence[Line], *, is_whole: bool) -> Line:
    """Return the last line of a page, which may have been cut: no line break follows, and it does not end as one."""
    last = lines[-1]
    if last.stamp is None and _FRAGMENT.match(last.text):
        return replace(last, sign=None, stamp=Stamp("cut", fault="the page ends in the middle of a time"))
    bare = last.stamp is not None and not last.stamp.after
    if is_whole or last.sign is not None or bare or _END.search(last.text):
        return last
    return last if any(line.text == last.text for line in lines[:-1]) else replace(last, cut=True)


def _supported(lines: list[Line]) -> list[Line]:
    """Return the lines with times among doubtful words only where others are written the same way."""
    forms = Counter(line.stamp.form for line in lines if line.stamp is not None and line.loose)

    def kept(line: Line) -> Line:
        if line.stamp is None or not line.loose:
            return line
        if (line.stamp.has_day and line.stamp.has_hour) or forms[line.stamp.form] >= 3:
            return line
        return replace(line, stamp=None, section=None, loose=False, inline=line.stamp)

    return [kept(line) for line in lines]


def _merged(lines: list[Line]) -> list[Line]:
    """Return the lines with each time that is spread over two or three lines made one."""
    merged: list[Line] = []
    for region in regions(lines):
        body = region.lines
        hours = sum(1 for line in body if line.is_hour)
        pairs = _pairs(body)
        together = pairs and (len(pairs) >= 0.8 * hours or all(width == 3 for width in pairs.values()))
        if region.heading is not None and region.heading.sign is not Sign.END:
            merged.append(region.heading)
        place = 0
        while place < len(body):
            width = pairs.get(place) if together else None
            if width is None:
                merged.append(body[place])
                place += 1
                continue
            merged.append(_joined(body[place], body[place + width - 1]))
            place += width
        if region.closing is not None:
            merged.append(region.closing)
    return merged


def _pairs(lines: Sequence[Line]) -> dict[int, int]:
    """Return where a date and an hour stand on lines next to each other, and over how many lines."""
    pairs: dict[int, int] = {}
    place = 0
    while place < len(lines) - 1:
        for width in (2, 3) if lines[place].stamp is not None else ():
            other = lines[place + width - 1] if place + width <= len(lines) else None
            glued = width == 2 or GLUE.match(lines[place + 1].text) is not None
            if other is not None and glued and other.gap <= 1 and _complete(lines[place], other):
                pairs[place] = width
                place += width - 1
                break
        place += 1
    return pairs


def _complete(one: Line, other: Line) -> bool:
    # What goes on behind an hour may be a headline, and the hour is its.
    if any(line.loose and line.stamp is not None and line.stamp.after for line in (one, other)):
        return False
    return (one.is_date and other.is_hour) or (one.is_hour and other.is_date)


def _joined(one: Line, other: Line) -> Line:
    first, second = one.stamp, other.stamp
    assert first is not None  # noqa: S101 - _complete saw both
    assert second is not None  # noqa: S101 - likewise
    dated, timed = (first, second) if first.has_day else (second, first)
    stamp = replace(
        dated, form=f"{first.form}\n{second.form}", hour=timed.hour, zone=timed.zone, fault=dated.fault or timed.fault
    )
    return replace(one, stamp=stamp, section=one.section or other.section, loose=one.loose or other.loose)


def _without_menus(lines: list[Line]) -> list[Line]:
    """Return the lines with the labels that stand in a column of a menu as mere furniture."""

    def is_entry(line: Line | None) -> bool:
        return line is not None and (
            line.sign in (Sign.MORE, Sign.OTHER, Sign.LABEL) or (line.is_text and words.is_section(line.text))
        )

    def is_time(line: Line | None) -> bool:
        return line is not None and line.stamp is not None and line.stamp.has_hour

    kept: list[Line] = []
    for place, line in enumerate(lines):
        above = lines[place - 1] if place else None
        if line.sign is Sign.MORE and len(line.text.split()) > 1:
            alone = is_time(above) and place + 1 < len(lines) and is_time(lines[place + 1])
            kept.append(replace(line, sign=None) if alone else line)  # a headline: "Exchange rates"
            continue
        if line.sign not in (Sign.OTHER, Sign.LABEL):
            kept.append(line)
            continue
        below, next_below = (lines[at] if at < len(lines) else None for at in (place + 1, place + 2))
        joined = below if below is not None and not below.gap else None
        in_column = above is not None and not line.gap and is_entry(above)
        heads_column = is_entry(below) and is_entry(next_below)
        if line.sign is Sign.OTHER and is_time(above) and is_time(below):
            kept.append(replace(line, sign=None))  # a headline: "Most read books of the year"
        elif (in_column and (is_entry(joined) or (joined is None and line.sign is Sign.OTHER))) or (
            line.sign is Sign.OTHER and heads_column
        ):
            kept.append(replace(line, sign=Sign.MORE))
        else:
            kept.append(line)
    return kept


def _without_columns(lines: list[Line]) -> list[Line]:
    """Return the lines with the unknown entries of a column of menu entries as furniture, as the known ones are."""

    def is_known(line: Line) -> bool:
        return line.sign in (Sign.MORE, Sign.OTHER, Sign.END) or (line.is_text and words.is_section(line.text))

    kept: list[Line] = []
    columns = itertools.groupby(lines, lambda line: is_known(line) or (line.is_text and " " not in line.text))
    for in_column, column in columns:
        entries = list(column)
        known = sum(1 for line in entries if is_known(line)) if in_column else 0
        is_menu = known >= _LEAST_KNOWN and known * 2 > len(entries)
        kept += [
            replace(line, sign=Sign.MORE) if is_menu and line.is_text and not words.is_section(line.text) else line
            for line in entries
        ]
    return kept


def _without_common_furniture(lines: list[Line]) -> list[Line]:
    """Return the lines with the terminators that stand under every item ("more…") as mere furniture."""
    ends = Counter(words.fold(line.text) for line in lines if line.sign is Sign.END)
    return [
        replace(line, sign=Sign.MORE) if line.sign is Sign.END and ends[words.fold(line.text)] >= 3 else line
        for line in lines
    ]


@dataclass(frozen=True, slots=True)
class Region:
    """The lines between two that say what a part of the page is."""

    heading: Line | None
    lines: tuple[Line, ...]
    closing: Line | None


def regions(lines: Sequence[Line]) -> list[Region]:
    """Return the page cut at labels, headings of other lists and terminators, in order."""
    cut: list[Region] = []
    heading: Line | None = None
    body: list[Line] = []
    for line in lines:
        if line.sign is Sign.END:
            cut.append(Region(heading, tuple(body), line))
            # "All news" ends one list and may introduce another.
            heading, body = (line if words.is_label(words.fold(line.text)) else None), []
        elif line.sign in (Sign.LABEL, Sign.OTHER):
            if heading is not None or body:
                cut.append(Region(heading, tuple(body), None))
            heading, body = line, []
        else:
            body.append(line)
    if heading is not None or body:
        cut.append(Region(heading, tuple(body), None))
    return cut
