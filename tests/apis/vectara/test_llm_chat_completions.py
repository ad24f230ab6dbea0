"""Chat completions through HTTP. Spec tag: LLM Chat Completions."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from tests.apis.vectara.conftest import HOUSE_MODELS, refused
from understudy.pytest_plugin import Understudy

PATH = "/v2/llms/chat/completions"
PERSON: dict[str, Any] = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "age": {"type": "integer"}},
    "required": ["name", "age"],
    "additionalProperties": False,
}
JOHN = "Generate a person named John who is 30 years old."
COUNT = "Repeat exactly: one two three four five six seven eight"


def user(content: Any) -> dict[str, Any]:
    return {"role": "user", "content": content}


def tool(name: str, *parameters: str) -> dict[str, Any]:
    schema = {
        "type": "object",
        "properties": {one: {"type": "string"} for one in parameters},
        "required": list(parameters),
    }
    return {"type": "function", "function": {"name": name, "parameters": schema}}


def chat(api: httpx.Client, *messages: dict[str, Any], **more: Any) -> dict[str, Any]:
    answer = api.post(PATH, json={"model": "gpt-4o", "messages": list(messages), **more})
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def text(told: dict[str, Any]) -> str:
    content: str = told["choices"][0]["message"]["content"]
    return content


def chunks_of(api: httpx.Client, *messages: dict[str, Any], **more: Any) -> list[dict[str, Any]]:
    """The chunks of a stream, once its framing is right to the byte."""
    answer = api.post(PATH, json={"model": "gpt-4o", "messages": list(messages), "stream": True, **more})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].partition(";")[0] == "text/event-stream"
    frames = answer.text.split("\n\n")
    assert frames[-2:] == ["data: [DONE]", ""]
    assert all(frame.startswith("data: {") for frame in frames[:-2])
    return [json.loads(frame.removeprefix("data: ")) for frame in frames[:-2]]


def test_an_answer_has_the_form_of_openai(api: httpx.Client) -> None:
    told = chat(api, user("Reply with exactly the word: PONG"))
    assert told["id"].startswith("chatcmpl-")
    assert (told["object"], told["model"]) == ("chat.completion", "gpt-4o")
    assert told["created"] == 1767225600
    message = {"role": "assistant", "content": "PONG"}
    assert told["choices"] == [{"index": 0, "message": message, "finish_reason": "stop"}]
    usage = told["usage"]
    assert usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"] > 1
    again = chat(api, user("Reply with exactly the word: PONG"))
    assert again["id"] != told["id"]
    assert {**again, "id": told["id"]} == told


def test_a_text_and_its_parts_are_the_same(api: httpx.Client) -> None:
    facts = {"role": "system", "content": "The lamp Aurora runs for nine hours. The tent Boreas is green."}
    asked = "How long does the lamp Aurora run?"
    parts = [{"type": "text", "text": asked}]
    assert "nine hours" in text(chat(api, facts, user(asked)))
    assert text(chat(api, facts, user(parts))) == text(chat(api, facts, user(asked)))
    image = {"type": "image_url", "image_url": {"url": "https://example.com/lamp.png"}}
    assert "nine hours" in text(chat(api, facts, user([*parts, image])))


def test_a_stream_says_what_the_answer_says(api: httpx.Client) -> None:
    whole = chat(api, user(COUNT))
    chunks = chunks_of(api, user(COUNT))
    deltas = [chunk["choices"][0]["delta"] for chunk in chunks]
    assert [delta.get("role") for delta in deltas] == ["assistant"] + [None] * (len(deltas) - 1)
    assert "".join(delta.get("content", "") for delta in deltas) == text(whole)
    reasons = [chunk["choices"][0]["finish_reason"] for chunk in chunks]
    assert reasons == [None] * (len(chunks) - 1) + ["stop"]
    assert len({chunk["id"] for chunk in chunks}) == 1
    assert {chunk["object"] for chunk in chunks} == {"chat.completion.chunk"}
    assert not any("usage" in chunk for chunk in chunks)


def test_usage_of_a_stream_comes_when_it_is_asked_for(api: httpx.Client) -> None:
    whole = chat(api, user(COUNT))
    *chunks, last = chunks_of(api, user(COUNT), stream_options={"include_usage": True})
    assert [chunk["usage"] for chunk in chunks] == [None] * len(chunks)
    assert (last["choices"], last["usage"]) == ([], whole["usage"])
    off = chunks_of(api, user(COUNT), stream_options={"include_usage": False})
    assert not any("usage" in chunk for chunk in off)


def test_tools_are_called_and_their_results_are_told(api: httpx.Client) -> None:
    tools = [tool("get_weather", "city"), tool("get_time", "timezone")]
    asked = user("What is the weather in Tokyo and what time is it in UTC?")
    (choice,) = chat(api, asked, tools=tools)["choices"]
    assert (choice["finish_reason"], choice["message"]["content"]) == ("tool_calls", None)
    calls = choice["message"]["tool_calls"]
    assert [(one["function"]["name"], json.loads(one["function"]["arguments"])) for one in calls] == [
        ("get_weather", {"city": "Tokyo"}),
        ("get_time", {"timezone": "UTC"}),
    ]
    assert len({one["id"] for one in calls}) == 2
    results = [
        {"role": "tool", "tool_call_id": one["id"], "content": content}
        for one, content in zip(calls, ("Clear, 21 degrees.", '{"time": "14:05"}'), strict=True)
    ]
    bare = {"role": "assistant", "tool_calls": calls}
    for earlier in (choice["message"], bare):
        final = chat(api, asked, earlier, *results, tools=tools)
        assert final["choices"][0]["finish_reason"] == "stop"
        assert "21" in text(final)
        assert "14:05" in text(final)


def test_a_choice_of_tools_is_heeded(api: httpx.Client) -> None:
    tools = [tool("get_weather", "city"), tool("get_time", "timezone")]
    asked = user("What is the weather in Tokyo and what time is it in UTC?")
    forced = {"type": "function", "function": {"name": "get_time"}}

    def called(**more: Any) -> list[str]:
        (choice,) = chat(api, asked, tools=tools, **more)["choices"]
        return [one["function"]["name"] for one in choice["message"].get("tool_calls", ())]

    assert called(tool_choice="none") == []
    assert called(tool_choice=forced) == ["get_time"]
    assert called(parallel_tool_calls=False) == ["get_weather"]
    assert called(tool_choice=None) == called(tool_choice="auto") == ["get_weather", "get_time"]
    hello = chat(api, user("Hello!"), tools=tools, tool_choice="required")
    assert hello["choices"][0]["finish_reason"] == "tool_calls"


def test_a_stream_of_calls_comes_in_pieces(api: httpx.Client) -> None:
    chunks = chunks_of(api, user("What is the weather in Tokyo?"), tools=[tool("get_weather", "city")])
    calls = [call for chunk in chunks for call in chunk["choices"][0]["delta"].get("tool_calls", ())]
    assert {call["index"] for call in calls} == {0}
    assert calls[0]["function"]["name"] == "get_weather"
    assert json.loads("".join(call["function"]["arguments"] for call in calls)) == {"city": "Tokyo"}
    assert chunks[-1]["choices"][0]["finish_reason"] == "tool_calls"


@pytest.mark.parametrize("strict", [True, False, None])
def test_structured_output_follows_its_schema(api: httpx.Client, strict: bool | None) -> None:
    described = {"name": "person", "schema": PERSON, "strict": strict}
    form = {"type": "json_schema", "json_schema": described}
    assert json.loads(text(chat(api, user(JOHN), response_format=form))) == {"name": "John", "age": 30}


def test_other_formats(api: httpx.Client) -> None:
    told = chat(
        api, user(f"{JOHN} Return JSON with keys name and age."), response_format={"type": "json_object"}
    )
    assert json.loads(text(told)) == {"name": "John", "age": 30}
    for form in ({"type": "text"}, None):
        assert text(chat(api, user(COUNT), response_format=form)) == text(chat(api, user(COUNT)))


def test_limits_and_stops_end_an_answer(api: httpx.Client) -> None:
    for member in ("max_tokens", "max_completion_tokens"):
        short = chat(api, user(COUNT), **{member: 3})
        assert short["choices"][0]["finish_reason"] == "length"
        assert short["usage"]["completion_tokens"] <= 3
    assert text(chat(api, user(COUNT), stop="five")) == "one two three four "
    assert text(chat(api, user(COUNT), stop=["seven", "five"])) == "one two three four "
    assert text(chat(api, user(COUNT), stop=None)).endswith("eight")


def test_several_choices_say_the_same(api: httpx.Client) -> None:
    one, three = chat(api, user(COUNT)), chat(api, user(COUNT), n=3)
    assert [choice["index"] for choice in three["choices"]] == [0, 1, 2]
    assert {choice["message"]["content"] for choice in three["choices"]} == {text(one)}
    assert three["usage"]["prompt_tokens"] == one["usage"]["prompt_tokens"]
    assert three["usage"]["completion_tokens"] == 3 * one["usage"]["completion_tokens"]
    chunks = chunks_of(api, user(COUNT), n=2, stream_options={"include_usage": True})
    for index in (0, 1):
        told = [c["delta"] for chunk in chunks for c in chunk["choices"] if c["index"] == index]
        assert "".join(delta.get("content", "") for delta in told) == text(one)
    assert chunks[-1]["usage"]["completion_tokens"] == 2 * one["usage"]["completion_tokens"]
    called = chat(api, user("What is the weather in Tokyo?"), n=2, tools=[tool("get_weather", "city")])
    assert len({choice["message"]["tool_calls"][0]["id"] for choice in called["choices"]}) == 2


@pytest.mark.parametrize(
    ("members", "field"),
    [
        ({"model": "none"}, "body.model"),
        ({"model": 5}, "body.model"),
        ({"messages": []}, "body.messages"),
        ({"messages": [{"content": "x"}]}, "body.messages[0].role"),
        ({"messages": [{"role": "user", "content": 5}]}, "body.messages[0].content"),
        ({"stream": "yes"}, "body.stream"),
        ({"stream_options": {"include_usage": 1}}, "body.stream_options.include_usage"),
        ({"max_tokens": 0}, "body.max_tokens"),
        ({"max_completion_tokens": "x"}, "body.max_completion_tokens"),
        ({"n": 0}, "body.n"),
        ({"n": 129}, "body.n"),
        ({"stop": 5}, "body.stop"),
        ({"stop": list("abcde")}, "body.stop"),
        ({"tools": [{"type": "function"}]}, "body.tools[0].function"),
        ({"tools": [{"type": "other", "function": {"name": "a"}}]}, "body.tools[0].type"),
        ({"tools": [tool("no good")]}, "body.tools[0].function.name"),
        ({"tool_choice": "perhaps"}, "body.tool_choice"),
        ({"tool_choice": "required"}, "body.tool_choice"),
        (
            {"tools": [tool("a")], "tool_choice": {"type": "function", "function": {"name": "b"}}},
            "body.tool_choice.function.name",
        ),
        ({"response_format": {}}, "body.response_format.type"),
        ({"response_format": {"type": "xml"}}, "body.response_format.type"),
        ({"response_format": {"type": "json_schema"}}, "body.response_format.json_schema"),
        (
            {"response_format": {"type": "json_schema", "json_schema": {"name": "a"}}},
            "body.response_format.json_schema.schema",
        ),
    ],
)
@pytest.mark.parametrize("stream", [False, True])
def test_a_bad_member_is_refused(
    api: httpx.Client, understudy: Understudy, members: dict[str, Any], field: str, stream: bool
) -> None:
    before = understudy.look(lambda world: world.store.dump())
    body = {"model": "gpt-4o", "messages": [user("Hi")], "stream": stream, **members}
    refused(api.post(PATH, json=body), 400, field)
    assert understudy.look(lambda world: world.store.dump()) == before


def test_what_is_required_is_named(api: httpx.Client) -> None:
    refused(api.post(PATH, json={}), 400, "body.model", "body.messages")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"additionalProperties": True}, "additionalProperties"),
        ({"required": ["name"]}, "'age' must be required"),
        ({"anyOf": [PERSON]}, "anyOf"),
        ({"properties": {"name": {"type": "string", "minLength": 1}, "age": {}}}, "minLength"),
    ],
)
def test_a_schema_that_strict_cannot_follow_is_refused(
    api: httpx.Client, change: dict[str, Any], reason: str
) -> None:
    described = {"name": "p", "strict": True, "schema": {**PERSON, **change}}
    form = {"type": "json_schema", "json_schema": described}
    body = {"model": "gpt-4o", "messages": [user(JOHN)], "response_format": form}
    told = refused(api.post(PATH, json=body), 400, "body.response_format.json_schema.schema")
    assert reason in told["messages"][0]
    described["strict"] = False
    assert api.post(PATH, json=body).status_code == 200


def test_models_of_the_account_answer_while_they_are_enabled(api: httpx.Client) -> None:
    made = {
        "type": "openai-compatible", "name": "own", "model": "m", "uri": "https://m.example.com",
        "capabilities": {"context_limit": 40},
    }  # fmt: skip
    asked = {"model": "own", "messages": [user("Reply with exactly the word: PONG")]}
    refused(api.post(PATH, json=asked), 400, "body.model")
    assert api.post("/v2/llms", json=made).status_code == 201
    assert text(api.post(PATH, json=asked).json()) == "PONG"
    long = refused(api.post(PATH, json={**asked, "messages": [user("word " * 100)]}), 400, "body.messages")
    assert "takes 40" in long["messages"][0]
    api.patch("/v2/llms/own", json={"type": "openai-compatible", "enabled": False})
    told = refused(api.post(PATH, json=asked), 400, "body.model")
    assert "disabled" in told["messages"][0]


@HOUSE_MODELS
def test_models_of_a_fixture_answer_too(api: httpx.Client) -> None:
    told = chat(api, user("Reply with exactly the word: PONG"), model="lantern-writer")
    assert (told["model"], text(told)) == ("lantern-writer", "PONG")
    refused(api.post(PATH, json={"model": "gpt-3.5-turbo", "messages": [user("Hi")]}), 400, "body.model")


def test_every_way_in_opens_it(api: httpx.Client, understudy: Understudy) -> None:
    body = {"model": "gpt-4o", "messages": [user("Hi")]}
    grant = {"client_id": f"understudy@{understudy.world}", "client_secret": "understudy-secret"}
    token = api.post("/oauth/token", json={**grant, "grant_type": "client_credentials"}).json()[
        "access_token"
    ]
    reader = f"zqt_understudy@{understudy.world}"
    for credential in (token, reader, understudy.api_key):
        headers = {"authorization": f"Bearer {credential}"}
        assert httpx.post(f"{understudy.url}{PATH}", json=body, headers=headers).status_code == 200
    refused(httpx.post(f"{understudy.url}{PATH}", json=body), 401)
