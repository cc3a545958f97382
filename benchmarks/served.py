"""The real server on loopback: ``feedsvc serve`` with two web workers, started, asked and ended.

Knows processes and sockets; hides them from what is measured there.
"""

import contextlib
import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPMessage
from pathlib import Path

from benchmarks.newsroom import Newsroom

WORKERS = 2
_PATIENCE_S = 60
_ENDING_S = 30


@dataclass(frozen=True, slots=True)
class Server:
    """A server that is fit to serve."""

    pid: int
    port: int

    def get(self, path: str, **headers: str) -> tuple[int, bytes]:
        """Ask on a new connection, as the kernel hands those to the workers by turns; return status and body."""
        status, _, body = self.ask(path, **headers)
        return status, body

    def ask(self, path: str, **headers: str) -> tuple[int, HTTPMessage, bytes]:
        """As :meth:`get`, with the headers."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
            response = connection.getresponse()
            return response.status, response.headers, response.read()
        finally:
            connection.close()

    def pids(self) -> tuple[int, ...]:
        """Return the process and all that descend from it. Linux only."""
        parents = {int(entry.name): _parent(entry) for entry in Path("/proc").iterdir() if entry.name.isdigit()}
        found = [self.pid]
        for pid in found:  # grows while it is walked
            found += [child for child, parent in parents.items() if parent == pid]
        return tuple(found)


def free_port() -> int:
    """Return a port of loopback that nobody listens on just now."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


@contextlib.contextmanager
def served(room: Newsroom) -> Iterator[Server]:
    """Serve the newsroom, all feeds published, for as long as the block runs."""
    port = free_port()
    command = [sys.executable, "-m", "feedsvc", "serve", "--config", str(room.config_file)]
    log = room.folder / "serve.log"
    with log.open("wb") as errors:
        process = subprocess.Popen(
            [*command, "--port", str(port), "--workers", str(WORKERS)],
            stdout=subprocess.DEVNULL,
            stderr=errors,
            env={name: value for name, value in os.environ.items() if name != "FEEDSVC_CONFIG"},
        )
    try:
        server = Server(process.pid, port)
        _await(server, process, log)
        yield server
    finally:
        process.terminate()
        try:
            process.wait(_ENDING_S)
        except subprocess.TimeoutExpired:
            process.kill()  # its children end with it
            process.wait()


def _await(server: Server, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + _PATIENCE_S
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError, http.client.HTTPException):
            if server.get("/readyz")[0] == http.client.OK:
                return
        time.sleep(0.05)
    raise RuntimeError(f"feedsvc serve did not get ready; it said:\n{log.read_text('utf-8', 'replace')}")


def _parent(entry: Path) -> int | None:
    try:
        stat = (entry / "stat").read_text("utf-8", "replace")
    except OSError:  # ended meanwhile
        return None
    # The name before it is in brackets, and may hold spaces and brackets of its own. Source: proc_pid_stat(5).
    return int(stat.rpartition(")")[2].split()[1])
