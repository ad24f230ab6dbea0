"""Prompts: the messages that a model would have been sent, our own or after the caller's template."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from understudy.behaviours.languages import detect
from understudy.behaviours.templates import Member, Provided, TemplateError, json_text, render
from understudy.errors import BadRequest

LANGUAGE_NAMES: Mapping[str, str] = {
    "ara": "Arabic", "ben": "Bengali", "ces": "Czech", "deu": "German", "ell": "Greek", "eng": "English",
    "fas": "Persian", "fra": "French", "heb": "Hebrew", "hin": "Hindi", "ind": "Indonesian", "ita": "Italian",
    "jpn": "Japanese", "kor": "Korean", "msa": "Malay", "nld": "Dutch", "pol": "Polish", "por": "Portuguese",
    "ron": "Romanian", "rus": "Russian", "spa": "Spanish", "swe": "Swedish", "tha": "Thai", "tur": "Turkish",
    "ukr": "Ukrainian", "urd": "Urdu", "vie": "Vietnamese", "zho": "Chinese",
}  # fmt: skip
INDEX_WORDS = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"]


def template_member(parameters: Mapping[str, Any]) -> str | None:
    """The member with the caller's template; the deprecated `prompt_text` counts when there is no other."""
    for member in ("prompt_template", "prompt_text"):
        if parameters.get(member):
            return member
    return None


def prompt(
    query: str, results: Sequence[Mapping[str, Any]], texts: Sequence[str], parameters: Mapping[str, Any]
) -> str:
    """The messages as JSON text; 400 for a template that cannot be rendered or gives something else.

    Args:
        results: the search results that are used, in wire shape.
        texts: what a model reads of each.
        parameters: the generation parameters.
    """
    member = template_member(parameters)
    if member is None:
        return _own(query, texts)
    try:
        rendered = render(parameters[member], _variables(query, results, texts, parameters), escape=json_text)
    except TemplateError as error:
        message = f"{error.message} (at position {error.position})"
        raise BadRequest({f"body.generation.{member}": message}) from None
    if not _is_messages(rendered):
        message = "the template must give a JSON array of messages with role and content"
        raise BadRequest({f"body.generation.{member}": message})
    return rendered


def _variables(
    query: str, results: Sequence[Mapping[str, Any]], texts: Sequence[str], parameters: Mapping[str, Any]
) -> dict[str, Any]:
    """What a template may use. Source: the page of the docs on prompts."""
    language = parameters.get("response_language") or "auto"
    language = detect(query) if language == "auto" else language
    return {
        "vectaraQuery": query,
        "vectaraQueryResults": [_provided(result, text) for result, text in zip(results, texts, strict=True)],
        "vectaraIdxWord": INDEX_WORDS,
        "vectaraLangCode": language,
        "vectaraLangName": LANGUAGE_NAMES.get(language, language),
        "vectaraOutChars": parameters.get("max_response_characters") or None,
    }


def _provided(result: Mapping[str, Any], text: str) -> Provided:
    return Provided({
        "getText": Member(0, lambda: text),
        "text": Member(0, lambda: text),
        "docMetadata": Member(0, lambda: _metadata(result["document_metadata"])),
        "partMetadata": Member(0, lambda: _metadata(result["part_metadata"])),
    })  # fmt: skip


def _metadata(metadata: Mapping[str, Any]) -> Provided:
    def get(key: Any) -> Any:
        value = metadata.get(key) if type(key) is str else None
        return "" if value is None else value  # what is missing is empty, as documented

    return Provided({"get": Member(1, get), "present": Member(0, lambda: bool(metadata))})


def _is_messages(rendered: str) -> bool:
    try:
        messages = orjson.loads(rendered)
    except orjson.JSONDecodeError:
        return False
    return (
        isinstance(messages, list)
        and bool(messages)
        and all(
            isinstance(message, dict) and {type(message.get(m)) for m in ("role", "content")} == {str}
            for message in messages
        )
    )


def _own(query: str, texts: Sequence[str]) -> str:
    sources = "\n".join(f"[{number}] {text}" for number, text in enumerate(texts, 1))
    messages = [
        {
            "role": "system",
            "content": "Answer from the numbered sources alone and cite each one you use by its number.",
        },
        {"role": "user", "content": f"Sources:\n{sources}\n\nQuestion: {query}"},
    ]
    return orjson.dumps(messages).decode()
