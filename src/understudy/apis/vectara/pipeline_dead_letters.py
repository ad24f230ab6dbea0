"""Dead letters: records of a source that failed, to be tried again. Spec tag: Pipeline Dead Letters."""

from __future__ import annotations

from typing import Any

from understudy.apis.vectara import pipeline_letters
from understudy.apis.vectara.kinds import DEAD_LETTERS, PIPELINES
from understudy.apis.vectara.pages import page
from understudy.apis.vectara.pipeline_runs import begin, catch_up
from understudy.engine.context import Context
from understudy.engine.operation import operation
from understudy.errors import BadRequest, Conflict
from understudy.state.store import Table

Json = dict[str, Any]


@operation("listPipelineDeadLetterEntries")
def list_pipeline_dead_letter_entries(
    ctx: Context,
    pipeline_key: str,
    *,
    limit: int,
    status: str | None = None,
    last_run_id: str | None = None,
    origin: str | None = None,
    page_key: str | None = None,
) -> Json:
    narrowed = {"status": status, "last_run_id": last_run_id, "origin": origin}
    records = [r for r in _letters(ctx, pipeline_key).records() if _fits(r.value, narrowed)]
    shown, metadata = page(ctx, records, limit, page_key, *narrowed.values())
    return {"dead_letters": shown, "metadata": metadata}


@operation("createPipelineDeadLetterEntry")
def create_pipeline_dead_letter_entry(ctx: Context, pipeline_key: str, body: Json) -> tuple[Json, int]:
    _letters(ctx, pipeline_key)
    record_id = body["source_record_id"]
    old = pipeline_letters.find(ctx.store, pipeline_key, record_id)
    if old is not None:
        raise Conflict(f"record '{record_id}' is {DEAD_LETTERS.title(old['id'])} already")
    told = {"error_message": body["error_message"]} if "error_message" in body else {}
    now = ctx.clock.millis()
    return pipeline_letters.make(ctx.world, pipeline_key, record_id, now, origin="manual", **told), 201


@operation("getPipelineDeadLetterEntry")
def get_pipeline_dead_letter_entry(ctx: Context, pipeline_key: str, dead_letter_id: str) -> Json:
    return _letters(ctx, pipeline_key).get(dead_letter_id)


@operation("deletePipelineDeadLetterEntry")
def delete_pipeline_dead_letter_entry(ctx: Context, pipeline_key: str, dead_letter_id: str) -> None:
    _letters(ctx, pipeline_key).remove(dead_letter_id)


@operation("processPipelineDeadLetterEntries")
def process_pipeline_dead_letter_entries(ctx: Context, pipeline_key: str, body: Json) -> tuple[Json, int]:
    """Every filter narrows; a record that is named and has no pending dead letter is 400 (guess)."""
    narrowed = {"status": "pending", "last_run_id": body.get("last_run_id"), "origin": body.get("origin")}
    letters = _letters(ctx, pipeline_key).values()
    wanted = [letter["source_record_id"] for letter in letters if _fits(letter, narrowed)]
    if "source_record_ids" in body:
        pending = {letter["source_record_id"] for letter in letters if letter["status"] == "pending"}
        named = body["source_record_ids"]
        missing = {
            f"body.source_record_ids[{number}]": f"record '{record_id}' has no pending dead letter"
            for number, record_id in enumerate(named)
            if record_id not in pending
        }
        if missing:
            raise BadRequest(missing)
        wanted = [record_id for record_id in wanted if record_id in named]
    return begin(ctx, pipeline_key, "retry", ctx.clock.millis(), wanted), 201


def _letters(ctx: Context, pipeline_key: str) -> Table[Json]:
    """The dead letters of a pipeline as they are by now."""
    ctx.store.table(PIPELINES).get(pipeline_key)
    catch_up(ctx, pipeline_key)
    return ctx.store.table(DEAD_LETTERS, pipeline_key)


def _fits(letter: Json, wanted: Json) -> bool:
    return all(value is None or letter.get(member) == value for member, value in wanted.items())
