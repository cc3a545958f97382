"""What an address hands out, and which of it a request gets: codings, preconditions, status, headers.

Knows RFC 9110 §8.8 (validators), §12.5.3 (Accept-Encoding) and §13 (conditional requests); hides them from the front
and the pages. Pure: no clock, no store, no Flask.
"""

import gzip
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from functools import lru_cache
from http import HTTPStatus
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

import brotli
from werkzeug.http import parse_date
from werkzeug.urls import iri_to_uri

from feedsvc.model import Format

Headers = tuple[tuple[str, str], ...]
# An answer as WSGI wants it: status line, headers, body. The body may be gone through again and again.
Finished = tuple[str, Headers, Iterable[bytes]]

IDENTITY = "identity"
METHODS = "GET, HEAD, OPTIONS"

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' https: data:; media-src 'self' https:; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
# What a browser is told about everything that it shows from here: no script, nothing framed, nothing guessed.
NOSNIFF = ("X-Content-Type-Options", "nosniff")
SAFE: Headers = (
    NOSNIFF,
    ("Referrer-Policy", "strict-origin-when-cross-origin"),
    ("Content-Security-Policy", POLICY),
)

_XML = "application/xml; charset=utf-8"
_XML_FEEDS = (Format.RSS.content_type, Format.ATOM.content_type)

_ETAG = re.compile(r'(W/)?"([^"]*)"|([^\s,"]+)')
# Proxies that compress rewrite the tag: Apache appends `-gzip`, Jetty `--gzip`, others `;gzip`; all mean our document.
_PROXY_SUFFIX = re.compile(r"(?:(?:--?|[;:])(?:gzip|br|zstd|deflate))+$")
_QUALITY = re.compile(r"\s*q\s*=\s*([01](?:\.[0-9]*)?)\s*", re.IGNORECASE)
# A coding that the client did not name is still acceptable as identity, but less welcome than any that it named.
_UNNAMED = 1e-6
_HEADER_REMEMBERED = 200
_TAG_LENGTH = 100
_TAGS_TRIED = 5

# All that decides which answer a request for a resource gets.
DECIDING = (
    "REQUEST_METHOD", "QUERY_STRING", "HTTP_ACCEPT_ENCODING", "HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE",
    "HTTP_IF_MATCH", "HTTP_IF_UNMODIFIED_SINCE", "HTTP_A_IM", "HTTP_SEC_FETCH_DEST",
)  # fmt: skip
_Deciding = tuple[str | None, ...]
# Nearly all requests are of a few kinds; what strangers make up must not fill the memory.
_ANSWERS_REMEMBERED = 32
_ASKED_LENGTH = 300
_WEIGHT_OF_HEADERS = 8_000
_PIECE_BYTES = 65_536
_STATUS_LINES = {status: f"{status.value} {status.phrase}" for status in HTTPStatus}


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole response to a GET. A HEAD gets it without the body; the server adds Date."""

    status: HTTPStatus
    headers: Headers
    body: bytes = b""

    @property
    def status_line(self) -> str:
        """The status as WSGI wants it."""
        return _STATUS_LINES[self.status]


@dataclass(frozen=True, slots=True)
class _Variant:
    coding: str
    etag: str
    validators: Headers
    headers: Headers
    body: bytes


@dataclass(frozen=True, slots=True)
class Resource:
    """The bytes of one address in every coding that is ready, smallest first; made by :func:`resource`."""

    variants: tuple[_Variant, ...]
    last_modified: datetime | None
    # A resource never changes, so the same request gets the same answer: by ``DECIDING``, see :func:`finished`.
    answers: dict[_Deciding, Finished] = field(default_factory=dict, repr=False, compare=False)

    @property
    def weight(self) -> int:
        """About how many bytes of memory it takes."""
        return _WEIGHT_OF_HEADERS + sum(len(variant.body) for variant in self.variants)


def resource(
    body: bytes,
    *,
    etag: str,
    media_type: str,
    headers: Headers,
    encodings: Mapping[str, bytes] | None = None,
    last_modified: datetime | None = None,
    vary: str = "Accept-Encoding",
) -> Resource:
    """Prepare every response that the bytes can need.

    ``etag`` is the opaque tag of the identity coding, without quotes. ``headers`` go out with 200 and 304 alike.
    """
    shared = (*headers, ("Vary", vary))
    if last_modified is not None:
        shared = (*shared, ("Last-Modified", format_datetime(last_modified, usegmt=True)))
    codings = {IDENTITY: body, **(encodings or {})}
    variants = []
    for coding, data in sorted(codings.items(), key=lambda item: len(item[1])):
        tag = f'"{etag}"' if coding == IDENTITY else f'"{etag}-{coding}"'
        validators = (("ETag", tag), *shared)
        coded = () if coding == IDENTITY else (("Content-Encoding", coding),)
        full = (("Content-Type", media_type), ("Content-Length", str(len(data))), *coded, *validators)
        variants.append(_Variant(coding, tag, validators, full, data))
    return Resource(tuple(variants), last_modified)


def compressed(body: bytes) -> dict[str, bytes]:
    """Return the body in the codings that every browser takes, as far as they are smaller.

    Levels for pages that are made on demand: a page of 20 KB costs about 0.7 ms. The window of brotli is 64 KB: one
    that is larger than a page takes a megabyte of memory each time, which costs more than the compressing.
    """
    codings = {"gzip": gzip.compress(body, 6, mtime=0), "br": brotli.compress(body, quality=5, lgwin=16)}
    return {coding: data for coding, data in codings.items() if len(data) < len(body)}


def finished(what: Resource, environ: Mapping[str, Any]) -> Finished | None:
    """Answer a plain GET, and remember the answer; None if the request needs a second thought.

    That is any other method, a query, a delta that may do, a refusal. And a path that could be the key of something
    else in memory, if it is written so: not of ASCII, or with a question mark.
    """
    path = environ.get("PATH_INFO", "")
    if environ["REQUEST_METHOD"] != "GET" or environ.get("QUERY_STRING") or "?" in path or not path.isascii():
        return None
    given = answer(what, environ)
    if given.status is not HTTPStatus.NOT_MODIFIED and (given.status is not HTTPStatus.OK or base_tags(environ)):
        return None
    made = given.status_line, given.headers, pieces(given.body)
    asked = tuple(map(environ.get, DECIDING))
    if sum(map(len, filter(None, asked))) <= _ASKED_LENGTH:
        if len(what.answers) >= _ANSWERS_REMEMBERED:
            what.answers.clear()
        what.answers[asked] = made
    return made


def pieces(body: bytes) -> Iterable[bytes]:
    """Return the body in such pieces that a slow client costs no more than one of them.

    The server copies what it is given, and holds it until the client has taken it.
    """
    return [body] if len(body) <= _PIECE_BYTES else _Pieces(body)


class _Pieces:
    def __init__(self, body: bytes) -> None:
        self._body = body

    def __iter__(self) -> Iterator[bytes]:
        return (self._body[at : at + _PIECE_BYTES] for at in range(0, len(self._body), _PIECE_BYTES))


def answer(what: Resource, environ: Mapping[str, Any]) -> Answer:
    """Answer a GET or HEAD for the resource: 200, 304, 406 or 412; the last two with neither headers nor body.

    A precondition that cannot be read counts as absent (RFC 9110 §13.1.3), never as an error.
    """
    chosen = _negotiate(what.variants, environ.get("HTTP_ACCEPT_ENCODING"))
    if chosen is None:
        return Answer(HTTPStatus.NOT_ACCEPTABLE, ())
    if _forbidden(what, environ):
        return Answer(HTTPStatus.PRECONDITION_FAILED, ())
    known = _known(what, chosen, environ)
    if known is not None:
        return Answer(HTTPStatus.NOT_MODIFIED, known.validators)
    # A browser opens the address in a window: none but browsers say so (Fetch Metadata §2.1).
    looked_at = environ.get("HTTP_SEC_FETCH_DEST") == "document"
    return Answer(HTTPStatus.OK, _in_a_window(chosen.headers) if looked_at else chosen.headers, chosen.body)


def base_tags(environ: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the entity tags of states that the client has and from which it accepts a feed's delta; mostly none.

    Without quotes and codings. Source: RFC 3229 §10.5.3; ``feed`` is the instance manipulation that feed readers name.
    """
    if environ["REQUEST_METHOD"] not in ("GET", "HEAD") or "HTTP_IF_NONE_MATCH" not in environ:
        return ()
    if environ.get("HTTP_A_IM") is None or _weights(environ["HTTP_A_IM"]).get("feed", 0) <= 0:
        return ()
    tags = (tag or bare for _, tag, bare in _ETAG.findall(environ["HTTP_IF_NONE_MATCH"]))
    return tuple(_PROXY_SUFFIX.sub("", tag) for tag in islice(tags, _TAGS_TRIED) if len(tag) <= _TAG_LENGTH)


def delta(what: Resource, environ: Mapping[str, Any]) -> Answer:
    """Answer with what is new since the client's state: 226 with the tag of the full document, or 406.

    Caches that do not know the status must not keep it (RFC 3229 §10.8.3).
    """
    chosen = _negotiate(what.variants, environ.get("HTTP_ACCEPT_ENCODING"))
    if chosen is None:
        return Answer(HTTPStatus.NOT_ACCEPTABLE, ())
    return Answer(HTTPStatus.IM_USED, (("IM", "feed"), *chosen.headers), chosen.body)


def vary(format: Format) -> str:
    """Return what the answer to a request for a feed depends on."""
    return "Accept-Encoding" if format is Format.JSON else "Accept-Encoding, Sec-Fetch-Dest"


def redirect(base_url: str, path: str) -> Answer:
    """Send the client to the path under the site's address for good.

    The target is relative, so that it holds behind any proxy. It is kept five minutes only: a headline that is edited
    and edited back turns its redirect round, and two that were kept for ever would send readers in circles.
    """
    location = iri_to_uri(urlsplit(base_url).path + path)
    body = f"This has moved to {location}\n".encode()
    headers = (
        ("Location", location),
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Content-Length", str(len(body))),
        ("Cache-Control", "public, max-age=300"),
        NOSNIFF,
    )
    return Answer(HTTPStatus.MOVED_PERMANENTLY, headers, body)


def _in_a_window(headers: Headers) -> Headers:
    # A feed goes by the name of XML: under its own, browsers show source text, and apply no style sheet.
    return tuple(
        (name, _XML) if name == "Content-Type" and value in _XML_FEEDS else (name, value) for name, value in headers
    )


def _forbidden(what: Resource, environ: Mapping[str, Any]) -> bool:
    if_match = environ.get("HTTP_IF_MATCH")
    if if_match is not None:
        # Strong comparison (§13.1.1): a weak tag matches nothing.
        strong = {f'"{tag}"' for weak, tag, _ in _ETAG.findall(if_match) if not weak}
        return if_match.strip() != "*" and strong.isdisjoint(variant.etag for variant in what.variants)
    unmodified = _http_date(environ.get("HTTP_IF_UNMODIFIED_SINCE"))
    return unmodified is not None and what.last_modified is not None and what.last_modified > unmodified


def _known(what: Resource, chosen: _Variant, environ: Mapping[str, Any]) -> _Variant | None:
    """Find the variant that the client has already: the chosen one, or another coding of the same bytes."""
    if_none_match = environ.get("HTTP_IF_NONE_MATCH")
    if if_none_match is None:
        since = _http_date(environ.get("HTTP_IF_MODIFIED_SINCE"))
        fresh = since is not None and what.last_modified is not None and what.last_modified <= since
        return chosen if fresh else None
    if if_none_match.strip() == "*":
        return chosen
    tags = {tag or bare for _, tag, bare in _ETAG.findall(if_none_match)}
    for variant in (chosen, *what.variants):
        if variant.etag[1:-1] in tags:
            return variant
    plain = {_PROXY_SUFFIX.sub("", tag) for tag in tags if len(tag) <= _TAG_LENGTH}
    return chosen if any(variant.etag[1:-1] in plain for variant in what.variants) else None


def _http_date(text: str | None) -> datetime | None:
    # The library's reader knows the three forms of §5.6.7 and answers None to anything else.
    return parse_date(text) if text else None


def _negotiate(variants: tuple[_Variant, ...], header: str | None) -> _Variant | None:
    if header is None:
        # Nothing said means anything goes (§12.5.3), but only identity is sure to be understood.
        return next(variant for variant in variants if variant.coding == IDENTITY)
    codings = tuple([variant.coding for variant in variants])
    at = _remembered(header, codings) if len(header) <= _HEADER_REMEMBERED else _best(header, codings)
    return None if at is None else variants[at]


def _best(header: str, codings: tuple[str, ...]) -> int | None:
    weights = _weights(header)
    liked = [_weight(weights, coding) for coding in codings]
    most = max(liked)
    return liked.index(most) if most > 0 else None  # the first of equals, which is the smallest


def _weight(weights: Mapping[str, float], coding: str) -> float:
    if coding in weights:
        return weights[coding]
    if "*" in weights:
        return weights["*"]
    return _UNNAMED if coding == IDENTITY else 0


def _weights(header: str) -> dict[str, float]:
    weights: dict[str, float] = {}
    for element in header.split(","):
        name, _, parameter = element.partition(";")
        quality = _QUALITY.fullmatch(parameter) if parameter else None
        if parameter and quality is None:
            continue
        coding = name.strip().lower().removeprefix("x-")  # x-gzip is gzip (§8.4.1.3)
        if coding:
            weights[coding] = min(float(quality[1]), 1.0) if quality else 1.0
    return weights


# A handful of values make up nearly all traffic; long ones are not kept, so that strangers cannot fill the memory.
_remembered = lru_cache(maxsize=256)(_best)
