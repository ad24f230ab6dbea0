"""What the handlers of the control plane act on: all worlds of a server, and what belongs to them."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

from understudy.engine.compiling import Compiled
from understudy.engine.context import Context
from understudy.engine.gate import Gate
from understudy.engine.operation import operation
from understudy.errors import ApiError, BadRequest, Conflict, NotFound, NotThere, SetupError
from understudy.playback.scenarios.library import Library
from understudy.settings import Settings
from understudy.state.clock import Clock, ClockState
from understudy.state.ids import Ids
from understudy.state.store import Store
from understudy.state.world import DEFAULT, World, Worlds

H = TypeVar("H", bound=Callable[..., Any])
Json = dict[str, Any]

DEFAULT_NAME = "default"
"""How paths call the world of plain credentials, whose real name is empty."""


@dataclass
class Plane:
    """What is controlled.

    Args:
        worlds: all worlds.
        apis: the APIs that are served.
        library: the scenarios.
        settings: as the server was started.
        token: what callers have to show.
        bound_gate: makes a gate whose calls all lead to one world.
        listeners: TLS listeners by port.
    """

    worlds: Worlds
    apis: Sequence[Compiled]
    library: Library
    settings: Settings
    token: str
    bound_gate: Callable[[str], Gate]
    listeners: dict[int, Any] = field(default_factory=dict)
    authority: Any = None
    """The certificate authority of the listeners, made when the first one is opened."""


@dataclass(slots=True)
class PlaneWorld(World):
    """The world of calls to the control plane: it has no records, and what is controlled."""

    plane: Plane | None = None


class PlaneWorlds(Worlds):
    """The one world of all calls to the control plane."""

    def __init__(self, plane: Plane) -> None:
        super().__init__(lambda world, fixture: None, "none")
        store = Store(Clock(ClockState("frozen")), Ids(0))
        self._world = PlaneWorld("control plane", "none", 0, store, plane=plane)

    def find(self, name: str) -> World | None:
        return self._world

    def get(self, name: str = DEFAULT) -> World:
        return self._world


def plane_of(ctx: Context) -> Plane:
    """What the call controls."""
    plane = cast(PlaneWorld, ctx.world).plane
    assert plane is not None
    return plane


def world_of(ctx: Context, name: str) -> World:
    """The world that a path names; 404 when there is none."""
    return plane_of(ctx).worlds.existing(real_name(name))


def real_name(shown: str) -> str:
    return DEFAULT if shown == DEFAULT_NAME else shown


def shown_name(name: str) -> str:
    return name or DEFAULT_NAME


def control(*operation_ids: str) -> Callable[[H], H]:
    """Mark a handler of the control plane: what the parts below call our own trouble is a refusal here."""

    def marked(function: H) -> H:
        @functools.wraps(function)
        def refusing(*arguments: Any, **named: Any) -> Any:
            try:
                return function(*arguments, **named)
            except SetupError as error:
                raise refusal(error) from None

        return cast(H, operation(*operation_ids)(refusing))

    return marked


def refusal(error: SetupError) -> ApiError:
    """404 for what there is not, 409 for what there is already or too often, 400 for all else."""
    text = str(error)
    if isinstance(error, NotThere):
        return NotFound(text)
    if text.endswith("already") or "already;" in text:
        return Conflict(text)
    return BadRequest(message=text)


def told(world: World) -> Mapping[str, Any]:
    """A world as answers show it."""
    records = {"/".join(address): len(table) for address, table in sorted(world.store.tables().items())}
    return {
        "name": shown_name(world.name),
        "fixture": world.fixture,
        "seed": world.seed,
        "scenario": scene_of(world)["scenario"],
        "clock": told_clock(world),
        "lifecycle": world.lifecycle.dump(),
        "calls": world.calls,
        "version": world.store.version,
        "records": records,
    }


def told_clock(world: World) -> Json:
    return {"mode": world.clock.mode, "now": world.clock.stamp(), "millis": world.clock.millis()}


def scene_of(world: World) -> Json:
    """Where the scenario of a world stands; with an empty name for none."""
    scene = world.play.scene if world.play is not None else None
    return scene.plain() if scene is not None else {"scenario": "", "state": "", "played": {}}
