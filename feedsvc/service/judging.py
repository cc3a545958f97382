"""What the gate says of documents that are published already, here or anywhere.

Knows where a document to be judged comes from: the store, a file, an address; hides the gate.
"""

from dataclasses import dataclass
from pathlib import Path

from feedsvc.addresses import address
from feedsvc.config import Config
from feedsvc.config import Outbound as OutboundSettings
from feedsvc.errors import RetrievalError
from feedsvc.feeds import gate
from feedsvc.feeds.gate import Finding
from feedsvc.model import FeedName, Format
from feedsvc.outbound import Outbound
from feedsvc.service.public import Public
from feedsvc.store import Store

_ACCEPT = ", ".join(format.media_type for format in Format) + ", application/xml;q=0.5, */*;q=0.1"


@dataclass(frozen=True, slots=True)
class Judgement:
    """What was found in one document, or among the formats of one feed; ``document`` names it for people."""

    document: str
    findings: tuple[Finding, ...]


def published(name: FeedName, config: Config, store: Store, public: Public) -> tuple[Judgement, ...]:
    """Judge a feed's documents, each by itself and all with one another; those that come by themselves too.

    Raises:
        NotFound: there is no such feed.
        StoreError: the store cannot be read.
        FeedUnpublishable: a feed that is made on demand breaks a rule that stops it.
    """
    configured = {feed.name: feed for feed in config.feeds}.get(name)
    if configured:
        with store.read() as tx:
            documents = {format: tx.documents.get(name, format) for format in Format}
        addresses = {format: configured.address(config.site.base_url, format) for format in Format}
    else:
        documents = {format: public.document(name, format) for format in Format}
        addresses = {format: address(config.site.base_url, name, format) for format in Format}
        if not any(documents.values()):
            config.feed(name)  # says that there is none, and which is nearest
    bodies = {format: document.body for format, document in documents.items() if document}
    return (
        *(
            Judgement(
                f"{name} ({format.label})",
                gate.findings(bodies[format], format, address=addresses[format])
                if format in bodies
                else (gate.missing(format),),
            )
            for format in Format
        ),
        Judgement(f"{name} (all formats)", gate.parity(bodies)),
    )


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
    format = gate.format_of(fetched.body)
    return Judgement(
        fetched.url, gate.findings(fetched.body, format, address=fetched.url, media_type=fetched.media_type)
    )
