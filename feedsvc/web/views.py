"""What an article's page and the list of feeds say, as values, and what every page is set in.

Knows what people and search engines are told; hides schema.org from the templates. Pure.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from feedsvc import addresses
from feedsvc.model import MAIN_FEED, Article, FeedName, Label, LabelKind
from feedsvc.text import is_web_address
from feedsvc.web.parts import Link, description, direction, documents, line, moment, names, prefix

if TYPE_CHECKING:
    from feedsvc.config import Feed, Site
    from feedsvc.service.lines import Labels


@dataclass(frozen=True, slots=True)
class Shell:
    """What every page is set in. ``english`` holds the attributes of wording that is not in the site's language."""

    title: str
    description: str
    base_url: str
    prefix: str
    language: str
    direction: str
    english: str
    style: str
    documents: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class FeedCard:
    """A feed as people choose it."""

    title: str
    description: str
    documents: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class NamedFeed:
    """The feed of a section, tag or author, which has a page of its own."""

    name: str
    path: str
    documents: tuple[Link, ...]


def shell(site: "Site", style_digest: str) -> Shell:
    """Return what every page of the site is set in."""
    below = prefix(site)
    english = site.language.partition("-")[0].lower() == "en"
    return Shell(
        title=site.title,
        description=site.description,
        base_url=site.base_url,
        prefix=below,
        language=site.language,
        direction=direction(site.language),
        english="" if english else ' lang="en" dir="ltr"',
        style=f"{below}/static/style.css?v={style_digest}",
        documents=documents(site, MAIN_FEED),
    )


def article(site: "Site", article: Article, earlier: Sequence[Article], labels: "Labels") -> dict[str, Any]:
    """Return the values of an article's page; ``earlier`` are the headlines that came before it."""
    itself = line(site, article, labels)
    link = article.link if article.link and is_web_address(article.link) else None
    said = description(article)
    # What others are told is absolute; what the page itself shows works on any host.
    image = _shown(addresses.rooted(article, site.base_url).image)
    article = addresses.rooted(article, prefix(site))
    return {
        "article": article,
        "section": itself.section,
        "authors": names(site, LabelKind.AUTHOR, article.authors, labels),
        "tags": names(site, LabelKind.TAG, article.tags, labels),
        "language": itself.language,
        "direction": itself.direction,
        "published": itself.published,
        # A time of its own, or only the moment that this service first saw the headline.
        "dated": article.stated is not None,
        "updated": moment(article.updated, site) if article.revision > 1 else None,
        "lead_image": article.image if image and not _shows(article.body, article.image) else None,
        "image": image,
        "played": tuple(_played(article)),
        "standfirst": article.summary if article.summary and article.body else None,
        "description": said,
        "canonical": addresses.permalink(site.base_url, article),
        "link": link,
        "link_host": (urlsplit(link).hostname or "").removeprefix("www.") if link else None,
        "structured": _structured(site, article, said, link, image),
        "earlier": tuple(line(site, each, labels) for each in earlier),
    }


def feeds(
    site: "Site",
    configured: "Sequence[Feed]",
    named: Sequence[tuple[str, Sequence[Label]]],
    *,
    after: str | None,
    most: int,
) -> dict[str, Any]:
    """Return the values of a page of the list of feeds: so many of those configured that come after one, or the first.

    Under each heading are those of labels.
    """
    begin = 1 + [feed.name for feed in configured].index(FeedName(after)) if after else 0
    shown = configured[begin : begin + most]
    more = len(configured) > begin + most
    return {
        "feeds": tuple(FeedCard(feed.title, feed.description, documents(site, feed.name)) for feed in shown),
        "named": tuple((heading, tuple(_named(site, each) for each in labels)) for heading, labels in named if labels),
        "canonical": f"{site.base_url}{_feeds_after(after)}",
        "newest": f"{prefix(site)}{_feeds_after(None)}" if after else None,
        "older": f"{prefix(site)}{_feeds_after(shown[-1].name)}" if more else None,
    }


def _feeds_after(name: str | None) -> str:
    return f"/feeds/?after={name}" if name else "/feeds/"


def _named(site: "Site", label: Label) -> NamedFeed:
    return NamedFeed(
        label.name, prefix(site) + addresses.label_path(label), documents(site, addresses.label_feed(label))
    )


def _played(article: Article) -> Iterator[tuple[str, str, str]]:
    """Yield the element, address and media type of each sound and film, those of the site below its own path."""
    for file in article.enclosures:
        element = file.media_type.partition("/")[0]
        if element in ("audio", "video") and (file.url.startswith("/") or is_web_address(file.url)):
            yield element, file.url, file.media_type


def _shown(image: str | None) -> str | None:
    return image if image and is_web_address(image) else None


def _shows(body: str | None, image: str | None) -> bool:
    return f'src="{escape(image or "", quote=False)}"' in (body or "")


def _structured(
    site: "Site", article: Article, description: str, link: str | None, image: str | None
) -> dict[str, Any]:
    # schema.org NewsArticle; dates carry the zone's offset, as search engines ask.
    canonical = addresses.permalink(site.base_url, article)
    data = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": article.title,
        "url": canonical,
        "mainEntityOfPage": canonical,
        "datePublished": moment(article.published, site).iso,
        "dateModified": moment(max(article.updated, article.published), site).iso,
        "inLanguage": article.language or site.language,
        "articleSection": article.section,
        "keywords": list(article.tags),
        "description": description,
        "image": [image] if image else None,
        "author": [{"@type": "Person", "name": name} for name in article.authors]
        or [{"@type": "Organization", "name": site.author or site.title, "url": f"{site.base_url}/"}],
        "publisher": {"@type": "Organization", "name": site.title, "url": f"{site.base_url}/"},
        "isBasedOn": link,
    }
    return {key: value for key, value in data.items() if value}
