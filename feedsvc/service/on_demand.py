"""Documents that are made when somebody asks for them: feeds that come by themselves, pages of history, deltas.

Knows how each differs from a published document; hides that they are never stored: every machine makes the same bytes,
with the same entity tag, from the same articles.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from feedsvc import feeds
from feedsvc.addresses import ArchivePage
from feedsvc.config import Config, Feed
from feedsvc.model import Article, Document, FeedIdentity, Format, History
from feedsvc.service import history
from feedsvc.service.publish import settings_of
from feedsvc.store import Transaction

# A closed page changes only when one of its articles is edited or retracted.
_CLOSED_MAX_AGE_S = 86400
# Some programs ask for deltas (feedparser does, by itself), take 226 for a failure (rss2email does), and go on asking
# from the state that they have. Whoever lacks what is older than this is one of them, or asks so seldom that the whole
# document costs little.
_DELTA_REACH = timedelta(minutes=90)


def whole(tx: Transaction, feed: Feed, format: Format, config: Config, identity: FeedIdentity) -> Document:
    """Return the feed's document as it stands now.

    Raises:
        FeedUnpublishable: it breaks a rule that readers rely on.
    """
    return _of_window(tx, feed, format, config, identity, _window(tx, feed))


def delta(
    tx: Transaction,
    feed: Feed,
    format: Format,
    config: Config,
    identity: FeedIdentity,
    current: Document,
    etag: str,
    *,
    now: datetime,
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
    window = _window(tx, feed)
    if any(now - _last_seen_to_change(article) > _DELTA_REACH for article in window if article.changed > since):
        return None
    return replace(_of_window(tx, feed, format, config, identity, window, since=since), etag=current.etag)


def page(
    tx: Transaction, feed: Feed, format: Format, config: Config, identity: FeedIdentity, place: ArchivePage
) -> Document | None:
    """Return a page of the feed's history; None when there is none at that place.

    Raises:
        FeedUnpublishable: it breaks a rule that readers rely on.
    """
    opened = history.open_page(tx, feed.selection, place)
    if opened is None:
        return None
    where = history.of_page(feed.name, format, config.site.base_url, place, opened)
    whole_page = feed.model_copy(update={"limit": max(len(opened.articles), 1)})
    ttl_s = _CLOSED_MAX_AGE_S if opened.closed else config.max_age_s(feed)
    return _document(whole_page, format, opened.articles, config, identity, where, ttl_s=ttl_s)


def _window(tx: Transaction, feed: Feed) -> tuple[Article, ...]:
    return tx.articles.list(feed.selection, limit=feed.limit, retracted=True)


def _last_seen_to_change(article: Article) -> datetime:
    return max(article.first_seen, article.published, article.updated, article.retracted or article.first_seen)


def _of_window(
    tx: Transaction,
    feed: Feed,
    format: Format,
    config: Config,
    identity: FeedIdentity,
    window: tuple[Article, ...],
    *,
    since: int | None = None,
) -> Document:
    goes_on = history.newest_page(tx, feed.selection, window, feed.limit)
    where = history.of_document(feed.name, format, config.site.base_url, goes_on)
    return _document(
        feed,
        format,
        window,
        config,
        identity,
        where,
        ttl_s=config.max_age_s(feed),
        since=since,
        hub="?" not in feed.name,
    )


def _document(
    feed: Feed,
    format: Format,
    articles: Sequence[Article],
    config: Config,
    identity: FeedIdentity,
    where: History,
    *,
    ttl_s: int,
    since: int | None = None,
    hub: bool = False,
) -> Document:
    made, _ = feeds.document(
        feed,
        format,
        articles,
        config.site,
        identity,
        ttl_s=ttl_s,
        now=None,
        previous=None,
        built_from=0,
        settings=settings_of(feed, config),
        history=where,
        hubs=config.hubs if hub else (),
        stylesheet=feeds.stylesheet.DIGEST,
        since=since,
    )
    return made
