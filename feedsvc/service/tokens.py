"""Tokens: leave to push into a source or to read a private feed, given out and revoked.

Knows what a secret looks like; hides that only its digest is kept.
"""

import hashlib
import secrets
from base64 import b32encode
from collections.abc import Callable
from datetime import datetime

from feedsvc.config import Config
from feedsvc.errors import NotFound, TokenForbidden
from feedsvc.model import Leave, Token, TokenId
from feedsvc.store import Store

# What a token begins with, so that people and programs that look for leaked secrets know it.
_PREFIX = "feedsvc_"
_SECRET_BYTES = 32


class Tokens:
    """All tokens of a store."""

    def __init__(self, config: Config, store: Store, clock: Callable[[], datetime]) -> None:
        self._config = config
        self._store = store
        self._clock = clock

    def add_for_source(self, source: str, label: str = "") -> tuple[Token, str]:
        """Give out leave to push into a source; the secret that comes with it is known to nobody afterwards.

        Raises:
            NotFound: no source has that name.
            TokenForbidden: the source is not of the kind that is pushed to.
        """
        configured = self._config.source(source)
        if configured.kind != "push":
            raise TokenForbidden(source, f'it is of the kind "{configured.kind}", and only "push" is sent to')
        return self._add(Leave.PUSH, source, label)

    def add_for_feed(self, feed: str, label: str = "") -> tuple[Token, str]:
        """Give out leave to read a private feed; the secret that comes with it is known to nobody afterwards.

        Raises:
            NotFound: no feed has that name.
            TokenForbidden: everybody may read the feed.
        """
        if self._config.feed(feed).access != "token":
            raise TokenForbidden(feed, 'everybody may read it; access = "token" makes it private', what="feed")
        return self._add(Leave.READ, feed, label)

    def list(self) -> tuple[Token, ...]:
        """Return every token that was given out, oldest first."""
        with self._store.read() as tx:
            return tx.tokens.list()

    def revoke(self, token_id: TokenId) -> Token:
        """Make a token worthless from now on.

        Raises:
            NotFound: no token has that id.
        """
        with self._store.begin() as tx:
            token = tx.tokens.revoke(token_id, self._clock())
        if token is None:
            raise NotFound("token", token_id)
        return token

    def find(self, secret: str) -> Token | None:
        """Return the token of a secret, revoked or not; None when nobody gave it out."""
        with self._store.read() as tx:
            return tx.tokens.find(_digest(secret))

    def note_use(self, token: Token) -> None:
        """Note that a token was used today."""
        today = self._clock().date()
        if token.used != today:
            with self._store.begin() as tx:
                tx.tokens.use(token.id, today)

    def _add(self, leave: Leave, name: str, label: str) -> tuple[Token, str]:
        secret = _PREFIX + secrets.token_urlsafe(_SECRET_BYTES)
        id_ = TokenId(b32encode(secrets.token_bytes(5)).decode().lower())
        token = Token(id_, leave, name, label, self._clock())
        with self._store.begin() as tx:
            tx.tokens.add(token, _digest(secret))
        return token, secret


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
