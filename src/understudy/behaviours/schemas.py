"""Schemas: the part of JSON Schema that tools and answers use, read within bounds.

Known are type (also a list, and `bool`), nullable, enum, const, properties, required, additionalProperties,
items, prefixItems, minItems, maxItems, uniqueItems, minimum, maximum, both exclusive bounds, multipleOf,
minLength, maxLength, pattern, anyOf, oneOf, allOf and local $ref. Other keywords are not looked at.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from math import isfinite
from typing import Any, TypeGuard

from understudy.behaviours.patterns import matches

Schema = Mapping[str, Any]

DEEPEST = 24
"""Levels of a value that are filled in; hostile schemas go deeper."""
MOST_STEPS = 20_000
"""How many parts of schemas are looked at for one value, however they are nested."""
_MOST_HOPS = 16
_MOST_SHARED = 200
_TYPES = ("null", "boolean", "integer", "number", "string", "array", "object")
_UNIONS = ("anyOf", "oneOf")
_LARGEST = {"minimum", "exclusiveMinimum", "minLength", "minItems"}
_SMALLEST = {"maximum", "exclusiveMaximum", "maxLength", "maxItems"}


class TooMuch(Exception):
    """A schema takes more steps than are allowed."""


class Schemas:
    """A schema with its definitions, and the steps that are left for reading it."""

    def __init__(self, root: Any, steps: int = MOST_STEPS) -> None:
        self.root: Schema = root if isinstance(root, Mapping) else {}
        self._left = steps

    def step(self) -> None:
        """Count one step.

        Raises:
            TooMuch: none was left.
        """
        self._left -= 1
        if self._left < 0:
            raise TooMuch

    def branches(self, schema: Any) -> Iterator[Schema]:
        """The alternatives of a schema, each with one type and without unions, in order; at most 64."""
        waiting = [(self.resolved(schema), 0)]
        given = 0
        while waiting and given < 64:
            one, depth = waiting.pop()
            union = next((key for key in _UNIONS if isinstance(one.get(key), list) and one[key]), None)
            if union and depth < _MOST_HOPS:
                base = {key: value for key, value in one.items() if key != union}
                parts = [self.resolved(merged(base, self.resolved(part))) for part in one[union][:64]]
                waiting.extend((part, depth + 1) for part in reversed(parts))
                continue
            for kind in types_of(one) or [hinted_type(one)]:
                given += 1
                yield {**one, "type": kind}

    def resolved(self, schema: Any) -> Schema:
        """The schema with its reference and its `allOf` merged in."""
        found: Schema = schema if isinstance(schema, Mapping) else {} if schema is not False else {"enum": []}
        for _ in range(_MOST_HOPS):
            self.step()
            if isinstance(found.get("$ref"), str):
                base = {key: value for key, value in found.items() if key != "$ref"}
                found = merged(base, self._referred(found["$ref"]))
            elif isinstance(found.get("allOf"), list):
                parts: Sequence[Any] = found["allOf"][:64]
                found = {key: value for key, value in found.items() if key != "allOf"}
                for part in parts:
                    self.step()
                    found = merged(found, part if isinstance(part, Mapping) else {})
            else:
                return found
        return {key: value for key, value in found.items() if key not in ("$ref", "allOf")}

    def fits(self, value: Any, schema: Any, depth: int = 0) -> bool:
        """Whether a value is valid, as far as the known keywords tell."""
        if schema is False or depth > DEEPEST * 2:
            return False
        one = self.resolved(schema)
        kinds = types_of(one)
        if value is None and one.get("nullable") is True:
            return True
        if (kinds and not any(_is_of_type(value, kind) for kind in kinds)) or not _is_listed(value, one):
            return False
        for union in _UNIONS:
            parts = one.get(union)
            if isinstance(parts, list) and parts:
                fitting = sum(self.fits(value, part, depth + 1) for part in parts[:64])
                if fitting == 0 or (union == "oneOf" and fitting > 1):
                    return False
        if isinstance(value, str):
            return _fits_text(value, one)
        if isinstance(value, list):
            return self._fits_list(value, one, depth)
        if isinstance(value, Mapping):
            return self._fits_object(value, one, depth)
        return isinstance(value, bool) or value is None or _fits_number(value, one)

    def _fits_list(self, value: Sequence[Any], schema: Schema, depth: int) -> bool:
        if not within(len(value), schema.get("minItems"), schema.get("maxItems")):
            return False
        if schema.get("uniqueItems") is True and len({repr(one) for one in value}) < len(value):
            return False
        return all(self.fits(one, item_schema(schema, at), depth + 1) for at, one in enumerate(value))

    def _fits_object(self, value: Mapping[str, Any], schema: Schema, depth: int) -> bool:
        if any(name not in value for name in required_of(schema)):
            return False
        known = properties_of(schema)
        other = schema.get("additionalProperties", True)
        return all(self.fits(held, known.get(name, other), depth + 1) for name, held in value.items())

    def _referred(self, reference: str) -> Schema:
        """What a reference within the document points to; one to anywhere else allows anything."""
        found: Any = self.root
        if not reference.startswith("#"):
            return {}
        for part in reference[1:].split("/")[1:_MOST_HOPS]:
            name = part.replace("~1", "/").replace("~0", "~")
            found = found.get(name) if isinstance(found, Mapping) else None
        return found if isinstance(found, Mapping) else {}


def merged(base: Schema, other: Schema) -> Schema:
    """One schema that asks for what both ask for."""
    if not base:
        return other
    both: dict[str, Any] = {**other, **base}
    for key in other.keys() & base.keys():
        one, two = base[key], other[key]
        if key == "properties" and isinstance(one, Mapping) and isinstance(two, Mapping):
            shared = {name: {"allOf": [one[name], two[name]]} for name in two if name in one}
            both[key] = {**two, **one, **shared}
        elif key == "required" and isinstance(one, list) and isinstance(two, list):
            both[key] = [*one, *(name for name in two if name not in one)]
        elif key == "enum" and isinstance(one, list) and isinstance(two, list):
            both[key] = [value for value in one[:_MOST_SHARED] if value in two[:_MOST_SHARED]]
        elif key in _LARGEST | _SMALLEST and _is_number(one) and _is_number(two):
            both[key] = max(one, two) if key in _LARGEST else min(one, two)
        elif key == "type":
            both[key] = [kind for kind in types_of(base) if kind in _allowed(types_of(other))] or one
        elif key == "allOf" and isinstance(one, list) and isinstance(two, list):
            both[key] = [*one, *two]
    return both


def types_of(schema: Schema) -> list[str]:
    """The types that a schema names; none when it allows all."""
    named = schema.get("type")
    kinds = named if isinstance(named, list) else [named] if isinstance(named, str) else []
    return ["boolean" if kind == "bool" else kind for kind in kinds if kind in (*_TYPES, "bool")]


def hinted_type(schema: Schema) -> str:
    """The type that a schema without one most likely means."""
    for kind, keys in (
        ("object", ("properties", "required", "additionalProperties")),
        ("array", ("items", "prefixItems", "minItems", "maxItems")),
        ("number", ("minimum", "maximum", "multipleOf", "exclusiveMinimum", "exclusiveMaximum")),
    ):
        if any(key in schema for key in keys):
            return kind
    return "string"


def properties_of(schema: Schema) -> Mapping[str, Any]:
    """The properties that a schema names."""
    found = schema.get("properties")
    return found if isinstance(found, Mapping) else {}


def required_of(schema: Schema) -> list[str]:
    """The names of the properties that must be there."""
    found = schema.get("required")
    return [name for name in found if isinstance(name, str)] if isinstance(found, list) else []


def item_schema(schema: Schema, at: int) -> Any:
    """The schema of the element at a place."""
    first = schema.get("prefixItems")
    if isinstance(first, list) and at < len(first):
        return first[at]
    return schema.get("items", {})


def within(size: float, least: Any, most: Any) -> bool:
    """Whether a size is within bounds, of which either may be missing."""
    return (not _is_number(least) or size >= least) and (not _is_number(most) or size <= most)


def same(one: Any, two: Any) -> bool:
    """Whether JSON takes two values for equal: 1 is 1.0 and not true."""
    return bool(one == two) and isinstance(one, bool) == isinstance(two, bool)


def _allowed(kinds: Sequence[str]) -> Sequence[str]:
    """The types with those they include: every integer is a number."""
    return [*kinds, "integer"] if "number" in kinds else kinds


def listed_values(schema: Schema) -> list[Any] | None:
    """The values that `const` and `enum` allow, without those too deep to handle; None for all."""
    listed = [schema["const"]] if "const" in schema else schema.get("enum")
    return [one for one in listed if is_shallow(one)] if isinstance(listed, list) else None


def is_shallow(value: Any) -> bool:
    """Whether a value has few enough levels to be compared and written."""
    level = [value]
    for _ in range(DEEPEST):
        level = [
            held
            for one in level
            if isinstance(one, list | Mapping)
            for held in (one.values() if isinstance(one, Mapping) else one)
        ]
        if not level:
            return True
    return False


def _is_listed(value: Any, schema: Schema) -> bool:
    listed = listed_values(schema)
    return listed is None or any(same(value, one) for one in listed)


def _is_of_type(value: Any, kind: str) -> bool:
    if isinstance(value, bool):
        return kind == "boolean"
    if kind == "integer":
        return isinstance(value, int) or (isinstance(value, float) and value.is_integer())
    held: dict[str, Any] = {
        "null": type(None),
        "number": (int, float),
        "string": str,
        "array": list,
        "object": Mapping,
    }
    return kind in held and isinstance(value, held[kind])


def _fits_text(value: str, schema: Schema) -> bool:
    pattern = schema.get("pattern")
    if not within(len(value), schema.get("minLength"), schema.get("maxLength")):
        return False
    return not isinstance(pattern, str) or matches(pattern, value) is not False


def _fits_number(value: float, schema: Schema) -> bool:
    above, below, step = (schema.get(key) for key in ("exclusiveMinimum", "exclusiveMaximum", "multipleOf"))
    if not isfinite(value) or not within(value, schema.get("minimum"), schema.get("maximum")):
        return False
    if (_is_number(above) and value <= above) or (_is_number(below) and value >= below):
        return False
    return not _is_number(step) or step <= 0 or Fraction(str(value)) % Fraction(str(step)) == 0


def _is_number(value: Any) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)
