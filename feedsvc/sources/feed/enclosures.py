"""The files that belong to an item."""

from collections.abc import Iterable

from feedsvc import media_types
from feedsvc.markup import absolute
from feedsvc.model import Enclosure

_MOST_DIGITS = 15


def enclosure(url: str, media_type: str, length: str, base: str | None) -> Enclosure | None:
    """Return a file as an enclosure, None when it has no address; a length of 0 is one that nobody knew."""
    address = absolute(url, base) if url.strip() else None
    if address is None:
        return None
    guessed = media_types.of_address(address) or "application/octet-stream"
    kind = media_type.strip().lower()
    digits = length.strip()
    known = digits.isascii() and digits.isdigit() and len(digits) <= _MOST_DIGITS
    return Enclosure(address, kind if kind.count("/") == 1 else guessed, (int(digits) if known else 0) or None)


def image_of(enclosures: Iterable[Enclosure]) -> str | None:
    """Return the address of the first image among them."""
    return next((one.url for one in enclosures if one.media_type.startswith("image/")), None)
