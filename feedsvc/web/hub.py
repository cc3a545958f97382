"""The WebSub hub for subscribers: ``/hub``.

Knows its form and its answers (W3C WebSub §5); hides Flask. Whether a request is granted is the service's business.
"""

from collections.abc import Callable
from http import HTTPStatus
from urllib.parse import parse_qs

from flask import Blueprint, request
from flask import Response as FlaskResponse
from werkzeug.exceptions import NotFound

from feedsvc import addresses
from feedsvc.errors import HubBusy, HubRefused
from feedsvc.service import Service
from feedsvc.web.problems import Problem
from feedsvc.web.representation import NOSNIFF

PATH = addresses.HUB
_BODY_MOST_BYTES = 16_384
_PARAMETERS_MOST = 50
_RETRY_S = "120"

_ABOUT = (
    "This is the WebSub hub of this site. Nothing is to be read here: programs subscribe with POST, and are then told "
    "of news as soon as there is any. Feeds are listed at /feeds/."
)
NOT_TO_BE_READ = Problem(HTTPStatus.METHOD_NOT_ALLOWED, _ABOUT, (("Allow", "POST"),))


class Hub:
    """The views of the hub. ``current`` returns the service, ``refused`` answers with a problem."""

    def __init__(self, current: Callable[[], Service], refused: Callable[[Problem], FlaskResponse]) -> None:
        self._current = current
        self._refused = refused

    def routes(self) -> Blueprint:
        """Return where each view stands."""
        routes = Blueprint("hub", __name__)
        routes.add_url_rule(PATH, view_func=self.take, methods=["POST"])
        routes.add_url_rule(PATH, view_func=self.about, methods=["GET"], provide_automatic_options=False)
        return routes

    def take(self) -> FlaskResponse:
        """Take a request to subscribe or unsubscribe; 202 says that its callback will be asked."""
        hub = self._current().hub
        if not hub.enabled:
            raise NotFound
        request.max_content_length = _BODY_MOST_BYTES
        try:
            form = parse_qs(request.get_data().decode(), keep_blank_values=True, max_num_fields=_PARAMETERS_MOST)
        except ValueError:  # no UTF-8, or too many
            return _said(HTTPStatus.BAD_REQUEST, "The body must be a form of a few parameters, in UTF-8.")
        try:
            hub.ask(form)
        except HubRefused as error:
            return _said(HTTPStatus.BAD_REQUEST, str(error))
        except HubBusy as error:
            busy = _said(HTTPStatus.SERVICE_UNAVAILABLE, str(error))
            busy.headers["Retry-After"] = _RETRY_S
            return busy
        return _said(HTTPStatus.ACCEPTED, "Your callback will be asked to confirm this.")

    def about(self) -> FlaskResponse:
        """Say what this is to whoever looks."""
        if not self._current().hub.enabled:
            raise NotFound
        return self._refused(NOT_TO_BE_READ)


def _said(status: HTTPStatus, sentence: str) -> FlaskResponse:
    headers = [("Content-Type", "text/plain; charset=utf-8"), ("Cache-Control", "no-store"), NOSNIFF]
    return FlaskResponse(sentence + "\n", status, headers)
