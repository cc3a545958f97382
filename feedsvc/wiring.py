"""The one composition root: what a process is made of, put together by hand.

Knows which object gets which; hides that the configuration may change under a running process.
"""

import logging
import os
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from feedsvc.config import Config, load
from feedsvc.errors import ConfigError
from feedsvc.service import Service
from feedsvc.store import Store

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

    from feedsvc.mirror import Mirror

log = logging.getLogger(__name__)

CONFIG_VARIABLE = "FEEDSVC_CONFIG"
_WATCH_S = 1.0


def service(config_file: Path) -> Service:
    """Return the service over a configuration, its store open but not yet migrated.

    Raises:
        ConfigError: the configuration has problems.
        StoreUnavailable: the store cannot be opened.
    """
    config = load(config_file)
    return Service(config, Store.open(config.store.url))


class Running:
    """The service of a long-lived process: it follows the configuration file, and keeps running on a wrong one."""

    def __init__(self, config_file: Path, *, tells: bool = True) -> None:
        """``tells``: what the admin has to mend is logged here, and not by a process beside this one."""
        self._file = config_file
        self._tells = tells
        self._stamp = _stamp(config_file)
        self._service = service(config_file)

    def current(self) -> Service:
        """Return the service over the last good configuration."""
        return self._service

    def follow(self) -> bool:
        """Reread the configuration if its file has changed; tell whether a new service is in place.

        One with problems changes nothing, and is told of once.
        """
        stamp = _stamp(self._file)
        if stamp == self._stamp:
            return False
        self._stamp = stamp
        try:
            config = load(self._file)
        except ConfigError as error:
            for problem in error.problems if self._tells else ():
                log.error("config_refused", extra={"problem": str(problem)})
            return False
        if config.digest == self._service.config.digest:
            return False
        self._warn_of_restart(config)
        # The store stays the one that was opened: moving to another database under running work would tear it apart.
        self._service = self._service.reconfigured(config)
        log.info("config_reread", extra={"file": str(self._file)})
        return True

    def watch(self) -> None:
        """Follow the file from a thread of its own, for processes that have no schedule."""

        def loop() -> None:
            while True:
                wait.wait(_WATCH_S)
                self.follow()

        wait = threading.Event()
        threading.Thread(target=loop, name="config", daemon=True).start()

    def _warn_of_restart(self, config: Config) -> None:
        running = self._service.config
        for name in ("store", "server"):
            if self._tells and getattr(config, name) != getattr(running, name):
                log.warning("config_needs_restart", extra={"setting": f"[{name}]"})


def web_app(*, tells: bool) -> "WSGIApplication":
    """Return the web of the configuration that the environment names: what each web worker serves."""
    from feedsvc import web  # noqa: PLC0415 - only web workers need Flask

    running = Running(Path(os.environ[CONFIG_VARIABLE]), tells=tells)
    running.watch()
    return web.create(running.current)


def run_schedule(config_file: Path) -> None:
    """Do the scheduled work of a configuration until SIGTERM or SIGINT."""
    from feedsvc.schedule import Schedule  # noqa: PLC0415 - only the scheduling process needs APScheduler

    running = Running(config_file)
    Schedule(running.current, running.follow, mirror=_mirror(running)).run()


def mirror(service: Service, config_file: Path, folder: Path) -> "Mirror":
    """Return the mirror of the service of a configuration; where there is much to write, all cores do."""
    from feedsvc.mirror import Mirror  # noqa: PLC0415 - it needs Flask

    program = f"from {__name__} import help_mirror; help_mirror()"
    helper = (sys.executable, "-c", program, str(config_file.absolute()), str(folder.absolute()))
    return Mirror(lambda: service, folder, helper=helper)


def help_mirror() -> None:
    """Help to write the mirror that the command line names: the configuration, then the folder."""
    from feedsvc.mirror import help_writing  # noqa: PLC0415 - see above

    config_file, folder = map(Path, sys.argv[1:])
    with closing(service(config_file)) as opened:
        help_writing(opened, folder)


def _mirror(running: Running) -> Callable[[Callable[[], bool]], object] | None:
    """Return what keeps the configured mirror up to date, if one is configured."""
    config = running.current().config
    if config.server.mirror is None:
        return None
    from feedsvc.mirror import Mirror  # noqa: PLC0415 - it needs Flask, which only few schedules have room for

    return Mirror(running.current, config.folder / config.server.mirror).follow


def _stamp(file: Path) -> tuple[int, int] | None:
    try:
        stat = file.stat()
    except OSError:
        return None
    return stat.st_mtime_ns, stat.st_size
