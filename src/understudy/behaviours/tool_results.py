"""Tool results: what tools gave back, told as text."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from understudy.behaviours.conversation import Result
from understudy.behaviours.generation import compose, render, summarize
from understudy.behaviours.phrases import say

LONGEST_TOLD = 600
"""Characters of a result that are told as they are; of a longer one the sentences that answer."""
READ_CHARACTERS = 100_000
MOST_MEMBERS = 200
"""How many values of a JSON result are read."""


def told(question: str, results: Sequence[Result], language: str) -> str:
    """What the results say about the question, one line for each result."""
    return "\n".join(dict.fromkeys(_told(question, result, language) for result in results))


def as_lines(text: str) -> str:
    """A JSON result as lines of `name: value`; any other text as it is."""
    value = _parsed(text)
    if not isinstance(value, dict | list):
        return value if isinstance(value, str) else text
    return "\n".join(f"{name}: {written}" if name else written for name, written in _members(value))


def _told(question: str, result: Result, language: str) -> str:
    lines = as_lines(result.text[:READ_CHARACTERS]).strip()
    if not lines or lines in ("{}", "[]", "null"):
        return say("empty result", language, result.name or "tool")
    if len(lines) <= LONGEST_TOLD:
        return lines.replace("\n", ", ") if isinstance(_parsed(result.text), dict | list) else lines
    answer = render(compose(question, [lines]), lambda number: "")
    return answer or render(summarize([lines], LONGEST_TOLD), lambda number: "") or lines[:LONGEST_TOLD]


def _parsed(text: str) -> Any:
    if len(text) > READ_CHARACTERS or text.lstrip()[:1] not in ("{", "[", '"'):
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _members(value: Any) -> Iterator[tuple[str, str]]:
    """The values within, in order, each with the name of the nearest member; without recursion."""
    stack: list[tuple[str, Any]] = [("", value)]
    found = 0
    while stack and found < MOST_MEMBERS:
        name, one = stack.pop()
        if isinstance(one, dict):
            stack.extend((str(key), held) for key, held in reversed(one.items()))
        elif isinstance(one, list):
            stack.extend((name, held) for held in reversed(one))
        elif one is not None:
            found += 1
            yield name, one if isinstance(one, str) else json.dumps(one)
