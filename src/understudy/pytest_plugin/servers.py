"""Servers: one in a thread of this process, one that waits to be needed, one in another process."""

from __future__ import annotations

import asyncio
import secrets
import select
import socket
import threading
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

if TYPE_CHECKING:
    import httpx

    from understudy.app import Server

T = TypeVar("T")
START_SECONDS = 20
HOST = "127.0.0.1"


class Reachable(Protocol):
    """A running server as tests see it.

    Args:
        url: its base URL.
        control: a client of its control plane.
        local: whether it runs in this process, so that worlds can be looked at.
    """

    url: str
    local: bool

    @property
    def control(self) -> httpx.Client: ...


def control_client(url: str, token: str) -> httpx.Client:
    """A client of the control plane of a server."""
    import httpx

    headers = {"authorization": f"Bearer {token}"}
    return httpx.Client(
        base_url=f"{url}/_understudy", headers=headers, timeout=START_SECONDS, trust_env=False
    )


def listen() -> socket.socket:
    """A listening socket on a free port of loopback."""
    listener = socket.create_server((HOST, 0))
    # asyncio leaves Nagle's algorithm on for sockets made so, which costs 40 ms a call.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


class BackgroundServer:
    """A server on a free loopback port, in a thread of its own.

    Args:
        listener: where it listens; a free port when None.
        settings: as `Settings` takes them; with `grpc_port=0` there is a server for gRPC beside it.
    """

    local = True
    grpc_port: int

    def __init__(self, listener: socket.socket | None = None, **settings: Any) -> None:
        import uvicorn

        from understudy.app import create_server, grpc_server
        from understudy.engine.protocol import QUIET, protocol_for
        from understudy.settings import Settings

        chosen = Settings(**{"log_format": "none", "strict_answers": True, **settings})
        self.server: Server = create_server(chosen)
        self._socket = listener or listen()
        self.port: int = self._socket.getsockname()[1]
        self.url = f"http://{chosen.host}:{self.port}"
        self._loop = asyncio.new_event_loop()
        self._grpc = grpc_server(self.server)
        self._control: httpx.Client | None = None
        self._uvicorn = uvicorn.Server(
            uvicorn.Config(
                self.server.gate,
                http=protocol_for(self.server.gate, chosen.limits),
                timeout_graceful_shutdown=2,
                **QUIET,
            )
        )
        self._thread = threading.Thread(target=self._run, name="understudy", daemon=True)

    @property
    def control(self) -> httpx.Client:
        """A client of the control plane."""
        if self._control is None:
            self._control = control_client(self.url, self.server.admin_token)
        return self._control

    def start(self) -> BackgroundServer:
        self._thread.start()
        with socket.create_connection((HOST, self.port), timeout=START_SECONDS):
            pass
        self.on_loop(lambda: None)
        if self._grpc is not None:
            self._await(self._grpc.start())
            self.grpc_port = self._grpc.port
        return self

    def stop(self) -> None:
        if self._control is not None:
            self._control.close()
        if self._grpc is not None:
            self._await(self._grpc.stop())
        self._uvicorn.should_exit = True
        self._thread.join(timeout=START_SECONDS)
        self._socket.close()

    def on_loop(self, act: Callable[[], T]) -> T:
        """Run something where the worlds live; a test's own thread never touches them."""

        async def acted() -> T:
            return act()

        return self._await(acted())

    def _await(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=START_SECONDS)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._uvicorn.serve(sockets=[self._socket]))
        finally:
            self.server.close()
            self._loop.close()


class WaitingServer:
    """A port that becomes a server when somebody calls it, so that nobody pays for one that nobody needs."""

    def __init__(self) -> None:
        self._socket = listen()
        self._stopped, self._stopping = socket.socketpair()
        self._server: BackgroundServer | None = None
        self.url = f"http://{HOST}:{self._socket.getsockname()[1]}"
        self.token = secrets.token_urlsafe(24)
        self._thread = threading.Thread(target=self._wait, name="understudy waits", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stopping.send(b".")
        self._thread.join(timeout=START_SECONDS)
        if self._server is not None:
            self._server.stop()
        for one in (self._socket, self._stopped, self._stopping):
            one.close()

    def _wait(self) -> None:
        ready, _, _ = select.select([self._socket, self._stopped], [], [])
        if self._stopped not in ready:
            self._server = BackgroundServer(self._socket, admin_token=self.token)
            self._server.start()


class RemoteServer:
    """A server in another process, which this one reaches through its control plane."""

    local = False

    def __init__(self, url: str, token: str) -> None:
        self.url = url
        self.control = control_client(url, token)

    def stop(self) -> None:
        self.control.close()
