"""Private feeds: read by whoever has a key, known to nobody else, and the key stays with its owner."""

import json
import logging
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import feedparser
import pytest
from webroom import BASE, CONFIG, Newsroom, Reader, Reply, article

from feedsvc import web
from feedsvc.config import load
from feedsvc.errors import NotFound, TokenForbidden
from feedsvc.model import FeedName, Format, Leave, Token

PRIVATE = """
[[feeds]]
name = "members"
title = "For members"
sections = ["Members"]
access = "token"

[[feeds]]
name = "board"
title = "For the board"
access = "token"

[[sources]]
name = "cms"
kind = "push"
"""


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Newsroom]:
    room = Newsroom(tmp_path, CONFIG + PRIVATE)
    room.put(article(0, section="Members"), article(1, section="Politics"))
    yield room
    room.close()


@pytest.fixture
def ask(room: Newsroom) -> Reader:
    return Reader(web.create(lambda: room.service))


@pytest.fixture
def given(room: Newsroom) -> tuple[Token, str]:
    return room.service.tokens.add_for_feed("members", "Ada")


@pytest.fixture
def key(given: tuple[Token, str]) -> str:
    return given[1]


# --- reading ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("format_", Format)
def test_whoever_has_a_key_reads_the_feed(ask: Reader, key: str, format_: Format) -> None:
    reply = ask(f"/private/{key}/members.{format_}")
    assert (reply.status, reply.headers["content-type"]) == (200, f"{format_.media_type}; charset=utf-8")
    parsed = json.loads(reply.body)["items"] if format_ is Format.JSON else feedparser.parse(reply.body).entries
    assert [entry["title"] for entry in parsed] == ["Headline 0"]
    assert key.encode() not in reply.body
    assert f"{BASE}/private/members.{format_}".encode() in reply.body
    assert b"/feeds/members" not in reply.body


@pytest.mark.parametrize("format_", [Format.RSS, Format.ATOM])
def test_in_a_browser_it_is_a_page_that_shows_no_address_which_opens_nothing(
    ask: Reader, key: str, format_: Format
) -> None:
    path = f"/private/{key}/members.{format_}"
    program, browser = ask(path), ask(path, Sec_Fetch_Dest="document")
    assert browser.headers["content-type"] == "application/xml; charset=utf-8"
    assert browser.body == program.body
    assert program.headers["vary"] == browser.headers["vary"] == "Accept-Encoding, Sec-Fetch-Dest"
    sheet = ask("/static/feed.css").body.decode()
    assert 'atom|link[rel="self"][href*="/private/"] { display: none; }' in sheet


def test_the_answer_is_for_no_shared_cache_no_page_elsewhere_and_no_search_engine(ask: Reader, key: str) -> None:
    headers = ask(f"/private/{key}/members.xml").headers
    assert re.fullmatch(r"private, max-age=\d+", headers["cache-control"])
    assert (headers["referrer-policy"], headers["x-robots-tag"]) == ("no-referrer", "noindex")
    assert headers["x-content-type-options"] == "nosniff"
    assert not any(name.startswith("access-control") or name in ("link", "set-cookie") for name in headers)
    assert all(key not in value for value in headers.values())


def test_it_is_confirmed_and_compressed_as_any_other(ask: Reader, key: str) -> None:
    path = f"/private/{key}/members.xml"
    full = ask(path, accept_encoding="gzip")
    assert full.headers["content-encoding"] == "gzip"
    known = ask(path, if_none_match=full.headers["etag"])
    assert (known.status, known.body) == (304, b"")
    assert known.headers["cache-control"].startswith("private, max-age=")
    assert ask(path, "HEAD").body == b""
    assert (ask(path, "POST").status, ask(path, "OPTIONS").status) == (405, 200)


def test_two_subscribers_get_the_same_bytes(room: Newsroom, ask: Reader, key: str) -> None:
    _, other = room.service.tokens.add_for_feed("members", "Ben")
    assert other != key
    one, two = (ask(f"/private/{each}/members.atom") for each in (key, other))
    assert one == two


def test_the_feed_follows_its_articles(room: Newsroom, key: str) -> None:
    room.put(article(2, section="Members"))
    reply = Reader(web.create(lambda: room.service))(f"/private/{key}/members.json")
    assert len(json.loads(reply.body)["items"]) == 2


# --- being kept out ---------------------------------------------------------------------------------------------------


def is_refused(reply: Reply, status: int) -> bool:
    return (
        (reply.status, reply.headers["content-type"]) == (status, "text/html; charset=utf-8")
        and (reply.headers["cache-control"], reply.headers["referrer-policy"]) == ("private, no-store", "no-referrer")
    )  # fmt: skip


def test_what_is_not_an_address_of_a_subscriber_is_404_and_tells_nothing(room: Newsroom, ask: Reader, key: str) -> None:
    _, pushes = room.service.tokens.add_for_source("cms")
    wrong = [
        "/private/members.xml",
        "/private/nosuch.xml",
        f"/private/{key}",
        f"/private/{key}/",
        f"/private/{key}/members",
        f"/private/{key}/members.rss",
        f"/private/{key}/board.xml",
        f"/private/{key}/nosuch.xml",
        f"/private/{key}/politics.xml",
        f"/private/{key}/main.xml",
        f"/private/{key}x/members.xml",
        f"/private/{key.lower()}/members.xml",
        f"/private/{pushes}/members.xml",
        f"/private/{pushes}/cms.xml",
        "/private/ə/members.xml".encode().decode("latin-1"),
        "/private/a\x00/members.xml",
    ]
    replies = [ask(path) for path in wrong]
    assert [path for path, reply in zip(wrong, replies, strict=True) if not is_refused(reply, 404)] == []
    assert len({reply.body for reply in replies}) == 1


def test_a_revoked_address_is_gone_at_once_and_the_others_stay(
    room: Newsroom, ask: Reader, given: tuple[Token, str]
) -> None:
    token, key = given
    _, other = room.service.tokens.add_for_feed("members", "Ben")
    assert ask(f"/private/{key}/members.xml").status == 200
    room.service.tokens.revoke(token.id)
    assert is_refused(ask(f"/private/{key}/members.xml"), 410)
    assert is_refused(ask(f"/private/{key}/board.xml"), 404)
    assert ask(f"/private/{other}/members.xml").status == 200


@pytest.mark.parametrize("path", ["/feeds/members.xml", "/feeds/members.atom", "/feeds/members.json"])
def test_it_is_not_where_public_feeds_are(ask: Reader, path: str) -> None:
    assert ask(path).status == 404


LISTS = [
    "/",
    "/feeds/",
    "/feed.xml",
    "/articles/id0/headline-0",
    "/readyz",
    "/feeds.opml",
    "/sitemap.xml",
    "/robots.txt",
]


@pytest.mark.parametrize("path", LISTS)
def test_it_is_listed_nowhere(ask: Reader, path: str) -> None:
    body = ask(path).body.lower()
    assert not re.search(rb"for members|for the board|feeds/members|feeds/board|/private/[a-z]", body)


def test_a_feed_that_becomes_public_is_where_public_feeds_are(room: Newsroom, key: str) -> None:
    file = room.config.file
    file.write_text(file.read_text().replace('access = "token"', ""))
    service = room.service.reconfigured(load(file))
    service.prepare()
    ask = Reader(web.create(lambda: service))
    assert f"{BASE}/feeds/members.xml".encode() in ask("/feeds/members.xml").body
    assert ask(f"/private/{key}/members.xml").status == 404


def test_pages_of_its_articles_are_public(ask: Reader) -> None:
    assert ask("/articles/id0/headline-0").status == 200


# --- keys -------------------------------------------------------------------------------------------------------------


def test_only_private_feeds_have_keys(room: Newsroom) -> None:
    with pytest.raises(TokenForbidden, match="feed 'politics': everybody may read it"):
        room.service.tokens.add_for_feed("politics")
    with pytest.raises(NotFound, match="no feed 'member'; did you mean 'members'"):
        room.service.tokens.add_for_feed("member")


def test_a_key_is_no_leave_to_push(ask: Reader, key: str) -> None:
    assert ask("/api/articles", authorization=f"Bearer {key}").status == 401


def test_the_database_knows_digests_only_and_the_day_of_the_last_use(room: Newsroom, ask: Reader, key: str) -> None:
    assert [token.used for token in room.service.tokens.list()] == [None]
    ask(f"/private/{key}/members.xml")
    [token] = room.service.tokens.list()
    assert (token.leave, token.name, token.label) == (Leave.READ, "members", "Ada")
    assert token.used is not None
    room.store.close()
    kept = b"".join(file.read_bytes() for file in (room.config.folder / "var").iterdir())
    assert key.removeprefix("feedsvc_").encode() not in kept


def test_no_key_is_ever_logged(room: Newsroom, key: str, caplog: pytest.LogCaptureFixture) -> None:
    class Broken:
        def __getattr__(self, name: str) -> object:
            raise RuntimeError("a bug")

    services = [room.service, Broken()]
    with caplog.at_level(logging.DEBUG):
        ask = Reader(web.create(lambda: services[0]))  # type: ignore[arg-type, return-value]
        ask(f"/private/{key}/members.xml")
        ask(f"/private/{key}x/members.xml")
        services.pop(0)
        with pytest.raises(RuntimeError):  # even the page of a problem needs a service
            ask(f"/private/{key}/members.xml")
    assert "request" in {record.getMessage() for record in caplog.records}
    assert all(key not in f"{vars(record)} {record.exc_text}" for record in caplog.records)


def feedsvc(room: Newsroom) -> Callable[..., "subprocess.CompletedProcess[str]"]:
    command = [sys.executable, "-m", "feedsvc", "--config", str(room.config.file)]
    return lambda *arguments: subprocess.run(
        [*command, *arguments],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "LANG": "C.UTF-8"},
    )


def test_the_command_gives_out_addresses_once(room: Newsroom, ask: Reader) -> None:
    run = feedsvc(room)
    added = run("tokens", "add", "--feed", "members", "--label", "Ada")
    addresses = added.stdout.split()
    assert (added.returncode, len(addresses)) == (0, 3)
    assert [ask(address.removeprefix(BASE)).status for address in addresses] == [200, 200, 200]

    [token] = room.service.tokens.list()
    listed = run("tokens", "list").stdout
    assert listed.split("\t")[:4] == [token.id, "read", "members", "Ada"]
    assert addresses[0].split("/")[-2] not in listed

    assert run("tokens", "revoke", token.id).stdout == f"revoked {token.id} for members\n"
    assert ask(addresses[0].removeprefix(BASE)).status == 410


def test_the_command_wants_a_source_or_a_feed(room: Newsroom) -> None:
    run = feedsvc(room)
    assert [run("tokens", "add", *each).returncode for each in ((), ("cms", "--feed", "members"))] == [2, 2]
    assert run("tokens", "add", "--feed", "politics").returncode == 1


def test_a_private_document_is_not_a_public_one(room: Newsroom) -> None:
    assert room.service.public.document(FeedName("members"), Format.RSS) is None
    assert room.service.private.document(FeedName("politics"), Format.RSS) is None
    assert all(feed.name not in ("members", "board") for feed in room.service.public.feeds())
