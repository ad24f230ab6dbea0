"""Hook schedules: what an assistant was asked to do later, once or by cron. Spec tag: Hook Schedules.

Nothing runs in the background: whether a schedule was activated, and how often a task ran, is computed
from the clock of the world when it is looked at.
"""

from __future__ import annotations

from typing import Any

import orjson

from understudy.apis.aivax import accounts
from understudy.apis.aivax.forms import said
from understudy.apis.aivax.functions import ran
from understudy.apis.aivax.kinds import WEB_CHATS, new_id, own
from understudy.behaviours.cron import cron
from understudy.behaviours.scheduling import Plan, plans
from understudy.engine.context import Context
from understudy.engine.operation import operation
from understudy.errors import BadRequest, NotFound
from understudy.state.clock import parse_stamp, stamp
from understudy.state.store import Kind, Record
from understudy.state.world import World

Json = dict[str, Any]

SCHEDULES: Kind[Json] = Kind("schedule")
RECURRING_TASKS: Kind[Json] = Kind("recurring_task", noun="recurring task")
LAST_MESSAGES: Kind[Json] = Kind("scheduled_user", key="externalUserId")
"""When users of a chat that schedules last wrote. All three have one table per web chat client."""
WEB_CHAT = "WebChat"
TARGETS = (WEB_CHAT, "Telegram", "WhatsApp_ZApi", "WhatsApp_EvolutionApi", "WhatsApp_Kapso")
"""Where a message goes; two of them are printed (guess for the others)."""
ACTIVATED = "The message was sent to {target} {identifier}."
"""What `activationResult` says (guess)."""
_LISTED = ("id", "externalUserId", "target", "targetIdentifier")


@operation("listHookSchedules")
def list_hook_schedules(ctx: Context, web_chat_id: str, *, external_user_id: str | None = None) -> Json:
    """In the order of their creation (guess)."""
    web_chat = own(ctx, WEB_CHATS).get(web_chat_id)
    now = ctx.clock.millis()
    schedules = [_schedule(one, now) for one in ctx.store.table(SCHEDULES, web_chat_id).records()]
    tasks = [_task(one, now) for one in ctx.store.table(RECURRING_TASKS, web_chat_id).records()]
    if external_user_id is not None:
        schedules = [one for one in schedules if one["externalUserId"] == external_user_id]
        tasks = [one for one in tasks if one["externalUserId"] == external_user_id]
    timed = (*_LISTED, "scheduledTime", "activatedAt", "createdAt")
    repeated = (
        *_LISTED, "cronExpression", "nextActivation", "lastActivation", "executionCount", "createdAt",
    )  # fmt: skip
    return {
        "webChat": {"id": web_chat["id"], "name": web_chat["name"]},
        "inactiveUsers": _inactive(ctx, web_chat_id, schedules, tasks),
        "schedules": [{member: one[member] for member in timed} for one in schedules],
        "recurringTasks": [{member: one[member] for member in repeated} for one in tasks],
    }


@operation("getSchedule")
def get_schedule(ctx: Context, web_chat_id: str, id: str) -> Json:
    own(ctx, WEB_CHATS).get(web_chat_id)
    return _schedule(ctx.store.table(SCHEDULES, web_chat_id).record(id), ctx.clock.millis())


@operation("cancelSchedule")
def cancel_schedule(ctx: Context, web_chat_id: str, id: str) -> Json:
    """One that was activated already goes as well (guess)."""
    own(ctx, WEB_CHATS).get(web_chat_id)
    ctx.store.table(SCHEDULES, web_chat_id).remove(id)
    return said("Schedule cancelled successfully.")


@operation("getRecurringTask")
def get_recurring_task(ctx: Context, web_chat_id: str, id: str) -> Json:
    own(ctx, WEB_CHATS).get(web_chat_id)
    return _task(ctx.store.table(RECURRING_TASKS, web_chat_id).record(id), ctx.clock.millis())


@operation("cancelRecurringTask")
def cancel_recurring_task(ctx: Context, web_chat_id: str, id: str) -> Json:
    own(ctx, WEB_CHATS).get(web_chat_id)
    ctx.store.table(RECURRING_TASKS, web_chat_id).remove(id)
    return said("Recurring task cancelled successfully.")


def schedule_from(
    ctx: Context,
    web_chat_id: str,
    user: str,
    target: str,
    text: str,
    *,
    identifier: str | None = None,
    session_id: str | None = None,
) -> list[Json]:
    """Keep what a message of a user asks to have done later; the functions that ran for it.

    Called for every message, as it also tells that the user is there.

    Args:
        target: where the message will go, see `TARGETS`.
        identifier: who gets it there; the user when nothing is given.
        session_id: the session that it will be written into; a new id when nothing is given.
    """
    users = ctx.store.table(LAST_MESSAGES, web_chat_id)
    keep = users.replace if user in users else users.add
    keep({"externalUserId": user, "at": ctx.clock.stamp()})
    whom = {"externalUserId": user, "target": target, "targetIdentifier": identifier or user}
    return [_kept(ctx, web_chat_id, whom, plan, text, session_id) for plan in plans(text, ctx.clock.millis())]


def _kept(ctx: Context, web_chat_id: str, whom: Json, plan: Plan, text: str, session_id: str | None) -> Json:
    kind = RECURRING_TASKS if plan.at is None else SCHEDULES
    value = {"id": new_id(ctx, kind), **whom, "createdAt": ctx.clock.stamp()}
    if plan.at is None:
        asked: Json = {"jobDescription": plan.what, "cronExpression": plan.cron, "maxExecutions": plan.times}
        ctx.store.table(RECURRING_TASKS, web_chat_id).add({**value, **asked})
        return ran(ctx, "schedule_recurring_task", asked, "scheduled")
    asked = {"reason": plan.what, "scheduledTime": stamp(plan.at)}
    session_id = session_id or ctx.ids.uuid7("session", ctx.clock.millis())
    context = {"context": orjson.dumps({"message": text}).decode()}
    ctx.store.table(SCHEDULES, web_chat_id).add({**value, **asked, **context}, session=session_id)
    return ran(ctx, "schedule_message", asked, "scheduled")


def forget(ctx: Context, web_chat_id: str) -> None:
    """Take away all that belongs to a web chat client, which is gone."""
    for kind in (SCHEDULES, RECURRING_TASKS, LAST_MESSAGES):
        ctx.store.table(kind, web_chat_id).clear()


def seed_schedule(world: World, row: Json) -> None:
    """One row of the fixture section `schedules`."""
    value = {
        **_seeded(world, SCHEDULES, row),
        "scheduledTime": stamp(parse_stamp(row["scheduledTime"])),
        "reason": row.get("reason"),
        "context": row.get("context"),
    }
    session_id = row.get("session") or world.ids.uuid7("session", world.clock.millis())
    world.store.table(SCHEDULES, _web_chat(world, row)).add(value, session=session_id)


def seed_recurring_task(world: World, row: Json) -> None:
    """One row of the fixture section `recurring_tasks`."""
    try:
        cron(row["cronExpression"])
    except ValueError as error:
        raise BadRequest({"recurring_tasks.cronExpression": str(error)}) from None
    value = {
        **_seeded(world, RECURRING_TASKS, row),
        "cronExpression": row["cronExpression"],
        "jobDescription": row.get("jobDescription"),
        "maxExecutions": row.get("maxExecutions"),
    }
    world.store.table(RECURRING_TASKS, _web_chat(world, row)).add(value)


def _seeded(world: World, kind: Kind[Json], row: Json) -> Json:
    created = parse_stamp(row["createdAt"]) if "createdAt" in row else world.clock.millis()
    return {
        "id": row.get("id") or world.ids.uuid7(kind.name, world.clock.millis()),
        "externalUserId": row["externalUserId"],
        "target": row.get("target", TARGETS[0]),
        "targetIdentifier": row.get("targetIdentifier", row["externalUserId"]),
        "createdAt": stamp(created),
    }


def _web_chat(world: World, row: Json) -> str:
    """The id of the web chat client that a row of a fixture names, of the account that it names."""
    account = accounts.named(world.store, row["account"]).value["id"]
    for value in world.store.table(WEB_CHATS, account).values():
        if value["name"] == row["web_chat"]:
            return str(value["id"])
    raise NotFound(f"web chat client '{row['web_chat']}' not found", row["web_chat"])


def _schedule(record: Record[Json], now: int) -> Json:
    """A schedule as it is now, whole; activated when its time has come."""
    value = record.value
    due = max(parse_stamp(value["scheduledTime"]), parse_stamp(value["createdAt"]))
    result = ACTIVATED.format(target=value["target"], identifier=value["targetIdentifier"])
    over = due <= now
    return {
        **value,
        "activatedAt": stamp(due) if over else None,
        "activatedSessionId": record.private["session"] if over else None,
        "activationResult": result if over else None,
    }


def _task(record: Record[Json], now: int) -> Json:
    """A recurring task as it is now, whole; it has no next activation once it ran as often as it may."""
    value = record.value
    begun, line = parse_stamp(value["createdAt"]), cron(value["cronExpression"])
    count, most = line.count(begun, now), value["maxExecutions"]
    if most is not None:
        count = min(count, most)
    following = None if count == most else line.nth(begun, count + 1)
    latest = line.nth(begun, count) if count else None
    return {
        **value,
        "executionCount": count,
        "lastActivation": None if latest is None else stamp(latest),
        "nextActivation": None if following is None else stamp(following),
    }


def _inactive(ctx: Context, web_chat_id: str, schedules: list[Json], tasks: list[Json]) -> list[Json]:
    """The users who have not written since a message was sent to them on schedule (guess)."""
    sent: dict[str, str] = {}
    wrote = {one["externalUserId"]: one["at"] for one in ctx.store.table(LAST_MESSAGES, web_chat_id).values()}
    for one in (*schedules, *tasks):
        user, at = one["externalUserId"], one.get("activatedAt") or one.get("lastActivation")
        wrote[user] = max(wrote.get(user, ""), one["createdAt"])
        if at:
            sent[user] = max(sent.get(user, ""), at)
    return [
        {"externalUserId": user, "lastScheduledMessageAt": at, "lastUserMessageAt": wrote[user]}
        for user, at in sent.items()
        if at > wrote[user]
    ]
