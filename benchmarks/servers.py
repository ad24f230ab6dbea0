"""The servers under measurement: how each is started, and what the system knows of its processes."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from peers import setup

ROOT = Path(__file__).resolve().parent.parent
BUNDLE = ROOT / "specs" / "vectara" / "bundle.json"
PEERS = Path(__file__).resolve().parent / "peers"
KEY = "zut_understudy"
ADMIN_TOKEN = "benchmark"
RESET = "/_benchmark/reset"
TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")
START_SECONDS = 60

Command = Callable[[int, Path], list[str]]


def _quickstart(port: int, peers: Path) -> list[str]:
    program = Path(sys.executable).with_name("understudy")
    return [str(program), "serve", "--port", str(port), "--log-format", "none", "--admin-token", ADMIN_TOKEN]


def _understudy(port: int, peers: Path) -> list[str]:
    return [*_quickstart(port, peers), "--fixture", "empty"]


def _prism(port: int, peers: Path) -> list[str]:
    return [
        str(setup.node(peers)), str(setup.prism(peers)),
        "mock", "-v", "error", "-h", "127.0.0.1", "-p", str(port), str(BUNDLE),
    ]  # fmt: skip


def _openapi_backend(port: int, peers: Path) -> list[str]:
    server = PEERS / "openapi_backend" / "server.mjs"
    return [str(setup.node(peers)), str(server), str(BUNDLE), str(port), str(peers)]


def _connexion(port: int, peers: Path) -> list[str]:
    return [sys.executable, str(PEERS / "connexion_defaults.py"), str(BUNDLE), str(port)]


def _aimock(port: int, peers: Path) -> list[str]:
    fixtures = str(PEERS / "aimock.json")
    return [
        str(setup.node(peers)), str(setup.aimock(peers)),
        "--port", str(port), "--fixtures", fixtures, "--log-level", "silent",
    ]  # fmt: skip


COMMANDS: dict[str, Command] = {
    "prism": _prism,
    "understudy": _understudy,
    "openapi-backend": _openapi_backend,
    "connexion": _connexion,
}
"""By name; Prism first, as all ratios are to it."""
STARTS: dict[str, Command] = {**COMMANDS, "quickstart": _quickstart, "aimock": _aimock}
"""What `start` knows besides: Understudy with the fixture that it starts with when nobody says otherwise, and
aimock, which has another API to answer."""
FIRST = {"aimock": "/v1/models"}
"""What is asked first, where it is not the list of corpora."""


@dataclass
class Server:
    """A running server.

    Args:
        name: key of `STARTS`.
        port: loopback port.
        process: its first process; others may be below it.
        started: seconds from process start to the first answer with status 200.
    """

    name: str
    port: int
    process: subprocess.Popen[bytes]
    started: float = 0.0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def cpu(self) -> float:
        """CPU seconds that its processes have used so far."""
        return sum(int(stat[11]) + int(stat[12]) for stat in self._stats()) / TICKS

    def rss(self) -> float:
        """Resident memory of its processes in MB (10^6 bytes)."""
        return sum(int(stat[21]) for stat in self._stats()) * PAGE / 1e6

    def _stats(self) -> list[list[str]]:
        """What follows the name in `/proc/PID/stat`, of the process and all below it."""
        found: dict[int, list[str]] = {}
        for file in Path("/proc").glob("[0-9]*/stat"):
            try:
                text = file.read_text()
            except OSError:  # it has just ended
                continue
            found[int(file.parent.name)] = text.rpartition(")")[2].split()
        tree = {self.process.pid}
        while more := {pid for pid, stat in found.items() if int(stat[1]) in tree} - tree:
            tree |= more
        return [found[pid] for pid in tree if pid in found]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def start(name: str, peers: Path) -> Server:
    """Start a server and wait for its first answer."""
    port = free_port()
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    began = time.perf_counter()
    told = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the process
    process = subprocess.Popen(
        STARTS[name](port, peers),
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=told,
        start_new_session=True,
    )
    server = Server(name, port, process)
    while not _answers(port, FIRST.get(name, "/v2/corpora")):
        if process.poll() is not None:
            told.seek(0)
            raise SystemExit(f"{name} ended before it answered:\n{told.read().decode()[-2000:]}")
        if time.perf_counter() - began > START_SECONDS:
            stop(server)
            raise SystemExit(f"{name} did not answer within {START_SECONDS} s")
        time.sleep(0.002)
    server.started = time.perf_counter() - began
    return server


def _answers(port: int, path: str) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path, headers={"x-api-key": KEY})
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def stop(server: Server) -> None:
    """End the process group that `start` made."""
    if server.process.poll() is None:
        os.killpg(server.process.pid, signal.SIGTERM)
        try:
            server.process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(server.process.pid, signal.SIGKILL)
            server.process.wait()


@contextmanager
def running(name: str, peers: Path) -> Iterator[Server]:
    server = start(name, peers)
    try:
        yield server
    finally:
        stop(server)
