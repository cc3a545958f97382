"""What a line states about time, before anybody asks which instant it means.

Knows what may be left out; hides nothing.
"""

from dataclasses import dataclass
from datetime import time, timedelta, tzinfo


@dataclass(frozen=True, slots=True)
class Stamp:
    """What one line states about time, and the text that stands around it.

    ``date`` is (year, month, day), the year None when the line leaves it out. ``days_back`` counts from the snapshot's
    day (0 is today). ``ago`` counts from its instant. ``form`` is the shape of the expression: two stamps written the
    same way share it. ``fault`` says why the stamp, though shaped like a time, is none. ``month_first`` is what its
    slashes mean where months stand before days; days stand first unless a list shows otherwise.
    """

    form: str
    date: tuple[int | None, int, int] | None = None
    days_back: int | None = None
    hour: time | None = None
    ago: timedelta | None = None
    zone: tzinfo | None = None
    weekday: bool = False
    before: str = ""
    after: str = ""
    fault: str | None = None
    lost: frozenset[str] = frozenset()
    month_first: "Stamp | None" = None

    @property
    def has_day(self) -> bool:
        """Tell whether the line says which day it means."""
        return self.date is not None or self.days_back is not None or self.ago is not None or "day" in self.lost

    @property
    def has_hour(self) -> bool:
        """Tell whether the line says which hour it means."""
        return self.hour is not None or self.ago is not None or "hour" in self.lost
