"""What sites ask robots to leave alone.

Knows RFC 9309; hides how long an answer is remembered.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from protego import Protego

from feedsvc.errors import FetchError

PRODUCT = "feedsvc"
# RFC 9309 §2.5: at least 500 KiB are read; what comes after is ignored.
MAX_BYTES = 512 * 1024
KEPT_S = 3600.0
# While a site cannot give its robots.txt, nothing of it is fetched; it is asked again after this time.
KEPT_UNREACHABLE_S = 300.0
_MOST_SITES = 1000

# Returns the status and the body; the redirects are followed already.
Get = Callable[[], tuple[int, bytes]]


@dataclass(frozen=True, slots=True)
class _Rules:
    parsed: Protego | None  # None: the site could not say, so all is forbidden
    status: int
    until: float


class Robots:
    """The rules of each site, remembered for an hour; safe to share between threads."""

    def __init__(self) -> None:
        self._sites: dict[str, _Rules] = {}
        self._lock = threading.Lock()

    def check(self, url: str, site: str, get: Get) -> None:
        """Ask whether the address may be fetched; ``get`` fetches the robots.txt of its site when it is needed.

        A site without one (4xx) forbids nothing. One that cannot say (5xx, 429) forbids all, unless it said something
        before (RFC 9309 §2.3.1).

        Raises:
            FetchError: ``robots``, it may not; or what ``get`` raised.
        """
        rules = self._known(site) or self._learn(site, get)
        if rules.parsed is None:
            sentence = f"{site}/robots.txt cannot be had (status {rules.status}), so nothing is fetched from there"
            raise FetchError(url, "robots", sentence)
        if not rules.parsed.can_fetch(url, PRODUCT):
            raise FetchError(url, "robots", f"{site}/robots.txt asks robots not to fetch it")

    def _known(self, site: str) -> _Rules | None:
        with self._lock:
            rules = self._sites.get(site)
        return rules if rules and rules.until > time.monotonic() else None

    def _learn(self, site: str, get: Get) -> _Rules:
        status, body = get()
        parsed, kept_s = None, KEPT_UNREACHABLE_S
        if 200 <= status < 300:
            parsed, kept_s = Protego.parse(body.decode("utf-8-sig", "replace")), KEPT_S
        elif 400 <= status < 500 and status != 429:
            parsed, kept_s = Protego.parse(""), KEPT_S
        with self._lock:
            if parsed is None and site in self._sites:
                parsed = self._sites[site].parsed
            if len(self._sites) >= _MOST_SITES:
                self._sites.clear()
            rules = self._sites[site] = _Rules(parsed, status, time.monotonic() + kept_s)
        return rules
