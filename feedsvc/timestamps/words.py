"""What each word of a time is, in three dozen languages.

Knows how words are compared; hides which language one belongs to. The words themselves are data: ``words.toml``.
"""

import re
import tomllib
import unicodedata
from collections.abc import Iterator
from datetime import UTC, date, timedelta, timezone, tzinfo
from functools import lru_cache
from importlib import resources

_DATA = tomllib.loads(resources.files(__name__.rpartition(".")[0]).joinpath("words.toml").read_text("utf-8"))
_LANGUAGES = [said for said in _DATA.values() if isinstance(said, dict)]

# Each kind of word by its key in words.toml: its letter in the grammar and its value (of units, in seconds). A word of
# two kinds is of the one that stands first.
_KINDS = {
    "today": ("r", 0),
    "yesterday": ("r", 1),
    "day_before": ("r", 2),
    "weekdays": ("w", 0),
    "seconds": ("u", 1),
    "minutes": ("u", 60),
    "hours": ("u", 60 * 60),
    "days": ("u", 24 * 60 * 60),
    "weeks": ("u", 7 * 24 * 60 * 60),
    "am": ("a", 0),
    "pm": ("a", 12),
    "ago": ("g", 0),
    "ago_first": ("G", 0),
    "one": ("o", 0),
    "this": ("b", 0),
    "just_now": ("j", 0),
    "just": ("q", 0),
    "now": ("Q", 0),
    "ordinals": ("s", 0),
    "month_word": ("T", 0),
    "year_mark": ("Y", 0),
    "month_mark": ("M", 0),
    "day_mark": ("B", 0),
    "hour_mark": ("H", 0),
    "minute_mark": ("N", 60),
    "before_noon": ("p", 0),
    "after_noon": ("p", 12),
    "minutes_ago": ("U", 60),
    "hours_ago": ("U", 60 * 60),
    "days_ago": ("U", 24 * 60 * 60),
    "fillers": ("c", 0),
}
# What sites write behind an hour: names of local time follow their zone's history, EST and the like are American.
_ZONES: dict[str, tzinfo | str] = {
    "utc gmt": UTC,
    "msk мск": "Europe/Moscow",
    "azt": "Asia/Baku",
    "amt": "Asia/Yerevan",
    "get": "Asia/Tbilisi",
    "uzt": "Asia/Tashkent",
    "trt tsi": "Europe/Istanbul",
    "et": "America/New_York",
    "bst cet": timezone(timedelta(hours=1)),
    "eet cest": timezone(timedelta(hours=2)),
    "eest": timezone(timedelta(hours=3)),
    "edt": timezone(timedelta(hours=-4)),
    "est cdt": timezone(timedelta(hours=-5)),
    "cst mdt": timezone(timedelta(hours=-6)),
    "mst pdt": timezone(timedelta(hours=-7)),
    "pst": timezone(timedelta(hours=-8)),
}
ZONES = tuple(_ZONES.values())

_APOSTROPHE = re.compile("['’‘ʼʻ`´]")
# Latin letters that stand in Cyrillic words on pages typed by hand.
_LOOK_ALIKE = str.maketrans("aceopxyikmthb", "асеорхуікмтнв")


def fold(word: str) -> str:
    """Return a word as it is compared: no case, accents or apostrophes."""
    if word.isascii():
        return _APOSTROPHE.sub("", word).lower()
    bare = unicodedata.normalize("NFKD", _APOSTROPHE.sub("", word)).replace("ı", "i").casefold()
    return "".join(char for char in bare if not unicodedata.combining(char))


def _listed() -> Iterator[tuple[str, str, int]]:
    """Yield words, what they are and their value; of two that are alike, the first one counts."""
    for said in _LANGUAGES:
        yield from ((forms, "m", number) for number, forms in enumerate(said.get("months", ()), start=1))
    for key, (kind, value) in _KINDS.items():
        yield from ((said[key], kind, value) for said in _LANGUAGES if key in said)
    yield from ((names, "z", number) for number, names in enumerate(_ZONES))


def _vocabulary() -> dict[str, tuple[str, int]]:
    known: dict[str, tuple[str, int]] = {}
    for listed, kind, value in _listed():
        for word in listed.split():
            known.setdefault(fold(word), (kind, value))
    return known


_VOCABULARY = _vocabulary()


@lru_cache(maxsize=4096)
def kind_of(word: str) -> tuple[str, int]:
    """Return the letter of the grammar that a word is, and its value; ``W`` when it is none of time."""
    folded = fold(word)
    known = _VOCABULARY.get(folded)
    if known is None and not folded.isascii():
        known = _VOCABULARY.get(folded.translate(_LOOK_ALIKE))
    return known or ("W", 0)


@lru_cache(maxsize=2)
def foreign_months(*, behind_a_dot: bool) -> dict[str, int]:
    """Return the months of languages that this module does not know itself, less the words that two dispute.

    First count the languages that write the day as the date at hand does, with a dot or without.
    """
    own, others = _DATA["months_behind_a_dot"], _DATA["months_elsewhere"]
    return {**_months_of(own), **_months_of(others)} if not behind_a_dot else {**_months_of(others), **_months_of(own)}


def _months_of(languages: list[str]) -> dict[str, int]:
    from dateparser.languages.loader import default_loader  # noqa: PLC0415 - half a second, and only for a rare language

    months: dict[str, int] = {}
    disputed: set[str] = set()
    names = [date(2001, number, 1).strftime("%B").lower() for number in range(1, 13)]
    for locale in default_loader.get_locales(languages=languages):
        for number, name in enumerate(names, start=1):
            for form in locale.info[name]:
                folded = fold(form.strip("."))
                if months.setdefault(folded, number) != number:
                    disputed.add(folded)
    return {word: number for word, number in months.items() if word not in disputed}
