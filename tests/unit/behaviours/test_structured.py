"""Replies that are JSON."""

from __future__ import annotations

import json
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given, settings

from understudy.behaviours.answers import situation
from understudy.behaviours.conversation import last_exchange
from understudy.behaviours.grounding import Material
from understudy.behaviours.structured import named_keys, structured

from .json_schemas import SCHEMAS, TEXTS, Schema

SOURCES = ["The kiln is opened at noon. The lamp costs 12 euros and weighs 2 kg.", "Gloves lie in box 7."]
TEXT = {"type": "string"}


def made(text: str, form: Any, sources: list[str] | None = None, instructions: str = "") -> Any:
    now = situation(
        last_exchange([{"role": "user", "content": text}]), Material(sources or [], [], instructions)
    )
    found = structured(form, now)
    return json.loads(found.text) if found else None


def after(**properties: Any) -> Schema:
    schema = {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }
    return {"type": "json_schema", "json_schema": {"name": "x", "strict": True, "schema": schema}}


@pytest.mark.parametrize(
    ("text", "form", "expected"),
    [
        (
            "Generate a person named John who is 30 years old.",
            after(name=TEXT, age={"type": "number"}),
            {"name": "John", "age": 30},
        ),
        (
            "When is the kiln opened?",
            after(answer=TEXT, confidence={"type": ["number", "null"]}),
            {"answer": "The kiln is opened at noon.", "confidence": None},
        ),
        ("How much does the lamp cost?", after(price={"type": "number"}), {"price": 12}),
        (
            "List three colours: red, green and blue",
            after(colours={"type": "array", "items": TEXT}),
            {"colours": ["red", "green", "blue"]},
        ),
        (
            "Ann Lee, 41, lives in Oslo, Norway. Email: ann@example.com",
            after(person=after(name=TEXT, city=TEXT, country=TEXT, email=TEXT)["json_schema"]["schema"]),
            {"person": {"name": "Ann Lee", "city": "Oslo", "country": "Norway", "email": "ann@example.com"}},
        ),
    ],
)
def test_a_schema_is_filled_from_what_is_known(text: str, form: Schema, expected: Any) -> None:
    assert made(text, form, SOURCES) == expected


def test_an_object_without_a_schema_holds_the_named_keys_or_the_answer() -> None:
    form = {"type": "json_object"}
    assert made("When is the kiln opened?", form, SOURCES) == {"answer": "The kiln is opened at noon."}
    asked = 'As JSON with keys "name" and "city": Anna lives in Berlin'
    assert made(asked, form) == {"name": "Anna", "city": "Berlin"}
    assert made("Anna lives in Berlin", form, instructions="Answer in JSON with the keys name and city.") == {
        "name": "Anna",
        "city": "Berlin",
    }
    assert made('Fill {"city": "...", "age": 0}: she is 30 years old and in Rome', form) == {
        "city": "Rome",
        "age": 30,
    }


@pytest.mark.parametrize("form", [None, {}, {"type": "text"}, {"type": "other"}])
def test_other_formats_are_no_matter_of_this(form: Any) -> None:
    assert made("Hello", form) is None


def test_a_schema_of_another_type_and_a_missing_one() -> None:
    assert made(
        "the numbers 3 and 5", {"type": "json_schema", "json_schema": {"schema": {"type": "array"}}}
    ) == [
        "3",
        "5",
    ]
    assert made("Hello", {"type": "json_schema"}) == {"answer": "Hello! What can I do for you?"}


@pytest.mark.parametrize(
    ("text", "keys", "rest"),
    [
        ("with keys a, b_2 and c.", ["a", "b_2", "c"], "with ."),
        ("mit den Feldern „name“ und „ort“: x", ["name", "ort"], "mit den : x"),
        ("the keys are on the table", [], "the keys are on the table"),
        ("like {'a': 1, 'b': 2} please", ["a", "b"], "like  please"),
        ("", [], ""),
    ],
)
def test_keys_are_named(text: str, keys: list[str], rest: str) -> None:
    assert named_keys(text) == (keys, rest)


@given(SCHEMAS, TEXTS)
@settings(max_examples=100, deadline=None)
def test_the_text_is_always_valid(schema: Schema, text: str) -> None:
    value = made(text, {"type": "json_schema", "json_schema": {"schema": schema}}, SOURCES)
    jsonschema_rs.Draft202012Validator(schema).validate(value)
