"""Glossaries with the official Python SDK, sync and async."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from vectara import AsyncVectara, Vectara
from vectara.core.api_error import ApiError
from vectara.errors import BadRequestError, NotFoundError

from understudy.pytest_plugin import Understudy

ONCE: Any = {"max_retries": 0}


@pytest.fixture
def client(understudy: Understudy) -> Iterator[Vectara]:
    with httpx.Client(timeout=30) as pool:
        yield Vectara(
            api_key=understudy.api_key, environment=understudy.vectara_environment(), httpx_client=pool
        )


def test_a_glossary_is_made_filled_changed_and_deleted(client: Vectara) -> None:
    glossaries = client.glossaries
    made = glossaries.create(name="Sea", key="sea", description="Said at sea")
    assert (made.key, made.num_entries, made.created_at) == ("sea", 0, made.updated_at)
    glossaries.upsert_entries("sea", entries={"ETA": "arrival", "port": "left", "knot": "a mile an hour"})
    listed = glossaries.list_entries("sea", limit=2)
    assert [(one.term, one.expansion) for one in listed][:2] == [("ETA", "arrival"), ("port", "left")]
    glossaries.delete_entries("sea", terms=["port", "none"])
    assert [one.term for one in glossaries.list_entries("sea", limit=1)] == ["ETA", "knot"]
    changed = glossaries.update("sea", name="Ocean")
    assert (changed.name, changed.description, changed.num_entries) == ("Ocean", "Said at sea", 2)
    assert glossaries.get("sea") == changed
    assert [one.key for one in glossaries.list(filter="OCEAN", limit=1)] == ["sea"]
    glossaries.delete("sea")
    with pytest.raises(NotFoundError):
        glossaries.get("sea", request_options=ONCE)


def test_refusals_are_exceptions(client: Vectara) -> None:
    client.glossaries.create(name="Sea", key="sea")
    with pytest.raises(ApiError) as taken:
        client.glossaries.create(name="Sea", key="sea", request_options=ONCE)
    assert taken.value.status_code == 409
    with pytest.raises(BadRequestError) as caught:
        client.glossaries.upsert_entries("sea", entries={"a": ""}, request_options=ONCE)
    assert set(caught.value.body["field_errors"]) == {"body.entries.a"}


def test_the_async_client_does_the_same(understudy: Understudy) -> None:
    async def play(pool: httpx.AsyncClient) -> None:
        glossaries = AsyncVectara(
            api_key=understudy.api_key, environment=understudy.vectara_environment(), httpx_client=pool
        ).glossaries
        made = await glossaries.create(name="Sea")
        assert await glossaries.get(made.key) == made
        await glossaries.upsert_entries(made.key, entries={"ETA": "arrival", "port": "left"})
        await glossaries.delete_entries(made.key, terms=["port"])
        assert [one.term async for one in await glossaries.list_entries(made.key)] == ["ETA"]
        assert (await glossaries.update(made.key, description="Wide")).description == "Wide"
        assert [one.key async for one in await glossaries.list(filter="wide")] == [made.key]
        await glossaries.delete(made.key)

    async def main() -> None:
        async with httpx.AsyncClient(timeout=30) as pool:
            await play(pool)

    asyncio.run(main())
