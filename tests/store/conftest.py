"""One contract, two databases: every test that asks for ``store`` or ``empty_url`` runs on SQLite and on PostgreSQL.

PostgreSQL is the server that FEEDSVC_TEST_POSTGRES names, else the one at 127.0.0.1:5432 (trust authentication,
database ``test``, user ``postgres``). Each test run works in schemas of its own and drops them.
"""

import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from feedsvc.store import Store
from feedsvc.store.tables import metadata

_DEFAULT = "postgresql://postgres@127.0.0.1:5432/test"


@pytest.fixture(scope="session")
def postgresql_server() -> str:
    named = os.environ.get("FEEDSVC_TEST_POSTGRES")
    try:
        psycopg.connect(named or _DEFAULT, connect_timeout=3).close()
    except psycopg.OperationalError as error:
        if named:
            raise
        pytest.skip(
            "THE STORE WAS NOT TESTED ON POSTGRESQL: no server at 127.0.0.1:5432 with a database `test` "
            f"(start one, or set FEEDSVC_TEST_POSTGRES=postgresql://USER@HOST/DATABASE): {str(error).splitlines()[0]}"
        )
    return named or _DEFAULT


@pytest.fixture(scope="session")
def new_schema(postgresql_server: str) -> Iterator[Callable[[], str]]:
    """A maker of URLs, each of a new empty schema."""
    made: list[str] = []
    with psycopg.connect(postgresql_server, autocommit=True) as admin:

        def make() -> str:
            made.append(f"feedsvc_test_{secrets.token_hex(6)}")
            admin.execute(f"CREATE SCHEMA {made[-1]}")
            url = make_url(postgresql_server).update_query_dict({"options": f"-csearch_path={made[-1]}"})
            return url.render_as_string(hide_password=False)

        yield make
        for schema in made:
            admin.execute("SET client_min_messages = error")
            admin.execute(f"DROP SCHEMA {schema} CASCADE")


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database with nothing in it."""
    if request.param == "postgresql":
        url: str = request.getfixturevalue("new_schema")()
        return url
    return f"sqlite:///{tmp_path}/store.db"


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
