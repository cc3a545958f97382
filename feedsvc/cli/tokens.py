"""Commands for tokens: who may push."""

import click

from feedsvc.cli import output
from feedsvc.cli.options import config_option, json_option, open_service


@click.group()
@config_option
def tokens() -> None:
    """Give out and revoke the tokens that programs push articles with."""


@tokens.command()
@config_option
@click.argument("source", metavar="SOURCE")
@click.option("--label", metavar="TEXT", default="", help="Who is to use it, for the list.")
def add(source: str, label: str) -> None:
    """Give out a token for a source of the kind push.

    The token is printed once, on standard output, and cannot be shown again: only its digest is kept. Whoever has it
    can publish in the name of the source.
    """
    from feedsvc.text import one_line

    token, secret = open_service().push.add_token(source, one_line(label))
    click.echo(f"token {token.id} for {token.source}; keep what follows, it is not shown again:", err=True)
    click.echo(secret)


@tokens.command("list")
@config_option
@json_option
def list_(as_json: bool) -> None:
    """List the tokens that were given out, oldest first, without their secrets.

    The last use is told to the day, in UTC.
    """
    service = open_service()
    given = service.push.tokens()
    if as_json:
        output.as_json(given)
        return
    zone = service.config.site.zone
    output.table(
        ("Id", "Source", "Label", "Given out", "Last used", "Revoked"),
        [
            (
                token.id,
                token.source,
                token.label,
                output.moment(token.created, zone),
                token.used.isoformat() if token.used else "–",
                output.moment(token.revoked, zone),
            )
            for token in given
        ],
    )


@tokens.command()
@config_option
@click.argument("token_ids", metavar="ID...", nargs=-1, required=True)
def revoke(token_ids: tuple[str, ...]) -> None:
    """Revoke tokens; they are worthless at once. What was pushed with them stays."""
    from feedsvc.model import TokenId

    service = open_service()
    for token_id in token_ids:
        token = service.push.revoke(TokenId(token_id))
        click.echo(f"revoked {token.id} for {token.source}")
