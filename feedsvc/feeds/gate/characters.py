"""The bytes of a document, before anything is read from them.

Knows what must not stand in them, whatever the format; hides how it is found.
"""

import re
from collections.abc import Iterator

from feedsvc.feeds.gate import json_feed, rules
from feedsvc.feeds.gate.rules import Finding
from feedsvc.model import Format

_SIZE_MOST = 5_000_000
# What XML discourages, in UTF-8: DEL, the C1 controls, the noncharacters of the first plane and U+FFFD, each under the
# byte that it begins with: most documents have not even that.
_DISCOURAGED = {
    first: re.compile(first + rest)
    for first, rest in (
        (b"\x7f", b""),
        (b"\xc2", rb"[\x80-\x9f]"),
        (b"\xef", rb"(?:\xb7[\x90-\xaf]|\xbf[\xbd-\xbf])"),
    )
}
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")


def judge(body: bytes, format: Format) -> Iterator[Finding]:
    """Yield what is wrong with the bytes of a document, or of a part of one."""
    if len(body) > _SIZE_MOST:
        yield rules.DOCUMENT_SIZE.broken("feed", f"has {len(body) / 1e6:.1f} MB")
    if body.startswith(b"\xef\xbb\xbf"):
        yield rules.ENCODING.broken("feed", "begins with a byte order mark")
    for first, unfit in _DISCOURAGED.items():
        if first in body and (found := unfit.search(body)):
            line = body.count(b"\n", 0, found.start()) + 1
            yield rules.CHARACTERS.broken("feed", f"has U+{ord(found.group().decode()):04X} in line {line}")
    # What XML forbids no parser of it lets in; JSON can spell it.
    for text in json_feed.spelt(body) if format is Format.JSON else ():
        if char := _FORBIDDEN.search(text):
            yield rules.CHARACTERS.broken("feed", f"has U+{ord(char.group()):04X} in {text!r}")
