"""Two databases: every test that asks for ``empty_url`` runs on SQLite and on PostgreSQL.

PostgreSQL is the server that FEEDSVC_TEST_POSTGRES names, else the one at 127.0.0.1:5432 (trust authentication,
database ``test``, user ``postgres``). Each test run works in schemas of its own and drops them.

And no example that hypothesis makes is timed: how long one takes says how busy the machine is.
"""

import os
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import make_url

settings.register_profile("untimed", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")

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
