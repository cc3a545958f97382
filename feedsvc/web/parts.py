"""What pages are made of: moments, headlines, days, links to feeds and names.

Knows how moments, languages and addresses are shown to people; hides zones from the templates. Pure.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from feedsvc import addresses
from feedsvc.model import Article, FeedName, Format, LabelKind, Month, fold_name
from feedsvc.text import plain

if TYPE_CHECKING:
    from feedsvc.config import Site
    from feedsvc.service.lines import Labels

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
    "ar", "arc", "ckb", "dv", "fa", "he", "iw", "ks", "lrc", "mzn", "nqo", "ps", "sd", "syr", "ug", "ur", "yi",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Link:
    """One document of a feed: ``address`` is canonical and absolute, ``path`` works on any host."""

    label: str
    media_type: str
    address: str
    path: str


@dataclass(frozen=True, slots=True)
class Name:
    """A section, tag or author, and where its page is; None for one that has none."""

    name: str
    path: str | None


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
    section: Name | None
    published: Moment
    language: str | None
    direction: str


@dataclass(frozen=True, slots=True)
class Day:
    """The headlines of one day, newest first."""

    moment: Moment
    lines: tuple[Line, ...]


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
    iso = local.isoformat(timespec="seconds")
    return Moment(
        iso=iso,
        day_iso=iso[:10],
        weekday=_DAYS[local.weekday()],
        day=f"{local.day} {_MONTHS[local.month - 1]} {local.year}",
        clock=iso[11:16],
    )


def month_name(month: Month) -> str:
    """Return the month without its year."""
    return _MONTHS[month.number - 1]


def names(site: "Site", kind: LabelKind, written: Iterable[str], labels: "Labels") -> tuple[Name, ...]:
    """Return names of one kind with their pages."""
    found = ((name, labels.get((kind, fold_name(name)))) for name in written)
    return tuple(Name(name, prefix(site) + addresses.label_path(label) if label else None) for name, label in found)


def line(site: "Site", article: Article, labels: "Labels") -> Line:
    """Return an article as a headline."""
    written = (article.section,) if article.section else ()
    return Line(
        title=article.title,
        path=prefix(site) + addresses.article_path(article),
        section=next(iter(names(site, LabelKind.SECTION, written, labels)), None),
        published=moment(article.published, site),
        language=article.language,
        direction=direction(article.language),
    )


def days(lines: Sequence[Line]) -> tuple[Day, ...]:
    """Return headlines under their days."""
    by_day = (tuple(of_day) for _, of_day in groupby(lines, key=lambda each: each.published.day_iso))
    return tuple(Day(of_day[0].published, of_day) for of_day in by_day)


def documents(site: "Site", feed: FeedName) -> tuple[Link, ...]:
    """Return a feed's document in each format."""
    return tuple(
        Link(
            label=format.label,
            media_type=format.media_type,
            address=addresses.address(site.base_url, feed, format),
            path=prefix(site) + addresses.path(feed, format),
        )
        for format in Format
    )


def prefix(site: "Site") -> str:
    """Return the path below which the site is published: a proxy takes it off, so links alone carry it."""
    return urlsplit(site.base_url).path


def description(article: Article) -> str:
    """Return the beginning of what an article says, for previews; empty if it says nothing."""
    text = article.summary or next(iter(plain(article.body or "")), "")
    if len(text) <= _DESCRIPTION_LENGTH:
        return text
    return text[:_DESCRIPTION_LENGTH].rpartition(" ")[0].rstrip(" ,;:–-") + " …"
