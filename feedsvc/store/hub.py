"""Subscriptions of other people's programs, and what they are owed.

Knows the outbox: an attempt is claimed by putting off when it is due, so what a dead process held is due again by
itself; and a newer document takes the place of one that is still owed, whose attempts and pauses stay.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Table, bindparam, delete, exists, func, insert, select, update

from feedsvc.model import Delivery, Document, FeedName, Format, HubCounts, Intent, Mode, Subscription
from feedsvc.store import counters
from feedsvc.store.tables import delivery, intent, notice, subscription

# What became of deliveries, by the field of HubCounts.
_COUNTERS = {name: f"hub_{name}" for name in ("delivered", "failed", "given_up", "ended")}

_TOPIC = subscription.c.feed, subscription.c.format
_TOPICS = select(*_TOPIC).where(subscription.c.expires > bindparam("now")).distinct().order_by(*_TOPIC)
_FOLLOWED = select(*_TOPIC).where(subscription.c.feed.in_(bindparam("feeds", expanding=True))).distinct()


class Hub:
    """What the hub keeps. Claims are safe only in a transaction that writes: those come one by one."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    # --- intents ------------------------------------------------------------------------------------------------------

    def ask(self, value: Intent, now: datetime) -> None:
        """Keep an intent, in place of an older one of the same callback for the same document."""
        self._connection.execute(delete(intent).where(_same(intent, value)))
        row = {
            "mode": value.mode.value,
            "feed": value.feed,
            "format": value.format.value,
            "callback": value.callback,
            "host": value.host,
            "lease_s": value.lease_s,
            "secret": value.secret,
        }
        self._connection.execute(insert(intent).values(**row, attempts=0, due=now))

    def intents(self) -> int:
        """Return how many intents wait for their callback's word."""
        return self._count(select(func.count()).select_from(intent))

    def claim_intents(
        self, now: datetime, *, until: datetime, limit: int, but: Collection[str] = ()
    ) -> tuple[Intent, ...]:
        """Take up to ``limit`` intents that are due, of other hosts than ``but``, until ``until``."""
        due = select(intent).where(*_due(intent, now, but)).order_by(intent.c.due).limit(limit)
        rows = self._connection.execute(due).all()
        self._put_off(intent, intent.c.id, [row.id for row in rows], until)
        return tuple(map(_intent, rows))

    def postpone_intent(self, value: Intent, due: datetime) -> None:
        """Have an intent tried again at ``due``, one attempt further on."""
        later = update(intent).where(intent.c.id == value.id).values(due=due, attempts=value.attempts + 1)
        self._connection.execute(later)

    def confirm(self, value: Intent, now: datetime) -> None:
        """Do what an intent asks for: begin or renew a subscription, or end it. One that was replaced does nothing."""
        if not self.forget_intent(value):
            return
        same = _same(subscription, value)
        if value.mode is Mode.UNSUBSCRIBE:
            self._connection.execute(delete(subscription).where(same))
            return
        row = {"secret": value.secret, "expires": now + timedelta(seconds=value.lease_s)}
        if self._connection.execute(update(subscription).where(same).values(row)).rowcount == 0:
            key = {"feed": value.feed, "format": value.format.value, "callback": value.callback, "host": value.host}
            self._connection.execute(insert(subscription).values(**key, **row))

    def forget_intent(self, value: Intent) -> bool:
        """Drop an intent; tell whether it was still there."""
        return self._connection.execute(delete(intent).where(intent.c.id == value.id)).rowcount > 0

    # --- deliveries ---------------------------------------------------------------------------------------------------

    def topics(self, now: datetime) -> tuple[tuple[FeedName, Format], ...]:
        """Return which documents somebody is subscribed to, in their order."""
        live = self._connection.execute(_TOPICS, {"now": now})
        return tuple((FeedName(feed), Format(format)) for feed, format in live)

    def owe(self, documents: Iterable[Document], publication: int) -> None:
        """Owe each document, as it stands at this publication number, to all who are subscribed to it."""
        given = [*documents]
        followed = self._connection.execute(_FOLLOWED, {"feeds": sorted({value.feed for value in given})})
        subscribed = {(feed, format) for feed, format in followed}
        for value in given:
            if (value.feed, value.format.value) not in subscribed:
                continue  # as most are
            at = value.last_modified  # the moment of the change
            wanted = (
                subscription.c.feed == value.feed,
                subscription.c.format == value.format.value,
                subscription.c.expires > at,
            )
            known = delivery.c.subscription.in_(select(subscription.c.id).where(*wanted))
            self._connection.execute(update(delivery).where(known).values(publication=publication))
            owed = select(subscription.c.id, bindparam("number", publication), subscription.c.host).where(
                *wanted, ~exists().where(delivery.c.subscription == subscription.c.id)
            )
            rows = owed.add_columns(bindparam("tried", 0), bindparam("at", at, type_=delivery.c.due.type))
            columns = ["subscription", "publication", "host", "attempts", "due"]
            self._connection.execute(insert(delivery).from_select(columns, rows))

    def is_due(self, now: datetime) -> bool:
        """Tell whether there is anything to claim; cheap."""
        waiting = (select(table.c.due).where(table.c.due <= now).limit(1) for table in (delivery, intent))
        return any(self._connection.execute(one).first() for one in waiting)

    def claim_deliveries(
        self, now: datetime, *, until: datetime, limit: int, but: Collection[str] = ()
    ) -> tuple[Delivery, ...]:
        """Take up to ``limit`` deliveries that are due, of other hosts than ``but``, until ``until``.

        Subscriptions whose lease has ended are deleted before, and what they were owed with them.
        """
        self._connection.execute(delete(subscription).where(subscription.c.expires <= now))
        columns = (delivery.c.publication, delivery.c.attempts, *subscription.c)
        due = select(*columns).join(subscription, delivery.c.subscription == subscription.c.id)
        rows = self._connection.execute(
            due.where(*_due(delivery, now, but)).order_by(delivery.c.due).limit(limit)
        ).all()
        self._put_off(delivery, delivery.c.subscription, [row.id for row in rows], until)
        return tuple(Delivery(_subscription(row), row.publication, row.attempts) for row in rows)

    def settle(self, deliveries: Iterable[Delivery], now: datetime) -> None:
        """Take deliveries out of the outbox; where a newer document is owed meanwhile, that one is due at once."""
        for publication, some in groupby(sorted(deliveries, key=_publication), key=_publication):
            these = delivery.c.subscription.in_([each.subscription.id for each in some])
            self._connection.execute(delete(delivery).where(these, delivery.c.publication == publication))
            self._connection.execute(update(delivery).where(these).values(due=now, attempts=0))

    def postpone(self, value: Delivery, due: datetime) -> None:
        """Have a delivery tried again at ``due``, one attempt further on."""
        owed = delivery.c.subscription == value.subscription.id
        self._connection.execute(update(delivery).where(owed).values(due=due, attempts=value.attempts + 1))

    def release(self, intents: Iterable[Intent], deliveries: Iterable[Delivery], now: datetime) -> None:
        """Give back what was claimed and not tried."""
        self._put_off(intent, intent.c.id, [each.id for each in intents], now)
        self._put_off(delivery, delivery.c.subscription, [each.subscription.id for each in deliveries], now)

    def end(self, subscriptions: Iterable[Subscription]) -> None:
        """Delete subscriptions, and what they are owed."""
        ids = [each.id for each in subscriptions]
        self._connection.execute(delete(subscription).where(subscription.c.id.in_(ids)))

    # --- other people's hubs ------------------------------------------------------------------------------------------

    def notices(self, hub: str) -> dict[tuple[FeedName, Format], tuple[str | None, int, datetime]]:
        """Return for each document the entity tag that the hub has been told of, attempts in vain since, and when due.

        The tag is None where the hub has never been told.
        """
        rows = self._connection.execute(select(notice).where(notice.c.hub == hub))
        return {(FeedName(row.feed), Format(row.format)): (row.etag, row.attempts, row.due) for row in rows}

    def put_notice(
        self,
        hub: str,
        feed: FeedName,
        format: Format,
        etag: str | None,
        attempts: int,
        due: datetime,
    ) -> None:
        """Keep what a hub has been told of a document, or when it is to be told again."""
        same = (notice.c.hub == hub) & (notice.c.feed == feed) & (notice.c.format == format.value)
        row = {"etag": etag, "attempts": attempts, "due": due}
        if self._connection.execute(update(notice).where(same).values(row)).rowcount == 0:
            self._connection.execute(insert(notice).values(hub=hub, feed=feed, format=format.value, **row))

    def forget_notices(self, hubs: Collection[str]) -> None:
        """Forget all hubs but these."""
        self._connection.execute(delete(notice).where(notice.c.hub.not_in(list(hubs))))

    # --- counting -----------------------------------------------------------------------------------------------------

    def counts(self, now: datetime) -> HubCounts:
        """Return how the hub stands."""
        live = select(func.count()).select_from(subscription).where(subscription.c.expires > now)
        return HubCounts(
            subscriptions=self._count(live),
            intents=self.intents(),
            owed=self._count(select(func.count()).select_from(delivery)),
            **{field: counters.read(self._connection, name) for field, name in _COUNTERS.items()},
        )

    def add_counts(self, **numbers: int) -> None:
        """Add to the counts that never shrink."""
        for field, number in numbers.items():
            if number:
                counters.advance(self._connection, _COUNTERS[field], number)

    def _count(self, counting: Any) -> int:
        return int(self._connection.execute(counting).scalar_one())

    def _put_off(self, table: Table, key: ColumnElement[Any], ids: Sequence[int], due: datetime) -> None:
        if ids:
            self._connection.execute(update(table).where(key.in_(ids)).values(due=due))


def _same(table: Table, value: Intent) -> ColumnElement[bool]:
    return (table.c.callback == value.callback) & (table.c.feed == value.feed) & (table.c.format == value.format.value)


def _due(table: Table, now: datetime, but: Collection[str]) -> tuple[ColumnElement[bool], ...]:
    return (table.c.due <= now, *((table.c.host.not_in(sorted(but)),) if but else ()))


_publication = attrgetter("publication")


def _intent(row: Row[Any]) -> Intent:
    return Intent(
        mode=Mode(row.mode),
        feed=FeedName(row.feed),
        format=Format(row.format),
        callback=row.callback,
        host=row.host,
        lease_s=row.lease_s,
        secret=row.secret,
        id=row.id,
        attempts=row.attempts,
    )


def _subscription(row: Row[Any]) -> Subscription:
    return Subscription(
        id=row.id,
        feed=FeedName(row.feed),
        format=Format(row.format),
        callback=row.callback,
        host=row.host,
        expires=row.expires,
        secret=row.secret,
    )
