"""Values to store, each with only what a test cares about spelt out."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st
from sqlalchemy import event, text

from feedsvc.model import Article, ArticleId, Document, FeedName, Format, Selection, SourceName
from feedsvc.store import Store, Transaction, tables

NOON = datetime(2025, 2, 8, 12, 0, tzinfo=UTC)
SOURCE = SourceName("front-page")


def article(number: int = 1, **fields: Any) -> Article:
    """Return the article of this number; a higher one is newer by a minute."""
    at = NOON + timedelta(minutes=number)
    given: dict[str, Any] = {
        "id": ArticleId(f"a{number:04}"),
        "guid": f"urn:example:{number}",
        "source": SOURCE,
        "title": f"Headline {number}",
        "slug": f"headline-{number}",
        "published": at,
        "stated": at,
        "first_seen": NOON,
        "updated": at,
    }
    return Article(**given | fields)


def document(form: Format = Format.RSS, **fields: Any) -> Document:
    given: dict[str, Any] = {
        "feed": FeedName("main"),
        "format": form,
        "body": b"<rss/>",
        "etag": "abc",
        "last_modified": NOON,
        "max_age_s": 300,
        "encodings": {"gzip": b"\x1f\x8b", "br": b"\x0b"},
        "built_from": 7,
        "settings": "s1",
    }
    return Document(**given | fields)


# --- selections and the articles that they may take -------------------------------------------------------------------

_NAMES = st.lists(st.sampled_from(["Idman", "İDMAN", "Sport", "СПОРТ", "спорт"]), max_size=2).map(tuple)
_LANGUAGES = ["az", "AZ", "ru"]


def _selections(exclude: st.SearchStrategy[Selection | None]) -> st.SearchStrategy[Selection]:
    return st.builds(
        Selection,
        sources=st.lists(st.sampled_from(["front-page", "other", "none"]), max_size=2).map(tuple),
        sections=_NAMES,
        tags=_NAMES,
        authors=_NAMES,
        languages=st.lists(st.sampled_from(_LANGUAGES), max_size=2).map(tuple),
        exclude=exclude,
    )


selections = _selections(st.none() | _selections(st.none()))

_MEMBER = st.fixed_dictionaries(
    {
        "source": st.sampled_from(["front-page", "other"]).map(SourceName),
        "section": st.none() | st.sampled_from(["Idman", "СПОРТ"]),
        "tags": _NAMES,
        "authors": _NAMES,
        "language": st.none() | st.sampled_from(_LANGUAGES),
        "retracted": st.none() | st.just(NOON),
        "embargo": st.none() | st.none() | st.just(NOON),
    }
)

# The later one is the newer one; some share the instant and differ by id alone.
members = st.lists(_MEMBER, min_size=1, max_size=12).map(
    lambda given: tuple(
        article(number, published=NOON + timedelta(minutes=number // 3), **fields)
        for number, fields in enumerate(given)
    )
)


def clear(tx: Transaction) -> None:
    """Take all articles out, for the next example of a property."""
    connection = tx.articles._connection
    connection.execute(tables.article.delete())
    emptied = "INSERT INTO article_words (article_words) VALUES ('delete-all')"
    connection.execute(text(emptied if connection.dialect.name == "sqlite" else "TRUNCATE article_words"))


def plan_of(store: Store, read: Any) -> list[str]:
    """Return how SQLite goes about the statements of ``read``, and make sure that there are some."""
    plan: list[str] = []

    @event.listens_for(store._database.engine, "before_cursor_execute")
    def explain(connection: Any, cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.startswith("SELECT"):
            plan.extend(row[3] for row in cursor.execute(f"EXPLAIN QUERY PLAN {statement}", parameters))

    with store.begin() as tx:
        tx.articles.put([article()])
        read(tx)
    assert any(" article" in step for step in plan)
    return plan
