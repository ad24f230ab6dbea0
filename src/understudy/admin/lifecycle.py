"""The dials of a world. Spec tag: Lifecycle."""

from __future__ import annotations

from typing import Any

from understudy.admin.plane import control, world_of
from understudy.engine.context import Context


@control("getLifecycle")
def get_lifecycle(ctx: Context, world: str) -> Any:
    return world_of(ctx, world).lifecycle.dump()


@control("changeLifecycle")
def change_lifecycle(ctx: Context, world: str, body: dict[str, Any]) -> Any:
    lifecycle = world_of(ctx, world).lifecycle
    lifecycle.change(body)
    return lifecycle.dump()
