"""Connections, the only place that opens one: to a screened address, or to the proxy that the admin named.

Knows how a name is resolved once, each of its addresses screened and one that passed connected to; hides how the
deadline is kept at every step.
"""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

import httpcore
import httpx

from feedsvc.errors import FetchError
from feedsvc.outbound.request import Request

CONNECT_S = 10.0
# Behind a proxy this machine may know no names at all; then its silence decides nothing.
_ADVISORY_RESOLVE_S = 2.0
_WRITE_BYTES = 16 * 1024

Resolve = Callable[[str, int], Sequence[str]]


def addresses_of(host: str, port: int) -> Sequence[str]:
    """Return the addresses of a name as the system gives them, best first. Raises ``OSError`` when there are none."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except UnicodeError as error:  # a label of more than 63 characters
        raise socket.gaierror(socket.EAI_NONAME, "the name is no host name") from error
    return list(dict.fromkeys(str(where[0]) for *_, where in found))


class Link(httpcore.NetworkBackend):
    """The only place that opens a connection: to a screened address, or to the proxy that the admin named."""

    def __init__(self, request: Request, resolve: Resolve, live: set[socket.socket], lock: threading.Lock) -> None:
        self._request = request
        self._resolve = resolve
        self._live = live
        self._lock = lock
        self.proxy: str | None = None
        self.heard = False  # whether a byte came back

    def begin(self, request: Request) -> None:
        """Go on with another request to the same host."""
        self._request = request
        self.heard = False

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002 - the deadline counts, not a time for each step
        local_address: str | None = None,  # noqa: ARG002 - never set
        socket_options: Any = None,  # noqa: ARG002 - never set
    ) -> httpcore.NetworkStream:
        found = self._addresses(host, port, self._request.deadline.left())
        if self.proxy is None:
            self._screened(found, self._request.url.host)
        return self._first(found, port)

    def screen_advisedly(self, url: httpx.URL) -> None:
        """Screen what this machine knows of a host that the proxy will resolve by itself."""
        seconds = min(_ADVISORY_RESOLVE_S, self._request.deadline.left())
        try:
            found = self._addresses(url.raw_host.decode("ascii"), url.port or 0, seconds)
        except (OSError, httpcore.ConnectTimeout):
            return
        self._screened(found, url.host)

    def _addresses(self, host: str, port: int, seconds: float) -> Sequence[str]:
        """Resolve in a thread of its own: the system's resolver has no time limit that can be set."""
        outcome: list[Sequence[str] | OSError] = []

        def ask() -> None:
            try:
                outcome.append(self._resolve(host, port))
            except OSError as error:
                outcome.append(error)

        thread = threading.Thread(target=ask, daemon=True, name=f"resolve-{host}")
        thread.start()
        thread.join(seconds)
        if not outcome:
            raise httpcore.ConnectTimeout(f"the name {host} was not resolved in time")
        if isinstance(outcome[0], OSError):
            raise outcome[0]
        return outcome[0]

    def _screened(self, addresses: Sequence[str], host: str) -> None:
        for address in addresses:  # one that is private speaks against all: they are one answer of one server
            if not self._request.screen.admits(host, address):
                leads = host if host == address else f"{host} leads to {address}, which"
                sentence = (
                    f"{leads} is no public address, nor one that `allow` names in config.toml; nothing was asked there"
                )
                raise FetchError(str(self._request.url), "private_address", sentence)

    def _first(self, addresses: Sequence[str], port: int) -> httpcore.NetworkStream:
        end = time.monotonic() + min(CONNECT_S, self._request.deadline.left())
        last: Exception = httpcore.ConnectTimeout("there is no address, or no time left")
        for tried, address in enumerate(addresses):
            seconds = (end - time.monotonic()) / (len(addresses) - tried)
            if seconds <= 0:
                break
            try:
                stream = httpcore.SyncBackend().connect_tcp(address, port, seconds)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                last = error
            else:
                return _Stream(stream, self)
        raise last

    def left(self) -> float:
        """Return the seconds left for the next step, always some. Raises ``ReadTimeout`` when there are none."""
        seconds = self._request.deadline.left()
        if seconds <= 0:
            raise httpcore.ReadTimeout("the deadline has passed")
        return seconds

    def hold(self, each: socket.socket) -> None:
        """Have the socket ended when the exchange closes."""
        with self._lock:
            self._live.add(each)

    def drop(self, each: socket.socket) -> None:
        """Forget the socket."""
        with self._lock:
            self._live.discard(each)


class _Stream(httpcore.NetworkStream):
    """A connection that keeps the deadline at every step, so that no drip of bytes can put it off."""

    def __init__(self, inner: httpcore.NetworkStream, link: Link) -> None:
        self._inner = inner
        self._link = link
        self._socket: socket.socket = inner.get_extra_info("socket")
        link.hold(self._socket)

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002 - the deadline counts
        received = self._inner.read(max_bytes, self._link.left())
        self._link.heard = self._link.heard or bool(received)
        return received

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002 - the deadline counts
        for start in range(0, len(buffer), _WRITE_BYTES):
            self._inner.write(buffer[start : start + _WRITE_BYTES], self._link.left())

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002 - the deadline counts
    ) -> httpcore.NetworkStream:
        self._link.drop(self._socket)  # it moves into the new one
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, self._link.left()), self._link)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)

    def close(self) -> None:
        self._link.drop(self._socket)
        self._inner.close()
