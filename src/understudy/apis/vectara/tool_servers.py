"""Tool servers: where tools come from. No request leaves the machine. Spec tag: Tool Servers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from understudy.apis.vectara.kinds import TOOL_SERVERS, TOOLS, free_id
from understudy.apis.vectara.members import picked
from understudy.apis.vectara.pages import listing
from understudy.apis.vectara.tool_configurations import remove_tool
from understudy.engine.context import Context
from understudy.engine.operation import operation
from understudy.errors import BadRequest, Conflict, Unavailable
from understudy.state.store import Kind, Store
from understudy.state.world import World

TOOL_CATALOGUES: Kind[dict[str, Any]] = Kind("tool_catalogue", key="server", noun="tool catalogue of")
"""What servers offer, by their uri or name; fixtures alone write it."""
_CHANGEABLE = ("name", "description", "uri", "headers", "transport", "enabled", "metadata")
_OFFERED = ("name", "title", "description", "input_schema", "annotations")


@operation("listToolServers")
def list_tool_servers(
    ctx: Context,
    *,
    limit: int,
    filter: str | None = None,
    type: str | None = None,
    enabled: bool | None = None,
    page_key: str | None = None,
) -> dict[str, Any]:
    records = ctx.store.table(TOOL_SERVERS).records()
    return listing(ctx, "tool_servers", records, limit, page_key, filter, type=type, enabled=enabled)


@operation("createToolServer")
def create_tool_server(ctx: Context, body: dict[str, Any]) -> tuple[dict[str, Any], int]:
    return _make(ctx.world, free_id(ctx.world, TOOL_SERVERS, "tsr"), body), 201


@operation("getToolServer")
def get_tool_server(ctx: Context, tool_server_id: str) -> dict[str, Any]:
    return ctx.store.table(TOOL_SERVERS).get(tool_server_id)


@operation("updateToolServer")
def update_tool_server(ctx: Context, tool_server_id: str, body: dict[str, Any]) -> dict[str, Any]:
    servers = ctx.store.table(TOOL_SERVERS)
    server = servers.get(tool_server_id)
    _refuse_taken(ctx.store, body.get("uri"), tool_server_id)
    changes, secret = picked(body, _CHANGEABLE), picked(body, ("auth",))
    if not changes and not secret:
        return server
    return servers.replace({**server, **changes, "updated_at": ctx.clock.stamp()}, **secret)


@operation("deleteToolServer")
def delete_tool_server(ctx: Context, tool_server_id: str) -> None:
    """With its tools, also when agents use them."""
    ctx.store.table(TOOL_SERVERS).remove(tool_server_id)
    for tool in tools_of(ctx.store, tool_server_id):
        remove_tool(ctx.store, tool["id"])


@operation("syncToolServer")
def sync_tool_server(ctx: Context, tool_server_id: str) -> None:
    synchronise(ctx.world, tool_server_id)


def synchronise(world: World, server_id: str) -> None:
    """Make the tools of a server those of its catalogue; 503 when it has none.

    A tool that is offered again keeps its id and whether it is enabled.
    """
    tools, now = world.store.table(TOOLS), world.clock.stamp()
    offers = {offer["name"]: offer for offer in _offers(world.store, server_id)}
    known = {tool["name"]: tool for tool in tools_of(world.store, server_id)}
    for name, tool in known.items():
        if name not in offers:
            remove_tool(world.store, tool["id"])
    for name, offer in offers.items():
        shape = {"description": "", "input_schema": {"type": "object"}, **picked(offer, _OFFERED)}
        old = known.get(name)
        if old is None:
            made = {
                "id": free_id(world, TOOLS, "tol"),
                "type": "mcp",
                "server_id": server_id,
                "enabled": True,
            }
            tools.add({**made, **shape, "created_at": now, "updated_at": now})
        elif picked(old, _OFFERED) != shape:
            kept = {member: value for member, value in old.items() if member not in _OFFERED}
            tools.replace({**kept, **shape, "updated_at": now})


def tools_of(store: Store, server_id: str) -> Sequence[dict[str, Any]]:
    """The tools that a server has brought, in order of creation."""
    return [tool for tool in store.table(TOOLS).values() if tool.get("server_id") == server_id]


def answer(store: Store, tool: Mapping[str, Any], arguments: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """What the catalogue says that a tool gives for arguments: `{output, error?}`, or None.

    The first answer counts whose `input` has nothing else than the arguments; one without it fits always.
    """
    server_id = tool.get("server_id")
    if server_id is None or server_id not in store.table(TOOL_SERVERS):
        return None
    try:
        offers = _offers(store, server_id)
    except Unavailable:
        return None
    answers = next((offer.get("answers", ()) for offer in offers if offer["name"] == tool["name"]), ())
    for one in answers:
        if all(arguments.get(name) == value for name, value in one.get("input", {}).items()):
            output = one["output"] if isinstance(one["output"], dict) else {"value": one["output"]}
            return {**one, "output": output}
    return None


def seed(world: World, row: dict[str, Any]) -> None:
    """One row of the fixture section `tool_servers`; `synced` ones have the tools of a catalogue above."""
    server = _make(world, row.get("id") or free_id(world, TOOL_SERVERS, "tsr"), row)
    if row.get("synced"):
        synchronise(world, server["id"])


def seed_catalogue(world: World, row: dict[str, Any]) -> None:
    """One row of the fixture section `tool_catalogues`."""
    names = [tool["name"] for tool in row["tools"]]
    for at, name in enumerate(names):
        if name in names[:at]:
            raise BadRequest({f"tools[{at}].name": f"'{name}' is there already"})
    world.store.table(TOOL_CATALOGUES).add(row)


def _make(world: World, server_id: str, given: Mapping[str, Any]) -> dict[str, Any]:
    _refuse_taken(world.store, given["uri"])
    now = world.clock.stamp()
    server = {
        "id": server_id,
        "type": "mcp",
        "enabled": True,
        **picked(given, _CHANGEABLE),
        "created_at": now,
        "updated_at": now,
    }
    return world.store.table(TOOL_SERVERS).add(server, **picked(given, ("auth",)))


def _refuse_taken(store: Store, uri: str | None, server_id: str | None = None) -> None:
    """409 when another server is at this address."""
    for server in store.table(TOOL_SERVERS).values():
        if server["uri"] == uri and server["id"] != server_id:
            raise Conflict(f"the uri '{uri}' is taken by tool server '{server['id']}'")


def _offers(store: Store, server_id: str) -> Sequence[Mapping[str, Any]]:
    server, catalogues = store.table(TOOL_SERVERS).get(server_id), store.table(TOOL_CATALOGUES)
    found = catalogues.find(server["uri"]) or catalogues.find(server["name"])
    if found is None:
        raise Unavailable(
            f"tool server '{server_id}' has no catalogue: servers are not asked here, the fixture section "
            f"tool_catalogues says what the one at '{server['uri']}' offers"
        )
    offers: Sequence[Mapping[str, Any]] = found.value["tools"]
    return offers
