"""The rules that all formats share.

Knows ids, links, times and contents as every reader takes them; hides nothing of the formats, which it never sees.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache

from feedsvc.feeds.gate import markup, rules
from feedsvc.feeds.gate.rules import Finding
from feedsvc.feeds.gate.values import Attachment, Head, Item, Moment, Said

_FEED = "feed"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ADDRESS = re.compile(
    r"https?://(?:[\w.~!$&'()*+,;=:%-]*@)?(?:\[[0-9a-f:.]+\]|[\w.~!$&'()*+,;=%-]+)(?::\d*)?"
    r"(?:[/?#][\w/?#:@!$&'()*+,;=.~%\[\]-]*)?",
    re.ASCII | re.IGNORECASE,
)
_LANGUAGE = re.compile(r"(?:[a-z]{2,8}|[ix](?=-))(?:-[a-z0-9]{1,8})*", re.ASCII | re.IGNORECASE)
_MEDIA_TYPE = re.compile(r"[\w!#$&^.+-]+/[\w!#$&^.+-]+(?:\s*;.*)?", re.ASCII)
_MARKUP = re.compile(r"</\w+>|&#?\w+;")
_ENTRY_MOST = 1_000_000
_TITLE_MOST = 1_000


def judge(head: Head) -> Iterator[Finding]:
    """Yield every shared rule that the document breaks."""
    yield from feed(head)
    for item in head.items:
        yield from entry(item, head.updated)
    yield from together(head, [item.id for item in head.items if item.id and item.id.strip()])


def entry(item: Item, newest: Moment = None) -> Iterator[Finding]:
    """Yield every shared rule that an entry breaks by itself, or, where ``newest`` is given, in a feed of that time."""
    if item.id is None or not item.id.strip():
        yield rules.ID_PRESENT.broken(item.where, "has no id")
    yield from _texts(item)
    if item.link is None:
        yield rules.ENTRY_LINK.broken(item.where, "leads to no page")
    if newest is not None:
        yield from _future(item, newest)
    yield from said(item.where, item.said)


def said(where: str, said: Said) -> Iterator[Finding]:
    """Yield every shared rule that what is said breaks, by one entry or by many together."""
    if not all(said.names):
        yield rules.NAME_FILLED.broken(where, "has an author or a tag without a name")
    yield from _addresses(where, said.links)
    for published, updated in said.times:
        if published is None or updated is None or not _EPOCH <= published <= updated:
            yield from _times(where, published, updated)
    for attachment in said.attachments:
        yield from _attachment(where, attachment)
    for language in said.languages:
        yield from _language(where, language)
    for html in filter(markup.may_harm, said.html):
        yield from markup.judge(where, html)


def together(head: Head, ids: Sequence[str]) -> Iterator[Finding]:
    """Yield every shared rule that the entries of these ids break among one another, or with the feed."""
    for identity in _repeated(ids):
        yield rules.ID_UNIQUE.broken(identity, "is the id of two entries")
    for ref in _repeated((*dict.fromkeys(ids), *head.deleted)):
        yield rules.TOMBSTONE.broken(ref, "is deleted twice, or stands among the entries too")


def parity(heads: Mapping[str, Head]) -> Iterator[Finding]:
    """Yield where the formats of one feed, by their names, do not say the same as the first."""
    (first, reference), *others = ((name, _rows(head)) for name, head in heads.items())
    for name, rows in others:
        for where in (where for where in reference if where not in rows):
            yield rules.PARITY.broken(where, f"is in {first} and not in {name}")
        for where in (where for where in rows if where not in reference):
            yield rules.PARITY.broken(where, f"is in {name} and not in {first}")
        if reference.keys() == rows.keys() and list(reference) != list(rows):
            yield rules.PARITY.broken(_FEED, f"has another order in {name} than in {first}")
        for where in (where for where in reference if where in rows):
            for what, one in reference[where].items():
                if (other := rows[where][what]) != one:
                    yield rules.PARITY.broken(where, f"has other {what} in {name} than in {first}: {other}, {one}")


def _rows(head: Head) -> dict[str, dict[str, object]]:
    """Return what must be equal in every format, of the feed and of each entry."""
    feed: dict[str, object] = {"title": head.title, "language": head.language, "hubs": head.hubs}
    entries: dict[str, dict[str, object]] = {
        item.where: {
            "title": item.title,
            "link": item.link,
            "time of publication": item.published,
            "time of update": item.updated,
            "authors": item.authors,
            "tags": item.tags,
            "language": item.language,
            "media": set(item.media),
        }
        for item in head.items
    }
    return {_FEED: feed, **entries}


def feed(head: Head) -> Iterator[Finding]:
    """Yield every shared rule that the feed breaks by itself."""
    if len(head.selves) != 1:
        yield rules.SELF_LINK.broken(_FEED, f"has {len(head.selves) or 'no'} links to itself")
    yield from _addresses(_FEED, (*head.selves, *head.links))
    for hub in head.hubs:
        if not _is_absolute(hub):
            yield rules.HUB_LINK.broken(_FEED, f"has a hub that is not an absolute address: {hub}")
    if len(set(head.hubs)) < len(head.hubs):
        yield rules.HUB_LINK.broken(_FEED, "names one hub twice")
    yield from _language(_FEED, head.language or "")
    if _MARKUP.search(head.title):
        yield rules.TITLE_MARKUP.broken(_FEED, f"shows markup in its title: {head.title}")


def _repeated(values: Iterable[str]) -> Iterator[str]:
    seen: set[str] = set()
    for value in values:
        if value in seen:
            yield value
        seen.add(value)


def _texts(item: Item) -> Iterator[Finding]:
    if left := _MARKUP.search("\n".join((item.title, *item.authors, *item.tags))):
        yield rules.TITLE_MARKUP.broken(item.where, f"shows markup in its title or a name: {left.group()}")
    if len(item.title) > _TITLE_MOST:
        yield rules.ENTRY_SIZE.broken(item.where, f"has a title of {len(item.title)} characters")
    size = sum(map(len, item.html))
    if size > _ENTRY_MOST:
        yield rules.ENTRY_SIZE.broken(item.where, f"has {size / 1e6:.1f} million characters of content")


def _times(where: str, published: Moment, updated: Moment) -> Iterator[Finding]:
    for name, moment in (("published", published), ("updated", updated)):
        if moment is not None and moment < _EPOCH:
            yield rules.DATE_EARLY.broken(where, f"was {name} before 1970: {moment.isoformat()}")
    if published and updated and updated < published:
        yield rules.DATE_ORDER.broken(where, "was updated before it was published")


def _future(item: Item, newest: datetime) -> Iterator[Finding]:
    for name, moment in (("published", item.published), ("updated", item.updated)):
        # The feed's time may be in whole seconds, an entry's finer.
        if moment is not None and moment.replace(microsecond=0) > newest:
            yield rules.DATE_FUTURE.broken(item.where, f"was {name} after the feed itself: {moment.isoformat()}")


def _attachment(where: str, attachment: Attachment) -> Iterator[Finding]:
    if not _is_absolute(attachment.address):
        yield rules.LINK_ABSOLUTE.broken(where, f"has an enclosure without absolute address: {attachment.address}")
    if not _MEDIA_TYPE.fullmatch(attachment.media_type or ""):
        yield rules.ENCLOSURE.broken(where, f"has an enclosure without media type: {attachment.address}")
    if attachment.length is not None and not (attachment.length.isascii() and attachment.length.isdigit()):
        yield rules.ENCLOSURE.broken(where, f"has an enclosure whose length is no number: {attachment.length}")


def _addresses(where: str, links: Iterable[str | None]) -> Iterator[Finding]:
    for link in links:
        if not _is_absolute(link):
            yield rules.LINK_ABSOLUTE.broken(where, f"has a link that is not an absolute address: {link}")


@lru_cache(maxsize=4096)  # each format asks for the same ones
def _is_absolute(link: str | None) -> bool:
    return link is not None and _ADDRESS.fullmatch(link) is not None


def _language(where: str, tag: str) -> Iterator[Finding]:
    if not _is_language(tag):
        yield rules.LANGUAGE.broken(where, f"has the language {tag!r}" if tag else "has no language")


@lru_cache(maxsize=256)
def _is_language(tag: str) -> bool:
    return _LANGUAGE.fullmatch(tag) is not None
