"""`understudy serve`: the server in the foreground."""

from __future__ import annotations

import errno
import gc
import ipaddress
import logging
import os
import socket
import sys
from pathlib import Path

import uvicorn

from understudy import __version__
from understudy.app import Server, create_server, grpc_server
from understudy.cli import running
from understudy.cli.access_log import AccessLog
from understudy.engine.protocol import QUIET, protocol_for
from understudy.errors import SetupError
from understudy.settings import Settings
from understudy.state.files import write_address

STOP_SECONDS = 3
"""How long streams in flight may go on after SIGTERM."""
BACKLOG = 2048


def run(settings: Settings, ready_file: Path | None = None) -> None:
    """Serve until a signal; SetupError when the port is taken or the address needs more care."""
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="understudy: %(message)s")
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # a second thread doubles the work and wins no time
    _check_exposure(settings)
    listener = listen(settings.host, settings.port)
    log = AccessLog(as_json=settings.log_format == "json") if settings.log_format != "none" else None
    server = create_server(settings, log)
    port = listener.getsockname()[1]
    url = base_url(settings.host, port)
    left = running.remember(port, server.admin_token)
    runner = _Runner(_config(server), server, url, ready_file)
    try:
        runner.run(sockets=[listener])
    finally:
        server.close()
        if left is not None:
            left.unlink(missing_ok=True)
        if log is not None:
            log.flush()


def _config(server: Server) -> uvicorn.Config:
    return uvicorn.Config(
        server.gate,
        http=protocol_for(server.gate, server.settings.limits),
        loop="uvloop" if sys.platform != "win32" else "asyncio",
        backlog=BACKLOG,
        timeout_graceful_shutdown=STOP_SECONDS,
        **QUIET,
    )


class _Runner(uvicorn.Server):
    """Uvicorn, saying so once it answers."""

    def __init__(self, config: uvicorn.Config, server: Server, url: str, ready_file: Path | None) -> None:
        super().__init__(config)
        self._assembled = server
        self._url = url
        self._ready_file = ready_file
        self._grpc = grpc_server(server)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        gc.freeze()  # what is there now stays, and need not be looked through again and again
        await super().startup(sockets)
        if self._grpc is not None:
            await self._grpc.start()
        told = banner(self._assembled, self._url, self._grpc.port if self._grpc else None)
        sys.stdout.write(told + "\n")
        sys.stdout.flush()
        if self._ready_file is not None:
            write_address(self._ready_file, self._url)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """A signal that was obeyed is not raised again: a clean stop ends with exit code 0."""
        if self._grpc is not None:
            await self._grpc.stop()
        await super().shutdown(sockets)
        self._captured_signals.clear()


def banner(server: Server, url: str, grpc_port: int | None = None) -> str:
    """What a person sees first: URLs, keys, counts."""
    settings = server.settings
    lines = [
        f"understudy {__version__}   fixture {settings.fixture}   seed {settings.seed}   "
        f"clock {settings.clock}   no network access, no telemetry",
        "",
    ]
    for compiled in server.apis:
        acted = sum(not operation.planned for operation in compiled.operations.values())
        planned = len(compiled.operations) - acted
        counted = f"{acted} operations" + (f", {planned} planned" if planned else "")
        lines.append(f"  {compiled.api.title:<14} {url + compiled.api.prefixes[0]:<34} {counted}")
        lines.append(
            f"  {'Keys':<14} {'  '.join(compiled.api.sample_keys)}   (append @name for a private world)"
        )
    if grpc_port is not None:
        lines.append(f"  {'gRPC':<14} {settings.host}:{grpc_port}   customer {settings.customer_id}")
    lines.append(f"  {'Control plane':<14} {url}/_understudy   token {server.admin_token}")
    if settings.workers:
        lines.append(f"  {'Workers':<14} {'  '.join(settings.workers)}   (called by AIVAX gateways)")
    lines.append("")
    return "\n".join(lines)


def _check_exposure(settings: Settings) -> None:
    """Off loopback only with a token that somebody chose, and with named hosts."""
    try:
        loopback = ipaddress.ip_address(settings.host).is_loopback
    except ValueError:
        loopback = settings.host == "localhost"
    if not loopback and not (settings.admin_token and settings.hosts):
        raise SetupError(
            f"listening on {settings.host} needs --admin-token and --allowed-host, to keep strangers out",
            "--host",
        )


def listen(host: str, port: int) -> socket.socket:
    """A bound socket; SetupError says who has the port, as far as that can be known."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if os.name == "posix":
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise SetupError(f"port {port} is in use; --port 0 picks a free one", "--port") from None
        raise SetupError(f"cannot listen on {host}: {error.strerror or error}", "--host") from None
    return listener


def base_url(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
