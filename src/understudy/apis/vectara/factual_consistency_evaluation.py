"""Factual consistency: how far sources back a text. Spec tag: Factual Consistency Evaluation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from understudy.apis.vectara.wire import EvaluateFactualConsistencyResponse
from understudy.behaviours.generation import consistency
from understudy.behaviours.languages import detect
from understudy.engine.context import Context
from understudy.engine.operation import operation
from understudy.errors import BadRequest, Unprocessable

MODELS = ("hhem_v2.3",)
LANGUAGES = ("eng", "deu", "fra")
MAX_CHARACTERS = 65_536
"""Of the generated text and its sources together (guess: 16,384 tokens of four characters)."""


@operation("evaluateFactualConsistency")
def evaluate_factual_consistency(ctx: Context, body: dict[str, Any]) -> EvaluateFactualConsistencyResponse:
    """The language is that of the generated text; without words to judge, or sources, the score is 0."""
    model = body.get("model_parameters", {}).get("model_name", MODELS[0])
    text, sources = body["generated_text"], body["source_texts"]
    if model not in MODELS:
        known = ", ".join(MODELS)
        raise BadRequest({"body.model_parameters.model_name": f"no model '{model}'; there is {known}"})
    length = input_length(text, sources)
    if length > MAX_CHARACTERS:
        place = "generated_text" if len(text) > MAX_CHARACTERS else "source_texts"
        fault = f"makes {length} characters with the rest, {MAX_CHARACTERS} are allowed"
        raise BadRequest({f"body.{place}": fault})
    language = detect(text)
    if language not in LANGUAGES:
        raise Unprocessable(f"language '{language}' is not supported; {', '.join(LANGUAGES)} are")
    return {"score": consistency(text, sources)}


def input_length(text: str, sources: Sequence[str]) -> int:
    """What counts towards the bound: characters, and one for each source."""
    return len(text) + sum(map(len, sources)) + len(sources)


def obstacles(text: str, sources: Sequence[str], language: str) -> list[str]:
    """The warnings of an answer that cannot be scored; none when it can."""
    found = [] if language in LANGUAGES else ["fcs_language_not_supported"]
    if input_length(text, sources) > MAX_CHARACTERS:
        found.append("exceeded_max_input_length_fcs")
    return found
