"""Items as feeds state them become entries that can be told apart and believed.

Knows what is wrong with ids, links, times, titles and contents in the feeds of this world, and what stands in for it.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from feedsvc import markup, text
from feedsvc.config import notation
from feedsvc.model import Entry, fold_name
from feedsvc.sources import dates
from feedsvc.sources.feed.items import Item, Parsed, Trouble, Words
from feedsvc.timestamps import Unknown

_TITLE_LENGTH = 100  # characters of a title made from the first words
_SUMMARY_LENGTH = 800  # a longer paragraph is the article, not its summary
_NEVER = datetime.min.replace(tzinfo=UTC)


def entries(parsed: Parsed, *, taken_at: datetime, zone: ZoneInfo) -> tuple[tuple[Entry, ...], tuple[Trouble, ...]]:
    """Return the entries of a feed in its order, and everything that could not be read of it."""
    troubles = list(parsed.troubles)
    found = []
    for item in _told_apart(parsed, taken_at, zone):
        published = _published(item, taken_at, zone)
        if isinstance(published, Unknown):
            troubles.append(Trouble(item.place, f"the time is unknown: {published.reason}"))
        body, summary = _wording(item)
        title = item.title or _first_words(summary, body)
        if not title:
            troubles.append(Trouble(item.place, "the item has neither a title nor a text; it was left out"))
            continue
        found.append(
            Entry(
                title=title,
                published=published if isinstance(published, datetime) else None,
                link=item.link,
                guid=item.guid,
                authors=_distinct(item.authors),
                tags=_distinct(item.tags),
                summary=summary,
                body=body,
                image=item.image,
                enclosures=item.enclosures,
                language=_language(item.language),
                via=item.via or parsed.via,
                line=item.line,
            )
        )
    return tuple(found), tuple(troubles)


# --- ids and links ----------------------------------------------------------------------------------------------------


def _told_apart(parsed: Parsed, taken_at: datetime, zone: ZoneInfo) -> list[Item]:
    """Return the items, each once, with an id or link only where it is this item's alone.

    One id for two different items (the feed's address, a category) names neither, and would make them one article; so
    would one link, such as the home page.
    """
    home = _link_key(parsed.via.link)
    items = _once(parsed.items, home, taken_at, zone)
    guids, links = Counter(item.guid for item in items), Counter(_link_key(item.link) for item in items)
    return [
        replace(
            item,
            guid=item.guid if guids[item.guid] == 1 else None,
            link=item.link if links[_link_key(item.link)] == 1 and _link_key(item.link) != home else None,
        )
        for item in items
    ]


def _once(items: Sequence[Item], home: str | None, taken_at: datetime, zone: ZoneInfo) -> list[Item]:
    """Return the items without those that are one with an earlier one; of two versions, the newer (RFC 4287 §4.1.1)."""
    kept: list[Item] = []
    seen: dict[tuple[str | None, ...], int] = {}
    for item in items:
        link, spoken = _link_key(item.link), (text.headline_key(item.title), *item.moments[:1])
        signs: list[tuple[str | None, ...]] = []
        if item.guid and link != home:
            signs.append((item.guid, link))
        signs += [(sign, *spoken) for sign in (item.guid, link) if sign and item.title]
        place = next((seen[sign] for sign in signs if sign in seen), len(kept))
        if place == len(kept):
            kept.append(item)
        elif _changed(item, taken_at, zone) > _changed(kept[place], taken_at, zone):
            kept[place] = item
        for sign in signs:
            seen.setdefault(sign, place)
    return kept


def _link_key(link: str | None) -> str | None:
    return text.canonical_link(link) if link else None


def _changed(item: Item, taken_at: datetime, zone: ZoneInfo) -> datetime:
    moment = dates.read(item.updated, taken_at=taken_at, zone=zone) if item.updated else None
    return moment if isinstance(moment, datetime) else _NEVER


# --- times and words --------------------------------------------------------------------------------------------------


def _published(item: Item, taken_at: datetime, zone: ZoneInfo) -> datetime | Unknown | None:
    """Return the first of the item's times that can be read, why the best one cannot, or None: it has none."""
    read = [dates.read(moment, taken_at=taken_at, zone=zone) for moment in item.moments]
    return next((moment for moment in read if isinstance(moment, datetime)), read[0] if read else None)


def _wording(item: Item) -> tuple[str | None, str | None]:
    """Return the body and the summary. RSS has one element for both, so its length and its paragraphs decide."""
    body = _body(item.content)
    told = _body(item.summary)
    paragraphs = text.plain(told) if told else ()
    summary = text.one_line(" ".join(paragraphs)) or None
    if body is None and (len(paragraphs) > 1 or len(summary or "") > _SUMMARY_LENGTH):
        return told, None
    if body and summary and summary == text.one_line(" ".join(text.plain(body))):
        return body, None
    return body, summary


def _body(words: Words | None) -> str | None:
    if words is None or not words.value.strip():
        return None
    return markup.body(words.value, words.base) if words.is_html else markup.text_body(words.value)


def _first_words(summary: str | None, body: str | None) -> str:
    """Return a title for an item without one, as short messages mostly are: it is no fault of the feed."""
    first = summary or next(iter(text.plain(body)), "") if body else summary
    return markup.cut(first or "", _TITLE_LENGTH)


def _distinct(names: Sequence[str]) -> tuple[str, ...]:
    return tuple({fold_name(name): name for name in reversed(names)}.values())[::-1]


def _language(written: str | None) -> str | None:
    try:
        return notation.language(written) if written else None
    except ValueError:
        return None
