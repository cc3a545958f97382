"""Bodies of requests, as they come in.

Knows how many clients may keep a thread waiting for what they send; hides the counting. Those who send are few, and
are told to come again: what they are slow with must not take the threads of readers.
"""

import threading
from typing import TYPE_CHECKING

from werkzeug.exceptions import ServiceUnavailable

if TYPE_CHECKING:
    from wsgiref.types import InputStream, WSGIEnvironment

_AT_ONCE = 4  # half of a worker's threads


class Bodies:
    """The bodies that come in at one worker."""

    def __init__(self) -> None:
        self._places = threading.BoundedSemaphore(_AT_ONCE)

    def bounded(self, environ: "WSGIEnvironment") -> "WSGIEnvironment":
        """Return the request with a body for which a thread waits only while there is a place for it."""
        return environ | {"wsgi.input": _Body(environ["wsgi.input"], self._places)}


class _Body:
    def __init__(self, arriving: "InputStream", places: threading.BoundedSemaphore) -> None:
        self._arriving = arriving
        self._places = places

    def read(self, size: int = -1) -> bytes:
        # A place is taken for one reading only: of what has arrived already it takes none of the time.
        if not self._places.acquire(blocking=False):
            raise ServiceUnavailable
        try:
            return self._arriving.read(size)
        finally:
            self._places.release()
