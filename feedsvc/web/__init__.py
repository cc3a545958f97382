"""The public web: one WSGI callable that hands out documents and pages.

Knows HTTP; hides Flask, caching and wording of errors. It sees the service and nothing behind it.
"""

import logging
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from feedsvc.service import Service
from feedsvc.web.front import Front, noting
from feedsvc.web.pages import Pages

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

__all__ = ["create"]


def create(current: Callable[[], Service], *, clock: Callable[[], float] = time.monotonic) -> "WSGIApplication":
    """Make the web of the service that ``current`` returns; it is asked at every look, and must be cheap.

    ``clock``, in seconds, says when it is time to look. Each request is a line of the log if that has DEBUG by then.
    """
    front = Front(current, Pages(current, clock=clock), clock=clock)
    return noting(front) if logging.getLogger(__name__).isEnabledFor(logging.DEBUG) else front
