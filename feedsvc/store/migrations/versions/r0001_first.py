"""The first schema: articles, readings, feeds and their documents, runs and leases."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "article",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("guid", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("published", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_seen", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("section", sa.Text()),
        sa.Column("link", sa.Text()),
        sa.Column("source_guid", sa.Text()),
        sa.Column("stated", sa.DateTime(timezone=True)),
        sa.Column("authors", sa.JSON(), nullable=False),
        sa.Column("tags", sa.JSON(), nullable=False),
        sa.Column("summary", sa.Text()),
        sa.Column("body", sa.Text()),
        sa.Column("image", sa.Text()),
        sa.Column("enclosures", sa.JSON(), nullable=False),
        sa.Column("via", sa.JSON()),
        sa.Column("language", sa.Text()),
        sa.Column("embargo", sa.DateTime(timezone=True)),
        sa.Column("followed", sa.DateTime(timezone=True)),
        sa.Column("aliases", sa.JSON(), nullable=False),
        sa.Column("pinned", sa.JSON(), nullable=False),
        sa.Column("retracted", sa.DateTime(timezone=True)),
        sa.Column("changed", sa.BigInteger(), nullable=False),
        sa.Column("section_key", sa.Text()),
        sa.Column("link_key", sa.Text()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_article")),
        sa.UniqueConstraint("guid", name=op.f("uq_article_guid")),
    )
    promised = sa.text("embargo IS NOT NULL")
    op.create_index("ix_article_embargo", "article", ["embargo"], sqlite_where=promised, postgresql_where=promised)
    op.create_index("ix_article_link_key", "article", ["source", "link_key"])
    op.create_index("ix_article_published", "article", ["published", "first_seen", "id"])
    op.create_index("ix_article_section", "article", ["section_key", "published", "first_seen", "id"])
    op.create_index("ix_article_source", "article", ["source", "published", "first_seen", "id"])
    op.create_index("ix_article_source_guid", "article", ["source", "source_guid"])
    op.create_index("ix_article_stated", "article", ["source", "stated"])
    op.create_table(
        "alert",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("untold", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("code", "name", name=op.f("pk_alert")),
    )
    op.create_table(
        "counter",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_counter")),
    )
    op.create_table(
        "document",
        sa.Column("feed", sa.Text(), nullable=False),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("etag", sa.Text(), nullable=False),
        sa.Column("last_modified", sa.DateTime(timezone=True), nullable=False),
        sa.Column("max_age_s", sa.Integer(), nullable=False),
        sa.Column("built_from", sa.BigInteger(), nullable=False),
        sa.Column("settings", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("feed", "format", name=op.f("pk_document")),
    )
    op.create_table(
        "feed_identity",
        sa.Column("feed", sa.Text(), nullable=False),
        sa.Column("guid", sa.Text(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("feed", name=op.f("pk_feed_identity")),
        sa.UniqueConstraint("guid", name=op.f("uq_feed_identity_guid")),
    )
    op.create_table(
        "lease",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("expires", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_lease")),
    )
    op.create_table(
        "reading",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("mtime_ns", sa.BigInteger(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("etag", sa.Text()),
        sa.Column("last_modified", sa.Text()),
        sa.Column("article", sa.Text()),
        sa.Column("listed", sa.JSON(), nullable=False),
        sa.Column("complaints", sa.JSON(), nullable=False),
        sa.Column("code", sa.Text()),
        sa.PrimaryKeyConstraint("source", "origin", name=op.f("pk_reading")),
    )
    op.create_table(
        "receipt",
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("given", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcomes", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("token", "key", name=op.f("pk_receipt")),
    )
    op.create_index("ix_receipt_given", "receipt", ["given"])
    op.create_table(
        "run",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("started", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("code", sa.Text()),
        sa.Column("message", sa.Text()),
        sa.Column("complaints", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_run")),
    )
    op.create_index("ix_run_name", "run", ["kind", "name", "id"])
    op.create_table(
        "token",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used", sa.Date()),
        sa.Column("revoked", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_token")),
        sa.UniqueConstraint("digest", name=op.f("uq_token_digest")),
    )
    op.create_table(
        "article_author",
        sa.Column("article", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("published", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_seen", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["article"], ["article.id"], name=op.f("fk_article_author_article"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("article", "key", name=op.f("pk_article_author")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_article_author_key", "article_author", ["key", "published", "first_seen", "article"])
    op.create_table(
        "article_headline",
        sa.Column("article", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article"], ["article.id"], name=op.f("fk_article_headline_article"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("article", "key", name=op.f("pk_article_headline")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_article_headline_key", "article_headline", ["key", "article"])
    op.create_table(
        "article_tag",
        sa.Column("article", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("published", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_seen", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["article"], ["article.id"], name=op.f("fk_article_tag_article"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("article", "key", name=op.f("pk_article_tag")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_article_tag_key", "article_tag", ["key", "published", "first_seen", "article"])
    op.create_table(
        "document_encoding",
        sa.Column("feed", sa.Text(), nullable=False),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("coding", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["feed", "format"],
            ["document.feed", "document.format"],
            name=op.f("fk_document_encoding_feed"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("feed", "format", "coding", name=op.f("pk_document_encoding")),
    )
    op.create_table(
        "revision",
        sa.Column("article", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("recorded", sa.DateTime(timezone=True), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("section", sa.Text()),
        sa.Column("summary", sa.Text()),
        sa.Column("body", sa.Text()),
        sa.ForeignKeyConstraint(["article"], ["article.id"], name=op.f("fk_revision_article"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("article", "number", name=op.f("pk_revision")),
    )
