"""The processes: web workers (Granian) and, beside them, one that does the scheduled work.

Knows how processes are started, watched and ended; hides Granian. A worker that dies is replaced by Granian, the
scheduling process by this module; none of them outlives the parent, however that ends.
"""

import contextlib
import ctypes
import gc
import http.client
import logging
import multiprocessing
import os
import resource
import signal
import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server import Server

from feedsvc import logs, wiring
from feedsvc.errors import FeedsvcError
from feedsvc.server import slowness
from feedsvc.server.listening import listenable

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

_log = logging.getLogger(__name__)

# A thread waits only while the database answers; documents and pages in memory take microseconds. More threads than
# these cost every request, as they all contend for Python's lock.
_THREADS = 8
# Granian counts connections, not requests: idle keep-alive ones must not keep new clients out.
_CONNECTIONS = 4096
_SPARE_FILES = 256
# Who knocks while all are being let in; one too many is turned away for a second, and comes again (TCP).
_BACKLOG = 4096
# Also how long an idle keep-alive connection is held: proxies commonly give up after a minute, crawlers never.
_HEADERS_TIMEOUT_MS = 15_000
_BUFFER_BYTES = 64 * 1024
# M_ARENA_MAX, M_TRIM_THRESHOLD, M_MMAP_THRESHOLD. Source: malloc.h of glibc, mallopt(3). What a page takes to be made
# is kept for the next one: giving it back and asking for it again costs a tenth of the making.
_HEAP = {-8: 1, -1: 1024 * 1024, -3: 128 * 1024}
_GRACE_S = 10
_RETRY_S = 2.0
_BACK_OFF_LEAST_S, _BACK_OFF_MOST_S = 1.0, 60.0
_PROBE_EVERY_S = 0.02

# Granian's own lines go the way of ours: only what an admin must see, through the handlers that are there already.
_GRANIAN_LOGGING = {"incremental": True, "handlers": {}, "loggers": {"_granian": {"propagate": True}}}


def serve(
    config_file: Path,
    *,
    host: str,
    port: int,
    workers: int,
    schedule: bool,
    on_ready: Callable[[], None] | None = None,
) -> int:
    """Serve the configuration until SIGTERM, SIGINT or SIGHUP; return the exit code. Main thread only.

    ``on_ready`` is called from a thread, once, when the first request has been answered.

    Raises:
        ServerError: the address cannot be listened on; nothing has been started.
    """
    import feedsvc.web  # noqa: F401, PLC0415 - imported once here, its memory is shared by all workers that are forked

    os.environ[wiring.CONFIG_VARIABLE] = str(config_file.absolute())
    work = partial(wiring.run_schedule, config_file.absolute()) if schedule else None
    load = partial(wiring.web_app, tells=not schedule)
    return run(load, host=host, port=port, workers=workers, work=work, on_ready=on_ready)


def run(
    load: "Callable[[], WSGIApplication]",
    *,
    host: str,
    port: int,
    workers: int,
    work: Callable[[], None] | None = None,
    on_ready: Callable[[], None] | None = None,
) -> int:
    """Serve what ``load`` makes in each worker, with ``work`` in a process of its own; see :func:`serve`.

    Both are called in other processes, and must be functions of a module (or partials of such).
    """
    address = listenable(host, port)
    if sys.platform == "linux":
        # What is imported here is shared by all workers. Python 3.14 no longer forks by itself.
        multiprocessing.set_start_method("fork", force=True)
    server = Server(
        "feedsvc",  # Granian's name for what it serves; the loader below says where it comes from
        address=address,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=_THREADS,
        backpressure=_connections(),
        backlog=_BACKLOG,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=_HEADERS_TIMEOUT_MS, max_buffer_size=_BUFFER_BYTES),
        websockets=False,
        log_level=LogLevels.error,
        log_dictconfig=_GRANIAN_LOGGING,
        respawn_failed_workers=True,
        workers_kill_timeout=_GRACE_S,
    )
    # When a whole process group is told to end, workers may be gone before Granian asks them to: no error then.
    logging.getLogger("_granian").addFilter(lambda _: not server.interrupt_signal)
    hangup = signal.getsignal(signal.SIGHUP)

    if work is not None:
        beside = _Beside(work, stopping=lambda: bool(server.interrupt_signal))
        server.on_startup(beside.start)
        server.on_shutdown(beside.stop)

    @server.on_startup
    def _started() -> None:
        # Granian takes SIGHUP for a reload; here a changed configuration is noticed anyway, and a closed terminal ends.
        signal.signal(signal.SIGHUP, signal.SIG_IGN if hangup == signal.SIG_IGN else server.signal_handler_interrupt)
        if on_ready is not None:
            threading.Thread(target=_announce, args=(address, port, on_ready), name="ready", daemon=True).start()

    _give_memory_back()
    gc.collect()
    gc.freeze()  # the collector of a child would otherwise touch, and so copy, every page it shares
    try:
        server.serve(target_loader=partial(_load, load, port), wrap_loader=False)
    except SystemExit as end:
        return 0 if server.interrupt_signal else int(end.code or 1)
    return 0 if server.interrupt_signal else 1


class _Beside:
    """One process beside the workers: started again, ever more patiently, when it ends unasked."""

    def __init__(self, work: Callable[[], None], *, stopping: Callable[[], bool]) -> None:
        self._work = work
        self._asked = stopping
        self._stop = threading.Event()
        self._watcher = threading.Thread(target=self._watch, name="schedule-watcher")

    def start(self) -> None:
        # Here and not in the watcher: two threads that fork at one time hand their children each other's pipes, by
        # which multiprocessing tells that a child has ended.
        self._spawn()
        self._watcher.start()

    def stop(self) -> None:
        """End the process; one that has not ended after the grace is killed."""
        self._stop.set()
        deadline = time.monotonic() + _GRACE_S
        while self._watcher.is_alive():
            if self._process.is_alive():
                # Asked again and again: a process that is just starting may not hear it the first time.
                (self._process.terminate if time.monotonic() < deadline else self._process.kill)()
            self._watcher.join(0.2)

    def _spawn(self) -> None:
        self._born = time.monotonic()
        self._process = multiprocessing.Process(target=_do, args=(self._work,), name="feedsvc-schedule")
        self._process.start()

    def _watch(self) -> None:
        back_off_s = _BACK_OFF_LEAST_S
        while True:
            self._process.join()
            if time.monotonic() - self._born > _BACK_OFF_MOST_S:
                back_off_s = _BACK_OFF_LEAST_S
            if self._stop.wait(back_off_s) or self._asked():
                return
            _log.error("schedule_restarted", extra={"exit_code": self._process.exitcode, "after_s": back_off_s})
            back_off_s = min(back_off_s * 2, _BACK_OFF_MOST_S)
            self._spawn()


def _give_memory_back() -> None:
    """Have the C library share one heap among all threads and return what is free but 1 MB; the children inherit it.

    With a heap for each thread, each would keep what its largest document needed. Where the library is not glibc,
    nothing happens.
    """
    with contextlib.suppress(OSError, AttributeError):
        library = ctypes.CDLL(None)
        for parameter, value in _HEAP.items():
            library.mallopt(parameter, value)


# --- in the children --------------------------------------------------------------------------------------------------


def _load(load: "Callable[[], WSGIApplication]", port: int) -> "WSGIApplication":
    _settle()
    slowness.watch(port)
    while True:
        try:
            return load()
        except FeedsvcError as error:
            # A broken configuration or an absent store would end worker after worker, and then the server. The other
            # workers have loaded before and go on serving; this one joins them when it can.
            _log.error("worker_waits", extra={"reason": str(error), "retry_s": _RETRY_S})
            time.sleep(_RETRY_S)


def _do(work: Callable[[], None]) -> None:
    _settle()
    try:
        work()
    except FeedsvcError as error:
        _log.error("schedule_failed", extra={"reason": str(error)})
        sys.exit(1)


def _settle() -> None:
    """Make a new child end when it is told to, only when the parent says so, and not later than the parent."""
    # A forked child has the parent's handlers, which would swallow a SIGTERM until its own are in place.
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    with contextlib.suppress(OSError):
        os.setpgid(0, 0)  # Ctrl-C reaches the parent only, which then ends its children in order
    if not logging.getLogger().handlers:  # spawned, not forked
        logs.set_up()
    threading.Thread(target=_end_with_parent, name="parent-watcher", daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is None:
        return
    parent.join()
    _log.error("parent_gone")
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(_GRACE_S)
    os._exit(1)


# --- what this machine allows ----------------------------------------------------------------------------------------


def _connections() -> int:
    """Raise the limit of open files as far as allowed, and return how many connections a worker may hold."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _CONNECTIONS + _SPARE_FILES
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        return max(soft - _SPARE_FILES, 64)
    return _CONNECTIONS


def _announce(address: str, port: int, on_ready: Callable[[], None]) -> None:
    # The address of all interfaces is none to connect to.
    address = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(address, address)  # noqa: S104 - compared, not bound
    while True:
        connection = http.client.HTTPConnection(address, port, timeout=5)
        try:
            connection.request("GET", "/healthz")
            if connection.getresponse().status == http.client.OK:
                break
        except OSError:
            time.sleep(_PROBE_EVERY_S)
        finally:
            connection.close()
    on_ready()
