"""A newsroom of its own for each test, and a subscriber."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hubroom import Newsroom, Subscriber, subscriber


@pytest.fixture
def newsroom(tmp_path: Path) -> Iterator[Newsroom]:
    room = Newsroom(tmp_path)
    room.put(1)
    yield room
    room.close()


@pytest.fixture
def reader() -> Iterator[Subscriber]:
    with subscriber() as one:
        yield one
