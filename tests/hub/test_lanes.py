"""Lanes by themselves: errands that reach no network."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from feedsvc.hub.lanes import Lanes
from feedsvc.outbound import Outbound, Send


@dataclass(frozen=True)
class Errand:
    number: int
    host: str = "r.example.org"


class Room:
    """Batches of errands to claim, and what was reported when each was claimed."""

    def __init__(self, *batches: int, ttl_s: float = 60) -> None:
        numbers = iter(range(sum(batches)))
        self.batches = [[Errand(next(numbers)) for _ in range(size)] for size in batches]
        self.done: list[int] = []
        self.untried: list[int] = []
        self.reported_at_claims: list[int] = []
        self.lanes: Lanes[Errand, int] = Lanes(
            Outbound(), claim=self.claim, do=self.do, report=self.report, ttl_s=ttl_s
        )

    def claim(self, limit: int, but: Collection[str]) -> Sequence[Errand]:
        self.reported_at_claims.append(len(self.done))
        return self.batches.pop(0) if self.batches else ()

    def do(self, errand: Errand, send: Send) -> int:
        return errand.number

    def report(self, done: Sequence[tuple[Errand, int]], untried: Sequence[Errand]) -> None:
        self.done += [number for errand, number in done if errand.number == number]
        self.untried += [errand.number for errand in untried]


def test_every_errand_is_done_and_reported_once() -> None:
    room = Room(3, 400, 400, 50)
    room.lanes.run(lambda: False)
    assert sorted(room.done) == list(range(853))
    assert room.untried == []


def test_what_is_done_is_reported_while_there_is_more_to_claim() -> None:
    """Else a kill would have everything done again."""
    room = Room(*[400] * 8)
    room.lanes.run(lambda: False)
    assert room.reported_at_claims[7] >= 1600


def test_what_was_claimed_too_long_ago_is_not_begun() -> None:
    room = Room(20, ttl_s=-1)
    room.lanes.run(lambda: False)
    assert (room.done, sorted(room.untried)) == ([], list(range(20)))


def test_nothing_is_claimed_when_it_is_to_stop() -> None:
    room = Room(20)
    room.lanes.run(lambda: True)
    assert (room.done, room.untried, len(room.batches)) == ([], [], 1)
