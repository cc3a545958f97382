"""Rendered feeds, and the number by which every web worker knows that one has changed."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, bindparam, delete, insert, select, update

from feedsvc.model import Document, FeedIdentity, FeedName, Format
from feedsvc.store import counters
from feedsvc.store.hub import Hub
from feedsvc.store.tables import document, document_encoding, feed_identity


class State(NamedTuple):
    """What is told of a document beside its bytes: see :class:`~feedsvc.model.Document`. Its entity tag names those."""

    etag: str
    last_modified: datetime | None
    max_age_s: int
    built_from: int
    settings: str
    made_of: str

    @classmethod
    def of(cls, value: Document) -> "State":
        return cls(*(getattr(value, name) for name in cls._fields))


# Made once: every publication asks them.
_STATES = select(document.c.format, *(document.c[name] for name in State._fields)).where(
    document.c.feed == bindparam("of")
)
_DOCUMENTS = select(document).where(document.c.feed == bindparam("of"))
_ENCODINGS = select(document_encoding).where(document_encoding.c.feed == bindparam("of"))
_IDENTITY = select(feed_identity).where(feed_identity.c.feed == bindparam("of"))
_DROP = delete(document).where(document.c.feed == bindparam("of"), document.c.format == bindparam("in"))
_PUT, _PUT_ENCODING = insert(document), insert(document_encoding)


def _never(_new: Document, _stored: State) -> bool:
    return False


class Documents:
    """One document for each feed and format, and the identity of each feed."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def publication(self) -> int:
        """Return the number of the last change to what is served; 0 before the first. It is one row, cheap to ask."""
        return counters.read(self._connection, counters.PUBLICATION)

    def all_keys(self) -> tuple[tuple[FeedName, Format], ...]:
        """Return which documents there are, in order of feed and format."""
        keys = select(document.c.feed, document.c.format).order_by(document.c.feed, document.c.format)
        return tuple((FeedName(feed), Format(format)) for feed, format in self._connection.execute(keys))

    def tags(self) -> dict[tuple[FeedName, Format], tuple[str, datetime]]:
        """Return the entity tag of each document, and when its bytes last changed."""
        columns = document.c.feed, document.c.format, document.c.etag, document.c.last_modified
        rows = self._connection.execute(select(*columns))
        return {(FeedName(row.feed), Format(row.format)): (row.etag, row.last_modified) for row in rows}

    def states(self, feed: FeedName) -> dict[Format, State]:
        """Return what is known of each of a feed's documents, without reading the documents."""
        rows = self._connection.execute(_STATES, {"of": feed})
        return {
            Format(row.format): State(
                row.etag, row.last_modified, row.max_age_s, row.built_from, row.settings, row.made_of or ""
            )
            for row in rows
        }

    def get(self, feed: FeedName, format: Format) -> Document | None:
        return self.of(feed, format).get(format)

    def of(self, feed: FeedName, format: Format | None = None) -> dict[Format, Document]:
        """Return a feed's documents by format: all of them, or at most the one that is given."""
        documents, codings = _DOCUMENTS, _ENCODINGS
        if format is not None:
            documents = documents.where(document.c.format == format.value)
            codings = codings.where(document_encoding.c.format == format.value)
        rows = self._connection.execute(documents, {"of": feed}).all()
        encodings: dict[str, dict[str, bytes]] = {row.format: {} for row in rows}
        for row in self._connection.execute(codings, {"of": feed}) if rows else ():
            encodings[row.format][row.coding] = row.body
        return {
            Format(row.format): Document(
                feed=FeedName(row.feed),
                format=Format(row.format),
                body=row.body,
                etag=row.etag,
                last_modified=row.last_modified,
                max_age_s=row.max_age_s,
                encodings=encodings[row.format],
                built_from=row.built_from,
                settings=row.settings,
                made_of=row.made_of or "",
            )
            for row in rows
        }

    def put(self, documents: Iterable[Document], *, unless: Callable[[Document, State], bool] = _never) -> bool:
        """Write those that differ from the stored ones; tell whether anything that is served has changed.

        They differ in what is told of them: bytes of one entity tag are the same bytes. ``unless`` is asked with a
        document and what is stored in its place: that stays if it says so. The publication number grows only when an
        entity tag or a max-age is another one. A document whose tag is another one is owed to all who are subscribed to
        it, in this transaction: nobody can forget to tell them.
        """
        served = False
        news: list[Document] = []
        writes: list[Document] = []
        for feed, offered in groupby(documents, key=attrgetter("feed")):
            stored = self.states(feed)
            for value in offered:
                before = stored.get(value.format)
                if before is None or not (before == State.of(value) or unless(value, before)):
                    writes.append(value)
                    served = served or before is None or _served(before) != _served(value)
                    if before is None or before.etag != value.etag:
                        news.append(value)
        self._write(writes)
        if served:
            publication = counters.advance(self._connection, counters.PUBLICATION)
            Hub(self._connection).owe(news, publication)
        return served

    def _write(self, values: Sequence[Document]) -> None:
        if not values:
            return
        # The encodings go with their document.
        self._connection.execute(_DROP, [{"of": value.feed, "in": value.format.value} for value in values])
        self._connection.execute(_PUT, list(map(_row, values)))
        codings = [
            {"feed": value.feed, "format": value.format.value, "coding": coding, "body": body}
            for value in values
            for coding, body in value.encodings.items()
        ]
        if codings:
            self._connection.execute(_PUT_ENCODING, codings)

    def delete(self, feed: FeedName) -> bool:
        """Withdraw a feed's documents; tell whether there were any. Its identity stays, should it come back."""
        withdrawn = self._connection.execute(delete(document).where(document.c.feed == feed)).rowcount > 0
        if withdrawn:
            counters.advance(self._connection, counters.PUBLICATION)
        return withdrawn

    def identities(self) -> tuple[FeedIdentity, ...]:
        """Return the identities of all feeds there ever were, in order of feed."""
        rows = self._connection.execute(select(feed_identity).order_by(feed_identity.c.feed))
        return tuple(_identity(row) for row in rows)

    def identity(self, feed: FeedName) -> FeedIdentity | None:
        row = self._connection.execute(_IDENTITY, {"of": feed}).first()
        return _identity(row) if row else None

    def put_identity(self, identity: FeedIdentity) -> None:
        """Keep the identity of a feed, in place of another one if an import brings it."""
        row = {"guid": identity.guid, "created": identity.created}
        known = update(feed_identity).where(feed_identity.c.feed == identity.feed).values(row)
        if self._connection.execute(known).rowcount == 0:
            self._connection.execute(insert(feed_identity).values(feed=identity.feed, **row))


def _identity(row: Row[Any]) -> FeedIdentity:
    return FeedIdentity(FeedName(row.feed), row.guid, row.created)


def _row(value: Document) -> dict[str, Any]:
    return {
        "feed": value.feed,
        "format": value.format.value,
        "body": value.body,
        "etag": value.etag,
        "last_modified": value.last_modified,
        "max_age_s": value.max_age_s,
        "built_from": value.built_from,
        "settings": value.settings,
        "made_of": value.made_of,
    }


def _served(value: Document | State) -> tuple[str, int]:
    return value.etag, value.max_age_s
