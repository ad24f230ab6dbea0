"""Agent sessions: conversations with agents. Spec tag: Agent Sessions.

Events are in `agent_events`, artifacts in `agent_artifacts`, and what an agent does is in `agent_turns`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from understudy.apis.vectara import agent_compaction, agent_schedules, agent_store
from understudy.apis.vectara.agent_log import Log, events_of, visible
from understudy.apis.vectara.agent_store import sessions_of, usable
from understudy.apis.vectara.kinds import AGENT_SESSIONS, AGENTS
from understudy.apis.vectara.members import picked
from understudy.apis.vectara.pages import matching, page
from understudy.engine.context import Context
from understudy.engine.operation import operation
from understudy.errors import BadRequest
from understudy.state.clock import stamp
from understudy.state.store import Record
from understudy.state.world import World

Json = dict[str, Any]

MINUTE = 60_000
_CHANGEABLE = ("name", "description", "metadata", "enabled", "tti_minutes")


@operation("listAgentSessions")
def list_agent_sessions(
    ctx: Context, agent_key: str, *, limit: int, filter: str | None = None, page_key: str | None = None
) -> Json:
    settle(ctx, agent_key)
    records = sessions_of(ctx.store, agent_key).records()
    records = matching(records, filter, "key", "name", "description")
    shown, metadata = page(ctx, records, limit, page_key, filter)
    return {"sessions": shown, "metadata": metadata}


@operation("createAgentSession")
def create_agent_session(ctx: Context, agent_key: str, body: Json) -> tuple[Json, int]:
    settle(ctx, agent_key)
    agent = usable(ctx.store, agent_key)
    origin = body.get("from_session")
    source = _origin(ctx, agent_key, origin) if origin else None
    made = agent_store.make(ctx.world, agent, body, ctx.clock.millis())
    if origin and source:
        _copy(ctx.world, source, made, origin)
    return made, 201


@operation("getAgentSession")
def get_agent_session(ctx: Context, agent_key: str, session_key: str) -> Json:
    return find(ctx, agent_key, session_key).value


@operation("updateAgentSession")
def update_agent_session(ctx: Context, agent_key: str, session_key: str, body: Json) -> Json:
    session = find(ctx, agent_key, session_key).value
    changed = {**session, **picked(body, _CHANGEABLE)}
    table = sessions_of(ctx.store, agent_key)
    return session if changed == session else table.replace(changed, active=ctx.clock.millis())


@operation("deleteAgentSession")
def delete_agent_session(ctx: Context, agent_key: str, session_key: str) -> None:
    find(ctx, agent_key, session_key)
    agent_store.remove(ctx.world, agent_key, session_key)


def settle(ctx: Context, agent_key: str) -> None:
    """Bring the sessions of an agent up to the time: schedules have made some, idle ones are gone; 404."""
    ctx.store.table(AGENTS).record(agent_key)
    agent_schedules.catch_up(ctx, agent_key)
    now = ctx.clock.millis()
    for record in sessions_of(ctx.store, agent_key).records():
        lasts = record.value["tti_minutes"] * MINUTE
        if lasts and now - record.private["active"] >= lasts:
            agent_store.remove(ctx.world, agent_key, record.value["key"])


def find(ctx: Context, agent_key: str, session_key: str) -> Record[Json]:
    """A session that is there now; 404 names the agent or the session."""
    settle(ctx, agent_key)
    return sessions_of(ctx.store, agent_key).record(session_key)


def seed(world: World, row: Json) -> None:
    """One row of the fixture section `agent_sessions`: a create request, its agent, and what happened."""
    agent = world.store.table(AGENTS).get(row["agent_key"])
    now = world.clock.millis()
    session = agent_store.make(world, agent, row, now)
    artifacts = agent_store.artifacts_of(world, agent["key"], session["key"])
    for file in row.get("artifacts", ()):
        known = {"artifact_id": file["artifact_id"]} if "artifact_id" in file else {}
        media_type = file.get("mime_type", "text/plain")
        agent_store.keep(world, artifacts, file["filename"], media_type, file["text"].encode(), now, **known)
    events = events_of(world, agent["key"], session["key"])
    for turn in row.get("turns", ()):
        said = [{"type": "text", "content": turn["user"]}]
        members = (
            {"type": "input_message", "messages": said},
            {"type": "agent_output", "content": turn["agent"]},
        )
        for event in members:
            event_id = f"aev_{session['key']}_{len(events) + 1}"
            ends = {"id": event_id, "session_key": session["key"], "created_at": stamp(now)}
            events.add({**event, **ends})


def _origin(ctx: Context, agent_key: str, origin: Mapping[str, Any]) -> Record[Json]:
    """The session that another begins as a copy of; 400 for what it names and is not there."""
    place = "body.from_session"
    if "include_up_to_event_id" in origin and "compact_up_to_event_id" in origin:
        raise BadRequest({f"{place}.compact_up_to_event_id": "cannot go with include_up_to_event_id"})
    source_key = origin.get("agent_key", agent_key)
    if source_key not in ctx.store.table(AGENTS):
        raise BadRequest({f"{place}.agent_key": f"no {AGENTS.title(source_key)}"})
    settle(ctx, source_key)
    found = sessions_of(ctx.store, source_key).find(origin["session_key"])
    if found is None:
        raise BadRequest({f"{place}.session_key": f"no {AGENT_SESSIONS.title(origin['session_key'])}"})
    kept = {record.value["id"] for record in visible(events_of(ctx.world, source_key, origin["session_key"]))}
    for member in ("include_up_to_event_id", "compact_up_to_event_id"):
        if member in origin and origin[member] not in kept:
            raise BadRequest({f"{place}.{member}": f"no visible event '{origin[member]}' in that session"})
    return found


def _copy(world: World, source: Record[Json], made: Json, origin: Mapping[str, Any]) -> None:
    """Fill a new session with what another has, up to an event, or with a summary up to there."""
    scope = (source.value["agent_key"], source.value["key"])
    log = Log(world, made["agent_key"], made["key"], world.clock.millis())
    records = visible(events_of(world, *scope))
    ids = [record.value["id"] for record in records]
    if "include_up_to_event_id" in origin:
        records = records[: ids.index(origin["include_up_to_event_id"]) + 1]
    elif "compact_up_to_event_id" in origin:
        end = ids.index(origin["compact_up_to_event_id"]) + 1
        agent_compaction.summarize(world, log, records[:end], made["effective_compaction"])
        records = records[end:]
    for record in records:
        log.copy(record)
    artifacts = agent_store.artifacts_of(world, made["agent_key"], made["key"])
    for artifact in agent_store.artifacts_of(world, *scope).records():
        agent_store.copy(artifact, artifacts)
