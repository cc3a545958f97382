"""Commands for the store by hand: articles."""

import sys
from typing import IO, Any

import click

from feedsvc.cli import output
from feedsvc.cli.options import config_option, instant, json_option, open_service


def _web_address(_context: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
    from feedsvc.text import is_web_address

    if value is not None and not is_web_address(value):
        raise click.BadParameter(f"{value} is not a web address; write it like https://news.example.org/story")
    return value


_FIELDS = (
    click.option("--section", metavar="S", help="The section."),
    click.option("--link", metavar="URL", callback=_web_address, help="Where the story stands on the site."),
    click.option("--author", "authors", metavar="NAME", multiple=True, help="An author; may be given again."),
    click.option("--tag", "tags", metavar="TAG", multiple=True, help="A tag; may be given again."),
    click.option("--summary", metavar="TEXT", help="A summary in plain text."),
    click.option(
        "--body",
        metavar="FILE",
        type=click.File(encoding="utf-8"),
        help="The text: paragraphs between blank lines; - reads standard input.",
    ),
)


def _fields(command: Any) -> Any:
    for option in reversed(_FIELDS):
        command = option(command)
    return command


@click.group()
@config_option
def articles() -> None:
    """See and change the articles of the store by hand."""


@articles.command("list")
@config_option
@click.option("--source", "sources", metavar="NAME", multiple=True, help="Only of this source; may be given again.")
@click.option("--section", "sections", metavar="S", multiple=True, help="Only of this section; may be given again.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 100_000), help="At most so many.")
@click.option("--retracted", is_flag=True, help="The retracted ones too.")
@json_option
def list_(sources: tuple[str, ...], sections: tuple[str, ...], limit: int, retracted: bool, as_json: bool) -> None:
    """List articles, newest first."""
    from feedsvc.model import Selection

    service = open_service()
    found = service.desk.list(Selection(sources=sources, sections=sections), limit=limit, retracted=retracted)
    if as_json:
        output.as_json(found)
        return
    zone = service.config.site.zone
    output.table(
        ("Id", "Published", "Section", "Headline"),
        [
            (
                a.id,
                output.moment(a.published, zone),
                a.section or "",
                f"{a.title} (retracted)" if a.retracted else a.title,
            )
            for a in found
        ],
    )


@articles.command()
@config_option
@click.argument("article_id", metavar="ID")
@json_option
def show(article_id: str, as_json: bool) -> None:
    """Show an article and its former revisions."""
    from feedsvc.addresses import permalink
    from feedsvc.model import ArticleId
    from feedsvc.text import plain

    service = open_service()
    article, revisions = service.desk.get(ArticleId(article_id))
    if as_json:
        output.as_json({"article": article, "revisions": revisions})
        return
    zone = service.config.site.zone
    click.echo(article.title)
    rows = {
        "permalink": permalink(service.config.site.base_url, article),
        "guid": article.guid,
        "source": article.source,
        "section": article.section,
        "authors": ", ".join(article.authors),
        "tags": ", ".join(article.tags),
        "published": output.moment(article.published, zone),
        "updated": output.moment(article.updated, zone),
        "retracted": output.moment(article.retracted, zone) if article.retracted else None,
        "set by hand": ", ".join(article.pinned),
    }
    for name, value in rows.items():
        if value:
            click.echo(f"  {name}: {value}")
    for paragraph in plain(article.body or article.summary or ""):
        click.echo(f"\n{paragraph}")
    for revision in revisions:
        click.echo(f"\nrevision {revision.number}, {output.moment(revision.recorded, zone)}: {revision.title}")


@articles.command()
@config_option
@click.option("--title", metavar="TEXT", required=True, help="The headline.")
@click.option("--published", metavar="TIME", help="When, as ISO 8601.  [default: now]")
@_fields
def add(title: str, published: str | None, body: IO[str] | None, **fields: Any) -> None:
    """Add an article of one's own; the feeds that select it follow at once."""
    from feedsvc.model import Entry

    service = open_service()
    zone = service.config.site.zone
    given = {name: value for name, value in fields.items() if value}
    entry = Entry(_headline(title), published=instant("--published", published, zone), body=_body(body), **given)
    change = service.desk.add(entry, language=service.config.site.language)
    if change.article is None:
        click.echo(f"not added: {change.reason}", err=True)
        sys.exit(1)
    click.echo(f"{change.verdict} {change.article.id} {change.article.title}")


@articles.command()
@config_option
@click.argument("article_id", metavar="ID")
@click.option("--title", metavar="TEXT", help="The headline.")
@_fields
def edit(article_id: str, title: str | None, body: IO[str] | None, **fields: Any) -> None:
    """Set fields of an article. What is set by hand no source changes any more."""
    from feedsvc.model import ArticleId

    given = {name: value for name, value in fields.items() if value}
    if title is not None:
        given["title"] = _headline(title)
    if body is not None:
        given["body"] = _body(body)
    if not given:
        raise click.UsageError("nothing to change: give --title, --section, --body or another field")
    change = open_service().desk.edit(ArticleId(article_id), **given)
    click.echo(f"{change.verdict} {article_id}: {change.reason or 'it reads so already'}")


@articles.command()
@config_option
@click.argument("article_ids", metavar="ID...", nargs=-1, required=True)
def retract(article_ids: tuple[str, ...]) -> None:
    """Take articles out of every feed for good; their addresses answer 410 from now on."""
    from feedsvc.model import ArticleId

    service = open_service()
    for article_id in article_ids:
        change = service.desk.retract(ArticleId(article_id))
        click.echo(f"{change.reason} {article_id}")


def _headline(title: str) -> str:
    from feedsvc.text import one_line

    if not one_line(title):
        raise click.UsageError("--title is empty")
    return one_line(title)


def _body(file: IO[str] | None) -> str | None:
    import re

    from feedsvc.text import one_line, paragraphs_html

    if file is None:
        return None
    try:
        written = file.read()
    except UnicodeDecodeError:
        raise click.UsageError(f"--body {file.name}: this is no UTF-8 text") from None
    paragraphs = tuple(filter(None, (one_line(part) for part in re.split(r"\n\s*\n", written))))
    return paragraphs_html(paragraphs) or None
