"""The work that schedule and cli may ask for, and the doors to the rest.

Knows which work follows which: articles are stored first, then the feeds that select them are published. Hides the
rooms beneath. One object serves many threads.
"""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from functools import cached_property
from itertools import takewhile
from typing import TYPE_CHECKING

from feedsvc import decide
from feedsvc.config import Config, Feed
from feedsvc.model import MAIN_FEED, Change, Entry, FeedName, Run, RunKind, SourceName, Verdict
from feedsvc.outbound import Outbound
from feedsvc.service import standing
from feedsvc.service.backup import Backups
from feedsvc.service.desk import Desk
from feedsvc.service.figures import Figures, take
from feedsvc.service.hub import Hub
from feedsvc.service.lines import Lines
from feedsvc.service.lists import Lists
from feedsvc.service.moving import Moving
from feedsvc.service.private import Private
from feedsvc.service.public import Public
from feedsvc.service.push import Push
from feedsvc.service.record import Ended, Recorder
from feedsvc.service.samples import Samples
from feedsvc.service.standing import Status
from feedsvc.service.surface import Surface
from feedsvc.service.tokens import Tokens
from feedsvc.store import Store

if TYPE_CHECKING:
    from feedsvc.service.deciding import Decider
    from feedsvc.service.judging import Judgement
    from feedsvc.service.reading import Reader

_MOST_OF = 0.75
_CRON_APART = timedelta(seconds=40)


def utc_now() -> datetime:
    """Return the current time; the one clock of the product, given to whatever needs it."""
    return datetime.now(UTC)


class Service:
    """The use cases over one configuration and one store."""

    def __init__(
        self,
        config: Config,
        store: Store,
        *,
        outbound: Outbound | None = None,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self.config = config
        self._outbound = outbound or Outbound(
            contact=config.outbound.contact, allow=config.outbound.allow, allow_strangers=config.hub.allow
        )
        self.desk = Desk(store, clock, changed=self._publish_touched)
        self.public = Public(config, store, clock)
        self.hub = Hub(config, store, self._outbound, clock, self.public)
        self.lines = Lines(config, store)
        self.lists = Lists(config, store, clock)
        self.tokens = Tokens(config, store, clock)
        self.private = Private(config, store, self.tokens)
        self.push = Push(config, store, self.tokens, clock, changed=self._publish_touched)
        self.moving = Moving(config, store, self.desk, self._outbound, clock)
        self.samples = Samples(store)
        self.backups = Backups(store, clock)
        self.surface = Surface(config, store)
        self._store = store
        self._clock = clock
        self._recorder = Recorder(store, clock)

    def reconfigured(self, config: Config) -> "Service":
        """Return the service over another configuration and the same store."""
        same = (config.outbound, config.hub.allow) == (self.config.outbound, self.config.hub.allow)
        return Service(config, self._store, outbound=self._outbound if same else None, clock=self._clock)

    def migrate(self) -> tuple[str | None, str]:
        """Bring the store to this version's schema; return its revisions before and after.

        Raises:
            StoreError: the store cannot be used; the message says what to do.
        """
        return self._store.migrate()

    def close(self) -> None:
        """Let go of all connections."""
        self._outbound.close()
        self._store.close()

    # --- work ---

    def refresh(self, name: SourceName) -> tuple[Run, ...]:
        """Read a source now, then publish the feeds that its changes touch: the Run of the one and those of the others.

        Raises:
            NotFound: no source has that name.
        """
        from feedsvc.service.refresh import Refresher  # noqa: PLC0415 - the web never reads sources

        source = self.config.source(name)
        changes: list[Change] = []

        def work() -> Ended:
            refresher = Refresher(
                source,
                self.config.folder,
                self._store,
                self._outbound,
                reader=self._reader,
                decider=self._decider,
                now=self._clock(),
            )
            ended, some = refresher.refresh()
            changes.extend(some)
            return ended

        run = self._recorder.run(RunKind.REFRESH, name, work)
        return (run, *self._publish_touched(changes))

    def refresh_if_due(self, name: SourceName) -> tuple[Run, ...]:
        """Read a source unless this or another process has read it lately: ten machines with one store read it once.

        Raises:
            NotFound: no source has that name.
            StoreError: the store cannot be asked.
        """
        source = self.config.source(name)
        now = self._clock()
        with self._store.read() as tx:
            last = tx.runs.last(RunKind.REFRESH, name)
            wait = _CRON_APART if source.cron else source.every or standing.rhythm(tx, name, now)
        # Less than the whole wait: clocks and jitter differ between machines. What began far in the future did so by a
        # clock that was set back since.
        lately = last is not None and abs(now - last.started) < _MOST_OF * wait
        return () if lately else self.refresh(name)

    def publish(self, name: FeedName) -> Run:
        """Regenerate a feed now, unless its documents are current.

        Raises:
            NotFound: no feed has that name.
        """
        return self._publish(self.config.feed(name))

    def judge(self, name: FeedName) -> "tuple[Judgement, ...]":
        """Hold a feed's documents to the rules of the gate.

        Raises:
            NotFound: no feed has that name.
            StoreError: the store cannot be read.
            FeedUnpublishable: a feed that is made on demand breaks a rule that stops it.
        """
        from feedsvc.service import judging  # noqa: PLC0415 - only a command asks for it

        return judging.published(name, self.config, self._store, self.public)

    def lift_embargoes(self) -> tuple[Run, ...]:
        """Let the articles appear whose instant has come, and publish the feeds that select them."""
        now = self._clock()
        with self._store.read() as tx:
            due = tx.articles.embargoed(until=now)
        if not due:
            return ()
        with self._store.begin() as tx:
            # Asked again where nobody else writes: two processes may have seen the same ones.
            due = tx.articles.embargoed(until=now)
            lifted = [decide.lift(article, now - timedelta(microseconds=n)) for n, article in enumerate(due)]
            tx.articles.put(lifted)
        entries = [
            Change(Verdict.CHANGED, Entry(article.title), article, reason="embargo lifted") for article in lifted
        ]
        return self._publish_touched(entries)

    def tell_alerts(self) -> None:
        """Tell the admin of alerts that are new or over, by the ways that the configuration names.

        Raises:
            StoreError: the store cannot be read or written.
        """
        from feedsvc.service.watch import Watch  # noqa: PLC0415 - only the schedule tells

        watch = Watch(self.config.site.title, self.config.alerts, self._store, self._outbound)
        now = self.status()
        watch.look(now.alerts, now.samples)

    def open(self) -> tuple[Run, ...]:
        """Bring the store to this version and publish the main feed, if need be: enough to begin serving.

        Raises:
            StoreError: the store cannot be used; the message says what to do.
        """
        self.migrate()
        return self._publish_stale((self.config.feed(MAIN_FEED),), lambda: False)

    def prepare(self, is_enough: Callable[[], bool] = lambda: False) -> tuple[Run, ...]:
        """Bring the store to this version, forget what belongs to sources and feeds that are gone, publish every feed.

        Feeds whose documents are current are left alone, without a Run; so are those that remain when it is enough.

        Raises:
            StoreError: the store cannot be used; the message says what to do.
        """
        self.migrate()
        with self._store.begin() as tx:
            tx.samples.prune(self._clock())
            tx.samples.forget_all_but(source.name for source in self.config.sources)
        wanted = (*self.config.feeds, *self.public.awaited(self._clock()))
        with self._store.read() as tx:
            gone = {name for name, _ in tx.documents.all_keys()} - {feed.name for feed in wanted}
        if gone:
            with self._store.begin() as tx:
                for name in gone:
                    tx.documents.delete(name)
        return self._publish_stale(wanted, is_enough)

    def _publish_stale(self, feeds: Iterable[Feed], is_enough: Callable[[], bool]) -> tuple[Run, ...]:
        from feedsvc.service.publish import is_current  # noqa: PLC0415 - the web never renders feeds

        with self._store.read() as tx:
            going_on = takewhile(lambda _: not is_enough(), feeds)
            stale = [feed for feed in going_on if not is_current(tx, feed, self.config)]
        return tuple(self._publish(feed) for feed in takewhile(lambda _: not is_enough(), stale))

    def status(self) -> Status:
        """Return how sources and feeds stand."""
        return standing.status(self.config, self._store, self._clock())

    def figures(self) -> Figures:
        """Return figures for those who watch the service over time."""
        return take(self.config, self._store, self._clock())

    def _publish_touched(self, changes: Iterable[Change]) -> tuple[Run, ...]:
        moves = [change for change in changes if change.moves]
        articles = [article for change in moves for article in (change.before, change.article) if article]
        if not articles:
            return ()
        awaited = (feed for feed in self.public.awaited(self._clock()) if any(map(feed.selection.selects, articles)))
        return tuple(map(self._publish, (*self._configured.by(articles), *awaited)))

    @cached_property
    def _reader(self) -> "Reader":
        from feedsvc.service.reading import Reader  # noqa: PLC0415 - the web never reads sources

        return Reader()

    @cached_property
    def _decider(self) -> "Decider":
        from feedsvc.service.deciding import Decider  # noqa: PLC0415 - the web never reads sources

        return Decider()

    @cached_property
    def _configured(self) -> decide.Touching[Feed]:
        return decide.Touching((feed, feed.selection) for feed in self.config.feeds)

    def _publish(self, feed: Feed) -> Run:
        from feedsvc.service.publish import publish  # noqa: PLC0415 - the web never renders feeds

        return self._recorder.run(
            RunKind.PUBLISH, feed.name, lambda: publish(feed, self.config, self._store, self._clock()), alone=False
        )
