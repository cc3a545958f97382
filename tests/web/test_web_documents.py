"""What a request for a feed gets: RFC 9110 and 9111, row by row."""

import gzip
import json
from datetime import timedelta
from email.utils import format_datetime, parsedate_to_datetime

import brotli
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st
from webroom import BASE, Newsroom, Reader, document

from feedsvc import web
from feedsvc.model import Format

PATHS = {Format.RSS: "/feed.xml", Format.ATOM: "/atom.xml", Format.JSON: "/feed.json"}
UNPACK = {"gzip": gzip.decompress, "br": brotli.decompress, "zstd": zstandard.ZstdDecompressor().decompress}


@pytest.mark.parametrize("format_", Format)
def test_a_document_comes_as_it_was_published(ask: Reader, newsroom: Newsroom, format_: Format) -> None:
    published = document(newsroom, format_)
    reply = ask(PATHS[format_])
    assert (reply.status, reply.body) == (200, published.body)
    assert reply.headers == {
        "content-type": f"{format_.media_type}; charset=utf-8",
        "content-length": str(len(published.body)),
        "etag": f'"{published.etag}"',
        "last-modified": format_datetime(published.last_modified, usegmt=True),
        "cache-control": f"public, max-age={published.max_age_s}, stale-while-revalidate=60, stale-if-error=86400",
        "vary": "Accept-Encoding" if format_ is Format.JSON else "Accept-Encoding, Sec-Fetch-Dest",
        "link": f'<{BASE}/hub>; rel="hub", <{BASE}{PATHS[format_]}>; rel="self"',
        "x-content-type-options": "nosniff",
        "access-control-allow-origin": "*",
        "access-control-expose-headers": "ETag, Link",
    }


@pytest.mark.parametrize("ending", ["xml", "atom", "json"])
def test_other_feeds_stand_under_feeds(ask: Reader, newsroom: Newsroom, ending: str) -> None:
    reply = ask(f"/feeds/politics.{ending}")
    assert (reply.status, reply.body) == (200, document(newsroom, Format(ending), "politics").body)
    assert reply.headers["link"] == f'<{BASE}/hub>; rel="hub", <{BASE}/feeds/politics.{ending}>; rel="self"'


def test_two_requests_without_a_change_get_the_same_answer(ask: Reader) -> None:
    assert ask("/feed.xml", accept_encoding="br") == ask("/feed.xml", accept_encoding="br")


@pytest.mark.parametrize("coding", UNPACK)
def test_each_coding_has_its_own_strong_tag_and_the_same_content(ask: Reader, newsroom: Newsroom, coding: str) -> None:
    published = document(newsroom)
    reply = ask("/feed.xml", accept_encoding=coding)
    assert UNPACK[coding](reply.body) == published.body
    assert reply.headers["content-encoding"] == coding
    assert reply.headers["etag"] == f'"{published.etag}-{coding}"'
    assert int(reply.headers["content-length"]) == len(reply.body) < len(published.body)


@pytest.mark.parametrize(
    ("accepted", "given_"),
    [
        ("", None),
        ("identity", None),
        ("gzip", "gzip"),
        ("x-gzip", "gzip"),
        ("GZIP", "gzip"),
        ("gzip;q=0.5, br;q=1.0", "br"),
        ("gzip; q=0.1 , br ;q=0", "gzip"),
        ("gzip;q=0.001", "gzip"),
        ("gzip;q=0", None),
        ("gzip;q=0.5, identity", None),
        ("deflate, compress", None),
        ("*;q=0.3, gzip;q=0.9", "gzip"),
        ("gzip;q=nonsense", None),
        ("br;q=nonsense, gzip", "gzip"),
        ("identity;q=0, gzip", "gzip"),
        ("*;q=0, gzip", "gzip"),
    ],
)
def test_the_welcomest_coding_is_chosen(ask: Reader, accepted: str, given_: str | None) -> None:
    reply = ask("/feed.xml", accept_encoding=accepted)
    assert (reply.status, reply.headers.get("content-encoding")) == (200, given_)


@pytest.mark.parametrize("accepted", ["*", "gzip, br, zstd", "gzip, deflate, br, zstd"])
def test_among_equals_the_smallest_is_chosen(ask: Reader, newsroom: Newsroom, accepted: str) -> None:
    published = document(newsroom)
    smallest = min(published.encodings.values(), key=len)
    assert len(ask("/feed.xml", accept_encoding=accepted).body) == len(smallest)


@pytest.mark.parametrize("accepted", ["identity;q=0", "*;q=0", "deflate, *;q=0", "identity;q=0, gzip;q=0"])
def test_nothing_acceptable_is_refused_and_not_served_as_a_feed(ask: Reader, accepted: str) -> None:
    reply = ask("/feed.xml", accept_encoding=accepted)
    assert reply.status == 406
    assert reply.headers["content-type"] == "text/html; charset=utf-8"


@pytest.mark.parametrize(
    "tags",
    [
        '"{}"',
        'W/"{}"',
        '"other", "{}"',
        '"a,b" , W/"{}" ,"c"',
        "*",
        " * ",
        "{}",
        '"{}-gzip"',
        'W/"{}-gzip"',
        '"{}--gzip"',
        '"{};gzip"',
        '"{}-gzip-gzip"',
        '"{}-br"',
        '"{}-zstd"',
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("accepted", ["gzip", "identity", "br, gzip"])
def test_a_known_tag_gets_304_without_a_body(
    ask: Reader, newsroom: Newsroom, tags: str, method: str, accepted: str
) -> None:
    full = ask("/feed.xml")
    known = tags.replace("{}", document(newsroom).etag)
    reply = ask("/feed.xml", method, if_none_match=known, accept_encoding=accepted)
    assert (reply.status, reply.body) == (304, b"")
    assert reply.headers.pop("etag").startswith(f'"{document(newsroom).etag}')
    kept = "cache-control vary last-modified link x-content-type-options access-control-allow-origin "
    assert reply.headers == {name: full.headers[name] for name in (kept + "access-control-expose-headers").split()}


@pytest.mark.parametrize("coding", UNPACK)
def test_304_names_the_coding_that_the_client_has(ask: Reader, coding: str) -> None:
    tag = ask("/feed.xml", accept_encoding=coding).headers["etag"]
    assert ask("/feed.xml", accept_encoding="gzip, br, zstd", if_none_match=tag).headers["etag"] == tag


@pytest.mark.parametrize("tags", ['"other"', "", ",", '"', 'W/"', '"{}x"', '"x{}"', "\x00", '"a,{},b"'])
def test_an_unknown_tag_gets_the_document(ask: Reader, newsroom: Newsroom, tags: str) -> None:
    known = tags.replace("{}", document(newsroom).etag)
    assert ask("/feed.xml", if_none_match=known).status == 200


def test_if_none_match_beats_if_modified_since(ask: Reader) -> None:
    modified = ask("/feed.xml").headers["last-modified"]
    assert ask("/feed.xml", if_modified_since=modified).status == 304
    assert ask("/feed.xml", if_modified_since=modified, if_none_match='"other"').status == 200
    tag = ask("/feed.xml").headers["etag"]
    assert ask("/feed.xml", if_modified_since="Sat, 01 Jan 2000 00:00:00 GMT", if_none_match=tag).status == 304


@pytest.mark.parametrize("form", ["%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"])
@pytest.mark.parametrize(("later_s", "status"), [(-1, 200), (0, 304), (1, 304), (86400, 304)])
def test_if_modified_since_is_read_in_all_three_forms(
    ask: Reader, newsroom: Newsroom, form: str, later_s: int, status: int
) -> None:
    since = document(newsroom).last_modified + timedelta(seconds=later_s)
    reply = ask("/feed.xml", if_modified_since=since.strftime(form))
    assert (reply.status, reply.body == b"") == (status, status == 304)


@pytest.mark.parametrize("since", ["", "yesterday", "0", "Sat, 99 Feb 2025 00:00:00 GMT", "2099-01-01", "\xff"])
def test_an_unreadable_date_counts_as_absent(ask: Reader, since: str) -> None:
    assert ask("/feed.xml", if_modified_since=since).status == 200
    assert ask("/feed.xml", if_unmodified_since=since).status == 200


def test_last_modified_is_whole_seconds_and_not_in_the_future(ask: Reader, newsroom: Newsroom) -> None:
    stated = parsedate_to_datetime(ask("/feed.xml").headers["last-modified"])
    assert stated == document(newsroom).last_modified
    assert ask("/feed.xml", if_unmodified_since=format_datetime(stated, usegmt=True)).status == 200


def test_a_failed_precondition_gets_412(ask: Reader) -> None:
    tag = ask("/feed.xml").headers["etag"]
    assert ask("/feed.xml", if_match=tag).status == 200
    assert ask("/feed.xml", if_match="*").status == 200
    assert ask("/feed.xml", if_match='"other"').status == 412
    assert ask("/feed.xml", if_match=f"W/{tag}").status == 412  # strong comparison, RFC 9110 §13.1.1
    assert ask("/feed.xml", if_unmodified_since="Sat, 01 Jan 2000 00:00:00 GMT").status == 412
    assert ask("/feed.xml", if_match=tag, if_unmodified_since="Sat, 01 Jan 2000 00:00:00 GMT").status == 200


@pytest.mark.parametrize("path", ["/feed.xml", "/feeds/politics.atom", "/feeds/nosuch.xml", "/", "/nosuch", "/healthz"])
def test_head_has_the_headers_of_get_and_no_body(ask: Reader, path: str) -> None:
    got, headed = ask(path, accept_encoding="gzip"), ask(path, "HEAD", accept_encoding="gzip")
    assert (headed.status, headed.headers, headed.body) == (got.status, got.headers, b"")
    assert int(headed.headers["content-length"]) == len(got.body)


def test_a_range_is_ignored(ask: Reader) -> None:
    assert ask("/feed.xml", range="bytes=0-9").status == 200


@pytest.mark.parametrize("query", ["utm_source=x", "before=id1", "%", "a=1&a=2;b"])
def test_unknown_query_parameters_are_ignored(ask: Reader, query: str) -> None:
    assert ask("/feed.xml", query=query) == ask("/feed.xml")


def test_options_says_what_is_possible_to_pages_elsewhere_too(ask: Reader) -> None:
    reply = ask("/feed.json", "OPTIONS", origin="https://elsewhere.example.org")
    assert (reply.status, reply.body, reply.headers["allow"]) == (204, b"", "GET, HEAD, OPTIONS")
    assert reply.headers["access-control-allow-origin"] == "*"
    assert reply.headers["access-control-allow-headers"] == "*"


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "TRACE"])
def test_other_methods_are_refused_with_what_is_possible(ask: Reader, method: str) -> None:
    reply = ask("/feed.xml", method, accept="application/json")
    assert (reply.status, reply.headers["allow"]) == (405, "GET, HEAD, OPTIONS")
    assert json.loads(reply.body)["status"] == 405


@pytest.mark.parametrize(
    ("path", "status"),
    [("/feeds/nosuch.xml", 404), ("/feeds/Politics.xml", 404), ("/feeds/politics.rss", 404), ("/feeds/.xml", 404)],
)
def test_an_unknown_feed_is_404_and_never_a_feed(ask: Reader, path: str, status: int) -> None:
    reply = ask(path)
    assert (reply.status, reply.headers["content-type"]) == (status, "text/html; charset=utf-8")


@pytest.mark.parametrize(
    ("path", "target"),
    [("/feeds/main.xml", "/feed.xml"), ("/feed.json/", "/feed.json"), ("/feeds/politics.xml/", "/feeds/politics.xml")],
)
def test_another_spelling_of_an_address_leads_to_the_canonical_one(ask: Reader, path: str, target: str) -> None:
    reply = ask(path)
    assert (reply.status, reply.headers["location"]) == (301, target)


def test_no_answer_sets_a_cookie(ask: Reader) -> None:
    for path in ("/feed.xml", "/", "/feeds/", "/articles/id0/headline-0", "/nosuch", "/healthz", "/readyz"):
        assert "set-cookie" not in ask(path, cookie="session=1").headers


_bytes = st.text(st.characters(max_codepoint=255), max_size=60)
_tags = st.lists(
    st.sampled_from(['"x"', "W/", '"', ",", "*", "-gzip", ";q=", "gzip", "br", "0", "1.", " "]), max_size=9
)
_HEADERS = [
    "accept",
    "accept_encoding",
    "if_match",
    "if_modified_since",
    "if_none_match",
    "if_unmodified_since",
    "host",
]
_value = _bytes | _tags.map("".join)


@given(
    st.sampled_from(["/feed.xml", "/feeds/politics.json", "/", "/articles/id0/headline-0", "/articles/id1", "/nosuch"]),
    st.sampled_from(["GET", "HEAD", "OPTIONS", "POST"]),
    st.fixed_dictionaries(
        {},
        optional=dict.fromkeys(_HEADERS, _value),
    ),
    _value,
)
def test_no_header_breaks_the_answer(ask: Reader, path: str, method: str, headers: dict[str, str], query: str) -> None:
    reply = ask(path, method, query=query, **headers)
    assert reply.status < 500
    if reply.status == 304:
        assert reply.body == b""


@given(_bytes)
def test_no_path_breaks_the_answer(ask: Reader, path: str) -> None:
    for prefix in ("/", "/feeds/", "/articles/", "/articles/id0/", "/feed.xml"):
        assert ask(prefix + path).status < 500


@pytest.mark.parametrize(("path", "status"), [("/feed.xml", "200"), ("/", "200"), ("/nosuch", "404")])
def test_each_request_is_one_line_of_the_log_when_asked_for(
    newsroom: Newsroom, caplog: pytest.LogCaptureFixture, path: str, status: str
) -> None:
    with caplog.at_level("DEBUG", "feedsvc.web"):
        Reader(web.create(lambda: newsroom.service))(path, user_agent="Example/1.0 (7 subscribers)")
    (record,) = caplog.records
    assert (record.getMessage(), record.path, record.status, record.agent) == (  # type: ignore[attr-defined]
        "request",
        path,
        status,
        "Example/1.0 (7 subscribers)",
    )
