"""What becomes of dead letters in a run: one per record, gone once the record went well."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from understudy.apis.vectara.kinds import DEAD_LETTERS
from understudy.engine.context import Context
from understudy.state.clock import stamp
from understudy.state.store import Store
from understudy.state.world import World

Json = dict[str, Any]


def find(store: Store, pipeline_key: str, record_id: str) -> Json | None:
    """The dead letter of a record, None when it has none."""
    letters: Mapping[str, Json] = store.table(DEAD_LETTERS, pipeline_key).derived(
        "by_record", lambda table: {letter["source_record_id"]: letter for letter in table.values()}
    )
    return letters.get(record_id)


def make(world: World, pipeline_key: str, record_id: str, now: int, **members: Any) -> Json:
    letter = {
        "id": world.ids.uuid("pdl"),
        "source_record_id": record_id,
        "status": "pending",
        "attempt_count": 0,
        **members,
        "created_at": stamp(now),
        "updated_at": stamp(now),
    }
    return world.store.table(DEAD_LETTERS, pipeline_key).add(letter)


def retry(ctx: Context, run: Mapping[str, Any], record_ids: Collection[str], now: int) -> None:
    """Mark the letters of records that a run tries again."""
    for letter in ctx.store.table(DEAD_LETTERS, run["pipeline_key"]).values():
        if letter["source_record_id"] in record_ids:
            _change(ctx.store, run, letter, now, status="retrying")


def failed(ctx: Context, run: Mapping[str, Any], record_id: str, why: str, now: int) -> None:
    """Keep that a record failed once more."""
    letter = find(ctx.store, run["pipeline_key"], record_id)
    if letter is None:
        letter = make(ctx.world, run["pipeline_key"], record_id, now, origin="pipeline")
    attempts = letter["attempt_count"] + 1
    _change(ctx.store, run, letter, now, status="pending", error_message=why, attempt_count=attempts)


def resolved(store: Store, pipeline_key: str, record_id: str) -> None:
    """Take the letter of a record away that went well."""
    letter = find(store, pipeline_key, record_id)
    if letter is not None:
        store.table(DEAD_LETTERS, pipeline_key).remove(letter["id"])


def _change(store: Store, run: Mapping[str, Any], letter: Json, now: int, **members: Any) -> None:
    changed = {**letter, **members, "last_run_id": run["id"], "updated_at": stamp(now)}
    store.table(DEAD_LETTERS, run["pipeline_key"]).replace(changed)
