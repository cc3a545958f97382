"""An entry of RSS 2.0 and of Atom 1.0, in XML.

Knows what either says of an article, in which order, and how XML spells it; hides that it puts nothing but text
together. The feed around an entry declares its prefixes.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time
from email.utils import format_datetime
from functools import lru_cache
from operator import itemgetter

from feedsvc.feeds import media
from feedsvc.feeds.elements import text
from feedsvc.feeds.item import Item
from feedsvc.feeds.wording import escaped, markup_like
from feedsvc.model import Enclosure, Via

_MEDIA_OF_RSS = ("audio", "video", "image", None)  # what its one enclosure had best be


def rss(item: Item) -> bytes:
    """Return the ``item`` of RSS, indented as a child of its channel."""
    return b"    <item>\n      %b\n    </item>\n" % b"\n      ".join(_rss(item))


def atom(item: Item) -> bytes:
    """Return the ``entry`` of Atom, indented as a child of its feed."""
    language = b' xml:lang="%b"' % _quoted(item.language) if item.language else b""
    return b"  <entry%b>\n    %b\n  </entry>\n" % (language, b"\n    ".join(_atom(item)))


def _rss(item: Item) -> Iterator[bytes]:
    yield b"<title>%b</title>" % _spelt(text(item.title))
    yield b"<link>%b</link>" % _spelt(item.link)
    if item.summary:
        yield b"<description>%b</description>" % _spelt(escaped(item.summary))
    elif item.content:  # RSS wants a description before its content, and takes it for HTML
        yield b"<description>%b</description>" % _spelt(escaped(item.title))
    if item.content:
        yield b"<content:encoded>%b</content:encoded>" % _spelt(item.content)
    yield b'<guid isPermaLink="false">%b</guid>' % _spelt(item.guid)
    for tag in item.tags:
        yield b"<category>%b</category>" % _spelt(tag)
    yield b"<pubDate>%b</pubDate>" % _rfc822(item.published)
    for name in item.authors:  # RSS's own author must be an e-mail address
        yield b"<dc:creator>%b</dc:creator>" % _spelt(name)
    if item.language:
        yield b"<dc:language>%b</dc:language>" % _spelt(item.language)
    yield b"<atom:updated>%b</atom:updated>" % _rfc3339(item.updated)
    if item.via:  # not `source`, which names a feed (RSS 2.0, source)
        yield b'<atom:link href="%b" rel="via"/>' % _quoted(item.via)
    if item.source and (feed := media.feed_of(item.source)):
        yield b'<source url="%b">%b</source>' % (_quoted(feed), _spelt(item.source.title))
    yield from _enclosure(item.enclosures)
    for file in item.media:
        yield _media(file, item.image)


def _atom(item: Item) -> Iterator[bytes]:
    yield b"<id>%b</id>" % _spelt(item.guid)
    yield _text_construct(b"title", item.title)
    yield b"<updated>%b</updated>" % _rfc3339(item.updated)
    for name in item.authors:
        yield b"<author>\n      <name>%b</name>\n    </author>" % _spelt(name)
    if item.content:
        yield b'<content type="html">%b</content>' % _spelt(item.content)
    yield b'<link href="%b" rel="alternate" type="text/html"/>' % _quoted(item.link)
    if item.summary:
        yield b'<summary type="html">%b</summary>' % _spelt(escaped(item.summary))
    else:  # Atom wants a text in any case (RFC 4287 §4.1.2)
        yield _text_construct(b"summary", item.title)
    for tag in item.tags:
        yield b'<category term="%b"/>' % _quoted(tag)
    yield b"<published>%b</published>" % _rfc3339(item.published)
    if item.via:
        yield b'<link href="%b" rel="via"/>' % _quoted(item.via)
    for file in item.media:
        if file.media_type:  # readers choose what to load by the type
            yield b'<link href="%b" rel="enclosure"%b/>' % (_quoted(file.url), _described(file, b"length"))
    if item.source:
        yield b"<source>\n      %b\n    </source>" % b"\n      ".join(_source(item.source, item.published))
    for file in item.media:
        yield _media(file, item.image)


def _source(source: Via, updated: datetime) -> Iterator[bytes]:
    yield b"<id>%b</id>" % _spelt(source.guid or "")
    yield b"<title>%b</title>" % _spelt(source.title)
    # Nobody told us; but it had changed when it had this entry (RFC 4287 §4.2.11 wants what the feed itself says).
    yield b"<updated>%b</updated>" % _rfc3339(updated)
    if source.link:
        yield b'<link href="%b" rel="alternate"/>' % _quoted(source.link)
    if feed := media.feed_of(source):
        yield b'<link href="%b" rel="self"/>' % _quoted(feed)


def _text_construct(name: bytes, value: str) -> bytes:
    """Return an element that says plain text; Atom is told when it had to be written as HTML."""
    kind = b' type="html"' if markup_like(value) else b""
    return b"<%b%b>%b</%b>" % (name, kind, _spelt(text(value)), name)


def _enclosure(files: Iterable[Enclosure]) -> Iterator[bytes]:
    """Yield RSS's only enclosure: its length must be true (RSS Advisory Board, Best Practices Profile, enclosure)."""
    measured = [(_MEDIA_OF_RSS.index(media.medium(file)), file, file.length) for file in files if file.length]
    for _, file, length in sorted(measured, key=itemgetter(0))[:1]:
        yield b'<enclosure url="%b" length="%d" type="%b"/>' % (_quoted(file.url), length, _quoted(file.media_type))


def _media(file: Enclosure, image: str | None) -> bytes:
    """Return a file as Media RSS, which Atom's readers know too, for the lead image has no other place there."""
    medium = media.medium(file) or ("image" if file.url == image else None)
    told = b' medium="%b"' % medium.encode() if medium else b""
    return b'<media:content url="%b"%b%b/>' % (_quoted(file.url), _described(file, b"fileSize"), told)


def _described(file: Enclosure, length: bytes) -> bytes:
    kind = b' type="%b"' % _quoted(file.media_type) if file.media_type else b""
    return b'%b %b="%d"' % (kind, length, file.length) if file.length else kind


def _rfc3339(moment: datetime) -> bytes:
    return moment.isoformat().encode()


def _rfc822(moment: datetime) -> bytes:
    """Spell an instant in UTC, in whole seconds."""
    return b"%b %b +0000" % (_day(moment.date()), moment.time().isoformat().encode())


@lru_cache(128)
def _day(day: date) -> bytes:
    # Asked for each entry, the names alone would take half as long as all else in it.
    return format_datetime(datetime.combine(day, time(), UTC)).removesuffix(" 00:00:00 +0000").encode()


def _spelt(value: str) -> bytes:
    """Spell text as XML; ``&`` and ``<`` in hexadecimal, which alone all readers take as text in titles and the like.

    Source: RSS Advisory Board, Best Practices Profile, character data. A carriage return would be read as a line's end
    (XML 1.0 §2.11). Bytes are searched in a quarter of the time.
    """
    return (
        value.encode().replace(b"&", b"&#x26;").replace(b"<", b"&#x3C;").replace(b">", b"&gt;").replace(b"\r", b"&#13;")
    )


def _quoted(value: str) -> bytes:
    """Spell text as an attribute's value, in which a line's end would be read as a space (XML 1.0 §3.3.3)."""
    return _spelt(value).replace(b'"', b"&quot;").replace(b"\t", b"&#9;").replace(b"\n", b"&#10;")
