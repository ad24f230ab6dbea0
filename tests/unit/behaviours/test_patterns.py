"""Texts that match a pattern."""

from __future__ import annotations

import time

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from understudy.behaviours.patterns import LONGEST_PATTERN, example, matches

from .json_schemas import PATTERNS

MORE = [
    "",
    "^$",
    "abc",
    "^a?b+$",
    "^[A-Z]{2,3}$",
    "^\\d{3}-\\d{4}$",
    "^(a|b)c$",
    "^(?:x(?:y|z)){2}$",
    "^[^@]+@[^@]+\\.com$",
    "^\\p{Lu}\\p{L}*$",
    "^[\\w.-]+$",
    "^\\u0041$",
    "^\\x41$",
    "^#[0-9a-f]{6}$",
    "^(?<year>\\d{4})$",
    "^[]a]$|x",
    "^a{0}$",
    "^.*$",
    "^[a-c]+?$",
    "^\\$\\d+$",
    "^\\/a\\/$",
    "(ab)?c",
    "^[\\]]$",
]


@pytest.mark.parametrize("pattern", [*PATTERNS, *(one for one in MORE if one != "^[]a]$|x")])
def test_examples_match_as_json_schema_means_it(pattern: str) -> None:
    text = example(pattern)
    assert text is not None
    jsonschema_rs.Draft202012Validator({"type": "string", "pattern": pattern}).validate(text)


@pytest.mark.parametrize(
    ("pattern", "shortest", "longest"),
    [("^a+$", 7, 9), ("^[0-9]{2,}$", 10, None), ("^(ab)*$", 5, 6), ("x", 4, 4), ("^\\w+-\\d+$", 40, 60)],
)
def test_examples_are_as_long_as_asked(pattern: str, shortest: int, longest: int | None) -> None:
    text = example(pattern, shortest, longest)
    assert text is not None
    assert matches(pattern, text)
    assert shortest <= len(text) <= (longest or 1000)


@pytest.mark.parametrize(
    "pattern",
    ["(?=a)b", "(", ")", "a**", "[", "[a", "(?!x)y", "\\", "a{5", "^a$b", "x" * (LONGEST_PATTERN + 1)],
)
def test_what_is_not_understood_has_no_example(pattern: str) -> None:
    assert example(pattern) is None or matches(pattern, str(example(pattern)))
    if "(?" in pattern or len(pattern) > LONGEST_PATTERN:
        assert example(pattern) is None


def test_no_example_is_too_long_or_too_short() -> None:
    assert example("^a{5}$", 0, 4) is None
    assert example("^a{5}$", 6) is None


def test_patterns_that_cannot_be_told() -> None:
    assert matches("(?=a)b", "b") is None
    assert matches("^a$", "a\n") is False


@given(st.text(alphabet="ab()[]{}|*+?.^$\\d019,-", max_size=30))
def test_an_example_always_matches(pattern: str) -> None:
    text = example(pattern)
    assert text is None or matches(pattern, text)


@pytest.mark.parametrize(
    "pattern",
    [
        "(" * 300,
        "((a{1,900}){1,900}){1,900}",
        "a{999}" * 49,
        "(a|" * 90 + ")" * 90,
        "(.*)" * 70 + "x$",
        "[^" * 100,
        "(a*)*" * 50,
    ],
)
def test_hostile_patterns_end_quickly(pattern: str) -> None:
    start = time.process_time()
    example(pattern, 4000)
    assert time.process_time() - start < 2
