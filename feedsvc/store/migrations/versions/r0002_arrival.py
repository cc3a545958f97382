"""Arrival numbers, labels and full-text search of articles.

Keys, slugs and words are those that the running version derives; a version that derives others migrates again.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

from feedsvc.model import Article, ArticleId, SourceName, fold_name
from feedsvc.store import searching
from feedsvc.text import slug

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_CHUNK = 500

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
_label = sa.table("label", *(sa.column(name, sa.Text) for name in ("key", "kind", "slug", "name")))


def upgrade() -> None:
    op.add_column("article", sa.Column("arrival", sa.BigInteger()))
    op.add_column("article", sa.Column("language_key", sa.Text()))
    op.execute(_NUMBER)
    op.execute(_COUNT)
    for table in ("article_tag", "article_author"):
        op.add_column(table, sa.Column("arrival", sa.BigInteger()))
        op.execute(_NUMBER_LABELS.format(table))
        op.create_index(f"ix_{table}_arrival", table, ["key", "arrival", "article"])
    _fold_languages()
    op.create_index("ix_article_arrival", "article", ["arrival"], unique=True)
    op.create_index("ix_article_source_arrival", "article", ["source", "arrival", "id"])
    op.create_index("ix_article_section_arrival", "article", ["section_key", "arrival", "id"])
    op.create_index("ix_article_language_arrival", "article", ["language_key", "arrival", "id"])
    op.create_index("ix_article_language", "article", ["language_key", "published", "first_seen", "id"])
    op.create_table(
        "label",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", "kind", name=op.f("pk_label")),
        sa.UniqueConstraint("kind", "slug", name=op.f("uq_label_kind")),
    )
    for statement in searching.CREATE[op.get_bind().dialect.name]:
        op.execute(statement)
    _index()


def _fold_languages() -> None:
    connection = op.get_bind()
    languages = connection.execute(sa.text("SELECT DISTINCT language FROM article WHERE language <> ''")).scalars()
    for language in languages.all():
        connection.execute(
            sa.text("UPDATE article SET language_key = :key WHERE language = :language"),
            {"key": fold_name(language), "language": language},
        )


def _index() -> None:
    """Write down every name as its oldest article writes it, and every word."""
    connection = op.get_bind()
    names: dict[tuple[str, str], str] = {}
    for rows in _pages(connection):
        for row in rows:
            for kind, name in _names(row):
                names.setdefault((kind, fold_name(name)), name)
        searching.put(connection, map(_as_article, rows))
    taken: set[tuple[str, str]] = set()
    for (kind, key), name in names.items():
        wanted = free = slug(name, otherwise="x")
        number = 1
        while (kind, free) in taken:
            number += 1
            free = f"{wanted}-{number}"
        taken.add((kind, free))
        connection.execute(_label.insert().values(key=key, kind=kind, slug=free, name=name))


def _pages(connection: sa.Connection) -> Iterator[list[Any]]:
    last = 0
    page = sa.select(_article).order_by(_article.c.arrival).limit(_CHUNK)
    while rows := [*connection.execute(page.where(_article.c.arrival > last))]:
        yield rows
        last = rows[-1].arrival


def _names(row: Any) -> Iterator[tuple[str, str]]:
    yield "source", row.source
    if row.section:
        yield "section", row.section
    if row.language:
        yield "language", row.language
    yield from (("tag", tag) for tag in row.tags)
    yield from (("author", author) for author in row.authors)


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
