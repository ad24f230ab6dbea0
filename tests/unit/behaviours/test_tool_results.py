"""What tools gave back, told as text."""

from __future__ import annotations

import json
import time

import pytest

from understudy.behaviours.conversation import Result
from understudy.behaviours.tool_results import as_lines, told


def one(text: str, question: str = "What is the weather?") -> str:
    return told(question, [Result("get_weather", "{}", text)], "eng")


@pytest.mark.parametrize(
    ("result", "text"),
    [
        ("It is sunny.", "It is sunny."),
        ('{"temperature": 21, "sky": "sunny", "wind": null}', "temperature: 21, sky: sunny"),
        ('[{"name": "Ann"}, {"name": "Bob", "old": true}]', "name: Ann, name: Bob, old: true"),
        ('"sunny"', "sunny"),
        ("[1, 2]", "1, 2"),
        ("42", "42"),
        ("{broken", "{broken"),
        ("", "get_weather gave an empty result."),
        ("{}", "get_weather gave an empty result."),
        ("null", "get_weather gave an empty result."),
    ],
)
def test_a_result_is_told(result: str, text: str) -> None:
    assert one(result) == text


def test_of_a_long_result_the_answering_sentences_are_told() -> None:
    text = "The kiln is opened at noon. " + "Boots are red and scarves are blue. " * 40
    assert one(text, "When is the kiln opened?") == "The kiln is opened at noon."
    assert one(json.dumps({"text": text}), "When is the kiln opened?") == "text: The kiln is opened at noon."
    assert 0 < len(one(text, "Who sings?")) <= 600


def test_several_results_are_lines_and_equal_ones_are_told_once() -> None:
    results = [Result("a", "", "one"), Result("b", "", "two"), Result("c", "", "one")]
    assert told("?", results, "eng") == "one\ntwo"


def test_members_are_lines() -> None:
    assert as_lines('{"a": {"b": [1, "x"]}, "c": 2.5}') == "b: 1\nb: x\nc: 2.5"
    assert as_lines("plain") == "plain"


@pytest.mark.parametrize(
    "text", ["[" * 100_000, '{"a":' * 900 + "1" + "}" * 900, "[" + "1," * 200_000 + "1]", "{" * 10]
)
def test_hostile_results_end_quickly(text: str) -> None:
    start = time.process_time()
    assert one(text)
    assert time.process_time() - start < 1
