"""The schedule where the machine's clock does not simply go on."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from feedsvc.config import load
from feedsvc.model import SourceName
from feedsvc.schedule import Schedule
from feedsvc.service import Service
from feedsvc.store import Store

CONFIG = """
[site]
title = "Example News"
base_url = "https://news.example.org"

[[sources]]
name = "front-page"
kind = "page-text"
path = "inbox/*.txt"
every = "10s"

[[sources]]
name = "at-set-times"
kind = "page-text"
path = "other/*.txt"
cron = "*/10 * * * *"
"""
HOUR = timedelta(hours=1)


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2025, 2, 8, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def service(tmp_path: Path, clock: Clock) -> Iterator[Service]:
    (tmp_path / "config.toml").write_text(CONFIG, "utf-8")
    config = load(tmp_path / "config.toml")
    service = Service(config, Store.open(config.store.url), clock=clock)
    service.prepare()
    yield service
    service.close()


@pytest.mark.parametrize("back", [HOUR, timedelta(days=1)])
def test_after_the_clock_was_set_back_a_source_is_read_as_often_as_before(
    service: Service, clock: Clock, back: timedelta
) -> None:
    name = SourceName("front-page")
    assert service.refresh_if_due(name)
    assert service.refresh_if_due(name) == ()
    clock.now -= back
    assert service.refresh_if_due(name)
    assert service.refresh_if_due(name) == ()
    clock.now -= timedelta(seconds=1)  # another machine's, a little behind
    assert service.refresh_if_due(name) == ()


def test_no_job_waits_until_a_clock_that_was_set_back_shows_the_old_time(service: Service) -> None:
    ahead = HOUR.total_seconds()
    schedule = Schedule(lambda: service, lambda: False, clock=lambda: datetime.now(UTC).timestamp() + ahead)
    scheduler = schedule._scheduler
    scheduler.start(paused=True)
    schedule._plan()
    planned = [job for job in scheduler.get_jobs() if job.id.startswith(("refresh ", "publish "))]
    assert len(planned) == 3
    for job in planned:
        scheduler.modify_job(job.id, next_run_time=job.next_run_time + HOUR)  # as that clock would have had it

    schedule._keep_time()
    assert min(job.next_run_time for job in planned) > datetime.now(UTC) + HOUR / 2
    ahead = 0
    schedule._keep_time()
    soon = datetime.now(UTC) + timedelta(minutes=11)
    assert all(job.next_run_time < soon for job in planned)
    scheduler.shutdown()


def test_a_machine_that_has_slept_long_has_not_missed_a_million_moments(service: Service) -> None:
    schedule = Schedule(lambda: service, lambda: False)
    schedule._scheduler.start(paused=True)
    schedule._plan()
    (job,) = (job for job in schedule._scheduler.get_jobs() if job.id.startswith("refresh front-page"))
    now = datetime.now(UTC)
    following = job.trigger.get_next_fire_time(now - timedelta(days=365), now)
    assert now < following < now + timedelta(seconds=11)
    schedule._scheduler.shutdown()
