"""The form of answers: checked JSON, blocks in the text, pings, and what a request may not hold."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.apis.aivax.conftest import (
    CHAT,
    MINI,
    Client,
    chat,
    gateway,
    not_answered,
    stream_text,
    streamed,
    text,
    user,
)
from understudy.apis.aivax import inference
from understudy.pytest_plugin import Understudy

JOHN = user("Generate a person named John who is 30 years old.")
PERSON: dict[str, Any] = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "age": {"type": "number"}, "member": {"type": "bool"}},
    "required": ["name", "age", "member"],
}
IMPOSSIBLE: dict[str, Any] = {
    "type": "object",
    "properties": {"age": {"type": "integer", "minimum": 5, "maximum": 3}},
    "required": ["age"],
}


def form(schema: Any, **more: Any) -> dict[str, Any]:
    return {"type": "json_schema", "json_schema": {"name": "x", "schema": schema, **more}}


def test_a_checked_answer_satisfies_its_schema(api: Client) -> None:
    for asked in (
        {"response_schema": PERSON},
        {"response_format": form(PERSON, healing_options={"max_attempts": 1})},
    ):
        told = json.loads(text(chat(api, JOHN, **asked)))
        assert (told["name"], told["age"], type(told["member"])) == ("John", 30, bool)


def test_a_schema_that_cannot_be_satisfied_is_refused_with_the_faults(api: Client) -> None:
    told = not_answered(api, 400, response_schema=IMPOSSIBLE)
    assert (told["param"], told["code"]) == ("response_schema", "invalid_structured_output")
    assert "$.age: " in told["message"]
    healed = form(IMPOSSIBLE, healing_options={"max_attempts": 2})
    assert not_answered(api, 400, response_format=healed)["param"] == "response_format.json_schema.schema"
    assert "age" in json.loads(text(chat(api, JOHN, response_format=form(IMPOSSIBLE))))
    body = {"model": MINI, "messages": [JOHN], "response_schema": IMPOSSIBLE, "stream": True}
    assert api.http.post(CHAT, json=body).status_code == 400


def test_an_account_may_have_every_answer_checked(api: Client) -> None:
    api.put("/api/v1/accounts", {"parameters": {"automaticJsonHealing": True}})
    told = not_answered(api, 400, response_format=form(IMPOSSIBLE))
    assert told["code"] == "invalid_structured_output"
    assert json.loads(text(chat(api, JOHN, response_format=form(PERSON))))["name"] == "John"
    assert text(chat(api, user("Reply with exactly the word: PONG"))) == "PONG"


def test_a_second_attempt_says_the_least_and_costs_as_well(api: Client) -> None:
    schema = {
        "type": "object",
        "properties": {"answer": {"type": "string"}, "count": {"type": "integer", "minimum": 7}},
        "required": ["answer", "count"],
    }
    more: dict[str, Any] = {
        "messages": [user(f"Repeat exactly: {'one two three four ' * 10}")],
        "max_completion_tokens": 15,
    }
    once = form(schema, healing_options={"max_attempts": 1})
    told = not_answered(api, 400, response_format=once, **more)
    assert '"count" is a required property' in told["message"]
    cut = api.ask("POST", CHAT, json={"model": MINI, "response_format": form(schema), **more})
    assert cut["choices"][0]["finish_reason"] == "length"
    healed = form(schema, healing_options={"max_attempts": 2})
    told = api.ask("POST", CHAT, json={"model": MINI, "response_format": healed, **more})
    assert json.loads(text(told)) == {"answer": "", "count": 7}
    assert told["choices"][0]["finish_reason"] == "stop"
    assert told["usage"]["prompt_tokens"] >= 2 * cut["usage"]["prompt_tokens"]
    assert told["usage"]["completion_tokens"] > cut["usage"]["completion_tokens"]
    short = {**more, "max_completion_tokens": 1}
    assert "within 1 tokens" in not_answered(api, 400, response_schema=schema, **short)["message"]


def test_a_call_of_a_tool_is_no_answer_yet(api: Client) -> None:
    schema = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
    tool = {"type": "function", "function": {"name": "get_weather", "parameters": schema}}
    asked = user("What is the weather in Tokyo?")
    told = chat(api, asked, tools=[tool], response_schema=IMPOSSIBLE)
    assert told["choices"][0]["finish_reason"] == "tool_calls"


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({"response_schema": {"type": "thing"}}, "response_schema"),
        ({"response_schema": {"$ref": "https://schemas.example/x.json"}}, "response_schema"),
        ({"response_schema": {"type": "string", "pattern": "("}}, "response_schema"),
        ({"response_format": {"type": "json_schema", "json_schema": 5}}, "response_format.json_schema"),
        ({"response_format": form(5)}, "response_format.json_schema.schema"),
        (
            {"response_format": form({}, healing_options=5)},
            "response_format.json_schema.healing_options",
        ),
        *(
            (
                {"response_format": form({}, healing_options={"max_attempts": attempts})},
                "response_format.json_schema.healing_options.max_attempts",
            )
            for attempts in (0, 11, True, "3", 1.5)
        ),
        ({"idempotency_key": ""}, "idempotency_key"),
        ({"idempotency_key": "k" * 129}, "idempotency_key"),
        ({"metadata": {"a": None}}, "metadata.a"),
        ({"metadata": ["a"]}, "metadata"),
        ({"extra_body": {"a": 1}}, "extra_body"),
    ],
)
def test_what_a_request_may_not_hold(api: Client, body: dict[str, Any], param: str) -> None:
    assert not_answered(api, 400, **body)["param"] == param


def test_the_longest_idempotency_key_is_taken(api: Client) -> None:
    assert chat(api, user("Hi"), idempotency_key="k" * 128)


def test_extra_members_are_for_the_model_of_a_provider(api: Client) -> None:
    integrated = gateway(api)
    assert not_answered(api, 400, model=integrated, extra_body={"a": 1})["param"] == "extra_body"
    brought = gateway(api, baseAddress="https://models.example/v1", modelName="own")
    assert chat(api, user("Hi"), model=brought, extra_body={"a": 1})["model"] == "own"


def test_blocks_hold_reasoning_and_functions_in_the_text(api: Client) -> None:
    more: dict[str, Any] = {
        "rendering_mode": "textual_blocks",
        "reasoning_effort": "low",
        "builtin_tools": {"tools": ["WebSearch"]},
    }
    asked = user("How high is Mount Boreas?")
    told = chat(api, asked, **more)
    said = text(told)
    assert said.startswith("<thinking-group><think>")
    assert '<div class="tool-result reason" data-tool-name="web_search">' in said
    assert said.endswith("</assistant-answer>")
    assert "3,412" in said.partition("<assistant-answer>")[2]
    assert "reasoning" not in told["choices"][0]["message"]
    chunks = streamed(api, asked, **more)
    assert not any("servertool" in chunk for chunk in chunks)
    assert stream_text(chunks) == said
    plain = chat(api, asked, **{**more, "rendering_mode": "plain"})
    assert "<" not in text(plain)


@pytest.mark.parametrize(("options", "pinged"), [({}, True), ({"sse-stream-options": "no-ping"}, False)])
def test_a_slow_stream_is_kept_open_by_comments(
    understudy: Understudy,
    api: Client,
    monkeypatch: pytest.MonkeyPatch,
    options: dict[str, str],
    pinged: bool,
) -> None:
    monkeypatch.setattr(inference, "PING_SECONDS", 0.03)
    understudy.lifecycle(cadence_millis=20)
    body = {"model": MINI, "messages": [user("Reply with exactly the word: PONG")], "stream": True}
    answer = api.http.post(CHAT, json=body, headers=options)
    assert (": ping\n\n" in answer.text) is pinged
    data = [frame for frame in answer.text.split("\n\n") if frame.startswith("data: ")]
    assert data[-1] == "data: [DONE]"
    chunks = [json.loads(frame[6:]) for frame in data[:-1]]
    assert stream_text(chunks) == "PONG"
