"""Options that several commands share, and what they open."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from zoneinfo import ZoneInfo

import click

if TYPE_CHECKING:
    from feedsvc.service import Service

CONFIG_DEFAULT = Path("config.toml")
_KEY = "feedsvc.config"

_F = TypeVar("_F", bound=Callable[..., Any])


def _remember(context: click.Context, _parameter: click.Parameter, value: Path | None) -> None:
    if value is not None:
        context.meta[_KEY] = value


def config_option(command: _F) -> _F:
    """Give a command ``--config FILE``; it may stand before or after the command's name, the later one counts."""
    return click.option(
        "--config",
        metavar="FILE",
        type=click.Path(path_type=Path),
        expose_value=False,
        is_eager=True,
        callback=_remember,
        help="The configuration.  [default: config.toml]",
    )(command)


def config_file() -> Path:
    """Return the configuration file that this call names."""
    path: Path = click.get_current_context().meta.get(_KEY, CONFIG_DEFAULT)
    return path


def open_service(*, migrated: bool = True) -> "Service":
    """Return the service of this call's configuration, its store brought to this version first."""
    from feedsvc import wiring

    service = wiring.service(config_file())
    if migrated:
        service.migrate()
    return service


def instant(option: str, written: str | None, zone: ZoneInfo) -> datetime | None:
    """Read the time that an option was given, in ``zone`` where it names none."""
    if written is None:
        return None
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        raise click.UsageError(
            f"{option} {written}: this is no ISO 8601 time; write it like 2025-02-09T10:00"
        ) from None
    if not 1970 < moment.year < 9999:
        raise click.UsageError(f"{option} {written}: no feed can carry a time before 1971")
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
