"""The official `openai` package against AIVAX's inference, over a live port."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import openai
import pytest
from openai import OpenAI

from tests.sdk.openai_checks import (
    JOHN,
    PONG,
    ask,
    check_a_streamed_tool_call,
    check_the_async_client,
    check_tools_go_round,
)
from understudy.pytest_plugin import Understudy

MINI = "@openai/gpt-5-mini"
PERSON: Any = {
    "type": "json_schema",
    "json_schema": {
        "name": "person",
        "schema": {
            "type": "object",
            "properties": {"name": {"type": "string"}, "age": {"type": "integer"}},
            "required": ["name", "age"],
        },
    },
}


@pytest.fixture
def client(understudy: Understudy) -> Iterator[OpenAI]:
    with OpenAI(base_url=understudy.openai_url, api_key=understudy.openai_key, max_retries=0) as client:
        yield client


def test_models_are_listed(client: OpenAI) -> None:
    assert MINI in [model.id for model in client.models.list()]


def test_a_completion_and_its_stream_say_the_same(client: OpenAI) -> None:
    whole = client.chat.completions.create(model=MINI, messages=ask(PONG))
    assert whole.choices[0].message.content == "PONG"
    assert whole.usage is not None
    pieces, last = "", None
    for chunk in client.chat.completions.create(model=MINI, messages=ask(PONG), stream=True):
        pieces += chunk.choices[0].delta.content or ""
        last = chunk
    assert pieces == "PONG"
    assert last is not None
    assert last.usage == whole.usage


def test_tools_go_round(client: OpenAI) -> None:
    check_tools_go_round(client, MINI)


def test_a_streamed_tool_call_is_put_together(client: OpenAI) -> None:
    check_a_streamed_tool_call(client, MINI)


def test_structured_output(client: OpenAI) -> None:
    told = client.chat.completions.create(
        model=MINI,
        messages=ask(JOHN),
        response_format=PERSON,
    )
    assert told.choices[0].message.content == '{"name": "John", "age": 30}'


def test_refusals_are_the_exceptions_of_the_package(client: OpenAI, understudy: Understudy) -> None:
    with pytest.raises(openai.BadRequestError) as bad:
        client.chat.completions.create(model="nope", messages=ask("Hi"))
    assert (bad.value.code, bad.value.param) == ("model_not_found", "model")
    with pytest.raises(openai.AuthenticationError) as wrong:
        client.with_options(api_key="sk-wrong").models.list()
    assert wrong.value.code == "invalid_api_key"
    with pytest.raises(openai.PermissionDeniedError):
        client.with_options(api_key=f"pk-understudy@{understudy.world}").models.list()
    with pytest.raises(openai.NotFoundError):
        client.responses.create(model=MINI, input="Hi")


def test_the_async_client(understudy: Understudy) -> None:
    check_the_async_client(understudy.openai_url, understudy.openai_key, MINI)
