"""The pages that could not be read well, and tokens that are leave to read a private feed."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sample",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("well", sa.DateTime(timezone=True)),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("source", "code", name=op.f("pk_sample")),
    )
    # Until now every token was leave to push.
    op.execute("ALTER TABLE token RENAME COLUMN source TO name")
    op.add_column("token", sa.Column("leave", sa.Text(), nullable=False, server_default="push"))
