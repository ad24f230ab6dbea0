"""Artifacts: the files of a session. Spec tag: Agent Sessions."""

from __future__ import annotations

from typing import Any

from understudy.apis.vectara import agent_sessions
from understudy.apis.vectara.agent_store import artifacts_of
from understudy.apis.vectara.pages import page
from understudy.engine.context import Context
from understudy.engine.operation import operation

Json = dict[str, Any]


@operation("listSessionArtifacts")
def list_session_artifacts(
    ctx: Context,
    agent_key: str,
    session_key: str,
    *,
    limit: int,
    page_key: str | None = None,
    sort_by: str = "created_at",
    order_by: str = "asc",
) -> Json:
    """Artifacts are written once, so that both times give the same order."""
    agent_sessions.find(ctx, agent_key, session_key)
    records = artifacts_of(ctx.world, agent_key, session_key).records()
    newest_first = order_by == "desc"
    shown, metadata = page(ctx, records, limit, page_key, sort_by, order_by, newest_first=newest_first)
    return {"artifacts": shown, "metadata": metadata}


@operation("getSessionArtifact")
def get_session_artifact(ctx: Context, agent_key: str, session_key: str, artifact_id: str) -> Json:
    agent_sessions.find(ctx, agent_key, session_key)
    record = artifacts_of(ctx.world, agent_key, session_key).record(artifact_id)
    return {**record.value, "data": record.private["data"]}
