"""What the admin's page says, as values: sources and feeds with their last Runs, alerts, samples.

Knows the words for outcomes and counts; hides zones and units from the template. Pure.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from feedsvc.model import Complaint, HubCounts, Outcome, Run, Sample
from feedsvc.service.samples import for_alert
from feedsvc.web.parts import Moment, moment

if TYPE_CHECKING:
    from feedsvc.config import Config, Site
    from feedsvc.service import Status

_OUTCOMES = {
    Outcome.DONE: "something new",
    Outcome.UNCHANGED: "nothing new",
    Outcome.FAILED: "failed",
    Outcome.CRASHED: "crashed",
}
# What a Run calls its counts, and what the page does.
_COUNTS = {
    "entries": "found",
    "dated": "dated",
    "new": "new",
    "changed": "changed",
    "refused": "refused",
    "complaints": "complaints",
    "articles": "articles",
    "documents": "documents made",
}

_HUB = {
    "subscriptions": "subscriptions",
    "owed": "deliveries owed",
    "delivered": "delivered",
    "failed": "attempts that failed",
    "given_up": "given up",
}


@dataclass(frozen=True, slots=True)
class Last:
    """The last Run of a source or feed."""

    at: Moment
    took_ms: int
    outcome: str
    well: bool
    message: str | None
    counts: tuple[tuple[str, int], ...]
    complaints: tuple[Complaint, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A source or a feed: ``detail`` is where it reads from, or its title."""

    name: str
    label: str
    detail: str
    last: Last | None
    refreshed: bool = False


@dataclass(frozen=True, slots=True)
class Notice:
    """An alert, and where the page that shows it can be had."""

    name: str
    code: str
    since: Moment
    message: str
    sample: str | None


@dataclass(frozen=True, slots=True)
class Kept:
    """A page that could not be read well."""

    source: str
    code: str
    origin: str
    message: str
    taken: Moment
    size: str
    well: Moment | None
    path: str


def overview(config: "Config", status: "Status", hub: HubCounts | None) -> dict[str, Any]:
    """Return the values of the admin's page; ``hub`` is None where the site has none of its own."""
    site = config.site
    return {
        "articles": status.articles,
        "store": config.store.shown_url,
        "store_size": size(status.store_bytes),
        "alerts": tuple(
            Notice(
                alert.name,
                alert.code,
                moment(alert.since, site),
                alert.message,
                _path(sample) if (sample := for_alert(status.samples, alert)) else None,
            )
            for alert in status.alerts
        ),
        "sources": tuple(
            Row(source.name, source.kind, source.origin, _last(run, site), source.kind != "push")
            for source, run in status.sources
        ),
        "feeds": tuple(
            Row(feed.name, "private" if feed.access == "token" else "public", feed.title, _last(run, site))
            for feed, run in status.feeds
        ),
        "hub": tuple((label, getattr(hub, name)) for name, label in _HUB.items()) if hub else (),
        "samples": tuple(_kept(sample, site) for sample in status.samples),
    }


def size(count: int) -> str:
    """Return a number of bytes for people."""
    for unit, bytes_ in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if count >= bytes_:
            return f"{count / bytes_:.1f} {unit}"
    return f"{count} bytes"


def _last(run: Run | None, site: "Site") -> Last | None:
    if run is None:
        return None
    return Last(
        at=moment(run.started, site),
        took_ms=round((run.ended - run.started).total_seconds() * 1000),
        outcome=_OUTCOMES[run.outcome],
        well=run.outcome in (Outcome.DONE, Outcome.UNCHANGED),
        message=run.message,
        counts=tuple((label, run.counts[name]) for name, label in _COUNTS.items() if name in run.counts),
        complaints=run.complaints,
    )


def _kept(sample: Sample, site: "Site") -> Kept:
    return Kept(
        source=sample.source,
        code=sample.code,
        origin=sample.origin,
        message=sample.message,
        taken=moment(sample.taken_at, site),
        size=size(sample.size),
        well=moment(sample.well, site) if sample.well else None,
        path=_path(sample),
    )


def _path(sample: Sample) -> str:
    return f"/admin/samples/{quote(sample.source, safe='')}/{quote(sample.code, safe='')}"
