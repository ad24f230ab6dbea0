"""What a schema asks for."""

from __future__ import annotations

from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from understudy.behaviours.schemas import (
    Schemas,
    TooMuch,
    hinted_type,
    item_schema,
    merged,
    required_of,
    same,
    types_of,
    within,
)

from .json_schemas import DEFINITIONS, SCHEMAS, Schema

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-30, 30)
    | st.sampled_from(["", "red", "dark blue", "x is 4", 7.5, "ABC-1234"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abx"), inner, max_size=3),
    max_leaves=6,
)


def fits(value: Any, schema: Any) -> bool:
    return Schemas(schema).fits(value, schema)


def without_nullable(schema: Any) -> Any:
    """The schema without a keyword that JSON Schema does not know."""
    if isinstance(schema, dict):
        return {key: without_nullable(held) for key, held in schema.items() if key != "nullable"}
    return [without_nullable(one) for one in schema] if isinstance(schema, list) else schema


@given(SCHEMAS, VALUES)
@settings(max_examples=300, deadline=None)
def test_it_judges_as_a_validator_does(schema: Schema, value: Any) -> None:
    plain = without_nullable(schema)
    for part in [plain, *plain["properties"].values()]:
        whole = {**part, "$defs": DEFINITIONS}
        assert fits(value, whole) == jsonschema_rs.Draft202012Validator(whole).is_valid(value)


@pytest.mark.parametrize(
    ("value", "schema", "expected"),
    [
        (True, {"type": "bool"}, True),
        (None, {"type": "string", "nullable": True}, True),
        (1, {"enum": [True]}, False),
        (1.0, {"const": 1}, True),
        (1.0, {"type": "integer"}, True),
        (0.3, {"multipleOf": 0.1}, True),
        ("a", False, False),
        ("a", True, True),
        (5, {"oneOf": [{"type": "integer"}, {"type": "number"}]}, False),
        ([1, 1], {"uniqueItems": True}, False),
        ([1, "a"], {"prefixItems": [{"type": "integer"}], "items": {"type": "string"}}, True),
        ({"a": 1}, {"allOf": [{"required": ["a"]}, {"properties": {"a": {"minimum": 2}}}]}, False),
        ({"a": 1}, {"additionalProperties": {"type": "string"}}, False),
        ("x", {"$ref": "#/$defs/a~1b", "$defs": {"a/b": {"const": "x"}}}, True),
        ("x", {"$ref": "https://example.com/schema"}, True),
        ("x", {"$ref": "#/$defs/missing"}, True),
        ("x", {"type": 7, "enum": {}, "pattern": 7, "minLength": "a"}, True),
        (float("inf"), {"type": "number"}, False),
    ],
)
def test_keywords_mean_what_they_should(value: Any, schema: Any, expected: bool) -> None:
    assert fits(value, schema) is expected


def test_a_schema_is_told_in_branches_of_one_type() -> None:
    schema = {
        "anyOf": [{"type": ["string", "null"]}, {"oneOf": [{"type": "integer"}, {"minimum": 3}]}],
        "title": "t",
    }
    assert [one["type"] for one in Schemas(schema).branches(schema)] == [
        "string",
        "null",
        "integer",
        "number",
    ]
    assert all(one["title"] == "t" for one in Schemas(schema).branches(schema))


def test_steps_are_counted() -> None:
    schemas = Schemas({}, 2)
    schemas.step()
    schemas.step()
    with pytest.raises(TooMuch):
        schemas.step()


def test_a_circle_of_references_ends() -> None:
    root = {"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}}
    assert "$ref" not in Schemas(root).resolved(root)


def test_merged_schemas_ask_for_what_both_ask_for() -> None:
    one = {"type": ["integer", "string"], "minimum": 1, "maxLength": 5, "required": ["a"], "enum": [1, 2]}
    two = {
        "type": "number",
        "minimum": 3,
        "maxLength": 9,
        "required": ["a", "b"],
        "enum": [2, 3],
        "title": "t",
    }
    assert merged(one, two) == {
        "type": ["integer"],
        "minimum": 3,
        "maxLength": 5,
        "required": ["a", "b"],
        "enum": [2],
        "title": "t",
    }


def test_small_questions() -> None:
    assert types_of({"type": ["bool", "other"]}) == ["boolean"]
    assert [hinted_type(one) for one in ({"items": {}}, {"required": []}, {"maximum": 1}, {})] == [
        "array",
        "object",
        "number",
        "string",
    ]
    assert required_of({"required": ["a", 7]}) == ["a"]
    assert item_schema({"prefixItems": [1], "items": 2}, 0) == 1
    assert item_schema({"prefixItems": [1], "items": 2}, 1) == 2
    assert within(3, None, 3)
    assert not within(3, 4, None)
    assert same(1, 1.0)
    assert not same(1, True)
