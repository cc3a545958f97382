"""The elements of RSS and Atom that feedgen does not write, or writes wrongly.

Knows their namespaces and where they belong; works on the elements that feedgen has finished.
"""

from collections.abc import Iterable, Iterator
from typing import Any
from xml.sax.saxutils import quoteattr

from lxml import etree

from feedsvc.feeds import media
from feedsvc.feeds.item import Channel, Item
from feedsvc.feeds.wording import escaped, markup_like
from feedsvc.model import Enclosure, Format

_ATOM = "http://www.w3.org/2005/Atom"
_AT = "http://purl.org/atompub/tombstones/1.0"
_DC = "http://purl.org/dc/elements/1.1/"
_FH = "http://purl.org/syndication/history/1.0"
_MEDIA = "http://search.yahoo.com/mrss/"
_SY = "http://purl.org/rss/1.0/modules/syndication/"
_XML = "http://www.w3.org/XML/1998/namespace"
_PREFIXES = {_ATOM: "atom", _AT: "at", _DC: "dc", _FH: "fh", _MEDIA: "media", _SY: "sy"}
_MEDIA_OF_RSS = ("audio", "video", "image", None)  # what its one enclosure had best be


def namespaces(format: Format, channel: Channel) -> dict[str, str]:
    """Return the namespaces that the root of a document declares for what is added here, by prefix."""
    declared = [
        *((_ATOM, _DC, _SY) if format is Format.RSS else ()),
        *((_AT,) if format is Format.ATOM and channel.tombstones else ()),
        *((_FH,) if channel.history else ()),
        _MEDIA,
    ]
    return {_PREFIXES[namespace]: namespace for namespace in declared}


def text(value: str) -> str:
    """Return plain text for an element that is plain text by the book, and HTML to readers that guess.

    RSS does not say which of the two a title is. feedparser, and the validator alike, take it for HTML if it shows a
    closing tag or a character reference; such a title is written as HTML, all others (``AT&T <b>``) as they are.
    """
    return escaped(value) if markup_like(value) else value


def complete_rss(element: Any, channel: Channel) -> None:
    """Complete the ``channel`` of RSS."""
    # feedgen keeps one link of those that it is given, and that not always the channel's.
    _add(element, _ATOM, "link", href=channel.address, rel="self", type=Format.RSS.media_type)
    _add(element, _DC, "creator", channel.author)
    period, frequency = _rhythm(channel.ttl_s)
    _add(element, _SY, "updatePeriod", period)  # feedgen's own extension misspells both
    _add(element, _SY, "updateFrequency", str(frequency))
    for rel, href in _links(channel):  # feedgen's own `link(rel="hub")` would take the place of the channel's link
        _add(element, _ATOM, "link", href=href, rel=rel)
    _add_history(element, channel)


def complete_rss_item(element: Any, item: Item) -> None:
    """Complete an ``item`` of RSS."""
    if not item.summary:
        description = _child(element, "description")  # the title, which is there for Atom
        if item.content:  # RSS wants a description before its content, and takes it for HTML
            description.text = escaped(item.title)
        else:
            element.remove(description)
    for name in item.authors:  # RSS's own author must be an e-mail address
        _add(element, _DC, "creator", name)
    if item.language:
        _add(element, _DC, "language", item.language)
    _add(element, _ATOM, "updated", item.updated.isoformat())
    if item.via:  # not `source`, which names a feed (RSS 2.0, source)
        _add(element, _ATOM, "link", href=item.via, rel="via")
    if item.source and (feed := media.feed_of(item.source)):
        etree.SubElement(element, "source", url=feed).text = item.source.title
    if file := _the_one(item.enclosures):
        etree.SubElement(element, "enclosure", url=file.url, length=str(file.length), type=file.media_type)
    _add_media(element, item)


def complete_atom(element: Any, channel: Channel) -> None:
    """Complete the ``feed`` of Atom."""
    for rel, href in _links(channel):
        etree.SubElement(element, "link", href=href, rel=rel)
    _add_history(element, channel)
    _tell_html(element, title=channel.title, subtitle=channel.description)


def complete_atom_entry(element: Any, item: Item) -> None:
    """Complete an ``entry`` of Atom."""
    if item.language:
        element.set(f"{{{_XML}}}lang", item.language)
    # feedgen drops all of an entry link's attributes but href.
    page = _child(element, "link")
    page.set("rel", "alternate")
    page.set("type", "text/html")
    if item.via:
        etree.SubElement(element, "link", href=item.via, rel="via")
    for file in filter(_is_typed, item.media):  # readers choose what to load by the type
        etree.SubElement(element, "link", _described(file, "length"), href=file.url, rel="enclosure")
    if item.source:
        source = etree.SubElement(element, "source")
        etree.SubElement(source, "id").text = item.source.guid
        etree.SubElement(source, "title").text = item.source.title
        # Nobody told us; but it had changed when it had this entry (RFC 4287 §4.2.11 wants what the feed itself says).
        etree.SubElement(source, "updated").text = item.published.isoformat()
        if item.source.link:
            etree.SubElement(source, "link", href=item.source.link, rel="alternate")
        if feed := media.feed_of(item.source):
            etree.SubElement(source, "link", href=feed, rel="self")
    _add_media(element, item)
    _tell_html(element, title=item.title, **({} if item.summary else {"summary": item.title}))


def tombstones(channel: Channel) -> str:
    """Return what stands after the entries of Atom: ``at:deleted-entry`` in lines (RFC 6721 §3)."""
    told = ((quoteattr(guid), quoteattr(moment.isoformat())) for guid, moment in channel.tombstones)
    return "".join(f"  <at:deleted-entry ref={guid} when={moment}/>\n" for guid, moment in told)


def _links(channel: Channel) -> Iterator[tuple[str, str]]:
    """Yield relations and addresses: where the feed is pushed from (WebSub §4), and its history (RFC 5005 §4)."""
    yield from (("hub", hub) for hub in channel.hubs)
    if history := channel.history:
        if history.address:
            yield "current", history.current
        if history.previous:
            yield "prev-archive", history.previous
        if history.next:
            yield "next-archive", history.next


def _add_history(element: Any, channel: Channel) -> None:
    if channel.history and channel.history.address:
        _add(element, _FH, "archive")
    if channel.history and channel.history.complete:
        _add(element, _FH, "complete")


def _the_one(files: Iterable[Enclosure]) -> Enclosure | None:
    """Return RSS's only enclosure: its length must be true (RSS Advisory Board, Best Practices Profile, enclosure)."""
    measured = [file for file in files if file.length]
    return min(measured, key=lambda file: _MEDIA_OF_RSS.index(media.medium(file)), default=None)


def _add_media(element: Any, item: Item) -> None:
    """Add the files as Media RSS, which Atom's readers know too, for the lead image has no other place there."""
    for file in item.media:
        medium = media.medium(file) or ("image" if file.url == item.image else None)
        attributes = {"medium": medium} if medium else {}
        _add(element, _MEDIA, "content", url=file.url, **_described(file, "fileSize"), **attributes)


def _is_typed(file: Enclosure) -> bool:
    return bool(file.media_type)


def _described(file: Enclosure, length: str) -> Any:
    known = {"type": file.media_type, length: str(file.length or "")}
    return {name: value for name, value in known.items() if value}


def _tell_html(element: Any, **texts: str) -> None:
    """Tell Atom which of the named text elements were written as HTML (see :func:`text`)."""
    for name, value in texts.items():
        if markup_like(value):
            _child(element, name).set("type", "html")


def _child(element: Any, name: str) -> Any:
    """Return the first child of a name; ``find`` would read the name as a path, and take three times as long."""
    return next(element.iterchildren(name))


def _add(parent: Any, namespace: str, name: str, value: str | None = None, **attributes: str) -> None:
    # The root declares it too, but an entry is not there yet: a prefix made up would have to be taken back there.
    declared = {_PREFIXES[namespace]: namespace}
    etree.SubElement(parent, f"{{{namespace}}}{name}", attributes, nsmap=declared).text = value


def _rhythm(ttl_s: int) -> tuple[str, int]:
    """Return ``sy:updatePeriod`` and how often in it a feed that keeps so long is renewed."""
    period, length_s = ("hourly", 3600) if ttl_s <= 3600 else ("daily", 86400)
    return period, max(1, length_s // ttl_s)
