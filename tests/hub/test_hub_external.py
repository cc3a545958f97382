"""Other people's hubs are told of changes, and only of changes, until they have taken it."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from hubroom import BASE, CONFIG, Asked, Newsroom, Subscriber, subscriber

STATUS = [204]


@pytest.fixture
def other() -> Iterator[Subscriber]:
    STATUS[:] = [204]
    with subscriber(lambda asked: (STATUS[0], b"")) as one:
        yield one


@pytest.fixture
def room(tmp_path: Path, other: Subscriber) -> Iterator[Newsroom]:
    external = f'[outbound]\nallow = ["loopback"]\n\n[hub]\nexternal = ["{other.url("/")}"]'
    newsroom = Newsroom(tmp_path, CONFIG.replace("[hub]", external))
    newsroom.put(1)
    newsroom.clock.forward(seconds=2)
    newsroom.service.hub.tell()
    other.forget()
    yield newsroom
    newsroom.close()


def told(asked: Asked) -> dict[str, list[str]]:
    assert asked.headers["content-type"] == "application/x-www-form-urlencoded"
    return parse_qs(asked.body.decode())


def test_a_hub_is_told_of_each_changed_document_once_it_is_served(room: Newsroom, other: Subscriber) -> None:
    room.put(2)
    room.service.hub.tell()
    assert other.asked == []  # the workers may still serve the old bytes
    room.clock.forward(seconds=2)
    room.service.hub.tell()
    room.service.hub.tell()
    topics = sorted(f"{BASE}{path}" for path in ("/atom.xml", "/feed.json", "/feed.xml"))
    assert sorted(told(asked)["hub.url"][0] for asked in other.asked) == topics
    assert all(told(asked)["hub.mode"] == ["publish"] for asked in other.asked)
    assert all(told(asked)["hub.topic"] == told(asked)["hub.url"] for asked in other.asked)


def test_a_regeneration_that_changes_nothing_is_not_told(room: Newsroom, other: Subscriber) -> None:
    for feed in room.service.config.feeds:
        room.service.publish(feed.name)
    room.clock.forward(hours=1)
    assert room.service.hub.tell() == 0
    process = room.open()
    assert process.hub.tell() == 0
    process.close()
    assert other.asked == []


def test_a_hub_that_is_down_is_told_later(room: Newsroom, other: Subscriber) -> None:
    STATUS[0] = 503
    room.put(2)
    room.clock.forward(seconds=2)
    assert room.service.hub.tell() == 3
    assert room.service.hub.tell() == 0
    STATUS[0] = 202
    room.clock.forward(seconds=13)
    assert room.service.hub.tell() == 3
    room.clock.forward(days=1)
    assert room.service.hub.tell() == 0


def test_private_feeds_are_told_to_nobody(room: Newsroom, other: Subscriber) -> None:
    room.put(2, section="Politics")
    room.clock.forward(seconds=2)
    room.service.hub.tell()
    assert len(other.asked) == 6
    assert not any(b"secret" in asked.body for asked in other.asked)


def test_both_hubs_are_named_the_own_one_first(room: Newsroom, other: Subscriber) -> None:
    assert room.service.config.hubs == (f"{BASE}/hub", other.url("/"))
    body = room.document().body.decode()
    assert 0 < body.index(f'href="{BASE}/hub" rel="hub"') < body.index(f'href="{other.url("/")}" rel="hub"')
