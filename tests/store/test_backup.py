"""The whole store in one file and back, from each database into each."""

import gzip
import json
import stat
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import BigInteger, Date, Integer, LargeBinary, insert, select
from sqlalchemy.types import JSON
from store_samples import NOON, article

from feedsvc.errors import BackupInvalid, StoreNotEmpty
from feedsvc.model import (
    Enclosure,
    FeedName,
    Format,
    Intent,
    LabelKind,
    Mode,
    Outcome,
    Query,
    Run,
    RunKind,
    Selection,
    Via,
)
from feedsvc.service.backup import Backups
from feedsvc.store import Store, counters
from feedsvc.store.backup import LEFT_OUT, TABLES
from feedsvc.store.tables import Instant, metadata
from feedsvc.store.tables import article as article_table

LATER = NOON + timedelta(days=1)
FULL = article(
    3,
    section="Спорт",
    tags=("Idman", "Bakı"),
    authors=("A. Əliyev",),
    summary='In "short"\u2028\\ & <b>',
    body="<p>Harbour\nbridge 🌉</p>",
    link="https://news.example.org/3?a=b",
    image="https://news.example.org/3.png",
    enclosures=(Enclosure("https://news.example.org/3.mp3", "audio/mpeg", None),),
    via=Via("Other", "https://example.org/", "https://example.org/3"),
    language="az",
    source_guid="3",
    aliases=("oldkey",),
    pinned=("title",),
    followed=NOON + timedelta(microseconds=1),
)


@pytest.fixture(params=["sqlite", "postgresql"])
def other(request, tmp_path):
    """Another migrated store without content, on each of the databases."""
    url = request.getfixturevalue("new_schema")() if request.param == "postgresql" else f"sqlite:///{tmp_path}/other.db"
    other = Store.open(url)
    other.migrate()
    yield other
    other.close()


@pytest.fixture
def file(tmp_path):
    return tmp_path / "feedsvc.backup"


def backups(store, now=NOON):
    return Backups(store, lambda: now)


def fill(store):
    """Put articles into every state, and a row into every other table."""
    with store.begin() as tx:
        tx.articles.put([article(1), article(2, embargo=LATER), FULL, article(4, retracted=NOON)])
        tx.articles.put([replace(article(1), title="Headline one", body="<p>News</p>")])
        connection = tx.articles._connection
        full = {row.name for row in metadata.sorted_tables if connection.execute(select(row).limit(1)).first()}
        for table in metadata.sorted_tables:
            if table.name not in full:
                connection.execute(insert(table), {column.name: _some(column) for column in table.columns})
        counters.advance(connection, counters.PUBLICATION, 41)


def _some(column):
    kinds: dict[type, object] = {
        Instant: NOON + timedelta(microseconds=123_456),
        Date: date(2025, 2, 8),
        LargeBinary: bytes(range(256)),
        JSON: [{"ə": [1, None, "\u2028"]}, True],
        BigInteger: 7 if column.primary_key else 2**53,
        Integer: 7,
    }
    return next((value for kind, value in kinds.items() if isinstance(column.type, kind)), f"{column.name} ə")


def everything(store):
    """Return all rows by table."""
    with store.read() as tx:
        connection = tx.articles._connection
        return {
            table.name: sorted((tuple(row) for row in connection.execute(select(table))), key=repr)
            for table in metadata.sorted_tables
        }


def without_numbers(rows):
    at = [*article_table.columns.keys()].index("changed")
    articles = [row[:at] + row[at + 1 :] for row in rows["article"]]
    return {**rows, "article": articles, "counter": [name for name, _ in rows["counter"]], "lease": []}


def write_and_restore(store, other, file, **how):
    backups(store).write(file)
    backups(other).read(file)
    backups(other).restore(file, **how)


def test_every_table_is_in_a_backup_or_left_out_for_a_reason():
    assert {*TABLES} | {*LEFT_OUT} == {*metadata.sorted_tables}
    assert {*TABLES} & {*LEFT_OUT} == set()
    assert all(LEFT_OUT.values())


def test_a_restored_store_has_everything(store, other, file):
    fill(store)
    write_and_restore(store, other, file)

    assert all(rows for rows in everything(store).values())
    assert without_numbers(everything(other)) == without_numbers(everything(store))
    with store.read() as before, other.read() as after:
        assert [*map(_unnumbered, after.articles.stream())] == [*map(_unnumbered, before.articles.stream())]
        assert after.articles.revisions(article(1).id) == before.articles.revisions(article(1).id)
        for selection in (Selection(), Selection(sections=("спорт",)), Selection(tags=("IDMAN",))):
            assert after.articles.arrivals(selection, limit=9) == before.articles.arrivals(selection, limit=9)
        assert [each.id for each in after.articles.search(Query.parse("harbour"), Selection(), limit=9)] == [FULL.id]
        assert after.articles.labels(LabelKind.TAG, limit=9) == before.articles.labels(LabelKind.TAG, limit=9)


def _unnumbered(value):
    return replace(value, changed=0)


def test_an_empty_store_comes_back_empty(store, other, file):
    write_and_restore(store, other, file)

    assert not any(everything(other).values())


def test_many_rows_come_back(store, other, file):
    done = []
    with store.begin() as tx:
        tx.articles.put(article(number) for number in range(1, 251))
    contents = backups(store).write(file, advance=done.append)
    assert (sum(done), contents.total) == (sum(contents.rows.values()), sum(done))
    done.clear()
    backups(other).restore(file, advance=done.append)

    assert sum(done) == contents.total
    with other.read() as tx:
        assert [each.id for each in tx.articles.stream()] == [article(number).id for number in range(1, 251)]


def test_rows_that_come_after_a_restore_get_numbers_of_their_own(store, other, file):
    fill(store)
    write_and_restore(store, other, file)

    with other.begin() as tx:
        for number in range(8):  # one of them would be number 7 again
            tx.runs.add(Run(RunKind.REFRESH, "front-page", NOON, NOON, Outcome.DONE))
            callback = f"https://example.org/{number}"
            tx.hub.ask(Intent(Mode.SUBSCRIBE, FeedName("main"), Format.RSS, callback, "example.org", 60, None), NOON)
    assert [len(everything(other)[name]) for name in ("run", "intent")] == [9, 9]


def test_numbers_that_only_grow_leap_beyond_what_was_lost(store, other, file):
    fill(store)
    write_and_restore(store, other, file)
    seconds = int(NOON.timestamp())

    with other.read() as tx:
        assert (tx.articles.change_number(), tx.documents.publication()) == (seconds, seconds)
        assert tx.articles.greatest_arrival() == 3 + 10_000
        # Whatever number somebody remembers from the state that was lost: all of the window is new to him.
        assert len(tx.articles.changed(since=seconds - 1)) == 4
    with other.begin() as tx:
        assert tx.articles.put([article(9)]) == seconds + 1


def test_a_backup_restored_twice_repeats_no_number(store, other, file):
    fill(store)
    write_and_restore(store, other, file)
    with other.begin() as tx:
        lost = tx.articles.put([article(9)])
    backups(other, LATER).restore(file, replace=True)

    with other.read() as tx:
        assert tx.articles.get(article(9).id) is None
        assert tx.articles.change_number() == int(LATER.timestamp()) > lost
        assert tx.articles.greatest_arrival() > 10_004
    # Where the clock has gone back, or the store writes all the time.
    backups(other, NOON).restore(file, replace=True)
    with other.read() as tx:
        assert tx.articles.change_number() == int(LATER.timestamp()) + 1_000_000


def test_what_is_in_a_store_is_not_replaced_unasked(store, other, file):
    fill(store)
    backups(store).write(file)
    with other.begin() as tx:
        tx.articles.put([article(8, section="Gone", body="<p>vanishing</p>")])
        tx.leases.claim("work", "me", NOON, 60)
    before = everything(other)
    with pytest.raises(StoreNotEmpty, match="the store has 1 articles and 0 tokens already; --force replaces"):
        backups(other).restore(file)
    assert everything(other) == before

    backups(other).restore(file, replace=True)
    assert without_numbers(everything(other)) == without_numbers(everything(store))
    assert everything(other)["lease"] == before["lease"]
    with other.read() as tx:
        assert tx.articles.search(Query.parse("vanishing"), Selection(), limit=9) == ()


def test_tokens_alone_are_not_replaced_unasked_either(store, other, file):
    backups(store).write(file)
    with other.begin() as tx:
        token = metadata.tables["token"]
        tx.articles._connection.execute(insert(token), {column.name: _some(column) for column in token.columns})
    with pytest.raises(StoreNotEmpty, match="0 articles and 1 tokens"):
        backups(other).restore(file)


def test_a_backup_is_of_one_moment_while_others_write(store, tmp_path, file):
    fill(store)
    before = everything(store)

    def write_meanwhile(_):
        with store.begin() as tx:
            tx.articles.put([article(9, tags=("late",))])

    contents = backups(store).write(file, advance=write_meanwhile)
    assert contents.rows["article"] == 4
    other = Store.open(f"sqlite:///{tmp_path}/third.db")
    other.migrate()
    backups(other).read(file)
    backups(other).restore(file)
    assert without_numbers(everything(other)) == without_numbers(before)
    other.close()


def test_a_restore_that_fails_on_its_way_changes_nothing(other, tmp_path, file):
    """As when the disk is full, or somebody ends it."""
    source = Store.open(f"sqlite:///{tmp_path}/third.db")
    source.migrate()
    fill(source)
    backups(source).write(file)
    source.close()
    with other.begin() as tx:
        tx.articles.put([article(8)])
    before = everything(other)

    def stop(_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        backups(other).restore(file, replace=True, advance=stop)
    assert everything(other) == before


# --- the file; what is true of it does not depend on the database -----------------------------------------------------


@pytest.fixture
def some(migrated_file, tmp_path):
    """A store with something in it."""
    (tmp_path / "some.db").write_bytes(migrated_file.read_bytes())
    store = Store.open(f"sqlite:///{tmp_path}/some.db")
    fill(store)
    yield store
    store.close()


def test_the_file_is_for_its_owner_alone_and_nothing_else_is_left(some, file):
    backups(some).write(file)
    backups(some, LATER).write(file)

    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [each.name for each in file.parent.iterdir() if "backup" in each.name] == [file.name]
    assert backups(some).read(file).taken_at == LATER


def test_the_older_file_stays_until_the_new_one_is_whole(some, file):
    file.write_text("yesterday's")

    def stop(_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        backups(some).write(file, advance=stop)
    assert file.read_text() == "yesterday's"
    assert [each.name for each in file.parent.iterdir() if "backup" in each.name] == [file.name]


def test_the_same_store_at_the_same_moment_gives_the_same_bytes(some, file, tmp_path):
    backups(some).write(file)
    backups(some).write(tmp_path / "again.backup")

    assert file.read_bytes() == (tmp_path / "again.backup").read_bytes()


def test_a_file_cut_short_anywhere_is_refused(some, file):
    backups(some).write(file)
    whole = file.read_bytes()
    for length in (0, 1, 5, 20, len(whole) // 2, len(whole) - 9, len(whole) - 8, len(whole) - 1):
        file.write_bytes(whole[:length])
        with pytest.raises(BackupInvalid, match="Nothing was restored"):
            backups(some).read(file)


def test_a_file_with_a_changed_byte_is_refused(some, file):
    backups(some).write(file)
    whole = file.read_bytes()
    for place in range(10, len(whole), len(whole) // 40):  # gzip does not look at the time and system in its head
        file.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        with pytest.raises(BackupInvalid):
            backups(some).read(file)


def rewrite(file, change: Callable[[list[str]], list[str]]):
    lines = gzip.decompress(file.read_bytes()).decode().splitlines(keepends=True)
    file.write_bytes(gzip.compress("".join(change(lines)).encode()))


@pytest.mark.parametrize(
    "change",
    [
        lambda lines: lines[:-1],
        lambda lines: lines[:1],
        lambda lines: lines[:5] + lines[6:],
        lambda lines: [*lines, lines[-1]],
        lambda lines: [*lines[:-1], lines[-1].rstrip()],
    ],
)
def test_a_file_with_other_lines_than_were_written_is_refused(some, file, change):
    backups(some).write(file)
    rewrite(file, change)
    with pytest.raises(BackupInvalid, match="cut short or damaged"):
        backups(some).read(file)


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("revision", "0001", "restore it with that version into an empty store, then start this one"),
        ("revision", "9999", "restore it with that version or a newer one"),
        ("format", 2, "in another form"),
        ("type", "feedsvc", "it is no backup"),
        ("taken_at", "yesterday", "it is no backup"),
    ],
)
def test_a_backup_of_another_version_says_what_to_do(some, file, field, value, told):
    backups(some).write(file)
    rewrite(file, lambda lines: [json.dumps({**json.loads(lines[0]), field: value}) + "\n", *lines[1:]])
    with pytest.raises(BackupInvalid, match=told):
        backups(some).read(file)


@pytest.mark.parametrize(
    "content",
    [b"", b"hello", b'{"type": "feedsvc", "format": 1}\n', gzip.compress(b"hello\n[]\n", mtime=0)],
    ids=["nothing", "a word", "no gzip", "no backup"],
)
def test_a_file_of_another_kind_is_refused(some, file, content):
    file.write_bytes(content)
    with pytest.raises(BackupInvalid, match="it is no backup of feedsvc"):
        backups(some).read(file)


def test_a_file_that_cannot_be_read_is_refused(some, tmp_path):
    with pytest.raises(BackupInvalid, match="it cannot be read"):
        backups(some).read(tmp_path)
