"""The mirror of one web in one folder: what has changed is asked of the web and written.

Knows when there is something to write, and that one process at a time does; hides how.
"""

import logging
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from feedsvc import web
from feedsvc.mirror.asking import ask
from feedsvc.mirror.files import Files
from feedsvc.mirror.hand import Hand
from feedsvc.mirror.helping import cores, helpers
from feedsvc.mirror.ledger import opened
from feedsvc.mirror.round import SHEETS, Counts, Round, Stopped
from feedsvc.service import Service
from feedsvc.text import digest

_log = logging.getLogger(__name__)

# Articles leave the news sitemap by growing old, without any change.
_AN_HOUR_S = 3600
# What the web could not answer is seldom there a moment later: a feed breaks a rule until somebody mends it.
_RETRY_S = 60.0


class Mirror:
    """The web of the service that ``current`` returns, as files in a folder. One thread at a time may write.

    Where there is much to write, processes started by the command ``helper`` do it, as many as there are cores: it is
    to call ``help_writing``. Without one, or with one core, all is done here.
    """

    def __init__(self, current: Callable[[], Service], folder: Path, *, helper: Sequence[str] = ()) -> None:
        self._current = current
        self._folder = folder
        self._helper = helper
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

        ``advance`` is told of addresses as they are written.

        Raises:
            MirrorError: the folder cannot be written.
            StoreError: the store cannot be read.
            Stopped: ``stopping`` said so before all was written; the next time goes on with it.
        """
        service, files = self._current(), Files(self._folder)

        def before() -> None:
            if stopping():
                raise Stopped
            advance(1)

        def round_() -> Counts:
            self._rounds += 1
            hand = Hand(service, self._web, files, before)
            settings = service.surface.settings
            alone = not self._helper or cores() == 1
            others = None if alone else partial(helpers, self._helper, self._folder, settings, before)
            seen = digest(settings, *(digest(ask(self._web, sheet).body) for sheet in SHEETS))
            return Round(service, seen, hand, others, ledger, files).write()

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
