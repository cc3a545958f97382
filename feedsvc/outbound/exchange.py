"""One request and its answer.

Knows how httpx and httpcore are used so that Host, SNI and certificate stay the name's while the connection goes to an
address that was screened. Hides how the size of an answer is kept within limits whatever the server does.
"""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain

import httpcore
import httpx

from feedsvc.errors import FetchError
from feedsvc.outbound.coding import Undecodable, decoded
from feedsvc.outbound.link import Link, Resolve, addresses_of
from feedsvc.outbound.proxy import Proxies
from feedsvc.outbound.request import Answer, Request


@dataclass
class Exchange:
    """Sends requests, each on a connection of its own; safe to share between threads.

    Polls lie minutes apart, so a kept connection would be closed or outdated: its address must be screened again. For
    many requests in a row there is the :class:`Line`.
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
        link = self.link(request)
        with (
            self._pool(request, link) as pool,
            opened(pool, request, link, (b"Connection", b"close")) as (response, headers),
        ):
            asked = response.status in request.body_of
            return Answer(response.status, headers, _body(request, headers, response.iter_stream()) if asked else b"")

    def link(self, request: Request) -> Link:
        """Return what opens connections for a request."""
        return Link(request, self.resolve, self._live, self._lock)

    def connection(self, request: Request, link: Link) -> httpcore.HTTPConnection:
        """Return a connection, opened when it is first used, to the host of a request, past any proxy."""
        url = request.url
        port = url.port or {"http": 80, "https": 443}[url.scheme]
        origin = httpcore.Origin(url.raw_scheme, url.raw_host, port)
        return httpcore.HTTPConnection(origin, ssl_context=self._tls_for(url), network_backend=link)

    def close(self) -> None:
        """End what is under way: whoever waits for bytes gets an error at once."""
        with self._lock:
            for each in self._live:
                try:
                    each.shutdown(socket.SHUT_RDWR)
                except OSError:  # it has ended by itself
                    continue

    def _pool(self, request: Request, link: Link) -> httpcore.ConnectionPool:
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


# --- the answer -------------------------------------------------------------------------------------------------------


@contextmanager
def opened(
    by: httpcore.ConnectionPool | httpcore.HTTPConnection, request: Request, link: Link, *headers: tuple[bytes, bytes]
) -> Iterator[tuple[httpcore.Response, httpx.Headers]]:
    """Send a request, and have its answer read within the block; what fails in either is a ``FetchError``."""
    url = request.url
    target = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
    own = ((name.encode("ascii"), value.encode()) for name, value in request.headers.items())
    sent = [(b"Host", url.netloc), *headers, *own]
    try:
        with by.stream(request.method, target, headers=sent, content=request.content) as response:
            yield response, httpx.Headers(response.headers)
    except OSError as error:  # of the resolver: httpcore turns all others into its own
        said = error.strerror or str(error)
        raise FetchError(str(url), "dns", f"the name {url.host} is not known: {said}") from error
    except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError, httpcore.ProxyError) as error:
        raise _explained(error, request, link) from error


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


def _explained(error: Exception, request: Request, link: Link) -> FetchError:
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
