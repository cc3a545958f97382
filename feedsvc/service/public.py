"""What the public may read: documents, articles, lists.

Knows what everybody may see, and so which articles are not there for the public; hides the store. Nothing here changes
anything: every web worker of every machine gives the same answers.
"""

import logging
from functools import cached_property

from feedsvc import addresses
from feedsvc.config import Config, Feed
from feedsvc.errors import StoreError
from feedsvc.model import Article, ArticleId, Document, FeedName, Format, Selection
from feedsvc.sources import media_folder
from feedsvc.sources.media import MediaFile
from feedsvc.store import Store

log = logging.getLogger(__name__)


class Public:
    """The store as the web shows it. One object serves many threads."""

    def __init__(self, config: Config, store: Store) -> None:
        self._config = config
        self._store = store

    def publication(self) -> int:
        """Return a number that grows whenever a document or an article has changed; cheap."""
        with self._store.read() as tx:
            return tx.documents.publication() + tx.articles.change_number()

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
        """Return which document has this canonical address, if it is one that everybody may subscribe to."""
        return self._topics.get(address)

    @cached_property
    def _topics(self) -> dict[str, tuple[FeedName, Format]]:
        base = self._config.site.base_url
        return {
            addresses.address(base, feed.name, format_): (feed.name, format_)
            for feed in self.feeds()
            for format_ in Format
        }

    def document(self, name: FeedName, format: Format) -> Document | None:  # noqa: A002 - the glossary's word
        """Return the published document; None for a feed that is unknown, private, or not published yet."""
        if all(feed.name != name for feed in self.feeds()):
            return None
        with self._store.read() as tx:
            return tx.documents.get(name, format)

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

    def latest(self, limit: int, before: ArticleId | None = None) -> tuple[Article, ...]:
        """Return the newest articles, or those that follow ``before``; none if there is no such article."""
        with self._store.read() as tx:
            last = tx.articles.get(before) if before else None
            if before and last is None:
                return ()
            return tx.articles.list(Selection(), limit=limit, before=last)

    def media(self, source: str, name: str) -> MediaFile | None:
        """Return a picture, sound or film beside the articles of a folder; None if there is none to hand out."""
        folders = (media_folder(each, self._config.folder) for each in self._config.sources if each.name == source)
        folder = next(folders, None)
        return folder.find(name) if folder else None
