"""The official `openai` package against Vectara's chat completions, over a live port."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import openai
import pytest
from openai import OpenAI
from pydantic import BaseModel

from tests.sdk.openai_checks import (
    JOHN,
    PONG,
    ask,
    check_a_streamed_tool_call,
    check_the_async_client,
    check_tools_go_round,
)
from understudy.pytest_plugin import Understudy

MODEL = "gpt-4o"


class Person(BaseModel):
    name: str
    age: int


@pytest.fixture
def client(understudy: Understudy) -> Iterator[OpenAI]:
    base_url = f"{understudy.url}/v2/llms"
    with OpenAI(base_url=base_url, api_key=understudy.api_key, max_retries=0) as client:
        yield client


def test_a_completion_and_its_stream_say_the_same(client: OpenAI) -> None:
    asked = ask(PONG)
    whole = client.chat.completions.create(model=MODEL, messages=asked)
    assert whole.choices[0].message.content == "PONG"
    chunks = list(
        client.chat.completions.create(
            model=MODEL, messages=asked, stream=True, stream_options={"include_usage": True}
        )
    )
    assert "".join(one.choices[0].delta.content or "" for one in chunks if one.choices) == "PONG"
    assert chunks[-1].usage == whole.usage


def test_a_token_of_an_app_client_opens_it(understudy: Understudy, client: OpenAI) -> None:
    grant = {
        "client_id": f"understudy@{understudy.world}",
        "client_secret": "understudy-secret",
        "grant_type": "client_credentials",
    }
    token = httpx.post(f"{understudy.url}/oauth2/token", data=grant).json()["access_token"]
    told = client.with_options(api_key=token).chat.completions.create(model=MODEL, messages=ask("Hello"))
    assert told.choices[0].finish_reason == "stop"


def test_tools_go_round(client: OpenAI) -> None:
    check_tools_go_round(client, MODEL)


def test_a_streamed_tool_call_is_put_together(client: OpenAI) -> None:
    check_a_streamed_tool_call(client, MODEL)


def test_structured_output_is_parsed(client: OpenAI) -> None:
    told = client.chat.completions.parse(model=MODEL, messages=ask(JOHN), response_format=Person)
    assert told.choices[0].message.parsed == Person(name="John", age=30)


def test_refusals_are_the_exceptions_of_the_package(client: OpenAI, understudy: Understudy) -> None:
    with pytest.raises(openai.BadRequestError) as bad:
        client.chat.completions.create(model="nope", messages=ask("Hi"))
    assert list(bad.value.response.json()["field_errors"]) == ["body.model"]
    with pytest.raises(openai.BadRequestError):
        client.chat.completions.create(model="nope", messages=ask("Hi"), stream=True)
    wrong = client.with_options(api_key=f"zut_wrong@{understudy.world}")
    with pytest.raises(openai.AuthenticationError):
        wrong.chat.completions.create(model=MODEL, messages=ask("Hi"))
    with pytest.raises(openai.NotFoundError):
        client.models.list()
    with pytest.raises(openai.NotFoundError):
        client.models.retrieve("none")


def test_the_async_client(understudy: Understudy) -> None:
    check_the_async_client(f"{understudy.url}/v2/llms", understudy.api_key, MODEL)
