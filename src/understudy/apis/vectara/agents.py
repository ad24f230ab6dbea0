"""Agents: what answers by itself, with instructions, steps and tools. Spec tag: Agents."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from understudy.apis.vectara import (
    agent_references,
    agent_schedules,
    agent_steps,
    agent_store,
    roles,
    wire,
)
from understudy.apis.vectara.auth import visible
from understudy.apis.vectara.keys import new_key
from understudy.apis.vectara.kinds import AGENTS
from understudy.apis.vectara.members import picked
from understudy.apis.vectara.pages import listing
from understudy.engine.context import Context
from understudy.engine.operation import operation
from understudy.errors import BadRequest
from understudy.state.store import Record, Store
from understudy.state.world import World

Json = dict[str, Any]

CLIENT_ID_LENGTH = 26
"""Hex digits of the client id of an identity (guess: undocumented)."""
_ROLE_MEMBERS = ("api_roles", "corpus_roles", "agent_roles")
_VARIANTS: Mapping[str, Any] = {
    "mcp": wire.InlineMcpToolConfiguration,
    "lambda": wire.InlineLambdaToolConfiguration,
    "dynamic_vectara": wire.InlineDynamicVectaraToolConfiguration,
    "corpora_search": wire.InlineCorporaSearchToolConfiguration,
    "web_search": wire.InlineWebSearchToolConfiguration,
    "web_get": wire.InlineWebGetToolConfiguration,
    "structured_indexing": wire.InlineStructuredIndexingToolConfiguration,
    "sub_agent": wire.InlineSubAgentToolConfiguration,
    "artifact_create": wire.InlineArtifactCreateToolConfiguration,
    "artifact_read": wire.InlineArtifactReadToolConfiguration,
    "artifact_grep": wire.InlineArtifactGrepToolConfiguration,
    "image_read": wire.InlineImageReadToolConfiguration,
    "document_conversion": wire.InlineDocumentConversionToolConfiguration,
    "get_document_text": wire.InlineGetDocumentTextToolConfiguration,
}
"""The shape of a tool configuration by its type."""


@operation("listAgents")
def list_agents(
    ctx: Context,
    *,
    limit: int,
    filter: str | None = None,
    enabled: bool | None = None,
    page_key: str | None = None,
) -> Json:
    records = ctx.store.table(AGENTS).records()
    reached = visible(ctx, "agent")
    if reached is not None:
        records = [r for r in records if r.value["key"] in reached]
    return listing(ctx, "agents", records, limit, page_key, filter, enabled=enabled)


@operation("createAgent")
def create_agent(ctx: Context, body: Json) -> tuple[Json, int]:
    return _added(ctx.world, body), 201


@operation("getAgent")
def get_agent(ctx: Context, agent_key: str) -> Json:
    return ctx.store.table(AGENTS).get(agent_key)


@operation("replaceAgent")
def replace_agent(ctx: Context, agent_key: str, body: Json) -> Json:
    old = _up_to_date(ctx, agent_key)
    if body.get("key", agent_key) != agent_key:
        raise BadRequest({"body.key": f"the key of this agent is '{agent_key}' and stays"})
    agent_references.check(ctx.store, body, agent_references.used_instructions(old))
    return _kept(ctx.world, old, _described(body, body, *agent_steps.entered(body)))


@operation("updateAgent")
def update_agent(ctx: Context, agent_key: str, body: Json) -> Json:
    old = _up_to_date(ctx, agent_key)
    agent_references.check(ctx.store, body, agent_references.used_instructions(old))
    whole = {**old, **body}
    for member in ("tool_configurations", "skills"):
        if body.get(member) is not None:
            merged = {**old.get(member, {}), **body[member]}
            whole[member] = {name: value for name, value in merged.items() if value is not None}
    return _kept(ctx.world, old, _described(body, whole, *agent_steps.changed(old, body)))


@operation("deleteAgent")
def delete_agent(ctx: Context, agent_key: str) -> None:
    """With its sessions and schedules. Other agents may go on naming it; it is missed when they call it."""
    ctx.store.table(AGENTS).remove(agent_key)
    agent_schedules.forget(ctx.store, agent_key)
    agent_store.forget(ctx.world, agent_key)
    roles.forget(ctx.store, "agent", agent_key)


@operation("getAgentIdentity")
def get_agent_identity(ctx: Context, agent_key: str) -> Json:
    return _identity(ctx.store, ctx.store.table(AGENTS).record(agent_key))


@operation("updateAgentIdentity")
def update_agent_identity(ctx: Context, agent_key: str, body: Json) -> Json:
    """In the mode auto the roles follow the tools, so that those in the request do nothing."""
    agents = ctx.store.table(AGENTS)
    record = agents.record(agent_key)
    old = _identity(ctx.store, record)
    identity = {**old, "mode": body.get("mode", old["mode"])}
    if identity["mode"] == "manual":
        identity |= picked(body, _ROLE_MEMBERS)
    if identity != old:
        agents.replace(record.value, identity=identity)
    return _identity(ctx.store, agents.record(agent_key))


def _up_to_date(ctx: Context, agent_key: str) -> Json:
    """The agent before a change, which what was due before it does not see."""
    agent = ctx.store.table(AGENTS).get(agent_key)
    agent_schedules.catch_up(ctx, agent_key)
    return agent


def seed(world: World, row: Json) -> None:
    """One row of the fixture section `agents`: a create request."""
    _added(world, row)


def _added(world: World, body: Mapping[str, Any]) -> Json:
    agents = world.store.table(AGENTS)
    agent_references.check(world.store, body)
    described = _described(body, body, *agent_steps.entered(body))
    key = body.get("key") or new_key(world, "agt", body["name"], agents)
    now = world.clock.stamp()
    identity = {"mode": "auto", "client_id": world.ids.hexadecimal("agent_client", CLIENT_ID_LENGTH)}
    return agents.add({"key": key, **described, "created_at": now, "updated_at": now}, identity=identity)


def _kept(world: World, old: Json, described: Json) -> Json:
    """Put a new description in place of the old one; nothing is written when they are the same."""
    ends = {member: old[member] for member in ("created_at", "updated_at")}
    agent = {"key": old["key"], **described, **ends}
    if agent == old:
        return old
    return world.store.table(AGENTS).replace({**agent, "updated_at": world.clock.stamp()})


def _described(body: Mapping[str, Any], given: Mapping[str, Any], steps: dict[str, Json], first: str) -> Json:
    """An agent without key and times, of what the API knows; 400 when its parts do not fit together.

    Args:
        body: the request, which decides where a fault is.
        given: the whole agent.
    """
    agent: Json = {"name": given["name"]}
    if given.get("description") is not None:
        agent["description"] = given["description"]
    tools = (given.get("tool_configurations") or {}).items()
    agent["tool_configurations"] = {name: _known(_VARIANTS[tool["type"]], tool) for name, tool in tools}
    if given.get("skills"):
        agent["skills"] = {name: _known(wire.AgentSkill, skill) for name, skill in given["skills"].items()}
    agent["model"] = _known(wire.AgentModel, given["model"])
    agent |= {"first_step_name": first, "steps": steps}
    found = agent_steps.faults(agent, "body.first_step" if "first_step" in body else f"body.steps.{first}")
    if found:
        raise BadRequest(found)
    agent["first_step"] = {"name": first, **steps[first]}
    agent["metadata"] = given.get("metadata") or {}
    agent["enabled"] = given.get("enabled") is not False
    for member, shape in (
        ("compaction", wire.CompactionConfig),
        ("tool_output_offloading", wire.ToolOutputOffloadingConfiguration),
    ):
        if given.get(member) is not None:
            agent[member] = _known(shape, given[member])
    return agent


def _known(shape: Any, given: Mapping[str, Any]) -> Json:
    """The members of a shape that are given; what the API does not know is not kept."""
    return {member: given[member] for member in shape.__annotations__ if given.get(member) is not None}


def _identity(store: Store, record: Record[Json]) -> Json:
    """The identity as it is now: in the mode auto its roles are those that the tools take."""
    identity: Json = record.private["identity"]
    return (
        {**identity, **agent_references.roles(store, record.value)}
        if identity["mode"] == "auto"
        else identity
    )
