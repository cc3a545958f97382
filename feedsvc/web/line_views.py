"""What the pages of headlines say, as values: the news line, that of a name or a month, the months, what is found.

Knows how a long line is cut into pages that know of one another; hides schema.org from the templates. Pure.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from feedsvc import addresses
from feedsvc.model import Article, ArticleId, Label, Month, Query
from feedsvc.web.parts import days, description, documents, line, month_name, prefix

if TYPE_CHECKING:
    from feedsvc.config import Site
    from feedsvc.service.lines import Around, Labels


@dataclass(frozen=True, slots=True)
class Part:
    """A page of a line: its articles, the one before them (None: this is the newest), the last if more follow."""

    articles: tuple[Article, ...]
    before: ArticleId | None
    older: ArticleId | None
    labels: "Labels"


@dataclass(frozen=True, slots=True)
class MonthLink:
    """A month and where its page is."""

    name: str
    path: str


@dataclass(frozen=True, slots=True)
class Year:
    """The months of a year that have articles, the first one first."""

    number: int
    months: tuple[MonthLink, ...]


def news_line(site: "Site", part: Part) -> dict[str, Any]:
    """Return the values of the front page."""
    return _line_page(site, part, "/")


def of_label(site: "Site", part: Part, label: Label) -> dict[str, Any]:
    """Return the values of the page of a section, tag or author."""
    path = addresses.label_path(label)
    return {
        **_line_page(site, part, path),
        "label": label,
        "feed_documents": documents(site, addresses.label_feed(label)),
        "structured": _crumbs(site, (label.name, path)),
    }


def of_month(site: "Site", part: Part, month: Month, around: "Around") -> dict[str, Any]:
    """Return the values of the page of a month."""
    path = addresses.month_path(month)
    name = f"{month_name(month)} {month.year}"
    return {
        **_line_page(site, part, path),
        "month": name,
        "earlier_month": _month_link(site, around.earlier),
        "later_month": _month_link(site, around.later),
        "structured": _crumbs(site, ("Archive", addresses.ARCHIVE), (name, path)),
    }


def months(site: "Site", listed: Sequence[Month]) -> dict[str, Any]:
    """Return the values of the overview of months, which come newest first."""
    years = (
        (year, tuple(link for month in reversed([*of_year]) if (link := _month_link(site, month, year=False))))
        for year, of_year in groupby(listed, key=lambda month: month.year)
    )
    return {
        "years": tuple(Year(number, of_year) for number, of_year in years),
        "canonical": f"{site.base_url}{addresses.ARCHIVE}",
        "structured": _crumbs(site, ("Archive", addresses.ARCHIVE)),
    }


def found(site: "Site", part: Part, written: str, query: Query) -> dict[str, Any]:
    """Return the values of the page of a search; ``written`` is what somebody has typed."""
    path = addresses.search_path(str(query)) if query.asks else addresses.SEARCH
    return {
        **_paging(site, part, path),
        "written": written,
        "asks": query.asks,
        "lines": tuple(line(site, each, part.labels) for each in part.articles),
        "feed_documents": documents(site, addresses.query_feed(str(query))) if query.asks else (),
    }


def _line_page(site: "Site", part: Part, path: str) -> dict[str, Any]:
    lines = [line(site, each, part.labels) for each in part.articles]
    said = description(part.articles[0]) if part.articles and part.before is None else ""
    return {
        **_paging(site, part, path),
        "days": days(lines),
        "lead": lines[0] if said else None,
        "lead_text": said,
        # What tells this page from the others of its line.
        "paged": lines[0].published if lines and part.before else None,
    }


def _paging(site: "Site", part: Part, path: str) -> dict[str, Any]:
    beside = f"{path}{'&' if '?' in path else '?'}before="
    return {
        "canonical": f"{site.base_url}{beside}{part.before}" if part.before else f"{site.base_url}{path}",
        "newest": f"{prefix(site)}{path}" if part.before else None,
        "older": f"{prefix(site)}{beside}{part.older}" if part.older else None,
    }


def _month_link(site: "Site", month: Month | None, *, year: bool = True) -> MonthLink | None:
    if month is None:
        return None
    name = f"{month_name(month)} {month.year}" if year else month_name(month)
    return MonthLink(name, prefix(site) + addresses.month_path(month))


def _crumbs(site: "Site", *places: tuple[str, str]) -> dict[str, Any]:
    # schema.org BreadcrumbList, as search engines show the way to a page.
    way = ((site.title, "/"), *places)
    items = [
        {"@type": "ListItem", "position": number, "name": name, "item": f"{site.base_url}{path}"}
        for number, (name, path) in enumerate(way, 1)
    ]
    return {"@context": "https://schema.org", "@type": "BreadcrumbList", "itemListElement": items}
