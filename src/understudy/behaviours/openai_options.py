"""Options of a chat completion in the form of OpenAI, read for `inference.Request`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

STRICT_PROPERTIES, STRICT_LEVELS = 100, 5
"""How large a schema with `strict` may be."""
_NOT_STRICT = ("minLength", "maxLength", "pattern", "minimum", "maximum", "minItems", "maxItems")


def most_tokens(body: Mapping[str, Any]) -> int | None:
    """The most tokens of an answer, by the newer name or the older one."""
    most = body.get("max_completion_tokens") or body.get("max_tokens")
    return None if most is None else int(most)


def structured_format(stated: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """A response format that asks for JSON; None when any text will do."""
    if stated is None or stated.get("type") in (None, "text"):
        return None
    return {"type": "json_object"} if stated["type"] == "json_object" else dict(stated)


def forced_function(tool_choice: Any) -> str | None:
    """The function that must be called, when the choice names one."""
    function = tool_choice.get("function") if isinstance(tool_choice, Mapping) else None
    name = function.get("name") if isinstance(function, Mapping) else None
    return None if name is None else str(name)


def not_strict(schema: Mapping[str, Any]) -> str | None:
    """Why a schema cannot be followed with `strict`: the first fault and its place; None when it can.

    Objects take no further properties and require all of theirs, bounds on values are unknown, and size and
    depth are limited.
    """
    if "anyOf" in schema:
        return "$: the root may not be anyOf"
    waiting: list[tuple[Mapping[str, Any], str, int]] = [(schema, "$", 1)]
    properties = 0
    while waiting:
        one, place, level = waiting.pop()
        fault = _fault(one, level)
        if fault:
            return f"{place}: {fault}"
        properties += len(_members(one))
        if properties > STRICT_PROPERTIES:
            return f"{place}: more than {STRICT_PROPERTIES} properties together"
        waiting += reversed(_parts(one, place, level))
    return None


def _fault(schema: Mapping[str, Any], level: int) -> str | None:
    if level > STRICT_LEVELS:
        return f"deeper than {STRICT_LEVELS} levels"
    unknown = next((word for word in _NOT_STRICT if word in schema), None)
    if unknown:
        return f"{unknown} is not supported"
    if schema.get("type") != "object" and "properties" not in schema:
        return None
    if schema.get("additionalProperties") is not False:
        return "additionalProperties must be false"
    required = schema.get("required")
    optional = [name for name in _members(schema) if not isinstance(required, list) or name not in required]
    return f"'{optional[0]}' must be required" if optional else None


def _members(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    held = schema.get("properties")
    return held if isinstance(held, Mapping) else {}


def _parts(schema: Mapping[str, Any], place: str, level: int) -> list[tuple[Mapping[str, Any], str, int]]:
    """The schemas inside one, with their places; alternatives and definitions are no level of their own."""
    found = [(f"{place}.{name}", held, level + 1) for name, held in _members(schema).items()]
    found.append((f"{place}[]", schema.get("items"), level + 1))
    for word in ("anyOf", "allOf", "oneOf"):
        listed = schema.get(word)
        found += [(place, held, level) for held in (listed if isinstance(listed, list) else ())]
    for word in ("$defs", "definitions"):
        defined = schema.get(word)
        named = defined.items() if isinstance(defined, Mapping) else ()
        found += [(f"{place}.{word}.{name}", held, 1) for name, held in named]
    return [(held, where, deep) for where, held, deep in found if isinstance(held, Mapping)]
