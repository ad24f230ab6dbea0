"""TLS listeners that stand for the production hosts and lead to one world. Spec tag: Listeners."""

from __future__ import annotations

import asyncio
import socket
import ssl
from typing import Any

import uvicorn
from uvicorn.server import ServerState

from understudy.admin.plane import Plane, control, plane_of, shown_name, world_of
from understudy.engine.context import Context
from understudy.engine.gate import Gate
from understudy.engine.protocol import protocol_for
from understudy.errors import NotThere, SetupError

Json = dict[str, Any]
MOST = 64
"""How many listeners there may be: one for each process that runs tests."""
BACKLOG = 128


class Listener:
    """One TLS socket on loopback, and the gate behind it, whose calls all lead to one world."""

    def __init__(self, gate: Gate, context: ssl.SSLContext, limits: Any) -> None:
        self._gate = gate
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=BACKLOG)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.port: int = self._socket.getsockname()[1]
        protocol = protocol_for(gate, limits)
        quiet = {"log_config": None, "access_log": False, "server_header": False, "date_header": False}
        config = uvicorn.Config(gate, http=protocol, ws="none", lifespan="off", **quiet)  # type: ignore[arg-type]
        config.load()
        state = ServerState()
        loop = asyncio.get_running_loop()
        self._opening = loop.create_task(
            loop.create_server(
                lambda: config.http_protocol_class(config=config, server_state=state, app_state={}),  # type: ignore[call-arg]
                sock=self._socket,
                ssl=context,
            )
        )

    @property
    def world(self) -> str:
        return self._gate.bound or ""

    def bind(self, world: str) -> None:
        """Lead to another world from the next call on."""
        self._gate.bound = world

    def close(self) -> None:
        """Take no more connections."""
        if self._opening.done() and not self._opening.cancelled():
            self._opening.result().close()
        else:
            self._opening.cancel()
        self._socket.close()


@control("openListener")
def open_listener(ctx: Context, body: Json) -> Any:
    plane = plane_of(ctx)
    if len(plane.listeners) >= MOST:
        raise SetupError(f"there are {MOST} listeners already")
    world = world_of(ctx, body["world"])
    authority, context = _authority(plane)
    listener = Listener(plane.bound_gate(world.name), context, plane.settings.limits)
    plane.listeners[listener.port] = listener
    return _told(listener, authority), 201


@control("bindListener")
def bind_listener(ctx: Context, port: int, body: Json) -> Any:
    plane = plane_of(ctx)
    listener = existing(plane, port)
    listener.bind(world_of(ctx, body["world"]).name)
    return _told(listener, _authority(plane)[0])


@control("closeListener")
def close_listener(ctx: Context, port: int) -> None:
    plane = plane_of(ctx)
    existing(plane, port).close()
    del plane.listeners[port]


def existing(plane: Plane, port: int) -> Listener:
    """The listener on that port; NotThere when there is none."""
    if port not in plane.listeners:
        raise NotThere(f"no listener on port {port}")
    listener: Listener = plane.listeners[port]
    return listener


def _told(listener: Listener, authority: Any) -> Json:
    pem = authority.cert_pem.bytes().decode()
    return {"port": listener.port, "world": shown_name(listener.world), "certificate_authority": pem}


def _authority(plane: Plane) -> tuple[Any, ssl.SSLContext]:
    """The certificate authority of this server, and a certificate of it for every production host."""
    if plane.authority is None:
        import trustme

        authority = trustme.CA()
        hosts = sorted({host for compiled in plane.apis for host in compiled.api.hosts})
        leaf = authority.issue_cert(*hosts, "localhost", "127.0.0.1")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        leaf.configure_cert(context)
        plane.authority = authority, context
    held: tuple[Any, ssl.SSLContext] = plane.authority
    return held
