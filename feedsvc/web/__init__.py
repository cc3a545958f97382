"""The public web: one WSGI callable that hands out documents and pages.

Knows HTTP; hides Flask, caching and wording of errors. It sees the service and nothing behind it.
"""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from feedsvc.service import Service
from feedsvc.web.front import Front
from feedsvc.web.pages import Pages

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

__all__ = ["create"]


def create(current: Callable[[], Service], *, clock: Callable[[], float] = time.monotonic) -> "WSGIApplication":
    """Make the web of the service that ``current`` returns; it is asked at every look, and must be cheap.

    ``clock``, in seconds, says when it is time to look.
    """
    pages = Pages(current, clock=clock)
    return Front(current, pages, clock=clock)
