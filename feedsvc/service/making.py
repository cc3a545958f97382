"""A second process, which reads an export and makes the rows that the first one writes.

Knows how it is started, and how it ends; hides how what it makes comes from there.
"""

import gc
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TypeAlias

from msgspec import Struct, msgpack

from feedsvc.errors import ImportInvalid, RetrievalError
from feedsvc.model import Article, FeedIdentity
from feedsvc.service import exports
from feedsvc.store import Made, Maker, Numbers

_LENGTH_BYTES = 8


class Batch(Struct, tag=True, array_like=True):
    """What was made of some records, so many."""

    records: int
    identities: list[FeedIdentity]
    made: Made


class _Invalid(Struct, tag=True, array_like=True):
    line: int
    reason: str


class _End(Struct, tag=True, array_like=True):
    pass


_Message: TypeAlias = Batch | _Invalid | _End


@contextmanager
def maker(file: Path, name: str, numbers: Numbers) -> Iterator[Iterator[Batch]]:
    """Start the process; yields what it sends, while it makes what comes next.

    Raises:
        ImportInvalid: a line cannot be read, or the export is of a newer format.
        RetrievalError: the process has ended before its time.
    """
    program = f"from {__name__} import make; make()"
    asked = [str(file), name, *map(str, numbers)]
    # In a group of its own: what ends this process at the keyboard would have that one complain.
    with subprocess.Popen(  # noqa: S603 - ourselves
        [sys.executable, "-c", program, *asked], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, process_group=0
    ) as process:
        try:
            yield _received(process, name)
        finally:
            process.kill()


def _received(process: "subprocess.Popen[bytes]", name: str) -> Iterator[Batch]:
    decoder = msgpack.Decoder(_Message)
    while True:
        length = int.from_bytes(_exactly(process, _LENGTH_BYTES, name))
        match decoder.decode(_exactly(process, length, name)):
            case Batch() as batch:
                yield batch
            case _Invalid(line=line, reason=reason):
                raise ImportInvalid(name, line, reason)
            case _End():
                return


def _exactly(process: "subprocess.Popen[bytes]", length: int, name: str) -> bytes:
    data = process.stdout.read(length) if process.stdout else b""
    if len(data) < length:
        raise RetrievalError(
            name, f"the process that read it has ended (status {process.wait()}); is there memory left?"
        )
    return data


# --- the other side ---------------------------------------------------------------------------------------------------


def make() -> None:
    """Read the file that the command line names, and send what is made of it: all that the second process does."""
    gc.disable()  # nothing made here holds itself
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # whose reader is gone ends, and has nobody to tell
    file, name, change, arrival = sys.argv[1:]
    maker = Maker((int(change), int(arrival)))
    out = sys.stdout.buffer
    encoder = msgpack.Encoder()
    try:
        with Path(file).open("rb") as lines:
            for batch in exports.batches(lines, name):
                identities = [each for each in batch if isinstance(each, FeedIdentity)]
                made = maker.make(each for each in batch if isinstance(each, Article))
                _send(out, encoder, Batch(len(batch), identities, made))
        _send(out, encoder, _End())
    except ImportInvalid as error:
        _send(out, encoder, _Invalid(error.line, error.reason))


def _send(out: IO[bytes], encoder: msgpack.Encoder, message: _Message) -> None:
    data = encoder.encode(message)
    out.write(len(data).to_bytes(_LENGTH_BYTES))
    out.write(data)
    out.flush()
