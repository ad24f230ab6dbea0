"""Which tools a message calls for."""

from __future__ import annotations

import time
from typing import Any

import pytest

from understudy.behaviours.conversation import Result, last_exchange
from understudy.behaviours.tool_choice import MOST_CALLS, Call, Tool, chosen_calls, json_text, tools_of

TEXT = {"type": "string"}


def tool(name: str, description: str = "", **properties: Any) -> Tool:
    return Tool(name, description, {"type": "object", "properties": properties, "required": list(properties)})


WEATHER = tool("get_weather", "Get the current weather for a city", city=TEXT)
TIME = tool("get_time", "Get the current time in a timezone", timezone=TEXT)
STATUS = tool("get_order_status", "Status of an order", order_id=TEXT)
CANCEL = tool("cancel_order", "Cancels an order", order_id=TEXT)
SEARCH = tool("search_knowledge_base", "Search the documents of the company", query=TEXT)
SUM = tool("calculator", "Evaluates an expression", expression=TEXT)
TOOLS = [WEATHER, TIME, STATUS, CANCEL]


def calls(
    text: str, tools: list[Tool] | None = None, choice: Any = "auto", results: Any = (), **more: Any
) -> list[Call]:
    exchange = last_exchange([{"role": "user", "content": text}])
    exchange = type(exchange)(text, (), (), tuple(results))
    return chosen_calls(TOOLS if tools is None else tools, choice, exchange, **more)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("What is the weather in Tokyo?", [Call("get_weather", {"city": "Tokyo"})]),
        ("Wie ist das Wetter in Berlin?", [Call("get_weather", {"city": "Berlin"})]),
        ("Quel temps fait-il à Lyon ?", [Call("get_weather", {"city": "Lyon"})]),
        ("¿Qué tiempo hace en Madrid?", [Call("get_weather", {"city": "Madrid"})]),
        ("Qual é o tempo em São Paulo?", [Call("get_weather", {"city": "São Paulo"})]),
        ("Will it rain in Oslo?", [Call("get_weather", {"city": "Oslo"})]),
        (
            "What is the weather in Tokyo and what time is it in UTC?",
            [Call("get_weather", {"city": "Tokyo"}), Call("get_time", {"timezone": "UTC"})],
        ),
        (
            "What time is it in UTC, and what is the weather in Rome?",
            [Call("get_time", {"timezone": "UTC"}), Call("get_weather", {"city": "Rome"})],
        ),
        (
            "The weather in Tokyo, Paris and Rio de Janeiro",
            [Call("get_weather", {"city": city}) for city in ("Tokyo", "Paris", "Rio de Janeiro")],
        ),
        ("Where is my order 7731?", [Call("get_order_status", {"order_id": "7731"})]),
        ("Please cancel order AB-12", [Call("cancel_order", {"order_id": "AB-12"})]),
        ("use get_time for UTC", [Call("get_time", {"timezone": "UTC"})]),
        ("Don't check the weather in Oslo", []),
        ("I love cheese", []),
        ("", []),
    ],
)
def test_a_tool_applies_when_the_message_speaks_of_what_it_does(text: str, expected: list[Call]) -> None:
    assert calls(text) == expected


def test_a_question_goes_to_a_tool_that_searches_when_no_other_applies() -> None:
    question = "Who founded Larkmoor?"
    assert calls(question, [WEATHER, SEARCH]) == [Call(SEARCH.name, {"query": question})]
    assert calls("The weather in Oslo?", [SEARCH, WEATHER]) == [Call(WEATHER.name, {"city": "Oslo"})]
    assert calls("Larkmoor is old.", [SEARCH]) == []


def test_a_sum_goes_to_a_tool_that_calculates() -> None:
    assert calls("What is 5 times 7?", [SUM]) == [Call(SUM.name, {"expression": "5 * 7"})]


def test_the_choice_of_the_caller_decides() -> None:
    assert calls("The weather in Oslo?", choice="none") == []
    assert calls("Hello there", choice="required") == [Call(WEATHER.name, {"city": ""})]
    named = {"type": "function", "function": {"name": "get_time"}}
    assert calls("The weather in Oslo?", choice=named) == [Call("get_time", {"timezone": "Oslo"})]
    assert calls("The weather in Oslo?", choice={"function": {"name": "unknown"}}) == []
    assert calls("The weather in Oslo?", tools=[]) == []
    assert calls("The weather in Oslo?", choice=None) == [Call(WEATHER.name, {"city": "Oslo"})]


BOTH = "What is the weather in Tokyo and Paris?"
TOKYO, PARIS = Call("get_weather", {"city": "Tokyo"}), Call("get_weather", {"city": "Paris"})


def test_one_call_at_a_time_when_they_may_not_be_parallel() -> None:
    assert calls(BOTH) == [TOKYO, PARIS]
    assert calls(BOTH, parallel=False) == [TOKYO]
    done = [Result("get_weather", '{ "city" : "Tokyo" }', "sunny")]
    assert calls(BOTH, parallel=False, results=done) == [PARIS]


def test_what_was_called_is_not_called_again() -> None:
    tokyo, paris = (Result("get_weather", json_text(call.arguments), "sunny") for call in (TOKYO, PARIS))
    assert calls(BOTH, results=[tokyo, paris]) == []
    other = Result("get_weather", '{"city": "Tokyo, JP"}', "sunny")
    assert calls("The weather in Tokyo?", results=[other]) == []
    assert calls("The weather in Tokyo?", choice="required", tools=[WEATHER], results=[other]) == []
    assert calls("The weather in Tokyo?", results=[Result("get_weather", "{broken", "")]) == []


def test_older_messages_and_the_background_give_arguments() -> None:
    messages = [
        {"role": "user", "content": "I live in Oslo."},
        {"role": "assistant", "content": "Nice."},
        {"role": "user", "content": "What's the weather?"},
    ]
    assert chosen_calls(TOOLS, "auto", last_exchange(messages)) == [Call("get_weather", {"city": "Oslo"})]
    lives = ["The person lives in Rome."]
    assert calls("What's the weather?", background=lives) == [Call("get_weather", {"city": "Rome"})]


def test_never_more_calls_than_allowed() -> None:
    cities = ", ".join(f"City{chr(65 + at)}" for at in range(20))
    assert len(calls(f"The weather in {cities}")) <= MOST_CALLS
    many = [tool(f"thing{chr(97 + at)}") for at in range(26)]
    assert len(calls(" ".join(one.name for one in many), many)) == MOST_CALLS


def test_tools_are_read_in_both_shapes() -> None:
    function = {"name": "a", "description": None, "parameters": None}
    found = tools_of(
        [
            {"type": "function", "function": function},
            {"type": "function", "name": "b", "parameters": {"type": "object"}},
            {"type": "web_search"},
            {"type": "function", "function": {}},
            {"function": "x"},
        ]
    )
    assert found == [Tool("a", "", {}), Tool("b", "", {"type": "object"})]


def test_many_large_tools_take_bounded_time() -> None:
    tools = [
        tool(f"tool_{at}_weather", "weather " * 1000, **{f"p{n}": TEXT for n in range(100)})
        for at in range(256)
    ]
    start = time.process_time()
    calls("What is the weather in Oslo? " * 1000, tools)
    assert time.process_time() - start < 4


@pytest.mark.parametrize(
    "text",
    [
        "Tell me the rules for the kiln.",
        "Please list the holidays",
        "Explain the refund policy.",
        "Nenne die Regeln.",
    ],
)
def test_a_wish_to_know_something_is_searched_for(text: str) -> None:
    assert [call.name for call in calls(text, [SEARCH])] == ["search_knowledge_base"]


@pytest.mark.parametrize("text", ["I want to tell you a story.", "My list is long.", "Thank you, bye!"])
def test_what_only_sounds_like_a_wish_is_not(text: str) -> None:
    assert calls(text, [SEARCH]) == []


def test_an_address_calls_for_the_tool_that_needs_one() -> None:
    fetch = tool("fetch", "Reads the page at an address", url=TEXT)
    asked = "What does https://tides.example.com/today say?"
    assert calls(asked, [fetch, SEARCH]) == [Call("fetch", {"url": "https://tides.example.com/today"})]
    assert calls("What do the tides say?", [fetch]) == []
