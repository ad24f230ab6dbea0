"""Documents: reading and deleting what was indexed. Spec tag: Documents."""

from __future__ import annotations

from typing import Any

from understudy.apis.vectara import jobs
from understudy.apis.vectara.attributes import compiled_filter
from understudy.apis.vectara.kinds import CORPORA, DOCUMENTS
from understudy.apis.vectara.pages import page
from understudy.apis.vectara.wire import Document
from understudy.engine.context import Context
from understudy.engine.operation import operation


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
    ctx.store.table(CORPORA).get(corpus_key)
    return ctx.store.table(DOCUMENTS, corpus_key).get(document_id)


@operation("deleteCorpusDocument")
def delete_corpus_document(ctx: Context, corpus_key: str, document_id: str) -> None:
    ctx.store.table(CORPORA).get(corpus_key)
    ctx.store.table(DOCUMENTS, corpus_key).remove(document_id)


def without_parts(document: Document) -> Document:
    """A document as lists and writes show it."""
    shown = document.copy()
    shown.pop("parts", None)
    return shown
