"""Folders of articles: the corpus of front matter, Markdown and HTML, and what no file may do."""

import json
import time
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedsvc.model import Entry, Harvest, Listing, Snapshot, SourceName, to_json
from feedsvc.sources.folder import MAX_BYTES, read
from feedsvc.sources.media import MediaFolder

CORPUS = Path(__file__).parent / "corpus" / "folder"
CASES = sorted(path.stem for path in CORPUS.glob("*.json"))
BAKU = ZoneInfo("Asia/Baku")
TAKEN = datetime(2025, 2, 9, 10, 0, tzinfo=BAKU)
MOST_S = 20.0


def file(written: str | bytes, name: str = "a.md") -> Harvest:
    body = written.encode() if isinstance(written, str) else written
    return read(Snapshot(name, body, TAKEN), zone=BAKU)


def article(written: str, name: str = "a.md") -> Entry:
    found = file(written, name).article
    assert found is not None
    return found


# --- the corpus -------------------------------------------------------------------------------------------------------


def label(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((CORPUS / f"{name}.json").read_text("utf-8"))
    return loaded


def harvest(name: str, folder: Path) -> Harvest:
    said = label(name)
    for beside in ("news/ferry.jpg", "news/b.jpg"):
        (folder / beside).parent.mkdir(exist_ok=True)
        (folder / beside).write_bytes(b"\xff\xd8\xff picture")
    snapshot = Snapshot(said["origin"], (CORPUS / name).read_bytes(), datetime.fromisoformat(said["saved_at"]))
    return read(snapshot, zone=ZoneInfo(said["timezone"]), media=MediaFolder(SourceName("town"), folder, "."))


@pytest.mark.parametrize("name", CASES)
def test_a_file_is_read_as_its_label_says(name: str, tmp_path: Path) -> None:
    want, got = label(name), harvest(name, tmp_path)
    if want["article"] is None:
        assert got.article is None
    else:
        assert got.article is not None
        everything = to_json(asdict(got.article))
        assert {key: everything[key] for key in want["article"]} == want["article"]
    assert (got.entries, got.listing.value) == ((), want["listing"])
    assert len(got.complaints) == len(want["complaints"]), got.complaints
    for complaint, (place, part) in zip(got.complaints, want["complaints"], strict=True):
        assert complaint.where.startswith(want["origin"] + place)
        assert part in complaint.message


def test_every_file_has_its_label() -> None:
    assert sorted(path.name for path in CORPUS.iterdir() if path.suffix != ".json") == CASES
    assert len(CASES) >= 27


# --- identity ---------------------------------------------------------------------------------------------------------


def test_an_edited_file_stays_the_same_article() -> None:
    before, after = article("# One\n\nWords."), article("---\ndate: 2025-01-01\n---\n# Two\n\nOther words.")
    assert before.guid == after.guid == "a.md"


def test_a_moved_file_stays_the_same_article_by_its_id() -> None:
    written = "---\nid: budget-2025\n---\n# Budget\n\nWords."
    assert article(written, "a.md").guid == article(written, "old/b.md").guid == "budget-2025"


# --- names and values -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["publish_at", "publish-at", "publishAt", "publishDate", "publish_date", "PUBLISH_AT"])
def test_an_embargo_is_known_by_any_spelling(key: str) -> None:
    found = article(f"---\n{key}: 2025-03-01T09:00:00+04:00\n---\n# A\n\nWords.")
    assert (found.embargoed, found.published) == (True, datetime(2025, 3, 1, 9, 0, tzinfo=BAKU))


@pytest.mark.parametrize("written", ["true", "True", "yes", '"true"', "1", "on"])
def test_a_draft_is_no_article_and_no_fault(written: str) -> None:
    assert file(f"---\ndraft: {written}\n---\n# A\n\nWords.") == Harvest(listing=Listing.EMPTY)


@pytest.mark.parametrize("written", ["false", "no", "", "~", "null"])
def test_what_is_no_draft_is_an_article(written: str) -> None:
    assert article(f"---\ndraft: {written}\n---\n# A\n\nWords.").title == "A"


@pytest.mark.parametrize(
    "written", ["Jo Ray", "[Jo Ray]", "\n  - Jo Ray", "{name: Jo Ray}", "\n  - name: Jo Ray\n    url: x"]
)
def test_an_author_is_known_however_it_is_written(written: str) -> None:
    assert article(f"---\nauthor: {written}\n---\n# A\n\nWords.").authors == ("Jo Ray",)


def test_front_matter_is_stronger_than_the_page() -> None:
    page = '<html><head><meta name="author" content="Page"><title>Page</title></head><body><p>x</p></body></html>'
    found = article(f"---\ntitle: Front\nauthor: Front\n---\n{page}", "a.html")
    assert (found.title, found.authors) == ("Front", ("Front",))


def test_an_index_has_the_name_of_its_folder() -> None:
    assert article("Words.", "news/old-mill-opens/index.md").title == "Old mill opens"


@pytest.mark.parametrize("name", ["photo.jpg", "film.mp4", "site.css", "logo.svg", "sound.mp3"])
def test_what_lies_beside_articles_is_no_article_and_no_fault(name: str) -> None:
    assert file(b"\x89PNG\x00", name) == Harvest(listing=Listing.EMPTY)


def test_a_binary_file_that_calls_itself_markdown_is_a_complaint() -> None:
    [complaint] = file(bytes(1000)).complaints
    assert (complaint.where, complaint.message) == ("a.md", "this is no text file (it holds binary data)")


# --- what no file may do ----------------------------------------------------------------------------------------------

HOSTILE = {
    "brackets": "[" * 60_000,
    "links": "[](" * 20_000,
    "emphasis": "**a " * 15_000,
    "stars": "*_" * 30_000,
    "quotes": "> " * 240_000 + "x",
    "lists": "".join("  " * depth + "* foo\n" for depth in range(650)),
    "fences": "".join("`" * length + " " for length in range(990)),
    "a table": "|" * 240_000 + "\n" + "|-" * 120_000,
    "references": "".join(f"[a{n}]: x\n" for n in range(40_000)),
    "elements": "<div>" * 90_000,
    "aliases": "---\na: &a [x, x]\n"
    + "".join(f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join([f'*{chr(97 + n)}'] * 9)}]\n" for n in range(20))
    + "tags: *u\ntitle: A\n---\nWords.",
    "merges": "---\na: &a {x: 1}\n"
    + "".join(f"k{n}: &k{n} {{<<: [{', '.join(['*a' if n == 0 else f'*k{n - 1}'] * 9)}]}}\n" for n in range(20))
    + "title: A\n---\nWords.",
    "a list in itself": "---\ntags: &a [*a]\ntitle: A\n---\nWords.",
    "depth in YAML": "---\na: " + "[" * 20_000 + "\n---\nx",
    "depth in TOML": "+++\na = " + "[" * 60_000 + "\n+++\nx",
    "a number in TOML": "+++\na = " + "9" * 60_000 + "\n+++\nx",
    "long front matter": "---\n" + "a: b\n" * 90_000 + "---\nx",
    "a tag of Python": "---\ntitle: !!python/object/apply:os.system [exit]\n---\nWords.",
}


@pytest.mark.parametrize("ending", ["md", "html"])
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_ends_in_time_and_never_silently(name: str, ending: str) -> None:
    started = time.monotonic()
    got = file(HOSTILE[name], f"a.{ending}")
    assert time.monotonic() - started < MOST_S
    assert got.article or got.complaints


def test_a_file_too_large_is_not_read() -> None:
    got = file("x" * 50_000_000)
    assert (got.article, got.complaints[0].message) == (None, "has 50,000 kB; articles above 500 kB are not read")
    assert MAX_BYTES == 500_000


# --- files at random --------------------------------------------------------------------------------------------------

PIECES = st.sampled_from(
    [
        "---\n",
        "+++\n",
        "title: ",
        "date: ",
        "a = ",
        "# ",
        "\n",
        "[x](y)",
        "<p>",
        "</p>",
        "| a |\n|---|\n",
        "![i](j)",
        "&amp;",
    ]
)


@settings(max_examples=200)
@given(st.lists(st.one_of(PIECES, st.text(max_size=20)), max_size=20).map("".join), st.sampled_from(["a.md", "a.html"]))
def test_any_text_at_all_is_an_article_or_a_complaint(written: str, name: str) -> None:
    body = written.encode("utf-8", "replace")
    got = file(body, name)
    assert got.article or got.complaints
    assert file(body, name) == got


@settings(max_examples=100)
@given(st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "Zs"]), min_size=1, max_size=60))
def test_a_title_in_quotes_comes_through_whole(title: str) -> None:
    plain = " ".join(title.split())
    found = file(f"---\ntitle: {json.dumps(plain, ensure_ascii=False)}\n---\nWords.").article
    assert found is not None
    if plain and plain.lower() not in ("~", "null"):
        from feedsvc.text import one_line

        assert found.title == (one_line(plain) or "A")
