"""Documents of a collection: written singly or from a file, browsed, read, deleted. Spec tag: Documents."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

import orjson

from understudy.apis.aivax import collections, indexing, plans, prices
from understudy.apis.aivax.document_filters import DocumentFilter
from understudy.apis.aivax.document_lines import read_line
from understudy.apis.aivax.forms import said
from understudy.apis.aivax.indexing import Documents
from understudy.apis.aivax.jsonl import lines_of
from understudy.apis.aivax.kinds import COLLECTION_DOCUMENTS, COLLECTIONS, account, own
from understudy.engine.context import Context
from understudy.engine.operation import operation
from understudy.errors import BadRequest, Conflict
from understudy.state.store import Record
from understudy.state.world import World

Json = dict[str, Any]

CREATED, MODIFIED, NOT_MODIFIED = "Created", "Modified", "NotModified"
PREVIEW = 40
"""Characters of the contents that a list shows."""
_EMPTY: Mapping[str, Any] = {"reference": None, "tags": [], "metadata": {}}
_LINE_BREAK = re.compile(r"\r\n|[\n\r]")


@operation("browseDocuments")
def browse_documents(
    ctx: Context,
    collection_id: str,
    *,
    order_by: str,
    filter: str = "",
    state: str | None = None,
) -> list[Json]:
    own(ctx, COLLECTIONS).get(collection_id)
    accepts = DocumentFilter(filter).accepts
    wanted = None if state is None else state.lower()
    found = [
        record
        for record in indexing.settled(ctx.world, collection_id).records()
        if wanted in (None, record.private["state"].lower()) and accepts(record.value)
    ]
    return [_summary(record) for record in _ordered(found, order_by.lower())]


@operation("createOrUpdateDocument")
def create_or_update_document(ctx: Context, collection_id: str, body: Json) -> Json:
    own(ctx, COLLECTIONS).get(collection_id)
    prices.require_balance(ctx)
    documents = ctx.store.table(COLLECTION_DOCUMENTS, collection_id)
    known = documents.derived("ids by name", _ids_by_name)
    written = write(ctx.world, documents, known.get(body["name"]), body)
    _account_for(ctx, [written])
    return {"documentId": written.id, "state": written.state}


@operation("indexDocumentsJSONL")
def index_documents_jsonl(
    ctx: Context, collection_id: str, body: Json, *, insert_mode: str | None = None
) -> Json:
    """A line that cannot be read is skipped; with `insert_mode`, documents that no line names go."""
    own(ctx, COLLECTIONS).get(collection_id)
    prices.require_balance(ctx)
    lines = lines_of(body["documents"].content)
    _check_count(ctx, len(lines))
    documents = ctx.store.table(COLLECTION_DOCUMENTS, collection_id)
    ids = _ids_by_name(documents)
    named: set[str] = set()
    written: list[Written] = []
    for line in lines:
        given = read_line(line)
        if given is not None:
            one = write(ctx.world, documents, ids.get(given["name"]), given)
            ids[given["name"]] = one.id
            named.add(given["name"])
            written.append(one)
    if insert_mode is not None:
        for name in [name for name in ids if name not in named]:
            documents.remove(ids[name])
    enqueued = _account_for(ctx, written)
    return {"enqueued": enqueued, "skipped": len(lines) - enqueued}


@operation("getDocument")
def get_document(ctx: Context, collection_id: str, document_id: str) -> Json:
    own(ctx, COLLECTIONS).get(collection_id)
    record = indexing.settled(ctx.world, collection_id).record(document_id)
    contents = record.value["contents"]
    return {
        **record.value,
        "state": record.private["state"],
        "characterCount": len(contents),
        "wordCount": len(contents.split()),
        "approximateTokenCount": prices.tokens(contents),
    }


@operation("deleteDocument")
def delete_document(ctx: Context, collection_id: str, document_id: str) -> Json:
    own(ctx, COLLECTIONS).get(collection_id)
    ctx.store.table(COLLECTION_DOCUMENTS, collection_id).remove(document_id)
    return said("Document removed.")


class Written(NamedTuple):
    """What became of one document; `tokens` are those that must be indexed, none when the text stayed."""

    id: str
    state: str
    tokens: int


def write(world: World, documents: Documents, id: str | None, given: Mapping[str, Any]) -> Written:
    """Create a document, or change the one of that id: what is absent stays, null clears."""
    now = world.clock.stamp()
    old = None if id is None else documents.get(id)
    value = {**(old or _blank(world, given["name"], now)), "contents": given["contents"]}
    for member, empty in _EMPTY.items():
        if member in given:
            value[member] = empty if given[member] is None else given[member]
    if old is not None and _text(value) == _text(old):
        return Written(value["id"], NOT_MODIFIED, 0)
    value["updatedAt"] = now
    if old is not None and value["contents"] == old["contents"]:
        documents.replace(value)
        return Written(value["id"], MODIFIED, 0)
    indexing.enqueue(world, documents, value)
    return Written(value["id"], CREATED if old is None else MODIFIED, prices.tokens(value["contents"]))


def seed(world: World, row: Json) -> None:
    """One row of the fixture section `collection_documents`: indexed already, or cancelled."""
    documents = world.store.table(COLLECTION_DOCUMENTS, collections.named(world, row))
    if row["name"] in documents.derived("ids by name", _ids_by_name):
        raise Conflict(f"{COLLECTION_DOCUMENTS.title(row['name'])} already exists")
    now = world.clock.stamp()
    value = {**_blank(world, row["name"], now), **{k: v for k, v in row.items() if k in _SEEDED}}
    state = row.get("state", indexing.INDEXED)
    value["indexedAt"] = now if state == indexing.INDEXED else None
    documents.add(value, state=state, progress=None)


_SEEDED = frozenset({"id", "contents", *_EMPTY})


def _blank(world: World, name: str, now: str) -> Json:
    return {
        "id": world.ids.uuid7(COLLECTION_DOCUMENTS.name, world.clock.millis()),
        "name": name,
        "contents": "",
        **_EMPTY,
        "createdAt": now,
        "updatedAt": now,
        "indexedAt": None,
    }


def _text(value: Json) -> bytes:
    """A document as bytes: as dictionaries, 1, 1.0 and true would be equal."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def _ids_by_name(documents: Documents) -> dict[str, str]:
    return {record.value["name"]: record.value["id"] for record in documents.records()}


def _check_count(ctx: Context, count: int) -> None:
    plan = account(ctx).value["plan"]
    limit = plans.IMPORTED_LINES.get(plan)
    if limit is not None and count >= limit:
        raise BadRequest({"body.documents": f"has {count} lines, the plan '{plan}' allows {limit - 1}"})


def _account_for(ctx: Context, written: list[Written]) -> int:
    """Count and charge what is to be indexed; the number of such documents."""
    enqueued = [one for one in written if one.tokens]
    plans.spend(ctx, plans.INSERTED, len(enqueued))
    if enqueued:
        plans.check_storage(ctx)
    prices.charge(ctx, prices.of_indexing(sum(one.tokens for one in enqueued)))
    return len(enqueued)


def _ordered(records: list[Record[Json]], order: str) -> list[Record[Json]]:
    """By one of the three times; what was never indexed comes last."""
    member, _, direction = order.rpartition("_")
    time = {"created_at": "createdAt", "updated_at": "updatedAt", "indexed_at": "indexedAt"}[member]
    known = [record for record in records if record.value[time] is not None]
    unknown = [record for record in records if record.value[time] is None]
    known.sort(key=lambda record: str(record.value[time]))
    return (known[::-1] + unknown[::-1]) if direction == "desc" else (known + unknown)


def _summary(record: Record[Json]) -> Json:
    value = record.value
    shown = _LINE_BREAK.sub(" ", value["contents"][: 2 * PREVIEW + 2])
    return {
        "id": value["id"],
        "updatedAt": value["updatedAt"],
        "name": value["name"],
        "reference": value["reference"],
        "tags": value["tags"],
        "contentsPreview": shown if len(shown) <= PREVIEW else f"{shown[:PREVIEW]}...",
        "indexState": record.private["state"],
    }
