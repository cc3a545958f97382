"""A request and its answer as values, and the time that is left for them.

Knows what an address is that can be asked; hides nothing.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass

import httpx

from feedsvc.errors import FetchError
from feedsvc.outbound.screening import Screen


class Deadline:
    """The time that is left of a fetch. Waiting for one's turn does not count: :meth:`extend`."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._at = time.monotonic() + seconds

    def extend(self, seconds: float) -> None:
        """Put the end off."""
        self._at += seconds

    def left(self) -> float:
        """Return the seconds left, zero when there are none."""
        return max(0.0, self._at - time.monotonic())


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered. ``body`` is decoded, and empty unless the status is one whose body was asked for."""

    status: int
    headers: httpx.Headers
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked. ``url`` carries no credentials; ``body_of`` are the statuses whose body is read.

    A body beyond ``max_bytes``, before or after decoding, is an error, or cut there when ``cut`` is set.
    """

    method: str
    url: httpx.URL
    headers: Mapping[str, str]
    deadline: Deadline
    screen: Screen
    max_bytes: int
    content: bytes | None = None
    body_of: frozenset[int] = frozenset()
    cut: bool = False
    proxied: bool = True


def parse(url: str, base: httpx.URL | None = None) -> httpx.URL:
    """Return the address, made absolute, without its fragment.

    Raises:
        FetchError: ``bad_address``, it is none of http or https.
    """
    try:
        parsed = base.join(url) if base else httpx.URL(url.strip())
        # A copy is parsed anew, which takes as long as all else of a small request.
        parsed = parsed.copy_with(fragment=None) if "#" in url else parsed
        port = parsed.port
        fit = parsed.scheme in ("http", "https") and parsed.host and (port is None or 0 < port < 65536)
    except (httpx.InvalidURL, ValueError) as error:
        raise FetchError(without_credentials(url), "bad_address", f"is no address: {error}") from error
    if not fit:
        raise FetchError(without_credentials(url), "bad_address", "is no address of http:// or https://")
    return parsed


def without_credentials(url: str) -> str:
    """Return the address without name and password, as it may be shown."""
    scheme, slashes, rest = url.partition("//")
    authority, slash, path = rest.partition("/")
    return scheme + slashes + authority.rpartition("@")[2] + slash + path
