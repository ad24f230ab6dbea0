"""What goes wrong in a world on purpose. Spec tag: Faults."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from typing import Any

from understudy.admin.plane import control, plane_of, world_of
from understudy.engine.compiling import Compiled
from understudy.engine.context import Context
from understudy.engine.faults import Faults
from understudy.engine.play import Play
from understudy.errors import BadRequest
from understudy.playback.scenarios.documents import faults_in
from understudy.state.world import World


@control("listFaults")
def list_faults(ctx: Context, world: str) -> Any:
    found = world_of(ctx, world)
    return {"faults": found.play.faults.plain() if found.play is not None else []}


@control("addFault")
def add_fault(ctx: Context, world: str, body: dict[str, Any]) -> Any:
    for place, message in faults_in(body, "fault"):
        raise BadRequest({".".join(["body", *map(str, place)]): message})
    _check_operation(plane_of(ctx).apis, body.get("operation", "*"))
    fault = _faults(world_of(ctx, world)).add(body)
    return {**fault.plain(), "met": 0, "fired": 0}, 201


@control("removeFault")
def remove_fault(ctx: Context, world: str, fault: str) -> None:
    found = world_of(ctx, world)
    try:
        _faults(found).remove(fault)
    finally:
        _rest(found)


@control("clearFaults")
def clear_faults(ctx: Context, world: str) -> None:
    found = world_of(ctx, world)
    _faults(found).clear()
    _rest(found)


def _check_operation(apis: Sequence[Compiled], stated: str) -> None:
    """400 for an operation or tag that no API has: a fault that never fires helps nobody."""
    api, _, wanted = stated.rpartition(":")
    known: set[str] = {"*"}
    for compiled in apis:
        if api in ("", compiled.api.name):
            known |= {name for one in compiled.operations.values() for name in (one.id, one.tag)}
    if wanted not in known:
        close = difflib.get_close_matches(wanted, known, n=1)
        hint = f"; did you mean '{close[0]}'?" if close else ""
        raise BadRequest({"body.operation": f"there is no operation or tag '{stated}'{hint}"})


def _faults(world: World) -> Faults:
    if world.play is None:
        world.play = Play()
    faults: Faults = world.play.faults
    return faults


def _rest(world: World) -> None:
    """A world that plays nothing takes the short way again."""
    if world.play is not None and world.play.idle:
        world.play = None
