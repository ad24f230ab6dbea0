"""Instructions with the official Python SDK."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from vectara import AsyncVectara, Vectara
from vectara.core.api_error import ApiError
from vectara.errors import BadRequestError, NotFoundError
from vectara.types.create_instruction_request import CreateInstructionRequest_Initial
from vectara.types.tool import Tool_WebSearch
from vectara.types.update_instruction_request import UpdateInstructionRequest_Initial

from understudy.pytest_plugin import Understudy

ONCE: Any = {"max_retries": 0}
TEMPLATE = "You help ${session.metadata.name}.#foreach($tool in $tools) Use $tool.name.#end"
LOOK = Tool_WebSearch(id="tol_1", name="look", description="Looks up", enabled=True, input_schema={})


@pytest.fixture
def client(understudy: Understudy) -> Iterator[Vectara]:
    with httpx.Client(timeout=30) as pool:
        yield Vectara(
            api_key=understudy.api_key, environment=understudy.vectara_environment(), httpx_client=pool
        )


def wanted(name: str, **more: Any) -> CreateInstructionRequest_Initial:
    return CreateInstructionRequest_Initial(name=name, template=TEMPLATE, **more)


def test_an_instruction_is_made_changed_tried_and_deleted(client: Vectara) -> None:
    instructions = client.instructions
    made = instructions.create(request=wanted("Tides", metadata={"team": 1}))
    assert (made.version, made.enabled, made.metadata) == (1, True, {"team": 1})
    changed = instructions.update(made.id, request=UpdateInstructionRequest_Initial(template="Be brief."))
    assert (changed.version, changed.template) == (2, "Be brief.")
    assert instructions.get(made.id) == changed
    assert instructions.get(made.id, version=1) == made
    told = instructions.test(made.id, version=1, context={"name": "Ada"}, tools=[LOOK])
    assert told.rendered_instruction == "You help Ada. Use look."
    instructions.delete_version(made.id, 2)
    assert instructions.get(made.id).version == 1
    instructions.delete(made.id)
    with pytest.raises(NotFoundError):
        instructions.get(made.id)


def test_a_list_is_paged_and_narrowed(client: Vectara) -> None:
    for number in range(7):
        client.instructions.create(request=wanted(f"Tide {number}", enabled=number % 2 == 0))
    found = client.instructions.list(filter="tide", type="initial", enabled=True, limit=2)
    assert [one.name for one in found] == ["Tide 0", "Tide 2", "Tide 4", "Tide 6"]


def test_refusals_are_those_of_the_sdk(client: Vectara) -> None:
    made = client.instructions.create(request=wanted("Tides"))
    with pytest.raises(BadRequestError):
        client.instructions.create(request=wanted(""), request_options=ONCE)
    broken = UpdateInstructionRequest_Initial(template="#if")
    client.instructions.update(made.id, request=broken)
    refused = [
        (lambda: client.instructions.test(made.id, request_options=ONCE), 422),
        (lambda: client.instructions.create(request=wanted("Tides"), request_options=ONCE), 409),
    ]
    for call, status in refused:
        with pytest.raises(ApiError) as caught:
            call()
        assert caught.value.status_code == status


def test_the_async_client_does_the_same(understudy: Understudy) -> None:
    async def act() -> None:
        environment = understudy.vectara_environment()
        async with httpx.AsyncClient(timeout=30) as pool:
            client = AsyncVectara(api_key=understudy.api_key, environment=environment, httpx_client=pool)
            made = await client.instructions.create(request=wanted("Tides"))
            listed = await client.instructions.list(filter="tides")
            assert [one.id async for one in listed] == [made.id]
            assert (await client.instructions.test(made.id)).rendered_instruction.startswith("You help $")
            await client.instructions.delete(made.id)

    asyncio.run(act())
