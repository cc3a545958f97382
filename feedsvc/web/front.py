"""The thin WSGI front: documents are answered from memory, everything else goes on to the pages.

Knows the addresses and headers of documents; hides Flask from the hot path.
"""

import logging
import re
import time
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from feedsvc import addresses
from feedsvc.config import Config
from feedsvc.errors import StoreError
from feedsvc.model import MAIN_FEED, Document, FeedName, Format
from feedsvc.service import Service
from feedsvc.web import problems
from feedsvc.web.memory import Memory
from feedsvc.web.private import without_key
from feedsvc.web.problems import Found, Problem
from feedsvc.web.redirects import OldAddresses
from feedsvc.web.representation import METHODS, NOSNIFF, Answer, Headers, redirect, resource

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

_log = logging.getLogger(__name__)

_DOCUMENTS_KEPT = 256  # some 100 KB each with all codings
_STALE_WHILE_REVALIDATE_S = 60
_STALE_IF_ERROR_S = 86400

_MAIN_PATHS = {addresses.path(MAIN_FEED, format_): format_ for format_ in Format}
_FEED_PATH = re.compile(rf"/feeds/([a-z0-9][a-z0-9._-]{{0,99}})\.({'|'.join(Format)})")

# A page elsewhere may read a feed with fetch(), conditionally too (Fetch standard, CORS protocol).
_CORS: Headers = (("Access-Control-Allow-Origin", "*"), ("Access-Control-Expose-Headers", "ETag, Link"))
_OPTIONS = Answer(
    HTTPStatus.NO_CONTENT,
    (
        ("Allow", METHODS),
        ("Access-Control-Allow-Origin", "*"),
        ("Access-Control-Allow-Methods", METHODS),
        ("Access-Control-Allow-Headers", "*"),
        ("Access-Control-Max-Age", "86400"),
    ),
)


class Front:
    """The whole public web as one WSGI callable. ``problem_page`` writes a problem for people."""

    def __init__(
        self,
        current: Callable[[], Service],
        pages: "WSGIApplication",
        problem_page: Callable[[Problem], str],
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._current = current
        self._pages = pages
        self._problem_page = problem_page
        self._documents = Memory(current, limit=_DOCUMENTS_KEPT, clock=clock)
        self._old = OldAddresses(current)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if not _log.isEnabledFor(logging.DEBUG):
            return self._serve(environ, start_response)
        began, status = time.perf_counter(), ""

        def noting(line: str, headers: list[tuple[str, str]], *error: Any) -> Any:
            nonlocal status
            status = line[:3]
            return start_response(line, headers, *error)

        body = self._serve(environ, noting)
        line = {
            "method": environ["REQUEST_METHOD"],
            "path": without_key(environ.get("PATH_INFO", "")),
            "status": status,
        }
        took = {"ms": round((time.perf_counter() - began) * 1000, 2), "agent": environ.get("HTTP_USER_AGENT", "")}
        _log.debug("request", extra=line | took)
        return body

    def _serve(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if (moved := self._old.configured(environ, _CORS)) is not None:
            return _sent(self._respond(moved, environ), environ, start_response)
        asked = _asked(path.rstrip("/"))
        if asked is None:
            return self._pages(environ, start_response)
        try:
            response = self._answer(path, *asked, environ)
        except StoreError:
            response = self._respond(problems.STORE_DOWN, environ)
        except Exception:
            _log.exception("request_crashed", extra={"path": path})
            response = self._respond(problems.BUG, environ)
        return _sent(response, environ, start_response)

    def _answer(self, path: str, feed: FeedName, format_: Format, environ: "WSGIEnvironment") -> Answer:
        canonical = addresses.path(feed, format_)
        if path != canonical:
            return redirect(self._current().config.site.base_url, canonical)
        method = environ["REQUEST_METHOD"]
        if method == "OPTIONS":
            return _OPTIONS
        if method not in ("GET", "HEAD"):
            return self._respond(problems.method_not_allowed(METHODS), environ)
        return self._respond(self._documents.get(path, lambda service: _load(service, feed, format_)), environ)

    def _respond(self, found: Found, environ: "WSGIEnvironment") -> Answer:
        return problems.respond(found, environ, self._problem_page, _CORS)


def _sent(response: Answer, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    start_response(response.status_line, list(response.headers))
    return [b"" if environ["REQUEST_METHOD"] == "HEAD" else response.body]


def _asked(path: str) -> tuple[FeedName, Format] | None:
    if path in _MAIN_PATHS:
        return MAIN_FEED, _MAIN_PATHS[path]
    match = _FEED_PATH.fullmatch(path)
    return (FeedName(match[1]), Format(match[2])) if match else None


def _load(service: Service, feed: FeedName, format_: Format) -> Found:
    document = service.public.document(feed, format_)
    if document is None:
        known = any(each.name == feed for each in service.public.feeds())
        return problems.NOT_PUBLISHED_YET if known else problems.NO_SUCH_FEED
    return resource(
        document.body,
        etag=document.etag,
        media_type=format_.content_type,
        headers=_headers(document, service.config),
        encodings=document.encodings,
        last_modified=document.last_modified,
    )


def _headers(document: Document, config: Config) -> Headers:
    keep = (
        f"public, max-age={document.max_age_s}, "
        f"stale-while-revalidate={_STALE_WHILE_REVALIDATE_S}, stale-if-error={_STALE_IF_ERROR_S}"
    )
    return (
        ("Cache-Control", keep),
        ("Link", addresses.links(config.site.base_url, document.feed, document.format, config.hubs)),
        NOSNIFF,
        *_CORS,
    )
