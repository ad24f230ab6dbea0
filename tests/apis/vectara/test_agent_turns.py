"""Turns of agents through HTTP: steps, skills, instructions, structured output. Spec tag: Agent Sessions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import jsonschema_rs
import pytest

from tests.apis.vectara.conftest import begin_from, read, refused
from tests.apis.vectara.talking import (
    PLAIN_STEP,
    SEARCH,
    answered,
    begin,
    history,
    inputs,
    make_agent,
    message,
    say,
    send,
    streamed_input,
    text,
    types,
)
from understudy.apis.vectara.kinds import LLMS
from understudy.pytest_plugin import BackgroundServer, Understudy

Json = dict[str, Any]
LEAVE = "How many days of paid leave do employees have?"
TURN = ["input_message", "thinking", "agent_output"]


def state(understudy: Understudy) -> Any:
    return understudy.look(lambda world: world.store.dump())


def step(*ways: Json, **members: Any) -> Json:
    return {**PLAIN_STEP, **({"next_steps": list(ways)} if ways else {}), **members}


def way(to: str, condition: str | None = None) -> Json:
    return {"step_name": to} | ({"condition": condition} if condition else {})


def saying(words: str) -> list[Json]:
    return [{"type": "inline", "name": "words", "template": words}]


def structured(properties: Json, *required: str, name: str = "report") -> Json:
    schema = {"type": "object", "properties": properties, "required": list(required or properties)}
    return {"type": "structured", "json_schema": {"name": name, "schema": schema}}


def stepping(api: httpx.Client, first: Json, key: str = "clerk", **steps: Json) -> str:
    """A session of an agent whose first step is called `ask`."""
    return begin(
        api, make_agent(api, key, step={"name": "ask", **first}, steps=steps, tools={"search": SEARCH})
    )


def path_of(events: list[Json]) -> list[tuple[str, str]]:
    return [(e["from_step"], e["to_step"]) for e in events if e["type"] == "step_transition"]


def test_the_way_on_is_the_first_whose_condition_holds(api: httpx.Client) -> None:
    first = step(
        way("urgent", "get('$.output.text') == 'none'"),
        way("quiet", "get('$.session.metadata.level') > 2"),
        way("loud", "get('$.session.metadata.level') > 1"),
        way("other"),
    )
    steps = {name: step() for name in ("urgent", "quiet", "loud", "other")}
    sessions = make_agent(api, step={"name": "ask", **first}, steps=steps)
    for level, wanted in ((3, "quiet"), (2, "loud"), (1, "other"), ("x", "other"), (None, "other")):
        session = begin(api, sessions, metadata={"level": level})
        told = say(api, session, "Hello!")
        assert types(told) == ["input_message", "thinking", "step_transition", "thinking", "agent_output"]
        assert path_of(told) == [("ask", wanted)], level
        assert told[2]["content"] == "Hello! What can I do for you?"
        assert read(api, session)["current_step_name"] == wanted
        assert path_of(say(api, session, "Hello!")) == []


def test_no_way_that_holds_ends_the_turn(api: httpx.Client) -> None:
    first = step(way("never", "get('$.agent.key') == 'other'"))
    session = stepping(api, first, never=step())
    assert types(say(api, session, "Hello!")) == TURN
    assert read(api, session)["current_step_name"] == "ask"


def test_conditions_read_agent_session_tools_output_and_date(api: httpx.Client) -> None:
    for number, condition in enumerate(
        (
            "get('$.agent.key') == 'clerk0'",
            "get('$.session.name') == 'S'",
            "get('$.currentDate') == '2026-01-01'",
            "get('$.tools.search.outputs.latest.search_results[0].corpus_key') == 'handbook'",
            "get('$.output.days') == 27",
        )
    ):
        parser = {"output_parser": structured({"days": {"type": "integer"}})} if "days" in condition else {}
        first = step(way("end", condition.replace("clerk0", f"clerk{number}")), **parser)
        sessions = make_agent(
            api,
            f"clerk{number}",
            step={"name": "ask", **first},
            steps={"end": step()},
            tools={"search": SEARCH},
        )
        assert path_of(say(api, begin(api, sessions, name="S"), LEAVE)) == [("ask", "end")], condition


def test_steps_in_a_circle_come_to_an_end(api: httpx.Client) -> None:
    session = stepping(api, step(way("back")), back=step(way("ask")))
    told = say(api, session, "Hello!")
    assert types(told).count("step_transition") == 10
    assert types(told)[-2:] == ["step_transition_limit_exceeded", "agent_output"]
    assert told[-2]["transition_limit"] == 10
    assert "step_transition_limit_exceeded" not in types(history(api, session))
    streamed = types(streamed_input(api, session, message("Hello!")))
    assert "step_transition_limit_exceeded" in streamed
    assert streamed[-1] == "end"


def test_the_next_message_is_taken_where_the_step_leads_back_to(api: httpx.Client) -> None:
    session = stepping(api, step(way("done")), done=step(reentry_step="ask"))
    for _ in range(2):
        assert path_of(say(api, session, "Hello!")) == [("ask", "done")]
        assert read(api, session)["current_step_name"] == "ask"


def test_a_step_that_is_gone_by_then_is_left_for_the_first(api: httpx.Client) -> None:
    session = stepping(api, step(way("done")), done=step())
    say(api, session, "Hello!")
    assert read(api, session)["current_step_name"] == "done"
    api.patch("/v2/agents/clerk", json={"steps": {"done": None, "ask": {"next_steps": None}}})
    assert types(say(api, session, "Hello!")) == TURN
    assert read(api, session)["current_step_name"] == "ask"


def test_a_step_uses_only_the_tools_it_is_allowed(api: httpx.Client) -> None:
    none = stepping(api, step(allowed_tools=[]))
    assert inputs(say(api, none, LEAVE)) == []
    some = stepping(api, step(way("more"), allowed_tools=[]), "second", more=step(allowed_tools=["search"]))
    told = say(api, some, LEAVE)
    at = types(told).index("step_transition")
    assert "tool_input" not in types(told)[:at]
    assert "tool_input" in types(told)[at:]
    assert "27 days" in answered(told)


SKILLS: Json = {
    "refunds": {"description": "How refunds of money work", "content": "A refund takes 14 days."},
    "knots": {"description": "How to tie ropes", "content": "A bowline holds 80 kilograms."},
}


def test_a_skill_is_loaded_by_what_a_message_is_about(api: httpx.Client) -> None:
    session = begin(api, make_agent(api, skills=SKILLS))
    assert types(say(api, session, "Hello!")) == TURN
    told = say(api, session, "How many days do refunds of money take?")
    assert types(told) == ["input_message", "skill_load", "thinking", "agent_output"]
    assert (told[1]["skill_name"], told[1]["content"]) == ("refunds", "A refund takes 14 days.")
    assert "14 days" in answered(told)
    assert "skill_load" not in types(say(api, session, "How many days do refunds of money take?"))


def test_a_skill_is_loaded_when_it_is_asked_for(api: httpx.Client) -> None:
    session = begin(api, make_agent(api, skills=SKILLS, step={"allowed_skills": []}))
    assert "skill_load" not in types(say(api, session, "How many days do refunds of money take?"))
    parts = [{"type": "skill", "skill_name": "knots"}, text("How many kilograms does a bowline hold?")]
    told = send(api, session, {"type": "input_message", "messages": parts})
    assert types(told)[:2] == ["input_message", "skill_load"]
    assert told[0]["messages"] == parts
    assert "80 kilograms" in answered(told)
    alone = begin(api, "/v2/agents/clerk/sessions")
    told = send(api, alone, {"type": "input_message", "messages": parts[:1]})
    assert types(told)[:2] == ["input_message", "skill_load"]
    assert told[-1]["type"] == "agent_output"


def test_a_hidden_skill_is_loaded_anew(api: httpx.Client) -> None:
    session = begin(api, make_agent(api, skills=SKILLS))
    loaded = say(api, session, "How many days do refunds of money take?")[1]
    api.post(f"{session}/events/{loaded['id']}/hide")
    assert "skill_load" in types(say(api, session, "How many days do refunds of money take?"))


def test_a_structured_answer_is_valid_after_its_schema(api: httpx.Client) -> None:
    parser = structured(
        {
            "order": {"type": "integer"},
            "state": {"type": "string", "enum": ["broken", "whole"]},
            "urgent": {"type": "boolean"},
            "items": {"type": "array", "items": {"type": "string"}, "maxItems": 3},
        },
        "order",
        "state",
        "urgent",
    )
    session = begin(api, make_agent(api, step={"output_parser": parser}))
    for said in ("My order is 7731 and it came broken.", "Hello!", "\u200b", "Who?"):
        told = say(api, session, said)
        assert types(told) == ["input_message", "thinking", "structured_output"]
        assert told[-1]["schema_name"] == "report"
        jsonschema_rs.validate(parser["json_schema"]["schema"], told[-1]["content"])
    first = history(api, session)[2]["content"]
    assert (first["order"], first["state"]) == (7731, "broken")
    stream = streamed_input(api, session, message("Hello!"))
    assert types(stream)[-3:] == ["structured_output", "context_consumed", "end"]


def instruct(api: httpx.Client, template: str, **members: Any) -> str:
    made = api.post(
        "/v2/instructions", json={"name": "Facts", "type": "initial", "template": template, **members}
    )
    assert made.status_code == 201, made.text
    identity: str = made.json()["id"]
    return identity


def test_instructions_by_reference_follow_the_latest_version_unless_pinned(api: httpx.Client) -> None:
    identity = instruct(api, "The gate code is 1111.")
    latest = make_agent(api, "latest", step={"instructions": [{"type": "reference", "id": identity}]})
    pinned = make_agent(
        api, "pinned", step={"instructions": [{"type": "reference", "id": identity, "version": 1}]}
    )
    changed = api.patch(
        f"/v2/instructions/{identity}", json={"type": "initial", "template": "The gate code is 2222."}
    )
    assert changed.json()["version"] == 2
    question = "What is the gate code?"
    assert "2222" in answered(say(api, begin(api, latest), question))
    assert "1111" in answered(say(api, begin(api, pinned), question))
    api.patch(f"/v2/instructions/{identity}", json={"type": "initial", "enabled": False})
    assert "2222" in answered(say(api, begin(api, latest), question))


def test_instructions_know_agent_session_tools_and_date(api: httpx.Client) -> None:
    template = (
        "The agent is $agent.name ($agent.key, $agent.metadata.floor). The session is $session.key of "
        "$session.metadata.who. The day is $currentDate. #foreach($tool in $tools)The tool is $tool.name.#end"
    )
    sessions = make_agent(
        api,
        step={"instructions": saying(template)},
        metadata={"floor": "third"},
        tools={"jotter": {"type": "artifact_create"}},
    )
    session = begin(api, sessions, metadata={"who": "Ines"}, key="s-1")
    for question, told in (
        ("Which agent is it?", "Clerk (clerk, third)"),
        ("Which day is it?", "2026-01-01"),
        ("Which tool is there?", "jotter"),
    ):
        assert told in answered(say(api, session, question))
    assert "Ines" in answered(say(api, session, "Whose session is it?"))


def test_disabled_instructions_and_reminders_follow_their_switches(api: httpx.Client) -> None:
    off = {"type": "inline", "name": "off", "template": "The gate code is 1111.", "enabled": False}
    reminder = {
        "type": "templated",
        "template": "The gate is in $session.metadata.street.",
        "hooks": ["input_message"],
    }
    sessions = make_agent(api, step={"instructions": [off], "reminders": [reminder]})
    session = begin(api, sessions, metadata={"street": "Elm Street"})
    assert "1111" not in answered(say(api, session, "What is the gate code?"))
    assert "Elm Street" in answered(say(api, session, "In which street is the gate?"))


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("what", ["instruction", "template", "tool", "argument", "model", "later step"])
def test_what_is_gone_is_422_and_nothing_is_half_written(
    understudy: Understudy, api: httpx.Client, what: str, stream: bool
) -> None:
    members: Json = {}
    if what == "instruction":
        identity = instruct(api, "Hi")
        members["step"] = {"instructions": [{"type": "reference", "id": identity}]}
    elif what == "template":
        members["step"] = {"instructions": saying("#if($x) never ends")}
    elif what == "tool":
        members["tools"] = {"tax": {"type": "lambda", "tool_id": "tol_tax"}}
    elif what == "argument":
        members["tools"] = {
            "web_get": {"type": "web_get", "argument_override": {"url": {"$ref": "session.metadata.u"}}}
        }
    elif what == "later step":
        later = {**PLAIN_STEP, "instructions": saying("#if($x) never ends")}
        members = {"step": {"name": "ask", "next_steps": [way("later")]}, "steps": {"later": later}}
    session = begin(api, make_agent(api, **members))
    if what == "instruction":
        api.delete(f"/v2/instructions/{identity}")
    elif what == "tool":
        api.delete("/v2/tools/tol_tax")
    elif what == "model":
        name = read(api, "/v2/agents/clerk")["model"]["name"]
        understudy.look(lambda world: remove_model(world, name))
    before = state(understudy)
    refused(api.post(f"{session}/events", json=message("Hello!", stream_response=stream)), 422)
    form = {"files": ("a.txt", b"a", "text/plain"), "message": (None, "Hello!")}
    refused(api.post(f"{session}/events", files=form), 422)
    assert state(understudy) == before


def remove_model(world: Any, name: str) -> None:
    table = world.store.table(LLMS)
    (key,) = [model["id"] for model in table.values() if model["name"] == name]
    table.remove(key)


def test_the_model_of_an_agent_counts_by_its_window(
    understudy_server: BackgroundServer, tmp_path: Path
) -> None:
    text = "llms: [{name: small, capabilities: {context_limit: 4000}}]\n"
    with begin_from(understudy_server, "window", tmp_path / "world.yaml", text) as client:
        session = begin(client, make_agent(client, model={"name": "small"}))
        say(client, session, "Hello!")
        assert read(client, session)["session_context_usage"]["model_context_window"] == 4000
    understudy_server.on_loop(lambda: understudy_server.server.worlds.delete("window"))
