"""Functions of the service that ran for an answer, as answers and streams tell them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import orjson

from understudy.engine.context import Context

Json = dict[str, Any]
STATES = ("Created", "Running")
"""The states that a stream tells of a function, in this order; those of `ran` are what became of it."""
COMPLETED, FAILED = "Completed", "Failed"
EXPLANATIONS: Mapping[str, tuple[str, str]] = {
    "read_skill": ("The message is about what this skill describes.", "Follow its instructions."),
    "query_knowledge": ("The message is a question.", "Find documents that answer it."),
    "memory_save": ("The message asks to have a fact remembered.", "Know it in later conversations."),
    "web_search": ("Nothing at hand answers the message.", "Find pages that do."),
    "open_url": ("The message names an address.", "Read what stands there."),
    "calendar_save": ("The message tells a date to be kept.", "Find it again when it is asked for."),
    "calendar_search": ("The message asks for dates.", "Tell those that are kept."),
    "schedule_message": ("The message asks for something at a time.", "Write then."),
    "schedule_recurring_task": (
        "The message asks for something again and again.",
        "Do it at each of the times.",
    ),
    "evaluate_code": ("The message is a sum.", "Work it out exactly."),
}
"""Reason and goal of each function."""
OF_WORKER = ("The model called it.", "Go on with what the worker answers.")
"""Those of a tool that the worker of a gateway answers."""


def ran(ctx: Context, name: str, arguments: Mapping[str, Any], result: str, state: str = COMPLETED) -> Json:
    """A function that ran, as `runned_functions` tells it; `result` is its words, or JSON as text."""
    function_id = f"fn_{ctx.ids.hexadecimal('function', 24)}"
    return {"name": name, "id": function_id, "arguments": dict(arguments), "result": result, "state": state}


def chunks(functions: Iterable[Mapping[str, Any]], like: Json, *, explained: bool) -> Iterator[Json]:
    """The chunks of a stream that tell of functions: one for each state of each.

    Args:
        like: a chunk of that stream.
        explained: whether each says why its function ran, and what for.
    """
    for function in functions:
        told = {
            "name": function["name"],
            "id": function["id"],
            "contents": orjson.dumps(function["arguments"]).decode(),
        }
        if explained:
            reason, goal = EXPLANATIONS.get(function["name"], OF_WORKER)
            told["explanation"] = {"reason": reason, "goal": goal}
        for state in STATES:
            yield {**like, "choices": [], "servertool": {**told, "state": state}}
