"""Pipelines: an agent gets every record of a source, when a trigger is due. Spec tag: Pipelines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from understudy.apis.vectara.agent_steps import condition_faults
from understudy.apis.vectara.keys import new_key
from understudy.apis.vectara.kinds import AGENTS, DEAD_LETTERS, PIPELINE_RUNS, PIPELINES
from understudy.apis.vectara.members import picked
from understudy.apis.vectara.pages import matching, page
from understudy.apis.vectara.pipeline_runs import active_run, begin, catch_up, timer
from understudy.engine.context import Context
from understudy.engine.operation import operation
from understudy.errors import BadRequest
from understudy.state.store import Record, Store
from understudy.state.world import World

Json = dict[str, Any]

CREDENTIALS = ("access_key_id", "secret_access_key")
"""Members of a source that are taken and never told. Source: a text of the SDK."""
SYNC_MODE = "incremental"
"""How a pipeline reads its source unless it says otherwise (guess)."""
_TOLD = ("type", "bucket", "prefix", "region", "endpoint_url")
_CHANGEABLE = ("name", "description", "trigger", "transform", "sync_mode", "enabled", "metadata")


@operation("listPipelines")
def list_pipelines(
    ctx: Context,
    *,
    limit: int,
    source_type: str | None = None,
    status: str | None = None,
    enabled: bool | None = None,
    filter: str | None = None,
    page_key: str | None = None,
) -> Json:
    pipelines = ctx.store.table(PIPELINES)
    for key in pipelines.keys():  # noqa: SIM118 - a copy; it is no dict
        catch_up(ctx, key)
    records = [
        record
        for record in matching(pipelines.records(), filter, "name", "description")
        if (source_type is None or record.value["source"]["type"] == source_type)
        and (status is None or _status(ctx.store, record) == status)
        and (enabled is None or record.value["enabled"] is enabled)
    ]
    shown, metadata = page(ctx, records, limit, page_key, source_type, status, enabled, filter)
    told = [_shown(ctx.store, pipelines.record(pipeline["key"])) for pipeline in shown]
    return {"pipelines": told, "metadata": metadata}


@operation("createPipeline")
def create_pipeline(ctx: Context, body: Json) -> tuple[Json, int]:
    key = _added(ctx.world, body)
    return _shown(ctx.store, ctx.store.table(PIPELINES).record(key)), 201


@operation("getPipeline")
def get_pipeline(ctx: Context, pipeline_key: str) -> Json:
    return _shown(ctx.store, _record(ctx, pipeline_key))


@operation("replacePipeline")
def replace_pipeline(ctx: Context, pipeline_key: str, body: Json) -> Json:
    record = _record(ctx, pipeline_key)
    if body.get("key", pipeline_key) != pipeline_key:
        raise BadRequest({"body.key": f"the key of this pipeline is '{pipeline_key}' and stays"})
    _check(ctx.store, body)
    return _kept(ctx, record, _described(body), _secrets(body["source"]))


@operation("updatePipeline")
def update_pipeline(ctx: Context, pipeline_key: str, body: Json) -> Json:
    """Another interval counts from now; a pause does not move the moments of an interval (guess)."""
    record = _record(ctx, pipeline_key)
    _check(ctx.store, body)
    old, source = record.value, body.get("source", {})
    metadata = {**old["metadata"], **body.get("metadata", {})}
    wanted = {
        **old,
        **picked(body, _CHANGEABLE),
        "source": {**old["source"], **_told(source)},
        "metadata": {name: value for name, value in metadata.items() if value is not None},
    }
    return _kept(ctx, record, _described(wanted), {**record.private["secrets"], **_secrets(source)})


@operation("deletePipeline")
def delete_pipeline(ctx: Context, pipeline_key: str) -> None:
    """With its runs, the active one included, and its dead letters; sessions stay with their agents."""
    _record(ctx, pipeline_key)
    ctx.store.table(PIPELINES).remove(pipeline_key)
    ctx.store.table(PIPELINE_RUNS, pipeline_key).clear()
    ctx.store.table(DEAD_LETTERS, pipeline_key).clear()


@operation("triggerPipeline")
def trigger_pipeline(ctx: Context, pipeline_key: str) -> tuple[Json, int]:
    """Also a pipeline that is disabled (guess: only its schedule pauses)."""
    _record(ctx, pipeline_key)
    return begin(ctx, pipeline_key, "manual", ctx.clock.millis()), 201


def seed(world: World, row: Json) -> None:
    """One row of the fixture section `pipelines`: a create request."""
    _added(world, row)


def _record(ctx: Context, pipeline_key: str) -> Record[Json]:
    pipelines = ctx.store.table(PIPELINES)
    pipelines.get(pipeline_key)
    catch_up(ctx, pipeline_key)
    return pipelines.record(pipeline_key)


def _added(world: World, body: Json) -> str:
    pipelines = world.store.table(PIPELINES)
    _check(world.store, body)
    key: str = body.get("key") or new_key(world, "pip", body["name"], pipelines)
    now, at = world.clock.stamp(), world.clock.millis()
    pipeline = {"key": key, **_described(body), "created_at": now, "updated_at": now}
    pipelines.add(pipeline, anchor=at, since=at, secrets=_secrets(body["source"]), failure=None)
    return key


def _kept(ctx: Context, record: Record[Json], described: Json, secrets: Json) -> Json:
    """Put a new description in place of the old one; another source is read from its beginning."""
    pipelines, old = ctx.store.table(PIPELINES), record.value
    same = described["source"] == old["source"]
    ends = ("created_at", "updated_at", *(("watermark",) if same else ()))
    pipeline = {"key": old["key"], **described, **picked(old, ends)}
    if pipeline != old or secrets != record.private["secrets"]:
        now = ctx.clock.millis()
        progress = {"since": now, "secrets": secrets}
        if described["trigger"] != old["trigger"]:
            progress["anchor"] = now
        pipelines.replace({**pipeline, "updated_at": ctx.clock.stamp()}, **progress)
    return _shown(ctx.store, pipelines.record(old["key"]))


def _described(body: Mapping[str, Any]) -> Json:
    """A pipeline without key, progress and times, of what the API knows."""
    given = picked(body, _CHANGEABLE)
    source = _told(body["source"])
    return {"sync_mode": SYNC_MODE, "enabled": True, "metadata": {}, **given, "source": source}


def _check(store: Store, body: Mapping[str, Any]) -> None:
    """400 for a time that is none, agents that are not there, and a condition that cannot be read."""
    found: dict[str, str] = {}
    trigger, transform = body.get("trigger", {"type": "manual"}), body.get("transform", {})
    try:
        timer(trigger)
    except ValueError as error:
        found[f"body.trigger.{'expression' if trigger['type'] == 'cron' else 'duration'}"] = str(error)
    verification = transform.get("verification", {})
    for place, holder in (("", transform), (".verification", verification)):
        key = holder.get("agent_key")
        if key is not None and key not in store.table(AGENTS):
            found[f"body.transform{place}.agent_key"] = f"no {AGENTS.title(key)}"
    if "expression" in verification:
        found |= condition_faults(verification["expression"], "body.transform.verification.expression")
    if found:
        raise BadRequest(found)


def _status(store: Store, record: Record[Json]) -> str:
    if not record.value["enabled"]:
        return "paused"
    if record.private["failure"]:
        return "error"
    first = active_run(store, record.value["key"]) is not None and "watermark" not in record.value
    return "initializing" if first else "active"


def _shown(store: Store, record: Record[Json]) -> Json:
    failure = record.private["failure"]
    told = {"status_message": failure} if failure else {}
    return {**record.value, "status": _status(store, record), **told}


def _told(source: Mapping[str, Any]) -> Json:
    return {name: value for name, value in source.items() if name in _TOLD}


def _secrets(source: Mapping[str, Any]) -> Json:
    return picked(source, CREDENTIALS)
