"""From the file to the value: reads config.toml, and tells all that is wrong with it in plain words.

Knows the sentences; hides those of tomllib and pydantic, which are written for programmers.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from feedsvc.config import notation, redirects
from feedsvc.config.lines import KeyPath, key_lines, line_of
from feedsvc.config.values import (
    KINDS,
    ONLY,
    RESERVED_FEEDS,
    Admin,
    Alerts,
    Config,
    Exclusion,
    Feed,
    Hub,
    Outbound,
    Server,
    Site,
    Source,
    Store,
    Surroundings,
)
from feedsvc.errors import ConfigError, Problem
from feedsvc.model import MAIN_FEED, ArticleSelectors, Selectors

TABLES: Mapping[str, type[BaseModel]] = {
    "site": Site,
    "store": Store,
    "server": Server,
    "outbound": Outbound,
    "hub": Hub,
    "alerts": Alerts,
    "admin": Admin,
    "sources": Source,
    "feeds": Feed,
}
_REPEATED = ("sources", "feeds")
_REDIRECTS = "redirects"  # a table without settings of its own: each key is an address
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
# Tables within tables, and their settings.
_NESTED = {
    "selectors": [field.name for field in fields(Selectors)],
    "article_selectors": [field.name for field in fields(ArticleSelectors)],
    "exclude": list(Exclusion.model_fields),
}
_Finding = tuple[KeyPath, str]


def load(file: Path, environ: Mapping[str, str] | None = None) -> Config:
    """Read a configuration.

    ``environ`` is where ``{ env = "NAME" }`` looks; the process's environment when None.

    Raises:
        ConfigError: it cannot be read or used; every problem at once, in the file's order. Of TOML syntax only the
            first error can be told.
    """
    document = _read(file)
    try:
        data = tomllib.loads(document)
        lines = key_lines(document)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError((_syntax_problem(file, document, str(error)),)) from error
    except RecursionError as error:
        raise ConfigError((Problem(str(file), None, "", "is nested too deeply"),)) from error
    around = Surroundings(folder=file.absolute().parent)
    if environ is not None:
        around = Surroundings(folder=around.folder, environ=environ)
    findings = list(_between_tables(data))
    try:
        config = Config.model_validate({**_main_titled(data), "file": file}, context=around)
    except ValidationError as invalid:
        findings += (_finding(error) for error in invalid.errors(include_url=False))
    if findings:
        problems = (Problem(str(file), line_of(path, lines), _dotted(path, data), words) for path, words in findings)
        raise ConfigError(tuple(sorted(problems, key=lambda problem: problem.line or 0)))
    return config


# --- the file ---------------------------------------------------------------------------------------------------------


def _read(file: Path) -> str:
    try:
        return file.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        problem = Problem(str(file), line, "", "is not UTF-8 text; save the file in the encoding UTF-8")
    except FileNotFoundError:
        message = "there is no such file; run `feedsvc init` to make one, or name another with --config"
        problem = Problem(str(file), None, "", message)
    except IsADirectoryError:
        message = f"is a folder; name the file in it, such as {file / 'config.toml'}"
        problem = Problem(str(file), None, "", message)
    except (OSError, ValueError) as error:  # ValueError: a zero byte in the name
        reason = error.strerror if isinstance(error, OSError) else error
        problem = Problem(str(file), None, "", f"cannot be read: {reason}")
    raise ConfigError((problem,))


# What tomllib says most often when people edit by hand, by the beginning of its sentence.
_SYNTAX = {
    "Invalid value (at end of document)": "the file ends within a value; a bracket [ or { above is not closed",
    "Invalid value": 'there is no value here that TOML knows; text needs quotes: title = "News"',
    "Invalid statement": 'this is no setting; one looks like: title = "News", and a comment starts with #',
    "Invalid initial character for a key part": 'this is no setting; one looks like: title = "News"',
    "Expected '=' after a key": "a = is missing between the setting and its value",
    "Expected newline or end of document": "something is left behind the value; text needs quotes around all of it",
    "Cannot overwrite a value": "this setting was already given above; keep one of the two",
    "Cannot declare": "this table was already begun above; put its settings together",
    "Illegal character '\\n'": "the quotes are not closed on this line",
    "Unterminated string": "the quotes are not closed",
    "Unclosed array": "the bracket [ of a list is not closed",
    "Unescaped '\\'": "in double quotes a backslash is written twice; or use single quotes",
    "Expected ']' at the end of a table declaration": "the bracket ] of the table is missing",
    "Expected ']]' at the end of an array declaration": "the brackets ]] of the table are missing",
}


def _syntax_problem(file: Path, document: str, said: str) -> Problem:
    where = re.search(r" \(at (?:line (\d+), column \d+|end of document)\)$", said)
    line = int(where[1]) if where and where[1] else document.rstrip("\n").count("\n") + 1
    sentence = said[: where.start()] if where else said
    words = next((words for start, words in _SYNTAX.items() if said.startswith(start)), sentence)
    return Problem(str(file), line, "", words)


# --- the settings -----------------------------------------------------------------------------------------------------


def _rows(data: Mapping[str, Any], table: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    rows = data.get(table)
    for place, row in enumerate(rows if isinstance(rows, list) else ()):
        if isinstance(row, dict):
            yield place, row


def _names(data: Mapping[str, Any], table: str) -> Iterator[tuple[int, str]]:
    for place, row in _rows(data, table):
        if isinstance(name := row.get("name"), str):
            yield place, name


def _main_titled(data: Mapping[str, Any]) -> dict[str, Any]:
    """Give a configured main feed the site's title unless it has its own."""
    site = data.get("site")
    title = site.get("title") if isinstance(site, dict) else None
    if not isinstance(title, str) or not isinstance(data.get("feeds"), list):
        return dict(data)
    main = {"title": title}
    feeds = [main | row if isinstance(row, dict) and row.get("name") == MAIN_FEED else row for row in data["feeds"]]
    return {**data, "feeds": feeds}


def _between_tables(data: Mapping[str, Any]) -> Iterator[_Finding]:
    """Find what no table can know alone. It looks at what was written, so that it finds it beside other problems."""
    if "file" in data:
        yield ("file",), _unknown(("file",))
    for table in _REPEATED:
        names: set[str] = set()
        for place, name in _names(data, table):
            if name in names:
                yield (table, place, "name"), f'"{name}" is already the name of another one above; give each its own'
            names.add(name)
    yield from _redirects(data)
    for place, row in _rows(data, "sources"):
        if "every" in row and "cron" in row:
            yield ("sources", place, "cron"), "say when by every or by cron, not by both"
        yield from _by_kind(place, row)
    known = [name for _, name in _names(data, "sources")]
    for place, row in _rows(data, "feeds"):
        if row.get("name") == MAIN_FEED and row.get("access") == "token":
            yield ("feeds", place, "access"), "the main feed is always public; let a feed of another name be private"
        excluded = row.get("exclude")
        yield from _unknown_sources(("feeds", place), row, known)
        yield from _unknown_sources(("feeds", place, "exclude"), excluded if isinstance(excluded, dict) else {}, known)


def _unknown_sources(path: KeyPath, table: Mapping[str, Any], known: Sequence[str]) -> Iterator[_Finding]:
    wanted = table.get("sources")
    for index, name in enumerate(wanted if isinstance(wanted, list) else ()):
        if isinstance(name, str) and name not in known:
            yield (*path, "sources", index), f"there is no source {notation.shown(name)}{notation.hint(name, known)}"


def _redirects(data: Mapping[str, Any]) -> Iterator[_Finding]:
    table, site = data.get(_REDIRECTS), data.get("site")
    if isinstance(table, dict):
        base_url = str(site.get("base_url", "")) if isinstance(site, dict) else ""
        feeds = [name for _, name in _names(data, "feeds")]
        found = redirects.problems(table, base_url=base_url.rstrip("/"), feeds=feeds, reserved=RESERVED_FEEDS)
        yield from (((_REDIRECTS, origin), words) for origin, words in found)


def _by_kind(place: int, row: Mapping[str, Any]) -> Iterator[_Finding]:
    """Find what a source's kind does not take, or cannot do without."""
    kind = row.get("kind")
    if kind not in KINDS:
        return
    for setting, kinds in ONLY.items():
        if setting in row and kind not in kinds:
            yield (
                ("sources", place, setting),
                f"has no meaning for the kind {notation.shown(kind)}, only for {_or(kinds)}",
            )
    if kind not in ONLY["path"]:
        return
    if "path" in row and "url" in row:
        yield ("sources", place, "url"), "say where by path or by url, not by both"
    elif "path" not in row and "url" not in row:
        words = "path or url is missing" if kind in ONLY["url"] else "is missing"
        yield ("sources", place, *(() if kind in ONLY["url"] else ("path",))), words


def _dotted(path: KeyPath, data: Any) -> str:
    """Return ``sources.front-page.every``; ``sources[2].every``, counted from 1, where no good name is given."""
    written = ""
    for step in path:
        if isinstance(step, str):
            key = step if _BARE_KEY.fullmatch(step) else f'"{step}"'
            written += f".{key}" if written else key
            data = data.get(step) if isinstance(data, dict) else None
        else:
            data = data[step] if isinstance(data, list) else None
            name = data.get("name") if isinstance(data, dict) else None
            named = isinstance(name, str) and notation.is_name(name)
            written += f".{name}" if named else f"[{step + 1}]"
    return written


# --- the words --------------------------------------------------------------------------------------------------------

_WRONG_KIND = {
    "string_type": "must be text in quotes",
    "int_type": "must be a whole number without quotes",
    "tuple_type": "must be a list in brackets",
    "model_type": "must be a table",
    "dataclass_type": "must be a table",
    "bool_type": "must be true or false without quotes",
}


def _finding(error: ErrorDetails) -> _Finding:
    path: KeyPath = error["loc"]
    context = error.get("ctx", {})
    match error["type"]:
        case "missing":
            words = "is missing" if len(path) > 1 else f"the table [{path[0]}] is missing"
        case "extra_forbidden" | "unexpected_keyword_argument":
            words = _unknown(path)
        case "value_error":
            words = str(context["error"])
        case "greater_than_equal":
            words = f"must be at least {context['ge']}"
        case "less_than_equal":
            words = f"must be at most {context['le']}"
        case "literal_error":
            words = _wrong_choice(re.findall(r"'([^']*)'", context["expected"]), error["input"])
        case wrong if wrong in _WRONG_KIND:
            words = _wrong_kind(path, wrong, error["input"])
        case _:
            words = error["msg"]
    return path, words


def _wrong_choice(choices: list[str], written: object) -> str:
    advice = notation.hint(written, choices) if isinstance(written, str) and len(choices) > 1 else ""
    return f"must be {_or(choices)}{advice}"


def _or(choices: Iterable[str]) -> str:
    return " or ".join(notation.shown(choice) for choice in choices)


def _wrong_kind(path: KeyPath, wrong: str, written: object) -> str:
    if len(path) == 1 and path[0] in _REPEATED:
        return f"must be written with double brackets: [[{path[0]}]]"
    if len(path) == 1 and wrong == "model_type":
        return f"must be a table: [{path[0]}] and its settings below"
    return f"{_WRONG_KIND[wrong]}, not {_kind_of(written)}"


def _kind_of(written: object) -> str:
    match written:
        case bool():
            return f"{str(written).lower()}"
        case int() | float():
            return f"the number {written}"
        case str():
            return f"the text {notation.shown(written)}"
        case list():
            return "a list"
        case dict():
            return "a table"
    return "a date or time"


def _unknown(path: KeyPath) -> str:
    """Say what an unknown key may have meant: a near one here, the same one in another table, or which there are."""
    key = str(path[-1])
    if nested := _NESTED.get(str(path[-2])) if len(path) > 1 else None:
        known = nested
    else:
        known = list(TABLES[str(path[0])].model_fields if len(path) > 1 else (*TABLES, _REDIRECTS))
    if advice := notation.hint(key, known):
        return f"is no setting here{advice}"
    if elsewhere := next((name for name, table in TABLES.items() if key in table.model_fields), None):
        table = f"[[{elsewhere}]]" if elsewhere in _REPEATED else f"[{elsewhere}]"
        return f"is no setting here, but one of {table}; known here are {', '.join(known)}"
    return f"is no setting here; known are {', '.join(known)}"
