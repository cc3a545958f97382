"""Folders of articles: a Markdown or HTML file each, with what its front matter says about it.

Knows the keys that people write in front matter and where a title stands without one; hides Markdown. The snapshot's
own time is the only clock; of the disk it asks only for the pictures, sound and films that a file names.
"""

import html
import mimetypes
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import PurePosixPath
from typing import Any
from zoneinfo import ZoneInfo

from feedsvc import markup, text
from feedsvc.config import notation
from feedsvc.model import Complaint, Enclosure, Entry, Harvest, Listing, Snapshot, fold_name
from feedsvc.sources import dates
from feedsvc.sources.charset import decode
from feedsvc.sources.companions import Companions
from feedsvc.sources.front_matter import FrontMatterInvalid, split
from feedsvc.sources.media import MediaFolder, media_type_of
from feedsvc.timestamps import Unknown

MAX_BYTES = 500_000  # a short novel; Markdown of this size takes 3 s, and news has under 50 kB

_HTML = (".html", ".htm", ".xhtml")
# What lies beside articles, or makes the pages around them: neither an article nor a fault.
_COMPANIONS = ("image/", "audio/", "video/", "font/", "text/css", "text/javascript", "application/javascript")
_DATED_NAME = re.compile(r"(?P<date>\d{4}-\d\d-\d\d)[-_ ]+(?=\S)")
_LONGEST_PROMISE = timedelta(days=3650)  # an embargo or a date beyond is a misprint
_OTHER_NAMES = {
    "author": "authors",
    "category": "section",
    "cover": "image",
    "description": "summary",
    "enclosure": "enclosures",
    "excerpt": "summary",
    "guid": "id",
    "images": "image",
    "keywords": "tags",
    "lang": "language",
    "pubdate": "date",
    "published": "date",
    "publishdate": "publishat",
    "thumbnail": "image",
}
_PLAYED = ("audio", "video", "enclosures")
_ADDRESS = ("src", "url", "image")
_YES = ("true", "yes", "on", "1")
_NO = ("false", "no", "off", "0")
_NULL = ("", "~", "null")
_MOST_NAMES = 50


@dataclass(frozen=True, slots=True)
class _Page:
    """What a file says without its front matter; the fields are called as in front matter."""

    body: str | None
    said: Mapping[str, Any] = field(default_factory=dict)


class _Withheld(Exception):
    """Why a file is not read as an article, though it is one; it never leaves this module."""


def read(snapshot: Snapshot, *, zone: ZoneInfo, media: MediaFolder | None = None) -> Harvest:
    """Return the article that a file is; a draft is none, and no fault either.

    Times without a zone are in ``zone``. Relative pictures are looked up in ``media``, starting from the file. The
    entry's guid is the front matter's id, else the origin, so that an edited file stays one article.
    """
    path = PurePosixPath(snapshot.origin)
    if (mimetypes.guess_type(path.name)[0] or "").startswith(_COMPANIONS):
        return Harvest(listing=Listing.EMPTY)
    try:
        written = _decoded(snapshot.body)
        matter, rest = split(written)
        front = {name: value for name, value in matter.items() if not _is_null(value)}
        if _flag(front.get("draft"), _YES) or _flag(front.get("published"), _NO):
            return Harvest(listing=Listing.EMPTY)
        page = _html_page(rest) if path.suffix.lower() in _HTML else _markdown_page(rest)
        companions = Companions(media, snapshot.origin, written)
        article, complaints = _article(path, {**page.said, **_canonical(front)}, page.body, snapshot, zone, companions)
    except FrontMatterInvalid as problem:
        return _missing(f"{snapshot.origin}:{problem.line}", str(problem))
    except _Withheld as problem:
        return _missing(snapshot.origin, str(problem))
    return Harvest(article=article, complaints=complaints, listing=Listing.EMPTY)


def _canonical(front: Mapping[str, Any]) -> dict[str, Any]:
    other_names = {_OTHER_NAMES[name]: value for name, value in front.items() if name in _OTHER_NAMES}
    return {**other_names, **front}


def _decoded(body: bytes) -> str:
    if len(body) > MAX_BYTES:
        raise _Withheld(f"has {len(body) / 1e3:,.0f} kB; articles above {MAX_BYTES / 1e3:,.0f} kB are not read")
    try:
        return decode(body)
    except ValueError as problem:
        raise _Withheld(str(problem)) from problem


def _missing(where: str, message: str) -> Harvest:
    return Harvest(complaints=(Complaint(where, message),))


# --- what is said becomes an entry ------------------------------------------------------------------------------------


def _article(
    path: PurePosixPath,
    said: Mapping[str, Any],
    body: str | None,
    snapshot: Snapshot,
    zone: ZoneInfo,
    companions: Companions,
) -> tuple[Entry, tuple[Complaint, ...]]:
    published, complaints = _published(path, said, snapshot, zone)
    promised = _moment(said.get("publishat"), snapshot, zone)
    if isinstance(promised, Unknown):
        raise _Withheld(f"publish_at: {promised.reason}; correct it, the file waits until then")
    if promised is not None:
        published = max(published, promised) if published else promised
    title = _line(said.get("title"))
    content = markup.body(body, None, resolve=companions.address) if body else None
    if not title and content is None:
        raise _Withheld("has neither a title nor a text")
    entry = Entry(
        title=title or _name(path),
        published=published,
        section=_line(said.get("section")) or None,
        guid=_line(said.get("id")) or snapshot.origin,
        authors=_names(said.get("authors")),
        tags=_names(said.get("tags"), split_text=True),
        summary=_line(said.get("summary")) or None,
        body=content,
        image=next(map(companions.address, _files(said.get("image"))), None),
        enclosures=_enclosures(said, companions),
        language=_language(_line(said.get("language"))),
        slug=_line(said.get("slug")) or None,
        embargoed=published is not None and (promised is not None or published > snapshot.taken_at),
    )
    return entry, (*complaints, *companions.complaints)


def _published(
    path: PurePosixPath, said: Mapping[str, Any], snapshot: Snapshot, zone: ZoneInfo
) -> tuple[datetime | None, tuple[Complaint, ...]]:
    """Return when the article appeared: as it says, or as its name does (``2024-01-31-title.md``)."""
    stated = _moment(said.get("date"), snapshot, zone)
    if isinstance(stated, Unknown):
        return None, (Complaint(snapshot.origin, f"the time is unknown: {stated.reason}"),)
    if stated is None and (named := _DATED_NAME.match(path.name)):
        found = dates.read(named["date"], taken_at=snapshot.taken_at, zone=zone, ahead=_LONGEST_PROMISE)
        stated = found if isinstance(found, datetime) else None
    return stated, ()


def _moment(stated: object, snapshot: Snapshot, zone: ZoneInfo) -> datetime | Unknown | None:
    if stated is None:
        return None
    if isinstance(stated, date):  # TOML's; a datetime is one
        return dates.of(stated, taken_at=snapshot.taken_at, zone=zone, ahead=_LONGEST_PROMISE)
    return dates.read(str(stated), taken_at=snapshot.taken_at, zone=zone, ahead=_LONGEST_PROMISE)


def _name(path: PurePosixPath) -> str:
    stem = path.stem if path.stem not in ("index", "_index", "README") else path.parent.name or path.stem
    words = text.one_line(re.sub(r"[-_]+", " ", _DATED_NAME.sub("", stem, count=1)))
    return words[:1].upper() + words[1:] or path.name


def _line(value: object) -> str:
    """Return a field as one line of text; lists and tables are none."""
    return text.one_line(str(value)) if isinstance(value, str | int | float | date) else ""


def _names(value: object, *, split_text: bool = False) -> tuple[str, ...]:
    """Return names, written as text, as a list, as a table with a name, or as a list of those."""
    listed = value.split(",") if split_text and isinstance(value, str) else value
    several = listed[:_MOST_NAMES] if isinstance(listed, list) else [listed]
    named = [_line(one.get("name") if isinstance(one, dict) else one) for one in several]
    return tuple({fold_name(name): name for name in reversed(named) if name}.values())[::-1]


def _files(value: object) -> list[str]:
    """Return addresses of files, written as text, as a list, as a table with an address, or as a list of those."""
    several = value[:_MOST_NAMES] if isinstance(value, list) else [value]
    named = [next(filter(None, map(one.get, _ADDRESS)), None) if isinstance(one, dict) else one for one in several]
    return list(filter(None, map(_line, named)))


def _enclosures(said: Mapping[str, Any], companions: Companions) -> tuple[Enclosure, ...]:
    """Return the sound and films that are named, and the lead image if its length is known: it lies beside the file."""
    lead = [beside for name in _files(said.get("image"))[:1] if (beside := companions.beside(name))]
    others = [_enclosure(name, companions) for key in _PLAYED for name in _files(said.get(key))]
    return tuple(dict.fromkeys([*filter(None, others), *lead]))


def _enclosure(written: str, companions: Companions) -> Enclosure | None:
    if beside := companions.beside(written):
        return beside
    address, media_type = companions.address(written), media_type_of(re.split(r"[?#]", written, maxsplit=1)[0])
    return Enclosure(address, media_type) if address and media_type else None


def _language(written: str) -> str | None:
    try:
        return notation.language(written)
    except ValueError:
        return None


def _flag(value: object, words: tuple[str, ...]) -> bool:
    return str(value).strip().lower() in words


def _is_null(value: object) -> bool:
    return value is None or (isinstance(value, str) and value.strip().lower() in _NULL)


# --- Markdown ---------------------------------------------------------------------------------------------------------


def _markdown_page(written: str) -> _Page:
    """Return CommonMark with tables as HTML; the heading that is the title leaves the body."""
    from markdown_it import MarkdownIt  # noqa: PLC0415 - 40 ms that nobody needs who reads no folder

    markdown = MarkdownIt("commonmark", {"html": True}).enable("table")
    tokens = markdown.parse(written)
    tops = [place for place, token in enumerate(tokens) if token.type == "heading_open" and token.level == 0]
    first = next((place for place in tops if tokens[place].tag == "h1"), None)
    if first is None and tops and tops[0] == 0:
        first = 0
    if first is None:
        return _Page(markdown.renderer.render(tokens, markdown.options, {}))
    title = markup.stripped(markdown.renderInline(tokens[first + 1].content))
    del tokens[first : first + 3]
    return _Page(markdown.renderer.render(tokens, markdown.options, {}), {"title": title} if title else {})


# --- HTML -------------------------------------------------------------------------------------------------------------

_SAID_BY_META = {
    "author": "authors",
    "description": "summary",
    "og:description": "summary",
    "keywords": "tags",
    "date": "date",
    "article:published_time": "date",
    "article:section": "section",
    "og:image": "image",
}


def _said_in_head(tree: Any) -> Iterator[tuple[str, Any]]:
    """Yield fields by the names of front matter, the weakest first: what comes later stands."""
    if title := text.one_line(tree.findtext(".//title") or ""):
        yield "title", title
    for name, said_as in reversed(_SAID_BY_META.items()):
        for meta in tree.xpath("//meta[@content]"):
            if (meta.get("name") or meta.get("property") or "").lower() == name:
                yield said_as, meta.get("content")


def _html_page(written: str) -> _Page:
    """Return the article of an HTML page: its ``<article>``, ``<main>`` or ``<body>``, without the heading."""
    from lxml import etree  # noqa: PLC0415 - likewise
    from lxml import html as lxml_html  # noqa: PLC0415 - likewise

    if not written.strip():
        return _Page(None)
    if markup.is_too_deep(written):
        raise _Withheld(f"has more than {markup.MAX_DEPTH} elements within one another; it is no article")
    try:
        tree = lxml_html.document_fromstring(f"<!doctype html>{written}", parser=lxml_html.HTMLParser(no_network=True))
    except etree.ParserError:  # nothing in it but ends of elements
        return _Page(None)
    said = dict(_said_in_head(tree))
    if language := tree.get("lang"):
        said["language"] = language
    main = next((found for path in ("//article", "//main", "//body") for found in tree.xpath(path)), tree)
    heading = next(iter(main.xpath(".//h1")), None)
    if heading is not None and (title := text.one_line(heading.text_content())):
        said["title"] = title
        heading.drop_tree()
    timed = main.xpath(".//time/@datetime")
    if timed and "date" not in said:
        said["date"] = timed[0]
    inner = (etree.tostring(child, encoding="unicode", method="html") for child in main)
    return _Page(html.escape(main.text or "", quote=False) + "".join(inner), said)
