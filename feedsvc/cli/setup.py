"""Commands that set up: init, check, migrate."""

from pathlib import Path

import click

from feedsvc.cli.options import config_file, config_option, open_service


@click.command()
@click.argument("directory", metavar="[DIR]", default=".", type=click.Path(path_type=Path, file_okay=False))
@click.option("--missing", is_flag=True, help="Write only what is missing; a config.toml that is there stays.")
def init(directory: Path, missing: bool) -> None:
    """Write config.toml, var/ and a sample saved page.

    They go into DIR (default: here). Nothing that is there already is overwritten: a config.toml that is there is an
    error, unless --missing is given.
    """
    from feedsvc import sample

    written = sample.write(directory, missing_only=missing)
    for path in written:
        click.echo(f"wrote {path}")
    if missing:
        return
    start = "feedsvc serve" if directory == Path() else f"feedsvc --config {directory / 'config.toml'} serve"
    click.echo(f"Next: look through {directory / 'config.toml'}, then start with `{start}`.")


@click.command()
@config_option
def check() -> None:
    """Check the configuration.

    Every problem is told at once, as FILE:LINE: path: message; the exit code is 2 when there is one.
    """
    from feedsvc.config import load

    config = load(config_file())
    sources, feeds = len(config.sources), len(config.feeds)
    click.echo(
        f"{config_file()} is good: {sources} {'source' if sources == 1 else 'sources'}, "
        f"{feeds} {'feed' if feeds == 1 else 'feeds'}, store {config.store.shown_url}"
    )


@click.command()
@config_option
def migrate() -> None:
    """Bring the store to the schema of this version.

    Nothing is lost, and doing it twice does no harm. Commands that use the store do it by themselves.
    """
    before, after = open_service(migrated=False).migrate()
    click.echo(
        f"the store is at revision {after} already" if before == after else f"the store is now at revision {after}"
    )
