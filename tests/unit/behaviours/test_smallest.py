"""The smallest values of schemas."""

from __future__ import annotations

from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given, settings

from understudy.behaviours.schemas import Schemas
from understudy.behaviours.smallest import distinct, smallest

from .json_schemas import DEFINITIONS, TREES, Schema


def of(schema: Any) -> Any:
    return smallest(Schemas(schema), schema)


@given(TREES)
@settings(max_examples=300, deadline=None)
def test_it_is_always_valid(tree: Schema) -> None:
    schema = {**tree, "$defs": DEFINITIONS}
    jsonschema_rs.Draft202012Validator(schema).validate(of(schema))


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({}, ""),
        ({"type": "string"}, ""),
        ({"type": "string", "minLength": 2}, "xx"),
        ({"type": "string", "format": "date"}, "1970-01-01"),
        ({"type": "string", "pattern": "^A\\d{2}$"}, "A00"),
        ({"type": "string", "pattern": "^\\d+$", "minLength": 4}, "0000"),
        ({"type": "integer"}, 0),
        ({"type": "integer", "minimum": 3}, 3),
        ({"type": "integer", "exclusiveMinimum": 3}, 4),
        ({"type": "integer", "maximum": -3}, -3),
        ({"type": "integer", "minimum": 5, "multipleOf": 4}, 8),
        ({"type": "integer", "minimum": 0.5, "multipleOf": 1.5}, 3),
        ({"type": "number", "exclusiveMinimum": 0.1, "maximum": 0.2}, 0.2),
        ({"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1}, 0.5),
        ({"type": "number", "minimum": 0.25, "multipleOf": 0.1}, 0.3),
        ({"type": "boolean"}, False),
        ({"type": "boolean", "enum": [True]}, True),
        ({"type": "null"}, None),
        ({"type": ["string", "null"]}, None),
        ({"anyOf": [{"type": "string", "minLength": 1}, {"type": "null"}]}, None),
        ({"oneOf": [{"type": "integer"}, {"type": "number"}, {"type": "string"}]}, ""),
        ({"default": 7, "type": "integer"}, 7),
        ({"default": "bad", "type": "integer"}, 0),
        ({"const": {"a": 1}}, {"a": 1}),
        ({"enum": ["b", "a"]}, "b"),
        ({"type": "array"}, []),
        ({"type": "array", "items": {"type": "integer"}, "minItems": 2}, [0, 0]),
        ({"type": "array", "prefixItems": [{"const": 1}, {"const": 2}], "minItems": 2}, [1, 2]),
        ({"type": "object", "properties": {"a": {"type": "integer"}, "b": {}}, "required": ["a"]}, {"a": 0}),
        ({"type": "object", "required": ["x"], "additionalProperties": {"type": "integer"}}, {"x": 0}),
        ({"allOf": [{"type": "integer", "minimum": 2}, {"minimum": 5}]}, 5),
    ],
)
def test_values_are_small(schema: Schema, value: Any) -> None:
    found = of(schema)
    assert found == value
    assert type(found) is type(value)
    jsonschema_rs.Draft202012Validator(schema).validate(found)


@pytest.mark.parametrize(
    "items",
    [
        {"type": "integer", "minimum": 3},
        {"type": "integer", "maximum": 3},
        {"type": "number", "minimum": 0, "maximum": 1},
        {"type": "string"},
        {"type": "string", "minLength": 5},
        {"type": "string", "pattern": "^a+$"},
        {"enum": [1, 2, 3, 4, 5]},
        {"type": "integer", "multipleOf": 7},
        {"anyOf": [{"type": "integer"}, {"type": "null"}]},
    ],
)
def test_distinct_values_are_found(items: Schema) -> None:
    schema = {"type": "array", "minItems": 4, "uniqueItems": True, "items": items}
    value = of(schema)
    assert len(value) == 4
    jsonschema_rs.Draft202012Validator(schema).validate(value)


def test_there_may_be_fewer_distinct_values_than_wanted() -> None:
    schema = {"type": "boolean"}
    assert distinct(Schemas(schema), schema, 0, 5) == [False, True]


def test_of_a_contradiction_something_near_is_given() -> None:
    assert of({"type": "integer", "minimum": 5, "maximum": 4}) == 0
    assert of({"enum": []}) == ""
