"""WebSub subscriptions and the outbox of deliveries."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "intent",
        sa.Column("id", number, nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("feed", sa.Text(), nullable=False),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("callback", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("lease_s", sa.Integer(), nullable=False),
        sa.Column("secret", sa.Text()),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intent")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_intent_callback", "intent", ["callback", "feed", "format"], unique=True)
    op.create_index("ix_intent_due", "intent", ["due"])
    op.create_table(
        "subscription",
        sa.Column("id", number, nullable=False),
        sa.Column("feed", sa.Text(), nullable=False),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("callback", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("secret", sa.Text()),
        sa.Column("expires", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscription")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_subscription_callback", "subscription", ["callback", "feed", "format"], unique=True)
    op.create_index("ix_subscription_expires", "subscription", ["expires"])
    op.create_index("ix_subscription_topic", "subscription", ["feed", "format", "expires"])
    op.create_table(
        "delivery",
        sa.Column("subscription", number, nullable=False, autoincrement=False),
        sa.Column("publication", sa.BigInteger(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["subscription"], ["subscription.id"], name=op.f("fk_delivery_subscription"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("subscription", name=op.f("pk_delivery")),
    )
    op.create_index("ix_delivery_due", "delivery", ["due"])
    op.create_table(
        "notice",
        sa.Column("hub", sa.Text(), nullable=False),
        sa.Column("feed", sa.Text(), nullable=False),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("etag", sa.Text()),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("hub", "feed", "format", name=op.f("pk_notice")),
    )
