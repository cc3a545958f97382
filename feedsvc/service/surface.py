"""The surface: every address at which the public sees articles, and which of them a change touches.

Knows where an article shows; hides the store. It names addresses only: what stands there is the web's to say.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from feedsvc import __version__, addresses
from feedsvc.addresses import ArchivePage, label_feed
from feedsvc.config import Config, Feed
from feedsvc.model import MAIN_FEED, Article, ArticleId, FeedName, Label, LabelKind, Month, SourceName
from feedsvc.service import derived, history
from feedsvc.sources import media_folder
from feedsvc.sources.media import MediaFile
from feedsvc.store import Store, Transaction
from feedsvc.text import digest

_LABELS_AT_ONCE = 500
# How many articles a page names that came before its own.
_NAMED_AFTER = 6
_PAGED = {LabelKind.SECTION: "sections", LabelKind.TAG: "tags", LabelKind.AUTHOR: "authors"}


@dataclass(frozen=True, slots=True)
class Shown:
    """Where an article shows, if it does: its page, its month's, the feeds that select it; and when it was written.

    ``arrival`` is 0 under an embargo.
    """

    id: ArticleId
    path: str
    arrival: int
    source: SourceName
    month: str
    changed: int
    feeds: tuple[FeedName, ...]


class Surface:
    """The surface over one configuration and one store. One object serves many threads."""

    def __init__(self, config: Config, store: Store) -> None:
        self._config = config
        self._store = store
        self._public = tuple(feed for feed in config.feeds if feed.access == "public")
        self._configured = {feed.name for feed in config.feeds}

    def number(self) -> int:
        """Return the store's change number: :meth:`changed` since then is empty."""
        with self._store.read() as tx:
            return tx.articles.change_number()

    @property
    def settings(self) -> str:
        """A digest of all that decides what is seen but the articles."""
        return digest(__version__, self._config.digest)

    def changed(self, since: int, after: ArticleId | None = None) -> Iterator[tuple[Shown, ...]]:
        """Yield, a few hundred at a time, the articles that were written after that change number; 0 for all.

        With ``after`` it goes on from this article of that number. Their order is (changed, id).
        """
        while True:
            with self._store.read() as tx:
                some = tx.articles.changed(since=since, after=after)
                if not some:
                    return
                labels = tx.articles.labels_of(some)
            yield tuple(self._shown(article, labels[article.id]) for article in some)
            since, after = some[-1].changed, some[-1].id

    def named_at(self, id: ArticleId) -> tuple[str, ...]:
        """Return the paths of the pages that name an article: those of the articles that came after it."""
        with self._store.read() as tx:
            article = tx.articles.get(id)
            return tuple(map(addresses.article_path, tx.articles.newer(article, limit=_NAMED_AFTER) if article else ()))

    def feeds(self) -> Iterator[FeedName]:
        """Yield the names of all feeds that everybody may read: the configured ones, then those of all labels."""
        yield from (feed.name for feed in self._public)
        if self._config.feed(MAIN_FEED).access == "public":
            yield from (label_feed(label) for kind in LabelKind for label in self._labels(kind))

    def documents(self) -> dict[str, str]:
        """Return the paths of the documents that are published, each with its entity tag.

        Those of feeds that nobody has configured are not among them: they are made when somebody asks.
        """
        public = {feed.name for feed in self._public}
        with self._store.read() as tx:
            tags = tx.documents.tags()
        return {addresses.path(name, format): etag for (name, format), (etag, _) in tags.items() if name in public}

    def configured(self, name: FeedName) -> bool:
        """Tell whether somebody has configured the feed; else it comes by itself."""
        return name in self._configured

    def page(self, name: FeedName) -> str | None:
        """Return the path of the page for people that shows what a feed does; None for one that has none."""
        kind, _, slug = name.partition("-")
        return f"/{_PAGED[LabelKind(kind)]}/{slug}" if kind in _PAGED and not self.configured(name) else None

    def archive(
        self, name: FeedName, arrivals: Collection[int] | None, known: Callable[[ArchivePage], bool]
    ) -> tuple[ArchivePage, ...]:
        """Return pages of a feed's history: all, or with ``arrivals`` what changes when these do.

        All are those that a walk comes by and those that are closed. ``known`` tells whether a page is there already:
        when it is, so are those before it.
        """
        whole = arrivals is None
        with self._store.read() as tx:
            feed = self._feed(tx, name)
            if feed is None:
                return ()
            window = tx.articles.list(feed.selection, limit=feed.limit, retracted=True)
            newest = history.newest_page(tx, feed.selection, window, feed.limit)
            found: dict[ArchivePage, None] = {}
            for page in history.walk_back(tx, feed.selection, newest):
                if page.below is None and not whole and known(page):
                    break
                found[page] = None
                # A walk comes by the closed page itself once the window has moved on.
                itself = ArchivePage(page.start)
                if page.below and (whole or not known(itself)) and history.is_closed(tx, feed.selection, itself):
                    found[itself] = None
            if newest is not None:
                for arrival in arrivals or ():
                    pages = history.pages_of(tx, feed.selection, arrival)
                    # Nothing leads to one that is still open: it is closed before a walk comes by.
                    found |= dict.fromkeys(page for page, closed in pages if closed or known(page))
        return tuple(found)

    def media(self, sources: Collection[SourceName] | None = None) -> Iterator[tuple[str, MediaFile]]:
        """Yield the files beside the articles of folders, of these sources or all, each with its path on the web."""
        for source in self._config.sources:
            folder = media_folder(source, self._config.folder)
            if folder is None or (sources is not None and source.name not in sources):
                continue
            for name in folder.names():
                if (found := folder.find(name)) is not None:
                    yield folder.address(name), found

    def _shown(self, article: Article, labels: tuple[Label, ...]) -> Shown:
        configured = [feed.name for feed in self._public if feed.selection.selects(article)]
        return Shown(
            id=article.id,
            path=addresses.article_path(article),
            arrival=article.arrival,
            source=article.source,
            month=addresses.month_path(Month.of(article.published, self._config.site.zone)),
            changed=article.changed,
            feeds=(*configured, *map(label_feed, labels)) if article.arrival else (),
        )

    def _labels(self, kind: LabelKind) -> Iterator[Label]:
        after = ""
        while True:
            with self._store.read() as tx:
                some = tx.articles.labels(kind, limit=_LABELS_AT_ONCE, after=after)
            if not some:
                return
            yield from some
            after = some[-1].slug

    def _feed(self, tx: Transaction, name: FeedName) -> Feed | None:
        configured = next((feed for feed in self._public if feed.name == name), None)
        return configured or derived.by_name(tx, name, self._config.feed(MAIN_FEED), self._config.site)
