"""What the gate says of documents that are published already, here or anywhere.

Knows where a document to be judged comes from: the store, a file, an address; hides the gate.
"""

from dataclasses import dataclass
from pathlib import Path

from feedsvc.config import Config, Feed
from feedsvc.config import Outbound as OutboundSettings
from feedsvc.errors import RetrievalError
from feedsvc.feeds import gate
from feedsvc.feeds.gate import Finding
from feedsvc.model import Format
from feedsvc.outbound import Outbound
from feedsvc.store import Store

_ACCEPT = ", ".join(form.media_type for form in Format) + ", application/xml;q=0.5, */*;q=0.1"


@dataclass(frozen=True, slots=True)
class Judgement:
    """What was found in one document, or among the formats of one feed; ``document`` names it for people."""

    document: str
    findings: tuple[Finding, ...]


def published(feed: Feed, config: Config, store: Store) -> tuple[Judgement, ...]:
    """Judge a feed's documents in the store, each by itself and all with one another.

    Raises:
        StoreError: the store cannot be read.
    """
    with store.read() as tx:
        stored = {form: tx.documents.get(feed.name, form) for form in Format}
    judgements = []
    for form, document in stored.items():
        if document is None:
            found: tuple[Finding, ...] = (gate.missing(form),)
        else:
            found = gate.findings(document.body, form, address=feed.address(config.site.base_url, form))
        judgements.append(Judgement(f"{feed.name} ({form.label})", found))
    bodies = {form: document.body for form, document in stored.items() if document}
    return (*judgements, Judgement(f"{feed.name} (all formats)", gate.parity(bodies)))


def file(place: Path) -> Judgement:
    """Judge a document in a file.

    Raises:
        RetrievalError: it cannot be read.
    """
    try:
        body = place.read_bytes()
    except OSError as error:
        raise RetrievalError(str(place), error.strerror or str(error)) from error
    return Judgement(str(place), gate.findings(body, gate.format_of(body)))


def web(url: str, settings: OutboundSettings) -> Judgement:
    """Judge a document where it is served, with the media type that it is served as.

    Raises:
        FetchError: it could not be had.
    """
    door = Outbound(contact=settings.contact, allow=settings.allow)
    try:
        fetched = door.fetch(url, accept=_ACCEPT)
    finally:
        door.close()
    form = gate.format_of(fetched.body)
    return Judgement(fetched.url, gate.findings(fetched.body, form, address=fetched.url, media_type=fetched.media_type))
