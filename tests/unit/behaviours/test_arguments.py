"""Arguments after a schema: what texts tell, and always valid."""

from __future__ import annotations

import json
import time
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given, settings

from understudy.behaviours.arguments import fill
from understudy.behaviours.evidence import Evidence

from .json_schemas import SCHEMAS, TEXTS, Schema

TEXT = {"type": "string"}
WHOLE = {"type": "integer"}
NUMBER = {"type": "number"}
DATE = {"type": "string", "format": "date"}


def told(text: str, *older: str, needed: bool = True, **properties: Any) -> Any:
    schema = {"type": "object", "properties": properties, "required": list(properties) if needed else []}
    return fill(schema, Evidence([text, *older]))


@pytest.mark.parametrize(
    ("text", "properties", "expected"),
    [
        ("What is the weather in Tokyo?", {"city": TEXT}, {"city": "Tokyo"}),
        ("weather in new york please", {"location": TEXT}, {"location": "new york"}),
        (
            "A person named John who is 30 years old.",
            {"name": TEXT, "age": NUMBER},
            {"name": "John", "age": 30},
        ),
        (
            "Name: John Smith\nTotal: 1,250.50 EUR",
            {"name": TEXT, "total": NUMBER},
            {"name": "John Smith", "total": 1250.5},
        ),
        ("My mail is ann@example.com", {"email": TEXT}, {"email": "ann@example.com"}),
        ("Open https://example.com/a?b=1.", {"url": TEXT}, {"url": "https://example.com/a?b=1"}),
        ("Where is order #AB-1234?", {"order_id": TEXT}, {"order_id": "AB-1234"}),
        ("Where is my order 7731?", {"orderId": WHOLE}, {"orderId": 7731}),
        (
            "A table for four people on 5 May 2026",
            {"people": WHOLE, "date": DATE},
            {"people": 4, "date": "2026-05-05"},
        ),
        (
            "Ein Zimmer für 3 Nächte ab 5. Mai 2026",
            {"nights": WHOLE, "from": DATE},
            {"nights": 3, "from": "2026-05-05"},
        ),
        ("3 nights for 2 guests", {"guests": WHOLE, "nights": WHOLE}, {"guests": 2, "nights": 3}),
        (
            "Transfer 50 euros to Bob",
            {"amount": NUMBER, "recipient": TEXT},
            {"amount": 50, "recipient": "Bob"},
        ),
        (
            "Fly from Berlin to Rio de Janeiro",
            {"to": TEXT, "origin": TEXT},
            {"to": "Rio de Janeiro", "origin": "Berlin"},
        ),
        ("Wake me at 2:30 pm", {"time": {"type": "string", "format": "time"}}, {"time": "14:30:00Z"}),
        (
            "It is 2026-05-05 14:30 now",
            {"start": {"type": "string", "format": "date-time"}},
            {"start": "2026-05-05T14:30:00Z"},
        ),
        ("Use the subject 'Lunch today'", {"subject": TEXT}, {"subject": "Lunch today"}),
        ("Search the web for blue tents", {"query": TEXT}, {"query": "blue tents"}),
        ("Write to Bob saying I am late", {"message": TEXT}, {"message": "I am late"}),
        ("in degrees Celsius please", {"unit": {"enum": ["celsius", "fahrenheit"]}}, {"unit": "celsius"}),
        ("a dark blue tent", {"colour": {"enum": ["blue", "dark-blue"]}}, {"colour": "dark-blue"}),
        ("a tent, but not in blue, in green", {"colour": {"enum": ["blue", "green"]}}, {"colour": "green"}),
        ("Convert from EUR to USD", {"to": {"enum": ["EUR", "USD"]}}, {"to": "USD"}),
        ("with breakfast", {"breakfast": {"type": "boolean"}}, {"breakfast": True}),
        ("without any breakfast", {"breakfast": {"type": "boolean"}}, {"breakfast": False}),
        ("express: yes", {"express": {"type": "boolean"}}, {"express": True}),
        (
            "Buy milk, eggs and bread",
            {"items": {"type": "array", "items": TEXT}},
            {"items": ["milk", "eggs", "bread"]},
        ),
        ("- milk\n- two eggs", {"items": {"type": "array", "items": TEXT}}, {"items": ["milk", "two eggs"]}),
        ("the numbers 3, 5 and 8", {"numbers": {"type": "array", "items": WHOLE}}, {"numbers": [3, 5, 8]}),
        (
            "red and green",
            {"colours": {"type": "array", "items": {"enum": ["green", "blue", "red"]}}},
            {"colours": ["red", "green"]},
        ),
        (
            "Order 3 apples and 2 pears",
            {
                "items": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "properties": {"name": TEXT, "quantity": WHOLE},
                        "required": ["name", "quantity"],
                    },
                }
            },
            {"items": [{"name": "apples", "quantity": 3}, {"name": "pears", "quantity": 2}]},
        ),
        (
            "Ship it to Lisbon",
            {"address": {"type": "object", "properties": {"city": TEXT}, "required": ["city"]}},
            {"address": {"city": "Lisbon"}},
        ),
        (
            "code AB-77 or xyz",
            {"code": {"type": "string", "pattern": "^[A-Z]{2}-\\d\\d$"}},
            {"code": "AB-77"},
        ),
        ("in Tokyo", {"city": {"anyOf": [{"type": "null"}, TEXT]}}, {"city": "Tokyo"}),
        ("in Tokyo", {"city": {"type": ["string", "null"]}}, {"city": "Tokyo"}),
    ],
)
def test_what_the_text_tells_is_found(text: str, properties: Schema, expected: Schema) -> None:
    assert told(text, **properties) == expected


def test_what_nobody_told_is_the_smallest_value() -> None:
    assert told(
        "hello",
        shade={"type": "string", "minLength": 2},
        number={"type": "integer", "minimum": 3},
        nothing={"type": ["string", "null"]},
        chosen={"enum": ["b", "a"]},
        usual={"type": "integer", "default": 10},
        flag={"type": "boolean"},
        many={"type": "array", "items": WHOLE, "minItems": 2},
    ) == {
        "shade": "xx",
        "number": 3,
        "nothing": None,
        "chosen": "b",
        "usual": 10,
        "flag": False,
        "many": [0, 0],
    }


def test_what_may_be_left_out_is_filled_only_on_clear_evidence() -> None:
    assert told("Hello 5 Tokyo", needed=False, city=TEXT, count=WHOLE, flag={"type": "boolean"}) == {}
    assert told("5 nights in Tokyo", needed=False, city=TEXT, nights=WHOLE) == {"city": "Tokyo", "nights": 5}


def test_the_newest_text_counts_most_and_older_ones_only_when_they_are_clear() -> None:
    assert told("What is the weather?", "I live in Tokyo.", city=TEXT) == {"city": "Tokyo"}
    assert told("And in Paris?", "weather in Tokyo", city=TEXT) == {"city": "Paris"}
    assert told("Cancel it", "my order is 7731", "Blue", order_id=TEXT, colour=TEXT) == {
        "order_id": "7731",
        "colour": "",
    }


def test_a_thing_is_not_told_twice() -> None:
    assert told("5 apples", count=WHOLE, size=WHOLE) == {"count": 5, "size": 0}


@pytest.mark.parametrize("text", ["1,250", "1.250,00", "1250", "1,250.00"])
def test_numbers_are_read_as_they_are_written(text: str) -> None:
    assert told(f"the amount is {text} euros", amount=NUMBER) == {"amount": 1250}


@given(SCHEMAS, TEXTS)
@settings(max_examples=400, deadline=None)
def test_the_result_is_always_valid(schema: Schema, text: str) -> None:
    value = fill(schema, Evidence([text, "my order is 7731 in Tokyo"]))
    jsonschema_rs.Draft202012Validator(schema).validate(value)
    assert fill(schema, Evidence([text, "my order is 7731 in Tokyo"])) == value


def deep(levels: int) -> Schema:
    schema: Schema = {"type": "string"}
    for _ in range(levels):
        schema = {"type": "object", "properties": {"a": schema}, "required": ["a"]}
    return schema


def doubling(levels: int) -> Schema:
    names = {f"d{at}": {"$ref": f"#/$defs/d{at + 1}"} for at in range(levels)}
    defs = {
        name: {"type": "object", "properties": {"x": part, "y": part}, "required": ["x", "y"]}
        for name, part in names.items()
    }
    return {"$ref": "#/$defs/d0", "$defs": {**defs, f"d{levels}": {"const": 1}}}


def nested(levels: int) -> Any:
    value: Any = 1
    for at in range(levels):
        value = [value] if at % 2 else {"a": value}
    return value


HOSTILE: dict[str, Any] = {
    "deep constant": {"const": nested(950)},
    "deep default": {"type": "object", "properties": {"a": {"default": nested(950)}}, "required": ["a"]},
    "deep choices": {"type": "array", "items": {"enum": [nested(950), 5]}, "minItems": 2},
    "choices of both": {"allOf": [{"enum": list(range(50_000))}, {"enum": list(range(50_000))}]},
    "deep": deep(900),
    "endless": {"$ref": "#"},
    "recursive": {"type": "object", "properties": {"a": {"$ref": "#"}}, "required": ["a"]},
    "doubling": doubling(40),
    "wide": {"type": "object", "properties": {f"p{at}": TEXT for at in range(20_000)}},
    "wide and required": {"type": "object", "required": [f"p{at}" for at in range(20_000)]},
    "unions": {"anyOf": [{"anyOf": [{"const": at}] * 60} for at in range(60)]},
    "nested unions": {"$defs": {"a": {"oneOf": [{"$ref": "#/$defs/a"}] * 9}}, "$ref": "#/$defs/a"},
    "all of": {"allOf": [{"$ref": "#"}, {"$ref": "#"}]},
    "many items": {"type": "array", "minItems": 10**9, "items": {"type": "string", "minLength": 10**9}},
    "distinct": {"type": "array", "minItems": 10**6, "uniqueItems": True, "items": {"type": "number"}},
    "patterns": {
        "type": "object",
        "properties": {
            f"p{at}": {"type": "string", "pattern": f"(a{{1,900}}){{1,900}}{at}$"} for at in range(500)
        },
        "required": [f"p{at}" for at in range(500)],
    },
    "contradiction": {"type": "integer", "minimum": 5, "maximum": 4},
    "enum": {"enum": list(range(50_000))},
    "names": {"type": "object", "properties": {"x" * 100_000: TEXT}, "required": ["x" * 100_000]},
    "no schema": 7,
    "nonsense": {"type": [1, {}], "properties": 3, "required": "a", "items": [], "enum": {}, "pattern": 7},
    "number bounds": {"type": "number", "minimum": float("inf"), "multipleOf": 0},
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_schemas_end_quickly(name: str) -> None:
    text = "Buy 3 apples, 2 pears and a melon in Tokyo for Ann on 5 May 2026. " * 200
    start = time.process_time()
    value = fill(HOSTILE[name], Evidence([text] * 5))
    json.dumps(value)
    assert time.process_time() - start < 2


@pytest.mark.parametrize(
    "unit", ['"', "'a ", "A ", "a, ", "1,", "a: ", "a", " ", "\n", "5 May ", "in ", "a@", "“", "-1"]
)
def test_hostile_texts_end_quickly(unit: str) -> None:
    properties = dict.fromkeys(("city", "name", "order_id", "query", "from", "to"), TEXT)
    text = unit * (200_000 // len(unit))
    start = time.process_time()
    told(text, text, text, **properties, count=WHOLE, tags={"type": "array", "items": TEXT})
    assert time.process_time() - start < 2
