"""Memories: facts that a person asked to have kept; they are made in inference alone. Spec tag: Memories."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from understudy.apis.aivax import accounts
from understudy.apis.aivax.functions import ran
from understudy.apis.aivax.kinds import account_id, new_id, own
from understudy.behaviours.remembering import fact_to_keep
from understudy.engine.context import Context
from understudy.engine.operation import operation
from understudy.errors import BadRequest, NotFound
from understudy.state.clock import parse_stamp, stamp
from understudy.state.store import Kind, Record
from understudy.state.world import World

Json = dict[str, Any]

MEMORIES: Kind[Json] = Kind("memory")
TEXT, REMINDER = "Text", "DateReminder"
DAYS = 30
"""How long a memory is kept when nothing else is said. Source: docs."""
DAY_MILLIS = 24 * 60 * 60 * 1000
PREVIEW = 120
"""Characters of the content that a list shows. Source: docs."""


@operation("listMemories")
def list_memories(ctx: Context, *, filter: str = "", format: str | None = None) -> list[Json]:
    """Those that are not over, newest first; the filter is found anywhere in id, content or user."""
    wanted = filter.lower()
    shown = []
    for record in reversed(_alive(ctx)):
        value = record.value
        if format in (None, value["format"]) and any(
            wanted in value[member].lower() for member in ("id", "content", "externalUserId")
        ):
            shown.append({
                "id": value["id"],
                "externalUserId": value["externalUserId"],
                "content": value["content"][:PREVIEW],
                "format": value["format"],
            })  # fmt: skip
    return shown


@operation("getMemory")
def get_memory(ctx: Context, id: str) -> Json:
    return next((one.value for one in _alive(ctx) if one.value["id"] == id), None) or _unknown(id)


@operation("deleteMemories")
def delete_memories(
    ctx: Context, *, id: str | None = None, external_user_id: str | None = None, format: str | None = None
) -> Json:
    """One by its id, or all of a format of the users whose id begins so; 400 for both and for neither."""
    if (id is None) == (external_user_id is None):
        raise BadRequest({"query.id": "give either id or externalUserId"})
    if id is not None:
        value = get_memory(ctx, id)
        own(ctx, MEMORIES).remove(id)
        return _removed(1, value["externalUserId"], value["format"])
    if format is None:
        raise BadRequest({"query.format": "is required with externalUserId"})
    assert external_user_id is not None
    prefix = external_user_id.partition("@")[0]
    gone = [
        one.value["id"]
        for one in _alive(ctx)
        if one.value["format"] == format and one.value["externalUserId"].startswith(prefix)
    ]
    for memory_id in gone:
        own(ctx, MEMORIES).remove(memory_id)
    return _removed(len(gone), external_user_id, format)


def enabled(parameters: Mapping[str, Any]) -> bool:
    """Whether a gateway lets its model remember."""
    return "Remember" in (parameters.get("sentinelOptions") or {}).get("enabledFunctions", ())


def known(ctx: Context, user: str, format: str = TEXT) -> list[str]:
    """What is remembered of a user, oldest first."""
    wanted = (user, format)
    return [
        one.value["content"]
        for one in _alive(ctx)
        if (one.value["externalUserId"], one.value["format"]) == wanted
    ]


def keep(ctx: Context, user: str, said: str) -> list[Json]:
    """Remember what a message asks to have kept; the function that ran for it, if any did."""
    fact = fact_to_keep(said)
    if fact is None:
        return []
    save(ctx, user, fact, TEXT, DAYS * DAY_MILLIS)
    return [ran(ctx, "memory_save", {"memoryData": fact, "retentionDays": DAYS}, "saved")]


def save(ctx: Context, user: str, content: str, format: str, lasts: int) -> None:
    """Keep something of a user for so many milliseconds; what is there already stays as it is."""
    if content not in known(ctx, user, format):
        stated = {"format": format}
        _add(ctx.world, account_id(ctx), new_id(ctx, MEMORIES), user, content, lasts, stated)


def seed(world: World, row: Json) -> None:
    """One row of the fixture section `memories`."""
    account = accounts.named(world.store, row["account"]).value["id"]
    memory_id = row.get("id") or world.ids.uuid7(MEMORIES.name, world.clock.millis())
    _add(world, account, memory_id, row["externalUserId"], row["content"], DAYS * DAY_MILLIS, row)


def _add(
    world: World,
    account: str,
    memory_id: str,
    user: str,
    content: str,
    lasts: int,
    stated: Mapping[str, Any] | None = None,
) -> None:
    now = world.clock.millis()
    value = {
        "id": memory_id,
        "externalUserId": user,
        "content": content,
        "format": TEXT,
        "createdAt": stamp(now),
        "expiresAt": stamp(now + lasts),
        **{member: stated[member] for member in ("format", "expiresAt") if stated and member in stated},
    }
    world.store.table(MEMORIES, account).add(value, ends=parse_stamp(value["expiresAt"]))


def _alive(ctx: Context) -> list[Record[Json]]:
    now = ctx.clock.millis()
    return [one for one in own(ctx, MEMORIES).records() if one.private["ends"] > now]


def _unknown(memory_id: str) -> Json:
    raise NotFound("There is no such memory.", memory_id)


def _removed(count: int, user: str, format: str) -> Json:
    return {
        "message": "Memories deleted successfully.",
        "removedCount": count,
        "externalUserId": user,
        "format": format,
    }
