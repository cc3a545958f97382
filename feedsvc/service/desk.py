"""The store by hand: add, edit and retract articles, and carry the whole store elsewhere.

Knows the format of an export (JSON Lines, one record a line, see docs/export.md); hides that a hand's edit follows
the same rules of identity as a source's.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import IO, Any

from feedsvc import __version__, addresses, decide, markup, text
from feedsvc.errors import ImportInvalid, NotFound
from feedsvc.model import (
    Article,
    ArticleId,
    Change,
    Entry,
    FeedIdentity,
    Harvest,
    Listing,
    Revision,
    Selection,
    SourceName,
    Verdict,
    to_json,
)
from feedsvc.service.refresh import mint
from feedsvc.store import Store, Transaction

BY_HAND = SourceName("by-hand")
_EXPORT_FORMAT = 1
# Articles written at once: names that many of them carry are looked up once.
_BATCH = 2_000


@dataclass(frozen=True, slots=True)
class Imported:
    """How many records of an export were there, and how many articles were not in the store before."""

    records: int
    new: int


class Desk:
    """Articles by hand. ``changed`` is told of every change once it is stored, so that feeds follow at once."""

    def __init__(
        self, store: Store, clock: Callable[[], datetime], changed: Callable[[Iterable[Change]], object]
    ) -> None:
        self._store = store
        self._clock = clock
        self._changed = changed

    def get(self, article_id: ArticleId) -> tuple[Article, tuple[Revision, ...]]:
        """Return an article, retracted or not, with its revisions, oldest first.

        Raises:
            NotFound: no article has that id.
        """
        with self._store.read() as tx:
            return _get(tx, article_id), tx.articles.revisions(article_id)

    def list(self, selection: Selection, *, limit: int, retracted: bool = False) -> tuple[Article, ...]:
        """Return articles newest first, with the retracted ones if asked."""
        with self._store.read() as tx:
            return tx.articles.list(selection, limit=limit, retracted=retracted)

    def add(self, entry: Entry, *, language: str | None = None) -> Change:
        """Store an article of one's own; one that is there already is revised, as from any source."""
        harvest = Harvest(entries=(entry,), listing=Listing.PRESENT)
        wanted = decide.lookup(harvest)
        with self._store.begin() as tx:
            known = tx.articles.candidates(
                BY_HAND, guids=wanted.guids, links=wanted.links, keys=wanted.keys, stated=wanted.stated
            )
            [change] = decide.decide(
                harvest, known, source=BY_HAND, previous=None, now=self._clock(), mint=mint, language=language
            )
            if change.article and change.moves:
                tx.articles.put([change.article])
        self._changed([change])
        return change

    def edit(self, article_id: ArticleId, **fields: Any) -> Change:
        """Set fields of an article; no source changes them any more.

        Raises:
            NotFound: no article has that id.
        """
        with self._store.begin() as tx:
            before = _get(tx, article_id)
            pinned = tuple(sorted({*before.pinned, *fields}))
            after = replace(before, **fields, pinned=pinned)
            change = decide.revise(before, after, Entry(after.title), self._clock())
            if change.article and change.moves:
                tx.articles.put([change.article])
        self._changed([change])
        return change

    def retract(self, article_id: ArticleId) -> Change:
        """Take an article out of every feed for good; its address answers 410 from now on.

        Raises:
            NotFound: no article has that id.
        """
        with self._store.begin() as tx:
            before = _get(tx, article_id)
            if before.retracted is not None:
                return Change(Verdict.UNCHANGED, Entry(before.title), before, before, "retracted already")
            # Pinned like any field that a hand has set: a sender that could bring its own article back cannot this one.
            pinned = tuple(sorted({*before.pinned, "retracted"}))
            after = replace(before, retracted=self._clock(), pinned=pinned)
            tx.articles.put([after])
        change = Change(Verdict.CHANGED, Entry(after.title), after, before, "retracted")
        self._changed([change])
        return change

    def count(self) -> int:
        """Return how many articles there are, retracted ones too."""
        with self._store.read() as tx:
            return tx.articles.count()

    def export(self) -> Iterator[str]:
        """Yield the store as JSON Lines: a header, the identities of feeds, the articles.

        Former revisions and Runs are not in it.
        """
        yield _line("feedsvc", {"format": _EXPORT_FORMAT, "version": __version__})
        with self._store.read() as tx:
            for identity in tx.documents.identities():
                yield _line("feed", to_json(identity))
            for article in tx.articles.stream():
                record = to_json(article)
                del record["changed"], record["arrival"]  # numbers of this store, without meaning elsewhere
                yield _line("article", record)

    def load(self, file: IO[str], *, name: str, advance: Callable[[int], None] = lambda _: None) -> Imported:
        """Take an export in: all of it or nothing. Articles that are there already become as the export has them.

        ``advance`` is told how many lines were just taken in.

        Raises:
            ImportInvalid: a line cannot be read, or the export is of a newer format.
        """
        records = 0
        with self._store.begin() as tx, tx.articles.loading():
            before = tx.articles.count()
            for batch in _batched(_records(file, name), _BATCH):
                tx.articles.put(value for value in batch if isinstance(value, Article))
                for identity in batch:
                    if isinstance(identity, FeedIdentity):
                        tx.documents.put_identity(identity)
                records += len(batch)
                advance(len(batch))
            new = tx.articles.count() - before
        return Imported(records, new)


def _get(tx: Transaction, article_id: ArticleId) -> Article:
    article = tx.articles.get(article_id)
    if article is None:
        raise NotFound("article", article_id)
    return article


def _line(kind: str, record: Any) -> str:
    return json.dumps({"type": kind, **record}, ensure_ascii=False)


def _records(file: Iterable[str], name: str) -> Iterator[Article | FeedIdentity]:
    from pydantic import TypeAdapter, ValidationError  # noqa: PLC0415 - only an import needs it

    readers: dict[str, TypeAdapter[Any]] = {"article": TypeAdapter(Article), "feed": TypeAdapter(FeedIdentity)}
    number = 0
    for number, line in enumerate(_lines(file, name), 1):
        try:
            record = json.loads(line)
            kind = record.pop("type")
        except (ValueError, KeyError, AttributeError, TypeError):
            raise ImportInvalid(name, number, "this is no line of an export (a JSON object with a type)") from None
        if number == 1:
            if kind != "feedsvc":
                raise ImportInvalid(
                    name, number, "the first line of an export says which feedsvc wrote it; this one does not"
                )
            if record.get("format") != _EXPORT_FORMAT:
                raise ImportInvalid(
                    name, number, f"the export is of format {record.get('format')}, not {_EXPORT_FORMAT}"
                )
        elif kind in readers:
            try:
                yield _harmless(readers[kind].validate_python(record, strict=False))
            except ValidationError as error:
                first = error.errors(include_url=False, include_input=False)[0]
                where = ".".join(str(part) for part in first["loc"])
                raise ImportInvalid(name, number, f"{where}: {first['msg']}") from None
        else:
            raise ImportInvalid(name, number, f"no export has lines of type {kind!r}")
    if number == 0:
        raise ImportInvalid(name, 1, "the file is empty")


def _harmless(value: Article | FeedIdentity) -> Article | FeedIdentity:
    """Return an article with a body that pages may show: any program may have written the export. Ours are so."""
    if not isinstance(value, Article) or value.body is None:
        return value
    body = markup.harmless(text.legal(value.body), value.link, resolve=_address)
    return value if body == value.body else replace(value, body=body or None)


def _address(written: str, base: str | None) -> str | None:
    return addresses.own_path(written) or markup.absolute(written, base)


def _lines(file: Iterable[str], name: str) -> Iterator[str]:
    number = 0
    try:
        for line in file:
            number += 1
            yield line
    except UnicodeDecodeError:
        raise ImportInvalid(name, number + 1, "this is no UTF-8 text") from None


def _batched(items: Iterable[Any], size: int) -> Iterator[list[Any]]:
    batch: list[Any] = []
    for item in items:
        batch.append(item)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch
