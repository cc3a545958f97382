"""What is published can be judged, and so can any feed in a file or at an address."""

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner
from press import Newsroom, documents, page

from feedsvc.cli import feedsvc
from feedsvc.errors import FeedsvcError, NotFound
from feedsvc.model import MAIN_FEED, FeedName, Format, SourceName
from feedsvc.service import Service
from feedsvc.store import Store
from feedsvc.text import digest


@pytest.fixture
def published(newsroom: Newsroom, service: Service) -> dict[tuple[str, Format], bytes]:
    newsroom.save(page())
    service.refresh(SourceName("front-page"))
    return documents(service)


def spoil(service: Service, good: bytes, bad: bytes, form: Format = Format.RSS) -> None:
    """Write into the store what no publication would."""
    store = Store.open(service.config.store.url)
    with store.begin() as tx:
        document = tx.documents.get(MAIN_FEED, form)
        assert document is not None
        assert good in document.body
        spoilt = document.body.replace(good, bad)
        tx.documents.put([replace(document, body=spoilt, etag=digest(spoilt))])
    store.close()


def found(service: Service, name: str = "main") -> list[tuple[str, str]]:
    return [
        (judgement.document, finding.rule.name)
        for judgement in service.judge(FeedName(name))
        for finding in judgement.findings
    ]


@pytest.mark.usefixtures("published")
def test_every_format_of_a_feed_is_judged_and_all_together(service: Service) -> None:
    for feed in service.config.feeds:
        judgements = service.judge(feed.name)
        assert [judgement.document for judgement in judgements] == [
            f"{feed.name} ({kind})" for kind in ("RSS", "Atom", "JSON Feed", "all formats")
        ]
        assert found(service, feed.name) == []


@pytest.mark.usefixtures("published")
def test_what_is_wrong_in_the_store_is_found(service: Service) -> None:
    spoil(service, b"<title>A lighthouse keeper", b"<title>The lighthouse keeper")
    assert found(service) == [("main (all formats)", "parity")] * 2
    spoil(service, b"</rss>", b"")
    assert ("main (RSS)", "well-formed") in found(service)


@pytest.mark.usefixtures("published")
def test_feeds_that_come_by_themselves_are_judged_by_their_names(service: Service) -> None:
    judgements = service.judge(FeedName("source-front-page"))
    assert [len(judgement.findings) for judgement in judgements] == [0, 0, 0, 0]
    with pytest.raises(NotFound):
        service.judge(FeedName("source-nowhere"))


def test_a_feed_that_is_not_published_is_found(newsroom: Newsroom) -> None:
    service = newsroom.open()
    store = Store.open(service.config.store.url)
    with store.begin() as tx:
        tx.documents.delete(MAIN_FEED)
    store.close()
    assert found(service) == [
        ("main (RSS)", "published"),
        ("main (Atom)", "published"),
        ("main (JSON Feed)", "published"),
    ]
    service.close()


def validate(*arguments: str, config: Path) -> tuple[int, str]:
    done = CliRunner().invoke(feedsvc, ["validate", *arguments, "--config", str(config)])
    assert done.exception is None or isinstance(done.exception, SystemExit | FeedsvcError), done.exception
    return done.exit_code, done.stdout


@pytest.mark.usefixtures("published")
def test_the_command_prints_findings_and_fails_for_errors_or_strictly_for_all(
    newsroom: Newsroom, service: Service
) -> None:
    config = newsroom.folder / "config.toml"
    assert validate(config=config) == (0, "")
    spoil(service, b"<title>A lighthouse keeper", b"<title>A lighthouse &#x26;amp;amp; keeper")
    code, printed = validate("politics", config=config)
    assert (code, printed) == (0, "")
    code, printed = validate("main", "--json", config=config)
    objects = {each["document"]: each["findings"] for each in json.loads(printed)}
    [warning] = objects["main (RSS)"]
    assert (warning["rule"], warning["weight"]) == ("title-markup", "warning")
    assert "RFC 4287 §3.1" in warning["source"]
    assert warning["where"].startswith("urn:uuid:")
    assert [each["rule"] for each in objects["main (all formats)"]] == ["parity", "parity"]
    assert code == 1
    assert validate("nowhere", config=config)[0] == 1


def test_a_file_is_judged_without_a_configuration(
    tmp_path: Path, published: dict[tuple[str, Format], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    for form in Format:
        file = elsewhere / f"good.{form}"
        file.write_bytes(published["main", form])
        done = CliRunner().invoke(feedsvc, ["validate", file.name])
        assert (done.exit_code, done.stdout) == (0, "")
    body = published["main", Format.RSS].replace(b"<title>A lighthouse", b"<title>A &#x26;amp;amp; lighthouse")
    (elsewhere / "warned.xml").write_bytes(body)
    for options, code in (((), 0), (("--strict",), 1)):
        done = CliRunner().invoke(feedsvc, ["validate", *options, "warned.xml"])
        assert done.exit_code == code
        assert "\twarning\ttitle-markup\t" in done.stdout
    (elsewhere / "page.xml").write_text("<html><body>This is no feed.</body></html>")
    done = CliRunner().invoke(feedsvc, ["validate", "./page.xml"])
    assert done.exit_code == 1
    assert "\tdialect\t" in done.stdout
    assert CliRunner().invoke(feedsvc, ["validate", "nothing.xml"]).exit_code == 1


class Site(HTTPServer):
    """Serves one document as one media type, whatever is asked for."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.body = b""
        self.media_type = ""


class _Answer(BaseHTTPRequestHandler):
    server: Site

    def do_GET(self) -> None:
        known = self.path == "/feed.xml"
        self.send_response(200 if known else 404)
        self.send_header("Content-Type", self.server.media_type)
        self.send_header("Content-Length", str(len(self.server.body) if known else 0))
        self.end_headers()
        self.wfile.write(self.server.body if known else b"")

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def site() -> Iterator[Site]:
    server = Site()
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_an_address_is_judged_with_what_it_is_served_as(
    newsroom: Newsroom, site: Site, published: dict[tuple[str, Format], bytes]
) -> None:
    config = newsroom.configure()
    config.write_text(config.read_text("utf-8") + "\n[outbound]\nallow = ['loopback']\n", "utf-8")
    url = f"http://127.0.0.1:{site.server_port}/feed.xml"
    site.body = published["main", Format.RSS].replace(b"https://news.example.org/feed.xml", url.encode())
    for media_type, rules in (("application/rss+xml; charset=utf-8", []), ("text/html", ["media-type"])):
        site.media_type = media_type
        code, printed = validate(url, "--json", config=config)
        [judged] = json.loads(printed)
        assert [finding["rule"] for finding in judged["findings"]] == rules
        assert code == 0
    site.media_type = "application/rss+xml"
    site.body = published["main", Format.RSS]
    [judged] = json.loads(validate(url, "--json", config=config)[1])
    assert [finding["rule"] for finding in judged["findings"]] == ["self-elsewhere"]
    assert validate(url + "x", config=config)[0] == 1
