"""The settings as frozen values.

Knows each table of config.toml, its settings and their defaults; hides how they are written and where they stand.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar, get_args
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, field_validator

from feedsvc import addresses, text
from feedsvc.config import crontab, notation
from feedsvc.config.redirects import rules
from feedsvc.errors import NotFound
from feedsvc.model import MAIN_FEED, ArticleSelectors, FeedName, Format, Selection, Selectors, SourceName

# Between these a source with `every = "auto"` is looked at.
AUTO_LEAST = timedelta(minutes=1)
AUTO_MOST = timedelta(hours=1)
RESERVED_FEEDS = ("section-", "tag-", "author-", "source-", "language-", "search")

Line = Annotated[str, AfterValidator(notation.line)]
FilledLine = Annotated[str, AfterValidator(notation.filled_line)]
Duration = Annotated[timedelta, BeforeValidator(notation.duration)]
Interval = Annotated[timedelta | None, BeforeValidator(notation.interval)]
Language = Annotated[str, AfterValidator(notation.language)]
Timezone = Annotated[str, AfterValidator(notation.timezone)]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a configuration may refer to: files beside it and the environment."""

    folder: Path = field(default_factory=Path.cwd)
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)


class _Table(BaseModel):
    # Inputs stay out of pydantic's own errors: one of them is a password.
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Site(_Table):
    """What all feeds and pages say of themselves. ``base_url`` has no trailing slash."""

    title: FilledLine
    base_url: Annotated[str, AfterValidator(notation.base_url)]
    language: Language = "en"
    timezone: Timezone = "UTC"
    description: Line = ""
    author: Line = ""

    @property
    def zone(self) -> ZoneInfo:
        """The zone that times on the site are shown in, and read in where a source names none."""
        return ZoneInfo(self.timezone)


class Store(_Table):
    """Where articles are kept. ``url`` is SQLAlchemy's and may hold a password: show ``shown_url`` instead."""

    url: str = Field("sqlite:///var/feedsvc.db", validate_default=True)

    @field_validator("url", mode="before")
    @classmethod
    def _resolve(cls, written: Any, info: ValidationInfo) -> Any:
        around = info.context if isinstance(info.context, Surroundings) else Surroundings()
        if isinstance(written, dict):
            written = _secret(written, around)
        return notation.store_url(written, around.folder) if isinstance(written, str) else written

    @property
    def shown_url(self) -> str:
        """The address without its password."""
        return notation.without_password(self.url)

    def __repr_args__(self) -> list[tuple[str | None, Any]]:
        return [("url", self.shown_url)]


def _secret(written: Mapping[str, object], around: Surroundings) -> str:
    match written:
        case {"env": str(name), **rest} if not rest:
            value = around.environ.get(name, "")
            if not value.strip():
                raise ValueError(f"the environment variable {name} is not set")
        case {"file": str(name), **rest} if not rest:
            try:
                value = (around.folder / name).read_text("utf-8")
            except (OSError, ValueError) as error:
                reason = error.strerror if isinstance(error, OSError) else "it is no UTF-8 text"
                raise ValueError(f"the file {name} cannot be read: {reason}") from None
            if not value.strip():
                raise ValueError(f"the file {name} is empty")
        case _:
            raise ValueError('must be text in quotes, { env = "NAME" } or { file = "PATH" }')
    return value.strip()


def _revealed(written: Any, info: ValidationInfo) -> Any:
    around = info.context if isinstance(info.context, Surroundings) else Surroundings()
    return _secret(written, around) if isinstance(written, dict) else written


Secret = Annotated[str, BeforeValidator(_revealed)]


class Alerts(_Table):
    """Whom alerts are sent to. ``webhook`` and ``smtp`` may hold secrets, and are never shown."""

    webhook: Annotated[Secret, AfterValidator(notation.web_address)] | None = Field(default=None, repr=False)
    mail_to: Annotated[str, AfterValidator(notation.mailbox)] | None = None
    smtp: Annotated[Secret, AfterValidator(notation.mail_server)] | None = Field(default=None, repr=False)


class Admin(_Table):
    """Who may see the admin's page: whoever knows the password. It is never shown.

    With ``metrics_token`` the figures are for whoever sends it as a bearer token; with None they are for everybody.
    """

    password: Annotated[Secret, AfterValidator(notation.password)] | None = Field(default=None, repr=False)
    metrics_token: Annotated[Secret, AfterValidator(notation.bearer)] | None = Field(default=None, repr=False)


class Outbound(_Table):
    """How feedsvc fetches. ``contact`` tells other people's servers whom to ask; ``allow`` opens private addresses."""

    contact: Line = ""
    allow: tuple[FilledLine, ...] = ()


class Hub(_Table):
    """How readers are told of news: by the own hub (``enabled``), and by ``external`` hubs that are told of changes.

    ``allow`` opens private addresses to callbacks.
    """

    enabled: Annotated[bool, Field(strict=True)] = True
    external: tuple[Annotated[str, AfterValidator(notation.web_address)], ...] = ()
    allow: tuple[FilledLine, ...] = ()


class Server(_Table):
    """Where the web listens, and the folder in which it is kept as files (``mirror``; None: in none)."""

    host: FilledLine = "127.0.0.1"
    port: Annotated[int, Field(strict=True, ge=1, le=65535)] = 8080
    workers: Annotated[int, Field(strict=True, ge=1, le=64)] = 2
    mirror: Annotated[str, AfterValidator(notation.path)] | None = None


class Source(_Table):
    """A configured place that entries come from.

    Exactly one of ``path`` and ``url`` is there, and neither with the kind ``push``, which is sent to and never looked
    at: there ``every`` says nothing. ``path`` is as the admin wrote it: relative to the configuration's
    folder. ``every`` is None where the source's own rhythm decides; with ``cron`` (five fields, weekdays as names, in
    the source's zone) it says nothing. Within a :class:`Config`, ``timezone`` and ``language`` are the site's where the
    source has none of its own. Settings that another kind has stay at their defaults.
    """

    name: Annotated[SourceName, AfterValidator(notation.name)]
    kind: Literal["page-text", "html", "feed", "folder", "push"]
    path: Annotated[str, AfterValidator(notation.path)] | None = None
    url: Annotated[str, AfterValidator(notation.web_address)] | None = None
    every: Interval = timedelta(minutes=5)
    cron: Annotated[str, AfterValidator(crontab.normalized)] | None = None
    timezone: Timezone = "UTC"
    language: Language = "en"
    section: FilledLine | None = None
    follow: Annotated[bool, Field(strict=True)] = False
    robots: Annotated[bool, Field(strict=True)] = True
    selectors: Selectors | None = None
    article_selectors: ArticleSelectors | None = None
    retract_after: Duration = timedelta(days=1)

    @property
    def zone(self) -> ZoneInfo:
        """The zone that times on the source's pages are in."""
        return ZoneInfo(self.timezone)

    @property
    def origin(self) -> str:
        """Where its snapshots come from, as the admin wrote it."""
        return self.url or self.path or ""


KINDS = get_args(Source.model_fields["kind"].annotation)

# Which settings only some kinds have, and which kinds.
_LOOKED_AT = ("page-text", "html", "feed", "folder")
ONLY = {
    "path": _LOOKED_AT,
    "url": ("html", "feed"),
    "every": _LOOKED_AT,
    "cron": _LOOKED_AT,
    "follow": ("html", "feed"),
    "robots": ("html", "feed"),
    "selectors": ("html",),
    "article_selectors": ("html", "feed"),
    "retract_after": ("folder",),
}


class Exclusion(_Table):
    """What does not belong to a feed: an article that matches any name in any list."""

    sources: tuple[FilledLine, ...] = ()
    sections: tuple[FilledLine, ...] = ()
    tags: tuple[FilledLine, ...] = ()
    authors: tuple[FilledLine, ...] = ()
    languages: tuple[Language, ...] = ()


class Feed(_Table):
    """A configured selection of articles. Within a :class:`Config`, ``language`` is the site's where it has none."""

    name: Annotated[FeedName, AfterValidator(notation.name)]
    title: FilledLine
    description: Line = ""
    sources: tuple[FilledLine, ...] = ()
    sections: tuple[FilledLine, ...] = ()
    tags: tuple[FilledLine, ...] = ()
    authors: tuple[FilledLine, ...] = ()
    languages: tuple[Language, ...] = ()
    query: Annotated[str, AfterValidator(notation.query)] = ""
    exclude: Exclusion = Exclusion()
    limit: Annotated[int, Field(strict=True, ge=1, le=1000)] = 50
    content: Literal["full", "summary"] = "full"
    tombstones: Annotated[bool, Field(strict=True)] = False
    every: Duration = timedelta(minutes=5)
    language: Language = "en"
    access: Literal["public", "token"] = "public"

    @field_validator("name")
    @classmethod
    def _not_reserved(cls, written: FeedName) -> FeedName:
        for prefix in RESERVED_FEEDS:
            if written.startswith(prefix):
                raise ValueError(f'"{written}" cannot be a name: feeds named {prefix}… come by themselves')
        return written

    def address(self, base_url: str, format: Format) -> str:
        """Return the address by which a document of the feed calls itself; a private one is read at others."""
        if self.access == "token":
            return base_url + addresses.private_path(self.name, format)
        return addresses.address(base_url, self.name, format)

    @property
    def selection(self) -> Selection:
        """Which articles the feed takes."""
        excluded = Selection(**_criteria(self.exclude))
        return Selection(**_criteria(self), query=self.query, exclude=excluded if excluded != Selection() else None)


def _criteria(table: Feed | Exclusion) -> dict[str, Any]:
    return {name: getattr(table, name) for name in Exclusion.model_fields}


_Part = TypeVar("_Part", Source, Feed)


class Config(_Table):
    """A whole configuration.

    ``feeds`` is complete: the main feed comes first, made from the site when no ``[[feeds]]`` is named ``main``.
    """

    file: Path
    site: Site
    store: Store = Field(default_factory=dict, validate_default=True)
    server: Server = Server()
    outbound: Outbound = Outbound()
    alerts: Alerts = Alerts()
    hub: Hub = Hub()
    admin: Admin = Admin()
    redirects: Annotated[tuple[tuple[str, str | None], ...], BeforeValidator(rules)] = ()
    sources: tuple[Source, ...] = ()
    feeds: tuple[Feed, ...] = Field((), validate_default=True)

    @field_validator("sources")
    @classmethod
    def _complete_sources(cls, sources: tuple[Source, ...], info: ValidationInfo) -> tuple[Source, ...]:
        site = info.data.get("site")
        return tuple(_inheriting(source, site, "timezone", "language") for source in sources) if site else sources

    @field_validator("feeds")
    @classmethod
    def _complete_feeds(cls, feeds: tuple[Feed, ...], info: ValidationInfo) -> tuple[Feed, ...]:
        site = info.data.get("site")
        if site is None:
            return feeds
        if all(feed.name != MAIN_FEED for feed in feeds):
            feeds = (Feed(name=MAIN_FEED, title=site.title), *feeds)
        main_first = sorted(feeds, key=lambda feed: feed.name != MAIN_FEED)
        return tuple(_inheriting(feed, site, "language") for feed in main_first)

    @property
    def folder(self) -> Path:
        """The absolute folder that relative paths start from."""
        return self.file.absolute().parent

    @property
    def hubs(self) -> tuple[str, ...]:
        """The addresses of the hubs that tell of feeds, the own one first."""
        own = (addresses.hub(self.site.base_url),) if self.hub.enabled else ()
        return (*own, *self.hub.external)

    @property
    def digest(self) -> str:
        """What two files of the same settings share, however they are written."""
        return text.digest(self.model_dump_json(exclude={"file"}))

    def source(self, name: str) -> Source:
        """Return the source of that name.

        Raises:
            NotFound: there is none.
        """
        for source in self.sources:
            if source.name == name:
                return source
        raise NotFound("source", name, notation.nearest(name, (source.name for source in self.sources)))

    def feed(self, name: str) -> Feed:
        """Return the feed of that name; ``main`` is always there.

        Raises:
            NotFound: there is none.
        """
        for feed in self.feeds:
            if feed.name == name:
                return feed
        raise NotFound("feed", name, notation.nearest(name, (feed.name for feed in self.feeds)))

    def max_age_s(self, feed: Feed) -> int:
        """Return how many seconds a reader may keep the feed's documents: 60 to 3600.

        It is the shortest of the feed's own ``every`` and those of the sources it selects. A source with ``cron``
        counts for nothing, nor does one that is pushed to: its next news may be near or far.
        """
        selected = (source for source in self.sources if not feed.sources or source.name in feed.sources)
        rhythmic = (source for source in selected if source.cron is None and source.kind != "push")
        shortest = min([feed.every, *(source.every or AUTO_LEAST for source in rhythmic)])
        return min(max(int(shortest.total_seconds()), 60), 3600)

    def feed_settings(self, feed: Feed) -> str:
        """Return a digest of all settings that decide the bytes of the feed's documents."""
        return text.digest(self.site.model_dump_json(), feed.model_dump_json(), str(self.max_age_s(feed)), *self.hubs)


def _inheriting(part: _Part, site: Site, *settings: str) -> _Part:
    own = part.model_fields_set
    return part.model_copy(update={name: getattr(site, name) for name in settings if name not in own})
