"""Where each key of a TOML document stands.

Knows just enough of TOML's grammar to walk a document that ``tomllib`` has already accepted; ``tomllib`` itself keeps
no positions, and no maintained library offers them (docs/adr/0006-configuration.md).
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import NamedTuple

KeyPath = tuple[str | int, ...]

# Quotes may touch the closing three of a multi-line string: """"a"""" holds `"a"` (TOML 1.0, String).
_TOKEN = re.compile(
    r'''
    (?P<newline> \n )
  | (?P<gap>     [ \t\r]+ | \#[^\n]* )
  | (?P<string>  """ (?: \\[\s\S] | [^\\] )*? "{3,5} | \'\'\' [\s\S]*? \'{3,5}
               | " (?: \\. | [^"\\\n] )* " | ' [^'\n]* ' )
  | (?P<mark>    [\[\]{}=,] )
  | (?P<word>    [^\s\[\]{}=,\#"']+ )
    ''',
    re.VERBOSE,
)


class _Token(NamedTuple):
    text: str
    line: int


def key_lines(document: str) -> Mapping[KeyPath, int]:
    """Return the line (1-based) of every key, table and array element of a valid document.

    A path is made of keys and of 0-based places in arrays: ``("sources", 0, "every")``. A table that several lines
    speak of stands where it is first named.
    """
    return _Walk(document).lines


def line_of(path: KeyPath, lines: Mapping[KeyPath, int]) -> int:
    """Return the line of a key; for one that is missing, of the innermost table around it; 1 when there is none."""
    return next((lines[path[:end]] for end in range(len(path), 0, -1) if path[:end] in lines), 1)


def _tokens(document: str) -> Iterator[_Token]:
    line = 1
    for match in _TOKEN.finditer(document):
        if match.lastgroup != "gap":
            yield _Token(match.group(), line)
        line += match.group().count("\n")


class _Walk:
    def __init__(self, document: str) -> None:
        self.lines: dict[KeyPath, int] = {}
        self._tokens = list(_tokens(document))
        self._next = 0
        self._array_tables: dict[KeyPath, int] = {}
        table: KeyPath = ()
        while self._next < len(self._tokens):
            if self._skip("\n"):
                continue
            if self._skip("["):
                table = self._header()
            else:
                self._assignment(table)

    def _skip(self, text: str) -> bool:
        found = self._next < len(self._tokens) and self._tokens[self._next].text == text
        self._next += found
        return found

    def _peek(self) -> str:
        return self._tokens[self._next].text if self._next < len(self._tokens) else ""

    def _key(self, end: str) -> tuple[tuple[str, ...], int]:
        line = self._tokens[self._next].line
        written = ""
        while not self._skip(end):
            written += self._tokens[self._next].text
            self._next += 1
        parts = []
        value: object = tomllib.loads(f"{written} = 0")  # so that quoting and escapes in keys stay TOML's own business
        while isinstance(value, dict):
            ((part, value),) = value.items()
            parts.append(part)
        return tuple(parts), line

    def _note(self, path: KeyPath, line: int) -> None:
        for end in range(1, len(path) + 1):
            self.lines.setdefault(path[:end], line)

    def _header(self) -> KeyPath:
        repeated = self._skip("[")
        parts, line = self._key("]")
        path: KeyPath = ()
        for part in parts[:-1]:
            path = (*path, part)
            if path in self._array_tables:
                path = (*path, self._array_tables[path])
        path = (*path, parts[-1])
        if repeated:
            self._skip("]")
            place = self._array_tables[path] = self._array_tables.get(path, -1) + 1
            path = (*path, place)
        self._note(path, line)
        return path

    def _assignment(self, table: KeyPath) -> None:
        parts, line = self._key("=")
        path = (*table, *parts)
        self._note(path, line)
        self._value(path)

    def _value(self, path: KeyPath) -> None:
        if self._skip("["):
            place = 0
            while not self._skip("]"):
                if self._skip("\n") or self._skip(","):
                    continue
                self._note((*path, place), self._tokens[self._next].line)
                self._value((*path, place))
                place += 1
        elif self._skip("{"):
            while not self._skip("}"):
                if not (self._skip("\n") or self._skip(",")):
                    self._assignment(path)
        else:
            while self._peek() not in ("", "\n", ",", "]", "}"):  # a date and its time are two words
                self._next += 1
