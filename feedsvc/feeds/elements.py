"""What a feed says of itself in RSS and Atom that feedgen does not write, or writes wrongly.

Knows their namespaces and where they belong; works on the elements that feedgen has finished.
"""

from collections.abc import Iterator
from typing import Any
from xml.sax.saxutils import quoteattr

from lxml import etree

from feedsvc.feeds.item import Channel
from feedsvc.feeds.wording import escaped, markup_like
from feedsvc.model import Format

_ATOM = "http://www.w3.org/2005/Atom"
_AT = "http://purl.org/atompub/tombstones/1.0"
_DC = "http://purl.org/dc/elements/1.1/"
_FH = "http://purl.org/syndication/history/1.0"
_MEDIA = "http://search.yahoo.com/mrss/"
_SY = "http://purl.org/rss/1.0/modules/syndication/"
_PREFIXES = {_ATOM: "atom", _AT: "at", _DC: "dc", _FH: "fh", _MEDIA: "media", _SY: "sy"}


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


def complete_atom(element: Any, channel: Channel) -> None:
    """Complete the ``feed`` of Atom."""
    for rel, href in _links(channel):
        etree.SubElement(element, "link", href=href, rel=rel)
    _add_history(element, channel)
    _tell_html(element, title=channel.title, subtitle=channel.description)


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


def _tell_html(element: Any, **texts: str) -> None:
    """Tell Atom which of the named text elements were written as HTML (see :func:`text`)."""
    for name, value in texts.items():
        if markup_like(value):
            element.find(name).set("type", "html")


def _add(parent: Any, namespace: str, name: str, value: str | None = None, **attributes: str) -> None:
    etree.SubElement(parent, f"{{{namespace}}}{name}", attributes).text = value


def _rhythm(ttl_s: int) -> tuple[str, int]:
    """Return ``sy:updatePeriod`` and how often in it a feed that keeps so long is renewed."""
    period, length_s = ("hourly", 3600) if ttl_s <= 3600 else ("daily", 86400)
    return period, max(1, length_s // ttl_s)
