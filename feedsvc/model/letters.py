"""Letters of all scripts, as they are compared.

Knows what of a letter does not count: case, accents, and how it is composed; hides Unicode's corners. Pure.
"""

import codecs
import re
import unicodedata
from itertools import filterfalse

# Of scripts that are written without spaces.
UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff"

_NEITHER = re.compile(rf"_|[^\w{UNSPACED}]")
# What most texts are made of, each of which folds to one character, besides the punctuation that follows. That so many
# are folded at once by a table of codecs, a fifth of the time of `translate`, is why there are no more than 256, the
# first of them NUL and none beyond U+0FFF.
_USUAL = (
    "\0\n"
    + "".join(map(chr, (*range(0x20, 0x7F), *range(0xC0, 0x100), *range(0x410, 0x450))))
    + "\xa0«»§ЁёІіЇїЄєҐґəƏğĞşŞıİ"
).replace("ß", "")
_USUAL_PUNCTUATION = "–—‘’“”„…"


class _Folding(dict[int, str]):
    """What each character is folded to, found when it is first met."""

    def __missing__(self, code: int) -> str:
        letters = unicodedata.normalize("NFKD", chr(code)).replace("ı", "i").casefold()
        self[code] = _NEITHER.sub(" ", "".join(filterfalse(unicodedata.combining, letters)))
        return self[code]


_FOLDED = _Folding()
_BY_USUAL = codecs.charmap_build(_USUAL.ljust(256, "\ufffe"))
_USUAL_FOLDED = _USUAL.translate(_FOLDED)
_ASCII_FOLDED = bytes(range(128)).decode("ascii").translate(_FOLDED).encode("ascii").ljust(256)


def folded(text: str) -> str:
    """Return the letters and digits of a text without case and accents, and spaces for all else.

    Whatever else stands in scripts without spaces stays. Turkish and Azerbaijani ``İ``, ``I``, ``ı`` and ``i`` fold
    together: pages mix them up.
    """
    usual = usual_folded(text)
    return text.translate(_FOLDED) if usual is None else usual


def usual_folded(text: str) -> str | None:
    """Return what :func:`folded` does, None for a text with characters that most have not, as those of UNSPACED."""
    if text.isascii():
        return text.encode("ascii").translate(_ASCII_FOLDED).decode("ascii")
    for mark in _USUAL_PUNCTUATION:
        text = text.replace(mark, " ")
    try:
        return codecs.charmap_decode(codecs.charmap_encode(text, "strict", _BY_USUAL)[0], "strict", _USUAL_FOLDED)[0]
    except UnicodeEncodeError:
        return None
