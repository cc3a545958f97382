"""The API by which programs send articles: ``/api/articles``, described at ``/api/openapi.json``.

Knows its addresses, headers and status codes (RFC 6750 for tokens, RFC 9457 for problems); hides Flask. What an item
may hold is the service's business.
"""

import json
import re
from collections.abc import Callable
from http import HTTPStatus
from typing import IO, Any
from urllib.parse import parse_qs

from flask import Blueprint, request
from flask import Response as FlaskResponse
from flask.blueprints import BlueprintSetupState
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge, UnsupportedMediaType
from werkzeug.routing import BaseConverter

from feedsvc import addresses
from feedsvc.config import Site
from feedsvc.errors import (
    FeedsvcError,
    KeyReused,
    NotFound,
    PushInvalid,
    PushRetracted,
    TokenForbidden,
    TokenUnknown,
)
from feedsvc.model import Article, ArticleId, Token, Verdict
from feedsvc.service import Service
from feedsvc.service.push import Pushed
from feedsvc.text import digest
from feedsvc.web import openapi, problems
from feedsvc.web.problems import Problem
from feedsvc.web.representation import NOSNIFF, Headers

BODY_MOST_BYTES = 1_000_000
_READ_OUT_MOST_BYTES = 8 * BODY_MOST_BYTES
_LISTED, _LISTED_MOST = 50, 100
_KEY = re.compile(r"[\x21-\x7e]{1,255}")
_NUMBER = re.compile(r"[1-9][0-9]{0,5}")

# Whoever holds a token may be a page in a browser, too: nothing here goes by cookies, so any site may ask.
_CORS: Headers = (
    ("Access-Control-Allow-Origin", "*"),
    ("Access-Control-Allow-Methods", "GET, HEAD, POST, PUT, DELETE, OPTIONS"),
    ("Access-Control-Allow-Headers", "Authorization, Content-Type, Idempotency-Key"),
    ("Access-Control-Expose-Headers", "Location, WWW-Authenticate"),
    ("Access-Control-Max-Age", "86400"),
)
# Answers are for one sender and one moment.
_PRIVATE: Headers = (("Cache-Control", "no-store"), ("Vary", "Authorization"), NOSNIFF, *_CORS)
_PUBLIC: Headers = (("Cache-Control", "public, max-age=300"), NOSNIFF, *_CORS)

_STATUS: dict[type[FeedsvcError], HTTPStatus] = {
    PushInvalid: HTTPStatus.UNPROCESSABLE_ENTITY,
    PushRetracted: HTTPStatus.GONE,
    KeyReused: HTTPStatus.UNPROCESSABLE_ENTITY,
    TokenUnknown: HTTPStatus.UNAUTHORIZED,
    TokenForbidden: HTTPStatus.FORBIDDEN,
    NotFound: HTTPStatus.NOT_FOUND,
}


class _SenderId(BaseConverter):
    """Any text that an id can be, slashes included: WSGI has decoded the path, so ``%2F`` cannot be told from ``/``."""

    regex = r"[^\x00-\x1f\x7f]+"
    part_isolating = False


class Api:
    """The views of the API. ``current`` returns the service."""

    def __init__(self, current: Callable[[], Service]) -> None:
        self._current = current

    def routes(self) -> Blueprint:
        """Return where each view stands."""
        routes = Blueprint("api", __name__)
        routes.record_once(_know_sender_ids)
        one = "/api/articles/<sender_id:sender_id>"
        routes.add_url_rule("/api/openapi.json", view_func=self.description)
        routes.add_url_rule("/api/articles", view_func=self.list, methods=["GET"])
        routes.add_url_rule("/api/articles", view_func=self.send, methods=["POST"])
        routes.add_url_rule(one, view_func=self.get, methods=["GET"])
        routes.add_url_rule(one, view_func=self.replace, methods=["PUT"])
        routes.add_url_rule(one, view_func=self.retract, methods=["DELETE"])
        routes.after_request(private)
        return routes

    def description(self) -> FlaskResponse:
        """Describe the API to programs (OpenAPI 3.1)."""
        return answer(HTTPStatus.OK, openapi.document(self._site.base_url), headers=_PUBLIC)

    def send(self) -> FlaskResponse:
        """Take one item, or many."""
        token = self._admit()
        body, sent = _json()
        pushed = self._current().push.receive(token, sent, key=key(), digest=digest(body))
        many = isinstance(sent, dict) and "items" in sent
        if not many and (gone := pushed[0].article).retracted:
            raise PushRetracted(pushed[0].sender_id, by_hand="retracted" in gone.pinned)
        new = any(each.verdict is Verdict.NEW for each in pushed)
        outcomes = [self._outcome(each) for each in pushed]
        return answer(
            HTTPStatus.CREATED if new else HTTPStatus.OK,
            {"items": outcomes} if many else outcomes[0],
            headers=() if many else (("Location", outcomes[0]["permalink"]),),
        )

    def replace(self, sender_id: str) -> FlaskResponse:
        """Make one article what the item says."""
        token = self._admit()
        _, sent = _json()
        pushed = self._current().push.replace(token, sender_id, sent)
        outcome = self._outcome(pushed)
        status = HTTPStatus.CREATED if pushed.verdict is Verdict.NEW else HTTPStatus.OK
        return answer(status, outcome, headers=(("Location", outcome["permalink"]),))

    def retract(self, sender_id: str) -> FlaskResponse:
        """Take one article back."""
        self._current().push.retract(self._admit(), sender_id)
        return FlaskResponse(status=HTTPStatus.NO_CONTENT)

    def get(self, sender_id: str) -> FlaskResponse:
        """Return one article as an item."""
        article = self._current().push.get(self._admit(), sender_id)
        if article.retracted:
            raise PushRetracted(sender_id, by_hand="retracted" in article.pinned)
        return answer(HTTPStatus.OK, item(article, self._site))

    def list(self) -> FlaskResponse:
        """Return the newest articles of the token's source."""
        token = self._admit()
        limit = next(iter(parameters("limit")), str(_LISTED))
        before = next(iter(parameters("before")), None)
        if not _NUMBER.fullmatch(limit) or int(limit) > _LISTED_MOST:
            raise BadRequest(f"The parameter limit is a whole number from 1 to {_LISTED_MOST}.")
        if before is not None and not before.isalnum():
            raise BadRequest("The parameter before is the article_id of the last article of the page before.")
        found = self._current().push.list(token, limit=int(limit) + 1, before=ArticleId(before) if before else None)
        shown = found[: int(limit)]
        listed: dict[str, Any] = {"items": [item(article, self._site) for article in shown]}
        if len(found) > len(shown):
            listed["next_url"] = f"{self._site.base_url}/api/articles?limit={limit}&before={shown[-1].id}"
        return answer(HTTPStatus.OK, listed)

    @property
    def _site(self) -> Site:
        return self._current().config.site

    def _admit(self) -> Token:
        return self._current().push.admit(bearer() or "")

    def _outcome(self, pushed: Pushed) -> dict[str, Any]:
        article = pushed.article
        outcome = {
            "id": pushed.sender_id,
            "verdict": "retracted" if article.retracted else pushed.verdict.value,
            "article_id": article.id,
            "guid": article.guid,
            "permalink": addresses.permalink(self._site.base_url, article),
        }
        return outcome | ({"publish_at": article.embargo.isoformat()} if article.embargo else {})


def item(article: Article, site: Site) -> dict[str, Any]:
    """Return the article as an item that may be sent back as it is."""
    said: dict[str, Any] = {
        "id": article.source_guid,
        "title": article.title,
        "url": article.link,
        "content_html": article.body,
        "summary": article.summary,
        "date_published": article.stated and article.stated.isoformat(),
        "authors": [{"name": name} for name in article.authors],
        "tags": article.tags,
        "image": article.image,
        "language": article.language,
        "attachments": [
            {"url": each.url, "mime_type": each.media_type}
            | ({} if each.length is None else {"size_in_bytes": each.length})
            for each in article.enclosures
        ],
        "_feedsvc": {
            "section": article.section,
            "publish_at": article.embargo and article.embargo.isoformat(),
            "article_id": article.id,
            "guid": article.guid,
            "permalink": addresses.permalink(site.base_url, article),
            "published": None if article.embargo else article.published.isoformat(),
            "updated": article.updated.isoformat(),
            "revision": article.revision,
        },
    }
    said["_feedsvc"] = {name: value for name, value in said["_feedsvc"].items() if value is not None}
    return {name: value for name, value in said.items() if value}


# --- requests ---------------------------------------------------------------------------------------------------------


def bearer() -> str | None:
    """Return what stands behind ``Bearer`` in the Authorization header, None where there is no such header."""
    given = request.authorization
    return given.token if given is not None and given.type == "bearer" else None


def body_bytes() -> bytes:
    """Return the body of the request.

    Raises:
        HTTPException: it is too large, or in a coding that is not taken.
    """
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise UnsupportedMediaType("Send the body without a Content-Encoding.")
    request.max_content_length = BODY_MOST_BYTES
    try:
        return request.get_data()
    except RequestEntityTooLarge:
        _read_out(request.environ["wsgi.input"])
        raise


def _read_out(body: IO[bytes]) -> None:
    # Who is answered and cut off while he still sends hears of a broken pipe, and not why (RFC 9112 §9.6).
    left = _READ_OUT_MOST_BYTES
    while left > 0 and (some := body.read(min(left, 65_536))):
        left -= len(some)


def parsed(body: bytes) -> object:
    """Return what a body says in JSON.

    Raises:
        BadRequest: it is none.
    """

    def refuse(name: str) -> object:
        raise ValueError(f"{name} is no JSON")

    try:
        return json.loads(body.decode("utf-8-sig"), parse_constant=refuse)
    except UnicodeDecodeError:
        raise BadRequest("The body is not UTF-8.") from None
    except json.JSONDecodeError as error:
        raise BadRequest(f"The body is no JSON: {error.msg} in line {error.lineno}, column {error.colno}.") from None
    except (ValueError, RecursionError) as error:
        raise BadRequest(f"The body is no JSON that can be read: {error}.") from None


def _json() -> tuple[bytes, object]:
    if request.mimetype != "application/json" and not request.mimetype.endswith("+json"):
        raise UnsupportedMediaType("Send the item as application/json or application/feed+json.")
    body = body_bytes()
    return body, parsed(body)


def key() -> str | None:
    """Return the Idempotency-Key of the request; None where it has none.

    Raises:
        BadRequest: it cannot be read.
    """
    given = request.headers.get("Idempotency-Key")
    if given is not None and not _KEY.fullmatch(given):
        raise BadRequest("An Idempotency-Key is 1 to 255 visible ASCII characters.")
    return given


def parameters(name: str) -> list[str]:
    """Return the values of a parameter of the query, in their order."""
    # Not request.args, which raises on a query that is no UTF-8.
    return parse_qs(request.query_string.decode("latin-1"), keep_blank_values=True).get(name, [])


# --- answers ----------------------------------------------------------------------------------------------------------


def answer(
    status: HTTPStatus, said: object, *, media_type: str = "application/json", headers: Headers = ()
) -> FlaskResponse:
    """Return an answer in JSON."""
    body = json.dumps(said, ensure_ascii=False).encode() + b"\n"
    return FlaskResponse(body, status, [("Content-Type", media_type), *headers])


def problem(error: FeedsvcError) -> Problem:
    """Return the refusal that an expected failure of pushing is."""
    status = _STATUS.get(type(error), HTTPStatus.BAD_REQUEST)
    headers: Headers = ()
    if isinstance(error, TokenUnknown):
        # RFC 6750 §3.1: without any token the request is told nothing but how to ask.
        wrong = ', error="invalid_token"' if bearer() else ""
        headers = (("WWW-Authenticate", f'Bearer realm="feedsvc"{wrong}'),)
    detail = f"{len(error.flaws)} fields cannot be taken." if isinstance(error, PushInvalid) else str(error)
    if isinstance(error, PushInvalid) and len(error.flaws) == 1:
        detail = str(error)
    return Problem(status, detail, headers, error.code)


def refused(problem: Problem, error: Exception) -> FlaskResponse:
    """Return a refusal as the API words it: problem details, with every bad field."""
    said = problems.details(problem)
    if isinstance(error, PushInvalid):
        said["errors"] = [{"pointer": flaw.pointer, "detail": flaw.message} for flaw in error.flaws]
    return private(answer(problem.status, said, media_type=problems.PROBLEM_JSON, headers=problem.headers))


def private(response: FlaskResponse) -> FlaskResponse:
    """Give an answer the headers that keep it from caches, where it has none of its own."""
    for name, value in _PRIVATE:
        response.headers.setdefault(name, value)
    return response


def _know_sender_ids(state: BlueprintSetupState) -> None:
    state.app.url_map.converters["sender_id"] = _SenderId
