"""Which candidate is the news line: what each is worth, and whether the best is good enough.

Knows the signs of a news line and what each weighs; a score is a product, so that each factor can be read by itself.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

from lxml.html import HtmlElement

from feedsvc.sources.html.candidates import Candidate, Cluster, candidates
from feedsvc.sources.html.context import Heading, Kind, heading, standing
from feedsvc.sources.html.fields import induce
from feedsvc.sources.html.links import host_and_path
from feedsvc.sources.html.marks import Marks, headline_quality
from feedsvc.sources.html.rows import Group, Row, descending, rows
from feedsvc.sources.html.stated import Clock
from feedsvc.timestamps import Stamp

_EXAMINED = 8  # candidates that are read whole; the news line of no page in the corpus stood below the fourth
_MOST_COUNTED = 40  # entries; more do not make a list better
_UNDATED_UNLABELLED = 5
_DATED_UNLABELLED = 3
_ARTICLE = re.compile(r"\d{3,}|/[^/]*(?:[-_][^/]*){2,}|\.html?(?:$|\?)|[?&](?:id|news|newsid|p)=\d", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Line:
    """A news line that was found: where its items are, and what they say."""

    groups: tuple[Group, ...]
    rows: tuple[Row, ...]
    score: float
    labelled: bool


def best_line(marks: Marks, clock: Clock, base: str) -> Line | None:
    """Return the news line of a page, None when nothing on it looks like one."""
    weighed = sorted(
        (
            (value, place, candidate)
            for place, candidate in enumerate(candidates(marks))
            if (value := _at_a_glance(candidate, marks)) > 0
        ),
        key=lambda one: (-one[0], one[1]),
    )
    examined = (_examined(candidate, marks, clock, base) for _, _, candidate in weighed[:_EXAMINED])
    lines = sorted(filter(None, examined), key=lambda line: -line.score)
    if not lines:
        return None
    return next((line for line in lines[1:] if _is_fuller(line, lines[0]) or _is_around(line, lines[0])), lines[0])


def _is_fuller(line: Line, best: Line) -> bool:
    """Tell whether a list has all that a labelled one has, and more: "Recent posts" beside the posts themselves."""
    links = {row.link for row in best.rows}
    return (
        None not in links
        and links <= {row.link for row in line.rows}
        and all(isinstance(row.published, datetime) for row in line.rows)
        and descending(line.rows) == 1
        and (len(line.rows), _with_hours(line)) > (len(best.rows), _with_hours(best))
    )


def _is_around(line: Line, best: Line) -> bool:
    """Tell whether the best are fields of a list's entries: few lead on, and those in one entry have its time."""
    if sum(row.link is not None for row in best.rows) * 2 > len(best.rows) or any(
        row.link is None for row in line.rows
    ):
        return False
    entries = {row.element for row in line.rows}
    held: dict[HtmlElement | None, datetime] = {}
    for row in best.rows:
        entry = next((one for one in (row.element, *row.element.iterancestors()) if one in entries), None)
        if not isinstance(row.published, datetime) or held.setdefault(entry, row.published) != row.published:
            return False
    return None not in held


def _with_hours(line: Line) -> int:
    stated = (row.stated for row in line.rows)
    return sum(isinstance(one, datetime) or (isinstance(one, Stamp) and one.has_hour) for one in stated)


def _at_a_glance(candidate: Candidate, marks: Marks) -> float:
    """Return a rough worth by the pieces alone, to spare reading what cannot win."""
    value = 0.0
    for cluster in candidate.clusters:
        worth = 0.0
        for item in cluster.items:
            start, end = marks.layout.span(item)
            qualities = marks.qualities[start:end]
            quality = max(qualities[:12], default=0.0)
            timed = any(marks.stamps[start : min(end, start + 24)])
            several = len(qualities) > 4 and sum(value >= 0.6 for value in qualities) > 4
            worth += quality * (1.5 if timed else 1.0) * (0.3 if several else 1.0)
        around = heading(cluster.parent, cluster.items[0], marks, set())
        worth *= {Kind.NEWS: 2.0, Kind.OTHER: 0.1}.get(around.kind, 1.0)
        value += worth * standing(cluster.parent, cluster.items[0], marks.layout)
    return value


def groups_of(clusters: Sequence[Cluster], marks: Marks) -> list[tuple[Cluster, Heading]]:
    """Return clusters with their headings."""
    own = {place for cluster in clusters for item in cluster.items for place in range(*marks.layout.span(item))}
    return [(cluster, heading(cluster.parent, cluster.items[0], marks, own)) for cluster in clusters]


def _examined(candidate: Candidate, marks: Marks, clock: Clock, base: str) -> Line | None:
    headed = [pair for pair in groups_of(candidate.clusters, marks) if pair[1].kind is not Kind.OTHER]
    if not headed:
        return None
    labelled = any(around.kind is Kind.NEWS for _, around in headed)
    if labelled:
        headed = [pair for pair in headed if pair[1].kind is not Kind.NAMED]
    headed = [pair for pair in headed if _is_readable(pair[0], marks)]
    if not headed:
        return None
    groups = grouped([cluster for cluster, _ in headed], [around for _, around in headed], marks)
    found = rows(groups, marks, clock, base)
    if not found:
        return None
    value = _score(found, labelled, candidate)
    place = max(standing(cluster.parent, cluster.items[0], marks.layout) for cluster, _ in headed)
    if not _is_enough(found, labelled, place):
        return None
    return Line(tuple(groups), tuple(found), value * place, labelled)


def grouped(clusters: Sequence[Cluster], headings: Iterable[Heading], marks: Marks) -> list[Group]:
    """Return clusters as items with their fields, found over all of them together."""
    items = induce([item for cluster in clusters for item in cluster.items], marks)
    groups, at = [], 0
    for cluster, around in zip(clusters, headings, strict=True):
        groups.append(Group(cluster.parent, tuple(items[at : at + len(cluster.items)]), around.section))
        at += len(cluster.items)
    return groups


def _is_readable(cluster: Cluster, marks: Marks) -> bool:
    good = 0
    for item in cluster.items:
        start, end = marks.layout.span(item)
        good += max(marks.qualities[start:end], default=0.0) >= 0.3
    return good * 2 >= len(cluster.items)


@lru_cache(maxsize=8192)
def _is_article(link: str) -> bool:
    """Tell whether an address looks like an article's."""
    return _ARTICLE.search(host_and_path(link)[1]) is not None


def _score(found: Sequence[Row], labelled: bool, candidate: Candidate) -> float:
    count = len(found)
    quality = sum(headline_quality(row.title) for row in found) / count
    dated = sum(isinstance(row.published, datetime) for row in found) / count
    linked = sum(row.link is not None for row in found) / count
    articles = sum(row.link is not None and _is_article(row.link) for row in found) / count
    purity = count / len(candidate.items)
    value = min(count, _MOST_COUNTED) * quality * (0.4 + 0.6 * dated) * (0.75 + 0.15 * linked + 0.1 * articles)
    value *= (0.5 + 0.5 * purity) * (0.5 + 0.5 * descending(found))
    return value * (1.7 if labelled else 1.0)


def _is_enough(found: Sequence[Row], labelled: bool, place: float) -> bool:
    count = len(found)
    dated = sum(row.stated is not None for row in found)
    quality = sum(headline_quality(row.title) for row in found) / count
    # Times tell a list of short headlines from a menu.
    if quality < (0.25 if dated * 5 >= count * 4 else 0.4):
        return False
    if dated * 2 >= count:
        told = labelled or (dated == count and all(_is_post(row) for row in found))
        return count >= (2 if told else _DATED_UNLABELLED) and place > 0.1
    if labelled:
        return count >= 2 and quality >= 0.5
    articles = sum(row.link is not None and _is_article(row.link) for row in found)
    return count >= _UNDATED_UNLABELLED and quality >= 0.8 and articles * 2 >= count and place >= 0.8


def _is_post(row: Row) -> bool:
    """Tell whether an entry is an article by the page's own word: ``<article>`` with a heading that leads on."""
    articles = (row.element, *row.element.iter("article"))
    return row.link is not None and any(one.tag == "article" and one.find(".//h2/a") is not None for one in articles)


def with_structured(found: Sequence[Row], told: Mapping[str, Row]) -> list[Row]:
    """Return rows with what the page tells programs of the same addresses; its instants are the more exact ones."""
    return [_enriched(row, told.get(row.link or "")) for row in found]


def _enriched(row: Row, told: Row | None) -> Row:
    if told is None:
        return row
    exact = isinstance(told.published, datetime) and not isinstance(row.stated, datetime)
    return replace(
        row,
        published=told.published if exact else row.published,
        section=row.section or told.section,
        image=row.image or told.image,
        author=row.author or told.author,
        summary=row.summary or told.summary,
    )
