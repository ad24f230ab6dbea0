"""Schemas of the documented subset that have valid values, for property tests."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

Schema = dict[str, Any]

NAMES = st.sampled_from(
    [
        "name",
        "city",
        "date",
        "age",
        "order_id",
        "tags",
        "items",
        "query",
        "email",
        "is_new",
        "startTime",
        "price",
        "x",
        "note_2",
        "Größe",
    ]
)
PATTERNS = [
    "^[A-Z]{3}-\\d{4}$",
    "^a+b*$",
    "[0-9]{2,}",
    "^(red|green)_[a-z]+$",
    "^\\w{5,9}$",
    "x|y",
    "^[^a-z]{2}$",
    "^(?:ab){2,3}c?$",
    "^\\+?\\d{6,15}$",
    "^.{4}$",
    "^\\S+@\\S+\\.\\S+$",
]
FORMATS = ["date", "date-time", "email", "uri", "uuid", "time"]


@st.composite
def integers(draw: st.DrawFn) -> Schema:
    schema: Schema = {"type": draw(st.sampled_from(["integer", "number"]))}
    low = draw(st.integers(-1000, 1000))
    if draw(st.booleans()):
        schema[draw(st.sampled_from(["minimum", "exclusiveMinimum"]))] = low
    if draw(st.booleans()):
        schema[draw(st.sampled_from(["maximum", "exclusiveMaximum"]))] = low + draw(st.integers(20, 100))
    if draw(st.booleans()):
        schema["multipleOf"] = draw(st.integers(1, 9))
    return schema


@st.composite
def strings(draw: st.DrawFn) -> Schema:
    schema: Schema = {"type": "string"}
    chosen = draw(st.sampled_from(["plain", "length", "pattern", "format"]))
    if chosen == "length":
        schema["minLength"] = draw(st.integers(0, 30))
        schema["maxLength"] = schema["minLength"] + draw(st.integers(0, 10))
    elif chosen == "pattern":
        schema["pattern"] = draw(st.sampled_from(PATTERNS))
    elif chosen == "format":
        schema["format"] = draw(st.sampled_from(FORMATS))
    return schema


@st.composite
def objects(draw: st.DrawFn, inner: st.SearchStrategy[Schema]) -> Schema:
    properties = draw(st.dictionaries(NAMES, inner, max_size=5))
    required = [name for name in properties if draw(st.booleans())]
    schema: Schema = {"type": "object", "properties": properties, "required": required}
    if draw(st.booleans()):
        schema["additionalProperties"] = False
    return schema


@st.composite
def arrays(draw: st.DrawFn, inner: st.SearchStrategy[Schema]) -> Schema:
    schema: Schema = {"type": "array", "items": draw(inner)}
    if draw(st.booleans()):
        schema["minItems"] = draw(st.integers(0, 4))
    if draw(st.booleans()):
        schema["maxItems"] = schema.get("minItems", 0) + draw(st.integers(0, 4))
    return schema


SCALARS = (
    integers()
    | strings()
    | st.just({"type": "boolean"})
    | st.just({"type": "null"})
    | st.just({"type": ["string", "null"]})
    | st.just({"type": "string", "nullable": True})
    | st.lists(
        st.sampled_from(["red", "green", "blue", 5, 7.5, None]), min_size=1, max_size=4, unique=True
    ).map(lambda values: {"enum": values})
    | st.sampled_from([{"const": 3}, {"const": "fixed"}, {}, {"type": "string", "default": "usual"}])
    | st.sampled_from([{"$ref": "#/$defs/colour"}, {"$ref": "#/$defs/point"}])
)
TREES = st.recursive(
    SCALARS,
    lambda inner: (
        objects(inner)
        | arrays(inner)
        | st.tuples(inner, st.just({"type": "null"})).map(lambda pair: {"anyOf": list(pair)})
        | st.tuples(inner, inner).map(lambda pair: {"anyOf": list(pair)})
        | st.just({"oneOf": [{"type": "integer"}, {"type": "string"}]})
    ),
    max_leaves=12,
)
DEFINITIONS: Schema = {
    "colour": {"type": "string", "enum": ["red", "dark blue"]},
    "point": {
        "type": "object",
        "properties": {"x": {"type": "number"}, "next": {"$ref": "#/$defs/point"}},
        "required": ["x"],
        "additionalProperties": False,
    },
}
SCHEMAS = objects(TREES).map(lambda schema: {**schema, "$defs": DEFINITIONS})
"""Object schemas; every one of them has a valid value."""

TEXTS = st.sampled_from(
    [
        "",
        "Book a table in Paris for 4 people on 5 May 2026, my mail is ann@example.com, order ABC-1234.",
        "name: Ann, age: 30, tags: red, green and blue. It is new and costs 12.50 euros.",
        "Wie ist das Wetter in Berlin am 2026-01-05 um 14:30? https://example.com/x",
        "red blue 5 7.5 -20 1,000 'quoted words' order #7731 dark blue x is 4",
    ]
) | st.text(max_size=60)
