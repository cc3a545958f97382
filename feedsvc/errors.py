"""Everything that feedsvc raises on purpose.

Knows each expected failure by a stable code and its attributes; hides nothing: status codes live in web, exit codes
in cli.

::

    FeedsvcError
    ├── ConfigError            config_invalid       the configuration has problems, all of them named
    ├── RetrievalError         retrieval_failed     a snapshot could not be had, or is none
    │   └── FetchError         fetch_failed         an address did not give one; ``failure`` says why
    ├── StoreError
    │   ├── StoreUnavailable   store_unavailable    the database cannot be opened or written
    │   ├── StoreTooNew        store_too_new        the database was made by a newer feedsvc
    │   ├── StoreOutdated      store_outdated       the database waits for `feedsvc migrate`
    │   └── StoreNotEmpty      store_not_empty      a backup would replace what is in the store
    ├── FeedError
    │   └── FeedUnpublishable  feed_unpublishable   the rendered document breaks a rule; the last good one stays
    ├── NotFound               not_found            no such source, feed or article
    ├── ImportInvalid          import_invalid       a line of an export cannot be read
    ├── BackupInvalid          backup_invalid       a file is no backup that can be restored here
    ├── SourceNeeded           source_needed        what is imported must be told which source it belongs to
    ├── PushError
    │   ├── PushInvalid        push_invalid         what was sent cannot be taken; every bad field is named
    │   ├── PushRetracted      push_retracted       the article was retracted and does not come back this way
    │   ├── KeyReused          key_reused           an Idempotency-Key came again with another request
    │   ├── TokenUnknown       token_unknown        no such token, or it was revoked
    │   └── TokenForbidden     token_forbidden      a token is no leave for this
    ├── HubRefused             hub_refused          a request to the hub asks for what cannot be had
    ├── HubBusy                hub_busy             too many requests to the hub wait for their callbacks
    ├── MirrorError            mirror_failed        the folder of a mirror cannot be written
    └── ServerError            server_failed        the address cannot be listened on
"""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar


class FeedsvcError(Exception):
    """The root: catch it to catch every expected failure. ``str()`` says where, what, and what to do."""

    code: ClassVar[str] = "feedsvc_error"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in a configuration file."""

    file: str
    line: int | None
    path: str
    message: str

    def __str__(self) -> str:
        where = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{where}: {self.path}: {self.message}" if self.path else f"{where}: {self.message}"


class ConfigError(FeedsvcError):
    """The configuration cannot be used; ``problems`` names every reason, in the file's order."""

    code = "config_invalid"

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(problems)
        self.problems = problems

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)


class RetrievalError(FeedsvcError):
    """A snapshot could not be had: the file or address is missing, unreadable, too large or no text."""

    code = "retrieval_failed"

    def __init__(self, origin: str, reason: str) -> None:
        super().__init__(origin, reason)
        self.origin = origin
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.origin}: {self.reason}"


class FetchError(RetrievalError):
    """An address did not give what was asked of it.

    ``failure`` is a stable word: ``dns``, ``refused``, ``timeout``, ``tls``, ``proxy``, ``private_address``,
    ``bad_address``, ``robots``, ``redirects``, ``too_large``, ``bad_response``, ``stopped``, or ``status_NNN`` with
    the status of the answer. ``retry_after`` is the instant that the server asks to wait for, None when it does not.
    """

    code = "fetch_failed"

    def __init__(self, origin: str, failure: str, reason: str, *, retry_after: datetime | None = None) -> None:
        super().__init__(origin, reason)
        self.failure = failure
        self.retry_after = retry_after

    @property
    def passing(self) -> bool:
        """Whether another day may bring it: not for an answer that says no, nor for what can never be fetched."""
        return self.failure in ("dns", "refused", "timeout", "tls", "proxy", "stopped", "status_429") or (
            self.failure.startswith("status_5")
        )


class StoreError(FeedsvcError):
    """The store cannot do what was asked."""

    code = "store_error"


class StoreUnavailable(StoreError):
    """The database cannot be opened, read or written: no server, locked, read-only, full disk."""

    code = "store_unavailable"

    def __init__(self, url: str, reason: str) -> None:
        super().__init__(url, reason)
        self.url = url
        self.reason = reason

    def __str__(self) -> str:
        return f"store {self.url}: {self.reason}"


class StoreTooNew(StoreError):
    """The database carries a revision that this feedsvc does not know."""

    code = "store_too_new"

    def __init__(self, url: str, revision: str) -> None:
        super().__init__(url, revision)
        self.url = url
        self.revision = revision

    def __str__(self) -> str:
        return (
            f"store {self.url}: it was written by a newer feedsvc (revision {self.revision}); "
            "install that version again, or point [store] url at another database. Nothing was changed."
        )


class StoreOutdated(StoreError):
    """The database carries an older revision than this feedsvc writes."""

    code = "store_outdated"

    def __init__(self, url: str, revision: str | None) -> None:
        super().__init__(url, revision)
        self.url = url
        self.revision = revision

    def __str__(self) -> str:
        state = "is empty" if self.revision is None else f"is at the older revision {self.revision}"
        return f"store {self.url}: it {state}; run `feedsvc migrate` first"


class StoreNotEmpty(StoreError):
    """A backup is to be restored where there is something already."""

    code = "store_not_empty"

    def __init__(self, articles: int, tokens: int) -> None:
        super().__init__(articles, tokens)
        self.articles = articles
        self.tokens = tokens

    def __str__(self) -> str:
        return (
            f"the store has {self.articles:,} articles and {self.tokens:,} tokens already; "
            "--force replaces all that is in it. Nothing was changed."
        )


class FeedError(FeedsvcError):
    """A feed cannot be published."""

    code = "feed_error"


class FeedUnpublishable(FeedError):
    """A rendered document breaks a rule that readers rely on, so the last good one stays served."""

    code = "feed_unpublishable"

    def __init__(self, feed: str, format: str, reason: str) -> None:
        super().__init__(feed, format, reason)
        self.feed = feed
        self.format = format
        self.reason = reason

    def __str__(self) -> str:
        return f"feed {self.feed} ({self.format}): {self.reason}; the last good document stays"


class NotFound(FeedsvcError):
    """What was asked for by name is not there; ``nearest`` is the closest known name, if any is close."""

    code = "not_found"

    def __init__(self, what: str, name: str, nearest: str | None = None) -> None:
        super().__init__(what, name, nearest)
        self.what = what
        self.name = name
        self.nearest = nearest

    def __str__(self) -> str:
        hint = f"; did you mean {self.nearest!r}?" if self.nearest else ""
        return f"there is no {self.what} {self.name!r}{hint}"


class ImportInvalid(FeedsvcError):
    """A line of an export cannot be read; nothing of the file was imported."""

    code = "import_invalid"

    def __init__(self, file: str, line: int, reason: str) -> None:
        super().__init__(file, line, reason)
        self.file = file
        self.line = line
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.reason}; nothing was imported"


class BackupInvalid(FeedsvcError):
    """A file is not a whole backup, or one of another schema; nothing of it was restored."""

    code = "backup_invalid"

    def __init__(self, file: str, reason: str) -> None:
        super().__init__(file, reason)
        self.file = file
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.file}: {self.reason}. Nothing was restored."


class SourceNeeded(FeedsvcError):
    """There are several sources, and nobody said to which of them the imported articles belong."""

    code = "source_needed"

    def __init__(self, known: tuple[str, ...]) -> None:
        super().__init__(known)
        self.known = known

    def __str__(self) -> str:
        names = ", ".join(self.known)
        return f"say with --source which source will bring the same articles again ({names}); or import, for none"


class PushError(FeedsvcError):
    """Something that was sent to be published was refused; nothing of it was stored."""

    code = "push_error"


@dataclass(frozen=True, slots=True)
class Flaw:
    """One bad field of what was sent; ``pointer`` is a JSON pointer (RFC 6901), empty for the whole."""

    pointer: str
    message: str

    def __str__(self) -> str:
        return f"{self.pointer}: {self.message}" if self.pointer else self.message


class PushInvalid(PushError):
    """What was sent is not what it should be; ``flaws`` names every bad field."""

    code = "push_invalid"

    def __init__(self, flaws: tuple[Flaw, ...]) -> None:
        super().__init__(flaws)
        self.flaws = flaws

    def __str__(self) -> str:
        return "; ".join(map(str, self.flaws))


class PushRetracted(PushError):
    """The article that was sent has been retracted."""

    code = "push_retracted"

    def __init__(self, sender_id: str, *, by_hand: bool) -> None:
        super().__init__(sender_id, by_hand)
        self.sender_id = sender_id
        self.by_hand = by_hand

    def __str__(self) -> str:
        if self.by_hand:
            return f"the article {self.sender_id!r} was retracted by the admin and does not come back"
        return f"the article {self.sender_id!r} was retracted; PUT brings it back"


class KeyReused(PushError):
    """An Idempotency-Key names one request for a day, and this is another one."""

    code = "key_reused"

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key

    def __str__(self) -> str:
        return f"the Idempotency-Key {self.key!r} came before with another request; give each request its own"


class TokenUnknown(PushError):
    """The token is none that was given out, or it was revoked. It is never repeated."""

    code = "token_unknown"

    def __str__(self) -> str:
        return "a token is needed that `feedsvc tokens add` gave out and nobody has revoked"


class TokenForbidden(PushError):
    """A token is no leave for this: its source is another one, or takes none, or ``name`` is a feed that needs none."""

    code = "token_forbidden"

    def __init__(self, name: str, reason: str, *, what: str = "source") -> None:
        super().__init__(name, reason, what)
        self.name = name
        self.reason = reason
        self.what = what

    def __str__(self) -> str:
        return f"{self.what} {self.name!r}: {self.reason}"


class HubRefused(FeedsvcError):
    """A request to the WebSub hub cannot be granted; ``parameter`` is to blame."""

    code = "hub_refused"

    def __init__(self, parameter: str, reason: str) -> None:
        super().__init__(parameter, reason)
        self.parameter = parameter
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.parameter} {self.reason}"


class HubBusy(FeedsvcError):
    """So many requests wait to be confirmed by their callbacks that no more are taken."""

    code = "hub_busy"

    def __str__(self) -> str:
        return "Too many requests are waiting to be confirmed. Please try again in a few minutes."


class ServerError(FeedsvcError):
    """The server cannot listen where it was told to."""

    code = "server_failed"

    def __init__(self, host: str, port: int, reason: str) -> None:
        super().__init__(host, port, reason)
        self.host = host
        self.port = port
        self.reason = reason

    def __str__(self) -> str:
        return f"cannot listen on {self.host}:{self.port}: {self.reason}"


class MirrorError(FeedsvcError):
    """The folder of a mirror cannot be written: it holds what is not ours, is being written, or the disk says no."""

    code = "mirror_failed"

    def __init__(self, folder: str, reason: str) -> None:
        super().__init__(folder, reason)
        self.folder = folder
        self.reason = reason

    def __str__(self) -> str:
        return f"cannot write the mirror in {self.folder}: {self.reason}"
