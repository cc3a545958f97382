"""The text and HTML of articles as every feed reader can take them.

Knows which characters are safe in a feed, and which texts readers take for HTML; hides how they are mended. The store's
text is clean already: here is the last place before strangers read it, so nothing is taken on trust.
"""

import html
import re
from dataclasses import dataclass
from functools import lru_cache

from feedsvc import markup, text

# Characters that XML forbids, and those that it discourages (XML 1.0 §2.2, note): html parsers call the C1 controls and
# the noncharacters errors, and validators warn of them and of U+FFFD.
_UNFIT = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffd-\uffff"
    + "".join(chr(plane + low) for plane in range(0x10000, 0x110000, 0x10000) for low in (0xFFFE, 0xFFFF))
    + "]"
)
# The bytes of UTF-8 in which no unfit character begins.
_HARMLESS = bytes({*b"\t\n\r", *range(0x20, 0x7F), *range(0x80, 0xF0)} - {0xC2, 0xED, 0xEF})
# Those of plain text in HTML, but for what HTML may read as something else.
_PLAIN = bytes({*_HARMLESS} - {*b"<>&\r"})
_PARAGRAPHS = re.compile(r"(?:<p>[^<]*+</p>\n?)++")
_TAG = re.compile(r"</?\w[^<>]*>")
_REFERENCE = re.compile(r"&#?\w+;")
_MARKUP = re.compile(r"</\w+>|&#?\w+;")
_AMPERSAND = re.compile(r"&[#\w]*;?")
_LEAD_LENGTH = 300


def _replacement(found: re.Match[str]) -> str:
    char = found.group()
    if char == "\ufffd":
        return "?"
    # Pages of Windows code pages that call themselves Latin-1 leave quotes and dashes among the C1 controls; HTML reads
    # them so too (WHATWG HTML §13.2.5.80).
    return bytes([ord(char)]).decode("cp1252", "ignore") if "\x80" <= char <= "\x9f" else ""


def _fit(value: str) -> str:
    # A text of nothing but harmless bytes is told from others in a thirtieth of the time that the expression takes, one
    # that is printable in a tenth. Of what is unfit Python calls nothing printable but U+FFFD.
    if not value.encode(errors="surrogatepass").translate(None, _HARMLESS):
        return value
    if value.replace("\n", " ").replace("\xa0", " ").isprintable() and "\ufffd" not in value:
        return value
    return _UNFIT.sub(_replacement, value)


def plain(value: str) -> str:
    """Return one line of plain text without any character that a feed cannot carry."""
    return text.one_line(_fit(value)) if value else ""


@lru_cache(maxsize=2048)  # of sections, tags and authors there are few
def label(value: str) -> str:
    """Return a name, section or tag as one line of plain text, without tags, addresses in ``<>`` and references."""
    while ("&" in value or "<" in value) and value != (bare := _bare(value)):  # somebody may have escaped it twice
        value = bare
    return plain(value)


def _bare(value: str) -> str:
    return _TAG.sub("", _REFERENCE.sub(lambda reference: html.unescape(reference[0]), value))


@dataclass(frozen=True, slots=True)
class Body:
    """A body that any page could show, and its first paragraph as plain text, cut at a word (it may be empty)."""

    html: str
    lead: str


def safe(body: str, base: str | None) -> Body | None:
    """Return the body without anything that harms, None when nothing in it can be seen.

    ``base`` is where the body was published first.
    """
    cleaned = (body if _is_plain(body) else _mended(body, base)).strip()
    first = next(text.paragraphs(cleaned), "")
    return Body(cleaned, markup.cut(first, _LEAD_LENGTH)) if first or "<img " in cleaned else None


def _is_plain(body: str) -> bool:
    """Tell whether a body is paragraphs of fit text and nothing else, as most are: nothing in it has to be mended."""
    signs = body.encode(errors="surrogatepass").translate(None, _PLAIN)
    return signs == b"<>" * (len(signs) // 2) and _PARAGRAPHS.fullmatch(body) is not None


def _mended(body: str, base: str | None) -> str:
    # Not text.clean, before or after: NFC may compose a tag's `>` with what follows it.
    fit = _fit(body)
    once = markup.harmless(fit, base)
    # It rarely is another: the store's bodies are clean. What the first pass takes out may leave a paragraph within a
    # paragraph, which HTML reads as something else. And references are resolved by now, to whatever they name.
    return once if once == fit else _fit(markup.harmless(once, base))


def markup_like(value: str) -> bool:
    """Tell whether readers that guess would take this plain text for HTML: it shows a closing tag or a reference."""
    return ("&" in value or "</" in value) and _MARKUP.search(value) is not None


def escaped(value: str) -> str:
    """Return plain text as HTML, in which an ampersand stays one where HTML cannot take it for anything else.

    A browser that shows a feed by its style sheet shows what is written: ``AT&T`` and not ``AT&amp;T``.
    """
    return _AMPERSAND.sub(_as_html, value).replace("<", "&lt;").replace(">", "&gt;")


def _as_html(found: re.Match[str]) -> str:
    # `&copy2025` is a reference, too (WHATWG HTML §13.2.5.73), and readers drop one that nobody knows.
    bare = not found[0].endswith(";") and html.unescape(found[0]) == found[0]
    return found[0] if bare else f"&amp;{found[0][1:]}"
