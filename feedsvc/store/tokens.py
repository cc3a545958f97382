"""Who may push or read, and what senders were answered.

Of a token only the digest is kept, so that nobody who reads the database, or a backup of it, can use it. SHA-256
without salt or stretching suffices: what is digested is 256 random bits, not a password that somebody could guess. The
digest is looked up in an index; how long that takes tells nothing, for nobody can choose digests.
"""

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import Connection, Row, delete, insert, select, update

from feedsvc.model import ArticleId, Leave, Receipt, Token, TokenId, Verdict
from feedsvc.store.tables import receipt, token


class Tokens:
    """All tokens ever given out, the revoked ones too."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, value: Token, digest: str) -> None:
        """Store a new token under the digest of its secret."""
        row = {
            "id": value.id,
            "digest": digest,
            "leave": value.leave.value,
            "name": value.name,
            "label": value.label,
            "created": value.created,
            "used": value.used,
            "revoked": value.revoked,
        }
        self._connection.execute(insert(token).values(row))

    def find(self, digest: str) -> Token | None:
        """Return the token whose secret has this digest, revoked or not."""
        row = self._connection.execute(select(token).where(token.c.digest == digest)).first()
        return _token(row) if row else None

    def list(self) -> tuple[Token, ...]:
        """Return all tokens, oldest first."""
        rows = self._connection.execute(select(token).order_by(token.c.created, token.c.id))
        return tuple(map(_token, rows))

    def use(self, id: TokenId, day: date) -> None:
        """Note the day of the last use."""
        self._connection.execute(update(token).where(token.c.id == id).values(used=day))

    def revoke(self, id: TokenId, moment: datetime) -> Token | None:
        """Revoke a token and return it; None for an unknown id. One that is revoked keeps its moment."""
        live = update(token).where(token.c.id == id, token.c.revoked.is_(None))
        self._connection.execute(live.values(revoked=moment))
        row = self._connection.execute(select(token).where(token.c.id == id)).first()
        return _token(row) if row else None


class Receipts:
    """One receipt for each token and key."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, holder: TokenId, key: str, *, since: datetime) -> Receipt | None:
        """Return the receipt of the key if it was given after ``since``."""
        same = (receipt.c.token == holder, receipt.c.key == key, receipt.c.given > since)
        row = self._connection.execute(select(receipt).where(*same)).first()
        return _receipt(row) if row else None

    def put(self, value: Receipt, *, since: datetime) -> None:
        """Keep the receipt, in place of one with its key; those that are not after ``since`` are forgotten."""
        same = (receipt.c.token == value.token) & (receipt.c.key == value.key)
        self._connection.execute(delete(receipt).where(same | (receipt.c.given <= since)))
        row = {
            "token": value.token,
            "key": value.key,
            "digest": value.digest,
            "given": value.given,
            "outcomes": [[sender_id, verdict.value, article] for sender_id, verdict, article in value.outcomes],
        }
        self._connection.execute(insert(receipt).values(row))


def _token(row: Row[tuple[object, ...]]) -> Token:
    return Token(
        id=TokenId(row.id),
        leave=Leave(row.leave),
        name=row.name,
        label=row.label,
        created=row.created,
        used=row.used,
        revoked=row.revoked,
    )


def _receipt(row: Row[tuple[object, ...]]) -> Receipt:
    return Receipt(
        token=TokenId(row.token),
        key=row.key,
        digest=row.digest,
        given=row.given,
        outcomes=tuple(_outcomes(row.outcomes)),
    )


def _outcomes(rows: Iterable[tuple[str, str, str]]) -> Iterable[tuple[str, Verdict, ArticleId]]:
    for sender_id, verdict, article in rows:
        yield sender_id, Verdict(verdict), ArticleId(article)
