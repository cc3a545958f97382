"""The commands: open, call the service, print.

Knows words and exit codes (0 done, 1 failed, 2 wrong usage or configuration); hides nothing else. Modules of this
package import the rest of feedsvc inside their commands, so that ``feedsvc --help`` answers at once.
"""

import sys

import click

from feedsvc import __version__
from feedsvc.cli import articles, backup, judging, moving, running, samples, setup, tokens, work
from feedsvc.cli.options import CONFIG_DEFAULT, config_option
from feedsvc.errors import ConfigError, FeedsvcError, NotFound, SourceNeeded


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="feedsvc", message="%(prog)s %(version)s")
@config_option
def feedsvc() -> None:
    """Turn the news line of a site into RSS, Atom and JSON feeds, and serve them.

    Begin with `feedsvc init`, then `feedsvc serve`.
    """
    from feedsvc import logs

    logs.set_up_briefly()


for command in (
    setup.init,
    running.serve,
    running.web,
    running.work,
    setup.check,
    work.preview,
    work.refresh,
    work.publish,
    judging.validate,
    articles.articles,
    tokens.tokens,
    work.status,
    samples.samples,
    moving.export,
    moving.import_,
    backup.backup,
    backup.restore,
    setup.migrate,
):
    feedsvc.add_command(command)


def main() -> None:
    """Run the command line; every expected failure is a sentence on standard error and an exit code."""
    try:
        feedsvc(standalone_mode=True)
    except (ConfigError, NotFound, SourceNeeded) as error:
        _fail(str(error), 2)
    except FeedsvcError as error:
        _fail(str(error), 1)
    except BrokenPipeError:
        # Whoever read our output has seen enough; nothing may be flushed into the closed pipe at exit.
        sys.stderr.close()
        sys.exit(1)


def _fail(message: str, code: int) -> None:
    click.echo(message, err=True)
    sys.exit(code)


__all__ = ["CONFIG_DEFAULT", "feedsvc", "main"]
