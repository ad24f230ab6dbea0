"""Shapes of answers, and what a contract says of their members."""

from __future__ import annotations

import pytest

from tests.unit.drift.documents import document, members
from understudy.conformance.drift.shapes import Apart, Known, apart, known, shape

TEXT = {"type": "string"}


def test_a_shape_is_members_and_types_and_no_values() -> None:
    value = {"name": "lamp", "parts": [{"size": 1}, {"size": 2.5, "new": True}], "note": None}
    assert shape([value]) == {
        "": frozenset({"object"}),
        ".name": frozenset({"string"}),
        ".note": frozenset({"null"}),
        ".parts": frozenset({"array"}),
        ".parts[]": frozenset({"object"}),
        ".parts[].new": frozenset({"boolean"}),
        ".parts[].size": frozenset({"number"}),
    }
    assert list(apart(shape([{"a": 1}]), shape([{"a": 2.5}]))) == []


def test_shapes_differ_where_a_member_or_its_type_does() -> None:
    first, second = shape([{"a": {"b": 1}, "c": "x"}]), shape([{"c": 1}])
    assert list(apart(first, second)) == [
        Apart(".a", frozenset({"object"}), frozenset()),
        Apart(".c", frozenset({"string"}), frozenset({"number"})),
    ]


def test_an_empty_list_says_nothing_of_its_elements() -> None:
    assert list(apart(shape([{"rows": []}]), shape([{"rows": [{"id": 1}]}]))) == []


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (".id", Known(True, True, False, frozenset({"string"}))),
        (".count", Known(True, False, False, frozenset({"number", "null"}))),
        (".other", Known(False, False, False, frozenset())),
        (".rows[].kind", Known(True, True, False, frozenset({"string"}))),
        (".rows[].age", Known(True, False, False, frozenset({"number"}))),
        (".labels.any", Known(False, False, True, frozenset({"string"}))),
    ],
)
def test_what_a_contract_says_of_a_path(path: str, expected: Known) -> None:
    row = {
        "oneOf": [
            members("kind", "age", kind=TEXT, age={"type": "integer"}),
            {"$ref": "#/components/schemas/Plain"},
        ]
    }
    schema = members(
        "id",
        id=TEXT,
        count={"type": "integer", "nullable": True},
        rows={"type": "array", "items": row},
        labels={"type": "object", "additionalProperties": TEXT},
    )
    of = document(schemas={"Plain": members("kind", kind=TEXT)})
    assert known(of, schema, path) == expected
