"""Commands that stay: serve, and its two roles apart, web and work."""

import sys

import click

from feedsvc.cli.options import config_file, config_option

_host = click.option("--host", metavar="H", help="The address to listen on.  [default: the configuration's]")
_port = click.option(
    "--port", metavar="P", type=click.IntRange(1, 65535), help="The port.  [default: the configuration's]"
)
_workers = click.option(
    "--workers",
    metavar="N",
    type=click.IntRange(1, 64),
    help="How many processes answer readers.  [default: the configuration's]",
)


@click.command()
@config_option
@_host
@_port
@_workers
def serve(host: str | None, port: int | None, workers: int | None) -> None:
    """Read sources, regenerate feeds and serve them, until Ctrl-C.

    One process does the scheduled work and N answer the web.
    """
    sys.exit(_serve(host, port, workers, schedule=True))


@click.command()
@config_option
@_host
@_port
@_workers
def web(host: str | None, port: int | None, workers: int | None) -> None:
    """Serve only, beside a `feedsvc work`.

    The scheduled work is done by `feedsvc work`, here or on another machine with the same store.
    """
    sys.exit(_serve(host, port, workers, schedule=False))


@click.command()
@config_option
def work() -> None:
    """Do the scheduled work only, beside a `feedsvc web`."""
    from feedsvc import logs, wiring

    logs.set_up()
    wiring.run_schedule(config_file())


def _serve(host: str | None, port: int | None, workers: int | None, *, schedule: bool) -> int:
    from feedsvc import addresses, logs, server, wiring
    from feedsvc.config import load
    from feedsvc.model import MAIN_FEED, Format

    logs.set_up()
    listening = load(config_file()).server
    host, port = host or listening.host, port or listening.port
    server.listenable(host, port)
    # Everything that can be wrong with configuration and store is said here, before any process is started.
    service = wiring.service(config_file())
    service.open()
    config = service.config
    service.close()
    shown = f"http://{f'[{host}]' if ':' in host else host}:{port}"

    def announce() -> None:
        click.echo(f"feedsvc is serving {config.site.title}:")
        click.echo(f"  the news line  {shown}/")
        for format in Format:
            click.echo(f"  {format.label:<13}  {shown}{addresses.path(MAIN_FEED, format)}")
        if len(config.feeds) > 1:
            click.echo(f"  {f'all {len(config.feeds)} feeds':<13}  {shown}/feeds/")
        click.echo("Ctrl-C ends it.")

    return server.serve(
        config_file(),
        host=host,
        port=port,
        workers=workers or config.server.workers,
        schedule=schedule,
        on_ready=announce,
    )
