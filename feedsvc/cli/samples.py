"""The command for pages that could not be read well."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from feedsvc.cli import output
from feedsvc.cli.options import config_option, json_option, open_service

if TYPE_CHECKING:
    from feedsvc.service import Service


@click.command()
@config_option
@click.argument("source", metavar="[SOURCE]", required=False)
@click.option("--code", metavar="CODE", help="The page that was kept for this code.  [default: the newest]")
@click.option(
    "--save", metavar="FILE", type=click.Path(path_type=Path, allow_dash=True), help="Write it to a file; - is stdout."
)
@json_option
def samples(source: str | None, code: str | None, save: Path | None, as_json: bool) -> None:
    """List the pages that could not be read well, or write one to a file.

    The page with which trouble began is kept for each source and code, and for a month after the source reads well
    again. A saved one can be read with `feedsvc preview FILE --source SOURCE`.
    """
    service = open_service()
    if save is not None:
        if source is None:
            raise click.UsageError("--save writes one page: name its source")
        _save(service, source, code, save)
        return
    kept = [each for each in service.samples.list() if source in (None, each.source) and code in (None, each.code)]
    if as_json:
        output.as_json(kept)
        return
    zone = service.config.site.zone
    output.table(
        ("Source", "Code", "Taken", "Bytes", "Well since", "Page", "What stood against it"),
        [
            (
                each.source,
                each.code,
                output.moment(each.taken_at, zone),
                str(each.size),
                output.moment(each.well, zone),
                each.origin,
                each.message,
            )
            for each in kept
        ],
    )


def _save(service: "Service", source: str, code: str | None, file: Path) -> None:
    sample, body = service.samples.page(source, code)
    if str(file) == "-":
        sys.stdout.buffer.write(body)
        return
    try:
        file.write_bytes(body)
    except OSError as error:
        raise click.UsageError(f"{file} cannot be written: {error.strerror}") from None
    click.echo(
        f"wrote {file}; see what is read: feedsvc preview {file} --source {source} --at {sample.taken_at:%FT%TZ}"
    )
