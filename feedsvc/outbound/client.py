"""How feedsvc behaves as a guest on other people's servers.

Knows redirects, retries, validators, robots.txt, each host's turn and its requests to wait; hides them from whoever
fetches. How one request is made safely is :mod:`feedsvc.outbound.exchange`'s.
"""

import itertools
import random
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import Message
from email.utils import parsedate_to_datetime
from typing import Literal

import httpx

from feedsvc.errors import FetchError
from feedsvc.outbound import robots as robots_txt
from feedsvc.outbound.coding import ACCEPTED
from feedsvc.outbound.door import Outbound
from feedsvc.outbound.exchange import Exchange
from feedsvc.outbound.lengths import HEAD_REFUSED, OF_FILES, length_of
from feedsvc.outbound.line import Line
from feedsvc.outbound.link import addresses_of
from feedsvc.outbound.request import Answer, Deadline, Request, parse
from feedsvc.outbound.values import Fetched, Measured, Posted, Replied, Send
from feedsvc.outbound.visit import Visit, named

# Nobody has more to say to a request that was sent on a line.
REPLY_BYTES = 4096
RETRIES = 2
# A server that asks for a longer wait is asked again tomorrow.
MAX_WAIT = timedelta(days=1)

_BODY_OF = frozenset({200, 203})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_KEEPING_METHOD = frozenset({307, 308})
_PASSING = frozenset({502, 503, 504})
_ASKING_TO_WAIT = frozenset({429, 503})
_MOST_HOSTS = 1000


class Client:
    """What stands behind the door, whose settings it uses."""

    def __init__(self, door: Outbound) -> None:
        self._door = door
        self._exchange = Exchange(door.resolve or addresses_of)
        self._robots = robots_txt.Robots()
        self._lock = threading.Lock()
        self._turns: dict[str, float] = {}  # by host: when the next fetch may begin
        self._waits: dict[str, FetchError] = {}  # by host: the answer that asked to wait

    def fetch(
        self, url: str, *, etag: str | None, last_modified: str | None, accept: str | None, robots: bool, strict: bool
    ) -> Fetched:
        """See :meth:`Outbound.fetch`."""
        headers = {"Accept": accept or "*/*"}
        if etag:
            headers["If-None-Match"] = etag
        if last_modified:
            headers["If-Modified-Since"] = last_modified
        visit = Visit(url, headers, Deadline(self._door.timeout_s), strict=strict)
        answer = self._arrive(visit, lambda hop: self._patiently(hop, visit), robots=robots)
        status: Literal["modified", "unchanged"]
        if answer.status == 304 and (etag or last_modified):
            status = "unchanged"
        elif answer.status in _BODY_OF:
            status, etag, last_modified = "modified", None, None
        else:
            raise self._unwanted(answer, visit.url)
        content = _content_type(answer)
        return Fetched(
            url=str(visit.url),
            status=status,
            body=answer.body,
            media_type=content.get_content_type(),
            charset=content.get_content_charset(),
            etag=answer.headers.get("etag", etag),
            last_modified=answer.headers.get("last-modified", last_modified),
            retrieved_at=self._door.now(),
        )

    def measure(self, url: str, *, timeout_s: float, robots: bool) -> Measured:
        """See :meth:`Outbound.measure`."""
        visit = Visit(url, {"Accept": "*/*", "Accept-Encoding": "identity"}, Deadline(timeout_s), strict=False)

        def ask(hop: httpx.URL) -> Answer:
            request = self._request("HEAD", hop, visit)
            answer = self._send(request)
            silent = answer.status in _BODY_OF and length_of(answer) is None
            if not silent and answer.status not in HEAD_REFUSED:
                return answer
            first_byte = {**request.headers, "Range": "bytes=0-0"}
            # A server that knows no ranges begins to send the whole file, which nobody reads.
            return self._send(replace(request, method="GET", headers=first_byte))

        answer = self._arrive(visit, ask, robots=robots)
        if answer.status not in OF_FILES:
            raise self._unwanted(answer, visit.url)
        return Measured(_content_type(answer).get_content_type(), length_of(answer))

    def post(self, url: str, body: bytes, headers: Mapping[str, str], *, strict: bool) -> Posted:
        """See :meth:`Outbound.post`."""
        visit = Visit(url, headers, Deadline(self._door.timeout_s), strict=strict)
        for hop in visit.hops():
            answer = self._send(self._request("POST", hop, visit, content=body))
            if answer.status not in _KEEPING_METHOD:
                break
            visit.redirect(answer)
            if visit.away:
                sentence = f"leads to another host, {visit.url.netloc.decode('ascii')}; nothing was sent there"
                raise FetchError(str(hop), "redirects", sentence)
        return Posted(answer.status, self._retry_after(answer))

    @contextmanager
    def line(self, *, timeout_s: float) -> Iterator[Send]:
        """See :meth:`Outbound.line`."""
        line = Line(self._exchange)

        def send(method: str, url: str, headers: Mapping[str, str], body: bytes | None = None) -> Replied:
            where = parse(url)
            request = Request(
                method,
                where.copy_with(userinfo=b"") if where.userinfo else where,
                {**headers, "User-Agent": self._door.user_agent, "Accept-Encoding": "identity"},
                Deadline(timeout_s),
                self._door.strict_screen,
                max_bytes=REPLY_BYTES,
                content=body,
                proxied=False,
            )
            if self._door.closed.is_set():
                raise _stopped(request.url)
            answer = line.send(request)
            return Replied(answer.status, answer.body, self._retry_after(answer))

        try:
            yield send
        finally:
            line.close()

    def close(self) -> None:
        """End what is under way."""
        self._exchange.close()

    # --- manners ------------------------------------------------------------------------------------------------------

    def _arrive(self, visit: Visit, ask: Callable[[httpx.URL], Answer], *, robots: bool) -> Answer:
        """Ask in turn wherever the visit leads; return the first answer that leads no further."""
        for hop in visit.hops():
            if robots:
                self._check_robots(hop, visit)
            self._await_turn(hop, visit)
            answer = ask(hop)
            if answer.status not in _REDIRECTS:
                break
            visit.redirect(answer)
        return answer

    def _check_robots(self, url: httpx.URL, visit: Visit) -> None:
        def get() -> tuple[int, bytes]:
            asking = Visit(str(url.join("/robots.txt")), {"Accept": "text/plain, */*"}, visit.deadline, visit.strict)
            try:
                for hop in asking.hops():
                    answer = self._patiently(hop, asking, cut_at=robots_txt.MAX_BYTES)
                    if answer.status not in _REDIRECTS:
                        break
                    asking.redirect(answer)
            except FetchError as error:
                if error.failure == "redirects":  # which lead nowhere: as good as none (RFC 9309 §2.3.1.2)
                    return 404, b""
                raise  # the page itself would fare no better
            return answer.status, answer.body

        self._robots.check(str(url), f"{url.scheme}://{url.netloc.decode('ascii')}", get)

    def _await_turn(self, url: httpx.URL, visit: Visit) -> None:
        """Wait until the host may be asked again. Redirects within a host belong to the same visit."""
        if url.host in visit.hosts:
            return
        visit.hosts.add(url.host)
        now = time.monotonic()
        with self._lock:
            self._forget_what_has_passed(now)
            if (asked := self._waits.get(url.host)) is not None:
                raise FetchError(str(url), asked.failure, asked.reason, retry_after=asked.retry_after)
            turn = max(now, self._turns.get(url.host, now))
            self._turns[url.host] = turn + self._door.delay_s
        visit.deadline.extend(turn - now)
        self._pause(turn - now, url)

    def _forget_what_has_passed(self, now: float) -> None:
        moment = self._door.now()
        self._waits = {host: asked for host, asked in self._waits.items() if (asked.retry_after or moment) > moment}
        if len(self._turns) > _MOST_HOSTS:
            self._turns = {host: turn for host, turn in self._turns.items() if turn > now}

    def _patiently(self, url: httpx.URL, visit: Visit, cut_at: int | None = None) -> Answer:
        """Get, and try again what may pass in a moment."""
        for attempt in itertools.count():
            pause_s = self._door.backoff_s * 2**attempt * random.uniform(0.5, 1.5)  # noqa: S311 - jitter, no secret
            last = attempt == RETRIES or pause_s >= visit.deadline.left()
            try:
                answer = self._send(self._request("GET", url, visit, cut_at=cut_at))
            except FetchError as error:
                if last or not _may_pass(error) or visit.deadline.left() <= pause_s:
                    raise
            else:
                if last or answer.status not in _PASSING or "retry-after" in answer.headers:
                    return answer
            self._pause(pause_s, url)
        raise AssertionError  # count() does not end

    def _request(
        self, method: str, url: httpx.URL, visit: Visit, content: bytes | None = None, cut_at: int | None = None
    ) -> Request:
        return Request(
            method,
            url,
            {"Accept-Encoding": ACCEPTED, **visit.headers, "User-Agent": self._door.user_agent},
            visit.deadline,
            self._door.strict_screen if visit.strict else self._door.screen,
            max_bytes=cut_at or self._door.max_bytes,
            cut=cut_at is not None,
            content=content,
            body_of=_BODY_OF if method == "GET" else frozenset(),
            proxied=not visit.strict,
        )

    def _send(self, request: Request) -> Answer:
        try:
            answer = None if self._door.closed.is_set() else self._exchange.send(request)
        except FetchError:
            if not self._door.closed.is_set():
                raise
            answer = None
        if answer is None or self._door.closed.is_set():  # an end by closing may look like the end of a body
            raise _stopped(request.url)
        if request.method in ("GET", "HEAD") and answer.status in _ASKING_TO_WAIT and self._retry_after(answer):
            with self._lock:
                self._waits[request.url.host] = self._unwanted(answer, request.url)
        return answer

    def _pause(self, seconds: float, url: httpx.URL) -> None:
        if seconds > 0 and self._door.closed.wait(seconds):
            raise _stopped(url)

    def _unwanted(self, answer: Answer, url: httpx.URL) -> FetchError:
        until = self._retry_after(answer)
        asks = f" and asks to wait until {until:%Y-%m-%d %H:%M:%S} UTC" if until else ""
        sentence = f"answers {named(answer.status)}{asks}"
        return FetchError(str(url), f"status_{answer.status}", sentence, retry_after=until)

    def _retry_after(self, answer: Answer) -> datetime | None:
        """Return the instant of a ``Retry-After``: seconds or a date (RFC 9110 §10.2.3), a day from now at most."""
        written = answer.headers.get("retry-after", "").strip()
        now = self._door.now()
        try:
            if written.isascii() and written.isdecimal():
                asked = now + min(timedelta(seconds=int(written[:9])), MAX_WAIT)
            else:
                asked = parsedate_to_datetime(written)
                asked = asked.replace(tzinfo=UTC) if asked.tzinfo is None else asked.astimezone(UTC)
        except (ValueError, OverflowError):
            return None
        return min(asked, now + MAX_WAIT) if asked > now else None


def _may_pass(error: FetchError) -> bool:
    """Tell whether the same request may fare better in a moment."""
    if error.failure == "dns":
        return isinstance(error.__cause__, socket.gaierror) and error.__cause__.errno == socket.EAI_AGAIN
    return error.failure in ("refused", "timeout")


def _content_type(answer: Answer) -> Message:
    content = Message()
    content["Content-Type"] = answer.headers.get("content-type", "application/octet-stream")
    return content


def _stopped(url: httpx.URL) -> FetchError:
    return FetchError(str(url), "stopped", "feedsvc is ending")
