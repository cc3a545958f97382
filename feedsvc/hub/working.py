"""What the hub does when nobody looks: it asks callbacks whether they meant it, and tells them what is new.

Knows what each answer means for a subscription; hides claims. What dies with its process is done again a minute later:
each callback is told at least once, and by one process at a time.
"""

import logging
import random
import secrets
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from feedsvc import addresses
from feedsvc.config import Config
from feedsvc.errors import FetchError
from feedsvc.hub import rules
from feedsvc.hub.lanes import TIMEOUT_S, Lanes
from feedsvc.model import Delivery, Document, FeedName, Format, Intent, Mode
from feedsvc.outbound import Outbound, Replied, Send
from feedsvc.store import Store, Transaction

log = logging.getLogger(__name__)

CLAIM_S = 60
_DOCUMENTS_KEPT = 64
_GONE = 410

Topic = tuple[FeedName, Format]


@dataclass(frozen=True, slots=True)
class _Verification:
    """An intent and the words that its callback must give back; ``challenge`` is empty where it is denied."""

    intent: Intent
    challenge: str

    @property
    def host(self) -> str:
        return self.intent.host


@dataclass(frozen=True, slots=True)
class _Notification:
    """A delivery and what is to be delivered; None where the document is no longer there for everybody."""

    delivery: Delivery
    document: Document | None

    @property
    def host(self) -> str:
        return self.delivery.subscription.host


_Errand = _Verification | _Notification
_Reply = Replied | FetchError


class Work:
    """The work that is due for one site. ``is_topic`` tells whether everybody may subscribe to a document."""

    def __init__(
        self,
        config: Config,
        store: Store,
        outbound: Outbound,
        clock: Callable[[], datetime],
        is_topic: Callable[[FeedName, Format], bool],
    ) -> None:
        self._site = config.site
        self._hubs = config.hubs
        self._store = store
        self._outbound = outbound
        self._clock = clock
        self._is_topic = is_topic
        self._documents: dict[tuple[Topic, int], Document | None] = {}

    def run(self, stopping: Callable[[], bool]) -> None:
        """Do what is due until nothing is, or until told to stop.

        Raises:
            StoreError: the store cannot be read or written.
        """
        # What is begun must be over before another process may begin it, too.
        ttl_s = CLAIM_S - 2 * TIMEOUT_S
        Lanes[_Errand, _Reply](self._outbound, claim=self._claim, do=self._do, report=self._report, ttl_s=ttl_s).run(
            stopping
        )

    # --- before -------------------------------------------------------------------------------------------------------

    def _claim(self, limit: int, but: Collection[str]) -> Sequence[_Errand]:
        now = self._clock()
        until = now + timedelta(seconds=CLAIM_S)
        with self._store.read() as tx:
            if not tx.hub.is_due(now):
                return ()
        with self._store.begin() as tx:
            intents = tx.hub.claim_intents(now, until=until, limit=limit, but=but)
            deliveries = tx.hub.claim_deliveries(now, until=until, limit=limit, but=but)
            notifications = [_Notification(each, self._document(tx, each)) for each in deliveries]
        verifications = [_Verification(each, self._challenge(each)) for each in intents]
        return (*verifications, *notifications)

    def _challenge(self, intent: Intent) -> str:
        denied = intent.mode is Mode.SUBSCRIBE and not self._is_topic(intent.feed, intent.format)
        return "" if denied else secrets.token_urlsafe(24)

    def _document(self, tx: Transaction, delivery: Delivery) -> Document | None:
        topic = delivery.subscription.feed, delivery.subscription.format
        key = topic, delivery.publication
        if key not in self._documents:
            while len(self._documents) >= _DOCUMENTS_KEPT:
                del self._documents[next(iter(self._documents))]
            self._documents[key] = tx.documents.get(*topic) if self._is_topic(*topic) else None
        return self._documents[key]

    # --- in a thread --------------------------------------------------------------------------------------------------

    def _do(self, errand: _Errand, send: Send) -> _Reply:
        try:
            return self._ask(errand, send) if isinstance(errand, _Verification) else self._tell(errand, send)
        except FetchError as error:
            return error
        except Exception as error:
            log.exception("hub_crashed", extra={"host": errand.host})
            return FetchError(errand.host, "bad_response", f"{type(error).__name__}: {error}")

    def _ask(self, errand: _Verification, send: Send) -> Replied:
        intent = errand.intent
        topic = addresses.address(self._site.base_url, intent.feed, intent.format)
        if errand.challenge:
            return send("GET", rules.verification(intent, topic, errand.challenge), {"Accept": "*/*"})
        return send("GET", rules.denial(intent, topic, "this feed is no longer here for everybody"), {"Accept": "*/*"})

    def _tell(self, errand: _Notification, send: Send) -> Replied:
        document, subscription = errand.document, errand.delivery.subscription
        if document is None:
            return Replied(204, b"")
        headers = {
            "Content-Type": document.format.content_type,
            "Link": addresses.links(self._site.base_url, document.feed, document.format, self._hubs),
        }
        if subscription.secret:
            headers["X-Hub-Signature"] = rules.signature(subscription.secret, document.body)
        return send("POST", subscription.callback, headers, document.body)

    # --- after --------------------------------------------------------------------------------------------------------

    def _report(self, done: Sequence[tuple[_Errand, _Reply]], untried: Sequence[_Errand]) -> None:
        now = self._clock()
        told: list[Delivery] = []
        void: list[Delivery] = []
        gone: list[Delivery] = []
        failed: list[tuple[Delivery, _Reply]] = []
        with self._store.begin() as tx:
            for errand, reply in done:
                if isinstance(errand, _Verification):
                    self._conclude(tx, errand, reply, now)
                elif errand.document is None:
                    void.append(errand.delivery)
                elif isinstance(reply, Replied) and rules.is_success(reply.status):
                    told.append(errand.delivery)
                elif isinstance(reply, Replied) and reply.status == _GONE:
                    gone.append(errand.delivery)
                else:
                    failed.append((errand.delivery, reply))
            given_up = [each for each, reply in failed if not self._put_off(tx, each, reply, now)]
            tx.hub.settle((*told, *void, *given_up), now)
            tx.hub.end(each.subscription for each in gone)
            tx.hub.add_counts(delivered=len(told), failed=len(failed), given_up=len(given_up), ended=len(gone))
            tx.hub.release(
                [each.intent for each in untried if isinstance(each, _Verification)],
                [each.delivery for each in untried if isinstance(each, _Notification)],
                now,
            )

    def _conclude(self, tx: Transaction, errand: _Verification, reply: _Reply, now: datetime) -> None:
        intent = errand.intent
        match reply:
            case Replied() if rules.is_success(reply.status):
                if errand.challenge and reply.body == errand.challenge.encode():
                    tx.hub.confirm(intent, now)
                else:
                    tx.hub.forget_intent(intent)
            case FetchError(passing=True) | Replied(status=500 | 502 | 503 | 504 | 429):
                wait = rules.pause_of_intent(intent, _share())
                if wait is None:
                    tx.hub.forget_intent(intent)
                else:
                    tx.hub.postpone_intent(intent, now + wait)
            case _:
                tx.hub.forget_intent(intent)

    def _put_off(self, tx: Transaction, delivery: Delivery, reply: _Reply, now: datetime) -> bool:
        """Have a delivery that failed tried again; false when it was the last time."""
        wait = rules.pause(delivery, _share())
        if wait is None:
            reason = f"answers {reply.status}" if isinstance(reply, Replied) else reply.reason
            feed = delivery.subscription.feed
            log.warning("delivery_given_up", extra={"feed": feed, "host": delivery.subscription.host, "reason": reason})
            return False
        tx.hub.postpone(delivery, max(now + wait, reply.retry_after or now))
        return True


def _share() -> float:
    return random.random()  # noqa: S311 - jitter, no secret
