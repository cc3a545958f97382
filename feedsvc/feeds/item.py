"""What a feed says, before it is written in a format.

Knows what is taken from articles, feed and site, and what stands in where they are silent; hides them from the formats,
which can therefore not differ in substance.
"""

import html
import re
from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import UTC, datetime
from sys import getsizeof
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from feedsvc import markup, media_types
from feedsvc.addresses import permalink, rooted
from feedsvc.feeds import media, wording
from feedsvc.feeds.memory import Memory
from feedsvc.model import Article, ArticleId, Enclosure, FeedIdentity, Format, History, Via

if TYPE_CHECKING:
    from feedsvc.config import Feed, Site

# RFC 3986 §3, and of URNs RFC 8141 §2: they name their namespace.
_URI = re.compile(
    r"(?:urn:[a-z0-9][a-z0-9-]{0,30}[a-z0-9]:|(?!urn:)[a-z][a-z0-9+.-]*:)[\w.~:/?#\[\]@!$&'()*+,;=%-]+",
    re.ASCII | re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Channel:
    """What a feed says of itself in one document.

    ``address`` is the document's own. ``updated`` is the newest change of content, UTC; ``ttl_s`` how long it keeps.
    ``stylesheet`` is a path. ``tombstones`` are the guids of retracted articles, and when that was, UTC.
    """

    guid: str
    title: str
    description: str
    language: str
    author: str
    home: str
    address: str
    updated: datetime
    ttl_s: int
    history: History | None = None
    hubs: tuple[str, ...] = ()
    stylesheet: str | None = None
    tombstones: tuple[tuple[str, datetime], ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Item:
    """What a feed says of one article: plain text without markup, ``content`` HTML, addresses absolute, times UTC.

    An item equals itself alone: what was written of it is looked up often, and :func:`item` gives the same one again.
    ``published`` is in whole seconds, ``updated`` keeps its microseconds (no two entries share it) and is never before
    ``published``. ``tags`` starts with the section. ``language`` is None when it is the feed's. ``via`` is the page it
    was taken from, ``source`` the feed (its guid is there, and an absolute URI). ``content`` shows the lead image.
    """

    guid: str
    link: str
    title: str
    published: datetime
    updated: datetime
    authors: tuple[str, ...]
    tags: tuple[str, ...]
    summary: str | None
    content: str | None
    language: str | None
    via: str | None
    image: str | None = None
    enclosures: tuple[Enclosure, ...] = ()
    source: Via | None = None

    @property
    def media(self) -> tuple[Enclosure, ...]:
        """The lead image and the enclosures, each once; an image of unknown type has an empty one."""
        if self.image is None:
            return self.enclosures
        lead = [one for one in self.enclosures if one.url == self.image]
        others = [one for one in self.enclosures if one.url != self.image]
        return (*(lead or [Enclosure(self.image, media_types.of_address(self.image) or "")]), *others)


# Three formats and the next rendering say the same of the same articles. What is remembered here and beside it is
# little, since each web worker renders too: archives and feeds that come by themselves. An article is looked up by its
# id and compared: to hash all that it says, once for each format, would take longer.
_known: Memory[tuple[ArticleId, str, str, str], tuple[Article, Item]] = Memory(8_000_000)


def channel(
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
) -> Channel:
    """Return what the feed says of itself; retracted articles in the window count as changes of its content.

    ``stylesheet`` is a digest. Of the tombstones only those that changed after ``since`` are told; for the rest see
    :func:`~feedsvc.feeds.render`.
    """
    moments = [identity.created, *(article.updated for article in window)]
    moments += [article.retracted for article in window if article.retracted]
    site_title = wording.plain(site.title)
    title = wording.plain(feed.title) or site_title
    return Channel(
        guid=identity.guid,
        title=title,
        description=wording.plain(feed.description) or wording.plain(site.description) or title,
        language=feed.language,
        author=wording.label(site.author) or site_title,
        home=site.base_url + "/",
        address=(history and history.address) or feed.address(site.base_url, format),
        updated=max(moments).astimezone(UTC),
        ttl_s=ttl_s,
        history=history,
        hubs=tuple(hubs),
        stylesheet=stylesheet and f"{urlsplit(site.base_url).path}/static/feed.css?v={quote(stylesheet)}",
        tombstones=_tombstones(changed_since(window, since)) if feed.tombstones else (),
    )


def changed_since(window: Sequence[Article], since: int | None) -> Sequence[Article]:
    """Return the articles with a later change number than ``since``; all of them when that is None."""
    return window if since is None else [article for article in window if article.changed > since]


def _tombstones(articles: Sequence[Article]) -> tuple[tuple[str, datetime], ...]:
    return tuple(
        (article.guid, article.retracted.astimezone(UTC))
        for article in articles
        if article.retracted and _URI.fullmatch(article.guid)
    )


def item(article: Article, feed: "Feed", site: "Site", *, taken: Set[str] = frozenset()) -> Item:
    """Return what the feed says of an article. ``taken`` are the guids of the feed's other articles.

    Raises:
        ValueError: its guid is taken, or nothing is left of its title.
        OverflowError: its time is at the end of all times, and past it in UTC.
    """
    if article.guid in taken:
        raise ValueError(f"its guid {article.guid} is another article's")
    key = (article.id, site.base_url, feed.language, feed.content)
    before, known = _known.get(key) or (None, None)
    if known is None or (before is not article and before != article):
        known = _item(article, site.base_url, feed.language, full=feed.content == "full")
    if before is not article:  # the next format asks for this very one
        _known.keep(key, (article, known), 2000 + getsizeof(article.body) + getsizeof(known.content))
    return known


def _item(article: Article, base_url: str, language_of_feed: str, *, full: bool) -> Item:
    article = rooted(article, base_url)
    title = wording.plain(article.title)
    if not title:
        raise ValueError("its title has no character that a feed can carry")
    via = markup.absolute(article.link) if article.link else None
    body = wording.safe(article.body, via) if article.body else None
    summary = wording.plain(article.summary or "") or (body and body.lead) or None
    image = markup.absolute(article.image, via) if article.image else None
    published = article.published.astimezone(UTC).replace(microsecond=0)
    language = article.language if article.language != language_of_feed else None
    return Item(
        guid=article.guid,
        link=permalink(base_url, article),
        title=title,
        published=published,
        updated=max(published, article.updated.astimezone(UTC)),
        authors=_labels(article.authors),
        tags=_labels((article.section or "", *article.tags)),
        summary=summary,
        content=_content(body.html if body else None, summary, image) if full else None,
        language=language,
        via=via,
        image=image,
        enclosures=media.files(article.enclosures, via),
        source=_source(article.via) if article.via else None,
    )


def _content(body: str | None, summary: str | None, image: str | None) -> str | None:
    if image is None:
        return body
    return media.illustrated(body or (f"<p>{html.escape(summary, quote=False)}</p>" if summary else ""), image)


def _source(via: Via) -> Via | None:
    """Return what can be said of a feed in a feed: Atom asks for an id that is a URI, RSS for a title."""
    title = wording.label(via.title)
    link = markup.absolute(via.link) if via.link else None
    guid = via.guid if via.guid and _URI.fullmatch(via.guid) else link
    return Via(title, link, guid) if title and guid else None


def _labels(values: tuple[str, ...]) -> tuple[str, ...]:
    """Clean, without empty ones, each once in whatever case it comes."""
    known: dict[str, str] = {}
    for value in values:
        if cleaned := wording.label(value):
            known.setdefault(cleaned.casefold(), cleaned)
    return tuple(known.values())
