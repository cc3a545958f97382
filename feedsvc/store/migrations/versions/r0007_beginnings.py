"""No lists of the beginnings of words in SQLite's index of them, but a table of the words that it holds.

Words are those that the running version takes texts apart into.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

from feedsvc.model import Article, ArticleId, SourceName
from feedsvc.store import searching

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_CHUNK = 2_000

_article = sa.table(
    "article",
    sa.column("arrival", sa.BigInteger),
    sa.column("source", sa.Text),
    sa.column("title", sa.Text),
    sa.column("section", sa.Text),
    sa.column("language", sa.Text),
    sa.column("authors", sa.JSON),
    sa.column("tags", sa.JSON),
    sa.column("summary", sa.Text),
    sa.column("body", sa.Text),
    sa.column("retracted", sa.Text),
)


def upgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        return
    op.execute("DROP TABLE IF EXISTS article_words_known")
    op.execute("DROP TABLE article_words")
    for statement in (*searching.CREATE["sqlite"], *searching.FILL["sqlite"]):
        op.execute(statement)
    for rows in _pages(connection):
        searching.put(connection, map(_as_article, rows))
    for statement in searching.FILLED["sqlite"]:
        op.execute(statement)


def _pages(connection: sa.Connection) -> Iterator[list[Any]]:
    last = 0
    page = sa.select(_article).order_by(_article.c.arrival).limit(_CHUNK)
    while rows := [*connection.execute(page.where(_article.c.arrival > last))]:
        yield rows
        last = rows[-1].arrival


def _as_article(row: Any) -> Article:
    """Return as much of an article as the index of words is made of."""
    some_time = datetime(1970, 1, 1, tzinfo=UTC)
    return Article(
        ArticleId(""),
        "",
        SourceName(row.source),
        row.title,
        "",
        some_time,
        some_time,
        some_time,
        section=row.section,
        language=row.language,
        authors=tuple(row.authors),
        tags=tuple(row.tags),
        summary=row.summary,
        body=row.body,
        retracted=some_time if row.retracted else None,
        arrival=row.arrival,
    )
