"""What is usual for a source, and what follows from it."""

from datetime import UTC, datetime, timedelta

import pytest

from feedsvc import decide

NOON = datetime(2025, 2, 8, 12, 0, tzinfo=UTC)
LEAST, MOST = timedelta(minutes=1), timedelta(hours=1)


def arrivals(gap: timedelta, number: int = 20) -> list[datetime]:
    return [NOON + n * gap for n in range(number)]


def test_the_usual_gap_is_the_median_between_readings_and_not_between_articles() -> None:
    gap = timedelta(minutes=20)
    seen = [at + timedelta(microseconds=n) for at in arrivals(gap) for n in range(5)]
    assert decide.usual_gap(seen) == gap


def test_too_few_arrivals_say_nothing() -> None:
    assert decide.usual_gap([]) is None
    assert decide.usual_gap(arrivals(timedelta(hours=1), 7)) is None
    assert not decide.is_stalled(None, timedelta(days=365))


@pytest.mark.parametrize(
    ("gap_min", "since_min", "expected_min"),
    [(4, 1, 2), (1, 1, 1), (20, 5, 10), (20, 200, 50), (20, 2000, 60), (600, 10, 60), (None, 10, 5)],
)
def test_a_busy_source_is_looked_at_often_and_a_quiet_one_seldom(
    gap_min: int | None, since_min: int, expected_min: int
) -> None:
    gap = None if gap_min is None else timedelta(minutes=gap_min)
    interval = decide.interval(gap, timedelta(minutes=since_min), least=LEAST, most=MOST)
    assert interval == timedelta(minutes=expected_min)


def test_silence_is_told_when_it_is_neither_usual_nor_a_weekend() -> None:
    gap = timedelta(hours=1)
    assert not decide.is_stalled(gap, timedelta(hours=60))
    assert decide.is_stalled(gap, timedelta(hours=73))
    assert not decide.is_stalled(timedelta(days=7), timedelta(days=30))
