"""Offloading: the output of a tool that is too large to be told becomes an artifact of the session."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import orjson

from understudy.apis.vectara import agent_store
from understudy.apis.vectara.agent_requests import window_of
from understudy.apis.vectara.agent_tool_runs import Outcome, Run

LIMITS: Mapping[str, float] = {
    "context_percentage": 10.0, "min_threshold_bytes": 4096, "max_threshold_bytes": 262_144,
}  # fmt: skip
"""When the output of a tool becomes an artifact, unless the agent says otherwise (guess)."""
BYTES_PER_TOKEN = 4


def offloaded(one: Run, outcome: Outcome) -> Outcome:
    """The outcome, or where it was put when it is too large to be told."""
    config = one.agent.get("tool_output_offloading", {})
    reads = any(tool["type"] == "artifact_read" for tool in one.agent["tool_configurations"].values())
    if outcome.error or not config.get("enabled", reads) or one.offer.kind.startswith("artifact_"):
        return outcome
    limits = {**LIMITS, **config}
    share = window_of(one.ctx.store, one.agent) * BYTES_PER_TOKEN * limits["context_percentage"] / 100
    most = min(max(share, limits["min_threshold_bytes"]), limits["max_threshold_bytes"])
    content = orjson.dumps(outcome.output)
    if len(content) <= most:
        return outcome
    made = one.keep(f"{one.offer.name}.json", "application/json", content)
    return replace(outcome, output=agent_store.reference(made))
