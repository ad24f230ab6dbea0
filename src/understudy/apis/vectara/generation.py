"""Generation on search results: a grounded answer, its citations, its consistency score."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from understudy.apis.vectara.attributes import value_at
from understudy.apis.vectara.prompts import prompt, template_member
from understudy.apis.vectara.search import Findings
from understudy.apis.vectara.wire import Document
from understudy.behaviours import generation
from understudy.behaviours.decide import decide
from understudy.behaviours.languages import detect
from understudy.errors import BadRequest
from understudy.state.store import Record

PRESETS: Mapping[str, int] = {
    "mockingbird-2.0": 25,
    "vectara-summary-ext-24-05-sml": 25,
    "vectara-summary-ext-24-05-med": 25,
    "vectara-summary-ext-24-05-med-omni": 25,
    "vectara-summary-ext-24-05-large": 25,
    "vectara-summary-table-query-ext-dec-2024-gpt-4o": 25,
    "vectara-summary-ext-v1.2.0": 25,
    "vectara-summary-ext-v1.3.0": 25,
}
"""Presets by name, with the number of results each uses; 25 is what prose says of the newer ones."""
LLM_NAMES = ("mockingbird-2.0", "gpt-3.5-turbo", "gpt-4", "gpt-4-turbo", "gpt-4o")
"""Language models by the names that the docs use; what they say is made here all the same."""
DEFAULT_USED_RESULTS = 5
CONSISTENCY_LANGUAGES = frozenset({"eng", "deu", "fra"})
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


def check(parameters: Mapping[str, Any]) -> None:
    """400 for a preset that does not exist, before anything is searched."""
    for member in ("generation_preset_name", "prompt_name"):
        name = parameters.get(member)
        if name is not None and name not in PRESETS:
            raise BadRequest(
                {f"body.generation.{member}": f"no preset '{name}'; there is {', '.join(PRESETS)}"}
            )


def generate(query: str, findings: Findings, parameters: Mapping[str, Any]) -> Generated:
    """The answer to `query` from the first findings, each sentence with its citation.

    When nothing in the results answers, the fixed sentence says so, without score.
    """
    count = _used_results(parameters)
    results, sources = findings.results[:count], findings.sources[:count]
    sentences = generation.compose(query, sources, max_characters=_longest(parameters)) if sources else []
    subject = {"query": query, "sources": sources, "parameters": parameters}
    text = decide(None, "summary", subject, lambda: _written(sentences, results, parameters))
    rendered = prompt(query, results, sources, parameters)
    language = _language(parameters, text)
    if not sentences or not parameters.get("enable_factual_consistency_score", True):
        return Generated(text, rendered, language, None)
    if language not in CONSISTENCY_LANGUAGES:
        return Generated(text, rendered, language, None, ["fcs_language_not_supported"])
    plain = generation.render(sentences, lambda number: "")
    return Generated(text, rendered, language, generation.consistency(plain, sources))


def summarize(record: Record[Document], parameters: Mapping[str, Any]) -> tuple[str, str | None]:
    """The summary of a document and the prompt for it, which is None when the caller gave a template.

    400 `body.llm_name` names the models there are.
    """
    if parameters["llm_name"] not in LLM_NAMES:
        raise BadRequest(
            {"body.llm_name": f"no model '{parameters['llm_name']}'; there is {', '.join(LLM_NAMES)}"}
        )
    passages = list(_read_passages(record))
    longest = _max_tokens(parameters) * CHARACTERS_PER_TOKEN or SUMMARY_CHARACTERS

    def written() -> str:
        sentences = generation.summarize(passages, longest)
        return generation.render(sentences, lambda number: "") or NOTHING_TO_SUM_UP

    subject = {"document_id": record.value["id"], "sources": passages, "parameters": parameters}
    text = decide(None, "document_summary", subject, written)
    return text, None if parameters.get("prompt_template") else _summary_prompt(passages)


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


def _summary_prompt(texts: Sequence[str]) -> str:
    messages = [
        {"role": "system", "content": "Sum up the document in a few of its own sentences."},
        {"role": "user", "content": "Document:\n" + "\n".join(texts)},
    ]
    return orjson.dumps(messages).decode()


def chunk_events(text: str) -> list[dict[str, Any]]:
    """The stream events that tell the text, piece by piece, and its end."""
    chunks = [{"type": "generation_chunk", "generation_chunk": piece} for piece in generation.pieces(text)]
    return [*chunks, {"type": "generation_end"}]


def _used_results(parameters: Mapping[str, Any]) -> int:
    stated = parameters.get("max_used_search_results")
    if stated is not None:
        return int(stated)
    preset = parameters.get("generation_preset_name") or parameters.get("prompt_name")
    return PRESETS[preset] if preset else DEFAULT_USED_RESULTS


def _written(
    sentences: Sequence[generation.Sentence],
    results: Sequence[Mapping[str, Any]],
    parameters: Mapping[str, Any],
) -> str:
    if not sentences:
        return generation.NO_ANSWER
    citations = parameters.get("citations") or {}
    return generation.render(sentences, lambda number: citation(number, results[number], citations))


def _longest(parameters: Mapping[str, Any]) -> int | None:
    """The soft limit in characters that the parameters set, if any.

    `max_response_characters` is a variable of the prompt, so a template of the caller's decides about it.
    """
    limits = [
        None if template_member(parameters) else parameters.get("max_response_characters"),
        ((parameters.get("model_parameters") or {}).get("max_tokens") or 0) * CHARACTERS_PER_TOKEN,
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
