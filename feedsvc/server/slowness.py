"""Slow clients: whoever hardly takes what he asked for, or hardly sends what he announced, is let go.

Knows how little a connection may move in how long; hides that the kernel keeps the count. Granian times headers and
idle connections, but neither an answer that is not read nor a body that does not come; each would hold a connection,
and a body a thread as well, for as long as its sender pleases.
"""

import contextlib
import logging
import os
import socket
import stat
import struct
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_log = logging.getLogger(__name__)

# As nginx has it (client_body_timeout, send_timeout), and with a least pace: half a kilobyte a second is less than the
# worst line of a telephone. What keeps the service itself busy for a minute is cut off as well; nothing takes as long.
_PATIENCE_S = 60.0
_LEAST_BYTES = 30_000
_LOOK_EVERY_S = 5.0
_DESCRIPTORS = Path("/proc/self/fd")

# struct tcp_info: segments not yet acknowledged, bytes acknowledged and received, bytes not yet sent. Source:
# linux/tcp.h; the last came with Linux 4.6.
_TCP_INFO = struct.Struct("=24x I 92x Q Q 8x I")
_RESET = struct.pack("ii", 1, 0)  # SO_LINGER: on, and for no time


@dataclass(frozen=True, slots=True)
class _Counts:
    given: int
    taken: int
    owed: bool


@dataclass(frozen=True, slots=True)
class _Wait:
    since: float
    counts: _Counts


class Lookout:
    """The connections to one port of this process, each with when it last moved as it should."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._waits: dict[int, _Wait] = {}

    def look(self, now: float) -> int:
        """Let the slow ones go, with a reset, and return how many there were.

        A connection is slow that moved less than is due since it was last well. Well is whoever has taken an answer to
        its end, and whoever is new. What is closed before all of it was taken is the kernel's to offer, which is told
        not to do so for long.
        """
        waits: dict[int, _Wait] = {}
        ended = 0
        for number, connection in _sockets(self._port):
            if not _is_connected(connection):
                _hand_down_patience(connection)
                continue
            counts = _counts(connection)
            wait = self._waits.get(number)
            if wait is None or _moved(wait.counts, counts):
                waits[number] = _Wait(now, counts)
            elif now - wait.since < _PATIENCE_S:
                waits[number] = wait
            else:
                _end(connection)
                ended += 1
        self._waits = waits
        return ended


def watch(port: int) -> None:
    """Look again and again, from a thread of its own; only Linux tells what has to be known."""
    if not hasattr(socket, "TCP_INFO") or not _DESCRIPTORS.is_dir():
        return

    def loop() -> None:
        lookout = Lookout(port)
        while True:
            time.sleep(_LOOK_EVERY_S)
            if ended := lookout.look(time.monotonic()):
                _log.info("slow_clients_ended", extra={"connections": ended})

    threading.Thread(target=loop, name="slowness", daemon=True).start()


def _moved(before: _Counts, now: _Counts) -> bool:
    if not now.owed and now.given > before.given:
        return True
    return now.given + now.taken - before.given - before.taken >= _LEAST_BYTES


def _sockets(port: int) -> Iterator[tuple[int, socket.socket]]:
    """Yield each connection to the port, and what listens there, with the number that is its own while it lives.

    Each is held open meanwhile: what is looked at and what is ended is one connection, even if its descriptor is given
    to another one in between.
    """
    for descriptor in _DESCRIPTORS.iterdir():
        try:
            held = os.dup(int(descriptor.name))
        except OSError:  # gone by now
            continue
        found = os.fstat(held)
        if not stat.S_ISSOCK(found.st_mode):
            os.close(held)
            continue
        with socket.socket(fileno=held) as connection:
            if _is_to(port, connection):
                yield found.st_ino, connection


def _is_to(port: int, connection: socket.socket) -> bool:
    return connection.family in (socket.AF_INET, socket.AF_INET6) and connection.getsockname()[1] == port


def _is_connected(connection: socket.socket) -> bool:
    # What listens has nobody at its other end, nor has what only holds the port (Granian's first process has one).
    with contextlib.suppress(OSError):
        return bool(connection.getpeername())
    return False


def _hand_down_patience(listening: socket.socket) -> None:
    # All whom it lets in have it from there. By itself the kernel offers for six minutes what nobody takes. Twice as
    # patient as we are, since it tells the other side nothing when it gives up.
    with contextlib.suppress(OSError):
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(2 * _PATIENCE_S * 1000))


def _counts(connection: socket.socket) -> _Counts:
    info = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _TCP_INFO.size)
    unacknowledged, given, taken, unsent = _TCP_INFO.unpack(info)
    return _Counts(given, taken, bool(unacknowledged or unsent))


def _end(connection: socket.socket) -> None:
    # Without the reset the kernel would go on offering what was not read.
    with contextlib.suppress(OSError):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        connection.shutdown(socket.SHUT_RDWR)
