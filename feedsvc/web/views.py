"""What each page says, as values: days, lines, articles, links, structured data.

Knows how moments, languages and addresses are shown to people and search engines; hides zones and schema.org from the
templates. Pure.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from itertools import groupby
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from feedsvc import addresses
from feedsvc.model import MAIN_FEED, Article, ArticleId, FeedName, Format
from feedsvc.text import is_web_address, plain

if TYPE_CHECKING:
    from feedsvc.config import Feed, Site

# strftime would follow the process's locale.
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_DESCRIPTION_LENGTH = 200

# The scripts that run from right to left, and the languages written in them when no script is named (CLDR).
_RTL_SCRIPTS = {"arab", "hebr", "thaa", "syrc", "nkoo", "adlm", "rohg"}
_RTL_LANGUAGES = {
    "ar",
    "arc",
    "ckb",
    "dv",
    "fa",
    "he",
    "iw",
    "ks",
    "lrc",
    "mzn",
    "nqo",
    "ps",
    "sd",
    "syr",
    "ug",
    "ur",
    "yi",
}


@dataclass(frozen=True, slots=True)
class Link:
    """One document of a feed: ``address`` is canonical and absolute, ``path`` works on any host."""

    label: str
    media_type: str
    address: str
    path: str


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
class Moment:
    """An instant in the site's zone, for machines and for people."""

    iso: str
    day_iso: str
    weekday: str
    day: str
    clock: str


@dataclass(frozen=True, slots=True)
class Line:
    """One headline on a news line."""

    title: str
    path: str
    section: str | None
    published: Moment
    language: str | None
    direction: str


@dataclass(frozen=True, slots=True)
class Day:
    """The headlines of one day, newest first."""

    moment: Moment
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class FeedCard:
    """A feed as people choose it."""

    title: str
    description: str
    documents: tuple[Link, ...]


def shell(site: "Site", style_digest: str) -> Shell:
    """Return what every page of the site is set in."""
    prefix = _prefix(site)
    english = site.language.partition("-")[0].lower() == "en"
    return Shell(
        title=site.title,
        description=site.description,
        base_url=site.base_url,
        prefix=prefix,
        language=site.language,
        direction=direction(site.language),
        english="" if english else ' lang="en" dir="ltr"',
        style=f"{prefix}/static/style.css?v={style_digest}",
        documents=_documents(site, MAIN_FEED),
    )


def news_line(
    site: "Site", articles: Sequence[Article], *, before: ArticleId | None, older: ArticleId | None
) -> dict[str, Any]:
    """Return the values of the front page; ``before`` is None on the newest page, ``older`` on the last."""
    newest = articles[0] if articles and before is None else None
    return {
        "days": tuple(_days(site, articles)),
        "lead": _line(site, newest) if newest and _description(newest) else None,
        "lead_text": _description(newest) if newest else "",
        "canonical": f"{site.base_url}/" if before is None else f"{site.base_url}/?before={before}",
        "paged": before is not None,
        "older": f"{_prefix(site)}/?before={older}" if older else None,
    }


def article(site: "Site", article: Article, earlier: Sequence[Article]) -> dict[str, Any]:
    """Return the values of an article's page; ``earlier`` are the headlines that came before it."""
    link = article.link if article.link and is_web_address(article.link) else None
    description = _description(article)
    # What others are told is absolute; what the page itself shows works on any host.
    image = _shown(addresses.rooted(article, site.base_url).image)
    article = addresses.rooted(article, _prefix(site))
    return {
        "article": article,
        "language": article.language,
        "direction": direction(article.language),
        "published": moment(article.published, site),
        # A time of its own, or only the moment that this service first saw the headline.
        "dated": article.stated is not None,
        "updated": moment(article.updated, site) if article.revision > 1 else None,
        "lead_image": article.image if image and not _shows(article.body, article.image) else None,
        "image": image,
        "played": tuple(_played(article)),
        "standfirst": article.summary if article.summary and article.body else None,
        "description": description,
        "canonical": addresses.permalink(site.base_url, article),
        "link": link,
        "link_host": (urlsplit(link).hostname or "").removeprefix("www.") if link else None,
        "structured": _structured(site, article, description, link, image),
        "earlier": tuple(_line(site, each) for each in earlier),
    }


def feed_cards(site: "Site", feeds: "Sequence[Feed]") -> tuple[FeedCard, ...]:
    """Return every feed with its three addresses."""
    return tuple(FeedCard(feed.title, feed.description, _documents(site, feed.name)) for feed in feeds)


def direction(language: str | None) -> str:
    """Return the ``dir`` of text in the language; ``auto`` (by its own letters) when the language is not known."""
    if language is None:
        return "auto"
    subtags = language.lower().split("-")
    script = next((subtag for subtag in subtags[1:] if len(subtag) == 4 and subtag.isalpha()), None)
    return "rtl" if script in _RTL_SCRIPTS or (script is None and subtags[0] in _RTL_LANGUAGES) else "ltr"


def moment(instant: datetime, site: "Site") -> Moment:
    """Return the instant in the site's zone."""
    local = instant.astimezone(site.zone)
    return Moment(
        iso=local.isoformat(timespec="seconds"),
        day_iso=local.date().isoformat(),
        weekday=_DAYS[local.weekday()],
        day=f"{local.day} {_MONTHS[local.month - 1]} {local.year}",
        clock=f"{local:%H:%M}",
    )


def _days(site: "Site", articles: Sequence[Article]) -> Iterator[Day]:
    lines = (_line(site, article) for article in articles)
    for _, of_day in groupby(lines, key=lambda line: line.published.day_iso):
        collected = tuple(of_day)
        yield Day(collected[0].published, collected)


def _line(site: "Site", article: Article) -> Line:
    return Line(
        title=article.title,
        path=_prefix(site) + addresses.article_path(article),
        section=article.section,
        published=moment(article.published, site),
        language=article.language,
        direction=direction(article.language),
    )


def _documents(site: "Site", feed: FeedName) -> tuple[Link, ...]:
    return tuple(
        Link(
            label=format_.label,
            media_type=format_.media_type,
            address=addresses.address(site.base_url, feed, format_),
            path=_prefix(site) + addresses.path(feed, format_),
        )
        for format_ in Format
    )


def _prefix(site: "Site") -> str:
    # A proxy may publish the service below a path; what follows it is routed at the root here.
    return urlsplit(site.base_url).path


def _description(article: Article) -> str:
    text = article.summary or next(iter(plain(article.body or "")), "")
    if len(text) <= _DESCRIPTION_LENGTH:
        return text
    return text[:_DESCRIPTION_LENGTH].rpartition(" ")[0].rstrip(" ,;:–-") + " …"


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
