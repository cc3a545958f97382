"""Callbacks of strangers reach nothing that is not public: whatever they are called, and whenever they are resolved."""

from pathlib import Path

import pytest
from hubroom import CONFIG, Newsroom, Subscriber

from feedsvc.config import load
from feedsvc.outbound import Outbound
from feedsvc.service import Service
from feedsvc.store import Store


class Names:
    """A name service that an attacker keeps: what a name leads to changes from one question to the next."""

    def __init__(self, *addresses: str) -> None:
        self._addresses = list(addresses)

    def __call__(self, host: str, port: int) -> list[str]:
        return [self._addresses.pop(0) if len(self._addresses) > 1 else self._addresses[0]]


def open_service(newsroom: Newsroom, names: Names) -> Service:
    config = load(newsroom.file)
    # What [hub] allow opens is one address, as a test needs one; the others stay closed.
    outbound = Outbound(allow_strangers=config.hub.allow, allow=["loopback"], resolve=names)
    return Service(config, Store.open(config.store.url), outbound=outbound, clock=newsroom.clock)


@pytest.mark.parametrize("address", ["127.0.0.2", "10.1.2.3", "169.254.169.254", "::1", "::ffff:10.0.0.1", "fe80::1"])
def test_a_name_that_leads_to_a_private_address_is_not_asked(
    newsroom: Newsroom, reader: Subscriber, address: str
) -> None:
    service = open_service(newsroom, Names(address))
    callback = reader.url().replace("127.0.0.1", "reader.example.org")
    service.hub.ask(
        {"hub.mode": ["subscribe"], "hub.callback": [callback], "hub.topic": ["https://news.example.org/feed.xml"]}
    )
    service.hub.work()
    service.close()
    assert reader.asked == []
    counts = newsroom.service.hub.counts()
    assert (counts.intents, counts.subscriptions) == (0, 0)


def test_a_name_is_looked_at_again_for_each_delivery(newsroom: Newsroom, reader: Subscriber) -> None:
    """A name that led to a public server when it subscribed may lead into the network later."""
    service = open_service(newsroom, Names("127.0.0.1", "10.0.0.7"))
    callback = reader.url().replace("127.0.0.1", "reader.example.org")
    service.hub.ask(
        {"hub.mode": ["subscribe"], "hub.callback": [callback], "hub.topic": ["https://news.example.org/feed.xml"]}
    )
    service.hub.work()
    assert newsroom.service.hub.counts().subscriptions == 1
    newsroom.put(2)
    service.hub.work()
    service.close()
    assert reader.deliveries == []
    counts = newsroom.service.hub.counts()
    assert (counts.failed, counts.delivered) == (1, 0)


def test_what_is_open_to_sources_is_not_open_to_callbacks(tmp_path: Path, reader: Subscriber) -> None:
    config = CONFIG.replace('allow = ["127.0.0.1"]', "").replace("[hub]", '[outbound]\nallow = ["loopback"]\n\n[hub]')
    room = Newsroom(tmp_path, config)
    room.ask(reader.url().replace("127.0.0.1", "localhost"))
    assert reader.asked == []
    room.close()
