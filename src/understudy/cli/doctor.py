"""`understudy doctor`: what could keep Understudy from working here, each with its cure."""

from __future__ import annotations

import platform
import socket
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from typing import Any

from understudy import admin, app
from understudy.cli.remote import Remote
from understudy.engine import spec
from understudy.errors import SetupError
from understudy.settings import DEFAULT_PORT, data_directory

EXTRAS = {"grpc": "the retired query interface over gRPC: pip install 'understudy[grpc]'"}


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: `good`, `note` (works, with less) or `bad`."""

    grade: str
    what: str
    cure: str = ""


def examine(url: str | None, token: str | None) -> list[dict[str, Any]]:
    """Every finding, as plain data."""
    checks: tuple[Callable[[], Iterator[Finding]], ...] = (
        _python, _data, _start, _port, lambda: _server(url, token), _code, _extras,
    )  # fmt: skip
    return [asdict(finding) for check in checks for finding in check()]


def _python() -> Iterator[Finding]:
    told = f"Python {platform.python_version()} on {platform.system()} {platform.machine()}"
    good = sys.version_info >= (3, 11)
    yield Finding("good" if good else "bad", told, "" if good else "use Python 3.11 or newer")


def _data() -> Iterator[Finding]:
    for api in (*app.APIS, admin.API):
        directory = data_directory("specs") / api.name
        file = directory / spec.BUNDLE
        if not file.is_file():
            yield Finding("note", f"{file} is not there", "`understudy spec bundle` makes the start faster")
        elif spec.load(directory) is not None:
            yield Finding("good", f"contract {api.name}")


def _start() -> Iterator[Finding]:
    try:
        app.create_server().close()
    except SetupError as error:
        yield Finding("bad", f"a server cannot be assembled: {error}", "see the message")
    else:
        yield Finding("good", "a server can be assembled")


def _port() -> Iterator[Finding]:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", DEFAULT_PORT))
        except OSError as error:
            yield Finding(
                "note", f"port {DEFAULT_PORT}: {error.strerror}", "`serve --port 0` picks a free one"
            )
        else:
            yield Finding("good", f"port {DEFAULT_PORT} is free")


def _server(url: str | None, token: str | None) -> Iterator[Finding]:
    try:
        remote = Remote(url, token)
        remote.send("GET", "/health")
    except SetupError as error:
        yield Finding("note", str(error))
        return
    try:
        worlds = remote.call("GET", "/worlds")["worlds"]
    except SetupError as error:
        yield Finding("note", f"{remote.url} answers, and not to its control plane: {error}", "give --token")
    else:
        yield Finding("good", f"{remote.url} answers, with {len(worlds)} worlds")


def _code() -> Iterator[Finding]:
    from understudy.sandbox import running

    try:
        running.check()
    except SetupError as error:
        yield Finding("note", f"--allow-lambda would not start: {error}")
    else:
        yield Finding("good", "--allow-lambda would start")


def _extras() -> Iterator[Finding]:
    for name, cure in EXTRAS.items():
        there = find_spec(name) is not None
        yield Finding(
            "good" if there else "note",
            f"{name} is {'' if there else 'not '}installed",
            "" if there else cure,
        )
