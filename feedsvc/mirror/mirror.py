"""The mirror of one web in one folder: what has changed is asked of the web and written.

Knows when there is something to write, and that one process at a time does; hides how.
"""

import logging
import time
from collections.abc import Callable
from pathlib import Path

from feedsvc import web
from feedsvc.mirror.files import Files
from feedsvc.mirror.ledger import opened
from feedsvc.mirror.round import Counts, Round, Stopped
from feedsvc.service import Service

_log = logging.getLogger(__name__)

# Articles leave the news sitemap by growing old, without any change.
_AN_HOUR_S = 3600
# What the web could not answer is seldom there a moment later: a feed breaks a rule until somebody mends it.
_RETRY_S = 60.0


class Mirror:
    """The web of the service that ``current`` returns, as files in a folder. One thread at a time may write."""

    def __init__(self, current: Callable[[], Service], folder: Path) -> None:
        self._current = current
        self._folder = folder
        # The web looks at the store ten times a second, which is too seldom here: each round is another second to it.
        self._rounds = 0
        self._web = web.create(current, clock=lambda: time.monotonic() + self._rounds)
        self._written: tuple[int, str, int] | None = None
        self._again = float("inf")

    def follow(self, stopping: Callable[[], bool]) -> Counts | None:
        """Write what has changed, if anything has since the last call; costs one look at the store.

        None when nothing has, or when told to stop before all was written.

        Raises:
            MirrorError: the folder cannot be written.
            StoreError: the store cannot be read.
        """
        service = self._current()
        now = service.public.publication(), service.surface.settings, int(time.time() // _AN_HOUR_S)
        if now == self._written and time.monotonic() < self._again:
            return None
        began = time.monotonic()
        try:
            counts = self.write(stopping=stopping)
        except Stopped:
            return None
        did = {"written": counts.written, "removed": counts.removed, "refused": len(counts.refused)}
        _log.info("mirror", extra=did | {"ms": round((time.monotonic() - began) * 1000)})
        self._written = now
        self._again = time.monotonic() + _RETRY_S if counts.refused else float("inf")
        return counts

    def write(
        self, *, advance: Callable[[int], None] = lambda _: None, stopping: Callable[[], bool] = lambda: False
    ) -> Counts:
        """Bring the folder up to date, whoever wrote it last.

        ``advance`` is told of addresses as they are asked.

        Raises:
            MirrorError: the folder cannot be written.
            StoreError: the store cannot be read.
            Stopped: ``stopping`` said so before all was written; the next time goes on with it.
        """
        service, files = self._current(), Files(self._folder)

        def round_() -> Counts:
            self._rounds += 1
            return Round(service, self._web, ledger, files, advance, stopping).write()

        with opened(self._folder) as ledger:
            counts = round_()
            ledger.keep()
            if int(ledger.note("number")) == service.surface.number():
                return counts
            # Writing everything takes long, or was begun by an earlier process: some of it has changed since.
            changes = round_()
        return Counts(
            counts.written + changes.written,
            counts.unchanged + changes.unchanged,
            counts.removed + changes.removed,
            changes.refused,
        )
