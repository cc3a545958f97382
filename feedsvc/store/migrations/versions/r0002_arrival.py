"""Arrival numbers, labels and full-text search of articles.

Keys and words are those that the running version derives; rows are read here by SQL alone.
"""

import sqlalchemy as sa
from alembic import op

from feedsvc.model import fold_name

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# What is visible is numbered by age; what is under an embargo gets its number when that is lifted.
_NUMBER = """
    UPDATE article SET arrival = numbered.number
    FROM (
        SELECT id, row_number() OVER (ORDER BY published, first_seen, id) AS number FROM article WHERE embargo IS NULL
    ) AS numbered
    WHERE numbered.id = article.id
"""
_NUMBER_LABELS = "UPDATE {0} SET arrival = (SELECT arrival FROM article WHERE article.id = {0}.article)"
_COUNT = "INSERT INTO counter (name, value) SELECT 'arrival', max(arrival) FROM article HAVING max(arrival) > 0"


def upgrade() -> None:
    op.add_column("article", sa.Column("arrival", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("article", sa.Column("language_key", sa.Text()))
    op.execute(_NUMBER)
    op.execute(_COUNT)
    for table in ("article_tag", "article_author"):
        op.add_column(table, sa.Column("arrival", sa.BigInteger(), nullable=False, server_default="0"))
        op.execute(_NUMBER_LABELS.format(table))
        op.create_index(f"ix_{table}_arrival", table, ["key", "arrival", "article"])
    _fold_languages()
    op.create_index("ix_article_arrival", "article", ["arrival", "id"])
    op.create_index("ix_article_source_arrival", "article", ["source", "arrival", "id"])
    op.create_index("ix_article_section_arrival", "article", ["section_key", "arrival", "id"])
    op.create_index("ix_article_language_arrival", "article", ["language_key", "arrival", "id"])
    op.create_index("ix_article_language", "article", ["language_key", "published", "first_seen", "id"])


def _fold_languages() -> None:
    connection = op.get_bind()
    languages = connection.execute(sa.text("SELECT DISTINCT language FROM article WHERE language <> ''")).scalars()
    for language in languages.all():
        connection.execute(
            sa.text("UPDATE article SET language_key = :key WHERE language = :language"),
            {"key": fold_name(language), "language": language},
        )
