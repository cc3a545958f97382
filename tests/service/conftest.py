"""A newsroom of its own for each test."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from press import Newsroom

from feedsvc.model import Run, SourceName
from feedsvc.service import Service


@pytest.fixture
def newsroom(tmp_path: Path) -> Newsroom:
    (tmp_path / "inbox").mkdir()
    return Newsroom(tmp_path)


@pytest.fixture
def service(newsroom: Newsroom) -> Iterator[Service]:
    service = newsroom.open()
    yield service
    service.close()


@pytest.fixture
def refresh(service: Service) -> Callable[[], Run]:
    """Read the one source; returns the Run of the reading."""
    return lambda: service.refresh(SourceName("front-page"))[0]
