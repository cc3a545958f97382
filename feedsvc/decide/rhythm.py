"""How often a source brings news, and what follows from it.

Knows what is usual for a source; hides how it is reckoned: from the instants at which its articles were first seen.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

# Fewer arrivals say nothing about what is usual.
_ENOUGH = 8
# So many times the usual gap without news is no longer chance; a night or a weekend is.
_STALLED = 6
_STALLED_LEAST = timedelta(days=3)
# Arrivals so close together came with one reading.
_AT_ONCE = timedelta(seconds=30)


def usual_gap(first_seen: Sequence[datetime]) -> timedelta | None:
    """Return the median time between readings that brought something new; None when too little is known.

    ``first_seen`` are the instants at which a source's last articles were first seen, in any order.
    """
    arrivals: list[datetime] = []
    for instant in sorted(first_seen):
        if not arrivals or instant - arrivals[-1] > _AT_ONCE:
            arrivals.append(instant)
    if len(arrivals) < _ENOUGH:
        return None
    return timedelta(seconds=median((later - earlier).total_seconds() for earlier, later in pairwise(arrivals)))


def interval(gap: timedelta | None, since_last: timedelta, *, least: timedelta, most: timedelta) -> timedelta:
    """Return how long to wait between two looks: half the usual gap, and longer the longer nothing came."""
    if gap is None:
        return min(least * 5, most)
    quiet = max(since_last / 4, gap / 2) if since_last > gap else gap / 2
    return max(least, min(quiet, most))


def is_stalled(gap: timedelta | None, since_last: timedelta) -> bool:
    """Tell whether a source has been silent for much longer than is usual for it."""
    return gap is not None and since_last > max(_STALLED * gap, _STALLED_LEAST)
