"""How many tokens texts take, and conversations cut to a budget."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from understudy.behaviours.token_budget import (
    ATTACHMENT_TOKENS,
    MESSAGE_TOKENS,
    ContextOverflow,
    count,
    count_message,
    count_messages,
    count_value,
    cut,
    fit,
    shorten_results,
)


def said(role: str, text: str, **more: Any) -> dict[str, Any]:
    return {"role": role, "content": text, **more}


CALL = {"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("", 0),
        ("Hello", 1),
        ("Hello there, you!", 5),
        ("extraordinary", 2),
        ("1234567", 3),
        ("a  b\n\nc", 5),
        ("図書館", 3),
        ("Größe", 1),
        ("snake_case", 3),
        ("👍", 1),
    ],
)
def test_tokens_are_counted(text: str, tokens: int) -> None:
    assert count(text) == tokens


@given(st.text(), st.integers(-2, 40))
def test_a_cut_text_begins_the_text_and_takes_no_more(text: str, most: int) -> None:
    kept = cut(text, most)
    assert text.startswith(kept)
    assert count(kept) == min(count(text), max(0, most))
    assert cut(text, count(text)) == text


def test_values_cost_their_names_and_scalars() -> None:
    parts = ("name", "Ann", "old", "True", "30")
    assert count_value({"name": "Ann", "old": [True, 30]}) == sum(count(part) + 1 for part in parts)
    deep: Any = "x"
    for _ in range(5000):
        deep = {"a": [deep]}
    assert count_value(deep) == 2 * 5000 + 2


def test_messages_cost_their_parts_and_calls() -> None:
    assert count_message(said("user", "Hello")) == MESSAGE_TOKENS + 1
    image = {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}}
    assert count_message({"role": "user", "content": [image]}) == MESSAGE_TOKENS + ATTACHMENT_TOKENS
    assert count_message({"role": "assistant", "tool_calls": [CALL]}) == MESSAGE_TOKENS + 2
    assert count_messages([said("user", "Hello")] * 3) == 3 * (MESSAGE_TOKENS + 1)


HISTORY = [
    said("system", "Be kind"),
    said("user", "one"),
    said("assistant", "two"),
    said("user", "three"),
    said("assistant", "four"),
    said("user", "five"),
]
ALL = count_messages(HISTORY)


def test_what_fits_stays_whole() -> None:
    assert fit(HISTORY, ALL, "throw") == HISTORY
    assert fit(HISTORY, ALL, "truncate") == HISTORY


def test_too_much_is_thrown_with_its_numbers() -> None:
    with pytest.raises(ContextOverflow, match=f"takes {ALL} tokens, and the context holds 3") as raised:
        fit(HISTORY, 3, "throw")
    assert (raised.value.needed, raised.value.budget) == (ALL, 3)


def test_the_oldest_messages_are_left_out_first() -> None:
    assert fit(HISTORY, ALL - 1, "truncate") == [HISTORY[0], *HISTORY[2:]]
    assert fit(HISTORY, ALL - 6, "truncate") == [HISTORY[0], *HISTORY[3:]]


def test_instructions_and_the_last_message_always_stay() -> None:
    assert fit(HISTORY, 0, "truncate") == [HISTORY[0], HISTORY[-1]]
    assert fit([said("assistant", "x")], 0, "truncate") == [said("assistant", "x")]
    assert fit([], 0, "throw") == []


def test_a_tool_result_never_stays_without_its_call() -> None:
    calling = {"role": "assistant", "content": None, "tool_calls": [CALL]}
    result = said("tool", "sunny " * 50, tool_call_id="c")
    last = [said("user", "and now?"), calling, result]
    messages = [said("user", "weather?"), calling, result, result, said("assistant", "Sunny."), *last]
    for over in range(1, count_messages(messages)):
        kept = fit(messages, count_messages(messages) - over, "truncate")
        assert kept[-3:] == last
        for before, one in zip([None, *kept], kept, strict=False):
            assert one["role"] != "tool" or (before is not None and before["role"] in ("assistant", "tool"))


def test_old_tool_results_are_shortened() -> None:
    results = [said("tool", text) for text in ("one", "two", "three")]
    assert shorten_results([HISTORY[1], *results], 1, "[cut]") == [
        HISTORY[1],
        said("tool", "[cut]"),
        said("tool", "[cut]"),
        results[2],
    ]
    assert shorten_results(results, 5, "[cut]") == results


@pytest.mark.parametrize("unit", ["word ", "1", " ", "図", "?", "\u0301", "👍"])
def test_counting_takes_linear_time(unit: str) -> None:
    start = time.process_time()
    count(unit * (1_000_000 // len(unit)))
    assert time.process_time() - start < 2


def test_what_was_counted_before_counts_the_same() -> None:
    texts = [f"{'lantern ' * 20}{number}" for number in range(20_000)]
    first = [count(text) for text in texts]
    assert [count(text) for text in texts] == first
    assert count("\ud800" * 100) == count("\ud800" * 100)
