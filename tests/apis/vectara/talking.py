"""Agents to talk to, and what they answer."""

from __future__ import annotations

import json
from typing import Any

import httpx

from tests.apis.vectara.conftest import FRAME, all_pages

Json = dict[str, Any]

MANNERS: Json = {"type": "inline", "name": "manners", "template": "You are $agent.name."}
PLAIN_STEP: Json = {"instructions": [MANNERS], "output_parser": {"type": "default"}}
SEARCH: Json = {
    "type": "corpora_search",
    "query_configuration": {"search": {"corpora": [{"corpus_key": "handbook"}], "limit": 3}},
}


def make_agent(
    api: httpx.Client, key: str = "clerk", tools: Json | None = None, step: Json | None = None, **members: Any
) -> str:
    """A new agent; `step` is added to a plain first step. The path of its sessions."""
    body = {
        "key": key,
        "name": key.title(),
        "model": {"name": "gpt-4o"},
        "tool_configurations": tools or {},
        "first_step": {**PLAIN_STEP, **(step or {})},
        **members,
    }
    made = api.post("/v2/agents", json=body)
    assert made.status_code == 201, made.text
    return f"/v2/agents/{key}/sessions"


def begin(api: httpx.Client, sessions: str, **body: Any) -> str:
    """A new session; its path."""
    made = api.post(sessions, json=body)
    assert made.status_code == 201, made.text
    return f"{sessions}/{made.json()['key']}"


def text(content: str) -> Json:
    return {"type": "text", "content": content}


def message(content: str, **more: Any) -> Json:
    return {"type": "input_message", "messages": [text(content)], **more}


def send(api: httpx.Client, session: str, body: Json) -> list[Json]:
    """What an input of any kind tells."""
    answer = api.post(f"{session}/events", json=body)
    assert answer.status_code == 201, answer.text
    told = answer.json()
    assert told["session_key"] == session.rpartition("/")[2]
    events: list[Json] = told["events"]
    return events


def say(api: httpx.Client, session: str, content: str, **more: Any) -> list[Json]:
    return send(api, session, message(content, **more))


def upload(api: httpx.Client, session: str, said: str, *files: tuple[str, bytes, str]) -> list[Json]:
    """Hand files over; without a message when `said` is empty."""
    data = {"message": said} if said else {}
    answer = api.post(f"{session}/events", files=[("files", file) for file in files], data=data)
    assert answer.status_code == 201, answer.text
    events: list[Json] = answer.json()["events"]
    return events


def streamed_input(api: httpx.Client, session: str, body: Json) -> list[Json]:
    """The events of a streamed turn, once the framing is right."""
    answer = api.post(f"{session}/events", json={**body, "stream_response": True})
    return frames(answer)


def frames(answer: httpx.Response) -> list[Json]:
    assert answer.status_code == 201, answer.text
    assert answer.headers["content-type"].partition(";")[0] == "text/event-stream"
    found = FRAME.findall(answer.content)
    assert b"".join(b"event:%b\ndata:%b\n\n" % frame for frame in found) == answer.content
    return [json.loads(data) for _, data in found]


def types(events: list[Json]) -> list[str]:
    return [event["type"] for event in events]


def answered(events: list[Json]) -> str:
    """What the agent says in the end."""
    last = events[-1]
    assert last["type"] == "agent_output", events
    content: str = last["content"]
    return content


def outputs(events: list[Json], tool: str = "") -> list[Json]:
    """The outputs of tools that went well, in order."""
    found = [event for event in events if event["type"] == "tool_output"]
    assert not any(event["error"] for event in found), found
    return [event["tool_output"] for event in found if tool in ("", event["tool_configuration_name"])]


def failure(events: list[Json]) -> str:
    """Why the only tool that was called has failed."""
    (found,) = [event for event in events if event["type"] == "tool_output"]
    assert found["error"] is True
    why: str = found["tool_output"]["error"]
    return why


def inputs(events: list[Json], tool: str = "") -> list[Json]:
    found = [event for event in events if event["type"] == "tool_input"]
    return [event["tool_input"] for event in found if tool in ("", event["tool_configuration_name"])]


def history(api: httpx.Client, session: str, **parameters: Any) -> list[Json]:
    """Every event of a session."""
    pages = all_pages(api, f"{session}/events", "events", limit=100, **parameters)
    return [event for page in pages for event in page]


def artifacts(api: httpx.Client, session: str, **parameters: Any) -> list[Json]:
    pages = all_pages(api, f"{session}/artifacts", "artifacts", limit=100, **parameters)
    return [artifact for page in pages for artifact in page]
