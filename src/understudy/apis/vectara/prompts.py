"""Prompts: the messages that a model would have been sent, our own or after a template."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import orjson

from understudy.apis.vectara.platform import PROMPT
from understudy.apis.vectara.wire import Document, DocumentPart, Table
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
    query: str,
    results: Sequence[Mapping[str, Any]],
    texts: Sequence[str],
    parameters: Mapping[str, Any],
    template: str,
    place: str,
) -> str:
    """The messages as JSON text; 400 for a template that cannot be rendered or gives something else.

    Args:
        results: the search results that are used, in wire shape.
        texts: what a model reads of each.
        parameters: the generation parameters.
        template: what makes the messages.
        place: where the request names the template.
    """
    if template == PROMPT:
        return _own(query, texts)
    return _rendered(template, _variables(query, results, texts, parameters), place)


def summary_prompt(document: Document, passages: Sequence[str], template: str | None) -> str:
    """The messages that ask for a summary of a document, after the caller's template if there is one.

    400 `body.prompt_template` as above. Without a template `passages` are what a model reads.
    """
    if template:
        return _rendered(template, {"vectaraDocument": _document(document)}, "body.prompt_template")
    task = "Sum up the document in a few of its own sentences."
    return _messages(task, "\n".join(["Document:", *passages]))


def _rendered(template: str, variables: Mapping[str, Any], place: str) -> str:
    try:
        rendered = render(template, variables, escape=json_text)
    except TemplateError as error:
        raise BadRequest({place: f"{error.message} (at position {error.position})"}) from None
    if not _is_messages(rendered):
        message = "the template must give a JSON array of messages with role and content"
        raise BadRequest({place: message})
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


def _document(document: Document) -> Provided:
    """`$vectaraDocument`; what takes work is done when it is first asked for."""
    tables = {table.get("id", ""): table for table in document.get("tables", ())}
    parts = cache(lambda: [_part(part, tables) for part in document["parts"]])
    return Provided({
        "id": Member(0, lambda: document["id"]),
        "json": _json_of(document),
        "metadata": Member(0, lambda: _metadata(document["metadata"])),
        "parts": Member(0, parts),
    })  # fmt: skip


def _part(part: DocumentPart, tables: Mapping[str, Table]) -> Provided:
    table = tables.get(part["table_id"]) if "table_id" in part else None
    shown = None if table is None else Provided({"json": _json_of(table)})
    return Provided({
        "text": Member(0, lambda: part["text"]),
        "metadata": Member(0, lambda: _metadata(part["metadata"])),
        "hasTable": Member(0, lambda: table is not None),
        "table": Member(0, lambda: shown),
    })  # fmt: skip


def _json_of(value: Any) -> Member:
    return Member(0, cache(lambda: orjson.dumps(value).decode()))


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
    """What `PROMPT` gives, a hundred times as fast and for texts of any length; a test compares the two."""
    sources = "".join(f"\n[{number}] {text}" for number, text in enumerate(texts, 1))
    task = "Answer from the numbered sources alone and cite each one you use by its number."
    return _messages(task, f"Sources:{sources}\n\nQuestion: {query}")


def _messages(system: str, user: str) -> str:
    return orjson.dumps([{"role": "system", "content": system}, {"role": "user", "content": user}]).decode()
