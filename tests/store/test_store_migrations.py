import subprocess
import sys

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text
from store_samples import NOON

from feedsvc.errors import StoreOutdated, StoreTooNew
from feedsvc.store import Store
from feedsvc.store.migrating import HEAD, REVISIONS, VERSION_TABLE, alembic_config
from feedsvc.store.tables import metadata


@pytest.fixture
def empty(empty_url):
    store = Store.open(empty_url)
    yield store
    store.close()


def test_the_known_revisions_are_those_of_the_migrations():
    scripts = ScriptDirectory.from_config(alembic_config())

    assert tuple(script.revision for script in reversed([*scripts.walk_revisions()])) == REVISIONS


def test_migrations_make_of_an_empty_database_what_the_tables_say(empty):
    assert empty.migrate() == (None, HEAD)

    with empty._database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
        assert compare_metadata(context, metadata) == []


def test_migrating_twice_changes_nothing(empty):
    empty.migrate()

    assert empty.migrate() == (HEAD, HEAD)


def test_an_empty_database_waits_for_migration(empty):
    with pytest.raises(StoreOutdated, match="is empty; run `feedsvc migrate` first"):
        empty.check()


def test_a_transaction_in_a_store_of_another_version_says_so(empty):
    with pytest.raises(StoreOutdated), empty.read() as tx:
        tx.documents.publication()
    with empty._database.write() as connection:
        connection.execute(text(f"CREATE TABLE {VERSION_TABLE} (version_num TEXT)"))
        connection.execute(text(f"INSERT INTO {VERSION_TABLE} VALUES ('9999')"))
        connection.execute(text("CREATE TABLE lease (name TEXT)"))
    with pytest.raises(StoreTooNew), empty.begin() as tx:
        tx.leases.claim("work", "me", NOON, 60)


def test_a_migrated_store_passes_the_check(store):
    store.check()


def test_a_newer_store_is_refused_untouched(empty):
    with empty._database.write() as connection:
        connection.execute(text(f"CREATE TABLE {VERSION_TABLE} (version_num TEXT)"))
        connection.execute(text(f"INSERT INTO {VERSION_TABLE} VALUES ('9999')"))

    for refusing in (empty.check, empty.migrate):
        with pytest.raises(StoreTooNew) as refusal:
            refusing()
        assert (refusal.value.revision, refusal.value.url) == ("9999", empty.url)
    with empty._database.engine.connect() as connection:
        assert inspect(connection).get_table_names() == [VERSION_TABLE]


def test_a_migration_that_fails_leaves_nothing_behind(empty):
    with empty._database.write() as connection:
        connection.execute(text("CREATE TABLE run (id INTEGER)"))  # one of the last that the migration makes

    with pytest.raises(Exception, match="exists"):
        empty.migrate()
    with empty._database.engine.connect() as connection:
        assert inspect(connection).get_table_names() == ["run"]


def test_of_several_processes_one_migrates_and_the_others_wait(empty_url):
    program = "import sys; from feedsvc.store import Store; print(Store.open(sys.argv[1]).migrate())"
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", program, empty_url], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for _ in range(3)
    ]
    ended = [(*process.communicate(timeout=60), process.returncode) for process in processes]

    assert sorted(ended) == sorted(
        [(f"{(None, HEAD)}\n", "", 0), (f"{(HEAD, HEAD)}\n", "", 0), (f"{(HEAD, HEAD)}\n", "", 0)]
    )


def test_a_process_that_only_reads_and_writes_needs_no_alembic(url):
    program = """
import sys
from feedsvc.store import Store
store = Store.open(sys.argv[1])
store.migrate()
store.check()
with store.begin() as tx:
    tx.articles.put([])
print([name for name in ("alembic", "sqlalchemy.orm") if name in sys.modules])
"""
    run = subprocess.run([sys.executable, "-c", program, url], capture_output=True, text=True, timeout=60, check=True)

    assert run.stdout == "[]\n"
