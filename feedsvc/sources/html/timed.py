"""Which parts of an item are its time: those where most items of the list have one.

Knows that a headline may name days that are not its own, and what programs are told beside the words; hides the
weighing. What the parts say is for :mod:`feedsvc.sources.html.stated`.
"""

import re
from collections.abc import Sequence
from itertools import takewhile
from operator import attrgetter

from lxml.html import HtmlElement

from feedsvc.sources.html.layout import word_set
from feedsvc.sources.html.marks import LONGEST_TIME, Marks, headline_quality, is_update, stamp_of, whole_stamp
from feedsvc.sources.html.places import HEADINGS, Spot, Text
from feedsvc.sources.html.stated import AGE, DOTTED_HOUR

_BESIDE = re.compile(r"[|·•/]")
_AGES = word_set("age ago timeago timestamp date posted published when")
_LONGEST_BYLINE = 120  # characters
_NO_MONTH = re.compile(r"\d\d\.(?:1[3-9]|[2-5]\d)")


def time_spots(spots: Sequence[Spot], marks: Marks) -> list[Spot]:
    """Return the places of a list where its times stand."""
    whole = [
        spot.mostly(sum(_is_time(text, marks) for text in spot.texts)) or _holds_dotted_hours(spot) or _holds_ages(spot)
        for spot in spots
    ]
    told = any(whole)
    return [spot for spot, is_time in zip(spots, whole, strict=True) if is_time or _holds_times(spot, told, marks)]


def _is_time(text: Text, marks: Marks) -> bool:
    return text.owner in marks.machine or whole_stamp(text.text) is not None


def _holds_dotted_hours(spot: Spot) -> bool:
    """Tell whether all items begin with an hour such as "14.35": days and months would be none, one at least."""
    opening = all(text.rank == 0 and DOTTED_HOUR.fullmatch(text.text) is not None for text in spot.texts)
    return opening and any(_NO_MONTH.fullmatch(text.text) is not None for text in spot.texts)


def _holds_ages(spot: Spot) -> bool:
    """Tell whether a place is named for how old its texts are, such as "2h" and "3d"; elsewhere "3m" is a length."""
    return all(AGE.fullmatch(text.text) is not None for text in spot.texts) and not spot.hints.isdisjoint(_AGES)


def _holds_times(spot: Spot, told: bool, marks: Marks) -> bool:
    """Tell whether most texts of a place hold a time among other words; ``told``: another place says it alone."""
    # Headlines name days, too: "9 May: the new school opens".
    if told and (spot.texts[0].owner.tag == "a" or any(tag == "a" or tag in HEADINGS for tag, _ in spot.place)):
        return False
    return spot.mostly(sum(_is_time(text, marks) or _holds_time(text.text) for text in spot.texts))


def _holds_time(text: str) -> bool:
    # A byline of all that is known: "Posted by admin 12 May 2025 12:06 · 3 comments · 110 views".
    parts = _BESIDE.split(text) if LONGEST_TIME < len(text) <= _LONGEST_BYLINE else [text]
    stamp = next(filter(None, map(stamp_of, parts)), None)
    if stamp is None or not (stamp.has_hour or stamp.date is not None):
        return False
    beside = (part for part in parts if stamp_of(part) is None)
    return not _is_headline("|".join((stamp.before, stamp.after, *beside)))


def _is_headline(text: str) -> bool:
    return any(headline_quality(part) >= 0.6 and len(part) > 24 for part in map(str.strip, _BESIDE.split(text)))


def times_of(items: Sequence[HtmlElement], spots: Sequence[Spot], marks: Marks) -> list[tuple[HtmlElement, ...]]:
    """Return the elements that say the time of each item: those at some places, and what programs are told."""
    chosen: list[list[HtmlElement]] = [[] for _ in items]
    for text in sorted((text for spot in spots for text in spot.texts), key=attrgetter("rank")):
        chosen[text.item].append(text.owner)
    places = marks.layout.places(marks.machine)
    return [
        _with_told(list(dict.fromkeys(shown)), marks.layout.held(item, places) if places else [], item, marks)
        for item, shown in zip(items, chosen, strict=True)
    ]


def _with_told(
    shown: list[HtmlElement], told: list[HtmlElement], item: HtmlElement, marks: Marks
) -> tuple[HtmlElement, ...]:
    if not told:
        return tuple(shown)
    covers = marks.layout.covers
    shown = [_told_around(time, item, marks) for time in shown]
    stated = [one for one in told if not any(one is not time and covers(one, time) for time in shown)]
    stated.sort(key=lambda one: is_update(one, item))
    if stated and not shown:
        return tuple(stated[:1])
    # What programs read stands first; of several, the one that is the time shown.
    if stated and not any(one in shown for one in stated):
        return (stated[0], *shown)
    return tuple(shown)


def _told_around(time: HtmlElement, item: HtmlElement, marks: Marks) -> HtmlElement:
    """Return the element that tells programs a time and shows nothing else: ``<time datetime><a>18 May</a>``."""
    span = marks.layout.span(time)
    around = takewhile(lambda one: one is not item and marks.layout.span(one) == span, time.iterancestors())
    return next((one for one in (time, *around) if one in marks.machine), time)
