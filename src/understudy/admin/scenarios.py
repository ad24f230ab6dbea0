"""What happens in a world by script. Spec tag: Scenarios."""

from __future__ import annotations

from typing import Any

from understudy.admin.plane import control, plane_of, scene_of, world_of
from understudy.engine.context import Context
from understudy.errors import BadRequest
from understudy.playback.scenarios.documents import shipped


@control("listScenarios")
def list_scenarios(ctx: Context) -> Any:
    found = (plane_of(ctx).library.scenario(name) for name in shipped())
    return {"scenarios": [{"name": s.name, "api": s.api, "description": s.description} for s in found]}


@control("getScene")
def get_scene(ctx: Context, world: str) -> Any:
    return scene_of(world_of(ctx, world))


@control("changeScene")
def change_scene(ctx: Context, world: str, body: dict[str, Any]) -> Any:
    """Play a scenario from its beginning: its faults take the place of those that there are."""
    library, found = plane_of(ctx).library, world_of(ctx, world)
    if len(body) != 1:
        raise BadRequest(message="takes one of scenario and document")
    name = body["scenario"] if "scenario" in body else library.add(body["document"])
    library.begin(found, name)
    return scene_of(found)


@control("endScene")
def end_scene(ctx: Context, world: str) -> None:
    found = world_of(ctx, world)
    found.scenario, found.play = "", None
