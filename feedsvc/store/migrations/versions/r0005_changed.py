"""The index by which the articles are found that have changed since."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_article_changed", "article", ["changed", "id"])
