"""The time written on a line of a page: which part of the line states it, and which instant it means in its zone.

Knows how three dozen languages write dates and hours; hides their months, weekdays and clock words from everyone else.
Reading is strict: every word of a time must be known, or the line has none. A time that cannot be true is unknown, and
never "now".
"""

from feedsvc.timestamps.grammar import find
from feedsvc.timestamps.instants import EARLIEST, MOST_AHEAD, Unknown, day_of, resolve
from feedsvc.timestamps.stamp import Stamp

__all__ = ["EARLIEST", "MOST_AHEAD", "Stamp", "Unknown", "day_of", "find", "resolve"]
