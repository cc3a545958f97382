"""The reference of commands, docs/commands.md, made from the commands themselves.

``python tests/command_reference.py`` writes it anew; test_docs.py compares.
"""

import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import click

from feedsvc.cli import feedsvc

FILE = Path(__file__).parent.parent / "docs" / "commands.md"

_HEAD = """\
# Commands

Made from the commands themselves; do not edit. `.venv/bin/python tests/command_reference.py` writes it anew.

Every command has `-h` and `--help`, and every one that reads the configuration has `--config FILE` (default:
`config.toml` in the folder it is called from), which may stand before or after the command's name. Exit codes: 0 done,
1 failed, 2 wrong usage, configuration or name. Lists are tables on a terminal and lines with tabs elsewhere.
`feedsvc --version` shows the version.
"""


def reference() -> str:
    """Return the whole document."""
    root = click.Context(feedsvc, info_name="feedsvc")
    return "\n".join((_HEAD, *_sections(feedsvc, root)))


def commands(command: click.Command = feedsvc, context: click.Context | None = None) -> Iterator[click.Context]:
    """Yield the context of every command that does something, in alphabetical order."""
    context = context or click.Context(command, info_name="feedsvc")
    if not isinstance(command, click.Group):
        yield context
        return
    for name in command.list_commands(context):
        child = command.commands[name]
        yield from commands(child, click.Context(child, info_name=name, parent=context))


def options(command: click.Command) -> Iterator[click.Option]:
    """Yield the command's own options, in the order of its help."""
    for parameter in command.params:
        if isinstance(parameter, click.Option) and "--config" not in parameter.opts:
            yield parameter


def _sections(command: click.Command, root: click.Context) -> Iterator[str]:
    for context in commands(command, root):
        yield f"## `{context.command_path}`\n"
        arguments = [p.metavar or p.name or "" for p in context.command.params if isinstance(p, click.Argument)]
        rows = [_row(option) for option in options(context.command)]
        usage = " ".join((context.command_path, *(["[OPTIONS]"] if rows else []), *arguments))
        yield f"```\n{usage}\n```\n"
        yield _help(context.command) + "\n"
        if rows:
            yield "\n".join(("| option | is |", "|---|---|", *rows)) + "\n"


def _help(command: click.Command) -> str:
    paragraphs = re.split(r"\n\s*\n", inspect.cleandoc(command.help or ""))
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)


def _row(option: click.Option) -> str:
    value = "" if option.is_flag else f" {option.metavar or 'N'}"
    said = re.sub(r"\s+", " ", option.help or "").replace("|", "\\|")
    default = f" [default: {option.default}]" if option.show_default else ""
    required = " Required." if option.required else ""
    return f"| `{', '.join(option.opts)}{value}` | {said}{required}{default} |"


if __name__ == "__main__":
    FILE.write_text(reference(), encoding="utf-8")
