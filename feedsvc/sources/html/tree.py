"""The bytes of an HTML page as a tree: which charset they are in, and what is too large or too deep to read.

Knows what a server, a page and its bytes say about the charset, and whom to believe; hides the parser. A tree has no
scripts, styles or comments.
"""

import codecs
import re
from dataclasses import dataclass
from itertools import chain

from lxml import etree
from lxml.html import HtmlElement

from feedsvc.model import Snapshot
from feedsvc.sources.charset import decode

MAX_BYTES = 8_000_000  # the longest list that was seen had 2 MB, half of it pictures in data: addresses
MAX_ELEMENTS = 150_000  # half a minute of detection at the worst; a page of 200 entries has 4,000
MAX_DEPTH = 250  # where libxml2 stops reading by itself (xmlParserMaxDepth, 255 with html and body)

# The parser compares each attribute of a tag with all others: 100,000 of them (1 MB) cost it 68 s, this many 1.4 s.
MAX_COMPARISONS = 200_000_000
_TAG = re.compile(r"""<[a-zA-Z][^\s/>]*+(?:[\s/]++|[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>]*+))?+)*+""")
_ATTRIBUTE = re.compile(r"""[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>]*+))?+""")
_LONG_TAG = 2000  # characters; shorter ones cannot cost much

# Nothing in them is seen by a reader. A form may hold a whole page, so it stays.
_UNSEEN = ("script", "style", "noscript", "template", "iframe", "object", "svg", "select", "textarea", "math")
_META = re.compile(rb"<meta\b[^>]{0,300}?charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
_META_WITHIN = 4096  # bytes; HTML asks for 1024, and browsers forgive more
_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
# Servers say these of everything they were not told about, and whoever means them says so on the page too.
_DEFAULTS = {"iso8859-1", "latin-1", "cp1252", "ascii"}
_BOMS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
# lxml.html asks Python what each element shall be; here all are the same.
_ELEMENTS = etree.ElementDefaultClassLookup(element=HtmlElement)
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0e-\x1f\ufffe\uffff]")


class Unreadable(Exception):
    """Why a page has no tree; it never leaves this package."""


@dataclass(frozen=True, slots=True)
class Tree:
    """A page as elements, its structured data (the JSON-LD scripts), and what an admin should know about it."""

    root: HtmlElement
    json_ld: tuple[str, ...]
    notes: tuple[str, ...]


def parse(snapshot: Snapshot) -> Tree:
    """Return the tree of a page.

    Raises:
        Unreadable: it is no HTML, or too large.
    """
    body = snapshot.body
    if len(body) > MAX_BYTES:
        raise Unreadable(f"has {len(body) / 1e6:.0f} MB; a page of more than {MAX_BYTES // 10**6} MB is not read")
    text, note = read_text(body, snapshot.media_type)
    text = _ILLEGAL.sub("", text)
    if not text.strip():
        raise Unreadable("the page is empty")
    if sum(len(_ATTRIBUTE.findall(tag)) ** 2 for tag in _TAG.findall(text) if len(tag) > _LONG_TAG) > MAX_COMPARISONS:
        raise Unreadable("has a tag with thousands of attributes; such a page is not read")
    parser: etree.HTMLParser[HtmlElement] = etree.HTMLParser(
        encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=False
    )
    parser.set_element_class_lookup(_ELEMENTS)
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except etree.ParserError as error:
        raise Unreadable("this is no HTML") from error
    if root is None:
        raise Unreadable("this is no HTML")
    notes = [note] if note else []
    if any("depth" in entry.message for entry in chain(parser.error_log, parser.feed_error_log)):
        notes.append(f"elements stand {MAX_DEPTH} deep in one another; what lies deeper was not read")
    if int(root.xpath("count(//*)")) > MAX_ELEMENTS:
        raise Unreadable(f"has more than {MAX_ELEMENTS:,} elements; such a page is not read")
    scripts = root.xpath("//script[contains(@type, 'ld+json')]")
    json_ld = tuple(script.text for script in scripts if script.text)
    etree.strip_elements(root, *_UNSEEN, with_tail=False)
    return Tree(root, json_ld, tuple(notes))


def read_text(body: bytes, media_type: str) -> tuple[str, str | None]:
    """Return the text of a page, and what was wrong with the charset it claims.

    A byte order mark is believed first; then UTF-8 where the bytes are, for nothing else looks like it by chance; then
    the header, the page's own ``meta``, and last what the letters look like.

    Raises:
        Unreadable: the bytes are no text.
    """
    if not body.startswith(_BOMS):
        try:
            return body.decode(), None
        except UnicodeDecodeError:
            pass
        claimed = _claims(body, media_type)
        for name in claimed:
            try:
                return body.decode(name), None
            except UnicodeDecodeError:
                continue
            except LookupError:
                continue
    else:
        claimed = []
    try:
        text = decode(body)
    except ValueError as error:
        raise Unreadable(str(error)) from error
    wrong = [name for name in claimed if name not in _DEFAULTS]
    return text, f"the page says that its charset is {wrong[0]}, which it is not" if wrong else None


def _claims(body: bytes, media_type: str) -> list[str]:
    header = _CHARSET.search(media_type)
    meta = _META.search(body[:_META_WITHIN])
    names = [
        _name(match) for match in (header[1] if header else None, meta[1].decode("ascii") if meta else None) if match
    ]
    return sorted(dict.fromkeys(names), key=lambda name: name in _DEFAULTS)


def _name(label: str) -> str:
    try:
        name = codecs.lookup(label).name
    except LookupError:
        return label
    # WHATWG Encoding §4.2: on the web, Latin-1 is Windows-1252 and Latin-5 is Windows-1254.
    return {"iso8859-1": "cp1252", "ascii": "cp1252", "iso8859-9": "cp1254"}.get(name, name)
