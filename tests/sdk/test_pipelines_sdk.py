"""Pipelines, their runs and dead letters with the official Python SDK, sync and async."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from vectara import (
    AsyncVectara,
    PipelineSource_S3,
    PipelineTransform_Agent,
    PipelineTrigger_Cron,
    PipelineTrigger_Interval,
    PipelineTrigger_Manual,
    PipelineVerification_Agent,
    PipelineVerification_Condition,
    UpdatePipelineSource_S3,
    Vectara,
)
from vectara.errors import BadRequestError, ConflictError, NotFoundError

from understudy.pytest_plugin import Understudy

ONCE: Any = {"max_retries": 0}
NEVER = PipelineVerification_Condition(expression="1 == 2")
POST: Any = {
    "name": "Post room",
    "source": PipelineSource_S3(bucket="inbox", prefix="mail/", secret_access_key="secret"),
    "trigger": PipelineTrigger_Interval(duration="PT1H"),
    "transform": PipelineTransform_Agent(agent_key="front-desk"),
}


@pytest.fixture
def client(understudy: Understudy) -> Iterator[Vectara]:
    with httpx.Client(timeout=30) as pool:
        yield Vectara(
            api_key=understudy.api_key, environment=understudy.vectara_environment(), httpx_client=pool
        )


def test_a_pipeline_is_made_changed_replaced_and_deleted(client: Vectara) -> None:
    pipelines = client.pipelines
    made = pipelines.create(**POST, key="post", description="All", metadata={"a": "1", "b": "2"})
    assert (made.key, made.status, made.enabled, made.watermark) == ("post", "active", True, None)
    assert made.source == PipelineSource_S3(bucket="inbox", prefix="mail/")
    assert (made.trigger, made.transform) == (POST["trigger"], POST["transform"])
    changed = pipelines.update(
        "post",
        source=UpdatePipelineSource_S3(region="eu"),
        metadata={"a": None},
        trigger=PipelineTrigger_Cron(expression="0 */6 * * *"),
        enabled=False,
    )
    assert changed.source == PipelineSource_S3(bucket="inbox", prefix="mail/", region="eu")
    assert (changed.metadata, changed.status, changed.name) == ({"b": "2"}, "paused", "Post room")
    assert pipelines.get("post") == changed
    listed = pipelines.list(source_type="s3", status="paused", enabled=False, filter="post", limit=1)
    assert [one.key for one in listed] == ["post"]
    replaced = pipelines.replace("post", **{**POST, "trigger": PipelineTrigger_Manual()})
    assert (replaced.trigger.type, replaced.metadata, replaced.description) == ("manual", {}, None)
    pipelines.delete("post")
    with pytest.raises(NotFoundError):
        pipelines.get("post", request_options=ONCE)


def test_runs_are_begun_and_read(understudy: Understudy, client: Vectara) -> None:
    client.pipelines.create(**POST, key="post")
    run = client.pipelines.trigger("post")
    assert (run.status, run.trigger_type, run.agent_key) == ("completed", "manual", "front-desk")
    assert (run.records_fetched, run.records_processed, run.records_failed) == (2, 2, 0)
    assert client.pipeline_runs.get("post", run.id) == run
    understudy.advance(seconds=2 * 3600)
    kinds = [one.trigger_type for one in client.pipeline_runs.list("post", limit=1)]
    assert kinds == ["scheduled", "scheduled", "manual"]
    long_ago = datetime(2020, 1, 1, tzinfo=UTC)
    assert len(list(client.pipeline_runs.list("post", status="completed", after=long_ago))) == 3
    assert client.pipelines.get("post").watermark is not None


def test_dead_letters_are_read_processed_and_dismissed(client: Vectara) -> None:
    transform = PipelineTransform_Agent(agent_key="front-desk", verification=NEVER)
    client.pipelines.create(**{**POST, "transform": transform}, key="post")
    run = client.pipelines.trigger("post")
    dead = client.pipeline_dead_letter_entries
    found = list(dead.list("post", status="pending", last_run_id=run.id, origin="pipeline", limit=1))
    assert [one.source_record_id for one in found] == ["mail/ada.txt", "mail/ben.txt"]
    assert found[0].id is not None
    assert dead.get("post", found[0].id) == found[0]
    added = dead.create("post", source_record_id="mail/zoe.txt", error_message="wrong")
    assert (added.origin, added.attempt_count, added.error_message) == ("manual", 0, "wrong")
    client.pipelines.update("post", transform=POST["transform"])
    again = dead.process("post", source_record_ids=["mail/ben.txt"], last_run_id=run.id, origin="pipeline")
    assert (again.trigger_type, again.records_processed) == ("retry", 1)
    assert added.id is not None
    dead.delete("post", added.id)
    assert [one.source_record_id for one in dead.list("post")] == ["mail/ada.txt"]
    assert dead.process("post").records_processed == 1


def test_refusals_are_exceptions(client: Vectara) -> None:
    client.pipelines.create(**POST, key="post")
    with pytest.raises(ConflictError):
        client.pipelines.create(**POST, key="post", request_options=ONCE)
    judged = PipelineVerification_Agent(agent_key="none")
    transform = PipelineTransform_Agent(agent_key="front-desk", verification=judged)
    with pytest.raises(BadRequestError) as caught:
        client.pipelines.update("post", transform=transform, request_options=ONCE)
    assert set(caught.value.body["field_errors"]) == {"body.transform.verification.agent_key"}


def test_the_async_clients_do_the_same(understudy: Understudy) -> None:
    async def play(client: AsyncVectara) -> None:
        pipelines, dead = client.pipelines, client.pipeline_dead_letter_entries
        made = await pipelines.create(**POST, key="post")
        assert await pipelines.get("post") == made
        assert (await pipelines.update("post", name="Mail room")).name == "Mail room"
        assert (await pipelines.replace("post", **POST)).name == "Post room"
        assert [one.key async for one in await pipelines.list(filter="post room")] == ["post"]
        run = await pipelines.trigger("post")
        assert await client.pipeline_runs.get("post", run.id) == run
        assert [one.id async for one in await client.pipeline_runs.list("post")] == [run.id]
        letter = await dead.create("post", source_record_id="mail/ada.txt")
        assert letter.id is not None
        assert await dead.get("post", letter.id) == letter
        assert [one.id async for one in await dead.list("post")] == [letter.id]
        assert (await dead.process("post")).records_processed == 1
        other = await dead.create("post", source_record_id="mail/ben.txt")
        assert other.id is not None
        await dead.delete("post", other.id)
        await pipelines.delete("post")

    async def main() -> None:
        async with httpx.AsyncClient(timeout=30) as pool:
            await play(
                AsyncVectara(
                    api_key=understudy.api_key,
                    environment=understudy.vectara_environment(),
                    httpx_client=pool,
                )
            )

    asyncio.run(main())
