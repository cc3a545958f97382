"""What feeds are made of: selections, formats, identities, documents.

Knows which articles a feed takes and what a rendered one carries; hides nothing.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from feedsvc.model.article import Article
from feedsvc.model.names import FeedName, fold_name, require_aware
from feedsvc.model.query import Query


@dataclass(frozen=True, slots=True)
class Selection:
    """Which articles a feed takes: an article must match every criterion that is not empty (names fold case).

    Of ``exclude`` it must match none. ``query`` is read as :meth:`Query.parse` does.
    """

    sources: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    query: str = ""
    exclude: "Selection | None" = None

    @property
    def asks_for_words(self) -> bool:
        """Whether texts are searched, not names alone."""
        return bool(self.query or (self.exclude and self.exclude.query))

    def selects(self, article: Article) -> bool:
        """Tell whether the article belongs here, retracted or not."""
        return all(_met(self, article)) and not (self.exclude and any(_met(self.exclude, article)))


def _met(selection: Selection, article: Article) -> Iterator[bool]:
    """Yield for each criterion that is not empty whether the article meets it."""
    if selection.sources:
        yield article.source in selection.sources
    offers = (
        (selection.sections, (article.section,) if article.section else ()),
        (selection.tags, article.tags),
        (selection.authors, article.authors),
        (selection.languages, (article.language,) if article.language else ()),
    )
    for wanted, offered in offers:
        if wanted:
            yield not {fold_name(name) for name in wanted}.isdisjoint(map(fold_name, offered))
    if selection.query:
        yield Query.parse(selection.query).matches(article)


class Format(StrEnum):
    """The formats a feed is rendered in; the value is the ending of its address under /feeds/."""

    RSS = "xml"
    ATOM = "atom"
    JSON = "json"

    @property
    def media_type(self) -> str:
        """The registered media type, without parameters."""
        return {"xml": "application/rss+xml", "atom": "application/atom+xml", "json": "application/feed+json"}[self]

    @property
    def content_type(self) -> str:
        """The media type as it is sent."""
        # RFC 8259 gives JSON no charset parameter; compliant readers ignore it, and others would guess the encoding.
        return f"{self.media_type}; charset=utf-8"

    @property
    def label(self) -> str:
        """The name for people."""
        return {"xml": "RSS", "atom": "Atom", "json": "JSON Feed"}[self]


@dataclass(frozen=True, slots=True)
class FeedIdentity:
    """What makes a feed the same feed for ever: minted at its first publication, kept through every change of name."""

    feed: FeedName
    guid: str
    created: datetime

    def __post_init__(self) -> None:
        require_aware(created=self.created)


@dataclass(frozen=True, slots=True)
class History:
    """Where a document stands in its feed's history (RFC 5005), in one format; all addresses are absolute.

    ``current`` is the subscription document. ``address`` is this document's own when it is an archive, None when it is
    the subscription document. ``previous`` and ``next`` are the archives before and after it. ``complete`` says that
    the document alone holds the whole history.
    """

    current: str
    address: str | None = None
    previous: str | None = None
    next: str | None = None
    complete: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """A feed rendered in one format.

    ``etag`` is the strong entity tag of the identity coding without quotes; each other coding appends ``-CODING``. It
    names a state of the feed: see :func:`feedsvc.feeds.change_number`.
    ``encodings`` maps content codings (``gzip``, ``br``, ``zstd``) to their bytes; one that would not be smaller is
    absent. ``last_modified`` is when the bytes last changed, whole seconds UTC; None when nobody has kept that.
    ``built_from`` is the store's change number and ``settings`` the digest of the settings that the document was
    rendered from; ``made_of`` is a digest of everything that it was rendered from (empty: not known).
    """

    feed: FeedName
    format: Format
    body: bytes
    etag: str
    last_modified: datetime | None
    max_age_s: int
    encodings: Mapping[str, bytes] = field(default_factory=dict)
    built_from: int = 0
    settings: str = ""
    made_of: str = ""

    def __post_init__(self) -> None:
        require_aware(last_modified=self.last_modified)
