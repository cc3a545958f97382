import threading

import psycopg
import pytest
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError, IntegrityError
from store_samples import article

from feedsvc.errors import StoreUnavailable
from feedsvc.model import ArticleId
from feedsvc.store import Store, engine


def test_what_was_written_stays_when_the_block_ends(url):
    for write in (True, False):
        store = Store.open(url)
        if write:
            with store.begin() as tx:
                tx.articles.put([article()])
        else:
            with store.read() as tx:
                assert tx.articles.get(ArticleId("a0001")) == article(changed=1, arrival=1)
        store.close()


def test_an_exception_in_the_block_undoes_all_of_it(store):
    def write_and_fail():
        with store.begin() as tx:
            tx.articles.put([article()])
            raise LookupError

    with pytest.raises(LookupError):
        write_and_fail()
    with store.read() as tx:
        assert (tx.articles.count(), tx.articles.change_number()) == (0, 0)


def test_a_reader_sees_one_state_whatever_is_committed_meanwhile(store):
    with store.read() as reader:
        assert reader.articles.count() == 0
        with store.begin() as writer:
            writer.articles.put([article()])
        assert reader.articles.count() == 0
    with store.read() as reader:
        assert reader.articles.count() == 1


def test_all_that_a_thread_reads_within_the_block_is_of_one_state(store):
    with store.still():
        with store.read() as reader:
            assert reader.articles.count() == 0
        with store.begin() as writer:
            writer.articles.put([article()])
        with store.still(), store.read() as reader:
            assert reader.articles.count() == 0
        with store.read() as reader:
            assert reader.articles.count() == 0
    with store.read() as reader:
        assert reader.articles.count() == 1


def test_other_threads_go_on_seeing_what_there_is(store):
    seen = []

    def look():
        with store.read() as reader:
            seen.append(reader.articles.count())

    with store.still():
        with store.begin() as writer:
            writer.articles.put([article()])
        thread = threading.Thread(target=look)
        thread.start()
        thread.join()
    assert seen == [1]


def test_after_a_failure_within_the_block_reading_goes_on_as_ever(store):
    with pytest.raises(LookupError), store.still():
        raise LookupError
    with store.begin() as writer:
        writer.articles.put([article()])
    with store.read() as reader:
        assert reader.articles.count() == 1


def test_writing_in_a_transaction_that_reads_is_a_bug_and_travels_up(store):
    with pytest.raises(DBAPIError), store.read() as tx:
        tx.articles.put([article()])
    with store.begin() as tx:
        assert tx.articles.put([article()]) == 1


def test_a_bug_is_not_dressed_up_as_a_failure_of_the_database(store):
    with store.begin() as tx:
        tx.articles.put([article(1)])

    with pytest.raises(IntegrityError), store.begin() as tx:
        tx.articles.put([article(2, guid=article(1).guid)])


def test_writers_come_one_by_one_so_what_one_has_read_stands(store):
    """Each thread counts what is there and adds that number: only undisturbed ones leave no gap and no double."""

    def add():
        for _ in range(5):
            with store.begin() as tx:
                tx.articles.put([article(tx.articles.count())])

    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with store.read() as tx:
        assert [found.changed for found in tx.articles.stream()] == [*range(1, 21)]


def test_a_writer_that_waits_too_long_is_told_of_the_lock(url, monkeypatch):
    monkeypatch.setattr(engine, "LOCK_TIMEOUT_S", 0.05)
    store = Store.open(url)

    with store.begin() as tx:
        tx.articles.put([article(1)])
        with pytest.raises(StoreUnavailable, match="keeps it locked"), store.begin() as other:
            other.articles.put([article(2)])
    with store.read() as tx:
        assert tx.articles.count() == 1
    store.close()


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_a_full_disk_is_told_and_costs_nothing_of_what_was_there(store):
    with store.begin() as tx:
        tx.articles.put([article(1)])
    database = store._database.engine
    database.dispose()
    event.listen(database, "connect", lambda connection, _: connection.execute("PRAGMA max_page_count = 1"))

    with pytest.raises(StoreUnavailable, match="the disk is full; free some space"), store.begin() as tx:
        tx.articles.put([article(2, body="<p>x</p>" * 100_000)])
    with store.read() as tx:
        assert [found.id for found in tx.articles.stream()] == ["a0001"]


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
def test_a_connection_lost_in_the_middle_is_told_and_the_next_one_is_new(store, url):
    def write_and_lose_the_connection():
        with store.begin() as tx:
            tx.articles.put([article(1)])
            _end(_process(tx.articles._connection), url)
            tx.articles.put([article(2)])

    with pytest.raises(StoreUnavailable, match=r"the connection was lost|shutting down"):
        write_and_lose_the_connection()
    with store.read() as tx:
        assert tx.articles.count() == 0


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
def test_a_server_that_was_restarted_between_transactions_costs_no_error(store, url):
    with store.read() as tx:
        pooled = _process(tx.articles._connection)
    _end(pooled, url)

    with store.read() as tx:
        assert tx.articles.count() == 0


def _process(connection):
    return connection.exec_driver_sql("SELECT pg_backend_pid()").scalar()


def _end(process, url):
    with psycopg.connect(url) as admin:
        admin.execute("SELECT pg_terminate_backend(%s, 5000)", [process])
