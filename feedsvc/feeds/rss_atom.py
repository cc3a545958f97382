"""RSS 2.0 and Atom 1.0, through feedgen.

Knows feedgen and its traps (each is named where it is cured, and has a test); hides it: no other module imports it, and
this one is imported only to render.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import partial
from typing import Any
from xml.sax.saxutils import quoteattr

import feedgen.feed
from feedgen.feed import FeedGenerator

import feedsvc
from feedsvc.feeds import elements, entries
from feedsvc.feeds.item import Channel, Item
from feedsvc.feeds.memory import Memory
from feedsvc.feeds.written import Written
from feedsvc.model import Format

# feedgen's own formatter switches the locale of the whole process, under the feet of every other thread.
feedgen.feed.formatRFC2822 = format_datetime


_known: dict[Format, Memory[Item, bytes]] = {format: Memory(4_000_000) for format in (Format.RSS, Format.ATOM)}
_heads: dict[Format, Memory[Channel, bytes]] = {format: Memory(500_000) for format in (Format.RSS, Format.ATOM)}
# What stands after the last entry.
_TAILS = {Format.RSS: b"  </channel>\n</rss>\n", Format.ATOM: b"</feed>\n"}
# In the heads that are remembered, for the time of the newest change.
_SOME_TIME = datetime(1970, 1, 1, tzinfo=UTC)


class _Feed:
    """feedgen's extension of a feed: it is given the finished element, that of RSS before it has its items."""

    def __init__(self, format: Format, channel: Channel) -> None:
        self._format = format
        self._channel = channel

    def extend_ns(self) -> dict[str, str]:
        return elements.namespaces(self._format, self._channel)

    def extend_rss(self, root: Any) -> None:
        elements.complete_rss(root[0], self._channel)

    def extend_atom(self, root: Any) -> None:
        elements.complete_atom(root, self._channel)


def rss(channel: Channel, items: Sequence[Item]) -> Written:
    """Write the feed as RSS 2.0, items in their order."""
    return _document(Format.RSS, channel, items)


def atom(channel: Channel, items: Sequence[Item]) -> Written:
    """Write the feed as Atom 1.0, entries in their order."""
    return _document(Format.ATOM, channel, items)


def _document(format: Format, channel: Channel, items: Sequence[Item]) -> Written:
    return Written(_head(format, channel), tuple(_entries(format, items)), _graves(format, channel) + _TAILS[format])


def _head(format: Format, channel: Channel) -> bytes:
    """Let feedgen write the feed without entries, once for all times of its newest change.

    That time stands in an element of its own, as which nothing else can read, for ``<`` is always escaped in text.
    """
    timeless = replace(channel, updated=_SOME_TIME)
    if (head := _heads[format].get(timeless)) is None:
        feed = _feed(format, timeless)
        whole = _spelt(feed.rss_str(pretty=True) if format is Format.RSS else feed.atom_str(pretty=True))
        head = _styled(whole.removesuffix(_TAILS[format]), channel)
        _heads[format].keep(timeless, head, 2000 + len(head))
    return head.replace(_time(format, _SOME_TIME), _time(format, channel.updated))


def _time(format: Format, moment: datetime) -> bytes:
    if format is Format.RSS:
        return f"<lastBuildDate>{format_datetime(moment)}</lastBuildDate>".encode()
    return f"<updated>{moment.isoformat()}</updated>".encode()


def _entries(format: Format, items: Sequence[Item]) -> Iterator[bytes]:
    memory, write = _known[format], entries.rss if format is Format.RSS else entries.atom
    for item in items:
        if (entry := memory.get(item)) is None:
            entry = write(item)
            memory.keep(item, entry, 1000 + len(entry))
        yield entry


def _styled(head: bytes, channel: Channel) -> bytes:
    if channel.stylesheet is None:
        return head
    declaration, line, root = head.partition(b"\n")
    styled = f'<?xml-stylesheet type="text/css" href={quoteattr(channel.stylesheet)}?>'
    return declaration + line + styled.encode() + line + root


def _graves(format: Format, channel: Channel) -> bytes:
    return _spelt(elements.tombstones(channel).encode()) if format is Format.ATOM else b""


def _feed(format: Format, channel: Channel) -> Any:
    of_rss = format is Format.RSS
    feed = FeedGenerator()
    feed.register_extension("house", partial(_Feed, format, channel))
    feed.id(channel.guid)
    feed.title(elements.text(channel.title))
    feed.subtitle(elements.text(channel.description))
    feed.language(channel.language)
    feed.updated(channel.updated)  # never left out: feedgen would say now, and no two builds were equal
    feed.author({"name": channel.author})
    feed.generator("feedsvc", version=feedsvc.__version__)
    if of_rss:
        feed.link(href=channel.home, rel="alternate")
        feed.generator(f"feedsvc {feedsvc.__version__}")
        feed.docs("https://www.rssboard.org/rss-specification")
        feed.ttl(math.ceil(channel.ttl_s / 60))
    else:
        feed.link(href=channel.address, rel="self", type=format.media_type)
        feed.link(href=channel.home, rel="alternate", type="text/html")
    return feed


def _spelt(body: bytes) -> bytes:
    """Spell ``&`` and ``<`` in hexadecimal, which alone all readers take as text in titles, sources and categories.

    Source: RSS Advisory Board, Best Practices Profile, character data.
    """
    return body.replace(b"&amp;", b"&#x26;").replace(b"&lt;", b"&#x3C;")
