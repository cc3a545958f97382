"""Private feeds: ``/private/KEY/NAME.xml``, for whoever has a key that is good.

Knows what keeps a key to its owner: it stands in no log, no cache that is shared, no Referer and no list, and an
address that is not good tells nothing of the feeds there are. Hides Flask.
"""

import re
import time
from collections.abc import Callable
from http import HTTPStatus

from flask import Blueprint, request
from flask import Response as FlaskResponse

from feedsvc import addresses
from feedsvc.model import FeedName, Format
from feedsvc.service import Service
from feedsvc.service.private import Admittance
from feedsvc.web import problems
from feedsvc.web.memory import Memory
from feedsvc.web.problems import Found, Problem
from feedsvc.web.representation import NOSNIFF, resource, vary

_PREFIX = "/private/"
_PATH = re.compile(rf"{_PREFIX}([A-Za-z0-9_-]{{1,100}})/([a-z0-9-]{{1,100}})\.({'|'.join(Format)})")
_KEPT = 4_000_000  # bytes

_UNKNOWN = Problem(
    HTTPStatus.NOT_FOUND,
    "There is no feed at this address. A private feed has an address for each of its subscribers; ask whoever runs "
    "this site for yours.",
)
_REVOKED = Problem(HTTPStatus.GONE, "This address has been revoked. Ask whoever runs this site for a new one.")


class PrivateFeeds:
    """The view. ``respond`` turns what was found into a response."""

    def __init__(
        self,
        current: Callable[[], Service],
        respond: Callable[[Found], FlaskResponse],
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._current = current
        self._respond = respond
        self._documents = Memory(current, limit=_KEPT, clock=clock)

    def routes(self) -> Blueprint:
        """Return where the view stands."""
        routes = Blueprint("private", __name__)
        routes.add_url_rule(f"{_PREFIX}<path:_>", view_func=self.document)
        routes.after_request(_guarded)
        return routes

    def document(self, _: str) -> FlaskResponse:
        """``/private/KEY/NAME.xml`` and the other formats."""
        return self._respond(self._found(request.path))

    def _found(self, path: str) -> Found:
        asked = _PATH.fullmatch(path)
        if asked is None:
            return _UNKNOWN
        key, name, format = asked[1], FeedName(asked[2]), Format(asked[3])
        match self._current().private.admit(name, key):
            case Admittance.UNKNOWN:
                return _UNKNOWN
            case Admittance.REVOKED:
                return _REVOKED
        # Kept under the address that the document gives itself: the same bytes for every subscriber.
        return self._documents.get(addresses.private_path(name, format), lambda service: _load(service, name, format))


def without_key(path: str) -> str:
    """Return a path as it may be logged."""
    return f"{_PREFIX}…" if path.startswith(_PREFIX) else path


def _load(service: Service, name: FeedName, format: Format) -> Found:
    document = service.private.document(name, format)
    if document is None:
        return problems.NOT_PUBLISHED_YET
    return resource(
        document.body,
        etag=document.etag,
        media_type=format.content_type,
        headers=(("Cache-Control", f"private, max-age={document.max_age_s}"), NOSNIFF),
        encodings=document.encodings,
        last_modified=document.last_modified,
        vary=vary(format),
    )


def _guarded(response: FlaskResponse) -> FlaskResponse:
    if response.status_code not in (HTTPStatus.OK, HTTPStatus.NOT_MODIFIED):
        response.headers["Cache-Control"] = "private, no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
