"""Servers on loopback that answer as a test tells them to: byte by byte, if need be."""

import socket
import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

CERTIFICATE = Path(__file__).with_name("news.example.pem")
"""Key and certificate of ``news.example``, which vouches for itself, for a hundred years (openssl req -x509)."""


@dataclass(frozen=True)
class Asked:
    """A request as it came in."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    at: float


Handler = Callable[[socket.socket, Asked], None]


def answer(
    body: bytes = b"", status: int = 200, length: int | None = None, **headers: str
) -> Callable[[socket.socket, Asked], None]:
    """Return a handler that gives one answer; header names are written with underscores."""
    lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(body) if length is None else length}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    whole = "\r\n".join([*lines, "", ""]).encode() + body

    def handle(connection: socket.socket, _: Asked) -> None:
        connection.sendall(whole)

    return handle


@dataclass
class Site:
    """Answers each target by its handler, anything else by 404; a list of handlers answers in turn, its last for ever.

    Use it as a context manager. ``asked`` is what came in.
    """

    pages: dict[str, Handler | list[Handler]] = field(default_factory=dict)
    tls: bool = False
    asked: list[Asked] = field(default_factory=list)

    def __enter__(self) -> "Site":
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=50)
        self.port: int = self._listener.getsockname()[1]
        self._threads = [threading.Thread(target=self._listen)]
        self._open: set[socket.socket] = set()
        self._threads[0].start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._threads[0].join()
        self._listener.close()
        for connection in list(self._open):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue
        for thread in self._threads:
            thread.join(5)

    def url(self, path: str = "/", host: str = "127.0.0.1") -> str:
        return f"http{'s' if self.tls else ''}://{host}:{self.port}{path}"

    @property
    def targets(self) -> list[str]:
        return [each.target for each in self.asked]

    def _listen(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._serve, args=[connection])
            self._threads.append(thread)
            thread.start()

    def _serve(self, plain: socket.socket) -> None:
        connection = plain
        try:
            if self.tls:
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                context.load_cert_chain(CERTIFICATE)
                connection = context.wrap_socket(plain, server_side=True)
            self._open.add(connection)
            asked = self._read(connection)
            if asked is None:
                return
            self.asked.append(asked)
            handler = self.pages.get(asked.target, answer(status=404))
            if isinstance(handler, list):
                handler = handler.pop(0) if len(handler) > 1 else handler[0]
            handler(connection, asked)
        except OSError:  # the client went away, or broke the handshake off, as some are meant to
            pass
        finally:
            self._open.discard(connection)
            connection.close()

    def _read(self, connection: socket.socket) -> Asked | None:
        received = b""
        while b"\r\n\r\n" not in received:
            part = connection.recv(65536)
            if not part:
                return None
            received += part
        head, _, body = received.partition(b"\r\n\r\n")
        first, *lines = head.decode().split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        while len(body) < int(headers.get("content-length", 0)):
            body += connection.recv(65536)
        method, target, _ = first.split(" ")
        return Asked(method, target, headers, body, time.monotonic())
