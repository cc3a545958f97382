"""A line of a page that knows what it is: a time, a label, furniture, or text.

Knows how to tell by the line itself, and nothing of those around it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from feedsvc.sources import words
from feedsvc.sources.words import Sign
from feedsvc.text import headline
from feedsvc.timestamps import Stamp, find

_PIECE = re.compile(r"\s*[|•·»]+\s*|\s+/\s+|\s{2,}")
_KEYED = re.compile(r"^([^\W\d_][^:]{0,40}?)\s*:\s*(.*)$")
GLUE = re.compile(r"^[\W_]+$")  # punctuation alone: a comma or a bar between a date and its hour, say
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_ALMOST_A_DATE = re.compile(
    r"^\d{1,2}[ .\-][^\W\d_]{3,12}\.?[ ,\-]{1,2}(?:19|20)\d\d\b[^\w]*(?:\d{1,2}:\d\d(?::\d\d)?)?$"
)
_COUNTED = re.compile(r"^\d[\d\s.,]*[^\W\d_]{0,12}\.?$")
_DIGIT = re.compile(r"\d")
_HOUR = re.compile(r"\d:[0-5]\d")
# "10:02318 substations", "World205:15": an hour that lost its space.
_GLUED = re.compile(
    r"^(?P<first>(?:[01]?\d|2[0-3]):[0-5]\d)(?=\d+\s)"
    r"|(?<=[^\W\d_])(?P<digit>\d??)(?P<last>(?:[01]\d|2[0-3]):[0-5]\d)$"
    r"|(?P<hour>\b(?:[01]\d|2[0-3]):[0-5]\d)(?=\d{3,}$)"
)
_BULLET = re.compile(r"^[•·▪▫►▶‣●○■□◆*›»➤➔→>]+\s*")
_DASH = re.compile(r"^[-–—]\s+")
_CLOSING = "\"'»”’)]"
_ARMENIAN_STOP = re.compile("[\u0531-\u0587]:$")
_SIGNED_OFF = re.compile(
    r"[.!?։…][\"'»”’)\]]*\s*(?:\([^()]{1,40}\)|-{1,2}\w{1,6}-{1,2})$|(?<![.…])\.[\"'»”’)\]]*\s*[^\W\d_]{2,6}$"
)
_NEXT_SENTENCE = re.compile(r"(?:[^\W\d_]{2}[.!?]|[\u0531-\u0587][։:])[\"'»”’)]*\s+[\"'«“(]*([^\W\d_])")
_MATERIALS = words.fold("materials materiallar материалы матеріали материалы: xəbərlər xəbər").split()


@dataclass(frozen=True, slots=True)
class Line:
    """One line that is not blank. ``sign`` is None for text and times.

    ``gap`` counts the blank lines right above it, ``blanks`` all those above it on the page.
    """

    text: str
    number: int = 0
    gap: int = 0
    blanks: int = 0
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

    def placed(self, number: int, gap: int, blanks: int) -> "Line":
        """Return the line where it stands on a page."""
        return Line(
            self.text,
            number,
            gap,
            blanks,
            self.sign,
            self.stamp,
            self.section,
            self.author,
            self.loose,
            self.inline,
            self.bulleted,
        )

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
        size > 40
        and any(mark in text for mark in ".!?:։")
        and (ends_in_full_stop(text) or any(match[1].isupper() for match in _NEXT_SENTENCE.finditer(text)))
    )


def ends_in_full_stop(text: str) -> bool:
    """Tell whether a text ends with a full stop, and not with an ellipsis."""
    bare = text.rstrip(_CLOSING)
    if bare.endswith((".", "։")):
        return not bare[:-1].endswith((".", "…"))
    return bare.endswith(":") and _ARMENIAN_STOP.search(bare) is not None


@lru_cache(maxsize=2048)
def judged(raw: str) -> Line | None:
    """Return a line as what it is by itself, wherever it may stand; None when nothing of it can be seen."""
    text = headline(raw)
    if not text:
        return None
    bare = text if text[0].isalnum() else _BULLET.sub("", text) or text
    if bare[0] in "-–—" and len(bare) < 50 and _DASH.match(bare) and len(bare.split()) <= 4 and not _DIGIT.search(bare):
        bare = _DASH.sub("", bare)
    sectioned = _sectioned(raw.strip())
    if sectioned is not None:
        return Line(sectioned[1], section=sectioned[0])
    stamp = find(bare)
    if stamp is not None and not (stamp.before or stamp.after):
        return Line(bare, stamp=stamp)
    if (bare[0].isdigit() or bare[-1].isdigit()) and _HOUR.search(bare):  # it stands at an end, and a paragraph is long
        bare = _GLUED.sub(_unglued, bare)
        stamp = find(bare)
    if stamp is None and len(bare) < 40 and _ALMOST_A_DATE.match(bare):
        stamp = Stamp("?", fault=f"no date can be read in {bare!r}")
    inline = None
    if stamp is not None:
        if not (stamp.before or stamp.after):
            return Line(bare, stamp=stamp)
        timed = _timed(Line(bare), stamp)
        if timed is not None:
            return timed
        inline = stamp if not (stamp.before and stamp.after) and stamp.fault is None else None
    sign = Sign.COUNT if GLUE.match(bare) else words.sign(bare)
    author = words.author(bare) if sign is Sign.AUTHOR else None
    whole = text if bare is not text and bare != text else ""
    return Line(bare, sign=sign, author=author, inline=inline, bulleted=whole)


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
