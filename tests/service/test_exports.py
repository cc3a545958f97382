"""The lines of an export, as any program may write them."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.errors import ImportInvalid
from feedsvc.model import Article, FeedIdentity
from feedsvc.service import exports

AT = "2025-02-08T12:06:00+00:00"
STORY = {"id": "a", "guid": "urn:a", "source": "desk", "title": "T", "slug": "t"} | dict.fromkeys(
    ("published", "first_seen", "updated"), AT
)

TEXT = st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from('"\\\0\x7f\u2028\ufffe<>&'), max_size=9)
TIMES = st.sampled_from(
    [
        AT,
        "2025-02-08T12:06:00Z",
        "2025-02-08t12:06:00.25z",
        "2025-02-08 12:06:00.000001-03:30",
        "2025-02-08T12:06:00",
        "2025-02-08T12:06Z",
        "2025-02-08",
        "2025-02-30T12:06:00Z",
        "2025-02-08T24:00:00Z",
        "1969-12-31T23:59:59Z",
        "9999-12-31T23:59:59-23:00",
        "yesterday",
        1739016360,
        1739016360.5,
        True,
        None,
    ]
)
NUMBERS = st.sampled_from([1, 2.0, 2.5, "3", "x", True, None, 2**70, -1])
ANY = TEXT | st.none() | st.integers() | st.lists(TEXT, max_size=2)
FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "type": st.just("article") | ANY,
    "title": TEXT | ANY,
    "published": TIMES,
    "stated": TIMES,
    "revision": NUMBERS,
    "arrival": NUMBERS,
    "tags": st.lists(TEXT, max_size=3) | ANY,
    "body": st.lists(TEXT.map("<p>{}</p>".format)).map("".join) | ANY,
    "enclosures": st.lists(
        st.fixed_dictionaries({"url": TEXT}, optional={"media_type": ANY, "length": NUMBERS, "x": ANY})
    ),
    "via": st.fixed_dictionaries({"title": ANY}, optional={"link": ANY}) | ANY,
    "unknown": ANY,
}


def _read(*lines: str | bytes) -> list[Article | FeedIdentity] | tuple[int, str]:
    try:
        return [*exports.records([exports.header(), *lines], "export")]
    except ImportInvalid as error:
        return error.line, error.reason


@given(st.fixed_dictionaries({}, optional=FIELDS), st.booleans())
def test_what_is_read_quickly_is_what_the_judge_would_read(fields: dict[str, Any], escaped: bool) -> None:
    line = json.dumps({"type": "article"} | STORY | fields, ensure_ascii=escaped)
    for_the_judge = f'{line[:-1]}, "no_number": NaN}}'  # which Python reads, and no other

    assert _read(line) == _read(line.encode()) == _read(for_the_judge)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"type": "article", "title": "\xff"}', "this is no UTF-8 text"),
        (b"\xef\xbb\xbf{}", "this is no line of an export"),
        ("[" * 100_000, "this is no line of an export"),
        ('{"type": "article", "x": ' + "[" * 100_000, "this is no line of an export"),
        ("null", "this is no line of an export"),
        ('{"type": ["article"]}', "no export has lines of type ['article']"),
        ('{"type": "feedsvc", "format": 1}', "no export has lines of type 'feedsvc'"),
        ('{"type": "feed", "feed": "main"}', "guid: "),
        (json.dumps({"type": "article"} | STORY | {"title": "\ud83d"}), "title: half of a character"),
        (json.dumps({"type": "article"} | STORY | {"tags": ["a", "\udfd7"]}), "tags: half of a character"),
    ],
)
def test_a_line_that_cannot_be_read_is_named_with_the_reason(line: str | bytes, reason: str) -> None:
    story = json.dumps({"type": "article"} | STORY)

    match _read(story, line, story):
        case (3, str(told)):
            assert told.startswith(reason)
        case other:
            pytest.fail(f"{other}")


def test_bodies_are_freed_of_what_no_document_carries() -> None:
    line = json.dumps({"type": "article"} | STORY | {"body": "<p>\ud83done\x01</p><p onclick='x()'>two</p>"})

    [article] = exports.records([exports.header(), line], "export")

    assert isinstance(article, Article)
    assert article.body == "<p>one</p><p>two</p>"
