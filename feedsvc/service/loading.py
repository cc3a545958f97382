"""Taking an export in: all of it or nothing.

Knows when a second process pays, which reads the file and makes the rows that this one writes.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from feedsvc.model import Article, FeedIdentity
from feedsvc.service import exports
from feedsvc.store import Store, Transaction

if TYPE_CHECKING:
    from feedsvc.service.making import Batch

Advance: TypeAlias = Callable[[int], None]

# Bytes; a process takes as long to start as this one takes for the articles in so many.
_LARGE = 5_000_000


@dataclass(frozen=True, slots=True)
class Imported:
    """How many records of an export were there, and how many articles were not in the store before."""

    records: int
    new: int


def load(store: Store, lines: Iterable[str | bytes], *, name: str, advance: Advance) -> Imported:
    """Take an export in, lines of text or of UTF-8. Articles that are there already become as the export has them.

    ``advance`` is told how many lines were just taken in.

    Raises:
        ImportInvalid: a line cannot be read, or the export is of a newer format.
    """
    taken = 0
    with store.begin() as tx, tx.articles.loading():
        before = tx.articles.count()
        for batch in exports.batches(lines, name):
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
    with file.open("rb") as lines:
        return load(store, lines, name=name, advance=advance)


# --- with a second process --------------------------------------------------------------------------------------------


class _ComesTwice(Exception):
    """An article stands in two places of the export."""


def _load_large(store: Store, file: Path, name: str, advance: Advance) -> Imported | None:
    """Take a file in; None, and nothing taken in, where articles can only be put one after the other."""
    from feedsvc.service import making  # noqa: PLC0415 - msgspec, which only an import needs

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
            with tx.loading.filling(), making.maker(file, name, numbers) as batches:
                for batch in batches:
                    _put(tx, batch)
                    taken += batch.records
                    advance(batch.records)
            new = tx.articles.count() - before
    except _ComesTwice:
        advance(-taken)
        return None
    return Imported(taken, new)


def _put(tx: Transaction, batch: "Batch") -> None:
    if not tx.loading.put(batch.made):
        raise _ComesTwice
    for identity in batch.identities:
        tx.documents.put_identity(identity)
