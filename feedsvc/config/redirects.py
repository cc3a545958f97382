"""``[redirects]``: where the addresses of an old site lead, or that they are gone.

Knows which addresses are the service's own and can therefore be nobody's old ones; hides how a request is matched.
Pure.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import parse_qsl, unquote

from feedsvc import addresses
from feedsvc.config import notation
from feedsvc.model import MAIN_FEED

GONE = "gone"

_EVERYTHING_BELOW = "/*"
_MOST_STEPS = 10
# The promised addresses, less those of feeds; what they lead to below themselves is ours too.
_SUBTREES = (
    "/.well-known", "/admin", "/api", "/articles", "/authors", "/feeds", "/media", "/private", "/sections", "/static",
    "/tags",
)  # fmt: skip
_PAGES = (
    "/", "/archive", "/atom.xml", "/feed.json", "/feed.xml", "/feeds", "/feeds.opml", "/healthz", "/hub", "/metrics",
    "/micropub", "/news-sitemap.xml", "/readyz", "/robots.txt", "/search", "/sitemap.xml",
)  # fmt: skip
_INSIDE = tuple(f"{own}/" for own in _SUBTREES)
_NUMBERED = re.compile(r"/archive/\d{4}(?:/\d{1,2})?|/sitemap-\d+\.xml")
_QUERY_OF_HOME = "before"

Rules = tuple[tuple[str, str | None], ...]
_Pairs = frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Target:
    """Where a request is led: a path of this site or a whole address; None says that it is gone for good."""

    address: str | None


class Redirects:
    """The table, made for looking requests up in it.

    A rule with a query matches requests that have at least its parameters; one without matches whatever the query. Of
    several the most particular counts: with a query, then the path itself, then the longest ``/*``.
    """

    def __init__(self, written: Rules) -> None:
        self._exact: dict[str, list[tuple[_Pairs, str | None]]] = {}
        self._below: dict[str, str | None] = {}
        for origin, target in written:
            path, query, below = _parts(origin)
            if below:
                self._below[path] = target
            else:
                self._exact.setdefault(path, []).append((query, target))
        for rules in self._exact.values():
            rules.sort(key=lambda rule: -len(rule[0]))

    def __bool__(self) -> bool:
        return bool(self._exact or self._below)

    def find(self, path: str, query: str) -> Target | None:
        """Return where a request leads, None if nothing is said of it. ``path`` is decoded, ``query`` is not."""
        plain = path.rstrip("/") or "/"
        if rules := self._exact.get(plain):
            asked = _pairs(query)
            for wanted, target in rules:
                if wanted <= asked:
                    return Target(target)
        above = plain
        while above and self._below:
            above = above.rpartition("/")[0]
            if above in self._below:
                found = self._below[above]
                rest = path[len(above) + 1 :]
                leads_on = found is not None and found.endswith(_EVERYTHING_BELOW)
                return Target(found[:-1] + rest if found is not None and leads_on else found)
        return None


def rules(written: object) -> Rules:
    """Return where each old address leads; what :func:`problems` tells of is left out."""
    match written:
        case tuple():  # what this has made
            return written
        case dict():
            return tuple((str(origin), target(to)) for origin, to in written.items() if _is_readable(to))
    raise ValueError('must be a table: [redirects] and lines such as "/old/feed/" = "/feed.xml" below')


def target(written: object) -> str | None:
    """Read where a rule leads to: a path of the site, a whole address, or ``410`` (``"gone"``), which is None."""
    match written:
        case HTTPStatus.GONE | "410" | "gone":
            return None
        case str() if written.startswith("/") and not written.startswith("//") and written.isprintable():
            return written
        case str() if written.startswith(("http://", "https://")):
            return notation.web_address(written)
    raise ValueError(_nowhere(written))


def _nowhere(written: object) -> str:
    return (
        f"{notation.shown(written)} leads nowhere; write an address of this site such as "
        '"/feed.xml", a whole one such as "https://news.example.org/", or 410 for what is gone'
    )


def problems(
    table: Mapping[str, object], *, base_url: str, feeds: Collection[str], reserved: tuple[str, ...]
) -> Iterator[tuple[str, str]]:
    """Yield each rule that cannot be, and why. ``feeds`` are the configured names, ``reserved`` how others begin."""
    followed = Redirects(rules({origin: leads_to for origin, leads_to in table.items() if _is_path(origin)}))
    known = _Feeds(frozenset({MAIN_FEED, addresses.QUERY_FEED, *feeds}), reserved)
    seen: dict[tuple[str, _Pairs, bool], str] = {}
    for origin, written in table.items():
        if not _is_path(origin):
            yield origin, 'must be a path of this site such as "/old/feed/", with a * only after the last /'
        elif (first := seen.setdefault(_parts(origin), origin)) != origin:
            yield origin, f'is the same address as "{first}" above'
        elif _is_own(origin, known):
            yield origin, "is an address of this service, which answers there itself"
        elif not _is_readable(written):
            yield origin, _nowhere(written)
        elif (leads_to := target(written)) is not None:
            if leads_to.endswith(_EVERYTHING_BELOW) and not origin.endswith(_EVERYTHING_BELOW):
                yield origin, "ends with /*, and so must the address that leads there"
            feed = addresses.parse(leads_to)
            if feed is not None and not known.has(feed[0]):
                yield origin, f"there is no feed {notation.shown(str(feed[0]))}{notation.hint(feed[0], known.names)}"
            if _is_endless(leads_to.replace("*", "x"), followed, base_url):
                yield origin, "leads in a circle"


@dataclass(frozen=True, slots=True)
class _Feeds:
    names: frozenset[str]
    reserved: tuple[str, ...]

    def has(self, name: str) -> bool:
        return name in self.names or name.startswith(self.reserved)


def _is_endless(address: str | None, followed: Redirects, base_url: str) -> bool:
    for _ in range(_MOST_STEPS):
        path, _, query = (address or "").removeprefix(base_url).partition("#")[0].partition("?")
        found = followed.find(unquote(path), query) if path.startswith("/") else None
        if found is None:
            return False
        address = found.address
    return True


def _parts(origin: str) -> tuple[str, _Pairs, bool]:
    path, _, query = origin.partition("?")
    below = path.endswith(_EVERYTHING_BELOW)
    plain = unquote(path.removesuffix("*")).rstrip("/")
    return (plain if below else plain or "/"), _pairs(query), below


def _pairs(query: str) -> _Pairs:
    return frozenset(parse_qsl(query, keep_blank_values=True)) if query else frozenset()


def _is_readable(written: object) -> bool:
    try:
        target(written)
    except ValueError:
        return False
    return True


def _is_path(origin: str) -> bool:
    starts = origin.startswith("/") and not origin.startswith("//") and origin.isprintable() and "#" not in origin
    return starts and "*" not in origin.removesuffix(_EVERYTHING_BELOW)


def _is_own(origin: str, feeds: _Feeds) -> bool:
    path, query, below = _parts(origin)
    inside = f"{path}/"
    if below:
        ours = any(f"{own}/".startswith(inside) for own in (*_SUBTREES, *_PAGES))
        return ours or inside.startswith(_INSIDE) or _NUMBERED.fullmatch(path) is not None
    if path == "/":
        return not query or any(name == _QUERY_OF_HOME for name, _ in query)
    if (feed := addresses.parse(path)) is not None:
        return feeds.has(feed[0])
    # Below /feeds/ all that is no feed of today is free: the feeds of yesterday stood there.
    ours = path in _PAGES or _NUMBERED.fullmatch(path) is not None
    return ours or (inside.startswith(_INSIDE) and not path.startswith("/feeds/"))
