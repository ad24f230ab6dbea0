"""The shipped scenarios of AIVAX, as the `openai` package sees them, and httpx where AIVAX has no SDK."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import openai
import pytest
from openai import OpenAI

from tests.sdk import scenes
from understudy.pytest_plugin import Understudy

play = pytest.mark.understudy
BOT, GUARDED = "support-bot:0031", "guarded-bot:0032"
POLICIES = "01941f29-7c00-7000-b000-000000000021"
PROMPT = "/api/v1/public/chat-clients/{}/prompt"
FIND_ORDER: Any = {
    "type": "function",
    "function": {"name": "find_order", "parameters": {"type": "object"}},
}
REFUND = "When is a refund paid?"
PERSON: Any = {
    "name": "person",
    "schema": {
        "type": "object",
        "properties": {"name": {"type": "string"}, "age": {"type": "integer"}},
        "required": ["name", "age"],
    },
}


def said(text: str) -> Any:
    return [{"role": "user", "content": text}]


@pytest.fixture
def client(understudy: Understudy) -> Iterator[OpenAI]:
    with OpenAI(base_url=understudy.openai_url, api_key=understudy.openai_key, max_retries=0) as client:
        yield client


@pytest.fixture
def plain(understudy: Understudy) -> Iterator[httpx.Client]:
    headers = {"authorization": f"Bearer {understudy.openai_key}"}
    with httpx.Client(base_url=understudy.url, headers=headers, timeout=30) as client:
        yield client


def ask(client: OpenAI, text: str = REFUND, model: str = BOT, **more: Any) -> Any:
    return client.chat.completions.create(model=model, messages=said(text), **more)


def text_of(stream: Any) -> str:
    return "".join(chunk.choices[0].delta.content or "" for chunk in stream if chunk.choices)


def chat(understudy: Understudy, plain: httpx.Client, text: str = REFUND) -> httpx.Response:
    return plain.post(PROMPT.format(f"wky_understudy@{understudy.world}"), json={"prompt": text})


@pytest.mark.parametrize("name", scenes.of("aivax"))
def test_every_shipped_scenario_is_played_here(name: str) -> None:
    assert scenes.tests_of(name, globals())


@play(scenario="plan-limit-reached")
def test_plan_limit_reached(client: OpenAI) -> None:
    for _ in range(3):
        assert "five working days" in ask(client).choices[0].message.content
    for _ in range(2):
        with pytest.raises(openai.RateLimitError) as caught:
            ask(client)
        assert caught.value.response.headers["retry-after"] == "30"
        assert (caught.value.type, caught.value.code) == ("rate_limit_error", "rate_limit_exceeded")


@play(scenario="plan-limit-reached")
def test_plan_limit_reached__in_a_stream(client: OpenAI) -> None:
    for _ in range(3):
        assert "five working days" in text_of(ask(client, stream=True))
    with pytest.raises(openai.RateLimitError):
        ask(client, stream=True)


@play(scenario="no-balance")
def test_no_balance(client: OpenAI, plain: httpx.Client, understudy: Understudy) -> None:
    with pytest.raises(openai.APIStatusError) as caught:
        ask(client)
    assert (caught.value.status_code, caught.value.type) == (402, "billing_error")
    assert caught.value.code == "insufficient_balance"
    with pytest.raises(openai.APIStatusError):
        ask(client, stream=True)
    body = {"name": "n", "contents": "c"}
    assert plain.put(f"/api/v1/collections/{POLICIES}/documents", json=body).status_code == 402
    refused = chat(understudy, plain)
    assert (refused.status_code, set(refused.json())) == (402, {"error", "details"})
    assert plain.get("/api/v1/collections").status_code == 200


@play(scenario="stream-stalls")
def test_stream_stalls(client: OpenAI) -> None:
    stream = ask(client, stream=True, timeout=0.5)
    told: list[Any] = []
    with pytest.raises((httpx.ReadTimeout, openai.APITimeoutError)):  # by the release of the package
        told.extend(stream)
    assert len(told) == 2
    assert ask(client).choices[0].finish_reason == "stop"


@play(scenario="stream-cut-in-character")
def test_stream_cut_in_character(client: OpenAI) -> None:
    stream, told = ask(client, stream=True), []
    with pytest.raises((httpx.RemoteProtocolError, openai.APIConnectionError)):  # by its release
        told.extend(stream)
    assert "Gladly: size L costs 40 €".startswith(text_of(told))
    assert ask(client).choices[0].finish_reason == "stop"


@play(scenario="tool-loop")
def test_tool_loop(client: OpenAI) -> None:
    messages = said("Where is my order?")
    asked = []
    while True:
        made = client.chat.completions.create(model=BOT, messages=messages, tools=[FIND_ORDER])
        message = made.choices[0].message
        if not message.tool_calls:
            break
        (call,) = message.tool_calls
        asked.append(call.function.arguments)  # type: ignore[union-attr]
        messages += [
            message.model_dump(exclude_none=True, include={"role", "tool_calls"}),
            {"role": "tool", "tool_call_id": call.id, "content": "unknown"},
        ]
    assert asked == ['{"email": "ada@kites.example"}', '{"order": 7731}']
    assert message.content == "Order 7731 is on its way."


@play(scenario="tool-loop")
def test_tool_loop__in_a_stream(client: OpenAI) -> None:
    with client.chat.completions.stream(model=BOT, messages=said("Hi"), tools=[FIND_ORDER]) as stream:
        (call,) = stream.get_final_completion().choices[0].message.tool_calls or []
    assert call.function.name == "find_order"


@play(scenario="json-broken-then-healed")
def test_json_broken_then_healed(client: OpenAI) -> None:
    wanted: Any = {"type": "json_schema", "json_schema": PERSON}
    broken = ask(client, response_format=wanted).choices[0].message.content
    assert broken.startswith("Here you are:")
    wanted = {"type": "json_schema", "json_schema": {**PERSON, "healing_options": {}}}
    healed = ask(client, response_format=wanted).choices[0].message.content
    assert healed == '{"name":"Ada","age":36}'
    assert text_of(ask(client, response_format=wanted, stream=True)) == healed


@play(scenario="moderated")
def test_moderated(client: OpenAI) -> None:
    (choice,) = ask(client).choices
    assert (choice.finish_reason, choice.message.content) == ("content_filter", None)
    assert choice.message.refusal == "The message was not answered: violence."
    assert "five working days" in ask(client).choices[0].message.content


@play(scenario="moderated")
def test_moderated__in_a_stream(client: OpenAI) -> None:
    chunks = list(ask(client, stream=True))
    assert chunks[-1].choices[0].finish_reason == "content_filter"
    told = "".join(chunk.choices[0].delta.refusal or "" for chunk in chunks)
    assert told == "The message was not answered: violence."


@play(scenario="model-thinks")
def test_model_thinks(client: OpenAI) -> None:
    message = ask(client, reasoning_effort="low").choices[0].message
    assert message.reasoning.startswith("The customer wants the money back.")
    assert message.content == "Your refund is paid within five working days."
    kinds = ""
    for chunk in ask(client, reasoning_effort="low", stream=True):
        delta = chunk.choices[0].delta
        kinds += "r" if getattr(delta, "reasoning", None) else "c" if delta.content else ""
    assert kinds.lstrip("r").strip("c") == ""
    assert kinds[0] + kinds[-1] == "rc"


@play(scenario="collection-indexing-lag")
def test_collection_indexing_lag(plain: httpx.Client) -> None:
    path = f"/api/v1/collections/{POLICIES}/documents"
    made = plain.put(path, json={"name": "moths", "contents": "Moths in a kite are taken out for free."})
    assert made.status_code == 200, made.text

    def found() -> bool:
        asked = {"collections": [POLICIES], "terms": ["Who takes moths out of a kite?"]}
        return "moths" in plain.post("/api/v1/query", json=asked).text

    assert [found() for _ in range(3)] == [False, False, True]


@play(scenario="gateway-error")
def test_gateway_error(client: OpenAI, understudy: Understudy) -> None:
    with pytest.raises(openai.InternalServerError) as caught:
        ask(client)
    assert (caught.value.status_code, caught.value.type) == (502, "server_error")
    retrying = client.with_options(max_retries=1)
    assert text_of(ask(retrying, stream=True))
    understudy.assert_called("inferenceChatCompletions", times=1, status=503)


@play(scenario="web-chat-busy")
def test_web_chat_busy(plain: httpx.Client, understudy: Understudy) -> None:
    refused = chat(understudy, plain)
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "1")
    answered = chat(understudy, plain)
    assert answered.status_code == 200
    assert "five working days" in answered.text


@play(scenario="worker-refuses")
def test_worker_refuses(client: OpenAI) -> None:
    with pytest.raises(openai.BadRequestError) as caught:
        ask(client, model=GUARDED)
    assert (caught.value.code, caught.value.param) == ("worker_stopped", "messages")
    assert "five working days" in ask(client, model=GUARDED).choices[0].message.content


@play(scenario="worker-answers-tools")
def test_worker_answers_tools(client: OpenAI) -> None:
    made = ask(client, "Where is order 7731?", GUARDED, tools=[FIND_ORDER])
    assert made.choices[0].message.content == "Your order is at the carrier."
    assert not made.choices[0].message.tool_calls
    (ran,) = made.generation_context["runned_functions"]
    assert (ran["name"], ran["result"]) == ("find_order", "Order 7731 is at the carrier.")
    streamed = ask(client, "Where is order 7731?", GUARDED, tools=[FIND_ORDER], stream=True)
    assert text_of(streamed) == "Your order is at the carrier."
