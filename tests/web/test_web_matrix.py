"""Front and Flask over the whole matrix of methods, codings and preconditions.

Both are held to what RFC 9110 says, written down here once more, and pages, which either may answer, to one another.
"""

from dataclasses import dataclass
from datetime import timedelta
from email.utils import format_datetime, parsedate_to_datetime
from itertools import product

import pytest
from webroom import Clock, Newsroom, Reader, Reply

from feedsvc.web.front import Front
from feedsvc.web.pages import Pages

# What is asked for, and what is to come: of the codings that are ready the best that the client takes (§12.5.3).
_CODINGS = {
    None: "identity",
    "gzip": "gzip",
    "gzip;q=0.5, br": "br",
    "identity": "identity",
    "gzip;q=0, br;q=0": "identity",
    "identity;q=0, *;q=0": None,
}
_NONE_MATCH = (None, "*", "same", "weak", "other coding", "proxied", "never")
_MATCH = (None, "*", "same", "weak")
_MODIFIED = (None, "now", "before")
_UNMODIFIED = (None, "before")


@dataclass(frozen=True)
class Known:
    """What a reader knows of an address beforehand: its tags by coding, and when it changed (None: never told)."""

    tags: dict[str, str]
    modified: str | None

    def tag(self, which: str | None, coding: str) -> str | None:
        other = next(name for name in self.tags if name != coding)
        return {
            "same": self.tags[coding],
            "weak": f"W/{self.tags[coding]}",
            "other coding": self.tags[other],
            "proxied": f'{self.tags["identity"][:-1]}-gzip"',
            "never": '"never"',
        }.get(which or "", which)

    def date(self, which: str | None) -> str | None:
        told = self.modified or "Sat, 08 Feb 2025 08:06:00 GMT"
        before = format_datetime(parsedate_to_datetime(told) - timedelta(seconds=1), usegmt=True)
        return {"now": told, "before": before}.get(which or "", which)


def _known(ask: Reader, path: str) -> Known:
    replies = {coding: ask(path, accept_encoding=coding) for coding in ("identity", "gzip", "br")}
    return Known(
        {coding: reply.headers["etag"] for coding, reply in replies.items()},
        replies["identity"].headers.get("last-modified"),
    )


def _expected(coding: str | None, preconditions: tuple[str | None, ...], known: Known) -> int:
    """Return the status. Source: RFC 9110 §13.2.2, the order of preconditions; §13.1, what each of them says."""
    none_match, match, since, unmodified = preconditions
    if coding is None:
        return 406
    # If-Match compares strongly, and beats the date; so does If-None-Match, weakly.
    if match == "weak" or (match is None and unmodified == "before" and known.modified):
        return 412
    confirmed = none_match != "never" if none_match else since == "now" and known.modified
    return 304 if confirmed else 200


@pytest.mark.parametrize("path", ["/feed.xml", "/feeds/politics.json", "/articles/id0/headline-0"])
def test_front_and_flask_answer_alike_whatever_is_asked_for(newsroom: Newsroom, path: str) -> None:
    clock = Clock()  # it stands: what was asked for before stays at hand
    pages = Pages(lambda: newsroom.service, clock=clock)
    front = Reader(Front(lambda: newsroom.service, pages, clock=clock))
    flask = None if path.startswith("/feed") else Reader(Pages(lambda: newsroom.service, clock=clock))
    known = _known(front, path)
    matrix = product(("GET", "HEAD"), _CODINGS.items(), product(_NONE_MATCH, _MATCH, _MODIFIED, _UNMODIFIED))
    for method, (asked, coding), preconditions in matrix:
        none_match, match, since, unmodified = preconditions
        headers = {
            "accept_encoding": asked,
            "if_none_match": known.tag(none_match, coding or "identity"),
            "if_match": known.tag(match, coding or "identity"),
            "if_modified_since": known.date(since),
            "if_unmodified_since": known.date(unmodified),
        }
        said = {name: value for name, value in headers.items() if value is not None}
        reply = front(path, method, **said)
        status = _expected(coding, preconditions, known)
        assert (said, reply.status) == (said, status)
        if flask:
            assert (said, flask(path, method, **said)) == (said, reply)
        if status in (200, 304):
            _is_whole(reply, method, coding or "", known)


@pytest.mark.parametrize("path", ["/feed.xml", "/articles/id0/headline-0"])
def test_what_may_be_done_is_told_whatever_else_is_asked_for(ask: Reader, path: str) -> None:
    for coding, tag in product(_CODINGS, _NONE_MATCH):
        said = {"accept_encoding": coding, "if_none_match": tag}
        reply = ask(path, "OPTIONS", **{name: value for name, value in said.items() if value})
        assert (reply.status // 100, reply.body) == (2, b"")
        refused = ask(path, "POST", **{name: value for name, value in said.items() if value})
        assert refused.status == 405
        for told in (reply, refused):
            assert {*told.headers["allow"].split(", ")} == {"GET", "HEAD", "OPTIONS"}


def _is_whole(reply: Reply, method: str, coding: str, known: Known) -> None:
    """A 304 has what the 200 would have said of the state that it confirms (§15.4.5); a HEAD the length of the GET."""
    assert reply.headers["etag"] in known.tags.values()
    assert {"cache-control", "vary"} <= reply.headers.keys()
    assert reply.headers.get("last-modified") == known.modified
    if reply.status == 304:
        assert (reply.body, "content-encoding" in reply.headers) == (b"", False)
        return
    assert reply.headers["etag"] == known.tags[coding]
    assert reply.headers.get("content-encoding", "identity") == coding
    assert method == "HEAD" or int(reply.headers["content-length"]) == len(reply.body)
    assert method == "GET" or reply.body == b""


@pytest.mark.parametrize("coding", [None, "gzip"])
def test_a_reader_and_a_window_get_each_their_own_media_type_in_turns(ask: Reader, coding: str | None) -> None:
    said = {"accept_encoding": coding} if coding else {}
    for _ in range(2):  # the second time what was asked for is at hand
        assert ask("/feed.xml", **said).headers["content-type"] == "application/rss+xml; charset=utf-8"
        shown = ask("/feed.xml", **said, sec_fetch_dest="document")
        assert shown.headers["content-type"] == "application/xml; charset=utf-8"
