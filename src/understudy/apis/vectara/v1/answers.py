"""Answers of v2 as sets of v1, whole or as the parts of a stream."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import orjson

from understudy.apis.vectara.v1 import statuses
from understudy.apis.vectara.v1.wire import (
    comvectaraStatus,
    servingResponseSet,
    servingSummary,
    vectaraservingAttribute,
)
from understudy.behaviours import generation

Json = dict[str, Any]
OK: comvectaraStatus = {"code": "OK", "statusDetail": ""}


def response_set(
    results: Sequence[Mapping[str, Any]], numbers: Mapping[str, int], customer: int
) -> servingResponseSet:
    """Results of v2 with their documents, each once; `numbers` are those of the corpora by key."""
    places: dict[tuple[str, str], int] = {}
    found: servingResponseSet = {"response": [], "status": [], "document": [], "summary": []}
    for result in results:
        document = (result["corpus_key"], result["document_id"])
        if document not in places:
            places[document] = len(places)
            metadata = _attributes(result["document_metadata"])
            found["document"].append({"id": result["document_id"], "metadata": metadata})
        found["response"].append({
            "text": result["text"],
            "score": result["score"],
            "metadata": _attributes(result["part_metadata"]),
            "documentIndex": places[document],
            "corpusKey": {
                "customerId": customer,
                "corpusId": numbers[result["corpus_key"]],
                "semantics": "DEFAULT",
                "dim": [],
                "metadataFilter": "",
            },
        })  # fmt: skip
    return found


def refused_set(status: comvectaraStatus) -> servingResponseSet:
    """The set of a query that cannot be answered."""
    return {"response": [], "status": [status], "document": [], "summary": []}


def summary(told: Mapping[str, Any], wanted: Mapping[str, Any]) -> servingSummary:
    """One summary; `told` is the answer of v2, of a query or of a chat, `wanted` what v1 asked for."""
    if not told["search_results"]:
        return refused_summary({"code": "QRY__SMRY__NO_QUERY_RESULTS", "statusDetail": "nothing was found"})
    made: servingSummary = {
        "text": told.get("answer", told.get("summary", "")),
        "lang": told["response_language"],
        "status": [],
    }
    if wanted.get("debug"):
        made["prompt"] = told["rendered_prompt"]
    if wanted.get("factualConsistencyScore"):
        made["factualConsistency"] = _consistency(told)
    return made


def refused_summary(status: comvectaraStatus) -> servingSummary:
    return {"text": "", "lang": "", "status": [status]}


def parts(sets: Sequence[servingResponseSet]) -> Iterator[Json]:
    """The lines of a stream: the numbers of what will come, the sets, the summaries in pieces."""
    numbered: list[tuple[int, servingResponseSet, list[int]]] = []
    last = 0
    for one in sets:
        summaries = [last + 2 + place for place in range(len(one["summary"]))]
        numbered.append((last + 1, one, summaries))
        last += 1 + len(summaries)
    yield _part(batchQueryResponse={"responseSet": [_stub(n, s) for n, _, s in numbered], "status": []})
    for number, one, summaries in numbered:
        yield _part(responseSet={**one, **_numbers(number, summaries)})
    for _, one, summaries in numbered:
        for number, whole in zip(summaries, one["summary"], strict=True):
            yield from (_part(summary={**piece, "futureId": number}) for piece in _pieces(whole))


def _pieces(whole: servingSummary) -> Iterator[Json]:
    """The text in pieces, then what is known at its end, then its score."""
    rest: Json = {**whole, "text": "", "done": True}
    score = rest.pop("factualConsistency", None)
    for piece in generation.pieces(whole.get("text", "")):
        yield {"text": piece, "done": False, "status": []}
    yield rest
    if score is not None:
        yield {"factualConsistency": score, "done": True, "status": []}


def _part(**members: Any) -> Json:
    return {"result": {**members, "status": []}}


def _stub(number: int, summaries: Sequence[int]) -> Json:
    return {"response": [], "status": [], "document": [], **_numbers(number, summaries)}


def _numbers(number: int, summaries: Sequence[int]) -> Json:
    return {"summary": [{"futureId": one, "status": []} for one in summaries], "futureId": number}


def _consistency(told: Mapping[str, Any]) -> Any:
    if "factual_consistency_score" in told:
        return {"score": told["factual_consistency_score"], "status": OK}
    return {"status": statuses.of_warning(next(iter(told.get("warnings", ())), "there is nothing to score"))}


def _attributes(metadata: Mapping[str, Any]) -> list[vectaraservingAttribute]:
    """Metadata as pairs of texts; what is no text is written as JSON."""
    return [
        {"name": name, "value": value if isinstance(value, str) else orjson.dumps(value).decode()}
        for name, value in metadata.items()
    ]
