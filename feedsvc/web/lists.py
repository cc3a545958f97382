"""``/feeds.opml``, sitemaps, ``/robots.txt`` and host-meta: what programs read to find the rest.

Knows their addresses, media types and how long they may be kept; hides Flask.
"""

import re
import time
from collections.abc import Callable
from urllib.parse import urlsplit

from flask import Blueprint, Response, request

from feedsvc import addresses
from feedsvc.config import Site
from feedsvc.service import Service
from feedsvc.text import digest
from feedsvc.web import problems
from feedsvc.web.memory import Memory
from feedsvc.web.problems import Found
from feedsvc.web.representation import NOSNIFF, Headers, compressed, resource

OPML_TYPE = "text/x-opml"
OPML_PATH = "/feeds.opml"
_XML = "application/xml"
_NEWS_SITEMAP_PATH = "/news-sitemap.xml"
_PART = re.compile(r"[1-9][0-9]{0,8}")

_KEPT = 8_000_000  # bytes, of which a long sitemap takes all
_AN_HOUR_S = 3600.0
_KEEP: Headers = (("Cache-Control", "public, max-age=300, stale-while-revalidate=300, stale-if-error=86400"), NOSNIFF)
# A page elsewhere may look for the feeds (RFC 6415 asks for it, of host-meta).
_CORS: Headers = (("Access-Control-Allow-Origin", "*"),)
_NOT_FOR_CRAWLERS = ("/admin/", "/api/", "/search", "/feeds/search")


class Lists:
    """The lists, each made when it is asked for and kept until something changes."""

    def __init__(
        self,
        current: Callable[[], Service],
        respond: Callable[[Found], Response],
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._respond = respond
        self._memory = Memory(current, limit=_KEPT, clock=clock)
        self._clock = clock

    def routes(self) -> Blueprint:
        """Return the routes."""
        blueprint = Blueprint("lists", __name__)
        blueprint.add_url_rule(OPML_PATH, view_func=self.opml)
        blueprint.add_url_rule("/sitemap.xml", view_func=self.sitemap)
        blueprint.add_url_rule("/sitemap-<part>.xml", view_func=self.sitemap)
        blueprint.add_url_rule(_NEWS_SITEMAP_PATH, view_func=self.news_sitemap)
        blueprint.add_url_rule("/robots.txt", view_func=self.robots)
        blueprint.add_url_rule("/.well-known/host-meta", view_func=self.host_meta)
        blueprint.add_url_rule("/.well-known/host-meta.json", view_func=self.host_meta_json)
        return blueprint

    def opml(self) -> Response:
        """Every public feed, to be taken into a feed reader at once."""
        return self._hand_out(OPML_TYPE, lambda service: service.lists.opml(), _CORS)

    def sitemap(self, part: str | None = None) -> Response:
        """Every address, or the index of the parts that hold them, or such a part."""
        if part is not None and not _PART.fullmatch(part):
            return self._respond(problems.NO_SUCH_PAGE)
        number = int(part) if part else None
        return self._hand_out(_XML, lambda service: service.lists.sitemap(number))

    def news_sitemap(self) -> Response:
        """The news of two days; made anew each hour, for articles leave it by growing old."""
        hour = int(self._clock() // _AN_HOUR_S)
        return self._hand_out(_XML, lambda service: service.lists.news_sitemap(), key=f"{_NEWS_SITEMAP_PATH} {hour}")

    def robots(self) -> Response:
        """What crawlers may read, and where the sitemaps are."""
        return self._hand_out("text/plain", lambda service: robots(service.config.site).encode())

    def host_meta(self) -> Response:
        """The feeds and hubs of this host (RFC 6415)."""
        return self._hand_out("application/xrd+xml", lambda service: service.lists.host_meta(), _CORS)

    def host_meta_json(self) -> Response:
        """The same as JSON."""
        return self._hand_out("application/json", lambda service: service.lists.host_meta_json(), _CORS)

    def _hand_out(
        self, media_type: str, make: Callable[[Service], bytes | None], extra: Headers = (), *, key: str = ""
    ) -> Response:
        def load(service: Service) -> Found:
            body = make(service)
            if body is None:
                return problems.NO_SUCH_PAGE
            return resource(
                body,
                etag=digest(body),
                media_type=media_type if media_type.endswith("json") else f"{media_type}; charset=utf-8",
                headers=(*_KEEP, *extra),
                encodings=compressed(body),
            )

        return self._respond(self._memory.get(key or request.path, load))


def robots(site: Site) -> str:
    """Return what crawlers may not read, below the path of the site, and where its sitemaps are (RFC 9309)."""
    prefix = urlsplit(site.base_url).path
    closed = "".join(f"Disallow: {prefix}{path}\n" for path in _NOT_FOR_CRAWLERS)
    sitemaps = "".join(f"Sitemap: {site.base_url}{path}\n" for path in (addresses.sitemap_path(), _NEWS_SITEMAP_PATH))
    return f"User-agent: *\n{closed}Allow: /\n\n{sitemaps}"
