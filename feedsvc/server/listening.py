"""The address that the server listens on.

Knows what can be in the way of listening and how an admin is told; hides that Granian would share a port silently.
"""

import errno
import socket
from collections.abc import Iterator

from feedsvc.errors import ServerError


def listenable(host: str, port: int) -> str:
    """Return the IP address of the host, having listened on it for a moment.

    Granian's workers share the port among themselves (SO_REUSEPORT), so that a second server would share it too,
    silently: finding out is left to this probe, which shares with nobody.

    Raises:
        ServerError: it cannot be listened on; the message says what to do.
    """
    refusal = ServerError(host, port, "this machine has no such address; choose another with --host")
    for family, address in _addresses(host, port):
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((address, port))
                probe.listen(1)
            except OSError as error:
                refusal = ServerError(host, port, _reason(error, port))
                refusal.__cause__ = error
            else:
                return address
    raise refusal


def _addresses(host: str, port: int) -> Iterator[tuple[socket.AddressFamily, str]]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError) as error:
        raise ServerError(host, port, "this host name is not known; choose another with --host") from error
    # IPv4 first: that is what people mean by localhost, and what proxies in front are told.
    for family, _, _, _, address in sorted(found, key=lambda each: each[0] != socket.AF_INET):
        yield family, str(address[0])


def _reason(error: OSError, port: int) -> str:
    match error.errno:
        case errno.EADDRINUSE:
            return "the port is in use; end what listens there, or choose another with --port"
        case errno.EACCES:
            return f"port {port} needs more rights than this user has; choose one from 1024 up with --port"
        case errno.EADDRNOTAVAIL | errno.EAFNOSUPPORT:
            return "this machine has no such address; choose another with --host"
        case _:
            return error.strerror or str(error)
