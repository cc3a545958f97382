"""How long a file is, asked of servers that know HEAD, refuse it, lie or are slow."""

import contextlib
import socket
import time
from collections.abc import Callable, Iterator

import pytest
from site_under_test import Asked, Handler, Site, answer

from feedsvc.errors import FetchError
from feedsvc.outbound import Measured, Outbound


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def door() -> Iterator[Callable[..., Outbound]]:
    with contextlib.ExitStack() as ends:

        def opened(**settings: object) -> Outbound:
            made = Outbound(**({"allow": ["loopback"], "delay_s": 0, "backoff_s": 0.01} | settings))  # type: ignore[arg-type]
            ends.callback(made.close)
            return made

        yield opened


def by_method(**handlers: Handler) -> Handler:
    def handle(connection: socket.socket, asked: Asked) -> None:
        handlers.get(asked.method, answer(status=405))(connection, asked)

    return handle


def head(length: int | str | None, media_type: str = "image/jpeg", **headers: str) -> Handler:
    """Return a handler for the answer to a HEAD: it has headers and no body."""
    lines = ["HTTP/1.1 200 X", f"Content-Type: {media_type}"]
    lines += [] if length is None else [f"Content-Length: {length}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return lambda connection, _: connection.sendall("\r\n".join([*lines, "", ""]).encode())


def ranged(span: str) -> Handler:
    return answer(b"x", status=206, Content_Type="audio/mpeg", Content_Range=span)


def failure(outbound: Outbound, url: str, **how: object) -> str:
    with pytest.raises(FetchError) as raised:
        outbound.measure(url, **({"robots": False} | how))  # type: ignore[arg-type]
    return raised.value.failure


def test_a_head_tells_type_and_length_of_the_bytes_as_they_lie_there(door: Callable[..., Outbound]) -> None:
    with Site({"/a.jpg": head(51_000, "Image/JPEG; q=1")}) as site:
        assert door().measure(site.url("/a.jpg"), robots=False) == Measured("image/jpeg", 51_000)
    [asked] = site.asked
    assert (asked.method, asked.headers["accept-encoding"]) == ("HEAD", "identity")


@pytest.mark.parametrize(
    "refusal",
    [answer(status=405), answer(status=403), answer(status=400), answer(status=501), head(None), head(0)],
)
def test_who_refuses_head_or_tells_nothing_by_it_is_asked_for_the_first_byte(
    door: Callable[..., Outbound], refusal: Handler
) -> None:
    pages = {"/a.mp3": by_method(HEAD=refusal, GET=ranged("bytes 0-0/4200000"))}
    with Site(pages) as site:
        assert door().measure(site.url("/a.mp3"), robots=False) == Measured("audio/mpeg", 4_200_000)
    assert [(each.method, each.headers.get("range")) for each in site.asked] == [("HEAD", None), ("GET", "bytes=0-0")]


def test_a_server_without_ranges_tells_the_length_and_its_body_is_not_read(door: Callable[..., Outbound]) -> None:
    huge = answer(b"x", length=3_000_000_000, Content_Type="video/mp4")
    with Site({"/film": by_method(GET=huge)}) as site:
        assert door().measure(site.url("/film"), robots=False) == Measured("video/mp4", 3_000_000_000)


@pytest.mark.parametrize(
    "page",
    [
        head(None),
        head(0),
        head(900, Content_Encoding="gzip"),
        by_method(GET=ranged("bytes 0-0/*")),
        by_method(GET=ranged("pages 0-0/7")),
        by_method(GET=ranged("bytes 0-0/" + "9" * 400)),
        by_method(GET=ranged("")),
    ],
)
def test_a_length_that_is_not_told_is_none(door: Callable[..., Outbound], page: Handler) -> None:
    with Site({"/a": page}) as site:
        assert door().measure(site.url("/a"), robots=False).length is None


@pytest.mark.parametrize("status", [401, 404, 410, 416, 429, 500, 503])
def test_a_file_that_is_not_there_is_a_failure_at_once(door: Callable[..., Outbound], status: int) -> None:
    with Site({"/a": answer(status=status)}) as site:
        assert failure(door(), site.url("/a")) == f"status_{status}"
    assert len(site.asked) == 1


def test_it_goes_where_the_address_leads(door: Callable[..., Outbound]) -> None:
    pages = {"/a": answer(status=302, Location="/b"), "/b": by_method(GET=ranged("bytes 0-0/5"))}
    with Site(pages) as site:
        assert door().measure(site.url("/a"), robots=False) == Measured("audio/mpeg", 5)
    assert [(each.method, each.target) for each in site.asked] == [("HEAD", "/a"), ("HEAD", "/b"), ("GET", "/b")]


def test_a_slow_server_gets_so_much_time_and_is_not_asked_again(door: Callable[..., Outbound]) -> None:
    with Site({"/a": lambda *_: time.sleep(1)}) as site:
        began = time.monotonic()
        assert failure(door(), site.url("/a"), timeout_s=0.3) == "timeout"
        assert time.monotonic() - began < 0.9
    assert len(site.asked) == 1


def test_a_private_address_is_not_asked_nor_one_that_an_open_one_leads_to(door: Callable[..., Outbound]) -> None:
    with Site({"/a": answer(status=302, Location="http://10.0.0.7/a.jpg"), "/b": head(5)}) as site:
        assert failure(door(), site.url("/a")) == "private_address"
        assert failure(door(allow=[]), site.url("/b")) == "private_address"
    assert site.targets == ["/a"]


def test_robots_txt_is_obeyed_if_it_is_to_be(door: Callable[..., Outbound]) -> None:
    with Site({"/robots.txt": answer(b"User-agent: *\nDisallow: /i/"), "/i/a.jpg": head(5)}) as site:
        outbound = door()
        assert failure(outbound, site.url("/i/a.jpg"), robots=True) == "robots"
        assert outbound.measure(site.url("/i/a.jpg"), robots=False).length == 5
    assert site.targets == ["/robots.txt", "/i/a.jpg"]


def test_a_host_is_asked_in_turn_and_one_that_asks_to_wait_is_left_alone(door: Callable[..., Outbound]) -> None:
    pages = {"/a": by_method(HEAD=answer(status=403), GET=ranged("bytes 0-0/5")), "/b": head(5)}
    with Site(pages) as site:
        outbound = door(delay_s=0.3)
        outbound.measure(site.url("/a"), robots=False)
        outbound.measure(site.url("/b"), robots=False)
        times = [each.at for each in site.asked]
        assert times[2] - times[0] >= 0.29  # the two of one file are one visit
        site.pages["/b"] = answer(status=429, Retry_After="120")
        assert failure(outbound, site.url("/b")) == "status_429"
        assert failure(outbound, site.url("/a")) == "status_429"
    assert len(site.asked) == 4
