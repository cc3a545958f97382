"""``/media/SOURCE/NAME``: the pictures, sound and films beside a folder's articles.

Knows how files are streamed (RFC 9110 §13 and §14: conditional and range requests); hides Flask.
"""

import re
from collections.abc import Callable
from http import HTTPStatus

from flask import Blueprint, Response, request, send_file
from werkzeug.exceptions import RequestedRangeNotSatisfiable

from feedsvc.service import Service
from feedsvc.web.problems import Found, Problem
from feedsvc.web.representation import NOSNIFF

_A_DAY_S = 86400
_RANGE = re.compile(r"bytes=\d*-\d*")
_NO_SUCH_FILE = Problem(HTTPStatus.NOT_FOUND, "There is no picture, sound or film at this address.")
# A drawing that is opened by itself is a document, which could bring scripts: it gets none, and an origin of its own.
_DRAWING = "image/svg+xml"
_DRAWING_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"


def routes(current: Callable[[], Service], respond: Callable[[Found], Response]) -> Blueprint:
    """Return the route; ``respond`` words a problem."""
    blueprint = Blueprint("media", __name__)

    @blueprint.get("/media/<source>/<path:name>")
    def media(source: str, name: str) -> Response:
        found = current().public.media(source, name)
        if found is None:
            return respond(_NO_SUCH_FILE)
        if not _RANGE.fullmatch(request.environ.get("HTTP_RANGE", "")):
            # Several ranges in one answer are more trouble than they are worth; a server may ignore them (§14.2).
            request.environ.pop("HTTP_RANGE", None)
        try:
            response = send_file(
                found.path,
                mimetype=found.media_type,
                download_name=name.rpartition("/")[2],
                conditional=True,
                etag=f"{found.size:x}-{found.mtime_ns:x}",
                last_modified=found.mtime_ns / 1e9,
                max_age=_A_DAY_S,
            )
        except RequestedRangeNotSatisfiable:
            range_of = (("Content-Range", f"bytes */{found.size}"),)
            return respond(Problem(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, "The file is shorter.", range_of))
        except OSError:  # it was taken away in this very moment
            return respond(_NO_SUCH_FILE)
        response.headers.remove("Expires")  # Cache-Control has the word
        response.headers.extend([NOSNIFF])
        if found.media_type == _DRAWING:
            response.headers["Content-Security-Policy"] = _DRAWING_POLICY
        return response

    return blueprint
