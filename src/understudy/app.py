"""The composition root: every list of parts stands here."""

from __future__ import annotations

import difflib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.types import Receive, Scope, Send

from understudy.admin import Plane, control_plane
from understudy.apis import aivax, vectara
from understudy.apis.vectara import v1
from understudy.engine import spec
from understudy.engine.compiling import Compiled, compile_api
from understudy.engine.definition import ApiDefinition
from understudy.engine.fixtures import seeder
from understudy.engine.gate import Gate, Log
from understudy.engine.stages import StageApp
from understudy.errors import SetupError
from understudy.playback.scenarios.library import Library
from understudy.sandbox import running
from understudy.settings import Settings, data_directory
from understudy.state.world import Worlds

if TYPE_CHECKING:
    from understudy.apis.vectara.v1.grpc.service import QueryServer

APIS: tuple[ApiDefinition, ...] = (vectara.API, aivax.API, v1.API)


@dataclass(frozen=True)
class Server:
    """Understudy, assembled: an ASGI application and what its owner may look at.

    Args:
        settings: as it was started.
        gate: the ASGI application.
        worlds: all worlds.
        apis: the compiled APIs.
        admin_token: what the control plane wants to see.
    """

    settings: Settings
    gate: Gate
    worlds: Worlds
    apis: tuple[Compiled, ...]
    admin_token: str
    stage: StageApp
    plane: Plane

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.gate(scope, receive, send)

    @property
    def violations(self) -> list[str]:
        """Answers of ours that broke the contract; empty, or something is wrong with us."""
        return self.stage.violations

    def close(self) -> None:
        """Stop the processes that were started for slow work, and the listeners."""
        self.stage.workers.close()
        for listener in self.plane.listeners.values():
            listener.close()


def create_server(settings: Settings | None = None, log: Log | None = None) -> Server:
    """Assemble a server; SetupError says in one line what stops it.

    Args:
        settings: defaults when None.
        log: told of every finished call.
    """
    settings = settings or Settings()
    if settings.allow_lambda:
        running.check()
    stage = StageApp(settings)
    apis: list[Compiled] = []
    served = tuple(api.configure(api, settings) for api in APIS)
    for api in served:
        compiled, resolver = compile_api(api, spec.load(data_directory("specs") / api.name), settings.profile)
        stage.add_definition(compiled, resolver)
        apis.append(compiled)
    stage.build()
    library = Library(apis)
    worlds = Worlds(
        seeder(apis),
        settings.fixture,
        settings.seed,
        settings.clock,
        settings.limits.worlds,
        settings.answer_form,
        library,
        settings.scenario,
    )
    worlds.get()
    token = settings.admin_token or secrets.token_urlsafe(24)
    nearest = _nearest(apis)

    def bound_gate(world: str) -> Gate:
        return Gate(stage, _nothing_here, served, worlds, settings, log, nearest, bound=world)

    plane = Plane(worlds, apis, library, settings, token, bound_gate)
    gate = Gate(stage, control_plane(plane), served, worlds, settings, log, nearest)
    return Server(settings, gate, worlds, tuple(apis), token, stage, plane)


async def _nothing_here(scope: Scope, receive: Receive, send: Send) -> None:
    """What stands in the place of the control plane, where there is none."""
    headers = [(b"content-length", b"0")]
    await send({"type": "http.response.start", "status": 404, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


def grpc_server(server: Server) -> QueryServer | None:
    """The server for gRPC beside it, not yet started, or None; SetupError when the extra is lacking."""
    settings = server.settings
    if settings.grpc_port is None:
        return None
    try:
        from understudy.apis.vectara.v1.grpc.service import QueryServer
    except ImportError as error:
        raise SetupError(f"needs `pip install 'understudy[grpc]'` ({error})", "--grpc-port") from None
    return QueryServer(server.gate, settings.host, settings.grpc_port)


def _nearest(apis: list[Compiled]) -> Callable[[str, str], list[str]]:
    def nearest(method: str, path: str) -> list[str]:
        known = [p for compiled in apis for p in compiled.router.paths()]
        return difflib.get_close_matches(f"{method} {path}", known, n=3, cutoff=0.4)

    return nearest
