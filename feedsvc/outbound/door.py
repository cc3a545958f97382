"""The door itself: light to import and to make; what stands behind it comes with the first request."""

import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from feedsvc import __version__, text
from feedsvc.outbound.screening import Screen
from feedsvc.outbound.values import Fetched, Measured, Posted, Send

if TYPE_CHECKING:
    from feedsvc.outbound.client import Client


def _now() -> datetime:
    return datetime.now(UTC)


class Outbound:
    """Fetches and sends; safe to share between threads. :meth:`close` it in the end.

    ``allow`` are host names, addresses and networks that may be asked although they are not public, ``loopback`` among
    them; ``allow_strangers`` is the same for strict requests. ``contact`` is an address or a mailbox that other
    people's admins may write to. ``timeout_s`` is the time for a whole fetch with its redirects and retries, less the
    waiting for its turn; ``max_bytes`` is the size of a body before and after decoding; ``delay_s`` lies between two
    fetches from one host; ``backoff_s`` is the first pause before a retry. ``resolve`` gives the addresses of a host
    and port, and raises ``OSError``; None is the system's way.

    The environment's proxy is used, except for strict requests.
    """

    def __init__(
        self,
        *,
        contact: str | None = None,
        allow: Collection[str] = (),
        allow_strangers: Collection[str] = (),
        timeout_s: float = 30.0,
        max_bytes: int = 20_000_000,
        delay_s: float = 1.0,
        backoff_s: float = 0.5,
        now: Callable[[], datetime] = _now,
        resolve: Callable[[str, int], Sequence[str]] | None = None,
    ) -> None:
        about = text.one_line(contact or "")
        self.user_agent = f"feedsvc/{__version__} (+{about})" if about else f"feedsvc/{__version__}"
        self.screen = Screen(allow)
        self.strict_screen = Screen(allow_strangers)
        self.timeout_s = timeout_s
        self.max_bytes = max_bytes
        self.delay_s = delay_s
        self.backoff_s = backoff_s
        self.now = now
        self.resolve = resolve
        self.closed = threading.Event()
        self._lock = threading.Lock()
        self._client: Client | None = None

    def fetch(
        self,
        url: str,
        *,
        etag: str | None = None,
        last_modified: str | None = None,
        accept: str | None = None,
        robots: bool = True,
        strict: bool = False,
    ) -> Fetched:
        """Fetch an address, or learn that it is unchanged since ``etag`` and ``last_modified``.

        A name and password in the address are sent to its own host only. ``accept`` is the header, ``*/*`` when None;
        ``robots`` obeys robots.txt; ``strict`` is for addresses that strangers gave.

        Raises:
            FetchError: it could not be had; ``failure`` and ``retry_after`` say why and until when.
        """
        return self._behind().fetch(
            url, etag=etag, last_modified=last_modified, accept=accept, robots=robots, strict=strict
        )

    def measure(self, url: str, *, timeout_s: float = 5.0, robots: bool = True) -> Measured:
        """Ask what a file is and how long, without fetching it, in turn and screened as :meth:`fetch` is.

        By HEAD, or by GET of the first byte where HEAD is refused or tells no length. Nothing is tried again;
        ``timeout_s`` is the time for all of it, less the waiting for its turn.

        Raises:
            FetchError: the file could not be asked for, or is not there.
        """
        return self._behind().measure(url, timeout_s=timeout_s, robots=robots)

    def post(self, url: str, body: bytes, headers: Mapping[str, str], *, strict: bool) -> Posted:
        """Send a body once, and return how the receiver answered, whatever the status.

        A redirect is followed when it keeps the method and the host (307, 308). ``strict`` is for addresses that
        strangers gave.

        Raises:
            FetchError: there was no answer, or it led elsewhere.
        """
        return self._behind().post(url, body, headers, strict=strict)

    @contextmanager
    def line(self, *, timeout_s: float) -> Iterator[Send]:
        """Open a line for one thread, to send many requests to addresses that strangers gave.

        The connection is kept while they go to one host. Nothing is followed, tried again or waited for: that is the
        sender's business. ``timeout_s`` is the time for each request.
        """
        with self._behind().line(timeout_s=timeout_s) as send:
            yield send

    def close(self) -> None:
        """End all requests, those that wait and those under way, with ``stopped`` or a broken connection."""
        with self._lock:
            self.closed.set()
            if self._client is not None:
                self._client.close()

    def _behind(self) -> "Client":
        from feedsvc.outbound.client import Client  # noqa: PLC0415 - httpx costs 0.15 s, and saved pages need none

        with self._lock:
            if self._client is None:
                self._client = Client(self)
            return self._client
