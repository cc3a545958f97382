"""Reading the snapshots of sources with what their pages said the last time at hand.

Knows when that may be remembered; hides where it is kept.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from feedsvc import sources
from feedsvc.config import Source
from feedsvc.feeds.memory import Memory
from feedsvc.model import Harvest, Snapshot

if TYPE_CHECKING:
    from feedsvc.sources.html import Seen

# Ten thousand items, and as many again while there is room.
_REMEMBERED = 32_000_000


@dataclass(frozen=True, slots=True)
class Read:
    """What a snapshot says; ``committed`` is to be called once that is in the store."""

    harvest: Harvest
    committed: Callable[[], None]


class Reader:
    """Reads for all sources of one process. Threads may share it."""

    def __init__(self) -> None:
        self._memory: Memory[tuple[str, str], Seen | None] = Memory(_REMEMBERED)

    def read(self, source: Source, snapshot: Snapshot, manner: sources.Manner) -> Read:
        """Read a snapshot of a source, as :func:`feedsvc.sources.read` does."""
        page = (source.name, snapshot.origin)
        harvest, seen = sources.read_again(source.kind, snapshot, manner, self._memory.get(page))
        return Read(harvest, lambda: self._memory.keep(page, seen, seen.size if seen else 0))
