"""Private feeds: read only by those who were given an address of their own.

Knows whose key opens which feed; hides the store. What is guarded is the feed; the pages of its articles are public.
"""

from enum import Enum, auto

from feedsvc.config import Config
from feedsvc.errors import NotFound
from feedsvc.model import Document, FeedName, Format, Leave
from feedsvc.service.tokens import Tokens
from feedsvc.store import Store


class Admittance(Enum):
    """What became of a key."""

    GIVEN = auto()
    REVOKED = auto()
    UNKNOWN = auto()


class Private:
    """The private feeds as the web hands them out."""

    def __init__(self, config: Config, store: Store, tokens: Tokens) -> None:
        self._config = config
        self._store = store
        self._tokens = tokens

    def admit(self, name: FeedName, key: str) -> Admittance:
        """Tell whether a key opens a feed, and note the day; for a feed that is not private none does."""
        token = self._tokens.find(key)
        if not self._is_private(name) or token is None or (token.leave, token.name) != (Leave.READ, name):
            return Admittance.UNKNOWN
        if token.revoked is not None:
            return Admittance.REVOKED
        self._tokens.note_use(token)
        return Admittance.GIVEN

    def document(self, name: FeedName, format: Format) -> Document | None:
        """Return the published document of a private feed; None for any other, and when it is not published yet."""
        if not self._is_private(name):
            return None
        with self._store.read() as tx:
            return tx.documents.get(name, format)

    def _is_private(self, name: FeedName) -> bool:
        try:
            return self._config.feed(name).access == "token"
        except NotFound:
            return False
