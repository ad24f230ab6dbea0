"""Jobs: work that outlives its request. Spec tag: Jobs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal, cast

from understudy.apis.vectara.auth import visible
from understudy.apis.vectara.kinds import CORPORA, DOCUMENTS, JOBS
from understudy.apis.vectara.pages import page
from understudy.apis.vectara.wire import Job
from understudy.engine.context import Context
from understudy.engine.operation import operation
from understudy.errors import Conflict
from understudy.state.clock import parse_stamp
from understudy.state.lifecycle import looked_at, share_done
from understudy.state.store import Record, Table
from understudy.state.world import World

JobType = Literal["rebuild_vector_index", "replace_filter_attributes", "bulk_delete_documents", "unknown"]

ONE_AT_A_TIME = frozenset({"rebuild_vector_index", "replace_filter_attributes"})
"""Types of which a corpus has one unfinished job at most; a second one is 409 (guess)."""
CHANGES = "document_change"
"""The counter of changes to documents: what came later has a higher number, also on a frozen clock."""


@operation("listJobs")
def list_jobs(
    ctx: Context,
    *,
    limit: int,
    corpus_key: list[str] | None = None,
    after: str | None = None,
    state: list[str] | None = None,
    page_key: str | None = None,
) -> dict[str, Any]:
    settle(ctx.world, look=True)
    since = parse_stamp(after) if after else None
    seen = visible(ctx)
    records = [
        record
        for record in ctx.store.table(JOBS).records()
        if (not corpus_key or set(corpus_key) & set(record.value["corpus_keys"]))
        and (not state or record.value["state"] in state)
        and (since is None or parse_stamp(record.value["created_at"]) > since)
        and (seen is None or seen.issuperset(record.value["corpus_keys"]))
    ]
    shown, metadata = page(ctx, records, limit, page_key, corpus_key, after, state, newest_first=True)
    return {"jobs": shown, "metadata": metadata}


@operation("getJob")
def get_job(ctx: Context, job_id: str) -> Job:
    settle(ctx.world, look=True)
    return ctx.store.table(JOBS).get(job_id)


def start(
    world: World, job_type: JobType, corpus_keys: list[str], effect: dict[str, Any], *, wait: bool = False
) -> Job:
    """Queue a job; it is over at once unless the world's `jobs` dial says otherwise.

    `effect` is what it will do when it completes, see `EFFECTS`. With `wait` the caller stays until
    then, so that the job is over whatever the dial says.
    """
    table = world.store.table(JOBS)
    for record in unfinished(table) if job_type in ONE_AT_A_TIME else ():
        if record.value["type"] == job_type and set(corpus_keys) & set(record.value["corpus_keys"]):
            raise Conflict(f"job '{record.value['id']}' of the same type is still running")
    job: Job = {
        "id": world.ids.uuid("job"),
        "type": job_type,
        "corpus_keys": corpus_keys,
        "state": "queued",
        "created_at": world.clock.stamp(),
    }
    progress = None if wait else world.lifecycle.dial("jobs").begun(world.clock.millis())
    table.add(job, progress=progress, effect=effect)
    if progress is None:
        _complete(world, table.record(job["id"]))
    return table.get(job["id"])


def settle(world: World, *, look: bool = False) -> None:
    """Bring every unfinished job to where it is by now; `look` counts as one poll of each."""
    table = world.store.table(JOBS)
    for record in unfinished(table):
        progress = record.private["progress"]
        if progress is None:  # of a fixture: it stays as it is told
            continue
        if look:
            progress = looked_at(progress)
        share = share_done(progress, world.clock.millis())
        if share >= 1:
            _complete(world, record)
        elif share > 0 and record.value["state"] == "queued":
            started: Job = {**record.value, "state": "started", "started_at": world.clock.stamp()}
            table.replace(started, progress=progress)
        elif look:
            table.replace(record.value, progress=progress)


def abort(world: World, corpus_key: str) -> None:
    """End the unfinished jobs of a corpus that goes away (guess)."""
    table = world.store.table(JOBS)
    for record in unfinished(table):
        if corpus_key in record.value["corpus_keys"]:
            stopped: Job = {**record.value, "state": "aborted", "completed_at": world.clock.stamp()}
            table.replace(stopped, progress=None)


def seed(world: World, row: dict[str, Any]) -> None:
    """One row of the fixture section `jobs`: a job as it is read; what is unfinished stays so."""
    now, state = world.clock.stamp(), row["state"]
    job: dict[str, Any] = {"corpus_keys": [], "created_at": now, **row}
    job["id"] = row.get("id") or world.ids.uuid("job")
    if state in ("started", "completed", "failed", "failed_will_retry"):
        job.setdefault("started_at", job["created_at"])
    if state in ("completed", "failed", "aborted"):
        job.setdefault("completed_at", job.get("started_at", job["created_at"]))
    world.store.table(JOBS).add(cast(Job, job), progress=None)


def unfinished(table: Table[Job]) -> list[Record[Job]]:
    return table.derived(
        "unfinished", lambda t: [r for r in t.records() if r.value["state"] in ("queued", "started")]
    )


def _complete(world: World, record: Record[Job]) -> None:
    job = record.value
    told = EFFECTS[job["type"]](world, record.private["effect"])
    now = world.clock.stamp()
    finished: Job = {
        **job,
        "state": "completed",
        "started_at": job.get("started_at", now),
        "completed_at": now,
    }
    world.store.table(JOBS).replace(finished, progress=None, outcome=told)


def outcome(world: World, job_id: str) -> Mapping[str, Any]:
    """What the effect of a completed job has told of itself."""
    told: Mapping[str, Any] = world.store.table(JOBS).record(job_id).private["outcome"]
    return told


def _replace_filter_attributes(world: World, effect: Mapping[str, Any]) -> dict[str, Any]:
    corpora = world.store.table(CORPORA)
    corpus = corpora.get(effect["corpus_key"])
    corpora.replace({**corpus, "filter_attributes": effect["filter_attributes"]})
    return {}


def _bulk_delete_documents(world: World, effect: Mapping[str, Any]) -> dict[str, Any]:
    """Take the named documents away, except those that are unknown or were changed after the cutoff."""
    documents = world.store.table(DOCUMENTS, effect["corpus_key"])
    deleted = 0
    for document_id in effect["document_ids"]:
        record = documents.find(document_id)
        if record is not None and record.private.get("change", 0) <= effect["cutoff"]:
            documents.remove(document_id)
            deleted += 1
    return {"deleted_count": deleted, "skipped_count": len(effect["document_ids"]) - deleted}


EFFECTS: Mapping[str, Callable[[World, Mapping[str, Any]], dict[str, Any]]] = {
    "replace_filter_attributes": _replace_filter_attributes,
    "bulk_delete_documents": _bulk_delete_documents,
}
