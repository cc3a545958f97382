"""A newcomer who follows a document: types its commands and compares what they print.

Knows the notation that docs/README.md explains; hides shells, processes and ports.
"""

import os
import re
import shlex
import signal
import socket
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from threading import Timer

_MARK = "\x1eended"


def steps(blocks: Iterable[str]) -> Iterator[tuple[str, list[str]]]:
    """Yield each command of console blocks, and the lines that it is said to print."""
    for block in blocks:
        command: str | None = None
        printed: list[str] = []
        for line in block.splitlines():
            if line.startswith("$ "):
                if command is not None:
                    yield command, printed
                command, printed = line[2:], []
            elif command is not None and not printed and (line.startswith("> ") or line == ">"):
                command += f"\n{line[2:]}"
            else:
                printed.append(line)
        if command is not None:
            yield command, printed


def as_shown(shown: list[str]) -> re.Pattern[str]:
    """Return what the printed lines must match: white space counts as one space, empty lines as none."""
    lines = [" ".join(line.split()) for line in shown if line.strip()]
    return re.compile(
        "".join(r"(?:.*\n)*" if line == "…" else ".*".join(map(re.escape, line.split("…"))) + r"\n" for line in lines)
    )


def squeezed(printed: str) -> str:
    return "".join(" ".join(line.split()) + "\n" for line in printed.splitlines() if line.strip())


class Terminal:
    """A newcomer's terminal, with a second one for what stays. The documented port stands for one that is free."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port = probe.getsockname()[1]
        self._step = folder / "step"
        home = folder / "home"
        home.mkdir()
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        self._environment = {"PATH": path, "HOME": str(home), "LC_ALL": "C.UTF-8", "NO_PROXY": "*"}
        self._shell = subprocess.Popen(
            ["bash", "--norc", "--noprofile"],
            cwd=home,
            env=self._environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
        )
        self._staying: list[subprocess.Popen[str]] = []

    def run(self, command: str) -> str:
        """Run one command and return what it prints."""
        self._step.write_text(command.replace("127.0.0.1:8080", f"127.0.0.1:{self._port}") + "\n", "utf-8")
        assert self._shell.stdin is not None
        assert self._shell.stdout is not None
        self._shell.stdin.write(f". '{self._step}' </dev/null; echo '{_MARK}'\n")
        self._shell.stdin.flush()
        too_long = Timer(60, self._shell.kill)
        too_long.start()
        printed = ""
        while _MARK not in printed:
            line = self._shell.stdout.readline()
            assert line, f"the shell ended in {command!r}:\n{printed}"
            printed += line
        too_long.cancel()
        return printed.partition(_MARK)[0].replace(f"127.0.0.1:{self._port}", "127.0.0.1:8080")

    def start(self, command: str, lines: int) -> str:
        """Start what stays until Ctrl-C, and return the first lines that it prints."""
        staying = subprocess.Popen(
            [*shlex.split(command), "--port", str(self._port)],
            cwd=self.run("pwd").strip(),
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            encoding="utf-8",
        )
        self._staying.append(staying)
        assert staying.stdout is not None
        too_long = Timer(60, staying.kill)
        too_long.start()
        printed = "".join(staying.stdout.readline() for _ in range(lines))
        too_long.cancel()
        return printed.replace(f"127.0.0.1:{self._port}", "127.0.0.1:8080")

    def close(self) -> list[int]:
        """Press Ctrl-C where something stays, and return the exit codes."""
        codes = []
        for staying in self._staying:
            staying.send_signal(signal.SIGINT)
            try:
                codes.append(staying.wait(20))
            except subprocess.TimeoutExpired:
                staying.kill()
                codes.append(staying.wait())
            if staying.stdout is not None:
                staying.stdout.close()
        for pipe in (self._shell.stdin, self._shell.stdout):
            if pipe is not None:
                pipe.close()
        self._shell.wait(20)
        return codes
