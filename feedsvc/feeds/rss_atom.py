"""RSS 2.0 and Atom 1.0, through feedgen.

Knows feedgen and its traps (each is named where it is cured, and has a test); hides it: no other module imports it, and
this one is imported only to render.
"""

import math
from collections.abc import Callable, Sequence
from email.utils import format_datetime
from typing import Any

import feedgen.entry
import feedgen.feed
from feedgen.feed import FeedGenerator
from lxml import etree

import feedsvc
from feedsvc.feeds.item import Channel, Item
from feedsvc.feeds.wording import escaped, markup_like
from feedsvc.model import Format

_ATOM = "http://www.w3.org/2005/Atom"
_DC = "http://purl.org/dc/elements/1.1/"
_SY = "http://purl.org/rss/1.0/modules/syndication/"
_XML = "http://www.w3.org/XML/1998/namespace"

# feedgen's own formatter switches the locale of the whole process, under the feet of every other thread.
for _module in (feedgen.entry, feedgen.feed):
    _module.formatRFC2822 = format_datetime


class _Amendment:
    """feedgen's extension: ``amend`` is given the finished element of the feed (RSS: of ``rss``) or of an entry."""

    namespaces: dict[str, str] = {}  # noqa: RUF012 - feedgen reads it and never writes

    def __init__(self) -> None:
        self.amend: Callable[[Any], None] = lambda _element: None

    def extend_ns(self) -> dict[str, str]:
        return self.namespaces

    def extend_rss(self, element: Any) -> None:
        self.amend(element)

    def extend_atom(self, element: Any) -> None:
        self.amend(element)


class _RssAmendment(_Amendment):
    namespaces = {"atom": _ATOM, "dc": _DC, "sy": _SY}  # noqa: RUF012 - feedgen reads it and never writes


def rss(channel: Channel, items: Sequence[Item]) -> bytes:
    """Write the feed as RSS 2.0, items in their order."""
    return _spelt(_generator(Format.RSS, channel, items).rss_str(pretty=True))


def atom(channel: Channel, items: Sequence[Item]) -> bytes:
    """Write the feed as Atom 1.0, entries in their order."""
    return _spelt(_generator(Format.ATOM, channel, items).atom_str(pretty=True))


def _generator(format: Format, channel: Channel, items: Sequence[Item]) -> Any:  # noqa: A002 - the glossary's word
    of_rss = format is Format.RSS
    feed = FeedGenerator()
    amendment = _RssAmendment if of_rss else _Amendment
    feed.register_extension("house", amendment, amendment, atom=not of_rss, rss=of_rss)
    feed.id(channel.guid)
    feed.title(_text(channel.title))
    feed.subtitle(_text(channel.description))
    feed.language(channel.language)
    feed.updated(channel.updated)  # never left out: feedgen would say now, and no two builds were equal
    feed.author({"name": channel.author})
    feed.generator("feedsvc", version=feedsvc.__version__)
    if of_rss:
        feed.link(href=channel.home, rel="alternate")
        feed.generator(f"feedsvc {feedsvc.__version__}")
        feed.docs("https://www.rssboard.org/rss-specification")
        feed.ttl(math.ceil(channel.ttl_s / 60))
        feed.house.amend = lambda root: _amend_rss(root[0], channel)
    else:
        feed.link(href=channel.address, rel="self", type=format.media_type)
        feed.link(href=channel.home, rel="alternate", type="text/html")
        feed.house.amend = lambda root: _amend_texts(root, title=channel.title, subtitle=channel.description)
    for item in items:
        entry = feed.add_entry(order="append")  # the default prepends
        _fill(entry, item)
        if of_rss:
            entry.house.amend = lambda element, item=item: _amend_rss_item(element, item)
        else:
            entry.summary(escaped(item.summary or item.title), type="html")
            entry.house.amend = lambda element, item=item: _amend_atom_entry(element, item)
    return feed


def _fill(entry: Any, item: Item) -> None:
    entry.id(item.guid)  # in RSS: guid with isPermaLink="false"
    entry.title(_text(item.title))
    entry.link(href=item.link, rel="alternate")
    entry.published(item.published)
    entry.updated(item.updated)
    entry.author([{"name": name} for name in item.authors])
    entry.category([{"term": tag} for tag in item.tags])
    if item.summary:
        entry.summary(escaped(item.summary), type="html")
    if item.content:
        entry.content(item.content, type="html")  # `CDATA` would become an invalid type in Atom


def _amend_rss(channel_element: Any, channel: Channel) -> None:
    # Written here, since feedgen keeps one link of those that it is given, and that not always the channel's.
    _add(channel_element, _ATOM, "link", href=channel.address, rel="self", type=Format.RSS.media_type)
    _add(channel_element, _DC, "creator", channel.author)
    period, frequency = _rhythm(channel.ttl_s)
    _add(channel_element, _SY, "updatePeriod", period)  # feedgen's own extension misspells both
    _add(channel_element, _SY, "updateFrequency", str(frequency))


def _amend_rss_item(element: Any, item: Item) -> None:
    for name in item.authors:  # RSS's own author must be an e-mail address
        _add(element, _DC, "creator", name)
    if item.language:
        _add(element, _DC, "language", item.language)
    _add(element, _ATOM, "updated", item.updated.isoformat())
    if item.via:  # not `source`, which names a feed (RSS 2.0, source)
        _add(element, _ATOM, "link", href=item.via, rel="via")


def _amend_atom_entry(element: Any, item: Item) -> None:
    if item.language:
        element.set(f"{{{_XML}}}lang", item.language)
    # feedgen drops all of an entry link's attributes but href.
    element.find("link").attrib.update({"rel": "alternate", "type": "text/html"})
    if item.via:
        etree.SubElement(element, "link", href=item.via, rel="via")
    _amend_texts(element, title=item.title)


def _amend_texts(element: Any, **texts: str) -> None:
    """Tell Atom which of the named text elements were written as HTML (see :func:`_text`)."""
    for name, value in texts.items():
        if markup_like(value):
            element.find(name).set("type", "html")


def _add(parent: Any, namespace: str, name: str, value: str | None = None, **attributes: str) -> None:
    etree.SubElement(parent, f"{{{namespace}}}{name}", attributes).text = value


def _text(value: str) -> str:
    """Return plain text for an element that is plain text by the book, and HTML to readers that guess.

    RSS does not say which of the two a title is. feedparser, and the validator alike, take it for HTML if it shows a
    closing tag or a character reference; such a title is written as HTML, all others (``AT&T <b>``) as they are.
    """
    return escaped(value) if markup_like(value) else value


def _rhythm(ttl_s: int) -> tuple[str, int]:
    """Return ``sy:updatePeriod`` and how often in it a feed that keeps so long is renewed."""
    period, length_s = ("hourly", 3600) if ttl_s <= 3600 else ("daily", 86400)
    return period, max(1, length_s // ttl_s)


def _spelt(body: bytes) -> bytes:
    """Spell ``&`` and ``<`` in hexadecimal, which alone all readers take as text in a title.

    Source: RSS Advisory Board, Best Practices Profile, character data.
    """
    return body.replace(b"&amp;", b"&#x26;").replace(b"&lt;", b"&#x3C;")
