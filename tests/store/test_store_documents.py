from dataclasses import replace
from datetime import timedelta

import pytest
from store_samples import NOON, document

from feedsvc.model import FeedIdentity, FeedName, Format

MAIN = FeedName("main")


def put(store, *documents):
    with store.begin() as tx:
        return tx.documents.put(documents), tx.documents.publication()


def test_a_document_comes_back_as_it_was_put(store):
    put(store, document(Format.RSS), document(Format.ATOM, encodings={}))

    with store.read() as tx:
        assert tx.documents.get(MAIN, Format.RSS) == document(Format.RSS)
        assert tx.documents.get(MAIN, Format.ATOM) == document(Format.ATOM, encodings={})
        assert tx.documents.get(MAIN, Format.JSON) is None


def test_the_publication_number_grows_once_for_all_that_is_put_at_once(store):
    with store.read() as tx:
        assert tx.documents.publication() == 0

    assert put(store, document(Format.RSS), document(Format.ATOM)) == (True, 1)


def test_what_is_stored_already_publishes_nothing(store):
    put(store, document())

    assert put(store, document()) == (False, 1)
    assert put(store) == (False, 1)


@pytest.mark.parametrize("change", [{"body": b"<rss></rss>", "etag": "def"}, {"etag": "def"}, {"max_age_s": 60}])
def test_what_readers_would_notice_is_a_publication(store, change):
    put(store, document())

    assert put(store, document(**change)) == (True, 2)
    with store.read() as tx:
        assert tx.documents.get(MAIN, Format.RSS) == document(**change)


@pytest.mark.parametrize(
    "change",
    [{"built_from": 8}, {"settings": "s2"}, {"made_of": "m2"}, {"last_modified": NOON + timedelta(days=1)}],
)
def test_what_readers_would_not_notice_is_kept_and_no_publication(store, change):
    put(store, document())

    assert put(store, document(**change)) == (False, 1)
    with store.read() as tx:
        assert tx.documents.get(MAIN, Format.RSS) == document(**change)


def test_the_documents_of_a_feed_are_read_at_once(store):
    put(
        store, document(Format.RSS), document(Format.ATOM, encodings={}), replace(document(), feed=FeedName("politics"))
    )

    with store.read() as tx:
        assert tx.documents.of(MAIN) == {
            Format.RSS: document(Format.RSS),
            Format.ATOM: document(Format.ATOM, encodings={}),
        }
        assert tx.documents.of(FeedName("unknown")) == {}


def test_a_stored_document_stays_where_the_writer_says_so(store):
    put(store, document(built_from=8))

    with store.begin() as tx:
        later = [document(body=b"<rss></rss>", etag="def", built_from=7), document(Format.ATOM)]
        assert tx.documents.put(later, unless=lambda new, stored: stored.built_from > new.built_from)
        assert tx.documents.get(MAIN, Format.RSS) == document(built_from=8)
        assert tx.documents.get(MAIN, Format.ATOM) == document(Format.ATOM)


def test_a_withdrawn_feed_leaves_no_document_and_is_noticed(store):
    put(store, document(), document(Format.JSON), replace(document(), feed=FeedName("politics")))

    with store.begin() as tx:
        assert tx.documents.all_keys() == ((MAIN, Format.JSON), (MAIN, Format.RSS), ("politics", Format.RSS))
        assert tx.documents.delete(MAIN)
        assert not tx.documents.delete(FeedName("unknown"))
    with store.read() as tx:
        assert (tx.documents.all_keys(), tx.documents.publication()) == ((("politics", Format.RSS),), 2)
    assert put(store, document()) == (True, 3)


def test_the_identity_of_a_feed_outlives_its_documents(store):
    identity = FeedIdentity(MAIN, "urn:example:main", NOON)
    with store.begin() as tx:
        tx.documents.put([document()])
        tx.documents.put_identity(identity)
        tx.documents.delete(MAIN)

    with store.read() as tx:
        assert tx.documents.identity(MAIN) == identity
        assert tx.documents.identity(FeedName("politics")) is None


def test_an_import_can_bring_another_identity(store):
    brought = [FeedIdentity(MAIN, "urn:example:other", NOON), FeedIdentity(FeedName("a"), "urn:example:a", NOON)]
    with store.begin() as tx:
        tx.documents.put_identity(FeedIdentity(MAIN, "urn:example:main", NOON))
        for identity in brought:
            tx.documents.put_identity(identity)

    with store.read() as tx:
        assert tx.documents.identities() == tuple(reversed(brought))
