"""Lengths of pictures and enclosures through the whole service: asked for once, kept, told in the feeds."""

import logging
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import feedparser
import pytest
from press import Newsroom, articles, documents, main_feed

from feedsvc.model import Enclosure, Format, Outcome, Run, SourceName
from feedsvc.outbound import Measured
from feedsvc.service import Service
from feedsvc.service.measuring import told


class Site(ThreadingHTTPServer):
    """Somebody else's site: what lies at each path, with its media type; counts what was asked for."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Request)
        self.files: dict[str, tuple[str, bytes]] = {}
        self.statuses: dict[str, int] = {}
        self.asked: list[str] = []

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.server_port}{path}"

    @property
    def measured(self) -> list[str]:
        """The paths asked for by HEAD, in order, since this was asked for last."""
        paths = [path for method, path in map(str.split, self.asked) if method == "HEAD"]
        self.asked.clear()
        return paths


class _Request(BaseHTTPRequestHandler):
    server: Site

    def do_GET(self) -> None:
        self.server.asked.append(f"{self.command} {self.path}")
        media_type, body = self.server.files.get(self.path, ("text/plain", b""))
        self.send_response(self.server.statuses.get(self.path, 200 if body else 404))
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    do_HEAD = do_GET  # noqa: N815 - the name that http.server looks for

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


def opened(newsroom: Newsroom, kind: str, url: str, *settings: str) -> Service:
    newsroom.configure(
        "[site]\ntitle = 'The Harbour Times'\nbase_url = 'https://news.example.org'\ntimezone = 'Asia/Baku'\n"
        f"[outbound]\nallow = ['127.0.0.1']\n[[sources]]\nname = 'sea'\nkind = '{kind}'\nurl = '{url}'\n"
        "robots = false\n" + "\n".join(settings)
    )
    service = newsroom.open()
    service._outbound.delay_s = service._outbound.backoff_s = 0.0  # nobody here minds haste
    return service


def refreshed(service: Service) -> Run:
    return service.refresh(SourceName("sea"))[0]


def rss(*items: str) -> tuple[str, bytes]:
    head = "<title>Sea</title><link>https://sea.example/</link><description>d</description>"
    media = 'xmlns:media="http://search.yahoo.com/mrss/"'
    return (
        "application/rss+xml",
        f'<?xml version="1.0"?><rss version="2.0" {media}><channel>{head}{"".join(items)}</channel></rss>'.encode(),
    )


def item(number: int, inside: str, title: str = "A ship came in") -> str:
    date = f"<pubDate>Sat, 08 Feb 2025 12:{number:02}:00 +0400</pubDate>"
    return f'<item><title>{title}, {number}</title><guid isPermaLink="false">sea-{number}</guid>{date}{inside}</item>'


def picture(url: str) -> str:
    return f'<media:content url="{url}" medium="image"/>'


def sound(url: str, length: str = "") -> str:
    return f'<enclosure url="{url}" type="audio/mpeg" length="{length}"/>'


def enclosures(service: Service) -> list[tuple[Enclosure, ...]]:
    return [article.enclosures for article in articles(service)]


def test_files_of_new_articles_are_measured_once_and_told_in_every_format(newsroom: Newsroom, site: Site) -> None:
    lead, talk = site.url("/ship.jpg"), site.url("/talk.mp3")
    site.files |= {"/ship.jpg": ("image/jpeg", b"x" * 51), "/talk.mp3": ("audio/mpeg", b"x" * 42)}
    site.files["/rss"] = rss(item(2, picture(lead)), item(1, picture(lead) + sound(talk)))
    service = opened(newsroom, "feed", site.url("/rss"))

    refreshed(service)

    photo, voice = Enclosure(lead, "image/jpeg", 51), Enclosure(talk, "audio/mpeg", 42)
    assert enclosures(service) == [(photo,), (voice, photo)]
    assert [article.revision for article in articles(service)] == [1, 1]
    assert site.measured == ["/ship.jpg", "/talk.mp3"]
    made = documents(service)
    entries = feedparser.parse(made["main", Format.RSS]).entries
    assert [[(e.href, e.type, e.length) for e in entry.enclosures] for entry in entries] == [
        [(lead, "image/jpeg", "51")],
        [(talk, "audio/mpeg", "42")],
    ]
    linked = feedparser.parse(made["main", Format.ATOM]).entries[1].enclosures
    assert {(e.href, e.length) for e in linked} == {(lead, "51"), (talk, "42")}
    assert b'"size_in_bytes": 42' in made["main", Format.JSON]

    site.files["/rss"] = rss(item(2, picture(lead)), item(1, picture(lead) + sound(talk)), "<!-- the same news -->")
    assert refreshed(service).outcome is Outcome.UNCHANGED
    assert (site.measured, documents(service)) == ([], made)
    service.close()


def test_the_length_of_a_former_picture_goes_and_the_new_one_is_measured(newsroom: Newsroom, site: Site) -> None:
    site.files |= {
        "/old.jpg": ("image/jpeg", b"old"),
        "/new.png": ("image/png", b"newer"),
        "/a.mp3": ("audio/mpeg", b"a"),
    }
    site.files["/rss"] = rss(item(1, picture(site.url("/old.jpg"))))
    service = opened(newsroom, "feed", site.url("/rss"))
    refreshed(service)
    assert enclosures(service) == [(Enclosure(site.url("/old.jpg"), "image/jpeg", 3),)]

    site.files["/rss"] = rss(item(1, picture(site.url("/new.png"))))
    refreshed(service)
    new = Enclosure(site.url("/new.png"), "image/png", 5)
    assert enclosures(service) == [(new,)]
    assert "old.jpg" not in main_feed(service)

    site.measured.clear()
    site.files["/rss"] = rss(item(1, picture(site.url("/new.png")) + sound(site.url("/a.mp3"))))
    refreshed(service)
    assert enclosures(service) == [(Enclosure(site.url("/a.mp3"), "audio/mpeg", 1), new)]
    assert site.measured == ["/a.mp3"]

    site.files.pop("/new.png")
    site.files["/rss"] = rss(item(1, picture(site.url("/gone.png")) + sound(site.url("/a.mp3"))))
    refreshed(service)
    assert enclosures(service) == [(Enclosure(site.url("/a.mp3"), "audio/mpeg", 1),)]
    service.close()


def test_a_stated_length_is_believed(newsroom: Newsroom, site: Site) -> None:
    site.files["/rss"] = rss(item(1, sound(site.url("/talk.mp3"), "4200")))
    service = opened(newsroom, "feed", site.url("/rss"))
    refreshed(service)
    assert (enclosures(service), site.measured) == ([(Enclosure(site.url("/talk.mp3"), "audio/mpeg", 4200),)], [])
    service.close()


def test_ten_files_a_refresh_are_asked_for_those_of_the_newest_articles(newsroom: Newsroom, site: Site) -> None:
    site.files |= {f"/{n}.jpg": ("image/jpeg", b"x") for n in range(40)}
    site.files["/rss"] = rss(*(item(n, picture(site.url(f"/{n}.jpg"))) for n in range(40)))
    service = opened(newsroom, "feed", site.url("/rss"))
    refreshed(service)
    assert site.measured == [f"/{n}.jpg" for n in range(39, 29, -1)]

    site.files["/rss"] = rss(*(item(n, picture(site.url(f"/{n}.jpg"))) for n in range(40)), "<!-- again -->")
    refreshed(service)
    assert site.measured == []
    service.close()


def test_what_cannot_be_measured_changes_nothing_and_is_told_to_nobody(
    newsroom: Newsroom, site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    site.files["/page"] = ("text/html", b"<p>Not found, but politely</p>")
    inside = "http://10.0.0.7/inside.jpg"  # a private address
    files = (site.url("/gone.jpg"), site.url("/page"), inside)
    site.files["/rss"] = rss(*(item(n, picture(url)) for n, url in enumerate(files)))
    service = opened(newsroom, "feed", site.url("/rss"))

    run = refreshed(service)

    assert (run.outcome, run.complaints, run.counts["new"]) == (Outcome.DONE, (), 3)
    assert enclosures(service) == [(), (), ()]
    assert site.measured == ["/page", "/gone.jpg"]
    assert {record.getMessage() for record in caplog.records if record.name.startswith("feedsvc")} == {"run"}
    assert [article.image for article in articles(service)] == list(reversed(files))
    service.close()


def test_a_host_in_trouble_is_left_alone_for_the_rest_of_the_refresh(newsroom: Newsroom, site: Site) -> None:
    site.statuses |= {f"/{n}.jpg": 503 for n in range(5)}
    site.files["/rss"] = rss(*(item(n, picture(site.url(f"/{n}.jpg"))) for n in range(5)))
    service = opened(newsroom, "feed", site.url("/rss"))
    refreshed(service)
    assert site.measured == ["/4.jpg"]
    service.close()


def test_pictures_of_followed_pages_are_measured_and_stay(newsroom: Newsroom, site: Site) -> None:
    titles = ("The lighthouse keeper retires", "Harbour bridge is painted green", "School choir sings for the fleet")

    def page(*titles: str) -> tuple[str, bytes]:
        rows = "".join(
            f'<li><img src="/small/{len(title)}.png"><span class="date">0{9 - n}.02.2025 12:0{n}</span> '
            f'<a href="/{len(title)}.html">{title}</a></li>'
            for n, title in enumerate(titles)
        )
        return "text/html", f"<body><h2>News</h2><ul class='news'>{rows}</ul></body>".encode()

    text = "The keeper has looked after the light for forty years and now goes home to his garden and his boat. " * 3
    site.files |= {
        "/latest": page(*titles),
        f"/{len(titles[0])}.html": (
            "text/html",
            f'<html><head><title>{titles[0]}</title><meta property="og:image" content="/light.webp"></head><body>'
            f"<article><h1>{titles[0]}</h1><p>{text}</p><p>{text}</p></article></body></html>".encode(),
        ),
        "/light.webp": ("image/webp", b"light"),
    }
    service = opened(newsroom, "html", site.url("/latest"), "follow = true")
    light = Enclosure(site.url("/light.webp"), "image/webp", 5)
    small = [site.url(f"/small/{len(title)}.png") for title in titles]

    refreshed(service)

    assert [(a.image, a.enclosures) for a in articles(service)] == [
        (light.url, (light,)),
        (small[1], ()),
        (small[2], ()),
    ]
    assert f'<enclosure url="{light.url}" length="5" type="image/webp"/>' in main_feed(service)
    site.files["/latest"] = page(*titles, "Ferry to the island runs again")
    assert refreshed(service).counts.get("changed", 0) == 0
    assert [a.enclosures for a in articles(service) if a.title == titles[0]] == [(light,)]
    service.close()


@pytest.mark.parametrize(
    ("url", "stated", "answered", "kind"),
    [
        ("https://sea.example/a", "", "image/png", "image/png"),
        ("https://sea.example/a.jpg", "", "image/png", "image/png"),
        ("https://sea.example/a.JPG?w=9", "", "application/octet-stream", "image/jpeg"),
        ("https://sea.example/a", "audio/mpeg", "binary/octet-stream", "audio/mpeg"),
        ("https://sea.example/a", "audio/x-m4a", "video/mp4", "audio/x-m4a"),
        ("https://sea.example/a", "application/octet-stream", "audio/mpeg", "audio/mpeg"),
        ("https://sea.example/a", "", "application/octet-stream", None),
        ("https://sea.example/a.jpg", "", "text/html", None),
        ("https://sea.example/a.mp3", "audio/mpeg", "text/html", None),
    ],
)
def test_the_source_has_the_word_about_a_files_kind_unless_something_else_is_there(
    url: str, stated: str, answered: str, kind: str | None
) -> None:
    assert told(Enclosure(url, stated), Measured(answered, 7)) == (Enclosure(url, kind, 7) if kind else None)
