"""API keys and app clients with the official Python SDK, sync and async."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from vectara import AgentRole, AsyncVectara, CorpusRole, CreateAppClientRequest_ClientCredentials, Vectara
from vectara.core.api_error import ApiError
from vectara.environment import VectaraEnvironment
from vectara.errors import BadRequestError, ForbiddenError

from understudy.pytest_plugin import Understudy

ONCE: Any = {"max_retries": 0}
TILL = CreateAppClientRequest_ClientCredentials(
    name="Till",
    description="At the door",
    api_roles=["owner"],
    corpus_roles=[CorpusRole(corpus_key="handbook", role="editor")],
    agent_roles=[AgentRole(agent_key="helper", role="agent_user")],
)


@contextmanager
def sdk(understudy: Understudy, **credentials: Any) -> Iterator[Vectara]:
    """The SDK with a connection pool that is closed in the end, which it does not do by itself."""
    environment = VectaraEnvironment(default=understudy.url, auth=understudy.url)
    with httpx.Client(timeout=30) as pool:
        yield Vectara(environment=environment, httpx_client=pool, **credentials)


def status(call: Callable[[], Any]) -> int | None:
    """The status of a refusal for which the SDK has no exception of its own here."""
    with pytest.raises(ApiError) as caught:
        call()
    return caught.value.status_code


@pytest.fixture
def client(understudy: Understudy) -> Iterator[Vectara]:
    with sdk(understudy, api_key=understudy.api_key) as connected:
        yield connected


def test_an_api_key_is_made_used_switched_off_and_deleted(understudy: Understudy, client: Vectara) -> None:
    made = client.api_keys.create(
        name="Reader",
        api_key_role="serving",
        corpus_keys=["handbook"],
        api_roles=["corpus_viewer"],
        corpus_roles=[CorpusRole(corpus_key="handbook", role="viewer")],
        agent_roles=[AgentRole(agent_key="helper", role="agent_viewer")],
    )
    assert made.id is not None
    assert (made.name, made.enabled, made.api_key_role) == ("Reader", True, "serving")
    assert (made.api_roles, made.api_policy) == (["corpus_viewer"], None)
    with sdk(understudy, api_key=made.secret_key) as reader:
        answer = reader.corpora.query("handbook", query="How hot may the kiln be?")
        assert answer.search_results
        with pytest.raises(ForbiddenError):
            reader.api_keys.list(request_options=ONCE)
        assert client.api_keys.update(made.id, enabled=False).enabled is False
        with pytest.raises(ForbiddenError):
            reader.corpora.get("handbook", request_options=ONCE)
        assert client.api_keys.update(made.id, enabled=True).enabled is True
        assert reader.corpora.get("handbook").key == "handbook"
        shown = client.api_keys.get(made.id)
        assert (shown.secret_key, shown.corpus_roles) == (None, made.corpus_roles)
        client.api_keys.delete(made.id)
        assert status(lambda: reader.corpora.get("handbook", request_options=ONCE)) == 401
    assert status(lambda: client.api_keys.get(made.id or "")) == 404


def test_api_keys_are_listed_over_pages(client: Vectara) -> None:
    made = [client.api_keys.create(name=f"k{n}", api_key_role="personal").id for n in range(3)]
    assert [key.id for key in client.api_keys.list(limit=2, api_key_role="personal")] == [
        "aky_1",
        "aky_4",
        *made,
    ]
    assert [key.name for key in client.api_keys.list(corpus_key="handbook")] == [
        "Handbook reader",
        "Handbook writer",
    ]


def test_a_bad_key_is_an_exception_that_names_the_field(client: Vectara) -> None:
    with pytest.raises(BadRequestError) as caught:
        client.api_keys.create(name="x", api_key_role="serving", request_options=ONCE)
    assert set(caught.value.body["field_errors"]) == {"body.corpus_keys"}
    unknown: Any = {"name": "x", "api_key_role": "serving", "corpus_keys": ["nowhere"]}
    assert status(lambda: client.api_keys.create(**unknown, request_options=ONCE)) == 404


def test_an_app_client_is_made_read_listed_changed_and_deleted(client: Vectara) -> None:
    made = client.app_clients.create(request=TILL)
    assert made.id is not None
    assert (made.name, made.description, made.api_roles) == ("Till", "At the door", ["owner"])
    assert (made.corpus_roles, made.agent_roles) == (TILL.corpus_roles, TILL.agent_roles)
    assert client.app_clients.get(made.id) == made
    assert list(client.app_clients.list(filter="till")) == [made]
    assert [one.name for one in client.app_clients.list(limit=1)] == ["Understudy", "Till"]
    changed = client.app_clients.update(
        made.id, description="At the gate", api_roles=["viewer"], corpus_roles=[], agent_roles=[]
    )
    assert (changed.description, changed.api_roles) == ("At the gate", ["viewer"])
    assert (changed.corpus_roles, changed.agent_roles) == ([], [])
    assert changed.client_secret == made.client_secret
    client.app_clients.delete(made.id)
    assert status(lambda: client.app_clients.delete(made.id or "", request_options=ONCE)) == 404


def test_a_new_app_client_signs_in(understudy: Understudy, client: Vectara) -> None:
    made = client.app_clients.create(request=TILL)
    assert made.id is not None
    with sdk(understudy, client_id=made.client_id, client_secret=made.client_secret) as till:
        till.corpora.create(key="made-by-till")
        assert client.corpora.get("made-by-till").key == "made-by-till"
        client.app_clients.delete(made.id)
        assert status(lambda: till.corpora.list(request_options=ONCE)) == 401
    operations = [entry["operation"] for entry in understudy.journal()]
    assert operations.count("getOAuthTokenAlias") == 1


def test_the_async_client_does_the_same(understudy: Understudy) -> None:
    environment = VectaraEnvironment(default=understudy.url, auth=understudy.url)

    async def act(client: AsyncVectara, pool: httpx.AsyncClient) -> None:
        key = await client.api_keys.create(
            name="Writer", api_key_role="serving_and_indexing", corpus_keys=["handbook"]
        )
        assert key.id is not None
        assert (await client.api_keys.get(key.id)).name == "Writer"
        assert [one.id async for one in await client.api_keys.list(limit=2)][-1] == key.id
        assert (await client.api_keys.update(key.id, enabled=False)).enabled is False
        await client.api_keys.delete(key.id)
        made = await client.app_clients.create(request=TILL)
        assert made.id is not None
        assert await client.app_clients.get(made.id) == made
        assert [one.id async for one in await client.app_clients.list(limit=1)] == ["app_1", made.id]
        assert (await client.app_clients.update(made.id, description="x")).description == "x"
        till = AsyncVectara(
            environment=environment,
            httpx_client=pool,
            client_id=made.client_id,
            client_secret=made.client_secret,
        )
        assert (await till.corpora.get("handbook")).key == "handbook"
        await client.app_clients.delete(made.id)
        with pytest.raises(ApiError) as caught:
            await till.corpora.get("handbook", request_options=ONCE)
        assert caught.value.status_code == 401

    async def connected() -> None:
        async with httpx.AsyncClient(timeout=30) as pool:
            key = understudy.api_key
            await act(AsyncVectara(environment=environment, httpx_client=pool, api_key=key), pool)

    asyncio.run(connected())


def test_a_token_is_asked_for_by_hand(understudy: Understudy) -> None:
    with sdk(understudy, api_key=understudy.api_key) as client:
        made = client.app_clients.create(request=TILL)
        told = client.auth.get_token(client_id=made.client_id, client_secret=made.client_secret)
        assert told.token_type.lower() == "bearer"
        assert told.expires_in
    answer = httpx.get(
        f"{understudy.url}/v2/corpora/handbook", headers={"authorization": f"Bearer {told.access_token}"}
    )
    assert answer.json()["key"] == "handbook"
