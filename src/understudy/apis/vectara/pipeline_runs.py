"""Runs of pipelines: every record of a source goes to an agent. Spec tag: Pipeline Runs.

Nothing runs in the background: what the clock of the world has made due, and how far a run is, is worked out
when a pipeline, its runs, its dead letters or its agent are looked at.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from understudy.apis.vectara import pipeline_letters, pipeline_sources
from understudy.apis.vectara.agent_store import usable
from understudy.apis.vectara.kinds import PIPELINE_RUNS, PIPELINES
from understudy.apis.vectara.pages import page
from understudy.apis.vectara.pipeline_records import Failed, process
from understudy.apis.vectara.pipeline_sources import SourceRecord
from understudy.behaviours.cron import Cron, cron
from understudy.behaviours.intervals import Interval, interval
from understudy.behaviours.moments import due
from understudy.engine.context import Context
from understudy.engine.operation import operation
from understudy.errors import ApiError, Conflict
from understudy.state.clock import parse_stamp, stamp
from understudy.state.lifecycle import looked_at, share_done
from understudy.state.store import Record, Store

Json = dict[str, Any]

CAUGHT_UP = 10
"""So many runs that were due since the last look are made up for, the latest ones (guess)."""
ID_DIGITS = 8
"""Hex digits at the end of a run's id (samples)."""


@operation("listPipelineRuns")
def list_pipeline_runs(
    ctx: Context,
    pipeline_key: str,
    *,
    limit: int,
    status: str | None = None,
    after: str | None = None,
    page_key: str | None = None,
) -> Json:
    ctx.store.table(PIPELINES).get(pipeline_key)
    catch_up(ctx, pipeline_key, look=True)
    since = parse_stamp(after) if after else None
    records = [
        record
        for record in ctx.store.table(PIPELINE_RUNS, pipeline_key).records()
        if (status is None or record.value["status"] == status)
        and (since is None or parse_stamp(record.value["created_at"]) > since)
    ]
    shown, metadata = page(ctx, records, limit, page_key, status, after, newest_first=True)
    return {"runs": shown, "metadata": metadata}


@operation("getPipelineRun")
def get_pipeline_run(ctx: Context, pipeline_key: str, run_id: str) -> Json:
    ctx.store.table(PIPELINES).get(pipeline_key)
    catch_up(ctx, pipeline_key, look=True)
    return ctx.store.table(PIPELINE_RUNS, pipeline_key).get(run_id)


def begin(
    ctx: Context, pipeline_key: str, trigger_type: str, at: int, wanted: Collection[str] | None = None
) -> Json:
    """A new run, which is over at once unless the dial `pipelines` says otherwise; 409 while one is active.

    Args:
        at: when it begins, in milliseconds.
        wanted: the records that a retry is about; None for what the source has.
    """
    runs, active = ctx.store.table(PIPELINE_RUNS, pipeline_key), active_run(ctx.store, pipeline_key)
    if active is not None:
        raise Conflict(f"{PIPELINE_RUNS.title(active.value['id'])} of this pipeline is still running")
    pipeline = ctx.store.table(PIPELINES).get(pipeline_key)
    while (run_id := _new_id(ctx, pipeline_key, trigger_type)) in runs:
        continue
    run: Json = {
        "id": run_id,
        "pipeline_key": pipeline_key,
        "agent_key": pipeline["transform"]["agent_key"],
        "status": "running",
        "trigger_type": trigger_type,
        "records_fetched": 0,
        "records_processed": 0,
        "records_failed": 0,
        "started_at": stamp(at),
        "created_at": stamp(at),
    }
    runs.add(run, at=at, source=pipeline["source"], transform=pipeline["transform"])
    try:
        usable(ctx.store, run["agent_key"])
        there = pipeline_sources.read(ctx.store, pipeline["source"], at)
    except ApiError as error:
        return _end(ctx, run, at, str(error))
    ids = list(_due(pipeline, there)) if wanted is None else list(wanted)
    progress = ctx.world.lifecycle.dial("pipelines").begun(at)
    fetched = sum(record_id in there for record_id in ids)
    runs.replace({**run, "records_fetched": fetched}, ids=ids, progress=progress)
    if wanted is not None:
        pipeline_letters.retry(ctx, run, wanted, at)
    if progress is None:
        _go_on(ctx, pipeline_key, 1.0, at)
    return runs.get(run_id)


def catch_up(ctx: Context, pipeline_key: str, *, look: bool = False) -> None:
    """Bring a pipeline to where it is by now; `look` counts as one poll of the active run."""
    pipelines, now = ctx.store.table(PIPELINES), ctx.clock.millis()
    record = pipelines.record(pipeline_key)
    moments = _moments(record, now)
    if moments:
        pipelines.replace(record.value, since=now)
    for at in moments:
        _settle(ctx, pipeline_key, at)
        if active_run(ctx.store, pipeline_key) is None:
            begin(ctx, pipeline_key, "scheduled", at)
    _settle(ctx, pipeline_key, now, look=look)


def catch_up_agent(ctx: Context, agent_key: str) -> None:
    """The same for every pipeline that an agent works or judges for."""
    for pipeline in ctx.store.table(PIPELINES).values():
        transform = pipeline["transform"]
        if agent_key in (transform["agent_key"], transform.get("verification", {}).get("agent_key")):
            catch_up(ctx, pipeline["key"])


def active_run(store: Store, pipeline_key: str) -> Record[Json] | None:
    """The run that is not over, of which there is one at most."""
    return store.table(PIPELINE_RUNS, pipeline_key).derived(
        "active", lambda table: next((r for r in table.records() if r.value["status"] == "running"), None)
    )


def timer(trigger: Mapping[str, Any]) -> Cron | Interval | None:
    """What a trigger is due by, None for one that waits to be asked; ValueError for a time that is none."""
    if trigger["type"] == "cron":
        return cron(trigger["expression"])
    return interval(trigger["duration"]) if trigger["type"] == "interval" else None


def _new_id(ctx: Context, pipeline_key: str, trigger_type: str) -> str:
    return f"run_{pipeline_key}_{trigger_type}_{ctx.ids.hexadecimal('pipeline_run', ID_DIGITS)}"


def _moments(record: Record[Json], now: int) -> list[int]:
    """When a pipeline was due since the last look, the latest moments alone."""
    clock = timer(record.value["trigger"]) if record.value["enabled"] else None
    if clock is None:
        return []
    count, moment = due(clock, record.private["anchor"], record.private["since"], now)
    return [moment(number) for number in range(max(1, count - CAUGHT_UP + 1), count + 1)]


def _due(pipeline: Mapping[str, Any], there: Mapping[str, SourceRecord]) -> Iterator[str]:
    """The records that a run is about: in full, or what is newer than the watermark."""
    mark = pipeline.get("watermark") if pipeline["sync_mode"] == "incremental" else None
    since = parse_stamp(mark["value"]) if mark else None
    for record in there.values():
        if since is None or record.changed > since:
            yield record.id


def _settle(ctx: Context, pipeline_key: str, now: int, *, look: bool = False) -> None:
    """Bring the active run to where it is at a time."""
    record = active_run(ctx.store, pipeline_key)
    if record is None:
        return
    progress = record.private["progress"]
    if look:
        progress = looked_at(progress)
        ctx.store.table(PIPELINE_RUNS, pipeline_key).replace(record.value, progress=progress)
    ends = progress["since"] + progress["amount"] if progress["pace"] == "millis" else now
    _go_on(ctx, pipeline_key, share_done(progress, now), min(now, ends))


def _go_on(ctx: Context, pipeline_key: str, share: float, at: int) -> None:
    """Hand the records of the active run over up to a share of them; with all of it the run is over."""
    runs, record = ctx.store.table(PIPELINE_RUNS, pipeline_key), active_run(ctx.store, pipeline_key)
    assert record is not None  # who calls has just seen it
    run, kept = record.value, record.private
    done = run["records_processed"] + run["records_failed"]
    waiting = kept["ids"][done : int(len(kept["ids"]) * share)]
    there = pipeline_sources.read(ctx.store, kept["source"], kept["at"]) if waiting else {}
    counts = {"records_processed": run["records_processed"], "records_failed": run["records_failed"]}
    for record_id in waiting:
        try:
            process(ctx, run, kept["transform"], there.get(record_id), at)
        except Failed as failure:
            pipeline_letters.failed(ctx, run, record_id, str(failure), at)
            counts["records_failed"] += 1
        else:
            pipeline_letters.resolved(ctx.store, pipeline_key, record_id)
            counts["records_processed"] += 1
    if waiting:
        run = runs.replace({**run, **counts})
    if share >= 1:
        _end(ctx, run, at)


def _end(ctx: Context, run: Json, at: int, error: str | None = None) -> Json:
    """Write down that a run is over, and how far the source was read."""
    told = {"status": "failed", "error": error} if error else {"status": "completed"}
    runs, pipelines = ctx.store.table(PIPELINE_RUNS, run["pipeline_key"]), ctx.store.table(PIPELINES)
    ended = runs.replace({**run, **told, "completed_at": stamp(at)})
    record = pipelines.record(run["pipeline_key"])
    pipeline = record.value
    unchanged = pipeline["source"] == runs.record(run["id"]).private["source"]
    if error is None and run["trigger_type"] != "retry" and unchanged:
        mark = {"value": run["started_at"], "updated_at": stamp(at)}
        pipeline = {**pipeline, "watermark": mark}
    pipelines.replace(pipeline, failure=error)
    return ended
