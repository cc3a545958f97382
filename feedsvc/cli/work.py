"""Commands that work once: preview, refresh, publish, status."""

import json
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

from feedsvc.cli import output
from feedsvc.cli.options import CONFIG_DEFAULT, config_file, config_option, instant, json_option, open_service

if TYPE_CHECKING:
    from feedsvc.model import Harvest, Run
    from feedsvc.service import Service
    from feedsvc.service.preview import Preview


@click.command()
@config_option
@click.argument("targets", metavar="TARGET...", nargs=-1, required=True)
@click.option("--source", metavar="NAME", help="Read as this source of the configuration would.")
@click.option("--kind", metavar="KIND", help="Read as this kind of source.  [default: what it looks like]")
@click.option("--timezone", metavar="TZ", help="The zone of times on the page.  [default: the source's or the site's]")
@click.option("--at", metavar="TIME", help="When the page was saved, as ISO 8601.  [default: the file's time]")
@json_option
def preview(
    targets: tuple[str, ...], source: str | None, kind: str | None, timezone: str | None, at: str | None, as_json: bool
) -> None:
    """Show what would be read from files, folders or web addresses; write nothing.

    A folder means the .txt files in it. Exit code 1 when a file cannot be had.

    With --json: one object {"article", "entries", "complaints"}; for several files one object keyed by file name.
    """
    from feedsvc.service import preview as previewing

    if source and kind:
        raise click.UsageError("--source says the kind already; give one of --source and --kind")
    # A zone of its own needs nothing from the configuration, so a broken one is no obstacle.
    config = None if timezone and not source else _config_if_any(source)
    settings = previewing.settings(config, source=source, kind=kind, timezone=timezone)
    previews = previewing.preview(targets, settings, taken_at=instant("--at", at, settings.zone))
    if as_json:
        _preview_json(previews)
    else:
        for shown in previews:
            _preview_text(shown, settings.zone, several=len(previews) > 1)
    sys.exit(0 if all(shown.harvest for shown in previews) else 1)


def _config_if_any(source: str | None) -> Any:
    """Return the configuration; None where none was asked for and none is there."""
    from feedsvc.config import load

    file = config_file()
    return load(file) if source or file != CONFIG_DEFAULT or file.exists() else None


def _preview_json(previews: "tuple[Preview, ...]") -> None:
    objects = {shown.name: _preview_object(shown) for shown in previews}
    output.as_json(next(iter(objects.values())) if len(objects) == 1 else objects)


def _preview_object(shown: "Preview") -> dict[str, Any]:
    from feedsvc.service import preview as previewing

    return {
        **previewing.to_json(shown.harvest),
        **({"selectors": shown.selectors} if shown.selectors else {}),
        "complaints": [{"where": complaint.where, "message": complaint.message} for complaint in shown.complaints],
    }


def _preview_text(shown: "Preview", zone: ZoneInfo, *, several: bool) -> None:
    if several:
        click.echo(f"{shown.name}:")
    if shown.harvest:
        _harvest_text(shown.harvest, zone)
    if shown.selectors:
        found = ", ".join(f"{name} = {json.dumps(value)}" for name, value in asdict(shown.selectors).items() if value)
        click.echo(f"To pin what was detected, write into the source: selectors = {{ {found} }}")
    for complaint in shown.complaints:
        click.echo(f"{complaint.where}: {complaint.message}", err=True)


def _harvest_text(harvest: "Harvest", zone: ZoneInfo) -> None:
    from feedsvc.text import plain

    article = harvest.article
    if article:
        paragraphs = plain(article.body or "")
        details = [article.section, output.moment(article.published, zone), f"{len(paragraphs)} paragraphs"]
        click.echo(f"Article: {article.title} ({', '.join(detail for detail in details if detail)})")
    dated = sum(entry.published is not None for entry in harvest.entries)
    click.echo(f"News line: {harvest.listing}, {len(harvest.entries)} entries, {dated} dated")
    output.table(
        ("Time", "Section", "Headline"),
        [(output.moment(e.published, zone), e.section or "", e.title) for e in harvest.entries],
    )


@click.command()
@config_option
@click.argument("sources", metavar="[SOURCE...]", nargs=-1)
@json_option
def refresh(sources: tuple[str, ...], as_json: bool) -> None:
    """Read sources now and publish what they touch.

    Prints the Runs. Without SOURCE all are read. Exit code 1 when a Run failed.
    """
    service = open_service()
    names = [service.config.source(name).name for name in sources] or [
        source.name for source in service.config.sources if source.kind != "push"
    ]
    done: list[Run] = []
    with output.progress("reading sources", len(names)) as advance:
        for name in names:
            done += service.refresh(name)
            advance(1)
    _print_runs(done, as_json=as_json)


@click.command()
@config_option
@click.argument("feeds", metavar="[FEED...]", nargs=-1)
@click.option(
    "--to",
    metavar="DIR",
    type=click.Path(path_type=Path, file_okay=False),
    help="Then write the whole site into this folder, for nginx or its like to serve.",
)
@json_option
def publish(feeds: tuple[str, ...], to: Path | None, as_json: bool) -> None:
    """Regenerate feeds now.

    Prints the Runs. Without FEED all are regenerated. One that is current already stays as it is. Exit code 1 when a
    Run failed.

    With --to DIR every feed with its history, every page and every list becomes a file, with .gz, .br and .zst beside
    it; only what has changed is written, and what is gone is removed.
    """
    service = open_service()
    names = [service.config.feed(name).name for name in feeds] or [feed.name for feed in service.config.feeds]
    done: list[Run] = []
    with output.progress("publishing feeds", len(names)) as advance:
        for name in names:
            done.append(service.publish(name))
            advance(1)
    if to is not None:
        _mirror(service, to)
    _print_runs(done, as_json=as_json)


def _mirror(service: "Service", folder: Path) -> None:
    from feedsvc import wiring

    began = time.monotonic()
    with output.progress(f"writing {folder}", None) as advance:
        counts = wiring.mirror(service, config_file(), folder).write(advance=advance)
    click.echo(
        f"{folder}: {counts.written} files written, {counts.unchanged} unchanged, {counts.removed} removed "
        f"in {time.monotonic() - began:.1f} s",
        err=True,
    )
    for address in counts.refused:
        click.echo(f"{folder}: {address} could not be had; what was there stays", err=True)


def _print_runs(done: "list[Run]", *, as_json: bool) -> None:
    if as_json:
        output.as_json(done)
        well = all(run.outcome in ("done", "unchanged") for run in done)
    else:
        well = output.runs(done)
    sys.exit(0 if well else 1)


@click.command()
@config_option
@json_option
def status(as_json: bool) -> None:
    """Show how sources and feeds stand, and what needs a look.

    Exit code 1 when something does.
    """
    service = open_service()
    now = service.status()
    hub = service.hub.counts() if service.hub.enabled else None
    zone = service.config.site.zone
    if as_json:
        output.as_json(
            {
                "articles": now.articles,
                "sources": [{"name": source.name, "last_run": run} for source, run in now.sources],
                "feeds": [{"name": feed.name, "last_run": run} for feed, run in now.feeds],
                "alerts": now.alerts,
                "samples": now.samples,
                "hub": hub,
            }
        )
    else:
        click.echo(f"{service.config.site.title}: {now.articles} articles in {service.config.store.shown_url}")
        rows: list[tuple[str, str, Run | None]] = [("source", source.name, run) for source, run in now.sources]
        rows += [("feed", feed.name, run) for feed, run in now.feeds]
        output.table(
            ("", "Name", "Last run", "Outcome", "Counts"),
            [
                (what, name, output.moment(run.started, zone), run.outcome, _counts(run))
                if run
                else (what, name, "–", "not yet", "")
                for what, name, run in rows
            ],
        )
        if hub and hub.subscriptions:
            click.echo(f"hub: {hub.subscriptions} subscriptions, {hub.owed} deliveries owed, {hub.given_up} given up")
        from feedsvc.service import samples

        for alert in now.alerts:
            click.echo(f"ALERT {alert.name} since {output.moment(alert.since, zone)}: {alert.message}", err=True)
            if sample := samples.for_alert(now.samples, alert):
                click.echo(f"  the page is kept: {samples.command(sample.source, sample.code)}", err=True)
    sys.exit(1 if now.alerts else 0)


def _counts(run: "Run") -> str:
    return ", ".join(f"{count} {name}" for name, count in run.counts.items() if count)
