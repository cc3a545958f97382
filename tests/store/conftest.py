"""One contract, two databases: every test that asks for ``store`` runs on SQLite and on PostgreSQL."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from feedsvc.store import Store, articles, selecting
from feedsvc.store.tables import metadata


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("migrated") / "store.db"
    store = Store.open(f"sqlite:///{file}")
    store.migrate()
    store.close()
    return file


@pytest.fixture(scope="session")
def migrated_schema(new_schema: Callable[[], str]) -> str:
    url = new_schema()
    store = Store.open(url)
    store.migrate()
    store.close()
    return url


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a migrated store without content."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("migrated_file"), tmp_path / "store.db")
        return f"sqlite:///{tmp_path}/store.db"
    url: str = request.getfixturevalue("migrated_schema")
    with psycopg.connect(url) as connection:
        connection.execute("TRUNCATE article_words, " + ", ".join(metadata.tables))
    return url


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    """A migrated store without content; no test may leave one of its connections checked out."""
    store = Store.open(url)
    yield store
    checked_out = store._database.engine.pool.checkedout()  # type: ignore[attr-defined]
    store.close()
    assert checked_out == 0


@pytest.fixture(params=["near", "far"])
def passing(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """How far a walk goes past what is not selected, before that is looked for in the index of words."""
    made = (selecting._page_enough, selecting._walk_enough)
    if request.param == "near":
        monkeypatch.setattr(selecting, "_PASSED", 1)
        monkeypatch.setattr(articles, "_FEW", 3)
        for statements in made:
            statements.cache_clear()
    yield
    for statements in made:
        statements.cache_clear()
