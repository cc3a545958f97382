"""The description of the API says what the API does: its routes, and examples that are as its schemas say."""

import re
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from pushroom import BASE, ITEM, Newsroom, Sender, an_item, one, said

from feedsvc import web
from feedsvc.web import openapi

DOCUMENT = openapi.document(BASE)
SCHEMAS = DOCUMENT["components"]["schemas"]


def flaws(name: str, value: Any) -> list[str]:
    """What speaks against the value as that schema has it."""
    schema = {"$ref": f"#/components/schemas/{name}", "components": DOCUMENT["components"]}
    return [f"{error.json_path}: {error.message}" for error in Draft202012Validator(schema).iter_errors(value)]


def test_it_is_handed_out_to_everyone(sender: Sender) -> None:
    answer = sender.client.get("/api/openapi.json")
    assert (answer.status_code, answer.content_type, said(answer)) == (200, "application/json", DOCUMENT)
    assert answer.headers["Cache-Control"] == "public, max-age=300"


def test_it_has_the_routes_that_there_are_and_no_others(pressroom: Newsroom) -> None:
    front: Any = web.create(lambda: pressroom.service)
    described = {
        (re.sub(r"{\w+}", "{}", path), method.upper())
        for path, methods in DOCUMENT["paths"].items()
        for method in methods
        if method != "parameters"
    }
    there = {
        (re.sub(r"<[\w:]+>", "{}", rule.rule), method)
        for rule in front._pages.url_map.iter_rules()
        if rule.rule.startswith("/api/")
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }
    assert described == there


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_schema_is_good_and_has_examples_that_it_allows(name: str) -> None:
    Draft202012Validator.check_schema(SCHEMAS[name])
    assert SCHEMAS[name]["examples"]
    for example in SCHEMAS[name]["examples"]:
        assert flaws(name, example) == []


def references(part: Any) -> set[str]:
    if isinstance(part, dict):
        own = {part["$ref"]} if "$ref" in part else set()
        return own.union(*map(references, part.values()))
    return set().union(*map(references, part)) if isinstance(part, list) else set()


def test_every_schema_is_used_and_every_one_that_is_used_is_there() -> None:
    assert references(DOCUMENT) == {f"#/components/schemas/{name}" for name in SCHEMAS}


def test_examples_are_taken_and_answers_are_as_the_schemas_say(pressroom: Newsroom, sender: Sender) -> None:
    [example] = SCHEMAS["Item"]["examples"]
    [replacement] = SCHEMAS["Replacement"]["examples"]
    answers = {
        "Outcome": [sender.post(example), sender.put(example["id"], replacement)],
        "Outcomes": [sender.post({"items": [ITEM, an_item(2, date_published="2025-03-01T00:00:00Z")]})],
        "Article": [sender.get("cms-2"), sender.get("cms-1")],
        "Articles": [sender.list("?limit=1"), sender.list()],
        "Problem": [sender.post({}), sender.get("unknown"), sender("GET", "/api/articles", Authorization="")],
    }
    for name, given in answers.items():
        for answer in given:
            assert flaws(name, said(answer)) == []


def test_every_status_that_is_answered_is_described(sender: Sender) -> None:
    many, single = DOCUMENT["paths"]["/api/articles"], DOCUMENT["paths"]["/api/articles/{id}"]
    for operation, answer in (
        (many["post"], sender.post(ITEM)),
        (many["post"], sender.post(ITEM)),
        (many["post"], sender.post(b"{")),
        (many["post"], sender.post(b" " * 1_000_001)),
        (many["post"], sender.post(b"{}", Content_Type="text/plain")),
        (many["post"], sender.post({})),
        (many["post"], sender.post(ITEM, Authorization="")),
        (many["get"], sender.list()),
        (many["get"], sender.list("?limit=0")),
        (many["get"], sender.list("?before=unknown")),
        (single["get"], sender.get("cms-1")),
        (single["get"], sender.get("unknown")),
        (single["put"], sender.put("cms-1", ITEM)),
        (single["put"], sender.put("cms-2", {"title": "New"})),
        (single["put"], sender.put("cms-2", {})),
        (single["delete"], sender.delete("cms-1")),
        (single["delete"], sender.delete("unknown")),
        (single["get"], sender.get("cms-1")),
        (many["post"], sender.post(ITEM)),
    ):
        described = operation["responses"]
        assert str(answer.status_code) in described, (operation["operationId"], answer.status)
        content = described[str(answer.status_code)].get("content", {})
        assert answer.status_code == 204 or answer.content_type in content
    assert sender("GET", one("x"), Authorization="").status_code == 401
