"""JSON healing: answers that are checked against a JSON Schema, and made again until they satisfy it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

import jsonschema_rs
import orjson

from understudy.apis.aivax.errors import InferenceRefused
from understudy.behaviours.inference import Reply, Usage
from understudy.behaviours.json_healing import heal
from understudy.behaviours.schemas import Schemas, TooMuch
from understudy.behaviours.smallest import smallest
from understudy.behaviours.token_budget import count
from understudy.errors import BadRequest

Json = dict[str, Any]
ATTEMPTS = 3
"""How often an answer is made when `max_attempts` does not say (guess)."""
MOST_FAULTS = 5
"""So many of the faults of an answer are told."""


@dataclass(frozen=True)
class Duty:
    """What an answer must satisfy: a JSON Schema, where the request states it, how often it may be made."""

    schema: Mapping[str, Any]
    place: str
    attempts: int


def duty(body: Mapping[str, Any], *, automatic: bool) -> Duty | None:
    """The duty of the answer to a request; None when it is not checked.

    Args:
        automatic: whether the account has every answer of `json_schema` checked.
    """
    stated = body.get("response_format") or {}
    if not isinstance(stated, Mapping) or stated.get("type") not in (
        None,
        "text",
        "json_object",
        "json_schema",
    ):
        raise BadRequest({"body.response_format": "must be of type text, json_object or json_schema"})
    described = stated.get("json_schema") if stated.get("type") == "json_schema" else {}
    place = "body.response_format.json_schema"
    if not isinstance(described, Mapping):
        raise BadRequest({place: "must be of type object"})
    options = described.get("healing_options")
    attempts = _attempts(options, f"{place}.healing_options")
    if body.get("response_schema") is not None:
        return Duty(body["response_schema"], "body.response_schema", attempts)
    schema = described.get("schema", {})
    if not isinstance(schema, Mapping):
        raise BadRequest({f"{place}.schema": "must be of type object"})
    if "schema" in described and (options is not None or automatic):
        return Duty(schema, f"{place}.schema", attempts)
    return None


def fulfilled(reply: Reply, owed: Duty | None, most: int | None) -> Reply:
    """The reply as JSON that satisfies its duty; BadRequest tells the faults of the last attempt.

    After a first attempt the model says only what the schema needs at least. Each attempt costs its tokens.

    Args:
        most: tokens of an answer.
    """
    if owed is None or reply.tool_calls:
        return reply
    validator = _validator(owed)
    made, text, tokens = 1, reply.text, reply.usage.completion
    faults, value = _judged(validator, text)
    if faults and owed.attempts > 1:
        made, text = 2, _least(owed.schema)
        faults, value = _judged(validator, text)
        if most is not None and count(text) > most:
            faults = [f"$: does not end within {most} tokens"]
        tokens += count(text)
    if faults:
        said = f"no answer of {owed.attempts} satisfied it: {'; '.join(faults)}"
        raise InferenceRefused("invalid_structured_output", {owed.place: said})
    usage = replace(reply.usage, prompt=reply.usage.prompt * made, completion=tokens)
    return _as_json(reply, text, value, usage, first=made == 1)


def _as_json(reply: Reply, text: str, value: Any, usage: Usage, *, first: bool) -> Reply:
    with suppress(ValueError):
        orjson.loads(text)
        return replace(reply, text=text, usage=usage, finish_reason=reply.finish_reason if first else "stop")
    return replace(reply, text=orjson.dumps(value).decode(), usage=usage)


def _attempts(options: Any, place: str) -> int:
    if options is not None and not isinstance(options, Mapping):
        raise BadRequest({place: "must be of type object"})
    attempts = (options or {}).get("max_attempts", ATTEMPTS)
    if type(attempts) is not int or not 1 <= attempts <= 10:
        raise BadRequest({f"{place}.max_attempts": "must be from 1 to 10"})
    return attempts


def _judged(validator: jsonschema_rs.Validator, text: str) -> tuple[list[str], Any]:
    """The faults of an answer, and its value."""
    value = heal(text)
    if value is None and text.strip() != "null":
        return ["$: is no JSON"], None
    faults = []
    for error in validator.iter_errors(value):
        place = "".join(f"[{one}]" if isinstance(one, int) else f".{one}" for one in error.instance_path)
        faults.append(f"${place}: {error.message}")
        if len(faults) == MOST_FAULTS:
            break
    return faults, value


def _least(schema: Mapping[str, Any]) -> str:
    with suppress(TooMuch):
        return orjson.dumps(smallest(Schemas(schema), schema)).decode()
    return "{}"


def _validator(owed: Duty) -> jsonschema_rs.Validator:
    """The check of a schema, which never fetches another one."""
    try:
        return jsonschema_rs.validator_for(_plain(owed.schema), retriever=_not_fetched)
    except (ValueError, RecursionError) as error:
        first = str(error).splitlines()[0] if str(error) else "is too deep"
        raise BadRequest({owed.place: f"is no JSON Schema: {first}"}) from None


def _plain(node: Any) -> Any:
    """A schema in the words of JSON Schema: `bool` is boolean, and what is nullable may be null."""
    if isinstance(node, list):
        return [_plain(one) for one in node]
    if not isinstance(node, Mapping):
        return node
    plain = {name: _plain(held) for name, held in node.items()}
    kinds = plain.get("type")
    if isinstance(kinds, str | list):
        listed = [
            "boolean" if one == "bool" else one for one in ([kinds] if isinstance(kinds, str) else kinds)
        ]
        if plain.get("nullable") is True and "null" not in listed:
            listed.append("null")
        plain["type"] = listed[0] if len(listed) == 1 else listed
    return plain


def _not_fetched(uri: str) -> Any:
    raise ValueError(f"{uri} is not fetched")
