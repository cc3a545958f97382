"""What is printed: tables on a terminal, plain lines elsewhere, JSON when asked.

Knows the words for outcomes and counts; hides rich.
"""

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Callable

    from feedsvc.model import Run


def as_json(value: Any) -> None:
    """Print one JSON value, indented on a terminal."""
    from feedsvc.model import to_json

    click.echo(json.dumps(to_json(value), ensure_ascii=False, indent=2 if sys.stdout.isatty() else None))


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print rows: a table on a terminal, one line a row with tabs elsewhere."""
    if not sys.stdout.isatty():
        for row in rows:
            click.echo("\t".join(row))
        return
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    shown = Table(*columns, box=box.SIMPLE_HEAD, pad_edge=False)
    for row in rows:
        shown.add_row(*(Text(cell) for cell in row))
    Console().print(shown)


def runs(done: Iterable["Run"]) -> bool:
    """Print how pieces of work ended, complaints on standard error; tell whether all went well."""
    well = True
    for run in done:
        counts = ", ".join(f"{count} {name}" for name, count in run.counts.items() if count)
        what = run.message or counts or "nothing to do"
        took_ms = (run.ended - run.started).total_seconds() * 1000
        click.echo(f"{run.kind} {run.name}: {run.outcome} in {took_ms:.0f} ms: {what}")
        for complaint in run.complaints:
            click.echo(f"{complaint.where}: {complaint.message}", err=True)
        well = well and run.outcome in ("done", "unchanged")
    return well


def moment(value: datetime | None, zone: Any) -> str:
    """Return a time for people, in the site's zone; a dash for none."""
    return value.astimezone(zone).strftime("%Y-%m-%d %H:%M") if value else "–"


@contextmanager
def progress(what: str, total: int | None, *, then: str = "") -> "Iterator[Callable[[int], None]]":
    """Show a progress bar on a terminal while the block runs; yields the function that moves it on.

    ``then`` is what goes on when all steps are done.
    """
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import MofNCompleteColumn, Progress, TimeElapsedColumn

    columns = (*Progress.get_default_columns()[:2], MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=total)

        def advance(steps: int) -> None:
            bar.advance(task, steps)
            bar.update(task, description=then if then and bar.tasks[0].remaining == 0 else what)

        yield advance
