"""Inference: models, grounded answers, tools, structured output, streams, refusals."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from tests.apis.aivax.conftest import CHAT, MINI, UNKNOWN, Client, chat, client_of, gateway, text, user
from understudy.apis.aivax.models import MODELS
from understudy.pytest_plugin import Understudy

HELP = "01941f29-7c00-7000-a000-000000000031"
PERSON = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "age": {"type": "number"}},
    "required": ["name", "age"],
    "additionalProperties": False,
}


def tool(name: str, *parameters: str) -> dict[str, Any]:
    schema = {
        "type": "object",
        "properties": {one: {"type": "string"} for one in parameters},
        "required": list(parameters),
    }
    return {"type": "function", "function": {"name": name, "parameters": schema}}


def refused(api: Client, status: int, **body: Any) -> dict[str, Any]:
    told = api.ask("POST", CHAT, status, json={"model": MINI, "messages": [user("Hi")], **body})
    assert set(told) == {"error"}
    assert set(told["error"]) == {"message", "type", "param", "code"}
    return dict(told["error"])


def streamed(api: Client, **body: Any) -> list[dict[str, Any]]:
    answer = api.http.post(CHAT, json={"stream": True, **body})
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/event-stream;charset=UTF-8")
    frames = answer.text.split("\n\n")
    assert frames[-2:] == ["data: [DONE]", ""]
    assert all(frame.startswith("data: ") for frame in frames[:-1])
    return [json.loads(frame[6:]) for frame in frames[:-2]]


def test_models_are_the_integrated_ones_and_the_gateways(api: Client) -> None:
    listed = api.get("/v1/models")
    assert listed == api.get("/api/v1/models")
    assert listed["object"] == "list"
    assert [one["id"] for one in listed["data"]] == [*MODELS, HELP]
    assert listed["data"][-1] == {"id": HELP, "object": "model", "created": 1, "owned_by": "Understudy"}


def test_an_answer_has_the_documented_members(api: Client) -> None:
    told = chat(api, user("Reply with exactly the word: PONG"), metadata={"a": "b"}, idempotency_key="k")
    (choice,) = told["choices"]
    assert choice["message"] == {
        "role": "assistant", "content": "PONG", "refusal": None, "annotations": [], "tool_calls": [],
    }  # fmt: skip
    assert (choice["index"], choice["finish_reason"], choice["logprobs"]) == (0, "stop", None)
    assert (told["object"], told["model"], told["service_tier"]) == ("chat.completion", MINI, "default")
    usage = told["usage"]
    assert usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"]


def test_the_account_of_the_cost_adds_up_and_is_paid(api: Client) -> None:
    answer = api.http.post(
        CHAT, json={"model": MINI, "messages": [user("Count the words in: one two three")]}
    )
    rows = answer.json()["generation_context"]["generated_usage"]
    assert [row["sku"].rpartition(".")[2] for row in rows] == ["in", "out"]
    for row in rows:
        assert row["amount"] == pytest.approx(row["unit_price"] * row["quantity"])
    assert float(answer.headers["consumed-credits"]) == pytest.approx(sum(row["amount"] for row in rows))


def test_what_was_said_before_is_known_and_only_that(api: Client) -> None:
    first = user("My order is 7731 and it came broken.")
    reply = {"role": "assistant", "content": "I am sorry to hear that."}
    told = text(chat(api, first, reply, user("Which order was it, and what was wrong?")))
    assert "7731" in told
    assert "broken" in told
    assert "7731" not in text(chat(api, user("Which order was it, and what was wrong?")))


def test_a_prompt_is_a_message(api: Client) -> None:
    body = {"model": MINI, "prompt": "Reply with exactly the word: PONG"}
    assert text(api.ask("POST", "/api/v1/chat/completions", json=body)) == "PONG"


@pytest.mark.parametrize("name", [HELP, "help:0031"])
def test_a_gateway_brings_instructions_and_its_model(api: Client, name: str) -> None:
    told = chat(api, user("When does the office open?"), model=name)
    assert "eight" in text(told)
    assert told["model"] == MINI
    assert "eight" not in text(chat(api, user("When does the office open?")))


def test_knowledge_is_really_searched(api: Client) -> None:
    collection = api.post("/api/v1/collections", {"collectionName": "Lamps"})["collectionId"]
    for name, contents in (
        ("lamp", "The lamp Aurora runs for nine hours on one charge."),
        ("tent", "The tent Boreas weighs two kilograms."),
    ):
        api.put(f"/api/v1/collections/{collection}/documents", {"name": name, "contents": contents})
    asked = user("How long does the lamp Aurora run?")
    knows = gateway(api, knowledgeCollections=[collection, UNKNOWN])
    assert "nine hours" in text(chat(api, asked, model=knows))
    assert "nine hours" not in text(chat(api, asked, model=gateway(api)))
    api.delete(f"/api/v1/collections/{collection}/reset-only")
    assert "nine hours" not in text(chat(api, asked, model=knows))


@pytest.mark.parametrize(
    ("strategy", "found"),
    [
        ("Plain", False),
        ("Concatenate", True),
        ("UserRewrite", True),
        ("FullRewrite", True),
        ("QueryFunction", False),
    ],
)
def test_a_query_strategy_decides_what_is_searched(api: Client, strategy: str, found: bool) -> None:
    collection = api.post("/api/v1/collections", {"collectionName": "Lamps"})["collectionId"]
    api.put(
        f"/api/v1/collections/{collection}/documents",
        {"name": "lamp", "contents": "Lamp Aurora: forty euros, nine hours, blue or white."},
    )
    asked = [
        user("Tell me about the lamp Aurora."),
        {"role": "assistant", "content": "The lamp Aurora is our brightest."},
        user("And what does it cost?"),
    ]
    plain = chat(api, *asked, model=gateway(api))["usage"]["prompt_tokens"]
    knows = gateway(api, knowledgeCollections=[collection], queryStrategy=strategy)
    read = chat(api, *asked, model=knows)["usage"]["prompt_tokens"] - plain
    assert (read > 10) is found


def test_a_skill_is_read_when_the_message_is_about_it(api: Client) -> None:
    skill = "01941f29-7c00-7000-a000-000000000041"
    name = gateway(api, skills=[skill, UNKNOWN])
    told = chat(api, user("Within how many days are expenses paid?"), model=name)
    assert "ten days" in text(told)
    (ran,) = told["generation_context"]["runned_functions"]
    assert (ran["name"], ran["arguments"]) == ("read_skill", {"slugs": ["expenses"]})
    assert chat(api, user("Hello"), model=name)["generation_context"]["runned_functions"] == []


def test_tools_are_called_and_their_results_are_told(api: Client) -> None:
    tools = [tool("get_weather", "city"), tool("get_time", "timezone")]
    asked = user("What is the weather in Tokyo and what time is it in UTC?")
    told = chat(api, asked, tools=tools)
    (choice,) = told["choices"]
    assert choice["finish_reason"] == "tool_calls"
    calls = choice["message"]["tool_calls"]
    assert [(one["function"]["name"], json.loads(one["function"]["arguments"])) for one in calls] == [
        ("get_weather", {"city": "Tokyo"}),
        ("get_time", {"timezone": "UTC"}),
    ]
    results = [
        {"role": "tool", "tool_call_id": one["id"], "content": content}
        for one, content in zip(calls, ('{"sky": "clear", "degrees": 21}', '{"time": "14:05"}'), strict=True)
    ]
    final = chat(api, asked, choice["message"], *results, tools=tools)
    assert final["choices"][0]["finish_reason"] == "stop"
    assert "21" in text(final)
    assert "14:05" in text(final)
    assert chat(api, asked, tools=tools, tool_choice="none")["choices"][0]["finish_reason"] == "stop"


@pytest.mark.parametrize(
    "form",
    [
        {
            "response_format": {
                "type": "json_schema",
                "json_schema": {"name": "p", "strict": True, "schema": PERSON},
            }
        },
        {"response_schema": PERSON},
    ],
)
def test_structured_output_follows_its_schema(api: Client, form: dict[str, Any]) -> None:
    told = chat(api, user("Generate a person named John who is 30 years old."), **form)
    assert json.loads(text(told)) == {"name": "John", "age": 30}


def test_json_only_is_the_json_alone(api: Client) -> None:
    body = {
        "model": MINI, "messages": [user("Generate a person named John who is 30 years old.")],
        "response_schema": PERSON, "json_only": True,
    }  # fmt: skip
    answer = api.http.post(CHAT, json=body)
    assert (answer.status_code, answer.json()) == (200, {"name": "John", "age": 30})
    stream = api.http.post(CHAT, json={**body, "stream": True})
    frames = stream.text.split("\n\n")
    assert json.loads(frames[0].removeprefix("data: ")) == {"name": "John", "age": 30}
    assert frames[1] == "data: [DONE]"


def test_a_stream_says_what_the_answer_says(api: Client) -> None:
    asked = {"model": HELP, "messages": [user("When does the office open?")]}
    whole = api.ask("POST", CHAT, json=asked)
    chunks = streamed(api, **asked, stream_options={"include_usage": True})
    deltas = [choice["delta"] for chunk in chunks for choice in chunk["choices"]]
    assert deltas[0]["role"] == "assistant"
    assert "".join(delta.get("content") or "" for delta in deltas) == text(whole)
    assert [chunk["usage"] for chunk in chunks[:-1]] == [None] * (len(chunks) - 1)
    assert chunks[-1]["usage"] == whole["usage"]
    assert chunks[-1]["choices"][0]["finish_reason"] == "stop"
    assert chunks[-1]["generation_context"] == whole["generation_context"]
    assert len({chunk["id"] for chunk in chunks}) == 1


def test_a_stream_of_tool_calls_comes_in_pieces(api: Client) -> None:
    asked = {
        "model": MINI,
        "messages": [user("What is the weather in Tokyo?")],
        "tools": [tool("get_weather", "city")],
    }
    chunks = streamed(api, **asked)
    calls = [
        call for chunk in chunks for one in chunk["choices"] for call in one["delta"].get("tool_calls", ())
    ]
    assert all(call["index"] == 0 for call in calls)
    assert calls[0]["function"]["name"] == "get_weather"
    assert json.loads("".join(call["function"]["arguments"] for call in calls)) == {"city": "Tokyo"}
    assert chunks[-1]["choices"][0]["finish_reason"] == "tool_calls"


def test_limits_and_stops_end_an_answer(api: Client) -> None:
    asked = user("Repeat exactly: one two three four five six seven eight")
    short = chat(api, asked, max_completion_tokens=3)
    assert short["choices"][0]["finish_reason"] == "length"
    assert short["usage"]["completion_tokens"] <= 3
    assert "five" not in text(chat(api, asked, stop=["five"]))
    assert "five" not in text(chat(api, asked, model=gateway(api, stop="five")))


def test_reasoning_is_told_when_it_is_asked_for(api: Client) -> None:
    assert "reasoning" not in chat(api, user("Hello"))["choices"][0]["message"]
    assert chat(api, user("Hello"), reasoning_effort="low")["choices"][0]["message"]["reasoning"]


def test_a_gateway_shapes_the_conversation(api: Client) -> None:
    prefilled = gateway(api, assistantPrefill="Well: ", includePrefillingInMessages=True)
    assert text(chat(api, user("Reply with exactly the word: PONG"), model=prefilled)) == "Well: PONG"
    template = gateway(api, userPromptTemplate="Reply with exactly the word: {prompt}")
    assert text(chat(api, user("PONG"), model=template)) == "PONG"
    long = [
        user("word " * 500),
        {"role": "assistant", "content": "Yes."},
        user("Reply with exactly the word: PONG"),
    ]
    assert (
        text(chat(api, *long, model=gateway(api, contextMaximumSize=100, contextOverflowAction="Truncate")))
        == "PONG"
    )
    told = refused(api, 400, messages=long, model=gateway(api, contextMaximumSize=100))
    assert told["code"] == "context_length_exceeded"


def test_the_complexity_of_a_message_chooses_the_model(api: Client) -> None:
    routing = {f"{one}ComplexityModelName": f"@model/{one}" for one in ("low", "medium", "high")}
    name = gateway(api, modelRoutingParameters=routing)
    for words, complexity in ((3, "low"), (150, "medium"), (900, "high")):
        answer = api.http.post(CHAT, json={"model": name, "messages": [user("word " * words)]})
        assert answer.json()["model"] == f"@model/{complexity}"
        assert answer.headers["x-model-routed-complexity"] == complexity


@pytest.mark.parametrize(
    ("body", "param", "code"),
    [
        ({"model": "nope"}, "model", "model_not_found"),
        ({"model": UNKNOWN}, "model", "model_not_found"),
        ({"model": 5}, "model", "invalid_request"),
        ({"messages": []}, "messages", "invalid_request"),
        ({"messages": [{"role": "robot", "content": "x"}]}, "messages[0].role", "invalid_request"),
        ({"messages": None}, "messages", "invalid_request"),
        ({"max_tokens": 0}, "max_tokens", "invalid_request"),
        ({"metadata": {"a": 5}}, "metadata.a", "invalid_request"),
        ({"idempotency_key": ""}, "idempotency_key", "invalid_request"),
        ({"stop": 5}, "stop", "invalid_request"),
        ({"tools": [{"type": "function", "function": {}}]}, "tools[0].function.name", "invalid_request"),
        ({"response_format": {"type": "xml"}}, "response_format", "invalid_request"),
        ({"response_schema": []}, "response_schema", "invalid_request"),
    ],
)
def test_a_bad_request_is_refused_in_the_form_of_openai(
    api: Client, body: dict[str, Any], param: str, code: str
) -> None:
    told = refused(api, 400, **body)
    assert (told["param"], told["code"], told["type"]) == (param, code, "invalid_request_error")


def test_a_bad_healing_option_is_refused(api: Client) -> None:
    form = {"type": "json_schema", "json_schema": {"schema": PERSON, "healing_options": {"max_attempts": 11}}}
    assert refused(api, 400, response_format=form)["param"].endswith("max_attempts")


def test_wrong_keys_and_empty_accounts_are_refused_in_the_form_of_openai(understudy: Understudy) -> None:
    body = {"model": MINI, "messages": [user("Hi")]}
    answer = httpx.post(f"{understudy.url}{CHAT}", json=body, headers={"authorization": "Bearer no"})
    assert (answer.status_code, answer.json()["error"]["type"]) == (401, "authentication_error")
    from understudy.apis.aivax.kinds import ACCOUNTS

    def empty(world: Any) -> None:
        table = world.store.table(ACCOUNTS)
        table.replace({**table.values()[0], "balance": 0})

    understudy.look(empty)
    with client_of(understudy) as http:
        answer = http.post(CHAT, json=body)
    assert (answer.status_code, answer.json()["error"]["type"]) == (402, "billing_error")


def test_a_public_key_may_name_a_gateway_by_its_id_and_little_else(understudy: Understudy) -> None:
    with client_of(understudy, "pk-understudy") as http:
        asked = {"model": HELP, "messages": [user("When does the office open?")]}
        assert "eight" in http.post(CHAT, json=asked).json()["choices"][0]["message"]["content"]
        for change, status in (({"model": "help:0031"}, 400), ({"model": MINI}, 400), ({"user": "ada"}, 400)):
            assert http.post(CHAT, json={**asked, **change}).status_code == status
        assert http.get("/v1/models").status_code == 403
