"""Ways of writing a time that are others of one length: each is brought to the one that the grammar knows.

Knows the small words around hours and dates ("a las", "alle ore", "5 de mayo de 2025"), hours with letters and hours
without minutes; hides them from the grammar. Every character keeps its place, so that the places hold in the line as
written.
"""

import re

from feedsvc.timestamps.calendars import as_ours

OCLOCK = "\x02"
"""Stands behind an hour without minutes, which is one only next to a day."""

_DIGIT = re.compile(r"\d")
# What all that is replaced has at one of its digits, save the first four below: the beginning of a word behind it, or
# a word before it. Most lines have it nowhere, and one search is quicker than trying each spelling.
_BEFORE = "|".join(
    map(r"(?<=\b{}\s\d)".format, (r"a\sla", r"a\slas", "às", "à", "alle", "ore", "om", "o", "godz", r"godz\.", "saat"))
)
_SPELT = re.compile(
    rf"\d(?:\s?[hud]|\s*[ap]\.m|(?<=á\s\d)|(?<=\bore\s\d)|(?<=\s\d)(?=\d?[:.])(?:{_BEFORE}))", re.IGNORECASE
)
# "i går" is one word in Swedish and two in Danish and Norwegian.
_I_DAG = re.compile(r"\bi (dag|går|forgårs|förrgår)\b", re.IGNORECASE)
_IL_Y_A = re.compile(r"\bil y a\b", re.IGNORECASE)
# "تشرين الثاني" is one month.
_TWO_WORDS = re.compile("(?<=ن) (?=ال)")
# Beside a date in Japanese and Chinese.
_WEEKDAY = re.compile("[（(][月火水木金土日一二三四五六][)）]")
_DOTTED_MERIDIEM = re.compile(r"(\d\s*[ap])\.m\.", re.IGNORECASE)
_HOUR_WORD = re.compile(r":([0-5]\d)\s?h\b", re.IGNORECASE)  # "14:35 h"
# They begin with a digit, not with what must not stand before it, for then the search goes from digit to digit.
_LETTERED_HOUR = re.compile(r"(\d(?<![\w:.]\d)\d?(\s?))h(?=\2[0-5]\d(?![\w:]))", re.IGNORECASE)  # "14h35", "14 h 35"
_UHR = re.compile(r"(\d(?<![\w:.]\d)\d?)\.(?=[0-5]\d\s?Uhr\b)")  # "14.35 Uhr"; without the word it may be a day
_UHR_AND_MINUTES = re.compile(r"(\d(?<![\w:.]\d)\d?)\sUhr\s(?=[0-5]\d\s*(?:$|[,|)\]]))", re.IGNORECASE)  # "14 Uhr 35"
# "5 de marzo de 2025"
_OF = re.compile(r"(\d\s)de(\s[^\W\d_]{3,10}\.?\s)de(?=\s\d{4}\b)", re.IGNORECASE)
# Portuguese for "ago". Without the accent it is Italian for "has", and words are compared without accents.
_HA = re.compile(r"\bhá(?=\s\d)", re.IGNORECASE)
# Next to these words the dot of an hour is none of a date.
_UUR = re.compile(r"(\d(?<![\w:.]\d)\d?)[.:]([0-5]\d\s)uur\b", re.IGNORECASE)
_DOTTED = re.compile(r"\b((?:a\slas?|às|alle(?:\sore)?|ore|godz\.?|saat)\s\d\d?)\.(?=[0-5]\d\b(?!\.))", re.IGNORECASE)
_AT = re.compile(r"\b(?:a\slas?|às|à|alle(?:\sore)?|ore|om|(?:o\s)?godz\.?|o)(?=\s\d\d?:)", re.IGNORECASE)
# Where nothing follows ("heute 2 h" may go on with a traffic jam), and with a word or year that makes it no duration.
_FULL_HOUR = re.compile(
    r"(\b(?:a\slas?|às|à|om)\s|(?<=\d{4})\s|(?<=\d{4}),\s)?((?<![\w:.])\d\d?\s?)(h|heures?|uur|Uhr)(?=\s*(?:$|[,|)\]]))",
    re.IGNORECASE,
)
# "5 marzo 2025 ore 9"
_ORE = re.compile(r"\bore\s(\d\d?)(?=\s*(?:$|[,|)\]]))", re.IGNORECASE)


def unified(text: str) -> tuple[str, str]:
    """Return the text with the letters of an hour blanked, and the same with all times spelt in one way.

    What stands beside a time is taken from the former: it keeps its own spelling.
    """
    is_spelt = _SPELT.search(text) is not None
    if is_spelt:
        text = _HOUR_WORD.sub(lambda found: f":{found[1]}".ljust(len(found[0])), _DOTTED_MERIDIEM.sub(r"\1m  ", text))
    plain = text
    if " y " in text:
        plain = _IL_Y_A.sub("ilya  ", plain)
    if text[:2] in ("i ", "I ") or " i " in text:
        plain = _I_DAG.sub(r" i\1", plain)
    if not text.isascii() and _DIGIT.search(text) is not None:
        plain = _WEEKDAY.sub("mon", _TWO_WORDS.sub("'", plain) if "ن ا" in plain else plain)
        plain = as_ours(plain)
    if is_spelt:
        plain = _UHR_AND_MINUTES.sub(r"\1:    ", _UHR.sub(r"\1:", _LETTERED_HOUR.sub(r"\1:", plain)))
        plain = _HA.sub("qq", _OF.sub(r"\1  \2  ", plain))
        plain = _DOTTED.sub(r"\1:", _UUR.sub(r"\1:\2Uhr", plain))
        plain = _FULL_HOUR.sub(_oclock, _AT.sub(lambda found: " " * len(found[0]), plain))
        plain = _ORE.sub(rf"   \1{OCLOCK}", plain)
    return text, plain


def _oclock(found: re.Match[str]) -> str:
    introduced, hour, unit = found.groups()
    if introduced is None and unit.lower() != "uhr":
        return found[0]
    return " " * len(introduced or "") + hour + OCLOCK.rjust(len(unit))
