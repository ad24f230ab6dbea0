"""Translated schemas: verdicts and the field that a refusal names."""

from __future__ import annotations

from typing import Any

import pytest

from understudy.engine.contract import Schemas

COMPONENTS: dict[str, Any] = {
    "Cat": {
        "type": "object",
        "properties": {
            "kind": {"type": "string", "enum": ["cat"]},
            "lives": {"type": "integer", "minimum": 1},
        },
        "required": ["kind", "lives"],
    },
    "Dog": {
        "type": "object",
        "properties": {"kind": {"type": "string", "enum": ["dog"]}, "name": {"type": "string"}},
        "required": ["name"],
    },
    "Pet": {
        "oneOf": [{"$ref": "#/components/schemas/Cat"}, {"$ref": "#/components/schemas/Dog"}],
        "discriminator": {
            "propertyName": "kind",
            "mapping": {"cat": "#/components/schemas/Cat", "dog": "#/components/schemas/Dog"},
        },
    },
    "Strict": {
        "oneOf": [{"$ref": "#/components/schemas/Cat"}],
        "discriminator": {"propertyName": "kind", "mapping": {"cat": "#/components/schemas/Cat"}},
    },
    "Tree": {
        "type": "object",
        "properties": {
            "n": {"type": "integer", "format": "int32"},
            "children": {"type": "array", "items": {"$ref": "#/components/schemas/Tree"}},
            "note": {"type": "string", "nullable": True, "maxLength": 3},
        },
        "additionalProperties": False,
    },
}
SCHEMAS = Schemas(COMPONENTS)


def faults(name: str, value: Any) -> dict[str, str]:
    check = SCHEMAS.validator({"$ref": f"#/components/schemas/{name}"}, request=True)
    found = check.faults(value, "body")
    assert check.accepts(value) is (not found)
    return found


@pytest.mark.parametrize(
    ("name", "value", "named"),
    [
        ("Pet", {"kind": "cat"}, {"body.lives": "is required"}),
        ("Pet", {"kind": "cat", "lives": 0}, {"body.lives": "must be at least 1, not 0"}),
        ("Pet", {"kind": "cow"}, {"body.kind": 'must be one of "cat","dog", not "cow"'}),
        ("Pet", {"kind": 5}, {"body.kind": 'must be one of "cat","dog", not 5'}),
        ("Pet", {}, {"body.name": "is required"}),
        ("Strict", {}, {"body.kind": "is required"}),
        ("Pet", [], {"body": "must be of type object, not []"}),
        ("Tree", {"children": [{"children": [{"n": "x"}]}]}, {"body.children[0].children[0].n": None}),
        ("Tree", {"n": 2**31}, {"body.n": None}),
        ("Tree", {"n": 1.0}, {"body.n": "must be of type integer, not 1.0"}),
        ("Tree", {"n": True}, {"body.n": "must be of type integer, not true"}),
        ("Tree", {"x": 1}, {"body.x": "is not a member of this object"}),
        ("Tree", {"note": "long"}, {"body.note": "must have at most 3 characters, has 4"}),
    ],
)
def test_a_refusal_names_the_member(name: str, value: Any, named: dict[str, str | None]) -> None:
    found = faults(name, value)
    assert set(found) == set(named)
    for path, text in named.items():
        assert text is None or found[path] == text


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Pet", {"kind": "cat", "lives": 9}),
        ("Pet", {"name": "Rex"}),
        ("Pet", {"kind": "dog", "name": "Rex", "unknown": 1}),
        ("Tree", {"note": None, "n": -(2**31), "children": []}),
    ],
)
def test_what_is_right_is_accepted(name: str, value: Any) -> None:
    assert faults(name, value) == {}


def test_the_number_of_reported_faults_is_bounded() -> None:
    assert len(faults("Tree", {"children": [{"n": "x"}] * 1000})) == 20
