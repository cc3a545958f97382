"""The production server as it is: real processes, real signals, real sockets on loopback."""

import contextlib
import http.client
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from feedsvc import server
from feedsvc.errors import ServerError
from feedsvc.server import processes, slowness

# What the server serves here, and the work beside it. A file of its own, since it runs in other processes.
PROGRAM = """
import os, signal, sys, threading, time
from pathlib import Path
from feedsvc import logs, server
from feedsvc.errors import StoreUnavailable
from feedsvc.server import slowness

slowness._PATIENCE_S, slowness._LOOK_EVERY_S = 1.0, 0.2
folder = Path(sys.argv[2])

def app(environ, start_response):
    if environ["PATH_INFO"] == "/slow":
        time.sleep(1)
    if environ["PATH_INFO"] == "/sent":
        environ["wsgi.input"].read()
    large = int(environ["QUERY_STRING"] or 20_000_000) * (environ["PATH_INFO"] == "/large")
    body = b"x" * large or b"%d" % os.getpid()
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(body))), ("ETag", '"x"')])
    return [b"" if environ["REQUEST_METHOD"] == "HEAD" else body]

def load():
    if (folder / "store-gone").exists():
        (folder / "refused").touch()
        raise StoreUnavailable("postgresql://db.example.org/news", "the connection was lost")
    return app

def work():
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    (folder / f"working-{os.getpid()}").touch()
    stop.wait()
    (folder / f"finished-{os.getpid()}").touch()

signal.signal(signal.SIGHUP, signal.SIG_DFL)  # tests under nohup are told of none, and then the server ignores it
logs.set_up()
sys.exit(server.run(
    load, host="127.0.0.1", port=int(sys.argv[1]), workers=2, work=work, on_ready=lambda: print("ready", flush=True),
))
"""


@dataclass(frozen=True)
class Running:
    """A server that has answered its first request."""

    process: subprocess.Popen[str]
    port: int
    folder: Path

    def get(self, path: str = "/") -> str:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", path)
            return connection.getresponse().read().decode()
        finally:
            connection.close()

    def children(self) -> set[int]:
        return _children(self.process.pid)

    def working(self) -> set[int]:
        """The processes that have begun the scheduled work."""
        return {int(file.name.partition("-")[2]) for file in self.folder.glob("working-*")}

    def end(self) -> tuple[int, str]:
        """Wait for the end; return the exit code and what was logged."""
        _, logged = self.process.communicate(timeout=30)
        return self.process.returncode, logged


def _children(parent: int) -> set[int]:
    found = set()
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            state, of = (folder / "stat").read_text().rpartition(")")[2].split()[:2]
        except OSError:
            continue
        if int(of) == parent and state != "Z":
            found.add(int(folder.name))
    return found


def _alive(pid: int) -> bool:
    try:
        return (Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def _eventually(condition: Callable[[], bool], *, within_s: float = 20) -> None:
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.02)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _started(folder: Path) -> Iterator[Running]:
    program = folder / "program.py"
    program.write_text(PROGRAM, "utf-8")
    port = _free_port()
    process = subprocess.Popen(
        [sys.executable, str(program), str(port), str(folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(Path(server.__file__).parents[2])])},
    )
    children: set[int] = set()
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        running = Running(process, port, folder)
        _eventually(lambda: len(running.working()) == 1 and len(running.children()) == 3)
        children = running.children()
        yield running
    finally:
        process.kill()
        process.communicate()
        for child in children:
            _eventually(lambda child=child: not _alive(child))  # type: ignore[misc]


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    with _started(tmp_path) as running:
        yield running


@pytest.fixture(scope="module")
def lasting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One server for the tests that leave it as it was."""
    with _started(tmp_path_factory.mktemp("server")) as running:
        yield running


linux = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc; the server itself runs elsewhere too")


@linux
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_ends_everything_cleanly_and_quietly(running: Running, number: signal.Signals) -> None:
    children = running.children()
    running.process.send_signal(number)
    assert running.end() == (0, "")
    assert not any(map(_alive, children))
    assert list(running.folder.glob("finished-*"))


@linux
def test_a_signal_to_every_process_at_once_is_as_clean(running: Running) -> None:
    # As service managers do, which tell the whole group.
    for pid in (running.process.pid, *running.children()):
        with contextlib.suppress(ProcessLookupError):  # the parent may have ended it by now
            os.kill(pid, signal.SIGTERM)
    assert running.end() == (0, "")


@linux
def test_no_process_outlives_a_parent_that_is_killed(running: Running) -> None:
    children = running.children()
    running.process.kill()
    _eventually(lambda: not any(map(_alive, children)))
    assert list(running.folder.glob("finished-*"))


@linux
def test_a_worker_that_dies_is_replaced(running: Running) -> None:
    before = running.children()
    (victim,) = {int(running.get())} & before
    os.kill(victim, signal.SIGKILL)
    _eventually(lambda: victim not in running.children() and len(running.children()) == 3)
    _eventually(lambda: int(running.get()) in running.children())
    running.process.terminate()
    assert running.end()[0] == 0


@linux
def test_a_worker_that_finds_no_store_waits_for_it_and_the_others_serve(running: Running) -> None:
    answered: set[str] = set()

    def both_are_up() -> bool:
        answered.add(running.get())
        return len(answered) == 2

    _eventually(both_are_up)
    gone = running.folder / "store-gone"
    gone.touch()
    (victim,) = {int(running.get())} & running.children()
    os.kill(victim, signal.SIGKILL)
    _eventually(lambda: victim not in running.children() and len(running.children()) == 3)
    _eventually((running.folder / "refused").exists)
    other = int(running.get())
    assert other != victim
    gone.unlink()
    _eventually(lambda: int(running.get()) not in (victim, other))
    running.process.terminate()
    code, logged = running.end()
    assert code == 0
    assert "worker_waits" in logged


@linux
def test_scheduled_work_that_dies_is_begun_again(running: Running) -> None:
    (first,) = running.working()
    os.kill(first, signal.SIGKILL)
    _eventually(lambda: len(running.working()) == 2)
    running.process.terminate()
    code, logged = running.end()
    assert code == 0
    assert '"event": "schedule_restarted", "exit_code": -9' in logged


@linux
def test_a_request_under_way_is_answered_before_the_end(running: Running) -> None:
    with socket.create_connection(("127.0.0.1", running.port), timeout=10) as client:
        client.sendall(b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")
        time.sleep(0.3)  # so that it has been taken up; it takes a second
        running.process.terminate()
        assert client.recv(1000).startswith(b"HTTP/1.1 200 OK\r\n")
    assert running.end() == (0, "")


def test_an_idle_keep_alive_connection_does_not_hold_up_the_end(running: Running) -> None:
    with socket.create_connection(("127.0.0.1", running.port), timeout=10) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert client.recv(1000).startswith(b"HTTP/1.1 200 OK\r\n")
        began = time.monotonic()
        running.process.terminate()
        assert running.end() == (0, "")
        assert time.monotonic() - began < processes._GRACE_S


def test_many_idle_connections_do_not_keep_new_clients_out(lasting: Running) -> None:
    idle = [socket.create_connection(("127.0.0.1", lasting.port), timeout=10) for _ in range(300)]
    try:
        assert lasting.get().isdigit()
    finally:
        for each in idle:
            each.close()


def test_head_has_the_length_of_get_and_no_body(lasting: Running) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", lasting.port, timeout=10)
    connection.request("HEAD", "/")
    reply = connection.getresponse()
    assert (reply.status, reply.read(), reply.headers["etag"]) == (200, b"", '"x"')
    assert int(reply.headers["content-length"]) > 0
    assert reply.headers["date"]
    connection.close()


@pytest.mark.parametrize(
    "request_",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        b"nonsense\r\n\r\n",
        b"GET / HTTP/9.9\r\nHost: x\r\n\r\n",
        b"GET /\xff HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nIf-None-Match: \xff\xfe\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 100_000 + b"\r\n\r\n",
    ],
)
def test_a_bad_request_ends_its_own_connection_only(lasting: Running, request_: bytes) -> None:
    with socket.create_connection(("127.0.0.1", lasting.port), timeout=10) as client:
        client.sendall(request_)
        assert client.recv(12) in (b"", b"HTTP/1.1 200", b"HTTP/1.1 400", b"HTTP/1.1 431")
    assert lasting.get().isdigit()


# --- slow clients -----------------------------------------------------------------------------------------------------


@linux
@pytest.mark.parametrize(
    "asked", [b"GET /large HTTP/1.1\r\nHost: a\r\n\r\n", b"POST /sent HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n"]
)
def test_who_takes_nothing_or_sends_nothing_is_let_go(lasting: Running, asked: bytes) -> None:
    with contextlib.ExitStack() as stack:
        clients = [stack.enter_context(socket.create_connection(("127.0.0.1", lasting.port), 20)) for _ in range(20)]
        for client in clients:
            client.sendall(asked)
        for client in clients:
            assert _ended(client)
    assert lasting.get().isdigit()


@linux
def test_an_answer_that_ends_its_connection_is_not_offered_for_minutes(lasting: Running) -> None:
    """The kernel holds it when the server has closed its end; the lookout does not see it."""
    with socket.create_connection(("127.0.0.1", lasting.port), 20) as slow:
        slow.sendall(b"GET /large HTTP/1.1\r\nHost: a\r\n\r\n")
        assert _ended(slow)  # so the lookout has looked
    with socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.connect(("127.0.0.1", lasting.port))
        client.sendall(b"GET /large?1000000 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        own, theirs = (f"0100007F:{port:04X}" for port in (client.getsockname()[1], lasting.port))
        _eventually(lambda: f"{theirs} {own}" not in Path("/proc/net/tcp").read_text("ascii"))


def _ended(client: socket.socket) -> bool:
    """Tell whether the other side ends the connection, whatever is still to be read from it."""
    end = select.poll()
    end.register(client, select.POLLHUP)
    return bool(end.poll(20_000))


class Pair:
    """A server's connection and its client, with the lookout that watches it."""

    def __init__(self, stack: contextlib.ExitStack) -> None:
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        self.client = stack.enter_context(socket.create_connection(listener.getsockname(), 20))
        self.client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.connection = stack.enter_context(listener.accept()[0])
        self.connection.setblocking(False)
        self.lookout = slowness.Lookout(listener.getsockname()[1])

    def offer(self) -> None:
        """Offer more than the client can be holding."""
        with contextlib.suppress(BlockingIOError):
            while self.connection.send(b"x" * 1_000_000):
                pass

    def answer(self) -> None:
        """Give an answer that the client takes."""
        self.connection.send(b"answer")
        assert self.client.recv(6, socket.MSG_WAITALL) == b"answer"
        _eventually(lambda: not slowness._counts(self.connection).owed)  # acknowledged, which may take a moment

    def send(self, size: int) -> None:
        self.client.sendall(b"x" * size)
        left = size
        while left:
            with contextlib.suppress(BlockingIOError):
                left -= len(self.connection.recv(left))

    def take(self, size: int) -> None:
        while size:
            size -= len(self.client.recv(size))
            self.offer()


@pytest.fixture
def pair() -> Iterator[Pair]:
    with contextlib.ExitStack() as stack:
        yield Pair(stack)


@linux
def test_a_reader_who_takes_nothing_is_slow_after_a_minute(pair: Pair) -> None:
    pair.offer()
    assert [pair.lookout.look(now) for now in (0, 30, 59, 60, 65)] == [0, 0, 0, 1, 0]
    pair.connection.close()
    assert _ended(pair.client)


@linux
def test_a_reader_who_takes_little_is_slow_and_one_who_takes_enough_is_not(pair: Pair) -> None:
    pair.offer()
    for now in range(0, 600, 20):
        pair.take(2_000_000)
        pair.offer()
        assert pair.lookout.look(now) == 0
    assert any((pair.take(100), pair.lookout.look(now))[1] for now in range(600, 1200, 20))


@linux
def test_a_body_that_trickles_is_slow_and_one_that_flows_is_not(pair: Pair) -> None:
    for now in range(0, 600, 20):
        pair.send(15_000)
        assert pair.lookout.look(now) == 0
    assert any((pair.send(1), pair.lookout.look(now))[1] for now in range(600, 700, 20))


@linux
def test_a_client_who_asks_now_and_then_is_not_slow(pair: Pair) -> None:
    for now in range(0, 600, 40):
        pair.send(100)
        pair.answer()
        assert pair.lookout.look(now) == 0


@linux
def test_what_only_holds_or_listens_to_the_port_is_no_client(pair: Pair) -> None:
    """Granian's first process holds the port with a socket that its workers inherit."""
    with socket.socket() as held, socket.socket() as listening:
        for each in (held, listening):
            each.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        held.bind(("127.0.0.1", 0))
        listening.bind(held.getsockname())
        listening.listen()
        lookout = slowness.Lookout(held.getsockname()[1])
        assert [lookout.look(now) for now in (0, 60, 120)] == [0, 0, 0]
        # … and it hands its patience down to those whom it lets in.
        with socket.create_connection(listening.getsockname()), listening.accept()[0] as accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 120_000
    assert [pair.lookout.look(now) for now in (0, 60)] == [0, 1]


# --- the address ------------------------------------------------------------------------------------------------------


def test_a_port_in_use_is_told_before_anything_starts() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(ServerError, match=f"127.0.0.1:{port}: the port is in use; .* choose another with --port"):
            server.listenable("127.0.0.1", port)


@linux
def test_a_second_server_does_not_share_the_port_of_the_first(lasting: Running) -> None:
    with pytest.raises(ServerError, match="the port is in use"):
        server.listenable("127.0.0.1", lasting.port)
    with pytest.raises(ServerError, match="the port is in use"):
        server.listenable("0.0.0.0", lasting.port)


@pytest.mark.parametrize(
    ("host", "reason"),
    [
        ("192.0.2.1", "no such address; .* --host"),
        ("no.such.host.invalid", "not known; .* --host"),
        ("a" * 70, "not known"),
    ],
)
def test_an_impossible_host_is_told(host: str, reason: str) -> None:
    with pytest.raises(ServerError, match=reason):
        server.listenable(host, _free_port())


def test_localhost_is_an_ip_address_of_this_machine() -> None:
    assert server.listenable("localhost", _free_port()) in ("127.0.0.1", "::1")
