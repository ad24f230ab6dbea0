"""Queries: ranked passages and, when asked for, a generated answer. Spec tag: Queries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from understudy.apis.vectara import generation
from understudy.apis.vectara.generation import Generated
from understudy.apis.vectara.search import Result, search
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
) -> dict[str, Any]:
    """Search one corpus by GET: no generation, no stream."""
    parameters = {"limit": limit, "offset": offset}
    findings = search(ctx, query, [{"corpus_key": corpus_key}], parameters, ["query"])
    return _full(findings.results, None, _rewriting([corpus_key], intelligent_query_rewriting))


@operation("queryCorpus")
def query_corpus(ctx: Context, corpus_key: str, body: Body) -> dict[str, Any] | EventStream:
    """Query one corpus; `search.corpora` in the body is ignored, as the path names the corpus."""
    wanted = body.get("search") or {}
    return _answer(ctx, body, [{**wanted, "corpus_key": corpus_key, "query": None}], ["body.search"])


@operation("query")
def query(ctx: Context, body: Body) -> dict[str, Any] | EventStream:
    corpora = body["search"]["corpora"]
    return _answer(ctx, body, corpora, [f"body.search.corpora[{n}]" for n in range(len(corpora))])


def _answer(
    ctx: Context, body: Body, corpora: Sequence[Mapping[str, Any]], places: Sequence[str]
) -> dict[str, Any] | EventStream:
    parameters = body.get("generation")
    if parameters is not None:
        generation.check(parameters)
    findings = search(ctx, body["query"], corpora, body.get("search") or {}, places)
    generated = None
    if parameters is not None and generation.wanted(parameters):
        generated = generation.generate(body["query"], findings, parameters)
    keys = [wanted["corpus_key"] for wanted in corpora]
    rewriting = _rewriting(keys, body.get("intelligent_query_rewriting", False))
    if body.get("stream_response"):
        return EventStream(events(findings.results, generated, rewriting))
    return _full(findings.results, generated, rewriting)


def _full(
    results: Sequence[Result], generated: Generated | None, rewriting: dict[str, Any]
) -> dict[str, Any]:
    """The JSON answer; absent members are left out, never null."""
    answer: dict[str, Any] = {"search_results": results}
    warnings = list(rewriting.get("warnings", ()))
    if generated is not None:
        answer["summary"] = generated.text
        answer["response_language"] = generated.language
        answer["rendered_prompt"] = generated.rendered_prompt
        if generated.score is not None:
            answer["factual_consistency_score"] = generated.score
        warnings += generated.warnings
    if warnings:
        answer["warnings"] = warnings
    if "rewritten_queries" in rewriting:
        answer["rewritten_queries"] = rewriting["rewritten_queries"]
    return answer


def events(
    results: Sequence[Result], generated: Generated | None, rewriting: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """The stream of a query: results, prompt, text in pieces, its end, its score, the end."""
    first: dict[str, Any] = {"type": "search_results", "search_results": results}
    if "rewritten_queries" in rewriting:
        first["rewritten_queries"] = rewriting["rewritten_queries"]
    told = [first]
    if generated is not None:
        told.append({"type": "generation_info", "rendered_prompt": generated.rendered_prompt})
        told += generation.chunk_events(generated.text)
        if generated.score is not None:
            told.append({"type": "factual_consistency_score", "factual_consistency_score": generated.score})
    return [*told, {"type": "end"}]


def _rewriting(corpus_keys: Sequence[str], asked_for: bool) -> dict[str, Any]:
    """What a failed rewriting answers: this release does not rewrite, so the original query ran."""
    if not asked_for:
        return {}
    return {
        "warnings": ["intelligent_query_rewriting_failed"],
        "rewritten_queries": [{"corpus_key": key, "filter_extraction": {}} for key in corpus_keys],
    }
