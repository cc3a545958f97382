"""What stands at the head of a file between two fences: YAML (``---``) or TOML (``+++``)."""

import re
import tomllib
from collections.abc import Mapping
from typing import Any

MAX_CHARACTERS = 64_000
_TOML_LINE = re.compile(r"\(at line (\d+)")
_JOINTS = re.compile(r"[-_ ]")


class FrontMatterInvalid(Exception):
    """Front matter that cannot be read: what is wrong and what to do; ``line`` is one of the file."""

    def __init__(self, line: int, problem: str) -> None:
        super().__init__(f"{problem}; the file is not read until that is corrected")
        self.line = line


def split(written: str) -> tuple[Mapping[str, Any], str]:
    """Return the front matter by lower-case keys without ``-`` and ``_``, and the text below it.

    YAML's scalars are text as written, dates and ``no`` as well; TOML's have their types. Nothing is expanded.

    Raises:
        FrontMatterInvalid: the fence is never closed, or what it holds is no table of names and values.
    """
    lines = written.splitlines(keepends=True)
    fence = lines[0].rstrip() if lines else ""
    if fence not in ("---", "+++"):
        return {}, written
    closing = ("---", "...") if fence == "---" else ("+++",)
    end = next((number for number, line in enumerate(lines[1:], start=1) if line.rstrip() in closing), None)
    if end is None:
        raise FrontMatterInvalid(1, f"the front matter that begins here is never closed; put {fence} below it")
    matter = "".join(lines[1:end])
    if len(matter) > MAX_CHARACTERS:
        raise FrontMatterInvalid(1, f"the front matter is longer than {MAX_CHARACTERS:,} characters")
    try:
        said = _yaml(matter) if fence == "---" else _toml(matter)
    except RecursionError as error:
        raise FrontMatterInvalid(2, "the front matter is nested too deeply") from error
    return {_JOINTS.sub("", str(key).lower()): value for key, value in said.items()}, "".join(lines[end + 1 :])


def _yaml(matter: str) -> Mapping[str, Any]:
    import yaml  # noqa: PLC0415 - 15 ms that nobody needs who reads no folder

    try:
        # The base loader makes text of every scalar and knows no tags and no merges, so that `no`, 1:30 and
        # 2024-01-05 stay what the author wrote, and nothing grows.
        said = yaml.load(matter, Loader=yaml.BaseLoader)  # noqa: S506 - it constructs text, lists and mappings only
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or "it holds characters that YAML forbids"
        raise FrontMatterInvalid(mark.line + 2 if mark else 1, f"the front matter is not YAML: {problem}") from error
    if said in (None, ""):
        return {}
    if not isinstance(said, dict):
        raise FrontMatterInvalid(2, "the front matter must be lines of `name: value`")
    return said


def _toml(matter: str) -> Mapping[str, Any]:
    try:
        return tomllib.loads(matter)
    except ValueError as error:  # a number of thousands of digits is one that is no TOMLDecodeError
        line = _TOML_LINE.search(str(error))
        reason = str(error).partition(" (at ")[0]
        number = int(line[1]) if line else matter.count("\n") + 1
        raise FrontMatterInvalid(number + 1, f"the front matter is not TOML: {reason}") from error
