"""Commands for moving: export, import."""

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from feedsvc.cli import output
from feedsvc.cli.options import config_option, open_service

if TYPE_CHECKING:
    from feedsvc.service.moving import Moved


@click.command()
@config_option
@click.argument("file", metavar="[FILE]", default="-", type=click.Path(dir_okay=False, path_type=Path, allow_dash=True))
def export(file: Path) -> None:
    """Write all articles as JSON Lines.

    They go to FILE, which is replaced only when the export is whole, or to standard output.
    """
    service = open_service()
    if str(file) == "-":
        for line in service.desk.export():
            click.echo(line)
        return
    # Whole or not at all: a full disk leaves the export of yesterday in place.
    unfinished = file.with_name(file.name + ".part")
    try:
        with (
            unfinished.open("w", encoding="utf-8") as out,
            output.progress("exporting", service.desk.count()) as advance,
        ):
            for line in service.desk.export():
                out.write(line + "\n")
                advance(1)
        unfinished.replace(file)
    except OSError as error:
        unfinished.unlink(missing_ok=True)
        click.echo(f"{file}: {error.strerror}", err=True)
        sys.exit(1)


@click.command("import")
@config_option
@click.argument("target", metavar="FILE_OR_ADDRESS")
@click.option(
    "--source",
    metavar="NAME",
    help="Where articles of a feed or of WordPress belong: the source that will bring the same articles again, which "
    "then finds them by id, link, or headline and time. Or import, for none.  [default: the only source there is]",
)
@click.option(
    "--pages",
    metavar="N",
    default=10_000,
    show_default=True,
    type=click.IntRange(1, 1_000_000),
    help="Fetch at most so many documents of a feed's history.",
)
def import_(target: str, source: str | None, pages: int) -> None:
    """Take in an export, an old site's feed with its history, or a WordPress export.

    What FILE_OR_ADDRESS holds is recognised; - is standard input. An export of feedsvc is taken in as a whole or, when
    a line is wrong, not at all. RSS, Atom and JSON Feed are followed back through their archives. Ids are kept, so that
    subscribers see nothing old as new. Doing it again changes nothing.
    """
    service = open_service()
    is_address = target.startswith(("http://", "https://"))
    if not is_address and target != "-" and not Path(target).is_file():
        raise click.BadParameter(f"there is no file {target}", param_hint="FILE_OR_ADDRESS")
    with _file(target) as (name, path):
        file = None if is_address else path
        total = service.moving.length(file) if file else None
        with output.progress("importing", total, then="making the indexes") as advance:
            moved = service.moving.take_in(
                target if is_address else name, file=file, source=source, pages=pages, advance=advance
            )
    for feed in service.config.feeds:
        service.publish(feed.name)
    _tell(moved)


@contextmanager
def _file(target: str) -> Iterator[tuple[str, Path]]:
    """Yield a name for people, and a file that can be read twice."""
    if target != "-":
        yield target, Path(target)
        return
    with tempfile.NamedTemporaryFile() as kept:
        shutil.copyfileobj(sys.stdin.buffer, kept)
        kept.flush()
        yield "standard input", Path(kept.name)


def _tell(moved: "Moved") -> None:
    for complaint in moved.complaints:
        click.echo(f"{complaint.where}: {complaint.message}", err=True)
    told = [f"imported {moved.read:,} {'record' if moved.read == 1 else 'records'}: {moved.new:,} new articles"]
    if moved.known:
        renamed = f" ({moved.renamed:,} of them keep the id that feeds here gave them)" if moved.renamed else ""
        told.append(f"{moved.known:,} known already{renamed}")
    click.echo(", ".join(told))
    if moved.left_out:
        reasons = ", ".join(f"{count:,} {reason}" for reason, count in sorted(moved.left_out.items()))
        click.echo(f"left out: {reasons}")
    if moved.stopped:
        click.echo(f"not all was read: {moved.stopped}", err=True)
        sys.exit(1)
