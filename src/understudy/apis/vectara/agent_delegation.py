"""Delegation: a sub-agent answers for an agent, in a session of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from understudy.apis.vectara import agent_store
from understudy.apis.vectara.agent_tool_runs import Run
from understudy.apis.vectara.agent_tools import LLM_CONTROLLED
from understudy.errors import BadRequest, Unprocessable

Json = dict[str, Any]

DEEPEST = 4
"""How many agents stand behind each other in one turn (guess)."""

Answer = Callable[[Json, Json, list[Json]], str]
"""What an agent says in a session to messages."""


def delegate(one: Run, depth: int, answer: Answer) -> Json:
    """Let the sub-agent of a tool answer, or leave nothing: `{session_key, sub_agent_response}`.

    Args:
        depth: how many agents wait for this one.
    """
    config = one.offer.configuration["sub_agent_configuration"]
    message = one.text("message")
    if depth >= DEEPEST:
        raise Unprocessable(f"{DEEPEST} agents wait for each other already")
    if not message.strip():
        raise BadRequest({"message": "is empty"})
    with one.ctx.store.transaction():
        agent = agent_store.usable(one.ctx.store, config["agent_key"])
        session = _session(one, agent, config)
        artifacts = agent_store.artifacts_of(one.ctx.world, agent["key"], session["key"])
        for record in one.artifacts.records():
            if record.value["artifact_id"] in message:
                agent_store.copy(record, artifacts)
        said = answer(agent, session, [{"type": "text", "content": message}])
        return {"session_key": session["key"], "sub_agent_response": said}


def _session(one: Run, agent: Json, config: Mapping[str, Any]) -> Json:
    """The session of a sub-agent: a new one, or one that works for this agent already."""
    sessions = agent_store.sessions_of(one.ctx.store, agent["key"])
    mode, named = config.get("session_mode", LLM_CONTROLLED), one.text("session_key")
    if mode == LLM_CONTROLLED and named:
        record = sessions.find(named)
        if record is None or record.private.get("parent") != one.agent["key"]:
            raise BadRequest({"session_key": f"no session '{named}' that works for this agent"})
        return record.value
    mine = (one.agent["key"], one.session["key"], one.offer.name)
    if mode == "persistent":
        for record in sessions.records():
            if tuple(record.private.get("caller", ())) == mine:
                return record.value
    minutes = one.arguments.get("session_tti_minutes")
    body: Json = {"metadata": config.get("session_metadata", {})}
    body |= {"tti_minutes": minutes} if isinstance(minutes, int) and minutes > 0 else {}
    facts = {"parent": one.agent["key"], "caller": list(mine)}
    return agent_store.make(one.ctx.world, agent, body, one.now, **facts)
