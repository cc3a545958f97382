"""A page as lines that know what they are: a time, a label, furniture, or text.

Knows how to tell by one line (and its nearest neighbours, for a time spread over several) and nothing of lists.
"""

import itertools
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from feedsvc.sources.page_text import words
from feedsvc.sources.page_text.words import Sign
from feedsvc.text import headline
from feedsvc.timestamps import Stamp, find

_PIECE = re.compile(r"\s*[|•·»]+\s*|\s+/\s+|\s{2,}")
_KEYED = re.compile(r"^([^\W\d_][^:]{0,40}?)\s*:\s*(.*)$")
_GLUE = re.compile(r"^[\W_]+$")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_ALMOST_A_DATE = re.compile(
    r"^\d{1,2}[ .\-][^\W\d_]{3,12}\.?[ ,\-]{1,2}(?:19|20)\d\d\b[^\w]*(?:\d{1,2}:\d\d(?::\d\d)?)?$"
)
_COUNTED = re.compile(r"^\d[\d\s.,]*[^\W\d_]{0,12}\.?$")
_DIGIT = re.compile(r"\d")
_FRAGMENT = re.compile(r"^\d{1,2}[:./-][\d:./ -]*$")
# "10:02318 substations", "World205:15": an hour that lost its space.
_GLUED = re.compile(
    r"^(?P<first>(?:[01]?\d|2[0-3]):[0-5]\d)(?=\d+\s)"
    r"|(?<=[^\W\d_])(?P<digit>\d??)(?P<last>(?:[01]\d|2[0-3]):[0-5]\d)$"
    r"|(?P<hour>\b(?:[01]\d|2[0-3]):[0-5]\d)(?=\d{3,}$)"
)
_BULLET = re.compile(r"^[•·▪▫►▶‣●○■□◆*›»➤➔→>]+\s*")
_END = re.compile(r"(?<!\s)[.!?…։\"'»”’)\]]$")
_DASH = re.compile(r"^[-–—]\s+")
_FULL_STOP = re.compile(r"(?:(?<![.…])[.։]|[\u0531-\u0587]:)[\"'»”’)\]]*$")
_SIGNED_OFF = re.compile(
    r"[.!?։…][\"'»”’)\]]*\s*(?:\([^()]{1,40}\)|-{1,2}\w{1,6}-{1,2})$|(?<![.…])\.[\"'»”’)\]]*\s*[^\W\d_]{2,6}$"
)
_NEXT_SENTENCE = re.compile(r"(?:[^\W\d_]{2}[.!?]|[\u0531-\u0587][։:])[\"'»”’)]*\s+[\"'«“(]*([^\W\d_])")
_LEAST_KNOWN = 3  # entries of a menu that are known by their words
_MATERIALS = words.fold("materials materiallar материалы матеріали материалы: xəbərlər xəbər").split()


@dataclass(frozen=True, slots=True)
class Line:
    """One line that is not blank. ``sign`` is None for text and times.

    ``gap`` counts the blank lines right above it, ``blanks`` all those above it on the page.
    """

    number: int
    text: str
    gap: int
    blanks: int
    sign: Sign | None = None
    stamp: Stamp | None = None
    section: str | None = None
    author: str | None = None
    # The words beside the stamp could be anything: other lines must show that they are not a headline's.
    loose: bool = False
    # A headline on the line of its own time.
    inline: Stamp | None = None
    # The line with its bullet, as a paragraph shows it; empty where the text is all of it.
    bulleted: str = ""
    # The page ends in the middle of it.
    cut: bool = False

    @property
    def is_text(self) -> bool:
        """Tell whether the line could be a headline or a paragraph."""
        return self.sign is None and self.stamp is None

    @property
    def is_hour(self) -> bool:
        """Tell whether the line states an hour and no day."""
        return self.stamp is not None and self.stamp.has_hour and not self.stamp.has_day

    @property
    def is_date(self) -> bool:
        """Tell whether the line states a day and no hour."""
        return self.stamp is not None and self.stamp.has_day and not self.stamp.has_hour

    @property
    def is_sentence(self) -> bool:
        """Tell whether the line reads as running text rather than as a headline."""
        return self.is_text and is_running(self.text)

    @property
    def ends_sentence(self) -> bool:
        """Tell whether the line ends with a full stop, and not with an ellipsis."""
        return ends_in_full_stop(self.text)

    @property
    def ends_paragraph(self) -> bool:
        """Tell whether the line ends with a full stop and perhaps a place or an agency: "(Reuters)", "-02D-", "İHA"."""
        return self.ends_sentence or _SIGNED_OFF.search(self.text) is not None

    @property
    def is_short(self) -> bool:
        """Tell whether the line is too short for a headline, as names of sections are."""
        return len(self.text) <= 32 and len(self.text.split()) <= 3 and not any(char.isdigit() for char in self.text)


@lru_cache(maxsize=2048)
def is_running(text: str) -> bool:
    """Tell whether a text is long, or ends a sentence, or goes on after one."""
    size = len(text)
    return size > 200 or (
        size > 40 and (ends_in_full_stop(text) or any(match[1].isupper() for match in _NEXT_SENTENCE.finditer(text)))
    )


@lru_cache(maxsize=2048)
def ends_in_full_stop(text: str) -> bool:
    """Tell whether a text ends with a full stop, and not with an ellipsis."""
    return _FULL_STOP.search(text) is not None


def split(page: str) -> list[Line]:
    """Return the lines of a page that are not blank, each with what it is."""
    lines: list[Line] = []
    gap = blanks = 0
    for number, raw in enumerate(page.splitlines(), start=1):
        text = headline(raw) if raw and not raw.isspace() else ""
        if not text:
            gap += 1
            continue
        blanks += gap
        lines.append(_line(number, text, gap, blanks, raw))
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


def _line(number: int, text: str, gap: int, blanks: int, raw: str) -> Line:
    bare = text if text[0].isalnum() else _BULLET.sub("", text) or text
    if bare[0] in "-–—" and len(bare) < 50 and _DASH.match(bare) and len(bare.split()) <= 4 and not _DIGIT.search(bare):
        bare = _DASH.sub("", bare)
    if ":" in bare:
        bare = _GLUED.sub(_unglued, bare)
    sectioned = _sectioned(raw.strip())
    if sectioned is not None:
        return Line(number, sectioned[1], gap, blanks, section=sectioned[0])
    stamp = find(bare)
    if stamp is None and len(bare) < 40 and _ALMOST_A_DATE.match(bare):
        stamp = Stamp("?", fault=f"no date can be read in {bare!r}")
    inline = None
    if stamp is not None:
        timed = _timed(Line(number, bare, gap, blanks), stamp)
        if timed is not None:
            return timed
        inline = stamp if not (stamp.before and stamp.after) and stamp.fault is None else None
    sign = Sign.COUNT if _GLUE.match(bare) else words.sign(bare)
    author = words.author(bare) if sign is Sign.AUTHOR else None
    whole = text if bare is not text and bare != text else ""
    return Line(number, bare, gap, blanks, sign=sign, author=author, inline=inline, bulleted=whole)


def _sectioned(raw: str) -> tuple[str, str] | None:
    """Return the section and the headline of a line that sets them apart by wide space."""
    if "  " not in raw and "\t" not in raw:
        return None
    first, _, rest = raw.replace("\t", "  ").partition("  ")
    section = headline(first)
    if len(rest.split()) < 3 or not (words.is_section(section) or words.is_label(words.fold(section[: words.LONGEST]))):
        return None
    return section, headline(rest)


def _unglued(found: re.Match[str]) -> str:
    before, after = found["first"] or found["hour"] or found["digit"], found["last"] or ""
    return f"{before} {after}"


@dataclass(slots=True)
class _Beside:
    """What the words beside a time say."""

    section: str | None = None
    author: str | None = None
    guess: str | None = None  # what could be a section by its place alone
    loose: bool = False
    fault: str | None = None


def _timed(line: Line, stamp: Stamp) -> Line | None:
    """Return the line as a time, or None when the words beside the time make it something else."""
    if not (stamp.before or stamp.after):
        return replace(line, stamp=stamp)
    if line.text.endswith((":", "?", "!")):
        return None
    beside = _Beside()
    for piece, is_first in _pieces(line.text, stamp):
        if not (
            _is_keyed(piece, beside) or _is_known(piece, stamp, beside) or _is_short_enough(piece, beside, is_first)
        ):
            return None
    if beside.loose and not stamp.has_hour:
        return None
    stamp = replace(stamp, fault=beside.fault) if beside.fault else stamp
    # Words that go on behind the time are a sentence's, and none of them is a section.
    section = beside.section or (beside.guess if not stamp.after[:1].islower() else None)
    return replace(line, stamp=stamp, section=section, author=beside.author, loose=beside.loose)


def _pieces(text: str, stamp: Stamp) -> Iterator[tuple[str, bool]]:
    """Yield what stands beside a time, cut at bars and bullets, each with whether it stands before the time."""
    before = [piece.strip() for piece in _PIECE.split(stamp.before)]
    # "Published: 12:06": whatever the word before a colon is, it is no section.
    if before[-1] and text.partition(stamp.before)[2].lstrip().startswith(":"):
        before.pop()
    yield from ((piece, True) for piece in before if piece)
    yield from ((piece.strip(), False) for piece in _PIECE.split(stamp.after) if piece.strip())


def _is_keyed(piece: str, beside: _Beside) -> bool:
    """Tell whether a piece names what it states: "Section: Sport", "Views: 120", "Published: admin"."""
    keyed = _KEYED.match(piece)
    if keyed is None:
        return False
    key, value = words.fold(keyed[1]), keyed[2].strip()
    if key in words.SECTION_KEYS:
        beside.section = value or beside.section
    elif (name := words.author(piece)) is not None:
        beside.author = name
    elif key in words.DATE_KEYS:
        beside.section = beside.section or words.section(value)
    else:
        return len(key.split()) <= 2 and _COUNTED.match(value) is not None
    return True


def _is_known(piece: str, stamp: Stamp, beside: _Beside) -> bool:
    """Tell whether a piece is a section, a count, a label or another time, or makes the time unreadable."""
    piece = _trimmed(piece)
    if words.is_section(piece):
        beside.section = beside.section or piece
        return True
    key = words.fold(piece)
    if not piece or key in words.DATE_KEYS or _COUNTED.match(piece) or words.is_label(key):
        return True
    if _YEAR.search(piece) and not stamp.has_day:
        beside.fault = f"no date can be read in {piece!r}"
        return len(piece.split()) <= 4
    again = find(piece)
    if again is not None and not again.after and (not again.before or words.fold(again.before) in words.DATE_KEYS):
        return True
    return words.sign(piece) is Sign.COUNT


def _is_short_enough(piece: str, beside: _Beside, is_first: bool) -> bool:
    """Tell whether a piece could be a section or a source, and not a headline."""
    piece = _trimmed(piece)
    if len(piece) > 40 or len(piece.split()) > 4 or not any(char.isalpha() for char in piece) or _YEAR.search(piece):
        return False
    beside.loose = True
    if is_first:
        beside.guess = beside.guess or piece
    return True


def _trimmed(piece: str) -> str:
    """Return a piece beside a time without the words that some sites put before a section."""
    parts = piece.strip(" ,-–—/:()[]").split()
    while parts and (words.fold(parts[0]) in _MATERIALS):
        parts.pop(0)
    while parts and words.fold(parts[-1]) in _MATERIALS:
        parts.pop()
    if len(parts) > 1 and all(part.replace(".", "").replace(",", "").isdigit() for part in parts[-2:]):
        parts = parts[:-2]
    elif len(parts) > 1 and parts[-1].isdigit():
        parts.pop()
    return " ".join(parts)


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
        for width in (2, 3):
            other = lines[place + width - 1] if place + width <= len(lines) else None
            glued = width == 2 or _GLUE.match(lines[place + 1].text) is not None
            if other is not None and glued and other.gap <= 1 and _complete(lines[place], other):
                pairs[place] = width
                place += width - 1
                break
        place += 1
    return pairs


def _complete(one: Line, other: Line) -> bool:
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
