"""Reading a source, end to end below the web: pages in a folder, a real store, real documents."""

import os
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from press import CONFIG, LINES, Newsroom, articles, documents, main_feed, page
from sqlalchemy import Engine, event

from feedsvc import sources
from feedsvc.model import MAIN_FEED, Entry, Format, Harvest, Outcome, Run, Snapshot, SourceName
from feedsvc.service import Service

Refresh = Callable[[], Run]


def test_a_page_becomes_articles_and_feeds(newsroom: Newsroom, service: Service, refresh: Refresh) -> None:
    newsroom.save(page())

    run = refresh()

    assert (run.outcome, run.counts["new"], run.counts["entries"], run.counts["dated"]) == (Outcome.DONE, 5, 5, 5)
    titles = [article.title for article in articles(service)]
    assert titles == [*(title for title, _ in LINES), "Town hall opens its archive"]
    assert all(title in main_feed(service) for title in titles)
    politics = service.public.document(service.config.feed("politics").name, Format.RSS)
    assert politics is not None
    assert politics.body.count(b"<item>") == 1


def test_the_same_page_a_hundred_times_changes_no_byte_and_writes_no_article(
    newsroom: Newsroom, service: Service, refresh: Refresh
) -> None:
    newsroom.save(page())
    refresh()
    before = documents(service), articles(service), service.public.publication()

    for number in range(100):
        if number % 10 == 0:
            newsroom.save(page())  # saved again, with the same bytes
        if number % 10 == 5:
            newsroom.save(page(), name=f"copy-{number}.txt")  # the same page under another name
        assert refresh().outcome is Outcome.UNCHANGED

    assert (documents(service), articles(service), service.public.publication()) == before


def test_a_headline_edited_in_the_page_stays_one_article(
    newsroom: Newsroom, service: Service, refresh: Refresh
) -> None:
    newsroom.save(page())
    refresh()
    guids = {article.guid for article in articles(service)}
    edited = ("Lighthouse keeper steps down after forty years at sea", LINES[0][1])
    newsroom.save(page((edited, *LINES[1:])))

    run = refresh()

    assert (run.counts["new"], run.counts["changed"]) == (0, 1)
    assert {article.guid for article in articles(service)} == guids
    assert edited[0] in main_feed(service)
    assert LINES[0][0] not in main_feed(service)


@pytest.mark.parametrize(
    ("broken", "code"),
    [
        pytest.param("", "retrieval_failed", id="empty"),
        pytest.param(bytes(range(256)) * 40, "list_lost", id="binary"),
        pytest.param(page().partition("News line")[0], "list_lost", id="the list is gone"),
        pytest.param(page(()), "list_lost", id="the list is empty"),
    ],
)
def test_a_broken_page_is_told_and_loses_nothing(
    newsroom: Newsroom, service: Service, refresh: Refresh, broken: str | bytes, code: str
) -> None:
    newsroom.save(page())
    refresh()
    before = documents(service)
    newsroom.save(broken)

    for _ in range(2):  # an unchanged broken page stays broken
        run = refresh()
        assert (run.outcome, run.code) == (Outcome.FAILED, code)
        assert [alert.code for alert in service.status().alerts] == [code]
    assert documents(service) == before

    newsroom.save(page())
    assert refresh().outcome is Outcome.UNCHANGED
    assert service.status().alerts == ()


def test_half_a_page_takes_nothing_from_the_article(newsroom: Newsroom, service: Service, refresh: Refresh) -> None:
    newsroom.save(page())
    refresh()
    before = documents(service)
    newsroom.save(page()[: page().index("makes coffee")])

    assert refresh().code == "list_lost"
    assert documents(service) == before


def test_an_embargoed_article_is_nowhere_until_its_instant(newsroom: Newsroom, service: Service) -> None:
    promise = newsroom.clock.now + timedelta(hours=1)
    change = service.desk.add(Entry("Tomorrow's news", promise, section="Politics", embargoed=True))
    assert change.article is not None
    assert "Tomorrow" not in main_feed(service)
    assert service.public.article(change.article.id) is None
    assert service.lines.newest(limit=10) == ()
    assert service.lift_embargoes() == ()

    newsroom.clock.now = promise
    assert {run.name for run in service.lift_embargoes()} == {"main", "politics"}

    assert "Tomorrow" in main_feed(service)
    lifted = service.public.article(change.article.id)
    assert lifted is not None
    assert lifted.published == promise
    assert service.lift_embargoes() == ()


def test_articles_added_at_once_are_all_in_the_feed(newsroom: Newsroom, service: Service) -> None:
    threads = [threading.Thread(target=service.desk.add, args=(Entry(f"Story {n}"),)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert main_feed(service).count("<item>") == 8


def test_a_headline_reworded_on_a_page_saved_under_another_name_stays_one_article(
    newsroom: Newsroom, service: Service, refresh: Refresh
) -> None:
    newsroom.save(page())
    refresh()
    edited = ("Keeper of the lighthouse steps down after forty years at sea", LINES[0][1])
    newsroom.save(page((edited, *LINES[1:])), name="next-day.txt")

    run = refresh()

    assert (run.counts["new"], run.counts["changed"]) == (0, 1)


def test_one_broken_page_keeps_no_other_from_being_read(newsroom: Newsroom, service: Service, refresh: Refresh) -> None:
    newsroom.save("", name="a-empty.txt")
    newsroom.save(page(), name="b.txt")

    run = refresh()

    assert (run.outcome, run.counts["new"]) == (Outcome.FAILED, 5)
    assert run.message is not None
    assert "a-empty.txt" in run.message


def test_an_empty_inbox_says_where_pages_go(service: Service, refresh: Refresh) -> None:
    run = refresh()
    assert (run.outcome, run.code) == (Outcome.FAILED, "retrieval_failed")
    assert "inbox/*.txt" in (run.message or "")


def test_a_page_that_is_removed_takes_no_article_with_it(
    newsroom: Newsroom, service: Service, refresh: Refresh
) -> None:
    file = newsroom.save(page())
    newsroom.save(page(LINES[1:]), name="other.txt")
    refresh()
    before = articles(service)
    file.unlink()

    assert refresh().outcome is Outcome.UNCHANGED
    assert articles(service) == before


def test_a_page_being_written_is_no_failure_and_is_read_when_whole(
    newsroom: Newsroom, service: Service, refresh: Refresh
) -> None:
    newsroom.save(page())
    refresh()
    whole = page((("A new ferry sails on Monday", "09:00 09.02.2025"), *LINES))
    with (newsroom.inbox / "next.txt").open("w") as writer:
        writer.write(whole[: len(whole) // 2])
        writer.flush()
        run = refresh()
        assert run.outcome is Outcome.UNCHANGED
        assert ["next.txt" in complaint.where for complaint in run.complaints] == [True]
        writer.write(whole[len(whole) // 2 :])
    stamp = newsroom.clock.now.timestamp()
    os.utime(newsroom.inbox / "next.txt", (stamp, stamp))

    assert refresh().counts["new"] == 1


def test_a_mended_time_zone_reads_the_pages_again_and_makes_nothing_new(newsroom: Newsroom) -> None:
    newsroom.save(page())
    wrong = newsroom.open()
    wrong.refresh(SourceName("front-page"))
    newsroom.configure(CONFIG.replace("Asia/Baku", "Europe/London"))
    mended = newsroom.open()

    [run, *_] = mended.refresh(SourceName("front-page"))

    assert (run.counts["entries"], run.counts["new"]) == (5, 0)
    wrong.close()
    mended.close()


def test_a_bug_in_a_source_is_a_crashed_run_and_the_feeds_stay(
    newsroom: Newsroom, service: Service, refresh: Refresh, monkeypatch: pytest.MonkeyPatch
) -> None:
    newsroom.save(page())
    refresh()
    before = documents(service)

    def bug(snapshot: Snapshot, manner: sources.Manner) -> Harvest:
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr(sources, "KINDS", {"page-text": bug})
    newsroom.save(page(LINES[1:]))
    run = refresh()

    assert (run.outcome, run.code, run.message) == (Outcome.CRASHED, "crashed", "ZeroDivisionError: a bug")
    assert documents(service) == before


def test_two_processes_with_one_store_read_a_source_once(newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    newsroom.save(page())
    one, other = newsroom.open(), newsroom.open()
    reading, go_on = threading.Event(), threading.Event()
    read = sources.KINDS["page-text"]

    def slowly(snapshot: Snapshot, manner: sources.Manner) -> Harvest:
        reading.set()
        assert go_on.wait(10)
        return read(snapshot, manner)

    monkeypatch.setattr(sources, "KINDS", {"page-text": slowly})
    first: list[Run] = []
    thread = threading.Thread(target=lambda: first.extend(one.refresh(SourceName("front-page"))))
    thread.start()
    assert reading.wait(10)
    [second] = other.refresh(SourceName("front-page"))
    go_on.set()
    thread.join(10)

    assert (first[0].counts["new"], second.counts, second.code) == (5, {}, "busy")
    one.close()
    other.close()


def test_a_retracted_article_leaves_its_feeds_and_no_older_one_slides_back(newsroom: Newsroom) -> None:
    newsroom.configure(CONFIG + '\n[[feeds]]\nname = "main"\ntitle = "Newest three"\nlimit = 3\n')
    newsroom.save(page())
    service = newsroom.open()
    service.refresh(SourceName("front-page"))
    newest = articles(service)[0]
    assert main_feed(service).count("<item>") == 3

    service.desk.retract(newest.id)
    service.refresh(SourceName("front-page"))

    assert newest.title not in main_feed(service)
    assert main_feed(service).count("<item>") == 2
    service.close()


def test_nothing_to_do_is_recorded_as_a_run_and_nothing_else_is_written(
    newsroom: Newsroom, service: Service, refresh: Refresh
) -> None:
    newsroom.save(page())
    refresh()
    number = service.public.publication()
    assert service.publish(MAIN_FEED).outcome is Outcome.UNCHANGED
    assert service.public.publication() == number


def test_one_new_headline_takes_four_transactions_that_write(
    newsroom: Newsroom, service: Service, refresh: Refresh
) -> None:
    newsroom.save(page())
    refresh()
    newsroom.save(page((("A new ferry is named", "09:10 09.02.2025"), *LINES)))
    begun: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        begun.extend([statement] if statement.startswith("BEGIN") else [])

    event.listen(Engine, "before_cursor_execute", note)
    try:
        refresh()
    finally:
        event.remove(Engine, "before_cursor_execute", note)

    # The claim, the articles, the Run; and of the one feed its documents with their Run.
    assert begun.count("BEGIN IMMEDIATE") == 4
    assert begun.count("BEGIN") == 3


def test_a_source_that_another_machine_has_just_read_is_not_due(newsroom: Newsroom) -> None:
    newsroom.save(page())
    one, other = newsroom.open(), newsroom.open()
    assert one.refresh_if_due(SourceName("front-page"))[0].counts["new"] == 5
    assert other.refresh_if_due(SourceName("front-page")) == ()
    newsroom.clock.now += timedelta(minutes=5)
    assert len(other.refresh_if_due(SourceName("front-page"))) == 1
    one.close()
    other.close()


def test_a_source_that_falls_silent_raises_an_alert_that_ends_with_the_next_news(
    newsroom: Newsroom, service: Service, refresh: Refresh
) -> None:
    lines = list(LINES)
    for number in range(10):
        lines.insert(0, (f"Ferry number {number} has arrived", f"{number:02}:00 09.02.2025"))
        newsroom.save(page(tuple(lines)))
        refresh()
    assert service.status().alerts == ()
    newsroom.clock.now += timedelta(days=4)
    refresh()
    assert [alert.code for alert in service.status().alerts] == ["stalled"]
    lines.insert(0, ("At last a ship from the south", "10:00 12.02.2025"))
    newsroom.save(page(tuple(lines)))
    refresh()
    assert service.status().alerts == ()


@pytest.mark.parametrize("kind", ["page-text", "push"])
def test_articles_that_were_imported_tell_nothing_of_a_source_that_has_not_been_heard_yet(
    newsroom: Newsroom, service: Service, refresh: Refresh, tmp_path: Path, kind: str
) -> None:
    lines = list(LINES)
    for number in range(10):
        lines.insert(0, (f"Ferry number {number} has arrived", f"{number:02}:00 09.02.2025"))
        newsroom.save(page(tuple(lines)))
        refresh()
    (tmp_path / "new" / "inbox").mkdir(parents=True)
    new = Newsroom(tmp_path / "new")
    new.configure(CONFIG if kind == "page-text" else CONFIG.replace('"page-text"\npath = "inbox/*.txt"', '"push"'))
    new.clock.now = newsroom.clock.now + timedelta(days=30)
    other = new.open()
    other.desk.load(service.desk.export(), name="export")

    assert other.status().alerts == ()
    if kind == "page-text":
        new.save(page(tuple(lines)))
        other.refresh(SourceName("front-page"))
    else:
        other.tokens.note_use(other.tokens.add_for_source("front-page")[0])
    assert [alert.code for alert in other.status().alerts] == ["stalled"]  # nothing new for a month
    other.close()


def test_a_section_that_a_source_is_given_is_that_of_what_comes_from_then_on(
    newsroom: Newsroom, service: Service, refresh: Refresh
) -> None:
    newsroom.save(page(LINES[1:]))
    refresh()
    newsroom.configure(CONFIG.replace('kind = "page-text"', 'kind = "page-text"\nsection = "Harbour"'))
    changed = newsroom.open()
    newsroom.save(page())
    changed.refresh(SourceName("front-page"))

    assert [article.section for article in articles(changed)] == ["Harbour", None, None, None, "Politics"]
    changed.close()
