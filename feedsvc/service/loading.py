"""Taking an export in: all of it or nothing.

Knows when a second process pays, which reads the file and makes the rows that this one writes; hides how they come from
there.
"""

import marshal
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import IO, Any, TypeAlias

from feedsvc.errors import ImportInvalid, RetrievalError
from feedsvc.model import Article, FeedIdentity, FeedName
from feedsvc.service import exports
from feedsvc.store import Maker, Numbers, Store, Transaction

Advance: TypeAlias = Callable[[int], None]

# Records read at once: names that many of them carry are looked up once.
_BATCH = 2_000
# Bytes; a process takes as long to start as this one takes for the articles in so many.
_LARGE = 5_000_000

_LENGTH_BYTES = 8
_Identity: TypeAlias = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Imported:
    """How many records of an export were there, and how many articles were not in the store before."""

    records: int
    new: int


def load(store: Store, lines: Iterable[str], *, name: str, advance: Advance) -> Imported:
    """Take an export in. Articles that are there already become as the export has them.

    ``advance`` is told how many lines were just taken in.

    Raises:
        ImportInvalid: a line cannot be read, or the export is of a newer format.
    """
    taken = 0
    with store.begin() as tx, tx.articles.loading():
        before = tx.articles.count()
        for batch in _batches(exports.records(lines, name)):
            tx.articles.put(each for each in batch if isinstance(each, Article))
            for each in batch:
                if isinstance(each, FeedIdentity):
                    tx.documents.put_identity(each)
            taken += len(batch)
            advance(len(batch))
        new = tx.articles.count() - before
    return Imported(taken, new)


def load_file(store: Store, file: Path, *, name: str, advance: Advance) -> Imported:
    """Take a file in as :func:`load` does, a large one into an empty store with a second process.

    Should an article come twice, ``advance`` is told to take back what it was told, and all begins anew.
    """
    if file.stat().st_size >= _LARGE and (done := _load_large(store, file, name, advance)):
        return done
    with file.open(encoding="utf-8") as lines:
        return load(store, lines, name=name, advance=advance)


def _batches(records: Iterable[Article | FeedIdentity]) -> Iterator[list[Article | FeedIdentity]]:
    rest = iter(records)
    while batch := list(islice(rest, _BATCH)):
        yield batch


# --- with a second process --------------------------------------------------------------------------------------------


class _ComesTwice(Exception):
    """An article stands in two places of the export."""


def _load_large(store: Store, file: Path, name: str, advance: Advance) -> Imported | None:
    """Take a file in; None, and nothing taken in, where articles can only be put one after the other."""
    taken = 0
    try:
        with store.read() as tx:
            if tx.loading.numbers() is None:
                return None
        with store.fill() as tx:
            numbers = tx.loading.numbers()
            if numbers is None:
                return None
            before = tx.articles.count()
            with tx.articles.loading(), _maker(file, name, numbers) as batches:
                for records, identities, made in batches:
                    _put(tx, identities, made)
                    taken += records
                    advance(records)
                tx.loading.end()
            new = tx.articles.count() - before
    except _ComesTwice:
        advance(-taken)
        return None
    return Imported(taken, new)


def _put(tx: Transaction, identities: Iterable[_Identity], made: Any) -> None:
    if not tx.loading.put(made):
        raise _ComesTwice
    for feed, guid, created in identities:
        tx.documents.put_identity(FeedIdentity(FeedName(feed), guid, datetime.fromisoformat(created)))


@contextmanager
def _maker(file: Path, name: str, numbers: Numbers) -> Iterator[Iterator[tuple[Any, ...]]]:
    """Start a process that reads the file; yields what it sends, while it makes what comes next."""
    program = f"from {__name__} import make; make()"
    asked = [str(file), name, *map(str, numbers)]
    # In a group of its own: what ends this process at the keyboard would have that one complain.
    with subprocess.Popen(  # noqa: S603 - ourselves
        [sys.executable, "-c", program, *asked], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, process_group=0
    ) as process:
        try:
            yield _received(process, name)
        finally:
            process.kill()


def _received(process: "subprocess.Popen[bytes]", name: str) -> Iterator[tuple[Any, ...]]:
    while True:
        length = int.from_bytes(_exactly(process, _LENGTH_BYTES, name))
        kind, *values = marshal.loads(_exactly(process, length, name))  # noqa: S302 - written below, by us
        if kind == "end":
            return
        if kind == "invalid":
            raise ImportInvalid(name, *values)
        yield tuple(values)


def _exactly(process: "subprocess.Popen[bytes]", length: int, name: str) -> bytes:
    data = process.stdout.read(length) if process.stdout else b""
    if len(data) < length:
        raise RetrievalError(
            name, f"the process that read it has ended (status {process.wait()}); is there memory left?"
        )
    return data


def make() -> None:
    """Read the file that the command line names, and send what is made of it: the second process."""
    import gc  # noqa: PLC0415 - only here

    gc.disable()  # nothing made here holds itself
    file, name, change, arrival = sys.argv[1:]
    maker = Maker((int(change), int(arrival)))
    out = sys.stdout.buffer
    try:
        with Path(file).open(encoding="utf-8") as lines:
            for batch in _batches(exports.records(lines, name)):
                identities = [(e.feed, e.guid, e.created.isoformat()) for e in batch if isinstance(e, FeedIdentity)]
                made = maker.make(each for each in batch if isinstance(each, Article))
                _send(out, ("batch", len(batch), identities, made))
        _send(out, ("end",))
    except ImportInvalid as error:
        _send(out, ("invalid", error.line, error.reason))


def _send(out: IO[bytes], value: tuple[Any, ...]) -> None:
    data = marshal.dumps(value)
    out.write(len(data).to_bytes(_LENGTH_BYTES))
    out.write(data)
    out.flush()
