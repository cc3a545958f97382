"""Word to other people's hubs that a document has changed.

Knows what is to be told: every document whose entity tag is not the one that a hub was told of last. Hides claims and
patience.
"""

import logging
import random
from collections.abc import Callable, Collection, Iterator
from datetime import datetime, timedelta
from typing import NamedTuple
from urllib.parse import urlencode

from feedsvc import addresses
from feedsvc.errors import FetchError
from feedsvc.hub import rules
from feedsvc.model import FeedName, Format
from feedsvc.outbound import Outbound
from feedsvc.store import Store, Transaction

log = logging.getLogger(__name__)

# A document is dated to the second before its change, and every web worker serves it a fifth of a second later.
_SERVED_AFTER = timedelta(seconds=1.5)
_CLAIM = timedelta(minutes=2)


class _Notice(NamedTuple):
    hub: str
    feed: FeedName
    format: Format
    etag: str
    told: str | None
    attempts: int


def tell(
    hubs: Collection[str],
    base_url: str,
    store: Store,
    outbound: Outbound,
    clock: Callable[[], datetime],
    is_topic: Callable[[FeedName, Format], bool],
    stopping: Callable[[], bool],
) -> int:
    """Tell each hub of the documents that are served otherwise than when it was told last; return how many times.

    What fails is told again later, some nine hours long, and then not before the next change.

    Raises:
        StoreError: the store cannot be read or written.
    """
    with store.read() as tx:
        if not any(_untold(tx, hubs, clock(), is_topic)):
            return 0
    with store.begin() as tx:
        now = clock()
        tx.hub.forget_notices(hubs)
        notices = list(_untold(tx, hubs, now, is_topic))
        for each in notices:  # claimed here: no other process tells them too
            tx.hub.put_notice(each.hub, each.feed, each.format, each.told, each.attempts, now + _CLAIM)
    for number, each in enumerate(notices):
        if stopping():
            return number
        reason = _failure(each, addresses.address(base_url, each.feed, each.format), outbound)
        wait = rules.pause_of_notice(each.attempts, random.random()) if reason else None  # noqa: S311 - jitter
        now = clock()
        with store.begin() as tx:
            if wait:
                tx.hub.put_notice(each.hub, each.feed, each.format, each.told, each.attempts + 1, now + wait)
            else:
                tx.hub.put_notice(each.hub, each.feed, each.format, each.etag, 0, now)
        if reason:
            extra = {"hub": each.hub, "feed": each.feed, "reason": reason, "again": wait is not None}
            log.warning("hub_not_told", extra=extra)
    return len(notices)


def _untold(
    tx: Transaction, hubs: Collection[str], now: datetime, is_topic: Callable[[FeedName, Format], bool]
) -> Iterator[_Notice]:
    documents = tx.documents.tags()
    for hub in hubs:
        known = tx.hub.notices(hub)
        for (feed, format), (etag, since) in documents.items():
            told, attempts, due = known.get((feed, format), (None, 0, now))
            if etag != told and due <= now and since + _SERVED_AFTER <= now and is_topic(feed, format):
                yield _Notice(hub, feed, format, etag, told, attempts)


def _failure(notice: _Notice, topic: str, outbound: Outbound) -> str | None:
    """Tell one hub; return why it could not be told."""
    # WebSub leaves the form to the hub; those of today read hub.url, later ones hub.topic.
    body = urlencode({"hub.mode": "publish", "hub.url": topic, "hub.topic": topic}).encode()
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    try:
        answer = outbound.post(notice.hub, body, headers, strict=False)
    except FetchError as error:
        return error.reason
    return None if rules.is_success(answer.status) else f"answers {answer.status}"
