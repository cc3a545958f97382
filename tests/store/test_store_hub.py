"""What the store keeps for the hub: intents, subscriptions, the outbox, notices."""

from dataclasses import replace
from datetime import timedelta

import pytest
from store_samples import NOON, document

from feedsvc.model import MAIN_FEED, Delivery, FeedName, Format, HubCounts, Intent, Mode
from feedsvc.store import Store

LATER = NOON + timedelta(minutes=1)


def intent(number: int = 1, mode: Mode = Mode.SUBSCRIBE, **changes: object) -> Intent:
    plain = Intent(
        mode, MAIN_FEED, Format.RSS, f"https://r{number}.example.org/", f"r{number}.example.org", 3_600, f"s{number}"
    )
    return replace(plain, **changes)


def subscribe(store: Store, *intents: Intent) -> None:
    with store.begin() as tx:
        for each in intents:
            tx.hub.ask(each, NOON)
        for each in tx.hub.claim_intents(NOON, until=NOON, limit=100):
            tx.hub.confirm(each, NOON)


def claimed(store: Store, now=NOON, limit: int = 100, but: tuple[str, ...] = ()) -> tuple[Delivery, ...]:
    with store.begin() as tx:
        return tx.hub.claim_deliveries(now, until=now + timedelta(minutes=1), limit=limit, but=but)


def counts(store: Store, now=NOON) -> HubCounts:
    with store.read() as tx:
        return tx.hub.counts(now)


def test_an_intent_comes_back_as_it_was_and_is_claimed_once(store):
    with store.begin() as tx:
        tx.hub.ask(intent(), NOON)
        [found] = tx.hub.claim_intents(NOON, until=LATER, limit=10)
        assert replace(found, id=0) == intent()
        assert tx.hub.claim_intents(NOON, until=LATER, limit=10) == ()
        assert tx.hub.claim_intents(LATER, until=LATER, limit=10) == (found,)


def test_a_newer_intent_takes_the_place_of_the_older_one_even_while_that_is_claimed(store):
    with store.begin() as tx:
        tx.hub.ask(intent(), NOON)
        [older] = tx.hub.claim_intents(NOON, until=LATER, limit=10)
        tx.hub.ask(intent(mode=Mode.UNSUBSCRIBE), NOON)
        tx.hub.confirm(older, NOON)
        assert (tx.hub.intents(), tx.hub.counts(NOON).subscriptions) == (1, 0)


def test_a_postponed_intent_is_one_attempt_further_on(store):
    with store.begin() as tx:
        tx.hub.ask(intent(), NOON)
        [found] = tx.hub.claim_intents(NOON, until=NOON, limit=10)
        tx.hub.postpone_intent(found, LATER)
        assert tx.hub.claim_intents(NOON, until=LATER, limit=10) == ()
        [again] = tx.hub.claim_intents(LATER, until=LATER, limit=10)
        assert again.attempts == 1


def test_a_renewal_is_the_same_subscription_with_a_new_lease_and_secret(store):
    subscribe(store, intent())
    with store.begin() as tx:
        tx.hub.ask(intent(secret="new", lease_s=7_200), LATER)
        [renewal] = tx.hub.claim_intents(LATER, until=LATER, limit=10)
        tx.hub.confirm(renewal, LATER)
        tx.documents.put([document()])
    [delivery] = claimed(store)
    assert (delivery.subscription.secret, delivery.subscription.expires) == ("new", LATER + timedelta(hours=2))


def test_storing_a_changed_document_owes_it_to_its_live_subscriptions_only(store):
    subscribe(store, intent(1), intent(2, feed=FeedName("other")), intent(3, format=Format.ATOM))
    subscribe(store, intent(4, lease_s=-1))
    with store.begin() as tx:
        tx.documents.put([document()])
        assert tx.hub.is_due(NOON)
    assert [each.subscription.host for each in claimed(store)] == ["r1.example.org"]


def test_what_is_rolled_back_is_owed_to_nobody(store):
    subscribe(store, intent())

    def put_and_fail() -> None:
        with store.begin() as tx:
            tx.documents.put([document()])
            raise KeyError

    with pytest.raises(KeyError):
        put_and_fail()
    assert counts(store).owed == 0


def test_the_same_bytes_under_other_settings_are_owed_to_nobody(store):
    with store.begin() as tx:
        tx.documents.put([document()])
    subscribe(store, intent())
    with store.begin() as tx:
        tx.documents.put([document(max_age_s=60, settings="s2", built_from=8)])
    assert counts(store).owed == 0


def test_a_claim_holds_for_its_time_and_passes_over_hosts(store):
    subscribe(store, intent(1), intent(2), intent(3))
    with store.begin() as tx:
        tx.documents.put([document()])
    assert {each.subscription.host for each in claimed(store, but=("r2.example.org",))} == {
        "r1.example.org",
        "r3.example.org",
    }
    assert [each.subscription.host for each in claimed(store)] == ["r2.example.org"]
    assert claimed(store) == ()
    assert len(claimed(store, LATER, limit=2)) == 2


def test_a_newer_document_while_one_is_under_way_is_due_when_that_is_settled(store):
    subscribe(store, intent())
    with store.begin() as tx:
        tx.documents.put([document()])
    [first] = claimed(store)
    with store.begin() as tx:
        tx.documents.put([document(body=b"<rss>2</rss>", etag="2")])
    assert claimed(store) == ()
    with store.begin() as tx:
        tx.hub.settle([first], NOON)
    [second] = claimed(store)
    assert second.publication > first.publication
    with store.begin() as tx:
        tx.hub.settle([second], NOON)
        assert not tx.hub.is_due(LATER)


def test_the_pauses_of_a_failing_callback_outlive_a_newer_document(store):
    subscribe(store, intent())
    with store.begin() as tx:
        tx.documents.put([document()])
    [first] = claimed(store)
    with store.begin() as tx:
        tx.hub.postpone(first, LATER)
        tx.documents.put([document(body=b"<rss>2</rss>", etag="2")])
    assert claimed(store) == ()
    [again] = claimed(store, LATER)
    assert again.attempts == 1


def test_what_was_claimed_and_not_tried_is_given_back(store):
    subscribe(store, intent())
    with store.begin() as tx:
        tx.hub.ask(intent(2), NOON)
        tx.documents.put([document()])
        intents = tx.hub.claim_intents(NOON, until=LATER, limit=10)
        deliveries = tx.hub.claim_deliveries(NOON, until=LATER, limit=10)
        tx.hub.release(intents, deliveries, NOON)
        assert tx.hub.claim_intents(NOON, until=LATER, limit=10) == intents
        assert tx.hub.claim_deliveries(NOON, until=LATER, limit=10) == deliveries


def test_the_end_of_a_subscription_is_the_end_of_what_it_was_owed(store):
    subscribe(store, intent(1), intent(2), intent(3))
    with store.begin() as tx:
        tx.documents.put([document()])
    first = claimed(store, limit=1)[0]
    with store.begin() as tx:
        tx.hub.end([first.subscription])
    assert (counts(store).subscriptions, counts(store).owed) == (2, 2)
    subscribe(store, replace(intent(2), mode=Mode.UNSUBSCRIBE))
    assert counts(store).owed == 1
    assert claimed(store, NOON + timedelta(hours=1)) == ()
    assert counts(store).owed == 0


def test_topics_are_what_somebody_is_subscribed_to(store):
    subscribe(store, intent(1), intent(2), intent(3, feed=FeedName("a"), format=Format.JSON))
    with store.read() as tx:
        assert tx.hub.topics(NOON) == ((FeedName("a"), Format.JSON), (MAIN_FEED, Format.RSS))
        assert tx.hub.topics(NOON + timedelta(hours=1)) == ()


def test_counts_only_grow(store):
    with store.begin() as tx:
        tx.hub.add_counts(delivered=3, failed=0, given_up=1)
        tx.hub.add_counts(delivered=2, ended=1)
    assert counts(store) == HubCounts(delivered=5, given_up=1, ended=1)


def test_notices_are_kept_by_hub_and_document(store):
    with store.begin() as tx:
        tx.hub.put_notice("https://a.example.org", MAIN_FEED, Format.RSS, None, 0, NOON)
        tx.hub.put_notice("https://a.example.org", MAIN_FEED, Format.RSS, "e1", 2, LATER)
        tx.hub.put_notice("https://b.example.org", MAIN_FEED, Format.RSS, "e2", 0, NOON)
        tx.hub.forget_notices(["https://a.example.org"])
    with store.read() as tx:
        assert tx.hub.notices("https://a.example.org") == {(MAIN_FEED, Format.RSS): ("e1", 2, LATER)}
        assert tx.hub.notices("https://b.example.org") == {}
