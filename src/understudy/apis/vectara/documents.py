"""Documents: reading, summing up and deleting what was indexed. Spec tag: Documents."""

from __future__ import annotations

from typing import Any

from understudy.apis.vectara import generation, jobs
from understudy.apis.vectara.attributes import compiled_filter
from understudy.apis.vectara.kinds import CORPORA, DOCUMENTS, is_searchable
from understudy.apis.vectara.pages import page
from understudy.apis.vectara.wire import (
    BulkDeleteAsyncResponse,
    BulkDeleteSyncSuccessResponse,
    Corpus,
    Document,
    Image,
    SummarizeDocumentRequest,
    SummarizeDocumentResponse,
)
from understudy.engine.context import Context
from understudy.engine.operation import operation
from understudy.engine.streaming import EventStream
from understudy.errors import BadRequest, NotFound
from understudy.state.store import Record

MOST_IDS = 10_000
"""How many ids one bulk delete may name."""


@operation("listCorpusDocuments")
def list_corpus_documents(
    ctx: Context,
    corpus_key: str,
    *,
    limit: int,
    metadata_filter: str | None = None,
    page_key: str | None = None,
) -> dict[str, Any]:
    jobs.settle(ctx.world)
    corpus = ctx.store.table(CORPORA).get(corpus_key)
    records = ctx.store.table(DOCUMENTS, corpus_key).records()
    if metadata_filter:
        accepts = compiled_filter(corpus, metadata_filter, "query.metadata_filter", document_only=True)
        records = [r for r in records if accepts(r.value["id"], r.value["metadata"], {})]
    shown, metadata = page(ctx, records, limit, page_key, metadata_filter)
    return {"documents": [without_parts(document) for document in shown], "metadata": metadata}


@operation("getCorpusDocument")
def get_corpus_document(ctx: Context, corpus_key: str, document_id: str) -> Document:
    return _record(ctx, corpus_key, document_id).value


@operation("deleteCorpusDocument")
def delete_corpus_document(ctx: Context, corpus_key: str, document_id: str) -> None:
    _record(ctx, corpus_key, document_id)
    ctx.store.table(DOCUMENTS, corpus_key).remove(document_id)


@operation("bulkDeleteCorpusDocuments")
def bulk_delete_corpus_documents(
    ctx: Context,
    corpus_key: str,
    *,
    async_: bool,
    document_ids: str | None = None,
    metadata_filter: str | None = None,
) -> tuple[BulkDeleteAsyncResponse, int] | BulkDeleteSyncSuccessResponse:
    """What goes is settled now; the job spares what is changed before it gets there."""
    jobs.settle(ctx.world)
    corpus = ctx.store.table(CORPORA).get(corpus_key)
    named = _named(document_ids)
    if not named and not metadata_filter:
        raise BadRequest({"query.document_ids": "give document_ids, metadata_filter or both"})
    if metadata_filter:
        named = list(dict.fromkeys([*named, *_let_through(ctx, corpus, metadata_filter)]))
    cutoff = ctx.clock.stamp()
    effect = {"corpus_key": corpus_key, "document_ids": named, "cutoff": ctx.ids.count(jobs.CHANGES)}
    job = jobs.start(ctx.world, "bulk_delete_documents", [corpus_key], effect, wait=not async_)
    if async_:
        return {"response_type": "async", "job_id": job["id"], "cutoff_timestamp": cutoff}, 202
    told = jobs.outcome(ctx.world, job["id"])
    return {
        "response_type": "success",
        "job_id": job["id"],
        "cutoff_timestamp": cutoff,
        "deleted_count": told["deleted_count"],
        "skipped_count": told["skipped_count"],
    }


@operation("getImage")
def get_image(ctx: Context, corpus_key: str, document_id: str, image_id: str) -> Image:
    record = _record(ctx, corpus_key, document_id)
    for shown in record.value.get("images", ()):
        if shown["id"] == image_id:
            image: Image = {"id": image_id, "image_data": record.private["images"][image_id]}
            for member in ("title", "caption", "description"):
                if member in shown:
                    image[member] = shown[member]
            return image
    raise NotFound(f"image '{image_id}' not found in document '{document_id}'", image_id)


@operation("summarizeCorpusDocument")
def summarize_corpus_document(
    ctx: Context, corpus_key: str, document_id: str, body: SummarizeDocumentRequest
) -> SummarizeDocumentResponse | EventStream:
    record = _record(ctx, corpus_key, document_id)
    summary, prompt = generation.summarize(ctx.store, record, body, ctx.decider)
    if body.get("stream_response"):
        info = {"type": "generation_info", "rendered_prompt": prompt}
        return EventStream([info, *generation.chunk_events(summary), {"type": "end"}])
    return {"summary": summary, "rendered_prompt": prompt}


def _record(ctx: Context, corpus_key: str, document_id: str) -> Record[Document]:
    jobs.settle(ctx.world)
    ctx.store.table(CORPORA).get(corpus_key)
    return ctx.store.table(DOCUMENTS, corpus_key).record(document_id)


def _named(document_ids: str | None) -> list[str]:
    """The ids of a list with commas between them, verbatim, each once."""
    given = [document_id for document_id in (document_ids or "").split(",") if document_id]
    if len(given) > MOST_IDS:
        raise BadRequest({"query.document_ids": f"names {len(given)} documents, {MOST_IDS} are allowed"})
    return list(dict.fromkeys(given))


def _let_through(ctx: Context, corpus: Corpus, metadata_filter: str) -> list[str]:
    """The documents of which the search index holds a part that the filter lets through."""
    accepts = compiled_filter(corpus, metadata_filter, "query.metadata_filter")
    now = ctx.clock.millis()
    found: list[str] = []
    for record in ctx.store.table(DOCUMENTS, corpus["key"]).records():
        document = record.value
        metadata = [part["metadata"] for part in document["parts"]] if accepts.uses_part else [{}]
        if is_searchable(record, now) and any(
            accepts(document["id"], document["metadata"], one) for one in metadata
        ):
            found.append(document["id"])
    return found


def without_parts(document: Document) -> Document:
    """A document as lists and writes show it."""
    shown = document.copy()
    shown.pop("parts", None)
    return shown
