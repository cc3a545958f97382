"""``/metrics``: the service's figures for Prometheus.

Knows the text format 0.0.4 and the name of every figure; hides how often they are taken. They come from the store, so
every worker of every machine tells the same.
"""

import hmac
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from http import HTTPStatus

from flask import Blueprint, request
from flask import Response as FlaskResponse

from feedsvc.model import Outcome
from feedsvc.service import Service
from feedsvc.service.figures import Figures
from feedsvc.web.problems import Found, Problem
from feedsvc.web.representation import NOSNIFF

PATH = "/metrics"
# Whoever asks more often gets the same: counting a large store takes a while.
_KEPT_S = 1.0
_MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"

_ASKED = Problem(
    HTTPStatus.UNAUTHORIZED,
    "These figures are for whoever sends the token under [admin] metrics_token in the configuration.",
    (("WWW-Authenticate", 'Bearer realm="feedsvc metrics"'),),
)

_Samples = Iterable[tuple[Mapping[str, str], float]]


class Metrics:
    """The view. ``respond`` words a refusal."""

    def __init__(
        self,
        current: Callable[[], Service],
        respond: Callable[[Found], FlaskResponse],
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._current = current
        self._respond = respond
        self._clock = clock
        self._lock = threading.Lock()
        self._text, self._taken = "", float("-inf")

    def routes(self) -> Blueprint:
        """Return where it stands."""
        routes = Blueprint("metrics", __name__)
        routes.before_request(self.guard)
        routes.add_url_rule(PATH, view_func=self.show)
        return routes

    def guard(self) -> FlaskResponse | None:
        """Refuse whoever does not have the token, if there is one. A token is made by a program: nobody guesses it."""
        token = self._current().config.admin.metrics_token
        given = request.authorization
        sent = given.token if given is not None and given.type == "bearer" else None
        if token is None or (sent is not None and hmac.compare_digest(sent.encode(), token.encode())):
            return None
        return self._respond(_ASKED)

    def show(self) -> FlaskResponse:
        """Tell the figures of at most a second ago."""
        with self._lock:
            if self._clock() >= self._taken + _KEPT_S:
                self._text = text(self._current().figures())
                self._taken = self._clock()
        headers = [("Content-Type", _MEDIA_TYPE), ("Cache-Control", "no-store"), NOSNIFF]
        return FlaskResponse(self._text, headers=headers)


def text(figures: Figures) -> str:
    """Write the figures in Prometheus's text format."""
    return "".join(f"{line}\n" for line in _lines(figures))


def _lines(figures: Figures) -> Iterator[str]:
    hub, now = figures.hub, figures.taken_at
    runs = [({"kind": run.kind.value, "name": run.name}, run) for run in figures.runs]
    outcomes = {"delivered": hub.delivered, "failed": hub.failed, "given_up": hub.given_up}
    yield from _one("feedsvc_articles", "gauge", "Articles, retracted ones left out.", figures.articles)
    yield from _one("feedsvc_documents", "gauge", "Published documents: feeds by formats.", figures.documents)
    yield from _one("feedsvc_publication", "counter", "Grows whenever a document changes.", figures.publication)
    yield from _many(
        "feedsvc_run_age_seconds",
        "gauge",
        "Time since the last Run of a source or feed ended.",
        ((labels, max((now - run.ended).total_seconds(), 0.0)) for labels, run in runs),
    )
    yield from _many(
        "feedsvc_run_seconds",
        "gauge",
        "How long the last Run took.",
        ((labels, (run.ended - run.started).total_seconds()) for labels, run in runs),
    )
    yield from _many(
        "feedsvc_run_failed",
        "gauge",
        "1 where the last Run failed.",
        ((labels, run.outcome in (Outcome.FAILED, Outcome.CRASHED)) for labels, run in runs),
    )
    yield from _one("feedsvc_hub_subscriptions", "gauge", "Subscriptions whose lease runs.", hub.subscriptions)
    yield from _one("feedsvc_hub_intents", "gauge", "Requests that wait for their callback's word.", hub.intents)
    yield from _one("feedsvc_hub_deliveries_owed", "gauge", "Deliveries that are still to be made.", hub.owed)
    yield from _many(
        "feedsvc_hub_deliveries_total",
        "counter",
        "Deliveries made, attempts that failed, and deliveries given up.",
        (({"outcome": outcome}, number) for outcome, number in outcomes.items()),
    )
    yield from _one("feedsvc_hub_gone_total", "counter", "Subscriptions ended by their callback's 410.", hub.ended)


def _one(name: str, kind: str, help_: str, value: float) -> Iterator[str]:
    return _many(name, kind, help_, [({}, value)])


def _many(name: str, kind: str, help_: str, samples: _Samples) -> Iterator[str]:
    yield f"# HELP {name} {help_}"
    yield f"# TYPE {name} {kind}"
    for labels, value in samples:
        # Names of sources and feeds are small letters, digits and hyphens: nothing to escape.
        shown = ",".join(f'{label}="{said}"' for label, said in labels.items())
        yield f"{name}{{{shown}}} {_number(value)}" if shown else f"{name} {_number(value)}"


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) else f"{value:.3f}"
