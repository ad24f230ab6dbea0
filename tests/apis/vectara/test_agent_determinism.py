"""A long session of an agent gives the same bytes again, also when it goes on from a snapshot elsewhere."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

from tests.apis.vectara.talking import SEARCH, make_agent, message
from understudy.pytest_plugin import KEY, BackgroundServer

WORLD = "again"
HALF = 17
TOOLS: dict[str, Any] = {"search": SEARCH, "take_note": {"type": "artifact_create"}}
LINES = (
    "Hello!",
    "My order is 7731 and it came broken.",
    "How many days of paid leave do employees have?",
    'Please take a note with the content "call back" named todo.txt',
    "When is the kiln opened?",
    "Which order was it, and what was wrong?",
)
SESSION = "/v2/agents/clerk/sessions/long"
Step = Callable[[httpx.Client], httpx.Response]


def posting(path: str, body: Any) -> Step:
    return lambda api: api.post(path, json=body)


def steps() -> list[Step]:
    """30 turns, half of them streamed, with a summary and a copy on the way."""
    done: list[Step] = [posting("/v2/agents/clerk/sessions", {"key": "long"})]
    for number in range(30):
        body = message(LINES[number % len(LINES)], stream_response=number % 2 == 1)
        done.append(posting(f"{SESSION}/events", body))
    done.insert(10, posting(f"{SESSION}/events", {"type": "compact"}))
    copy = {"key": "copy", "from_session": {"session_key": "long"}}
    done.insert(20, posting("/v2/agents/clerk/sessions", copy))
    done.append(posting(SESSION.replace("long", "copy") + "/events", message(LINES[-1])))
    for key in ("long", "copy"):
        for page in ("events?limit=100&include_hidden=true", "artifacts"):
            done.append(lambda api, path=f"/v2/agents/clerk/sessions/{key}/{page}": api.get(path))
    return done


def connected(server: BackgroundServer) -> httpx.Client:
    return httpx.Client(base_url=server.url, headers={"x-api-key": f"{KEY}@{WORLD}"}, timeout=30)


def begun() -> BackgroundServer:
    server = BackgroundServer().start()
    server.on_loop(lambda: server.server.worlds.create(WORLD))
    return server


def played(server: BackgroundServer, some: list[Step]) -> list[bytes]:
    with connected(server) as api:
        answers = [step(api) for step in some]
    assert {answer.status_code for answer in answers} <= {200, 201}
    return [answer.content for answer in answers]


def prepared() -> BackgroundServer:
    server = begun()
    with connected(server) as api:
        make_agent(api, tools=TOOLS)
    return server


def test_a_long_session_gives_the_same_bytes_again_and_from_a_snapshot(tmp_path: Path) -> None:
    first = prepared()
    whole = played(first, steps())
    first.stop()
    second = prepared()
    before = played(second, steps()[:HALF])
    saved = tmp_path / "snapshot.json"
    saved.write_text(json.dumps(second.on_loop(lambda: second.server.worlds.existing(WORLD).snapshot())))
    second.stop()
    third = begun()
    third.on_loop(lambda: third.server.worlds.existing(WORLD).restore(json.loads(saved.read_text())))
    after = played(third, steps()[HALF:])
    third.stop()
    assert before + after == whole
    told = json.loads(whole[-4])["events"]
    assert {"compaction", "tool_output", "agent_output"} <= {event["type"] for event in told}
    assert b"7731" in whole[-5]
