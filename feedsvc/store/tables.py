"""The schema: every table of the store, readable in one go.

Knows what is kept and by which index it is found; hides how the two databases write time down. A change here needs a
migration beside it (``migrations/versions``); a test compares the two.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Date,
    DateTime,
    Dialect,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.types import TypeDecorator


class Instant(TypeDecorator[datetime]):
    """An aware datetime, kept in UTC to the microsecond and given back in UTC.

    SQLite keeps text and forgets the zone, so it is put on again; the text is of one width and sorts as time does.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], Any]:
        return _sqlite_text if dialect.name == "sqlite" else _in_utc

    def result_processor(
        self,
        dialect: Dialect,
        coltype: object,  # noqa: ARG002 - SQLAlchemy's signature
    ) -> Callable[[Any], datetime | None]:
        return _from_sqlite_text if dialect.name == "sqlite" else _in_utc


def _in_utc(value: datetime | None) -> datetime | None:
    if value is None:
        return None
    if value.utcoffset() is None:
        raise ValueError(f"a naive datetime cannot be stored: {value!r}")
    return value.astimezone(UTC)


def _sqlite_text(value: datetime | None) -> str | None:
    if value is None:
        return None
    offset = value.utcoffset()
    if offset is None:
        raise ValueError(f"a naive datetime cannot be stored: {value!r}")
    instant = value.astimezone(UTC) if offset else value
    return instant.isoformat(" ", "microseconds")[:26]


def _from_sqlite_text(value: str | None) -> datetime | None:
    return datetime.fromisoformat(f"{value}+00:00") if value else None


# Names by which Alembic can address constraints on both databases.
metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
    }
)

# --- articles ---------------------------------------------------------------------------------------------------------

_PROMISED = text("embargo IS NOT NULL")

article = Table(
    "article",
    metadata,
    Column("id", Text, primary_key=True),
    Column("guid", Text, nullable=False, unique=True),
    Column("source", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("slug", Text, nullable=False),
    Column("published", Instant, nullable=False),
    Column("first_seen", Instant, nullable=False),
    Column("updated", Instant, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("section", Text),
    Column("link", Text),
    Column("source_guid", Text),
    Column("stated", Instant),
    Column("authors", JSON, nullable=False),
    Column("tags", JSON, nullable=False),
    Column("summary", Text),
    Column("body", Text),
    Column("image", Text),
    Column("enclosures", JSON, nullable=False),
    Column("via", JSON(none_as_null=True)),
    Column("language", Text),
    Column("embargo", Instant),
    Column("followed", Instant),
    Column("aliases", JSON, nullable=False),
    Column("pinned", JSON, nullable=False),
    Column("retracted", Instant),
    Column("changed", BigInteger, nullable=False),
    # Null under an embargo.
    Column("arrival", BigInteger),
    # What articles are compared and selected by: derived at each write, never read back into an Article.
    Column("section_key", Text),
    Column("link_key", Text),
    Column("language_key", Text),
    # Pages of newest first: of all, of a source, of a section, in a language.
    Index("ix_article_published", "published", "first_seen", "id"),
    Index("ix_article_source", "source", "published", "first_seen", "id"),
    Index("ix_article_section", "section_key", "published", "first_seen", "id"),
    Index("ix_article_language", "language_key", "published", "first_seen", "id"),
    # The same in the order of arrival.
    Index("ix_article_arrival", "arrival", unique=True),
    Index("ix_article_source_arrival", "source", "arrival", "id"),
    Index("ix_article_section_arrival", "section_key", "arrival", "id"),
    Index("ix_article_language_arrival", "language_key", "arrival", "id"),
    # What has changed since.
    Index("ix_article_changed", "changed", "id"),
    # What an entry is matched by.
    Index("ix_article_source_guid", "source", "source_guid"),
    Index("ix_article_link_key", "source", "link_key"),
    Index("ix_article_stated", "source", "stated"),
    # Promised articles are few, and asked for twice a second. The index holds no others, or SQLite would walk it to
    # find the articles that are under none: nearly all.
    Index("ix_article_embargo", "embargo", sqlite_where=_PROMISED, postgresql_where=_PROMISED),
)


def _label(name: str) -> Table:
    """Return a table of the folded names that an article carries.

    It repeats ``published``, ``first_seen`` and ``arrival``, so that a page of one name is a walk along its index.
    """
    return Table(
        name,
        metadata,
        Column("article", Text, ForeignKey("article.id", ondelete="CASCADE"), primary_key=True),
        Column("key", Text, primary_key=True),
        Column("published", Instant, nullable=False),
        Column("first_seen", Instant, nullable=False),
        Column("arrival", BigInteger),
        Index(f"ix_{name}_key", "key", "published", "first_seen", "article"),
        Index(f"ix_{name}_arrival", "key", "arrival", "article"),
        sqlite_with_rowid=False,
    )


article_tag = _label("article_tag")
article_author = _label("article_author")

# The headline keys by which an article is known: that of its title, and its aliases.
article_headline = Table(
    "article_headline",
    metadata,
    Column("article", Text, ForeignKey("article.id", ondelete="CASCADE"), primary_key=True),
    Column("key", Text, primary_key=True),
    Index("ix_article_headline_key", "key", "article"),
    sqlite_with_rowid=False,
)

# Each name that a visible article has carried, as it was first written.
label = Table(
    "label",
    metadata,
    Column("key", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("slug", Text, nullable=False),
    Column("name", Text, nullable=False),
    UniqueConstraint("kind", "slug"),
)

# The readings of an article that were superseded; how it reads now stands in its own row.
revision = Table(
    "revision",
    metadata,
    Column("article", Text, ForeignKey("article.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("recorded", Instant, nullable=False),
    Column("title", Text, nullable=False),
    Column("section", Text),
    Column("summary", Text),
    Column("body", Text),
)

# --- sources ----------------------------------------------------------------------------------------------------------

reading = Table(
    "reading",
    metadata,
    Column("source", Text, primary_key=True),
    Column("origin", Text, primary_key=True),
    Column("digest", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("mtime_ns", BigInteger, nullable=False),
    Column("taken_at", Instant, nullable=False),
    Column("etag", Text),
    Column("last_modified", Text),
    Column("article", Text),
    Column("listed", JSON, nullable=False),
    Column("complaints", JSON, nullable=False),
    Column("code", Text),
)

# --- feeds ------------------------------------------------------------------------------------------------------------

feed_identity = Table(
    "feed_identity",
    metadata,
    Column("feed", Text, primary_key=True),
    Column("guid", Text, nullable=False, unique=True),
    Column("created", Instant, nullable=False),
)

document = Table(
    "document",
    metadata,
    Column("feed", Text, primary_key=True),
    Column("format", Text, primary_key=True),
    Column("body", LargeBinary, nullable=False),
    Column("etag", Text, nullable=False),
    Column("last_modified", Instant, nullable=False),
    Column("max_age_s", Integer, nullable=False),
    Column("built_from", BigInteger, nullable=False),
    Column("settings", Text, nullable=False),
    Column("made_of", Text),
)

document_encoding = Table(
    "document_encoding",
    metadata,
    Column("feed", Text, primary_key=True),
    Column("format", Text, primary_key=True),
    Column("coding", Text, primary_key=True),
    Column("body", LargeBinary, nullable=False),
    ForeignKeyConstraint(["feed", "format"], ["document.feed", "document.format"], ondelete="CASCADE"),
)

# --- work -------------------------------------------------------------------------------------------------------------

run = Table(
    "run",
    metadata,
    # SQLite numbers rows by itself only in a column that is exactly INTEGER.
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("started", Instant, nullable=False),
    Column("ended", Instant, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("counts", JSON, nullable=False),
    Column("code", Text),
    Column("message", Text),
    Column("complaints", JSON, nullable=False),
    Index("ix_run_name", "kind", "name", "id"),
)

lease = Table(
    "lease",
    metadata,
    Column("name", Text, primary_key=True),
    Column("holder", Text, nullable=False),
    Column("expires", Instant, nullable=False),
)

# What the admin is to be told or has been told; ``untold`` is raised, cleared or empty.
alert = Table(
    "alert",
    metadata,
    Column("code", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("since", Instant, nullable=False),
    Column("message", Text, nullable=False),
    Column("untold", Text, nullable=False),
)

# --- who may push or read ---------------------------------------------------------------------------------------------

token = Table(
    "token",
    metadata,
    Column("id", Text, primary_key=True),
    Column("digest", Text, nullable=False, unique=True),
    # The source that it is leave to push into, or the private feed that it is leave to read.
    Column("name", Text, nullable=False),
    Column("label", Text, nullable=False),
    Column("created", Instant, nullable=False),
    # To the day, so that a push is not one write more.
    Column("used", Date),
    Column("revoked", Instant),
    Column("leave", Text, nullable=False),
)

# What senders were answered who gave their request a key; forgotten after a while.
receipt = Table(
    "receipt",
    metadata,
    Column("token", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("digest", Text, nullable=False),
    Column("given", Instant, nullable=False),
    Column("outcomes", JSON, nullable=False),
    Index("ix_receipt_given", "given"),
)

# --- counting ---------------------------------------------------------------------------------------------------------

# Numbers that only grow: ``change`` counts writes of articles, ``arrival`` articles as they become visible,
# ``publication`` writes of documents.
counter = Table(
    "counter",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", BigInteger, nullable=False),
)

# --- samples ----------------------------------------------------------------------------------------------------------

# Pages that could not be read well, compressed; ``well`` is since when the origin reads well again.
sample = Table(
    "sample",
    metadata,
    Column("source", Text, primary_key=True),
    Column("code", Text, primary_key=True),
    Column("origin", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("taken_at", Instant, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("well", Instant),
    Column("body", LargeBinary, nullable=False),
)

# --- hub --------------------------------------------------------------------------------------------------------------

# SQLite numbers rows by itself only in a column that is exactly INTEGER; with autoincrement it gives no number twice,
# so that an answer which comes late hits nobody else.
_NUMBER = BigInteger().with_variant(Integer, "sqlite")

# Asked for, and not confirmed by the callback yet. ``due`` is the next attempt; who is at it has put it off.
intent = Table(
    "intent",
    metadata,
    Column("id", _NUMBER, primary_key=True),
    Column("mode", Text, nullable=False),
    Column("feed", Text, nullable=False),
    Column("format", Text, nullable=False),
    Column("callback", Text, nullable=False),
    Column("host", Text, nullable=False),
    Column("lease_s", Integer, nullable=False),
    Column("secret", Text),
    Column("attempts", Integer, nullable=False),
    Column("due", Instant, nullable=False),
    Index("ix_intent_callback", "callback", "feed", "format", unique=True),
    Index("ix_intent_due", "due"),
    sqlite_autoincrement=True,
)

subscription = Table(
    "subscription",
    metadata,
    Column("id", _NUMBER, primary_key=True),
    Column("feed", Text, nullable=False),
    Column("format", Text, nullable=False),
    Column("callback", Text, nullable=False),
    Column("host", Text, nullable=False),
    Column("secret", Text),
    Column("expires", Instant, nullable=False),
    Index("ix_subscription_callback", "callback", "feed", "format", unique=True),
    Index("ix_subscription_topic", "feed", "format", "expires"),
    Index("ix_subscription_expires", "expires"),
    sqlite_autoincrement=True,
)

# The outbox: what subscriptions are owed, each at most the newest document. ``due`` as above.
delivery = Table(
    "delivery",
    metadata,
    Column("subscription", _NUMBER, ForeignKey("subscription.id", ondelete="CASCADE"), primary_key=True),
    Column("publication", BigInteger, nullable=False),
    Column("host", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("due", Instant, nullable=False),
    Index("ix_delivery_due", "due"),
)

# What other people's hubs have been told of last.
notice = Table(
    "notice",
    metadata,
    Column("hub", Text, primary_key=True),
    Column("feed", Text, primary_key=True),
    Column("format", Text, primary_key=True),
    Column("etag", Text),
    Column("attempts", Integer, nullable=False),
    Column("due", Instant, nullable=False),
)
