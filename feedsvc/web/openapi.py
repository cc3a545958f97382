"""The API told to programs: an OpenAPI 3.1 document, written by hand.

Knows nothing that :mod:`feedsvc.web.push` does not do; tests hold the two together, and the examples to the schemas.
"""

from typing import Any

from feedsvc import __version__

_JSON = "application/json"
_MOMENT = "2025-02-09T10:00:00+04:00"

_ITEM_EXAMPLE: dict[str, Any] = {
    "id": "cms-4711",
    "title": "Library lends tools, tents and a telescope",
    "url": "https://news.example.org/town/library-lends-tools",
    "content_html": "<p>The library has more than books since Monday.</p>",
    "summary": "More than books.",
    "date_published": _MOMENT,
    "authors": [{"name": "Ada Example"}],
    "tags": ["library"],
    "image": "https://news.example.org/media/telescope.jpg",
    "language": "en",
    "attachments": [
        {"url": "https://news.example.org/media/tour.mp3", "mime_type": "audio/mpeg", "size_in_bytes": 1048576}
    ],
    "_feedsvc": {"section": "Town"},
}
_OUTCOME_EXAMPLE: dict[str, Any] = {
    "id": "cms-4711",
    "verdict": "new",
    "article_id": "k3v5m2qzt7xaa",
    "guid": "urn:uuid:5d0c9a34-6a5e-4a53-8a55-3f0f6d1c7e21",
    "permalink": "https://feeds.example.org/articles/k3v5m2qzt7xaa/library-lends-tools-tents-and-a-telescope",
}
_READ_EXAMPLE: dict[str, Any] = {
    **_ITEM_EXAMPLE,
    "_feedsvc": {
        "section": "Town",
        "article_id": _OUTCOME_EXAMPLE["article_id"],
        "guid": _OUTCOME_EXAMPLE["guid"],
        "permalink": _OUTCOME_EXAMPLE["permalink"],
        "published": _MOMENT,
        "updated": _MOMENT,
        "revision": 1,
    },
}
_PROBLEM_EXAMPLE: dict[str, Any] = {
    "type": "about:blank",
    "title": "Unprocessable Content",
    "status": 422,
    "detail": "2 fields cannot be taken.",
    "code": "push_invalid",
    "errors": [
        {"pointer": "/title", "detail": "is missing"},
        {"pointer": "/date_publised", "detail": 'is no field of JSON Feed; did you mean "date_published"?'},
    ],
}

_ADDRESS = {"type": "string", "format": "uri", "pattern": "^https?://"}
_TIME = {"type": "string", "format": "date-time"}

_FIELDS: dict[str, Any] = {
    "id": {
        "description": "The sender's own id: what the article is known by within the source, for ever.",
        "type": ["string", "integer"],
        "maxLength": 500,
    },
    "title": {"description": "The headline, as plain text.", "type": "string", "minLength": 1, "maxLength": 500},
    "url": {"description": "Where the article stands on the sender's site.", **_ADDRESS},
    "content_html": {"description": "The text as HTML; what could harm is taken out.", "type": "string"},
    "content_text": {
        "description": "The text as plain text, paragraphs between blank lines; only without content_html.",
        "type": "string",
    },
    "summary": {"type": "string"},
    "date_published": {
        "description": "When it was published, with the zone's offset. A time to come keeps the article back.",
        **_TIME,
    },
    "authors": {
        "type": "array",
        "maxItems": 100,
        "items": {
            "type": "object",
            "properties": {"name": {"type": "string"}, "url": {"type": "string"}, "avatar": {"type": "string"}},
            "additionalProperties": False,
        },
    },
    "tags": {"type": "array", "maxItems": 100, "items": {"type": "string", "minLength": 1, "maxLength": 200}},
    "image": {"description": "The lead image.", **_ADDRESS},
    "language": {"description": "A BCP 47 tag.", "type": "string"},
    "attachments": {
        "type": "array",
        "maxItems": 100,
        "items": {
            "type": "object",
            "required": ["url", "mime_type"],
            "properties": {
                "url": _ADDRESS,
                "mime_type": {"type": "string"},
                "title": {"type": "string"},
                "size_in_bytes": {"type": "integer", "minimum": 0},
                "duration_in_seconds": {"type": "number"},
            },
            "additionalProperties": False,
        },
    },
    "_feedsvc": {
        "description": "What JSON Feed has no field for.",
        "type": "object",
        "properties": {
            "section": {"type": "string", "minLength": 1, "maxLength": 200},
            "publish_at": {"description": "Nobody may see the article before this instant.", **_TIME},
        },
    },
}

_SCHEMAS: dict[str, Any] = {
    "Item": {
        "description": "An item of JSON Feed 1.1. Fields of other extensions (that begin with an underscore) are left.",
        "type": "object",
        "required": ["id", "title"],
        "properties": _FIELDS,
        "examples": [_ITEM_EXAMPLE],
    },
    "Replacement": {
        "description": "An item whose id stands in the address.",
        "type": "object",
        "required": ["title"],
        "properties": _FIELDS,
        "examples": [{k: v for k, v in _ITEM_EXAMPLE.items() if k != "id"}],
    },
    "Items": {
        "description": "Several items. All are stored, or none.",
        "type": "object",
        "required": ["items"],
        "properties": {
            "items": {"type": "array", "minItems": 1, "maxItems": 100, "items": {"$ref": "#/components/schemas/Item"}}
        },
        "examples": [{"items": [_ITEM_EXAMPLE]}],
    },
    "Outcome": {
        "description": "What became of one item.",
        "type": "object",
        "required": ["id", "verdict", "article_id", "guid", "permalink"],
        "properties": {
            "id": {"description": "The sender's id.", "type": "string"},
            "verdict": {"enum": ["new", "changed", "unchanged", "retracted"]},
            "article_id": {"description": "The id in the permalink.", "type": "string"},
            "guid": {"description": "The id in feeds.", "type": "string"},
            "permalink": {"description": "The article's page.", **_ADDRESS},
            "publish_at": {"description": "Until when it is kept back.", **_TIME},
        },
        "additionalProperties": False,
        "examples": [_OUTCOME_EXAMPLE],
    },
    "Outcomes": {
        "description": "What became of each item, in the order in which they were sent.",
        "type": "object",
        "required": ["items"],
        "properties": {"items": {"type": "array", "items": {"$ref": "#/components/schemas/Outcome"}}},
        "additionalProperties": False,
        "examples": [{"items": [_OUTCOME_EXAMPLE]}],
    },
    "Article": {
        "description": "An article as an item; sent back as it is, it changes nothing.",
        "type": "object",
        "required": ["id", "title", "_feedsvc"],
        "properties": {
            **_FIELDS,
            "_feedsvc": {
                "type": "object",
                "required": ["article_id", "guid", "permalink", "updated", "revision"],
                "properties": {
                    **_FIELDS["_feedsvc"]["properties"],
                    "article_id": {"type": "string"},
                    "guid": {"type": "string"},
                    "permalink": _ADDRESS,
                    "published": {"description": "The time that feeds give it; it never moves.", **_TIME},
                    "updated": _TIME,
                    "revision": {"type": "integer", "minimum": 1},
                },
                "additionalProperties": False,
            },
        },
        "additionalProperties": False,
        "examples": [_READ_EXAMPLE],
    },
    "Articles": {
        "description": "A page of articles, newest first; the next page is at next_url, if there is one.",
        "type": "object",
        "required": ["items"],
        "properties": {
            "items": {"type": "array", "items": {"$ref": "#/components/schemas/Article"}},
            "next_url": _ADDRESS,
        },
        "additionalProperties": False,
        "examples": [{"items": [_READ_EXAMPLE]}],
    },
    "Problem": {
        "description": "Problem details (RFC 9457); errors names each bad field by JSON pointer (RFC 6901).",
        "type": "object",
        "required": ["type", "title", "status", "detail"],
        "properties": {
            "type": {"type": "string"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string"},
            "code": {"description": "A code that stays the same between versions.", "type": "string"},
            "errors": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["pointer", "detail"],
                    "properties": {"pointer": {"type": "string"}, "detail": {"type": "string"}},
                    "additionalProperties": False,
                },
            },
        },
        "additionalProperties": False,
        "examples": [_PROBLEM_EXAMPLE],
    },
}

_LOCATION = {"Location": {"description": "The permalink.", "schema": _ADDRESS}}


def _content(*schemas: str, media_type: str = _JSON) -> dict[str, Any]:
    refs = [{"$ref": f"#/components/schemas/{name}"} for name in schemas]
    return {media_type: {"schema": refs[0] if len(refs) == 1 else {"oneOf": refs}}}


def _answer(description: str, *schemas: str, headers: dict[str, Any] | None = None) -> dict[str, Any]:
    content = {"content": _content(*schemas)} if schemas else {}
    return {"description": description, **content, **({"headers": headers} if headers else {})}


def _refusals(**descriptions: str) -> dict[str, Any]:
    content = _content("Problem", media_type="application/problem+json")
    everywhere = {
        "401": "There is no token, or none that is known and not revoked.",
        "403": "The token's source is not pushed to any more.",
        "503": "The store cannot be reached; come back after Retry-After.",
    }
    told = everywhere | {name.removeprefix("s"): words for name, words in descriptions.items()}
    return {status: {"description": told[status], "content": content} for status in sorted(told)}


_OF_BODIES = {
    "s400": "The body is no JSON, or a header cannot be read.",
    "s413": "The body has more than 1,000,000 bytes.",
    "s415": "The body is not application/json.",
}
_BAD_FIELDS = "Fields cannot be taken; errors names each. Nothing was stored."
_NO_SUCH = "The source has no article of that id."
_GONE = "The article was retracted."

_PATHS: dict[str, Any] = {
    "/api/articles": {
        "post": {
            "operationId": "sendArticles",
            "summary": "Send one article, or up to 100.",
            "description": "An id that is known revises its article: what an item leaves out stays as it was.",
            "parameters": [
                {
                    "name": "Idempotency-Key",
                    "in": "header",
                    "description": "For 24 hours the same request with the same key has the same outcome.",
                    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
                }
            ],
            "requestBody": {"required": True, "content": _content("Item", "Items")},
            "responses": {
                "200": _answer("Nothing was new.", "Outcome", "Outcomes", headers=_LOCATION),
                "201": _answer("One at least was new.", "Outcome", "Outcomes", headers=_LOCATION),
                **_refusals(
                    s410=f"{_GONE} Of several, each has its verdict instead.",
                    s422=f"{_BAD_FIELDS} Or the Idempotency-Key came before with another body.",
                    **_OF_BODIES,
                ),
            },
        },
        "get": {
            "operationId": "listArticles",
            "summary": "The articles of the token's source that readers may see, newest first.",
            "parameters": [
                {
                    "name": "limit",
                    "in": "query",
                    "schema": {"type": "integer", "minimum": 1, "maximum": 100, "default": 50},
                },
                {
                    "name": "before",
                    "in": "query",
                    "description": "The article_id of the last article of the page before; next_url has it.",
                    "schema": {"type": "string"},
                },
            ],
            "responses": {
                "200": _answer("A page.", "Articles"),
                **_refusals(s400="A parameter cannot be read.", s404="There is no article before."),
            },
        },
    },
    "/api/articles/{id}": {
        "parameters": [
            {
                "name": "id",
                "in": "path",
                "required": True,
                "description": "The sender's id, percent-encoded.",
                "schema": {"type": "string"},
            }
        ],
        "get": {
            "operationId": "getArticle",
            "summary": "One article, also while it is kept back.",
            "responses": {"200": _answer("The article.", "Article"), **_refusals(s404=_NO_SUCH, s410=_GONE)},
        },
        "put": {
            "operationId": "replaceArticle",
            "summary": "Make the article what the item says: what it leaves out is gone.",
            "description": "An unknown one is new. One that its sender retracted comes back.",
            "requestBody": {"required": True, "content": _content("Replacement")},
            "responses": {
                "200": _answer("It was known.", "Outcome", headers=_LOCATION),
                "201": _answer("It is new.", "Outcome", headers=_LOCATION),
                **_refusals(s410="The admin retracted the article.", s422=_BAD_FIELDS, **_OF_BODIES),
            },
        },
        "delete": {
            "operationId": "retractArticle",
            "summary": "Retract the article; doing it twice does no harm.",
            "responses": {"204": _answer("It is retracted."), **_refusals(s404=_NO_SUCH)},
        },
    },
    "/api/openapi.json": {
        "get": {
            "operationId": "getDescription",
            "summary": "This document.",
            "security": [],
            "responses": {
                "200": {"description": "OpenAPI 3.1.", "content": {_JSON: {"schema": {"type": "object"}}}},
            },
        }
    },
}


def document(base_url: str) -> dict[str, Any]:
    """Return the description of the API at that address."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "feedsvc push",
            "version": __version__,
            "description": "Send articles into a source; when the answer comes, the feeds that select them have them.",
        },
        "servers": [{"url": base_url}],
        "security": [{"token": []}],
        "paths": _PATHS,
        "components": {
            "schemas": _SCHEMAS,
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": "From `feedsvc tokens add`."}
            },
        },
    }
