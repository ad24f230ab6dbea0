"""The composition root: every list of parts stands here."""

from __future__ import annotations

import difflib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

from understudy.admin import control_plane
from understudy.apis import vectara
from understudy.engine import spec
from understudy.engine.compiling import Compiled, compile_api
from understudy.engine.contract import Check
from understudy.engine.definition import ApiDefinition
from understudy.engine.gate import Gate, Log
from understudy.engine.stages import StageApp
from understudy.errors import ApiError, BadRequest, SetupError
from understudy.settings import Settings, data_directory
from understudy.state.seeding import find_fixture, read_fixture
from understudy.state.world import World, Worlds

APIS: tuple[ApiDefinition, ...] = (vectara.API,)


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

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.gate(scope, receive, send)

    @property
    def violations(self) -> list[str]:
        """Answers of ours that broke the contract; empty, or something is wrong with us."""
        return self.stage.violations

    def close(self) -> None:
        """Stop the processes that were started for slow work."""
        self.stage.workers.close()


def create_server(settings: Settings | None = None, log: Log | None = None) -> Server:
    """Assemble a server; SetupError says in one line what stops it.

    Args:
        settings: defaults when None.
        log: told of every finished call.
    """
    settings = settings or Settings()
    stage = StageApp(settings)
    apis: list[Compiled] = []
    for api in APIS:
        compiled, resolver = compile_api(api, spec.load(data_directory("specs") / api.name), settings.profile)
        stage.add_definition(compiled, resolver)
        apis.append(compiled)
    stage.build()
    worlds = Worlds(_seeder(apis), settings.fixture, settings.seed, settings.clock, settings.limits.worlds)
    worlds.get()
    token = settings.admin_token or secrets.token_urlsafe(24)
    admin: ASGIApp = control_plane(worlds, token, settings, [compiled.api.name for compiled in apis])
    gate = Gate(stage, admin, APIS, worlds, settings, log, _nearest(apis))
    return Server(settings, gate, worlds, tuple(apis), token, stage)


def _nearest(apis: list[Compiled]) -> Callable[[str, str], list[str]]:
    def nearest(method: str, path: str) -> list[str]:
        known = [p for compiled in apis for p in compiled.router.paths()]
        return difflib.get_close_matches(f"{method} {path}", known, n=3, cutoff=0.4)

    return nearest


def _seeder(apis: list[Compiled]) -> Callable[[World, str], None]:
    """Fills worlds from fixture files: each row is checked against its schema, then put in by its API.

    A shipped name means one file per API (`fixtures/<api>/<name>.yaml`); the path of a file is tried
    with the API whose sections it uses.
    """
    checks: dict[tuple[str, str], Check] = {}

    def seed_world(world: World, fixture: str) -> None:
        for compiled in apis:
            _seed_api(world, fixture, compiled, checks)

    return seed_world


def _seed_api(world: World, fixture: str, compiled: Compiled, checks: dict[tuple[str, str], Check]) -> None:
    compiled.api.begin(world)
    sections = compiled.api.sections
    rows = read_fixture(find_fixture(fixture, data_directory("fixtures") / compiled.api.name))
    for row in rows:
        section = sections.get(row.section)
        if section is None:
            close = difflib.get_close_matches(row.section, sections, n=1)
            hint = f"did you mean '{close[0]}'" if close else f"there are {', '.join(sections)}"
            raise SetupError(f"unknown section '{row.section}'; {hint}", row.where)
        key = (compiled.api.name, row.section)
        if key not in checks:
            checks[key] = compiled.schemas.validator(dict(section.schema), request=True)
        if not checks[key].accepts(row.value):
            raise SetupError(_told(checks[key].faults(row.value, row.section)), row.where)
        try:
            section.seed(world, row.value)
        except BadRequest as error:
            raise SetupError(_told(dict(error.fields)), row.where) from None
        except ApiError as error:
            raise SetupError(error.message, row.where) from None


def _told(faults: dict[str, Any]) -> str:
    return "; ".join(f"{path} {text}" for path, text in faults.items())
