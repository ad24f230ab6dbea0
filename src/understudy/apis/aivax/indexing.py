"""Documents on their way into the index: queued when they are written, indexed by the `indexing` dial."""

from __future__ import annotations

from typing import Any

from understudy.apis.aivax.kinds import COLLECTION_DOCUMENTS
from understudy.state.lifecycle import looked_at, share_done
from understudy.state.store import Record, Table
from understudy.state.world import World

QUEUED, INDEXED, CANCELLED = "Queued", "Indexed", "Cancelled"


def enqueued(world: World) -> dict[str, Any]:
    """The private members of a document that waits to be indexed."""
    return {"state": QUEUED, "progress": world.lifecycle.dial("indexing").begun(world.clock.millis())}


def settled(world: World, collection_id: str, *, look: bool = True) -> Table[dict[str, Any]]:
    """The documents of a collection, once those that are due are indexed; `look` counts as one poll."""
    documents = world.store.table(COLLECTION_DOCUMENTS, collection_id)
    for record in documents.derived("queued", _queued):
        progress = record.private["progress"]
        if progress is not None and look:
            progress = looked_at(progress)
        if progress is None or share_done(progress, world.clock.millis()) >= 1:
            indexed = {**record.value, "indexedAt": world.clock.stamp()}
            documents.replace(indexed, state=INDEXED, progress=None)
        elif look:
            documents.replace(record.value, progress=progress)
    return documents


def _queued(documents: Table[dict[str, Any]]) -> list[Record[dict[str, Any]]]:
    return [record for record in documents.records() if record.private["state"] == QUEUED]
