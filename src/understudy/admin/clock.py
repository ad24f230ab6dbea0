"""The clock of a world. Spec tag: Clock."""

from __future__ import annotations

from typing import Any

from understudy.admin.plane import control, told_clock, world_of
from understudy.engine.context import Context
from understudy.errors import BadRequest


@control("getClock")
def get_clock(ctx: Context, world: str) -> Any:
    return told_clock(world_of(ctx, world))


@control("changeClock")
def change_clock(ctx: Context, world: str, body: dict[str, Any]) -> Any:
    found = world_of(ctx, world)
    before = found.clock.state
    try:
        if "mode" in body:
            found.clock.set_mode(body["mode"])
        if "advance_millis" in body:
            found.clock.advance(body["advance_millis"])
    except ValueError as error:
        found.clock.state = before
        raise BadRequest({"body.advance_millis": str(error)}) from None
    return told_clock(found)
