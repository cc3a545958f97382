"""Documents that are made when somebody asks for them: feeds that come by themselves, pages of history, deltas.

Knows how each differs from a published document; hides that they are never stored: every machine makes the same bytes,
with the same entity tag, from the same articles.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from feedsvc import feeds
from feedsvc.addresses import ArchivePage
from feedsvc.config import Config, Feed
from feedsvc.model import Article, Document, FeedIdentity, Format
from feedsvc.service import history
from feedsvc.service.history import Opened
from feedsvc.service.publish import settings_of
from feedsvc.store import Transaction

# A closed page changes only when one of its articles is edited or retracted.
_CLOSED_MAX_AGE_S = 86400
# Some programs ask for deltas (feedparser does, by itself), take 226 for a failure (rss2email does), and go on asking
# from the state that they have. Whoever lacks what is older than this is one of them, or asks so seldom that the whole
# document costs little.
_DELTA_REACH = timedelta(minutes=90)


@dataclass(frozen=True, slots=True)
class Window:
    """What a feed's own document is made of, in any format; ``goes_on``: where its history does."""

    feed: Feed
    identity: FeedIdentity
    articles: tuple[Article, ...]
    goes_on: ArchivePage | None


@dataclass(frozen=True, slots=True)
class Part:
    """What a page of a feed's history is made of, in any format."""

    feed: Feed
    identity: FeedIdentity
    place: ArchivePage
    opened: Opened


def window(tx: Transaction, feed: Feed, identity: FeedIdentity) -> Window:
    """Return the feed as it stands now."""
    articles = tx.articles.list(feed.selection, limit=feed.limit, retracted=True)
    return Window(feed, identity, articles, history.newest_page(tx, feed.selection, articles, feed.limit))


def part(tx: Transaction, feed: Feed, identity: FeedIdentity, place: ArchivePage) -> Part | None:
    """Return a page of the feed's history; None when there is none at that place."""
    opened = history.open_page(tx, feed.selection, place)
    return Part(feed, identity, place, opened) if opened else None


def document(made_of: Window | Part, format: Format, config: Config) -> Document:
    """Return the document in one format.

    Raises:
        FeedUnpublishable: it breaks a rule that readers rely on.
    """
    return _of_window(made_of, format, config) if isinstance(made_of, Window) else _of_part(made_of, format, config)


def delta(
    made_of: Window, format: Format, config: Config, *, current: Document, etag: str, now: datetime
) -> Document | None:
    """Return what is new or changed since the document that had the tag, under the tag of the current one.

    None when no document of these settings had it, nothing is new, or some of it has been there for long. Source:
    RFC 3229 §10.8.3.

    Raises:
        FeedUnpublishable: it breaks a rule that readers rely on.
    """
    since = feeds.change_number(etag, current.settings)
    if since is None or since >= (feeds.change_number(current.etag, current.settings) or 0):
        return None
    if any(now - _last_seen_to_change(each) > _DELTA_REACH for each in made_of.articles if each.changed > since):
        return None
    return replace(_of_window(made_of, format, config, since=since), etag=current.etag)


def _last_seen_to_change(article: Article) -> datetime:
    return max(article.first_seen, article.published, article.updated, article.retracted or article.first_seen)


def _of_window(made_of: Window, format: Format, config: Config, *, since: int | None = None) -> Document:
    feed = made_of.feed
    made, _ = feeds.document(
        feed,
        format,
        made_of.articles,
        config.site,
        made_of.identity,
        ttl_s=config.max_age_s(feed),
        now=None,
        previous=None,
        built_from=0,
        settings=settings_of(feed, config),
        history=history.of_document(feed.name, format, config.site.base_url, made_of.goes_on),
        hubs=() if "?" in feed.name else config.hubs,
        stylesheet=feeds.stylesheet.DIGEST,
        since=since,
    )
    return made


def _of_part(made_of: Part, format: Format, config: Config) -> Document:
    opened = made_of.opened
    feed = made_of.feed.model_copy(update={"limit": max(len(opened.articles), 1)})
    made, _ = feeds.document(
        feed,
        format,
        opened.articles,
        config.site,
        made_of.identity,
        ttl_s=_CLOSED_MAX_AGE_S if opened.closed else config.max_age_s(made_of.feed),
        now=None,
        previous=None,
        built_from=0,
        settings=settings_of(feed, config),
        history=history.of_page(feed.name, format, config.site.base_url, made_of.place, opened),
        stylesheet=feeds.stylesheet.DIGEST,
    )
    return made
