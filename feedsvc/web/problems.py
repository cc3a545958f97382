"""Errors as people and programs read them.

Knows which status an expected failure has and how it is worded; hides the choice between HTML and RFC 9457 problem
details. An error is never served as a feed.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, TypeAlias

from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header

from feedsvc.web.representation import SAFE, Answer, Headers, Resource, answer

_HTML = "text/html"
PROBLEM_JSON = "application/problem+json"
_PROGRAMS = (PROBLEM_JSON, "application/json", "application/feed+json")

# What RFC 9110 has renamed; Python did so in 3.13.
_PHRASES = {
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "Content Too Large",
    HTTPStatus.REQUEST_URI_TOO_LONG: "URI Too Long",
    HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE: "Range Not Satisfiable",
    HTTPStatus.UNPROCESSABLE_ENTITY: "Unprocessable Content",
}

# How long caches may keep an error: a missing address may come to be, a retracted article hardly comes back.
_CACHEABLE = {HTTPStatus.NOT_FOUND: "public, max-age=60", HTTPStatus.GONE: "public, max-age=3600"}


@dataclass(frozen=True, slots=True)
class Problem:
    """One refusal: ``detail`` is a sentence that says what to do, ``headers`` are those that the status needs."""

    status: HTTPStatus
    detail: str
    headers: Headers = ()
    code: str | None = None

    @property
    def title(self) -> str:
        """What the status is called, by every Python alike."""
        return _PHRASES.get(self.status, self.status.phrase)


NO_SUCH_PAGE = Problem(HTTPStatus.NOT_FOUND, "There is nothing at this address. The news line is on the front page.")
NO_SUCH_NAME = Problem(
    HTTPStatus.NOT_FOUND, "No article has ever carried this name. The feeds of all sections are listed at /feeds/."
)
NO_SUCH_MONTH = Problem(
    HTTPStatus.NOT_FOUND, "Nothing was published then. All months with articles are listed at /archive/."
)
NO_SUCH_FEED = Problem(HTTPStatus.NOT_FOUND, "There is no feed at this address. All feeds are listed at /feeds/.")
NO_QUERY = Problem(
    HTTPStatus.BAD_REQUEST,
    'Say what the feed is to find, such as ?q=harbour or ?q="city council" -weather: at most 8 words, 200 characters.',
)
RETRACTED = Problem(HTTPStatus.GONE, "This article has been retracted and will not come back.")
GONE = Problem(HTTPStatus.GONE, "What was here is gone for good. The feeds of today are listed at /feeds/.")
NOT_PUBLISHED_YET = Problem(
    HTTPStatus.SERVICE_UNAVAILABLE,
    "This feed has not been published yet. It will be there in a moment.",
    (("Retry-After", "5"),),
)
STORE_DOWN = Problem(
    HTTPStatus.SERVICE_UNAVAILABLE,
    "The article store cannot be reached at the moment. Please come back in a minute.",
    (("Retry-After", "60"),),
    "store_unavailable",
)
CROWDED = Problem(
    HTTPStatus.SERVICE_UNAVAILABLE,
    "Too many are sending something at this moment. Please send it again.",
    (("Retry-After", "5"),),
)
BUG = Problem(HTTPStatus.INTERNAL_SERVER_ERROR, "Something went wrong here. It has been noted.")
NOT_ACCEPTABLE = Problem(
    HTTPStatus.NOT_ACCEPTABLE, "None of the content codings that are ready here is accepted by the request."
)
PRECONDITION_FAILED = Problem(HTTPStatus.PRECONDITION_FAILED, "What is here is not what the request's condition names.")
_REFUSALS = {problem.status: problem for problem in (NOT_ACCEPTABLE, PRECONDITION_FAILED)}

# What stands at an address: bytes, a finished response such as a redirect, or a refusal.
Found: TypeAlias = Resource | Answer | Problem


def method_not_allowed(allow: str) -> Problem:
    """Return the refusal of a method, naming those that are allowed."""
    return Problem(HTTPStatus.METHOD_NOT_ALLOWED, f"Only {allow} are possible here.", (("Allow", allow),))


def details(problem: Problem) -> dict[str, Any]:
    """Return the problem as programs read it (RFC 9457 §3.1)."""
    told: dict[str, Any] = {"type": "about:blank", "title": problem.title, "status": problem.status.value}
    return told | {"detail": problem.detail} | ({"code": problem.code} if problem.code else {})


def respond(
    found: Found, environ: Mapping[str, Any], page: Callable[[Problem], str], problem_headers: Headers = ()
) -> Answer:
    """Turn what stands at an address into the response that the request gets.

    A problem is HTML from ``page``, or problem details when Accept prefers what programs read.
    """
    given = answer(found, environ) if isinstance(found, Resource) else found
    if isinstance(given, Answer):
        refused = _REFUSALS.get(given.status)
        if refused is None:
            return given
        given = refused
    return _worded(given, environ, page, problem_headers)


def _worded(problem: Problem, environ: Mapping[str, Any], page: Callable[[Problem], str], extra: Headers) -> Answer:
    if _for_program(environ.get("HTTP_ACCEPT", "")):
        media_type, body = PROBLEM_JSON, json.dumps(details(problem)).encode()
    else:
        media_type, body = "text/html; charset=utf-8", page(problem).encode()
    full = (
        ("Content-Type", media_type),
        ("Content-Length", str(len(body))),
        ("Cache-Control", _CACHEABLE.get(problem.status, "no-store")),
        ("Vary", "Accept"),
        *SAFE,
        *extra,
        *problem.headers,
    )
    return Answer(problem.status, full, body)


def _for_program(accept: str) -> bool:
    wanted = parse_accept_header(accept, MIMEAccept)
    # A feed reader that takes anything gets what a person can read; HTML first, since the first of equals wins.
    return wanted.best_match((_HTML, *_PROGRAMS), default=_HTML) != _HTML
