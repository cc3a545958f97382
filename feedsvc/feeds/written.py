"""A document in the parts that it was put together from.

Knows that entries stay as they are while the feed around them changes; hides nothing.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Written:
    """``head``, the entries with ``between`` standing between any two of them, and ``tail``."""

    head: bytes
    entries: tuple[bytes, ...]
    tail: bytes
    between: bytes = b""

    @property
    def body(self) -> bytes:
        """The whole document."""
        return b"".join((self.head, self.between.join(self.entries), self.tail))
