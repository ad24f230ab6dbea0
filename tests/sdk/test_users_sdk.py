"""Users with the official Python SDK, sync and async."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from vectara import AgentRole, AsyncVectara, CorpusRole
from vectara.core.api_error import ApiError
from vectara.environment import VectaraEnvironment
from vectara.errors import BadRequestError, ForbiddenError, NotFoundError

from tests.sdk.test_credentials_sdk import sdk, status
from understudy.pytest_plugin import Understudy

ONCE: Any = {"max_retries": 0}
NAME = "Grace/Hopper @ lamps"
CALLED = quote(NAME, safe="")
"""The SDK puts a name into the path as it is."""


def owner(understudy: Understudy) -> dict[str, str]:
    """The app client of the fixture: a personal key deletes no users."""
    return {"client_id": f"understudy@{understudy.world}", "client_secret": "understudy-secret"}


def test_a_user_is_made_read_listed_changed_and_deleted(understudy: Understudy) -> None:
    with sdk(understudy, **owner(understudy)) as client:
        made = client.users.create(
            email="grace@lanterns.example",
            username=NAME,
            description="Lamps",
            api_roles=["viewer"],
            corpus_roles=[CorpusRole(corpus_key="handbook", role="editor")],
            agent_roles=[AgentRole(agent_key="helper", role="agent_user")],
        )
        assert (made.email, made.username, made.enabled) == ("grace@lanterns.example", NAME, True)
        assert made.one_time_code
        assert made.one_time_code_link
        assert made.created_at == made.updated_at
        user = client.users.get(CALLED)
        assert (user.id, user.api_roles, user.api_policy) == (made.id, ["viewer"], None)
        assert (user.corpus_roles, user.agent_roles) == (made.corpus_roles, made.agent_roles)
        assert [one.username for one in client.users.list(limit=1)] == ["ada", NAME]
        assert [one.username for one in client.users.list(corpus_key="handbook")] == ["ada", NAME]
        changed = client.users.update(
            CALLED, enabled=False, api_roles=[], corpus_roles=[], agent_roles=[], description="Away"
        )
        assert (changed.enabled, changed.description) == (False, "Away")
        assert [changed.api_roles, changed.corpus_roles, changed.agent_roles] == [[], [], []]
        code = client.users.reset_password(CALLED)
        assert code.one_time_code not in (None, made.one_time_code)
        client.users.delete(CALLED)
        with pytest.raises(NotFoundError):
            client.users.get(CALLED, request_options=ONCE)


def test_refusals_are_exceptions(understudy: Understudy) -> None:
    with sdk(understudy, api_key=understudy.api_key) as client:
        with pytest.raises(BadRequestError) as caught:
            client.users.create(email="grace", request_options=ONCE)
        assert set(caught.value.body["field_errors"]) == {"body.email"}
        with pytest.raises(ForbiddenError):
            client.users.delete("ada", request_options=ONCE)
        for call in (client.users.update, client.users.reset_password):
            with pytest.raises(NotFoundError):
                call("none", request_options=ONCE)
        taken: Any = {"email": "ada@lanterns.example", "request_options": ONCE}
        assert status(lambda: client.users.create(**taken)) == 409


def test_the_async_client_does_the_same(understudy: Understudy) -> None:
    environment = VectaraEnvironment(default=understudy.url, auth=understudy.url)

    async def act() -> None:
        async with httpx.AsyncClient(timeout=30) as pool:
            client = AsyncVectara(environment=environment, httpx_client=pool, **owner(understudy))
            made = await client.users.create(email="grace@lanterns.example")
            name = made.username or ""
            assert (await client.users.get(name)).id == made.id
            assert [one.username async for one in await client.users.list(limit=1)] == ["ada", name]
            assert (await client.users.update(name, description="x")).description == "x"
            assert (await client.users.reset_password(name)).one_time_code
            await client.users.delete(name)
            with pytest.raises(ApiError) as caught:
                await client.users.get(name, request_options=ONCE)
            assert caught.value.status_code == 404

    asyncio.run(act())
