"""A post said as an item and back as a post is the same post."""

from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.errors import PushInvalid
from feedsvc.web.microformats import changed, item_of, properties_of

BAKU = ZoneInfo("Asia/Baku")
TEXTS = st.text(max_size=60)
LISTS = st.lists(TEXTS, max_size=3)
PHOTOS = st.lists(
    st.one_of(TEXTS, st.fixed_dictionaries({"value": TEXTS, "alt": TEXTS}), st.integers(), st.none()), max_size=3
)
POSTS = st.fixed_dictionaries(
    {},
    optional=dict.fromkeys(("name", "content", "summary", "category", "author", "featured"), LISTS) | {"photo": PHOTOS},
)
EXTENSION = {"published": "2025-02-09T06:00:00+00:00"}


def stored(properties: dict[str, list[Any]]) -> dict[str, Any]:
    """The item of a post as it is read again."""
    return {"id": "my-1", **item_of(properties, BAKU), "_feedsvc": EXTENSION}


@given(POSTS)
def test_what_a_post_says_survives_being_an_item(properties: dict[str, list[Any]]) -> None:
    try:
        item = stored(properties)
    except PushInvalid:
        return
    again = {**stored(properties_of(item)), "date_published": None}
    assert {name: value for name, value in again.items() if value} == item


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2025-02-09T10:00:00", "2025-02-09T10:00:00+04:00"),
        ("2025-02-09 10:00", "2025-02-09T10:00:00+04:00"),
        ("2025-02-09T10:00:00Z", "2025-02-09T10:00:00+00:00"),
        ("2025-02-09T10:00:00-0800", "2025-02-09T10:00:00-08:00"),
        ("yesterday", "yesterday"),
    ],
)
def test_times_without_an_offset_are_in_the_sources_zone(written: str, moment: str) -> None:
    assert item_of({"name": ["A"], "published": [written]}, BAKU)["date_published"] == moment


def test_a_note_has_the_beginning_of_its_text_as_headline() -> None:
    words = "word " * 40
    item = item_of({"content": [f"{words}\n\nMore."]}, BAKU)
    assert item["title"] == " ".join(["word"] * 19) + " …"
    assert len(item["title"]) <= 100
    assert (
        item_of({"photo": [{"value": "https://e.example.org/a.jpg", "alt": "A sunset"}]}, BAKU)["title"] == "A sunset"
    )


def test_changes_leave_the_properties_as_they_were() -> None:
    before = {"category": ["a"]}
    assert changed(before, {"add": {"category": ["b"]}}) == {"category": ["a", "b"]}
    assert changed(before, {"delete": ["category"]}) == {}
    assert before == {"category": ["a"]}
