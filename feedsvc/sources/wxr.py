"""WordPress exports (WXR): the posts of a whole site as entries, whatever the size of the file.

Knows what of an export is a published post and where WordPress keeps its parts; hides lxml. The file is walked twice,
one item in memory at a time: pictures and authors may stand behind the posts that name them.

Source: https://wordpress.org/documentation/article/tools-export-screen/ and wp-admin/includes/export.php, which is all
the specification there is.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import IO, TYPE_CHECKING
from zoneinfo import ZoneInfo

from feedsvc import markup, text
from feedsvc.config import notation
from feedsvc.model import Complaint, Entry, fold_name
from feedsvc.sources import dates

if TYPE_CHECKING:
    from lxml import etree

_WP = re.compile(r"\{https?://wordpress\.org/export/[^}]*\}(\w+)")
_DC_CREATOR = "{http://purl.org/dc/elements/1.1/}creator"
_CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
_NEVER = "0000-00-00"
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\r"))
# What nobody could read on the old site, or only with a password.
_UNPUBLISHED = {
    "draft": "drafts",
    "auto-draft": "drafts",
    "pending": "waiting for review",
    "future": "scheduled",
    "private": "private",
    "trash": "in the trash",
}
_KINDS = {"page": "pages", "attachment": "pictures and other files"}
# What WordPress puts a post into that was put into nothing.
_NO_CATEGORY = "uncategorized"
_SHORTCODES = re.compile(r"\[/?(?:audio|caption|embed|gallery|playlist|video|wp_caption)(?:\s[^\]]*)?/?\]")
_BLANK_LINES = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")
_BLOCK = re.compile(
    r"</?(?:address|article|aside|blockquote|center|dd|details|div|dl|dt|fieldset|figcaption|figure|footer|form|h[1-6]"
    r"|header|hr|iframe|li|main|nav|object|ol|p|pre|script|section|style|summary|table|tbody|td|tfoot|th|thead|tr|ul)"
    r"[\s/>]|<!--",
    re.IGNORECASE,
)
_PREFORMATTED = re.compile(r"(<pre[\s>].*?</pre>)", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Survey:
    """What is to be known before the posts are read: names of authors by login, addresses of files by post id.

    ``broken`` is where the file is no XML any more, if it is: what can be read of it is read.
    """

    authors: Mapping[str, str]
    files: Mapping[str, str]
    language: str | None
    broken: Complaint | None


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An item that is no published post, and what it is: ``drafts``, ``pages`` …"""

    reason: str


def survey(file: IO[bytes], origin: str) -> Survey:
    """Walk an export once."""
    authors: dict[str, str] = {}
    files: dict[str, str] = {}
    language: str | None = None
    broken: list[Complaint] = []
    for element in _elements(file, origin, broken):
        said = _wp(element)
        if element.tag == "language":
            language = _language(element.text)
        elif element.tag == "item":
            if said.get("post_type") == "attachment":
                files[said.get("post_id", "")] = said.get("attachment_url", "")
        elif name := text.one_line(said.get("author_display_name", "")):
            authors[said.get("author_login", "")] = name
    return Survey(authors, files, language, next(iter(broken), None))


def read(
    file: IO[bytes], origin: str, known: Survey, *, taken_at: datetime, zone: ZoneInfo
) -> Iterator[Entry | LeftOut | Complaint]:
    """Yield what became of each item, in the order of the file; ``zone`` is that of posts that state no UTC time."""
    for element in _elements(file, origin, []):
        if element.tag == "item":
            yield _item(element, origin, known, zone, taken_at)


class _Legible:
    """A file without the control characters that XML forbids: old posts have them, and each would end its text."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def read(self, size: int = -1, /) -> bytes:
        while block := self._file.read(size):
            if kept := block.translate(None, _CONTROLS):
                return kept
        return b""


def _elements(file: IO[bytes], origin: str, broken: list[Complaint]) -> "Iterator[etree._Element]":
    from lxml import etree  # noqa: PLC0415 - 15 ms that only an import needs

    file.seek(0)
    # No entity, DTD or network, and no text above 10 MB (huge_tree); after an error it goes on (recover).
    walk = etree.iterparse(
        _Legible(file),
        events=("end",),
        tag=("item", "language", "{*}author"),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        recover=True,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        for _, element in walk:
            parent = element.getparent()
            if parent is None or parent.tag != "channel":
                continue
            yield element
            element.clear()
            while element.getprevious() is not None:
                del parent[0]
    except etree.XMLSyntaxError as error:  # beyond recovery: not one element
        broken.append(Complaint(f"{origin}:{error.lineno or 1}", f"is not XML that can be read: {error.msg}"))
        return
    for entry in walk.error_log:
        if entry.level >= etree.ErrorLevels.FATAL:
            words = entry.message.splitlines()[0].partition(", ")[0]
            broken.append(Complaint(f"{origin}:{entry.line}", f"the export is broken here: {words}"))
            return


def _wp(element: "etree._Element") -> dict[str, str]:
    """Return the texts of the children in WordPress's own namespace, whose address has its version in it."""
    found = ((_WP.fullmatch(str(child.tag)), child) for child in element)
    return {match[1]: (child.text or "").strip() for match, child in found if match}


def _item(
    element: "etree._Element", origin: str, known: Survey, zone: ZoneInfo, taken_at: datetime
) -> Entry | LeftOut | Complaint:
    said = _wp(element)
    line = int(element.sourceline or 0)
    if not (kind := said.get("post_type")) or not (status := said.get("status")):
        return Complaint(f"{origin}:{line}", "the item does not say what it is; it was left out")
    if kind != "post":
        return LeftOut(_KINDS.get(kind, "of another kind than posts"))
    if status != "publish":
        return LeftOut(_UNPUBLISHED.get(status, "not published"))
    if said.get("post_password"):
        return LeftOut("behind a password")
    link = markup.absolute(_text(element, "link")) if _text(element, "link") else None
    body = _body(_text(element, _CONTENT), link)
    summary = markup.stripped(_text(element, "{*}encoded", but=_CONTENT)) or None
    title = markup.title_line(_text(element, "title")) or markup.cut(_first_words(summary, body), 100)
    if not title:
        return Complaint(f"{origin}:{line}", "the post has neither a title nor a text; it was left out")
    login = _text(element, _DC_CREATOR)
    section, tags = _labels(element)
    return Entry(
        title=title,
        published=_published(element, said, zone, taken_at),
        section=section,
        link=link,
        guid=_text(element, "guid") or None,
        authors=tuple(filter(None, (text.one_line(known.authors.get(login, login)),))),
        tags=tags,
        summary=summary,
        body=body,
        image=_picture(element, known),
        language=known.language,
        line=line,
    )


def _text(element: "etree._Element", name: str, *, but: str = "") -> str:
    return next(((child.text or "").strip() for child in element.findall(name) if child.tag != but), "")


def _published(
    element: "etree._Element", said: Mapping[str, str], zone: ZoneInfo, taken_at: datetime
) -> datetime | None:
    """Return the time in UTC, in the zone, or the feed's own form: the first of them that is there."""
    for written, where in ((said.get("post_date_gmt", ""), UTC), (said.get("post_date", ""), zone)):
        if written and not written.startswith(_NEVER):
            try:
                return datetime.fromisoformat(written).replace(tzinfo=where)
            except ValueError:
                continue
    found = dates.read(_text(element, "pubDate"), taken_at=taken_at, zone=zone)
    return found if isinstance(found, datetime) else None


def _labels(element: "etree._Element") -> tuple[str | None, tuple[str, ...]]:
    """Return the first category as section; the others and the tags as tags."""
    names: dict[str, dict[str, str]] = {"category": {}, "post_tag": {}}
    for stated in element.findall("category"):
        name, domain = text.headline(stated.text or ""), stated.get("domain", "")
        if name and domain in names and stated.get("nicename") != _NO_CATEGORY:
            names[domain].setdefault(fold_name(name), name)
    categories = names["category"]
    section = categories.pop(next(iter(categories))) if categories else None
    return section, tuple({**categories, **names["post_tag"]}.values())


def _picture(element: "etree._Element", known: Survey) -> str | None:
    for meta in element.findall("{*}postmeta"):
        said = _wp(meta)
        if said.get("meta_key") == "_thumbnail_id":
            return markup.absolute(known.files.get(said.get("meta_value", ""), ""))
    return None


def _body(written: str, link: str | None) -> str | None:
    """Return the content as WordPress shows it: shortcodes gone, paragraphs where blank lines are."""
    content = _SHORTCODES.sub("", written.replace("\r\n", "\n")).strip()
    if not content:
        return None
    if "<!-- wp:" not in content:  # what was written without blocks is stored without paragraphs
        parts = _PREFORMATTED.split(content)
        content = "".join(part if number % 2 else _paragraphs(part) for number, part in enumerate(parts))
    return markup.body(content, link)


def _paragraphs(written: str) -> str:
    parts = (part.strip() for part in _BLANK_LINES.split(written))
    return "\n".join(
        part if _BLOCK.match(part) else f"<p>{part.replace(chr(10), '<br>' + chr(10))}</p>" for part in parts if part
    )


def _first_words(summary: str | None, body: str | None) -> str:
    return summary or next(iter(text.plain(body or "")), "")


def _language(written: str | None) -> str | None:
    try:
        return notation.language((written or "").strip())
    except ValueError:
        return None
