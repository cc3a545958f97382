"""The door out, against servers that are slow, broken, hostile or merely busy."""

import contextlib
import gzip
import itertools
import socket
import struct
import subprocess
import sys
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

import brotli
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st
from site_under_test import CERTIFICATE, Asked, Handler, Site, answer

from feedsvc import __version__
from feedsvc.errors import FetchError, RetrievalError
from feedsvc.outbound import Fetched, Outbound, Posted
from feedsvc.outbound import robots as robots_txt
from feedsvc.outbound.coding import Undecodable, decoded
from feedsvc.outbound.proxy import Proxies
from feedsvc.outbound.screening import Screen, is_public

NOW = datetime(2025, 3, 1, 12, 0, tzinfo=UTC)
ADDRESSES = {"news.example": ["127.0.0.1"], "other.example": ["127.0.0.1"], "inside.example": ["10.0.0.7"]}


def resolve(host: str, port: int) -> Sequence[str]:
    if host in ADDRESSES:
        return ADDRESSES[host]
    return [str(where[0]) for *_, where in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def door() -> Iterator[Callable[..., Outbound]]:
    with contextlib.ExitStack() as ends:

        def opened(**settings: object) -> Outbound:
            defaults: dict[str, object] = {
                "allow": ["loopback"],
                "delay_s": 0,
                "backoff_s": 0.01,
                "timeout_s": 10,
                "resolve": resolve,
                "now": lambda: NOW,
            }
            made = Outbound(**(defaults | settings))  # type: ignore[arg-type]
            ends.callback(made.close)
            return made

        yield opened


def failure(outbound: Outbound, url: str, **how: object) -> FetchError:
    with pytest.raises(FetchError) as raised:
        outbound.fetch(url, **({"robots": False} | how))  # type: ignore[arg-type]
    return raised.value


def raw(sent: bytes) -> Handler:
    """Return a handler that sends exactly these bytes and closes."""
    return lambda connection, _: connection.sendall(sent)


def dripping(head: bytes, drop: bytes, every_s: float = 0.02) -> Handler:
    def handle(connection: socket.socket, _: Asked) -> None:
        connection.sendall(head)
        while True:
            connection.sendall(drop)
            time.sleep(every_s)

    return handle


def reset(connection: socket.socket, _: Asked) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


@contextlib.contextmanager
def speaking(first: bytes, drop: bytes = b"") -> Iterator[str]:
    """Listen where TLS is expected, and say this, then drop by drop that; yield the address."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def speak() -> None:
            connection, _ = listener.accept()
            with connection, contextlib.suppress(OSError):
                connection.sendall(first)
                while drop:
                    connection.sendall(drop)
                    time.sleep(0.02)
                connection.recv(65536)

        thread = threading.Thread(target=speak)
        thread.start()
        yield f"https://127.0.0.1:{listener.getsockname()[1]}/"
        thread.join(5)


# --- what is fetched --------------------------------------------------------------------------------------------------


def test_a_page_comes_with_what_its_header_says(door: Callable[..., Outbound]) -> None:
    page = answer(
        "Новости".encode("cp1251"),
        Content_Type='Text/HTML; Charset="Windows-1251"',
        ETag='W/"1"',
        Last_Modified="Sat, 01 Mar 2025 10:00:00 GMT",
    )
    with Site({"/news?page=1": page}) as site:
        assert door().fetch(site.url("/news?page=1#top")) == Fetched(
            url=site.url("/news?page=1"),
            status="modified",
            body="Новости".encode("cp1251"),
            media_type="text/html",
            charset="windows-1251",
            etag='W/"1"',
            last_modified="Sat, 01 Mar 2025 10:00:00 GMT",
            retrieved_at=NOW,
        )


def test_a_page_without_headers_promises_nothing(door: Callable[..., Outbound]) -> None:
    with Site({"/": raw(b"HTTP/1.0 200 OK\r\n\r\nnews")}) as site:
        fetched = door().fetch(site.url())
    assert (fetched.body, fetched.media_type, fetched.charset) == (b"news", "application/octet-stream", None)
    assert (fetched.etag, fetched.last_modified) == (None, None)


def test_a_charset_may_change_from_one_fetch_to_the_next(door: Callable[..., Outbound]) -> None:
    pages: list[Handler] = [
        answer(b"a", Content_Type="text/html; charset=utf-8"),
        answer(b"b", Content_Type="text/html; charset=windows-1254"),
        answer(b"c", Content_Type="text/html"),
    ]
    with Site({"/": pages}) as site:
        outbound = door()
        assert [outbound.fetch(site.url()).charset for _ in range(3)] == ["utf-8", "windows-1254", None]


def test_a_request_says_who_asks_and_for_what(door: Callable[..., Outbound]) -> None:
    with Site({"/": answer(b"news")}) as site:
        door(contact="mailto:desk@example.org").fetch(site.url(), accept="text/html", robots=False)
    [asked] = site.asked
    assert asked.headers == {
        "host": f"127.0.0.1:{site.port}",
        "connection": "close",
        "accept": "text/html",
        "user-agent": f"feedsvc/{__version__} (+mailto:desk@example.org)",
        "accept-encoding": "gzip, br, zstd",
    }


def test_validators_are_sent_and_an_unchanged_page_keeps_them(door: Callable[..., Outbound]) -> None:
    with Site({"/": answer(status=304)}) as site:
        fetched = door().fetch(site.url(), etag='"1"', last_modified="Sat, 01 Mar 2025 10:00:00 GMT", robots=False)
    assert (fetched.status, fetched.body, fetched.etag, fetched.last_modified) == (
        "unchanged",
        b"",
        '"1"',
        "Sat, 01 Mar 2025 10:00:00 GMT",
    )
    assert site.asked[0].headers["if-none-match"] == '"1"'
    assert site.asked[0].headers["if-modified-since"] == "Sat, 01 Mar 2025 10:00:00 GMT"


def test_a_changed_page_forgets_validators_that_it_no_longer_has(door: Callable[..., Outbound]) -> None:
    with Site({"/": answer(b"new")}) as site:
        fetched = door().fetch(site.url(), etag='"1"', last_modified="Sat, 01 Mar 2025 10:00:00 GMT")
    assert (fetched.status, fetched.etag, fetched.last_modified) == ("modified", None, None)


def test_not_modified_is_a_failure_when_nothing_was_known(door: Callable[..., Outbound]) -> None:
    with Site({"/": answer(status=304)}) as site:
        assert failure(door(), site.url()).failure == "status_304"


@pytest.mark.parametrize("url", ["ftp://example.org/", "news", "http://", "http://example.org:99999/", "http://①.org/"])
def test_only_addresses_of_the_web_are_asked(door: Callable[..., Outbound], url: str) -> None:
    assert failure(door(), url).failure == "bad_address"


def test_a_failure_is_a_retrieval_error_that_names_the_address_and_no_password(door: Callable[..., Outbound]) -> None:
    with Site() as site:
        error = failure(door(), f"http://editor:s3cret@127.0.0.1:{site.port}/news")
    assert isinstance(error, RetrievalError)
    assert error.failure == "status_404"
    assert str(error) == f"http://127.0.0.1:{site.port}/news: answers 404 Not Found"
    assert "s3cret" not in str(failure(door(), "ftp://editor:s3cret@example.org/"))


# --- which addresses --------------------------------------------------------------------------------------------------

PRIVATE = [
    "0.0.0.0",
    "10.1.2.3",
    "100.64.0.1",
    "100.100.100.200",
    "127.0.0.1",
    "127.8.9.1",
    "169.254.169.254",
    "172.16.0.1",
    "192.0.0.8",
    "192.0.0.192",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "168.63.129.16",
    "224.0.0.1",
    "239.1.1.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::7f00:1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:0:10.0.0.1",
    "64:ff9b::10.0.0.1",
    "64:ff9b::169.254.169.254",
    "64:ff9b:1::8.8.8.8",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "2002:808:808::",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%1",
    "fec0::1",
    "ff02::1",
    "ff0e::1",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_that_is_not_public_is_never_admitted(address: str) -> None:
    assert not is_public(ip_address(address))
    assert not Screen().admits("news.example", address)


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "93.184.215.14", "2606:4700::1111", "64:ff9b::8.8.8.8", "::ffff:8.8.8.8"]
)
def test_a_public_address_is_admitted(address: str) -> None:
    assert Screen().admits("news.example", address)


@pytest.mark.parametrize(
    ("allow", "address", "admitted"),
    [
        ("loopback", "127.0.0.1", True),
        ("loopback", "::1", True),
        ("loopback", "::ffff:127.0.0.1", True),
        ("loopback", "10.0.0.7", False),
        ("10.0.0.0/8", "10.0.0.7", True),
        ("10.0.0.1/8", "10.0.0.7", True),
        ("10.0.0.7", "10.0.0.7", True),
        ("10.0.0.7", "10.0.0.8", False),
        ("[fd00::1]", "fd00::1", True),
        ("Inside.Example.", "10.0.0.7", True),
        ("example", "10.0.0.7", False),
    ],
)
def test_an_admin_lets_through_names_addresses_and_networks(allow: str, address: str, admitted: bool) -> None:
    assert Screen([allow]).admits("inside.example", address) is admitted


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "127.1", "[::ffff:127.0.0.1]", "0"])
def test_this_machine_is_not_asked_however_it_is_spelt(door: Callable[..., Outbound], host: str) -> None:
    with Site({"/": answer(b"secret")}) as site:
        outbound = door(allow=[])
        assert failure(outbound, f"http://{host}:{site.port}/").failure == "private_address"
        assert failure(outbound, f"http://{host}:{site.port}/", robots=True).failure == "private_address"
    assert site.asked == []


def test_one_private_address_among_several_speaks_against_the_name(door: Callable[..., Outbound]) -> None:
    error = failure(door(allow=[], resolve=lambda *_: ["8.8.8.8", "10.0.0.7"]), "http://mixed.example/")
    assert (error.failure, error.reason) == (
        "private_address",
        (
            "mixed.example leads to 10.0.0.7, which is no public address, nor one that `allow` names in config.toml; "
            "nothing was asked there"
        ),
    )


def test_the_connection_goes_to_the_address_that_was_screened(door: Callable[..., Outbound]) -> None:
    """The name is resolved once, so that a second answer (DNS rebinding) is never asked for."""
    calls: list[str] = []

    def once(host: str, _: int) -> Sequence[str]:
        calls.append(host)
        return ["127.0.0.1"] if len(calls) == 1 else ["10.0.0.7"]

    with Site({"/": answer(b"news")}) as site:
        assert door(resolve=once).fetch(site.url(host="rebinding.invalid"), robots=False).body == b"news"
    assert calls == ["rebinding.invalid"]
    assert site.asked[0].headers["host"] == f"rebinding.invalid:{site.port}"


def test_every_hop_is_screened_anew_even_on_the_same_host(door: Callable[..., Outbound]) -> None:
    answers = iter([["127.0.0.1"], ["10.0.0.7"]])
    with Site({"/": answer(status=302, Location="/next"), "/next": answer(b"secret")}) as site:
        error = failure(door(resolve=lambda *_: next(answers)), site.url(host="rebinding.invalid"))
    assert (error.failure, error.origin) == ("private_address", site.url("/next", host="rebinding.invalid"))
    assert site.targets == ["/"]


@pytest.mark.parametrize(
    "to", ["http://127.0.0.2/", "http://169.254.169.254/latest/", "//inside.example/", "http://[::1]/"]
)
def test_a_redirect_to_a_private_address_is_not_followed(door: Callable[..., Outbound], to: str) -> None:
    with Site({"/": answer(status=302, Location=to)}) as site:
        assert failure(door(allow=["127.0.0.1"]), site.url()).failure == "private_address"


def test_what_strangers_gave_needs_its_own_permission(door: Callable[..., Outbound]) -> None:
    with Site({"/": answer(b"news")}) as site:
        assert failure(door(allow=["loopback"]), site.url(), strict=True).failure == "private_address"
        with pytest.raises(FetchError, match="no public address"):
            door(allow=["loopback"]).post(site.url(), b"", {}, strict=True)
        assert site.asked == []
        assert door(allow_strangers=["loopback"]).fetch(site.url(), robots=False, strict=True).body == b"news"


# --- names and certificates -------------------------------------------------------------------------------------------


def test_a_name_that_is_unknown_is_told_apart(door: Callable[..., Outbound]) -> None:
    def unknown(*_: object) -> Sequence[str]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    error = failure(door(resolve=unknown), "http://news.invalid/")
    assert (error.failure, error.reason) == ("dns", "the name news.invalid is not known: Name or service not known")


@pytest.mark.parametrize("host", ["a..b", f"{'x' * 64}.example", "nobody.invalid"])
def test_a_name_that_the_system_cannot_resolve_is_told_apart(door: Callable[..., Outbound], host: str) -> None:
    assert failure(door(resolve=None), f"http://{host}/").failure == "dns"


def test_names_are_resolved_as_the_system_does(door: Callable[..., Outbound]) -> None:
    with Site({"/": answer(b"news")}) as site:
        assert door(resolve=None).fetch(site.url(host="localhost"), robots=False).body == b"news"


def test_a_name_server_that_does_not_answer_uses_up_the_time(door: Callable[..., Outbound]) -> None:
    end = threading.Event()

    def silent(*_: object) -> Sequence[str]:
        end.wait(10)
        return []

    began = time.monotonic()
    assert failure(door(resolve=silent, timeout_s=0.2), "http://news.invalid/").failure == "timeout"
    assert time.monotonic() - began < 3
    end.set()


def test_a_name_server_that_stumbles_is_asked_again(door: Callable[..., Outbound]) -> None:
    calls: list[str] = []

    def stumbling(host: str, _: int) -> Sequence[str]:
        calls.append(host)
        if len(calls) == 1:
            raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
        return ["127.0.0.1"]

    with Site({"/": answer(b"news")}) as site:
        assert door(resolve=stumbling).fetch(site.url(host="news.invalid"), robots=False).body == b"news"


def test_the_next_address_is_tried_when_one_is_dead(door: Callable[..., Outbound]) -> None:
    with Site({"/": answer(b"news")}) as site:
        outbound = door(resolve=lambda *_: ["::1", "127.0.0.1"])
        assert outbound.fetch(site.url(host="two.invalid"), robots=False).body == b"news"


def test_a_certificate_is_held_against_the_name_and_not_the_address(
    door: Callable[..., Outbound], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    with Site({"/": answer(b"news")}, tls=True) as site:
        assert door().fetch(site.url(host="news.example"), robots=False).body == b"news"
        error = failure(door(), site.url(host="other.example"))
    assert error.failure == "tls"
    assert "Hostname mismatch" in error.reason


def test_a_certificate_that_nobody_vouches_for_is_refused_once(door: Callable[..., Outbound]) -> None:
    with Site({"/": answer(b"news")}, tls=True) as site:
        error = failure(door(), site.url(host="news.example"))
    assert (error.failure, site.asked) == ("tls", [])


def test_a_server_that_speaks_no_tls_is_told_apart(door: Callable[..., Outbound]) -> None:
    with speaking(b"HTTP/1.1 400 Bad Request\r\n\r\n") as url:
        assert failure(door(), url).failure == "tls"


# --- redirects --------------------------------------------------------------------------------------------------------


def test_redirects_are_followed_to_the_final_address(door: Callable[..., Outbound]) -> None:
    steps = {
        "/a": answer(status=301, Location="b?x=1"),
        "/b?x=1": answer(status=302, Location="//news.example:{port}/c"),
    }
    with Site(dict(steps)) as site:
        site.pages["/b?x=1"] = answer(status=302, Location=f"//news.example:{site.port}/c")
        site.pages["/c"] = answer(b"news")
        fetched = door().fetch(site.url("/a"), etag='"1"', robots=False)
    assert (fetched.url, fetched.body) == (site.url("/c", host="news.example"), b"news")
    assert [each.headers["if-none-match"] for each in site.asked] == ['"1"'] * 3


def test_a_circle_of_redirects_is_named(door: Callable[..., Outbound]) -> None:
    with Site({"/a": answer(status=302, Location="/b"), "/b": answer(status=302, Location="/a#again")}) as site:
        error = failure(door(), site.url("/a"))
    assert (error.failure, error.reason) == ("redirects", f"leads in a circle, back to {site.url('/a')}")
    assert site.targets == ["/a", "/b"]


def test_redirects_without_end_are_followed_ten_times(door: Callable[..., Outbound]) -> None:
    pages: dict[str, Handler | list[Handler]] = {
        f"/{number}": answer(status=302, Location=f"/{number + 1}") for number in range(20)
    }
    with Site(pages) as site:
        error = failure(door(), site.url("/0"))
    assert (error.failure, error.origin, len(site.asked)) == ("redirects", site.url("/0"), 11)


def test_ten_redirects_are_still_followed(door: Callable[..., Outbound]) -> None:
    pages: dict[str, Handler | list[Handler]] = {
        f"/{number}": answer(status=302, Location=f"/{number + 1}") for number in range(10)
    }
    with Site(pages | {"/10": answer(b"news")}) as site:
        assert door().fetch(site.url("/0"), robots=False).body == b"news"


@pytest.mark.parametrize(
    ("location", "expected"),
    [("", "bad_response"), ("ftp://example.org/", "bad_address"), ("http://x:99999/", "bad_address")],
)
def test_a_redirect_to_nowhere_is_a_failure(door: Callable[..., Outbound], location: str, expected: str) -> None:
    with Site({"/": answer(status=302, Location=location)}) as site:
        error = failure(door(), site.url())
    assert (error.failure, error.origin) == (expected, site.url())
    assert location in error.reason


def test_a_safe_connection_is_not_given_up(door: Callable[..., Outbound], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    with Site({"/": answer(b"forged")}) as plain, Site(tls=True) as safe:
        safe.pages["/"] = answer(status=301, Location=plain.url(host="news.example"))
        error = failure(door(), safe.url(host="news.example"))
    assert (error.failure, plain.asked) == ("redirects", [])


def test_a_password_goes_to_its_own_host_only(door: Callable[..., Outbound]) -> None:
    with Site({"/there": answer(b"news")}) as other, Site({"/a": answer(status=302, Location="/b")}) as site:
        site.pages["/b"] = answer(status=302, Location=other.url("/there", host="other.example"))
        fetched = door().fetch(f"http://editor:p%40ss@news.example:{site.port}/a", robots=False)
    assert [each.headers.get("authorization") for each in site.asked] == ["Basic ZWRpdG9yOnBAc3M="] * 2
    assert "authorization" not in other.asked[0].headers
    assert fetched.url == other.url("/there", host="other.example")


# --- limits -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "page",
    [
        dripping(b"", b"H"),
        dripping(b"HTTP/1.1 200 OK\r\n", b"X-Slow: 1\r\n"),
        dripping(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", b"x"),
        dripping(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
        dripping(b"", b"HTTP/1.1 103 Early Hints\r\n\r\n"),
        lambda _, __: time.sleep(0.6),
    ],
    ids=["status", "headers", "body", "chunks", "hints", "silence"],
)
def test_a_slow_server_gets_so_much_time_and_no_more(door: Callable[..., Outbound], page: Handler) -> None:
    with Site({"/": page}) as site:
        began = time.monotonic()
        error = failure(door(timeout_s=0.4), site.url())
        took_s = time.monotonic() - began
    assert error.failure in ("timeout", "bad_response")
    assert took_s < 3
    assert len(site.asked) == 1


def test_a_drip_inside_the_tls_handshake_ends_too(door: Callable[..., Outbound]) -> None:
    with speaking(b"\x16\x03\x03\x40\x00", drop=b"\0") as url:
        began = time.monotonic()
        assert failure(door(timeout_s=0.4), url).failure in ("timeout", "tls")
        assert time.monotonic() - began < 3


@pytest.mark.parametrize(
    "page",
    [
        answer(b"x" * 1001),
        answer(b"x", length=10**12),
        raw(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 1001),
        raw(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
            b"64\r\n" + b"x" * 100 + b"\r\n" * 1 + b"400\r\n" + b"x" * 1024
        ),
    ],
    ids=["length", "announced", "until-close", "chunked"],
)
def test_a_body_beyond_the_limit_is_not_read(door: Callable[..., Outbound], page: Handler) -> None:
    with Site({"/": page}) as site:
        error = failure(door(max_bytes=1000), site.url())
    assert (error.failure, error.reason) == (
        "too_large",
        "the answer has more than 1,000 bytes; it was not read to its end",
    )


def test_a_body_of_the_limit_is_read(door: Callable[..., Outbound]) -> None:
    with Site({"/": answer(b"x" * 1000)}) as site:
        assert len(door(max_bytes=1000).fetch(site.url()).body) == 1000


def test_headers_without_end_are_not_read(door: Callable[..., Outbound]) -> None:
    with Site({"/": dripping(b"HTTP/1.1 200 OK\r\n", b"X: " + b"x" * 60_000 + b"\r\n", every_s=0)}) as site:
        assert failure(door(), site.url()).failure == "bad_response"


@pytest.mark.parametrize(
    "sent",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nshort",
        b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
        b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\nabcd",
        b"<html>no HTTP</html>\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.2\r\n\r\n",
    ],
)
def test_an_answer_that_lies_or_is_none_is_a_bad_response(door: Callable[..., Outbound], sent: bytes) -> None:
    with Site({"/": raw(sent)}) as site:
        assert failure(door(), site.url()).failure == "bad_response"
    assert len(site.asked) == 1


def test_no_more_is_read_than_a_server_announced(door: Callable[..., Outbound]) -> None:
    with Site({"/": answer(b"news and more", length=4)}) as site:
        assert door().fetch(site.url()).body == b"news"


BOMBS = {
    "gzip": lambda: gzip.compress(b"\0" * 100_000_000, 9),
    "br": lambda: brotli.compress(b"\0" * 100_000_000, quality=5),
    "zstd": lambda: zstandard.compress(b"\0" * 100_000_000),
    "gzip, gzip": lambda: gzip.compress(gzip.compress(b"\0" * 100_000_000, 9), 9),
}


@pytest.mark.parametrize("coding", BOMBS)
def test_a_bomb_is_put_down_before_it_swells(door: Callable[..., Outbound], coding: str) -> None:
    bomb = BOMBS[coding]()
    with Site({"/": answer(bomb, Content_Encoding=coding)}) as site:
        outbound = door(max_bytes=1_000_000)
        tracemalloc.start()
        try:
            error = failure(outbound, site.url())
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert error.failure == "too_large"
    assert peak < 30_000_000


# --- content codings --------------------------------------------------------------------------------------------------

CODERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "br": brotli.compress,
    "zstd": zstandard.compress,
}


@pytest.mark.parametrize("coding", CODERS)
def test_a_coded_body_comes_decoded(door: Callable[..., Outbound], coding: str) -> None:
    with Site({"/": answer(CODERS[coding](b"news" * 1000), Content_Encoding=coding)}) as site:
        assert door().fetch(site.url()).body == b"news" * 1000


@pytest.mark.parametrize("coding", CODERS)
@given(body=st.binary(max_size=3000), times=st.integers(1, 60), cuts=st.lists(st.integers(0, 4000), max_size=5))
def test_it_does_not_matter_where_a_coded_body_is_cut(coding: str, body: bytes, times: int, cuts: list[int]) -> None:
    whole = CODERS[coding](body * times)
    ends = sorted({0, len(whole), *(cut for cut in cuts if cut < len(whole))})
    chunks = [whole[start:end] for start, end in itertools.pairwise(ends)]
    assert b"".join(decoded(iter(chunks), coding)) == body * times


@pytest.mark.parametrize("coding", CODERS)
def test_a_coded_body_larger_than_a_piece_is_whole(coding: str) -> None:
    body = bytes(range(256)) * 4096
    assert b"".join(decoded(iter([CODERS[coding](body)]), coding)) == body
    zeros = CODERS[coding](b"\0" * 200_000)
    for cut in range(len(zeros)):
        assert b"".join(decoded(iter([zeros[:cut], zeros[cut:]]), coding)) == b"\0" * 200_000, cut


def test_members_and_frames_follow_one_another() -> None:
    assert b"".join(decoded(iter([gzip.compress(b"a") + gzip.compress(b"b") + b"\0\0"]), "x-gzip")) == b"ab"
    assert b"".join(decoded(iter([zstandard.compress(b"a") + zstandard.compress(b"b")]), "zstd")) == b"ab"
    assert b"".join(decoded(iter([brotli.compress(gzip.compress(b"a"))]), "gzip, br")) == b"a"


@pytest.mark.parametrize("coding", CODERS)
def test_a_coded_body_that_is_broken_or_cut_is_a_bad_response(door: Callable[..., Outbound], coding: str) -> None:
    whole = CODERS[coding](bytes(range(256)) * 100)
    with Site({"/cut": answer(whole[:-9], Content_Encoding=coding)}) as site:
        site.pages["/broken"] = answer(b"<html>plain</html>", Content_Encoding=coding)
        assert failure(door(), site.url("/cut")).failure == "bad_response"
        assert failure(door(), site.url("/broken")).failure == "bad_response"


@pytest.mark.parametrize("coding", ["compress", "gzip, gzip, gzip", "deflate"])
def test_a_coding_that_was_not_asked_for_is_a_bad_response(coding: str) -> None:
    with pytest.raises(Undecodable, match="was not asked for"):
        list(decoded(iter([b"x"]), coding))


def test_an_empty_body_is_empty_in_any_coding() -> None:
    assert [b"".join(decoded(iter([]), coding)) for coding in ("", "identity", *CODERS)] == [b""] * 5


# --- patience ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("first", [answer(status=502), answer(status=503), answer(status=504), reset, raw(b"")])
def test_what_may_pass_is_tried_twice_more(door: Callable[..., Outbound], first: Handler) -> None:
    with Site({"/": [first, first, answer(b"news")]}) as site:
        assert door().fetch(site.url(), robots=False).body == b"news"


def test_what_does_not_pass_fails_after_the_third_time(door: Callable[..., Outbound]) -> None:
    with Site({"/": answer(status=502), "/gone": reset}) as site:
        assert failure(door(), site.url()).failure == "status_502"
        assert failure(door(), site.url("/gone")).failure == "refused"
    assert site.targets == ["/"] * 3 + ["/gone"] * 3


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 429, 500, 206, 204])
def test_a_clear_answer_is_not_asked_for_again(door: Callable[..., Outbound], status: int) -> None:
    with Site({"/": answer(status=status)}) as site:
        assert failure(door(), site.url()).failure == f"status_{status}"
    assert len(site.asked) == 1


def test_a_port_where_nobody_listens_refuses(door: Callable[..., Outbound]) -> None:
    with Site() as site:
        pass
    error = failure(door(), site.url())
    assert (error.failure, error.reason) == ("refused", "no connection, or it broke: Connection refused")


@pytest.mark.parametrize(
    ("status", "written", "until"),
    [
        (429, "120", NOW + timedelta(seconds=120)),
        (503, "Sat, 01 Mar 2025 12:30:00 GMT", NOW + timedelta(minutes=30)),
        (503, "99999999999999", NOW + timedelta(days=1)),
        (429, "Fri, 31 Dec 9999 23:59:59 GMT", NOW + timedelta(days=1)),
    ],
)
def test_a_site_that_asks_to_wait_is_left_alone(
    door: Callable[..., Outbound], status: int, written: str, until: datetime
) -> None:
    clock = [NOW]
    with Site({"/": [answer(status=status, Retry_After=written), answer(b"news")], "/other": answer(b"x")}) as site:
        outbound = door(now=lambda: clock[0])
        error = failure(outbound, site.url())
        assert (error.failure, error.retry_after) == (f"status_{status}", until)
        again = failure(outbound, site.url("/other"))
        assert (again.failure, again.retry_after, site.targets) == (f"status_{status}", until, ["/"])
        clock[0] = until + timedelta(seconds=1)
        assert outbound.fetch(site.url(), robots=False).body == b"news"


@pytest.mark.parametrize("written", ["soon", "-5", "0", "", "Sat, 01 Mar 2025 11:00:00 GMT", "1" * 5000 + "x"])
def test_a_wait_that_cannot_be_read_is_none(door: Callable[..., Outbound], written: str) -> None:
    with Site({"/": answer(status=429, Retry_After=written)}) as site:
        assert failure(door(), site.url()).retry_after is None


def test_a_host_is_asked_by_one_at_a_time_and_not_at_once_again(door: Callable[..., Outbound]) -> None:
    with Site({"/": answer(b"news")}) as site:
        outbound = door(delay_s=0.15)
        threads = [
            threading.Thread(target=outbound.fetch, args=[site.url()], kwargs={"robots": False}) for _ in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    times = sorted(each.at for each in site.asked)
    assert len(times) == 4
    assert times[-1] - times[0] > 0.4


def test_another_host_does_not_wait_and_waiting_costs_no_time(door: Callable[..., Outbound]) -> None:
    with Site({"/": answer(b"news")}) as site:
        outbound = door(delay_s=0.9, timeout_s=0.8)
        began = time.monotonic()
        outbound.fetch(site.url(), robots=False)
        outbound.fetch(site.url(host="news.example"), robots=False)
        assert time.monotonic() - began < 0.8
        assert outbound.fetch(site.url(), robots=False).body == b"news"
        assert time.monotonic() - began >= 0.89


def test_redirects_within_a_host_belong_to_one_visit(door: Callable[..., Outbound]) -> None:
    with Site({"/": answer(status=302, Location="/b"), "/b": answer(b"news")}) as site:
        began = time.monotonic()
        door(delay_s=5).fetch(site.url())
        assert time.monotonic() - began < 3


# --- robots.txt -------------------------------------------------------------------------------------------------------

RULES = b"User-agent: *\nDisallow: /\n\nUser-agent: feedsvc\nDisallow: /private\n"


def test_robots_txt_is_obeyed_and_asked_for_once(door: Callable[..., Outbound]) -> None:
    with Site({"/robots.txt": answer(RULES), "/news": answer(b"news")}) as site:
        outbound = door()
        assert outbound.fetch(site.url("/news")).body == b"news"
        assert failure(outbound, site.url("/private/x"), robots=True).failure == "robots"
        assert failure(outbound, site.url("/private/x")).failure == "status_404"
    assert site.targets == ["/robots.txt", "/news", "/private/x"]


def test_robots_txt_is_obeyed_where_a_redirect_leads(door: Callable[..., Outbound]) -> None:
    with Site({"/robots.txt": answer(RULES), "/news": answer(status=302, Location="/private")}) as site:
        assert failure(door(), site.url("/news"), robots=True).failure == "robots"
    assert site.targets == ["/robots.txt", "/news"]


def test_robots_txt_may_move(door: Callable[..., Outbound]) -> None:
    with Site({"/robots.txt": answer(status=301, Location="/r"), "/r": answer(RULES)}) as site:
        assert failure(door(), site.url("/private"), robots=True).failure == "robots"


@pytest.mark.parametrize(
    "robots", [answer(status=404), answer(status=403), answer(status=302, Location="/robots.txt"), answer(status=204)]
)
def test_a_site_without_robots_txt_forbids_nothing(door: Callable[..., Outbound], robots: Handler) -> None:
    with Site({"/robots.txt": robots, "/": answer(b"news")}) as site:
        assert door().fetch(site.url()).body == b"news"


@pytest.mark.parametrize("status", [500, 503, 429])
def test_a_site_that_cannot_say_forbids_all(door: Callable[..., Outbound], status: int) -> None:
    with Site({"/robots.txt": answer(status=status), "/": answer(b"news")}) as site:
        error = failure(door(), site.url(), robots=True)
    assert (error.failure, "/" in site.targets) == ("robots", False)


def test_what_a_site_said_before_holds_while_it_cannot_say(
    door: Callable[..., Outbound], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(robots_txt, "KEPT_S", 0.0)
    with Site({"/robots.txt": [answer(RULES), answer(status=500)], "/news": answer(b"news")}) as site:
        outbound = door()
        assert [outbound.fetch(site.url("/news")).body for _ in range(3)] == [b"news"] * 3
        assert failure(outbound, site.url("/private"), robots=True).failure == "robots"
    assert site.targets == ["/robots.txt", "/news", "/robots.txt", "/news", "/news"]


def test_robots_txt_that_cannot_be_fetched_fails_as_the_page_would(door: Callable[..., Outbound]) -> None:
    with Site({"/robots.txt": reset, "/": answer(b"news")}) as site:
        error = failure(door(), site.url(), robots=True)
    assert (error.failure, "/" in site.targets) == ("refused", False)


def test_only_the_beginning_of_a_huge_robots_txt_counts(door: Callable[..., Outbound]) -> None:
    huge = RULES + b"#" * 600_000 + b"\nUser-agent: feedsvc\nDisallow: /late"
    with Site({"/robots.txt": answer(gzip.compress(huge), Content_Encoding="gzip"), "/late": answer(b"news")}) as site:
        outbound = door()
        assert outbound.fetch(site.url("/late")).body == b"news"
        assert failure(outbound, site.url("/private"), robots=True).failure == "robots"


# --- proxies ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("no", "host", "direct"),
    [
        ("", "news.example", False),
        ("*", "news.example", True),
        ("news.example", "news.example", True),
        (".example", "news.example", True),
        ("example, other", "news.example", True),
        ("ews.example", "news.example", False),
        ("10.0.0.0/8", "10.0.0.7", True),
        ("10.0.0.7", "10.0.0.7", True),
        ("10.0.0.0/8", "news.example", False),
    ],
)
def test_no_proxy_lists_names_and_networks(no: str, host: str, direct: bool) -> None:
    proxies = Proxies({"http": "proxy.example:3128", "no": no})
    assert proxies.for_host("http", host) == (None if direct else "http://proxy.example:3128")


def test_the_proxy_of_the_environment_is_asked(door: Callable[..., Outbound], monkeypatch: pytest.MonkeyPatch) -> None:
    with Site({"http://news.invalid/x": answer(b"news")}) as proxy:
        monkeypatch.setenv("http_proxy", f"http://user:secret@127.0.0.1:{proxy.port}")
        monkeypatch.setenv("no_proxy", "direct.example")
        assert door(allow=[]).fetch("http://news.invalid/x", robots=False).body == b"news"
    assert proxy.asked[0].headers["proxy-authorization"] == "Basic dXNlcjpzZWNyZXQ="
    assert proxy.asked[0].headers["host"] == "news.invalid"


def test_a_proxy_does_not_lead_to_addresses_that_are_known_to_be_private(
    door: Callable[..., Outbound], monkeypatch: pytest.MonkeyPatch
) -> None:
    with Site({"http://10.0.0.7/": answer(b"secret"), "http://inside.example/": answer(b"secret")}) as proxy:
        monkeypatch.setenv("http_proxy", proxy.url())
        assert failure(door(), "http://10.0.0.7/").failure == "private_address"
        assert failure(door(), "http://inside.example/").failure == "private_address"
    assert proxy.asked == []


def test_what_strangers_gave_goes_through_no_proxy(
    door: Callable[..., Outbound], monkeypatch: pytest.MonkeyPatch
) -> None:
    with Site() as proxy, Site({"/": answer(b"news")}) as site:
        monkeypatch.setenv("http_proxy", proxy.url())
        assert door(allow_strangers=["loopback"]).fetch(site.url(), robots=False, strict=True).body == b"news"
    assert proxy.asked == []


def test_a_tunnel_through_a_proxy_keeps_the_certificate_of_the_name(
    door: Callable[..., Outbound], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    with Site({"/": answer(b"news")}, tls=True) as site:

        def tunnel(connection: socket.socket, _: Asked) -> None:
            connection.sendall(b"HTTP/1.1 200 Established\r\n\r\n")
            with socket.create_connection(("127.0.0.1", site.port)) as onward:
                back = threading.Thread(target=pump, args=[onward, connection])
                back.start()
                pump(connection, onward)
                back.join()

        def pump(source: socket.socket, target: socket.socket) -> None:
            with contextlib.suppress(OSError):
                while part := source.recv(65536):
                    target.sendall(part)
                target.shutdown(socket.SHUT_WR)

        with Site({f"news.example:{site.port}": tunnel, f"other.example:{site.port}": tunnel}) as proxy:
            monkeypatch.setenv("https_proxy", proxy.url())
            assert door().fetch(site.url(host="news.example"), robots=False).body == b"news"
            assert failure(door(), site.url(host="other.example")).failure == "tls"
            assert failure(door(), "https://refused.invalid/").failure == "proxy"
    assert proxy.asked[0].method == "CONNECT"


def test_a_proxy_that_is_away_or_of_a_strange_kind_is_named(
    door: Callable[..., Outbound], monkeypatch: pytest.MonkeyPatch
) -> None:
    with Site() as gone:
        monkeypatch.setenv("http_proxy", gone.url())
    error = failure(door(), "http://news.invalid/")
    assert error.failure == "proxy"
    assert f"127.0.0.1:{gone.port}" in error.reason
    monkeypatch.setenv("http_proxy", "socks5://127.0.0.1:1080")
    assert failure(door(), "http://news.invalid/").failure == "proxy"


# --- sending ----------------------------------------------------------------------------------------------------------


def test_a_body_is_sent_once_with_its_headers(door: Callable[..., Outbound]) -> None:
    with Site({"/hook": answer(status=202)}) as site:
        posted = door().post(site.url("/hook"), b'{"a": 1}', {"Content-Type": "application/json"}, strict=False)
    [asked] = site.asked
    assert posted == Posted(202)
    assert (asked.method, asked.body, asked.headers["content-type"]) == ("POST", b'{"a": 1}', "application/json")
    assert asked.headers["user-agent"] == f"feedsvc/{__version__}"


@pytest.mark.parametrize("status", [200, 204, 303, 404, 410, 500, 503])
def test_any_status_of_a_receiver_is_an_answer(door: Callable[..., Outbound], status: int) -> None:
    page = answer(status=status, Location="/elsewhere", Retry_After="60")
    with Site({"/": page}) as site:
        assert door().post(site.url(), b"x", {}, strict=False) == Posted(status, NOW + timedelta(seconds=60))
    assert len(site.asked) == 1


def test_a_receiver_that_asks_to_wait_does_not_stop_fetching(door: Callable[..., Outbound]) -> None:
    with Site({"/hook": answer(status=429, Retry_After="60"), "/": answer(b"news")}) as site:
        outbound = door()
        outbound.post(site.url("/hook"), b"x", {}, strict=False)
        assert outbound.fetch(site.url(), robots=False).body == b"news"


def test_a_body_follows_a_redirect_on_its_own_host_only(door: Callable[..., Outbound]) -> None:
    with Site({"/": answer(status=200)}) as other, Site({"/new": answer(status=200)}) as site:
        site.pages |= {"/": answer(status=308, Location="/new"), "/away": answer(status=307, Location=other.url())}
        assert door().post(site.url(), b"x", {"X-Key": "1"}, strict=False) == Posted(200)
        assert [(each.method, each.body, each.headers["x-key"]) for each in site.asked] == [("POST", b"x", "1")] * 2
        with pytest.raises(FetchError) as raised:
            door().post(site.url("/away"), b"x", {"X-Key": "1"}, strict=False)
    assert (raised.value.failure, other.asked) == ("redirects", [])


def test_a_body_is_not_sent_twice_when_the_connection_breaks(door: Callable[..., Outbound]) -> None:
    with Site({"/": reset}) as site:
        with pytest.raises(FetchError) as raised:
            door().post(site.url(), b"x", {}, strict=False)
        assert (raised.value.failure, len(site.asked)) == ("refused", 1)


# --- the end ----------------------------------------------------------------------------------------------------------


def test_closing_ends_what_waits_and_what_is_under_way(door: Callable[..., Outbound]) -> None:
    with Site({"/slow": dripping(b"HTTP/1.1 200 OK\r\n\r\n", b"x"), "/": answer(b"news")}) as site:
        outbound = door(delay_s=60, timeout_s=60)
        ended: list[str] = []

        def run(url: str) -> None:
            ended.append(failure(outbound, url).failure)

        outbound.fetch(site.url(host="other.example"), robots=False)
        threads = [
            threading.Thread(target=run, args=[site.url("/slow")]),
            threading.Thread(target=run, args=[site.url(host="other.example")]),
        ]
        for thread in threads:
            thread.start()
        while "/slow" not in site.targets:
            time.sleep(0.01)
        time.sleep(0.1)
        outbound.close()
        for thread in threads:
            thread.join(5)
        assert ended == ["stopped", "stopped"]
        assert failure(outbound, site.url()).failure == "stopped"


def test_an_unused_door_costs_no_http_client() -> None:
    code = "import sys, feedsvc.outbound as o; o.Outbound().close(); print({'httpx', 'httpcore'} & set(sys.modules))"
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert printed.strip() == "set()"
