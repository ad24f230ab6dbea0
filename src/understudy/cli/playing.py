"""What the commands about recordings share: a server in the foreground, the APIs, and how things are told."""

from __future__ import annotations

import os
import signal
import socket
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import uvicorn
from starlette.types import ASGIApp

from understudy.app import APIS
from understudy.engine import spec
from understudy.engine.compiling import Compiled, compile_api
from understudy.engine.journal import Places
from understudy.engine.protocol import QUIET
from understudy.errors import SetupError
from understudy.playback.cassettes import Cassette
from understudy.playback.secrets import Secrets
from understudy.playback.suspicions import Suspicion
from understudy.settings import data_directory
from understudy.state.files import write_private

STOP_SECONDS = 3
ROUNDS = 3
"""How often what looks like a secret is replaced and looked for again."""
SHOWN = 20


class Foreground(uvicorn.Server):
    """A server on a bound socket, until a signal; it says when it answers.

    Args:
        started: called once, when requests are answered.
    """

    interrupted = False
    """Whether the signal was SIGINT."""

    def __init__(self, app: ASGIApp, started: Callable[[], None]) -> None:
        super().__init__(
            uvicorn.Config(app, http="httptools", timeout_graceful_shutdown=STOP_SECONDS, **QUIET)
        )
        self._told_start = started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._told_start()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """A signal that was obeyed is not raised again."""
        await super().shutdown(sockets)
        self.interrupted = signal.SIGINT in self._captured_signals
        self._captured_signals.clear()


def compiled() -> list[Compiled]:
    """Every API, as recordings are checked against it."""
    return [compile_api(api, spec.load(data_directory("specs") / api.name), "union")[0] for api in APIS]


def places() -> Places:
    return Places.of(APIS)


def hosts() -> list[str]:
    return [host for api in APIS for host in api.hosts]


def teller(as_json: bool) -> Callable[[str], None]:
    """Where lines go while something runs: not to stdout when that is for one document."""

    def tell(line: str) -> None:
        stream = sys.stderr if as_json else sys.stdout
        stream.write(line + "\n")
        stream.flush()

    return tell


def check_out(out: Path) -> None:
    """SetupError when a file cannot be written, before any work is done for it."""
    if out.is_dir():
        raise SetupError("is a directory; name a file", str(out))
    parent = out.parent
    if not parent.is_dir():
        raise SetupError(f"there is no directory {parent}; make it first", str(out))
    if not os.access(parent, os.W_OK):
        raise SetupError(f"nothing may be written in {parent}", str(out))


def given_secrets(values: Iterable[str]) -> list[str]:
    """Values of `--secret`; `$NAME` is the variable of that name."""
    found = []
    for value in values:
        if value.startswith("$"):
            if value[1:] not in os.environ:
                raise SetupError(f"there is no variable {value[1:]}", "--secret")
            value = os.environ[value[1:]]
        if not value.strip():
            raise SetupError("a secret is not empty", "--secret")
        found.append(value)
    return found


def write(
    make: Callable[[], Cassette], secrets: Secrets, out: Path, allowed: Sequence[str], replace: bool
) -> tuple[Cassette, str, list[Suspicion]]:
    """Write a cassette unless something in it looks like a secret: the cassette, its text, and what does.

    Args:
        make: the cassette, cleaned of the secrets that are known at that moment.
        replace: whether what looks like a secret is replaced like one.
    """
    for _ in range(ROUNDS if replace else 1):
        cassette = make()
        text = cassette.text()
        found = secrets.scan(text, allowed)
        if not found:
            write_private(out, text.encode())
            break
        for one in found:
            if replace:
                secrets.add(one.text, "suspicious text")
    return cassette, text, found


def tell_suspicions(text: str, found: Sequence[Suspicion], out: Path, tell: Callable[[str], None]) -> None:
    """Say where something looks like a secret, and what can be done."""
    for one in found[:SHOWN]:
        tell(f"  line {one.line}, entry {entry_at(text, one.line)}: {one.what}: {one.shown}")
    if len(found) > SHOWN:
        tell(f"  ... and {len(found) - SHOWN} more")
    tell(
        f"{out}: not written, as it would hold what looks like secrets. --replace-suspicious puts "
        "placeholders there, --secret VALUE names one, --allow TEXT says that a text is none."
    )


def entry_at(text: str, line: int) -> int:
    """The number of the entry, from 1 on, that a line of a cassette belongs to."""
    before = text.splitlines()[:line]
    begin = before.index("entries:") if "entries:" in before else 0
    return sum(one.startswith("- ") for one in before[begin:])


def plain(text: str, found: Sequence[Suspicion]) -> list[dict[str, Any]]:
    """Suspicions as a document has them."""
    return [
        {"line": one.line, "entry": entry_at(text, one.line), "what": one.what, "text": one.shown}
        for one in found
    ]
