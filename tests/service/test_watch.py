"""Alerts are told once when they are raised and once when they are over, by webhook and e-mail."""

import json
import socketserver
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from press import CONFIG, Newsroom, documents, page

from feedsvc.model import MAIN_FEED, Selection, SourceName
from feedsvc.store import Store


class Webhook(HTTPServer):
    """A receiver of notices; ``status`` is what it answers."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Take)
        self.notices: list[dict[str, Any]] = []
        self.status = 204


class _Take(BaseHTTPRequestHandler):
    server: Webhook

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.server.status < 300:
            self.server.notices.append(json.loads(body))
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


class MailServer(socketserver.ThreadingTCPServer):
    """As much of SMTP as a message needs."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Mail)
        self.letters: list[str] = []


class _Mail(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        self.wfile.write(b"220 here\r\n")
        while line := self.rfile.readline():
            match line[:4].upper():
                case b"DATA":
                    self.wfile.write(b"354 go on\r\n")
                    letter = b""
                    while (line := self.rfile.readline()) != b".\r\n":
                        letter += line
                    self.server.letters.append(letter.decode())
                    self.wfile.write(b"250 taken\r\n")
                case b"QUIT":
                    self.wfile.write(b"221 bye\r\n")
                    return
                case _:
                    self.wfile.write(b"250 fine\r\n")


@pytest.fixture
def webhook() -> Iterator[Webhook]:
    with Webhook() as server:
        yield from _running(server)


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    with MailServer() as server:
        yield from _running(server)


def _running(server: Any) -> Iterator[Any]:
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()


def test_an_alert_is_told_once_and_its_end_once(newsroom: Newsroom, webhook: Webhook, mail_server: MailServer) -> None:
    newsroom.configure(
        f"{CONFIG}\n[outbound]\nallow = ['loopback']\n[alerts]\nwebhook = 'http://127.0.0.1:{webhook.server_port}/x'\n"
        f"mail_to = 'admin@example.org'\nsmtp = 'smtp://127.0.0.1:{mail_server.server_address[1]}'\n"
    )
    service = newsroom.open()
    newsroom.save(page())
    for text, told in ((page(), []), ("", ["raised"]), ("", ["raised"]), (page(), ["raised", "cleared"])):
        newsroom.save(text)
        service.refresh(SourceName("front-page"))
        service.tell_alerts()
        service.tell_alerts()
        assert [notice["event"] for notice in webhook.notices] == told
        assert len(mail_server.letters) == len(told)
    assert webhook.notices[0]["alert"]["code"] == "retrieval_failed"
    assert "Subject: [The Harbour Times] front-page: retrieval_failed" in mail_server.letters[0]
    assert "Over: front-page" in mail_server.letters[1]
    service.close()


def test_a_receiver_that_is_down_is_told_later(newsroom: Newsroom, webhook: Webhook) -> None:
    newsroom.configure(
        f"{CONFIG}\n[outbound]\nallow = ['loopback']\n[alerts]\nwebhook = 'http://127.0.0.1:{webhook.server_port}/x'\n"
    )
    service = newsroom.open()
    service.refresh(SourceName("front-page"))  # an empty inbox
    webhook.status = 503
    service.tell_alerts()
    assert webhook.notices == []
    webhook.status = 200
    service.tell_alerts()
    assert [notice["event"] for notice in webhook.notices] == ["raised"]
    service.close()


def test_a_notice_says_how_to_get_the_page_that_broke(newsroom: Newsroom, webhook: Webhook) -> None:
    newsroom.configure(
        f"{CONFIG}\n[outbound]\nallow = ['loopback']\n[alerts]\nwebhook = 'http://127.0.0.1:{webhook.server_port}/x'\n"
    )
    service = newsroom.open()
    newsroom.save("Nothing to see here, and nothing was ever here before this page.\n")
    service.refresh(SourceName("front-page"))
    service.tell_alerts()
    [notice] = webhook.notices
    assert notice["alert"]["code"] == "nothing_found"
    assert notice["get_page"] == (
        "feedsvc samples front-page --code nothing_found --save front-page-nothing_found.sample"
    )
    service.close()


def test_a_feed_that_cannot_be_published_is_told_with_the_rule_and_its_end_once(
    newsroom: Newsroom, webhook: Webhook
) -> None:
    newsroom.configure(
        f"{CONFIG}\n[outbound]\nallow = ['loopback']\n[alerts]\nwebhook = 'http://127.0.0.1:{webhook.server_port}/x'\n"
    )
    service = newsroom.open()
    newsroom.save(page())
    service.refresh(SourceName("front-page"))
    before = documents(service)
    store = Store.open(service.config.store.url)
    with store.read() as tx:
        whole = tx.articles.list(Selection(), limit=100)
    blank = [" " * number for number in range(1, len(whole) + 1)]  # only a hand in the store makes such ids
    told = []
    for guids in (blank, blank, [article.guid for article in whole]):
        with store.begin() as tx:
            tx.articles.put([replace(article, guid=guid) for article, guid in zip(whole, guids, strict=True)])
        service.publish(MAIN_FEED)
        service.tell_alerts()
        service.tell_alerts()
        told.append([notice["event"] for notice in webhook.notices])
    store.close()
    assert told == [["raised"], ["raised"], ["raised", "cleared"]]
    alert = webhook.notices[0]["alert"]
    assert (alert["code"], alert["name"]) == ("feed_unpublishable", "main")
    assert "[id-present]" in alert["message"]
    assert documents(service) == before
    service.close()
