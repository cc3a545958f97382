"""Asking the web, within this process.

Knows what a request is to WSGI; hides it. What comes back is what every reader gets.
"""

import io
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes, urlsplit

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication


@dataclass(frozen=True, slots=True)
class Reply:
    """What the web answered; ``headers`` by lower-case name."""

    status: HTTPStatus
    headers: Mapping[str, str]
    body: bytes


def ask(web: "WSGIApplication", address: str, coding: str = "identity") -> Reply:
    """Return the answer to a GET of an address, a path perhaps with a query, in a content coding."""
    parts = urlsplit(address)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(parts.path).decode("latin-1"),
        "QUERY_STRING": parts.query,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_ACCEPT_ENCODING": coding,
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    heard: list[tuple[str, list[tuple[str, str]]]] = []

    def start_response(status: str, headers: list[tuple[str, str]], _error: object = None) -> Callable[[bytes], object]:
        heard.append((status, headers))
        return lambda _: None

    answered = web(environ, start_response)
    try:
        body = b"".join(answered)
    finally:
        if hasattr(answered, "close"):
            answered.close()
    (line, headers), *_ = heard
    return Reply(HTTPStatus(int(line[:3])), {name.lower(): value for name, value in headers}, body)
