"""Lists for machines: the feeds as OPML and host-meta, the addresses as sitemaps.

Knows what belongs in each list and where a long one is divided; hides the store and the formats. What is private,
retracted or promised is in none.
"""

from collections.abc import Callable, Iterable
from datetime import datetime

from feedsvc.addresses import sitemap_path
from feedsvc.config import Config
from feedsvc.feeds import opml, sitemap
from feedsvc.feeds.opml import Listed
from feedsvc.model import MAIN_FEED, LabelKind, Selection
from feedsvc.service import derived
from feedsvc.store import Store, Transaction

# One file as long as the protocol lets it be; then parts that cost little each, and never change once they are full.
_WHOLE = sitemap.MOST_ADDRESSES - 1  # and the front page
_PART = 10_000
_MOST_SECTIONS = 1_000


class Lists:
    """The lists over one configuration and one store. One object serves many threads."""

    def __init__(self, config: Config, store: Store, clock: Callable[[], datetime]) -> None:
        self._config = config
        self._store = store
        self._clock = clock

    def opml(self) -> bytes:
        """Return the configured feeds and those of all sections, for feed readers."""
        with self._store.read() as tx:
            feeds = (*self._configured(), *self._sections(tx))
        return opml.opml(feeds, self._config.site)

    def host_meta(self) -> bytes:
        """Return the configured feeds and the hubs, for programs that know but the host."""
        return opml.host_meta(self._configured(), self._config.hubs, self._config.site)

    def host_meta_json(self) -> bytes:
        """Return the same as JSON."""
        return opml.host_meta_json(self._configured(), self._config.hubs, self._config.site)

    def sitemap(self, part: int | None = None) -> bytes | None:
        """Return the sitemap: of all articles, or the index of its parts once they are too many; or a part of it.

        None for a part that is not there.
        """
        site = self._config.site
        with self._store.read() as tx:
            last = tx.articles.greatest_arrival()
            parts = -(-last // _PART) if last > _WHOLE else 0
            if part is None and parts:
                return sitemap.index(parts, site)
            if part is not None and not 1 <= part <= parts:
                return None
            start = (part - 1) * _PART if part else 0
            places = tx.articles.places(above=start, upto=start + (_PART if part else _WHOLE))
        return sitemap.of_articles(places, site, home=start == 0)

    def sitemap_paths(self, arrivals: Iterable[int] | None = None) -> tuple[str, ...]:
        """Return the path of the sitemap and those of its parts: all of them, or where these arrivals stand."""
        with self._store.read() as tx:
            last = tx.articles.greatest_arrival()
        parts = range(1, -(-last // _PART) + 1) if last > _WHOLE else range(0)
        touched = parts if arrivals is None else sorted({-(-arrival // _PART) for arrival in arrivals} & {*parts})
        return (sitemap_path(), *map(sitemap_path, touched))

    def news_sitemap(self) -> bytes:
        """Return the sitemap of the last two days, counted from the hour that has begun."""
        now = self._clock().replace(minute=0, second=0, microsecond=0)
        with self._store.read() as tx:
            newest = tx.articles.list(Selection(), limit=sitemap.MOST_NEWS)
        return sitemap.of_news(newest, self._config.site, now)

    def _configured(self) -> tuple[Listed, ...]:
        public = (feed for feed in self._config.feeds if feed.access == "public")
        return tuple(Listed(feed.name, feed.title, feed.description, feed.language) for feed in public)

    def _sections(self, tx: Transaction) -> tuple[Listed, ...]:
        main = self._config.feed(MAIN_FEED)
        labels = tx.articles.labels(LabelKind.SECTION, limit=_MOST_SECTIONS)
        feeds = (derived.of_label(label, main, self._config.site) for label in labels)
        return tuple(Listed(feed.name, feed.title, language=feed.language) for feed in feeds)
