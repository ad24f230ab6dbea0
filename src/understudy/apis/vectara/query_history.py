"""Query history: what was asked, and step by step what came of it. Spec tag: Query History."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from understudy.apis.vectara.answering import Answered
from understudy.apis.vectara.auth import visible
from understudy.apis.vectara.kinds import CORPORA, QUERY_HISTORY
from understudy.apis.vectara.pages import page
from understudy.apis.vectara.wire import QueryHistory, QueryHistorySummary
from understudy.engine.context import Context
from understudy.engine.operation import operation
from understudy.state.clock import parse_stamp, stamp
from understudy.state.world import World

KEPT = 10_000
"""How many entries a world keeps; the oldest leave (guess: the vendor states no limit)."""
SPAN_MILLIS: Mapping[str, int] = {
    "rephrase": 90,
    "rewritten_query": 120,
    "search": 15,
    "rerank": 25,
    "generation": 400,
    "fcs": 60,
}
"""How long each step is told to have taken (guess): a real duration would differ from run to run."""
_REQUEST_MEMBERS = (
    "query", "search", "generation", "chat", "stream_response", "save_history", "intelligent_query_rewriting",
)  # fmt: skip
_SEARCH_MEMBERS = ("offset", "limit", "context_configuration", "reranker")
_CORPUS_MEMBERS = (
    "corpus_key", "query", "custom_dimensions", "metadata_filter", "lexical_interpolation", "semantics",
)  # fmt: skip


@operation("getQueryHistories")
def get_query_histories(
    ctx: Context,
    *,
    limit: int,
    corpus_key: str | None = None,
    started_after: str | None = None,
    started_before: str | None = None,
    chat_id: str | None = None,
    history_id: str | None = None,
    page_key: str | None = None,
) -> dict[str, Any]:
    after = parse_stamp(started_after) if started_after else None
    before = parse_stamp(started_before) if started_before else None
    seen = visible(ctx)
    records = [
        record
        for record in ctx.store.table(QUERY_HISTORY).records()
        if (corpus_key is None or corpus_key in record.private["corpus_keys"])
        and (chat_id is None or record.value.get("chat_id") == chat_id)
        and (history_id is None or record.value["id"] == history_id)
        and (after is None or record.private["started"] > after)
        and (before is None or record.private["started"] < before)
        and (seen is None or seen.issuperset(record.private["corpus_keys"]))
    ]
    narrowing = (corpus_key, started_after, started_before, chat_id, history_id)
    shown, metadata = page(ctx, records, limit, page_key, *narrowing, newest_first=True)
    return {"queries": [_summary(entry) for entry in shown], "metadata": metadata}


@operation("getQueryHistory")
def get_query_history(ctx: Context, query_id: str) -> QueryHistory:
    return ctx.store.table(QUERY_HISTORY).get(query_id)


def is_wanted(ctx: Context, stated: bool | None, corpora: Sequence[Mapping[str, Any]]) -> bool:
    """Whether a query goes into the history: the request decides, else any of its corpora (guess)."""
    if stated is not None:
        return stated
    table = ctx.store.table(CORPORA)
    for entry in corpora:
        found = table.find(entry["corpus_key"])
        if found is not None and found.value["save_history"]:
            return True
    return False


def record(
    ctx: Context,
    body: Mapping[str, Any],
    answered: Answered,
    chat_id: str | None = None,
    *,
    by: Mapping[str, str] | None = None,
) -> None:
    """Put an answered question into the history.

    Args:
        chat_id: the chat that has kept it.
        by: `agent_key` and `session_key` of the agent that asked it.
    """
    corpora = answered.asked.corpora
    search = _given(body.get("search") or {}, _SEARCH_MEMBERS)
    search["corpora"] = [_given(entry, _CORPUS_MEMBERS) for entry in corpora]
    query = {**_given(body, _REQUEST_MEMBERS), "search": search}
    _keep(ctx.world, query, list(_steps(answered)), ctx.clock.millis(), chat_id, by)


def seed(world: World, row: dict[str, Any]) -> None:
    """One row of the fixture section `query_history`: a request and what was generated for it."""
    steps: list[dict[str, Any]] = []
    if "generation" in row:
        steps.append({"type": "generation", "prompt": row.get("prompt", ""), "generation": row["generation"]})
    if "factual_consistency_score" in row:
        steps.append({"type": "fcs", "score": row["factual_consistency_score"]})
    started = parse_stamp(row["started_at"]) if "started_at" in row else world.clock.millis()
    _keep(world, row["query"], steps, started, row.get("chat_id"))


def _given(values: Mapping[str, Any], members: Sequence[str]) -> dict[str, Any]:
    """The members that are there and not null; what the API does not know is not kept."""
    return {member: values[member] for member in members if values.get(member) is not None}


def _keep(
    world: World,
    query: dict[str, Any],
    steps: Sequence[Mapping[str, Any]],
    started: int,
    chat_id: str | None,
    by: Mapping[str, str] | None = None,
) -> None:
    spans, passed = [], 0
    for step in steps:
        millis = SPAN_MILLIS[step["type"]]
        spans.append({**step, "latency_millis": millis, "started_at": stamp(started + passed)})
        passed += millis
    number = world.ids.next("qry")
    entry: Any = {"id": f"qry_{number}", "query": query, "latency_millis": passed}
    entry |= {"started_at": stamp(started), "spans": spans}
    if chat_id is not None:
        entry["chat_id"] = chat_id
    entry |= by or {}
    keys = list(dict.fromkeys(corpus["corpus_key"] for corpus in query["search"]["corpora"]))
    table = world.store.table(QUERY_HISTORY)
    table.add(entry, started=started, corpus_keys=keys)
    oldest = f"qry_{number - KEPT}"  # ids are counted and entries leave in no other way
    if oldest in table:
        table.remove(oldest)


def _steps(answered: Answered) -> Iterator[dict[str, Any]]:
    """The work on a question in its order, each step in the form of its span, without times."""
    asked, findings, generated = answered.asked, answered.findings, answered.generated
    if asked.rephrased:
        yield {"type": "rephrase", "rephrased_query": asked.text}
    for one in answered.rewritings:
        warned = {"warnings": list(one.warnings)} if one.warnings else {}
        made = {"corpus_key": one.corpus_key, "filter_extraction": one.extraction}
        yield {"type": "rewritten_query", **made, **warned}
    trace = findings.trace
    assert trace is not None
    yield {"type": "search", "search_results": trace.retrieved}
    if (asked.parameters.get("reranker") or {}).get("type") != "none":
        scored = zip(findings.results, trace.scores, strict=True)
        results = [{"text": r["text"], "score": r["score"], "original_score": score} for r, score in scored]
        yield {"type": "rerank", "reranked_search_results": results}
    if generated is not None:
        yield {"type": "generation", "prompt": generated.rendered_prompt, "generation": generated.text}
        if generated.score is not None:
            yield {"type": "fcs", "score": generated.score}


def _summary(entry: QueryHistory) -> QueryHistorySummary:
    summary: QueryHistorySummary = {
        "id": entry["id"],
        "query": entry["query"]["query"],
        "corpus_key": entry["query"]["search"]["corpora"][0]["corpus_key"],
        "started_at": entry["started_at"],
        "latency_millis": entry["latency_millis"],
    }
    if "chat_id" in entry:
        summary["chat_id"] = entry["chat_id"]
    if "agent_key" in entry:
        summary |= {"agent_key": entry["agent_key"], "session_key": entry["session_key"]}
    for span in entry["spans"]:
        if span["type"] == "generation":
            summary["generation"] = span["generation"]
        elif span["type"] == "fcs":
            summary["factual_consistency_score"] = span["score"]
    return summary
