"""Whether the server answers, without a token. Spec tag: Health."""

from __future__ import annotations

from typing import Any

from understudy.admin.plane import control, plane_of
from understudy.engine.context import Context


@control("getHealth", "getReady")
def get_health(ctx: Context) -> dict[str, Any]:
    return {"status": "ok", "apis": [compiled.api.name for compiled in plane_of(ctx).apis]}
