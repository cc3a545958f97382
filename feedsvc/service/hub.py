"""The WebSub hub as the web and the schedule use it.

Knows that requests are taken at once and confirmed later; hides everything else of the hub.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from feedsvc import addresses
from feedsvc.config import Config
from feedsvc.errors import HubBusy
from feedsvc.hub.rules import read_intent
from feedsvc.model import FeedName, Format, HubCounts
from feedsvc.outbound import Outbound
from feedsvc.outbound.screening import Screen
from feedsvc.service.public import Public
from feedsvc.store import Store

# So many requests may wait for their callbacks: strangers must not fill the disk.
_INTENTS_MOST = 20_000


class Hub:
    """The hub of one site. One object serves many threads."""

    def __init__(
        self, config: Config, store: Store, outbound: Outbound, clock: Callable[[], datetime], public: Public
    ) -> None:
        self._config = config
        self._store = store
        self._outbound = outbound
        self._clock = clock
        self._public = public
        self._screen = Screen(config.hub.allow)

    @property
    def enabled(self) -> bool:
        """Whether the site has a hub of its own."""
        return self._config.hub.enabled

    def ask(self, form: Mapping[str, Sequence[str]]) -> None:
        """Take a request to subscribe or unsubscribe, given as all values of each parameter.

        Raises:
            HubRefused: it asks for what cannot be had.
            HubBusy: too many others wait.
            StoreError: the store cannot be written.
        """
        intent = read_intent(form, self._public.topic, self._screen)
        with self._store.begin() as tx:
            if tx.hub.intents() >= _INTENTS_MOST:
                raise HubBusy
            tx.hub.ask(intent, self._clock())

    def work(self, stopping: Callable[[], bool] = lambda: False) -> None:
        """Ask callbacks to confirm, and deliver what is owed, until nothing is due or told to stop.

        Raises:
            StoreError: the store cannot be read or written.
        """
        if not self.enabled:
            return
        with self._store.read() as tx:
            if not tx.hub.is_due(self._clock()):
                return
        from feedsvc.hub.working import Work  # noqa: PLC0415 - the web takes requests and sends nothing

        Work(self._config, self._store, self._outbound, self._clock, self._is_topic).run(stopping)

    def tell(self, stopping: Callable[[], bool] = lambda: False) -> int:
        """Tell other people's hubs of what has changed, until all are told or told to stop; return how often one was.

        Raises:
            StoreError: the store cannot be read or written.
        """
        if not self._config.hub.external:
            return 0
        from feedsvc.hub.telling import tell  # noqa: PLC0415 - as above

        hubs, base_url = self._config.hub.external, self._config.site.base_url
        return tell(hubs, base_url, self._store, self._outbound, self._clock, self._is_topic, stopping)

    def counts(self) -> HubCounts:
        """Return how the hub stands."""
        with self._store.read() as tx:
            return tx.hub.counts(self._clock())

    def _is_topic(self, feed: FeedName, format: Format) -> bool:
        return self._public.topic(addresses.address(self._config.site.base_url, feed, format)) is not None
