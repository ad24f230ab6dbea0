"""The rules of strict JSON schemas, under which a model can always keep to the schema."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

MOST_PROPERTIES = 100
MOST_LEVELS = 5
NOT_STRICT = ("minLength", "maxLength", "pattern", "minimum", "maximum", "minItems", "maxItems")
"""Keywords that a strict schema does without."""


def strict_faults(spec: Mapping[str, Any], place: str) -> dict[str, str]:
    """What is wrong with `{name, schema, strict?}`, by place; nothing unless it is strict."""
    if not spec.get("strict"):
        return {}
    found: dict[str, str] = {}
    count = 0
    for where, level, schema in _objects(spec["schema"], f"{place}.schema", 1):
        properties = schema.get("properties", {})
        count += len(properties)
        if level > MOST_LEVELS:
            return {where: f"a strict schema has at most {MOST_LEVELS} levels"}
        for keyword in NOT_STRICT:
            if keyword in schema:
                found[f"{where}.{keyword}"] = "is not allowed in a strict schema"
        if schema["type"] == "object":
            if schema.get("additionalProperties") is not False:
                found[f"{where}.additionalProperties"] = "must be false in a strict schema"
            if set(schema.get("required", ())) != set(properties):
                found[f"{where}.required"] = "must name every property of a strict schema and no other"
    if count > MOST_PROPERTIES:
        found[f"{place}.schema"] = f"a strict schema has at most {MOST_PROPERTIES} properties, not {count}"
    return found


def _objects(
    schema: Mapping[str, Any], place: str, level: int
) -> Iterator[tuple[str, int, Mapping[str, Any]]]:
    """A schema and all inside of it, down to the first level too many; items are on that of their array."""
    yield place, level, schema
    if level > MOST_LEVELS:
        return
    if schema["type"] == "object":
        for name, inner in schema.get("properties", {}).items():
            deeper = level + (inner["type"] in ("object", "array"))
            yield from _objects(inner, f"{place}.properties.{name}", deeper)
    elif schema["type"] == "array" and "items" in schema:
        yield from _objects(schema["items"], f"{place}.items", level + (schema["items"]["type"] == "array"))
