"""Where things live: the paths of feeds and articles under a site's base address.

Knows the promised shape of every public address; hides it, so that feeds, web and pages cannot disagree.
"""

from urllib.parse import quote

from feedsvc.model import MAIN_FEED, Article, FeedName, Format

_MAIN = {Format.RSS: "/feed.xml", Format.ATOM: "/atom.xml", Format.JSON: "/feed.json"}


def path(feed: FeedName, format: Format) -> str:  # noqa: A002 - the glossary's word
    """Return the path of a feed's document: ``/feed.xml`` and its like for the main feed, else ``/feeds/NAME.xml``."""
    return _MAIN[format] if feed == MAIN_FEED else f"/feeds/{quote(feed, safe='')}.{format.value}"


def address(base_url: str, feed: FeedName, format: Format) -> str:  # noqa: A002 - the glossary's word
    """Return the canonical address of a feed's document. ``base_url`` is absolute, without a trailing slash."""
    return base_url + path(feed, format)


def article_path(article: Article) -> str:
    """Return the path of an article's page, ``/articles/ID/SLUG``."""
    return f"/articles/{quote(article.id, safe='')}/{quote(article.slug, safe='')}"


def permalink(base_url: str, article: Article) -> str:
    """Return the canonical address of an article's page. ``base_url`` is absolute, without a trailing slash."""
    return base_url + article_path(article)
