"""The store by hand, and out of one store into another."""

import io
import json
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from press import CONFIG, Newsroom, articles, documents, main_feed, page

from feedsvc import wiring
from feedsvc.errors import ImportInvalid, NotFound
from feedsvc.model import ArticleId, Entry, Run, Verdict
from feedsvc.service import Service

Refresh = Callable[[], Run]


def test_an_article_added_by_hand_is_in_its_feeds_at_once(service: Service) -> None:
    change = service.desk.add(Entry("By the editor", section="Politics", body="<p>Yes.</p>"))

    assert change.verdict is Verdict.NEW
    assert "By the editor" in main_feed(service)
    assert service.desk.add(Entry("By the editor")).verdict is Verdict.UNCHANGED


def test_what_was_edited_by_hand_outlives_the_next_reading(
    newsroom: Newsroom, service: Service, refresh: Refresh
) -> None:
    newsroom.save(page())
    refresh()
    newest = articles(service)[0]

    service.desk.edit(newest.id, title="The keeper of the light goes home")
    newsroom.save(page() + "\n")
    run = refresh()

    assert (run.counts["new"], run.counts["changed"]) == (0, 0)
    assert "The keeper of the light goes home" in main_feed(service)
    assert newest.title not in main_feed(service)
    article, revisions = service.desk.get(newest.id)
    assert (article.guid, article.published) == (newest.guid, newest.published)
    assert [revision.title for revision in revisions] == [newest.title, "The keeper of the light goes home"]


def test_an_unknown_id_is_told(service: Service) -> None:
    with pytest.raises(NotFound):
        service.desk.retract(ArticleId("nowhere"))


def test_an_export_carries_a_store_elsewhere_byte_for_byte(
    newsroom: Newsroom, service: Service, refresh: Refresh
) -> None:
    newsroom.save(page())
    refresh()
    service.desk.retract(articles(service)[2].id)
    export = "\n".join(service.desk.export())

    newsroom.configure(CONFIG + '\n[store]\nurl = "sqlite:///elsewhere.db"\n')
    elsewhere = wiring.service(newsroom.folder / "config.toml")
    elsewhere.migrate()
    for _ in range(2):
        done = elsewhere.desk.load(io.StringIO(export), name="export.jsonl")
    elsewhere.prepare()

    assert done.new == 0
    assert "\n".join(elsewhere.desk.export()) == export
    assert documents(elsewhere) == documents(service)
    elsewhere.close()


@pytest.mark.parametrize(
    ("spoil", "line", "says"),
    [
        (lambda lines: [], 1, "empty"),
        (lambda lines: lines[1:], 1, "first line"),
        (lambda lines: [*lines[:3], "{", *lines[3:]], 4, "no line of an export"),
        (lambda lines: [*lines, '{"type": "article", "id": "x"}'], -1, "guid"),
        (lambda lines: [lines[0].replace('"format": 1', '"format": 99')], 1, "99"),
    ],
)
def test_a_spoilt_export_names_its_line_and_imports_nothing(
    newsroom: Newsroom,
    service: Service,
    refresh: Refresh,
    spoil: Callable[[list[str]], list[str]],
    line: int,
    says: str,
) -> None:
    newsroom.save(page())
    refresh()
    lines = spoil(list(service.desk.export()))
    newsroom.configure(CONFIG + '\n[store]\nurl = "sqlite:///elsewhere.db"\n')
    elsewhere = newsroom.open()

    with pytest.raises(ImportInvalid) as caught:
        elsewhere.desk.load(io.StringIO("\n".join(lines)), name="export.jsonl")

    assert caught.value.line == (line if line > 0 else len(lines))
    assert says in str(caught.value)
    assert elsewhere.desk.count() == 0
    elsewhere.close()


@pytest.mark.parametrize(
    ("name", "instant"),
    [
        ("published", "1969-12-31T23:59:59+00:00"),
        ("published", "1970-01-01T03:00:00+04:00"),
        ("stated", "1600-01-01T00:00:00+00:00"),
        ("updated", "9999-12-31T23:59:00+00:00"),
    ],
)
def test_a_time_that_no_feed_can_carry_is_told_with_its_line(
    newsroom: Newsroom, service: Service, refresh: Refresh, name: str, instant: str
) -> None:
    newsroom.save(page())
    refresh()
    head, *_, last = service.desk.export()
    story = json.loads(last) | {name: instant}
    with pytest.raises(ImportInvalid, match=f"export.jsonl:2: {name}: .* is no time from 1970 to 2199;"):
        service.desk.load(io.StringIO(f"{head}\n{json.dumps(story)}"), name="export.jsonl")


def test_what_an_export_publishes_after_it_was_known_was_published_then(
    newsroom: Newsroom, service: Service, refresh: Refresh
) -> None:
    newsroom.save(page())
    refresh()
    head, *_, last = service.desk.export()
    known = "2025-02-08T12:00:00Z"
    story = json.loads(last) | {"published": "2150-01-01T00:00:00Z", "first_seen": known, "updated": known}

    service.desk.load(io.StringIO(f"{head}\n{json.dumps(story)}"), name="export.jsonl")

    assert service.desk.get(story["id"])[0].published == datetime(2025, 2, 8, 12, tzinfo=UTC)


def test_the_body_of_an_export_that_another_program_wrote_is_made_harmless(
    newsroom: Newsroom, service: Service, refresh: Refresh
) -> None:
    newsroom.save(page())
    refresh()
    head, *_, last = service.desk.export()
    story = json.loads(last) | {
        "link": "https://old.example.org/news/1",
        "body": '<p onclick="x()">Read <a href="more">on</a>.</p><script>alert(1)</script><img src="/media/a/b.png">',
    }

    service.desk.load(io.StringIO(f"{head}\n{json.dumps(story)}"), name="export.jsonl")

    body = service.desk.get(story["id"])[0].body
    assert body == '<p>Read <a href="https://old.example.org/news/more">on</a>.</p><img src="/media/a/b.png">'
