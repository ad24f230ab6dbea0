"""Generation on search results: a grounded answer, its citations, its consistency score."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from understudy.apis.vectara import models
from understudy.apis.vectara.attributes import value_at
from understudy.apis.vectara.factual_consistency_evaluation import obstacles
from understudy.apis.vectara.generation_presets import Settings, settings
from understudy.apis.vectara.kinds import LLMS
from understudy.apis.vectara.prompts import prompt, summary_prompt, template_member
from understudy.apis.vectara.search import Findings
from understudy.apis.vectara.wire import Document
from understudy.behaviours import generation
from understudy.behaviours.decide import Decider, decide
from understudy.behaviours.languages import detect
from understudy.state.store import Record, Store

CHARACTERS_PER_TOKEN = 4
"""How `max_tokens` limits an answer here (guess)."""
SUMMARY_CHARACTERS = 800
"""The length of a summary when no `max_tokens` is given (guess)."""
READ_CHARACTERS = 200_000
"""How much of a document a model takes in; the rest is not summed up (guess: it depends on the model)."""
NOTHING_TO_SUM_UP = "The document holds no text to sum up."


@dataclass(frozen=True)
class Generated:
    """What generation adds to an answer. `score` is None when it was not asked for or not possible."""

    text: str
    rendered_prompt: str
    language: str
    score: float | None
    warnings: list[str] = field(default_factory=list)


def wanted(parameters: Mapping[str, Any] | None) -> bool:
    """Generation is opt-in: the member is there, not null and not switched off."""
    return parameters is not None and parameters.get("enabled", True) is not False


def check(store: Store, parameters: Mapping[str, Any]) -> None:
    """400 for a preset or a model that cannot be used, before anything is searched."""
    settings(store, parameters)


def generate(
    store: Store,
    query: str,
    findings: Findings,
    parameters: Mapping[str, Any],
    decider: Decider | None = None,
) -> Generated:
    """The answer to `query` from the first findings, each sentence with its citation.

    When nothing in the results answers, the fixed sentence says so, without score. A text that the decider
    says instead is scored against the results like any other.
    """
    chosen = settings(store, parameters)
    results, sources = findings.results[: chosen.used_results], findings.sources[: chosen.used_results]
    longest = _longest(chosen, parameters)
    sentences = generation.compose(query, sources, max_characters=longest) if sources else []
    subject = {"query": query, "sources": sources, "parameters": parameters}
    written = _written(sentences, results, parameters)
    text = decide(decider, "summary", subject, lambda: written)
    rendered = prompt(query, results, sources, parameters, chosen.template, chosen.place)
    language = _language(parameters, text)
    grounded = bool(sentences) or (text != written and bool(sources))
    if not parameters.get("enable_factual_consistency_score", True):
        return Generated(text, rendered, language, None)
    if not grounded:
        score = decide(decider, "score", {"text": text, "sources": sources}, lambda: None)
        return Generated(text, rendered, language, score)
    own = text == written
    plain = generation.render(sentences, lambda number: "") if own else generation.without_citations(text)
    warnings = obstacles(plain, sources, language)
    if warnings:
        return Generated(text, rendered, language, None, warnings)
    subject = {"text": plain, "sources": sources}
    score = decide(decider, "score", subject, lambda: generation.consistency(plain, sources))
    return Generated(text, rendered, language, score)


def summarize(
    store: Store, record: Record[Document], parameters: Mapping[str, Any], decider: Decider | None = None
) -> tuple[str, str]:
    """The summary of a document and the prompt for it.

    400 for a model that cannot be used, and for a template that cannot be rendered.
    """
    models.named(store, LLMS, parameters["llm_name"], "body.llm_name")
    passages = list(_read_passages(record))
    longest = _max_tokens(parameters) * CHARACTERS_PER_TOKEN or SUMMARY_CHARACTERS

    def written() -> str:
        sentences = generation.summarize(passages, longest)
        return generation.render(sentences, lambda number: "") or NOTHING_TO_SUM_UP

    subject = {"document_id": record.value["id"], "sources": passages, "parameters": parameters}
    text = decide(decider, "document_summary", subject, written)
    return text, summary_prompt(record.value, passages, parameters.get("prompt_template"))


def _read_passages(record: Record[Document]) -> Iterator[str]:
    """The texts a model would read: the sections, or the parts that the caller cut, up to the bound."""
    left = READ_CHARACTERS
    cut_by_caller = record.private.get("core") or "sections" not in record.private
    texts = [part["text"] for part in record.value["parts"]] if cut_by_caller else record.private["sections"]
    for text in texts:
        if text and left > 0:
            yield text[:left]
            left -= len(text)


def _max_tokens(parameters: Mapping[str, Any]) -> int:
    """The limit among the model parameters, which are open here; 0 when there is none."""
    stated = (parameters.get("model_parameters") or {}).get("max_tokens")
    return stated if isinstance(stated, int) and not isinstance(stated, bool) and stated > 0 else 0


def chunk_events(text: str) -> list[dict[str, Any]]:
    """The stream events that tell the text, piece by piece, and its end."""
    chunks = [{"type": "generation_chunk", "generation_chunk": piece} for piece in generation.pieces(text)]
    return [*chunks, {"type": "generation_end"}]


def _written(
    sentences: Sequence[generation.Sentence],
    results: Sequence[Mapping[str, Any]],
    parameters: Mapping[str, Any],
) -> str:
    if not sentences:
        return generation.NO_ANSWER
    citations = parameters.get("citations") or {}
    return generation.render(sentences, lambda number: citation(number, results[number], citations))


def _longest(chosen: Settings, parameters: Mapping[str, Any]) -> int | None:
    """The soft limit in characters, if there is any.

    `max_response_characters` is a variable of the prompt, so a template of the caller's decides about it.
    """
    limits = [
        None if template_member(parameters) else parameters.get("max_response_characters"),
        chosen.max_tokens * CHARACTERS_PER_TOKEN,
    ]
    return min((n for n in limits if n), default=None)


def citation(number: int, result: Mapping[str, Any], citations: Mapping[str, Any]) -> str:
    """The mark of the result at `number` (from 0) in the chosen style; "" for style none."""
    style = citations.get("style") or "numeric"
    if style == "none":
        return ""
    if style == "numeric":
        return f"[{number + 1}]"
    url = _interpolated(citations.get("url_pattern") or "", result)
    text = _interpolated(citations.get("text_pattern") or "", result) or str(number + 1)
    return f'<a href="{url}">{text}</a>' if style == "html" else f"[{text}]({url})"


def _interpolated(pattern: str, result: Mapping[str, Any]) -> str:
    """`{doc.x}` and `{part.x}` replaced by metadata; what is missing becomes empty (guess)."""
    scopes = {
        "doc": {**result["document_metadata"], "id": result["document_id"]},
        "part": result["part_metadata"],
    }
    out, rest = "", pattern
    while "{" in rest:
        before, _, rest = rest.partition("{")
        name, closed, after = rest.partition("}")
        scope, _, member = name.partition(".")
        if not closed or scope not in scopes:
            out += before + "{"
            continue
        value = value_at(scopes[scope], member)
        out += before + ("" if value is None else str(value))
        rest = after
    return out + rest


def _language(parameters: Mapping[str, Any], text: str) -> str:
    stated = parameters.get("response_language") or "auto"
    return detect(text) if stated == "auto" else str(stated)
