"""Scenarios in worlds: what they say happens, and all else acts for real."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from openai import OpenAI

from understudy.pytest_plugin import BackgroundServer, Understudy

Begin = Callable[[str], Understudy]
QUERY = "/v2/corpora/handbook/query"


@pytest.fixture
def begin(
    tmp_path: Path, understudy_server: BackgroundServer, request: pytest.FixtureRequest
) -> Iterator[Begin]:
    """Makes worlds that play the rules of a text."""
    worlds, made = understudy_server.server.worlds, []

    def one(text: str, api: str = "vectara") -> Understudy:
        path = tmp_path / f"{len(made)}.yaml"
        path.write_text(f"understudy_scenario: 1\napi: {api}\ndescription: A trial.\n{text}")
        name = f"scene-{abs(hash(request.node.name)) % 10**8}-{len(made)}"
        understudy_server.on_loop(lambda: worlds.create(name, scenario=str(path)))
        made.append(name)
        return Understudy(understudy_server, name)

    yield one
    for name in made:
        understudy_server.on_loop(lambda name=name: worlds.delete(name))


def ask(world: Understudy, query: str, **more: Any) -> httpx.Response:
    with world.client() as client:
        return client.post(QUERY, json={"query": query, "generation": {}, **more})


def test_a_text_is_said_and_scored_against_what_was_found(begin: Begin) -> None:
    world = begin(
        "rules:\n  - name: lie\n    when: {operation: queryCorpus, body: {query: {$contains: leave}}}\n"
        "    then: {say: 'Refunds need a fax machine and nine stamps [1].'}\n"
    )
    told = ask(world, "How many days of paid leave do employees have?").json()
    honest = ask(world, "Where are lanterns made?").json()
    assert told["summary"] == "Refunds need a fax machine and nine stamps [1]."
    assert told["search_results"]
    assert told["factual_consistency_score"] < 0.5
    assert honest["summary"] != told["summary"]
    assert world.journal()[0]["played"] == ["rule lie"]
    assert world.journal()[1]["played"] == []


def test_a_score_is_what_it_says_in_answer_and_stream(begin: Begin) -> None:
    world = begin("rules:\n  - {name: s, when: {operation: queryCorpus}, then: {score: 0.12}}\n")
    assert (
        ask(world, "How many days of paid leave do employees have?").json()["factual_consistency_score"]
        == 0.12
    )
    assert (
        '"factual_consistency_score":0.12'
        in ask(world, "How many days of paid leave do employees have?", stream_response=True).text
    )


def test_a_sequence_is_played_in_order_and_then_it_acts(begin: Begin) -> None:
    world = begin(
        "rules:\n  - name: polls\n    when: {operation: getCorpus, path: {corpus_key: handbook}}\n"
        "    sequence:\n      - fault: {status: 503}\n      - fault: {status: 500}\n      - act: true\n"
        "    after: act\n"
    )
    with world.client() as client:
        statuses = [client.get("/v2/corpora/handbook").status_code for _ in range(5)]
    assert statuses == [503, 500, 200, 200, 200]


def test_states_lead_from_one_rule_to_another(begin: Begin) -> None:
    world = begin(
        "state: closed\nrules:\n"
        "  - {name: open, when: {operation: createCorpus, state: closed}, then: {go_to: open}}\n"
        "  - name: hidden\n    when: {operation: listCorpora, state: closed}\n"
        "    then: {answer: {body: {corpora: [], metadata: {page_key: ''}}}}\n"
    )
    with world.client() as client:
        assert client.get("/v2/corpora").json()["corpora"] == []
        assert client.post("/v2/corpora", json={"key": "new"}).status_code == 201
        assert {one["key"] for one in client.get("/v2/corpora").json()["corpora"]} == {"handbook", "new"}


def test_conditions_on_the_world(begin: Begin) -> None:
    world = begin(
        "rules:\n  - name: full\n"
        "    when: {operation: createCorpus, world: [{kind: corpus, at_least: 2}]}\n"
        "    then: {fault: {status: 403}}\n"
        "  - name: paper\n"
        "    when: {operation: listCorpora, world: [{kind: corpus, id: a, has: {name: All papers}}]}\n"
        "    then: {fault: {status: 418}}\n"
    )
    with world.client() as client:
        assert client.get("/v2/corpora").status_code == 200
        assert client.post("/v2/corpora", json={"key": "a", "name": "All papers"}).status_code == 201
        assert client.post("/v2/corpora", json={"key": "b"}).status_code == 403
        assert client.get("/v2/corpora").status_code == 418
        assert client.delete("/v2/corpora/a").status_code == 204
        assert client.post("/v2/corpora", json={"key": "b"}).status_code == 201


def test_a_scripted_answer_has_the_status_of_success_unless_it_says_otherwise(begin: Begin) -> None:
    world = begin(
        "rules:\n  - name: made\n    when: {operation: createCorpus, body: {key: a}}\n"
        "    then: {answer: {unchecked: true, body: {key: a, name: Scripted}, headers: {X-Seen: 'yes'}}}\n"
        "  - name: accepted\n    when: {operation: createCorpus, body: {key: b}}\n"
        "    then: {answer: {status: 202, body: {any: thing}}}\n"
        "  - name: empty\n    when: {operation: deleteCorpus}\n    then: {answer: {}}\n"
    )
    with world.client() as client:
        made = client.post("/v2/corpora", json={"key": "a"})
        assert (made.status_code, made.json()["name"], made.headers["x-seen"]) == (201, "Scripted", "yes")
        assert client.post("/v2/corpora", json={"key": "b"}).status_code == 202
        assert client.delete("/v2/corpora/handbook").status_code == 204
        assert client.get("/v2/corpora/a").status_code == 404
        assert client.get("/v2/corpora/handbook").status_code == 200


def test_a_scripted_stream_is_told_as_the_vendor_frames_it(begin: Begin) -> None:
    world = begin(
        "rules:\n  - name: s\n    when: {operation: queryCorpus, body: {stream_response: true}}\n"
        "    then: {events: [{type: search_results, search_results: []},"
        " {type: error, messages: [out of tokens]}]}\n"
    )
    assert ask(world, "x", stream_response=True).text == (
        'event:search_results\ndata:{"type":"search_results","search_results":[]}\n\n'
        'event:error\ndata:{"type":"error","messages":["out of tokens"]}\n\n'
    )


def test_a_strict_scenario_says_what_came_nearest(begin: Begin) -> None:
    world = begin(
        "strict: true\nrules:\n"
        "  - name: far\n    when: {operation: queryCorpus, path: {corpus_key: x}, body: {query: y}}\n"
        "    then: {say: a}\n"
        "  - {name: near, when: {operation: queryCorpus, body: {query: refund}}, then: {say: b}}\n"
    )
    answer = ask(world, "refunds")
    assert answer.status_code == 503
    told = answer.json()["understudy"]
    assert told["nearest"] == {
        "rule": "near",
        "differences": [{"place": "body.query", "wanted": "'refund'", "got": "refunds"}],
    }
    assert "nearest is 'near', which differs at body.query" in told["message"]
    assert world.journal()[-1]["problem"] == told["message"]
    assert ask(world, "refund").json()["summary"] == "b"
    with world.client() as client:
        assert client.get("/v2/corpora").status_code == 200  # no rule is about it


def test_a_rule_that_is_used_up_is_an_error_when_it_says_so(begin: Begin) -> None:
    world = begin(
        "rules:\n  - {name: once, when: {operation: queryCorpus}, sequence: [{say: a}], after: error}\n"
    )
    assert ask(world, "x").json()["summary"] == "a"
    assert "used up" in ask(world, "x").json()["understudy"]["message"]


def test_it_travels_with_forks_snapshots_and_resets(
    begin: Begin, understudy_server: BackgroundServer
) -> None:
    world = begin(
        "faults: [{operation: queryCorpus, status: 429, times: 1}]\n"
        "lifecycle: {cadence_millis: 1}\nfixture: empty\nrules:\n"
        "  - {name: r, when: {operation: listCorpora}, sequence: [{fault: {status: 500}}, {act: true}]}\n"
    )
    worlds = understudy_server.server.worlds

    def statuses(name: str) -> list[int]:
        with Understudy(understudy_server, name).client() as client:
            return [client.get("/v2/corpora").status_code for _ in range(2)]

    start = understudy_server.on_loop(lambda: worlds.existing(world.world).snapshot())
    assert statuses(world.world) == [500, 200]
    understudy_server.on_loop(lambda: worlds.fork(world.world, "forked-scene"))
    assert statuses("forked-scene") == [200, 200]
    understudy_server.on_loop(lambda: worlds.restore("forked-scene", start))
    assert statuses("forked-scene") == [500, 200]
    understudy_server.on_loop(lambda: worlds.reset(world.world))
    assert statuses(world.world) == [500, 200]
    assert understudy_server.on_loop(lambda: worlds.existing(world.world).lifecycle.cadence_millis) == 1
    assert (
        understudy_server.on_loop(lambda: worlds.existing(world.world).play.faults.plain()[0]["fired"]) == 0
    )
    understudy_server.on_loop(lambda: worlds.delete("forked-scene"))


def test_a_model_calls_the_tools_that_it_is_told_to_and_thinks_aloud(begin: Begin) -> None:
    world = begin(
        "rules:\n"
        "  - name: tools\n    when: {operation: inferenceChatCompletions}\n"
        "    sequence:\n"
        "      - {thinking: 'Better look it up.', call_tools: [{name: find, arguments: {id: 7}}]}\n"
        "      - {data: {found: true}}\n",
        api="aivax",
    )
    tools: Any = [{"type": "function", "function": {"name": "find", "parameters": {"type": "object"}}}]
    messages: Any = [{"role": "user", "content": "Where is it?"}]
    with OpenAI(base_url=world.openai_url, api_key=world.openai_key) as client:
        made = client.chat.completions.create(
            model="@openai/gpt-5-mini", messages=messages, tools=tools, reasoning_effort="low"
        )
        message = made.choices[0].message
        called = [(one.function.name, one.function.arguments) for one in message.tool_calls]
        assert called == [("find", '{"id": 7}')]
        assert message.reasoning == "Better look it up."
        made = client.chat.completions.create(model="@openai/gpt-5-mini", messages=messages, stream=True)
        assert "".join(chunk.choices[0].delta.content or "" for chunk in made) == '{"found":true}'


def test_moderation_lets_pass_what_a_rule_says_it_does(begin: Begin) -> None:
    world = begin(
        "rules:\n  - name: allowed\n    when: {operation: inferenceChatCompletions}\n"
        "    sequence: [{act: true}, {decide: {refusal: ''}}, {decide: {refusal: Never.}}]\n",
        api="aivax",
    )
    parameters = {
        "baseAddress": "@integrated",
        "modelName": "@openai/gpt-5-mini",
        "moderationParameters": {"violenceThreshold": 1},
    }
    messages: Any = [{"role": "user", "content": "How do I kill my neighbour?"}]
    with world.client(authorization=f"Bearer {world.openai_key}") as client:
        made = client.post("/api/v1/ai-gateways", json={"name": "Strict", "parameters": parameters})
    with OpenAI(base_url=world.openai_url, api_key=world.openai_key) as client:
        said = [
            client.chat.completions.create(model=made.json()["aiGatewayId"], messages=messages).choices[0]
            for _ in range(3)
        ]
    assert [one.finish_reason for one in said] == ["content_filter", "stop", "content_filter"]
    assert said[2].message.refusal == "Never."


AGENT = {
    "name": "Helper",
    "key": "helper",
    "tool_configurations": {},
    "model": {"name": "gpt-4o"},
    "first_step": {
        "type": "conversational",
        "instructions": [{"type": "inline", "name": "i", "template": "Help."}],
        "output_parser": {"type": "default"},
    },
}


def test_an_agent_calls_a_tool_that_is_missing_and_says_what_it_is_told(begin: Begin) -> None:
    world = begin(
        "rules:\n  - name: missing\n    when: {operation: createAgentInput}\n"
        "    then:\n      replies:\n"
        "        - {thinking: Look up the order., call_tools: [{name: order_lookup, arguments: {id: 7}}]}\n"
        "        - {say: I cannot look up orders.}\n"
    )
    with world.client() as client:
        model = client.get("/v2/llms").json()["llms"][0]["name"]
        made = client.post("/v2/agents", json={**AGENT, "model": {"name": model}})
        assert made.status_code == 201, made.text
        session = client.post("/v2/agents/helper/sessions", json={}).json()["key"]
        body = {"messages": [{"type": "text", "content": "Where is my order?"}], "stream_response": False}
        path = f"/v2/agents/helper/sessions/{session}/events"
        told = client.post(path, json={"type": "input_message", **body})
        assert told.status_code in (200, 201), told.text
        events = [one for one in told.json()["events"] if one["type"] != "input_message"]
        assert [one["type"] for one in events][:5] == [
            "thinking",
            "tool_input",
            "tool_output",
            "thinking",
            "agent_output",
        ]
        assert events[1]["tool_configuration_name"] == "order_lookup"
        assert events[2]["tool_output"] == {"error": "there is no tool 'order_lookup'"}
        assert events[4]["content"] == "I cannot look up orders."
        rule = {"name": "s", "when": {"operation": "createAgentInput"}, "then": {"events": [{"type": "end"}]}}
        world.play({"understudy_scenario": 1, "api": "vectara", "description": "Over.", "rules": [rule]})
        streamed = client.post(path, json={"type": "input_message", **body, "stream_response": True})
        assert (streamed.status_code, streamed.text) == (201, 'event:end\ndata:{"type":"end"}\n\n')
        listed = client.get(path).json()["events"]
        assert {one["id"] for one in events} <= {one["id"] for one in listed}
