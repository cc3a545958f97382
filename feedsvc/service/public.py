"""What the public may read: documents, articles, lists.

Knows what everybody may see, and so which articles are not there for the public; hides the store. Nothing here changes
anything: every web worker of every machine gives the same answers.
"""

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

from feedsvc import addresses
from feedsvc.addresses import ArchivePage, query_feed
from feedsvc.config import Config, Feed
from feedsvc.errors import StoreError
from feedsvc.model import (
    MAIN_FEED,
    Article,
    ArticleId,
    Document,
    FeedIdentity,
    FeedName,
    Format,
    Query,
)
from feedsvc.service import derived
from feedsvc.sources import media_folder
from feedsvc.sources.media import MediaFile
from feedsvc.store import Store, Transaction

if TYPE_CHECKING:
    from feedsvc.service import on_demand

log = logging.getLogger(__name__)

_MadeOf: TypeAlias = "on_demand.Window | on_demand.Part | None"


@dataclass(frozen=True, slots=True)
class _Known:
    feed: Feed
    identity: FeedIdentity


class Public:
    """The store as the web shows it. One object serves many threads."""

    def __init__(self, config: Config, store: Store, clock: Callable[[], datetime]) -> None:
        self._config = config
        self._store = store
        self._clock = clock
        self._lately: tuple[tuple[FeedName, ArchivePage | None, int], _MadeOf] | None = None

    def still(self) -> AbstractContextManager[None]:
        """Let all that this thread reads within the block be of one state of the store; several looks cost one."""
        return self._store.still()

    def publication(self) -> int:
        """Return a number that grows whenever a document or an article has changed; cheap."""
        with self._store.read() as tx:
            return _publication(tx)

    def readiness(self) -> tuple[str, ...]:
        """Return why the service is not fit to serve, as error codes that tell strangers nothing; empty when it is."""
        try:
            self._store.check()
            with self._store.read() as tx:
                published = {name for name, _ in tx.documents.all_keys()}
        except StoreError as error:
            log.warning("not_ready", extra={"reason": str(error)})
            return (error.code,)
        return tuple(f"not_published:{feed.name}" for feed in self.feeds() if feed.name not in published)

    def feeds(self) -> tuple[Feed, ...]:
        """Return the feeds that everybody may read, the main one first."""
        return tuple(feed for feed in self._config.feeds if feed.access == "public")

    def topic(self, address: str) -> tuple[FeedName, Format] | None:
        """Return which document has this canonical address, if it is one that everybody may subscribe to.

        Feeds of queries are none: at every change each would have to be searched anew.
        """
        base = self._config.site.base_url
        asked = addresses.parse(address.removeprefix(base)) if address.startswith(base) else None
        if asked is None or asked[2] or addresses.address(base, *asked) != address:
            return None
        name, format, _ = asked
        if name not in self._published:
            with self._store.read() as tx:
                if self._known(tx, name) is None:
                    return None
        return name, format

    def awaited(self, now: datetime) -> tuple[Feed, ...]:
        """Return the feeds that nobody has configured, but that somebody is subscribed to at the hub."""
        with self._store.read() as tx:
            names = {name for name, _ in tx.hub.topics(now)} - self._published.keys()
            known = [self._known(tx, name) for name in sorted(names)]
        return tuple(each.feed for each in known if each)

    @cached_property
    def _published(self) -> dict[FeedName, Feed]:
        return {feed.name: feed for feed in self.feeds()}

    def document(
        self,
        name: FeedName,
        format: Format,
        page: ArchivePage | None = None,
    ) -> Document | None:
        """Return a feed's document, or a page of its history; a feed that nobody has configured is made on demand.

        None for a feed that is unknown, private or not published yet, and for a page that is not there.

        Raises:
            FeedUnpublishable: one made on demand breaks a rule that readers rely on.
        """
        with self._store.read() as tx:
            if page is None and name in self._published:
                return tx.documents.get(name, format)
            made_of = self._made_of(tx, name, page)
        if made_of is None:
            return None
        from feedsvc.service import on_demand  # noqa: PLC0415 - rendering costs memory that few workers need

        return on_demand.document(made_of, format, self._config)

    def delta(self, name: FeedName, format: Format, etag: str) -> Document | None:
        """Return what a feed's document says that one with an earlier entity tag did not; its tag is the current one.

        None when that tag was never given, nothing is new, or some of it has been there for long: then the whole
        document is the answer.

        Raises:
            FeedUnpublishable: it breaks a rule that readers rely on.
        """
        current = self.document(name, format)
        if current is None:
            return None
        from feedsvc.service import on_demand  # noqa: PLC0415 - see above

        with self._store.read() as tx:
            made_of = self._made_of(tx, name)
        if not isinstance(made_of, on_demand.Window):
            return None
        return on_demand.delta(made_of, format, self._config, current=current, etag=etag, now=self._clock())

    def query_feed(self, written: str) -> FeedName | None:
        """Return the name of the feed that finds what was written; None where that asks for nothing."""
        query = Query.parse(written)
        return query_feed(str(query)) if query.asks else None

    def stylesheet(self) -> bytes:
        """Return what makes feeds readable in a browser."""
        from feedsvc.feeds import stylesheet  # noqa: PLC0415 - feeds are for processes that render

        return stylesheet.BODY

    def _made_of(self, tx: Transaction, name: FeedName, page: ArchivePage | None = None) -> _MadeOf:
        """Return what a feed, or a page of its history, is made of; None where there is none.

        The last one is remembered: whoever has asked for one format, as the mirror does, asks for the others next.
        """
        key = name, page, _publication(tx)
        lately = self._lately
        if lately is not None and lately[0] == key:
            return lately[1]
        from feedsvc.service import on_demand  # noqa: PLC0415 - see above

        known = self._known(tx, name)
        if known is None:
            return None
        feed, identity = known.feed, known.identity
        made_of = on_demand.part(tx, feed, identity, page) if page is not None else on_demand.window(tx, feed, identity)
        self._lately = key, made_of
        return made_of

    def _known(self, tx: Transaction, name: FeedName) -> _Known | None:
        main = tx.documents.identity(MAIN_FEED)
        if main is None:
            return None
        if name in self._published:
            identity = tx.documents.identity(name)
            return _Known(self._published[name], identity) if identity else None
        feed = derived.by_name(tx, name, self._config.feed(MAIN_FEED), self._config.site)
        return _Known(feed, derived.identity(name, main)) if feed else None

    def article(self, article_id: ArticleId) -> Article | None:
        """Return an article, retracted or not; None for one under embargo, as for one that is not there."""
        with self._store.read() as tx:
            article = tx.articles.get(article_id)
        return None if article is None or article.embargo else article

    def article_of(self, link: str) -> Article | None:
        """Return the article that was taken from this address, retracted or not; None for one under embargo."""
        with self._store.read() as tx:
            article = tx.articles.get_by_link(link)
        return None if article is None or article.embargo else article

    def media(self, source: str, name: str) -> MediaFile | None:
        """Return a picture, sound or film beside the articles of a folder; None if there is none to hand out."""
        folders = (media_folder(each, self._config.folder) for each in self._config.sources if each.name == source)
        folder = next(folders, None)
        return folder.find(name) if folder else None


def _publication(tx: Transaction) -> int:
    return tx.documents.publication() + tx.articles.change_number()
