"""The pure rules: which article an entry is, what became of it, what an admin must be told.

Nothing here reads a clock, a file or the store; hides how identity is found.
"""

from feedsvc.decide.health import alerts, counts, standing_code
from feedsvc.decide.identity import Lookup, decide, lookup, shown
from feedsvc.decide.revision import Mint, lift, revise
from feedsvc.decide.rhythm import interval, is_stalled, usual_gap
from feedsvc.decide.settled import Again, Settled
from feedsvc.decide.touching import Touching

__all__ = [
    "Again",
    "Lookup",
    "Mint",
    "Settled",
    "Touching",
    "alerts",
    "counts",
    "decide",
    "interval",
    "is_stalled",
    "lift",
    "lookup",
    "revise",
    "shown",
    "standing_code",
    "usual_gap",
]
