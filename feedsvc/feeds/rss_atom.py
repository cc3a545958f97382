"""RSS 2.0 and Atom 1.0, through feedgen.

Knows feedgen and its traps (each is named where it is cured, and has a test); hides it: no other module imports it, and
this one is imported only to render.
"""

import math
from collections.abc import Sequence
from email.utils import format_datetime
from functools import partial
from typing import Any
from xml.sax.saxutils import quoteattr

import feedgen.entry
import feedgen.feed
from feedgen.entry import FeedEntry
from feedgen.feed import FeedGenerator

import feedsvc
from feedsvc.feeds import elements
from feedsvc.feeds.item import Channel, Item
from feedsvc.feeds.memory import Memory
from feedsvc.feeds.wording import escaped
from feedsvc.feeds.written import Written
from feedsvc.model import Format

# feedgen's own formatter switches the locale of the whole process, under the feet of every other thread.
for _module in (feedgen.entry, feedgen.feed):
    _module.formatRFC2822 = format_datetime


_known: dict[Format, Memory[Item, bytes]] = {format: Memory(4_000_000) for format in (Format.RSS, Format.ATOM)}
# Between one format and the other.
_entries: Memory[Item, FeedEntry] = Memory(1_000_000)
# How an entry begins and ends as feedgen writes it, and what stands after the last one.
_MARKS = {
    Format.RSS: (b"    <item>", b"    </item>\n", b"  </channel>\n</rss>\n"),
    Format.ATOM: (b"  <entry", b"  </entry>\n", b"</feed>\n"),
}


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


class _Entry:
    """feedgen's extension of an entry: it is given the finished element."""

    def __init__(self, item: Item) -> None:
        self._item = item

    def extend_rss(self, element: Any) -> None:
        elements.complete_rss_item(element, self._item)

    def extend_atom(self, element: Any) -> None:
        elements.complete_atom_entry(element, self._item)


def rss(channel: Channel, items: Sequence[Item]) -> Written:
    """Write the feed as RSS 2.0, items in their order."""
    return _document(Format.RSS, channel, items)


def atom(channel: Channel, items: Sequence[Item]) -> Written:
    """Write the feed as Atom 1.0, entries in their order."""
    return _document(Format.ATOM, channel, items)


def _document(format: Format, channel: Channel, items: Sequence[Item]) -> Written:
    """Let feedgen write the feed with those entries that it has not written before, and put in the others as they were.

    What begins or ends an entry stands nowhere else in a document, for ``<`` is always escaped in text.
    """
    memory = _known[format]
    known = [memory.get(item) for item in items]
    missing = [item for item, entry in zip(items, known, strict=True) if entry is None]
    feed = _feed(format, channel)
    feed.entry([_entry(item) for item in missing])
    written = _spelt(feed.rss_str(pretty=True) if format is Format.RSS else feed.atom_str(pretty=True))

    begin, end, tail = _MARKS[format]
    head, _, entries = written.removesuffix(tail).partition(begin)
    fresh = [begin + entry + end for entry in entries.removesuffix(end).split(end + begin)] if missing else []
    for item, entry in zip(missing, fresh, strict=True):
        memory.keep(item, entry, 1000 + len(entry))
    rest = iter(fresh)
    return Written(
        _styled(head, channel), tuple(entry or next(rest) for entry in known), _graves(format, channel) + tail
    )


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


def _entry(item: Item) -> FeedEntry:
    """Return the entry from which feedgen writes both formats, made once for the two."""
    if (entry := _entries.get(item)) is None:
        entry = _made(item)
        _entries.keep(item, entry, 4000)  # its texts are the item's
    return entry


def _made(item: Item) -> FeedEntry:
    entry = FeedEntry()
    entry.register_extension("house", partial(_Entry, item))
    entry.id(item.guid)  # in RSS: guid with isPermaLink="false"
    entry.title(elements.text(item.title))
    entry.link(href=item.link, rel="alternate")
    entry.published(item.published)
    entry.updated(item.updated)
    if item.authors:
        entry.author([{"name": name} for name in item.authors])
    if item.tags:
        entry.category([{"term": tag} for tag in item.tags])
    if item.content:
        entry.content(item.content, type="html")  # `CDATA` would become an invalid type in Atom
    if item.summary:
        entry.summary(escaped(item.summary), type="html")
    else:  # Atom wants a text in any case (RFC 4287 §4.1.2)
        entry.summary(elements.text(item.title))
    return entry


def _spelt(body: bytes) -> bytes:
    """Spell ``&`` and ``<`` in hexadecimal, which alone all readers take as text in titles, sources and categories.

    Source: RSS Advisory Board, Best Practices Profile, character data.
    """
    return body.replace(b"&amp;", b"&#x26;").replace(b"&lt;", b"&#x3C;")
