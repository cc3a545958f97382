"""The pictures, sound and film of an article as every feed can carry them.

Knows when two addresses show one picture, and what a feed says of a file; hides how it tells.
"""

import html
import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from feedsvc import markup, media_types
from feedsvc.model import Enclosure, Via

_TYPE = re.compile(r"[a-z0-9][\w.+-]*/[a-z0-9][\w.+-]*", re.ASCII)
_SOURCE = re.compile(r'<img [^>]*?\bsrc="([^"]*)"')
_FEED = re.compile(r"//[^/]+/.*\b(?:feeds?|rss2?|atom|rdf|xml|json)\b", re.IGNORECASE)
_SIZE = re.compile(r"[-_]\d{2,4}x\d{2,4}(?=\.\w+$)")


def files(enclosures: Sequence[Enclosure], base: str | None) -> tuple[Enclosure, ...]:
    """Return the enclosures that have an address, each address once, absolute, with a media type in any case.

    A length of 0 or less is one that nobody knew.
    """
    known: dict[str, Enclosure] = {}
    for one in enclosures:
        if url := markup.absolute(one.url, base):
            length = one.length if one.length and one.length > 0 else None
            stated = one.media_type.strip().lower()
            kind = stated if _TYPE.fullmatch(stated) else media_types.of_address(url) or "application/octet-stream"
            known.setdefault(url, Enclosure(url, kind, length))
    return tuple(known.values())


def medium(file: Enclosure) -> str | None:
    """Return what a file is to people (Media RSS, ``media:content``): image, audio or video."""
    return file.media_type.partition("/")[0] if media_types.is_media(file.media_type) else None


def illustrated(body: str, image: str) -> str:
    """Return the HTML with the picture before it, unless it is in it already, perhaps in another size."""
    shown = {_picture(html.unescape(source)) for source in _SOURCE.findall(body)}
    return body if _picture(image) in shown else f'<p><img src="{html.escape(image)}" alt=""></p>{body}'


def _picture(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.netloc.lower(), _SIZE.sub("", parts.path)


def feed_of(source: Via) -> str | None:
    """Return the address of the feed that an article was taken from, None when neither link nor id looks like one."""
    offered = (markup.absolute(one) for one in (source.link, source.guid) if one)
    return next((one for one in offered if one and _FEED.search(one)), None)
