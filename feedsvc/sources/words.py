"""What a line is for by its own words.

Knows how labels, terminators, menus, counts and bylines are put together from the vocabulary; hides its lists.
"""

import re
from collections.abc import Callable
from enum import Enum, auto
from functools import lru_cache
from itertools import pairwise

from feedsvc.sources import vocabulary
from feedsvc.sources.vocabulary import DATE_KEYS, SECTION_KEYS, UPDATE_KEYS, fold

__all__ = [
    "DATE_KEYS",
    "LONGEST",
    "LONGEST_TRAIL",
    "SECTION_KEYS",
    "UPDATE_KEYS",
    "Sign",
    "author",
    "fold",
    "is_cut",
    "is_dated_word",
    "is_home",
    "is_label",
    "is_name",
    "is_section",
    "is_trail",
    "section",
    "sign",
]

LONGEST_TRAIL = 250  # characters
_LONGEST_SECTION = 60
LONGEST = 70  # characters: a longer line is never a label or a menu entry


class Sign(Enum):
    """What a line's own words say it is for."""

    LABEL = auto()  # "News line": what follows may be one
    END = auto()  # "All news": a news line is over
    OTHER = auto()  # "Most read": what follows is a list of something else
    MORE = auto()  # "Read on", a share button, a menu entry, an advertisement: furniture between lines
    STOP = auto()  # copyright, tags, comments: text above is over
    COUNT = auto()  # views, comments
    AUTHOR = auto()  # "Author: …"


_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_DIGIT = re.compile(r"\d")
_NUMBER = re.compile(r"\d+")
_WEATHER = re.compile(r"^[+\-–−]?\d{1,2}(?:[.,]\d{1,2})?\s*°?\s*o?[CcСс]$|[+\-–−]?\d{1,2}\s*°|°\s*[CСF]\b")
_RATES = re.compile(
    r"(?:\b(?:USD|EUR|RUB|GBP|TRY|AZN|UZS|UAH|AMD|KZT|GEL|DOLAR|EURO|ALTIN|BIST)\b|[$€₽£₺])\s*[-:=]?\s*[+▲▼\-]?\s*\d",
    re.IGNORECASE,
)
_CONTACT = re.compile(
    r"(?:https?://|www\.)\S+|\S+@\S+\.\w+|^[\s\S]{0,20}(?:\(\+?\d{2,4}\)|\+\d{2,3})[\d\s\-()]{6,}$|^[\w-]+\.(?:az|com|ru|ua|net|org|info|am|uz|gr|tr)$",
    re.IGNORECASE,
)
_SIGNED = re.compile(r"\s([^\W\d_]{5,}):\s+([^:]{3,40})$")
_LOOK_ALIKE = str.maketrans("aceopxyikmthb", "асеорхуікмтнв")
_NAME_AFTER = re.compile(r"^\W*([^\W\d_][^:]{1,40}?)\s*:\s*(\S.*)$")


def sign(text: str) -> Sign | None:
    """Return what the words of one line say it is for, or None when they say nothing."""
    if len(text) > LONGEST:
        return _long_sign(text)
    key = fold(text)
    parts = key.split()
    return next((found for says, found in _SIGNS if says(text, key, parts)), None)


def _is_rights(text: str, key: str) -> bool:
    # Without a year or its words the sign credits a picture.
    if text.startswith(("©", "(c)", "(C)")) and _YEAR.search(text):
        return True
    return len(text) <= LONGEST * 3 and any(map(key.__contains__, vocabulary.RIGHTS))


# The first that holds decides. Whole phrases come before beginnings, and what introduces lists before furniture. Most
# lines are headlines, of which each question is asked: it begins with the cheapest look that answers most of them.
_SIGNS: tuple[tuple[Callable[[str, str, list[str]], object], Sign], ...] = (
    (lambda text, key, _parts: _is_rights(text, key), Sign.STOP),
    (lambda _text, key, parts: not key or _is_count(parts), Sign.COUNT),
    (lambda _text, key, _parts: key in vocabulary.OTHERS, Sign.OTHER),
    (lambda _text, key, parts: key in vocabulary.ENDS or _is_pager(parts), Sign.END),
    (lambda _text, key, _parts: is_label(key), Sign.LABEL),
    (lambda _text, _key, parts: _heads_another_list(parts), Sign.OTHER),
    (
        lambda _text, key, parts: (
            key in vocabulary.MORE or (len(key) > 4 and key in vocabulary.COUNTED) or _is_switch(parts)
        ),
        Sign.MORE,
    ),
    (lambda _text, _key, parts: parts[0] in vocabulary.SHOW and is_label(" ".join(parts[1:])), Sign.MORE),
    (lambda text, key, parts: _author(text, key, parts) is not None, Sign.AUTHOR),
    (
        lambda text, _key, _parts: "©" in text or (":" in text and fold(text.partition(":")[0]) in vocabulary.CREDITS),
        Sign.MORE,
    ),
    (lambda _text, key, parts: len(parts) <= 7 and _begins(key, parts, vocabulary.STOP_BEGINNINGS), Sign.STOP),
    (lambda _text, key, parts: _begins(key, parts, vocabulary.MORE_BEGINNINGS) or _is_menu(parts), Sign.MORE),
    (lambda text, _key, parts: _is_contact(text) or _is_rate(text, parts) or _is_weather(text), Sign.MORE),
)


def _is_contact(text: str) -> bool:
    return any(map(text.__contains__, ".@/+(")) and _CONTACT.search(text) is not None


def _is_rate(text: str, parts: list[str]) -> bool:
    priced = not vocabulary.PRICED.isdisjoint(parts) or any(map(text.__contains__, "$€₽£₺"))
    return priced and _RATES.search(text) is not None


def _is_weather(text: str) -> bool:
    # Without a sign of degrees it is all that a line says: "+5 C".
    degrees = text.count("°")
    short = len(text) <= 12 if not degrees else degrees > 1 or len(text.split()) <= 5
    return short and _DIGIT.search(text) is not None and _WEATHER.search(text) is not None


def _long_sign(text: str) -> Sign | None:
    opening = text[: LONGEST * 2]
    key = fold(opening)
    if _is_rights(text, key):
        return Sign.STOP
    parts = key.split()
    if _begins(key, parts, vocabulary.MORE_BEGINNINGS):
        return Sign.MORE
    if _begins(key, parts, vocabulary.STOP_BEGINNINGS):
        return Sign.STOP if ":" in text[:30] else None
    return Sign.MORE if _is_menu(parts) else None


def is_label(key: str) -> bool:
    """Tell whether a folded line could introduce a news line, though it may be a terminator too ("All news")."""
    if key in vocabulary.LABELS:
        return True
    parts = key.split()
    return len(parts) <= 5 and not vocabulary.NEWS.isdisjoint(parts) and vocabulary.IN_LABELS.issuperset(parts)


def _is_pager(parts: list[str]) -> bool:
    """Tell whether a line leads to the other pages of a list: "« 1 2 3 … 120 »"."""
    if len(parts) - sum(map(str.isdecimal, parts)) > 2:
        return False
    numbers = [int(part) for part in parts if part.isdecimal() and len(part) < 6]
    steps = sum(1 for one, other in pairwise(numbers) if other == one + 1)
    return steps > 1 and len(parts) - len(numbers) <= 2


def _heads_another_list(parts: list[str]) -> bool:
    if 2 < len(parts) <= 4 and " ".join(parts[:-1]) in vocabulary.OTHERS:
        return True
    return (
        2 <= len(parts) <= 5
        and not vocabulary.OTHER_WORDS.isdisjoint(parts)
        and not vocabulary.NEWS.isdisjoint(parts)
        and all(part in vocabulary.IN_LABELS or part in vocabulary.OTHER_WORDS for part in parts)
    )


def _is_switch(parts: list[str]) -> bool:
    """Tell whether a line switches between languages or sizes of letters: "AZ | RU | EN", "A- A+"."""
    return len(parts) > 1 and vocabulary.SWITCHES.issuperset(parts)


def is_section(text: str) -> bool:
    """Tell whether a line is the name of a section that many sites have."""
    return len(text) <= 40 and fold(text) in vocabulary.SECTIONS


def is_cut(text: str) -> bool:
    """Tell whether a line ends as a teaser does, in "[…]" or "read more »"."""
    if text.endswith(("[...]", "[…]")):
        return True
    if fold(text).rpartition(" ")[2] not in vocabulary.CLOSINGS:
        return False
    words = fold(text[-60:]).split()
    return any(" ".join(words[-size:]) in vocabulary.MORE for size in (2, 3) if len(words) > size)


@lru_cache(maxsize=2048)
def section(text: str) -> str | None:
    """Return the section that a short line names, without the words that some sites put beside it."""
    if len(text) > _LONGEST_SECTION:
        return None
    kept = " ".join(word for word in text.split() if fold(word) not in vocabulary.MATERIALS)
    return kept if is_section(kept) else None


def is_trail(text: str) -> bool:
    """Tell whether a line is the trail to an article, such as "Home / News / Regions"."""
    return len(text) <= LONGEST_TRAIL and (place := _home(text)) is not None and bool(text[place:].strip())


def is_home(text: str) -> bool:
    """Tell whether a line is a menu's "Home" and nothing else."""
    return fold(text) in vocabulary.HOMES


def _home(text: str) -> int | None:
    """Return where the word for the home page ends, if the text begins with it."""
    for size in (1, 2):
        parts = text.split(maxsplit=size)
        if fold(" ".join(parts[:size])) in vocabulary.HOMES:
            return len(text) - len(parts[size]) if len(parts) > size else len(text)
    return None


def is_dated_word(text: str) -> bool:
    """Tell whether a line says "Date" or "Published" and nothing else."""
    return fold(text) in DATE_KEYS


def is_name(text: str) -> bool:
    """Tell whether a line could be a person's name: two or three words, each with a capital."""
    parts = text.split()
    return (
        2 <= len(parts) <= 3
        and all(part[0].isupper() and part[-1].isalpha() for part in parts)
        # A surname may stand in capitals, a whole line of them is a heading.
        and not parts[0].isupper()
    )


def author(text: str) -> str | None:
    """Return the name in a line such as "Author: A. Name" ("" when the name must stand on the next line)."""
    if len(text) > LONGEST:
        return None
    key = fold(text)
    return _author(text, key, key.split())


def _author(text: str, key: str, parts: list[str]) -> str | None:
    if key in vocabulary.AUTHORS_ALONE:
        return ""
    if ":" not in text:
        return _byline(text, parts)
    signed, named = _SIGNED.search(text), _NAME_AFTER.match(text)
    if signed is not None and fold(signed[1]) in vocabulary.AUTHORS_ALONE:
        return signed[2].strip()
    if named is not None:
        return named[2].strip() if not vocabulary.AUTHORS.isdisjoint((fold(named[1]), _cyrillic(named[1]))) else None
    return _byline(text, parts)


def _cyrillic(text: str) -> str:
    """Return the folded words with the Latin letters that pages typed by hand have among Cyrillic ones put right."""
    return fold(text).translate(_LOOK_ALIKE)


def _byline(text: str, keys: list[str]) -> str | None:
    if 2 <= len(keys) <= 8 and any(word.startswith(vocabulary.ROLES) for word in keys[1:]) and text[-1].isalpha():
        return re.split(r"\s[-–—|]\s|,", text)[0].strip()
    if not text.startswith("By "):
        return None
    parts = text.split()
    return " ".join(parts[1:]) if 2 <= len(parts) <= 5 and all(part[0].isupper() for part in parts) else None


def _begins(key: str, parts: list[str], beginnings: dict[str, list[str]]) -> bool:
    return bool(parts) and any(f"{key} ".startswith(f"{beginning} ") for beginning in beginnings.get(parts[0], ()))


def _is_menu(words: list[str]) -> bool:
    """Tell whether a line is several entries of a menu in a row."""
    if not words or words[0] not in vocabulary.OPENINGS:
        return False
    place, entries = 0, 0
    while place < len(words):
        for size in (3, 2, 1):
            phrase = " ".join(words[place : place + size])
            if (
                phrase in vocabulary.SECTIONS
                or phrase in vocabulary.MORE
                or phrase in vocabulary.OTHERS
                or is_label(phrase)
            ):
                place += size
                entries += 1
                break
        else:
            return False
    return entries >= 3 or (entries >= 2 and not any(word in vocabulary.SECTIONS for word in words))


def _is_count(parts: list[str]) -> bool:
    """Tell whether a line is numbers and what they count: "1 204 views"."""
    numbers = 0
    for part in parts:
        words = _NUMBER.sub(" ", part).split()
        numbers += words != [part]
        if not all(word in vocabulary.COUNTED or word.startswith(vocabulary.COUNTED_STEMS) for word in words):
            return False
    return numbers > 0
