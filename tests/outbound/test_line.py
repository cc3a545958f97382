"""Lines: many requests to addresses that strangers gave, on few connections, within all limits of the door."""

import gzip
import socket
import time
from collections.abc import Callable, Iterator, Sequence

import pytest
from site_under_test import CERTIFICATE, Asked, Site, answer

from feedsvc import __version__
from feedsvc.errors import FetchError
from feedsvc.outbound import Outbound

NAMES = {"news.example": ["127.0.0.1"], "other.example": ["127.0.0.1"], "inside.example": ["10.0.0.7"]}


def resolve(host: str, port: int) -> Sequence[str]:
    return NAMES.get(host, [host])


@pytest.fixture
def door() -> Iterator[Outbound]:
    outbound = Outbound(allow_strangers=["127.0.0.1"], resolve=resolve)
    yield outbound
    outbound.close()


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as one:
        yield one


def keeping(site: Site, peers: list[object], said: Callable[[socket.socket, Asked], None]) -> Callable[..., None]:
    """Answer every request of a connection, and note whose it is."""

    def handle(connection: socket.socket, asked: Asked | None) -> None:
        while asked:
            peers.append(connection.getpeername())
            said(connection, asked)
            asked = site._read(connection)
            if asked:
                site.asked.append(asked)

    return handle


def test_requests_to_one_host_share_a_connection(door: Outbound, site: Site) -> None:
    peers: list[object] = []
    site.pages["/a"] = keeping(site, peers, answer(b"taken", 202))
    with door.line(timeout_s=5) as send:
        replies = [send("POST", site.url("/a"), {"Content-Type": "text/plain"}, bytes([each])) for each in range(5)]
    assert [(reply.status, reply.body) for reply in replies] == [(202, b"taken")] * 5
    assert [asked.body for asked in site.asked] == [bytes([each]) for each in range(5)]
    assert len(set(peers)) == 1
    headers = site.asked[4].headers
    assert headers["user-agent"] == f"feedsvc/{__version__}"
    assert headers["content-length"] == "1"
    assert headers["host"] == f"127.0.0.1:{site.port}"


def test_another_host_is_another_connection(door: Outbound, site: Site) -> None:
    peers: list[object] = []
    site.pages["/a"] = keeping(site, peers, answer(status=204))
    with door.line(timeout_s=5) as send:
        for host in ("news.example", "other.example", "news.example"):
            send("POST", site.url("/a", host), {}, b"x")
    assert len(set(peers)) == 3


def test_a_connection_that_the_host_has_closed_is_replaced_before_the_request(door: Outbound, site: Site) -> None:
    site.pages["/a"] = answer(status=204)  # and closed
    with door.line(timeout_s=5) as send:
        for each in range(3):
            assert send("POST", site.url("/a"), {}, bytes([each])).status == 204
            time.sleep(0.05)
    assert [asked.body for asked in site.asked] == [b"\0", b"\1", b"\2"]


def test_a_request_is_never_sent_twice(door: Outbound, site: Site) -> None:
    """A host that breaks off without a word may have taken it: whether to try again is the sender's decision."""
    site.pages["/a"] = lambda connection, asked: None
    with door.line(timeout_s=5) as send, pytest.raises(FetchError) as failure:
        send("POST", site.url("/a"), {}, b"x")
    assert failure.value.failure == "refused"
    assert len(site.asked) == 1


def test_a_redirect_is_an_answer(door: Outbound, site: Site) -> None:
    site.pages["/a"] = answer(status=308, Location="http://127.0.0.1:1/")
    with door.line(timeout_s=5) as send:
        assert send("POST", site.url("/a"), {}, b"x").status == 308


def test_an_answer_is_cut_and_not_unpacked(door: Outbound, site: Site) -> None:
    bomb = gzip.compress(bytes(10_000_000))
    site.pages["/a"] = [answer(bomb, Content_Encoding="gzip"), answer(status=204)]
    with door.line(timeout_s=5) as send:
        assert send("GET", site.url("/a"), {}).body == bomb[:4096]
        assert send("GET", site.url("/a"), {}).status == 204


def test_a_drip_does_not_put_the_deadline_off(door: Outbound, site: Site) -> None:
    def drip(connection: socket.socket, asked: Asked) -> None:
        for byte in b"HTTP/1.1 200 OK\r\n" + 1000 * b"X: y\r\n":
            connection.sendall(bytes([byte]))
            time.sleep(0.05)

    site.pages["/a"] = drip
    begin = time.monotonic()
    with door.line(timeout_s=0.5) as send, pytest.raises(FetchError) as failure:
        send("GET", site.url("/a"), {})
    assert failure.value.failure == "timeout"
    assert time.monotonic() - begin < 3


def test_after_a_failure_the_line_goes_on(door: Outbound, site: Site) -> None:
    site.pages["/a"] = answer(status=204)
    with door.line(timeout_s=5) as send:
        for wrong in ("http://127.0.0.1:1/", "http://inside.example/", "nonsense"):
            with pytest.raises(FetchError):
                send("POST", wrong, {}, b"x")
        assert send("POST", site.url("/a"), {}, b"x").status == 204


@pytest.mark.parametrize("host", ["inside.example", "10.0.0.7", "127.0.0.2", "[::1]"])
def test_only_screened_addresses_are_connected_to(door: Outbound, site: Site, host: str) -> None:
    with door.line(timeout_s=5) as send, pytest.raises(FetchError) as failure:
        send("POST", site.url("/a", host), {}, b"x")
    assert failure.value.failure == "private_address"


def test_each_connection_is_screened_anew(site: Site) -> None:
    answers = [["127.0.0.1"], ["127.0.0.1", "10.0.0.7"]]
    door = Outbound(allow_strangers=["127.0.0.1"], resolve=lambda host, port: answers.pop(0))
    site.pages["/a"] = answer(status=204)
    with door.line(timeout_s=5) as send:
        send("POST", site.url("/a", "news.example"), {}, b"x")
        time.sleep(0.05)
        with pytest.raises(FetchError) as failure:
            send("POST", site.url("/a", "news.example"), {}, b"x")
    assert failure.value.failure == "private_address"
    door.close()


def test_the_certificate_must_be_that_of_the_name(door: Outbound, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    with Site(tls=True) as site, door.line(timeout_s=5) as send:
        site.pages["/a"] = answer(status=204)
        assert send("POST", site.url("/a", "news.example"), {}, b"x").status == 204
        with pytest.raises(FetchError) as failure:
            send("POST", site.url("/a", "other.example"), {}, b"x")
    assert failure.value.failure == "tls"


def test_no_proxy_is_asked_and_no_password_sent(door: Outbound, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    site.pages["/a"] = answer(status=204)
    with door.line(timeout_s=5) as send:
        send("POST", site.url("/a", "me:word@127.0.0.1"), {}, b"x")
    assert "authorization" not in site.asked[0].headers


def test_a_closed_door_sends_nothing(door: Outbound, site: Site) -> None:
    with door.line(timeout_s=5) as send:
        door.close()
        with pytest.raises(FetchError) as failure:
            send("POST", site.url("/a"), {}, b"x")
    assert failure.value.failure == "stopped"
    assert site.asked == []
