"""Configurations of tools, in versions, as the API had them for a while. Spec tag: Tools."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from understudy.apis.vectara.kinds import AGENTS, TOOLS
from understudy.apis.vectara.members import picked
from understudy.apis.vectara.pages import listing
from understudy.apis.vectara.versions import add_first, add_next, refuse_taken, remove_version, version_of
from understudy.engine.context import Context
from understudy.engine.operation import operation
from understudy.errors import BadRequest, Conflict
from understudy.state.store import Kind, Store, Table

TOOL_CONFIGURATIONS: Kind[dict[str, Any]] = Kind("tool_configuration", noun="configuration")
"""Configurations, one table per tool id."""
_CHANGEABLE = ("name", "description", "argument_override", "query_configuration", "metadata", "enabled")


@operation("listToolConfigurations")
def list_tool_configurations(
    ctx: Context,
    tool_id: str,
    *,
    limit: int,
    filter: str | None = None,
    type: str | None = None,
    enabled: bool | None = None,
    page_key: str | None = None,
) -> dict[str, Any]:
    records = _table(ctx.store, tool_id).records()
    return listing(ctx, "tool_configurations", records, limit, page_key, filter, type=type, enabled=enabled)


@operation("createToolConfiguration")
def create_tool_configuration(ctx: Context, tool_id: str, body: dict[str, Any]) -> tuple[dict[str, Any], int]:
    configurations = _table(ctx.store, tool_id)
    _refuse_other_type(body, ctx.store.table(TOOLS).get(tool_id)["type"])
    refuse_taken(configurations, body["name"])
    now = ctx.clock.stamp()
    made = {
        "id": ctx.ids.numbered("tcf"),
        "type": body["type"],
        "enabled": True,
        "metadata": {},
        **picked(body, _CHANGEABLE),
        "created_at": now,
        "updated_at": now,
    }
    return add_first(configurations, made), 201


@operation("getToolConfiguration")
def get_tool_configuration(
    ctx: Context, tool_id: str, configuration_id: str, *, version: int | None = None
) -> dict[str, Any]:
    return version_of(_table(ctx.store, tool_id), configuration_id, version)


@operation("updateToolConfiguration")
def update_tool_configuration(
    ctx: Context, tool_id: str, configuration_id: str, body: dict[str, Any]
) -> dict[str, Any]:
    configurations = _table(ctx.store, tool_id)
    _refuse_other_type(body, configurations.get(configuration_id)["type"])
    refuse_taken(configurations, body.get("name"), configuration_id)
    return add_next(configurations, configuration_id, picked(body, _CHANGEABLE), ctx.clock.stamp())


@operation("deleteToolConfiguration")
def delete_tool_configuration(ctx: Context, tool_id: str, configuration_id: str) -> None:
    _table(ctx.store, tool_id).remove(configuration_id)


@operation("deleteToolConfigurationVersion")
def delete_tool_configuration_version(
    ctx: Context, tool_id: str, configuration_id: str, version: int
) -> None:
    configurations = _table(ctx.store, tool_id)
    version_of(configurations, configuration_id, version)
    for agent in ctx.store.table(AGENTS).values():
        for used in agent.get("tool_configurations", {}).values():
            if (used.get("id"), used.get("version")) == (configuration_id, version):
                title = configurations.kind.title(configuration_id)
                raise Conflict(f"agent '{agent['key']}' uses version {version} of {title}")
    remove_version(configurations, configuration_id, version)


def remove_tool(store: Store, tool_id: str) -> None:
    """Take a tool away with its configurations."""
    store.table(TOOL_CONFIGURATIONS, tool_id).clear()
    store.table(TOOLS).remove(tool_id)


def _table(store: Store, tool_id: str) -> Table[dict[str, Any]]:
    """The configurations of a tool; 404 when there is no such tool."""
    store.table(TOOLS).record(tool_id)
    return store.table(TOOL_CONFIGURATIONS, tool_id)


def _refuse_other_type(body: Mapping[str, Any], kind: str) -> None:
    if body["type"] != kind:
        raise BadRequest({"body.type": f"must be '{kind}', the type of the tool"})
