"""The registry of source kinds: how the bytes of a snapshot become a harvest.

A new kind is one file and one line here. Kinds do not know one another.
"""

from collections.abc import Callable, Mapping
from zoneinfo import ZoneInfo

from feedsvc.model import Harvest, Snapshot
from feedsvc.sources.page_text import read as read_page_text

Read = Callable[[Snapshot, ZoneInfo], Harvest]

KINDS: Mapping[str, Read] = {
    "page-text": lambda snapshot, zone: read_page_text(snapshot, zone=zone),
}


def read(kind: str, snapshot: Snapshot, zone: ZoneInfo) -> Harvest:
    """Read a snapshot as the kind of source it came from; times without a zone are in ``zone``.

    What cannot be read is a complaint in the harvest. Raises ``KeyError`` for a kind that is not in ``KINDS``.
    """
    return KINDS[kind](snapshot, zone)
