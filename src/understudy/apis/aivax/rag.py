"""Semantic search over collections. Spec tag: RAG."""

from __future__ import annotations

from typing import Any

from understudy.apis.aivax import plans, prices, search
from understudy.apis.aivax.kinds import COLLECTIONS, own
from understudy.apis.aivax.search import Hit
from understudy.engine.context import Context
from understudy.engine.operation import operation
from understudy.errors import BadRequest

Json = dict[str, Any]


@operation("semanticSearch")
def semantic_search(ctx: Context, body: Json) -> list[Json]:
    ctx.use("searches")
    terms = _terms(body)
    collection_ids = list(dict.fromkeys(body["collections"]))
    for collection_id in collection_ids:
        own(ctx, COLLECTIONS).get(collection_id)
    prices.require_balance(ctx)
    reranker = body.get("reranker", search.RERANKER).lower()
    plans.spend_public(ctx, plans.PUBLIC_REQUESTS, "requests")
    plans.spend(ctx, plans.SEARCHES)
    if reranker != "none":
        plans.spend(ctx, plans.RERANKED)
    hits = search.search(
        ctx.world,
        collection_ids,
        terms,
        top=body.get("top", search.TOP),
        min_score=body.get("minScore", search.MIN_SCORE),
        reranker=reranker,
    )
    prices.charge(ctx, prices.of_search(terms, reranker))
    return [_shown(hit, bool(body.get("includeReferences"))) for hit in hits]


def _terms(body: Json) -> list[str]:
    """Every text that is searched for, once: `terms`, `term` or both."""
    given = [body["term"]] if body.get("term") is not None else []
    terms = list(dict.fromkeys([*given, *(body.get("terms") or ())]))
    if not terms:
        raise BadRequest({"body.terms": "give terms or term"})
    return terms


def _shown(hit: Hit, with_references: bool) -> Json:
    value = hit.document.value
    return {
        "collectionId": hit.collection_id,
        "documentId": value["id"],
        "documentName": value["name"],
        "documentContent": value["contents"],
        "score": hit.score,
        "metadata": value["metadata"],
        "referencedDocuments": _referenced(hit) if with_references else [],
    }


def _referenced(hit: Hit) -> list[Json]:
    """The other documents of the collection that have the same reference."""
    value = hit.document.value
    return [
        {"documentId": other.value["id"], "documentContent": other.value["contents"]}
        for other in hit.view.by_reference.get(value["reference"], ())
        if other is not hit.document
    ]
