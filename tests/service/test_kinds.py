"""Sources of every kind through the whole service: real servers on loopback, a real store, real documents."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from press import Newsroom, articles, documents, main_feed

from feedsvc.model import Outcome, Run, SourceName
from feedsvc.service import Service

HEADLINES = (
    "The lighthouse keeper retires after forty years",
    "Harbour bridge is painted green again",
    "School choir sings for the fishing fleet",
    "Council votes on the budget of the library",
)


def news_page(headlines: tuple[str, ...] = HEADLINES) -> str:
    items = "\n".join(
        f'<li><span class="date">0{9 - n}.02.2025 12:0{n}</span> <a href="/news/{n}.html">{title}</a></li>'
        for n, title in enumerate(headlines)
    )
    return f"""<!doctype html><html><head><title>The Harbour Times</title></head><body>
<nav><ul><li><a href="/">Home</a></li><li><a href="/town">Town</a></li><li><a href="/sea">Sea</a></li></ul></nav>
<main><h2>Latest news</h2><ul class="news">{items}</ul></main>
<footer><a href="/contact">Contact</a></footer></body></html>"""


def article_page(title: str) -> str:
    text = "The keeper has looked after the light for forty years and now goes home to his garden and his boat. " * 3
    return f"""<!doctype html><html><head><title>{title}</title></head><body><article><h1>{title}</h1>
<p>{text}</p><p>{text}</p><p onclick="x()">The end came quietly.<script>alert(1)</script></p></article></body></html>"""


class Site(ThreadingHTTPServer):
    """Somebody else's site: pages by path, each with an entity tag; counts what was asked for."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Page)
        self.pages: dict[str, tuple[str, str]] = {}
        self.asked: list[tuple[str, int]] = []
        self.failing: set[str] = set()

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.server_port}{path}"


class _Page(BaseHTTPRequestHandler):
    server: Site

    def do_GET(self) -> None:
        media_type, text = self.server.pages.get(self.path, ("", ""))
        tag = f'"{hash(text)}"'
        status = 404 if not text else 304 if self.headers["If-None-Match"] == tag else 200
        if self.path in self.server.failing:
            status = 503
        self.server.asked.append((self.path, status))
        self.send_response(status)
        self.send_header("ETag", tag)
        self.send_header("Content-Type", media_type or "text/plain")
        self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        if status == 200:
            self.wfile.write(text.encode())

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as site:
        thread = threading.Thread(target=site.serve_forever, args=(0.02,))
        thread.start()
        yield site
        site.shutdown()
        thread.join()


def opened(newsroom: Newsroom, *settings: str) -> Service:
    newsroom.configure(
        "[site]\ntitle = 'The Harbour Times'\nbase_url = 'https://news.example.org'\ntimezone = 'Asia/Baku'\n"
        "[outbound]\nallow = ['loopback']\n[[sources]]\nname = 'sea'\n" + "\n".join(settings)
    )
    return newsroom.open()


def refreshed(service: Service) -> Run:
    return service.refresh(SourceName("sea"))[0]


def test_a_web_page_is_read_without_selectors_and_an_unchanged_one_costs_a_304(newsroom: Newsroom, site: Site) -> None:
    site.pages["/latest"] = ("text/html; charset=utf-8", news_page())
    service = opened(newsroom, "kind = 'html'", f"url = '{site.url('/latest')}'", "robots = false")

    run = refreshed(service)

    assert (run.outcome, run.counts["new"], run.counts["dated"]) == (Outcome.DONE, 4, 4)
    assert [(a.title, a.link) for a in articles(service)] == [
        (title, site.url(f"/news/{n}.html")) for n, title in enumerate(HEADLINES)
    ]
    before = documents(service)
    assert refreshed(service).outcome is Outcome.UNCHANGED
    assert site.asked == [("/latest", 200), ("/latest", 304)]
    assert documents(service) == before
    service.close()


def test_a_long_list_that_goes_on_is_read_to_the_end_each_time(newsroom: Newsroom, site: Site) -> None:
    def list_up_to(newest: int) -> tuple[str, str]:
        items = "".join(
            f'<li><i>0{1 + n // 24}.02.2025 {n % 24:02}:06</i> <a href="/news/{n}">Ferry number {n} is late</a></li>'
            for n in range(newest, newest - 60, -1)
        )
        return "text/html; charset=utf-8", f"<h2>Latest news</h2><ul>{items}</ul>"

    service = opened(newsroom, "kind = 'html'", f"url = '{site.url('/latest')}'", "robots = false")
    for newest, new in ((60, 60), (61, 1), (64, 3), (64, 0), (90, 26)):
        site.pages["/latest"] = list_up_to(newest)
        counts = refreshed(service).counts
        assert (counts["new"], counts["dated"]) == (new, 60 if new else 0)
    assert {article.title for article in articles(service)} == {f"Ferry number {n} is late" for n in range(1, 91)}
    service.close()


def test_new_links_are_followed_once_and_what_cannot_be_read_stays_a_headline(newsroom: Newsroom, site: Site) -> None:
    site.pages["/latest"] = ("text/html; charset=utf-8", news_page())
    site.pages["/news/0.html"] = ("text/html; charset=utf-8", article_page(HEADLINES[0]))
    service = opened(newsroom, "kind = 'html'", f"url = '{site.url('/latest')}'", "robots = false", "follow = true")
    service._outbound.delay_s = service._outbound.backoff_s = 0.0  # nobody here minds haste

    run = refreshed(service)

    assert run.counts["new"] == 4
    bodies = {a.title: a.body for a in articles(service)}
    assert "forty years" in (bodies[HEADLINES[0]] or "")
    assert "alert" not in (bodies[HEADLINES[0]] or "")
    assert [bodies[title] for title in HEADLINES[1:]] == [None, None, None]
    assert {complaint.where for complaint in run.complaints} == {site.url(f"/news/{n}.html") for n in (1, 2, 3)}
    assert "forty years" in main_feed(service)
    site.asked.clear()
    assert refreshed(service).outcome is Outcome.UNCHANGED
    assert site.asked == [("/latest", 304)]
    service.close()


def test_a_link_that_fails_for_the_moment_is_opened_again_after_growing_pauses_and_five_times_at_most(
    newsroom: Newsroom, site: Site
) -> None:
    site.pages["/latest"] = ("text/html; charset=utf-8", news_page())
    site.pages |= {f"/news/{n}.html": ("text/html", article_page(title)) for n, title in enumerate(HEADLINES)}
    site.failing = {"/news/1.html", "/news/2.html"}
    service = opened(newsroom, "kind = 'html'", f"url = '{site.url('/latest')}'", "robots = false", "follow = true")
    service._outbound.delay_s = service._outbound.backoff_s = 0.0  # nobody here minds haste
    refreshed(service)

    def opened_after(minutes: int) -> set[str]:
        site.asked.clear()
        newsroom.clock.now += timedelta(minutes=minutes)
        complaints = refreshed(service).complaints
        assert site.url("/news/1.html") in {complaint.where for complaint in complaints}
        return {path for path, _ in site.asked} - {"/latest"}

    assert opened_after(4) == set()
    assert opened_after(1) == {"/news/1.html", "/news/2.html"}
    site.failing.remove("/news/2.html")
    assert opened_after(19) == set()
    assert opened_after(1) == {"/news/1.html", "/news/2.html"}
    site.failing.add("/latest")
    refreshed(service)
    site.failing.remove("/latest")
    assert opened_after(79) == set()
    assert opened_after(1) == {"/news/1.html"}
    assert opened_after(320) == {"/news/1.html"}
    newsroom.clock.now += timedelta(days=1)
    assert refreshed(service).outcome is Outcome.UNCHANGED
    assert [article.body is None for article in articles(service)] == [False, True, False, False]
    service.close()


def test_a_feed_keeps_its_ids_and_an_edited_item_is_a_revision(newsroom: Newsroom, site: Site) -> None:
    def feed(title: str) -> str:
        return f"""<?xml version="1.0"?><rss version="2.0"><channel><title>Sea</title><link>{site.url("/")}</link>
<description>d</description><item><title>{title}</title><guid isPermaLink="false">sea-1</guid>
<link>/one</link><pubDate>Sat, 08 Feb 2025 12:06:00 +0400</pubDate></item></channel></rss>"""

    site.pages["/rss"] = ("application/rss+xml", feed("A ship came in"))
    service = opened(newsroom, "kind = 'feed'", f"url = '{site.url('/rss')}'", "robots = false")
    refreshed(service)
    [first] = articles(service)
    assert (first.source_guid, first.link) == ("sea-1", site.url("/one"))

    site.pages["/rss"] = ("application/rss+xml", feed("Two ships came in, and one left again"))
    assert refreshed(service).counts["changed"] == 1
    [second] = articles(service)
    assert (second.guid, second.revision) == (first.guid, 2)
    service.close()


def test_a_folder_is_an_article_a_file_and_a_removed_file_is_retracted_in_the_end(newsroom: Newsroom) -> None:
    newsroom.save("---\ntitle: A ship came in\ndate: 2025-02-08 12:06\n---\nIt **came** at noon.\n", name="ship.md")
    newsroom.save("---\ntitle: Not yet\ndraft: true\n---\nLater.\n", name="draft.md")
    newsroom.save("---\ntitle: [broken\n---\nNo.\n", name="broken.md")
    service = opened(newsroom, "kind = 'folder'", "path = 'inbox'", "retract_after = '1h'")

    run = refreshed(service)

    assert (run.outcome, run.code, run.counts["new"]) == (Outcome.FAILED, "unreadable", 1)
    assert [complaint.where for complaint in run.complaints] == ["inbox/broken.md:3"]
    assert (run.message or "").startswith("inbox/broken.md:3: the front matter is not YAML")
    [article] = articles(service)
    assert (article.title, article.body) == ("A ship came in", "<p>It <strong>came</strong> at noon.</p>")
    assert article.published.isoformat() == "2025-02-08T08:06:00+00:00"

    newsroom.save("---\ntitle: Two ships came in\ndate: 2025-02-08 12:06\n---\nAt noon.\n", name="ship.md")
    assert refreshed(service).counts["changed"] == 1
    (newsroom.inbox / "ship.md").unlink()
    refreshed(service)
    assert "Two ships" in main_feed(service)
    newsroom.clock.now += timedelta(hours=2)
    refreshed(service)
    assert "Two ships" not in main_feed(service)
    assert articles(service)[0].id == article.id
    service.close()


def test_no_two_articles_of_a_folder_share_their_instant_of_change(newsroom: Newsroom) -> None:
    for number in range(5):
        newsroom.save(f"---\ntitle: Ship {number} came in\n---\nAt noon.\n", name=f"{number}.md")
    service = opened(newsroom, "kind = 'folder'", "path = 'inbox'")
    refreshed(service)
    assert len({article.updated for article in articles(service)}) == 5
    service.close()


def test_a_site_that_is_down_is_told_and_loses_nothing(newsroom: Newsroom, site: Site) -> None:
    site.pages["/latest"] = ("text/html; charset=utf-8", news_page())
    service = opened(newsroom, "kind = 'html'", f"url = '{site.url('/latest')}'", "robots = false")
    refreshed(service)
    before = documents(service)
    site.pages.clear()

    run = refreshed(service)

    assert run.outcome is Outcome.FAILED
    assert site.url("/latest") in (run.message or "")
    assert documents(service) == before
    service.close()
