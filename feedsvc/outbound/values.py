"""What goes through the door: values without behaviour."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol


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
class Measured:
    """What a file is, as its server says: lower case without parameters; bytes, None when it does not say."""

    media_type: str
    length: int | None


@dataclass(frozen=True, slots=True)
class Posted:
    """How a receiver answered; ``retry_after`` is the instant that it asks to wait for."""

    status: int
    retry_after: datetime | None = None


@dataclass(frozen=True, slots=True)
class Replied:
    """How a receiver answered on a line: ``body`` is the beginning of it, in whatever coding."""

    status: int
    body: bytes
    retry_after: datetime | None = None


class Send(Protocol):
    """Sends one request on a line and returns how it was answered, whatever the status.

    Raises:
        FetchError: there was no answer.
    """

    def __call__(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None = None) -> Replied:
        """Send a request; ``headers`` beside Host, length, User-Agent and codings."""
