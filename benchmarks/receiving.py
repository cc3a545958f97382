"""A program that subscribes: it takes deliveries as fast as it can, and counts them.

Knows as much HTTP as it takes, so that what is measured is the sender. A GET tells how many deliveries came, to how
many callbacks, and between which moments (seconds since the epoch); ``/afresh`` begins a new count.
"""

import asyncio
import json
import sys
import time
from collections import Counter
from typing import ClassVar

_NOTHING = b"HTTP/1.1 204 No Content\r\n\r\n"


class _Receiver(asyncio.Protocol):
    counted: ClassVar[Counter[bytes]] = Counter()
    first = last = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._buffer = b""

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            head = self._buffer[:end]
            method, path, _ = head.split(b" ", 2)
            _, named, rest = head.lower().partition(b"\r\ncontent-length:")
            whole = end + 4 + (int(rest.split(b"\r\n", 1)[0]) if named else 0)
            if len(self._buffer) < whole:
                return
            self._buffer = self._buffer[whole:]
            self._transport.write(self._take(path) if method == b"POST" else self._tell(path))

    @classmethod
    def _take(cls, path: bytes) -> bytes:
        cls.last = time.time()
        cls.first = cls.first or cls.last
        cls.counted[path] += 1
        return _NOTHING

    @classmethod
    def _tell(cls, path: bytes) -> bytes:
        if path == b"/afresh":
            cls.counted.clear()
            cls.first = cls.last = 0.0
        told = {"deliveries": cls.counted.total(), "callbacks": len(cls.counted), "first": cls.first, "last": cls.last}
        body = json.dumps(told).encode()
        return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)


async def _main(port: int) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(_Receiver, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_main(int(sys.argv[1])))
