"""What was handed out lately, and whether it is still true.

Knows when to look at the store's publication number; hides from the front and the pages that the store may be slow or
gone: what was good once stays served until something newer can be had.
"""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from feedsvc.service import Service
from feedsvc.web.problems import Found
from feedsvc.web.representation import DECIDING, Finished, Resource, finished

if TYPE_CHECKING:
    from wsgiref.types import WSGIEnvironment

_log = logging.getLogger(__name__)

# Change to served bytes must take at most half a second, settling and rendering included; a look costs 0.3 ms.
_LOOK_EVERY_S = 0.1
_RETRY_AFTER_S = 1.0


@dataclass(frozen=True, slots=True)
class _Generation:
    """The state of the store that bytes were made from; a reread configuration makes a new service."""

    service: Service
    number: int


@dataclass(frozen=True, slots=True)
class _Kept:
    resource: Resource
    generation: _Generation | None


class Memory:
    """Resources by key, some ``limit`` bytes of them; the one that was loaded longest ago goes first. Safe for threads.

    At most one thread at a time looks at the store on behalf of the others, who are given what is there.
    """

    def __init__(
        self, current: Callable[[], Service], *, limit: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._current = current
        self._limit = limit
        self._clock = clock
        self._kept: dict[str, _Kept] = {}
        self._weight = 0
        self._generation: _Generation | None = None
        self._next_look = float("-inf")
        self._next_reload = float("-inf")
        self._well = True
        self._looking = threading.Lock()
        self._shelving = threading.Lock()

    def at_hand(self, environ: "WSGIEnvironment") -> Finished | None:
        """Answer a request whose path is the key of what is there and true for all that is known.

        Nearly all requests are answered here, so this is written to be short: it looks and loads nothing. None for all
        that needs a second thought, and now and then for what is there, so that :meth:`get` is asked and looks at the
        store.
        """
        kept = self._kept.get(environ.get("PATH_INFO", ""))
        if kept is None or kept.generation is not self._generation or self._clock() >= self._next_look:
            return None
        return kept.resource.answers.get(tuple(map(environ.get, DECIDING))) or finished(kept.resource, environ)

    def get(self, key: str, load: Callable[[Service], Found]) -> Found:
        """Return the resource of the key, from ``load`` when it is not there or no longer true.

        What ``load`` returns instead of a resource is handed on and not kept: unknown keys fill no memory.

        Raises:
            Exception: whatever ``load`` raises, when there is nothing older to hand out.
        """
        self._look()
        kept = self._kept.get(key)
        if kept is None:
            return self._load(key, load)
        if kept.generation is self._generation or self._clock() < self._next_reload:
            return kept.resource
        if not self._looking.acquire(blocking=False):
            return kept.resource
        try:
            return self._load(key, load)
        except Exception:
            # Whatever went wrong, a bug included: the last good bytes are better than none.
            self._next_reload = self._clock() + _RETRY_AFTER_S
            _log.exception("reload_failed", extra={"key": key})
            return kept.resource
        finally:
            self._looking.release()

    def _look(self) -> None:
        if self._clock() < self._next_look or not self._looking.acquire(blocking=False):
            return
        try:
            # Set before asking: while a slow store thinks, the others are not kept from what is at hand.
            self._next_look = self._clock() + _LOOK_EVERY_S
            service = self._current()
            number = service.public.publication()
            known = self._generation
            if known is None or known.service is not service or known.number != number:
                self._generation = _Generation(service, number)
            if not self._well:
                self._well = True
                _log.info("store_reachable_again")
        except Exception as error:
            self._next_look = self._clock() + _RETRY_AFTER_S
            if self._well:  # one line when it begins, not one a second
                self._well = False
                _log.warning("store_unreachable", extra={"reason": str(error)})
        finally:
            self._looking.release()

    def _load(self, key: str, load: Callable[[Service], Found]) -> Found:
        # Taken before loading: bytes newer than their generation are loaded once more, older ones would stay.
        generation = self._generation
        loaded = load(self._current())
        with self._shelving:
            self._forget(key)
            if isinstance(loaded, Resource):
                self._kept[key] = _Kept(loaded, generation)
                self._weight += loaded.weight
                while self._weight > self._limit and len(self._kept) > 1:
                    self._forget(next(iter(self._kept)))
        return loaded

    def _forget(self, key: str) -> None:
        gone = self._kept.pop(key, None)
        if gone is not None:
            self._weight -= gone.resource.weight


def still(load: Callable[[Service], Found]) -> Callable[[Service], Found]:
    """Return what loads the same of one state of the store, whatever is written meanwhile."""

    def loaded(service: Service) -> Found:
        with service.public.still():
            return load(service)

    return loaded
