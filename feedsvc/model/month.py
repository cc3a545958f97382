"""Months of a calendar, by which old news is found.

Knows when a month begins and ends in a zone; hides that this is another instant in each.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo


@dataclass(frozen=True, order=True, slots=True)
class Month:
    """A month of a year of four digits; ``number`` counts from 1."""

    year: int
    number: int

    def __str__(self) -> str:
        return f"{self.year:04}-{self.number:02}"

    @classmethod
    def of(cls, instant: datetime, zone: tzinfo) -> "Month":
        """Return the month in which an instant lies."""
        local = instant.astimezone(zone)
        return cls(local.year, local.month)

    @property
    def following(self) -> "Month":
        """The month after this one."""
        return Month(self.year + 1, 1) if self.number == 12 else Month(self.year, self.number + 1)

    def start(self, zone: tzinfo) -> datetime:
        """Return its first instant, in UTC."""
        return datetime(self.year, self.number, 1, tzinfo=zone).astimezone(UTC)

    def end(self, zone: tzinfo) -> datetime:
        """Return the first instant after it, in UTC."""
        return self.following.start(zone)
