"""When bytes in memory are looked at again, and what is handed out when the store cannot answer."""

import threading
from collections.abc import Callable
from dataclasses import replace

import pytest
from webroom import Breakable, Clock, Newsroom, Reader, article

from feedsvc import web
from feedsvc.config import load
from feedsvc.service import Service
from feedsvc.web.front import Front
from feedsvc.web.memory import Memory
from feedsvc.web.pages import Pages
from feedsvc.web.representation import Resource, resource


def _page(text: str) -> Resource:
    return resource(text.encode(), etag=text, media_type="text/plain", headers=())


_ROOM = 3 * _page("one").weight  # three pages


def _text(found: object) -> str:
    assert isinstance(found, Resource)
    return found.variants[0].body.decode()


class _Counted:
    """The only part of a service that memory itself asks for."""

    def __init__(self) -> None:
        self.number = 1
        self.looks = 0
        self.before_answering: Callable[[], None] = lambda: None
        self.public = self

    def publication(self) -> int:
        self.looks += 1
        self.before_answering()
        return self.number


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def counted() -> _Counted:
    return _Counted()


@pytest.fixture
def memory(counted: _Counted, clock: Clock) -> Memory:
    return Memory(lambda: counted, limit=_ROOM, clock=clock)  # type: ignore[arg-type, return-value]


def test_the_store_is_looked_at_once_in_250_ms(memory: Memory, counted: _Counted, clock: Clock) -> None:
    for _ in range(5):
        memory.get("a", lambda _: _page("one"))
    assert counted.looks == 1
    clock.now += 0.26
    memory.get("a", lambda _: _page("one"))
    assert counted.looks == 2


def test_what_is_there_is_loaded_again_only_when_the_number_moved(
    memory: Memory, counted: _Counted, clock: Clock
) -> None:
    assert _text(memory.get("a", lambda _: _page("one"))) == "one"
    clock.now += 1
    assert _text(memory.get("a", lambda _: _page("two"))) == "one"
    counted.number += 1
    assert _text(memory.get("a", lambda _: _page("two"))) == "one"  # 100 ms have not passed
    clock.now += 1
    assert _text(memory.get("a", lambda _: _page("two"))) == "two"


def test_another_service_means_another_generation(counted: _Counted, clock: Clock) -> None:
    services = [counted]
    memory = Memory(lambda: services[-1], limit=_ROOM, clock=clock)  # type: ignore[arg-type, return-value]
    memory.get("a", lambda _: _page("one"))
    services.append(_Counted())
    clock.now += 1
    assert _text(memory.get("a", lambda _: _page("two"))) == "two"


def test_the_resource_that_was_loaded_longest_ago_goes_first(memory: Memory) -> None:
    for key in "abcd":
        memory.get(key, lambda _: _page("one"))
    assert _text(memory.get("b", lambda _: _page("two"))) == "one"
    assert _text(memory.get("a", lambda _: _page("two"))) == "two"


def test_a_look_that_fails_keeps_what_is_there(memory: Memory, counted: _Counted, clock: Clock) -> None:
    memory.get("a", lambda _: _page("one"))

    def fail() -> None:
        raise RuntimeError("a bug in the store")

    counted.before_answering = fail
    counted.number += 1
    clock.now += 1
    assert _text(memory.get("a", lambda _: _page("two"))) == "one"
    counted.before_answering = lambda: None
    clock.now += 2
    assert _text(memory.get("a", lambda _: _page("two"))) == "two"


def test_a_load_that_fails_keeps_what_is_there_and_is_tried_again_later(
    memory: Memory, counted: _Counted, clock: Clock
) -> None:
    memory.get("a", lambda _: _page("one"))
    counted.number += 1
    clock.now += 1
    tries = []

    def fail(_: object) -> Resource:
        tries.append(clock.now)
        raise RuntimeError("a bug in the rendering")

    for _ in range(3):
        assert _text(memory.get("a", fail)) == "one"
    assert len(tries) == 1
    clock.now += 2
    assert _text(memory.get("a", lambda _: _page("two"))) == "two"


def test_a_load_that_fails_with_nothing_to_fall_back_on_is_told(memory: Memory) -> None:
    def fail(_: object) -> Resource:
        raise RuntimeError("a bug in the rendering")

    with pytest.raises(RuntimeError):
        memory.get("a", fail)


def test_while_one_thread_waits_for_the_store_the_others_are_served(
    memory: Memory, counted: _Counted, clock: Clock
) -> None:
    memory.get("a", lambda _: _page("one"))
    waiting, answer = threading.Event(), threading.Event()

    def hang() -> None:
        waiting.set()
        assert answer.wait(10)

    counted.before_answering = hang
    clock.now += 1
    slow = threading.Thread(target=memory.get, args=("a", lambda _: _page("one")))
    slow.start()
    assert waiting.wait(10)
    assert _text(memory.get("a", lambda _: _page("two"))) == "one"
    answer.set()
    slow.join()


# --- the same through the door ----------------------------------------------------------------------------------------


@pytest.fixture
def breakable(own_newsroom: Newsroom) -> Breakable:
    own_newsroom.put(article(0))
    return Breakable(own_newsroom.service)


@pytest.fixture
def ask(breakable: Breakable, clock: Clock) -> Reader:
    pages = Pages(lambda: breakable, clock=clock)  # type: ignore[arg-type, return-value]
    return Reader(Front(lambda: breakable, pages, clock=clock))  # type: ignore[arg-type, return-value]


def test_the_last_good_feed_and_pages_stay_served_when_the_database_is_gone(
    ask: Reader, breakable: Breakable, clock: Clock
) -> None:
    paths = ("/feed.xml", "/", "/articles/id0/headline-0")
    before = [ask(path) for path in paths]
    breakable.gone = True
    for _ in range(3):
        clock.now += 5
        assert [ask(path) for path in paths] == before


def test_what_is_not_in_memory_is_503_with_a_time_to_come_back(ask: Reader, breakable: Breakable) -> None:
    breakable.gone = True
    for path in ("/feed.xml", "/", "/articles/id0/headline-0", "/feeds/politics.json"):
        reply = ask(path, accept="application/json")
        assert (reply.status, reply.headers["retry-after"]) == (503, "60")
        assert (reply.headers["content-type"], reply.headers["cache-control"]) == (
            "application/problem+json",
            "no-store",
        )
        assert b"db.example.org" not in reply.body


def test_the_process_lives_without_a_database_but_is_not_ready(ask: Reader, breakable: Breakable) -> None:
    assert ask("/readyz").status == 200
    breakable.gone = True
    breakable.asked.clear()
    assert (ask("/healthz").status, ask("/healthz").body, breakable.asked) == (200, b"ok\n", [])
    reply = ask("/readyz")
    assert (reply.status, reply.headers["cache-control"]) == (503, "no-store")
    assert b'"store_unavailable"' in reply.body  # the rest is not for strangers


def test_a_change_is_served_after_the_next_look(ask: Reader, own_newsroom: Newsroom, clock: Clock) -> None:
    before = {path: ask(path) for path in ("/feed.xml", "/")}
    own_newsroom.put(replace(article(0), title="Another headline"))
    clock.now += 0.3
    for path, old in before.items():
        new = ask(path)
        assert b"Another headline" in new.body
        assert new.headers["etag"] != old.headers["etag"]


def test_an_article_that_is_retracted_is_gone_after_the_next_look(
    ask: Reader, own_newsroom: Newsroom, clock: Clock
) -> None:
    assert ask("/articles/id0/headline-0").status == 200
    own_newsroom.put(article(0, retracted=article(0).updated))
    clock.now += 0.3
    assert ask("/articles/id0/headline-0").status == 410
    assert b"Headline 0" not in ask("/").body


def test_a_reread_configuration_is_served(own_newsroom: Newsroom, clock: Clock) -> None:
    running = [own_newsroom.service]
    pages = Pages(lambda: running[-1], clock=clock)
    ask = Reader(Front(lambda: running[-1], pages, clock=clock))
    assert b"Example News" in ask("/").body
    file = own_newsroom.config.file
    file.write_text(file.read_text("utf-8").replace("Example News", "Renamed News"), "utf-8")
    running.append(Service(load(file), own_newsroom.store))
    clock.now += 0.3
    assert b"Renamed News" in ask("/").body


def test_a_feed_that_is_configured_but_not_published_yet_is_503_not_404(own_newsroom: Newsroom) -> None:
    file = own_newsroom.config.file
    file.write_text(file.read_text("utf-8") + '\n[[feeds]]\nname = "sport"\ntitle = "Sport"\n', "utf-8")
    service = Service(load(file), own_newsroom.store)
    reply = Reader(web.create(lambda: service))("/feeds/sport.xml")
    assert (reply.status, reply.headers["retry-after"]) == (503, "5")


def test_unknown_addresses_fill_no_memory(own_newsroom: Newsroom) -> None:
    pages = Pages(lambda: own_newsroom.service)
    ask = Reader(Front(lambda: own_newsroom.service, pages))
    for number in range(50):
        assert ask(f"/feeds/no{number}.xml").status == 404
        assert ask(f"/articles/no{number}/slug").status == 404
        assert ask("/", query=f"before=no{number}").status == 404
    assert pages.memory._kept == {}
