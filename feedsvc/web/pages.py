"""The pages of articles and feeds, the addresses that tell how the service is; and all routes put together.

Knows which page stands where and how long it may be kept; hides Flask.
"""

import json
import logging
import time
from collections.abc import Callable
from functools import lru_cache
from http import HTTPStatus
from pathlib import Path
from urllib.parse import unquote

from flask import Flask, request
from flask import Response as FlaskResponse
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from feedsvc import addresses
from feedsvc.errors import FeedsvcError, StoreError
from feedsvc.model import ArticleId, Label, LabelKind
from feedsvc.service import Service
from feedsvc.text import digest
from feedsvc.web import admin, hub, lines, lists, media, metrics, micropub, private, problems, push, views
from feedsvc.web.memory import Memory, still
from feedsvc.web.problems import Found, Problem
from feedsvc.web.redirects import OldAddresses
from feedsvc.web.representation import NOSNIFF, SAFE, Headers, Resource, compressed, redirect, resource

_log = logging.getLogger(__name__)

_PAGES_KEPT = 6_000_000  # bytes, some 20 KB each with all codings
_EARLIER_HEADLINES = 6
_FEEDS_A_PAGE = 100
# Of sections all that a page can hold; of tags and authors only where they are few.
_SECTIONS_LISTED = 200
_NAMES_LISTED = 40

# Pages are cheap to confirm and may be corrected or retracted at any time: keep them a minute, then ask.
_PAGE: Headers = (("Cache-Control", "public, max-age=60, stale-while-revalidate=60, stale-if-error=86400"), *SAFE)
_FOR_EVER: Headers = (("Cache-Control", "public, max-age=31536000, immutable"), NOSNIFF)
_A_MINUTE: Headers = (("Cache-Control", "public, max-age=60"), NOSNIFF)

_STYLE = (Path(__file__).parent / "static" / "style.css").read_bytes()
_STYLE_DIGEST = digest(_STYLE)[:12]

# What Flask and the reading of bodies refuse, in our own words.
_WORDED = {404: problems.NO_SUCH_PAGE, 503: problems.CROWDED}


class Pages(Flask):
    """The Flask application of the public pages."""

    def __init__(self, current: Callable[[], Service], *, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(__name__, static_folder=None)
        self.url_map.strict_slashes = False
        self.url_map.merge_slashes = False
        self.jinja_env.trim_blocks = self.jinja_env.lstrip_blocks = True
        self._current = current
        self.memory = Memory(current, limit=_PAGES_KEPT, clock=clock)  # by path; what has a query has it in its key
        self._old = OldAddresses(current)

        self.add_url_rule("/articles/<article_id>", view_func=self.article)
        self.add_url_rule("/articles/<article_id>/<slug>", view_func=self.article)
        self.add_url_rule("/feeds/", view_func=self.feeds)
        self.add_url_rule("/static/style.css", view_func=self.style)
        self.add_url_rule("/static/feed.css", view_func=self.feed_style)
        self.add_url_rule("/healthz", view_func=self.healthz)
        self.add_url_rule("/readyz", view_func=self.readyz)
        self.register_blueprint(lines.LinePages(current, self.memory, self._response, self._page, clock=clock).routes())
        self.register_blueprint(lists.Lists(current, self._response, clock=clock).routes())
        self.register_blueprint(media.routes(current, self._response))
        self.register_blueprint(admin.Admin(current, self._response, self._written, clock=clock).routes())
        self.register_blueprint(private.PrivateFeeds(current, self._response, clock=clock).routes())
        self.register_blueprint(push.Api(current).routes())
        self.register_blueprint(micropub.Micropub(current).routes())
        self.register_blueprint(metrics.Metrics(current, self._response).routes())
        self.register_blueprint(hub.Hub(current, self._response).routes())
        self.register_error_handler(Exception, self._failed)

    # --- pages --------------------------------------------------------------------------------------------------------

    def article(self, article_id: str, slug: str | None = None) -> FlaskResponse:  # noqa: ARG002 - any slug leads here
        """``/articles/ID/SLUG``; every other slug, or none, is redirected to the one that holds now."""
        if not lines.ID.fullmatch(article_id):
            return self._response(problems.NO_SUCH_PAGE)
        here = request.path

        def load(service: Service) -> Found:
            found = service.public.article(ArticleId(article_id))
            if found is None:
                return problems.NO_SUCH_PAGE
            if found.retracted is not None:
                return problems.RETRACTED
            canonical = addresses.article_path(found)
            if here != unquote(canonical):
                return redirect(service.config.site.base_url, canonical)
            earlier = service.lines.newest(limit=_EARLIER_HEADLINES, before=found)
            labels = service.lines.labels_of((found,))
            return self._page("article.html", service, **views.article(service.config.site, found, earlier, labels))

        return self._hand_out(here, still(load))

    def feeds(self) -> FlaskResponse:
        """``/feeds/``: every feed for people to choose from; ``?after=NAME`` for those that follow a configured one."""
        after = lines.parameter("after")

        def load(service: Service) -> Found:
            site = service.config.site
            if request.path != "/feeds/":
                return redirect(site.base_url, "/feeds/")
            configured = service.public.feeds()
            if after is not None and all(feed.name != after for feed in configured):
                return problems.NO_SUCH_PAGE
            named = () if after else _named_feeds(service)
            values = views.feeds(site, configured, named, after=after, most=_FEEDS_A_PAGE)
            return self._page("feeds.html", service, **values, opml=lists.OPML_PATH)

        # No path begins with the name of a feed, so no other page has this key.
        return self._hand_out(f"{after} {request.path}" if after else request.path, still(load))

    def style(self) -> FlaskResponse:
        """``/static/style.css?v=DIGEST``: kept for ever under its own digest, shortly under any other."""
        return self._response(_style(_STYLE))

    def feed_style(self) -> FlaskResponse:
        """``/static/feed.css?v=DIGEST``: what makes a feed readable in a browser."""
        return self._response(_style(self._current().public.stylesheet()))

    # --- how the service is -------------------------------------------------------------------------------------------

    def healthz(self) -> FlaskResponse:
        """Tell that the process lives; touches no database."""
        return _told(HTTPStatus.OK, "text/plain; charset=utf-8", b"ok\n")

    def readyz(self) -> FlaskResponse:
        """Tell whether it is fit to serve, and why not."""
        try:
            reasons = self._current().public.readiness()
        except StoreError as error:
            reasons = (error.code,)
        status = HTTPStatus.SERVICE_UNAVAILABLE if reasons else HTTPStatus.OK
        body = json.dumps({"ready": not reasons, "reasons": reasons}).encode() + b"\n"
        return _told(status, "application/json", body)

    # --- the way out --------------------------------------------------------------------------------------------------

    def problem_page(self, problem: Problem) -> str:
        """Write the page of a problem; asks the store nothing."""
        return self._written("problem.html", self._current(), problem=problem)

    def _hand_out(self, key: str, load: Callable[[Service], Found]) -> FlaskResponse:
        return self._response(self.memory.get(key, load))

    def _response(self, found: Found) -> FlaskResponse:
        if isinstance(found, Problem) and found.status is HTTPStatus.NOT_FOUND:
            found = self._moved(found)
        given = problems.respond(found, request.environ, self.problem_page)
        return FlaskResponse(given.body, given.status, list(given.headers))

    def _moved(self, missing: Problem) -> Found:
        """Return what an address that is none of ours was on the old site, or what it is told here."""
        try:
            return self._old.of_article(request.environ) or missing
        except StoreError:
            return problems.STORE_DOWN

    def _failed(self, error: Exception) -> FlaskResponse:
        problem = _problem(error)
        if request.path.startswith("/api/"):
            return push.refused(problem, error)
        if request.path.rstrip("/") == micropub.PATH:
            return micropub.refused(problem, error)
        return self._response(problem)

    def _page(self, template: str, service: Service, **values: object) -> Resource:
        body = self._written(template, service, **values).encode()
        return resource(
            body,
            etag=digest(body),
            media_type="text/html; charset=utf-8",
            headers=_PAGE,
            encodings=compressed(body),
        )

    def _written(self, template: str, service: Service, **values: object) -> str:
        shell = views.shell(service.config.site, _STYLE_DIGEST)
        return self.jinja_env.get_template(template).render(shell=shell, **values)


def _problem(error: Exception) -> Problem:
    match error:
        case StoreError():
            _log.warning("store_unavailable", extra={"path": private.without_key(request.path), "reason": str(error)})
            return problems.STORE_DOWN
        case FeedsvcError():
            return push.problem(error)
        case MethodNotAllowed():
            return problems.method_not_allowed(", ".join(sorted(error.valid_methods or ())))
        case HTTPException(code=int(code)):
            return _WORDED.get(code) or Problem(HTTPStatus(code), error.description or "")
        case _:
            _log.exception("request_crashed", extra={"path": private.without_key(request.path)})
            return problems.BUG


def _named_feeds(service: Service) -> list[tuple[str, tuple[Label, ...]]]:
    named = [("Sections", service.lines.labels(LabelKind.SECTION, limit=_SECTIONS_LISTED))]
    for heading, kind in (("Tags", LabelKind.TAG), ("Authors", LabelKind.AUTHOR)):
        labels = service.lines.labels(kind, limit=_NAMES_LISTED + 1)
        if len(labels) <= _NAMES_LISTED:
            named.append((heading, labels))
    return named


def _told(status: HTTPStatus, media_type: str, body: bytes) -> FlaskResponse:
    return FlaskResponse(body, status, [("Content-Type", media_type), ("Cache-Control", "no-store"), NOSNIFF])


def _style(sheet: bytes) -> Resource:
    etag = digest(sheet)[:12]
    return _styled(sheet, etag, for_ever=lines.parameter("v") == etag)


@lru_cache(maxsize=8)
def _styled(sheet: bytes, etag: str, *, for_ever: bool) -> Resource:
    headers = _FOR_EVER if for_ever else _A_MINUTE
    media_type = "text/css; charset=utf-8"
    return resource(sheet, etag=etag, media_type=media_type, headers=headers, encodings=compressed(sheet))
