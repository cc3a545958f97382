"""What goes through the door: values without behaviour."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal


@dataclass(frozen=True, slots=True)
class Fetched:
    """What an address gave.

    ``url`` is the final address, without credentials. ``body`` is decoded from its content coding and empty when
    ``unchanged``; ``media_type`` is lower case without parameters; ``charset`` is that of the header. ``etag`` and
    ``last_modified`` are to be given back as they stand at the next fetch.
    """

    url: str
    status: Literal["modified", "unchanged"]
    body: bytes
    media_type: str
    charset: str | None
    etag: str | None
    last_modified: str | None
    retrieved_at: datetime


@dataclass(frozen=True, slots=True)
class Posted:
    """How a receiver answered; ``retry_after`` is the instant that it asks to wait for."""

    status: int
    retry_after: datetime | None = None
