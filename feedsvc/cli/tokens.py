"""Commands for tokens: who may push, and who may read private feeds."""

import click

from feedsvc.cli import output
from feedsvc.cli.options import config_option, json_option, open_service


@click.group()
@config_option
def tokens() -> None:
    """Give out and revoke the tokens that programs push articles with, and the addresses of private feeds."""


@tokens.command()
@config_option
@click.argument("source", metavar="[SOURCE]", required=False)
@click.option("--feed", metavar="NAME", help="Leave to read this private feed, instead of pushing.")
@click.option("--label", metavar="TEXT", default="", help="Who is to use it, for the list.")
def add(source: str | None, feed: str | None, label: str) -> None:
    """Give out a token: for a source of the kind push, or for a private feed.

    For a source the token is printed, on standard output; whoever has it can publish in the name of the source. For a
    feed the addresses of one subscriber are printed; whoever has one can read the feed. Neither can be shown again, for
    only a digest is kept.
    """
    from feedsvc.addresses import private_path
    from feedsvc.model import FeedName, Format
    from feedsvc.text import one_line

    service = open_service()
    if source is not None and feed is None:
        token, secret = service.tokens.add_for_source(source, one_line(label))
        told = [secret]
    elif feed is not None and source is None:
        token, secret = service.tokens.add_for_feed(feed, one_line(label))
        base_url = service.config.site.base_url
        told = [base_url + private_path(FeedName(feed), format, secret) for format in Format]
    else:
        raise click.UsageError("name a source to push into, or with --feed a private feed to read")
    click.echo(f"token {token.id} for {token.name}; keep what follows, it is not shown again:", err=True)
    click.echo("\n".join(told))


@tokens.command("list")
@config_option
@json_option
def list_(as_json: bool) -> None:
    """List the tokens that were given out, oldest first, without their secrets.

    The last use is told to the day, in UTC.
    """
    service = open_service()
    given = service.tokens.list()
    if as_json:
        output.as_json(given)
        return
    zone = service.config.site.zone
    output.table(
        ("Id", "Leave", "To", "Label", "Given out", "Last used", "Revoked"),
        [
            (
                token.id,
                token.leave,
                token.name,
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
        token = service.tokens.revoke(TokenId(token_id))
        click.echo(f"revoked {token.id} for {token.name}")
