"""Turns of agents as JSON, as a stream and as a list tell the same, and streams keep to their order."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.apis.vectara.conftest import begin_from
from tests.apis.vectara.talking import PLAIN_STEP, SEARCH, begin, frames, history, make_agent, message, types
from tests.apis.vectara.test_consistency import forked
from tests.contract.contract import VECTARA
from tests.contract.streams import check_order
from understudy.apis.vectara import models as account_models
from understudy.apis.vectara.kinds import LLMS
from understudy.pytest_plugin import BackgroundServer, Understudy

Json = dict[str, Any]

STREAM: Json = VECTARA.bundle["paths"]["/v2/agents/{agent_key}/sessions/{session_key}/events"]["post"][
    "x-stream"
]
KEPT = frozenset({
    "input_message", "artifact_upload", "tool_input", "tool_output", "thinking", "agent_output", "skill_load",
    "context_limit_exceeded", "image_read", "structured_output", "step_transition", "compaction",
})  # fmt: skip
LEAVE = "How many days of paid leave do employees have?"
WAYS_IN_A_CIRCLE: Json = {**PLAIN_STEP, "next_steps": [{"step_name": "ask"}]}
REPORT: Json = {
    "type": "structured",
    "json_schema": {
        "name": "report",
        "schema": {"type": "object", "properties": {"order": {"type": "integer"}}, "required": ["order"]},
    },
}
SKILLS: Json = {"knots": {"description": "How to tie ropes", "content": "A bowline holds 80 kilograms."}}
IMAGES: Json = {"look_at_image": {"type": "image_read"}}
CIRCLE: Json = {
    "step": {"name": "ask", "next_steps": [{"step_name": "back"}]},
    "steps": {"back": WAYS_IN_A_CIRCLE},
}
PICTURE = ("boat.png", b"\x89PNG\r\n", "image/png")


def assembled(events: list[Json], session: str) -> list[Json]:
    """The events that a stream tells, put together as those of the JSON answer."""
    found: list[Json] = []
    text = thought = ""
    for event in events:
        kind = event["type"]
        if kind == "streaming_agent_output":
            text += event["content"]
        elif kind == "streaming_thinking":
            thought += event["content"]
        elif kind == "streaming_agent_output_end":
            ends = {"id": event["event_id"], "session_key": session, "created_at": event["created_at"]}
            found.append({"type": "agent_output", "content": text, **ends})
            text = ""
        elif kind == "thinking":
            assert thought == event["content"]
            thought = ""
            found.append(event)
        elif kind not in ("compaction_started", "streaming_thinking_end", "context_consumed", "end"):
            found.append(event)
    return found


def form_of(body: Json, *, stream: bool) -> Json:
    """A request as JSON, or as a form when it has files."""
    if "files" not in body:
        return {"json": {**body, "stream_response": stream}}
    data = {"stream_response": json.dumps(stream)} | (
        {"message": body["message"]} if "message" in body else {}
    )
    return {"files": [("files", file) for file in body["files"]], "data": data}


CASES: dict[str, tuple[Json, list[Json], Json, set[str]]] = {
    "a tool": (
        {"tools": {"search": SEARCH}},
        [],
        message(LEAVE),
        {"tool_input", "tool_output", "agent_output"},
    ),
    "an image": (
        {"tools": IMAGES},
        [],
        {"files": [PICTURE], "message": "What is in the picture?"},
        {"artifact_upload", "image_read"},
    ),
    "files alone": ({}, [], {"files": [PICTURE]}, {"artifact_upload"}),
    "a structured answer": (
        {"step": {"output_parser": REPORT}},
        [],
        message("My order is 7731."),
        {"structured_output"},
    ),
    "a skill": ({"skills": SKILLS}, [], message("How do I tie ropes?"), {"skill_load"}),
    "a circle": (CIRCLE, [], message("Hello!"), {"step_transition", "step_transition_limit_exceeded"}),
    "a summary": ({}, [message("My order is 7731.")], {"type": "compact"}, {"compaction"}),
    "too much": (
        {"model": {"name": "speck"}, "compaction": {"enabled": False}},
        [],
        message("My order came broken. " * 50),
        {"context_limit_exceeded"},
    ),
    "a summary in a turn": (
        {"model": {"name": "tiny"}},
        [message("My order is 7731 and it came broken on the way to me. " * 8)],
        message("Hello! " * 30),
        {"compaction"},
    ),
    "what was missed": ({}, [message("My order is 7731.")], message("Hello!", since="start"), {"thinking"}),
    "an interrupt": ({}, [message("Hello!")], {"type": "interrupt"}, {"session_interrupted"}),
}


@pytest.fixture
def models(understudy: Understudy) -> None:
    def put(world: Any) -> None:
        for name, limit in (("tiny", 220), ("speck", 40)):
            account_models.seed(LLMS, world, {"name": name, "capabilities": {"context_limit": limit}})

    understudy.look(put)


@pytest.mark.usefixtures("models")
@pytest.mark.parametrize("case", CASES)
def test_answer_stream_and_list_tell_the_same(
    understudy_server: BackgroundServer, understudy: Understudy, api: httpx.Client, case: str
) -> None:
    members, before, body, kinds = CASES[case]
    session = begin(api, make_agent(api, **members))
    if case == "an interrupt":
        understudy.lifecycle(dials={"agent_turns": {"pace": "polls", "amount": 9}})
    for earlier in before:
        assert api.post(f"{session}/events", json=earlier).status_code == 201
    known = history(api, session, include_hidden=True)
    with forked(understudy_server, understudy, 3) as (one, other, third):
        answer = one.post(f"{session}/events", **form_of(body, stream=False))
        assert answer.status_code == 201, answer.text
        assert other.post(f"{session}/events", **form_of(body, stream=False)).content == answer.content
        told = answer.json()["events"]
        assert kinds <= set(types(told))
        stream = frames(third.post(f"{session}/events", **form_of(body, stream=True)))
        assert assembled(stream, session.rpartition("/")[2]) == told
        check_order(STREAM, types(stream), body)
        new = told[len(known) :] if "since" in body else told
        kept = [event for event in new if event["type"] in KEPT]
        for client in (one, other, third):
            assert history(client, session, include_hidden=True) == known + kept
        assert one.get(session).content == third.get(session).content


def test_an_order_that_is_wrong_is_found() -> None:
    turn = ["input_message", "streaming_thinking", "streaming_thinking_end", "thinking", "structured_output"]
    whole = [*turn, "context_consumed", "end"]
    check_order(STREAM, whole)
    check_order(STREAM, ["tool_output", "thinking", *whole], {"since": "start"})
    for wrong in (turn, whole[1:], [*whole, "end"], ["tool_output", *whole], [*whole[:2], *whole[3:]]):
        with pytest.raises(AssertionError):
            check_order(STREAM, wrong)


SMALL_WORLD = """\
llms:
  - {name: tiny, capabilities: {context_limit: 600}}
  - {name: speck, capabilities: {context_limit: 60}}
corpora: [{key: handbook}]
documents:
  - corpus_key: handbook
    id: leave
    type: core
    document_parts: [{text: Every employee has 27 days of paid leave.}]
agents:
  - key: helper
    name: Helper
    model: {name: gpt-4o}
    tool_configurations: {}
    first_step: {name: main, instructions: [], output_parser: {type: default}}
"""
TOOLS: Json = {
    "search": SEARCH,
    "take_note": {"type": "artifact_create"},
    "read_file": {"type": "artifact_read"},
    "grep_file": {"type": "artifact_grep"},
    "look_at_image": {"type": "image_read"},
    "ask_helper": {"type": "sub_agent", "sub_agent_configuration": {"agent_key": "helper"}},
}
LINES = (
    "Hello!", "Thanks!", LEAVE, "My order is 7731 and it came broken.",
    "Which order was it, and what was wrong?",
    'Please take a note with the content "call back" named todo.txt', "What does the file todo.txt say?",
    'Grep the file a.txt for "alpha".', "Ask the helper who it is.", "What is in the picture boat.png?",
    "How do I tie ropes?", "\u200b", "x " * 300,
)  # fmt: skip
UPLOADS = (PICTURE, ("a.txt", b"alpha\nbeta", "text/plain"))


@pytest.fixture
def small(understudy_server: BackgroundServer, tmp_path: Any) -> Iterator[httpx.Client]:
    with begin_from(understudy_server, "streams", tmp_path / "world.yaml", SMALL_WORLD) as client:
        yield client
    understudy_server.on_loop(lambda: understudy_server.server.worlds.delete("streams"))


def some_agents(api: httpx.Client) -> list[str]:
    """Paths of the sessions of agents of every build."""
    way = {"step_name": "report", "condition": "get('$.output.text') != 'Noted'"}
    report = {**PLAIN_STEP, "output_parser": REPORT, "reentry_step": "ask"}
    builds: list[Json] = [
        {"tools": TOOLS},
        {"tools": TOOLS, "model": {"name": "tiny"}, "skills": SKILLS},
        {"model": {"name": "speck"}},
        {
            "tools": TOOLS,
            "skills": SKILLS,
            "step": {"name": "ask", "next_steps": [way]},
            "steps": {"report": report},
        },
        {"step": {"output_parser": REPORT}, "tools": {"search": SEARCH}},
        CIRCLE,
    ]
    return [make_agent(api, f"agent-{number}", **build) for number, build in enumerate(builds)]


def some_input(dice: random.Random, told: list[str]) -> Json:
    drawn = dice.random()
    if drawn < 0.1:
        return {"type": "compact"} | (
            {"compact_up_to_event_id": dice.choice(told)} if told and drawn < 0.05 else {}
        )
    if drawn < 0.15:
        return {"type": "interrupt"}
    if drawn < 0.25:
        files = dice.sample(UPLOADS, dice.randint(1, 2))
        return {"files": files} | ({"message": dice.choice(LINES)} if dice.random() < 0.7 else {})
    more = {"since": dice.choice(["start", *told])} if dice.random() < 0.15 else {}
    skill = [{"type": "skill", "skill_name": "knots"}] if dice.random() < 0.1 else []
    body = message(dice.choice(LINES), behavior=dice.choice(["steer", "follow_up"]), **more)
    return {**body, "messages": [*skill, *body["messages"]]}


def converse(api: httpx.Client, session: str, dice: random.Random, seen: Counter[str]) -> None:
    """Some turns, each of which is refused as a whole or told in the right order."""
    told: list[str] = []
    for _ in range(dice.randint(1, 4)):
        body = some_input(dice, told)
        answer = api.post(f"{session}/events", **form_of(body, stream=True))
        if answer.status_code == 201:
            events = frames(answer)
            check_order(STREAM, types(events), body)
            seen.update(types(events))
            told += [event["id"] for event in events if event["type"] in KEPT]
        else:
            assert answer.status_code in (400, 409), answer.text
            seen[str(answer.status_code)] += 1
        if told and dice.random() < 0.2:
            change = dice.choice(["hide", "unhide", "delete"])
            path = f"{session}/events/{told[dice.randrange(len(told))]}"
            done = api.delete(path) if change == "delete" else api.post(f"{path}/{change}")
            assert done.status_code in (200, 204, 404)


def test_a_thousand_conversations_keep_to_the_order(
    small: httpx.Client, understudy_server: BackgroundServer
) -> None:
    dice = random.Random(7731)
    agents = some_agents(small)
    worlds = understudy_server.server.worlds
    seen: Counter[str] = Counter()
    for number in range(1000):
        busy = {"pace": "polls", "amount": dice.choice([0, 0, 2])}
        understudy_server.on_loop(
            lambda busy=busy: worlds.existing("streams").lifecycle.change({"dials": {"agent_turns": busy}})
        )
        converse(small, begin(small, agents[number % len(agents)]), dice, seen)
    kinds = STREAM["follows"].keys() - {"begin"}
    assert {kind for kind in kinds if not seen[kind]} == set()
    assert seen["409"]
