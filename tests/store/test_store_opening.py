import os
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import make_url

from feedsvc.errors import StoreUnavailable
from feedsvc.store import Store


@pytest.fixture
def readable_folder() -> Iterator[Path]:
    """A folder with a store that this process may read and not write, even when the tests run as root."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        store = Store.open(f"sqlite:///{folder}/store.db")
        store.migrate()
        store.close()
        (folder / "store.db").chmod(0o444)
        folder.chmod(0o555)
        before = os.geteuid()
        if before == 0:
            os.seteuid(65534)
        try:
            yield folder
        finally:
            os.seteuid(before)
            folder.chmod(0o755)


def refusal(url: str) -> str:
    with pytest.raises(StoreUnavailable) as refused:
        Store.open(url)
    return str(refused.value)


def test_a_missing_folder_and_file_are_made(tmp_path):
    Store.open(f"sqlite:///{tmp_path}/var/lib/store.db").close()

    assert (tmp_path / "var" / "lib" / "store.db").is_file()


def test_a_path_may_hold_spaces_percent_signs_and_any_letters(tmp_path):
    store = Store.open(f"sqlite:///{tmp_path}/xəbər 100%41 #1?/store.db")
    store.migrate()
    store.close()

    assert (tmp_path / "xəbər 100%41 #1?" / "store.db").is_file()


def test_sqlite_logs_ahead_keeps_foreign_keys_and_syncs_as_often_as_that_needs(tmp_path):
    store = Store.open(f"sqlite:///{tmp_path}/store.db")
    with store._database.read() as connection:
        pragmas = [
            connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "foreign_keys", "synchronous", "busy_timeout")
        ]
    store.close()

    assert pragmas == ["wal", 1, 1, 30000]


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "var").write_text("a file")

    assert refusal(f"sqlite:///{tmp_path}/var/store.db") == (
        f"store sqlite:///{tmp_path}/var/store.db: its folder {tmp_path}/var cannot be made (File exists); "
        "make it or correct [store] url"
    )


def test_a_folder_is_no_store(tmp_path):
    assert refusal(f"sqlite:///{tmp_path}").endswith("this is a folder; name a file in it")


def test_a_file_that_may_not_be_written_is_named(readable_folder):
    assert f"{readable_folder}/store.db is read-only; give the user" in refusal(f"sqlite:///{readable_folder}/store.db")


def test_a_folder_that_may_not_be_written_is_named(readable_folder):
    assert f"{readable_folder} is read-only; give the user" in refusal(f"sqlite:///{readable_folder}/other.db")


def test_another_file_is_no_store_and_stays_as_it_is(tmp_path):
    file = tmp_path / "page.txt"
    file.write_text("News line\n" * 500)

    assert refusal(f"sqlite:///{file}").endswith(
        "the file is not a SQLite database; move it away or correct [store] url"
    )
    assert file.read_text() == "News line\n" * 500


def test_a_damaged_file_says_so(migrated_file, tmp_path):
    content = migrated_file.read_bytes()
    (tmp_path / "store.db").write_bytes(content[:4096] + b"\xaa" * (len(content) - 4096))

    assert refusal(f"sqlite:///{tmp_path}/store.db").endswith("the file is damaged; restore it from a backup")


@pytest.mark.parametrize(
    "url", ["sqlite://", "sqlite:///:memory:", "mysql://root:geheim@localhost/news", "var/store.db", ""]
)
def test_an_address_of_no_shared_database_is_refused_with_the_right_forms(url):
    message = refusal(url)

    assert message.endswith("write sqlite:///PATH or postgresql://USER:PASSWORD@HOST/DATABASE")
    assert "geheim" not in message


def test_a_port_where_nobody_listens_is_told_apart(postgresql_server, unused_port):
    url = make_url(postgresql_server).set(host="127.0.0.1", port=unused_port, password="geheim")

    message = refusal(url.render_as_string(hide_password=False))
    assert message.endswith("no server answers there; start PostgreSQL or correct host and port in [store] url")
    assert ":***@127.0.0.1:" in message
    assert "geheim" not in message


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"database": "no-such-database"}, "there is no database of that name; create it or correct [store] url"),
        ({"username": "nobody-here"}, "the server refuses the user; correct user name and password in [store] url"),
        ({"host": "no-such-host.invalid"}, "the server's name is not known; correct the host in [store] url"),
    ],
)
def test_a_server_that_refuses_says_what_to_correct(postgresql_server, change, reason):
    url = make_url(postgresql_server).set(**change)

    assert refusal(url.render_as_string(hide_password=False)).endswith(reason)


def test_no_message_shows_a_password_wherever_it_stands(postgresql_server):
    url = make_url(postgresql_server).set(database="none").update_query_dict({"password": "geheim", "nonsense": "1"})

    assert "geheim" not in refusal(url.render_as_string(hide_password=False))
    assert "geheim" not in refusal("postgresql://user:geheim@host:port/news")


def test_the_cause_of_a_refusal_is_kept(tmp_path):
    (tmp_path / "page.txt").write_text("News line\n" * 500)

    with pytest.raises(StoreUnavailable) as refused:
        Store.open(f"sqlite:///{tmp_path}/page.txt")
    assert isinstance(refused.value.__cause__.orig, sqlite3.DatabaseError)


@pytest.fixture
def unused_port() -> int:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


def test_a_sqlite_without_a_module_that_is_needed_says_so(tmp_path):
    store = Store.open(f"sqlite:///{tmp_path}/store.db")
    said = r"is built without FTS9, .* use another, or PostgreSQL"
    with pytest.raises(StoreUnavailable, match=said), store._database.write() as connection:
        connection.exec_driver_sql("CREATE VIRTUAL TABLE words USING fts9(words)")
    store.close()
