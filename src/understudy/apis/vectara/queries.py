"""Queries: ranked passages and, when asked for, a generated answer. Spec tag: Queries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from understudy.apis.vectara import answering, query_history
from understudy.apis.vectara.answering import Asked
from understudy.engine.context import Context
from understudy.engine.operation import operation
from understudy.engine.streaming import EventStream

Body = dict[str, Any]


@operation("searchCorpus")
def search_corpus(
    ctx: Context,
    corpus_key: str,
    *,
    query: str,
    limit: int = 10,
    offset: int = 0,
    save_history: bool | None = None,
    intelligent_query_rewriting: bool = False,
) -> dict[str, Any] | EventStream:
    """Search one corpus by GET: no generation, no stream."""
    body = {
        "query": query,
        "search": {"limit": limit, "offset": offset},
        "save_history": save_history,
        "intelligent_query_rewriting": intelligent_query_rewriting,
    }
    return _answer(ctx, body, [{"corpus_key": corpus_key}], ["query"])


@operation("queryCorpus")
def query_corpus(ctx: Context, corpus_key: str, body: Body) -> dict[str, Any] | EventStream:
    """Query one corpus; `search.corpora` in the body is ignored, as the path names the corpus."""
    wanted = body.get("search") or {}
    return _answer(ctx, body, [{**wanted, "corpus_key": corpus_key, "query": None}], ["body.search"])


@operation("query")
def query(ctx: Context, body: Body) -> dict[str, Any] | EventStream:
    corpora = body["search"]["corpora"]
    return _answer(ctx, body, corpora, answering.places(corpora))


def _answer(
    ctx: Context, body: Body, corpora: Sequence[Mapping[str, Any]], places: Sequence[str]
) -> dict[str, Any] | EventStream:
    saved = query_history.is_wanted(ctx, body.get("save_history"), corpora)
    answered = answering.answer(
        ctx,
        Asked(
            body["query"],
            corpora,
            body.get("search") or {},
            places,
            body.get("generation"),
            rewritten=body.get("intelligent_query_rewriting", False),
            traced=saved,
        ),
    )
    if saved:
        query_history.record(ctx, body, answered)
    if body.get("stream_response"):
        return EventStream(answering.events(answered))
    return answering.whole(answered, "summary")
