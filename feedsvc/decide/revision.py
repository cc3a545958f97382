"""What becomes of an article when an entry says it: accepted, revised, held back, let appear.

Knows what an edit is, and what a later or lesser entry may not take away; hides it from the matching. ``now`` and the
mint of new ids are given.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from feedsvc.decide.enclosures import succeeding
from feedsvc.model import Article, ArticleId, Change, Entry, SourceName, Verdict
from feedsvc.text import headline_key, slug

# How alike two headlines of one minute must be (0..1, normalised edit distance of their keys) to be one without other
# evidence: only a corrected word passes.
CLOSE = 0.8

Mint = Callable[[], tuple[ArticleId, str]]


def accept(
    entry: Entry, source: SourceName, accepted: datetime, mint: Mint, section: str | None, language: str | None
) -> Article:
    """Return the article that a new entry becomes at the instant ``accepted``."""
    article_id, guid = mint()
    return Article(
        id=article_id,
        guid=guid,
        source=source,
        title=entry.title,
        slug=slug(entry.slug or entry.title),
        # A site's clock may run ahead of ours; a feed never speaks of the future.
        published=min(entry.published, accepted) if entry.published else accepted,
        embargo=entry.published if entry.embargoed and entry.published and entry.published > accepted else None,
        first_seen=accepted,
        updated=accepted,
        section=entry.section or section,
        link=entry.link,
        source_guid=entry.guid,
        stated=entry.published,
        authors=entry.authors,
        tags=entry.tags,
        summary=entry.summary,
        body=entry.body,
        image=entry.image,
        enclosures=entry.enclosures,
        via=entry.via,
        language=entry.language or language,
    )


def take_in(before: Article, entry: Entry, *, own: bool, again: bool, cut: bool, now: datetime) -> Change:
    """Decide about an entry that is a known article; what an entry leaves out is no edit.

    The second copy of an article in one harvest (``again``) only fills in what is missing: the first one has the word.
    On a page that may be half of one (``cut``), the beginning of a known text takes nothing away.
    """
    if before.retracted is not None:
        return Change(Verdict.UNCHANGED, entry, before, before, "retracted: it stays so")
    keeps_title = again or (before.body and not own and _is_copy(entry.title, before.title))
    old, new = (entry, before) if again else (before, entry)
    keeps_body = cut and _is_beginning(entry.body, before.body)
    # A list's small picture does not take the place of the one that the article's own page showed.
    keeps_image = "image" in before.pinned or (before.image and before.followed and before.body and not own)
    image = before.image if keeps_image else new.image or old.image
    said = {
        "title": before.title if keeps_title else entry.title,
        "slug": before.slug if again or not entry.slug else slug(entry.slug),
        "section": new.section or old.section,
        "link": before.link or entry.link,
        "source_guid": before.source_guid or entry.guid,
        "stated": before.stated or entry.published if again else entry.published or before.stated,
        "authors": new.authors or old.authors,
        "tags": new.tags or old.tags,
        "summary": new.summary or old.summary,
        "body": before.body if keeps_body else new.body or old.body,
        "image": image,
        "enclosures": succeeding(old.enclosures, new.enclosures, former=before.image, image=image),
        "via": new.via or old.via,
        "embargo": before.embargo and _promise(entry, now, before.embargo),
    }
    edits: dict[str, Any] = {
        name: value for name, value in said.items() if value != getattr(before, name) and name not in before.pinned
    }
    # Most entries say what they said before: they cost no new Article.
    after = replace(before, **edits) if edits else before
    return revise(before, after, entry, now)


def revise(before: Article, after: Article, entry: Entry, now: datetime) -> Change:
    """Decide about an edit, by a source or by hand: number the revision, keep the former headline as an alias.

    ``updated`` moves only for an edit that a reader would call one (RFC 4287 §4.2.15); ``published`` never.
    """
    if after is before or after == before:
        return Change(Verdict.UNCHANGED, entry, before, before)
    reasons = [
        name
        for name, differs in (
            ("headline", headline_key(before.title) != headline_key(after.title)),
            ("body", before.body != after.body),
            ("summary", before.summary != after.summary and not after.body),
        )
        if differs
    ]
    keys = (*before.aliases, headline_key(before.title))
    revised = replace(
        after,
        slug=after.slug if entry.slug or after.title == before.title else slug(after.title),
        aliases=tuple(dict.fromkeys(filter(None, keys))) if "headline" in reasons else before.aliases,
        revision=before.revision + 1,
        updated=max(now, before.updated) if reasons else before.updated,
    )
    reason = f"{' and '.join(reasons)} edited" if reasons else "details filled in"
    return Change(Verdict.CHANGED, entry, revised, before, reason)


def _promise(entry: Entry, now: datetime, before: datetime) -> datetime | None:
    """Return until when an article under embargo is to be held back now: an entry may move its promise, or drop it."""
    if not entry.embargoed or entry.published is None:
        return now if entry.published else before
    return max(entry.published, now)


def lift(article: Article, now: datetime) -> Article:
    """Return the article as it is once its embargo is over: it appears as news of that instant."""
    return replace(article, embargo=None, published=min(article.embargo or now, now), updated=max(now, article.updated))


def _is_beginning(body: str | None, whole: str | None) -> bool:
    return body is not None and whole is not None and whole.startswith(body.removesuffix("</p>"))


def _is_copy(spelling: str, title: str) -> bool:
    """Whether a list's spelling is but a copy of the article's own headline (quotes dropped, a letter missing)."""
    return likeness(headline_key(spelling), headline_key(title)) >= CLOSE


def likeness(one: str, other: str) -> float:
    """Return how alike two headline keys are, 0..1, by letters or by words in any order."""
    if one == other:
        return 1.0
    from rapidfuzz import fuzz  # noqa: PLC0415 - only an edited headline comes this far

    return max(fuzz.ratio(one, other), fuzz.token_sort_ratio(one, other)) / 100
