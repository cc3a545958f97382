"""Saved pages: the text of a news site's page as a person saved it, read into its article and its news line.

Knows which parts make a harvest; hides how lines, lists and articles are told apart. Pure: the snapshot's own time is
the only clock.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from feedsvc.model import Complaint, Entry, Harvest, Listing, Snapshot
from feedsvc.sources.charset import decode
from feedsvc.sources.page_text.articles import Article, find_article
from feedsvc.sources.page_text.blocks import Found, find_blocks
from feedsvc.sources.page_text.lines import Line
from feedsvc.sources.page_text.pages import split
from feedsvc.sources.page_text.runs import Clock
from feedsvc.sources.words import Sign, fold, is_label
from feedsvc.text import paragraphs_html
from feedsvc.timestamps import Unknown

__all__ = ["decode", "read"]


def read(snapshot: Snapshot, *, zone: ZoneInfo) -> Harvest:
    """Return what a saved page says: entries in page order, times in ``zone``, a complaint for each line misread."""
    try:
        page = decode(snapshot.body)
    except ValueError as problem:
        return Harvest(complaints=(Complaint(snapshot.origin, str(problem)),))
    lines = split(page)
    if not lines:
        return Harvest(complaints=(Complaint(snapshot.origin, "the page is empty"),))
    clock = Clock(snapshot.taken_at, zone)
    blocks = find_blocks(lines, clock)
    article = find_article(lines, blocks, clock)
    listed = [entry for block in blocks if block.is_news for entry in block.entries]
    found = [entry for entry in listed if not entry.line.cut]
    return Harvest(
        article=_as_article(article) if article is not None else None,
        entries=tuple(_as_entry(entry) for entry in found),
        complaints=_complaints(snapshot.origin, article, listed),
        listing=_listing(lines, found),
    )


def _as_article(article: Article) -> Entry:
    return Entry(
        title=article.title,
        published=_known(article.published),
        section=article.section,
        authors=(article.author,) if article.author else (),
        body=paragraphs_html(article.paragraphs),
        line=article.line.number,
    )


def _as_entry(found: Found) -> Entry:
    return Entry(title=found.title, published=_known(found.published), section=found.section, line=found.line.number)


def _known(published: datetime | Unknown | None) -> datetime | None:
    return published if isinstance(published, datetime) else None


def _complaints(origin: str, article: Article | None, listed: list[Found]) -> tuple[Complaint, ...]:
    problems = [
        (one.stamp.number, f"the time is unknown: {one.published.reason}")
        for one in ([article] if article is not None else []) + list(listed)
        if one.stamp is not None and isinstance(one.published, Unknown)
    ]
    problems += [(one.line.number, "the page ends in the middle of a headline") for one in listed if one.line.cut]
    return tuple(Complaint(f"{origin}:{number}", message) for number, message in sorted(problems))


def _listing(lines: list[Line], found: list[Found]) -> Listing:
    if found:
        return Listing.PRESENT
    labelled = any(line.sign is Sign.LABEL or (line.sign is Sign.END and is_label(fold(line.text))) for line in lines)
    return Listing.EMPTY if labelled else Listing.MISSING
