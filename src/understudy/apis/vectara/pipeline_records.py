"""One record of a pipeline: an agent gets it in a session of its own, and what it did is judged."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from understudy.apis.vectara import agent_store, agent_turns
from understudy.apis.vectara.agent_transitions import holds
from understudy.apis.vectara.agent_turns import Taken
from understudy.apis.vectara.pipeline_sources import SourceRecord
from understudy.behaviours.decide import decide
from understudy.engine.context import Context
from understudy.errors import ApiError
from understudy.state.clock import stamp

Json = dict[str, Any]

ASKED = "Was this record processed as it should be?"
"""What a judge is asked, behind the record and what was answered (guess)."""
_NEGATIVE = re.compile(
    r"\W*(?:no|not|false|fail(?:s|ed|ure)?|reject(?:s|ed)?|incorrect|wrong)\b", re.IGNORECASE
)


class Failed(Exception):
    """A record that was not processed; the text says why."""


def process(
    ctx: Context, run: Mapping[str, Any], transform: Json, record: SourceRecord | None, now: int
) -> None:
    """Hand a record to the agent of a pipeline; Failed when it, or what verifies it, does not go well."""
    if record is None:
        raise Failed("the source has no such record any more")
    session, taken = _turn(ctx, transform["agent_key"], run, record, record.text, now)
    verification = transform.get("verification")
    if verification is None:
        return
    if verification["type"] == "condition":
        row = _row(ctx, transform["agent_key"], session, record, taken.told, now)
        if not holds(verification["expression"], row, now):
            raise Failed(f"the condition does not hold: {verification['expression']}")
        return
    asked = f"Record {record.id}:\n{record.text}\n\nAnswer:\n{taken.answer}\n\n{ASKED}"
    _, judged = _turn(ctx, verification["agent_key"], run, record, asked, now)
    facts = {"record": record.id, "answer": taken.answer, "verdict": judged.answer}
    if not decide(ctx.decider, "pipeline_verdict", facts, lambda: approves(judged.answer)):
        raise Failed(f"agent '{verification['agent_key']}' rejects it: {judged.answer}")


def approves(verdict: str) -> bool:
    """Whether what a judge says is a yes (guess).

    Of an object its first boolean decides; of a text, whether it begins with a word such as no or failed.
    """
    try:
        value = orjson.loads(verdict)
    except orjson.JSONDecodeError:
        value = None
    if isinstance(value, dict):
        value = next((member for member in value.values() if isinstance(member, bool)), None)
    return value if isinstance(value, bool) else _NEGATIVE.match(verdict) is None


def _turn(
    ctx: Context, agent_key: str, run: Mapping[str, Any], record: SourceRecord, text: str, now: int
) -> tuple[Json, Taken]:
    """A new session of an agent, and what it did with a text."""
    names = {"pipeline_key": run["pipeline_key"], "run_id": run["id"], "source_record_id": record.id}
    try:
        agent = agent_store.usable(ctx.store, agent_key)
        wanted = {"name": record.id, "metadata": {**record.metadata, **names}}
        session = agent_store.make(ctx.world, agent, wanted, now)
        if not text.strip():
            raise Failed("the record is empty")
        message = [{"type": "text", "content": text}]
        taken = agent_turns.take(ctx, agent_key, session["key"], message, now)
    except ApiError as error:
        raise Failed("; ".join(error.messages)) from None
    for event in taken.told:
        if event["type"] == "context_limit_exceeded":
            raise Failed(event["message"])
    return session, taken


def _row(
    ctx: Context, agent_key: str, session: Json, record: SourceRecord, told: Sequence[Json], now: int
) -> Json:
    """What a condition may ask for: what those between steps may, and the record."""
    agent = agent_store.usable(ctx.store, agent_key)
    output: Any = {"text": ""}
    tools: dict[str, Json] = {}
    for event in told:
        if event["type"] == "tool_output":
            tools[event["tool_configuration_name"]] = {"outputs": {"latest": event["tool_output"]}}
        elif event["type"] == "agent_output":
            output = {"text": event["content"]}
        elif event["type"] == "structured_output":
            output = event["content"]
    return {
        "agent": {name: agent.get(name) for name in ("key", "name", "metadata")},
        "session": {name: session.get(name) for name in ("key", "name", "metadata")},
        "tools": tools,
        "output": output,
        "record": {"id": record.id, "metadata": record.metadata},
        "currentDate": stamp(now)[:10],
    }
