"""A server that answers as ours does, but for what a function changes."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn

from understudy.app import create_server
from understudy.settings import Settings

Change = Callable[[str, str, int, Any], tuple[int, Any]]
"""Method, path, status and body to status and body; JSON bodies come parsed, streams as text."""


class Altered:
    """An ASGI application around a server of ours."""

    def __init__(self, change: Change) -> None:
        self.inner = create_server(Settings(log_format="none"))
        self._change = change

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        sent: list[Any] = []

        async def keep(message: Any) -> None:
            sent.append(message)

        await self.inner(scope, receive, keep)
        start = next(one for one in sent if one["type"] == "http.response.start")
        content = b"".join(one.get("body", b"") for one in sent if one["type"] == "http.response.body")
        headers = {name.lower(): value for name, value in start["headers"]}
        parsed = headers.get(b"content-type", b"").startswith(b"application/json")
        body = json.loads(content) if parsed else content.decode()
        status, changed = self._change(scope["method"], scope["path"], start["status"], body)
        told = (json.dumps(changed) if parsed else changed).encode()
        kept = [(name, value) for name, value in start["headers"] if name.lower() != b"content-length"]
        await send({**start, "status": status, "headers": [*kept, (b"content-length", b"%d" % len(told))]})
        await send({"type": "http.response.body", "body": told})


@contextmanager
def served(app: Any) -> Iterator[str]:
    """The address of an application on a free port of loopback, for as long as the block lasts."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    server = uvicorn.Server(uvicorn.Config(app, lifespan="off", log_config=None, ws="none"))
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_until_complete, args=(server.serve([listener]),))
    thread.start()
    try:
        deadline = time.monotonic() + 20
        while not server.started and time.monotonic() < deadline:
            time.sleep(0.01)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
        loop.close()
        listener.close()
