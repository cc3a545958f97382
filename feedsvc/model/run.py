"""What was done and what needs a look: runs, alerts, samples; who may push or read.

Knows the record of work; hides nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from feedsvc.model.article import Verdict
from feedsvc.model.harvest import Complaint
from feedsvc.model.names import ArticleId, SourceName, TokenId, require_aware


class RunKind(StrEnum):
    """The kinds of work that leave a record."""

    REFRESH = "refresh"
    PUBLISH = "publish"


class Outcome(StrEnum):
    """How a run ended. ``UNCHANGED``: nothing to do. ``FAILED``: expected failure, has a code. ``CRASHED``: a bug."""

    DONE = "done"
    UNCHANGED = "unchanged"
    FAILED = "failed"
    CRASHED = "crashed"


@dataclass(frozen=True, slots=True)
class Run:
    """The record of one piece of work on one source or feed (``name``).

    ``counts`` holds whole numbers by name (a refresh: snapshots, entries, dated, new, changed, unchanged, refused,
    complaints). ``code`` is a stable error code, ``message`` the sentence for people. ``complaints`` are bounded.
    """

    kind: RunKind
    name: str
    started: datetime
    ended: datetime
    outcome: Outcome
    counts: Mapping[str, int] = field(default_factory=dict)
    code: str | None = None
    message: str | None = None
    complaints: tuple[Complaint, ...] = ()

    def __post_init__(self) -> None:
        require_aware(started=self.started, ended=self.ended)


@dataclass(frozen=True, slots=True)
class Alert:
    """Something the admin should look at; it stands until the next run of ``name`` is well again."""

    code: str
    name: str
    since: datetime
    message: str


@dataclass(frozen=True, slots=True)
class Sample:
    """A page that could not be read well, as it is told of; its bytes are asked for apart.

    ``code`` is what stood against it, ``complaints`` where only parts could not be read. ``size`` in bytes,
    uncompressed. ``well`` is since when its origin reads well again, None while it does not.
    """

    source: SourceName
    code: str
    origin: str
    message: str
    taken_at: datetime
    media_type: str
    size: int
    well: datetime | None = None

    def __post_init__(self) -> None:
        require_aware(taken_at=self.taken_at, well=self.well)


class Leave(StrEnum):
    """What a token is good for: to push into one source, or to read one private feed."""

    PUSH = "push"
    READ = "read"


@dataclass(frozen=True, slots=True)
class Token:
    """Somebody's leave to push into one source or to read one private feed, which is ``name``.

    ``id`` names it among people; of what its holder shows only a digest is stored. ``used`` is the day (UTC) of the
    last use.
    """

    id: TokenId
    leave: Leave
    name: str
    label: str
    created: datetime
    used: date | None = None
    revoked: datetime | None = None

    def __post_init__(self) -> None:
        require_aware(created=self.created, revoked=self.revoked)

    @property
    def source(self) -> SourceName:
        """The source that a token to push is good for."""
        return SourceName(self.name)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What came of a request that its sender gave a key, so that the same request again gets the same answer.

    ``digest`` covers the request. ``outcomes`` holds for each entry, in order: the sender's id, the decision, the
    article.
    """

    token: TokenId
    key: str
    digest: str
    given: datetime
    outcomes: tuple[tuple[str, Verdict, ArticleId], ...]

    def __post_init__(self) -> None:
        require_aware(given=self.given)
