"""The order of headline and time in a run: each order is tried on the whole of it, and the best is taken.

Knows what speaks for an order: headlines that look like ones, blank lines between groups, what stands right under the
label and right above the end, and the article's own time. It is a property of the block, never assumed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from functools import lru_cache

from feedsvc.sources import words
from feedsvc.sources.page_text.lines import Line, ends_in_full_stop, is_running
from feedsvc.sources.page_text.runs import Clock, Run
from feedsvc.text import headline_key

Neighbours = dict[str, set[datetime]]

# What each sign weighs, set on the corpus: blank lines between groups beat the looks of headlines, and a list that
# begins and ends with whole groups beats both.
_LOOKS, _MISSING, _BLANKS, _MATCHED, _DOUBLED, _STEP = 3, 1.5, 4, 3, 3, 0.3


class Side(Enum):
    BEFORE = auto()  # the headline stands before its time
    AFTER = auto()


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a run: the headline is the ``step``-th text before or after each time."""

    side: Side
    step: int


def best_reading(run: Run, clock: Clock, neighbours: Neighbours) -> Reading:
    widest = max((len(texts) for texts in run.texts[1:-1]), default=1)
    readings = [Reading(side, step) for side in Side for step in range(1, min(max(widest, 1), 3) + 1)]
    return max(readings, key=lambda reading: _score(run, reading, clock, neighbours))


def _score(run: Run, reading: Reading, clock: Clock, neighbours: Neighbours) -> float:
    """Return how well a reading explains a run: headlines that look like ones, blank lines between groups, no rest."""
    size = len(run.anchors)
    looks = inside = outside = 0.0
    missing = joints = matched = 0
    for place, anchor in enumerate(run.anchors):
        title = title_of(run, reading, place)
        if title is None:
            missing += 1
            continue
        looks += quality(title) + (_DOUBLED if title.number in run.doubled else 0)
        inside += title.blanks != anchor.blanks
        far = place - 1 if reading.side is Side.BEFORE else place + 1
        if 0 <= far < size:
            joints += 1
            outside += title.blanks != run.anchors[far].blanks
        if not matched and anchor.stamp is not None and (instants := neighbours.get(headline_key(title.text))):
            matched = clock.instant(anchor.stamp, run.days.get(anchor.number)) in instants
    score = _LOOKS * looks / size - _MISSING * missing + _MATCHED * matched - _STEP * (reading.step - 1)
    if size > missing:
        score += _BLANKS * ((outside / joints if joints else 0) - inside / (size - missing))
    return score - _leftovers(run, reading) + _at_edges(run, reading) + _habit(run, reading)


def title_of(run: Run, reading: Reading, place: int) -> Line | None:
    before = reading.side is Side.BEFORE
    texts = run.texts[place if before else place + 1]
    # Inside the block a group may lack its section or teaser; at its edge a missing line means another order.
    edge = place == (0 if before else len(run.anchors) - 1)
    if len(texts) < (reading.step if edge else 1):
        return None
    step = min(reading.step, len(texts))
    return texts[-step] if before else texts[step - 1]


def quality(line: Line) -> float:
    """Return how much a line looks like a headline: 1 at best, below 0 when it looks like something else."""
    return _headline_quality(line.text)


@lru_cache(maxsize=2048)
def _headline_quality(text: str) -> float:
    """Return how much a line looks like a headline: 1 at best, below 0 when it looks like something else."""
    if words.is_section(text):
        return -1
    quality = 1.0
    if len(text.split()) <= 2:
        quality -= 1
    if is_running(text):
        quality -= 1.6 if ends_in_full_stop(text) else 0.5
    if len(text) > 180:
        quality -= 0.6
    if words.is_cut(text):
        quality -= 1.6
    elif text.endswith((":", "...", "…")):
        quality -= 0.5
    return quality


def _leftovers(run: Run, reading: Reading) -> float:
    """Return how much text a reading leaves unexplained right under the label and right above the end."""
    spare = max(run.usual - reading.step, 0)
    rest = 0.0
    if reading.side is Side.AFTER:
        over = run.texts[0][: len(run.texts[0]) - spare] if spare else run.texts[0]
        if run.headed and any(quality(text) > 0 for text in over):
            rest += 1.5
    over = run.texts[-1][spare:] if reading.side is Side.BEFORE else run.texts[-1][reading.step + spare :]
    if any(quality(text) > 0 for text in over):
        rest += 1.5 if run.closed else 0.5
    return rest


def _at_edges(run: Run, reading: Reading) -> float:
    """Return what stands right under the label and right above the end, which a list begins and ends with."""
    before = reading.side is Side.BEFORE
    score = 0.0
    if run.headed:
        score += (1 if before else 0) if run.texts[0] else (0 if before else 3)
    if run.closed:
        score += (0 if before else 1) if run.texts[-1] else (3 if before else 0)
    if run.headed and before and run.texts[0] and len(run.anchors) > 2:
        # The first line under a label is a headline, unless it names a section.
        first = 0 if quality(run.texts[0][0]) > 0 else 1
        score += 1.5 if reading.step == len(run.texts[0]) - first else 0
    if run.headed and run.closed and len(run.anchors) > 2:
        sides = (len(run.texts[0]), len(run.texts[-1]))
        score += 4 if sides == ((run.usual, 0) if before else (0, run.usual)) else 0
    return score


def _habit(run: Run, reading: Reading) -> float:
    # What sites mostly do, for pages that give no other sign: an hour alone stands first, a full time last.
    bare = sum(1 for anchor in run.anchors if anchor.stamp is not None and not anchor.stamp.has_day)
    first = bare * 2 > len(run.anchors)
    return 0.2 if first == (reading.side is Side.AFTER) else 0.0


def instants_beside(lines: Sequence[Line], clock: Clock) -> Neighbours:
    """Return the lone times next to each text, by its key: an article's own tells the order of its list."""
    instants: Neighbours = {}
    texts = [line for line in lines if line.is_text or line.stamp is not None]
    for place, line in enumerate(texts):
        if line.stamp is None or not line.stamp.has_day:
            continue
        around = [other for other in texts[max(place - 2, 0) : place + 3] if other.is_text]
        # Inside a block every headline has a time on both sides, which says nothing.
        if sum(1 for other in texts[max(place - 4, 0) : place + 5] if other.stamp is not None) > 1:
            continue
        instant = clock.instant(line.stamp)
        if isinstance(instant, datetime):
            for other in around:
                instants.setdefault(headline_key(other.text), set()).add(instant)
    return instants
