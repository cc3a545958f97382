"""Feeds that come by themselves: for each section, tag, author, source and language, and for each query.

Knows their names and titles; hides how a name in an address finds what it stands for. They are as the main feed is in
all but what they select.
"""

import uuid
from urllib.parse import unquote

from feedsvc.addresses import QUERY_FEED, label_feed, query_feed
from feedsvc.config import Feed, Site
from feedsvc.model import MAIN_FEED, FeedIdentity, FeedName, Label, LabelKind, Query
from feedsvc.store import Transaction

_LIKE_MAIN = ("limit", "content", "every", "tombstones")


def by_name(tx: Transaction, name: FeedName, main: Feed, site: Site) -> Feed | None:
    """Return the feed of a query, or of a section, tag, author, source or language that some article has had."""
    if name.startswith(f"{QUERY_FEED}?q="):
        return of_query(Query.parse(unquote(name.removeprefix(f"{QUERY_FEED}?q="))), main, site)
    prefix, _, slug = name.partition("-")
    if prefix not in set(LabelKind):
        return None
    label = tx.articles.label(LabelKind(prefix), slug)
    return of_label(label, main, site) if label else None


def of_label(label: Label, main: Feed, site: Site) -> Feed:
    """Return the feed of a label."""
    language = label.name if label.kind is LabelKind.LANGUAGE else main.language
    criterion = {f"{label.kind}s": (label.name,)}
    return _like(main, label_feed(label), f"{site.title}: {label.name}", language, **criterion)


def of_query(query: Query, main: Feed, site: Site) -> Feed:
    """Return the feed of a query."""
    return _like(main, query_feed(str(query)), f"{site.title}: {query}", main.language, query=str(query))


def identity(name: FeedName, main: FeedIdentity) -> FeedIdentity:
    """Return the identity of a feed that comes by itself: the same on every machine, as long as the main feed's is."""
    return FeedIdentity(name, uuid.uuid5(uuid.NAMESPACE_URL, f"{main.guid} {name}").urn, main.created)


def _like(main: Feed, name: FeedName, title: str, language: str, **criteria: object) -> Feed:
    kept = {setting: getattr(main, setting) for setting in _LIKE_MAIN}
    return Feed(name=MAIN_FEED, title=title).model_copy(update={**kept, "name": name, "language": language, **criteria})
