"""Indexing: documents come in, in two shapes, and their metadata changes. Spec tag: Index."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from understudy.apis.vectara import jobs, parts
from understudy.apis.vectara.attributes import mismatches
from understudy.apis.vectara.documents import without_parts
from understudy.apis.vectara.kinds import CORPORA, DOCUMENTS, enabled_corpus
from understudy.apis.vectara.wire import Document, DocumentStorageUsage, Image, ImageMetadata
from understudy.engine.context import Context
from understudy.engine.operation import operation
from understudy.errors import BadRequest
from understudy.state.world import World


@operation("createCorpusDocument")
def create_corpus_document(
    ctx: Context, corpus_key: str, body: dict[str, Any], *, wait_for: str | None = None
) -> tuple[Document, int]:
    jobs.settle(ctx.world)
    corpus = enabled_corpus(ctx.store, corpus_key)
    document = add_document(ctx.world, corpus, body)
    return {**without_parts(document), "storage_usage": storage_usage(document)}, 201


@operation("updateCorpusDocument")
def update_corpus_document(ctx: Context, corpus_key: str, document_id: str, body: dict[str, Any]) -> Document:
    """Merge the given members; null takes a member away (guess)."""
    old = _stored(ctx, corpus_key, document_id)["metadata"]
    merged = {**old, **(body.get("metadata") or {})}
    return _with_metadata(ctx, corpus_key, document_id, {k: v for k, v in merged.items() if v is not None})


@operation("replaceCorpusDocumentMetadata")
def replace_corpus_document_metadata(
    ctx: Context, corpus_key: str, document_id: str, body: dict[str, Any]
) -> Document:
    return _with_metadata(ctx, corpus_key, document_id, body.get("metadata") or {})


def add_document(
    world: World, corpus: Mapping[str, Any], body: Mapping[str, Any], **private_facts: Any
) -> Document:
    """Index one document of either shape and return it with its parts; no answer shows `private_facts`."""
    faults = dict(_faults(corpus, body))
    if faults:
        raise BadRequest(faults)
    built = parts.build(body)
    document: Document = {"id": body["id"], "metadata": built.metadata, "parts": built.parts}
    if built.tables:
        document["tables"] = built.tables
    if built.images:
        document["images"] = [_image_metadata(image) for image in built.images]
    private: dict[str, Any] = {
        "sections": built.sections,
        "places": built.places,
        "change": world.ids.next(jobs.CHANGES),
        **private_facts,
    }
    if body["type"] == "core":
        private["core"] = True
    if built.images:
        # Of two images with one id the first counts, as it does in the list of the document.
        private["images"] = {image["id"]: image["image_data"] for image in reversed(built.images)}
    progress = world.lifecycle.dial("indexing").begun(world.clock.millis())
    if progress is not None:
        private["indexing"] = progress
    return world.store.table(DOCUMENTS, corpus["key"]).add(document, **private)


def _image_metadata(image: Image) -> ImageMetadata:
    """An image as documents show it: without its bytes, which getImage alone gives."""
    shown: ImageMetadata = {"id": image["id"], "mime_type": image["image_data"]["mime_type"]}
    for member in ("title", "caption", "description"):
        if member in image:
            shown[member] = image[member]
    return shown


def storage_usage(document: Document) -> DocumentStorageUsage:
    """Bytes of text and of metadata, as the answer to a write reports them."""
    metadata = [document["metadata"], *(part["metadata"] for part in document["parts"])]
    return {
        "bytes_used": sum(len(part["text"].encode()) for part in document["parts"]),
        "metadata_bytes_used": sum(len(orjson.dumps(m)) for m in metadata if m),
    }


def seed(world: World, row: dict[str, Any]) -> None:
    """One row of the fixture section `documents`: a create request and its `corpus_key`."""
    corpus = world.store.table(CORPORA).get(row["corpus_key"])
    add_document(world, corpus, {k: v for k, v in row.items() if k != "corpus_key"})


def _stored(ctx: Context, corpus_key: str, document_id: str) -> Document:
    jobs.settle(ctx.world)
    ctx.store.table(CORPORA).get(corpus_key)
    return ctx.store.table(DOCUMENTS, corpus_key).get(document_id)


def _with_metadata(ctx: Context, corpus_key: str, document_id: str, metadata: dict[str, Any]) -> Document:
    jobs.settle(ctx.world)
    corpus = ctx.store.table(CORPORA).get(corpus_key)
    documents = ctx.store.table(DOCUMENTS, corpus_key)
    document = documents.get(document_id)
    faults = dict(mismatches(corpus, "document", metadata, "body.metadata"))
    if faults:
        raise BadRequest(faults)
    change = ctx.ids.next(jobs.CHANGES)
    return without_parts(documents.replace({**document, "metadata": metadata}, change=change))


def _faults(corpus: Mapping[str, Any], body: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What the schema cannot see: ids no path can hold, attribute types, dimensions, dangling ids."""
    if body["id"] in (".", "..") or "\0" in body["id"]:
        yield "body.id", "cannot stand in a path: it is a dot segment or contains NUL"
    yield from mismatches(corpus, "document", body.get("metadata", {}), "body.metadata")
    dimensions = {dimension["name"] for dimension in corpus["custom_dimensions"]}
    yield from _unknown_dimensions(body, dimensions, "body")
    if body["type"] == "core":
        tables = {table.get("id") for table in body.get("tables", ())}
        images = {image["id"] for image in body.get("images", ())}
        for number, part in enumerate(body["document_parts"]):
            place = f"body.document_parts[{number}]"
            yield from mismatches(corpus, "part", part.get("metadata", {}), f"{place}.metadata")
            yield from _unknown_dimensions(part, dimensions, place)
            if part.get("table_id") is not None and part["table_id"] not in tables:
                yield f"{place}.table_id", f"no table '{part['table_id']}' in this document"
            if part.get("image_id") is not None and part["image_id"] not in images:
                yield f"{place}.image_id", f"no image '{part['image_id']}' in this document"
    else:
        for place, section in parts.walk(body["sections"], "body.sections"):
            yield from mismatches(corpus, "part", section.get("metadata", {}), f"{place}.metadata")


def _unknown_dimensions(
    holder: Mapping[str, Any], declared: set[str], place: str
) -> Iterator[tuple[str, str]]:
    for name in holder.get("custom_dimensions", {}):
        if name not in declared:
            yield f"{place}.custom_dimensions.{name}", f"corpus declares no custom dimension '{name}'"
