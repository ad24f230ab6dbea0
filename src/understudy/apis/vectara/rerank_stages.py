"""Stages of reranking: each gives new scores, sorts, cuts off and limits; a chain hands on its survivors.

`rerankers` knows which trained ones there are; they all judge alike here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from understudy.apis.vectara.user_functions import Knee, UserFunctionError, cached_function
from understudy.errors import BadRequest
from understudy.state.store import Record

if TYPE_CHECKING:
    from understudy.behaviours.retrieval import Index

TRAINED: Mapping[str, Any] = {"type": "customer_reranker"}


@dataclass(slots=True)
class Hit:
    """One row on its way to becoming a result; its score changes from stage to stage.

    `semantic` is its semantic score for the query itself, where retrieval knows it. `as_answer` says that
    its corpus was searched for texts like the query, not for texts that answer it.
    """

    score: float
    corpus_number: int
    row: int
    document: Record[Any]
    part: int
    index: Index
    semantic: float | None
    as_answer: bool = False


def apply(
    reranker: Mapping[str, Any] | None,
    query: str,
    hits: list[Hit],
    now_millis: int,
    place: str = "body.search.reranker",
) -> list[Hit]:
    """The hits after one reranker; without one the strongest of the plan works, `none` switches it off.

    `now_millis` is the time of the world, which user functions may ask for.
    """
    reranker = TRAINED if reranker is None else reranker
    kind = reranker.get("type", "customer_reranker")
    if kind == "chain":
        for number, stage in enumerate(reranker["rerankers"]):
            hits = apply(stage, query, hits, now_millis, f"{place}.rerankers[{number}]")
        return hits
    if kind == "userfn":
        hits = _user_function(reranker, hits, now_millis, f"{place}.user_function")
    else:
        hits = _STAGES[kind](reranker, query, hits, place)
    if kind != "none" and reranker.get("cutoff") is not None:
        hits = [hit for hit in hits if hit.score >= reranker["cutoff"]]
    limit = reranker.get("limit")
    return hits[:limit] if limit else hits


def _customer(reranker: Mapping[str, Any], query: str, hits: list[Hit], place: str) -> list[Hit]:
    for group in _by_index(hits):
        found = [hit.semantic for hit in group if hit.semantic is not None]
        semantic = found if len(found) == len(group) else None
        index, rows = group[0].index, [hit.row for hit in group]
        if group[0].as_answer:
            scores = index.likeness(query, rows) if semantic is None else semantic
        else:
            scores = index.relevance(query, rows, semantic)
        for hit, score in zip(group, scores, strict=True):
            hit.score = score
    return sorted(hits, key=_by_score)


def _by_score(hit: Hit) -> float:
    return -hit.score


def _mmr(reranker: Mapping[str, Any], query: str, hits: list[Hit], place: str) -> list[Hit]:
    """Maximal marginal relevance: the score of a result is its value when it was chosen."""
    from understudy.behaviours.retrieval import mmr_valued, similarity

    bias = reranker.get("diversity_bias") or 0.0
    if not 0 <= bias <= 1:
        raise BadRequest({f"{place}.diversity_bias": f"must be between 0 and 1, not {bias}"})
    if not hits:
        return []
    alike = similarity([(hit.index, hit.row) for hit in hits])
    chosen = mmr_valued([hit.score for hit in hits], alike, bias, len(hits))
    for number, value in chosen:
        hits[number].score = value
    return [hits[number] for number, _ in chosen]


def _user_function(reranker: Mapping[str, Any], hits: list[Hit], now_millis: int, place: str) -> list[Hit]:
    """Scores by an expression of the caller's; a hit whose score is null is dropped. Knee cuts the list."""
    try:
        function = cached_function(reranker.get("user_function") or "")
    except UserFunctionError as error:
        raise BadRequest({place: f"{error.message} (at position {error.position})"}) from None
    if isinstance(function, Knee):
        hits = sorted(hits, key=_by_score)
        return hits[: function.kept([hit.score for hit in hits])]
    kept = []
    for hit in hits:
        score = function(_row(hit), now_millis)
        if score is not None:
            hit.score = score
            kept.append(hit)
    return sorted(kept, key=_by_score)


def _row(hit: Hit) -> dict[str, Any]:
    """What `get` of a user function reads."""
    document = hit.document.value
    part = document["parts"][hit.part]
    return {
        "score": hit.score,
        "text": part["text"],
        "document_metadata": document["metadata"],
        "part_metadata": part["metadata"],
        "document_id": document["id"],
    }


def _none(reranker: Mapping[str, Any], query: str, hits: list[Hit], place: str) -> list[Hit]:
    return hits


_STAGES: Mapping[str, Callable[[Mapping[str, Any], str, list[Hit], str], list[Hit]]] = {
    "customer_reranker": _customer,
    "mmr": _mmr,
    "none": _none,
}


def _by_index(hits: Sequence[Hit]) -> list[list[Hit]]:
    groups: dict[int, list[Hit]] = {}
    for hit in hits:
        groups.setdefault(hit.corpus_number, []).append(hit)
    return list(groups.values())
