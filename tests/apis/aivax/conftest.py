"""What the tests of this API share: a client in either form of answer, and the form of a refusal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

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
