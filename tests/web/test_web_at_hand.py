"""The short way to what is in memory gives the same answers as the long one, which asks the store each time."""

from itertools import count
from typing import Any
from wsgiref.util import setup_testing_defaults

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from webroom import Clock, Newsroom, Reader, Reply, article, document

from feedsvc.model import Format
from feedsvc.service import Service
from feedsvc.web.front import Front
from feedsvc.web.memory import Memory
from feedsvc.web.pages import Pages
from feedsvc.web.representation import Resource, resource

_PATHS = (
    "/feed.xml", "/atom.xml", "/feed.json", "/feeds/politics.xml", "/feeds/section-politics.json", "/feeds/search.xml",
    "/feeds/main/archive/0.xml", "/feed.xml/", "/feeds/main.xml", "/feeds/none.xml", "/", "/feeds/", "/feeds",
    "/articles/id0/headline-0", "/articles/id1/another", "/articles/id1", "/articles/none", "/healthz", "/robots.txt",
    # No page stands there: its key in memory would be this, if keys were put together carelessly.
    "/?before=id2", "/feed.xml?{rss}", "/feed.xml {rss}", "/articles/id0/headline-\xe9", "/private/politics.xml",
)  # fmt: skip
_METHODS = ("GET", "GET", "GET", "HEAD", "OPTIONS", "POST")
_QUERIES = ("", "", "utm_source=x", "before=id2", "q=headline", "before=none")
_CODINGS = (None, "gzip", "br", "gzip, deflate, br, zstd", "identity", "*;q=0", "gzip;q=0.5, br;q=nonsense", "x" * 300)
_TAGS = (
    None, "*", '"{rss}"', '"{rss}-gzip"', 'W/"{atom}"', '"other", "{json}-br"', "{rss}--gzip", '"{page}"',
    '"{page}-gzip"', '"never"', '"' + "x" * 300 + '"',
)  # fmt: skip
_DATES = (None, "{modified}", "Sat, 01 Jan 2000 00:00:00 GMT", "Fri, 01 Jan 2100 00:00:00 GMT", "yesterday")

_requests = st.fixed_dictionaries(
    {
        "path": st.sampled_from(_PATHS),
        "method": st.sampled_from(_METHODS),
        "query": st.sampled_from(_QUERIES),
        "accept_encoding": st.sampled_from(_CODINGS),
        "if_none_match": st.sampled_from(_TAGS),
        "if_modified_since": st.sampled_from(_DATES),
        "if_match": st.one_of(st.none(), st.sampled_from(_TAGS)),
        "if_unmodified_since": st.one_of(st.none(), st.sampled_from(_DATES)),
        "a_im": st.sampled_from((None, None, None, "feed")),
        "sec_fetch_dest": st.sampled_from((None, None, "document")),
        "accept": st.sampled_from((None, "text/html", "application/json")),
    }
)


@pytest.fixture(scope="module")
def words(newsroom: Newsroom, ask: Reader) -> dict[str, str]:
    """What stands for the values that the newsroom chose."""
    page = ask("/articles/id0/headline-0").headers["etag"].strip('"')
    modified = ask("/feed.xml").headers["last-modified"]
    tags = {
        name: document(newsroom, format_).etag for name, format_ in zip(("rss", "atom", "json"), Format, strict=True)
    }
    return {**tags, "page": page, "modified": modified}


@pytest.fixture(scope="module")
def short(newsroom: Newsroom) -> Reader:
    """Whose clock stands: what was handed out once stays at hand."""
    return _reader(newsroom, Clock())


@pytest.fixture(scope="module")
def long(newsroom: Newsroom) -> Reader:
    """Who looks at each request, and finds that everything may have changed."""
    return _reader(newsroom, count().__next__, anew=True)


def _reader(newsroom: Newsroom, clock: Any, *, anew: bool = False) -> Reader:
    def current() -> Service:
        return Service(newsroom.config, newsroom.store) if anew else newsroom.service

    return Reader(Front(current, Pages(current, clock=clock), clock=clock))


def _asked(ask: Reader, request: dict[str, str | None], words: dict[str, str]) -> Reply:
    filled = {name: value.format(**words) if "{" in value else value for name, value in request.items() if value}
    return ask(**filled)


@settings(max_examples=200)
@given(requests=st.lists(_requests, min_size=1, max_size=4))
def test_the_short_way_answers_as_the_long_one(
    short: Reader, long: Reader, words: dict[str, str], requests: list[dict[str, str | None]]
) -> None:
    for request in requests:
        expected = _asked(long, request, words)
        assert _asked(short, request, words) == expected  # maybe the first of its kind
        assert _asked(short, request, words) == expected  # at hand, if it ever is


@pytest.fixture
def counting(own_newsroom: Newsroom) -> tuple[Reader, list[int]]:
    """A reader, and how often pages were asked to answer something themselves."""
    own_newsroom.put(article(0), article(1))
    asked: list[int] = []

    class Counting(Pages):
        def __call__(self, *arguments: Any) -> Any:
            asked.append(1)
            return super().__call__(*arguments)

    clock = Clock()
    pages = Counting(lambda: own_newsroom.service, clock=clock)
    return Reader(Front(lambda: own_newsroom.service, pages, clock=clock)), asked


@pytest.mark.parametrize("path", ["/", "/articles/id0/headline-0", "/feeds/"])
def test_a_page_is_asked_of_flask_once(counting: tuple[Reader, list[int]], path: str) -> None:
    ask, asked = counting
    tag = ask(path, accept_encoding="gzip").headers["etag"]
    assert ask(path, accept_encoding="gzip").status == 200
    assert ask(path, accept_encoding="br", if_none_match=tag).status == 304
    assert len(asked) == 1


def test_a_reader_who_takes_deltas_and_has_the_newest_state_is_answered_at_once(newsroom: Newsroom) -> None:
    looks: list[int] = []

    def current() -> Service:
        looks.append(1)
        return newsroom.service

    ask = Reader(Front(current, Pages(current, clock=Clock()), clock=Clock()))
    tag = ask("/feed.xml").headers["etag"]
    looks.clear()
    assert ask("/feed.xml", a_im="feed", if_none_match=tag).status == 304
    assert looks == []


def test_a_server_may_change_the_headers_that_it_is_given(newsroom: Newsroom) -> None:
    front = Front(lambda: newsroom.service, Pages(lambda: newsroom.service, clock=Clock()), clock=Clock())

    def ask() -> list[tuple[str, str]]:
        environ: dict[str, Any] = {"PATH_INFO": "/feed.xml"}
        setup_testing_defaults(environ)
        heard: list[list[tuple[str, str]]] = []
        front(environ, lambda _, headers, __=None: heard.append(headers))  # type: ignore[arg-type]
        told = list(heard[0])
        heard[0].append(("Date", "today"))
        return told

    assert ask() == ask() == ask()


# --- what is remembered -----------------------------------------------------------------------------------------------


@pytest.fixture
def kept(newsroom: Newsroom) -> tuple[Memory, Resource]:
    """A memory with one resource, which is too long to be given at once."""
    memory = Memory(lambda: newsroom.service, limit=10_000_000, clock=Clock())
    found = resource(b"0123456789" * 20_000, etag="tag", media_type="text/plain", headers=())
    memory.get("/long", lambda _: found)
    return memory, found


def _environ(**headers: str) -> dict[str, Any]:
    asked = {f"HTTP_{name.upper()}": value for name, value in headers.items()}
    return {"REQUEST_METHOD": "GET", "PATH_INFO": "/long", "QUERY_STRING": "", **asked}


def test_a_long_answer_is_given_in_pieces_and_again(kept: tuple[Memory, Resource]) -> None:
    memory, found = kept
    for _ in range(2):
        given = memory.at_hand(_environ())
        assert given is not None
        body = list(given[2])
        assert (len(body), b"".join(body)) == (4, found.variants[0].body)
    assert len(found.answers) == 1


def test_what_strangers_make_up_is_not_remembered_for_long(kept: tuple[Memory, Resource]) -> None:
    memory, found = kept
    for number in range(1000):
        assert memory.at_hand(_environ(if_none_match=f'"{number}"')) is not None
    assert len(found.answers) <= 32
    found.answers.clear()
    assert memory.at_hand(_environ(if_none_match='"long"' * 100)) is not None
    assert memory.at_hand(_environ(if_modified_since="x" * 150, accept_encoding="identity" + " " * 150)) is not None
    assert found.answers == {}
