"""The way of one fetch from its first address to its last.

Knows where a redirect may lead; hides what must not be carried along.
"""

import base64
from collections.abc import Iterator, Mapping
from http import HTTPStatus

import httpx

from feedsvc.errors import FetchError
from feedsvc.outbound.request import Answer, Deadline, parse

MAX_REDIRECTS = 10


class Visit:
    """One fetch on its way.

    ``url`` is where it stands, without credentials; ``away`` tells whether that is another host or port than at first.
    """

    def __init__(self, url: str, headers: Mapping[str, str], deadline: Deadline, strict: bool) -> None:
        written = parse(url)
        self.url = written.copy_with(userinfo=b"")
        self.headers = dict(headers)
        self.deadline = deadline
        self.strict = strict
        self.away = False
        self.hosts: set[str] = set()
        self._seen = {self.url}
        if written.userinfo:
            pair = f"{written.username}:{written.password}".encode()
            self.headers["Authorization"] = f"Basic {base64.b64encode(pair).decode('ascii')}"

    def hops(self) -> Iterator[httpx.URL]:
        """Yield the address of each request: the first, then wherever :meth:`redirect` led."""
        first = self.url
        for _ in range(1 + MAX_REDIRECTS):
            yield self.url
        raise FetchError(str(first), "redirects", f"leads on more than {MAX_REDIRECTS} times, at last to {self.url}")

    def redirect(self, answer: Answer) -> None:
        """Go where the answer leads.

        Raises:
            FetchError: it leads nowhere, in a circle, to no address, or from https to http.
        """
        here, location = self.url, answer.headers.get("location", "")
        if not location:
            raise FetchError(str(here), "bad_response", f"answers {named(answer.status)} without saying where to")
        try:
            there = parse(location, here).copy_with(userinfo=b"")
        except FetchError as error:
            raise FetchError(str(here), error.failure, f"leads to {error.origin}, which {error.reason}") from error
        if (here.scheme, there.scheme) == ("https", "http"):
            sentence = f"leads from https to {there}, where anyone on the way could change it; nothing was asked there"
            raise FetchError(str(here), "redirects", sentence)
        if there in self._seen:
            raise FetchError(str(here), "redirects", f"leads in a circle, back to {there}")
        # From http to https on their own ports is the same server, and None in both.
        if (there.host, there.port) != (here.host, here.port):
            self.away = True
            self.headers.pop("Authorization", None)
        self._seen.add(there)
        self.url = there


def named(status: int) -> str:
    """Return a status with its name, as people know it."""
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)
