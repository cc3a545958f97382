"""The pages of headlines: ``/``, ``/sections/…``, ``/tags/…``, ``/authors/…``, ``/archive/…`` and ``/search``.

Knows their addresses, and how far a stranger may leaf; hides Flask.
"""

import re
import time
from collections.abc import Callable
from functools import partial
from urllib.parse import parse_qs

from flask import Blueprint, Response, request

from feedsvc import addresses
from feedsvc.model import Article, ArticleId, LabelKind, Month, Query
from feedsvc.service import Service
from feedsvc.text import one_line
from feedsvc.web import line_views, micropub, problems
from feedsvc.web.line_views import Part
from feedsvc.web.memory import Memory, still
from feedsvc.web.problems import Found
from feedsvc.web.representation import Resource, redirect

# Anything else is no id that was ever minted, and need not trouble the database (PostgreSQL refuses NUL in text).
ID = re.compile(r"[A-Za-z0-9_-]{1,64}")

_HEADLINES_A_PAGE = 60
_FOUND_A_PAGE = 30
_LONGEST_QUERY = 200
# What people search for drives no page out of the memory that others read.
_SEARCHES_KEPT = 2_000_000  # bytes
_YEAR = f"{addresses.ARCHIVE}<int(fixed_digits=4, min=1000, max=8999):year>"
_LABELS = {"sections": LabelKind.SECTION, "tags": LabelKind.TAG, "authors": LabelKind.AUTHOR}

# Takes what a page of a line comes after.
_Make = Callable[[Service, Article | None], Found]


class LinePages:
    """The views. ``respond`` turns what was found into a response, ``page`` fills a template."""

    def __init__(
        self,
        current: Callable[[], Service],
        memory: Memory,
        respond: Callable[[Found], Response],
        page: Callable[..., Resource],
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._memory = memory
        self._searches = Memory(current, limit=_SEARCHES_KEPT, clock=clock)
        self._respond = respond
        self._page = page

    def routes(self) -> Blueprint:
        """Return the routes."""
        routes = Blueprint("lines", __name__)
        routes.add_url_rule("/", view_func=self.front)
        for place, kind in _LABELS.items():
            routes.add_url_rule(f"/{place}/<written>", place, self.label, defaults={"kind": kind})
        routes.add_url_rule(addresses.ARCHIVE, view_func=self.months)
        routes.add_url_rule(_YEAR, view_func=self.year)
        routes.add_url_rule(f"{_YEAR}/<int(min=1, max=12):number>", view_func=self.month)
        routes.add_url_rule(addresses.SEARCH, view_func=self.search)
        return routes

    def front(self) -> Response:
        """``/``: the news line."""

        def make(service: Service, before: Article | None) -> Found:
            site = service.config.site
            part = _part(service, service.lines.newest, before)
            sends = any(source.kind == "push" for source in service.config.sources)
            endpoint = f"{site.base_url}{micropub.PATH}" if sends else None
            return self._page("front.html", service, **line_views.news_line(site, part), micropub=endpoint)

        return self._hand_out("/", make)

    def label(self, kind: LabelKind, written: str) -> Response:
        """``/sections/SLUG`` and its like; the name itself, in any spelling, is redirected to the slug."""
        here = request.path

        def make(service: Service, before: Article | None) -> Found:
            site = service.config.site
            label = service.lines.label(kind, written)
            if label is None:
                return problems.NO_SUCH_NAME
            canonical = addresses.label_path(label)
            if here != canonical:
                return redirect(site.base_url, f"{canonical}?before={before.id}" if before else canonical)
            part = _part(service, partial(service.lines.of_label, label), before)
            return self._page("label.html", service, **line_views.of_label(site, part, label))

        return self._hand_out(here, make)

    def months(self) -> Response:
        """``/archive/``: every month that has articles."""

        def load(service: Service) -> Found:
            site = service.config.site
            if request.path != addresses.ARCHIVE:
                return redirect(site.base_url, addresses.ARCHIVE)
            return self._page("months.html", service, **line_views.months(site, service.lines.months()))

        return self._respond(self._memory.get(request.path, still(load)))

    def year(self, year: int) -> Response:
        """``/archive/YYYY``: redirected to its place in the overview."""

        def load(service: Service) -> Found:
            last = service.lines.around(Month(year + 1, 1)).earlier
            if last is None or last.year != year:
                return problems.NO_SUCH_MONTH
            return redirect(service.config.site.base_url, f"{addresses.ARCHIVE}#y{year}")

        return self._respond(self._memory.get(request.path, still(load)))

    def month(self, year: int, number: int) -> Response:
        """``/archive/YYYY/MM``: what was published in a month of the site's zone."""
        month = Month(year, number)
        canonical = addresses.month_path(month)
        here = request.path

        def make(service: Service, before: Article | None) -> Found:
            site = service.config.site
            if here != canonical:
                return redirect(site.base_url, canonical)
            part = _part(service, partial(service.lines.of_month, month), before)
            if not part.articles:
                return problems.NO_SUCH_MONTH
            values = line_views.of_month(site, part, month, service.lines.around(month))
            return self._page("month.html", service, **values)

        return self._hand_out(here, make)

    def search(self) -> Response:
        """``/search?q=``: what a query finds, the newest arrival first; without a query, how to ask."""
        written = one_line((parameter("q") or "")[:_LONGEST_QUERY])
        query = Query.parse(written)

        def make(service: Service, before: Article | None) -> Found:
            site = service.config.site
            if request.path != addresses.SEARCH:
                return redirect(site.base_url, addresses.search_path(written) if written else addresses.SEARCH)
            part = _part(service, partial(service.lines.found, query), before, most=_FOUND_A_PAGE)
            return self._page("search.html", service, **line_views.found(site, part, written, query))

        return self._hand_out(f"{request.path}?q={written}", make, self._searches)

    def _hand_out(self, key: str, make: _Make, memory: Memory | None = None) -> Response:
        asked = parameter("before")
        if asked is not None and not ID.fullmatch(asked):
            return self._respond(problems.NO_SUCH_PAGE)

        def load(service: Service) -> Found:
            if asked is None:
                return make(service, None)
            before = service.public.article(ArticleId(asked))
            return make(service, before) if before else problems.NO_SUCH_PAGE

        # No path begins with an id, so no other page has this key.
        return self._respond((memory or self._memory).get(f"{asked} {key}" if asked else key, still(load)))


def parameter(name: str) -> str | None:
    """Return the first value of a parameter in the address; None if it is missing or empty."""
    # Not request.args, which raises on a query that is no UTF-8.
    return next(iter(parse_qs(request.query_string.decode("latin-1")).get(name, ())), None)


def _part(
    service: Service,
    listed: Callable[..., tuple[Article, ...]],
    before: Article | None,
    *,
    most: int = _HEADLINES_A_PAGE,
) -> Part:
    articles = listed(limit=most + 1, before=before)
    shown = articles[:most]
    older = shown[-1].id if len(articles) > most else None
    return Part(shown, before.id if before else None, older, service.lines.labels_of(shown))
