"""HTML and text of strangers as what an article carries: nothing that harms, every address absolute.

Knows which HTML may enter the store, and leave it again in a feed; hides nh3. Pure.
"""

import html
import re
from collections import Counter
from collections.abc import Callable
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

import nh3

from feedsvc import text

# Elements within elements, in all. The parser's time grows with the square of their depth (100,000 open `div`, 1 MB,
# cost 46 s); pages of people's making stay under 50.
MAX_DEPTH = 250

_TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)", re.IGNORECASE)
_MARKUP = re.compile(r"</?[a-z!][^<>]*>", re.IGNORECASE)
_BLOCK = re.compile(
    r"<(?:address|article|aside|blockquote|center|details|div|dl|fieldset|figure|footer|h[1-6]|header|hr|hgroup|main|nav"
    r"|ol|p|pre|section|table|ul)[\s/>]",
    re.IGNORECASE,
)
_PICTURE_OF_NOTHING = re.compile(r'<img(?: (?!src=)[a-z]+="[^"]*")*>')
# Most bodies are nothing else, and the cleaner, which would change nothing in them, takes ten times as long to say so.
# All characters but NUL and those that it escapes, normalises or XML cannot carry (`text.legal`); named one by one, for
# what is excluded is looked for more slowly.
_PLAIN_BODY = re.compile("(?:<p>[\t\n -%'-;=?-\x9f\xa1-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]*+</p>\n?)++")
_BREAKS = re.compile(r"(?:\s*<br\s*/?>\s*){2,}", re.IGNORECASE)
_PARAGRAPHS = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")
# They hold nothing, or end by themselves where the next one begins.
_NEVER_DEEP = frozenset(
    re.findall(
        r"\w+",
        "area base br col colgroup dd dt embed hr img input li link meta option p param rp rt source tbody td tfoot th"
        " thead tr track wbr",
    )
)
_SCHEMES = {"http", "https"}
_HOST = re.compile(r"[\w.:@%~\[\]-]+", re.ASCII)
_SAFE_IN_ADDRESS = ";/?:@&=+$,.-_!~*'()%#"  # RFC 2396 reserved and mark characters, as validators read them
_ADDRESSES = {"href", "src", "cite"}
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
# To make a cleaner takes longer than to clean 4 kB; most bodies have no address, and share this one.
_CLEANER = nh3.Cleaner(tags=_TAGS, attributes=_ATTRIBUTES, link_rel=None)


def absolute(address: str, base: str | None = None) -> str | None:
    """Return an absolute http(s) address in ASCII, None when it is none, even against ``base``."""
    try:
        parts = urlsplit(urljoin(base or "", address.strip()))
        host = parts.netloc if parts.netloc.isascii() else parts.netloc.encode("idna").decode("ascii")
    except ValueError:  # half an IPv6 address, a label that is too long
        return None
    if parts.scheme not in _SCHEMES or not parts.hostname or not _HOST.fullmatch(host):
        return None
    rest = (quote(part, safe=_SAFE_IN_ADDRESS) for part in (parts.path, parts.query, parts.fragment))
    return urlunsplit((parts.scheme, host, *rest))


def harmless(markup: str, base: str | None, *, resolve: Callable[[str, str | None], str | None] = absolute) -> str:
    """Return the HTML without script, style, frame, ``on*`` or ``javascript:``, and what XML cannot carry.

    Addresses are resolved against ``base``; one that stays relative is dropped. ``resolve`` may know better what an
    address means. What is nested deeper than ``MAX_DEPTH`` keeps its text only.
    """
    if _PLAIN_BODY.fullmatch(markup):
        return markup
    markup = text.legal(markup)
    if is_too_deep(markup):
        return text.paragraphs_html(tuple(filter(None, [stripped(markup)])))
    lowered = markup.lower()
    if not any(name in lowered for name in _ADDRESSES):
        return _CLEANER.clean(markup)

    def attribute(_tag: str, name: str, value: str) -> str | None:
        if name not in _ADDRESSES or (name == "href" and value.startswith(("mailto:", "tel:"))):
            return value
        return resolve(value, base)

    return nh3.clean(markup, tags=_TAGS, attributes=_ATTRIBUTES, attribute_filter=attribute, link_rel=None)


def body(markup: str, base: str | None, *, resolve: Callable[[str, str | None], str | None] = absolute) -> str | None:
    """Return HTML of block elements that is harmless (:func:`harmless`), None when nothing in it can be seen.

    The same markup gives the same body, and a body is its own body.
    """
    cleaned = harmless(markup, base, resolve=resolve)
    cleaned = _PICTURE_OF_NOTHING.sub("", cleaned).strip()
    if not text.plain(cleaned) and "<img src=" not in cleaned:
        return None
    if not _BLOCK.search(cleaned):
        cleaned = "".join(f"<p>{part.strip()}</p>" for part in _BREAKS.split(cleaned) if part.strip())
    return cleaned


def text_body(written: str) -> str | None:
    """Return plain text as a body: paragraphs where blank lines are, or lines where there are none."""
    parts = _PARAGRAPHS.split(written.replace("\r\n", "\n").strip())
    paragraphs = parts if len(parts) > 1 else written.splitlines()
    return text.paragraphs_html(tuple(filter(None, map(text.one_line, paragraphs)))) or None


def stripped(markup: str) -> str:
    """Return HTML as one line of text; references that were escaped twice are resolved too."""
    return text.one_line(html.unescape(html.unescape(_MARKUP.sub(" ", markup))))


def title_line(markup: str) -> str:
    """Return an HTML title as one line of text: words that markup splits stay whole."""
    return text.one_line(html.unescape(html.unescape(_MARKUP.sub("", markup.replace("<br", " <br")))))


def cut(line: str, length: int) -> str:
    """Return the line, at most ``length`` characters of it, cut at a word."""
    if len(line) <= length:
        return line
    return line[: length - 1].rsplit(" ", 1)[0].rstrip(" ,;:–—-") + "…"


def is_too_deep(markup: str) -> bool:
    """Tell whether more than ``MAX_DEPTH`` elements stand open at once."""
    if markup.count("<") <= MAX_DEPTH:
        return False
    depth, opened = 0, Counter[str]()
    for closing, name in _TAG.findall(markup):
        element = name.lower()
        if element in _NEVER_DEEP:
            continue
        if not closing:
            opened[element] += 1
            depth += 1
        elif opened[element]:
            opened[element] -= 1
            depth -= 1
        if depth > MAX_DEPTH:
            return True
    return False
