"""Replies to requests: text, calls, limits, usage, and the seam."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from understudy.behaviours.decide import Decision
from understudy.behaviours.inference import Reply, Request, ToolCall, prompt_tokens, respond
from understudy.behaviours.token_budget import count
from understudy.behaviours.tool_choice import Call

WEATHER = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "Get the weather in a city",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    },
}
SOURCES = ["The kiln is opened at noon. Gloves lie in box 7."]


def user(text: str) -> list[dict[str, Any]]:
    return [{"role": "user", "content": text}]


def asked(text: str, **given: Any) -> Reply:
    return respond(Request(user(text), **given))


def test_a_text_is_said() -> None:
    reply = asked("When is the kiln opened?", sources=SOURCES)
    assert (reply.text, reply.finish_reason) == ("The kiln is opened at noon.", "stop")
    assert (reply.tool_calls, reply.reasoning) == ((), "")


def test_instructions_are_those_of_the_request_and_of_the_system() -> None:
    fact = "Our kiln is opened at noon."
    assert asked("When is the kiln opened?", instructions=fact).text == fact
    for role in ("system", "developer"):
        reply = respond(Request([{"role": role, "content": fact}, *user("When is the kiln opened?")]))
        assert reply.text == fact


def test_a_tool_is_called() -> None:
    reply = asked("What is the weather in Oslo?", tools=[WEATHER])
    assert reply.finish_reason == "tool_calls"
    assert reply.text == ""
    assert reply.tool_calls == (ToolCall("1 0 get_weather", "get_weather", '{"city": "Oslo"}'),)
    assert reply.usage.completion == count("get_weather") + count('{"city": "Oslo"}')


def test_its_result_is_told_and_it_is_not_called_again() -> None:
    messages = user("What is the weather in Oslo?")
    (call,) = respond(Request(messages, tools=[WEATHER])).tool_calls
    function = {"name": call.name, "arguments": call.arguments}
    messages += [
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [{"id": "c", "type": "function", "function": function}],
        },
        {"role": "tool", "tool_call_id": "c", "content": "sunny, 21 degrees"},
    ]
    for choice in ("auto", "required", {"type": "function", "function": {"name": "get_weather"}}):
        assert respond(Request(messages, tools=[WEATHER], tool_choice=choice)).text == "sunny, 21 degrees"


def test_a_courtesy_calls_no_tool_unless_one_is_required() -> None:
    assert asked("Hello", tools=[WEATHER]).tool_calls == ()
    assert asked("Hello", tools=[WEATHER], tool_choice="required").tool_calls[0].arguments == '{"city": ""}'


@pytest.mark.parametrize(
    ("stop", "text"),
    [
        ([" noon"], "The kiln is opened at"),
        (["x", "opened", "kiln"], "The "),
        ([""], "The kiln is opened at noon."),
    ],
)
def test_a_stop_text_ends_the_reply(stop: list[str], text: str) -> None:
    reply = asked("When is the kiln opened?", sources=SOURCES, stop=stop)
    assert (reply.text, reply.finish_reason) == (text, "stop")


def test_the_limit_of_tokens_cuts_the_reply() -> None:
    reply = asked("When is the kiln opened?", sources=SOURCES, max_tokens=3, reasoning=True)
    assert (reply.text, reply.finish_reason, reply.reasoning) == ("The kiln is", "length", "")
    assert reply.usage.completion == 3
    exact = asked("When is the kiln opened?", sources=SOURCES, max_tokens=7)
    assert (exact.finish_reason, exact.text) == ("stop", "The kiln is opened at noon.")


def test_reasoning_is_an_account_of_what_was_done() -> None:
    reply = asked("When is the kiln opened?", sources=SOURCES, tools=[WEATHER], reasoning=True)
    assert reply.reasoning == (
        "Read: 1 x message, 1 x source. No tool is to be called. The reply rests on the sources."
    )
    assert reply.usage.reasoning == count(reply.reasoning)
    assert reply.usage.completion == count(reply.text) + reply.usage.reasoning
    called = asked("What is the weather in Oslo?", tools=[WEATHER], reasoning=True)
    assert called.reasoning == "Read: 1 x message. To call: get_weather."
    assert asked("Hello", reasoning=True, max_tokens=12).usage.completion <= 12


def test_usage_counts_all_that_was_given() -> None:
    plain = asked("Hello").usage
    assert (plain.cached, plain.total) == (0, plain.prompt + plain.completion)
    given: list[dict[str, Any]] = [
        {"sources": SOURCES},
        {"memories": ["Is vegan."]},
        {"instructions": "Be kind."},
        {"tools": [WEATHER]},
        {"response_format": {"type": "json_object"}},
    ]
    assert all(prompt_tokens(Request(user("Hello"), **more)) > plain.prompt for more in given)


def test_structured_output_is_json_and_tools_go_before_it() -> None:
    schema = {"type": "object", "properties": {"answer": {"type": "string"}}, "required": ["answer"]}
    form = {"type": "json_schema", "json_schema": {"name": "x", "strict": True, "schema": schema}}
    reply = asked("When is the kiln opened?", sources=SOURCES, response_format=form)
    assert json.loads(reply.text) == {"answer": "The kiln is opened at noon."}
    assert asked("The weather in Oslo?", tools=[WEATHER], response_format=form).tool_calls


def test_a_decider_decides_texts_and_calls() -> None:
    seen: list[Decision] = []

    def decider(decision: Decision, default: Callable[[], Any]) -> Any:
        seen.append(decision)
        if decision.kind == "tool_calls":
            return (
                [Call("get_weather", {"city": "Rome"})]
                if "rome" in decision.subject["question"]
                else default()
            )
        return f"scripted: {default()}"

    request = Request(user("When is the kiln opened?"), sources=SOURCES, tools=[WEATHER], reasoning=True)
    reply = respond(request, decider)
    assert reply.text == "scripted: The kiln is opened at noon."
    assert [one.kind for one in seen] == ["tool_calls", "reply", "thinking"]
    assert seen[0].subject["tools"] == ["get_weather"]
    called = respond(Request(user("rome?"), tools=[WEATHER]), decider)
    assert called.tool_calls == (ToolCall("1 0 get_weather", "get_weather", '{"city": "Rome"}'),)


def test_a_reply_that_was_decided_says_so() -> None:
    def decider(decision: Decision, default: Callable[[], Any]) -> Any:
        return "Ahoy" if decision.kind == "reply" else default()

    reply = respond(Request(user("Hello"), reasoning=True), decider)
    assert reply.text == "Ahoy"
    assert reply.reasoning.endswith("The reply was decided beforehand.")


def test_tools_may_be_nested_deeply() -> None:
    schema: Any = {"type": "string"}
    for _ in range(950):
        schema = {"type": "object", "properties": {"a": schema}, "required": ["a"]}
    tool = {"type": "function", "function": {"name": "deep_weather", "parameters": schema}}
    assert asked("What is the weather?", tools=[tool]).tool_calls[0].name == "deep_weather"


def test_text_files_are_sources() -> None:
    file = {
        "type": "file",
        "file": {"filename": "a.txt", "file_data": "data:text/plain,The kiln is opened at noon."},
    }
    parts = [{"type": "text", "text": "When is the kiln opened?"}, file]
    assert respond(Request([{"role": "user", "content": parts}])).text == "The kiln is opened at noon."


PARTS = st.lists(
    st.sampled_from(
        [
            {"type": "text", "text": "weather"},
            {"type": "image_url", "image_url": {}},
            {"type": "x"},
            {},
            "y",
            None,
        ]
    ),
    max_size=3,
)
CALLS = [{"id": "a", "type": "function", "function": {"name": "get_weather", "arguments": "{oops"}}]
MESSAGES = st.lists(
    st.fixed_dictionaries(
        {"role": st.sampled_from(["user", "assistant", "system", "developer", "tool", "function", "x"])},
        optional={
            "content": st.none() | st.text(max_size=40) | PARTS | st.just("What is the weather in Oslo?"),
            "tool_calls": st.sampled_from([None, [], CALLS]),
            "tool_call_id": st.sampled_from(["a", "b", None]),
        },
    ),
    max_size=6,
)


@given(
    MESSAGES,
    st.sampled_from(["auto", "none", "required", "any", {"name": "get_weather"}, {}]),
    st.none() | st.integers(0, 9),
)
@settings(max_examples=200, deadline=None)
def test_every_conversation_has_the_same_reply_each_time(
    messages: Any, choice: Any, most: int | None
) -> None:
    request = Request(messages, tools=[WEATHER], tool_choice=choice, max_tokens=most, reasoning=True)
    reply = respond(request)
    assert respond(request) == reply
    assert reply.finish_reason in ("stop", "length", "tool_calls")
    assert bool(reply.tool_calls) == (reply.finish_reason == "tool_calls")
    assert most is None or reply.tool_calls or reply.usage.completion <= most


@pytest.mark.parametrize(
    "unit", ["My order is 7731 and it came broken. ", "weather? ", "in Oslo, ", '{"a": [', "図", "- a\n"]
)
def test_a_megabyte_takes_bounded_time(unit: str) -> None:
    text = unit * (200_000 // len(unit))
    messages = [{"role": role, "content": text} for role in ("system", "user", "assistant", "user", "user")]
    start = time.process_time()
    respond(Request(messages, tools=[WEATHER], sources=[text]))
    assert time.process_time() - start < 4
