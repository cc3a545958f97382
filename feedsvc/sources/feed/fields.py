"""What feedparser makes of a feed, as items; the only place that knows its keys."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit

from feedsvc import markup, text
from feedsvc.markup import absolute
from feedsvc.model import Enclosure, Via
from feedsvc.sources.feed.enclosures import enclosure, image_of
from feedsvc.sources.feed.items import Item, Parsed, Trouble, Words

__all__ = ["absolute", "parsed"]

_HTML = ("text/html", "application/xhtml+xml")
_MOST_ENCLOSURES = 20
_NAMELESS = "a feed without a name"


def parsed(feed: Any, lines: Sequence[int], troubles: Sequence[Trouble], base: str) -> Parsed:
    """Return the items of feedparser's result; ``lines`` are those where they begin, in the same order."""
    is_atom = feed["version"].startswith("atom")
    about = feed["feed"]
    home = _link(about, base)
    name = _title(about) or urlsplit(home or base).hostname or _NAMELESS
    via = Via(name, home or base or None, _text(about, "id") or _related(about, "self", base) or base or None)
    shared = _authors(about) if is_atom else ()
    known = lines if len(lines) == len(feed["entries"]) else ()
    items = (
        _item(entry, known[number] if known else None, is_atom, shared, _text(about, "language"), base)
        for number, entry in enumerate(feed["entries"])
    )
    # An archive (RFC 5005 §4) has "next" links too, of another meaning: a page of the same document (§3).
    older = _related(about, "prev-archive", base) or _related(about, "next", base)
    return Parsed(via, tuple(items), tuple(troubles), older)


def _item(entry: Any, line: int | None, is_atom: bool, shared: tuple[str, ...], language: str, base: str) -> Item:
    source = dict.get(entry, "source")
    enclosures = tuple(_enclosures(entry, base))
    # Atom's entries have their feed's authors if they name none, those of the feed that they came from first (RFC 4287
    # §4.2.1).
    inherited = (_authors(source) if source else ()) or shared
    described = dict.get(entry, "title_detail") or {}
    return Item(
        place=f":{line}" if line else "",
        line=line,
        guid=str(dict.get(entry, "id") or "").strip() or None,
        link=_link(entry, base),
        title=_title(entry, is_atom=is_atom),
        moments=tuple(filter(None, (_text(entry, name) for name in ("published", "updated", "created")))),
        updated=_text(entry, "updated"),
        authors=_authors(entry) or (inherited if is_atom else ()),
        tags=tuple(filter(None, (_tag(tag) for tag in dict.get(entry, "tags", ())))),
        summary=_words(dict.get(entry, "summary_detail")),
        content=_content(entry),
        image=_image(entry, base) or image_of(enclosures),
        enclosures=enclosures,
        language=described.get("language") or language or None,
        via=_via(source, base) if source else None,
    )


def _text(stated: Any, name: str) -> str:
    # dict.get: feedparser's own get falls back to other keys, and warns.
    value = dict.get(stated, name)
    return text.one_line(value) if isinstance(value, str) else ""


def _title(stated: Any, *, is_atom: bool = False) -> str:
    detail = dict.get(stated, "title_detail") or {"value": dict.get(stated, "title") or ""}
    value = str(detail.get("value") or "")
    if detail.get("type") in _HTML:
        return markup.title_line(value)
    # Atom says what is text, and there a `<b>` is meant; in RSS nobody knows.
    return text.one_line(value) if is_atom else text.headline(text.headline(value))


def _words(detail: Any) -> Words | None:
    if not detail or not detail.get("value"):
        return None
    return Words(detail["value"], detail.get("type", "text/html") in _HTML, detail.get("base"))


def _content(entry: Any) -> Words | None:
    """Return the fullest content that is text; what stands elsewhere (``src``) or is a picture is none."""
    offered = [one for one in dict.get(entry, "content", ()) if one.get("type") in (*_HTML, "text/plain")]
    return _words(max(offered, key=lambda one: len(one.get("value") or ""), default=None))


def _link(stated: Any, base: str) -> str | None:
    links = dict.get(stated, "links", ())
    offered = (
        _text(stated, "feedburner_origlink"),
        _text(stated, "link"),
        *(link.get("href", "") for link in links if link.get("rel") == "alternate"),
    )
    return next(filter(None, (absolute(link, base) for link in offered if link)), None)


def _related(about: Any, relation: str, base: str) -> str | None:
    links = (link.get("href", "") for link in dict.get(about, "links", ()) if link.get("rel") == relation)
    return next(filter(None, (absolute(link, base) for link in links if link)), None)


def _authors(stated: Any) -> tuple[str, ...]:
    names = (text.headline(author.get("name") or "") for author in dict.get(stated, "authors", ()))
    # An address is no name, and nobody asked for it to be published again.
    return tuple(name for name in names if name and "@" not in name)


def _tag(tag: Any) -> str:
    return text.headline(tag.get("label") or tag.get("term") or "")


def _via(source: Any, base: str) -> Via | None:
    link = _link(source, base) or absolute(_text(source, "href"), base)
    title = _title(source) or (urlsplit(link).hostname if link else "") or ""
    return Via(title, link, _text(source, "id") or None) if title else None


def _image(entry: Any, base: str) -> str | None:
    pictures = [one.get("url", "") for one in _media(entry) if _kind(one) == "image"]
    thumbnails = [
        one.get("url", "") for one in sorted(dict.get(entry, "media_thumbnail", ()), key=_width, reverse=True)
    ]
    own = (dict.get(entry, "image") or {}).get("href", "")
    return next(filter(None, (absolute(one, base) for one in (*pictures, *thumbnails, own) if one)), None)


def _width(picture: Any) -> int:
    width = str(picture.get("width") or "")
    return int(width) if width.isascii() and width.isdigit() and len(width) < 6 else 0


def _media(entry: Any) -> list[Any]:
    return sorted(dict.get(entry, "media_content", ()), key=_width, reverse=True)


def _kind(media: Any) -> str:
    return str(media.get("medium") or media.get("type", "").partition("/")[0] or "image").lower()


def _enclosures(entry: Any, base: str) -> Iterator[Enclosure]:
    """Yield each file once: what the item encloses, then sound and moving pictures of Media RSS."""
    links = [link for link in dict.get(entry, "links", ()) if link.get("rel") == "enclosure"]
    media = [one for one in _media(entry) if _kind(one) in ("audio", "video")]
    seen: set[str] = set()
    for found in _found(
        [(link, "href", "length") for link in links] + [(one, "url", "filesize") for one in media], base
    ):
        if found.url not in seen and len(seen) < _MOST_ENCLOSURES:
            seen.add(found.url)
            yield found


def _found(stated: Iterable[tuple[Any, str, str]], base: str) -> Iterator[Enclosure]:
    for one, address, length in stated:
        found = enclosure(one.get(address) or "", one.get("type") or "", one.get(length) or "", base)
        if found is not None:
            yield found
