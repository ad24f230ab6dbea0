"""Talking to a server byte by byte, reading our own sources, and a server whose deeds are written down."""

from __future__ import annotations

import ast
import json
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.cli.test_serve import Running

ROOT = Path(__file__).parents[2]
SOURCES = ROOT / "src" / "understudy"
KEY = {"x-api-key": "zut_understudy"}
OPENAI_KEY = {"authorization": "Bearer sk-understudy"}
TOKEN = "token-of-the-owner"
OWNER = {"authorization": f"Bearer {TOKEN}"}

WATCH = """\
import os, sys
_out = os.open(os.environ["WATCHED"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
_WATCHED = {"open", "os.listdir", "os.scandir", "socket.connect", "socket.getaddrinfo", "subprocess.Popen",
            "os.system", "os.exec", "os.posix_spawn", "pickle.find_class"}
def _watch(event, arguments):
    if event in _WATCHED:
        import json
        os.write(_out, (json.dumps([event, repr(arguments[0] if event != "socket.connect" else arguments[1])])
                        + "\\n").encode())
import json
sys.addaudithook(_watch)
"""


def raw(port: int, *pieces: bytes, seconds: float = 5) -> bytes:
    """What comes back, until the connection ends or is silent for a moment."""
    told = b""
    with socket.create_connection(("127.0.0.1", port), timeout=seconds) as one:
        try:
            for piece in pieces:
                one.sendall(piece)
            one.settimeout(0.5)
            while part := one.recv(65536):
                told += part
        except (TimeoutError, ConnectionError):
            return told
    return told


def request(method: str, target: str, body: bytes = b"", **headers: str) -> bytes:
    """The bytes of a request with the key of Vectara."""
    lines = {"Host": "localhost", "x-api-key": "zut_understudy", **headers}
    if body:
        lines |= {"Content-Type": "application/json", "Content-Length": str(len(body))}
    head = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in lines.items())
    return f"{method} {target} HTTP/1.1\r\n{head}\r\n".encode("latin-1") + body


def statuses(answers: bytes) -> list[int]:
    """The status of every answer in what came back."""
    return [int(line[9:12]) for line in answers.split(b"\r\n") if line.startswith(b"HTTP/1.1 ")]


def port_of(url: str) -> int:
    return int(url.rpartition(":")[2])


def trees() -> Iterator[tuple[str, ast.Module]]:
    """Every module of ours, by its path."""
    for path in sorted(SOURCES.rglob("*.py")):
        yield path.relative_to(SOURCES).as_posix(), ast.parse(path.read_text("utf-8"))


def calls() -> Iterator[tuple[str, str, ast.Call]]:
    """Every call in our sources: its module, what is called (`yaml.load`), and the node."""
    for name, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                yield name, ast.unparse(node.func), node


def imported() -> Iterator[tuple[str, str]]:
    """Every import in our sources: the module that has it, and what it names."""
    for name, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                yield from ((name, one.name) for one in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield name, node.module or ""


class Watched:
    """A server in a process of its own that writes down which files it opens and whom it calls."""

    def __init__(self, directory: Path, monkeypatch: Any) -> None:
        self._events = directory / "events"
        self._events.touch()
        (directory / "sitecustomize.py").write_text(WATCH)
        monkeypatch.setenv("WATCHED", str(self._events))
        monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(directory), str(SOURCES.parent)]))
        self.server = Running(directory, "--admin-token", TOKEN, "--log-format", "none")
        self.url = self.server.url
        self._from = self._events.stat().st_size
        assert self._from > 1000, "nothing was written down"

    def events(self, *wanted: str) -> list[str]:
        """What was done of these kinds since the start."""
        lines = self._events.read_bytes()[self._from :].decode().splitlines()
        return [what for kind, what in map(json.loads, lines) if kind in wanted]

    def stop(self) -> None:
        self.server.stop()
