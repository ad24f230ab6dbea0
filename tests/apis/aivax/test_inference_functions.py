"""The functions of the service that run for an answer: web search, addresses, calendar, sums."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.apis.aivax.conftest import (
    Client,
    chat,
    client_of,
    gateway,
    not_answered,
    stream_text,
    streamed,
    text,
    user,
)
from understudy.pytest_plugin import Understudy

HIGH = user("How high is Mount Boreas?")
PAGE = "https://peaks.example/boreas"


def tools(*flags: str, **options: Any) -> dict[str, Any]:
    return {"tools": list(flags), "options": options}


def ran(told: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = told["generation_context"]["runned_functions"]
    return found


def test_a_question_that_nothing_answers_is_searched_for(api: Client) -> None:
    told = chat(api, HIGH, builtin_tools=tools("WebSearch"))
    assert "3,412 metres" in text(told)
    (one,) = ran(told)
    assert set(one) == {"name", "id", "arguments", "result", "state"}
    assert (one["name"], one["state"]) == ("web_search", "Completed")
    assert "Boreas" in one["arguments"]["query"]
    assert [page["url"] for page in json.loads(one["result"])] == [PAGE]
    assert told["usage"]["prompt_tokens"] > chat(api, HIGH)["usage"]["prompt_tokens"]


def test_without_the_flag_nothing_is_searched(api: Client) -> None:
    told = chat(api, HIGH)
    assert "3,412" not in text(told)
    assert ran(told) == []


def test_a_gateway_enables_functions_too_and_a_request_adds_to_them(api: Client) -> None:
    name = gateway(api, sentinelOptions={"enabledFunctions": ["WebSearch"]})
    assert "3,412" in text(chat(api, HIGH, model=name))
    told = chat(api, user("What is 12 * 12?"), model=name, builtin_tools=tools("code"))
    assert [one["name"] for one in ran(told)] == ["evaluate_code"]
    assert "3,412" in text(chat(api, HIGH, model=name, builtin_tools=tools("Code")))


def test_what_is_at_hand_already_is_not_searched_for(api: Client) -> None:
    name = gateway(api, systemInstruction="Mount Boreas is high: 99 yards.")
    told = chat(api, HIGH, model=name, builtin_tools=tools("WebSearch"))
    assert "99 yards" in text(told)
    assert ran(told) == []
    assert ran(chat(api, user("Good morning!"), builtin_tools=tools("WebSearch"))) == []


def test_a_message_may_ask_for_a_search(api: Client) -> None:
    asked = user("Search the web for the ticket of tram line 7.")
    told = chat(api, asked, builtin_tools=tools("WebSearch"))
    assert ran(told)[0]["arguments"] == {"query": "the ticket of tram line 7"}
    assert "three euros" in text(told)


def test_options_bound_what_a_search_finds(api: Client) -> None:
    asked = user("Search for Mount Boreas and tram line 7 in the harbour")
    both = json.loads(ran(chat(api, asked, builtin_tools=tools("WebSearch")))[0]["result"])
    assert len(both) == 2
    found = json.loads(
        ran(chat(api, asked, builtin_tools=tools("WebSearch", web_search_max_results=1)))[0]["result"]
    )
    assert found == both[:1]
    short = tools("WebSearch", web_search_mode="SUMMARIZED")
    (page,) = json.loads(ran(chat(api, HIGH, builtin_tools=short))[0]["result"])
    assert "3,412" in page["text"]
    assert "hut" not in page["text"]
    name = gateway(api, builtinFunctionsOptions={"webSearchMode": "Summarized"})
    (page,) = json.loads(ran(chat(api, HIGH, model=name, builtin_tools=tools("WebSearch")))[0]["result"])
    assert "hut" not in page["text"]


def test_an_address_of_the_fixture_is_opened_and_no_other(api: Client) -> None:
    told = chat(api, user(f"What does {PAGE}/#top say?"), builtin_tools=tools("OpenUrl", "WebSearch"))
    (one,) = ran(told)
    assert (one["name"], one["arguments"]) == ("open_url", {"url": f"{PAGE}/#top"})
    assert "Clara Whitfield" in text(told)
    other = chat(api, user("Open https://localhost:1/secret please"), builtin_tools=tools("OpenUrl"))
    (one,) = ran(other)
    assert one["state"] == "Failed"
    assert "no page" in text(other)


def test_a_date_is_kept_for_its_user_and_found_again(api: Client, understudy: Understudy) -> None:
    more: dict[str, Any] = {"user": "ada", "builtin_tools": tools("Calendar")}
    told = chat(api, user("Please put the dentist in my calendar on Friday at 10."), **more)
    (one,) = ran(told)
    assert one["name"] == "calendar_save"
    day = one["arguments"]["date"]
    assert (one["arguments"]["title"], one["arguments"]["time"]) == ("Dentist", "10:00")
    assert "Dentist on Friday" in text(told)
    (memory,) = api.get("/api/v1/memories", format="DateReminder")
    assert memory["externalUserId"] == "ada"
    for question in (
        "What do I have on Friday?",
        f"What is in my calendar on {day}?",
        "When is the dentist?",
    ):
        found = chat(api, user(question), **more)
        assert [one["name"] for one in ran(found)] == ["calendar_search"]
        assert "10:00" in text(found)
    assert "10:00" not in text(chat(api, user("What do I have today?"), **more))
    assert "10:00" not in text(chat(api, user("What do I have on Friday?"), **{**more, "user": "bob"}))
    understudy.advance(seconds=10 * 24 * 3600)
    assert "10:00" not in text(chat(api, user("What is in my calendar?"), **more))


def test_without_a_user_there_is_no_calendar(api: Client) -> None:
    asked = user("Put the dentist in my calendar on Friday at 10.")
    assert ran(chat(api, asked, builtin_tools=tools("Calendar"))) == []
    assert api.get("/api/v1/memories") == []


def test_a_sum_is_worked_out_by_code(api: Client) -> None:
    told = chat(api, user("What is 3 * (4 + 1)?"), builtin_tools=tools("Code"))
    (one,) = ran(told)
    assert (one["name"], one["result"], one["state"]) == ("evaluate_code", "15", "Completed")
    assert "15" in text(told)
    (one,) = ran(chat(api, user("What is 3 / 0?"), builtin_tools=tools("Code")))
    assert one["state"] == "Failed"


def test_other_flags_are_taken_and_run_nothing(api: Client) -> None:
    others = (
        "ImageGeneration",
        "XPostsSearch",
        "GenerateDocument",
        "GenerateWebPage",
        "AdvancedWebUsage",
        "Request",
    )
    told = chat(api, user("Generate an image of a cat."), builtin_tools=tools(*others))
    assert ran(told) == []


def test_a_function_runs_once_and_not_for_results_of_tools(api: Client) -> None:
    call = {"id": "c", "type": "function", "function": {"name": "peak", "arguments": "{}"}}
    messages = [
        HIGH,
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "c", "content": "Boreas: 5 metres"},
    ]
    told = chat(api, *messages, builtin_tools=tools("WebSearch"))
    assert ran(told) == []
    assert "5 metres" in text(told)


def test_a_stream_tells_of_functions_first(api: Client) -> None:
    more = {"builtin_tools": tools("WebSearch")}
    chunks = streamed(api, HIGH, **more, tool_invocation_explanations=True)
    first, second, third = chunks[:3]
    assert (first["choices"], second["choices"]) == ([], [])
    assert [one["servertool"]["state"] for one in (first, second)] == ["Created", "Running"]
    assert first["servertool"]["id"] == second["servertool"]["id"]
    assert "Boreas" in json.loads(first["servertool"]["contents"])["query"]
    assert set(first["servertool"]["explanation"]) == {"reason", "goal"}
    assert third["choices"][0]["delta"]["role"] == "assistant"
    assert "3,412" in stream_text(chunks)
    assert [one["name"] for one in ran(chunks[-1])] == ["web_search"]
    assert {one["usage"] is None for one in chunks[:-1]} == {True}
    assert "explanation" not in streamed(api, HIGH, **more)[0]["servertool"]
    explains = gateway(api, toolInvocationExplanations=True)
    assert "explanation" in streamed(api, HIGH, model=explains, **more)[0]["servertool"]


def test_the_strategy_query_function_is_a_function_that_ran(api: Client) -> None:
    handbook = "01941f29-7c00-7000-a000-000000000021"
    name = gateway(api, knowledgeCollections=[handbook], queryStrategy="QueryFunction")
    told = chat(api, user("How many days of paid leave does an employee have?"), model=name)
    (one,) = ran(told)
    assert one["name"] == "query_knowledge"
    assert "holidays" in one["result"]
    assert "27 days" in text(told)
    assert ran(chat(api, user("I like paid leave."), model=name)) == []


@pytest.mark.parametrize(
    ("asked", "param"),
    [
        ({"tools": ["Telepathy"]}, "builtin_tools.tools[0]"),
        ({"tools": "WebSearch"}, "builtin_tools.tools"),
        (tools(web_search_max_results=0), "builtin_tools.options.web_search_max_results"),
        (tools(web_search_max_results=26), "builtin_tools.options.web_search_max_results"),
        (tools(web_search_mode="half"), "builtin_tools.options.web_search_mode"),
        (tools(image_generation_max_results=5), "builtin_tools.options.image_generation_max_results"),
        (tools(image_generation_quality="ultra"), "builtin_tools.options.image_generation_quality"),
    ],
)
def test_a_bad_option_is_refused_by_its_name(api: Client, asked: dict[str, Any], param: str) -> None:
    assert not_answered(api, 400, builtin_tools=asked)["param"] == param


def test_the_options_of_a_gateway_have_bounds_too(api: Client) -> None:
    options = {"webSearchMaxResults": 26}
    parameters = {"baseAddress": "@integrated", "modelName": "m", "builtinFunctionsOptions": options}
    told = api.refused("POST", "/api/v1/ai-gateways", 400, json={"name": "G", "parameters": parameters})
    assert list(told["details"]) == ["body.parameters.builtinFunctionsOptions.webSearchMaxResults"]


def test_a_public_key_brings_no_functions(understudy: Understudy) -> None:
    with client_of(understudy, "pk-understudy") as http:
        body = {"model": "01941f29-7c00-7000-a000-000000000031", "messages": [HIGH]}
        answer = http.post("/v1/chat/completions", json={**body, "builtin_tools": tools("WebSearch")})
        assert (answer.status_code, answer.json()["error"]["param"]) == (400, "builtin_tools")
