"""A crowd of clients on raw sockets: ``python -m benchmarks.crowd idle|slow|burst PORT NUMBER``.

``idle`` asks once on each connection and keeps it, and opens it again when it is closed; ``slow`` reads one byte a
second of each answer; both say when they stand, and stay until they are ended. ``burst`` opens all at once, asks on
each, and ends when it has told how many were answered.
"""

import resource
import selectors
import socket
import sys
import time

_REQUEST = b"GET /feed.xml HTTP/1.1\r\nHost: news.example.org\r\nAccept-Encoding: gzip\r\n%s\r\n"
_KEPT, _LAST = _REQUEST % b"", _REQUEST % b"Connection: close\r\n"
_ALL_OF_IT = 1 << 20
_NARROW = 1024  # bytes that the kernel takes in for a slow reader
_PATIENCE_S = 30.0
_AT_ONCE = 32  # opened before the others are looked after again


def _connected(port: int, *, narrow: bool = False) -> socket.socket:
    client = socket.socket()
    if narrow:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _NARROW)
    client.connect(("127.0.0.1", port))
    client.sendall(_KEPT)
    return client


def idle(port: int, number: int) -> None:
    """Keep so many connections, each of which has been answered once."""
    waiting = selectors.DefaultSelector()
    for _ in range(number):
        waiting.register(_connected(port), selectors.EVENT_READ)
    print("standing", flush=True)
    while True:
        for key, _ in waiting.select():
            client = key.fileobj
            assert isinstance(client, socket.socket)
            try:
                more = client.recv(_ALL_OF_IT)
            except ConnectionError:
                more = b""
            if not more:  # the server keeps an idle connection only so long
                waiting.unregister(client)
                client.close()
                waiting.register(_connected(port), selectors.EVENT_READ)


def slow(port: int, number: int) -> None:
    """Read one byte a second on each of so many connections."""
    clients = [_connected(port, narrow=True) for _ in range(number)]
    print("standing", flush=True)
    while True:
        for client in clients:
            client.recv(1)
        time.sleep(1)


def burst(port: int, number: int) -> None:
    """Open connections as fast as it goes, ask on each at once, and print how many of them were answered."""
    waiting = selectors.DefaultSelector()
    answered, opened, end = 0, 0, time.monotonic() + _PATIENCE_S
    while (opened < number or waiting.get_map()) and time.monotonic() < end:
        for _ in range(min(_AT_ONCE, number - opened)):
            client = socket.socket()
            client.setblocking(False)
            client.connect_ex(("127.0.0.1", port))
            waiting.register(client, selectors.EVENT_WRITE)
            opened += 1
        for key, event in waiting.select(0 if opened < number else 1):
            client = key.fileobj  # type: ignore[assignment]
            try:
                if event & selectors.EVENT_WRITE:
                    client.send(_LAST)
                    waiting.modify(client, selectors.EVENT_READ)
                    continue
                answered += client.recv(_ALL_OF_IT).startswith(b"HTTP/1.1 200")
            except ConnectionError:
                pass
            waiting.unregister(client)
            client.close()
    print(answered, flush=True)


if __name__ == "__main__":
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    {"idle": idle, "slow": slow, "burst": burst}[sys.argv[1]](int(sys.argv[2]), int(sys.argv[3]))
