"""Ways of writing a time that are others of one length: each is brought to the one that the grammar knows.

Knows the small words around hours and dates ("a las", "alle ore", "5 de mayo de 2025") and hours without minutes; hides
them from the grammar. Every character keeps its place, so that the places hold in the line as written.
"""

import re

OCLOCK = "\x02"
"""Stands behind an hour without minutes, which is one only next to a day."""

_DIGIT = re.compile(r"\d")
# What all that is replaced has at one of its digits, save the first two below: the beginning of a word behind it, or
# the end of one before it. Most lines have it nowhere, and one search is quicker than trying each spelling.
_SPELT = re.compile(r"\d(?:\s?[hud]|(?<=[aàemostz.]\s\d)\d?[:.]|(?<=á\s\d))", re.IGNORECASE)
# "تشرين الثاني" is one month.
_TWO_WORDS = re.compile("(?<=ن) (?=ال)")
# Beside a date in Japanese and Chinese.
_WEEKDAY = re.compile("[（(][月火水木金土日一二三四五六][)）]")
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


def unified(text: str) -> str:
    """Return the text with times spelt in one way."""
    if not text.isascii() and _DIGIT.search(text) is not None:
        text = _WEEKDAY.sub("mon", _TWO_WORDS.sub("'", text) if "ن ا" in text else text)
    if _SPELT.search(text) is None:
        return text
    text = _HA.sub("qq", _OF.sub(r"\1  \2  ", text))
    text = _DOTTED.sub(r"\1:", _UUR.sub(r"\1:\2Uhr", text))
    return _FULL_HOUR.sub(_oclock, _AT.sub(lambda found: " " * len(found[0]), text))


def _oclock(found: re.Match[str]) -> str:
    introduced, hour, unit = found.groups()
    if introduced is None and unit.lower() != "uhr":
        return found[0]
    return " " * len(introduced or "") + hour + OCLOCK.rjust(len(unit))
