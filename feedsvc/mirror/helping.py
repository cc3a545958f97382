"""Processes that write beside the one that keeps the ledger, as many as the machine has cores.

Knows what is said between them; hides that they are processes. Each asks a web of its own. None of them notes anything:
whoever kills them, or the first one, leaves files that are written again.
"""

import json
import os
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import SimpleQueue
from typing import IO, TypeVar

from feedsvc import web
from feedsvc.errors import FeedsvcError, MirrorError
from feedsvc.mirror.files import Files
from feedsvc.mirror.hand import Deed, Done, Errand, Hand, Hands
from feedsvc.service import Service

# Addresses for each helper that are given out before the first of them is noted: they are done again after a kill. Of
# fewer, nothing would be left to do while one is at a long errand.
_AHEAD = 1_500
# Each takes some 100 MB, and then the disk is what is waited for.
_MOST = 8
# Readers come first, also where the web runs on the same machine.
_NICE = 10

_Tag = TypeVar("_Tag")


def cores() -> int:
    """Return how many processes of ours the machine lets run at once."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


@contextmanager
def helpers(command: Sequence[str], folder: Path, settings: str, before: Callable[[], None]) -> Iterator[Hands]:
    """Start helpers, each by the command, which is to call :func:`help_writing`; they end with the block.

    ``settings`` are those that they must have, too. ``before`` is called for each address, and may raise.
    """
    many = min(cores(), _MOST)
    threads = ThreadPoolExecutor(many)
    processes: list[subprocess.Popen[str]] = []
    try:
        for _ in range(many):
            # In a group of its own: what ends this process at the keyboard would have that one complain.
            process = subprocess.Popen(  # noqa: S603 - ourselves
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8", process_group=0
            )
            processes.append(process)
        yield _Helpers(processes, threads, folder, settings, before)
    finally:
        for process in processes:
            process.kill()
        threads.shutdown(cancel_futures=True)
        for process in processes:
            with suppress(OSError), process:  # closes its pipes, in which something may be left, and waits
                pass


class _Helpers:
    def __init__(
        self,
        processes: Sequence["subprocess.Popen[str]"],
        threads: ThreadPoolExecutor,
        folder: Path,
        settings: str,
        before: Callable[[], None],
    ) -> None:
        self._threads = threads
        self._folder = str(folder)
        self._settings = settings
        self._before = before
        self._ahead = len(processes) * _AHEAD
        self._idle: SimpleQueue[subprocess.Popen[str]] = SimpleQueue()
        for process in processes:
            self._idle.put(process)

    def each(self, errands: Iterable[tuple[_Tag, Errand]]) -> Iterator[tuple[_Tag, Iterable[Done]]]:
        """Have errands done, some ahead of those that are told of; see :class:`~feedsvc.mirror.hand.Hands`."""
        waiting: deque[tuple[_Tag, Errand, Future[list[Done]]]] = deque()
        ahead = 0
        for tag, errand in errands:
            waiting.append((tag, errand, self._threads.submit(self._run, errand)))
            ahead += len(errand.addresses)
            while ahead > self._ahead:
                first, given, done = waiting.popleft()
                ahead -= len(given.addresses)
                yield first, self._counted(done.result())
        for tag, _, done in waiting:
            yield tag, self._counted(done.result())

    def _counted(self, done: Iterable[Done]) -> Iterator[Done]:
        for each in done:
            self._before()
            yield each

    def _run(self, errand: Errand) -> list[Done]:
        process = self._idle.get()
        try:
            return self._asked(process, errand)
        finally:
            self._idle.put(process)

    def _asked(self, process: "subprocess.Popen[str]", errand: Errand) -> list[Done]:
        said = ""
        with suppress(OSError):  # its end of the pipe is closed
            if process.stdin and process.stdout:
                _send(process.stdin, [self._settings, errand.follow, errand.addresses])
                said = process.stdout.readline()
        if not said:
            raise MirrorError(
                self._folder, f"a process that helped has ended (status {process.wait()}); is there memory left?"
            )
        answer = json.loads(said)
        if isinstance(answer, str):
            raise MirrorError(self._folder, answer)
        return [
            Done(address, tuple((name, Deed(deed)) for name, deed in deeds), following)
            for address, deeds, following in answer
        ]


def help_writing(service: Service, folder: Path) -> None:
    """Do what the standard input asks for, until it ends or the process that asks does."""
    os.nice(_NICE)
    parent = os.getppid()

    def before() -> None:
        if os.getppid() != parent:  # the next one may write the same file already
            sys.exit(1)

    hand = Hand(service, web.create(lambda: service), Files(folder), before)
    for line in sys.stdin:
        settings, follow, addresses = json.loads(line)
        answer: object = "the configuration has changed meanwhile"
        try:
            if settings == service.surface.settings:
                done = hand.run(Errand(tuple(addresses), follow=follow))
                answer = [(each.address, each.deeds, each.following) for each in done]
        except FeedsvcError as error:
            answer = str(error)
        except OSError as error:
            answer = error.strerror or str(error)
        _send(sys.stdout, answer)


def _send(to: IO[str], value: object) -> None:
    to.write(f"{json.dumps(value)}\n")
    to.flush()
