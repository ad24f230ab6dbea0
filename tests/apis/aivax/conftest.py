"""What the tests of this API share: a client in either form of answer, and the form of a refusal."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from understudy.apis.aivax.kinds import ACCOUNTS
from understudy.pytest_plugin import Understudy

UNKNOWN = "01941f29-7c00-7000-a000-00000000ffff"
"""An id that nothing has."""


class Client:
    """A client of one world, which unwraps answers of the form `wire`."""

    def __init__(self, http: httpx.Client, form: str) -> None:
        self.http = http
        self.form = form

    def ask(self, method: str, path: str, /, status: int = 200, **more: Any) -> Any:
        """The payload of an answer of that status; a refusal whole."""
        answer = self.http.request(method, path, **more)
        assert answer.status_code == status, answer.text
        if not answer.content:
            return None
        told = answer.json()
        wrapped = (
            self.form == "wire"
            and status < 300
            and isinstance(told, dict)
            and {"message", "data"} <= told.keys()
        )
        if wrapped and told["message"] is None:
            return told["data"]
        return told

    def get(self, path: str, /, **query: Any) -> Any:
        return self.ask("GET", path, params=query)

    def post(self, path: str, body: Any = None) -> Any:
        return self.ask("POST", path, json=body)

    def put(self, path: str, body: Any) -> Any:
        return self.ask("PUT", path, json=body)

    def delete(self, path: str, /, **query: Any) -> Any:
        return self.ask("DELETE", path, params=query)

    def refused(self, method: str, path: str, status: int, **more: Any) -> dict[str, Any]:
        """A refusal in the envelope of the administrative operations."""
        told = self.ask(method, path, status, **more)
        assert set(told) == {"error", "details"}
        assert told["error"]
        return dict(told)


def key_of(understudy: Understudy, key: str = "sk-understudy") -> str:
    return f"{key}@{understudy.world}"


def client_of(understudy: Understudy, key: str = "sk-understudy") -> httpx.Client:
    headers = {"authorization": f"Bearer {key_of(understudy, key)}"}
    return httpx.Client(base_url=understudy.url, headers=headers, timeout=30)


@pytest.fixture(params=["bare", "wire"])
def api(request: pytest.FixtureRequest, understudy: Understudy) -> Iterator[Client]:
    """The account `Understudy`, once in each form of answer."""
    understudy.lifecycle(answer_form=request.param)
    with client_of(understudy) as http:
        yield Client(http, request.param)


@pytest.fixture
def neighbour(understudy: Understudy) -> Iterator[Client]:
    """The account next door in the same world."""
    with client_of(understudy, "sk-neighbour") as http:
        yield Client(http, "bare")


CHAT = "/v1/chat/completions"
MINI = "@openai/gpt-5-mini"


def user(text: Any) -> dict[str, Any]:
    return {"role": "user", "content": text}


def chat(api: Client, *messages: dict[str, Any], model: str = MINI, **more: Any) -> dict[str, Any]:
    """An answer whole, of a conversation with a model."""
    told: dict[str, Any] = api.ask("POST", CHAT, json={"model": model, "messages": messages, **more})
    return told


def text(told: dict[str, Any]) -> str:
    """What an answer says."""
    return str(told["choices"][0]["message"]["content"])


def not_answered(api: Client, status: int, **body: Any) -> dict[str, Any]:
    """The refusal of a conversation, in the form of OpenAI."""
    told = api.ask("POST", CHAT, status, json={"model": MINI, "messages": [user("Hi")], **body})
    assert set(told) == {"error"}
    assert set(told["error"]) == {"message", "type", "param", "code"}
    return dict(told["error"])


def streamed(api: Client, *messages: dict[str, Any], model: str = MINI, **more: Any) -> list[dict[str, Any]]:
    """The chunks of an answer that comes in pieces."""
    body = {"model": model, "messages": messages, "stream": True, **more}
    answer = api.http.post(CHAT, json=body)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/event-stream;charset=UTF-8")
    frames = answer.text.split("\n\n")
    assert frames[-2:] == ["data: [DONE]", ""]
    assert all(frame.startswith("data: ") for frame in frames[:-1])
    return [json.loads(frame[6:]) for frame in frames[:-2]]


def stream_text(chunks: list[dict[str, Any]]) -> str:
    """What the pieces of an answer say together."""
    return "".join(one["delta"].get("content") or "" for chunk in chunks for one in chunk["choices"])


def gateway(api: Client, **parameters: Any) -> str:
    """A new gateway with those parameters."""
    least = {"baseAddress": "@integrated", "modelName": MINI}
    body = {"name": "G", "parameters": {**least, **parameters}}
    return str(api.post("/api/v1/ai-gateways", body)["aiGatewayId"])


def change_account(understudy: Understudy, **members: Any) -> None:
    """Change the account `Understudy` in a way that the API has no operation for."""

    def change(world: Any) -> None:
        table = world.store.table(ACCOUNTS)
        table.replace({**table.values()[0], **members})

    understudy.look(change)
