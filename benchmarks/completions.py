"""Chat completions beside aimock, which plays back a recorded text: JSON and stream, in turns."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import orjson

import load
from load import Load
from servers import Server
from turns import Figures, medians

SERVERS = ("understudy", "aimock")
PATH = "/v1/chat/completions"
KEY = "sk-understudy"
ANSWER = "The lantern has a warranty of two years."
"""What both say: aimock because it was told so, Understudy because the instructions say so."""
_BODY = {
    "model": "@openai/gpt-5-mini",
    "messages": [
        {
            "role": "system",
            "content": f"{ANSWER} The valve has one of five. Parcels take three days to arrive.",
        },
        {"role": "user", "content": "How long is the warranty of the lantern? (#)"},
    ],
}
_STREAM = {**_BODY, "stream": True}
FORMS: dict[str, tuple[dict[str, Any], bool]] = {
    "JSON": (_BODY, False),
    "stream": (_STREAM, False),
    "JSON, new": (_BODY, True),
    "stream, new": (_STREAM, True),
}
"""The body, and whether every request asks what none has asked before."""


def measure(peers: Path, rounds: int, seconds: int) -> Figures:
    """Per form and server the medians of requests a second and CPU."""

    def run(server: Server, form: str, number: int) -> Load:
        body, new = FORMS[form]
        _check(server, body)
        load.run(server, PATH, _script(body, f"w{number}", new), 1)
        return load.run(server, PATH, _script(body, f"r{number}", new), seconds)

    return medians("completions", SERVERS, FORMS, run, peers, rounds)


def _check(server: Server, body: dict[str, Any]) -> None:
    """The answer is a whole one and says what it should."""
    with httpx.Client(base_url=server.url, headers={"authorization": f"Bearer {KEY}"}) as client:
        answer = client.post(PATH, json=body)
    if body.get("stream"):
        events = [line.removeprefix("data: ") for line in answer.text.splitlines() if line]
        chunks = [orjson.loads(event) for event in events if event != "[DONE]"]
        said = "".join(chunk["choices"][0]["delta"].get("content") or "" for chunk in chunks)
        ended = events[-1] == "[DONE]"
    else:
        said, ended = answer.json()["choices"][0]["message"]["content"], True
    if answer.status_code != 200 or said != ANSWER or not ended:
        raise SystemExit(f"completions: {server.name} answered {answer.status_code}: {answer.text[:300]}")


def _script(body: dict[str, Any], marker: str, new: bool) -> str:
    before, _, after = orjson.dumps(body).decode().partition("#")
    return "\n".join([
        'wrk.method = "POST"',
        f'wrk.headers["authorization"] = "Bearer {KEY}"',
        'wrk.headers["content-type"] = "application/json"',
        "local count = 0",
        "request = function()",
        f"  count = count + {int(new)}",
        f"  return wrk.format(nil, nil, nil, [==[{before}]==] .. '{marker}-' .. count .. [==[{after}]==])",
        "end",
    ])  # fmt: skip
