"""What the hub keeps: who asked for what, who is subscribed, what is owed to whom.

Knows the words of WebSub as values; hides nothing.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from feedsvc.model.feed import Format
from feedsvc.model.names import FeedName, require_aware


class Mode(StrEnum):
    """What an intent asks for; the value is WebSub's ``hub.mode``."""

    SUBSCRIBE = "subscribe"
    UNSUBSCRIBE = "unsubscribe"


@dataclass(frozen=True, slots=True)
class Intent:
    """A request to subscribe or unsubscribe that its callback has not confirmed yet.

    ``callback`` is absolute, its own query included, without fragment. ``secret`` is what deliveries are to be signed
    with. ``id`` is the store's number of it, ``attempts`` how often the callback was asked in vain.
    """

    mode: Mode
    feed: FeedName
    format: Format
    callback: str
    host: str
    lease_s: int
    secret: str | None = field(default=None, repr=False)
    id: int = 0
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class Subscription:
    """A callback that is told of each change of a document until ``expires``; feed, format and callback are unique."""

    id: int
    feed: FeedName
    format: Format
    callback: str
    host: str
    expires: datetime
    secret: str | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        require_aware(expires=self.expires)


@dataclass(frozen=True, slots=True)
class Delivery:
    """What a subscription is owed: the document as it stands at ``publication``, tried ``attempts`` times in vain."""

    subscription: Subscription
    publication: int
    attempts: int


@dataclass(frozen=True, slots=True)
class HubCounts:
    """How the hub stands: what is kept now, and what became of deliveries ever since.

    ``failed`` counts attempts, ``given_up`` deliveries after the last attempt, ``ended`` subscriptions whose callback
    answered that it is gone.
    """

    subscriptions: int = 0
    intents: int = 0
    owed: int = 0
    delivered: int = 0
    failed: int = 0
    given_up: int = 0
    ended: int = 0
