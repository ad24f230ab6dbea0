"""The control plane under `/_understudy`, on one page: its contract is `specs/understudy`."""

from __future__ import annotations

from dataclasses import replace

from understudy.admin import access
from understudy.admin.plane import Plane, PlaneWorlds
from understudy.engine import spec
from understudy.engine.compiling import compile_api
from understudy.engine.definition import ApiDefinition
from understudy.engine.gate import Gate
from understudy.engine.stages import StageApp
from understudy.settings import data_directory

__all__ = ["API", "Plane", "control_plane"]

BODY_LIMIT = 64 * 1024 * 1024
"""A snapshot may be large."""

API = ApiDefinition(
    name="understudy",
    title="Control plane",
    prefixes=("/_understudy",),
    hosts=(),
    package="understudy.admin",
    resources=(
        "health", "worlds", "clock", "lifecycle", "journal", "claims", "faults", "scenarios", "coverage",
        "listeners",
    ),
    world_hint=lambda call: "",
    authenticate=access.authenticate,
    authorize=lambda operation, call, principal: None,
    error_body=lambda error, call: {"understudy": "; ".join(error.messages)},
    secret_headers=("authorization",),
)  # fmt: skip


def control_plane(plane: Plane) -> Gate:
    """The ASGI application of the control plane: a gate that no page may read through, and a stage."""
    settings = replace(
        plane.settings, limits=replace(plane.settings.limits, json_bytes=BODY_LIMIT), check_answers=True
    )
    stage = StageApp(settings)
    stage.add_definition(*compile_api(API, spec.load(data_directory("specs") / API.name), "union"))
    stage.build()
    worlds = PlaneWorlds(plane)
    return Gate(stage, stage, (API,), worlds, settings, None, lambda method, path: [], open_to_pages=False)
