"""Documents a second from ``feedsvc serve``: beside nginx with the same bytes in files, and a bare answer on Granian.

All three are asked in turns by wrk, on the same machine, which wrk shares with them: who has more processes gets more
of a machine that others use too. So the processor time of a request is told as well, wrk's own share included.
"""

import os
import re
import resource
import shutil
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.figures import Figure, ratio
from benchmarks.newsroom import Newsroom
from benchmarks.served import WORKERS, Server, free_port, served
from feedsvc import addresses
from feedsvc.model import Selection, SourceName

ROUNDS = 7
_GOAL_FULL, _GOAL_CONFIRMED, _GOAL_PERMALINK = 0.6, 0.45, 0.5
_GOAL_P99_MS = 5.0
_ASKING_S = 1
_AT_ONCE = 32
# At half the rate each connection rests before it asks again; a first try tells how many of them it takes.
_REST_MS = 2
_REST = f"function delay() return {_REST_MS} end\n"
_TICKS_A_S = os.sysconf("SC_CLK_TCK")
_NGINX = """
worker_processes {workers}; daemon off; pid {folder}/pid; error_log {folder}/error.log; {user}
events {{ worker_connections 4096; }}
http {{
    access_log off; types {{ application/rss+xml xml; }}
    client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
    uwsgi_temp_path {folder}; scgi_temp_path {folder};
    sendfile on; tcp_nopush on; keepalive_requests 10000000; open_file_cache max=100;
    server {{ listen 127.0.0.1:{port} reuseport; root {folder}; gzip_static on; }}
}}
"""


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a second of asking gave: answers a second, the processor's microseconds for each, the 99th percentile."""

    rate: float
    cost_us: float
    p99_ms: float


def measure(folder: Path, *, rounds: int = ROUNDS) -> Iterator[Figure]:
    """Ask everything in turns, a second each time."""
    wrk = shutil.which("wrk")
    if wrk is None:
        yield Figure.skipped("documents and permalinks a second", "needs wrk")
        return
    yield from asked(folder, wrk, shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin"), rounds=rounds)


def asked(folder: Path, wrk: str, nginx: str | None, *, rounds: int) -> Iterator[Figure]:
    """Ask by means of these programs. Without nginx its ratios and the goals for them are left out, which is told."""
    if nginx is None:
        yield Figure.skipped("documents a second beside nginx", "needs nginx")
    room = Newsroom.found(folder / "serving")
    page = _permalink(room)
    with served(room) as ours, ExitStack() as ends:
        file = folder / "www" / "feed.xml"
        file.parent.mkdir()
        file.write_bytes(ours.get("/feed.xml")[1])
        packed = file.with_name("feed.xml.gz")
        packed.write_bytes(ours.get("/feed.xml", Accept_Encoding="gzip")[1])
        static = ends.enter_context(_static(nginx, file.parent)) if nginx else None
        bare = ends.enter_context(_bare(packed))
        servers = (*([static] if static else []), bare, ours)
        tags = {server.port: server.ask("/feed.xml", Accept_Encoding="gzip")[1]["ETag"] for server in servers}
        found: defaultdict[tuple[Server, str], list[_Asked]] = defaultdict(list)
        for _ in range(rounds + 1):
            for server in servers:
                found[server, "200"].append(_ask(wrk, server, "/feed.xml"))
                found[server, "304"].append(_ask(wrk, server, "/feed.xml", f"If-None-Match: {tags[server.port]}"))
            found[ours, "page"].append(_ask(wrk, ours, page))
        counted = {of_what: some[1:] for of_what, some in found.items()}
        for kind, goal in (("200", _GOAL_FULL), ("304", _GOAL_CONFIRMED)):
            theirs = counted[static, kind] if static else None
            yield _rate(f"documents a second, {kind} with gzip", counted[ours, kind], theirs, "nginx", goal)
            yield _cost("… processor time of each", counted[ours, kind], theirs, "nginx")
            yield _rate("… a bare answer on Granian", counted[bare, kind], theirs, "nginx")
            yield _cost("… processor time of each", counted[bare, kind], theirs, "nginx")
        documents = counted[ours, "200"]
        yield _rate(
            "permalinks a second, 200 with gzip", counted[ours, "page"], documents, "documents", _GOAL_PERMALINK
        )
        yield from _at_half(wrk, folder, ours, median(one.rate for one in documents), rounds)


def _at_half(wrk: str, folder: Path, server: Server, peak: float, rounds: int) -> Iterator[Figure]:
    rest = folder / "rest.lua"
    rest.write_text(_REST)
    first = _ask(wrk, server, "/feed.xml", script=rest)
    connections = round(_AT_ONCE * peak / 2 / first.rate)
    asked = [_ask(wrk, server, "/feed.xml", at_once=connections, script=rest) for _ in range(rounds)]
    rate = median(one.rate for one in asked)
    yield Figure(
        f"the slowest 1 % of them at {rate / peak:.0%} of that rate",
        median(one.p99_ms for one in asked),
        "ms",
        _GOAL_P99_MS,
    )


def _rate(
    what: str, ours: Sequence[_Asked], theirs: Sequence[_Asked] | None, of: str, goal: float | None = None
) -> Figure:
    rates = [one.rate for one in ours]
    if theirs is None:
        return Figure(what, median(rates), "/s")
    compared = ratio(rates, [one.rate for one in theirs])
    return Figure(what, median(rates), "/s", None, compared, of, least_ratio=goal)


def _cost(what: str, ours: Sequence[_Asked], theirs: Sequence[_Asked] | None, of: str) -> Figure:
    costs = [one.cost_us for one in ours]
    if theirs is None:
        return Figure(what, median(costs), "µs")
    return Figure(what, median(costs), "µs", None, ratio(costs, [one.cost_us for one in theirs]), of)


def _ask(
    wrk: str, server: Server, path: str, *headers: str, at_once: int = _AT_ONCE, script: Path | None = None
) -> _Asked:
    command = [wrk, "-t1", f"-c{at_once}", f"-d{_ASKING_S}s", "--latency", *(["-s", str(script)] if script else [])]
    for header in ("Accept-Encoding: gzip", *headers):
        command += ["-H", header]
    before = _processor_s(server)
    said = subprocess.run(
        [*command, f"http://127.0.0.1:{server.port}{path}"], check=True, capture_output=True, text=True
    )
    spent = _processor_s(server) - before
    failed = re.search(r"Non-2xx or 3xx responses: .*|Socket errors: .*", said.stdout)
    if failed:
        raise RuntimeError(f"{path} was not answered well: {failed[0]}")
    answers = int(_said(r"(\d+) requests in", said.stdout)[1])
    slow = _said(r"99%\s+([\d.]+)(us|ms|s)\b", said.stdout)
    p99_ms = float(slow[1]) * {"us": 0.001, "ms": 1, "s": 1000}[slow[2]]
    return _Asked(float(_said(r"Requests/sec:\s+([\d.]+)", said.stdout)[1]), spent / answers * 1e6, p99_ms)


def _said(pattern: str, text: str) -> re.Match[str]:
    found = re.search(pattern, text)
    if found is None:
        raise RuntimeError(f"wrk said something else: {text}")
    return found


def _processor_s(server: Server) -> float:
    """Return the processor time that the server and all wrks have taken so far."""
    stats = (Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in server.pids())
    wrks = resource.getrusage(resource.RUSAGE_CHILDREN)
    # Fields 14 and 15, of which the first two are cut off here. Source: proc_pid_stat(5).
    return sum(int(stat[11]) + int(stat[12]) for stat in stats) / _TICKS_A_S + wrks.ru_utime + wrks.ru_stime


def _permalink(room: Newsroom) -> str:
    """Read the newsroom's page, so that its feed is full from the start, and return the address of an article."""
    with closing(room.service()) as service:
        service.refresh(SourceName("front-page"))
        return addresses.article_path(service.desk.list(Selection(), limit=1)[0])


@contextmanager
def _static(nginx: str, folder: Path) -> Iterator[Server]:
    port = free_port()
    user = "user root;" if os.getuid() == 0 else ""
    conf = folder.with_name("nginx.conf")
    conf.write_text(_NGINX.format(workers=WORKERS, folder=folder, port=port, user=user))
    with _running([nginx, "-p", str(folder), "-c", str(conf), "-e", str(folder / "error.log")], port) as server:
        yield server


@contextmanager
def _bare(file: Path) -> Iterator[Server]:
    port = free_port()
    with _running([sys.executable, "-m", "benchmarks.bare", str(port), str(file)], port) as server:
        yield server


@contextmanager
def _running(command: Sequence[str], port: int) -> Iterator[Server]:
    process = subprocess.Popen(command)
    server = Server(process.pid, port)
    try:
        for _ in range(200):
            with suppress(OSError):
                server.get("/feed.xml")
                break
            time.sleep(0.05)
        time.sleep(1)  # for the other worker
        yield server
    finally:
        process.terminate()
        process.wait()
