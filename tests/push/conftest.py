"""A newsroom of its own for each test, with a sender of its source ``cms``."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from pushroom import Newsroom, Sender


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a store whose feeds are published: copied, it saves each test that work."""
    room = Newsroom(tmp_path_factory.mktemp("pressroom"))
    room.service.close()
    return room.folder


@pytest.fixture
def pressroom(tmp_path: Path, prepared: Path) -> Iterator[Newsroom]:
    shutil.copytree(prepared, tmp_path, dirs_exist_ok=True)
    room = Newsroom(tmp_path)
    yield room
    room.service.close()


@pytest.fixture
def sender(pressroom: Newsroom) -> Sender:
    return pressroom.sender()
