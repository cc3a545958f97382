"""Files have the same media types on every machine, and the documents name those that are handed out."""

import re
from pathlib import Path

import pytest

from feedsvc.media_types import BY_ENDING, is_media, of_address, of_file

DOCS = Path(__file__).parents[1] / "docs"
HANDED_OUT = {ending: kind for ending, kind in BY_ENDING.items() if is_media(kind)}


@pytest.mark.parametrize(
    ("address", "media_type"),
    [
        ("https://site.example/a/B.JPG?w=100#top", "image/jpeg"),
        ("https://site.example/episode.mp3", "audio/mpeg"),
        ("https://site.example/a.jpg/", "image/jpeg"),
        ("https://site.example/article", None),
        ("https://site.example/?file=a.jpg", None),
    ],
)
def test_an_address_tells_a_media_type_by_the_ending_of_its_path(address: str, media_type: str | None) -> None:
    assert of_address(address) == media_type


def test_what_is_no_address_is_part_of_the_name_of_a_file() -> None:
    assert (of_file("why?#1.png"), of_file("why.png?")) == ("image/png", None)


def test_the_guide_of_folders_names_what_is_handed_out() -> None:
    told = (DOCS / "folders.md").read_text("utf-8").split("**What is handed out**")[1].split("- **")[0]
    assert set(re.findall(r"`(\.\w+)`", told)) == set(HANDED_OUT)


def test_nginx_is_told_the_same_media_types() -> None:
    types = re.search(r"types \{(.*?)\}", (DOCS / "operations.md").read_text("utf-8"), re.DOTALL)
    assert types is not None
    said = {
        f".{ending}": line.split()[0] for line in types[1].split(";") if line.strip() for ending in line.split()[1:]
    }
    assert {ending: kind for ending, kind in said.items() if is_media(kind)} == HANDED_OUT
