"""Broken JSON as models write it."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from understudy.behaviours.json_healing import DEEPEST, LONGEST, heal

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(VALUES, st.booleans(), st.sampled_from([None, 2]))
def test_valid_json_heals_to_itself(value: Any, ascii_only: bool, indent: int | None) -> None:
    assert heal(json.dumps(value, ensure_ascii=ascii_only, indent=indent)) == value


@given(VALUES.filter(lambda value: isinstance(value, dict | list) and value and "`" not in json.dumps(value)))
def test_words_and_fences_around_it_are_left_off(value: Any) -> None:
    text = json.dumps(value)
    assert heal(f"Here you are:\n```json\n{text}\n```\nAnything else?") == value
    assert heal(f"```\n{text}") == value
    assert heal(f"Sure! {text} That is all.") == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"a": 1,}', {"a": 1}),
        ("[1, 2,, 3,]", [1, 2, 3]),
        ("[1 2\n3]", [1, 2, 3]),
        ("{'a': 'b', \"c\": 'it\\'s'}", {"a": "b", "c": "it's"}),
        ("{a: 1, b_c: two words, d: true}", {"a": 1, "b_c": "two words", "d": True}),
        (
            '{"a": True, "b": None, "c": NaN, "d": undefined, "e": -Infinity}',
            {"a": True, "b": None, "c": None, "d": None, "e": None},
        ),
        ('{"a": 1 // one\n, /* two */ "b": 2, # three\n "c": 3}', {"a": 1, "b": 2, "c": 3}),
        ('{"a": [1, {"b": "c', {"a": [1, {"b": "c"}]}),
        ('{"a": [1, 2}', {"a": [1, 2]}),
        ('{"a": 1]}', {"a": 1}),
        ('{"a": "x\ny\tz"}', {"a": "x\ny\tz"}),
        ('{"a": "he said "hi" to me", "b": 1}', {"a": 'he said "hi" to me', "b": 1}),
        ("{“a”: “b”}", {"a": "b"}),
        ('{"a" = 1; "b" => 2}', {"a": 1, "b": 2}),
        (
            '{"a": .5, "b": +1, "c": 1., "d": 007, "e": 1e999}',
            {"a": 0.5, "b": 1, "c": 1.0, "d": "007", "e": None},
        ),
        ('{"a": "\\x41\\u00e9\\q\\/", "b": \'\\ud83d\\ude00\'}', {"a": "Aéq/", "b": "😀"}),
        ('{"a": 1, "b"', {"a": 1}),
        ('{"a": 1, "b":', {"a": 1, "b": None}),
        ('{"a":: 1}', {"a": 1}),
        ("See [1] and [2]: {'a': 1}", {"a": 1}),
        ("As [noted] before: [1, 2]", [1, 2]),
        ('First {"a": 1} and then {"a": 1, "b": 2}.', {"a": 1, "b": 2}),
        ('\ufeff{"a": 1}', {"a": 1}),
        ('```json\nnothing\n```\n{"a": 1}', {"a": 1}),
        ("True", True),
        ("42", 42),
        ('"x"', "x"),
        ("```json\n42\n```", 42),
    ],
)
def test_broken_json_is_healed(text: str, value: Any) -> None:
    found = heal(text)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "Hello, world",
        "use {name} here",
        "[sic]",
        "{",
        "]",
        "}{",
        "```",
        "NaN",
        "the answer is 42",
        "[" * 5000,
        "a" * (LONGEST + 1),
    ],
)
def test_what_holds_no_value_heals_to_none(text: str) -> None:
    assert heal(text) is None


@given(st.text(alphabet="{}[]\":,'\\ \n/*#abtrue1-.e`“”u"))
@example('{"a":"\\u12')
@example("{'a':'\\")
def test_anything_ends_in_a_value_of_json(text: str) -> None:
    json.dumps(heal(text))


@given(VALUES, st.data())
def test_a_text_that_broke_off_keeps_what_it_told(value: Any, data: st.DataObject) -> None:
    text = json.dumps([value, value])
    found = heal(text[: data.draw(st.integers(0, len(text)))])
    assert found is None or isinstance(found, list)


def test_depth_is_bounded() -> None:
    assert heal("[" * DEEPEST + "1") is not None
    assert heal("[" * (DEEPEST + 1) + "1") is None


@pytest.mark.parametrize(
    "unit",
    [
        '"',
        "'",
        "[",
        "{",
        "}",
        "]",
        ",",
        ":",
        "a",
        "a:",
        "{a:",
        '{"',
        "/*",
        "//",
        "#",
        "```",
        "\\",
        '"\\',
        " ",
        "\n",
        "1",
        "-",
        "“",
        "[1]",
        '" ',
        "][",
    ],
)
def test_hostile_texts_cost_linear_time(unit: str) -> None:
    for text in (unit * (300_000 // len(unit)), '{"a": ' + unit * (300_000 // len(unit))):
        start = time.process_time()
        heal(text)
        assert time.process_time() - start < 2
