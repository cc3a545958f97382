"""The admin's page: how sources and feeds stand, what needs a look, the pages that could not be read.

Knows who may see it (HTTP Basic, RFC 7617, with the one password of the configuration) and that a browser must not be
talked into using it from elsewhere; hides Flask.
"""

import hmac
import logging
import re
import time
from collections.abc import Callable
from http import HTTPStatus
from urllib.parse import urlsplit

from flask import Blueprint, request
from flask import Response as FlaskResponse

from feedsvc.model import SourceName
from feedsvc.service import Service
from feedsvc.web.overview import overview
from feedsvc.web.problems import Found, Problem
from feedsvc.web.representation import NOSNIFF, POLICY, Headers

_log = logging.getLogger(__name__)

PATH = "/admin/"
_CLOSED = Problem(
    HTTPStatus.FORBIDDEN,
    "The admin's page is closed. It opens with a password under [admin] in the configuration.",
)
_ASKED = Problem(
    HTTPStatus.UNAUTHORIZED,
    "This page is for the admin. Any name will do; the password is the one under [admin] in the configuration.",
    (("WWW-Authenticate", 'Basic realm="feedsvc", charset="UTF-8"'),),
)
_FOREIGN = Problem(HTTPStatus.FORBIDDEN, "This was asked for by a page elsewhere; only the admin's page may do so.")
_WAIT_LEAST_S, _WAIT_MOST_S = 0.5, 8.0

# `same-origin` and not `no-referrer`: with that browsers would hide our own Origin from us.
_HEADERS: Headers = (
    ("Cache-Control", "no-store"),
    ("X-Robots-Tag", "noindex, nofollow"),
    ("Referrer-Policy", "same-origin"),
    ("Content-Security-Policy", POLICY),
    NOSNIFF,
)


class Brake:
    """Slows down whoever tries passwords: after a wrong one none is looked at for a while, each time twice as long.

    For one process. It holds everybody up alike, the admin too, but never for more than eight seconds, and nobody waits
    inside: a request that comes too early is refused at once.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._wait_s = 0.0
        self._until = float("-inf")

    def left_s(self) -> float:
        """Return for how many seconds no password is looked at."""
        return max(0.0, self._until - self._clock())

    def note(self, *, right: bool) -> None:
        """Note how a try went."""
        self._wait_s = 0.0 if right else min(max(2 * self._wait_s, _WAIT_LEAST_S), _WAIT_MOST_S)
        self._until = self._clock() + self._wait_s


class Admin:
    """The views. ``respond`` turns what was found into a response, ``write`` fills a template."""

    def __init__(
        self,
        current: Callable[[], Service],
        respond: Callable[[Found], FlaskResponse],
        write: Callable[..., str],
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._current = current
        self._respond = respond
        self._write = write
        self._brake = Brake(clock)

    def routes(self) -> Blueprint:
        """Return where each view stands."""
        routes = Blueprint("admin", __name__)
        routes.before_request(self.guard)
        routes.add_url_rule(PATH, view_func=self.page, methods=["GET"])
        routes.add_url_rule(f"{PATH}samples/<source>/<code>", view_func=self.sample, methods=["GET"])
        routes.add_url_rule(f"{PATH}refresh/<source>", view_func=self.refresh, methods=["POST"])
        routes.after_request(_kept_to_oneself)
        return routes

    def guard(self) -> FlaskResponse | None:
        """Refuse whoever is not the admin, and what another site's page makes the admin's browser ask for."""
        service = self._current()
        password = service.config.admin.password
        if password is None:
            return self._respond(_CLOSED)
        if wait_s := self._brake.left_s():
            return self._respond(_later(wait_s))
        given = request.authorization
        if given is None or given.type != "basic" or given.password is None:
            return self._respond(_ASKED)
        right = hmac.compare_digest(given.password.encode(), password.encode())
        self._brake.note(right=right)
        if not right:
            _log.warning("admin_refused", extra={"address": request.remote_addr or ""})
            return self._respond(_ASKED)
        if request.method == "POST" and not _is_own(request.headers.get, service.config.site.base_url):
            return self._respond(_FOREIGN)
        return None

    def page(self) -> FlaskResponse:
        """``/admin/``: everything at a glance."""
        service = self._current()
        values = overview(service.config, service.status(), service.hub.counts() if service.hub.enabled else None)
        return FlaskResponse(self._write("admin.html", service, **values), mimetype="text/html")

    def sample(self, source: str, code: str) -> FlaskResponse:
        """``/admin/samples/SOURCE/CODE``: a kept page, to be saved and never shown: whoever wrote it is a stranger."""
        kept, body = self._current().samples.page(source, code)
        name = re.sub(r"[^a-z0-9_-]", "_", f"{kept.source}-{kept.code}")
        headers = [("Content-Type", "text/plain"), ("Content-Disposition", f'attachment; filename="{name}.sample"')]
        return FlaskResponse(body, HTTPStatus.OK, headers)

    def refresh(self, source: str) -> FlaskResponse:
        """``POST /admin/refresh/SOURCE``: read it now, then show how that went."""
        service = self._current()
        service.refresh(SourceName(source))
        back = f"{urlsplit(service.config.site.base_url).path}{PATH}#source-{source}"
        return FlaskResponse(status=HTTPStatus.SEE_OTHER, headers=[("Location", back)])


def _later(wait_s: float) -> Problem:
    words = "A wrong password was given just now. Wait a few seconds and try again."
    return Problem(HTTPStatus.TOO_MANY_REQUESTS, words, (("Retry-After", str(int(wait_s) + 1)),))


def _is_own(header: Callable[[str], str | None], base_url: str) -> bool:
    """Tell whether a request that changes something comes from a page of ours, or from no browser at all."""
    site, origin, host = header("Sec-Fetch-Site"), header("Origin"), header("Host")
    if site is not None:
        return site == "same-origin"
    parts = urlsplit(base_url)
    return origin in (None, f"{parts.scheme}://{parts.netloc}", f"http://{host}", f"https://{host}")


def _kept_to_oneself(response: FlaskResponse) -> FlaskResponse:
    for name, value in _HEADERS:
        response.headers[name] = value
    return response
