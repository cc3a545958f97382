from dataclasses import replace
from datetime import timedelta

from store_samples import NOON, SOURCE

from feedsvc.model import ArticleId, Leave, Receipt, Token, TokenId, Verdict

TOKEN = Token(TokenId("t1"), Leave.PUSH, SOURCE, "of the CMS", NOON)
DAY = timedelta(hours=24)
RECEIPT = Receipt(
    TokenId("t1"), "k-1", "d1", NOON, (("cms-1", Verdict.NEW, ArticleId("a1")), ("ü", Verdict.CHANGED, ArticleId("a2")))
)


def test_a_token_is_found_by_the_digest_of_its_secret(store):
    other = Token(TokenId("t2"), Leave.READ, "politics", "", NOON - DAY)
    with store.begin() as tx:
        tx.tokens.add(TOKEN, "digest-1")
        tx.tokens.add(other, "digest-2")

    with store.read() as tx:
        assert (tx.tokens.find("digest-1"), tx.tokens.find("digest-3")) == (TOKEN, None)
        assert tx.tokens.list() == (other, TOKEN)


def test_the_day_of_the_last_use_is_kept(store):
    with store.begin() as tx:
        tx.tokens.add(TOKEN, "digest-1")
        tx.tokens.use(TOKEN.id, NOON.date())

    with store.read() as tx:
        assert tx.tokens.find("digest-1") == replace(TOKEN, used=NOON.date())


def test_a_revoked_token_stays_and_keeps_its_moment(store):
    with store.begin() as tx:
        tx.tokens.add(TOKEN, "digest-1")
        revoked = tx.tokens.revoke(TOKEN.id, NOON)
        assert revoked == replace(TOKEN, revoked=NOON)
        assert tx.tokens.revoke(TOKEN.id, NOON + DAY) == revoked
        assert tx.tokens.revoke(TokenId("unknown"), NOON) is None

    with store.read() as tx:
        assert tx.tokens.find("digest-1") == revoked


def test_a_receipt_comes_back_as_it_was_given_until_it_is_too_old(store):
    with store.begin() as tx:
        tx.receipts.put(RECEIPT, since=NOON - DAY)

    with store.read() as tx:
        assert tx.receipts.get(RECEIPT.token, "k-1", since=NOON - DAY) == RECEIPT
        assert tx.receipts.get(RECEIPT.token, "k-1", since=NOON) is None
        assert tx.receipts.get(RECEIPT.token, "k-2", since=NOON - DAY) is None
        assert tx.receipts.get(TokenId("t2"), "k-1", since=NOON - DAY) is None


def test_a_new_receipt_takes_the_place_of_the_one_before_and_of_all_that_are_too_old(store):
    old = replace(RECEIPT, key="k-old", given=NOON - DAY)
    again = replace(RECEIPT, digest="d2", given=NOON + DAY)
    with store.begin() as tx:
        for receipt in (old, replace(RECEIPT, key="k-2", given=NOON + DAY), RECEIPT):
            tx.receipts.put(receipt, since=NOON - 2 * DAY)
        tx.receipts.put(again, since=NOON - DAY)

    with store.read() as tx:
        assert tx.receipts.get(RECEIPT.token, "k-1", since=NOON) == again
        assert tx.receipts.get(RECEIPT.token, "k-old", since=NOON - 2 * DAY) is None
        assert tx.receipts.get(RECEIPT.token, "k-2", since=NOON) is not None
