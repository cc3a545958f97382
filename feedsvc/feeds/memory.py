"""What was rendered before, kept while there is room.

Knows how much it weighs and what was asked for lately; hides that it forgets by halves.
"""

from collections.abc import Hashable
from typing import Generic, TypeVar

_Key = TypeVar("_Key", bound=Hashable)
_Value = TypeVar("_Value")


class Memory(Generic[_Key, _Value]):
    """Values by key; what was not asked for lately is forgotten when ``limit`` is passed.

    ``limit`` counts what :meth:`keep` is told, in bytes or nearly so; half of it is what surely stays. Threads may
    share it: the worst that can happen is that something is forgotten too early.
    """

    def __init__(self, limit: int) -> None:
        self._half = limit // 2
        self._size = 0
        self._young: dict[_Key, tuple[_Value, int]] = {}
        self._old: dict[_Key, tuple[_Value, int]] = {}

    def get(self, key: _Key) -> _Value | None:
        """Return what is kept under the key."""
        if found := self._young.get(key):
            return found[0]
        if found := self._old.pop(key, None):
            self.keep(key, *found)
            return found[0]
        return None

    def keep(self, key: _Key, value: _Value, size: int) -> None:
        """Keep a value that weighs ``size``; one too heavy by itself is not kept."""
        if size > self._half:
            return
        if replaced := self._young.pop(key, None):
            self._size -= replaced[1]
        if self._size + size > self._half:  # an ordered list of uses would cost a tenth of rendering
            self._old, self._young, self._size = self._young, {}, 0
        self._young[key] = (value, size)
        self._size += size
