"""Structured output: replies that are JSON after a response format, filled from what was said and found."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from understudy.behaviours.answers import Answer, Situation, answer
from understudy.behaviours.arguments import fill
from understudy.behaviours.evidence import Evidence
from understudy.behaviours.generation import compose
from understudy.behaviours.grounding import question_of
from understudy.behaviours.json_healing import heal
from understudy.behaviours.regex import regex
from understudy.behaviours.tool_choice import json_text
from understudy.behaviours.tool_results import as_lines

MOST_KEYS = 50
READ_CHARACTERS = 20_000

_KEYS = regex(
    r"\b(?:keys?|fields?|properties|attributes|schlüsseln?|feldern?|clés?|champs|claves?|campos?|"
    r"chaves?)\b:?\s*([^\n]{1,500})",
    re.IGNORECASE,
)
_MARKED = regex(r"[\"'`“”„]([A-Za-z_][\w-]{0,60})[\"'`“”]")
_BARE = regex(
    r"\s*(?:(?:,|and\b|und\b|et\b|y\b|e\b)\s*){0,2}([A-Za-z_][\w-]{0,60})(?![\w-])"
    r"(?=\s*(?:[,.?!:]|(?:and|und|et|y|e)\b|\Z))"
)
_EXAMPLE = regex(r"\{[^{}]{1,2000}\}")


def structured(response_format: Mapping[str, Any] | None, now: Situation) -> Answer | None:
    """The reply as JSON text; None when the format asks for none.

    `json_schema` gives a value after the schema. `json_object` gives an object with the keys that the message
    or the instructions name, or with `answer` alone.
    """
    kind = response_format.get("type") if response_format else None
    if response_format is None or kind not in ("json_object", "json_schema"):
        return None
    plain = answer(now)
    schema = _schema(response_format) if kind == "json_schema" else None
    text = now.exchange.text
    if schema is None:
        keys, text = named_keys(text)
        keys = keys or named_keys(now.material.instructions)[0] or ["answer"]
        schema = {"type": "object", "properties": dict.fromkeys(keys, _ANYTHING), "required": keys}
    value = fill(schema, Evidence([text, *_further_texts(now)]), plain.text)
    return Answer(json_text(value), f"{plain.account} It is told as JSON.")


def named_keys(text: str) -> tuple[list[str], str]:
    """The keys that a text asks for, of an example object or listed behind `keys`, and the text without "
    "them."""
    read = text[:READ_CHARACTERS]
    example = _EXAMPLE.search(read)
    shown = heal(example.group()) if example else None
    if example and isinstance(shown, dict):
        return list(shown)[:MOST_KEYS], text[: example.start()] + text[example.end() :]
    for match in _KEYS.finditer(read):
        found, end = _listed(match.group(1))
        if found:
            return found, text[: match.start()] + text[match.start(1) + end :]
    return [], text


_ANYTHING = {"anyOf": [{"type": "number"}, {"type": "string"}]}


def _listed(text: str) -> tuple[list[str], int]:
    """The keys that a text begins with or has between quotation marks, and where they end."""
    marked = list(_MARKED.finditer(text))
    at = marked[-1].end() if marked else 0
    found = [match.group(1) for match in marked]
    while not marked and (match := _BARE.match(text, at)):
        found.append(match.group(1))
        at = match.end()
    return list(dict.fromkeys(found))[:MOST_KEYS], at


def _schema(response_format: Mapping[str, Any]) -> Any:
    held = response_format.get("json_schema")
    return held.get("schema") if isinstance(held, Mapping) else response_format.get("schema")


def _further_texts(now: Situation) -> list[str]:
    """What values are taken from besides the message: results, what the sources say about it, then the "
    "rest."""
    exchange, material = now.exchange, now.material
    found = compose(question_of(exchange), material.sources, max_sentences=8)
    results = [as_lines(result.text) for result in exchange.results]
    said = list(exchange.said())
    return [
        *results,
        " ".join(one.text for one in found),
        *material.memories,
        *said,
        *material.sources,
    ]
