"""Replies in the form of OpenAI's chat completions."""

from __future__ import annotations

from typing import Any

import pytest

from understudy.behaviours.inference import Reply, ToolCall, Usage
from understudy.behaviours.openai_form import chunks, completion, usage

USED = Usage(10, 7, 0, 3)
SAID = Reply("The kiln is opened at noon, and the gloves lie in box 7.", USED, reasoning="Read: 1 x message.")
CALLS = (
    ToolCall("1 0 a", "get_weather", '{"city": "Rio de Janeiro", "days": 3}'),
    ToolCall("1 1 b", "get_time", "{}"),
)
CALLED = Reply("", USED, "tool_calls", tool_calls=CALLS)
IDS = ("call_1", "call_2")
HEAD = {"id": "chatcmpl-1", "created": 17, "model": "m"}


def streamed(reply: Reply, **given: Any) -> list[dict[str, Any]]:
    return chunks(reply, "chatcmpl-1", 17, "m", **given)


def deltas(told: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [choice["delta"] for chunk in told for choice in chunk["choices"]]


def test_a_completion_holds_the_text() -> None:
    assert completion(SAID, "chatcmpl-1", 17, "m") == {
        **HEAD,
        "object": "chat.completion",
        "choices": [
            {"index": 0, "message": {"role": "assistant", "content": SAID.text}, "finish_reason": "stop"}
        ],
        "usage": usage(USED),
    }


def test_a_completion_holds_the_calls_and_the_reasoning() -> None:
    called = completion(CALLED, "chatcmpl-1", 17, "m", call_ids=IDS)["choices"][0]
    assert called["finish_reason"] == "tool_calls"
    assert called["message"]["content"] is None
    assert called["message"]["tool_calls"][1] == {
        "id": "call_2",
        "type": "function",
        "function": {"name": "get_time", "arguments": "{}"},
    }
    thought = completion(SAID, "chatcmpl-1", 17, "m", reasoning_member="reasoning_content")
    assert thought["choices"][0]["message"]["reasoning_content"] == SAID.reasoning
    assert completion(Reply("", USED), "x", 1, "m")["choices"][0]["message"]["content"] == ""


def test_usage_tells_the_sum() -> None:
    assert usage(USED) == {
        "prompt_tokens": 10,
        "completion_tokens": 7,
        "total_tokens": 17,
        "prompt_tokens_details": {"cached_tokens": 0},
        "completion_tokens_details": {"reasoning_tokens": 3},
    }


def test_every_call_needs_an_id() -> None:
    with pytest.raises(ValueError, match="zip"):
        completion(CALLED, "x", 1, "m", call_ids=IDS[:1])
    with pytest.raises(ValueError, match="zip"):
        streamed(CALLED)


def test_text_comes_in_pieces_and_the_first_carries_the_role() -> None:
    told = streamed(SAID)
    assert all({key: chunk[key] for key in HEAD} == HEAD for chunk in told)
    assert {chunk["object"] for chunk in told} == {"chat.completion.chunk"}
    assert "".join(delta.get("content", "") for delta in deltas(told)) == SAID.text
    assert [delta.get("role") for delta in deltas(told)] == ["assistant", *[None] * (len(told) - 1)]
    assert [chunk["choices"][0]["finish_reason"] for chunk in told] == [*[None] * (len(told) - 1), "stop"]
    assert deltas(told)[-1] == {}
    assert all("usage" not in chunk for chunk in told)
    assert len(streamed(SAID, size=1000)) == 2


def test_calls_come_with_their_names_first() -> None:
    told = [delta["tool_calls"][0] for delta in deltas(streamed(CALLED, call_ids=IDS)) if delta]
    first = {
        "index": 0,
        "id": "call_1",
        "type": "function",
        "function": {"name": "get_weather", "arguments": ""},
    }
    assert told[0] == first
    for index, call in enumerate(CALLS):
        mine = [one for one in told if one["index"] == index]
        assert mine[0]["id"] == IDS[index]
        assert "".join(one["function"]["arguments"] for one in mine) == call.arguments
        assert all(set(one) == {"index", "function"} for one in mine[1:])


def test_reasoning_comes_first_under_its_name() -> None:
    told = deltas(streamed(SAID, reasoning_member="reasoning"))
    assert "".join(delta.get("reasoning", "") for delta in told) == SAID.reasoning
    assert told[0].keys() == {"role", "reasoning"}
    assert not any("reasoning" in delta for delta in deltas(streamed(SAID)))


def test_usage_is_on_the_last_chunk_or_on_an_extra_one() -> None:
    last = streamed(SAID, include_usage="last")
    assert last[-1]["usage"] == usage(USED)
    assert last[-1]["choices"][0]["finish_reason"] == "stop"
    extra = streamed(SAID, include_usage="extra")
    assert (extra[-1]["usage"], extra[-1]["choices"]) == (usage(USED), [])
    assert len(extra) == len(last) + 1
    for told in (last, extra):
        assert all(chunk["usage"] is None for chunk in told[:-1])


def test_an_empty_reply_is_streamed_too() -> None:
    assert deltas(streamed(Reply("", USED))) == [{"role": "assistant", "content": ""}, {}]
