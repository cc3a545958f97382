"""RSS 2.0 and Atom 1.0, through feedgen.

Knows feedgen and its traps (each is named where it is cured, and has a test); hides it: no other module imports it, and
this one is imported only to render.
"""

import math
from collections.abc import Callable, Sequence
from email.utils import format_datetime
from typing import Any
from xml.sax.saxutils import quoteattr

import feedgen.entry
import feedgen.feed
from feedgen.feed import FeedGenerator

import feedsvc
from feedsvc.feeds import elements
from feedsvc.feeds.item import Channel, Item
from feedsvc.feeds.memory import Memory
from feedsvc.feeds.wording import escaped
from feedsvc.model import Format

# feedgen's own formatter switches the locale of the whole process, under the feet of every other thread.
for _module in (feedgen.entry, feedgen.feed):
    _module.formatRFC2822 = format_datetime


_known: Memory[tuple[Format, Item], bytes] = Memory(24_000_000)


class _Amendment:
    """feedgen's extension: ``amend`` is given the finished element of the feed (RSS: of ``rss``) or of an entry."""

    def __init__(self) -> None:
        self.namespaces: dict[str, str] = {}
        self.amend: Callable[[Any], None] = lambda _element: None

    def extend_ns(self) -> dict[str, str]:
        return self.namespaces

    def extend_rss(self, element: Any) -> None:
        self.amend(element)

    def extend_atom(self, element: Any) -> None:
        self.amend(element)


def rss(channel: Channel, items: Sequence[Item]) -> bytes:
    """Write the feed as RSS 2.0, items in their order."""
    return _document(Format.RSS, channel, items, b"    <item>", b"    </item>\n", b"  </channel>\n</rss>\n")


def atom(channel: Channel, items: Sequence[Item]) -> bytes:
    """Write the feed as Atom 1.0, entries in their order."""
    return _document(Format.ATOM, channel, items, b"  <entry", b"  </entry>\n", b"</feed>\n")


def _document(
    format: Format,  # noqa: A002 - the glossary's word
    channel: Channel,
    items: Sequence[Item],
    begin: bytes,
    end: bytes,
    tail: bytes,
) -> bytes:
    """Let feedgen write the feed with those items that it has not written before, and put the others in as they were.

    A line that begins or ends an entry stands nowhere else in the document, for ``<`` in text is always escaped.
    """
    fragments = {item: known for item in items if (known := _known.get((format, item)))}
    missing = [item for item in items if item not in fragments]
    feed = _feed(format, channel)
    for item in missing:
        _add_entry(format, feed, item)
    body = _spelt(feed.rss_str(pretty=True) if format is Format.RSS else feed.atom_str(pretty=True))
    head, found, entries = body.removesuffix(tail).partition(b"\n" + begin)
    written = (begin + entries).split(end)[:-1] if found else []
    for item, fragment in zip(missing, written, strict=True):
        fragments[item] = fragment + end
        _known.keep((format, item), fragment + end, 2000 + 2 * len(fragment))
    if channel.stylesheet:
        declaration, _, head = head.partition(b"\n")
        head = b'%b\n<?xml-stylesheet type="text/css" href=%b?>\n%b' % (
            declaration,
            quoteattr(channel.stylesheet).encode(),
            head,
        )
    graves = _spelt(elements.tombstones(channel).encode()) if format is Format.ATOM else b""
    return b"".join([head.rstrip(), b"\n", *(fragments[item] for item in items), graves, tail])


def _feed(format: Format, channel: Channel) -> Any:  # noqa: A002 - the glossary's word
    of_rss = format is Format.RSS
    feed = FeedGenerator()
    feed.register_extension("house", _Amendment, _Amendment, atom=not of_rss, rss=of_rss)
    feed.house.namespaces = elements.namespaces(format, channel)
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
        feed.house.amend = lambda root: elements.complete_rss(root[0], channel)
    else:
        feed.link(href=channel.address, rel="self", type=format.media_type)
        feed.link(href=channel.home, rel="alternate", type="text/html")
        feed.house.amend = lambda root: elements.complete_atom(root, channel)
    return feed


def _add_entry(format: Format, feed: Any, item: Item) -> None:  # noqa: A002 - the glossary's word
    entry = feed.add_entry(order="append")  # the default prepends
    entry.id(item.guid)  # in RSS: guid with isPermaLink="false"
    entry.title(elements.text(item.title))
    entry.link(href=item.link, rel="alternate")
    entry.published(item.published)
    entry.updated(item.updated)
    entry.author([{"name": name} for name in item.authors])
    entry.category([{"term": tag} for tag in item.tags])
    if item.content:
        entry.content(item.content, type="html")  # `CDATA` would become an invalid type in Atom
    if item.summary:
        entry.summary(escaped(item.summary), type="html")
    elif item.content or format is Format.ATOM:
        # Atom wants a text in any case (RFC 4287 §4.1.2), RSS a description before its content.
        entry.summary(elements.text(item.title))
    if format is Format.RSS:
        entry.house.amend = lambda element: elements.complete_rss_item(element, item)
    else:
        entry.house.amend = lambda element: elements.complete_atom_entry(element, item)


def _spelt(body: bytes) -> bytes:
    """Spell ``&`` and ``<`` in hexadecimal, which alone all readers take as text in a title.

    Source: RSS Advisory Board, Best Practices Profile, character data.
    """
    return body.replace(b"&amp;", b"&#x26;").replace(b"&lt;", b"&#x3C;")
