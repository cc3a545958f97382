"""What websub.rocks asks of hubs (tests 100 to 106) and of publishers, against real programs on loopback."""

import json
import re

import pytest
from hubroom import BASE, TOPIC, Asked, Newsroom, Subscriber, subscriber
from lxml import etree

from feedsvc.errors import HubRefused
from feedsvc.model import Entry, FeedName, Format


def test_a_subscriber_is_verified_and_gets_the_topic_as_it_is(newsroom: Newsroom, reader: Subscriber) -> None:
    """100: typical subscription request, no secret."""
    newsroom.ask(reader.url())
    [asked] = reader.verifications
    assert asked.query.keys() == {"hub.mode", "hub.topic", "hub.challenge", "hub.lease_seconds"}
    assert (asked.query["hub.mode"], asked.query["hub.topic"]) == ("subscribe", TOPIC)
    assert asked.query["hub.lease_seconds"] == "864000"
    assert len(asked.query["hub.challenge"]) >= 32

    newsroom.put(2)
    newsroom.service.hub.work()
    [told] = reader.deliveries
    assert told.body == newsroom.document().body
    assert b"Headline 2" in told.body
    assert told.headers["content-type"] == "application/rss+xml; charset=utf-8"
    assert told.headers["link"] == f'<{BASE}/hub>; rel="hub", <{TOPIC}>; rel="self"'
    assert "x-hub-signature" not in told.headers
    newsroom.service.hub.work()
    assert len(reader.deliveries) == 1


def test_a_delivery_is_signed_with_the_secret(newsroom: Newsroom, reader: Subscriber) -> None:
    """101: subscription request with a secret."""
    secret = "s" * 199
    newsroom.ask(reader.url(), secret=secret)
    newsroom.put(2)
    newsroom.service.hub.work()
    [told] = reader.deliveries
    assert told.is_signed_with(secret)


def test_parameters_that_the_hub_does_not_know_are_ignored(newsroom: Newsroom, reader: Subscriber) -> None:
    """102: subscription request with additional parameters."""
    newsroom.ask(reader.url(), foo="bar", verify="async")
    assert newsroom.service.hub.counts().subscriptions == 1


def test_a_renewal_takes_the_place_of_the_subscription(newsroom: Newsroom, reader: Subscriber) -> None:
    """103: subscriber re-subscribes before the subscription expires: one notification, signed with the new secret."""
    newsroom.ask(reader.url(), secret="old", lease_seconds="3600")
    newsroom.clock.forward(minutes=30)
    newsroom.ask(reader.url(), secret="new", lease_seconds="7200")
    newsroom.clock.forward(minutes=90)
    newsroom.put(2)
    newsroom.service.hub.work()
    [told] = reader.deliveries
    assert told.is_signed_with("new")


def test_an_unsubscribed_callback_is_told_nothing(newsroom: Newsroom, reader: Subscriber) -> None:
    """104: unsubscription request, verified as well."""
    newsroom.ask(reader.url())
    newsroom.ask(reader.url(), mode="unsubscribe")
    asked = reader.verifications[1]
    assert asked.query.keys() == {"hub.mode", "hub.topic", "hub.challenge"}
    assert asked.query["hub.mode"] == "unsubscribe"
    newsroom.put(2)
    newsroom.service.hub.work()
    assert reader.deliveries == []


@pytest.mark.parametrize(
    ("topic", "format_", "content_type"),
    [
        (f"{BASE}/atom.xml", Format.ATOM, "application/atom+xml; charset=utf-8"),
        (f"{BASE}/feed.json", Format.JSON, "application/feed+json; charset=utf-8"),
    ],
)
def test_each_format_is_delivered_as_what_it_is(
    newsroom: Newsroom, reader: Subscriber, topic: str, format_: Format, content_type: str
) -> None:
    """105 and 106: other types of content."""
    newsroom.ask(reader.url(), topic)
    newsroom.put(2)
    newsroom.service.hub.work()
    [told] = reader.deliveries
    assert told.body == newsroom.document(format_).body
    assert told.headers["content-type"] == content_type


def test_the_hub_is_discovered_in_the_body_of_every_format(newsroom: Newsroom) -> None:
    """The publisher's flow; the header is looked at with the web."""
    for feed in ("main", "politics"):
        for format_ in (Format.RSS, Format.ATOM):
            links = etree.fromstring(newsroom.document(format_, feed).body).iter("{http://www.w3.org/2005/Atom}link")
            found = [(link.get("rel"), link.get("href")) for link in links]
            assert [href for rel, href in found if rel == "hub"] == [f"{BASE}/hub"]
            assert len([href for rel, href in found if rel == "self"]) == 1
        said = json.loads(newsroom.document(Format.JSON, feed).body)
        assert said["hubs"] == [{"type": "WebSub", "url": f"{BASE}/hub"}]
    assert b'rel="hub"' not in newsroom.document(Format.RSS, "secret").body  # not for everybody


def test_a_callback_keeps_its_own_query(newsroom: Newsroom, reader: Subscriber) -> None:
    newsroom.ask(reader.url("/callback?feed=7&empty="))
    [asked] = reader.verifications
    assert (asked.query["feed"], asked.query["empty"]) == ("7", "")
    newsroom.put(2)
    newsroom.service.hub.work()
    assert reader.deliveries[0].query == {"feed": "7", "empty": ""}


@pytest.mark.parametrize(
    "answer",
    [
        lambda asked: (200, b"something else"),
        lambda asked: (200, b""),
        lambda asked: (200, asked.query["hub.challenge"].encode() + b"\n"),
        lambda asked: (404, asked.query["hub.challenge"].encode()),
        lambda asked: (302, asked.query["hub.challenge"].encode(), {"Location": "/elsewhere"}),
    ],
)
def test_whoever_does_not_give_the_challenge_back_is_not_subscribed(newsroom: Newsroom, answer) -> None:
    with subscriber(answer) as reader:
        newsroom.ask(reader.url())
        newsroom.clock.forward(days=1)
        newsroom.service.hub.work()
        assert len(reader.asked) == 1
    counts = newsroom.service.hub.counts()
    assert (counts.subscriptions, counts.intents) == (0, 0)


def test_a_callback_that_is_away_for_a_moment_is_asked_again(newsroom: Newsroom) -> None:
    down = [True]

    def answer(asked: Asked) -> tuple[int, bytes]:
        return (503, b"") if down.pop() else (200, asked.query["hub.challenge"].encode())

    with subscriber(answer) as reader:
        newsroom.ask(reader.url())
        assert newsroom.service.hub.counts().intents == 1
        down.append(False)
        newsroom.clock.forward(seconds=15)
        newsroom.service.hub.work()
    assert newsroom.service.hub.counts().subscriptions == 1


def test_an_expired_subscription_is_told_nothing_and_forgotten(newsroom: Newsroom, reader: Subscriber) -> None:
    newsroom.ask(reader.url(), lease_seconds="3600")
    newsroom.put(2)
    newsroom.clock.forward(seconds=3601)
    newsroom.service.hub.work()
    newsroom.put(3)
    newsroom.service.hub.work()
    assert reader.deliveries == []
    counts = newsroom.service.hub.counts()
    assert (counts.subscriptions, counts.owed) == (0, 0)


def test_only_changed_documents_are_delivered(newsroom: Newsroom, reader: Subscriber) -> None:
    newsroom.ask(reader.url())
    newsroom.ask(reader.url("/politics"), f"{BASE}/feeds/politics.xml")
    newsroom.put(1)
    newsroom.service.hub.work()
    assert reader.deliveries == []
    newsroom.put(2)
    newsroom.service.hub.work()
    assert [told.path for told in reader.deliveries] == ["/callback"]


def test_a_feed_that_is_for_everybody_no_more_is_denied_and_not_delivered(
    newsroom: Newsroom, reader: Subscriber
) -> None:
    topic = f"{BASE}/feeds/politics.xml"
    newsroom.ask(reader.url(), topic)
    newsroom.put(2, section="Politics")
    form = {"hub.mode": ["subscribe"], "hub.callback": [reader.url("/late")], "hub.topic": [topic]}
    newsroom.service.hub.ask(form)
    newsroom.file.write_text(newsroom.file.read_text().replace('title = "Politics"', 'title = "P"\naccess = "token"'))
    reader.forget()
    process = newsroom.open()
    process.hub.work()
    process.close()
    [denied] = reader.asked
    assert (denied.path, denied.query["hub.mode"]) == ("/late", "denied")
    assert re.fullmatch(r"[a-z ]+", denied.query["hub.reason"])


def test_a_feed_that_nobody_has_configured_can_be_subscribed_to(newsroom: Newsroom, reader: Subscriber) -> None:
    newsroom.put(1, section="Harbour")
    topic = f"{BASE}/feeds/section-harbour.atom"
    newsroom.ask(reader.url(), topic)
    newsroom.service.desk.add(Entry("Ferry back in service", section="Harbour"))
    newsroom.service.desk.add(Entry("Council meets", section="Town"))
    newsroom.service.hub.work()
    [told] = reader.deliveries
    assert b"Ferry back" in told.body
    served = newsroom.service.public.document(FeedName("section-harbour"), Format.ATOM)
    assert served is not None
    assert told.body == served.body
    assert told.headers["link"] == f'<{BASE}/hub>; rel="hub", <{topic}>; rel="self"'


@pytest.mark.parametrize(
    "path",
    ["/feeds/section-nowhere.xml", "/feeds/search.xml?q=harbour", "/feeds/main/archive/0.xml", "/feeds/main.xml"],
)
def test_what_is_no_topic_cannot_be_subscribed_to(newsroom: Newsroom, reader: Subscriber, path: str) -> None:
    newsroom.put(1, title="Harbour")
    with pytest.raises(HubRefused):
        newsroom.ask(reader.url(), BASE + path)
