"""Where things live: the paths of feeds, articles and their pictures under a site's base address.

Knows the promised shape of every public address; hides it, so that feeds, web and pages cannot disagree.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from urllib.parse import quote

from feedsvc.model import MAIN_FEED, Article, ArticleId, FeedName, Format, Label, Month, Place, SourceName

# An address of the site itself in sanitised HTML, where `<` opens a tag and nothing else, and `"` stands in no value.
_OWN = re.compile(r'(<[a-z][a-z0-9]*(?: [a-z]+="[^"]*")*? (?:src|href|cite)=")(?=/(?!/))')

_SAFE = ";/?:@&=+$,.-_!~*'()%#"  # RFC 3986 §2.2 without what validators refuse

HUB = "/hub"
ARCHIVE = "/archive/"
SEARCH = "/search"

_MAIN = {Format.RSS: "/feed.xml", Format.ATOM: "/atom.xml", Format.JSON: "/feed.json"}
_MAIN_PATHS = {path: format for format, path in _MAIN.items()}
_FEED_PATH = re.compile(
    r"/feeds/(?P<name>[a-z0-9][a-z0-9._-]{0,99})"
    r"(?:/archive/(?P<start>0|[1-9][0-9]{0,17})(?:~(?P<below>[A-Za-z0-9_-]{1,64})~(?P<reach>[0-9]{1,18}))?)?"
    rf"\.(?P<format>{'|'.join(Format)})"
)

QUERY_FEED = FeedName("search")
"""What the name of a query feed begins with; without a query it names none."""


@dataclass(frozen=True, slots=True)
class ArchivePage:
    """Which page of a feed's history: ``start`` is the arrival number that it begins with (0: the first page).

    A partial page goes on from a window of the feed's document: it leaves out ``below``, the last article of that
    window, and all newer ones. ``reach`` is the lowest arrival number in the window.
    """

    start: int
    below: ArticleId | None = None
    reach: int = 0


def path(feed: FeedName, format: Format, page: ArchivePage | None = None) -> str:
    """Return the path of a feed's document or of a page of its history.

    ``/feed.xml`` and its like for the main feed, else ``/feeds/NAME.xml``; ``/feeds/NAME/archive/START.xml``. The name
    of a query feed carries its query (see :func:`query_feed`), and so do its paths.
    """
    if feed == MAIN_FEED and page is None:
        return _MAIN[format]
    name, mark, query = feed.partition("?")
    place = "" if page is None else f"/archive/{page.start}"
    if page is not None and page.below is not None:
        place += f"~{page.below}~{page.reach}"
    return f"/feeds/{quote(name, safe='')}{place}.{format.value}{mark}{query}"


def parse(path: str) -> tuple[FeedName, Format, ArchivePage | None] | None:
    """Return whose document stands at a path, in which format, and which page of its history; None if it is no feed's.

    The path need not be the canonical one. A query feed comes as ``QUERY_FEED``: its query is no part of a path.
    """
    if path in _MAIN_PATHS:
        return MAIN_FEED, _MAIN_PATHS[path], None
    if (found := _FEED_PATH.fullmatch(path)) is None:
        return None
    page = None
    if found["start"]:
        below = ArticleId(found["below"]) if found["below"] else None
        page = ArchivePage(int(found["start"]), below, int(found["reach"] or 0))
    return FeedName(found["name"]), Format(found["format"]), page


def label_feed(label: Label) -> FeedName:
    """Return the name of the feed of a label."""
    return FeedName(f"{label.kind}-{label.slug}")


def private_path(feed: FeedName, format: Format, key: str = "") -> str:
    """Return the path of a private feed's document: for one subscriber with his key, or as it names itself."""
    return f"/private/{key and key + '/'}{quote(feed, safe='')}.{format.value}"


def query_feed(canonical: str) -> FeedName:
    """Return the name of the feed of a query, given in its canonical form."""
    return FeedName(f"{QUERY_FEED}?q={quote(canonical, safe='')}")


def address(
    base_url: str,
    feed: FeedName,
    format: Format,
    page: ArchivePage | None = None,
) -> str:
    """Return the canonical address of a feed's document. ``base_url`` is absolute, without a trailing slash."""
    return base_url + path(feed, format, page)


def hub(base_url: str) -> str:
    """Return the address of the site's own WebSub hub."""
    return f"{base_url}{HUB}"


def links(
    base_url: str,
    feed: FeedName,
    format: Format,
    hubs: Iterable[str],
    page: ArchivePage | None = None,
) -> str:
    """Return the ``Link`` header of a feed's document (RFC 8288): its hubs and its own canonical address."""
    itself = f'<{address(base_url, feed, format, page)}>; rel="self"'
    return ", ".join([*(f'<{hub}>; rel="hub"' for hub in hubs), itself])


def article_path(article: Article | Place) -> str:
    """Return the path of an article's page, ``/articles/ID/SLUG``."""
    return f"/articles/{quote(article.id, safe='')}/{quote(article.slug, safe='')}"


def permalink(base_url: str, article: Article | Place) -> str:
    """Return the canonical address of an article's page. ``base_url`` is absolute, without a trailing slash."""
    return base_url + article_path(article)


def label_path(label: Label) -> str:
    """Return the path of the page of a section, tag or author."""
    return f"/{label.kind.value}s/{quote(label.slug, safe='')}"


def month_path(month: Month) -> str:
    """Return the path of the page of a month, ``/archive/YYYY/MM``."""
    return f"{ARCHIVE}{month.year:04}/{month.number:02}"


def search_path(query: str) -> str:
    """Return the path of what is found by a query."""
    return f"{SEARCH}?q={quote(query, safe='')}"


def sitemap_path(part: int | None = None) -> str:
    """Return the path of the sitemap, or of a part of it; parts count from 1."""
    return "/sitemap.xml" if part is None else f"/sitemap-{part}.xml"


def media_path(source: SourceName, name: str) -> str:
    """Return the path of a file beside the articles of a folder; ``name`` is relative to the folder, with ``/``."""
    return f"/media/{quote(source, safe='')}/{quote(name)}"


def own_path(written: str) -> str | None:
    """Return an address that begins with ``/`` as a path under that of the site, in ASCII; None for any other."""
    return quote(written, safe=_SAFE) if _is_own(written) else None


def rooted(article: Article, base: str) -> Article:
    """Return the article with the site's own addresses (``/media/…``) in body, image and enclosures put under ``base``.

    The store keeps them without a host, so that a site may move. ``base`` has no trailing slash.
    """
    body = article.body or ""
    # Most bodies have no attribute at all, which is told in a tenth of the time.
    if not ("=" in body and '="/' in body) and not _is_own(article.image or "") and not article.enclosures:
        return article
    return replace(
        article,
        body=_OWN.sub(lambda found: found[1] + base, body) if article.body else None,
        image=_under(base, article.image) if article.image else None,
        enclosures=tuple(replace(each, url=_under(base, each.url)) for each in article.enclosures),
    )


def _under(base: str, written: str) -> str:
    return base + written if _is_own(written) else written


def _is_own(written: str) -> bool:
    return written.startswith("/") and not written.startswith("//")
