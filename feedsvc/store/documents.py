"""Rendered feeds, and the number by which every web worker knows that one has changed."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Table, delete, insert, select, update

from feedsvc.model import Document, FeedIdentity, FeedName, Format
from feedsvc.store import counters
from feedsvc.store.tables import document, document_encoding, feed_identity

_PUBLICATION = "publication"


class Documents:
    """One document for each feed and format, and the identity of each feed."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def publication(self) -> int:
        """Return the number of the last change to what is served; 0 before the first. It is one row, cheap to ask."""
        return counters.read(self._connection, _PUBLICATION)

    def all_keys(self) -> tuple[tuple[FeedName, Format], ...]:
        """Return which documents there are, in order of feed and format."""
        keys = select(document.c.feed, document.c.format).order_by(document.c.feed, document.c.format)
        return tuple((FeedName(feed), Format(form)) for feed, form in self._connection.execute(keys))

    def get(self, feed: FeedName, format: Format) -> Document | None:  # noqa: A002 - the glossary's word
        row = self._connection.execute(select(document).where(_of(document, feed, format))).first()
        if row is None:
            return None
        codings = select(document_encoding.c.coding, document_encoding.c.body).where(
            _of(document_encoding, feed, format)
        )
        return Document(
            feed=FeedName(row.feed),
            format=Format(row.format),
            body=row.body,
            etag=row.etag,
            last_modified=row.last_modified,
            max_age_s=row.max_age_s,
            encodings={row.coding: row.body for row in self._connection.execute(codings)},
            built_from=row.built_from,
            settings=row.settings,
        )

    def put(self, documents: Iterable[Document]) -> bool:
        """Write those that differ from the stored ones; tell whether anything that is served has changed.

        The publication number grows only then: when a body, an entity tag or a max-age is another one.
        """
        served = False
        for value in documents:
            stored = self.get(value.feed, value.format)
            if stored == value:
                continue
            self._write(value, new=stored is None)
            served = served or stored is None or _served(stored) != _served(value)
        if served:
            counters.advance(self._connection, _PUBLICATION)
        return served

    def _write(self, value: Document, *, new: bool) -> None:
        row = {
            "body": value.body,
            "etag": value.etag,
            "last_modified": value.last_modified,
            "max_age_s": value.max_age_s,
            "built_from": value.built_from,
            "settings": value.settings,
        }
        key = {"feed": value.feed, "format": value.format.value}
        if new:
            self._connection.execute(insert(document).values(**key, **row))
        else:
            self._connection.execute(update(document).where(_of(document, value.feed, value.format)).values(row))
            self._connection.execute(delete(document_encoding).where(_of(document_encoding, value.feed, value.format)))
        if value.encodings:
            codings = [key | {"coding": coding, "body": body} for coding, body in value.encodings.items()]
            self._connection.execute(insert(document_encoding), codings)

    def delete(self, feed: FeedName) -> bool:
        """Withdraw a feed's documents; tell whether there were any. Its identity stays, should it come back."""
        withdrawn = self._connection.execute(delete(document).where(document.c.feed == feed)).rowcount > 0
        if withdrawn:
            counters.advance(self._connection, _PUBLICATION)
        return withdrawn

    def identities(self) -> tuple[FeedIdentity, ...]:
        """Return the identities of all feeds there ever were, in order of feed."""
        rows = self._connection.execute(select(feed_identity).order_by(feed_identity.c.feed))
        return tuple(_identity(row) for row in rows)

    def identity(self, feed: FeedName) -> FeedIdentity | None:
        row = self._connection.execute(select(feed_identity).where(feed_identity.c.feed == feed)).first()
        return _identity(row) if row else None

    def put_identity(self, identity: FeedIdentity) -> None:
        """Keep the identity of a feed, in place of another one if an import brings it."""
        row = {"guid": identity.guid, "created": identity.created}
        known = update(feed_identity).where(feed_identity.c.feed == identity.feed).values(row)
        if self._connection.execute(known).rowcount == 0:
            self._connection.execute(insert(feed_identity).values(feed=identity.feed, **row))


def _identity(row: Row[Any]) -> FeedIdentity:
    return FeedIdentity(FeedName(row.feed), row.guid, row.created)


def _of(table: Table, feed: FeedName, form: Format) -> ColumnElement[bool]:
    return (table.c.feed == feed) & (table.c.format == form.value)


def _served(value: Document) -> tuple[bytes, str, int]:
    return value.body, value.etag, value.max_age_s
