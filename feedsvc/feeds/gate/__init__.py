"""The gate: a document that breaks a rule readers rely on never replaces the last good one.

Knows those rules for each format (docs/validate.md) and judges bytes as a strict reader would; hides nothing of how
they were written.
"""

import re
from collections.abc import Mapping

from feedsvc.errors import FeedUnpublishable
from feedsvc.feeds.gate import atom, characters, json_feed, judge, rss, rules, xml
from feedsvc.feeds.gate.pieces import passes
from feedsvc.feeds.gate.rules import RULES, Finding, Rule
from feedsvc.feeds.gate.values import Head
from feedsvc.model import Format

__all__ = ["RULES", "Finding", "Rule", "check", "findings", "format_of", "missing", "parity", "passes"]


def check(body: bytes, format: Format, feed: str) -> None:
    """Let a document pass if it can be published; ``feed`` names it in the error.

    Raises:
        FeedUnpublishable: with the first rule that is broken and blocks.
    """
    for finding in findings(body, format):
        if finding.blocks:
            raise FeedUnpublishable(feed, format.label, str(finding))


def findings(
    body: bytes,
    format: Format,
    *,
    address: str | None = None,
    media_type: str | None = None,
) -> tuple[Finding, ...]:
    """Return every broken rule of a document: those of the bytes, of its format, then those that all formats share.

    ``address`` is where it is served and ``media_type`` as what; None leaves that unjudged.
    """
    head, found = _read(body, format)
    found = [*characters.judge(body, format), *found]
    if head is not None:
        found += judge.judge(head)
        if address is not None and head.selves != (address,):
            found.append(rules.SELF_ELSEWHERE.broken("feed", f"is served at {address}, which is not its self link"))
    if media_type not in (None, format.media_type):
        found.append(rules.MEDIA_TYPE.broken("feed", f"is served as {media_type}, not {format.media_type}"))
    return tuple(found)


def missing(format: Format) -> Finding:
    """Return the finding that a feed has no document in a format."""
    return rules.PUBLISHED.broken("feed", f"is not published as {format.label}")


def parity(bodies: Mapping[Format, bytes]) -> tuple[Finding, ...]:
    """Return where the documents of one feed do not say the same; one that cannot be read is passed over."""
    heads = {format.label: head for format, body in bodies.items() if (head := _read(body, format)[0])}
    return tuple(judge.parity(heads)) if heads else ()


def format_of(body: bytes) -> Format:
    """Return the format that a document of unknown origin seems to have."""
    start = body[:2000].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith((b"{", b"[")):
        return Format.JSON
    return Format.ATOM if re.search(rb"<(?:\w+:)?feed[\s>]", start) else Format.RSS


def _read(body: bytes, format: Format) -> tuple[Head | None, list[Finding]]:
    if format is Format.JSON:
        value, found = json_feed.parse(body)
        head, more = (None, []) if found else json_feed.read(value)
    else:
        root, found = xml.parse(body)
        read = rss.read if format is Format.RSS else atom.read
        head, more = (None, []) if root is None else read(root)
    return head, found + more
