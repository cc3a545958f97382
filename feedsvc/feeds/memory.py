"""What was rendered before, kept while there is room.

Knows which of it was asked for last and how much it weighs; hides the lock that lets threads share it.
"""

from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock
from typing import Generic, TypeVar

_Key = TypeVar("_Key", bound=Hashable)
_Value = TypeVar("_Value")


class Memory(Generic[_Key, _Value]):
    """Values by key; whatever was not asked for longest is forgotten when ``limit`` is passed.

    ``limit`` counts what :meth:`keep` is told, in bytes or nearly so.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._size = 0
        self._kept: OrderedDict[_Key, tuple[_Value, int]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: _Key) -> _Value | None:
        """Return what is kept under the key."""
        with self._lock:
            if key not in self._kept:
                return None
            self._kept.move_to_end(key)
            return self._kept[key][0]

    def keep(self, key: _Key, value: _Value, size: int) -> None:
        """Keep a value that weighs ``size``; one too heavy by itself is not kept."""
        if size > self._limit:
            return
        with self._lock:
            _, replaced = self._kept.pop(key, (None, 0))
            self._kept[key] = (value, size)
            self._size += size - replaced
            while self._size > self._limit:
                _, (_, forgotten) = self._kept.popitem(last=False)
                self._size -= forgotten
