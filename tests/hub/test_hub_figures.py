"""How the hub and the rest stand, for Prometheus and for the admin."""

import re

from flask import Response
from hubroom import Newsroom, Subscriber
from werkzeug.test import Client

from feedsvc import web
from feedsvc.service.figures import Figures
from feedsvc.web.metrics import Metrics, text

LINE = re.compile(r'(feedsvc_[a-z_]+)(\{[a-z]+="[a-z_0-9-]+"(,[a-z]+="[a-z_0-9-]+")*\})? ([0-9.]+)')


def metrics(newsroom: Newsroom) -> dict[str, float]:
    answer = Client(web.create(lambda: newsroom.service)).get("/metrics")
    assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-store"
    found = [LINE.fullmatch(line) for line in answer.text.splitlines() if not line.startswith("#")]
    return {each[1] + (each[2] or ""): float(each[4]) for each in found if each}


def test_metrics_tell_how_everything_stands(newsroom: Newsroom, reader: Subscriber) -> None:
    newsroom.ask(reader.url())
    newsroom.put(2)
    before = metrics(newsroom)
    assert (before["feedsvc_articles"], before["feedsvc_documents"]) == (2, 9)
    assert (before["feedsvc_hub_subscriptions"], before["feedsvc_hub_deliveries_owed"]) == (1, 1)
    assert before['feedsvc_run_failed{kind="publish",name="main"}'] == 0
    assert before['feedsvc_run_age_seconds{kind="publish",name="politics"}'] == 0
    assert not any("secret" in name for name in before)  # a private feed
    newsroom.service.hub.work()
    newsroom.clock.forward(minutes=1)
    after = metrics(newsroom)
    assert after['feedsvc_hub_deliveries_total{outcome="delivered"}'] == 1
    assert after["feedsvc_hub_deliveries_owed"] == 0
    assert after['feedsvc_run_age_seconds{kind="publish",name="main"}'] == 60


def test_with_a_token_the_figures_are_for_who_sends_it(newsroom: Newsroom) -> None:
    admin = newsroom.service.config.admin.model_copy(update={"metrics_token": "a-token-of-a-program"})
    service = newsroom.service.reconfigured(newsroom.service.config.model_copy(update={"admin": admin}))
    ask = Client(web.create(lambda: service))
    for wrong in ({}, {"Authorization": "Bearer a-token"}, {"Authorization": "Basic YTphLXRva2Vu"}):
        answer = ask.get("/metrics", headers=wrong)
        assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, 'Bearer realm="feedsvc metrics"')
        assert "feedsvc_articles" not in answer.text
    right = ask.get("/metrics", headers={"Authorization": "Bearer a-token-of-a-program"})
    assert (right.status_code, "feedsvc_articles" in right.text) == (200, True)
    assert ask.get("/healthz").status_code == 200


def test_every_figure_is_described_once_before_its_lines(newsroom: Newsroom) -> None:
    lines = text(newsroom.service.figures()).splitlines()
    described: list[str] = []
    for line in lines:
        if line.startswith("# HELP "):
            described.append(line.split()[2])
        elif line.startswith("# TYPE "):
            assert line.split()[2:] in ([described[-1], "gauge"], [described[-1], "counter"])
        else:
            found = LINE.fullmatch(line)
            assert found, line
            assert found[1] == described[-1]
    assert len(set(described)) == len(described)


def test_figures_are_taken_once_a_second_at_most(newsroom: Newsroom) -> None:
    taken: list[Figures] = []

    class Counted:
        def figures(self) -> Figures:
            taken.append(newsroom.service.figures())
            return taken[-1]

    now = [0.0]
    view = Metrics(Counted, lambda _: Response(), clock=lambda: now[0])  # type: ignore[arg-type]
    for moment in (0.0, 0.5, 0.99, 1.0, 1.5):
        now[0] = moment
        view.show()
    assert len(taken) == 2
