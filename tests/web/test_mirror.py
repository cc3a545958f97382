"""The mirror: what stands in the folder is what the web says, after every kind of change, and nothing else does."""

import gzip
import json
import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import count
from pathlib import Path

import brotli
import pytest
import zstandard
from webroom import NOON, Newsroom, article

from feedsvc.errors import MirrorError
from feedsvc.mirror import Mirror
from feedsvc.mirror.asking import ask
from feedsvc.mirror.names import file_of
from feedsvc.model import Article, ArticleId, Format
from feedsvc.service import Service, history
from feedsvc.web import create

CONFIG = """
[site]
title = "Example News"
base_url = "https://news.example.org"
timezone = "Asia/Baku"

[[sources]]
name = "front-page"
kind = "folder"
path = "stories"

[[feeds]]
name = "main"
title = "Example News"
limit = 5

[[feeds]]
name = "politics"
title = "Politics"
sections = ["Politics"]
limit = 3

[[feeds]]
name = "secret"
title = "Secret"
access = "token"
"""


ARTICLES = 100


def id_of(number: int) -> ArticleId:
    """The id of an article: every fifteenth begins a page of history, as every hundredth would by itself."""
    ids = (ArticleId(f"id{number}{f'x{tries}' if tries else ''}") for tries in count())
    return next(each for each in ids if history.begins_page(each) == (number % 15 == 0))


def story(number: int, **changes: object) -> Article:
    """An article with labels; the text is long enough to be worth compressing."""
    plain = article(
        number,
        id=id_of(number),
        section=("Politics", "Sport", "The arts")[number % 3],
        tags=(f"tag {number % 4}", "harbour"),
        authors=("Ada Lovelace",) if number % 2 else (),
        language="az" if number % 5 == 0 else None,
        body="<p>" + " ".join(f"Sentence {number} of {each}." for each in range(40)) + "</p>",
        published=NOON - timedelta(days=number),
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Newsroom]:
    made = Newsroom(tmp_path, CONFIG)
    stories = tmp_path / "stories"
    stories.mkdir()
    (stories / "pier.png").write_bytes(b"\x89PNG" + b"0" * 100)
    made.put(*(story(number) for number in range(ARTICLES, 0, -1)))
    yield made
    made.close()


@pytest.fixture
def mirror(room: Newsroom, tmp_path: Path) -> Mirror:
    return Mirror(lambda: room.service, tmp_path / "www")


def content(folder: Path) -> dict[str, bytes]:
    """What is handed out: every file but hidden ones."""
    names = {file.relative_to(folder).as_posix(): file for file in folder.rglob("*") if file.is_file()}
    return {name: file.read_bytes() for name, file in names.items() if not name.startswith(".feedsvc")}


def current(files: dict[str, bytes]) -> dict[str, bytes]:
    """All files but the pages of history that go on from a window which has moved on."""
    return {name: body for name, body in files.items() if "~" not in name}


def partial(files: dict[str, bytes]) -> set[str]:
    return {name for name in files if "~" in name}


def test_every_file_says_what_the_web_says(room: Newsroom, mirror: Mirror, tmp_path: Path) -> None:
    counts = mirror.write()
    assert counts.refused == ()
    web = create(lambda: room.service)
    files = content(tmp_path / "www")
    for address in (
        "/", "/feeds/", "/feed.xml", "/atom.xml", "/feed.json", "/feeds/politics.atom", "/feeds/section-sport.xml",
        "/feeds/tag-harbour.json", "/feeds/author-ada-lovelace.xml", "/feeds/source-front-page.xml",
        "/feeds/language-az.atom", "/articles/id7/headline-7", "/sections/sport", "/tags/tag-1", "/archive/",
        "/archive/2025/01", "/sitemap.xml", "/news-sitemap.xml", "/robots.txt", "/feeds.opml",
        "/.well-known/host-meta", "/.well-known/host-meta.json", "/static/style.css", "/static/feed.css",
        "/media/front-page/pier.png",
    ):  # fmt: skip
        reply = ask(web, address)
        assert reply.status == 200, address
        assert files[file_of(address)] == reply.body, address
    assert files["404.html"] == ask(web, "/nowhere").body
    assert not [name for name in files if "secret" in name or "search" in name.split("/")[0]]


def test_compressed_forms_stand_beside_and_hold_the_same(mirror: Mirror, tmp_path: Path) -> None:
    mirror.write()
    files = content(tmp_path / "www")
    for name in ("index.html", "feed.xml", "feeds/politics.json", "articles/id7.html", "sitemap.xml"):
        assert gzip.decompress(files[f"{name}.gz"]) == files[name]
        assert brotli.decompress(files[f"{name}.br"]) == files[name]
        assert zstandard.ZstdDecompressor().decompress(files[f"{name}.zst"], max_output_size=10**7) == files[name]
        times = {(tmp_path / "www" / f"{name}{ending}").stat().st_mtime for ending in ("", ".gz", ".br", ".zst")}
        assert len(times) == 1


def test_every_walk_through_history_can_be_made_in_the_folder(mirror: Mirror, room: Newsroom, tmp_path: Path) -> None:
    mirror.write()
    for number in range(3):
        room.put(story(1000 + number, published=NOON + timedelta(hours=1 + number)))
        mirror.write()
        assert walked(tmp_path / "www", "feed.json") == ARTICLES + 1 + number


def walked(folder: Path, name: str) -> int:
    """How many articles are met on the way from a document to the first page of its history, none of them twice."""
    met: list[str] = []
    while name:
        read = json.loads((folder / name).read_bytes())
        met += [item["id"] for item in read["items"]]
        name = read.get("next_url", "").removeprefix("https://news.example.org/")
    assert len(met) == len(set(met))
    return len(met)


def changes(room: Newsroom) -> Iterator[str]:
    """Change the newsroom step by step, and say how."""
    room.put(story(900, published=NOON + timedelta(hours=1)))
    room.put(story(901, published=NOON + timedelta(hours=2), section="Weather", tags=("storm",)))
    room.put(story(902, published=NOON - timedelta(days=50, minutes=3)))
    yield "new ones: with new labels, with an old date"
    room.put(story(903, published=NOON - timedelta(days=1000)))
    room.put(story(5, title="Another headline", slug="another-headline", revision=2))
    room.put(story(60, section="Weather", tags=("other",), authors=(), language="de"))
    yield "a month of its own, another headline, other labels deep in the archive"
    room.put(story(3, retracted=NOON), story(75, retracted=NOON))
    room.put(story(903, published=NOON - timedelta(days=1000), retracted=NOON))
    yield "retracted ones, the only one of its month too"
    room.put(story(50, embargo=NOON + timedelta(days=5000)))
    yield "one under an embargo again"
    room.put(story(50), *(story(2000 + number, published=NOON + timedelta(minutes=number)) for number in range(100)))
    (room.config.folder / "stories" / "boat.png").write_bytes(b"\x89PNG boat")
    (room.config.folder / "stories" / "pier.png").unlink()
    yield "and lifted, many at once, another picture"


def test_after_each_change_the_folder_is_as_if_written_anew(room: Newsroom, mirror: Mirror, tmp_path: Path) -> None:
    mirror.write()
    for number, change in enumerate(changes(room)):
        mirror.write()
        Mirror(lambda: room.service, tmp_path / f"anew{number}").write()
        kept, anew = content(tmp_path / "www"), content(tmp_path / f"anew{number}")
        # Closed pages that no walk leads to yet are there early.
        early = {name for name in current(kept) if name not in anew and "/archive/" in name and name[:6] == "feeds/"}
        assert {name: body for name, body in current(kept).items() if name not in early} == current(anew), change
        assert partial(anew) <= partial(kept), change
        assert {name: kept[name] for name in partial(anew)} == {name: anew[name] for name in partial(anew)}, change
        web = create(lambda: room.service)
        for name in early:
            if name.endswith(tuple(Format)):
                assert ask(web, f"/{name}").body == kept[name], (change, name)


def test_what_has_not_changed_keeps_its_time(room: Newsroom, mirror: Mirror, tmp_path: Path) -> None:
    www = tmp_path / "www"
    mirror.write()
    for file in www.rglob("*"):
        if file.is_file() and ".feedsvc" not in file.parts:
            os.utime(file, (1_000_000_000, 1_000_000_000))
    room.put(story(900, published=NOON + timedelta(hours=1)))
    mirror.write()
    old = {f.relative_to(www).as_posix() for f in www.rglob("*") if f.is_file() and f.stat().st_mtime == 1_000_000_000}
    assert {"articles/id7.html", "articles/id7.html.br", "feeds/archive", "static/style.css"} & old
    assert not {"index.html", "index.html.gz", "feed.xml", "feed.xml.zst", "sitemap.xml"} & old


def test_two_states_of_a_file_never_share_a_second(room: Newsroom, mirror: Mirror, tmp_path: Path) -> None:
    """nginx makes its ETag of the whole second and the size."""
    mirror.write()
    times = [int((tmp_path / "www" / "feed.xml").stat().st_mtime)]
    for number in range(3):
        room.put(story(1, title=f"Headline {number}", revision=number + 2))
        mirror.write()
        times.append(int((tmp_path / "www" / "feed.xml").stat().st_mtime))
    assert len(set(times)) == 4


def test_a_retracted_article_leaves_a_mark_and_none_of_its_text(room: Newsroom, mirror: Mirror, tmp_path: Path) -> None:
    mirror.write()
    room.put(story(1, retracted=NOON))
    mirror.write()
    files = content(tmp_path / "www")
    assert files["articles/id1.gone"] == b""
    assert b"retracted" in files["410.html"]
    assert not [name for name in files if name.startswith("articles/id1.html")]
    assert not [name for name, body in files.items() if b"Sentence 1 of 3." in body]


def test_a_second_round_without_changes_writes_nothing(mirror: Mirror) -> None:
    assert mirror.write().written > ARTICLES
    again = mirror.write()
    assert (again.written, again.removed) == (0, 0)
    assert again.unchanged < 30


def test_it_follows_changes_and_else_does_nothing(room: Newsroom, mirror: Mirror, tmp_path: Path) -> None:
    assert mirror.follow(lambda: False)
    assert mirror.follow(lambda: False) is None
    room.put(story(900, title="The newest of all", published=NOON + timedelta(hours=1)))
    counts = mirror.follow(lambda: False)
    assert counts is not None
    assert counts.written
    assert b"The newest of all" in (tmp_path / "www" / "feed.xml").read_bytes()
    assert b"The newest of all" in (tmp_path / "www" / "index.html").read_bytes()


def test_one_that_was_stopped_is_finished_the_next_time(mirror: Mirror, tmp_path: Path) -> None:
    asked = iter(range(50))
    assert mirror.follow(lambda: next(asked, None) is None) is None
    assert len(list((tmp_path / "www" / "articles").glob("*.html"))) < ARTICLES
    assert mirror.follow(lambda: False)
    assert len(list((tmp_path / "www" / "articles").glob("*.html"))) == ARTICLES


def stopped(mirror: Mirror, after: int) -> None:
    """Let a round end as if killed, once it has asked for so many addresses."""
    asked = iter(range(after))
    assert mirror.follow(lambda: next(asked, None) is None) is None


def test_one_that_was_stopped_goes_on_where_it_was(room: Newsroom, mirror: Mirror, tmp_path: Path) -> None:
    asked: list[int] = []
    Mirror(lambda: room.service, tmp_path / "anew").write(advance=asked.append)
    stopped(mirror, 300)
    again: list[int] = []
    Mirror(lambda: room.service, tmp_path / "www").write(advance=again.append)
    assert len(again) < len(asked) - 100
    assert content(tmp_path / "www") == content(tmp_path / "anew")


@pytest.mark.parametrize("after", [60, 150, 300])
def test_what_changed_while_it_was_stopped_is_there_too(
    room: Newsroom, mirror: Mirror, tmp_path: Path, after: int
) -> None:
    stopped(mirror, after)
    room.put(story(900, published=NOON + timedelta(hours=1), section="Weather"))
    room.put(story(60, section="Weather", tags=("other",)), story(75, retracted=NOON))
    mirror.write()
    Mirror(lambda: room.service, tmp_path / "anew").write()
    kept, anew = current(content(tmp_path / "www")), current(content(tmp_path / "anew"))
    assert anew.items() <= kept.items()
    assert all("/archive/" in name for name in kept.keys() - anew.keys())


def test_one_that_was_stopped_begins_anew_under_other_settings(room: Newsroom, mirror: Mirror, tmp_path: Path) -> None:
    stopped(mirror, 300)
    feeds = tuple(feed for feed in room.config.feeds if feed.name != "politics")
    room.service = Service(room.config.model_copy(update={"feeds": feeds}), room.store)
    room.service.prepare()
    mirror.write()
    Mirror(lambda: room.service, tmp_path / "anew").write()
    assert content(tmp_path / "www") == content(tmp_path / "anew")


def test_other_settings_write_all_anew_and_remove_what_is_gone(room: Newsroom, mirror: Mirror, tmp_path: Path) -> None:
    mirror.write()
    (tmp_path / "www" / "favicon.ico").write_bytes(b"mine")
    feeds = tuple(feed for feed in room.config.feeds if feed.name != "politics")
    site = room.config.site.model_copy(update={"title": "Other News"})
    config = room.config.model_copy(update={"feeds": feeds, "site": site})
    room.service = Service(config, room.store)
    room.service.prepare()
    mirror.write()
    files = content(tmp_path / "www")
    assert b"Other News" in files["index.html"]
    assert not [name for name in files if name.startswith("feeds/politics")]
    assert files["favicon.ico"] == b"mine"


def test_a_folder_with_other_files_is_left_alone(room: Newsroom, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "letter.txt").write_text("Dear all")
    with pytest.raises(MirrorError, match="name an empty folder"):
        Mirror(lambda: room.service, home).write()
    assert [file.name for file in home.iterdir()] == ["letter.txt"]


def test_of_two_that_write_one_folder_the_second_says_so(room: Newsroom, tmp_path: Path) -> None:
    first, second = (Mirror(lambda: room.service, tmp_path / "www") for _ in range(2))
    refusals: list[str] = []

    def other(_: int) -> None:
        if not refusals:
            with pytest.raises(MirrorError) as refusal:
                second.write()
            refusals.append(str(refusal.value))

    first.write(advance=other)
    assert "another process is writing it" in refusals[0]


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("/", "index.html"),
        ("/feeds/", "feeds/index.html"),
        ("/archive/", "archive/index.html"),
        ("/archive/2025/02", "archive/2025/02.html"),
        ("/archive/2025/02?before=abc", "archive/2025/02@abc.html"),
        ("/feeds/?after=politics-uk", "feeds/index@politics-uk.html"),
        ("/sections/sport", "sections/sport.html"),
        ("/articles/abc/a-headline", "articles/abc.html"),
        ("/feeds/politics.atom", "feeds/politics.atom"),
        ("/feeds/politics/archive/12~abc~3.json", "feeds/politics/archive/12~abc~3.json"),
        ("/.well-known/host-meta", ".well-known/host-meta"),
        ("/media/stories/a%20pier.png", "media/stories/a pier.png"),
    ],
)
def test_each_address_has_a_file(address: str, name: str) -> None:
    assert file_of(address) == name
