"""The thin WSGI front: documents are answered from memory, everything else goes on to the pages.

Knows the addresses and headers of documents; hides Flask from the hot path.
"""

import logging
import time
from collections.abc import Callable, Iterable
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from feedsvc import addresses
from feedsvc.addresses import ArchivePage
from feedsvc.config import Config
from feedsvc.errors import FeedUnpublishable, StoreError
from feedsvc.model import Document, FeedName, Format
from feedsvc.service import Service
from feedsvc.web import problems
from feedsvc.web.bodies import Bodies
from feedsvc.web.memory import Memory
from feedsvc.web.private import without_key
from feedsvc.web.problems import Found
from feedsvc.web.redirects import OldAddresses
from feedsvc.web.representation import (
    METHODS,
    NOSNIFF,
    Answer,
    Headers,
    Resource,
    base_tags,
    delta,
    pieces,
    redirect,
    resource,
    vary,
)

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from feedsvc.web.pages import Pages

_log = logging.getLogger(__name__)

_DELTA_KEPT_S = 300
_DOCUMENTS_KEPT = 16_000_000  # bytes, some 100 KB each with all codings
_STALE_WHILE_REVALIDATE_S = 60
_STALE_IF_ERROR_S = 86400

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


def noting(web: "WSGIApplication") -> "WSGIApplication":
    """Return the web that notes each request in the log."""

    def noted(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        began, status = time.perf_counter(), ""

        def hearing(line: str, headers: list[tuple[str, str]], *error: Any) -> Any:
            nonlocal status
            status = line[:3]
            return start_response(line, headers, *error)

        body = web(environ, hearing)
        line = {
            "method": environ["REQUEST_METHOD"],
            "path": without_key(environ.get("PATH_INFO", "")),
            "status": status,
        }
        took = {"ms": round((time.perf_counter() - began) * 1000, 2), "agent": environ.get("HTTP_USER_AGENT", "")}
        _log.debug("request", extra=line | took)
        return body

    return noted


class Front:
    """The whole public web as one WSGI callable."""

    def __init__(
        self, current: Callable[[], Service], pages: "Pages", *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._current = current
        self._pages = pages
        self._clock = clock
        self._documents = Memory(current, limit=_DOCUMENTS_KEPT, clock=clock)
        self._handed_out = pages.memory
        self._old = OldAddresses(current)
        self._bodies = Bodies()

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        # Nearly all requests are answered here; the long way would give the same answers, at many times the cost.
        at_hand = self._documents.at_hand(environ) or self._handed_out.at_hand(environ)
        if at_hand is None:
            return self._the_long_way(environ, start_response)
        status_line, headers, body = at_hand
        start_response(status_line, list(headers))  # WSGI allows servers to change the list
        return body

    def _the_long_way(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if (moved := self._old.configured(environ, _CORS)) is not None:
            return _sent(self._respond(moved, environ), environ, start_response)
        asked = addresses.parse(path.rstrip("/"))
        if asked is None:
            return self._pages(self._bodies.bounded(environ), start_response)
        try:
            response = self._answer(path, *asked, environ)
        except StoreError:
            response = self._respond(problems.STORE_DOWN, environ)
        except Exception:
            _log.exception("request_crashed", extra={"path": path})
            response = self._respond(problems.BUG, environ)
        return _sent(response, environ, start_response)

    def _answer(
        self, path: str, feed: FeedName, format_: Format, page: ArchivePage | None, environ: "WSGIEnvironment"
    ) -> Answer:
        canonical = addresses.path(feed, format_, page)
        if path != canonical:
            return redirect(self._current().config.site.base_url, canonical)
        method = environ["REQUEST_METHOD"]
        if method == "OPTIONS":
            return _OPTIONS
        if method not in ("GET", "HEAD"):
            return self._respond(problems.method_not_allowed(METHODS), environ)
        if feed == addresses.QUERY_FEED:
            query = self._current().public.query_feed(_query(environ))
            if query is None:
                return self._respond(problems.NO_QUERY, environ)
            feed = query
        key = addresses.path(feed, format_, page)
        found = self._documents.get(key, lambda service: _load(service, feed, format_, page))
        answer = self._respond(found, environ)
        if answer.status is HTTPStatus.OK and page is None:
            return self._delta(key, feed, format_, environ) or answer
        return answer

    def _delta(self, key: str, feed: FeedName, format_: Format, environ: "WSGIEnvironment") -> Answer | None:
        """Return what is new to a client that has an earlier state and wants no more; None if it gets all."""
        lately = int(self._clock() // _DELTA_KEPT_S)  # a delta that nothing overtakes grows old in memory
        for tag in base_tags(environ):
            found = self._documents.get(
                f"{key}?{tag}?{lately}", partial(_load_delta, feed=feed, format_=format_, tag=tag)
            )
            if isinstance(found, Resource):
                return delta(found, environ)
        return None

    def _respond(self, found: Found, environ: "WSGIEnvironment") -> Answer:
        return problems.respond(found, environ, self._pages.problem_page, _CORS)


def _sent(response: Answer, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    start_response(response.status_line, list(response.headers))
    return pieces(b"" if environ["REQUEST_METHOD"] == "HEAD" else response.body)


def _query(environ: "WSGIEnvironment") -> str:
    # Readers send what people type as it is, and WSGI hands bytes on as Latin-1 (PEP 3333, Unicode issues).
    written = environ.get("QUERY_STRING", "").encode("latin-1").decode("utf-8", "replace")
    return next(iter(parse_qs(written).get("q", ())), "")


def _load(service: Service, feed: FeedName, format_: Format, page: ArchivePage | None) -> Found:
    try:
        document = service.public.document(feed, format_, page)
    except FeedUnpublishable as error:
        _log.error("feed_not_made", extra={"feed": feed, "reason": str(error)})
        return problems.NOT_PUBLISHED_YET
    if document is None:
        known = page is None and any(each.name == feed for each in service.public.feeds())
        return problems.NOT_PUBLISHED_YET if known else problems.NO_SUCH_FEED
    return resource(
        document.body,
        etag=document.etag,
        media_type=format_.content_type,
        headers=_headers(document, page, service.config),
        encodings=document.encodings,
        last_modified=document.last_modified,
        vary=vary(format_),
    )


def _load_delta(service: Service, feed: FeedName, format_: Format, tag: str) -> Found:
    document = service.public.delta(feed, format_, tag)
    if document is None:
        return problems.NO_SUCH_FEED
    return resource(
        document.body,
        etag=document.etag,
        media_type=format_.content_type,
        headers=(("Cache-Control", "no-store"), ("Delta-Base", f'"{tag}"'), NOSNIFF, *_CORS),
        encodings=document.encodings,
        vary="Accept-Encoding, A-IM, If-None-Match",
    )


def _headers(document: Document, page: ArchivePage | None, config: Config) -> Headers:
    # Pages of history are no topics, nor are feeds of queries: nobody is told of them.
    hubs = config.hubs if page is None and "?" not in document.feed else ()
    keep = (
        f"public, max-age={document.max_age_s}, "
        f"stale-while-revalidate={_STALE_WHILE_REVALIDATE_S}, stale-if-error={_STALE_IF_ERROR_S}"
    )
    return (
        ("Cache-Control", keep),
        ("Link", addresses.links(config.site.base_url, document.feed, document.format, hubs, page)),
        NOSNIFF,
        *_CORS,
    )
