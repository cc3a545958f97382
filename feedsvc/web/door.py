"""What web asks of the service, and nothing else of it."""

from typing import TYPE_CHECKING, Protocol

from feedsvc.model import Article, ArticleId, Document, FeedName, Format

if TYPE_CHECKING:
    from feedsvc.config import Config, Feed


class Service(Protocol):
    """The one door of web. Any method may raise ``StoreUnavailable``; ``config`` never does."""

    @property
    def config(self) -> "Config": ...

    def publication(self) -> int:
        """Return a number that moves whenever a served byte or an article may have changed."""

    def document(self, name: FeedName, format: Format) -> Document | None:  # noqa: A002 - the glossary's word
        """Return the feed's document, None when there is no such feed or it is not yet published."""

    def feeds(self) -> "tuple[Feed, ...]":
        """Return every feed, the main one first."""

    def article(self, article_id: ArticleId) -> Article | None:
        """Return the article, a retracted one too."""

    def latest(self, limit: int, before: ArticleId | None = None) -> tuple[Article, ...]:
        """Return articles newest first, none retracted."""

    def readiness(self) -> tuple[str, ...]:
        """Return the reasons why not to serve; none means ready."""
