"""Hallucination correctors: put right what documents do not support. Spec tag: Hallucination Correctors."""

from __future__ import annotations

from typing import Any

from understudy.apis.vectara import models
from understudy.apis.vectara.factual_consistency_evaluation import MAX_CHARACTERS, input_length
from understudy.apis.vectara.kinds import HALLUCINATION_CORRECTORS
from understudy.apis.vectara.pages import listing
from understudy.apis.vectara.wire import HallucinationCorrectionResponse
from understudy.behaviours.correction import correct
from understudy.engine.context import Context
from understudy.engine.operation import operation
from understudy.errors import BadRequest


@operation("listHallucinationCorrectors")
def list_hallucination_correctors(
    ctx: Context, *, limit: int, filter: str | None = None, page_key: str | None = None
) -> dict[str, Any]:
    records = ctx.store.table(HALLUCINATION_CORRECTORS).records()
    return listing(ctx, "hallucination_correctors", records, limit, page_key, filter)


@operation("correctHallucinations")
def correct_hallucinations(ctx: Context, body: dict[str, Any]) -> HallucinationCorrectionResponse:
    """Every corrector follows the same rules; the bound is that of evaluations (guess)."""
    model = models.named(ctx.store, HALLUCINATION_CORRECTORS, body["model_name"], "body.model_name")
    text, documents = body["generated_text"], [one["text"] for one in body["documents"]]
    query = body.get("query", "")
    length = input_length(text, [*documents, query])
    if length > MAX_CHARACTERS:
        place = "generated_text" if len(text) > MAX_CHARACTERS else "documents"
        fault = f"makes {length} characters with the rest, {MAX_CHARACTERS} are allowed"
        raise BadRequest({f"body.{place}": fault})
    corrected, corrections = correct(text, documents, query)
    return {
        "corrections": [
            {
                "original_text": one.original,
                "corrected_text": one.corrected,
                "explanation": one.explanation,
            }
            for one in corrections
        ],
        "corrected_text": corrected,
        "model": model["name"],
    }
