"""A newsroom of its own for each test, with a sender of its source ``cms``."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pushroom import Newsroom, Sender


@pytest.fixture
def pressroom(tmp_path: Path) -> Iterator[Newsroom]:
    room = Newsroom(tmp_path)
    yield room
    room.service.close()


@pytest.fixture
def sender(pressroom: Newsroom) -> Sender:
    return pressroom.sender()
