"""Agent schedules: agents that act again and again, by the clock. Spec tag: Agent Schedules.

Nothing runs in the background: what was executed is computed from the clock of the world when it is looked
at. A change of a schedule, or of whether its agent is enabled, first writes down what was executed before.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from hashlib import blake2b
from typing import Any

from understudy.apis.vectara.keys import LONGEST_KEY, new_key, slug
from understudy.apis.vectara.kinds import AGENTS
from understudy.apis.vectara.pages import page
from understudy.behaviours.cron import cron
from understudy.behaviours.intervals import interval
from understudy.engine.context import Context
from understudy.engine.operation import operation
from understudy.errors import BadRequest
from understudy.state.clock import stamp
from understudy.state.store import Kind, Record, Store
from understudy.state.world import World

Json = dict[str, Any]

AGENT_SCHEDULES: Kind[Json] = Kind("agent_schedule", key="key", noun="schedule")
"""Schedules, one table per agent key."""
KEPT = 10
"""How many executions a schedule keeps unless it says otherwise."""
SESSION_DIGITS = 8
"""Hex digits behind the name in the key of a session (guess)."""
_CHANGEABLE = (
    "name", "description", "message", "schedule", "enabled", "session_metadata", "max_executions_to_keep",
)  # fmt: skip


@operation("listAgentSchedules")
def list_agent_schedules(ctx: Context, agent_key: str, *, limit: int, page_key: str | None = None) -> Json:
    ctx.store.table(AGENTS).get(agent_key)
    schedules = ctx.store.table(AGENT_SCHEDULES, agent_key)
    shown, metadata = page(ctx, schedules.records(), limit, page_key)
    told = [_shown(ctx.world, schedules.record(schedule["key"])) for schedule in shown]
    return {"schedules": told, "metadata": metadata}


@operation("createAgentSchedule")
def create_agent_schedule(ctx: Context, agent_key: str, body: Json) -> tuple[Json, int]:
    return _added(ctx.world, agent_key, body), 201


@operation("getAgentSchedule")
def get_agent_schedule(ctx: Context, agent_key: str, schedule_key: str) -> Json:
    return _shown(ctx.world, _record(ctx.store, agent_key, schedule_key))


@operation("updateAgentSchedule")
def update_agent_schedule(ctx: Context, agent_key: str, schedule_key: str, body: Json) -> Json:
    """Another interval counts from now; a pause does not move the moments of an interval (guess)."""
    record = _record(ctx.store, agent_key, schedule_key)
    _check(ctx.store.table(AGENTS).get(agent_key), body)
    changed = {**record.value, **_given(body)}
    if changed != record.value:
        now = ctx.clock.millis()
        progress = {**_written_down(ctx.world, record), "since": now}
        if changed["schedule"] != record.value["schedule"]:
            progress["anchor"] = now
        ctx.store.table(AGENT_SCHEDULES, agent_key).replace(changed, **progress)
    return _shown(ctx.world, _record(ctx.store, agent_key, schedule_key))


@operation("deleteAgentSchedule")
def delete_agent_schedule(ctx: Context, agent_key: str, schedule_key: str) -> None:
    _record(ctx.store, agent_key, schedule_key)
    ctx.store.table(AGENT_SCHEDULES, agent_key).remove(schedule_key)


@operation("listAgentScheduleExecutions")
def list_agent_schedule_executions(
    ctx: Context, agent_key: str, schedule_key: str, *, limit: int, page_key: str | None = None
) -> Json:
    record = _record(ctx.store, agent_key, schedule_key)
    records = [Record(execution, {}, number) for number, execution in _executions(ctx.world, record)]
    shown, metadata = page(ctx, records, limit, page_key, newest_first=True)
    return {"executions": shown, "metadata": metadata}


def settle(world: World, agent_key: str) -> None:
    """Write down what the schedules of an agent have executed, before it is enabled or disabled."""
    schedules = world.store.table(AGENT_SCHEDULES, agent_key)
    for record in schedules.records():
        schedules.replace(record.value, **_written_down(world, record))


def forget(store: Store, agent_key: str) -> None:
    """Take away the schedules of an agent that is gone."""
    store.table(AGENT_SCHEDULES, agent_key).clear()


def seed(world: World, row: Json) -> None:
    """One row of the fixture section `agent_schedules`: the key of an agent and a create request."""
    _added(world, row["agent_key"], row)


def _record(store: Store, agent_key: str, schedule_key: str) -> Record[Json]:
    store.table(AGENTS).get(agent_key)
    return store.table(AGENT_SCHEDULES, agent_key).record(schedule_key)


def _added(world: World, agent_key: str, body: Mapping[str, Any]) -> Json:
    _check(world.store.table(AGENTS).get(agent_key), body)
    schedules = world.store.table(AGENT_SCHEDULES, agent_key)
    schedule = {
        "key": body.get("key") or new_key(world, "sch", body["name"], schedules),
        "agent_key": agent_key,
        "enabled": True,
        "session_metadata": {},
        "max_executions_to_keep": KEPT,
        **_given(body),
        "created_at": world.clock.stamp(),
    }
    now = world.clock.millis()
    stem = world.ids.hexadecimal("schedule", 32)
    return schedules.add(schedule, anchor=now, since=now, past=[], done=0, stem=stem)


def _given(body: Mapping[str, Any]) -> Json:
    return {member: body[member] for member in _CHANGEABLE if member in body}


def _check(agent: Mapping[str, Any], body: Mapping[str, Any]) -> None:
    """400 for a time that is none, and for a skill that the agent does not have."""
    found: dict[str, str] = {}
    read: dict[str, Callable[[str], object]] = {"interval": interval, "cron_expression": cron}
    for member, value in body.get("schedule", {}).items():
        try:
            read.get(member, str)(value)
        except ValueError as error:
            found[f"body.schedule.{member}"] = str(error)
    for number, part in enumerate(body.get("message", ())):
        if part["type"] == "skill" and part["skill_name"] not in agent.get("skills", {}):
            found[f"body.message[{number}].skill_name"] = f"the agent has no skill '{part['skill_name']}'"
    if found:
        raise BadRequest(found)


def _shown(world: World, record: Record[Json]) -> Json:
    executions = _executions(world, record)
    if not executions:
        return record.value
    return {**record.value, "last_execution_at": executions[-1][1]["executed_at"]}


def _written_down(world: World, record: Record[Json]) -> Json:
    """The progress of a schedule with everything in `past` that was executed until now."""
    now = world.clock.millis()
    count = _due(record, now)[0]
    past = [[number, execution] for number, execution in _executions(world, record)]
    return {"past": past, "done": record.private["done"] + count, "since": now}


def _executions(world: World, record: Record[Json]) -> list[tuple[int, Json]]:
    """The executions that are kept, oldest first, each with its number from 1."""
    most, done = record.value["max_executions_to_keep"], record.private["done"]
    count, moment = _due(record, world.clock.millis())
    kept = [(number, execution) for number, execution in record.private["past"]]
    for number in range(max(1, count - most + 1), count + 1):
        kept.append((done + number, _execution(world, record, done + number, moment(number))))
    return kept[-most:]


def _due(record: Record[Json], now: int) -> tuple[int, Callable[[int], int]]:
    """How often a schedule was due since its progress was written down, and when for the n-th time."""
    schedule, since, anchor = record.value["schedule"], record.private["since"], record.private["anchor"]
    enabled = record.value["enabled"]
    if schedule["type"] == "interval":
        every = interval(schedule["interval"])
        before = every.count(anchor, since)
        count = every.count(anchor, now) - before if enabled else 0
        return count, lambda number: every.nth(anchor, before + number)
    line = cron(schedule["cron_expression"])

    def moment(number: int) -> int:
        found = line.nth(since, number)
        assert found is not None  # only asked for what was counted
        return found

    return line.count(since, now) if enabled else 0, moment


def _execution(world: World, record: Record[Json], number: int, at: int) -> Json:
    """The one attempt of the `number`-th execution; an agent that is disabled gets no session."""
    schedule = record.value
    digest = blake2b(f"{record.private['stem']}:{number}".encode(), digest_size=16).hexdigest()
    execution: Json = {
        "schedule_key": schedule["key"],
        "workflow_run_id": f"{digest[:8]}-{digest[8:12]}-4{digest[13:16]}-a{digest[17:20]}-{digest[20:]}",
        "attempt": 1,
        "status": "success",
        "executed_at": stamp(at),
    }
    agent_key = schedule["agent_key"]
    if not world.store.table(AGENTS).get(agent_key)["enabled"]:
        return {**execution, "status": "error", "error_message": f"{AGENTS.title(agent_key)} is disabled"}
    name = slug(schedule["key"], LONGEST_KEY - SESSION_DIGITS - 5)
    return {**execution, "session_key": f"ase_{name}_{digest[:SESSION_DIGITS]}"}
