"""Compaction: the older part of a session, summed up in a few lines that the agent goes on to know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from understudy.apis.vectara.agent_log import COMPACTED, Log, hide
from understudy.behaviours.grounding import statements
from understudy.behaviours.phrases import is_lacking
from understudy.state.store import Record
from understudy.state.world import World

Json = dict[str, Any]

DEFAULTS: Mapping[str, Any] = {
    "enabled": True,
    "threshold_percent": 80,
    "keep_recent_inputs": 1,
    "tool_event_policy": "include_outputs",
}
"""What an agent does not say of its compaction (guess)."""
LONGEST_LINE = 500
"""Characters that a summary keeps of one message or output."""
LONGEST_SUMMARY = 12_000
"""Characters of a summary at most; the lines between its first and its last ones go (guess)."""
USER, AGENT, TOOL = "User: ", "Agent: ", "Tool "


def effective(agent: Mapping[str, Any]) -> Json:
    """The compaction of a session that begins now."""
    return {**DEFAULTS, **agent.get("compaction", {})}


def old_enough(records: Sequence[Record[Json]], keep_inputs: int) -> Sequence[Record[Json]]:
    """The events before the last `keep_inputs` messages."""
    inputs = [at for at, record in enumerate(records) if record.value["type"] == "input_message"]
    if not keep_inputs:
        return records
    return records[: inputs[-keep_inputs]] if len(inputs) > keep_inputs else []


def compact(
    world: World,
    log: Log,
    records: Sequence[Record[Json]],
    config: Mapping[str, Any],
    longest: int = LONGEST_SUMMARY,
) -> None:
    """Hide events and keep a summary of them, of so many characters at most."""
    log.tell("compaction_started")
    for record in records:
        hide(log.table, record.value["id"], COMPACTED)
    summarize(world, log, records, config, longest)


def summarize(
    world: World,
    log: Log,
    records: Sequence[Record[Json]],
    config: Mapping[str, Any],
    longest: int = LONGEST_SUMMARY,
) -> None:
    """Keep a summary of events, which stay as they are."""
    events = [record.value for record in records]
    log.add(
        "compaction",
        turns_compacted=sum(event["type"] == "input_message" for event in events),
        events_compacted=len(events),
        summary_text=_summary(events, config["tool_event_policy"], longest),
        summary_key=f"sum_{world.ids.hexadecimal('summary', 12)}",
    )


def known_from(summary: str) -> list[str]:
    """What a summary tells that an answer may rest on: what the user stated, and what the agent knew."""
    stated, answered = [], []
    for line in summary.splitlines():
        if line.startswith(USER):
            stated += statements(line.removeprefix(USER))
        elif line.startswith(AGENT) and not is_lacking(answer := line.removeprefix(AGENT)):
            answered += statements(answer)
    return list(dict.fromkeys([*stated, *(one for one in answered if not any(s in one for s in stated))]))


def _summary(events: Sequence[Json], policy: str, longest: int) -> str:
    lines = [line for event in events for line in _lines(event, policy)]
    size, middle = sum(map(len, lines)), len(lines) // 2
    while size > longest:
        size -= len(lines.pop(middle))
        middle = len(lines) // 2
    return "\n".join(lines)


def _lines(event: Json, policy: str) -> list[str]:
    kind = event["type"]
    if kind == "compaction":
        return str(event.get("summary_text", "")).splitlines()
    if kind == "input_message":
        said = " ".join(part["content"] for part in event["messages"] if part["type"] == "text")
        return [USER + _short(said)] if said.strip() else []
    if kind == "agent_output":
        return [AGENT + _short(event["content"])]
    if kind == "structured_output":
        return [AGENT + _short(orjson.dumps(event["content"]).decode())]
    if kind == "artifact_upload":
        names = ", ".join(f"{one['filename']} ({one['artifact_id']})" for one in event["artifacts"])
        return [f"{USER}handed over {_short(names)}"]
    if (kind == "tool_output" and policy != "exclude") or (kind == "tool_input" and policy == "include_all"):
        told = orjson.dumps(event[kind]).decode()
        return [f"{TOOL}{event['tool_configuration_name']}: {_short(told)}"]
    return []


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_LINE else f"{line[:LONGEST_LINE]} ..."
