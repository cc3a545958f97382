"""``/hub`` as programs and people meet it, and how they find it."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from hubroom import BASE, CONFIG, TOPIC, Newsroom, Subscriber
from werkzeug.test import Client

from feedsvc import web


@pytest.fixture
def client(newsroom: Newsroom) -> Client:
    return Client(web.create(lambda: newsroom.service))


@pytest.fixture
def hubless(tmp_path: Path) -> Iterator[Newsroom]:
    room = Newsroom(tmp_path, CONFIG.replace("[hub]", "[hub]\nenabled = false"))
    yield room
    room.close()


def post(client: Client, **parameters: str):
    return client.post("/hub", data={f"hub.{name}": value for name, value in parameters.items()})


def test_a_subscription_goes_from_the_header_of_a_feed_to_its_delivery(
    newsroom: Newsroom, client: Client, reader: Subscriber
) -> None:
    """The whole way of a subscriber: discovery, 202, verification, delivery."""
    found = client.get("/feed.xml").headers["Link"]
    assert found == f'<{BASE}/hub>; rel="hub", <{TOPIC}>; rel="self"'

    taken = post(client, mode="subscribe", topic=TOPIC, callback=reader.url(), secret="ключ")
    assert (taken.status_code, taken.mimetype) == (202, "text/plain")
    assert reader.asked == []  # not on the thread of the request
    newsroom.service.hub.work()
    assert len(reader.verifications) == 1

    newsroom.put(2)
    newsroom.service.hub.work()
    [told] = reader.deliveries
    served = Client(web.create(lambda: newsroom.service)).get("/feed.xml")
    assert told.body == served.data
    assert told.headers["content-type"] == served.headers["Content-Type"]
    assert told.headers["link"] == served.headers["Link"]
    assert told.is_signed_with("ключ")


@pytest.mark.parametrize("path", ["/feed.xml", "/atom.xml", "/feed.json", "/feeds/politics.atom"])
def test_every_format_names_one_hub_and_itself_also_when_unchanged(client: Client, path: str) -> None:
    first = client.get(path)
    again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert first.headers["Link"] == again.headers["Link"] == f'<{BASE}/hub>; rel="hub", <{BASE}{path}>; rel="self"'


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        ({}, "hub.mode must be"),
        ({"mode": "subscribe", "callback": "http://127.0.0.2/"}, "hub.topic is missing"),
        ({"mode": "subscribe", "callback": "http://10.0.0.7/", "topic": TOPIC}, "hub.callback is no public address"),
        ({"mode": "subscribe", "callback": "https://r.example.org", "topic": f"{BASE}/feeds/secret.xml"}, "hub.topic"),
        ({"mode": "subscribe", "callback": "https://r.example.org", "topic": f"{BASE}/private/secret.xml"}, "hub.top"),
        ({"mode": "subscribe", "callback": "https://r.example.org", "topic": "https://e.example.org/"}, "hub.topic is"),
    ],
)
def test_what_cannot_be_had_is_refused_in_a_sentence(tmp_path: Path, parameters: dict[str, str], sentence: str) -> None:
    room = Newsroom(tmp_path, CONFIG.replace("127.0.0.1", "127.0.0.0/8"))
    refused = post(Client(web.create(lambda: room.service)), **parameters)
    assert (refused.status_code, refused.mimetype) == (400, "text/plain")
    assert refused.text.startswith(sentence)
    assert room.service.hub.counts().intents == 0
    room.close()


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"\xff=1", 400),
        (b"hub.mode=subscribe&hub.topic=%ff", 400),
        (b"x" * 20_000, 413),
        (b"&".join([b"a=b"] * 99), 400),
    ],
)
def test_a_body_that_is_no_form_is_refused(client: Client, body: bytes, status: int) -> None:
    assert client.post("/hub", data=body, content_type="application/x-www-form-urlencoded").status_code == status


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_whoever_looks_is_told_what_this_is(client: Client, method: str) -> None:
    shown = client.open("/hub", method=method, headers={"Accept": "text/html"})
    assert (shown.status_code, shown.headers["Allow"]) == (405, "POST")
    assert method == "HEAD" or "WebSub hub" in shown.text


def test_a_site_may_have_no_hub(hubless: Newsroom) -> None:
    client = Client(web.create(lambda: hubless.service))
    assert post(client, mode="subscribe", topic=TOPIC, callback="https://r.example.org").status_code == 404
    assert client.get("/hub").status_code == 404
    assert client.get("/feed.xml").headers["Link"] == f'<{TOPIC}>; rel="self"'
    assert b'rel="hub"' not in client.get("/feed.xml").data


def test_too_many_requests_that_wait_are_put_off(newsroom: Newsroom, client: Client, monkeypatch) -> None:
    monkeypatch.setattr("feedsvc.service.hub._INTENTS_MOST", 2)
    answers = [
        post(client, mode="subscribe", topic=TOPIC, callback=f"https://r.example.org/{number}") for number in range(3)
    ]
    assert [answer.status_code for answer in answers] == [202, 202, 503]
    assert answers[2].headers["Retry-After"] == "120"


def test_a_later_request_takes_the_place_of_one_that_still_waits(
    newsroom: Newsroom, client: Client, reader: Subscriber
) -> None:
    for mode in ("subscribe", "unsubscribe", "subscribe"):
        post(client, mode=mode, topic=TOPIC, callback=reader.url())
    newsroom.service.hub.work()
    assert [asked.query["hub.mode"] for asked in reader.verifications] == ["subscribe"]


def test_the_form_is_read_as_forms_are_sent(newsroom: Newsroom, client: Client, reader: Subscriber) -> None:
    body = urlencode({"hub.mode": "subscribe", "hub.topic": TOPIC, "hub.callback": reader.url("/c?a=1&b=2")})
    assert client.post("/hub", data=body, content_type="application/x-www-form-urlencoded").status_code == 202
    newsroom.service.hub.work()
    assert reader.verifications[0].query["b"] == "2"
