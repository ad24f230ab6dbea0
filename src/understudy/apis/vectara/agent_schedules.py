"""Agent schedules: agents that act again and again, by the clock. Spec tag: Agent Schedules.

Nothing runs in the background: what the clock of the world has made due is executed when an agent, its
schedules or its sessions are looked at or changed, with the times at which it was due.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from hashlib import blake2b
from typing import Any

from understudy.apis.vectara import agent_store, agent_turns, pipeline_runs
from understudy.apis.vectara.keys import LONGEST_KEY, new_key, slug
from understudy.apis.vectara.kinds import AGENTS
from understudy.apis.vectara.members import picked
from understudy.apis.vectara.pages import page
from understudy.behaviours.cron import cron
from understudy.behaviours.intervals import interval
from understudy.behaviours.moments import due
from understudy.engine.context import Context
from understudy.engine.operation import operation
from understudy.errors import ApiError, BadRequest
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
    catch_up(ctx, agent_key)
    schedules = ctx.store.table(AGENT_SCHEDULES, agent_key)
    shown, metadata = page(ctx, schedules.records(), limit, page_key)
    told = [_shown(schedules.record(schedule["key"])) for schedule in shown]
    return {"schedules": told, "metadata": metadata}


@operation("createAgentSchedule")
def create_agent_schedule(ctx: Context, agent_key: str, body: Json) -> tuple[Json, int]:
    return _added(ctx.world, agent_key, body), 201


@operation("getAgentSchedule")
def get_agent_schedule(ctx: Context, agent_key: str, schedule_key: str) -> Json:
    return _shown(_record(ctx, agent_key, schedule_key))


@operation("updateAgentSchedule")
def update_agent_schedule(ctx: Context, agent_key: str, schedule_key: str, body: Json) -> Json:
    """Another interval counts from now; a pause does not move the moments of an interval (guess)."""
    record = _record(ctx, agent_key, schedule_key)
    _check(ctx.store.table(AGENTS).get(agent_key), body)
    changed = {**record.value, **picked(body, _CHANGEABLE)}
    if changed != record.value:
        now = ctx.clock.millis()
        progress = {"since": now, "past": record.private["past"][-changed["max_executions_to_keep"] :]}
        if changed["schedule"] != record.value["schedule"]:
            progress["anchor"] = now
        ctx.store.table(AGENT_SCHEDULES, agent_key).replace(changed, **progress)
    return _shown(_record(ctx, agent_key, schedule_key))


@operation("deleteAgentSchedule")
def delete_agent_schedule(ctx: Context, agent_key: str, schedule_key: str) -> None:
    _record(ctx, agent_key, schedule_key)
    ctx.store.table(AGENT_SCHEDULES, agent_key).remove(schedule_key)


@operation("listAgentScheduleExecutions")
def list_agent_schedule_executions(
    ctx: Context, agent_key: str, schedule_key: str, *, limit: int, page_key: str | None = None
) -> Json:
    record = _record(ctx, agent_key, schedule_key)
    records = [Record(execution, {}, number) for number, execution in record.private["past"]]
    shown, metadata = page(ctx, records, limit, page_key, newest_first=True)
    return {"executions": shown, "metadata": metadata}


def catch_up(ctx: Context, agent_key: str) -> None:
    """Execute what the schedules of an agent have had to execute since the last look, in the order of time.

    Of one schedule only as many executions are made as it keeps. Pipelines of the agent catch up as well.
    """
    pipeline_runs.catch_up_agent(ctx, agent_key)
    table = ctx.store.table(AGENT_SCHEDULES, agent_key)
    now = ctx.clock.millis()
    waiting: list[tuple[int, str, int]] = []
    for record in table.records():
        count, moment = _due(record, now)
        if count:
            first = max(1, count - record.value["max_executions_to_keep"] + 1)
            done, key = record.private["done"], record.value["key"]
            waiting += [(moment(number), key, done + number) for number in range(first, count + 1)]
            table.replace(record.value, done=done + count, since=now)
    for at, key, number in sorted(waiting):
        record = table.record(key)
        past = [*record.private["past"], [number, _execute(ctx, record, number, at)]]
        table.replace(record.value, past=past[-record.value["max_executions_to_keep"] :])


def forget(store: Store, agent_key: str) -> None:
    """Take away the schedules of an agent that is gone."""
    store.table(AGENT_SCHEDULES, agent_key).clear()


def seed(world: World, row: Json) -> None:
    """One row of the fixture section `agent_schedules`: the key of an agent and a create request."""
    _added(world, row["agent_key"], row)


def _record(ctx: Context, agent_key: str, schedule_key: str) -> Record[Json]:
    ctx.store.table(AGENTS).get(agent_key)
    catch_up(ctx, agent_key)
    return ctx.store.table(AGENT_SCHEDULES, agent_key).record(schedule_key)


def _added(world: World, agent_key: str, body: Mapping[str, Any]) -> Json:
    _check(world.store.table(AGENTS).get(agent_key), body)
    schedules = world.store.table(AGENT_SCHEDULES, agent_key)
    schedule = {
        "key": body.get("key") or new_key(world, "sch", body["name"], schedules),
        "agent_key": agent_key,
        "enabled": True,
        "session_metadata": {},
        "max_executions_to_keep": KEPT,
        **picked(body, _CHANGEABLE),
        "created_at": world.clock.stamp(),
    }
    now = world.clock.millis()
    stem = world.ids.hexadecimal("schedule", 32)
    return schedules.add(schedule, anchor=now, since=now, past=[], done=0, stem=stem)


def _check(agent: Mapping[str, Any], body: Mapping[str, Any]) -> None:
    """400 for a time that is none, a blank text, and a skill that the agent does not have."""
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
        if part["type"] == "text" and not part["content"].strip():
            found[f"body.message[{number}].content"] = "is empty"
    if found:
        raise BadRequest(found)


def _shown(record: Record[Json]) -> Json:
    past = record.private["past"]
    return {**record.value, "last_execution_at": past[-1][1]["executed_at"]} if past else record.value


def _due(record: Record[Json], now: int) -> tuple[int, Callable[[int], int]]:
    """How often a schedule was due since its progress was written down, and when for the n-th time."""
    schedule = record.value["schedule"]
    timer = (
        cron(schedule["cron_expression"]) if schedule["type"] == "cron" else interval(schedule["interval"])
    )
    count, moment = due(timer, record.private["anchor"], record.private["since"], now)
    return count if record.value["enabled"] else 0, moment


def _execute(ctx: Context, record: Record[Json], number: int, at: int) -> Json:
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
    agent = ctx.store.table(AGENTS).get(agent_key)
    if not agent["enabled"]:
        return {**execution, "status": "error", "error_message": f"{AGENTS.title(agent_key)} is disabled"}
    stem = slug(schedule["key"], LONGEST_KEY - SESSION_DIGITS - 5)
    wanted = {"key": f"ase_{stem}_{digest[:SESSION_DIGITS]}", "metadata": schedule["session_metadata"]}
    if wanted["key"] not in agent_store.sessions_of(ctx.store, agent_key):
        agent_store.make(ctx.world, agent, {**wanted, "name": schedule["name"]}, at)
    execution["session_key"] = wanted["key"]
    try:
        with ctx.store.transaction():
            agent_turns.take(ctx, agent_key, wanted["key"], schedule["message"], at)
    except ApiError as error:
        return {**execution, "status": "error", "error_message": str(error)}
    return execution
