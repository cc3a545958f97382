"""What senders may do: show a token, send articles into its source, change them, take them back.

Knows that the sender's id is the identity of what is sent, and when feeds follow; hides how an item is written. All of
a request or nothing of it is stored.
"""

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from feedsvc import decide
from feedsvc.config import Config, Source
from feedsvc.errors import Flaw, KeyReused, NotFound, PushInvalid, PushRetracted, TokenForbidden, TokenUnknown
from feedsvc.model import (
    Article,
    ArticleId,
    Change,
    Entry,
    Harvest,
    Leave,
    Receipt,
    Selection,
    SourceName,
    Token,
    Verdict,
)
from feedsvc.service.refresh import mint
from feedsvc.service.tokens import Tokens
from feedsvc.store import Store, Transaction

log = logging.getLogger(__name__)

_KEYS_KEPT = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Pushed:
    """What became of one entry that was sent: ``article`` is as it stands now, retracted perhaps."""

    sender_id: str
    verdict: Verdict
    article: Article


class Push:
    """Pushing. ``changed`` is told of the changes that readers may see, once they are stored: feeds follow at once."""

    def __init__(
        self,
        config: Config,
        store: Store,
        tokens: Tokens,
        clock: Callable[[], datetime],
        changed: Callable[[Iterable[Change]], object],
    ) -> None:
        self._config = config
        self._store = store
        self._tokens = tokens
        self._clock = clock
        self._changed = changed

    def admit(self, secret: str) -> Token:
        """Return the token of a secret, and note the day.

        Raises:
            TokenUnknown: nobody gave it out, it was revoked, or it is no leave to push.
            TokenForbidden: its source is not pushed to any more.
        """
        token = self._tokens.find(secret)
        if token is None or token.revoked is not None or token.leave is not Leave.PUSH:
            raise TokenUnknown
        try:
            self._push_source(token.source)
        except NotFound:
            raise TokenForbidden(token.source, "there is no such source any more") from None
        self._tokens.note_use(token)
        return token

    def _push_source(self, name: str) -> Source:
        source = self._config.source(name)
        if source.kind != "push":
            raise TokenForbidden(name, f'it is of the kind "{source.kind}", and only "push" is sent to')
        return source

    # --- sending ------------------------------------------------------------------------------------------------------

    def receive(self, token: Token, sent: object, *, key: str | None = None, digest: str = "") -> tuple[Pushed, ...]:
        """Take one item of JSON Feed, or several in ``{"items": […]}``, in; return what became of each, in order.

        An id that is known revises its article: what an item leaves out stays. One that was retracted stays so.
        Where the sender gave the request a ``key``, the same request (``digest``) has the same outcome for a day.

        Raises:
            PushInvalid: it names every bad field.
            KeyReused: the key came before with another request.
        """
        from feedsvc.sources.push import read_items  # noqa: PLC0415 - only a push needs nh3

        source = self._push_source(token.source)
        now = self._clock()
        if key is not None:
            with self._store.read() as tx:
                if known := self._known(tx, token, key, digest, now):
                    return known
        entries = read_items(sent)
        with self._store.begin() as tx:
            # Asked again where nobody else writes: the same request may be under way twice.
            if key is not None and (known := self._known(tx, token, key, digest, now)):
                return known
            changes = _decide(tx, source, entries, now)
            tx.articles.put(change.article for change in changes if change.article and change.moves)
            pushed = _pushed(changes)
            if key is not None:
                outcomes = tuple((each.sender_id, each.verdict, each.article.id) for each in pushed)
                receipt = Receipt(token.id, key, digest, now, outcomes)
                tx.receipts.put(receipt, since=now - _KEYS_KEPT)
        self._tell(token, changes)
        return pushed

    def replace(self, token: Token, sender_id: str, sent: object) -> Pushed:
        """Make the article of that id what the item says: what it leaves out is gone. An unknown one is new.

        One that its sender retracted comes back.

        Raises:
            PushInvalid: it names every bad field.
            PushRetracted: the admin retracted the article.
        """
        from feedsvc.sources.push import read_item  # noqa: PLC0415 - only a push needs nh3

        source = self._push_source(token.source)
        entry = read_item(sent, sender_id)
        now = self._clock()
        with self._store.begin() as tx:
            known = _find(tx, source.name, sender_id)
            gone = known if known is not None and known.retracted is not None else None
            if gone is not None:
                tx.articles.put([_restored(gone, now)])
            [change] = _decide(tx, source, (entry,), now)
            if change.before is not None and change.article is not None:
                if change.article.retracted is not None:  # one without an id, by its headline or link
                    raise PushRetracted(sender_id, by_hand="retracted" in change.article.pinned)
                change = decide.revise(
                    change.before, _rewritten(change.before, change.article, entry, source), entry, now
                )
            tx.articles.put([change.article] if change.article and change.moves else [])
        if gone is not None:
            change = replace(change, verdict=Verdict.CHANGED, before=gone)
        self._tell(token, [change])
        [pushed] = _pushed([change])
        return pushed

    def retract(self, token: Token, sender_id: str) -> None:
        """Take an article out of every feed; doing it twice does no harm.

        Raises:
            NotFound: the source has no article of that id.
        """
        with self._store.begin() as tx:
            before = _get(tx, token.source, sender_id)
            if before.retracted is not None:
                return
            after = replace(before, retracted=self._clock())
            tx.articles.put([after])
        self._tell(token, [Change(Verdict.CHANGED, Entry(after.title), after, before, "retracted")])

    def restore(self, token: Token, sender_id: str) -> Pushed:
        """Bring an article back that its sender retracted; it reads as it did.

        Raises:
            NotFound: the source has no article of that id.
            PushRetracted: the admin retracted it.
        """
        with self._store.begin() as tx:
            before = _get(tx, token.source, sender_id)
            if before.retracted is None:
                return Pushed(sender_id, Verdict.UNCHANGED, before)
            after = _restored(before, self._clock())
            tx.articles.put([after])
        change = Change(Verdict.CHANGED, Entry(after.title, guid=sender_id), after, before, "restored")
        self._tell(token, [change])
        return Pushed(sender_id, change.verdict, after)

    # --- looking ------------------------------------------------------------------------------------------------------

    def get(self, token: Token, sender_id: str) -> Article:
        """Return the article of that id, retracted or not, under embargo or not: its sender knows it.

        Raises:
            NotFound: the source has no article of that id.
        """
        with self._store.read() as tx:
            return _get(tx, token.source, sender_id)

    def at(self, token: Token, article_id: ArticleId) -> Article:
        """Return the article that a permalink names, as :meth:`get` does.

        Raises:
            NotFound: there is none.
            TokenForbidden: it is of another source.
        """
        with self._store.read() as tx:
            article = tx.articles.get(article_id)
        # One that nobody may see yet is not there for others.
        if article is None or (article.embargo and article.source != token.source):
            raise NotFound("article", article_id)
        if article.source != token.source or article.source_guid is None:
            raise TokenForbidden(token.source, "this article did not come from there")
        return article

    def list(self, token: Token, *, limit: int, before: ArticleId | None = None) -> tuple[Article, ...]:
        """Return the newest articles of the token's source that readers may see, or those that follow ``before``.

        Raises:
            NotFound: there is no article ``before``.
        """
        with self._store.read() as tx:
            last = tx.articles.get(before) if before else None
            if before and last is None:
                raise NotFound("article", before)
            return tx.articles.list(Selection(sources=(token.source,)), limit=limit, before=last)

    # --- in common ----------------------------------------------------------------------------------------------------

    def _known(self, tx: Transaction, token: Token, key: str, digest: str, now: datetime) -> tuple[Pushed, ...] | None:
        receipt = tx.receipts.get(token.id, key, since=now - _KEYS_KEPT)
        if receipt is None:
            return None
        if receipt.digest != digest:
            raise KeyReused(key)
        found = ((sender_id, verdict, tx.articles.get(article)) for sender_id, verdict, article in receipt.outcomes)
        return tuple(Pushed(sender_id, verdict, article) for sender_id, verdict, article in found if article)

    def _tell(self, token: Token, changes: Sequence[Change]) -> None:
        counts = {verdict.value: sum(change.verdict is verdict for change in changes) for verdict in Verdict}
        log.info("push", extra={"source": token.source, "token": token.id, **{k: n for k, n in counts.items() if n}})
        self._changed([change for change in changes if change.article and not change.article.embargo])


def _find(tx: Transaction, source: SourceName, sender_id: str) -> Article | None:
    return next((a for a in tx.articles.candidates(source, guids=[sender_id]) if a.source_guid == sender_id), None)


def _get(tx: Transaction, source: SourceName, sender_id: str) -> Article:
    article = _find(tx, source, sender_id)
    if article is None:
        raise NotFound("article", sender_id)
    return article


def _decide(tx: Transaction, source: Source, entries: Sequence[Entry], now: datetime) -> tuple[Change, ...]:
    """Decide about each entry by itself.

    The sender's id has the word: links and headlines find only articles that have none (the source was of another kind
    before).
    """
    wanted = decide.lookup(Harvest(entries=tuple(entries)))
    found = tx.articles.candidates(
        source.name, guids=wanted.guids, links=wanted.links, keys=wanted.keys, stated=wanted.stated
    )
    known = {article.id: article for article in found}
    changes: list[Change] = []
    for index, entry in enumerate(entries):
        [change] = decide.decide(
            # As an article of its own, not a line of a list, whose spelling would count for less.
            Harvest(article=entry),
            [article for article in known.values() if article.source_guid in (None, entry.guid)],
            source=source.name,
            previous=None,
            # No two articles share their instant of change, and the sender's order survives sorting.
            now=now - timedelta(microseconds=index),
            mint=mint,
            section=source.section,
            language=source.language,
            lists=False,
        )
        if change.article is None:  # an id of its own does not help a headline that nobody can read
            raise PushInvalid((Flaw("/title", change.reason),))
        known[change.article.id] = change.article
        changes.append(change)
    return tuple(changes)


def _rewritten(before: Article, decided: Article, entry: Entry, source: Source) -> Article:
    """Return the article with nothing but what the entry says; times, identity and what a hand has set stay."""
    after = replace(
        before,
        title=decided.title,
        stated=decided.stated,
        embargo=decided.embargo,
        source_guid=decided.source_guid,
        link=entry.link,
        section=entry.section or source.section,
        authors=entry.authors,
        tags=entry.tags,
        summary=entry.summary,
        body=entry.body,
        image=entry.image,
        enclosures=entry.enclosures,
        language=entry.language or source.language,
    )
    return replace(after, **{name: getattr(before, name) for name in before.pinned})


def _restored(before: Article, now: datetime) -> Article:
    if "retracted" in before.pinned:
        raise PushRetracted(before.source_guid or before.id, by_hand=True)
    return replace(before, retracted=None, updated=max(now, before.updated))


def _pushed(changes: Iterable[Change]) -> tuple[Pushed, ...]:
    return tuple(Pushed(c.entry.guid or "", c.verdict, c.article) for c in changes if c.article)
