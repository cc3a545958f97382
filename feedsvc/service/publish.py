"""One regeneration of a feed: window, render, replace the documents that differ.

Knows when a document is current; hides the order in which two publishers of one feed may meet.
"""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from feedsvc import __version__, feeds
from feedsvc.config import Config, Feed
from feedsvc.errors import FeedUnpublishable
from feedsvc.model import MAIN_FEED, Article, Complaint, Document, FeedIdentity, FeedName, Format, History, Outcome
from feedsvc.service import derived, history
from feedsvc.service.record import Ended
from feedsvc.store import Store, Transaction
from feedsvc.store.documents import State
from feedsvc.text import digest


def publish(feed: Feed, config: Config, store: Store, now: datetime) -> Ended:
    """Render the feed in every format, unless its documents are current; those that differ are left to be stored.

    A document that breaks a rule is not stored: the last good one stays, and the outcome says why.

    Raises:
        StoreUnavailable: the store cannot be read or written.
    """
    name = FeedName(feed.name)
    with store.read() as tx:
        stored = tx.documents.of(name)
        material = _to_be_used(tx, feed, config, {format: State.of(value) for format, value in stored.items()})
        if material is None:
            return Ended(Outcome.UNCHANGED, {"articles": 0, "documents": 0})
    identity = material.identity or _mint_identity(name, store, now)
    material = replace(material, identity=identity)
    window, settings, made_of = material.window, material.settings, material.made_of

    documents: list[Document] = []
    complaints: list[Complaint] = []
    for format in Format:
        try:
            document, left_out = feeds.document(
                feed,
                format,
                window,
                config.site,
                identity,
                ttl_s=config.max_age_s(feed),
                history=material.place(format),
                hubs=config.hubs if feed.access == "public" else (),
                stylesheet=feeds.stylesheet.DIGEST,
                now=now,
                previous=stored.get(format),
                built_from=material.number,
                settings=settings,
            )
        except FeedUnpublishable as error:
            complaints.append(Complaint(f"feed {name} ({format.label})", str(error)))
        else:
            documents.append(replace(document, made_of=made_of))
            complaints += left_out

    moved = [d for d in documents if (before := stored.get(d.format)) is None or before.etag != d.etag]
    failed = len(documents) < len(Format)
    return Ended(
        outcome=Outcome.FAILED if failed else Outcome.DONE if moved else Outcome.UNCHANGED,
        counts={"articles": sum(article.retracted is None for article in window), "documents": len(moved)},
        code=FeedUnpublishable.code if failed else None,
        message=complaints[0].message if complaints else None,
        complaints=tuple(complaints),
        store=lambda tx: tx.documents.put(documents, unless=_is_overtaken),
    )


def is_current(tx: Transaction, feed: Feed, config: Config) -> bool:
    """Tell whether publishing the feed would change nothing."""
    states = tx.documents.states(FeedName(feed.name))
    return len(states) == len(Format) and _to_be_used(tx, feed, config, states) is None


def settings_of(feed: Feed, config: Config) -> str:
    """Return a digest of all that decides the bytes of a feed's documents but its articles."""
    # A newer feedsvc may render otherwise.
    return digest(__version__, feeds.stylesheet.DIGEST, config.feed_settings(feed))


@dataclass(frozen=True, slots=True)
class _Material:
    """Everything that the documents of a feed are made of, as it stands at one moment."""

    number: int
    settings: str
    identity: FeedIdentity | None
    window: tuple[Article, ...]
    place: Callable[[Format], History | None]

    @property
    def made_of(self) -> str:
        """A digest of all but the number."""
        articles = " ".join(f"{article.id} {article.changed}" for article in self.window)
        return digest(self.settings, str(self.identity), str(self.place(Format.RSS)), articles)


def _to_be_used(tx: Transaction, feed: Feed, config: Config, states: Mapping[Format, State]) -> _Material | None:
    """Return what the documents of a feed are to be made of; None when they, as stored, are made of just that."""
    complete = len(states) == len(Format)
    number, settings = tx.articles.change_number(), settings_of(feed, config)
    if complete and all((state.built_from, state.settings) == (number, settings) for state in states.values()):
        return None
    window = tx.articles.list(feed.selection, limit=feed.limit, retracted=True)
    identity, place = _identity(tx, feed, config), _place(tx, feed, config, window)
    material = _Material(number, settings, identity, window, place)
    # Most changes are of articles that other feeds select.
    return None if complete and {state.made_of for state in states.values()} == {material.made_of} else material


def _place(
    tx: Transaction, feed: Feed, config: Config, window: tuple[Article, ...]
) -> Callable[[Format], History | None]:
    """Return where the documents of the window stand; the history of a private feed is not handed out."""
    if feed.access != "public":
        return lambda _: None
    goes_on = history.newest_page(tx, feed.selection, window, feed.limit)
    return lambda format: history.of_document(feed.name, format, config.site.base_url, goes_on)


def _identity(tx: Transaction, feed: Feed, config: Config) -> FeedIdentity | None:
    known = tx.documents.identity(feed.name)
    if known is None and all(each.name != feed.name for each in config.feeds):
        main = tx.documents.identity(MAIN_FEED)
        return derived.identity(feed.name, main) if main else None
    return known


def _mint_identity(name: FeedName, store: Store, now: datetime) -> FeedIdentity:
    """Give the feed its identity; of two processes at it at once the first one's stays."""
    with store.begin() as tx:
        identity = tx.documents.identity(name)
        if identity is None:
            identity = FeedIdentity(name, f"urn:uuid:{uuid.uuid4()}", now)
            tx.documents.put_identity(identity)
    return identity


def _is_overtaken(document: Document, stored: State) -> bool:
    """Whether another process has meanwhile stored the feed as it stands after later changes, or the same ones.

    Publishers need no lease: whoever sees the later change has the word, and the same bytes keep the earlier date.
    """
    same = (stored.etag, stored.settings) == (document.etag, document.settings)
    return stored.built_from > document.built_from or (stored.built_from == document.built_from and same)
