"""Pure text: XML-safe cleaning, normalised headlines, slugs, canonical links, digests.

Knows how headlines of many scripts are compared; hides Unicode's corners from everyone else.
"""

import hashlib
import html
import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from feedsvc.model.letters import folded, usual_folded

# XML 1.0 §2.2 Char, less the lone surrogates that Python can hold and UTF-8 cannot.
_XML_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NOT_WORD = re.compile(r"[^\w ]")
_INVISIBLE = re.compile("[\u00ad\u200b\u2060\ufeff]")
# Only elements that editors leave behind in headlines: a title may well speak of `<b>` in code, but not of `<font …>`.
_LEFTOVER_MARKUP = re.compile(
    r"</?(?:font|span|b|i|u|em|strong|br|a|p|div|small|big|sup|sub|img)(?:\s[^<>]*)?/?>", re.IGNORECASE
)
_IN_ASCII = (("ə", "e"), ("Ə", "E"))  # as Azerbaijani is written without it; slugify has `@`, which splits words
_PARAGRAPH_END = re.compile(r"</(?:p|li|h[1-6]|blockquote|div|figcaption|pre|td)>|<br\s*/?>")
_TAG = re.compile(r"<[^>]*>")
_TRACKING = re.compile(r"^(?:utm_\w+|fbclid|gclid|yclid|mc_[ce]id|igshid|_openstat)$")


def legal(text: str) -> str:
    """Return the text without the characters that XML cannot carry."""
    return text if text.isprintable() else _XML_ILLEGAL.sub("", text)


def clean(text: str) -> str:
    """Return the text as XML can carry it: illegal characters gone, composed form (NFC)."""
    return unicodedata.normalize("NFC", legal(text))


def one_line(text: str) -> str:
    """Return the cleaned text with invisible characters gone and white space folded, so that it is one line."""
    if text.isascii() and text.isprintable():  # most are, and have nothing to clean
        return " ".join(text.split())
    text = clean(text)
    return " ".join((text if text.isprintable() else _INVISIBLE.sub("", text)).split())


@lru_cache(maxsize=8192)
def headline(text: str) -> str:
    """Return a line of a page as a title: one line, leftover markup and character references resolved."""
    if "<" in text:
        text = _LEFTOVER_MARKUP.sub(" ", text)
    if "&" in text:
        text = html.unescape(text)
    return one_line(text)


@lru_cache(maxsize=8192)
def headline_key(title: str) -> str:
    """Return what two spellings of one headline share: letters and digits without case, accents, quotes and dashes.

    Empty for a title that has no letter and no digit.
    """
    usual = usual_folded(title)
    return " ".join((_NOT_WORD.sub(" ", folded(title)) if usual is None else usual).split())


def slug(title: str, otherwise: str = "article") -> str:
    """Return the title as ASCII words joined by ``-``, at most 80 characters; ``otherwise`` when nothing is left."""
    from slugify import slugify  # noqa: PLC0415 - its tables cost 20 ms, and only a new or edited headline needs them

    return str(slugify(title, max_length=80, word_boundary=True, replacements=_IN_ASCII)) or otherwise


# An address of which nothing has to be folded but its scheme, a leading `www.` and a trailing slash.
_PLAIN_LINK = re.compile(r"https?:(//)(?:www\.)?+([a-z0-9.-]+(?:/[A-Za-z0-9._~/-]*)?)")


@lru_cache(maxsize=8192)
def canonical_link(link: str) -> str:
    """Return the form of an address under which two spellings are one article.

    Scheme, a leading ``www.``, the default port, the fragment, tracking parameters and a trailing slash are folded.
    It is for comparing, not for opening; what is no address is compared as it stands.
    """
    if plain := _PLAIN_LINK.fullmatch(link):
        return "".join(plain.groups()).rstrip("/")
    try:
        parts = urlsplit(link.strip())
        port = f":{parts.port}" if parts.port not in (None, 80, 443) else ""
    except ValueError:  # a port that is no number, half an IPv6 address
        return link.strip()
    host = (parts.hostname or "").removeprefix("www.")
    query = urlencode([(k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True) if not _TRACKING.match(k)])
    return urlunsplit(("", host + port, parts.path.rstrip("/"), query, ""))


@lru_cache(maxsize=8192)
def is_web_address(link: str) -> bool:
    """Tell whether a link is an absolute http or https address that a browser can open."""
    try:
        parts = urlsplit(link)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0 and link.isprintable()
    except ValueError:  # half an IPv6 address, a port of letters
        return False


def paragraphs_html(paragraphs: tuple[str, ...]) -> str:
    """Return plain paragraphs as HTML, each in its own ``<p>``."""
    return "".join(f"<p>{html.escape(paragraph, quote=False)}</p>" for paragraph in paragraphs)


def plain(body: str) -> tuple[str, ...]:
    """Return the paragraphs of a body as plain text: the other way round of :func:`paragraphs_html`."""
    return tuple(paragraphs(body))


def paragraphs(body: str) -> Iterator[str]:
    """Yield the paragraphs of a body as plain text; who needs the first one pays for no more."""
    start = 0
    for end in _PARAGRAPH_END.finditer(body):
        if paragraph := _untagged(body[start : end.start()]):
            yield paragraph
        start = end.end()
    if paragraph := _untagged(body[start:]):
        yield paragraph


def _untagged(markup: str) -> str:
    return one_line(html.unescape(_TAG.sub("", markup)))


def digest(*parts: bytes | str) -> str:
    """Return a short stable digest (128 bits, hexadecimal) of the parts and of where one ends and the next begins."""
    state = hashlib.blake2b(digest_size=16)
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        state.update(len(data).to_bytes(8, "big"))
        state.update(data)
    return state.hexdigest()
