"""Tool servers and tools with the official Python SDK."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from vectara import AsyncVectara, Vectara
from vectara.core.api_error import ApiError
from vectara.environment import VectaraEnvironment
from vectara.errors import BadRequestError, ForbiddenError, NotFoundError
from vectara.types import test_tool_response as answers
from vectara.types.create_tool_request import CreateToolRequest_Lambda
from vectara.types.execution_configuration import ExecutionConfiguration
from vectara.types.remote_auth import RemoteAuth_Bearer, RemoteAuth_Header, RemoteAuth_OauthClientCredentials
from vectara.types.tool import Tool_Lambda, Tool_Mcp, Tool_WebSearch
from vectara.types.update_tool_request import UpdateToolRequest_Lambda, UpdateToolRequest_Mcp

from tests.walls import WALLS, needs_walls
from understudy.pytest_plugin import KEY, BackgroundServer, Understudy

ONCE: Any = {"max_retries": 0}
PLACE: Any = {"name": "Tides", "type": "mcp", "uri": "https://tides.example.com/mcp", "transport": "sse"}
OAUTH = RemoteAuth_OauthClientCredentials(
    client_id="id", client_secret="s3cret", token_endpoint="https://a.example.com/token"
)

CODE = """
def process(port: str, day: int = 1) -> str:
    \"\"\"Tells the tide.

    :param port: Where it is.
    \"\"\"
    return port
"""
WANTED = CreateToolRequest_Lambda(name="tide", title="Tide", description="Tells the tide.", code=CODE)


@pytest.fixture
def client(understudy: Understudy) -> Iterator[Vectara]:
    with httpx.Client(timeout=30) as pool:
        yield Vectara(
            api_key=understudy.api_key, environment=understudy.vectara_environment(), httpx_client=pool
        )


def test_a_tool_server_is_added_changed_synchronised_and_deleted(client: Vectara) -> None:
    servers = client.tool_servers
    made = servers.create(**PLACE, description="a", auth=RemoteAuth_Bearer(token="s3cret"), metadata={"a": 1})
    assert (made.enabled, made.transport, made.metadata) == (True, "sse", {"a": 1})
    assert servers.get(made.id) == made
    for auth in (OAUTH, RemoteAuth_Header(header="x", value="y")):
        changed = servers.update(made.id, transport="streamable-http", auth=auth, enabled=False)
        assert (changed.transport, changed.enabled) == ("streamable-http", False)
        assert "s3cret" not in changed.json()
    assert [one.id for one in servers.list(filter="tid", type="mcp", enabled=False, limit=1)] == [made.id]
    with pytest.raises(ApiError) as caught:
        servers.sync(made.id, request_options=ONCE)
    assert caught.value.status_code == 503
    servers.sync("tsr_shop")
    servers.delete(made.id)
    with pytest.raises(NotFoundError):
        servers.get(made.id)


def test_refusals_of_tool_servers_are_those_of_the_sdk(client: Vectara) -> None:
    with pytest.raises(BadRequestError):
        client.tool_servers.create(**{**PLACE, "uri": "nowhere"}, request_options=ONCE)
    client.tool_servers.create(**PLACE)
    with pytest.raises(ApiError) as caught:
        client.tool_servers.create(**PLACE, request_options=ONCE)
    assert caught.value.status_code == 409


def test_the_async_client_does_the_same_with_tool_servers(understudy: Understudy) -> None:
    async def act() -> None:
        environment = understudy.vectara_environment()
        async with httpx.AsyncClient(timeout=30) as pool:
            client = AsyncVectara(api_key=understudy.api_key, environment=environment, httpx_client=pool)
            made = await client.tool_servers.create(**PLACE)
            assert [one.id async for one in await client.tool_servers.list()] == ["tsr_shop", made.id]
            await client.tool_servers.sync("tsr_shop")
            await client.tool_servers.delete(made.id)

    asyncio.run(act())


def test_a_function_is_made_changed_tried_and_deleted(client: Vectara) -> None:
    tools = client.tools
    made = tools.create(request=WANTED)
    assert isinstance(made, Tool_Lambda)
    assert made.input_schema["properties"]["port"] == {"type": "string", "description": "Where it is."}
    assert made.function_definition.validation_status == "valid"
    assert tools.get(made.id) == made
    limits = ExecutionConfiguration(max_memory_mb=50)
    changes = UpdateToolRequest_Lambda(code="def process(): pass", execution_configuration=limits)
    changed = tools.update(made.id, request=changes)
    assert isinstance(changed, Tool_Lambda)
    assert changed.input_schema["properties"] == {}
    assert changed.function_definition.execution_configuration.max_memory_mb == 50
    told = tools.test(made.id, input={}, timeout_seconds=1)
    assert isinstance(told, answers.TestToolResponse_Error)
    assert "--allow-lambda" in told.error.message
    tools.delete(made.id)
    with pytest.raises(NotFoundError):
        tools.get(made.id)


def test_a_function_is_tried_before_it_is_made(client: Vectara) -> None:
    limits = ExecutionConfiguration(max_execution_time_seconds=5)
    told = client.tools.test_without_creation(
        code=CODE,
        test_input={"port": 1},
        language="python",
        execution_configuration=limits,
        timeout_seconds=5,
    )
    assert (told.validation.status, told.validation.errors) == ("valid", [])
    assert told.input_schema["required"] == ["port"]
    assert told.execution is not None
    assert told.execution.success is False
    assert told.execution.validation_results is not None
    assert told.execution.validation_results.input_valid is False
    faulty = client.tools.test_without_creation(code="import os", test_input={})
    assert faulty.validation.status == "invalid"
    assert faulty.execution is None


@needs_walls
def test_a_function_runs_where_that_is_allowed() -> None:
    server = BackgroundServer(allow_lambda=WALLS).start()
    place = VectaraEnvironment(default=server.url, auth=server.url)
    code = CODE.replace("return port", "return port * day")
    with httpx.Client(timeout=30) as pool:
        tools = Vectara(api_key=KEY, environment=place, httpx_client=pool).tools
        made = tools.create(
            request=CreateToolRequest_Lambda(name="twice", title="T", description="d", code=code)
        )
        told = tools.test(made.id, input={"port": "ab", "day": 2})
        assert isinstance(told, answers.TestToolResponse_Success)
        assert told.output == {"value": "abab"}
        assert told.validation_results is not None
        assert told.validation_results.output_valid is True
        failed = tools.test(made.id, input={"port": "ab", "day": 10**12})
        assert isinstance(failed, answers.TestToolResponse_Error)
        assert failed.error.message.startswith("MemoryError")
        assert 'File "<tool>", line 7, in process' in str(failed.error.traceback)
        tried = tools.test_without_creation(code=code, test_input={"port": "c"}).execution
        assert tried is not None
        assert (tried.success, tried.output) == (True, {"value": "c"})
    server.stop()


def test_tools_are_listed_and_narrowed(client: Vectara) -> None:
    client.tools.create(request=WANTED)
    every = list(client.tools.list(limit=3))
    assert isinstance(every[1], Tool_WebSearch)
    assert [tool.name for tool in every][-3:] == ["stock", "tax", "tide"]
    (stock,) = client.tools.list(type="mcp", tool_server_id="tsr_shop", filter="lantern|stock", enabled=True)
    assert isinstance(stock, Tool_Mcp)
    assert stock.annotations is not None
    assert stock.annotations.read_only_hint is True
    assert [tool.name for tool in client.tools.list(category=["web", "agents"])] == ["web_get", "sub_agent"]
    assert client.tools.update(stock.id, request=UpdateToolRequest_Mcp(enabled=False)).enabled is False


def test_refusals_of_tools_are_those_of_the_sdk(client: Vectara) -> None:
    faulty = CreateToolRequest_Lambda(name="x", title="X", description="d", code="x = (")
    with pytest.raises(BadRequestError) as refusal:
        client.tools.create(request=faulty, request_options=ONCE)
    assert "line 1" in str(refusal.value.body)
    client.tools.create(request=WANTED)
    with pytest.raises(ApiError) as caught:
        client.tools.create(request=WANTED, request_options=ONCE)
    assert caught.value.status_code == 409
    with pytest.raises(ForbiddenError):
        client.tools.delete("tol_web_search")


def test_the_async_client_does_the_same_with_tools(understudy: Understudy) -> None:
    async def act() -> None:
        environment = understudy.vectara_environment()
        async with httpx.AsyncClient(timeout=30) as pool:
            client = AsyncVectara(api_key=understudy.api_key, environment=environment, httpx_client=pool)
            made = await client.tools.create(request=WANTED)
            assert [tool.id async for tool in await client.tools.list(filter="^tide$")] == [made.id]
            assert (await client.tools.test(made.id, input={})).type == "error"
            await client.tools.delete(made.id)

    asyncio.run(act())
