"""The bytes of a feed as text, whatever its header and its first line claim."""

import re

from feedsvc.sources.charset import decode as detected
from feedsvc.sources.feed.items import NoFeed

_DECLARED = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{1,40})["']""", re.IGNORECASE)
_CHARSET = re.compile(r"""charset\s*=\s*["']?([\w.:-]{1,40})""", re.IGNORECASE)
# What software claims when nobody told it: true of UTF-8 (which is tried anyway), or of nothing.
_CLAIMED_BY_DEFAULT = ("utf", "us-ascii", "ascii", "iso-8859-1", "iso8859-1", "latin", "windows-1252", "cp1252")


def decode(body: bytes, media_type: str) -> str:
    """Return the text: by its byte order mark, as UTF-8 where it is that, as it is declared, else by detection.

    Bytes that are valid UTF-8 beyond ASCII are nothing else by chance, so no declaration is believed against them.

    Raises:
        NoFeed: the bytes are no text.
    """
    if not body.strip():
        raise NoFeed("is empty")
    try:
        if not _is_utf8(body) or b"\x1b$" in body[:4096]:  # ISO-2022 is ASCII with escapes
            for name in _declared(body, media_type):
                try:
                    return body.decode(name)
                except (LookupError, ValueError):
                    continue
        return detected(body)
    except ValueError as problem:
        raise NoFeed(str(problem)) from problem


def _declared(body: bytes, media_type: str) -> list[str]:
    header = _CHARSET.search(media_type)
    prolog = _DECLARED.match(body[:1024])
    names = [header[1] if header else "", prolog[1].decode("ascii") if prolog else ""]
    return [name for name in names if name and not name.lower().startswith(_CLAIMED_BY_DEFAULT)]


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True
