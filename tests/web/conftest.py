"""A newsroom with five articles, and a reader at its door."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from webroom import Newsroom, Reader, article

from feedsvc import web


@pytest.fixture(scope="module")
def newsroom(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Newsroom]:
    """For tests that only read: one for all of them."""
    room = Newsroom(tmp_path_factory.mktemp("newsroom"))
    body = "<p>The council met on Saturday.</p>" + "<p>It went on for hours, as it does.</p>" * 20
    room.put(
        article(0, section="Politics", authors=("Ada Example", "Ben Beispiel"), body=body),
        *(article(number) for number in range(1, 5)),
    )
    yield room
    room.close()


@pytest.fixture(scope="module")
def ask(newsroom: Newsroom) -> Reader:
    return Reader(web.create(lambda: newsroom.service))


@pytest.fixture
def own_newsroom(tmp_path: Path) -> Iterator[Newsroom]:
    """For tests that change something."""
    room = Newsroom(tmp_path)
    yield room
    room.close()
