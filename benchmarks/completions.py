"""Chat completions beside aimock, which plays back a recorded text: JSON and stream, in turns."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import Any

import httpx
import orjson

import load
from load import Load
from servers import Server, running

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


def measure(peers: Path, rounds: int, seconds: int) -> dict[str, dict[str, dict[str, float]]]:
    """Per form and server the medians of requests a second and CPU."""
    runs: dict[str, dict[str, list[Load]]] = {form: {name: [] for name in SERVERS} for form in FORMS}
    with ExitStack() as stack:
        servers = [stack.enter_context(running(name, peers)) for name in SERVERS]
        for number in range(rounds):
            for form, (body, new) in FORMS.items():
                for server in servers if number % 2 else reversed(servers):
                    _check(server, body)
                    load.run(server, PATH, _script(body, f"w{number}", new), 1)
                    done = load.run(server, PATH, _script(body, f"r{number}", new), seconds)
                    if done.refused or done.broken:
                        raise SystemExit(
                            f"completions: {server.name} refused {done.refused}, broke {done.broken}"
                        )
                    runs[form][server.name].append(done)
    return {
        form: {
            name: {
                "per_second": median(run.per_second for run in done),
                "cpu_us": median(run.cpu_us for run in done),
            }
            for name, done in found.items()
        }
        for form, found in runs.items()
    }


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
