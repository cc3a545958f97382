"""A bare WSGI answer on Granian, as ``feedsvc serve`` runs it: what the server alone can do.

``python -m benchmarks.bare PORT FILE``: two workers answer everything with the file, or with 304 when asked so.
"""

import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from feedsvc.server import run

if TYPE_CHECKING:
    from collections.abc import Iterable
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment


def _app(file: Path) -> "WSGIApplication":
    body = file.read_bytes()
    tag = ("ETag", '"bare"')
    full = [("Content-Type", "application/rss+xml"), ("Content-Encoding", "gzip"), tag]

    def answer(environ: "WSGIEnvironment", start_response: "StartResponse") -> "Iterable[bytes]":
        if environ.get("HTTP_IF_NONE_MATCH") == tag[1]:
            start_response("304 Not Modified", [tag])
            return [b""]
        start_response("200 OK", full)
        return [body]

    return answer


if __name__ == "__main__":
    sys.exit(run(partial(_app, Path(sys.argv[2])), host="127.0.0.1", port=int(sys.argv[1]), workers=2))
