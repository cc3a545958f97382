"""The use cases: the only door for web, schedule and cli.

:class:`Service` reads sources, publishes feeds and answers the web; :class:`~feedsvc.service.desk.Desk` is the store
by hand, :class:`~feedsvc.service.push.Push` what senders may do; :mod:`feedsvc.service.preview` reads without writing.
Hides the store, the sources and the feeds behind them.
"""

from feedsvc.service.service import Service, utc_now
from feedsvc.service.standing import Status

__all__ = ["Service", "Status", "utc_now"]
