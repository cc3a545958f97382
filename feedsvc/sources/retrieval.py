"""Files of a path pattern, and addresses, become snapshots; a file only when it is whole.

Knows what may stand between a name and its bytes: folders, pipes, permissions, size, a writer still at work. Hides how
a half-written page is told from a whole one. Nothing here changes a file or its times.
"""

import errno
import glob
import itertools
import os
import signal
import stat
import sys
import time
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from feedsvc.errors import FetchError
from feedsvc.model import Complaint, Reading, Snapshot
from feedsvc.outbound import Outbound

if sys.platform == "linux":
    import fcntl

# A saved page has a hundred kilobytes at most. One of this size costs 6 s to read, 24 s if it is bare headlines.
MAX_BYTES = 5_000_000
# A writer that closes and opens again (append by append) is seen only by waiting. The wait is part of the time from a
# change to its feed, which may be half a second.
SETTLED_S = 0.3
# Where no lease is to be had, waiting is all there is.
SETTLED_UNLEASED_S = 2.0

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# No failure: the writer is at work, and the page is read when it is whole.
UNFINISHED = "is still being written; it is read at the next refresh"
_VANISHED = "vanished while it was being read"
_OUTSIDE = "is a link to a file outside the folder, which is not read; put the file itself here"


@dataclass(frozen=True, slots=True)
class Retrieved:
    """A snapshot with what tells later that nothing has changed: a file's size and time, or a server's validators."""

    snapshot: Snapshot
    size: int = 0
    mtime_ns: int = 0
    etag: str | None = None
    last_modified: str | None = None

    @property
    def origin(self) -> str:
        """The file or address as the admin would write it."""
        return self.snapshot.origin


@dataclass(frozen=True, slots=True)
class _Found:
    path: Path
    origin: str
    state: os.stat_result


class _Refused(Exception):
    """Why a file is not read; it never leaves this module."""


def retrieve(
    pattern: str,
    known: Mapping[str, Reading],
    *,
    folder: Path,
    files: Collection[str] | None = None,
    max_bytes: int = MAX_BYTES,
    settled_s: float = SETTLED_S,
    settled_unleased_s: float = SETTLED_UNLEASED_S,
) -> Iterator[Retrieved | Reading | Complaint]:
    """Yield what became of each file of a pattern, the longest untouched first, then by name, so that newer pages win.

    A file of the size and time of its reading in ``known`` (by origin) is not opened: the reading itself is yielded. A
    complaint's ``where`` is the origin, or the pattern when no file matches it. Bodies are read one by one, when asked
    for; that may sleep up to ``settled_s`` seconds for a file just written (``settled_unleased_s`` where the
    system does not tell whether a writer is at work). Files of ``max_bytes`` and more are not read.

    ``pattern`` is relative to ``folder``; ``**`` spans folders; a file of exactly that name is taken as it is. Origins
    are relative to the folder for files inside it. With ``files`` the pattern is a folder, and all files in it and
    below it that end so are meant, but for what links lead to outside it.
    """
    complaints, survey = _survey(pattern, folder) if files is None else _walk(pattern, folder, files)
    yield from complaints
    for found in survey:
        reading = known.get(found.origin)
        if reading and (reading.size, reading.mtime_ns) == (found.state.st_size, found.state.st_mtime_ns):
            yield reading
            continue
        try:
            yield _whole(found, max_bytes, settled_s, settled_unleased_s)
        except _Refused as refused:
            yield Complaint(found.origin, str(refused))


def fetch(
    url: str, known: Reading | None, outbound: Outbound, *, robots: bool = True
) -> Retrieved | Reading | Complaint:
    """Return what an address gives: the reading of last time when the server says that nothing has changed.

    A complaint's ``where`` is the address; it may hold no secret, for it is shown.
    """
    etag, last_modified = (known.etag, known.last_modified) if known else (None, None)
    try:
        fetched = outbound.fetch(url, etag=etag, last_modified=last_modified, robots=robots)
    except FetchError as error:
        return Complaint(url, error.reason)
    if fetched.status == "unchanged" and known is not None:
        return known
    media_type = f"{fetched.media_type}; charset={fetched.charset}" if fetched.charset else fetched.media_type
    snapshot = Snapshot(url, fetched.body, fetched.retrieved_at, media_type, fetched.url)
    return Retrieved(snapshot, size=len(fetched.body), etag=fetched.etag, last_modified=fetched.last_modified)


# --- which files ------------------------------------------------------------------------------------------------------


def _survey(pattern: str, folder: Path) -> tuple[list[Complaint], list[_Found]]:
    names = [pattern] if os.path.lexists(folder / pattern) else _matching(pattern, folder)
    complaints, files = _found(names, folder, folders_are_meant="**" in pattern)
    if not files and not complaints:
        complaints.append(Complaint(pattern, _nothing(folder / pattern)))
    return complaints, files


def _matching(pattern: str, folder: Path) -> Iterator[str]:
    parts = Path(pattern).parts
    if "**" not in parts:
        yield from glob.iglob(pattern, root_dir=folder)  # noqa: PTH207 - Path.glob takes hidden files as well
        return
    # Here glob would follow links to folders, which could lead in circles; but this takes what is hidden.
    anchor = Path(pattern).anchor
    inner = [part for part in parts if part != anchor] + ["*"] * (parts[-1] == "**")
    shown = {".", *(part for part in inner if part.startswith("."))}
    root = folder / anchor
    for path in root.glob("/".join(inner)):
        if all(part[0] != "." or part in shown for part in path.relative_to(root).parts):
            yield str(path)


def _walk(pattern: str, folder: Path, endings: Collection[str]) -> tuple[list[Complaint], list[_Found]]:
    root = folder / pattern
    if not root.is_dir():
        return [Complaint(pattern, "is no folder; make it, or correct the path")], []
    complaints, files = _found(_below(root, endings), folder)
    within = root.resolve()
    outside = [found for found in files if found.path.is_symlink() and not found.path.resolve().is_relative_to(within)]
    complaints += [Complaint(found.origin, _OUTSIDE) for found in outside]
    # A folder without a file is an empty one, which may be.
    return complaints, [found for found in files if found not in outside]


def _below(root: Path, endings: Collection[str]) -> Iterator[str]:
    """Yield the files with such endings; links to folders could lead in circles, and are passed over."""
    for inner, folders, names in os.walk(root):
        folders[:] = [name for name in folders if not name.startswith(".")]
        paths = (Path(inner, name) for name in names if not name.startswith("."))
        yield from (str(path) for path in paths if path.suffix.lower() in endings)


def _found(
    names: Iterable[str], folder: Path, *, folders_are_meant: bool = False
) -> tuple[list[Complaint], list[_Found]]:
    """Return what is no file, and the files, the longest untouched first."""
    folder = Path(os.path.abspath(folder))  # noqa: PTH100 - resolve() would follow links, and origins are as written
    complaints, files = [], {}
    for name in names:
        path = Path(os.path.abspath(folder / name))  # noqa: PTH100 - likewise
        origin = _origin(path, folder)
        try:
            state = path.stat()
            if stat.S_ISREG(state.st_mode):
                files[origin] = _Found(path, origin, state)
            elif not stat.S_ISDIR(state.st_mode):
                complaints.append(Complaint(origin, "is a device, a pipe or a socket; only files are read"))
            elif not folders_are_meant:
                complaints.append(Complaint(origin, f"is a folder; name the files in it: {origin}/*.txt"))
        except OSError as error:
            complaints.append(Complaint(origin, _reason(error, path)))
    return complaints, sorted(files.values(), key=lambda found: (found.state.st_mtime_ns, found.origin))


def _origin(path: Path, folder: Path) -> str:
    shown = path.relative_to(folder) if path.is_relative_to(folder) else path
    return os.fsencode(shown).decode(errors="backslashreplace")  # a name that is no UTF-8 fits no database


def _nothing(pattern: Path) -> str:
    """Say why no file matches: glob tells a missing folder and a forbidden one alike, by silence."""
    parts = pattern.parts[:-1]
    folder = Path(*itertools.takewhile(lambda part: not glob.has_magic(part), parts))
    try:
        os.scandir(folder).close()
    except PermissionError:
        return f"no file can be seen: this user may not list the folder {folder}"
    except OSError:
        return f"no file is there: there is no folder {folder}"
    return "no file is there; put a saved page into the folder, or correct the path"


# --- one file ---------------------------------------------------------------------------------------------------------


def _whole(found: _Found, max_bytes: int, settled_s: float, settled_unleased_s: float) -> Retrieved:
    try:
        with open(found.path, "rb", opener=_open) as file:
            before = os.fstat(file.fileno())
            if not stat.S_ISREG(before.st_mode):
                raise _Refused(_VANISHED)
            if before.st_size >= max_bytes:
                size, limit = f"{before.st_size / 1e6:,.0f} MB", f"{max_bytes / 1e6:,.0f} MB"
                raise _Refused(f"has {size}: this is no page; {limit} and more are not read")
            leased = _no_writer(file.fileno())
            _settle(before, settled_s if leased else settled_unleased_s)
            # One byte more than there should be: a file that grows meanwhile is refused, not followed.
            body = file.read(before.st_size + 1)
            _no_writer(file.fileno())
            after = os.fstat(file.fileno())
    except OSError as error:
        raise _Refused(_reason(error, found.path)) from error
    if not len(body) == before.st_size == after.st_size or before.st_mtime_ns != after.st_mtime_ns:
        raise _Refused(UNFINISHED)
    if not body:
        raise _Refused("is empty; save the page again")
    try:
        taken_at = _EPOCH + timedelta(microseconds=after.st_mtime_ns // 1000)
    except OverflowError as error:
        raise _Refused("carries a time beyond the calendar; `touch` it") from error
    return Retrieved(Snapshot(found.origin, body, taken_at), after.st_size, after.st_mtime_ns)


def _open(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NONBLOCK | os.O_NOCTTY)  # what was a file a moment ago may be a pipe now


def _settle(state: os.stat_result, settled_s: float) -> None:
    age_s = time.time() - state.st_mtime
    if age_s < settled_s:
        time.sleep(min(settled_s, settled_s - age_s))  # min: a time in the future says nothing about the age


def _no_writer(descriptor: int) -> bool:
    """Tell whether the system vouches that nobody has the file open for writing; False when it does not say.

    Linux grants a read lease only then, to the owner of the file or with CAP_LEASE, on file systems that know leases.
    It is given back at once. Source: fcntl(2), "Leases".

    Raises:
        _Refused: a writer is at work.
    """
    if sys.platform != "linux":
        return False
    try:
        # A writer that comes in this very moment makes the kernel send SIGIO, which ends a process; SIGURG is ignored.
        fcntl.fcntl(descriptor, fcntl.F_SETSIG, signal.SIGURG)
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except OSError as error:
        if error.errno == errno.EAGAIN:
            raise _Refused(UNFINISHED) from error
        return False
    return True


def _reason(error: OSError, path: Path) -> str:
    match error.errno:
        case errno.ENOENT:
            return "is a link to a file that is not there" if path.is_symlink() else _VANISHED
        case errno.EACCES | errno.EPERM:
            return "may not be read by this user; change its permissions"
        case errno.EAGAIN:  # somebody holds a lease of their own, as file servers do
            return UNFINISHED
    return f"cannot be read: {error.strerror}"
