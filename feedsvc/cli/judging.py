"""The command that judges documents: validate."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from feedsvc.cli import output
from feedsvc.cli.options import CONFIG_DEFAULT, config_file, config_option, json_option, open_service

if TYPE_CHECKING:
    from feedsvc.service.judging import Judgement


@click.command()
@config_option
@click.argument("targets", metavar="[FEED|FILE|URL...]", nargs=-1)
@click.option("--strict", is_flag=True, help="Let warnings fail too.")
@json_option
def validate(targets: tuple[str, ...], strict: bool, as_json: bool) -> None:
    """Judge the published documents of feeds, or a feed in a file or at an address.

    Prints each broken rule with its place and its source; docs/validate.md lists them. Without arguments all configured
    feeds are judged, in every format; others, such as section-politics, by their names. What has a dot or a slash is a
    file or an address. Nothing is published or changed. Exit code 1 when a document breaks a rule that would keep it
    from being published.
    """
    judgements = _feeds(targets) if not targets else tuple(each for target in targets for each in _judged(target))
    if as_json:
        output.as_json([_object(judgement) for judgement in judgements])
    else:
        _print(judgements)
    found = [finding for judgement in judgements for finding in judgement.findings]
    sys.exit(1 if any(strict or finding.blocks for finding in found) else 0)


def _judged(target: str) -> "tuple[Judgement, ...]":
    from feedsvc.config import Outbound, load
    from feedsvc.service import judging

    if target.startswith(("http://", "https://")):
        configured = config_file() != CONFIG_DEFAULT or CONFIG_DEFAULT.exists()
        return (judging.web(target, load(config_file()).outbound if configured else Outbound()),)
    # No feed's name has either.
    if "." in target or "/" in target:
        return (judging.file(Path(target)),)
    return _feeds((target,))


def _feeds(names: tuple[str, ...]) -> "tuple[Judgement, ...]":
    from feedsvc.model import FeedName

    service = open_service()
    try:
        chosen = map(FeedName, names) if names else (feed.name for feed in service.config.feeds)
        return tuple(judgement for name in chosen for judgement in service.judge(name))
    finally:
        service.close()


def _object(judgement: "Judgement") -> dict[str, Any]:
    return {
        "document": judgement.document,
        "findings": [
            {
                "rule": finding.rule.name,
                "weight": finding.rule.weight,
                "where": finding.where,
                "message": finding.message,
                "source": finding.rule.source,
            }
            for finding in judgement.findings
        ],
    }


def _print(judgements: "tuple[Judgement, ...]") -> None:
    rows = [
        (judgement.document, one.rule.weight, one.rule.name, one.where, one.message, one.rule.source)
        for judgement in judgements
        for one in judgement.findings
    ]
    if rows:
        output.table(("Document", "Weight", "Rule", "Where", "What", "Source"), rows)
    errors = sum(weight == "error" for _, weight, *_ in rows)
    click.echo(f"{len(judgements)} judged: {errors} errors, {len(rows) - errors} warnings", err=True)
