"""A window of articles rendered as a feed in one format.

Knows how a bad article is kept from spoiling a feed; hides which module writes which format.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from feedsvc.errors import FeedUnpublishable
from feedsvc.feeds import gate
from feedsvc.feeds.item import Channel, Item, changed_since, channel, item
from feedsvc.feeds.written import Written
from feedsvc.model import Article, ArticleId, Complaint, FeedIdentity, Format, History

if TYPE_CHECKING:
    from feedsvc.config import Feed, Site


@dataclass(frozen=True, slots=True)
class Rendering:
    """A feed in one format, and a complaint for each article that had to be left out of it."""

    body: bytes
    left_out: tuple[Complaint, ...] = ()


def render(
    feed: "Feed",
    format: Format,
    window: Sequence[Article],
    site: "Site",
    identity: FeedIdentity,
    *,
    ttl_s: int,
    history: History | None = None,
    hubs: Sequence[str] = (),
    stylesheet: str | None = None,
    since: int | None = None,
    judged: bytes | None = None,
) -> Rendering:
    """Render a feed in one format and let it pass the gate; the same input gives the same bytes.

    ``window`` is newest first and includes retracted articles: they are not shown, hold their place within the feed's
    limit, and count as changes. ``ttl_s`` is how long readers may keep the document, in seconds. An article that
    cannot be rendered, breaks the gate or repeats another's guid is left out and complained of; the others go on.

    ``history`` is the document's place among the feed's archives, ``hubs`` the addresses of those that push it,
    ``stylesheet`` the digest of what makes it readable in a browser. With ``since``, a change number, it is a delta
    (RFC 3229): only articles that changed later are in it, while all that is said of the feed stays. ``judged`` is a
    document that has passed this gate: the same bytes need not pass it again.

    Raises:
        FeedUnpublishable: the feed breaks a rule by itself, or with any one of its articles; a page of history or
            a delta only by itself.
    """
    shown = window[: feed.limit]
    write = _writer(format)
    head = channel(
        feed,
        format,
        shown,
        site,
        identity,
        ttl_s=ttl_s,
        history=history,
        hubs=hubs,
        stylesheet=stylesheet,
        since=since,
    )

    def passed(items: Sequence[Item]) -> bytes:
        written = write(head, items)
        body = written.body
        if body != judged and not gate.passes(written, format):
            gate.check(body, format, feed.name)
        return body

    # A part of a feed may well hold nothing but bad articles, and what is beyond it must stay in reach.
    part = since is not None or (history is not None and history.address is not None)
    told = [article for article in changed_since(shown, since) if article.retracted is None]
    items, left_out = _items(told, feed, site)
    try:
        body = passed(list(items.values()))
    except Exception:
        passed([])  # nothing but the feed itself: if that is what is wrong, no article is to blame
        blamed = {name: error for name, one in items.items() if (error := _error(passed, one))}
        if len(blamed) == len(items) and not part:
            raise
        body = passed([one for name, one in items.items() if name not in blamed])
        left_out |= blamed
    return Rendering(body, tuple(_complaint(name, error) for name, error in left_out.items()))


def _items(
    articles: Sequence[Article], feed: "Feed", site: "Site"
) -> tuple[dict[ArticleId, Item], dict[ArticleId, Exception]]:
    items: dict[ArticleId, Item] = {}
    left_out: dict[ArticleId, Exception] = {}
    guids: set[str] = set()
    for article in articles:
        try:
            items[article.id] = item(article, feed, site, taken=guids)
        except (ValueError, OverflowError) as error:
            left_out[article.id] = error
        guids.add(article.guid)
    return items, left_out


def _error(passed: Callable[[Sequence[Item]], bytes], one: Item) -> Exception | None:
    """Return what goes wrong when the item is the only one of the feed: whatever it is, the others must go on."""
    try:
        passed([one])
    except Exception as error:
        return error
    return None


def _writer(format: Format) -> Callable[[Channel, Sequence[Item]], Written]:
    # Imported here: feedgen and lxml cost 60 ms, and most of what a process does is not rendering.
    if format is Format.JSON:
        from feedsvc.feeds import json_feed  # noqa: PLC0415

        return json_feed.write
    from feedsvc.feeds import rss_atom  # noqa: PLC0415

    return rss_atom.rss if format is Format.RSS else rss_atom.atom


def _complaint(article: ArticleId, error: Exception) -> Complaint:
    reason = error.reason if isinstance(error, FeedUnpublishable) else str(error) or type(error).__name__
    return Complaint(where=f"article {article}", message=f"left out of the feed: {reason}")
