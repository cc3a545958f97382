"""One request after another on one connection: for many small requests to the same hosts.

Knows when a kept connection can be used again; hides what the receiver says beyond the beginning of its answer.
"""

import httpcore

from feedsvc.outbound.exchange import Exchange, opened
from feedsvc.outbound.link import Link
from feedsvc.outbound.request import Answer, Request


class Line:
    """Sends requests for one thread; the connection stays while they go to one host.

    A connection that the host has closed meanwhile is replaced before a request, never after: none is sent twice. The
    body of an answer is cut at the request's ``max_bytes``, whatever its coding.
    """

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._kept: tuple[str, httpcore.HTTPConnection, Link] | None = None

    def send(self, request: Request) -> Answer:
        """Return the answer, whatever its status.

        Raises:
            FetchError: see :meth:`Exchange.send`.
        """
        where = f"{request.url.scheme}://{request.url.netloc.decode('ascii')}"
        if self._kept is None or self._kept[0] != where or not _is_usable(self._kept[1]):
            self.close()
            link = self._exchange.link(request)
            self._kept = where, self._exchange.connection(request, link), link
        _, connection, link = self._kept
        link.begin(request)
        with opened(connection, request, link) as (response, headers):
            body = b""
            for piece in response.iter_stream():
                body += piece
                if len(body) > request.max_bytes:
                    break
            return Answer(response.status, headers, body[: request.max_bytes])

    def close(self) -> None:
        """Close the connection."""
        if self._kept is not None:
            self._kept[1].close()
            self._kept = None


def _is_usable(connection: httpcore.HTTPConnection) -> bool:
    return connection.is_available() and not connection.has_expired()
