"""One request and its answer.

Knows httpx and httpcore, the only module that does: a name is resolved once, each of its addresses is screened, and the
connection goes to an address that passed, while Host, SNI and certificate stay the name's. Hides how time and size are
kept within limits whatever the server does.
"""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from typing import Any

import httpcore
import httpx

from feedsvc.errors import FetchError
from feedsvc.outbound.coding import Undecodable, decoded
from feedsvc.outbound.proxy import Proxies
from feedsvc.outbound.screening import Screen

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
        parsed = (base.join(url) if base else httpx.URL(url.strip())).copy_with(fragment=None)
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


@dataclass
class Exchange:
    """Sends requests, each on a connection of its own; safe to share between threads.

    Polls lie minutes apart, so a kept connection would be closed or outdated: its address must be screened again.
    """

    resolve: Resolve = addresses_of
    proxies: Proxies = field(default_factory=Proxies)
    _live: set[socket.socket] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        return httpx.create_ssl_context()  # SSL_CERT_FILE and SSL_CERT_DIR, else Mozilla's list

    def send(self, request: Request) -> Answer:
        """Return the answer, whatever its status.

        Raises:
            FetchError: ``dns``, ``private_address``, ``refused``, ``tls``, ``timeout``, ``proxy``, ``too_large`` or
                ``bad_response``.
        """
        link = _Link(request, self.resolve, self._live, self._lock)
        try:
            with (
                self._pool(request, link) as pool,
                pool.stream(
                    request.method,
                    httpcore.URL(
                        scheme=request.url.raw_scheme,
                        host=request.url.raw_host,
                        port=request.url.port,
                        target=request.url.raw_path,
                    ),
                    headers=[
                        (b"Host", request.url.netloc),
                        (b"Connection", b"close"),
                        *((name.encode("ascii"), value.encode()) for name, value in request.headers.items()),
                    ],
                    content=request.content,
                ) as response,
            ):
                headers = httpx.Headers(response.headers)
                asked = response.status in request.body_of
                body = _body(request, headers, response.iter_stream()) if asked else b""
                return Answer(response.status, headers, body)
        except OSError as error:  # of the resolver: httpcore turns all others into its own
            said = error.strerror or str(error)
            raise FetchError(str(request.url), "dns", f"the name {request.url.host} is not known: {said}") from error
        except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError, httpcore.ProxyError) as error:
            raise _explained(error, request, link) from error

    def close(self) -> None:
        """End what is under way: whoever waits for bytes gets an error at once."""
        with self._lock:
            for each in self._live:
                try:
                    each.shutdown(socket.SHUT_RDWR)
                except OSError:  # it has ended by itself
                    continue

    def _pool(self, request: Request, link: "_Link") -> httpcore.ConnectionPool:
        proxy = self._proxy(request.url) if request.proxied else None
        if proxy is None:
            return httpcore.ConnectionPool(ssl_context=self._tls_for(request.url), network_backend=link)
        link.screen_advisedly(request.url)
        link.proxy = f"{proxy.host}:{proxy.port or {'http': 80, 'https': 443}[proxy.scheme]}"
        return httpcore.HTTPProxy(
            proxy_url=httpcore.URL(scheme=proxy.raw_scheme, host=proxy.raw_host, port=proxy.port, target=b"/"),
            proxy_auth=(proxy.username.encode(), proxy.password.encode()) if proxy.userinfo else None,
            ssl_context=self._tls_for(request.url),
            proxy_ssl_context=self._tls_for(proxy),
            network_backend=link,
        )

    def _tls_for(self, url: httpx.URL) -> ssl.SSLContext | None:
        return self._tls if url.scheme == "https" else None

    def _proxy(self, url: httpx.URL) -> httpx.URL | None:
        written = self.proxies.for_host(url.scheme, url.host)
        if written is None:
            return None
        proxy = httpx.URL(written)
        if proxy.scheme not in ("http", "https"):
            sentence = f"the environment names a proxy of {proxy.scheme}://, and only http:// and https:// are spoken"
            raise FetchError(str(url), "proxy", sentence)
        return proxy


# --- the connection ---------------------------------------------------------------------------------------------------


class _Link(httpcore.NetworkBackend):
    """The only place that opens a connection: to a screened address, or to the proxy that the admin named."""

    def __init__(self, request: Request, resolve: Resolve, live: set[socket.socket], lock: threading.Lock) -> None:
        self._request = request
        self._resolve = resolve
        self._live = live
        self._lock = lock
        self.proxy: str | None = None
        self.heard = False  # whether a byte came back

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
                sentence = f"{leads} is no public address; nothing was asked there"
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

    def __init__(self, inner: httpcore.NetworkStream, link: _Link) -> None:
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


# --- the answer -------------------------------------------------------------------------------------------------------


def _body(request: Request, headers: httpx.Headers, chunks: Iterator[bytes]) -> bytes:
    def counted() -> Iterator[bytes]:
        received = 0
        for chunk in chunks:
            received += len(chunk)
            if received > request.max_bytes and not request.cut:
                raise _too_large(request)
            yield chunk

    announced = headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > request.max_bytes and not request.cut:
        raise _too_large(request)
    pieces, size = [], 0
    try:
        for piece in decoded(counted(), headers.get("content-encoding", "")):
            pieces.append(piece)
            size += len(piece)
            if size > request.max_bytes:
                if request.cut:
                    break
                raise _too_large(request)
    except Undecodable as error:
        raise FetchError(str(request.url), "bad_response", f"the answer cannot be read: {error}") from error
    return b"".join(pieces)[: request.max_bytes]


def _too_large(request: Request) -> FetchError:
    limit = f"{request.max_bytes / 1e6:,.0f} MB" if request.max_bytes >= 1e6 else f"{request.max_bytes:,} bytes"
    return FetchError(str(request.url), "too_large", f"the answer has more than {limit}; it was not read to its end")


def _explained(error: Exception, request: Request, link: _Link) -> FetchError:
    """Say what a failure of the connection means: httpcore keeps the system's own words as the cause."""
    url = str(request.url)
    because = next((each for each in _causes(error) if isinstance(each, OSError)), None)
    words = (because.strerror if because else None) or str(error) or type(error).__name__
    if link.proxy and (isinstance(error, httpcore.ProxyError) or not link.heard):
        return FetchError(url, "proxy", f"the proxy {link.proxy} does not help: {words}")
    if isinstance(error, httpcore.ConnectError) and isinstance(because, ssl.SSLError):
        said = getattr(because, "verify_message", None) or because.reason or words
        return FetchError(url, "tls", f"no safe connection to {request.url.host}: {said}")
    if isinstance(error, httpcore.ConnectTimeout):
        return FetchError(url, "timeout", f"{request.url.host} does not take the connection in time")
    if isinstance(error, httpcore.TimeoutException):
        return FetchError(url, "timeout", f"no whole answer within {request.deadline.seconds:g} s")
    if isinstance(error, httpcore.ProtocolError) and link.heard:
        return FetchError(url, "bad_response", f"the answer is no HTTP or ends too early: {words}")
    return FetchError(url, "refused", f"no connection, or it broke: {words}")


def _causes(error: BaseException) -> Iterator[BaseException]:
    following = error.__cause__ or error.__context__
    return chain([error], _causes(following)) if following else iter([error])
