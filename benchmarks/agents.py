"""Turns of an agent beside Prism, which validates the message and sends one canned answer to all of them."""

from __future__ import annotations

from pathlib import Path

import httpx
import orjson

import load
from load import Load
from servers import ADMIN_TOKEN, KEY, Server
from turns import Figures, medians

SERVERS = ("quickstart", "prism")
PATH = "/v2/agents/front-desk/sessions"
SESSIONS = 500
"""The messages go round as many sessions, so that a run makes conversations of some turns."""
HEADERS = {"x-api-key": KEY, "content-type": "application/json"}
MESSAGES: dict[str, tuple[str, str]] = {
    "a greeting": ("Hello!", "Hello!"),
    "a question, searched": ("How many days of paid leave do employees have?", "27 days"),
    "a question, new": ("How many days of paid leave do employees have? (#)", "27 days"),
}
"""What is said, with # for a mark that no other message has, and what Understudy's answer holds."""


def measure(peers: Path, rounds: int, seconds: int) -> Figures:
    """Per message and server the medians of turns a second and CPU."""

    def run(server: Server, name: str, number: int) -> Load:
        said, answer = MESSAGES[name]
        _prepare(server)
        _check(server, said, answer)
        load.run(server, PATH, _script(said, f"w{number}"), 1)
        _prepare(server)
        return load.run(server, PATH, _script(said, f"r{number}"), seconds)

    return medians("agents", SERVERS, MESSAGES, run, peers, rounds)


def _prepare(server: Server) -> None:
    """Sessions without a past; Prism keeps nothing."""
    if server.name == "prism":
        return
    with httpx.Client(base_url=server.url, headers=HEADERS) as client:
        token = {"authorization": f"Bearer {ADMIN_TOKEN}"}
        client.post("/_understudy/worlds/default/reset", headers=token).raise_for_status()
        for number in range(SESSIONS):
            client.post(PATH, json={"key": f"s{number}"}).raise_for_status()


def _body(said: str) -> bytes:
    return orjson.dumps({"type": "input_message", "messages": [{"type": "text", "content": said}]})


def _check(server: Server, said: str, answer: str) -> None:
    """The status is right, and Understudy says what it should."""
    with httpx.Client(base_url=server.url, headers=HEADERS) as client:
        got = client.post(f"{PATH}/s0/events", content=_body(said))
    events = got.json()["events"] if got.status_code == 201 else []
    if not events or (server.name != "prism" and answer not in events[-1]["content"]):
        raise SystemExit(f"agents: {server.name} answered {got.status_code}: {got.text[:300]}")


def _script(said: str, marker: str) -> str:
    before, _, after = _body(said).decode().partition("#")
    mark = f" .. '{marker}-' .. count .. [==[{after}]==]" if after else ""
    return "\n".join([
        'wrk.method = "POST"',
        *(f'wrk.headers["{name}"] = "{value}"' for name, value in HEADERS.items()),
        "local count = 0",
        "request = function()",
        "  count = count + 1",
        f"  local path = '{PATH}/s' .. (count % {SESSIONS}) .. '/events'",
        f"  return wrk.format(nil, path, nil, [==[{before}]==]{mark})",
        "end",
    ])  # fmt: skip
