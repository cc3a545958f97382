"""Names, ids, and what holds of every value: its datetimes are aware.

Knows the plain forms of values (JSON, folded names); hides nothing.
"""

import unicodedata
from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any, NewType

SourceName = NewType("SourceName", str)
FeedName = NewType("FeedName", str)
ArticleId = NewType("ArticleId", str)
TokenId = NewType("TokenId", str)

MAIN_FEED = FeedName("main")


def require_aware(**moments: datetime | None) -> None:
    for name, moment in moments.items():
        if moment is not None and moment.utcoffset() is None:
            raise ValueError(f"{name} is a naive datetime: {moment!r}")


@lru_cache(maxsize=4096)
def fold_name(name: str) -> str:
    """Return what two spellings of one section, tag or author share: case does not count.

    ``İ``, ``I``, ``ı`` and ``i`` are one: Azerbaijani ``SİYASƏT`` is ``Siyasət``, which Unicode's folding alone denies.
    """
    folded = unicodedata.normalize("NFC", name).casefold().replace("i\u0307", "i").replace("ı", "i")
    return unicodedata.normalize("NFC", folded)


def to_json(value: Any) -> Any:
    """Turn a value of this module into plain JSON data: datetimes as RFC 3339, tuples as lists, field names kept."""
    if isinstance(value, date):  # a datetime is one
        return value.isoformat()
    if isinstance(value, tuple | list):
        return [to_json(item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): to_json(item) for key, item in value.items()}
    if hasattr(value, "__dataclass_fields__"):
        return {name: to_json(getattr(value, name)) for name in value.__dataclass_fields__}
    return value
