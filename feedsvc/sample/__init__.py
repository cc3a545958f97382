"""The sample that a newcomer starts from: a commented config.toml and a saved page of an invented town.

Knows where its files go; never writes over one that is there.
"""

from importlib import resources
from pathlib import Path

from feedsvc.errors import ConfigError, Problem

CONFIG = "config.toml"
PAGE = "news-page.txt"
INBOX = Path("var/inbox")


def write(folder: Path, *, missing_only: bool = False) -> tuple[Path, ...]:
    """Make the folder ready to serve and return the files written, the configuration first.

    With ``missing_only`` what is there stays and is no error; the page is then written only with the inbox itself, for
    an inbox that somebody emptied is meant to be empty.

    Raises:
        ConfigError: there is a configuration already (nothing is written then), or the folder cannot be written.
    """
    config, inbox = folder / CONFIG, folder / INBOX
    written = []
    try:
        if not config.exists():
            folder.mkdir(parents=True, exist_ok=True)
            written.append(_copy(CONFIG, config))
        elif not missing_only:
            words = "is there already, and is never written over; name another folder, or remove it first"
            raise ConfigError((Problem(str(config), None, "", words),))
        if not (inbox if missing_only else inbox / PAGE).exists():
            inbox.mkdir(parents=True, exist_ok=True)
            written.append(_copy(PAGE, inbox / PAGE))
    except OSError as error:
        place = error.filename or folder
        raise ConfigError((Problem(str(place), None, "", f"cannot be written: {error.strerror}"),)) from error
    return tuple(written)


def _copy(name: str, target: Path) -> Path:
    with target.open("xb") as file:
        file.write(resources.files(__name__).joinpath(name).read_bytes())
    return target
