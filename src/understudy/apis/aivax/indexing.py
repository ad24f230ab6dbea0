"""Documents on their way into the index: queued when they are written, indexed by the `indexing` dial."""

from __future__ import annotations

from typing import Any

from understudy.apis.aivax.kinds import COLLECTION_DOCUMENTS
from understudy.state.clock import stamp
from understudy.state.lifecycle import looked_at, share_done
from understudy.state.store import Record, Table
from understudy.state.world import World

Documents = Table[dict[str, Any]]

QUEUED, INDEXED, CANCELLED = "Queued", "Indexed", "Cancelled"


def enqueue(world: World, documents: Documents, value: dict[str, Any]) -> None:
    """Keep a document whose text is new: it waits to be indexed, or is indexed at once."""
    progress = world.lifecycle.dial("indexing").begun(world.clock.millis())
    state = INDEXED if progress is None else QUEUED
    value = {**value, "indexedAt": world.clock.stamp() if progress is None else None}
    keep = documents.replace if value["id"] in documents else documents.add
    keep(value, state=state, progress=progress)


def settled(world: World, collection_id: str) -> Documents:
    """The documents of a collection, once those that are due are indexed; this counts as one poll."""
    documents = world.store.table(COLLECTION_DOCUMENTS, collection_id)
    for record in documents.derived("queued", _queued):
        progress, now = record.private["progress"], world.clock.millis()
        due = progress["since"] + progress["amount"]
        if progress["pace"] == "polls":
            progress, due = looked_at(progress), now
        if share_done(progress, now) >= 1:
            documents.replace({**record.value, "indexedAt": stamp(due)}, state=INDEXED, progress=None)
        elif progress["pace"] == "polls":
            documents.replace(record.value, progress=progress)
    return documents


def _queued(documents: Documents) -> list[Record[dict[str, Any]]]:
    return [record for record in documents.records() if record.private["state"] == QUEUED]
