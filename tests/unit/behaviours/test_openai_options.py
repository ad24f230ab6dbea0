"""What options of a completion mean, and which schemas can be followed strictly."""

from __future__ import annotations

from typing import Any

import pytest

from understudy.behaviours.openai_options import forced_function, most_tokens, not_strict, structured_format

LEAF = {"type": "string"}


def closed(**properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def nested(levels: int) -> dict[str, Any]:
    return closed(a=LEAF) if levels == 2 else closed(a=nested(levels - 1))


def test_the_newer_name_of_the_limit_comes_first() -> None:
    assert most_tokens({"max_completion_tokens": 3, "max_tokens": 5}) == 3
    assert most_tokens({"max_tokens": 5}) == 5
    assert most_tokens({"max_tokens": None}) is None


def test_a_format_of_any_text_is_none() -> None:
    assert structured_format(None) is structured_format({"type": "text"}) is None
    assert structured_format({"type": "json_object", "x": 1}) == {"type": "json_object"}
    stated = {"type": "json_schema", "json_schema": {"schema": {}}}
    assert structured_format(stated) == stated


@pytest.mark.parametrize("choice", [None, "auto", {}, {"function": 5}, {"function": {}}])
def test_a_choice_without_a_function_forces_none(choice: Any) -> None:
    assert forced_function(choice) is None
    assert forced_function({"type": "function", "function": {"name": "f"}}) == "f"


@pytest.mark.parametrize(
    "schema",
    [
        {},
        closed(a=LEAF, b={"type": "array", "items": closed(c={"anyOf": [LEAF, {"type": "null"}]})}),
        {**closed(a={"$ref": "#/$defs/A"}), "$defs": {"A": closed(b=LEAF)}},
        closed(**{f"p{number}": LEAF for number in range(100)}),
        nested(5),
    ],
)
def test_a_schema_that_can_be_followed(schema: dict[str, Any]) -> None:
    assert not_strict(schema) is None


@pytest.mark.parametrize(
    ("schema", "fault"),
    [
        ({"anyOf": [LEAF]}, "$: the root may not be anyOf"),
        ({"type": "object"}, "$: additionalProperties must be false"),
        ({**closed(a=LEAF), "required": []}, "$: 'a' must be required"),
        ({**closed(a=LEAF), "required": "a"}, "$: 'a' must be required"),
        (closed(a={"type": "integer", "minimum": 1}), "$.a: minimum is not supported"),
        (
            closed(a={"type": "array", "items": {"type": "object"}}),
            "$.a[]: additionalProperties must be false",
        ),
        (closed(a={"anyOf": [LEAF, {"type": "object"}]}), "$.a: additionalProperties must be false"),
        ({**closed(), "$defs": {"A": {"pattern": "x"}}}, "$.$defs.A: pattern is not supported"),
        (closed(**{f"p{number}": LEAF for number in range(101)}), "$: more than 100 properties together"),
        (nested(6), "$.a.a.a.a.a: deeper than 5 levels"),
    ],
)
def test_a_schema_that_cannot(schema: dict[str, Any], fault: str) -> None:
    assert not_strict(schema) == fault
