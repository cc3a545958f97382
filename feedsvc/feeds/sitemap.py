"""Sitemaps: every address of the site, for search engines; and the news of two days.

Knows the formats of sitemaps.org and of Google's news sitemaps, and their limits; hides XML. Pure.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from feedsvc import addresses, markup
from feedsvc.feeds import wording
from feedsvc.model import Article, Place

if TYPE_CHECKING:
    from feedsvc.config import Site

MOST_ADDRESSES = 50_000  # in a file, by the protocol
NEWS_AGE = timedelta(days=2)
MOST_NEWS = 1_000

_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
_NEWS = "http://www.google.com/schemas/sitemap-news/0.9"


def of_articles(places: Iterable[Place], site: "Site", *, home: bool) -> bytes:
    """Return a sitemap of articles, led by the front page where ``home`` says so.

    The front page carries no time: it changes with every article, and a part that is full should not.
    Source: sitemaps.org protocol 0.9.
    """
    base = _base(site)
    root = _root("urlset")
    if home:
        _add(_add(root, "url"), "loc", f"{base}/")
    for place in places:
        url = _add(root, "url")
        _add(url, "loc", addresses.permalink(base, place))
        _add(url, "lastmod", _instant(place.updated))
    return _written(root)


def index(parts: int, site: "Site") -> bytes:
    """Return the index of ``/sitemap-1.xml`` and so on, that many. Source: sitemaps.org protocol 0.9, sitemapindex."""
    base = _base(site)
    root = _root("sitemapindex")
    for number in range(1, parts + 1):
        _add(_add(root, "sitemap"), "loc", f"{base}{addresses.sitemap_path(number)}")
    return _written(root)


def of_news(articles: Iterable[Article], site: "Site", now: datetime) -> bytes:
    """Return the news sitemap of those articles that appeared in the two days before ``now``, newest first.

    There may be none: then the list is empty, as Google has it. Source: Google, "Create a News sitemap".
    """
    base, publication = _base(site), wording.plain(site.title)
    root = _root("urlset", {"news": _NEWS})
    recent = (article for article in articles if now - NEWS_AGE <= article.published)
    titled = ((article, title) for article in recent if (title := wording.plain(article.title)))
    for (article, title), _ in zip(titled, range(MOST_NEWS), strict=False):
        url = _add(root, "url")
        _add(url, "loc", addresses.permalink(base, article))
        news = _add(url, "news", space=_NEWS)
        by = _add(news, "publication", space=_NEWS)
        _add(by, "name", publication, space=_NEWS)
        _add(by, "language", _language(article.language or site.language), space=_NEWS)
        _add(news, "publication_date", _instant(article.published), space=_NEWS)
        _add(news, "title", title, space=_NEWS)
    return _written(root)


def _base(site: "Site") -> str:
    return (markup.absolute(site.base_url) or site.base_url).rstrip("/")


def _instant(moment: datetime) -> str:
    # W3C Datetime, with seconds.
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def _language(written: str) -> str:
    """Return the language as Google wants it: its ISO 639 code alone, but for Chinese, which it tells by the script."""
    code, *others = written.lower().split("-")
    if code != "zh":
        return code
    return "zh-tw" if {"hant", "tw", "hk", "mo"} & set(others) else "zh-cn"


def _root(name: str, others: dict[str | None, str] | None = None) -> Any:
    from lxml import etree  # noqa: PLC0415 - 15 ms that only who lists needs

    return etree.Element(f"{{{_SITEMAP}}}{name}", nsmap={None: _SITEMAP, **(others or {})})


def _add(parent: Any, name: str, value: str | None = None, *, space: str = _SITEMAP) -> Any:
    from lxml import etree  # noqa: PLC0415 - likewise

    element = etree.SubElement(parent, f"{{{space}}}{name}")
    element.text = value
    return element


def _written(root: Any) -> bytes:
    from lxml import etree  # noqa: PLC0415 - likewise

    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True))
