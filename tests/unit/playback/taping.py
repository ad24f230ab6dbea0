"""A recorder between a client and a server, over real sockets."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from tests.unit.drift.altered import served
from understudy.app import APIS
from understudy.engine import spec
from understudy.engine.compiling import Compiled, compile_api
from understudy.engine.journal import Places
from understudy.playback.cassettes import Cassette
from understudy.playback.contracts import Contracts
from understudy.playback.egress import Egress, origin
from understudy.playback.recorder import Recorder
from understudy.playback.secrets import Secrets
from understudy.settings import data_directory

PLACES = Places.of(APIS)


@cache
def compiled() -> tuple[Compiled, ...]:
    return tuple(compile_api(api, spec.load(data_directory("specs") / api.name), "union")[0] for api in APIS)


@cache
def contracts() -> Contracts:
    return Contracts(compiled())


class Tape:
    """A recording that goes on: its address, what was said of it, and what it holds so far."""

    def __init__(self, upstream: str) -> None:
        self.lines: list[str] = []
        self.secrets = Secrets(PLACES)
        self._target = upstream
        self._egress = Egress({"": origin(upstream)}, allow_private=True)
        self.recorder = Recorder(self._egress, contracts(), self.secrets, tell=self.lines.append)
        self._open = False
        self.url = ""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if not self._open:
            self._open = True
            self._loop = asyncio.get_running_loop()
            await self._egress.open()
        await self.recorder(scope, receive, send)

    def close(self) -> None:
        if self._open:
            asyncio.run_coroutine_threadsafe(self._egress.close(), self._loop).result(timeout=20)

    def cassette(self) -> Cassette:
        return self.recorder.cassette(self._target)


@contextmanager
def taped(upstream: str) -> Iterator[Tape]:
    tape = Tape(upstream)
    with served(tape) as url:
        tape.url = url
        try:
            yield tape
        finally:
            tape.close()


async def answer(send: Any, status: int, headers: list[tuple[bytes, bytes]], *pieces: bytes) -> None:
    """An answer in these pieces, each sent alone."""
    await send({"type": "http.response.start", "status": status, "headers": headers})
    for piece in pieces:
        await send({"type": "http.response.body", "body": piece, "more_body": True})
    await send({"type": "http.response.body", "body": b""})
