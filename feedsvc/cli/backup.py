"""Commands for the whole store in one file: backup, restore."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from feedsvc.cli import output
from feedsvc.cli.options import config_option, open_service

if TYPE_CHECKING:
    from feedsvc.service.backup import Contents

_MB = 1_000_000


@click.command()
@config_option
@click.argument("file", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Replace FILE if it is there.")
def backup(file: Path, force: bool) -> None:
    """Write the whole store to one file, also while the service runs.

    It holds the store as it is at this moment, with all that an export leaves out, and can be restored into SQLite or
    PostgreSQL. config.toml, saved pages and pictures are files already and not in it. Keep it from others: it holds
    secrets of subscribers.
    """
    if file.exists() and not force:
        raise click.UsageError(f"{file} is there already; --force replaces it")
    service = open_service()
    try:
        with output.progress("backing up", service.backups.contents().total) as advance:
            done = service.backups.write(file, advance=advance)
        size = file.stat().st_size
    except OSError as error:
        click.echo(f"{file}: {error.strerror}", err=True)
        sys.exit(1)
    click.echo(f"wrote {file}: {_told(done)}, {size / _MB:.1f} MB")


@click.command()
@config_option
@click.argument("file", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Replace all that is in the store.")
def restore(file: Path, force: bool) -> None:
    """Put a backup into an empty store, then publish the feeds.

    All of it or nothing: a file that is cut short, damaged or of another schema is refused before anything is written.
    Stop `serve` and `work` first.
    """
    service = open_service()
    contents = service.backups.read(file)
    with output.progress("restoring", contents.total) as advance:
        service.backups.restore(file, replace=force, advance=advance)
    zone = service.config.site.zone
    click.echo(f"restored the backup of {output.moment(contents.taken_at, zone)}: {_told(contents)}")
    if not output.runs(service.prepare()):
        sys.exit(1)


def _told(contents: "Contents") -> str:
    """Return for people what a backup holds."""
    articles, tokens, subscriptions = (contents.rows.get(name, 0) for name in ("article", "token", "subscription"))
    return f"{articles:,} articles, {tokens:,} tokens, {subscriptions:,} subscriptions"
