"""The admin's page: who sees it, what stands on it, and that no other site can use it."""

import base64
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from webroom import BASE, CONFIG, Clock, Newsroom, Reader, Reply, article

from feedsvc import web
from feedsvc.model import Sample, SourceName
from feedsvc.web.admin import Brake

See = Callable[..., Reply]

PASSWORD = "correct horse battery"
SOURCES = """
[[sources]]
name = "front-page"
kind = "page-text"
path = "inbox/*.txt"

[[sources]]
name = "cms"
kind = "push"
"""
NASTY = '<script>alert(1)</script> & "quotes"'


def basic(password: str, name: str = "anyone") -> str:
    return "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Newsroom]:
    (tmp_path / "inbox").mkdir()
    room = Newsroom(tmp_path, f'{CONFIG}\n[admin]\npassword = "{PASSWORD}"\n{SOURCES}')
    room.put(article())
    yield room
    room.close()


@pytest.fixture
def ask(room: Newsroom) -> Reader:
    return Reader(web.create(lambda: room.service))


def keep_sample(room: Newsroom, body: bytes = b"<script>", message: str = NASTY) -> None:
    with room.store.begin() as tx:
        moment = datetime(2025, 2, 8, 8, 6, tzinfo=UTC)
        sample = Sample(SourceName("front-page"), "list_lost", "inbox/a.txt", message, moment, "", len(body))
        tx.samples.keep(sample, body, moment)


# --- who sees it ------------------------------------------------------------------------------------------------------


def test_without_a_password_in_the_configuration_the_page_is_closed(tmp_path: Path) -> None:
    room = Newsroom(tmp_path, CONFIG + SOURCES)
    ask = Reader(web.create(lambda: room.service))
    for path, method in (("/admin/", "GET"), ("/admin/samples/a/b", "GET"), ("/admin/refresh/front-page", "POST")):
        reply = ask(path, method, authorization=basic(""))
        assert reply.status == 403
        assert b"under [admin] in the configuration" in reply.body
        assert reply.headers["cache-control"] == "no-store"
    room.close()


@pytest.mark.parametrize(
    "given", [None, "", "Basic", "Basic %%%", "Bearer x", "Basic " + base64.b64encode(b"x").decode()]
)
def test_whoever_gives_no_password_is_asked_for_one(ask: Reader, given: str | None) -> None:
    reply = ask("/admin/", **({} if given is None else {"authorization": given}))
    assert (reply.status, reply.headers["www-authenticate"]) == (401, 'Basic realm="feedsvc", charset="UTF-8"')
    assert b"Nothing needs a look" not in reply.body
    assert reply.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("name", ["anyone", "", "ə"])
def test_any_name_with_the_password_is_let_in(ask: Reader, name: str) -> None:
    reply = ask("/admin/", authorization=basic(PASSWORD, name))
    assert reply.status == 200
    assert {key: reply.headers[key] for key in ("cache-control", "x-robots-tag", "x-content-type-options")} == {
        "cache-control": "no-store",
        "x-robots-tag": "noindex, nofollow",
        "x-content-type-options": "nosniff",
    }
    assert "default-src 'none'" in reply.headers["content-security-policy"]


@pytest.mark.parametrize("wrong", ["correct horse", PASSWORD + "x", PASSWORD.upper(), "", "ə"])
def test_a_wrong_password_is_refused(ask: Reader, wrong: str, caplog: pytest.LogCaptureFixture) -> None:
    assert ask("/admin/", authorization=basic(wrong)).status == 401
    assert [record.getMessage() for record in caplog.records] == ["admin_refused"]
    assert all(wrong not in str(vars(record)) for record in caplog.records if wrong)


def test_after_a_wrong_password_none_is_looked_at_for_a_moment(ask: Reader) -> None:
    ask("/admin/", authorization=basic("wrong"))
    reply = ask("/admin/", authorization=basic(PASSWORD))
    assert (reply.status, reply.headers["retry-after"]) == (429, "1")
    assert reply.headers["cache-control"] == "no-store"
    assert ask("/").status == 200


def test_the_wait_doubles_is_bounded_and_ends_with_the_right_password() -> None:
    clock = Clock()
    brake = Brake(clock)
    waits = []
    for _ in range(7):
        brake.note(right=False)
        waits.append(brake.left_s())
        clock.now += brake.left_s()
        assert brake.left_s() == 0
    assert waits == [0.5, 1, 2, 4, 8, 8, 8]
    brake.note(right=True)
    assert brake.left_s() == 0
    brake.note(right=False)
    assert brake.left_s() == 0.5


# --- what stands on it ------------------------------------------------------------------------------------------------


@pytest.fixture
def see(ask: Reader) -> See:
    """Ask as the admin does."""
    return lambda path="/admin/", method="GET", **headers: ask(path, method, authorization=basic(PASSWORD), **headers)


def save_page(room: Newsroom, text: str = "Nothing\n\nThat could be read as news stands on this page.\n") -> Path:
    file = room.config.folder / "inbox" / "a.txt"
    file.write_text(text)
    os.utime(file, (1_700_000_000, 1_700_000_000))  # long past, so that nobody waits for it to settle
    return file


def words(reply: Reply) -> str:
    return " ".join(reply.page.xpath("string(//main)").split())


def test_sources_and_feeds_stand_there_with_their_last_runs(room: Newsroom, see: See) -> None:
    assert "front-page page-text inbox/*.txt not yet" in words(see())
    save_page(room)
    room.service.refresh(SourceName("front-page"))
    shown = words(see())
    assert "1 articles in sqlite:///" in shown
    assert "0 found 0 dated 0 new 0 changed 0 refused" in shown
    assert "main public Example News something new" in shown
    assert "politics public Politics" in shown
    assert "Hub 0 subscriptions 0 deliveries owed" in shown


def test_alerts_stand_there_with_the_page_that_shows_them(room: Newsroom, see: See) -> None:
    assert "Alerts Nothing needs a look. Sources" in words(see())
    file = save_page(room)
    room.service.refresh(SourceName("front-page"))
    shown = see()
    assert "Alerts front-page nothing_found inbox/a.txt: neither an article nor a news line was found" in words(shown)
    [path] = set(shown.page.xpath("//a[@download]/@href"))
    assert see(str(path)).body == file.read_bytes()


def test_whatever_a_stranger_wrote_is_text(room: Newsroom, see: See) -> None:
    keep_sample(room)
    reply = see()
    assert b"<script" not in reply.body
    assert NASTY in words(reply)


def test_a_sample_is_saved_and_never_shown(room: Newsroom, see: See) -> None:
    keep_sample(room, b"\xff<script>alert(1)</script>\x00")
    reply = see("/admin/samples/front-page/list_lost")
    assert (reply.status, reply.body) == (200, b"\xff<script>alert(1)</script>\x00")
    assert reply.headers["content-type"] == "text/plain"
    assert reply.headers["content-disposition"] == 'attachment; filename="front-page-list_lost.sample"'
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert reply.headers["cache-control"] == "no-store"


def test_of_a_sample_that_is_not_kept_there_is_a_readable_404(see: See) -> None:
    reply = see("/admin/samples/front-page/nosuch")
    assert (reply.status, reply.headers["cache-control"]) == (404, "no-store")


def test_the_page_has_no_script_and_labels_what_it_does(see: See) -> None:
    page = see().page
    assert page.xpath("//script") == []
    assert page.xpath("//meta[@name='robots']/@content") == ["noindex, nofollow"]
    assert [button.text_content() for button in page.xpath("//button")] == ["Refresh now: front-page"]


# --- refreshing -------------------------------------------------------------------------------------------------------


def test_a_source_can_be_refreshed_at_once(room: Newsroom, see: See) -> None:
    reply = see("/admin/refresh/front-page", "POST", origin=BASE)
    assert (reply.status, reply.headers["location"]) == (303, "/admin/#source-front-page")
    [run] = [run for source, run in room.service.status().sources if source.name == "front-page"]
    assert run is not None


@pytest.mark.parametrize(
    "headers",
    [
        {"sec_fetch_site": "same-origin"},
        {"sec_fetch_site": "same-origin", "origin": "https://proxied.example.org"},
        {"origin": BASE},
        {"origin": "http://127.0.0.1:8080"},
        {},
    ],
)
def test_what_the_own_page_or_no_browser_asks_for_is_done(see: See, headers: dict[str, str]) -> None:
    assert see("/admin/refresh/front-page", "POST", **headers).status == 303


@pytest.mark.parametrize(
    "headers",
    [
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site", "origin": BASE},
        {"sec_fetch_site": "none"},
        {"origin": "https://elsewhere.example.org"},
        {"origin": "null"},
        {"origin": ""},
    ],
)
def test_what_another_site_asks_for_is_refused(room: Newsroom, see: See, headers: dict[str, str]) -> None:
    assert see("/admin/refresh/front-page", "POST", **headers).status == 403
    assert [run for source, run in room.service.status().sources if source.name == "front-page"] == [None]


def test_only_a_known_source_is_refreshed_and_only_by_post(see: See) -> None:
    assert see("/admin/refresh/nosuch", "POST", origin=BASE).status == 404
    assert see("/admin/refresh/front-page").status == 405
