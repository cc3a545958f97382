"""Files in a folder, each with its compressed forms beside it.

Knows how a file is replaced while others read it, and what a server tells by its time; hides the file system.
"""

import contextlib
import os
import shutil
import time
from collections.abc import Callable, Mapping
from pathlib import Path

ENDINGS: Mapping[str, str] = {"gzip": ".gz", "br": ".br", "zstd": ".zst"}


class Files:
    """The files of a folder, by their names relative to it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def write(self, name: str, body: bytes, codings: Callable[[], Mapping[str, bytes]]) -> bool:
        """Put a body in its place, unless it is there already; tell whether it was not.

        ``codings`` gives the compressed forms, those that are smaller. The body itself comes last: until it is there,
        the file counts as unwritten.
        """
        file = self._folder / name
        if _content(file) == body:
            return False
        mtime_s = self._next_mtime_s(file)
        forms = codings()
        for coding, ending in ENDINGS.items():
            beside = file.with_name(file.name + ending)
            if coding in forms:
                _replace(beside, forms[coding], mtime_s)
            else:
                beside.unlink(missing_ok=True)
        _replace(file, body, mtime_s)
        return True

    def copy(self, name: str, original: Path, size: int, mtime_ns: int) -> bool:
        """Put a copy of a file in its place, unless it is there already; tell whether it was not."""
        file = self._folder / name
        with contextlib.suppress(OSError):
            there = file.stat()
            if (there.st_size, there.st_mtime_ns) == (size, mtime_ns):
                return False
        file.parent.mkdir(parents=True, exist_ok=True)
        unfinished = _unfinished(file)
        shutil.copyfile(original, unfinished)
        os.utime(unfinished, ns=(mtime_ns, mtime_ns))
        unfinished.replace(file)
        return True

    def remove(self, name: str) -> bool:
        """Take a file away with its compressed forms; tell whether it was there."""
        file = self._folder / name
        there = file.exists()
        file.unlink(missing_ok=True)  # first: the compressed forms alone are handed out by nobody who asks for it
        for ending in ENDINGS.values():
            file.with_name(file.name + ending).unlink(missing_ok=True)
        return there

    def age_s(self, name: str) -> float:
        """Return how long ago a file was written, in seconds; endless for one that is not there."""
        try:
            return time.time() - (self._folder / name).stat().st_mtime
        except OSError:
            return float("inf")

    def _next_mtime_s(self, file: Path) -> int:
        # nginx makes ETag and Last-Modified of the whole second and the size: two states must never share a second.
        try:
            before = int(file.stat().st_mtime)
        except OSError:
            before = 0
        return max(int(time.time()), before + 1)


def _content(file: Path) -> bytes | None:
    try:
        return file.read_bytes()
    except OSError:
        return None


def _replace(file: Path, body: bytes, mtime_s: int) -> None:
    unfinished = _unfinished(file)
    try:
        unfinished.write_bytes(body)
    except FileNotFoundError:
        file.parent.mkdir(parents=True, exist_ok=True)
        unfinished.write_bytes(body)
    os.utime(unfinished, (mtime_s, mtime_s))
    unfinished.replace(file)


def _unfinished(file: Path) -> Path:
    return file.with_name(f".{file.name}.new")
