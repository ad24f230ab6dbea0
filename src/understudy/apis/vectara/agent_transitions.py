"""Where an agent goes when a step has answered: the conditions of its next steps, one after the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from understudy.apis.vectara.agent_view import View
from understudy.apis.vectara.user_functions import UserFunction, UserFunctionError, cached_function
from understudy.behaviours.decide import Decider, decide
from understudy.state.clock import stamp
from understudy.state.store import Record

Json = dict[str, Any]


def following(view: View, events: Sequence[Record[Json]], answer: str, decider: Decider | None) -> str | None:
    """The step that comes after the one of a view, None when there is none.

    Args:
        events: those of the session that are visible.
        answer: what the step said.
    """
    ways = view.step.get("next_steps", ())
    if not ways:
        return None
    row = _row(view, events, answer)

    def taken() -> str | None:
        return next((way["step_name"] for way in ways if holds(way.get("condition"), row, view.now)), None)

    return decide(decider, "next_step", row, taken)


def _row(view: View, events: Sequence[Record[Json]], answer: str) -> Json:
    """What the conditions of a way may ask for."""
    outputs: dict[str, Json] = {}
    for record in events:
        if record.value["type"] == "tool_output":
            latest = record.value["tool_output"]
            outputs[record.value["tool_configuration_name"]] = {"outputs": {"latest": latest}}
    is_structured = view.step["output_parser"]["type"] == "structured"
    output = structured(answer) if is_structured else {"text": answer}
    session = {name: view.session.get(name) for name in ("key", "name", "metadata")}
    agent = {name: view.agent.get(name) for name in ("key", "name", "metadata")}
    now = {"currentDate": stamp(view.now)[:10]}
    return {"agent": agent, "session": session, "tools": outputs, "output": output, **now}


def structured(answer: str) -> Any:
    """The value of a structured answer; a text that is none stays one."""
    try:
        return orjson.loads(answer)
    except orjson.JSONDecodeError:
        return answer


def holds(condition: str | None, row: Mapping[str, Any], now: int) -> bool:
    """Whether a condition holds; one that cannot be worked out does not (guess)."""
    if condition is None:
        return True
    try:
        compiled = cached_function(condition)
        return isinstance(compiled, UserFunction) and bool(compiled(row, now))
    except UserFunctionError:
        return False
