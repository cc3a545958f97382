import json
import subprocess
import sys
from dataclasses import replace

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text
from store_samples import NOON, article, clear

from feedsvc.errors import StoreOutdated, StoreTooNew
from feedsvc.model import LabelKind, Leave, Query, Selection
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
        context = MigrationContext.configure(
            connection, opts={"version_table": VERSION_TABLE, "include_name": _in_the_tables}
        )
        assert compare_metadata(context, metadata) == []


def test_a_store_that_was_loaded_at_once_has_the_same_indexes(empty):
    empty.migrate()
    before = _indexes(empty)
    with empty.begin() as tx, tx.articles.loading():
        tx.articles.put(article(number, section="Sport") for number in range(1, 40))
        assert tx.articles.count() == 39

    assert _indexes(empty) == before
    with empty.read() as tx:
        assert [each.id for each in tx.articles.walk(Selection(query="39", sections=("sport",)), limit=9)] == ["a0039"]
    with empty.begin() as tx, tx.articles.loading():
        tx.articles.put([article(40)])
    assert _indexes(empty) == before


def test_what_is_loaded_at_once_is_what_would_have_been_put(empty):
    """In whatever order it comes, and where an article comes twice."""
    empty.migrate()
    lines = [
        article(
            number,
            title=f"Elan № {number % 4}, İlk",
            body=f"<p>Körpü {number}&nbsp;&amp; gün</p>",
            section=("Idman", "İDMAN", None)[number % 3],
            tags=("Tag", "tag", f"T{number % 2}"),
            embargo=NOON if number == 5 else None,
            retracted=NOON if number == 7 else None,
        )
        for number in (3, 9, 1, 8, 5, 7, 2)
    ]
    batches = (lines[:4], lines[4:], [replace(lines[0], title="Corrected")])

    with empty.begin() as tx:
        for batch in batches:
            tx.articles.put(batch)
    put = _content(empty)
    with empty.begin() as tx:
        clear(tx)
        for table in reversed(metadata.sorted_tables):
            tx.articles._connection.execute(table.delete())
    with empty.begin() as tx, tx.articles.loading():
        for batch in batches:
            tx.articles.put(batch)

    assert _content(empty) == put


def _content(store):
    """Return all rows of all tables that articles stand in, and what searches find."""
    tables = [metadata.tables[name] for name in ("article", "article_headline", "article_tag", "label", "revision")]
    with store.read() as tx:
        rows = {table.name: sorted(map(str, tx.articles._connection.execute(table.select()))) for table in tables}
        asked = ("elan", "elan -gun", '"korpu 8"', "corrected", "kor*", "3")
        found = {query: tx.articles.walk(Selection(query=query), limit=9) for query in asked}
    assert found["corrected"]
    assert len(found["kor*"]) == 6
    return rows, found


def test_loading_that_fails_leaves_the_indexes_alone(empty):
    empty.migrate()
    before = _indexes(empty)
    with pytest.raises(ZeroDivisionError), empty.begin() as tx, tx.articles.loading():
        raise ZeroDivisionError

    assert _indexes(empty) == before


def _indexes(store):
    """Return every index as the database describes it."""
    catalogue = {
        "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'index'",
        "postgresql": "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema()",
    }
    with store._database.engine.connect() as connection:
        return {tuple(row) for row in connection.execute(text(catalogue[connection.dialect.name]))}


def _in_the_tables(name, kind, parents):
    """The index of words is written in the language of each database, not in that of the tables."""
    return not (kind == "table" and name.startswith("article_words"))


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


# --- from one revision to the next ------------------------------------------------------------------------------------

# As the first revision was written to: two articles of one minute, one retracted, one under an embargo.
_FIRST_ROWS = [
    ("b", "2025-02-08 12:01:00+00", "Sport", '["Cup", "cup"]', '["A. Writer"]', "en", None, None),
    ("a", "2025-02-08 12:01:00+00", "SPORT", '["C++"]', "[]", "EN", None, "2025-02-09 00:00:00+00"),
    ("c", "2025-02-08 12:02:00+00", "Secret", '["Merger"]', "[]", None, "2030-01-01 00:00:00+00", None),
    ("d", "2025-02-08 12:00:00+00", None, '["C"]', "[]", None, None, None),
]


@pytest.fixture
def released(empty):
    """A store as it stood when it was first released, with articles in it."""
    with empty._database.write() as connection:
        config = alembic_config()
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        zone = "" if connection.dialect.name == "sqlite" else "+00"
        for id_, at, section, tags, authors, language, embargo, retracted in _FIRST_ROWS:
            fields = {
                "id": id_, "guid": id_, "source": "front-page", "title": f"Bridge {id_}", "slug": id_,
                "published": at, "first_seen": at, "updated": at, "revision": 1, "section": section,
                "authors": authors, "tags": tags, "body": "<p>Steel</p>", "enclosures": "[]", "language": language,
                "embargo": embargo, "aliases": "[]", "pinned": "[]", "retracted": retracted, "changed": 1,
                "section_key": section and section.casefold(),
            }  # fmt: skip
            written = {
                name: value.replace("+00", ".000000" + zone) if isinstance(value, str) else value
                for name, value in fields.items()
            }
            _insert(connection, "article", written)
            for table, names in (("article_tag", tags), ("article_author", authors)):
                for key in {name.casefold() for name in json.loads(names)}:
                    times = {"published": written["published"], "first_seen": written["first_seen"]}
                    _insert(connection, table, {"article": id_, "key": key} | times)
    return empty


def _insert(connection, table, row):
    columns = text(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({', '.join(f':{name}' for name in row)})")
    connection.execute(columns, row)


def test_articles_of_the_first_release_arrive_by_age_and_are_found(released):
    released.migrate()

    with released.read() as tx:
        assert [(each.arrival, each.id) for each in tx.articles.stream()] == [(1, "d"), (2, "a"), (3, "b"), (0, "c")]
        assert tx.articles.greatest_arrival() == 3
        for selection in (
            Selection(tags=("CUP",)),
            Selection(authors=("a. writer",)),
            Selection(sections=("sport",), exclude=Selection(tags=("c++",))),
            Selection(query="bridge", tags=("cup",)),
            Selection(query="steel b"),
        ):
            assert [each.id for each in tx.articles.walk(selection, limit=9)] == ["b"]
        assert [each.id for each in tx.articles.walk(Selection(languages=("En",)), limit=9)] == ["b", "a"]
        assert [each.id for each in tx.articles.search(Query.parse("bridge"), Selection(), limit=9)] == ["b", "d"]
        labels = [(each.kind, each.slug, each.name) for kind in LabelKind for each in tx.articles.labels(kind, limit=9)]
        assert labels == [
            ("section", "sport", "SPORT"),
            ("tag", "c", "C"),
            ("tag", "c-2", "C++"),
            ("tag", "cup", "Cup"),
            ("author", "a-writer", "A. Writer"),
            ("source", "front-page", "front-page"),
            ("language", "en", "EN"),
        ]


def test_articles_of_the_first_release_go_on_as_any_other(released):
    """Every derived row and every word that the migration wrote is one that a later write finds again."""
    released.migrate()

    with released.begin() as tx:
        first = {each.id: each for each in tx.articles.stream()}
        tx.articles.put([replace(first["b"], title="Tunnel", tags=()), replace(first["c"], embargo=None)])
        assert [each.id for each in tx.articles.walk(Selection(), limit=9)] == ["c", "b", "a", "d"]
        assert [each.id for each in tx.articles.walk(Selection(query="bridge"), limit=9)] == ["c", "a", "d"]
        assert [each.id for each in tx.articles.walk(Selection(query="tunnel steel"), limit=9)] == ["b"]
        assert tx.articles.walk(Selection(tags=("cup",)), limit=9) == ()
        assert tx.articles.label(LabelKind.TAG, "merger").name == "Merger"


def test_a_token_of_the_first_schema_is_leave_to_push(empty):
    with empty._database.write() as connection:
        config = alembic_config()
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        row = {"id": "t1", "digest": "d1", "source": "cms", "label": "of the CMS", "created": "2025-02-08 12:00:00.0"}
        _insert(connection, "token", row)
    empty.migrate()

    with empty.read() as tx:
        [token] = tx.tokens.list()
    assert (token.leave, token.name, token.label) == (Leave.PUSH, "cms", "of the CMS")


def test_an_index_with_lists_of_beginnings_becomes_one_without(empty):
    empty.migrate()
    listed = article(1, title="Steel bridges", tags=("Cup",), retracted=NOON)
    with empty.begin() as tx:
        tx.articles.put([listed, article(2, title="A bridgehead"), article(3, title="Bridge", embargo=NOON)])
        connection = tx.articles._connection
        if connection.dialect.name == "sqlite":
            before = "fts5(words, tokenize = 'ascii', content = '', columnsize = 0, prefix = '3 4')"
            for statement in (
                "DROP TABLE article_words_known",
                "DROP TABLE article_words",
                f"CREATE VIRTUAL TABLE article_words USING {before}",
            ):
                connection.execute(text(statement))
        connection.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = '0006'"))
    empty.migrate()

    with empty.begin() as tx:
        assert [each.id for each in tx.articles.walk(Selection(query="bridge*"), limit=9)] == ["a0002", "a0001"]
        assert [each.id for each in tx.articles.walk(Selection(query="steel", tags=("cup",)), limit=9)] == ["a0001"]
        assert [each.id for each in tx.articles.search(Query.parse("bri*"), Selection(), limit=9)] == ["a0002"]
        tx.articles.put([replace(listed, title="Tunnel", retracted=None), article(3, title="Bridge")])
        assert [each.id for each in tx.articles.walk(Selection(query="bridge*"), limit=9)] == ["a0003", "a0002"]
