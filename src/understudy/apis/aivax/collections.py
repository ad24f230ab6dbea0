"""Collections: named sets of documents that inference and queries search. Spec tag: Collections."""

from __future__ import annotations

from collections import Counter
from typing import Any

from understudy.apis.aivax import accounts, indexing, plans
from understudy.apis.aivax.document_lines import line_of
from understudy.apis.aivax.forms import said
from understudy.apis.aivax.jsonl import exported
from understudy.apis.aivax.kinds import COLLECTION_DOCUMENTS, COLLECTIONS, new_id, own
from understudy.engine.context import Context
from understudy.engine.operation import operation
from understudy.engine.replies import Reply
from understudy.errors import NotFound
from understudy.state.store import Record, Table
from understudy.state.world import World

Json = dict[str, Any]


@operation("listCollections")
def list_collections(ctx: Context) -> list[Json]:
    """Newest first (guess)."""
    return [_summary(ctx, record) for record in reversed(own(ctx, COLLECTIONS).records())]


@operation("createCollection")
def create_collection(ctx: Context, body: Json) -> Json:
    plans.check_collections(ctx)
    value = {
        "id": new_id(ctx, COLLECTIONS),
        "name": body["collectionName"],
        "context": body.get("context"),
        "tags": _tags(body.get("tags")),
        "createdAt": ctx.clock.stamp(),
    }
    own(ctx, COLLECTIONS).add(value)
    return {"collectionId": value["id"]}


@operation("getCollectionDetails")
def get_collection_details(ctx: Context, collection_id: str) -> Json:
    value = own(ctx, COLLECTIONS).get(collection_id)
    states = _states(indexing.settled(ctx.world, collection_id))
    return {
        "id": value["id"],
        "name": value["name"],
        "context": value["context"],
        "createdAt": value["createdAt"],
        "state": {
            "total": sum(states.values()),
            "indexed": states[indexing.INDEXED],
            "queued": states[indexing.QUEUED],
        },
        "tags": value["tags"],
    }


@operation("editCollection")
def edit_collection(ctx: Context, collection_id: str, body: Json) -> Json:
    """What is absent stays; null clears the context and the tags (guess)."""
    collections = own(ctx, COLLECTIONS)
    changed = dict(collections.get(collection_id))
    if "collectionName" in body:
        changed["name"] = body["collectionName"]
    if "context" in body:
        changed["context"] = body["context"]
    if "tags" in body:
        changed["tags"] = _tags(body["tags"])
    collections.replace(changed)
    return said("Collection saved successfully.")


@operation("deleteCollection")
def delete_collection(ctx: Context, collection_id: str) -> Json:
    own(ctx, COLLECTIONS).remove(collection_id)
    ctx.store.table(COLLECTION_DOCUMENTS, collection_id).clear()
    return said("Collection deleted successfully.")


@operation("resetCollection")
def reset_collection(ctx: Context, collection_id: str) -> Json:
    own(ctx, COLLECTIONS).get(collection_id)
    ctx.store.table(COLLECTION_DOCUMENTS, collection_id).clear()
    return said("Collection cleaned successfully.")


@operation("updateCollectionVectors")
def update_collection_vectors(ctx: Context, collection_id: str) -> Json:
    """Queue every document again, but for those that were cancelled (guess)."""
    own(ctx, COLLECTIONS).get(collection_id)
    documents = ctx.store.table(COLLECTION_DOCUMENTS, collection_id)
    for record in documents.records():
        if record.private["state"] != indexing.CANCELLED:
            indexing.enqueue(ctx.world, documents, record.value)
    return said("Outdated documents enqueued.")


@operation("exportCollection")
def export_collection(ctx: Context, collection_id: str) -> Reply:
    """One document a line in the form of an import, so that importing it again changes nothing."""
    value = own(ctx, COLLECTIONS).get(collection_id)
    documents = ctx.store.table(COLLECTION_DOCUMENTS, collection_id).values()
    return exported(map(line_of, documents), value["id"])


def seed(world: World, row: Json) -> None:
    """One row of the fixture section `collections`."""
    account = accounts.named(world.store, row["account"]).value["id"]
    value = {
        "id": row.get("id") or world.ids.uuid7(COLLECTIONS.name, world.clock.millis()),
        "name": row["name"],
        "context": row.get("context"),
        "tags": list(dict.fromkeys(row.get("tags", ()))),
        "createdAt": world.clock.stamp(),
    }
    world.store.table(COLLECTIONS, account).add(value)


def named(world: World, row: Json) -> str:
    """The id of the collection that a row of a fixture names, of the account that it names."""
    account = accounts.named(world.store, row["account"]).value["id"]
    for value in world.store.table(COLLECTIONS, account).values():
        if value["name"] == row["collection"]:
            return str(value["id"])
    raise NotFound(f"collection '{row['collection']}' not found", row["collection"])


def _tags(given: str | None) -> list[str]:
    """One text in, a list out: the tags between its commas, each once."""
    return list(dict.fromkeys(tag.strip() for tag in (given or "").split(",") if tag.strip()))


def _states(documents: Table[Json]) -> Counter[str]:
    return Counter(record.private["state"] for record in documents.records())


def _summary(ctx: Context, record: Record[Json]) -> Json:
    value = record.value
    states = _states(indexing.settled(ctx.world, value["id"]))
    return {
        "id": value["id"],
        "name": value["name"],
        "createdAt": value["createdAt"],
        "tags": value["tags"],
        "documentCount": {
            "totalDocuments": sum(states.values()),
            "indexedDocuments": states[indexing.INDEXED],
            "queuedDocuments": states[indexing.QUEUED],
            "outdatedDocuments": 0,
        },
    }
