"""Micropub: editors that speak it post, edit and delete articles at ``/micropub``.

Knows its requests, in forms and in JSON, and its answers; hides them from everyone else. It does nothing that the API
does not do. Source: W3C Micropub (Recommendation 2017-05-23), whose sections are named below.
"""

import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, request
from flask import Response as FlaskResponse
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from feedsvc import addresses
from feedsvc.errors import PushInvalid
from feedsvc.model import Article, ArticleId, Token
from feedsvc.service import Service
from feedsvc.text import digest
from feedsvc.web import push
from feedsvc.web.microformats import PROPERTIES, Properties, changed, item_of, properties_of, texts
from feedsvc.web.problems import Problem

PATH = "/micropub"
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
# §3.2: of forms; they are no properties.
_RESERVED = frozenset({"access_token", "h", "action", "url"})
# §3.8 knows few errors, and has a 400 even for a post that is not there.
_BAD_REQUEST = (HTTPStatus.NOT_FOUND, HTTPStatus.GONE, HTTPStatus.UNPROCESSABLE_ENTITY)
_ERRORS: Mapping[int, str] = {HTTPStatus.UNAUTHORIZED: "unauthorized", HTTPStatus.FORBIDDEN: "forbidden"}


@dataclass(frozen=True, slots=True)
class _Request:
    """What is asked for, whichever way it was written."""

    token: Token
    action: str
    url: str
    properties: Properties = field(default_factory=dict)
    changes: Mapping[str, Any] = field(default_factory=dict)


class Micropub:
    """The views of the endpoint. ``current`` returns the service."""

    def __init__(self, current: Callable[[], Service]) -> None:
        self._current = current

    def routes(self) -> Blueprint:
        """Return where each view stands."""
        routes = Blueprint("micropub", __name__)
        routes.add_url_rule(PATH, view_func=self.query, methods=["GET"])
        routes.add_url_rule(PATH, view_func=self.act, methods=["POST"])
        routes.after_request(push.private)
        return routes

    # --- §3.7 querying ------------------------------------------------------------------------------------------------

    def query(self) -> FlaskResponse:
        """Answer ``q=config``, ``q=syndicate-to`` and ``q=source``."""
        token = self._admit(push.bearer())
        match push.parameters("q"):
            case ["config"]:
                return push.answer(HTTPStatus.OK, {"syndicate-to": [], "q": ["config", "source", "syndicate-to"]})
            case ["syndicate-to"]:
                return push.answer(HTTPStatus.OK, {"syndicate-to": []})
            case ["source"]:
                article = self._at(token, next(iter(push.parameters("url")), ""))
                return self._source(article)
        raise BadRequest("q is config, source or syndicate-to")

    def _source(self, article: Article) -> FlaskResponse:
        properties = properties_of(push.item(article, self._current().config.site))
        wanted = {*push.parameters("properties"), *push.parameters("properties[]")}
        if wanted:
            return push.answer(HTTPStatus.OK, {"properties": {k: v for k, v in properties.items() if k in wanted}})
        return push.answer(HTTPStatus.OK, {"type": ["h-entry"], "properties": properties})

    # --- §3.3 to §3.5 -------------------------------------------------------------------------------------------------

    def act(self) -> FlaskResponse:
        """Create, update, delete or undelete."""
        if request.mimetype in _FORMS:
            asked = self._form()
        elif request.mimetype == "application/json":
            asked = self._json()
        else:
            raise UnsupportedMediaType("send a form or application/json")
        if asked.action == "create":
            return self._create(asked)
        if asked.action not in ("update", "delete", "undelete"):
            raise BadRequest("action is update, delete or undelete")
        article = self._at(asked.token, asked.url)
        if asked.action == "update":
            return self._update(asked, article)
        if asked.action == "delete":
            self._current().push.retract(asked.token, article.source_guid or "")
        else:
            self._current().push.restore(asked.token, article.source_guid or "")
        return FlaskResponse(status=HTTPStatus.NO_CONTENT)

    def _form(self) -> _Request:
        request.max_form_memory_size = push.BODY_MOST_BYTES
        push.body_bytes()  # its limits; the form is read from what it has kept
        form, header = request.form, push.bearer()
        if header is not None and "access_token" in form:
            raise BadRequest("send the token in the header or in the form, not in both")  # RFC 6750 §2
        token = self._admit(header or form.get("access_token"))
        if any(file.filename for file in request.files.values()):
            raise BadRequest("files are not taken here; send the address of the photo")
        if form.get("action") == "update":
            raise BadRequest("updates are sent as JSON")  # §3.4
        properties: Properties = {}
        for name, values in form.lists():
            if name not in _RESERVED:
                properties.setdefault(name.removesuffix("[]"), []).extend(values)
        if "action" not in form:
            _check_type(f"h-{form.get('h', 'entry')}")
        return _Request(token, form.get("action", "create"), form.get("url", ""), properties)

    def _json(self) -> _Request:
        token = self._admit(push.bearer())
        sent = push.parsed(push.body_bytes())
        if not isinstance(sent, dict):
            raise BadRequest("the body is an object")
        action, url = sent.get("action", "create"), sent.get("url", "")
        if not isinstance(action, str) or not isinstance(url, str):
            raise BadRequest("action and url are text")
        properties = sent.get("properties", {})
        if not isinstance(properties, dict) or not all(isinstance(values, list) for values in properties.values()):
            raise BadRequest("properties is an object whose values are lists")
        if action == "create":
            types = sent.get("type", ["h-entry"])
            _check_type(*types if isinstance(types, list) else [types])
        return _Request(token, action, url, properties, sent)

    def _create(self, asked: _Request) -> FlaskResponse:
        for name, only in (("post-status", "published"), ("visibility", "public")):
            if asked.properties.get(name, [only]) != [only]:
                raise BadRequest(f"{name} can only be {only}: what is posted here is published")
        sender_id = next(iter(texts(asked.properties, "uid")), "") or f"urn:uuid:{uuid.uuid4()}"
        item = {"id": sender_id, **item_of(asked.properties, self._zone(asked.token))}
        same = digest(push.body_bytes())
        [pushed] = self._current().push.receive(asked.token, item, key=push.key(), digest=same)
        return FlaskResponse(status=HTTPStatus.CREATED, headers={"Location": self._permalink(pushed.article)})

    def _update(self, asked: _Request, article: Article) -> FlaskResponse:
        item = push.item(article, self._current().config.site)
        before = properties_of(item)
        try:
            after = changed(before, asked.changes)
        except ValueError as error:
            raise BadRequest(str(error)) from None
        said = item_of(after, self._zone(asked.token))
        # What no property says stays as it is, and so does the time unless it was changed.
        kept = {
            name: value for name, value in item.items() if name not in PROPERTIES or name in ("id", "date_published")
        }
        if after.get("published") != before.get("published"):
            kept["_feedsvc"] = {name: value for name, value in item["_feedsvc"].items() if name != "publish_at"}
            kept["date_published"] = None
        else:
            said.pop("date_published", None)
        pushed = self._current().push.replace(asked.token, item["id"], kept | said)
        moved = self._permalink(pushed.article)
        if moved != self._permalink(article):
            return FlaskResponse(status=HTTPStatus.CREATED, headers={"Location": moved})  # §3.4.4
        return FlaskResponse(status=HTTPStatus.NO_CONTENT)

    # --- in common ----------------------------------------------------------------------------------------------------

    def _admit(self, secret: str | None) -> Token:
        return self._current().push.admit(secret or "")

    def _at(self, token: Token, url: str) -> Article:
        """Return the article of a permalink, also under a slug that it had before."""
        base = self._current().config.site.base_url
        named = re.fullmatch(r"/articles/([A-Za-z0-9_-]{1,64})(?:/[^/?#]*)?", url.removeprefix(base))
        if named is None:
            raise BadRequest("url is missing, or no permalink of this site")
        return self._current().push.at(token, ArticleId(named[1]))

    def _permalink(self, article: Article) -> str:
        return addresses.permalink(self._current().config.site.base_url, article)

    def _zone(self, token: Token) -> ZoneInfo:
        return self._current().config.source(token.source).zone


def refused(problem: Problem, error: Exception) -> FlaskResponse:
    """Return a refusal as Micropub words it (§3.8)."""
    status = HTTPStatus.BAD_REQUEST if problem.status in _BAD_REQUEST else problem.status
    fallback = "invalid_request" if status < HTTPStatus.INTERNAL_SERVER_ERROR else "server_error"
    detail = problem.detail
    if isinstance(error, PushInvalid):
        detail = "; ".join(f"{_property(flaw.pointer)} {flaw.message}" for flaw in error.flaws)
    said = {"error": _ERRORS.get(status, fallback), "error_description": detail}
    return push.private(push.answer(status, said, headers=problem.headers))


def _check_type(*types: object) -> None:
    if types != ("h-entry",):
        raise BadRequest("only posts of the type h-entry are taken")


def _property(pointer: str) -> str:
    name = pointer.removeprefix("/").partition("/")[0]
    return PROPERTIES.get(name, name)
