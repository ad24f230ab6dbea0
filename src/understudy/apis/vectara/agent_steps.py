"""The steps of an agent: how they are given, changed one by one, and what they name of each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from understudy.apis.vectara.output_schemas import strict_faults
from understudy.apis.vectara.user_functions import UserFunction, UserFunctionError, cached_function
from understudy.apis.vectara.wire import AgentStep
from understudy.errors import BadRequest

Json = dict[str, Any]

FIRST_STEP = "main"
"""The name of a first step that is given without one (guess: the newest form wants a name)."""
STEP_TYPE = "conversational"


def entered(body: Mapping[str, Any]) -> tuple[dict[str, Json], str]:
    """The steps of a whole agent by name, and the name of the first; 400 when it is not clear which it is."""
    steps = {name: _step({}, step, f"body.steps.{name}") for name, step in body.get("steps", {}).items()}
    first, named = body.get("first_step"), body.get("first_step_name")
    if first is None:
        if named is None:
            raise BadRequest({"body.first_step": "is required, unless first_step_name names one of steps"})
        return steps, named
    name = first.get("name") or named or FIRST_STEP
    _agree(named, name)
    step = _step({}, first, "body.first_step")
    if steps.get(name, step) != step:
        raise BadRequest({"body.first_step.name": f"'{name}' is another step in steps"})
    return {name: step, **steps}, name


def changed(agent: Mapping[str, Any], body: Mapping[str, Any]) -> tuple[dict[str, Json], str]:
    """The steps of an agent after a partial change, and the name of the first one."""
    steps, entry = dict(agent["steps"]), agent["first_step_name"]
    for name, change in body.get("steps", {}).items():
        if change is None:
            steps.pop(name, None)
        else:
            steps[name] = _step(steps.get(name, {}), change, f"body.steps.{name}")
    if "first_step" in body:
        change = body["first_step"]
        name = change.get("name", entry)
        _agree(body.get("first_step_name"), name)
        if name != entry and name in steps:
            raise BadRequest({"body.first_step.name": f"'{name}' is another step"})
        step = _step(steps.get(entry, {}), change, "body.first_step")
        rest = {key: value for key, value in steps.items() if key != entry}
        return {name: step, **rest}, name
    return steps, body.get("first_step_name", entry)


def faults(agent: Mapping[str, Any], first: str) -> dict[str, str]:
    """What the steps of an agent get wrong about it and each other, by place.

    `first` is the place where the request has the first step; others stand in `body.steps`.
    """
    steps = agent["steps"]
    if agent["first_step_name"] not in steps:
        return {"body.first_step_name": _unknown("step", agent["first_step_name"], steps)}
    found: dict[str, str] = {}
    for name, step in steps.items():
        place = first if name == agent["first_step_name"] else f"body.steps.{name}"
        for member, what, there in (
            ("allowed_tools", "tool configuration", agent["tool_configurations"]),
            ("allowed_skills", "skill", agent.get("skills", {})),
        ):
            for number, one in enumerate(step.get(member, ())):
                if one not in there:
                    found[f"{place}.{member}[{number}]"] = _unknown(what, one, there)
        found |= _ways(step, steps, place)
        if step["output_parser"]["type"] == "structured":
            found |= strict_faults(step["output_parser"]["json_schema"], f"{place}.output_parser.json_schema")
    return found


def instructions(body: Mapping[str, Any]) -> Iterator[tuple[str, Json]]:
    """Every instruction that a request or an agent gives to a step, with its place."""
    return _of_steps(body, "instructions")


def reminders(body: Mapping[str, Any]) -> Iterator[tuple[str, Json]]:
    """Every reminder, likewise."""
    return _of_steps(body, "reminders")


def _of_steps(body: Mapping[str, Any], member: str) -> Iterator[tuple[str, Json]]:
    steps = {f"body.steps.{name}": step for name, step in body.get("steps", {}).items()}
    for place, step in {**steps, "body.first_step": body.get("first_step")}.items():
        for number, one in enumerate((step or {}).get(member) or ()):
            yield f"{place}.{member}[{number}]", one


def _agree(named: str | None, name: str) -> None:
    if named not in (None, name):
        raise BadRequest({"body.first_step_name": f"is '{named}', but the name of first_step is '{name}'"})


def _step(old: Mapping[str, Any], change: Mapping[str, Any], place: str) -> Json:
    """A step after a change; null empties what may be absent."""
    step = {**old, "type": STEP_TYPE}
    for member in AgentStep.__annotations__:
        if member == "type" or member not in change:
            continue
        if change[member] is not None:
            step[member] = change[member]
        elif member == "instructions":
            step[member] = []
        else:
            step.pop(member, None)
    for member in ("instructions", "output_parser"):
        if member not in step:
            raise BadRequest({f"{place}.{member}": "is required"})
    return step


def _ways(step: Mapping[str, Any], steps: Mapping[str, Any], place: str) -> dict[str, str]:
    """What is wrong with the ways that lead on from a step."""
    found: dict[str, str] = {}
    for number, way in enumerate(step.get("next_steps", ())):
        here = f"{place}.next_steps[{number}]"
        if way["step_name"] not in steps:
            found[f"{here}.step_name"] = _unknown("step", way["step_name"], steps)
        if "condition" in way:
            found |= condition_faults(way["condition"], f"{here}.condition")
    if step.get("reentry_step", next(iter(steps))) not in steps:
        found[f"{place}.reentry_step"] = _unknown("step", step["reentry_step"], steps)
    return found


def condition_faults(text: str, place: str) -> dict[str, str]:
    """What is wrong with a condition, by the place where it stands."""
    try:
        compiled = cached_function(text)
    except UserFunctionError as error:
        return {place: str(error)}
    return {} if isinstance(compiled, UserFunction) else {place: "knee() is no condition"}


def _unknown(what: str, name: str, there: Mapping[str, Any]) -> str:
    return f"no {what} '{name}'; there is {', '.join(there) or 'none'}"
