"""Smallest values: what is said where a schema needs a value and nobody has told one."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import islice
from math import ceil, floor, isfinite
from typing import Any

from understudy.behaviours.patterns import LONGEST_TEXT, example
from understudy.behaviours.schemas import (
    DEEPEST,
    Schema,
    Schemas,
    hinted_type,
    is_shallow,
    item_schema,
    listed_values,
    properties_of,
    required_of,
    types_of,
)

MOST_ITEMS = 1000
"""How many elements an array gets for its minItems."""
_MOST_TRIED = 16

_FORMATS = {
    "date": "1970-01-01",
    "date-time": "1970-01-01T00:00:00Z",
    "time": "00:00:00Z",
    "duration": "PT0S",
    "email": "nobody@example.com",
    "hostname": "example.com",
    "ipv4": "0.0.0.0",  # noqa: S104 - an address that means none
    "ipv6": "::",
    "uri": "https://example.com/",
    "url": "https://example.com/",
    "uuid": "00000000-0000-0000-0000-000000000000",
}


def smallest(schemas: Schemas, schema: Any, depth: int = 0) -> Any:
    """The smallest valid value: the default, null, the first of an enum, zero, "", [] or {} as may be.

    Where none is found, as for a schema that contradicts itself, it is the nearest one that was tried.

    Raises:
        TooMuch: the schema takes too many steps.
    """
    nearest: Any = None
    for at, value in enumerate(islice(_candidates(schemas, schema, depth), _MOST_TRIED * 4)):
        if schemas.fits(value, schema):
            return value
        nearest = nearest if at else value
    return nearest


def distinct(schemas: Schemas, schema: Any, depth: int, count: int) -> list[Any]:
    """Up to so many values of the schema, no two of them equal."""
    found: dict[str, Any] = {}
    for value in islice(_variants(schemas, schema, depth, count), count * 4):
        if len(found) < count and schemas.fits(value, schema):
            found.setdefault(repr(value), value)
    return list(found.values())


def _candidates(schemas: Schemas, schema: Any, depth: int) -> Iterator[Any]:
    one = schemas.resolved(schema)
    yield from _listed(one)
    if "null" in types_of(one) or any(types_of(part) == ["null"] for part in schemas.branches(one)):
        yield None
    for branch in schemas.branches(one):
        yield from _listed(branch)
        yield from _of_type(schemas, branch, depth)


def _listed(schema: Schema) -> Iterator[Any]:
    listed = listed_values(schema)
    if "default" in schema and is_shallow(schema["default"]):
        yield schema["default"]
    yield from (listed or ())[:_MOST_TRIED]


def _of_type(schemas: Schemas, schema: Schema, depth: int) -> Iterator[Any]:
    kind = (types_of(schema) or [hinted_type(schema)])[0]
    if kind == "boolean":
        yield from (False, True)
    elif kind in ("integer", "number"):
        yield from _numbers(schema, whole=kind == "integer")
    elif kind == "string":
        yield from _texts(schema)
    elif kind == "array":
        yield _array(schemas, schema, depth)
    elif kind == "object":
        yield _object(schemas, schema, depth)


def _object(schemas: Schemas, schema: Schema, depth: int) -> dict[str, Any]:
    if depth >= DEEPEST:
        return {}
    known = properties_of(schema)
    other = schema.get("additionalProperties", {})
    return {
        name: smallest(schemas, known.get(name, other), depth + 1)
        for name in dict.fromkeys(required_of(schema))
    }


def _array(schemas: Schemas, schema: Schema, depth: int) -> list[Any]:
    wanted = schema.get("minItems", 0)
    count = min(int(wanted), MOST_ITEMS) if isinstance(wanted, int | float) and wanted > 0 else 0
    if depth >= DEEPEST or not count:
        return []
    if schema.get("uniqueItems") is True:
        return distinct(schemas, schema.get("items", {}), depth + 1, count)
    return [smallest(schemas, item_schema(schema, at), depth + 1) for at in range(count)]


def _texts(schema: Schema) -> Iterator[str]:
    shortest = _length(schema.get("minLength"), 0) or 0
    longest = _length(schema.get("maxLength"), None)
    if schema.get("format") in _FORMATS:
        yield _FORMATS[schema["format"]]
    if isinstance(schema.get("pattern"), str):
        found = example(schema["pattern"], shortest, longest)
        if found is not None:
            yield found
    yield "x" * min(shortest, LONGEST_TEXT)


def _numbers(schema: Schema, whole: bool) -> Iterator[int | float]:
    """Zero, and the values nearest to it within the bounds."""
    least = _bound(schema, "minimum", "exclusiveMinimum", max)
    most = _bound(schema, "maximum", "exclusiveMaximum", min)
    step = _fraction(schema.get("multipleOf"))
    yield 0
    if step is None or step <= 0:
        step = Fraction(1)
    elif whole:
        step *= step.denominator
    for bound, rounded, direction in ((least, ceil, 1), (most, floor, -1)):
        if bound is not None:
            first = rounded(bound / step) * step
            yield _plain(first)
            yield _plain(first + direction * step)
            yield _plain(bound)
    if not whole and least is not None and most is not None:
        yield _plain((least + most) / 2)


def _bound(schema: Schema, inclusive: str, exclusive: str, tighter: Any) -> Fraction | None:
    found = [one for key in (inclusive, exclusive) if (one := _fraction(schema.get(key))) is not None]
    return tighter(found) if found else None


def _variants(schemas: Schemas, schema: Any, depth: int, count: int) -> Iterator[Any]:
    """Values that differ, smallest first; they need not all be valid."""
    one = schemas.resolved(schema)
    yield from (listed_values(one) or ())[: count * 2]
    yield smallest(schemas, one, depth)
    for branch in schemas.branches(one):
        kind = types_of(branch)[0]
        yield from _of_type(schemas, branch, depth)
        yield from (None,) if kind == "null" else ()
        if kind in ("integer", "number"):
            yield from _series(branch, whole=kind == "integer", count=count)
        elif kind == "string":
            yield from _numbered(branch, count)


def _series(schema: Schema, whole: bool, count: int) -> Iterator[int | float]:
    start = next(_numbers({**schema, "multipleOf": schema.get("multipleOf", 1)}, whole))
    least = _bound(schema, "minimum", "exclusiveMinimum", max)
    most = _bound(schema, "maximum", "exclusiveMaximum", min)
    step = _fraction(schema.get("multipleOf"))
    unit = step if step and step > 0 else Fraction(1)
    if whole:
        unit *= unit.denominator
    if not whole and step is None and least is not None and most is not None:
        unit = (most - least) / (count + 2)
    low = ceil(least / unit) * unit if least is not None else None
    high = floor(most / unit) * unit if most is not None else None
    first = low if low is not None else Fraction(start)
    for at in range(count + 2):
        yield _plain(first + at * unit if low is not None or high is None else high - at * unit)


def _numbered(schema: Schema, count: int) -> Iterator[str]:
    shortest = _length(schema.get("minLength"), 0) or 0
    for at in range(1, count + 1):
        yield str(at).rjust(max(1, min(shortest, LONGEST_TEXT)), "0")
    if isinstance(schema.get("pattern"), str):
        longest = _length(schema.get("maxLength"), None)
        for length in range(shortest, shortest + min(count, _MOST_TRIED) + 1):
            yield example(schema["pattern"], length, longest) or ""


def _length(value: Any, missing: int | None) -> int | None:
    return int(value) if isinstance(value, int | float) and isfinite(value) and value >= 0 else missing


def _fraction(value: Any) -> Fraction | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        return None
    return Fraction(value) if isinstance(value, int) else Fraction(str(value))


def _plain(value: Fraction) -> int | float:
    return int(value) if value.denominator == 1 else float(value)
