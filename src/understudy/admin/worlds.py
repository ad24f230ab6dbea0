"""Worlds: made, read, changed by hand, saved and forgotten. Spec tag: Worlds."""

from __future__ import annotations

from typing import Any

from understudy.admin import listeners
from understudy.admin.plane import control, plane_of, real_name, shown_name, told, world_of
from understudy.engine.context import Context
from understudy.errors import BadRequest, NotFound
from understudy.state.store import Record, Table, diff
from understudy.state.world import World

Json = dict[str, Any]


@control("listWorlds")
def list_worlds(ctx: Context) -> Json:
    return {"worlds": [shown_name(name) for name in plane_of(ctx).worlds.names()]}


@control("createWorld")
def create_world(ctx: Context, body: Json) -> Any:
    """A fresh world; with a `document` it plays that scenario, with a `listener` it gets its calls."""
    if "scenario" in body and "document" in body:
        raise BadRequest(message="takes one of scenario and document")
    plane = plane_of(ctx)
    kept = ("fixture", "seed", "clock", "answer_form", "scenario")
    wanted = {name: body[name] for name in kept if name in body}
    if "document" in body:
        wanted["scenario"] = plane.library.add(body["document"])
    listener = listeners.existing(plane, body["listener"]) if "listener" in body else None
    world = plane.worlds.create(real_name(body["name"]), **wanted)
    world.lifecycle.change({"dials": body.get("lag", {})})
    if listener is not None:
        listener.bind(world.name)
    return told(world), 201


@control("getWorld")
def get_world(ctx: Context, world: str) -> Any:
    return told(world_of(ctx, world))


@control("deleteWorld")
def delete_world(ctx: Context, world: str) -> None:
    plane_of(ctx).worlds.delete(world_of(ctx, world).name)


@control("resetWorld")
def reset_world(ctx: Context, world: str) -> Any:
    return told(plane_of(ctx).worlds.reset(world_of(ctx, world).name))


@control("forkWorld")
def fork_world(ctx: Context, world: str, body: Json) -> Any:
    return told(plane_of(ctx).worlds.fork(world_of(ctx, world).name, real_name(body["name"]))), 201


@control("getSnapshot")
def get_snapshot(ctx: Context, world: str, start: bool = False) -> Any:
    found = world_of(ctx, world)
    return (plane_of(ctx).worlds.start_of(found) if start else found).snapshot()


@control("putSnapshot")
def put_snapshot(ctx: Context, world: str, body: Json) -> Any:
    try:
        return told(plane_of(ctx).worlds.restore(world_of(ctx, world).name, body))
    except KeyError as error:
        raise BadRequest(
            {f"body.{error.args[0]}": "is missing; `state save` writes whole snapshots"}
        ) from None
    except (TypeError, ValueError, AttributeError) as error:
        told_error = f"this is no snapshot as `state save` writes them: {error}"
        raise BadRequest(message=told_error) from None


@control("getDiff")
def get_diff(ctx: Context, world: str, against: str | None = None) -> Any:
    now = world_of(ctx, world)
    then = plane_of(ctx).worlds.start_of(now) if against is None else world_of(ctx, against)
    return {"changes": diff(then.store, now.store)}


@control("listRecords")
def list_records(ctx: Context, world: str, kind: str | None = None, scope: str | None = None) -> Json:
    found = [
        _told(address, key, record)
        for address, table in sorted(world_of(ctx, world).store.tables().items())
        if kind in (None, address[0]) and (scope is None or scope in address[1:])
        for key, record in zip(table.keys(), table.records(), strict=True)
    ]
    return {"records": found}


@control("patchRecord")
def patch_record(ctx: Context, world: str, body: Json) -> Json:
    """Give one record other members; what it is identified by stays."""
    found = world_of(ctx, world)
    address = (body["kind"], *body.get("scope", ()))
    table = found.store.tables().get(address)
    record = table.find(body["id"]) if table is not None else None
    if table is None or record is None:
        raise NotFound(f"no {' of '.join(reversed(address))} '{body['id']}'")
    value = _merged(record.value, body["value"])
    if value.get(table.kind.key) != body["id"]:
        raise BadRequest({f"body.value.{table.kind.key}": "identifies the record, and stays"})
    _write(found, table, value)
    return {"records": [_told(address, body["id"], table.record(body["id"]))]}


def _write(world: World, table: Table[Any], value: Any) -> None:
    with world.store.transaction():
        table.replace(value)


def _merged(old: Json, new: Json) -> Json:
    """Members of the new value in the place of old ones, level by level; null takes one away (RFC 7386)."""
    merged = dict(old)
    for name, value in new.items():
        if value is None:
            merged.pop(name, None)
        elif isinstance(value, dict) and isinstance(merged.get(name), dict):
            merged[name] = _merged(merged[name], value)
        else:
            merged[name] = value
    return merged


def _told(address: tuple[str, ...], key: str, record: Record[Any]) -> Json:
    return {"kind": address[0], "scope": list(address[1:]), "id": key, "value": record.value}
