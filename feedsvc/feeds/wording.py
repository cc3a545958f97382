"""The text and HTML of articles as every feed reader can take them.

Knows which characters and which HTML are safe in a feed; hides nh3. The store's text is clean already: here is the last
place before strangers read it, so nothing is taken on trust.
"""

import html
import re
from dataclasses import dataclass
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

import nh3

from feedsvc import text

# Characters that XML forbids, and those that it discourages (XML 1.0 §2.2, note): html parsers call the C1 controls and
# the noncharacters errors, and validators warn of them and of U+FFFD.
_UNFIT = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffd-\uffff"
    + "".join(chr(plane + low) for plane in range(0x10000, 0x110000, 0x10000) for low in (0xFFFE, 0xFFFF))
    + "]"
)
_TAG = re.compile(r"</?\w[^<>]*>")
_REFERENCE = re.compile(r"&#?\w+;")
_MARKUP = re.compile(r"</\w+>|&#?\w+;")
_LEAD_LENGTH = 300
_SCHEMES = {"http", "https"}
_HOST = re.compile(r"[\w.:@%~\[\]-]+", re.ASCII)
_SAFE_IN_ADDRESS = ";/?:@&=+$,.-_!~*'()%#"  # RFC 2396 reserved and mark characters, as validators read them

# nh3's own list less `rtc` and `bdo`, which the W3C feed validator does not know or calls a risk.
_TAGS = nh3.ALLOWED_TAGS - {"rtc", "bdo"}
_ATTRIBUTES = {
    "*": {"lang", "dir", "title"},
    "a": {"href", "hreflang"},
    "area": {"href", "alt", "coords", "shape"},
    "blockquote": {"cite"},
    "col": {"span"},
    "colgroup": {"span"},
    "data": {"value"},
    "del": {"cite", "datetime"},
    "img": {"src", "alt", "width", "height"},
    "ins": {"cite", "datetime"},
    "ol": {"start", "reversed", "type"},
    "q": {"cite"},
    "td": {"colspan", "rowspan", "headers"},
    "th": {"colspan", "rowspan", "headers", "scope"},
    "time": {"datetime"},
}
_ADDRESSES = {"href", "src", "cite"}
# To make a cleaner takes longer than to clean 4 kB; most bodies have no address, and share this one.
_CLEANER = nh3.Cleaner(tags=_TAGS, attributes=_ATTRIBUTES, link_rel=None)


def _replacement(found: re.Match[str]) -> str:
    char = found.group()
    if char == "\ufffd":
        return "?"
    # Pages of Windows code pages that call themselves Latin-1 leave quotes and dashes among the C1 controls; HTML reads
    # them so too (WHATWG HTML §13.2.5.80).
    return bytes([ord(char)]).decode("cp1252", "ignore") if "\x80" <= char <= "\x9f" else ""


def _fit(value: str) -> str:
    # Python's own test takes a tenth of the time. Of what is unfit it calls nothing printable but U+FFFD.
    if value.replace("\n", " ").replace("\xa0", " ").isprintable() and "\ufffd" not in value:
        return value
    return _UNFIT.sub(_replacement, value)


def plain(value: str) -> str:
    """Return one line of plain text without any character that a feed cannot carry."""
    return text.one_line(_fit(value))


def label(value: str) -> str:
    """Return a name, section or tag as one line of plain text, without tags, addresses in ``<>`` and references."""
    while ("&" in value or "<" in value) and value != (bare := _bare(value)):  # somebody may have escaped it twice
        value = bare
    return plain(value)


def _bare(value: str) -> str:
    return _TAG.sub("", _REFERENCE.sub(lambda reference: html.unescape(reference[0]), value))


def absolute(address: str, base: str | None = None) -> str | None:
    """Return an absolute http(s) address in ASCII, None when it is none, even against ``base``."""
    try:
        parts = urlsplit(urljoin(base or "", address.strip()))
        host = parts.netloc.encode("idna").decode("ascii") if not parts.netloc.isascii() else parts.netloc
    except ValueError:
        return None
    if parts.scheme not in _SCHEMES or not parts.hostname or not _HOST.fullmatch(host):
        return None
    rest = (quote(part, safe=_SAFE_IN_ADDRESS) for part in (parts.path, parts.query, parts.fragment))
    return urlunsplit((parts.scheme, host, *rest))


@dataclass(frozen=True, slots=True)
class Body:
    """A body that any page could show, and its first paragraph as plain text, cut at a word (it may be empty)."""

    html: str
    lead: str


def safe(body: str, base: str | None) -> Body | None:
    """Return the body without anything that harms, None when nothing in it can be seen.

    No script, style, frame, ``on*`` or ``javascript:``; every address is absolute, resolved against ``base`` (where the
    body was published first) or gone.
    """

    # Not text.clean, before or after: NFC may compose a tag's `>` with what follows it.
    cleaned = _fit(body)
    lowered = cleaned.lower()
    cleaner = _resolving(base) if any(name in lowered for name in _ADDRESSES) else _CLEANER
    once = cleaner.clean(cleaned)
    if once != cleaned:  # it rarely is: the store's bodies are clean
        # What the first pass takes out may leave a paragraph within a paragraph, which HTML reads as something else.
        # And references are resolved by now, to whatever they name.
        once = _fit(cleaner.clean(once))
    cleaned = once.strip()
    first = next(text.paragraphs(cleaned), "")
    return Body(cleaned, _cut(first)) if first or "<img " in cleaned else None


def _resolving(base: str | None) -> nh3.Cleaner:
    def attribute(_tag: str, name: str, value: str) -> str | None:
        if name not in _ADDRESSES or (name == "href" and value.startswith(("mailto:", "tel:"))):
            return value
        return absolute(value, base)

    return nh3.Cleaner(tags=_TAGS, attributes=_ATTRIBUTES, attribute_filter=attribute, link_rel=None)


def _cut(paragraph: str) -> str:
    if len(paragraph) <= _LEAD_LENGTH:
        return paragraph
    return paragraph[: _LEAD_LENGTH - 1].rsplit(" ", 1)[0].rstrip(" ,;:–—-") + "…"


def markup_like(value: str) -> bool:
    """Tell whether readers that guess would take this plain text for HTML: it shows a closing tag or a reference."""
    return ("&" in value or "</" in value) and _MARKUP.search(value) is not None


def escaped(value: str) -> str:
    """Return plain text as HTML."""
    return html.escape(value, quote=False)
