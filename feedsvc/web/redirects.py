"""Old addresses: those that ``[redirects]`` names, and the old permalinks of articles that moved in.

Knows what a request for something that moved is answered; hides where that is written down.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from werkzeug.urls import iri_to_uri

from feedsvc import addresses
from feedsvc.config.redirects import Redirects, Rules
from feedsvc.model import Article
from feedsvc.web.problems import GONE, RETRACTED, Found
from feedsvc.web.representation import NOSNIFF, Answer, Headers

if TYPE_CHECKING:
    from wsgiref.types import WSGIEnvironment

    from feedsvc.service import Service

# Clients remember a permanent redirect for as long as they are told; a slip of the admin's should not last.
_KEPT_S = 3600
_SAFE_IN_PATH = ";/:@&=+$,-_.!~*'()"


class OldAddresses:
    """Answers requests for what stood elsewhere before."""

    def __init__(self, current: "Callable[[], Service]") -> None:
        self._current = current
        self._written: Rules = ()
        self._table = Redirects(())

    def configured(self, environ: "WSGIEnvironment", headers: Headers = ()) -> Found | None:
        """Return what ``[redirects]`` says of the request; None when that is nothing, or it is no GET or HEAD."""
        config = self._current().config
        if config.redirects is not self._written:
            self._written, self._table = config.redirects, Redirects(config.redirects)
        if not self._table or environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return None
        path = environ.get("PATH_INFO", "").encode("latin-1").decode("utf-8", "replace")
        found = self._table.find(path, environ.get("QUERY_STRING", ""))
        if found is None:
            return None
        if found.address is None:
            return GONE
        prefix = urlsplit(config.site.base_url).path if found.address.startswith("/") else ""
        return _moved(prefix + found.address, headers)

    def of_article(self, environ: "WSGIEnvironment") -> Found | None:
        """Return what became of the article whose permalink on the old site the request has; None if there is none.

        Raises:
            StoreError: the store cannot be asked.
        """
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return None
        service = self._current()
        article = _first(service, _links(service.config.site.base_url, environ))
        if article is None:
            return None
        if article.retracted is not None:
            return RETRACTED
        # Absolute, since the request may have come to the old site's host.
        return _moved(addresses.permalink(service.config.site.base_url, article))


def _first(service: "Service", links: Iterator[str]) -> Article | None:
    return next(filter(None, map(service.public.article_of, dict.fromkeys(links))), None)


def _links(base_url: str, environ: Mapping[str, Any]) -> Iterator[str]:
    """Yield the links that the article may have had: on this host or the one asked, with the query and without."""
    base = urlsplit(base_url)
    path = base.path + quote(environ.get("PATH_INFO", "").encode("latin-1"), safe=_SAFE_IN_PATH)
    query = environ.get("QUERY_STRING", "")
    for asked in (f"{path}?{query}", path) if query else (path,):
        for host in (base.netloc, environ.get("HTTP_HOST", base.netloc)):
            yield f"https://{host}{asked}"
            # As WordPress writes them.
            yield f"https://{host}{re.sub('%[0-9A-F]{2}', lambda code: code[0].lower(), asked)}"


def _moved(address: str, headers: Headers = ()) -> Answer:
    location = iri_to_uri(address)
    body = f"This has moved to {location}\n".encode()
    full = (
        ("Location", location),
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Content-Length", str(len(body))),
        ("Cache-Control", f"public, max-age={_KEPT_S}"),
        NOSNIFF,
        *headers,
    )
    return Answer(HTTPStatus.MOVED_PERMANENTLY, full, body)
