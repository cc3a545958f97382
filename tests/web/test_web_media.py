"""Pictures, sound and films beside a folder's articles: read, shown, fed and handed out, and nothing else."""

import os
from collections.abc import Iterator
from pathlib import Path

import feedparser
import pytest
from webroom import BASE, Newsroom, Reader, document

from feedsvc import web
from feedsvc.config import load
from feedsvc.model import Article, Format, Outcome, Selection, SourceName

PICTURE = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 40
SOUND = b"ID3" + bytes(5000)
DRAWING = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
ARTICLE = """---
title: The ferry is back
date: 2025-02-08 12:06
image: pictures/ferry at noon.jpg
audio: horn.mp3
slug: ferry-is-back
---
It came at noon.

![The ferry](<pictures/ferry at noon.jpg>) ![A map](map.svg) [times](/times)
"""
CONFIG = """
[site]
title = "Example News"
base_url = "{base}"
timezone = "Asia/Baku"

[[sources]]
name = "desk"
kind = "folder"
path = "articles"

[[sources]]
name = "front-page"
kind = "page-text"
path = "articles/*.txt"
"""
FERRY = "/media/desk/2025/pictures/ferry%20at%20noon.jpg"
FERRY_PATH = "/media/desk/2025/pictures/ferry at noon.jpg"


class Desk(Newsroom):
    """A newsroom whose articles lie in a folder."""

    def __init__(self, folder: Path, base: str = BASE) -> None:
        self.articles = folder / "articles"
        self.articles.mkdir(exist_ok=True)
        super().__init__(folder, CONFIG.format(base=base))

    def save(self, name: str, content: bytes | str) -> Path:
        file = self.articles / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        os.utime(file, (1_739_000_000, 1_739_000_000))
        return file

    def read(self) -> Article:
        self.run = self.service.refresh(SourceName("desk"))[0]
        [found] = self.service.desk.list(Selection(), limit=10)
        return found


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    room = Desk(tmp_path)
    room.save("2025/ferry.md", ARTICLE)
    room.save("2025/pictures/ferry at noon.jpg", PICTURE)
    room.save("2025/horn.mp3", SOUND)
    room.save("2025/map.svg", DRAWING)
    yield room
    room.close()


@pytest.fixture
def ask(desk: Desk) -> Reader:
    return Reader(web.create(lambda: desk.service))


# --- from the file to the feeds ---------------------------------------------------------------------------------------


def test_an_article_keeps_its_pictures_without_a_host(desk: Desk) -> None:
    found = desk.read()
    assert found.image == FERRY
    assert [(e.url, e.media_type, e.length) for e in found.enclosures] == [
        ("/media/desk/2025/horn.mp3", "audio/mpeg", len(SOUND)),
        (FERRY, "image/jpeg", len(PICTURE)),
    ]
    assert f'<img src="{FERRY}" alt="The ferry">' in (found.body or "")
    assert '<a href="/times">' in (found.body or "")
    assert (desk.run.outcome, desk.run.complaints) == (Outcome.DONE, ())


def test_feeds_and_pages_show_the_picture_at_an_address_that_answers(desk: Desk, ask: Reader) -> None:
    article = desk.read()
    [entry] = feedparser.parse(document(desk, Format.RSS).body).entries
    [entry_in_atom] = feedparser.parse(document(desk, Format.ATOM).body).entries
    for content in (entry.content[0].value, entry_in_atom.content[0].value):
        assert f'src="{BASE}{FERRY}"' in content
        assert f'src="{BASE}/media/desk/2025/map.svg"' in content
        assert f'href="{BASE}/times"' in content
    page = ask(f"/articles/{article.id}/ferry-is-back").page
    assert page.xpath("//article//img/@src") == [FERRY, "/media/desk/2025/map.svg"]
    assert page.xpath("//meta[@property='og:image']/@content") == [BASE + FERRY]
    assert ask(FERRY_PATH).body == PICTURE


def test_a_lead_image_that_the_text_does_not_show_stands_above_it(desk: Desk, ask: Reader) -> None:
    desk.save("2025/ferry.md", "---\ntitle: The ferry\nimage: map.svg\n---\nIt came.")
    article = desk.read()
    page = ask(f"/articles/{article.id}/the-ferry").page
    assert page.xpath("//article/p[@class='picture']/img/@src") == ["/media/desk/2025/map.svg"]


def test_a_site_that_moves_takes_its_pictures_along_and_no_id_changes(desk: Desk, tmp_path: Path) -> None:
    before = desk.read()
    moved = Desk(tmp_path, "https://other.example.org/news")
    [entry] = feedparser.parse(document(moved, Format.RSS).body).entries
    assert entry.id == before.guid
    assert f'src="https://other.example.org/news{FERRY}"' in entry.content[0].value
    ask = Reader(web.create(lambda: moved.service))
    page = ask(f"/articles/{before.id}/ferry-is-back").page
    assert page.xpath("//article//img/@src")[0] == f"/news{FERRY}"
    moved.close()


def test_sound_and_film_are_played_on_the_page(desk: Desk, ask: Reader) -> None:
    article = desk.read()
    reply = ask(f"/articles/{article.id}/ferry-is-back")
    [source] = reply.page.xpath("//article//audio/source")
    assert (source.get("src"), source.get("type")) == ("/media/desk/2025/horn.mp3", "audio/mpeg")
    assert "media-src 'self' https:;" in reply.headers["content-security-policy"]


def test_pictures_follow_when_the_folder_of_a_source_is_another(desk: Desk, tmp_path: Path) -> None:
    before = desk.read()
    (tmp_path / "config.toml").write_text(CONFIG.format(base=BASE).replace('path = "articles"', 'path = "."'), "utf-8")
    desk.service = desk.service.reconfigured(load(tmp_path / "config.toml"))
    after = desk.read()
    assert (after.id, after.image) == (before.id, "/media/desk/articles/2025/pictures/ferry%20at%20noon.jpg")
    ask = Reader(web.create(lambda: desk.service))
    assert ask("/media/desk/articles/2025/pictures/ferry at noon.jpg").body == PICTURE


def test_a_name_with_spaces_of_every_kind_is_found_as_the_file_system_has_it(desk: Desk, ask: Reader) -> None:
    name = "Screenshot 2025-02-08 at 9.41.00\u202fAM.png"  # as macOS calls them
    desk.save(f"2025/{name}", PICTURE)
    desk.save("2025/ferry.md", f"# The ferry\n\n![](<{name}>)")
    assert (
        desk.read().body
        == '<p><img src="/media/desk/2025/Screenshot%202025-02-08%20at%209.41.00%E2%80%AFAM.png" alt=""></p>'
    )
    assert ask(f"/media/desk/2025/{name}".encode().decode("latin-1")).body == PICTURE


def test_a_name_of_any_length_is_told_shortly(desk: Desk) -> None:
    desk.save("2025/ferry.md", f"# The ferry\n\n![]({'a' * 100_000}.jpg) Words.")
    desk.read()
    [complaint] = desk.run.complaints
    assert len(complaint.message) < 300


# --- the words of the permalink ---------------------------------------------------------------------------------------


def test_a_slug_is_the_permalinks_and_the_one_before_redirects(desk: Desk, ask: Reader) -> None:
    before = desk.read()
    assert before.slug == "ferry-is-back"
    desk.save("2025/ferry.md", ARTICLE.replace("ferry-is-back", "Ferry Returns!").replace("is back", "is here again"))
    os.utime(desk.articles / "2025/ferry.md", (1_739_000_100, 1_739_000_100))
    after = desk.read()
    assert (after.id, after.slug) == (before.id, "ferry-returns")
    assert ask(f"/articles/{after.id}/ferry-is-back").headers["location"] == f"/articles/{after.id}/ferry-returns"


def test_an_edited_headline_does_not_move_an_article_whose_slug_is_stated(desk: Desk) -> None:
    desk.read()
    desk.save("2025/ferry.md", ARTICLE.replace("The ferry is back", "The ferry is back at last"))
    os.utime(desk.articles / "2025/ferry.md", (1_739_000_100, 1_739_000_100))
    after = desk.read()
    assert (after.title, after.slug) == ("The ferry is back at last", "ferry-is-back")


# --- what is named in vain --------------------------------------------------------------------------------------------


def test_a_picture_that_is_not_there_is_told_with_its_place_and_the_article_stays(desk: Desk) -> None:
    picture = desk.articles / "2025/pictures/ferry at noon.jpg"
    picture.rename(desk.articles / "elsewhere.jpg")
    found = desk.read()
    assert [(c.where, c.message) for c in desk.run.complaints] == [
        (
            "articles/2025/ferry.md:4",
            "pictures/ferry at noon.jpg is not there; put it beside this file, or correct its name",
        )
    ]
    assert (desk.run.outcome, found.image) == (Outcome.DONE, None)
    assert "noon.jpg" not in (found.body or "")


def test_a_picture_that_comes_after_its_article_is_taken_at_the_next_refresh(desk: Desk) -> None:
    picture = desk.articles / "2025/pictures/ferry at noon.jpg"
    late = picture.rename(desk.articles / "elsewhere.jpg")
    desk.read()
    assert desk.service.refresh(SourceName("desk"))[0].outcome is Outcome.UNCHANGED
    late.rename(picture)
    assert desk.read().image == FERRY
    assert desk.run.complaints == ()


@pytest.mark.parametrize("named", ["../../secret.jpg", "../../../secret.jpg", "link.jpg", ".hidden.jpg", "a%00.jpg"])
def test_no_article_reaches_out_of_its_folder(desk: Desk, tmp_path: Path, named: str) -> None:
    (tmp_path / "secret.jpg").write_bytes(PICTURE)
    (desk.articles / "2025/link.jpg").symlink_to(tmp_path / "secret.jpg")
    desk.save("2025/.hidden.jpg", PICTURE)
    desk.save("2025/ferry.md", f'<p>Words.</p><p><img src="{named}"></p>')
    assert desk.read().body == "<p>Words.</p><p></p>"
    assert len(desk.run.complaints) == 1


def test_a_file_that_names_thousands_of_pictures_costs_no_more_than_some_hundred(desk: Desk) -> None:
    desk.save("2025/ferry.md", "# A\n\n" + "".join(f"![]({number}.jpg)" for number in range(20_000)))
    desk.read()
    assert len(desk.run.complaints) <= 500


# --- over HTTP --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "media_type", "body"),
    [
        ("2025/pictures/ferry at noon.jpg", "image/jpeg", PICTURE),
        ("2025/horn.mp3", "audio/mpeg", SOUND),
        ("2025/map.svg", "image/svg+xml", DRAWING),
        ("UPPER.PNG", "image/png", b"\x89PNG"),
        ("schöne Fähre.webp", "image/webp", b"RIFF"),
    ],
)
def test_a_file_is_handed_out_as_what_it_is(desk: Desk, ask: Reader, name: str, media_type: str, body: bytes) -> None:
    desk.save(name, body)
    # WSGI hands a path over as Latin-1 of its bytes (PEP 3333).
    reply = ask(f"/media/desk/{name}".encode().decode("latin-1"))
    assert (reply.status, reply.body) == (200, body)
    told = {key: reply.headers[key] for key in ("content-type", "cache-control", "x-content-type-options")}
    assert told["content-type"].partition(";")[0] == media_type
    assert told["cache-control"] == "public, max-age=86400"
    assert told["x-content-type-options"] == "nosniff"
    assert reply.headers["last-modified"] == "Sat, 08 Feb 2025 07:33:20 GMT"
    assert reply.headers["content-length"] == str(len(body))


def test_a_drawing_may_do_nothing(ask: Reader) -> None:
    policy = ask("/media/desk/2025/map.svg").headers["content-security-policy"]
    assert "sandbox" in policy
    assert "default-src 'none'" in policy
    assert "script-src" not in policy


def test_a_file_that_is_known_already_is_not_sent_again(desk: Desk, ask: Reader) -> None:
    first = ask(FERRY_PATH)
    again = ask(FERRY_PATH, if_none_match=first.headers["etag"])
    assert (again.status, again.body, again.headers["etag"]) == (304, b"", first.headers["etag"])
    assert ask(FERRY_PATH, if_modified_since=first.headers["last-modified"]).status == 304
    desk.save("2025/pictures/ferry at noon.jpg", PICTURE + b"more")
    assert ask(FERRY_PATH, if_none_match=first.headers["etag"]).status == 200


def test_a_head_request_gets_the_headers_alone(ask: Reader) -> None:
    get, head = ask(FERRY_PATH), ask(FERRY_PATH, "HEAD")
    assert (head.status, head.body) == (200, b"")
    assert head.headers["content-length"] == get.headers["content-length"] == str(len(PICTURE))


@pytest.mark.parametrize(
    ("wanted", "status", "body"),
    [
        ("bytes=0-3", 206, PICTURE[:4]),
        ("bytes=-5", 206, PICTURE[-5:]),
        ("bytes=10000-", 206, PICTURE[10000:]),
        ("bytes=0-0,5-6", 200, PICTURE),
        ("lines=1-2", 200, PICTURE),
    ],
)
def test_a_part_is_sent_to_who_asks_for_a_part(ask: Reader, wanted: str, status: int, body: bytes) -> None:
    reply = ask(FERRY_PATH, range=wanted)
    assert (reply.status, reply.body) == (status, body)


def test_a_part_beyond_the_end_is_refused_with_the_length(ask: Reader) -> None:
    reply = ask(FERRY_PATH, range="bytes=99999-")
    assert (reply.status, reply.headers["content-range"]) == (416, f"bytes */{len(PICTURE)}")


def test_a_part_of_a_file_that_has_changed_is_the_whole_of_the_new_one(ask: Reader) -> None:
    assert ask(FERRY_PATH, range="bytes=0-3", if_range='"another"').status == 200


@pytest.mark.parametrize(
    "path",
    [
        "/media/desk/2025/ferry.md",
        "/media/desk/2025/nothing.jpg",
        "/media/desk/2025",
        "/media/desk/2025/pictures",
        "/media/desk/folder.jpg",
        "/media/desk/",
        "/media/",
        "/media/front-page/2025/map.svg",
        "/media/nobody/map.svg",
        "/media/desk/../secret.jpg",
        "/media/desk/2025/../../secret.jpg",
        "/media/desk//2025/map.svg",
        "/media/desk//etc/secret.jpg",
        "/media/desk/./2025/map.svg",
        "/media/desk/2025/link.jpg",
        "/media/desk/out/secret.jpg",
        "/media/desk/round.jpg",
        "/media/desk/.hidden.jpg",
        "/media/desk/.git/a.jpg",
        "/media/desk/disguised.jpg",
        "/media/desk/a\x00.jpg",
        "/media/desk/2025/map.svg\n",
        "/media/desk/\xff.jpg",
        "/media/desk/" + "a" * 5000 + ".jpg",
    ],
)
def test_nothing_else_is_handed_out(desk: Desk, ask: Reader, tmp_path: Path, path: str) -> None:
    (tmp_path / "secret.jpg").write_bytes(PICTURE)
    (desk.articles / "2025/link.jpg").symlink_to(tmp_path / "secret.jpg")
    (desk.articles / "out").symlink_to(tmp_path)
    (desk.articles / "round.jpg").symlink_to(desk.articles / "round.jpg")
    (desk.articles / "disguised.jpg").symlink_to(desk.articles / "2025/ferry.md")
    (desk.articles / "folder.jpg").mkdir()
    desk.save(".hidden.jpg", PICTURE)
    desk.save(".git/a.jpg", PICTURE)
    reply = ask(path, accept="text/html")
    assert (reply.status, reply.headers["content-type"]) == (404, "text/html; charset=utf-8")


def test_a_link_inside_the_folder_may_be_followed(desk: Desk, ask: Reader) -> None:
    (desk.articles / "same.svg").symlink_to(desk.articles / "2025/map.svg")
    assert ask("/media/desk/same.svg").body == DRAWING


def test_nobody_writes_there(ask: Reader) -> None:
    reply = ask(FERRY_PATH, "POST")
    assert (reply.status, reply.headers["allow"]) == (405, "GET, HEAD, OPTIONS")
